#include "language/leaning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "language/weights.h"

enum {
	WINDOW = 20,            /* words that are weighed together */
	LEAST = 10,             /* traits known among them, to lean at all */
	TO_A_BUCKET = 4,        /* features, about */
	MARKED = 4 * LEANING_UNIT,      /* what a mark is worth: chosen like the rest of `learn` */
	MAX_BONUSES = 1 << 21,
};

/* What a feature says for one label; those of one feature stand together. */
struct bonus { uint16_t label : 6, last : 1, value : 9; };

/* Those of a bucket stand together; the other half of the hash tells them apart. */
struct feature {
	uint32_t check;
	uint32_t first : 21;    /* its first bonus, 0 none */
	int32_t base : 11;
};

struct leaning {
	struct weights w;               /* a label's number: its cost for a known trait */
	struct feature *features;
	uint32_t *ends;                 /* of the buckets; [-1] of the first would be 0 */
	uint32_t mask;
	struct bonus *bonuses; size_t n_bonuses, cap_bonuses;
};

/* ---- what counts ------------------------------------------------------------------------ */

static const struct sv edge = { "^", 1 };

static int words_of(const struct message *m)
{
	return m->n_words < LEANING_WORDS ? m->n_words : LEANING_WORDS;
}

size_t leaning_traits(const struct message *m, int word, struct trait out[LEANING_TRAITS])
{
	struct sv text = m->words[word].text;
	size_t n = 0;

	if (word == 0)
		out[n++] = (struct trait){ edge, text };
	out[n++] = (struct trait){ text, SV("") };
	out[n++] = (struct trait){ text, word + 1 < words_of(m) ? m->words[word + 1].text : edge };
	return n;
}

static uint64_t id_of(struct trait t)
{
	uint64_t id = sv_hash_after(0x51ed270b, t.first);

	return t.second.n ? sv_hash_after(id, t.second) : id;
}

/* ---- the file ------------------------------------------------------------------------ */

struct row { uint64_t id; struct feature feature; };
struct loading {
	struct leaning *x;
	struct row *rows; size_t n, cap;
	struct sv word;                 /* of the last row that begins with one */
};

static bool add_bonus(struct leaning *x, struct sv *line)
{
	uint32_t label;
	int64_t value;

	if (!weights_of_label(&x->w, line, 0, LEANING_BONUS, &label, &value)
	    || x->n_bonuses == MAX_BONUSES)
		return false;
	GROW(x->bonuses, x->n_bonuses, x->cap_bonuses);
	x->bonuses[x->n_bonuses++] = (struct bonus){ label & 63, 0, (uint16_t)value & 511 };
	return true;
}

static bool add_row(void *ctx, struct sv line)
{
	struct loading *l = ctx;
	struct leaning *x = l->x;
	struct trait t = { .second = SV("") };
	struct row r = { 0 };
	size_t before = x->n_bonuses;
	struct sv part;
	int base;

	if (!sv_split(&line, '\t', &part))
		return false;
	if (part.n)
		l->word = part;
	else if (!sv_split(&line, '\t', &t.second) || !t.second.n || !l->word.n)
		return false;
	t.first = l->word;
	if (!weights_number(&line, -LEANING_BASE, LEANING_BASE, &base))
		return false;
	while (line.p)
		if (!add_bonus(x, &line))
			return false;
	if (x->n_bonuses > before)
		x->bonuses[x->n_bonuses - 1].last = 1;
	r.id = id_of(t);
	r.feature = (struct feature){ (uint32_t)r.id,
		x->n_bonuses > before ? (uint32_t)before & (MAX_BONUSES - 1) : 0, base };
	GROW(l->rows, l->n, l->cap);
	l->rows[l->n++] = r;
	return true;
}

static uint32_t bucket(const struct leaning *x, uint64_t id)
{
	return (uint32_t)(id >> 32) & x->mask;
}

/* By bucket: counted, then each put in its place. */
static void arrange(struct leaning *x, const struct row *rows, size_t n)
{
	for (x->mask = 15; x->mask < n / TO_A_BUCKET; x->mask = x->mask * 2 + 1)
		;
	x->ends = xcalloc((size_t)x->mask + 2, sizeof *x->ends);
	x->features = xcalloc(n + 1, sizeof *x->features);
	for (size_t i = 0; i < n; i++)
		x->ends[bucket(x, rows[i].id) + 1]++;
	for (size_t b = 1; b <= x->mask; b++)
		x->ends[b] += x->ends[b - 1];
	for (size_t i = 0; i < n; i++)
		x->features[x->ends[bucket(x, rows[i].id)]++] = rows[i].feature;
}

static const struct weights_form form = { LEANING_HEAD, LEANING_LABELS, -LEANING_BASE, LEANING_BASE,
	add_row };

struct leaning *leaning_load(const struct source *weights, struct findings *f)
{
	struct leaning *x = xcalloc(1, sizeof *x);
	struct loading l = { .x = x };
	int bad;

	GROW(x->bonuses, x->n_bonuses, x->cap_bonuses);
	x->bonuses[x->n_bonuses++] = (struct bonus){ 0 };       /* [0] is none */
	bad = weights_read(&x->w, &form, weights->text, &l);
	if (bad) {
		findings_add(f, "W231", weights->path, "", bad,
		    "these weights cannot be used, so only rules speak -- type: attune learn");
		leaning_destroy(x);
		x = NULL;
	} else {
		arrange(x, l.rows, l.n);
		x->bonuses = xreallocarray(x->bonuses, x->n_bonuses, sizeof *x->bonuses);
	}
	free(l.rows);
	return x;
}

void leaning_destroy(struct leaning *x)
{
	if (!x)
		return;
	weights_fini(&x->w);
	free(x->features);
	free(x->ends);
	free(x->bonuses);
	free(x);
}

struct sv leaning_hash(const struct leaning *x)
{
	return x->w.hash;
}

/* ---- leaning ------------------------------------------------------------------------------ */

/* Of the words that are weighed together. */
struct sum { int base, known, labels[LEANING_LABELS]; };

static const struct feature *find(const struct leaning *x, uint64_t id)
{
	uint32_t b = bucket(x, id), i = b ? x->ends[b - 1] : 0;

	while (i < x->ends[b] && x->features[i].check != (uint32_t)id)
		i++;
	return i < x->ends[b] ? &x->features[i] : NULL;
}

/* sign: 1 takes it in, -1 lets it go. */
static void weigh(const struct leaning *x, struct sum *s, const struct feature *g, int sign)
{
	const struct bonus *b = &x->bonuses[g->first];

	s->base += sign * g->base;
	s->known += sign;
	if (!g->first)
		return;
	do
		s->labels[b->label] += sign * b->value;
	while (!b++->last);
}

/* More words must lean more: the eighth root, between their sum and their mean. */
static double lead_of(const struct leaning *x, const struct sum *s, uint64_t marked, uint32_t *label)
{
	int best = INT32_MIN, nearest = INT32_MIN;

	for (uint32_t i = 0; i < table_count(x->w.labels); i++) {
		int sum = s->base + s->known * x->w.numbers[i] + s->labels[i];
		int near = sum + (marked >> i & 1 ? MARKED : 0);

		if (sum > best)
			best = sum;
		if (near > nearest) {
			nearest = near;
			*label = i;
		}
	}
	return best / sqrt(sqrt(sqrt(s->known)));
}

/* The words that are weighed together, each with what it brought; what is said twice
 * among them counts once. */
struct window {
	struct sum sum;
	const struct feature *of[WINDOW][LEANING_TRAITS];       /* NULL: none */
};

static bool holds(const struct window *w, const struct feature *g)
{
	for (int i = 0; i < WINDOW; i++)
		for (int k = 0; k < LEANING_TRAITS; k++)
			if (w->of[i][k] == g)
				return true;
	return false;
}

/* In place of the word that came WINDOW words before it. */
static void take_in(const struct leaning *x, struct window *w, const struct message *m, int word)
{
	struct trait traits[LEANING_TRAITS];
	const struct feature **of = w->of[word % WINDOW];
	size_t n = leaning_traits(m, word, traits);

	for (size_t k = 0; k < LEANING_TRAITS; k++) {
		const struct feature *gone = of[k];

		of[k] = NULL;
		if (gone && !holds(w, gone))
			weigh(x, &w->sum, gone, -1);
	}
	for (size_t k = 0; k < n; k++) {
		const struct feature *g = find(x, id_of(traits[k]));

		if (g && !holds(w, g))
			weigh(x, &w->sum, g, 1);
		of[k] = g;
	}
}

struct lean leaning_of(const struct leaning *x, const struct message *m)
{
	return leaning_in(x, m, (struct span){ 0, m->n_words }, 0);
}

uint64_t leaning_mark(const struct leaning *x, struct sv class)
{
	uint64_t marks = 0;

	for (uint32_t i = 0; i < table_count(x->w.labels); i++) {
		struct sv name = table_name(x->w.labels, i), of;

		if (sv_split(&name, '/', &of) && sv_eq(of, class))
			marks |= UINT64_C(1) << i;
	}
	return marks;
}

/* The part that leans most: in a long one the rest would hide it. */
struct lean leaning_in(const struct leaning *x, const struct message *m, struct span part,
    uint64_t marked)
{
	struct window w = { 0 };
	double best = -HUGE_VAL;
	uint32_t label = 0, at = 0;
	int end = part.last < words_of(m) ? part.last : words_of(m);
	struct sv class, name;

	for (int i = part.first; i < end; i++) {
		take_in(x, &w, m, i);
		if (w.sum.known >= LEAST && (i + 1 == end || i + 1 - part.first >= WINDOW)) {
			double lead = lead_of(x, &w.sum, marked, &at);

			if (lead > best) {
				best = lead;
				label = at;
			}
		}
	}
	if (best == -HUGE_VAL)
		return (struct lean){ 0, SV(""), false };
	name = table_name(x->w.labels, label);
	sv_split(&name, '/', &class);
	return (struct lean){ (int)lround(100 * best / LEANING_UNIT), class, sv_is(name, "other") };
}
