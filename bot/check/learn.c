#include "check/learn.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/xalloc.h"
#include "check/check.h"
#include "engine/model.h"
#include "language/examples.h"
#include "language/labelled.h"
#include "language/leaning.h"
#include "language/weights.h"

enum { HASH = 16 };

/* How often a trait was seen counts from one sight up, and a class is told from danger at
 * large as if it had such a share more of all its sights: chosen by leaving out one writer
 * in turn. */
static const double never_seen = 1, share_at_large = 0.125;

/* In so many sentences of one label. */
struct seen { uint32_t trait, label, times; };

struct learning {
	struct table *labels, *words, *traits;  /* traits: two numbers of words */
	struct seen *seen; size_t n, cap;
	double danger, none;                    /* all sights */
	double at_large;                        /* sights */
	double of[LEANING_LABELS];              /* of a label */
};

enum { NONE = LEANING_LABELS };                 /* in place of a label */

/* ---- counting ---------------------------------------------------------------------------- */

/* What could not be written down, or be told from an edge, counts for nothing. */
static bool writable(struct sv word)
{
	for (size_t i = 0; i < word.n; i++)
		if ((unsigned char)word.p[i] < ' ')
			return false;
	return true;
}

static uint32_t number_of(struct learning *l, struct trait t)
{
	uint32_t pair[2] = { table_add(l->words, t.first),
		t.second.n ? table_add(l->words, t.second) : TABLE_NONE };

	return table_add(l->traits, (struct sv){ (const char *)pair, sizeof pair });
}

/* from: where those of the sentence begin; what it says twice counts once. */
static void count(struct learning *l, size_t from, uint32_t trait, uint32_t label)
{
	for (size_t i = from; i < l->n; i++)
		if (l->seen[i].trait == trait)
			return;
	GROW(l->seen, l->n, l->cap);
	l->seen[l->n++] = (struct seen){ trait, label, 1 };
	if (label == NONE) {
		l->none++;
		return;
	}
	l->danger++;
	l->of[label]++;
}

static void count_sentence(struct learning *l, const struct message *m, uint32_t label)
{
	int words = m->n_words < LEANING_WORDS ? m->n_words : LEANING_WORDS;
	size_t from = l->n;

	for (int i = 0; i < words; i++) {
		struct trait t[LEANING_TRAITS];
		size_t n = leaning_traits(m, i, t);

		for (size_t k = 0; k < n; k++)
			if (writable(t[k].first) && writable(t[k].second))
				count(l, from, number_of(l, t[k]), label);
	}
}

static void count_all(struct learning *l, const struct language *lang,
    const struct source *sentences, struct findings *f)
{
	struct labelled line = { .rest = sentences->text };
	struct arena *a = arena_create();

	while (labelled_next(&line, sentences, f)) {
		uint32_t label = sv_is(line.label, "none") ? NONE : table_add(l->labels, line.label);

		if (label > NONE || table_count(l->labels) > LEANING_LABELS) {
			findings_add(f, "E232", sentences->path, "", line.line,
			    "more than %d classes -- join some", LEANING_LABELS);
			break;
		}
		count_sentence(l, message_read(lang->lexicon, lang->locale, line.text, a), label);
		arena_reset(a);
	}
	arena_destroy(a);
}

/* ---- weighing ---------------------------------------------------------------------------- */

static int by_trait(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->trait != y->trait)
		return x->trait < y->trait ? -1 : 1;
	return x->label < y->label ? -1 : x->label > y->label;
}

/* Each trait and label once, with how often. */
static void join(struct learning *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->seen, l->n, sizeof *l->seen, by_trait);
	for (size_t i = 0; i < l->n; i++)
		if (n && by_trait(&l->seen[n - 1], &l->seen[i]) == 0)
			l->seen[n - 1].times++;
		else
			l->seen[n++] = l->seen[i];
	l->n = n;
}

static int rounded(double logarithm, int least, int most)
{
	long v = lround(LEANING_UNIT * logarithm);

	return (int)(v < least ? least : v > most ? most : v);
}

/* All there is of one trait. */
struct part { const struct seen *at; size_t n; struct sv first, second; };

static void write_part(const struct learning *l, const struct part *p, struct str *out)
{
	double danger = 0, none = 0, all = table_count(l->traits), share;

	for (size_t i = 0; i < p->n; i++)
		*(p->at[i].label == NONE ? &none : &danger) += p->at[i].times;
	share = (danger + never_seen) / (l->danger + never_seen * all);
	str_addf(out, "%.*s\t", SV_ARG(p->second.n ? SV("") : p->first));
	if (p->second.n)
		str_addf(out, "%.*s\t", SV_ARG(p->second));
	str_addf(out, "%d", rounded(log(share) - log((none + never_seen) / (l->none + never_seen * all)),
	    -LEANING_BASE, LEANING_BASE));
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].label != NONE)
			str_addf(out, "\t%u:%d", (unsigned)p->at[i].label,
			    rounded(log(1 + p->at[i].times / (l->at_large * share)), 0, LEANING_BONUS));
	str_addc(out, '\n');
}

static int by_words(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int order = sv_cmp(x->first, y->first);

	return order ? order : sv_cmp(x->second, y->second);
}

static struct part *parts_of(const struct learning *l, size_t *n)
{
	struct part *parts = xcalloc(table_count(l->traits) + 1, sizeof *parts);

	*n = 0;
	for (size_t i = 0; i < l->n; i++) {
		uint32_t pair[2];

		if (*n && parts[*n - 1].at->trait == l->seen[i].trait) {
			parts[*n - 1].n++;
			continue;
		}
		memcpy(pair, table_name(l->traits, l->seen[i].trait).p, sizeof pair);
		parts[(*n)++] = (struct part){ &l->seen[i], 1, table_name(l->words, pair[0]),
			pair[1] == TABLE_NONE ? SV("") : table_name(l->words, pair[1]) };
	}
	if (*n)
		qsort(parts, *n, sizeof *parts, by_words);
	return parts;
}

/* A pair that one sentence of none has: a third of all rows, and no writer is told by them. */
static bool tells(const struct part *p)
{
	return !p->second.n || p->n > 1 || p->at->label != NONE || p->at->times > 1;
}

/* Pairs stand below the word that they begin with. */
static void write_parts(const struct learning *l, struct str *out)
{
	size_t n;
	struct part *parts = parts_of(l, &n);
	struct sv first = SV("");

	for (size_t i = 0; i < n; i++) {
		if (!tells(&parts[i]))
			continue;
		if (parts[i].second.n && !sv_eq(parts[i].first, first))
			str_addf(out, "%.*s\t0\n", SV_ARG(parts[i].first));
		first = parts[i].first;
		write_part(l, &parts[i], out);
	}
	free(parts);
}

void learn_hash(struct sv sentences, struct str *out)
{
	unsigned char hash[HASH];
	char hex[2 * HASH + 1];

	crypto_generichash(hash, sizeof hash, (const unsigned char *)sentences.p, sentences.n, NULL, 0);
	str_addz(out, sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

void learn_head(const char *head, struct sv sentences, struct str *out)
{
	str_addz(out, head);
	learn_hash(sentences, out);
	str_addc(out, '\n');
}

void learn_lane(const struct language *lang, const struct source *sentences, struct str *out,
    struct findings *f)
{
	struct learning l = { .labels = table_create(), .words = table_create(),
		.traits = table_create() };

	count_all(&l, lang, sentences, f);
	join(&l);
	l.at_large = share_at_large * l.danger;
	learn_head(LEANING_HEAD, sentences->text, out);
	for (uint32_t i = 0; i < table_count(l.labels); i++)
		str_addf(out, "%.*s\t%d\n", SV_ARG(table_name(l.labels, i)),
		    rounded(log(l.at_large / (l.of[i] + l.at_large)), -LEANING_BASE, 0));
	str_addc(out, '\n');
	write_parts(&l, out);
	table_destroy(l.labels);
	table_destroy(l.words);
	table_destroy(l.traits);
	free(l.seen);
}

/* ---- attune check ---------------------------------------------------------------------------- */

static void prove_lane(const struct script *s, const struct source *sentences, struct findings *f)
{
	struct labelled line = { .rest = sentences->text };

	(void)s;
	while (labelled_next(&line, sentences, f))
		;
}

/* Labels are intents, or "none": nothing is asked for. */
static void prove_intents(const struct script *s, const struct source *sentences, struct findings *f)
{
	struct labelled line = { .rest = sentences->text };
	struct sv label;

	while (labelled_next(&line, sentences, f))
		while (learn_intents_line(&line) && sv_split(&line.label, '/', &label))
			if (!sv_is(label, "none") && !script_intent(s, label))
				findings_add(f, "E233", sentences->path, "", line.line,
				    "there is no intent \"%.*s\" in common/intents.json", SV_ARG(label));
}

static struct sv hash_lane(const struct language *l)
{
	return l->leaning ? leaning_hash(l->leaning) : SV("");
}

static struct sv hash_intents(const struct language *l)
{
	return l->examples ? examples_hash(l->examples) : SV("");
}

const struct lesson lessons[LESSONS] = {
	{ LANE_SENTENCES, LANE_WEIGHTS, learn_lane, prove_lane, hash_lane },
	{ INTENT_SENTENCES, INTENT_WEIGHTS, learn_intents, prove_intents, hash_intents },
};

const struct source *lesson_sentences(const struct tree *t, const struct language *l,
    const struct lesson *x)
{
	STR_AUTO path = STR_INIT;

	str_addf(&path, "lang/%.*s/%s", SV_ARG(l->locale), x->sentences);
	return tree_file(t, path.p);
}

static void prove_lesson(const struct tree *t, const struct language *l, const struct lesson *x)
{
	STR_AUTO weights = STR_INIT;
	STR_AUTO hash = STR_INIT;
	const struct source *sentences = lesson_sentences(t, l, x);
	struct sv learned = x->hash(l);

	if (!sentences)
		return;
	x->prove(t->script, sentences, t->findings);
	learn_hash(sentences->text, &hash);
	str_addf(&weights, "lang/%.*s/%s", SV_ARG(l->locale), x->weights);
	if (learned.n && !sv_eq(learned, str_sv(&hash)))
		findings_add(t->findings, "W232", weights.p, "", 1,
		    "%s has changed since these were learned -- type: attune learn", sentences->path);
}

void check_learned(const struct tree *t)
{
	for (size_t i = 0; i < t->script->n_languages; i++)
		for (size_t k = 0; k < LESSONS; k++)
			prove_lesson(t, &t->script->languages[i], &lessons[k]);
}
