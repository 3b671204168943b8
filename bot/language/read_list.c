#include "language/shapes.h"

#include <string.h>

enum { MAX_VALUES = 8 };

/* ---- rows of lists ----------------------------------------------------------- */

/* The longest row at a word; of two as long the one that is called so. */
static const struct mark *longest_mark(const struct shape *s, const struct message *m, int i)
{
	const struct mark *best = NULL;

	for (size_t k = 0; k < s->n_lists; k++)
		for (int at = m->marks_at[i]; at < m->marks_at[i + 1]; at++) {
			const struct mark *x = &m->marks[at];
			int longer = best ? span_length(x->words) - span_length(best->words) : 1;

			if (x->sym != s->lists[k] || longer < 0)
				continue;
			if (longer > 0 || sv_eq(lexicon_row(m->lexicon, x->sym, x->row),
			    message_words(m, x->words)))
				best = x;
		}
	return best;
}

/* The degree word that stands right before, or one word away. */
static const struct mark *degree_before(const struct shape *s, const struct message *m, int word, int from)
{
	if (s->degree == SYM_NONE)
		return NULL;
	for (int i = word - 1; i >= from && i >= word - 4; i--) {
		const struct mark *k = message_mark(m, s->degree, i);

		if (k && k->words.last == word)
			return k;
	}
	return NULL;
}

static struct read_value row_value(const struct readers *rs, const struct shape *s,
    const struct message *m, const struct mark *k, int from, struct arena *a)
{
	struct read_value v = { .words = k->words };
	const struct mark *d = degree_before(s, m, k->words.first, from);

	v.row = v.text = lexicon_row(rs->lx, k->sym, k->row);
	if (d) {
		v.degree = lexicon_row(rs->lx, s->degree, d->row);
		if (!memchr(v.row.p, ' ', v.row.n))
			v.text = sv_from(arena_printf(a, "%.*s %.*s", SV_ARG(v.degree), SV_ARG(v.row)));
	}
	return v;
}

static bool wanted(const struct readers *rs, const struct shape *s, struct message *m,
    const struct mark *k, struct span words)
{
	return !negated_before(rs, m, k->words.first, words.first) &&
	    !said_at(m, &s->reject, k->words.last, words.last) &&
	    !said_before(m, &s->avoid, k->words.first, words.first);
}

static void add_value(struct read_result *res, const struct read_value *v)
{
	for (size_t i = 0; i < res->n; i++)
		if (sv_eq(res->values[i].row, v->row))
			return;
	if (res->n < MAX_VALUES)
		res->values[res->n++] = *v;
}

/* rows of the file itself: phrases and the row they stand for */
static void add_sayings(const struct shape *s, struct message *m, struct span words,
    struct read_result *res)
{
	struct match hit;
	struct span rest = words;

	while (res->n < MAX_VALUES && rest.first < rest.last) {
		const struct saying *x = saying_in(m, &s->rows, rest, &hit);
		struct read_value v = { .words = hit.words };

		if (!x)
			return;
		v.row = v.text = x->is;
		add_value(res, &v);
		rest.first = hit.words.last > rest.first ? hit.words.last : rest.first + 1;
	}
}

/* Did any row show, wanted or not? */
static bool add_rows(const struct readers *rs, const struct shape *s, struct message *m,
    struct span words, struct read_result *res, struct arena *a)
{
	bool seen = false;

	for (int i = words.first; i < words.last; ) {
		const struct mark *k = longest_mark(s, m, i);

		if (!k || k->words.last > words.last) {
			i++;
			continue;
		}
		seen = true;
		if (wanted(rs, s, m, k, words)) {
			struct read_value v = row_value(rs, s, m, k, words.first, a);

			add_value(res, &v);
		}
		i = k->words.last;
	}
	return seen;
}

/* One value: what a phrase of "prefer" points at, else the first; two rows that
 * touch ("london ontario") read as the last. */
static void keep_one(const struct shape *s, struct message *m, struct span words, struct read_result *res)
{
	size_t at = 0;

	for (size_t i = 0; i < res->n; i++)
		if (said_before(m, &s->prefer, res->values[i].words.first, words.first)) {
			res->values[0] = res->values[i];
			res->n = 1;
			return;
		}
	while (at + 1 < res->n && res->values[at + 1].words.first == res->values[at].words.last)
		at++;
	res->values[0] = res->values[at];
	res->n = 1;
}

struct read_result shape_list(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	struct message *m = r->message;
	struct read_result res = { .status = READ_VALUE };
	bool seen = false;

	if (asks_back(rs, s, r))
		return read_status_only(READ_NOTHING);
	res.values = ARENA_ARRAY(a, struct read_value, MAX_VALUES);
	add_sayings(s, m, words, &res);
	if (!res.n || s->several)
		seen = add_rows(rs, s, m, words, &res, a);
	if (!res.n)
		return read_status_only(seen || m->n_words <= 4 ? READ_UNCLEAR : READ_NOTHING);
	if (!s->several)
		keep_one(s, m, words, &res);
	if (res.n == 1 && !res.values[0].row.n)
		return read_status_only(READ_UNCLEAR);
	return res;
}

/* ---- yes or no ------------------------------------------------------------------ */

static const enum role_list polar[] = { LIST_YES, LIST_NO, LIST_MAYBE };

static const struct mark *polar_at(const struct readers *rs, const struct message *m, int i,
    enum role_list *role)
{
	const struct mark *best = NULL;

	for (size_t k = 0; k < sizeof polar / sizeof *polar; k++) {
		const struct mark *x = role_mark(rs, m, polar[k], i);

		if (x && (!best || x->words.last > best->words.last)) {
			best = x;
			*role = polar[k];
		}
	}
	return best;
}

static bool after_correction(const struct readers *rs, const struct message *m, int i)
{
	for (int k = i - 1; k >= 0 && k >= i - 3; k--) {
		const struct mark *c = role_mark(rs, m, LIST_CORRECTION, k);

		if (c && c->words.last == i)
			return true;
	}
	return false;
}

static bool edge(const struct readers *rs, const struct message *m, int i)
{
	return i >= m->n_words || m->words[i].flags & (WORD_COMMA | WORD_SENTENCE | WORD_CLAUSE | WORD_EMOJI) ||
	    role_at(rs, m, LIST_POLITE, i) || role_at(rs, m, LIST_FILLER, i) ||
	    role_at(rs, m, LIST_CORRECTION, i);
}

/* Stands where an answer stands: at the start, or as a clause of its own. */
static bool answers(const struct readers *rs, const struct shape *s, const struct reading *r,
    const struct mark *k, bool first)
{
	struct message *m = r->message;

	if (first)
		return edge(rs, m, k->words.last) || span_length(k->words) > 1 ||
		    (m->n_words <= 8 && !grammar_noun(r, k->words.last));
	if (said_before(m, &s->lead, k->words.first, 0) || after_correction(rs, m, k->words.first))
		return edge(rs, m, k->words.last) || k->words.last + 1 >= m->n_words;
	return edge(rs, m, k->words.last) && (edge(rs, m, k->words.first) ||
	    k->words.last >= m->n_words);
}

static struct sv answer_row(const struct readers *rs, enum role_list role)
{
	return role == LIST_YES || role == LIST_NO ? lexicon_row(rs->lx, rs->lists[role], 0) : SV("");
}

/* rows: phrases for an answer; its meanings are the first members of the lists
 * "yes" and "no", anything else is unclear. */
struct read_result shape_yesno(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	struct message *m = r->message;
	enum role_list last = LISTS, role = LISTS;
	struct read_value v = { 0 };
	struct match hit;
	const struct saying *said = saying_in(m, &s->rows, words, &hit);
	bool first = true;

	if (said) {
		v.text = v.row = said->is;
		v.words = hit.words;
		return said->is.n ? read_one(v, a) : read_status_only(READ_UNCLEAR);
	}
	if (asks_back(rs, s, r))
		return read_status_only(READ_NOTHING);
	for (int i = words.first; i < words.last; ) {
		const struct mark *k = polar_at(rs, m, i, &role);

		if (!k) {
			first = first && (role_at(rs, m, LIST_POLITE, i) || role_at(rs, m, LIST_FILLER, i));
			i++;
			continue;
		}
		if (answers(rs, s, r, k, first) &&
		    !(last != LISTS && role != LIST_MAYBE && said_before(m, &s->avoid, i, 0))) {
			bool flip = role == LIST_YES && !first && negated_before(rs, m, i, 0);

			last = flip ? LIST_NO : role == LIST_MAYBE && last != LISTS ? last : role;
			v.words = k->words;
		}
		first = false;
		i = k->words.last;
	}
	if (last == LISTS)
		return read_status_only(m->n_words <= 3 ? READ_UNCLEAR : READ_NOTHING);
	v.text = v.row = answer_row(rs, last);
	return v.text.n ? read_one(v, a) : read_status_only(READ_UNCLEAR);
}

/* ---- persons --------------------------------------------------------------------- */

static const struct mark *name_at(const struct readers *rs, const struct message *m, int i)
{
	return role_mark(rs, m, LIST_NAMES, i);
}

/* A word typed with a capital that nobody knows, or of the list of names. */
static bool is_name(const struct readers *rs, const struct message *m, int i)
{
	const struct word *w = &m->words[i];

	if (w->flags & WORD_REPAIRED || w->flags & WORD_NUMBER)
		return false;
	if (name_at(rs, m, i) && (w->flags & WORD_CAPITAL || m->n_words <= 2 || (i == 0 && m->n_words <= 4) || !lexicon_knows(rs->lx, rs->locale, w->text)))
		return true;
	return (w->flags & WORD_CAPITAL) && !(w->flags & WORD_SENTENCE) && w->text.n == 1 &&
	    !sv_eq(w->text, rs->writer) ? true :
	    (w->flags & WORD_CAPITAL) && !lexicon_knows(rs->lx, rs->locale, w->text);
}

static struct sv typed(const struct message *m, struct span s)
{
	return message_quote(m, s);
}

/* "my husband's ex wife", "teacher of my daughter": one person by another. */
static struct sv compound(const struct readers *rs, const struct shape *s, struct message *m,
    const struct mark *a, const struct mark *b, struct arena *arena)
{
	struct sv ra = lexicon_row(rs->lx, a->sym, a->row), rb = lexicon_row(rs->lx, b->sym, b->row);

	if (b->words.first <= a->words.last + 1 && m->words[a->words.last - 1].flags & WORD_POSSESSIVE)
		return sv_from(arena_printf(arena, "%.*s's %.*s", SV_ARG(ra), SV_ARG(rb)));
	if (said_before(m, &s->lead, b->words.first, a->words.last) && b->words.first <= a->words.last + 2)
		return sv_from(arena_printf(arena, "%.*s's %.*s", SV_ARG(rb), SV_ARG(ra)));
	return SV("");
}

static struct sv find_name(const struct readers *rs, const struct message *m, struct span words,
    const struct mark *relation)
{
	for (int i = words.first; i < words.last; i++)
		if ((!relation || i < relation->words.first || i >= relation->words.last) &&
		    (is_name(rs, m, i) || (relation && i == relation->words.last && name_at(rs, m, i))))
			return typed(m, (struct span){ i, i + 1 });     /* "my mate dave" */
	return SV("");
}

/* reject: "everyone", a bare pronoun; rows: who is meant by other phrases; lead:
 * "of my", between a person and another; prefer: what a later relation corrects. */
struct read_result shape_person(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	struct message *m = r->message;
	const struct mark *best = NULL, *other = NULL;
	struct read_value v = { .words = words };
	struct sv name, row = { "", 0 };
	struct match hit;
	const struct saying *said;

	if (asks_back(rs, s, r))
		return read_status_only(READ_NOTHING);
	for (int i = words.first; i < words.last; ) {
		const struct mark *k = longest_mark(s, m, i);

		if (!k || k->words.last > words.last) {
			i++;
			continue;
		}
		if (!negated_before(rs, m, i, words.first)) {
			if (!best)
				best = k;
			else if (said_before(m, &s->prefer, i, words.first))
				best = k;
			else if (!other)
				other = k;
		}
		i = k->words.last;
	}
	name = find_name(rs, m, words, best);
	said = best ? NULL : saying_in(m, &s->rows, words, &hit);
	if (best && other)
		row = compound(rs, s, m, best, other, a);
	if (best && !row.n)
		row = lexicon_row(rs->lx, best->sym, best->row);
	if (said && !name.n)
		row = said->is;
	if (!row.n && !name.n) {
		if (said_at(m, &s->reject, words.first, words.last) || span_length(words) > 4 ||
		    !said_at(m, &s->avoid, words.first, words.first + 1) || !grammar_noun(r, words.last - 1))
			return read_status_only(READ_UNCLEAR);
		while (words.first < words.last && said_at(m, &s->avoid, words.first, words.first + 1))
			words.first++;
		row = message_words(m, words);
	}
	if (!row.n && !name.n)
		return read_status_only(READ_UNCLEAR);
	v.row = row;
	v.text = row.n && name.n ? sv_from(arena_printf(a, "%.*s:%.*s", SV_ARG(row), SV_ARG(name))) :
	    row.n ? row : name;
	v.row = v.text;
	return read_one(v, a);
}
