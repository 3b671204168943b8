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

int clock_minutes(const struct readers *rs, struct message *m, struct span s, struct span all)
{
	int t;

	if (clock_says(m, rs, "noon", s))
		return 12 * 60;
	if (clock_says(m, rs, "midnight", s))
		return 0;
	t = plain_minutes(rs, m, s);
	if (t < 0)
		return -1;
	if (clock_says(m, rs, "half", s))
		t += 30;
	if (clock_says(m, rs, "quarter", s))
		t += clock_says(m, rs, "before", s) ? -15 : 15;
	if (t >= 13 * 60 || clock_says(m, rs, "24h", s))
		return t % (24 * 60);
	if (clock_says(m, rs, "am", all))
		return t % (12 * 60);
	if (clock_says(m, rs, "pm", all))
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
	row = sv_is(name, "words") ? message_words(m, s) : row_in(rs, m, name, s);
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

/* The first phrase that gives something; a later one where the first is negated. */
static bool read_part(const struct readers *rs, const struct shape *s, const struct sayings *part,
    struct message *m, struct span words, struct read_value *v, struct str *out)
{
	struct span rest = words;
	struct match hit;

	while (rest.first < rest.last) {
		const struct saying *x = saying_in(m, part, rest, &hit);
		size_t before = out->n;

		if (!x)
			return false;
		if (!said_at(m, &s->reject, hit.words.last, words.last) &&
		    !said_before(m, &s->avoid, hit.words.first, words.first)) {
			if (out->n)
				str_addc(out, ' ');
			if (template(rs, m, x->is, hit.words, words, v, out)) {
				while (out->n && out->p[out->n - 1] == ' ')
					str_cut(out, out->n - 1);
				v->words = span_empty(v->words) ? hit.words : v->words;
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
	STR_AUTO text = STR_INIT;

	if (asks_back(rs, s, r))
		return read_status_only(READ_NOTHING);
	whole = saying_in(m, &s->rows, words, &hit);
	if (whole) {
		v.text = v.row = whole->is;
		v.words = hit.words;
		return whole->is.n ? read_one(v, a) : read_status_only(READ_UNCLEAR);
	}
	for (size_t i = 0; i < s->n_parts; i++)
		read_part(rs, s, &s->parts[i], m, words, &v, &text);
	if (!text.n)
		return read_status_only(m->n_words <= 5 ? READ_UNCLEAR : READ_NOTHING);
	v.text = arena_sv(a, str_sv(&text));
	return read_one(v, a);
}
