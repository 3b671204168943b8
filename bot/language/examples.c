#include "language/examples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "language/weights.h"

enum {
	UNIT = 256,             /* to the natural logarithm */
	MAX_WORDS = 120,        /* of a message; who writes more has said it by then */
	SHORTEST_PART = 3, LONGEST_PART = 4, MAX_PART_WORD = 62,
	MANY = 256,             /* logarithms of fewer sights are at hand */
	MAX_WEIGHTS = 1 << 24,
};

/* What the kinds of features weigh: chosen by leaving out a tenth of the English examples
 * in turn. */
static const uint32_t weight_of[] = { [EXAMPLE_WORD] = 8, [EXAMPLE_VERB] = 4, [EXAMPLE_PAIR] = 10,
	[EXAMPLE_TRIPLE] = 6, [EXAMPLE_PART] = 1, [EXAMPLE_LIST] = 2, [EXAMPLE_CLASS] = 2 };
const char examples_kinds[] = "wvptxlc";

/* How often one label has a feature; those of one feature stand together.  Where it is
 * MANY times or more, times is 0 and the value stands behind. */
union weight {
	struct { uint16_t label : 7, last : 1, times : 8; };
	uint16_t value;
};
/* Half of the feature finds the bucket, the other half tells whose it is. */
struct bucket {
	uint32_t check;
	uint32_t first : 24;    /* its first weight, 0 free */
	uint32_t tells : 8;     /* of EXAMPLES_WHOLE */
};

struct examples {
	struct sv locale; char *locale_text;
	struct weights w;               /* a label's number: what a feature gives it that it never had */
	int32_t values[MANY];           /* of so many sights */
	struct bucket *buckets; uint32_t n_buckets;
	union weight *weights; size_t n_weights, cap_weights;
};

/* ---- features ---------------------------------------------------------------------- */

/* Who gets what counts. */
struct taker { example_taker take; void *ctx; };

static void add(const struct taker *to, enum example_kind kind, struct sv a, struct sv b, struct sv c)
{
	struct example_feature x = { .kind = kind, .parts = { a, b, c } };

	x.id = sv_hash_after(kind, a);
	if (b.n)
		x.id = sv_hash_after(x.id, b);
	if (c.n)
		x.id = sv_hash_after(x.id, c);
	to->take(to->ctx, &x);
}

static const struct sv none = { "", 0 };

/* Beginnings, middles and ends: a word that no example holds is still like one. */
static void add_parts(const struct taker *to, struct sv word, struct arena *a)
{
	size_t n = word.n + 2;
	char *edged;

	if (word.n < SHORTEST_PART || word.n > MAX_PART_WORD)
		return;
	edged = ARENA_ARRAY(a, char, n);
	edged[0] = edged[n - 1] = ' ';
	memcpy(edged + 1, word.p, word.n);
	for (size_t len = SHORTEST_PART; len <= LONGEST_PART; len++)
		for (size_t i = 0; i + len <= n; i++)
			add(to, EXAMPLE_PART, (struct sv){ edged + i, len }, none, none);
}

static void add_word(const struct taker *to, const struct message *m, struct sv locale, int i)
{
	const struct sv edge = SV("^");
	struct sv word = m->words[i].text, before = i ? m->words[i - 1].text : edge;
	unsigned forms;
	int verb = lexicon_verb(m->lexicon, locale, word, &forms);

	add(to, EXAMPLE_WORD, word, none, none);
	if (verb >= 0)
		add(to, EXAMPLE_VERB, lexicon_verb_form(m->lexicon, locale, verb, VERB_BASE), none, none);
	add(to, EXAMPLE_PAIR, before, word, none);
	if (i > 0)
		add(to, EXAMPLE_TRIPLE, i > 1 ? m->words[i - 2].text : edge, before, word);
	add_parts(to, word, m->arena);
}

void examples_features(const struct message *m, struct sv locale, example_taker take, void *ctx)
{
	const struct taker to = { take, ctx };
	int n = m->n_words < MAX_WORDS ? m->n_words : MAX_WORDS;
	bool class;

	for (int i = 0; i < n; i++)
		add_word(&to, m, locale, i);
	if (n)
		add(&to, EXAMPLE_PAIR, m->words[n - 1].text, SV("^"), none);
	for (int i = 0; i < m->n_marks; i++) {
		struct sv name = lexicon_mark_name(m->lexicon, m->marks[i].sym, &class);

		add(&to, class ? EXAMPLE_CLASS : EXAMPLE_LIST, name, none, none);
	}
}

/* ---- the file -------------------------------------------------------------------------- */

int32_t examples_logarithm(double v)
{
	return (int32_t)lround(UNIT * log(v));
}

static int32_t value_of(int64_t times)
{
	return examples_logarithm(1 + (double)times / EXAMPLES_UNSEEN);
}

struct row { uint64_t id; uint32_t first; uint8_t tells; };
struct loading {
	struct examples *x;
	struct row *rows; size_t n, cap;
	size_t last;                    /* weight */
};

static void push(struct examples *x, union weight w)
{
	GROW(x->weights, x->n_weights, x->cap_weights);
	x->weights[x->n_weights++] = w;
}

static bool add_weight(struct loading *l, struct sv *line)
{
	struct examples *x = l->x;
	uint32_t label;
	int64_t times;

	if (!weights_of_label(&x->w, line, 1, INT32_MAX, &label, &times) || x->n_weights == MAX_WEIGHTS)
		return false;
	l->last = x->n_weights;
	push(x, (union weight){ { label & 127, 0, times < MANY ? times & 255 : 0 } });
	if (times >= MANY)
		push(x, (union weight){ .value = (uint16_t)value_of(times) });
	return true;
}

/* The words of pairs and triples stand with spaces between; parts of words have theirs. */
static bool id_of(struct sv letter, struct sv text, uint64_t *id)
{
	const char *kind = letter.n == 1 ? strchr(examples_kinds, letter.p[0]) : NULL;
	struct sv word;

	if (!kind || !*kind || !text.n)
		return false;
	*id = (uint64_t)(kind - examples_kinds);
	if (*id == EXAMPLE_PART)
		*id = sv_hash_after(*id, text);
	else
		while (sv_split(&text, ' ', &word))
			*id = sv_hash_after(*id, word);
	return true;
}

static bool add_row(void *ctx, struct sv line)
{
	struct loading *l = ctx;
	struct examples *x = l->x;
	struct row r = { .first = (uint32_t)x->n_weights };
	struct sv letter, text;
	int tells;

	if (!sv_split(&line, '\t', &letter) || !sv_split(&line, '\t', &text) || !id_of(letter, text, &r.id)
	    || !weights_number(&line, 0, EXAMPLES_WHOLE, &tells) || !line.n)
		return false;
	r.tells = (uint8_t)tells;
	while (line.p)
		if (!add_weight(l, &line))
			return false;
	x->weights[l->last].last = true;
	GROW(l->rows, l->n, l->cap);
	l->rows[l->n++] = r;
	return true;
}

static struct bucket *bucket_of(const struct examples *x, uint64_t feature)
{
	uint32_t at = hash_place(feature, x->n_buckets);

	while (x->buckets[at].first && x->buckets[at].check != (uint32_t)feature)
		at = at + 1 < x->n_buckets ? at + 1 : 0;
	return &x->buckets[at];
}

static void arrange(struct examples *x, const struct row *rows, size_t n)
{
	x->n_buckets = (uint32_t)(n + n / 3 + 1);
	x->buckets = xcalloc(x->n_buckets, sizeof *x->buckets);
	for (size_t i = 0; i < n; i++)
		*bucket_of(x, rows[i].id) = (struct bucket){ (uint32_t)rows[i].id,
			rows[i].first & (MAX_WEIGHTS - 1), rows[i].tells };
	x->weights = xreallocarray(x->weights, x->n_weights, sizeof *x->weights);
}

static const struct weights_form form = { EXAMPLES_HEAD, EXAMPLES_LABELS, -INT16_MAX, 0, add_row };

struct examples *examples_load(struct sv locale, const struct source *weights, struct findings *f)
{
	struct examples *x = xcalloc(1, sizeof *x);
	struct loading l = { .x = x };
	int bad;

	x->locale_text = xstrndup(locale.p, locale.n);
	x->locale = (struct sv){ x->locale_text, locale.n };
	push(x, (union weight){ .value = 0 });          /* [0] is none */
	for (int i = 1; i < MANY; i++)
		x->values[i] = value_of(i);
	bad = weights_read(&x->w, &form, weights->text, &l);
	if (bad) {
		findings_add(f, "W231", weights->path, "", bad,
		    "these weights cannot be used, so nothing is told by examples -- type: attune learn");
		examples_destroy(x);
		x = NULL;
	} else {
		arrange(x, l.rows, l.n);
	}
	free(l.rows);
	return x;
}

void examples_destroy(struct examples *x)
{
	if (!x)
		return;
	weights_fini(&x->w);
	free(x->locale_text);
	free(x->buckets);
	free(x->weights);
	free(x);
}

struct sv examples_hash(const struct examples *x)
{
	return x->w.hash;
}

struct sv examples_label(const struct examples *x, int label)
{
	return label < 0 ? SV("") : table_name(x->w.labels, (uint32_t)label);
}

/* ---- voting ------------------------------------------------------------------------------ */

struct ballot {
	const struct examples *x;
	int64_t score[EXAMPLES_LABELS], seen;
	int pairs;
};

static struct vote best_of(const struct examples *x, const int64_t *score, int64_t seen)
{
	struct vote v = { -1, 0 };
	int64_t best = INT64_MIN, second = INT64_MIN;

	for (size_t l = 0; l < table_count(x->w.labels); l++) {
		int64_t s = score[l] + seen * x->w.numbers[l];

		if (s > best) {
			second = best;
			best = s;
			v.label = (int)l;
		} else if (s > second) {
			second = s;
		}
	}
	if (second > INT64_MIN)
		v.lead = (int)((double)(best - second) / sqrt((double)seen * EXAMPLES_WHOLE));
	return v;
}

static void cast(void *ctx, const struct example_feature *f)
{
	struct ballot *v = ctx;
	const struct bucket *b = bucket_of(v->x, f->id);
	const union weight *w = v->x->weights + b->first;
	int64_t weight = (int64_t)weight_of[f->kind] * b->tells;
	bool last;

	if (!b->first)
		return;
	v->seen += weight;
	v->pairs += f->kind == EXAMPLE_PAIR;
	do {
		last = w->last;
		v->score[w->label] += weight * (w->times ? v->x->values[w->times] : w[1].value);
		w += w->times ? 1 : 2;
	} while (!last);
}

struct vote examples_vote(const struct examples *x, const struct message *m, struct sv lean,
    int words)
{
	uint32_t leaning = lean.n ? table_find(x->w.labels, lean) : TABLE_NONE;
	struct ballot v = { .x = x };

	examples_features(m, x->locale, cast, &v);
	if (leaning != TABLE_NONE)
		v.score[leaning] += (int64_t)words * weight_of[EXAMPLE_WORD] * EXAMPLES_WHOLE * value_of(1);
	return v.pairs > 1 ? best_of(x, v.score, v.seen) : (struct vote){ -1, 0 };
}
