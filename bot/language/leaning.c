#include "language/leaning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/xalloc.h"

enum {
	WINDOW = 24,            /* words that are weighed together */
	LEAST = 10,             /* traits known among them, to lean at all */
	TO_A_BUCKET = 4,        /* features, about */
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
	struct table *labels;
	int cost[LEANING_LABELS];       /* of a known trait */
	struct sv hash; char *hash_text;
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

static bool number(struct sv *rest, int64_t least, int64_t most, int *out)
{
	struct sv part;
	int64_t value;

	if (!sv_split(rest, '\t', &part) || !sv_int(part, &value) || value < least || value > most)
		return false;
	*out = (int)value;
	return true;
}

static bool add_label(struct loading *l, struct sv line)
{
	struct sv name;
	uint32_t at;

	if (!sv_split(&line, '\t', &name) || !name.n || table_count(l->x->labels) == LEANING_LABELS)
		return false;
	at = table_add(l->x->labels, name);
	return number(&line, -LEANING_BASE, LEANING_BASE, &l->x->cost[at]) && !line.n;
}

static bool add_bonus(struct leaning *x, struct sv part)
{
	struct sv label;
	int64_t at, value;

	if (!sv_split(&part, ':', &label) || !sv_int(label, &at) || !sv_int(part, &value)
	    || at < 0 || at >= table_count(x->labels) || value < 0 || value > LEANING_BONUS
	    || x->n_bonuses == MAX_BONUSES)
		return false;
	GROW(x->bonuses, x->n_bonuses, x->cap_bonuses);
	x->bonuses[x->n_bonuses++] = (struct bonus){ (uint16_t)at & 63, 0, (uint16_t)value & 511 };
	return true;
}

static bool add_row(struct loading *l, struct sv line)
{
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
	if (!number(&line, -LEANING_BASE, LEANING_BASE, &base))
		return false;
	while (sv_split(&line, '\t', &part))
		if (!add_bonus(x, part))
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

static bool read_head(struct leaning *x, struct sv *text)
{
	struct sv line, head = SV(LEANING_HEAD);

	if (!sv_split(text, '\n', &line) || !sv_starts(line, head))
		return false;
	line = sv_sub(line, head.n, line.n);
	x->hash_text = xstrndup(line.p, line.n);
	x->hash = (struct sv){ x->hash_text, line.n };
	return true;
}

/* 0, or the number of the line that nobody understands. */
static int read_weights(struct loading *l, struct sv text)
{
	struct sv line;
	int at = 1;
	bool ok = read_head(l->x, &text), labels = true;

	while (ok && sv_split(&text, '\n', &line)) {
		at++;
		if (!line.n)
			labels = false;
		else
			ok = labels ? add_label(l, line) : add_row(l, line);
	}
	return ok && table_count(l->x->labels) ? 0 : at;
}

struct leaning *leaning_load(const struct source *weights, struct findings *f)
{
	struct leaning *x = xcalloc(1, sizeof *x);
	struct loading l = { .x = x };
	int bad;

	x->labels = table_create();
	GROW(x->bonuses, x->n_bonuses, x->cap_bonuses);
	x->bonuses[x->n_bonuses++] = (struct bonus){ 0 };       /* [0] is none */
	bad = read_weights(&l, weights->text);
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
	table_destroy(x->labels);
	free(x->hash_text);
	free(x->features);
	free(x->ends);
	free(x->bonuses);
	free(x);
}

struct sv leaning_hash(const struct leaning *x)
{
	return x->hash;
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

/* More words must lean more: the fourth root, between their sum and their mean. */
static double lead_of(const struct leaning *x, const struct sum *s, uint32_t *label)
{
	int best = INT32_MIN;

	for (uint32_t i = 0; i < table_count(x->labels); i++) {
		int sum = s->base + s->known * x->cost[i] + s->labels[i];

		if (sum > best) {
			best = sum;
			*label = i;
		}
	}
	return best / sqrt(sqrt(s->known));
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
	return leaning_in(x, m, (struct span){ 0, m->n_words });
}

/* The part that leans most: in a long one the rest would hide it. */
struct lean leaning_in(const struct leaning *x, const struct message *m, struct span part)
{
	struct window w = { 0 };
	double best = -HUGE_VAL;
	uint32_t label = 0, at = 0;
	int end = part.last < words_of(m) ? part.last : words_of(m);
	struct sv class, name;

	for (int i = part.first; i < end; i++) {
		take_in(x, &w, m, i);
		if (w.sum.known >= LEAST && (i + 1 == end || i + 1 - part.first >= WINDOW)) {
			double lead = lead_of(x, &w.sum, &at);

			if (lead > best) {
				best = lead;
				label = at;
			}
		}
	}
	if (best == -HUGE_VAL)
		return (struct lean){ 0, SV(""), false };
	name = table_name(x->labels, label);
	sv_split(&name, '/', &class);
	return (struct lean){ (int)lround(100 * best / LEANING_UNIT), class, sv_is(name, "other") };
}
