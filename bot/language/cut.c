#include "language/cut.h"

#include <string.h>

#include "base/xalloc.h"

struct cutting {
	const struct analysis *const *analyses; size_t n;
	struct record **whole;  /* what each concludes of the whole text */
	struct reading *r;
	struct arena *a;
	bool *kept;             /* each word of the message */
};

static void keep_span(struct cutting *c, struct span s)
{
	for (int i = s.first; i < s.last; i++)
		c->kept[i] = true;
}

static void keep_clause(struct cutting *c, const struct clause *x, bool sentence)
{
	const struct message *m = c->r->message;

	keep_span(c, x->words);
	keep_span(c, x->subject);
	keep_span(c, x->time);
	if (sentence && !span_empty(x->words))
		keep_span(c, m->sentences[m->words[x->words.first].sentence].words);
}

static void mark(struct cutting *c, bool sentences)
{
	memset(c->kept, 0, (size_t)c->r->message->n_words * sizeof *c->kept);
	for (size_t i = 0; i < c->n; i++) {
		const struct sv *names;
		size_t n = analysis_keeps(c->analyses[i], &names);

		for (size_t k = 0; k < n; k++) {
			const struct clause *const *cs;
			size_t n_clauses = record_clauses(c->whole[i], names[k], &cs);

			for (size_t j = 0; j < n_clauses; j++)
				keep_clause(c, cs[j], sentences);
		}
	}
}

/* Runs of kept words as they were typed; a sentence ends where words are left out. */
static struct sv kept_text(const struct cutting *c)
{
	const struct message *m = c->r->message;
	STR_AUTO s = STR_INIT;

	for (int i = 0; i < m->n_words; ) {
		int k = i;

		while (k < m->n_words && c->kept[k])
			k++;
		if (k > i)
			str_addf(&s, "%s%.*s", s.n ? ". " : "",
			    SV_ARG(sv_trim(message_quote(m, (struct span){ i, k }))));
		i = k > i ? k : i + 1;
	}
	return arena_sv(c->a, str_sv(&s));
}

static bool same_clause(const struct reading *r, const struct clause *x,
    const struct reading *q, const struct clause *y)
{
	static const char *const attributes[] = { "subject", "verb", "object", "rest", "time",
		"tense", "negated", "kind", "sure" };

	for (size_t i = 0; i < COUNT(attributes); i++)
		if (!sv_eq(clause_attribute(r, x, sv_from(attributes[i])),
		    clause_attribute(q, y, sv_from(attributes[i]))))
			return false;
	return true;
}

/* Does each analysis keep the same clauses of the shorter text? */
static bool reads_alike(const struct cutting *c, struct sv text)
{
	struct reading *q = reading_beside(c->r, c->r->language, text);

	for (size_t i = 0; i < c->n; i++) {
		struct record *part = analysis_run(c->analyses[i], q, NULL, c->a);
		const struct sv *names;
		size_t n = analysis_keeps(c->analyses[i], &names);

		for (size_t k = 0; k < n; k++) {
			const struct clause *const *xs, *const *ys;
			size_t n_x = record_clauses(c->whole[i], names[k], &xs);

			if (record_clauses(part, names[k], &ys) != n_x)
				return false;
			for (size_t j = 0; j < n_x; j++)
				if (!same_clause(c->r, xs[j], q, ys[j]))
					return false;
		}
	}
	return true;
}

struct sv text_cut(const struct analysis *const *analyses, size_t n, struct reading *r,
    struct arena *a)
{
	struct cutting c = { analyses, n, ARENA_ARRAY(a, struct record *, n), r, a,
		ARENA_ARRAY(a, bool, r->message->n_words + 1) };
	struct sv clauses, sentences;

	for (size_t i = 0; i < n; i++)
		c.whole[i] = analysis_run(analyses[i], r, NULL, a);
	mark(&c, false);
	clauses = kept_text(&c);
	if (!clauses.n || reads_alike(&c, clauses))
		return clauses;
	mark(&c, true);
	sentences = kept_text(&c);
	return reads_alike(&c, sentences) ? sentences : clauses;
}
