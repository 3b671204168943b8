#include "language/examples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/xalloc.h"

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

struct sight { uint64_t feature; uint32_t label; };     /* once in one example */
struct weight { uint32_t label; int32_t value; };
struct bucket { uint64_t feature; uint32_t first; uint16_t n, tells; };   /* n = 0: free */

struct examples {
	struct sv locale;
	struct sv file;                 /* path, for findings */
	struct arena *arena;
	struct example *list; size_t n_list, cap_list;
	struct table *labels;
	struct sight *sights; size_t n_sights, cap_sights;      /* while counting only */
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
	struct sv rest = file->text, line, labels;

	x->arena = arena_create();
	x->locale = arena_sv(x->arena, locale);
	x->file = arena_sv(x->arena, sv_from(file->path));
	x->labels = table_create();
	for (int at = 1; sv_split(&rest, '\n', &line); at++) {
		if (!line.n || line.p[0] == '#' || (at == 1 && sv_is(line, "intent\ttext")))
			continue;
		if (!sv_split(&line, '\t', &labels) || !labels.n || !line.n) {
			findings_add(f, "E231", file->path, "", at,
			    "an example is a label, a tab and a sentence");
			continue;
		}
		if (!add_labels(x, labels)) {
			findings_add(f, "E232", file->path, "", at, "more than %d labels -- join some",
			    MAX_LABELS);
			break;
		}
		GROW(x->list, x->n_list, x->cap_list);
		x->list[x->n_list++] = (struct example){ arena_sv(x->arena, labels),
			arena_sv(x->arena, line) };
	}
	return x;
}

void examples_destroy(struct examples *x)
{
	if (!x)
		return;
	arena_destroy(x->arena);
	table_destroy(x->labels);
	free(x->list);
	free(x->sights);
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

static uint64_t with(uint64_t id, struct sv s)
{
	id = (id ^ sv_hash(s)) * 0x9e3779b97f4a7c15ULL;
	return id ^ id >> 29;
}

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
			add(f, PART, with(PART, (struct sv){ edged + i, len }));
}

static void add_word(struct features *f, const struct message *m, struct sv locale, int i)
{
	const struct sv edge = SV("^");
	struct sv word = m->words[i].text, before = i ? m->words[i - 1].text : edge;
	uint64_t pair = with(with(PAIR, before), word);
	unsigned forms;
	int verb = lexicon_verb(m->lexicon, locale, word, &forms);

	add(f, WORD, with(WORD, word));
	if (verb >= 0)
		add(f, VERB, with(VERB, lexicon_verb_form(m->lexicon, locale, verb, VERB_BASE)));
	add(f, PAIR, pair);
	if (i > 0)
		add(f, TRIPLE, with(with(with(TRIPLE, i > 1 ? m->words[i - 2].text : edge), before), word));
	add_parts(f, word);
}

static void features_of(struct features *f, const struct message *m, struct sv locale)
{
	int n = m->n_words < MAX_WORDS ? m->n_words : MAX_WORDS;

	f->n = 0;
	for (int i = 0; i < n; i++)
		add_word(f, m, locale, i);
	if (n)
		add(f, PAIR, with(with(PAIR, m->words[n - 1].text), SV("^")));
	for (int i = 0; i < m->n_marks; i++)
		add(f, MARK, with(MARK, (struct sv){ (const char *)&m->marks[i].sym,
		    sizeof m->marks[i].sym }));
}

/* ---- counting ------------------------------------------------------------------------ */

static int by_feature(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;

	if (x->feature != y->feature)
		return x->feature < y->feature ? -1 : 1;
	return x->label < y->label ? -1 : x->label > y->label;
}

static void count(struct examples *x, struct sv labels, const struct features *f)
{
	struct sv label;

	while (sv_split(&labels, '/', &label)) {
		uint32_t id = table_find(x->labels, label);

		for (size_t i = 0; i < f->n; i++) {
			GROW(x->sights, x->n_sights, x->cap_sights);
			x->sights[x->n_sights++] = (struct sight){ f->list[i].id, id };
		}
	}
}

static struct bucket *bucket_of(const struct examples *x, uint64_t feature)
{
	uint32_t at = (uint32_t)(feature >> 32) & x->mask;

	while (x->buckets[at].n && x->buckets[at].feature != feature)
		at = (at + 1) & x->mask;
	return &x->buckets[at];
}

static int32_t logarithm(double v)
{
	return (int32_t)lround(UNIT * log(v));
}

/* "my" stands in all kinds of examples and tells little, "boundary" much: one less
 * the entropy of the labels over its greatest, from least to whole. */
struct spread { double n, logs; };      /* sights; each label's n * log n */

static uint16_t tells(const struct examples *x, const struct spread *s)
{
	double most = log((double)table_count(x->labels)), even = 0;

	if (s->n > FEW && most > 0)
		even = (log(s->n) - s->logs / s->n) / most;
	return (uint16_t)lround(WHOLE * (1 - (1 - least) * even));
}

/* Sorted sights of one feature and one label become one weight. */
static void weigh(struct examples *x)
{
	struct bucket *b = NULL;
	struct spread spread = { 0, 0 };
	size_t out = 0;

	for (size_t i = 0, same; i < x->n_sights; i = same) {
		const struct sight *s = &x->sights[i];

		for (same = i; same < x->n_sights && by_feature(s, &x->sights[same]) == 0; )
			same++;
		if (!i || s[-1].feature != s->feature) {
			b = bucket_of(x, s->feature);
			*b = (struct bucket){ s->feature, (uint32_t)out, 0, WHOLE };
			spread = (struct spread){ 0, 0 };
		}
		b->n++;
		spread.n += (double)(same - i);
		spread.logs += (double)(same - i) * log((double)(same - i));
		if (same == x->n_sights || x->sights[same].feature != s->feature)
			b->tells = tells(x, &spread);
		x->weights[out++] = (struct weight){ s->label,
			logarithm(1 + (double)(same - i) / unseen) };
	}
}

enum { HEADS = 1 << 16 };

static size_t head_of(const struct sight *s)
{
	return (size_t)(s->feature >> 48);
}

/* By feature and label: there are a million, and their first bits are as good as
 * chance, so they are dealt into heaps first. */
static void sort_sights(struct examples *x)
{
	struct sight *sorted = xcalloc(x->n_sights + 1, sizeof *sorted);
	size_t *ends = xcalloc(HEADS + 1, sizeof *ends);

	for (size_t i = 0; i < x->n_sights; i++)
		ends[head_of(&x->sights[i]) + 1]++;
	for (size_t h = 0; h < HEADS; h++)
		ends[h + 1] += ends[h];
	for (size_t i = 0; i < x->n_sights; i++)
		sorted[ends[head_of(&x->sights[i])]++] = x->sights[i];
	/* each heap now ends where the next one began */
	for (size_t h = 0, from = 0; h < HEADS; from = ends[h++])
		if (ends[h] - from > 1)
			qsort(sorted + from, ends[h] - from, sizeof *sorted, by_feature);
	free(x->sights);
	free(ends);
	x->sights = sorted;
	x->cap_sights = x->n_sights + 1;
}

static void index_sights(struct examples *x)
{
	double total[MAX_LABELS] = { 0 };
	size_t kinds = 0, pairs = 0;

	sort_sights(x);
	for (size_t i = 0; i < x->n_sights; i++) {
		const struct sight *s = &x->sights[i];

		kinds += !i || s->feature != s[-1].feature;
		pairs += !i || by_feature(s, s - 1) != 0;
		total[s->label] += 1;
	}
	for (x->mask = 1023; x->mask < kinds * 2; x->mask = x->mask * 2 + 1)
		;
	x->buckets = xcalloc((size_t)x->mask + 1, sizeof *x->buckets);
	x->weights = xcalloc(pairs + 1, sizeof *x->weights);
	for (size_t l = 0; l < table_count(x->labels); l++)
		x->base[l] = logarithm(unseen / (total[l] + unseen * (double)(kinds + 1)));
	weigh(x);
}

void examples_seal(struct examples *x, const struct language *l)
{
	struct arena *a = arena_create();
	struct features f = { 0 };

	for (size_t i = 0; i < x->n_list; i++) {
		features_of(&f, message_read(l->lexicon, l->locale, x->list[i].text, a), l->locale);
		count(x, x->list[i].labels, &f);
		arena_reset(a);
	}
	index_sights(x);
	free(f.list);
	free(x->sights);
	x->sights = NULL;
	x->n_sights = x->cap_sights = 0;
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
		int64_t weight = (int64_t)f.list[i].weight * b->tells;

		if (!b->n)
			continue;
		seen += weight;
		pairs += f.list[i].kind == PAIR;
		for (uint32_t k = 0; k < b->n; k++)
			score[x->weights[b->first + k].label] += weight
			    * x->weights[b->first + k].value;
	}
	free(f.list);
	if (leaning != TABLE_NONE)
		score[leaning] += (int64_t)words * weight_of[WORD] * WHOLE * logarithm(1 + 1 / unseen);
	return pairs > 1 ? best_of(x, score, seen) : (struct vote){ -1, 0 };
}
