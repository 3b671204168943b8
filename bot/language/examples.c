#include "language/examples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/xalloc.h"
#include "language/labelled.h"

enum {
	UNIT = 256,             /* to the natural logarithm */
	MAX_LABELS = 128,
	MAX_WORDS = 120,        /* of a message; who writes more has said it by then */
	SHORTEST_PART = 3, LONGEST_PART = 5, MAX_PART_WORD = 62,
	WHOLE = 16,             /* of a feature that only one label has */
	FEW = 3,                /* sights of a feature too rare to say how it is spread */
};

/* What the kinds of features weigh, and how little an unseen one counts: chosen
 * by leaving out a tenth of the English examples in turn. */
enum kind { WORD, VERB, PAIR, TRIPLE, PART, MARK };
static const uint32_t weight_of[] = { [WORD] = 8, [VERB] = 4, [PAIR] = 10, [TRIPLE] = 6, [PART] = 1, [MARK] = 2 };
static const double unseen = 0.05;
static const double least = 0.4;        /* what is left of one that all labels have alike */

struct example { struct sv labels, text; };

/* What a feature says for one label; those of one feature stand together. */
struct weight { uint16_t value; uint8_t label; bool last; };
/* Half of the feature finds the bucket, the other half tells whose it is. */
struct bucket {
	uint32_t check;
	uint32_t first : 24;    /* its first weight, 0 free */
	uint32_t tells : 8;     /* of WHOLE */
};

struct examples {
	struct sv locale;
	struct sv file;                 /* path, for findings */
	struct arena *arena;
	struct arena *texts;            /* of the list: until it has been counted */
	struct example *list; size_t n_list, cap_list;
	struct table *labels;
	struct bucket *buckets; uint32_t mask;
	struct weight *weights;
	int32_t base[MAX_LABELS];       /* what a feature gives a label that never had it */
};

/* ---- the file -------------------------------------------------------------------- */

static bool add_labels(struct examples *x, struct sv labels)
{
	struct sv label;

	while (sv_split(&labels, '/', &label))
		if (table_add(x->labels, label) >= MAX_LABELS)
			return false;
	return true;
}

struct examples *examples_load(struct sv locale, const struct source *file, struct findings *f)
{
	struct examples *x = xcalloc(1, sizeof *x);
	struct labelled line = { .rest = file->text };

	x->arena = arena_create();
	x->texts = arena_create();
	x->locale = arena_sv(x->arena, locale);
	x->file = arena_sv(x->arena, sv_from(file->path));
	x->labels = table_create();
	while (labelled_next(&line, file, f)) {
		if (line.line == 1 && sv_is(line.label, "intent") && sv_is(line.text, "text"))
			continue;
		if (!add_labels(x, line.label)) {
			findings_add(f, "E232", file->path, "", line.line,
			    "more than %d labels -- join some", MAX_LABELS);
			break;
		}
		GROW(x->list, x->n_list, x->cap_list);
		x->list[x->n_list++] = (struct example){ arena_sv(x->texts, line.label),
			arena_sv(x->texts, line.text) };
	}
	return x;
}

void examples_destroy(struct examples *x)
{
	if (!x)
		return;
	arena_destroy(x->arena);
	arena_destroy(x->texts);
	table_destroy(x->labels);
	free(x->list);
	free(x->buckets);
	free(x->weights);
	free(x);
}

size_t examples_labels(const struct examples *x)
{
	return table_count(x->labels);
}

struct sv examples_label(const struct examples *x, int label)
{
	return label < 0 ? SV("") : table_name(x->labels, (uint32_t)label);
}

/* ---- features ---------------------------------------------------------------------- */

struct feature { uint64_t id; uint32_t weight; enum kind kind; };
struct features { struct feature *list; size_t n, cap; };

static void add(struct features *f, enum kind kind, uint64_t id)
{
	GROW(f->list, f->n, f->cap);
	f->list[f->n++] = (struct feature){ id, weight_of[kind], kind };
}

/* Beginnings, middles and ends: a word that no example holds is still like one. */
static void add_parts(struct features *f, struct sv word)
{
	char edged[MAX_PART_WORD + 2];
	size_t n = word.n + 2;

	if (word.n < SHORTEST_PART || word.n > MAX_PART_WORD)
		return;
	edged[0] = edged[n - 1] = ' ';
	memcpy(edged + 1, word.p, word.n);
	for (size_t len = SHORTEST_PART; len <= LONGEST_PART; len++)
		for (size_t i = 0; i + len <= n; i++)
			add(f, PART, sv_hash_after(PART, (struct sv){ edged + i, len }));
}

static void add_word(struct features *f, const struct message *m, struct sv locale, int i)
{
	const struct sv edge = SV("^");
	struct sv word = m->words[i].text, before = i ? m->words[i - 1].text : edge;
	uint64_t pair = sv_hash_after(sv_hash_after(PAIR, before), word);
	unsigned forms;
	int verb = lexicon_verb(m->lexicon, locale, word, &forms);

	add(f, WORD, sv_hash_after(WORD, word));
	if (verb >= 0)
		add(f, VERB, sv_hash_after(VERB, lexicon_verb_form(m->lexicon, locale, verb, VERB_BASE)));
	add(f, PAIR, pair);
	if (i > 0)
		add(f, TRIPLE, sv_hash_after(sv_hash_after(sv_hash_after(TRIPLE, i > 1 ? m->words[i - 2].text : edge), before), word));
	add_parts(f, word);
}

static void features_of(struct features *f, const struct message *m, struct sv locale)
{
	int n = m->n_words < MAX_WORDS ? m->n_words : MAX_WORDS;

	f->n = 0;
	for (int i = 0; i < n; i++)
		add_word(f, m, locale, i);
	if (n)
		add(f, PAIR, sv_hash_after(sv_hash_after(PAIR, m->words[n - 1].text), SV("^")));
	for (int i = 0; i < m->n_marks; i++)
		add(f, MARK, sv_hash_after(MARK, (struct sv){ (const char *)&m->marks[i].sym,
		    sizeof m->marks[i].sym }));
}

/* ---- counting ------------------------------------------------------------------------ */

/* While counting: features are numbered as they come, and every time that an
 * example shows one is kept as number and label. */
struct sight { uint32_t kind : 24, label : 8; };

struct counting {
	uint64_t *kinds; size_t n_kinds, cap_kinds;
	uint32_t *slots; uint32_t mask;         /* kind + 1, 0 free */
	struct sight *sights; size_t n_sights, cap_sights;
};

static uint32_t half(uint64_t feature)
{
	return (uint32_t)(feature >> 32);
}

static uint32_t slot_of(const struct counting *c, uint64_t feature)
{
	uint32_t at = half(feature) & c->mask;

	while (c->slots[at] && c->kinds[c->slots[at] - 1] != feature)
		at = (at + 1) & c->mask;
	return at;
}

static void more_slots(struct counting *c)
{
	free(c->slots);
	c->mask = c->mask * 2 + 1;
	c->slots = xcalloc((size_t)c->mask + 1, sizeof *c->slots);
	for (size_t i = 0; i < c->n_kinds; i++)
		c->slots[slot_of(c, c->kinds[i])] = (uint32_t)i + 1;
}

static uint32_t kind_of(struct counting *c, uint64_t feature)
{
	uint32_t at = slot_of(c, feature);

	if (c->slots[at])
		return c->slots[at] - 1;
	GROW(c->kinds, c->n_kinds, c->cap_kinds);
	c->kinds[c->n_kinds++] = feature;
	c->slots[at] = (uint32_t)c->n_kinds;
	if (c->n_kinds > c->mask / 2)
		more_slots(c);
	return (uint32_t)c->n_kinds - 1;
}

static void count(struct counting *c, const struct examples *x, struct sv labels,
    const struct features *f)
{
	struct sv label;

	while (sv_split(&labels, '/', &label)) {
		uint32_t id = table_find(x->labels, label);

		for (size_t i = 0; i < f->n; i++) {
			GROW(c->sights, c->n_sights, c->cap_sights);
			c->sights[c->n_sights++] = (struct sight){ kind_of(c, f->list[i].id), (uint8_t)id };
		}
	}
}

static struct bucket *bucket_of(const struct examples *x, uint64_t feature)
{
	uint32_t at = half(feature) & x->mask;

	while (x->buckets[at].first && x->buckets[at].check != (uint32_t)feature)
		at = (at + 1) & x->mask;
	return &x->buckets[at];
}

static int32_t logarithm(double v)
{
	return (int32_t)lround(UNIT * log(v));
}

/* The sights of each kind, one kind behind the other: ends[k] is where it ends. */
static uint8_t *by_kind(const struct counting *c, uint32_t *ends)
{
	uint8_t *labels = xcalloc(c->n_sights + 1, sizeof *labels);

	for (size_t i = 0; i < c->n_sights; i++)
		ends[c->sights[i].kind + 1]++;
	for (size_t k = 0; k < c->n_kinds; k++)
		ends[k + 1] += ends[k];
	for (size_t i = 0; i < c->n_sights; i++)
		labels[ends[c->sights[i].kind]++] = c->sights[i].label;
	return labels;
}

/* "my" stands in all kinds of examples and tells little, "boundary" much: one less
 * the entropy of the labels over its greatest, from least to whole. */
struct spread { double n, logs; };      /* sights; each label's n * log n */

static uint8_t tells(const struct examples *x, const struct spread *s)
{
	double most = log((double)table_count(x->labels)), even = 0;

	if (s->n > FEW && most > 0)
		even = (log(s->n) - s->logs / s->n) / most;
	return (uint8_t)lround(WHOLE * (1 - (1 - least) * even));
}

/* The n sights of one feature, repeats and all, become its weights, by label. */
static size_t weigh(struct weight *out, const uint8_t *labels, size_t n, struct spread *s)
{
	uint32_t times[MAX_LABELS] = { 0 };
	size_t k = 0, kinds = 0;

	for (size_t i = 0; i < n; i++)
		kinds += times[labels[i]]++ == 0;
	for (size_t l = kinds > 1 ? 0 : labels[0]; k < kinds; l++) {
		if (!times[l])
			continue;
		s->n += times[l];
		s->logs += times[l] * log(times[l]);
		out[k] = (struct weight){ (uint16_t)logarithm(1 + times[l] / unseen),
			(uint8_t)l, k + 1 == kinds };
		k++;
	}
	return k;
}

static void weigh_all(struct examples *x, const struct counting *c)
{
	uint32_t *ends = xcalloc(c->n_kinds + 1, sizeof *ends);
	uint8_t *labels = by_kind(c, ends);
	size_t n = 1;

	x->weights = xcalloc(c->n_sights + 1, sizeof *x->weights);     /* [0] is none */
	for (x->mask = 1023; x->mask < c->n_kinds * 3 / 2; x->mask = x->mask * 2 + 1)
		;
	x->buckets = xcalloc((size_t)x->mask + 1, sizeof *x->buckets);
	for (size_t k = 0; k < c->n_kinds; k++) {
		uint32_t from = k ? ends[k - 1] : 0;
		struct bucket *b = bucket_of(x, c->kinds[k]);
		struct spread spread = { 0, 0 };

		*b = (struct bucket){ (uint32_t)c->kinds[k], (uint32_t)n, 0 };
		n += weigh(x->weights + n, labels + from, ends[k] - from, &spread);
		b->tells = tells(x, &spread);
	}
	x->weights = xreallocarray(x->weights, n, sizeof *x->weights);
	free(ends);
	free(labels);
}

static void weigh_unseen(struct examples *x, const struct counting *c)
{
	double total[MAX_LABELS] = { 0 };

	for (size_t i = 0; i < c->n_sights; i++)
		total[c->sights[i].label] += 1;
	for (size_t l = 0; l < table_count(x->labels); l++)
		x->base[l] = logarithm(unseen / (total[l] + unseen * (double)(c->n_kinds + 1)));
}

void examples_seal(struct examples *x, const struct language *l)
{
	struct arena *a = arena_create();
	struct features f = { 0 };
	struct counting c = { .mask = 1023 };

	c.slots = xcalloc((size_t)c.mask + 1, sizeof *c.slots);
	for (size_t i = 0; i < x->n_list; i++) {
		features_of(&f, message_read(l->lexicon, l->locale, x->list[i].text, a), l->locale);
		count(&c, x, x->list[i].labels, &f);
		arena_reset(a);
	}
	weigh_all(x, &c);
	weigh_unseen(x, &c);
	free(c.kinds);
	free(c.slots);
	free(c.sights);
	free(f.list);
	free(x->list);
	x->list = NULL;
	x->n_list = x->cap_list = 0;
	arena_destroy(x->texts);
	x->texts = NULL;
	arena_destroy(a);
}

/* ---- voting ------------------------------------------------------------------------------ */

static struct vote best_of(const struct examples *x, const int64_t *score, int64_t seen)
{
	struct vote v = { -1, 0 };
	int64_t best = INT64_MIN, second = INT64_MIN;

	for (size_t l = 0; l < table_count(x->labels); l++) {
		int64_t s = score[l] + seen * x->base[l];

		if (s > best) {
			second = best;
			best = s;
			v.label = (int)l;
		} else if (s > second) {
			second = s;
		}
	}
	if (second > INT64_MIN)
		v.lead = (int)((double)(best - second) / sqrt((double)seen * WHOLE));
	return v;
}

struct vote examples_vote(const struct examples *x, const struct message *m, struct sv lean,
    int words)
{
	uint32_t leaning = lean.n ? table_find(x->labels, lean) : TABLE_NONE;
	int64_t score[MAX_LABELS] = { 0 }, seen = 0;
	int pairs = 0;
	struct features f = { 0 };

	features_of(&f, m, x->locale);
	for (size_t i = 0; i < f.n; i++) {
		const struct bucket *b = bucket_of(x, f.list[i].id);
		const struct weight *w = x->weights + b->first;
		int64_t weight = (int64_t)f.list[i].weight * b->tells;

		if (!b->first)
			continue;
		seen += weight;
		pairs += f.list[i].kind == PAIR;
		do
			score[w->label] += weight * w->value;
		while (!w++->last);
	}
	free(f.list);
	if (leaning != TABLE_NONE)
		score[leaning] += (int64_t)words * weight_of[WORD] * WHOLE * logarithm(1 + 1 / unseen);
	return pairs > 1 ? best_of(x, score, seen) : (struct vote){ -1, 0 };
}
