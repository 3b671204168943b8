#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/xalloc.h"
#include "check/learn.h"
#include "language/examples.h"
#include "language/labelled.h"

enum { FEW = 3 };       /* sights of a feature too rare to say how it is spread */

/* What is left of a feature that all labels have alike: chosen by leaving out a tenth of the
 * English examples in turn. */
static const double least = 0.4;

/* Once for each label of each example that shows it. */
struct sight { uint32_t feature, label; };

struct counting {
	struct table *labels, *features;        /* as they are written: kind, tab, text */
	struct sight *sights; size_t n, cap;
	struct sv line;                         /* labels of the example that is counted */
};

/* ---- counting ---------------------------------------------------------------------------- */

static bool name_of(const struct example_feature *x, struct str *out)
{
	str_clear(out);
	str_addf(out, "%c\t", examples_kinds[x->kind]);
	for (size_t i = 0; i < 3 && x->parts[i].n; i++)
		str_addf(out, "%s%.*s", i ? " " : "", SV_ARG(x->parts[i]));
	for (size_t i = 2; i < out->n; i++)
		if ((unsigned char)out->p[i] < ' ')
			return false;           /* it could not be written down */
	return true;
}

static void count(void *ctx, const struct example_feature *x)
{
	struct counting *c = ctx;
	struct sv rest = c->line, label;
	STR_AUTO name = STR_INIT;

	while (name_of(x, &name) && sv_split(&rest, '/', &label)) {
		GROW(c->sights, c->n, c->cap);
		c->sights[c->n++] = (struct sight){ table_add(c->features, str_sv(&name)),
			table_add(c->labels, label) };
	}
}

bool learn_intents_line(const struct labelled *line)
{
	return line->line > 1 || !sv_is(line->label, "intent") || !sv_is(line->text, "text");
}

static void count_all(struct counting *c, const struct language *l, const struct source *sentences,
    struct findings *f)
{
	struct labelled line = { .rest = sentences->text };
	struct arena *a = arena_create();

	while (labelled_next(&line, sentences, f)) {
		if (!learn_intents_line(&line))
			continue;
		c->line = line.label;
		examples_features(message_read(l->lexicon, l->locale, line.text, a), l->locale, count, c);
		arena_reset(a);
		if (table_count(c->labels) > EXAMPLES_LABELS) {
			findings_add(f, "E232", sentences->path, "", line.line,
			    "more than %d labels -- join some", EXAMPLES_LABELS);
			break;
		}
	}
	arena_destroy(a);
}

/* ---- weighing ---------------------------------------------------------------------------- */

static int by_feature(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;

	if (x->feature != y->feature)
		return x->feature < y->feature ? -1 : 1;
	return x->label < y->label ? -1 : x->label > y->label;
}

/* "my" stands in all kinds of examples and tells little, "boundary" much: one less
 * the entropy of the labels over its greatest, from least to whole. */
static int tells(const struct counting *c, double n, double logs)
{
	double most = log((double)table_count(c->labels)), even = 0;

	if (n > FEW && most > 0)
		even = (log(n) - logs / n) / most;
	return (int)lround(EXAMPLES_WHOLE * (1 - (1 - least) * even));
}

/* All there is of one feature. */
struct part { struct sv name; const struct sight *at; size_t n; };

static void write_part(const struct counting *c, const struct part *p, struct str *out)
{
	STR_AUTO times = STR_INIT;
	double logs = 0;

	for (size_t i = 0, k; i < p->n; i += k) {
		for (k = 1; i + k < p->n && p->at[i + k].label == p->at[i].label; k++)
			;
		logs += (double)k * log((double)k);
		str_addf(&times, "\t%u:%zu", (unsigned)p->at[i].label, k);
	}
	str_addf(out, "%.*s\t%d%s\n", SV_ARG(p->name), tells(c, (double)p->n, logs), times.p);
}

/* Triples and parts of words that were seen once: half of all features, and as many lines of
 * two writers left out were told right without them (0.748). */
static bool by_chance(const struct part *p)
{
	return p->n == 1 && (p->name.p[0] == examples_kinds[EXAMPLE_TRIPLE]
	    || p->name.p[0] == examples_kinds[EXAMPLE_PART]);
}

/* A part of words that one label or two have, or half of all, tells them no better apart: without
 * such, as many of 2,544 lines by writers left out were told right. */
static bool tells_nothing(const struct counting *c, const struct part *p)
{
	size_t labels = 0;

	for (size_t i = 0; i < p->n; i++)
		labels += i == 0 || p->at[i].label != p->at[i - 1].label;
	return p->name.p[0] == examples_kinds[EXAMPLE_PART] &&
	    (labels <= 2 || 2 * labels >= table_count(c->labels));
}

static int by_name(const void *a, const void *b)
{
	return sv_cmp(((const struct part *)a)->name, ((const struct part *)b)->name);
}

static void write_parts(struct counting *c, struct str *out)
{
	struct part *parts = xcalloc(table_count(c->features) + 1, sizeof *parts);
	size_t n = 0;

	if (c->n)
		qsort(c->sights, c->n, sizeof *c->sights, by_feature);
	for (size_t i = 0; i < c->n; i++) {
		if (n && parts[n - 1].at->feature == c->sights[i].feature)
			parts[n - 1].n++;
		else
			parts[n++] = (struct part){ table_name(c->features, c->sights[i].feature), &c->sights[i], 1 };
	}
	if (n)
		qsort(parts, n, sizeof *parts, by_name);
	for (size_t i = 0; i < n; i++)
		if (!by_chance(&parts[i]) && !tells_nothing(c, &parts[i]))
			write_part(c, &parts[i], out);
	free(parts);
}

static void write_labels(const struct counting *c, struct str *out)
{
	double total[EXAMPLES_LABELS] = { 0 };

	for (size_t i = 0; i < c->n; i++)
		total[c->sights[i].label] += 1;
	for (uint32_t i = 0; i < table_count(c->labels); i++)
		str_addf(out, "%.*s\t%d\n", SV_ARG(table_name(c->labels, i)), (int)examples_logarithm(
		    EXAMPLES_UNSEEN / (total[i] + EXAMPLES_UNSEEN * (double)(table_count(c->features) + 1))));
	str_addc(out, '\n');
}

void learn_intents(const struct language *l, const struct source *sentences, struct str *out,
    struct findings *f)
{
	struct counting c = { .labels = table_create(), .features = table_create() };
	size_t errors = f->errors;

	count_all(&c, l, sentences, f);
	learn_head(EXAMPLES_HEAD, sentences->text, out);
	if (f->errors == errors) {
		write_labels(&c, out);
		write_parts(&c, out);
	}
	table_destroy(c.labels);
	table_destroy(c.features);
	free(c.sights);
}
