#include "text/inner.h"

#include <string.h>

#include "base/xalloc.h"

/* A lattice grows in its arena: old arrays stay behind until the turn ends. */
static void *grown(struct arena *a, const void *old, size_t used, size_t size)
{
	void *p = arena_alloc(a, size);

	if (used)
		memcpy(p, old, used);
	return p;
}

static void room_for_nodes(struct message *m)
{
	struct lattice *g = m->lattice;
	size_t n = (size_t)g->n_nodes * sizeof(int);

	if (g->n_nodes < g->cap_nodes)
		return;
	g->cap_nodes = 2 * g->cap_nodes;
	g->head = grown(m->arena, g->head, n, (size_t)g->cap_nodes * sizeof(int));
	g->out = grown(m->arena, g->out, 2 * n, (size_t)g->cap_nodes * sizeof *g->out);
	g->home = grown(m->arena, g->home, n, (size_t)g->cap_nodes * sizeof(int));
	g->more = grown(m->arena, g->more, n, (size_t)g->cap_nodes * sizeof(int));
}

void lattice_init(struct message *m, int n_words)
{
	struct lattice *g = ARENA_NEW(m->arena, struct lattice);

	m->lattice = g;
	g->n_words = n_words;
	g->n_nodes = n_words + 1;
	g->cap_nodes = n_words + 1 + n_words / 4 + 8;
	g->cap_edges = 3 * n_words + 32;
	g->edges = ARENA_ARRAY(m->arena, struct edge, g->cap_edges);
	g->head = ARENA_ARRAY(m->arena, int, g->cap_nodes);
	g->out = ARENA_ARRAY(m->arena, uint64_t, g->cap_nodes);
	g->home = ARENA_ARRAY(m->arena, int, g->cap_nodes);
	g->more = ARENA_ARRAY(m->arena, int, g->cap_nodes);
	g->inside = ARENA_ARRAY(m->arena, int, n_words + 1);
	g->glued = ARENA_ARRAY(m->arena, uint8_t, n_words + 1);
	g->widest = 1;
	memset(g->head, -1, (size_t)g->cap_nodes * sizeof(int));
	memset(g->inside, -1, (size_t)(n_words + 1) * sizeof(int));
	for (int i = 0; i <= n_words; i++) {
		g->home[i] = i;
		g->out[i] = ANY_SYMBOL;
	}
}

int lattice_node(struct message *m, int word)
{
	struct lattice *g = m->lattice;
	int at;

	room_for_nodes(m);
	at = g->n_nodes++;
	g->head[at] = -1;
	g->out[at] = ANY_SYMBOL;
	g->home[at] = word;
	g->more[at] = g->inside[word];
	g->inside[word] = at;
	g->odd = true;
	return at;
}

void lattice_edge(struct message *m, int from, int to, uint32_t sym, uint32_t row,
    unsigned views, bool mark)
{
	struct lattice *g = m->lattice;

	if (g->n_edges == g->cap_edges) {
		g->cap_edges *= 2;
		g->edges = grown(m->arena, g->edges, (size_t)g->n_edges * sizeof *g->edges,
		    (size_t)g->cap_edges * sizeof *g->edges);
	}
	g->edges[g->n_edges] = (struct edge){ sym, row, to, g->head[from],
		(uint8_t)views, mark, false };
	g->head[from] = g->n_edges++;
	g->out[from] |= sym_bit(sym);
	lattice_see(g, sym);
	if (g->index)
		index_add(m, sym, g->home[from]);
	if (!mark && to <= g->n_words && to - g->home[from] > g->widest) {
		g->widest = to - g->home[from];
		g->odd = true;
	}
}

void lattice_word(struct message *m, int from, int to, struct sv text, uint32_t sym,
    unsigned views)
{
	const struct lexicon *lx = m->lexicon;
	uint32_t found[16];
	size_t n;

	if (sym) {
		const struct symbol *s = &lx->symbols[sym];

		lattice_edge(m, from, to, sym, 0, views, false);
		for (unsigned i = 0; i < s->n_prefixes; i++)
			lattice_edge(m, from, to, lx->prefix_pool[s->prefixes + i], 0, views, false);
		return;
	}
	n = lexicon_prefixes_of(lx, text, found, COUNT(found));
	for (size_t i = 0; i < n; i++)
		lattice_edge(m, from, to, found[i], 0, views, false);
}

void lattice_path(struct message *m, int from, int to, int word, const uint32_t *syms,
    size_t n, unsigned views)
{
	for (size_t i = 0; i < n; i++) {
		int next = i + 1 < n ? lattice_node(m, word) : to;

		lattice_word(m, from, next, (struct sv){ "", 0 }, syms[i], views);
		from = next;
	}
}

enum { EMOJI_RUN = 4 };

static bool is_emoji(const struct message *m, int word)
{
	return m->words[word].flags & WORD_EMOJI;
}

static void copy_edges(struct message *m, int from, int to)
{
	struct lattice *g = m->lattice;

	for (int i = g->head[from]; i >= 0; i = g->edges[i].next) {
		struct edge e = g->edges[i];

		if (e.over || i < g->over_from)
			continue;
		lattice_edge(m, to, e.to, e.sym, e.row, e.views, e.mark);
		g->edges[g->n_edges - 1].over = true;
	}
}

void lattice_over_emoji(struct message *m)
{
	for (int w = 1; w < m->n_words; w++) {
		int end = w;

		while (end < m->n_words && is_emoji(m, end))
			end++;
		if (end > w && end < m->n_words && end - w <= EMOJI_RUN)
			copy_edges(m, end, w);
		w = end;
	}
	m->lattice->over_from = m->lattice->n_edges;
	if (m->lattice->index)
		index_settle(m);
}
