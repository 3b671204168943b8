/* Dates, times and durations: phrases, and a template for what they mean.
 *
 * A reader has parts ("every day", "tomorrow", "at nine") in the order in which
 * they are written down; each gives at most one piece.  A template takes rows
 * of lists that the phrase matched: {weekday}, {number}; {clock} is hours and
 * minutes, {words} what was said. */
#include "language/shapes.h"

#include <string.h>

/* ---- times of day -------------------------------------------------------------- */

static bool clock_says(struct message *m, const struct readers *rs, const char *is, struct span s)
{
	struct match hit;

	for (size_t i = 0; i < rs->clock_words.n; i++)
		if (sv_is(rs->clock_words.items[i].is, is) &&
		    message_match(m, rs->clock_words.items[i].phrase, s, &hit))
			return true;
	return false;
}

/* "7.30", "20:00", "8", "half seven" in minutes of the day; -1 when it is none. */
static int plain_minutes(const struct readers *rs, struct message *m, struct span s)
{
	double v = 0;
	int hours, minutes = 0, i = s.first;
	struct sv w;

	while (i < s.last && number_at(rs, m, i, &v) == i)
		i++;
	if (i == s.last)
		return -1;
	w = m->words[i].text;
	hours = (int)v;
	for (size_t k = 1; k + 1 < w.n; k++)
		if (strchr(":.,", w.p[k])) {
			minutes = (w.p[k + 1] - '0') * 10 + (k + 2 < w.n ? w.p[k + 2] - '0' : 0);
			break;
		}
	if (hours > 24 || minutes > 59 || minutes < 0)
		return -1;
	return hours % 24 * 60 + minutes;
}

/* "ten to nine": the first number counts minutes. */
static int two_numbers(const struct readers *rs, struct message *m, struct span s, int sign)
{
	double minutes = 0, hours = 0;
	int i = s.first, end;

	while (i < s.last && (end = number_at(rs, m, i, &minutes)) == i)
		i++;
	if (i >= s.last)
		return -1;
	for (i = end; i < s.last; i++)
		if (number_at(rs, m, i, &hours) > i)
			return (int)hours % 24 * 60 + sign * (int)minutes;
	return -1;
}

int clock_minutes(const struct readers *rs, struct message *m, struct span s, struct span all)
{
	int t;

	if (clock_says(m, rs, "noon", s))
		return 12 * 60;
	if (clock_says(m, rs, "midnight", s))
		return 0;
	if (clock_says(m, rs, "minutes to", s))
		t = two_numbers(rs, m, s, -1);
	else if (clock_says(m, rs, "minutes past", s))
		t = two_numbers(rs, m, s, 1);
	else
		t = plain_minutes(rs, m, s);
	if (t < 0)
		return -1;
	if (clock_says(m, rs, "half", s))
		t += 30;
	if (clock_says(m, rs, "quarter", s))
		t += clock_says(m, rs, "before", s) ? -15 : 15;
	if (t >= 13 * 60 || clock_says(m, rs, "24h", s))
		return t % (24 * 60);
	if (s.last < all.last && !(m->words[s.last].flags & (WORD_COMMA | WORD_SENTENCE)))
		s.last++;               /* "8 pm" */
	if (clock_says(m, rs, "am", s) || clock_says(m, rs, "first half", all))
		return t % (12 * 60);
	if (clock_says(m, rs, "pm", s) || clock_says(m, rs, "second half", all))
		return t % (12 * 60) + 12 * 60;
	return t < 7 * 60 ? t + 12 * 60 : t;    /* nobody asks for 3 at night */
}

/* ---- templates -------------------------------------------------------------------- */

static struct sv row_in(const struct readers *rs, const struct message *m, struct sv list, struct span s)
{
	uint32_t sym = lexicon_list_symbol(rs->lx, rs->locale, list);

	for (int i = s.first; sym != SYM_NONE && i < s.last; i++) {
		const struct mark *k = message_mark(m, sym, i);

		if (k && k->words.last <= s.last)
			return lexicon_row(rs->lx, sym, k->row);
	}
	return SV("");
}

static struct span clock_span(const struct readers *rs, const struct message *m, struct span s)
{
	for (int i = s.first; rs->clock != SYM_NONE && i < s.last; i++) {
		const struct mark *k = message_mark(m, rs->clock, i);

		if (k && k->words.last <= s.last)
			return k->words;
	}
	return s;
}

static bool fill_number(const struct readers *rs, const struct message *m, struct span s, struct str *out)
{
	double v;

	for (int i = s.first; i < s.last; i++)
		if (number_at(rs, m, i, &v) > i) {
			if (v == (double)(long)v)
				str_addf(out, "%ld", (long)v);
			else
				str_addf(out, "%.1f", v);
			return true;
		}
	return false;
}

/* "03/04": the day and the month, by the rows of the list "month". */
static bool fill_date(const struct readers *rs, const struct message *m, struct span s, struct str *out)
{
	uint32_t months = lexicon_list_symbol(rs->lx, rs->locale, SV("month"));
	struct sv w = m->words[s.first].text, day = { "", 0 };
	int64_t d, month;

	if (months == SYM_NONE || !sv_split(&w, '/', &day) || !w.n || !sv_int(day, &d) ||
	    !sv_int(w, &month) || month < 1 || month > (int64_t)lexicon_list_rows(rs->lx, months))
		return false;
	str_addf(out, "%ld %.*s", (long)d, SV_ARG(lexicon_row(rs->lx, months, (uint32_t)month - 1)));
	return true;
}

/* To where the clause of the word ends. */
static int stretch(const struct message *m, int i)
{
	do
		i++;
	while (i < m->n_words && !(m->words[i].flags & (WORD_COMMA | WORD_SENTENCE)));
	return i;
}

static bool fill(const struct readers *rs, struct message *m, struct sv name, struct span s,
    struct span all, struct read_value *v, struct str *out)
{
	struct sv row;

	if (sv_is(name, "number"))
		return fill_number(rs, m, s, out);
	if (sv_is(name, "clock")) {
		int t = clock_minutes(rs, m, clock_span(rs, m, s), all);

		v->number = t;
		if (t >= 0)
			str_addf(out, "%02d:%02d", t / 60, t % 60);
		return t >= 0;
	}
	if (sv_is(name, "date"))
		return fill_date(rs, m, s, out);
	if (sv_is(name, "rest"))
		s = (struct span){ s.first, stretch(m, s.first) };
	row = sv_is(name, "words") || sv_is(name, "rest") ? message_words(m, s) : row_in(rs, m, name, s);
	str_add(out, row);
	return true;            /* an optional part may be missing */
}

static bool template(const struct readers *rs, struct message *m, struct sv t, struct span s,
    struct span all, struct read_value *v, struct str *out)
{
	while (t.n) {
		const char *open = memchr(t.p, '{', t.n), *close;
		size_t n = open ? (size_t)(open - t.p) : t.n;

		str_add(out, sv_sub(t, 0, n));
		if (!open)
			return true;
		close = memchr(open, '}', t.n - n);
		if (!close || !fill(rs, m, (struct sv){ open + 1, (size_t)(close - open - 1) }, s, all, v, out))
			return false;
		t = sv_sub(t, (size_t)(close + 1 - t.p), t.n);
	}
	return true;
}

/* ---- parts ------------------------------------------------------------------------ */

static bool taken(const bool *used, struct span s)
{
	for (int i = s.first; i < s.last; i++)
		if (used[i])
			return true;
	return false;
}

/* The first phrase that gives something; a later one where the first is negated. */
static bool read_part(const struct readers *rs, const struct shape *s, const struct sayings *part,
    const struct reading *r, struct span words, bool *used, struct read_value *v, struct str *out)
{
	struct message *m = r->message;
	struct span rest = words;
	struct match hit;

	while (rest.first < rest.last) {
		const struct saying *x = saying_in(m, part, rest, &hit);
		size_t before = out->n;

		if (!x)
			return false;
		if ((part->share || !taken(used, hit.words)) && !(s->closed && grammar_told(r, hit.words.first)) && !said_at(m, &s->reject, hit.words.last, words.last) &&
		    !said_before(m, &s->avoid, hit.words.first, words.first)) {
			if (out->n)
				str_addc(out, ' ');
			if (template(rs, m, x->is, hit.words, words, v, out)) {
				while (out->n && out->p[out->n - 1] == ' ')
					str_cut(out, out->n - 1);
				v->words = span_empty(v->words) ? hit.words : span_join(v->words, hit.words);
				for (int i = hit.words.first; i < hit.words.last; i++)
					used[i] = true;
				return true;
			}
			str_cut(out, before);
		}
		rest.first = hit.words.last > rest.first ? hit.words.last : rest.first + 1;
	}
	return false;
}

/* rows: whole answers that need no parts ("never": "none"); an empty meaning is
 * unclear. */
struct read_result shape_parts(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	struct message *m = r->message;
	struct read_value v = { 0 };
	struct match hit;
	const struct saying *whole;
	bool given = false, *used = ARENA_ARRAY(a, bool, m->n_words + 1);
	STR_AUTO text = STR_INIT;

	if (asks_back(rs, s, r))
		return read_status_only(READ_NOTHING);
	whole = saying_in(m, &s->rows, words, &hit);
	if (whole) {
		v.words = hit.words;
		if (!whole->is.n || !template(rs, m, whole->is, hit.words, words, &v, &text))
			return read_status_only(READ_UNCLEAR);
		v.text = v.row = arena_sv(a, str_sv(&text));
		return read_one(v, a);
	}
	for (size_t i = 0; i < s->n_parts; i++)
		if (!s->parts[i].otherwise || !given)
			given = read_part(rs, s, &s->parts[i], r, words, used, &v, &text);
	if (!text.n)
		return read_status_only(m->n_words <= 5 ? READ_UNCLEAR : READ_NOTHING);
	v.text = arena_sv(a, str_sv(&text));
	return read_one(v, a);
}
