#include "text/inner.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* A whole-message phrase is only looked for in texts up to this many words. */
enum { WHOLE_MAX = 64, HITS_BACK = 64, REGEX_STEPS = 10000, REGEX_DEPTH = 250, REGEX_HEAP_KB = 256 };

/* Running one program ------------------------------------------------------ */

struct runner {
	struct message *m;
	const struct lattice *g;
	const struct inst *code;
	const uint32_t *sets;
	unsigned allowed;       /* views */
	int start;              /* node */
	int last;               /* the place past which no path may go */
	const uint8_t *ends;    /* whole: which words may end it, from first_word on */
	int first_word;
	int best;               /* node, -1 none */
	int least;              /* the place where the shortest match ends */
	unsigned views;
};

static bool spend(struct message *m, unsigned units)
{
	m->work += units;
	if (m->work <= m->limit)
		return true;
	m->cut = true;
	return false;
}

static bool at_edge(const struct runner *r, int node)
{
	const struct message *m = r->m;

	return node == m->n_words || (node < m->n_words && m->words[node].flags & WORD_SENTENCE);
}

static void accept(struct runner *r, int node, unsigned views)
{
	int place = lattice_place(r->g, node);
	int best = r->best < 0 ? -1 : lattice_place(r->g, r->best);

	if (r->ends && (node > r->g->n_words || !r->ends[node - r->first_word]))
		return;
	r->least = r->least < place ? r->least : place;
	if (place > best || (place == best && views < r->views)) {
		r->best = node;
		r->views = views;
	}
}

static bool in_set(const struct runner *r, const struct inst *in, uint32_t sym)
{
	const uint32_t *set = r->sets + in->x;
	size_t n = set[-1], low = 0, high = n;

	if (!(in->first & sym_bit(sym)))
		return false;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (set[mid] < sym)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && set[low] == sym;
}

/* Can no edge of the node be what a path from that step begins with? */
static inline bool dead(const struct inst *at, const struct lattice *g, int node)
{
	return !(at->first & g->out[node]);
}

static void run(struct runner *r, uint32_t pc, int node, unsigned views)
{
	const struct lattice *g = r->g;

	while (!dead(&r->code[pc], g, node) && spend(r->m, 1)) {
		const struct inst *in = &r->code[pc];

		switch ((enum op)in->op) {
		case OP_SYM:
		case OP_SET:
			for (int i = g->head[node]; i >= 0; i = g->edges[i].next) {
				const struct edge *e = &g->edges[i];

				if (!(in->op == OP_SYM ? e->sym == in->x : in_set(r, in, e->sym))
				    || e->views & ~r->allowed || (e->over && node == r->start)
				    || lattice_place(g, e->to) > r->last)
					continue;
				if (!dead(in + 1, g, e->to))
					run(r, pc + 1, e->to, views | e->views);
			}
			return;
		case OP_ANY:
			node = node < g->n_words ? node + 1 : node > g->n_words ? g->home[node] + 1 : -1;
			if (node < 0 || 2 * node > r->last)
				return;
			pc++;
			break;
		case OP_SPLIT:
			if (dead(&r->code[in->x], g, node)) {
				pc++;
				break;
			}
			if (!dead(in + 1, g, node))
				run(r, pc + 1, node, views);
			pc = in->x;
			break;
		case OP_JUMP:
			pc = in->x;
			break;
		case OP_FIRST:
		case OP_LAST:
			if (!at_edge(r, node))
				return;
			pc++;
			break;
		case OP_MATCH:
			accept(r, node, views);
			return;
		}
	}
}

static struct span span_between(const struct lattice *g, int from, int to)
{
	struct span s = { g->home[from], to <= g->n_words ? to : g->home[to] + 1 };

	return s;
}

static struct runner runner(struct message *m, const struct phrase *p, unsigned views,
    struct span within)
{
	return (struct runner){ .m = m, .g = m->lattice, .code = p->code,
		.sets = m->lexicon->sets, .allowed = views & p->views,
		.last = 2 * within.last, .best = -1 };
}

/* The longest match that begins at this node. */
static bool run_at(struct runner *r, int node, struct match *out)
{
	r->best = -1;
	r->least = INT_MAX;
	r->start = node;
	run(r, 0, node, 0);
	if (r->best < 0)
		return false;
	out->words = span_between(r->g, node, r->best);
	out->anchor = out->words.last > out->words.first ? out->words.last - 1 : out->words.first;
	out->views = r->views;
	if (r->m->words[out->words.first].sentence != r->m->words[out->anchor].sentence)
		out->views |= VIEW_FOLDED;
	return true;
}

/* Nodes that begin at or inside a word: the boundary itself, then inner ones. */
static int next_start(const struct lattice *g, int word, int node)
{
	return node <= g->n_words ? g->inside[word] : g->more[node];
}

/* Sentence i and, where lines may be read across, those that go on from line to
 * line; i is then the last of them. */
static struct span lines_from(const struct message *m, int *i, unsigned views)
{
	struct span words = m->sentences[*i].words;

	while (views & VIEW_FOLDED && *i + 1 < m->n_sentences && message_line_ends(m, *i))
		words.last = m->sentences[++*i].words.last;
	return words;
}

static int lines_end(const struct message *m, int word, unsigned views)
{
	int i = m->words[word].sentence;

	return lines_from(m, &i, views).last;
}

/* The longest match that begins at a word and ends before `last`. */
static bool run_word(struct message *m, const struct phrase *p, unsigned views, int word,
    int last, struct runner *r, struct match *out)
{
	*r = runner(m, p, views, (struct span){ word, last });
	for (int node = word; node >= 0; node = next_start(m->lattice, word, node))
		if (!dead(p->code, m->lattice, node) && run_at(r, node, out))
			return true;
	return false;
}

/* What begins at a word, whoever asks: known unless the work was cut. */
static const struct found *found_at(struct message *m, const struct phrase *p, struct places *at,
    int word, int end)
{
	struct found *f = index_found(m, at, word);
	struct runner r;
	struct match x;
	bool match;

	if (f->state != FOUND_UNKNOWN)
		return f;
	match = run_word(m, p, VIEW_ALL, word, end, &r, &x);
	if (m->work > m->limit)
		return f;
	f->state = match ? FOUND_MATCH : FOUND_NONE;
	if (match) {
		f->last = x.words.last;
		f->place = lattice_place(m->lattice, r.best);
		/* of the first node alone: others may begin inside the word */
		f->least = m->lattice->inside[word] < 0 ? r.least : 0;
		f->views = (uint8_t)x.views;
	}
	return f;
}

/* The same in a part that may end before its sentence does, which ends at `end`. */
static bool match_from(struct message *m, const struct phrase *p, struct places *at,
    unsigned views, int word, int end, int last, struct match *out)
{
	struct runner r;

	if (!(p->views & ~views)) {
		const struct found *f = found_at(m, p, at, word, end);

		if (f->state == FOUND_NONE || (f->state == FOUND_MATCH && f->least > 2 * last))
			return false;
		if (f->state == FOUND_MATCH && f->place <= 2 * last) {
			*out = (struct match){ { word, f->last }, f->last - 1, f->views };
			return true;
		}
	}
	return run_word(m, p, views, word, last < end ? last : end, &r, out);
}

/* The first match in a part, of those that begin where the phrase may. */
static bool match_in(struct message *m, uint32_t phrase, unsigned views, struct span part,
    struct match *out)
{
	const struct phrase *p = &m->lexicon->phrases[phrase];
	struct places *at = index_phrase(m, phrase);
	int end = 0;

	for (int w = part.first; at && (w = index_next(at->bits, w, part.last)) >= 0; w++) {
		end = w < end ? end : lines_end(m, w, views);
		if (match_from(m, p, at, views, w, end, part.last, out))
			return true;
	}
	return false;
}

/* Raw regexes -------------------------------------------------------------- */

/* The word to which byte `at` of the joined words of a span belongs. */
static int word_at(const struct message *m, struct span s, size_t at)
{
	size_t n = 0;

	for (int w = s.first; w < s.last; w++) {
		n += m->words[w].text.n + 1;
		if (at < n)
			return w;
	}
	return s.last - 1;
}

static bool regex_match(struct message *m, const struct phrase *p, struct span within,
    struct match *out)
{
	struct sv text = message_words(m, within);
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(p->regex, NULL);
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	int rc;

	if (!data || !limits)
		abort();
	pcre2_set_match_limit(limits, REGEX_STEPS);
	pcre2_set_depth_limit(limits, REGEX_DEPTH);
	pcre2_set_heap_limit(limits, REGEX_HEAP_KB);
	rc = spend(m, 50 + (unsigned)text.n)
	    ? pcre2_match(p->regex, (PCRE2_SPTR)text.p, text.n, 0, 0, data, limits)
	    : PCRE2_ERROR_NOMATCH;
	if (rc > 0) {
		const PCRE2_SIZE *o = pcre2_get_ovector_pointer(data);

		out->words.first = word_at(m, within, o[0]);
		out->words.last = word_at(m, within, o[1] > o[0] ? o[1] - 1 : o[0]) + 1;
		out->anchor = out->words.last - 1;
		out->views = VIEW_PLAIN;
	} else if (rc != PCRE2_ERROR_NOMATCH) {
		m->cut = true;
	}
	pcre2_match_context_free(limits);
	pcre2_match_data_free(data);
	return rc > 0;
}

/* Whole texts -------------------------------------------------------------- */

static uint32_t politeness(const struct message *m)
{
	return m->locale >= 0 ? m->lexicon->locales[m->locale].own[OWN_POLITENESS] : SYM_NONE;
}

/* Marks in `ok` the words behind which (or, going on, before which) only
 * politeness stands: ok[i] for boundary first + i. */
static void polite_behind(const struct message *m, struct span s, uint8_t *ok)
{
	const struct lattice *g = m->lattice;
	uint32_t sym = politeness(m);

	ok[span_length(s)] = 1;
	for (int w = s.last - 1; w >= s.first; w--) {
		ok[w - s.first] = m->words[w].flags & WORD_EMOJI && ok[w + 1 - s.first];
		for (int i = g->head[w]; sym && i >= 0; i = g->edges[i].next)
			if (g->edges[i].sym == sym && g->edges[i].to <= s.last
			    && ok[g->edges[i].to - s.first])
				ok[w - s.first] = 1;
	}
}

static void polite_before(const struct message *m, struct span s, uint8_t *ok)
{
	const struct lattice *g = m->lattice;
	uint32_t sym = politeness(m);

	memset(ok, 0, (size_t)span_length(s) + 1);
	ok[0] = 1;
	for (int w = s.first; w < s.last; w++) {
		if (!ok[w - s.first])
			continue;
		if (m->words[w].flags & WORD_EMOJI)
			ok[w + 1 - s.first] = 1;
		for (int i = g->head[w]; sym && i >= 0; i = g->edges[i].next)
			if (g->edges[i].sym == sym && g->edges[i].to <= s.last)
				ok[g->edges[i].to - s.first] = 1;
	}
}

static bool match_whole(struct message *m, uint32_t phrase, unsigned views,
    struct span within, struct match *out)
{
	const struct phrase *p = &m->lexicon->phrases[phrase];
	uint8_t before[WHOLE_MAX + 1], behind[WHOLE_MAX + 1];
	struct runner r = runner(m, p, views, within);
	const struct places *at;

	if (span_empty(within) || span_length(within) > WHOLE_MAX || p->regex
	    || !(at = index_phrase(m, phrase)))
		return false;
	polite_before(m, within, before);
	polite_behind(m, within, behind);
	r.ends = behind;
	r.first_word = within.first;
	for (int w = within.first; (w = index_next(at->bits, w, within.last)) >= 0; w++)
		if (before[w - within.first] && !dead(p->code, m->lattice, w)
		    && run_at(&r, w, out))
			return true;
	return false;
}

/* Asking for one phrase ---------------------------------------------------- */

static struct span common(struct span a, struct span b)
{
	return (struct span){ a.first > b.first ? a.first : b.first,
		a.last < b.last ? a.last : b.last };
}

static const struct phrase *phrase_at(const struct message *m, uint32_t phrase)
{
	return phrase < m->lexicon->n_phrases ? &m->lexicon->phrases[phrase] : NULL;
}

static bool regex_in(struct message *m, const struct phrase *p, struct span within, struct match *out)
{
	for (int s = m->words[within.first].sentence; s < m->n_sentences; s++) {
		struct span part = common(lines_from(m, &s, VIEW_ALL), within);

		if (span_empty(part))
			break;
		if (regex_match(m, p, part, out))
			return true;
	}
	return false;
}

bool message_may_match(struct message *m, uint32_t phrase)
{
	const struct phrase *p = phrase_at(m, phrase);

	return p && index_phrase(m, phrase);
}

bool message_match(struct message *m, uint32_t phrase, struct span within, struct match *out)
{
	const struct phrase *p = phrase_at(m, phrase);
	struct match ignored;

	out = out ? out : &ignored;
	if (!p)
		return false;
	if (p->whole)
		return match_whole(m, phrase, VIEW_ALL, within, out);
	if (span_empty(within) || within.first < 0 || within.last > m->n_words)
		return false;
	return p->regex ? regex_in(m, p, within, out) : match_in(m, phrase, VIEW_ALL, within, out);
}

bool message_match_at(struct message *m, uint32_t phrase, struct span within, struct match *out)
{
	const struct phrase *p = phrase_at(m, phrase);
	struct places *at;

	if (p && (p->whole || p->regex))
		return message_match(m, phrase, within, out) && out->words.first == within.first;
	if (!p || span_empty(within) || within.first < 0 || within.last > m->n_words)
		return false;
	at = index_phrase(m, phrase);
	return at && index_next(at->bits, within.first, within.first + 1) >= 0
	    && match_from(m, p, at, VIEW_ALL, within.first, lines_end(m, within.first, VIEW_ALL),
	    within.last, out);
}

bool message_match_whole(struct message *m, uint32_t phrase, struct span within)
{
	struct match ignored;

	return phrase_at(m, phrase) && match_whole(m, phrase, VIEW_ALL, within, &ignored);
}

/* Groups ------------------------------------------------------------------- */

static uint32_t slot_of(const struct group *g, uint32_t sym)
{
	uint32_t at = (sym * 2654435769U >> 7) & g->mask;

	while (g->slots[at] && g->slots[at] != sym)
		at = (at + 1) & g->mask;
	return at;
}

/* The rarest symbol that it must have beside its key. */
static uint32_t need_of(const struct lexicon *lx, uint32_t phrase, uint32_t key)
{
	const struct phrase *p = &lx->phrases[phrase];
	uint32_t need = key;

	if (!p->n_musts || p->musts[0].of < p->n_musts)
		return key;
	for (uint32_t i = 0; i < p->n_musts; i++) {
		const struct must *u = &p->musts[i];

		if (!u->n && u->set != key && (need == key
		    || lx->symbols[u->set].weight < lx->symbols[need].weight))
			need = u->set;
	}
	return need;
}

/* The bit set of all keys of all phrases; how many there are. */
static size_t group_keys(struct group *g)
{
	const struct lexicon *lx = g->lexicon;
	uint32_t last = 0;
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		const struct written *w = &lx->written[g->items[i].phrase];

		for (uint32_t k = 0; k < w->n_keys; k++)
			if (w->keys[k] > last)
				last = w->keys[k];
	}
	g->n_keys = last / 64 + 1;
	g->keys = xcalloc(g->n_keys, sizeof *g->keys);
	for (size_t i = 0; i < g->n; i++) {
		const struct written *w = &lx->written[g->items[i].phrase];

		for (uint32_t k = 0; k < w->n_keys; k++) {
			uint32_t sym = w->keys[k];

			n += !(g->keys[sym / 64] & sym_bit(sym));
			g->keys[sym / 64] |= sym_bit(sym);
		}
	}
	return n;
}

static void group_room(struct group *g)
{
	size_t n = group_keys(g);

	for (size_t i = 0; i < g->n; i++)
		g->n_postings += g->lexicon->written[g->items[i].phrase].n_keys;
	for (g->mask = 15; g->mask < 2 * n; )
		g->mask = 2 * g->mask + 1;
	g->slots = xcalloc((size_t)g->mask + 1, sizeof *g->slots);
	g->runs = xcalloc((size_t)g->mask + 1, sizeof *g->runs);
	g->postings = xcalloc(g->n_postings + 1, sizeof *g->postings);
}

void group_seal(struct group *g)
{
	const struct lexicon *lx = g->lexicon;
	size_t total = 0;

	group_room(g);
	for (size_t i = 0; i < g->n; i++) {
		const struct written *w = &lx->written[g->items[i].phrase];

		for (uint32_t k = 0; k < w->n_keys; k++) {
			uint32_t at = slot_of(g, w->keys[k]);

			g->slots[at] = w->keys[k];
			g->runs[at].n++;
		}
	}
	for (uint32_t at = 0; at <= g->mask; at++) {
		g->runs[at].first = (uint32_t)total;
		total += g->runs[at].n;
		g->runs[at].n = 0;
	}
	for (size_t i = 0; i < g->n; i++) {
		const struct written *w = &lx->written[g->items[i].phrase];

		for (uint32_t k = 0; k < w->n_keys; k++) {
			struct run *r = &g->runs[slot_of(g, w->keys[k])];

			g->postings[r->first + r->n++] = (struct posting){ g->items[i].phrase,
				g->items[i].tag, need_of(lx, g->items[i].phrase, w->keys[k]) };
		}
	}
	free(g->items);         /* they stand in the postings now */
	g->items = NULL;
}

/* Scanning ----------------------------------------------------------------- */

struct scan {
	struct message *m;
	const struct group *group;
	unsigned views;
	uint32_t number;
	struct hit *hits;
	size_t n, cap;
	bool classes;           /* matches become marks */
};

static int clause_of(const struct message *m, const struct match *x)
{
	return m->words[x->anchor].clause;
}

/* One hit for each phrase and clause.  Those of a phrase come from left to right, so
 * only the last ones can be of this clause. */
static bool hit_known(const struct scan *s, const struct posting *p, const struct match *x)
{
	size_t end = s->n > HITS_BACK ? s->n - HITS_BACK : 0;

	for (size_t i = s->n; i-- > end && s->hits[i].phrase == p->phrase; )
		if (s->hits[i].tag == p->tag
		    && clause_of(s->m, &s->hits[i].match) == clause_of(s->m, x))
			return true;
	return false;
}

static void take(struct scan *s, const struct posting *p, const struct match *x)
{
	if (hit_known(s, p, x))
		return;
	if (s->n == s->cap) {
		struct hit *more = ARENA_ARRAY(s->m->arena, struct hit, 2 * s->cap + 8);

		if (s->n)
			memcpy(more, s->hits, s->n * sizeof *more);
		s->hits = more;
		s->cap = 2 * s->cap + 8;
	}
	s->hits[s->n++] = (struct hit){ p->phrase, p->tag, *x };
}

static void mark_node(struct scan *s, const struct posting *p, struct runner *r, int node)
{
	struct lattice *g = s->m->lattice;
	struct match x;

	if (dead(r->code, g, node) || !run_at(r, node, &x))
		return;
	for (int i = g->head[node]; i >= 0; i = g->edges[i].next) {
		struct edge *e = &g->edges[i];

		if (e->sym != p->tag || e->to != r->best)
			continue;
		if (r->views < e->views)
			e->views = (uint8_t)r->views;
		return;
	}
	lattice_edge(s->m, node, r->best, p->tag, 0, r->views, true);
}

/* Marks lie in one sentence. */
static void mark_class(struct scan *s, const struct posting *p, const uint64_t *starts)
{
	const struct message *m = s->m;

	for (int w = 0; (w = index_next(starts, w, m->n_words)) >= 0; w++) {
		struct runner r = runner(s->m, &m->lexicon->phrases[p->phrase], VIEW_ALL,
		    (struct span){ w, lines_end(m, w, 0) });

		for (int node = w; node >= 0; node = next_start(m->lattice, w, node))
			mark_node(s, p, &r, node);
	}
}

static void scan_regex(struct scan *s, const struct posting *p)
{
	struct message *m = s->m;
	struct match x;

	for (int i = 0; i < m->n_sentences; i++) {
		struct span part = lines_from(m, &i, s->views);

		if (regex_match(m, &m->lexicon->phrases[p->phrase], part, &x))
			take(s, p, &x);
	}
}

static void scan_phrase(struct scan *s, const struct posting *p)
{
	struct message *m = s->m;
	struct places *at = lattice_saw(m->lattice, p->need) ? index_phrase(m, p->phrase) : NULL;
	const struct phrase *ph = &m->lexicon->phrases[p->phrase];
	struct span all = { 0, m->n_words };
	struct match x;

	if (!at || at->scan == s->number)
		return;
	at->scan = s->number;           /* by another of its keys it is not tried again */
	if (s->classes)
		mark_class(s, p, at->bits);
	else if (ph->regex)
		scan_regex(s, p);
	else if (ph->whole && match_whole(m, p->phrase, s->views, all, &x))
		take(s, p, &x);
	else if (!ph->whole)
		for (; match_in(m, p->phrase, s->views, all, &x); all.first = x.words.first + 1)
			take(s, p, &x);
}

static void scan_all(struct scan *s)
{
	const struct group *g = s->group;
	const uint32_t *all;
	size_t n = index_symbols(s->m, &all);

	for (size_t i = 0; i < n && g->n_postings; i++) {
		uint32_t sym = all[i];
		struct run runs;

		if (sym / 64 >= g->n_keys || !(g->keys[sym / 64] & sym_bit(sym)))
			continue;
		runs = g->runs[slot_of(g, sym)];
		for (uint32_t k = 0; k < runs.n && spend(s->m, 1); k++)
			scan_phrase(s, &g->postings[runs.first + k]);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->match.words.first != y->match.words.first)
		return x->match.words.first < y->match.words.first ? -1 : 1;
	if (x->match.words.last != y->match.words.last)
		return x->match.words.last > y->match.words.last ? -1 : 1;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return (x->phrase > y->phrase) - (x->phrase < y->phrase);
}

size_t message_scan(struct message *m, const struct group *g, unsigned views,
    struct hit **hits)
{
	struct scan s = { .m = m, .group = g, .views = views, .number = ++m->lattice->scans };

	m->limit = m->work + m->budget;
	m->cut = m->unread;
	scan_all(&s);
	if (s.n > 1)
		qsort(s.hits, s.n, sizeof *s.hits, by_place);
	*hits = s.hits;
	return s.n;
}

void match_classes(struct message *m, const struct locale *l)
{
	for (size_t i = 0; i < l->n_levels; i++) {
		struct scan s = { .m = m, .group = l->levels[i], .views = VIEW_ALL,
			.number = ++m->lattice->scans, .classes = true };

		scan_all(&s);
		lattice_over_emoji(m);
	}
}
