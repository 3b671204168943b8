#include "language/shapes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct found {
	double lo, hi;
	struct span words;
	bool scaled;            /* "4 out of 5", "80%": already on the scale */
};

/* Nobody means more than this; it fits into an int. */
static const double number_max = 1e9;

static double digits(struct sv s)
{
	char text[24];
	size_t n = 0;
	double value;

	for (size_t i = 0; i < s.n && n < sizeof text - 1; i++)
		text[n++] = s.p[i] == ',' ? '.' : s.p[i];
	text[n] = '\0';
	value = strtod(text, NULL);
	return value < number_max ? value : number_max;
}

int number_at(const struct readers *rs, const struct message *m, int word, double *value)
{
	const struct mark *k;
	struct sv row;

	if (word >= m->n_words)
		return word;
	if (m->words[word].flags & WORD_NUMBER || (m->words[word].text.p[0] >= '0' && m->words[word].text.p[0] <= '9')) {
		*value = digits(m->words[word].text);
		return word + 1;
	}
	k = role_mark(rs, m, LIST_NUMBER, word);
	if (!k || (span_length(k->words) == 1 && role_at(rs, m, LIST_NO_NUMBER, word)))
		return word;
	row = lexicon_row(rs->lx, rs->lists[LIST_NUMBER], k->row);
	*value = digits(row);
	return k->words.last;
}

/* The tail of a token after the first number: "/10" of "7/10", "-8" of "6-8". */
static bool token_pair(struct sv s, char sep, double *a, double *b)
{
	const char *at = memchr(s.p, sep, s.n);

	if (!at || at == s.p)
		return false;
	*a = digits((struct sv){ s.p, (size_t)(at - s.p) });
	*b = digits((struct sv){ at + 1, s.n - (size_t)(at - s.p) - 1 });
	return at + 1 < s.p + s.n;
}

static double scale_to(const struct shape *s, double n, double of)
{
	double v = of > 0 ? n * s->hi / of : n;

	return v > s->hi ? s->hi : v;
}

static int span_of_saying(struct message *m, const struct sayings *set, const char *is, int i, int last)
{
	struct match hit;
	int end = i;

	for (size_t k = 0; k < set->n; k++)
		if (sv_is(set->items[k].is, is) &&
		    message_match(m, set->items[k].phrase, (struct span){ i, last }, &hit) &&
		    hit.words.first == i && hit.words.last > end)
			end = hit.words.last;
	return end;
}

/* "7/10", "80%", "6-8" in one token. */
static bool composite(const struct shape *s, struct sv w, struct found *f)
{
	double a, b;

	f->scaled = true;
	if (w.n && w.p[w.n - 1] == '%') {
		f->lo = f->hi = scale_to(s, digits(w), 100);
		return true;
	}
	if (token_pair(w, '/', &a, &b)) {
		f->lo = f->hi = scale_to(s, a, b);
		return true;
	}
	f->scaled = false;
	if (token_pair(w, '-', &a, &b) && b > a) {
		f->lo = a;
		f->hi = b;
		return true;
	}
	return false;
}

/* "8 - 9": nothing but a dash before the next word. */
static bool dashed(const struct message *m, int i, int last)
{
	struct sv gap;

	if (i < 1 || i >= last)
		return false;
	gap = sv_trim(sv_sub(m->raw, m->words[i - 1].end, m->words[i].begin));
	return gap.n == 1 && gap.p[0] == '-';
}

static int find_at(const struct readers *rs, const struct shape *s, struct message *m, int i,
    int last, struct found *f)
{
	double v, w;
	int end = number_at(rs, m, i, &v), k;

	if (end == i)
		return i;
	*f = (struct found){ .words = { i, end } };
	if (m->words[i].flags & WORD_NUMBER && composite(s, m->words[i].text, f))
		return end;
	f->lo = f->hi = v;
	k = span_of_saying(m, &s->rows, "half", end, last);
	if (k > end) {
		f->lo = f->hi = v + 0.5;
		end = k;
	}
	k = span_of_saying(m, &s->rows, "point", end, last);
	if (k > end && number_at(rs, m, k, &w) > k) {
		f->lo = f->hi = v + w / 10;
		end = number_at(rs, m, k, &w);
	}
	k = span_of_saying(m, &s->rows, "percent", end, last);
	if (k > end) {
		f->lo = f->hi = scale_to(s, v, 100);
		f->scaled = true;
		end = k;
	}
	k = dashed(m, end, last) ? end : span_of_saying(m, &s->rows, "of", end, last);
	if (k > end && number_at(rs, m, k, &w) > k) {
		f->lo = f->hi = scale_to(s, f->lo, w);
		f->scaled = true;
		end = number_at(rs, m, k, &w);
	}
	k = dashed(m, end, last) ? end : span_of_saying(m, &s->rows, "range", end, last);
	if ((k > end || dashed(m, end, last)) && number_at(rs, m, k, &w) > k && w > v && w <= s->hi &&
	    !said_before(m, &s->past, i, 0)) {      /* "from 4 to 7": it is 7 now */
		end = number_at(rs, m, k, &w);
		f->hi = w;
		k = span_of_saying(m, &s->rows, "half", end, last);
		if (k > end)
			f->hi += 0.5;
		end = k > end ? k : end;
	}
	f->words.last = end;
	return end;
}

static struct sv number_text(const struct found *f, struct arena *a)
{
	const char *one = f->lo == floor(f->lo) ? "%.0f" : "%.1f";
	const char *two = f->hi == floor(f->hi) ? "-%.0f" : "-%.1f";
	char lo[40], hi[40] = "";

	/* literal formats, chosen above */
	if (one[2] == '0')
		snprintf(lo, sizeof lo, "%.0f", f->lo);
	else
		snprintf(lo, sizeof lo, "%.1f", f->lo);
	if (f->hi > f->lo && two[3] == '0')
		snprintf(hi, sizeof hi, "-%.0f", f->hi);
	else if (f->hi > f->lo)
		snprintf(hi, sizeof hi, "-%.1f", f->hi);
	return sv_from(arena_printf(a, "%s%s", lo, hi));
}

static bool in_range(const struct shape *s, struct found *f)
{
	if (!s->has_range)
		return true;
	if (f->lo > s->hi && (f->lo <= s->hi + 2 || f->lo == 10 * s->hi))
		f->lo = f->hi = s->hi;          /* one louder, a hundred */
	return f->lo >= s->lo && f->hi <= s->hi;
}

static bool by_somebody_else(const struct reading *r, int word)
{
	for (int i = 0; i < r->n_clauses; i++) {
		const struct clause *c = &r->clauses[i];

		if (c->who == SUBJECT_OTHER && !span_empty(c->subject) && c->link != LINK_TIME && c->head >= 0 && word > c->head &&
		    word < c->words.last && !(r->message->words[word].flags & WORD_COMMA))
			return true;
	}
	return false;
}

/* Which of several numbers counts: the one that is said to be so now, the last
 * of a change, else the highest. */
static const struct found *choose(const struct shape *s, struct message *m, const struct found *f,
    size_t n, struct span words)
{
	const struct found *best = &f[0], *last = NULL;
	struct match hit;

	for (size_t i = 0; i < n; i++)
		if (said_before(m, &s->prefer, f[i].words.first, words.first) ||
		    (i + 1 == n && said_at(m, &s->prefer, f[i].words.last, words.last)))
			return &f[i];
	for (size_t i = 0; i < n; i++)
		if (!said_before(m, &s->past, f[i].words.first, words.first))
			last = &f[i];
	for (size_t i = 0; last && i < n; i++)
		if (said_before(m, &s->past, f[i].words.first, words.first))
			return last;
	if (saying_in(m, &s->lead, words, &hit))
		return &f[n - 1];
	for (size_t i = 1; i < n; i++)
		if (f[i].lo > best->lo)
			best = &f[i];
	return best;
}

static struct read_result words_for_number(const struct shape *s, struct message *m,
    struct span words, struct arena *a)
{
	struct match hit;
	double v;

	for (size_t i = 0; i < s->rows.n; i++) {
		struct sv is = s->rows.items[i].is;
		struct found f = { 0 };
		struct read_value out = { 0 };

		if (!is.n || !(is.p[0] >= '0' && is.p[0] <= '9') ||
		    !message_match(m, s->rows.items[i].phrase, words, &hit))
			continue;
		v = digits(is);
		f.lo = f.hi = v;
		out.text = number_text(&f, a);
		out.number = (int64_t)(v * 2);
		out.words = hit.words;
		return read_one(out, a);
	}
	return read_status_only(READ_UNCLEAR);
}

/* rows: "half", "point", "of", "range" are the joints of a number, figures are
 * words for it; reject: what makes a number something else ("minutes"); prefer:
 * "now"; lead: signs that the last one counts. */
struct read_result shape_scale(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	struct message *m = r->message;
	struct found found[8];
	size_t n = 0;
	const struct found *f;
	struct read_value v = { 0 };
	bool number = false;

	if (asks_back(rs, s, r))
		return read_status_only(READ_NOTHING);
	for (int i = words.first; i < words.last && n < 8; ) {
		int end = find_at(rs, s, m, i, words.last, &found[n]);

		if (end == i) {
			i++;
			continue;
		}
		number = true;
		if (in_range(s, &found[n]) && !said_at(m, &s->reject, end, words.last) &&
		    !said_before(m, &s->avoid, i, words.first) && !by_somebody_else(r, i) &&
		    !(s->has_range && end < m->n_words && m->words[end].begin > m->words[end - 1].end &&
		    grammar_noun(r, end)))
			n++;
		i = end;
	}
	if (!n)
		return number ? read_status_only(READ_UNCLEAR) : words_for_number(s, m, words, a);
	f = n > 1 ? choose(s, m, found, n, words) : &found[0];
	v.text = number_text(f, a);
	v.number = (int64_t)(f->lo * 2);
	v.words = f->words;
	return read_one(v, a);
}
