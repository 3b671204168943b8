#include "language/leaning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/xalloc.h"
#include "language/labelled.h"

enum {
	MAX_CLASSES = 64,
	MAX_WORDS = 160,        /* of a message; the lane's rules read the rest */
	LONGEST = 3,            /* words in a row that count together */
	WINDOW = 24,            /* words that are weighed together */
	LEAST = 10,             /* sights known among them, to lean at all */
	FIRST_SLOTS = 1 << 12,
	OFTEN = 64,             /* fewer sights have their logarithms at hand */
};

static const double never_seen = 0.5;

struct said { uint32_t class; bool none, other; struct sv text; };

/* One word, or some in a row: how often on each side, and for which class mostly. */
struct sight {
	uint64_t id;                    /* 0: free */
	uint16_t danger, none;
	int16_t other;                  /* more about others than about the writer: above 0 */
	uint8_t class, votes;           /* majority of the sentences of danger (Boyer and Moore) */
};

struct leaning {
	struct arena *arena;            /* of the sentences, until they are counted */
	struct said *list; size_t n_list, cap_list;
	struct table *classes;
	struct sight *sights; size_t n_sights, slots;
	size_t danger, none;            /* all sights of a side */
	double danger_logs[OFTEN], none_logs[OFTEN];    /* of so many sights of one kind */
};

/* ---- the file ------------------------------------------------------------------------ */

static bool add_sentence(struct leaning *x, struct sv label, struct sv text)
{
	struct said s = { .text = arena_sv(x->arena, text) };
	struct sv class;

	sv_split(&label, '/', &class);
	s.other = sv_is(label, "other");
	s.none = sv_is(class, "none");
	s.class = s.none ? 0 : table_add(x->classes, class);
	if (s.class >= MAX_CLASSES)
		return false;
	GROW(x->list, x->n_list, x->cap_list);
	x->list[x->n_list++] = s;
	return true;
}

struct leaning *leaning_load(const struct source *file, struct findings *f)
{
	struct leaning *x = xcalloc(1, sizeof *x);
	struct labelled line = { .rest = file->text };

	x->arena = arena_create();
	x->classes = table_create();
	while (labelled_next(&line, file, f))
		if (!add_sentence(x, line.label, line.text)) {
			findings_add(f, "E232", file->path, "", line.line,
			    "more than %d classes -- join some", MAX_CLASSES);
			break;
		}
	return x;
}

void leaning_destroy(struct leaning *x)
{
	if (!x)
		return;
	arena_destroy(x->arena);
	table_destroy(x->classes);
	free(x->list);
	free(x->sights);
	free(x);
}

/* ---- what counts ------------------------------------------------------------------------ */

/* A word, the pair and the triple that begin with it. */
static size_t ids_from(const struct message *m, int at, int words, uint64_t *ids)
{
	uint64_t id = 0x51ed270b;
	size_t n = 0;

	for (; n < LONGEST && at + (int)n < words; n++)
		ids[n] = id = sv_hash_after(id, m->words[at + (int)n].text);
	return n;
}

/* Its slot, or the free one where it belongs. */
static struct sight *sight_of(const struct leaning *x, uint64_t id)
{
	size_t at = (size_t)(id >> 20) & (x->slots - 1);

	while (x->sights[at].id && x->sights[at].id != id)
		at = (at + 1) & (x->slots - 1);
	return &x->sights[at];
}

/* ---- counting ---------------------------------------------------------------------------- */

static void grow(struct leaning *x)
{
	struct leaning old = *x;

	x->slots = old.slots ? old.slots * 2 : FIRST_SLOTS;
	x->sights = xcalloc(x->slots, sizeof *x->sights);
	for (size_t i = 0; i < old.slots; i++)
		if (old.sights[i].id)
			*sight_of(x, old.sights[i].id) = old.sights[i];
	free(old.sights);
}

static void count(struct leaning *x, const struct said *s, uint64_t id)
{
	struct sight *g;

	if (x->n_sights * 3 >= x->slots * 2)
		grow(x);
	g = sight_of(x, id);
	if (!g->id) {
		g->id = id;
		x->n_sights++;
	}
	if (s->none) {
		g->none += g->none < UINT16_MAX;
		x->none++;
		return;
	}
	g->danger += g->danger < UINT16_MAX;
	x->danger++;
	g->other = (int16_t)(g->other + (s->other ? 1 : -1));
	if (!g->votes)
		g->class = (uint8_t)s->class;
	g->votes = (uint8_t)(g->class == s->class ? g->votes + (g->votes < UINT8_MAX) : g->votes - 1);
}

static void count_all(struct leaning *x, const struct said *s, const struct message *m)
{
	int words = m->n_words < MAX_WORDS ? m->n_words : MAX_WORDS;

	for (int i = 0; i < words; i++) {
		uint64_t ids[LONGEST];
		size_t n = ids_from(m, i, words, ids);

		for (size_t k = 0; k < n; k++)
			count(x, s, ids[k]);
	}
}

/* The logarithm of n sights among all of a side. */
static double share(const struct leaning *x, unsigned n, size_t side)
{
	return log((n + never_seen) / ((double)side + never_seen * (double)x->n_sights));
}

void leaning_seal(struct leaning *x, const struct language *l)
{
	struct arena *a = arena_create();

	for (size_t i = 0; i < x->n_list; i++) {
		count_all(x, &x->list[i], message_read(l->lexicon, l->locale, x->list[i].text, a));
		arena_reset(a);
	}
	arena_destroy(a);
	free(x->list);
	x->list = NULL;
	arena_destroy(x->arena);
	x->arena = NULL;
	for (unsigned n = 0; n < OFTEN; n++) {
		x->danger_logs[n] = share(x, n, x->danger);
		x->none_logs[n] = share(x, n, x->none);
	}
}

/* ---- leaning ------------------------------------------------------------------------------ */

static double weight(const struct leaning *x, const struct sight *g)
{
	double danger = g->danger < OFTEN ? x->danger_logs[g->danger] : share(x, g->danger, x->danger);
	double none = g->none < OFTEN ? x->none_logs[g->none] : share(x, g->none, x->none);

	return danger - none;
}

/* What the words from one on, up to three in a row, weigh together. */
struct from { double sum, other; int known; };

static struct from weigh_from(const struct leaning *x, const uint64_t *ids, size_t n, double *class)
{
	struct from f = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct sight *g = sight_of(x, ids[i]);
		double w;

		if (!g->id)
			continue;
		w = weight(x, g);
		f.sum += w;
		f.known++;
		if (w > 0) {
			class[g->class] += w * g->votes / (g->danger + 1);
			f.other += w * g->other / (g->danger + 1);
		}
	}
	return f;
}

/* More words must lean more: the fourth root, between their sum and their mean. */
static double root(int known)
{
	return sqrt(sqrt(known));
}

/* The part of a message that leans most: in a long one the rest would hide it. */
static double most(const struct from *at, int words)
{
	double sum = 0, best = -HUGE_VAL;
	int known = 0;

	for (int i = 0; i < words; i++) {
		sum += at[i].sum;
		known += at[i].known;
		if (i >= WINDOW) {
			sum -= at[i - WINDOW].sum;
			known -= at[i - WINDOW].known;
		}
		if (known >= LEAST && (i + 1 == words || i + 1 >= WINDOW)
		    && sum / root(known) > best)
			best = sum / root(known);
	}
	return best;
}

struct lean leaning_of(const struct leaning *x, const struct message *m)
{
	int words = m->n_words < MAX_WORDS ? m->n_words : MAX_WORDS;
	double lead, other = 0, class[MAX_CLASSES] = { 0 };
	struct from at[MAX_WORDS];
	size_t best = 0;

	for (int i = 0; x->slots && i < words; i++) {
		uint64_t ids[LONGEST];

		at[i] = weigh_from(x, ids, ids_from(m, i, words, ids), class);
		other += at[i].other;
	}
	lead = x->slots ? most(at, words) : -HUGE_VAL;
	if (lead == -HUGE_VAL || !table_count(x->classes))
		return (struct lean){ 0, SV(""), false };
	for (size_t i = 1; i < table_count(x->classes); i++)
		if (class[i] > class[best])
			best = i;
	return (struct lean){ (int)lround(100 * lead), table_name(x->classes, (uint32_t)best), other > 0 };
}
