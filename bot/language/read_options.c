/* Menus: which of a few labelled choices is meant. */
#include "language/shapes.h"

#include <string.h>

enum { MAX_OPTIONS = 24, MAX_PICKS = 8 };

struct menu {
	const struct readers *rs;
	const struct reading *r;
	struct message *m;
	const struct option *options; size_t n;
	size_t listed;                  /* of n, those that stand in the menu: they have a position */
	struct message *labels[MAX_OPTIONS];    /* words alone */
	struct arena *a;
	int picks[MAX_PICKS]; size_t n_picks;
	int at[MAX_PICKS];              /* the word that picked it */
	bool numbered[MAX_PICKS];       /* by its position */
	bool out[MAX_OPTIONS];          /* said not to be it */
	int from;                       /* behind "no wait": no word before it counts */
	bool *used;                     /* words that a pick used */
	bool several;                   /* numbers and words join in one answer */
	bool by_position;
};

static void use(struct menu *u, struct span s)
{
	for (int i = s.first; i < s.last; i++)
		u->used[i] = true;
}

static void pick(struct menu *u, int option, struct span s)
{
	if (option < 0 || (size_t)option >= u->n)
		return;
	use(u, s);
	if (negated_before(u->rs, u->m, s.first, u->from)) {
		u->out[option] = true;
		return;
	}
	for (size_t i = 0; i < u->n_picks; i++)
		if (u->picks[i] == option)
			return;
	if (u->n_picks == MAX_PICKS)
		return;
	u->at[u->n_picks] = s.first;
	u->numbered[u->n_picks] = u->by_position;
	u->picks[u->n_picks++] = option;
}

static bool polite(const struct menu *u, int i)
{
	return role_at(u->rs, u->m, LIST_POLITE, i) || role_at(u->rs, u->m, LIST_FILLER, i) ||
	    role_at(u->rs, u->m, LIST_MAYBE, i) || u->m->words[i].flags & WORD_EMOJI;
}

/* ---- by position ------------------------------------------------------------------- */

static int ordinal_index(const struct menu *u, const struct mark *k)
{
	struct sv row = lexicon_row(u->rs->lx, u->rs->lists[LIST_ORDINAL], k->row);
	int64_t v;

	if (sv_int(row, &v))
		return (int)v - 1;
	if (sv_is(row, "last"))
		return (int)u->listed - 1;
	return u->listed % 2 ? (int)u->listed / 2 : -1;   /* the middle */
}

static int letter_index(const struct menu *u, int i)
{
	struct sv w = u->m->words[i].text;
	const char *p = w.n == 1 ? memchr(u->rs->alphabet.p, w.p[0], u->rs->alphabet.n) : NULL;

	return p ? (int)(p - u->rs->alphabet.p) : -1;
}

static int position_word(const struct menu *u, int i, int last, const char *is)
{
	struct match hit;

	for (size_t k = 0; k < u->rs->position.n; k++)
		if (sv_is(u->rs->position.items[k].is, is) &&
		    message_match_at(u->m, u->rs->position.items[k].phrase, (struct span){ i, last }, &hit))
			return hit.words.last;
	return i;
}

/* "1,2" in one token: every figure a choice there is. */
static bool several_digits(const struct menu *u, int i)
{
	struct sv w = u->m->words[i].text, one;
	int64_t v;

	if (!(u->m->words[i].flags & WORD_NUMBER) || !memchr(w.p, ',', w.n))
		return false;
	while (sv_split(&w, ',', &one))
		if (!sv_int(one, &v) || v < 1 || v > (int64_t)u->listed)
			return false;
	return true;
}

static void pick_digits(struct menu *u, int i)
{
	struct sv w = u->m->words[i].text, one;
	int64_t v;

	while (sv_split(&w, ',', &one))
		if (sv_int(one, &v))
			pick(u, (int)v - 1, (struct span){ i, i + 1 });
}

/* "3", "number two", "the first two": does this clause hold only positions? */
static bool read_positions(struct menu *u, struct span s, bool apply)
{
	bool any = false, ordinal = false;

	for (int i = s.first; i < s.last; ) {
		const struct mark *o = role_mark(u->rs, u->m, LIST_ORDINAL, i);
		int end = position_word(u, i, s.last, "about");
		double v;

		if (o && o->words.last <= s.last && !(u->m->words[i].flags & WORD_NUMBER)) {
			int index = ordinal_index(u, o);
			int k = number_at(u->rs, u->m, o->words.last, &v);

			if (index >= (int)u->listed)
				index = -1;
			if (k > o->words.last && k <= s.last && index == 0) {
				for (int j = 0; apply && j < (int)v && j < (int)u->listed; j++)
					pick(u, j, (struct span){ i, k });
				i = k;
			} else {
				if (apply)
					pick(u, index, o->words);
				i = o->words.last;
			}
			any = ordinal = true;
			continue;
		}
		if (ordinal && end > i) {
			i = end;                /* "the second one" */
			continue;
		}
		if (several_digits(u, i)) {
			if (apply)
				pick_digits(u, i);
			any = true;
			i++;
			continue;
		}
		if (number_at(u->rs, u->m, i, &v) > i) {
			end = number_at(u->rs, u->m, i, &v);
			if (v < 1 || v > (double)u->listed || v != (double)(int)v)
				return false;
			if (apply)
				pick(u, (int)v - 1, (struct span){ i, end });
			any = true;
			i = end;
			continue;
		}
		if (s.last - s.first <= 2 && letter_index(u, i) >= 0 && letter_index(u, i) < (int)u->listed &&
		    !(polite(u, i) && s.last - s.first > 1)) {
			if (apply)
				pick(u, letter_index(u, i), (struct span){ i, i + 1 });
			any = true;
			i++;
			continue;
		}
		if (end == i && !polite(u, i))
			return false;
		i = end > i ? end : i + 1;
	}
	return any;
}

/* ---- by words ---------------------------------------------------------------------- */

static bool same_stem(struct sv a, struct sv b)
{
	size_t n = 0, least = a.n < b.n ? a.n : b.n, most = a.n > b.n ? a.n : b.n;

	if (sv_eq(a, b))
		return true;
	while (n < least && a.p[n] == b.p[n])
		n++;
	/* "talk", "talking", but not "what", "whatever" */
	return least >= 4 && n + 1 >= least && n >= 4 && most - n <= (least == 4 ? 3 : 4);
}

static bool content(struct sv w)
{
	return w.n > 2;
}

static int word_index(const struct message *m, struct sv w)
{
	for (int i = 0; i < m->n_words; i++)
		if (same_stem(m->words[i].text, w))
			return i;
	return -1;
}

/* How many options have this word: a word of one only tells. */
static int owner(const struct menu *u, struct sv w)
{
	int found = -1;

	for (size_t k = 0; k < u->n; k++) {
		if (u->options[k].unseen || word_index(u->labels[k], w) < 0)
			continue;
		if (found >= 0)
			return -1;
		found = (int)k;
	}
	return found;
}

/* All of a label: its marks and what phrases match in it. */
static struct message *whole_label(const struct menu *u, size_t k)
{
	message_complete(u->labels[k]);
	return u->labels[k];
}

static bool label_at(const struct menu *u, size_t k, int i)
{
	const struct message *l = u->labels[k];

	if (!l->n_words || i + l->n_words > u->m->n_words)
		return false;
	for (int j = 0; j < l->n_words; j++)
		if (!sv_eq(l->words[j].text, u->m->words[i + j].text))
			return false;
	return true;
}

static bool by_label(struct menu *u, int i, int *end)
{
	int best = -1;

	for (size_t k = 0; k < u->n; k++)
		if (label_at(u, k, i) && (best < 0 || u->labels[k]->n_words > u->labels[best]->n_words))
			best = (int)k;
	if (best < 0)
		return false;
	*end = i + u->labels[best]->n_words;
	pick(u, best, (struct span){ i, *end });
	return true;
}

static bool by_phrase(struct menu *u, struct span within)
{
	bool any = false;

	for (size_t k = 0; k < u->n; k++)
		for (size_t p = 0; p < u->options[k].n_phrases; p++) {
			struct match hit;

			if (message_match(u->m, u->options[k].phrases[p], within, &hit)) {
				pick(u, (int)k, hit.words);
				any = true;
				break;
			}
		}
	return any;
}

/* Words that mean one thing: a row of "senses" that both the label and the
 * answer have a phrase of. */
static int sense_option(const struct menu *u, struct sv sense)
{
	int found = -1;

	for (size_t k = 0; k < u->n; k++)
		for (size_t i = 0; i < u->rs->senses.n; i++) {
			struct match hit;

			if (!sv_eq(u->rs->senses.items[i].is, sense) || !message_match(whole_label(u, k),
			    u->rs->senses.items[i].phrase, (struct span){ 0, u->labels[k]->n_words }, &hit))
				continue;
			if (found >= 0 && found != (int)k)
				return -1;
			found = (int)k;
		}
	return found;
}

static void by_sense(struct menu *u, struct span within)
{
	for (size_t i = 0; i < u->rs->senses.n; i++) {
		struct match hit;
		int option;

		if (!message_match(u->m, u->rs->senses.items[i].phrase, within, &hit) || u->used[hit.words.first])
			continue;
		option = sense_option(u, u->rs->senses.items[i].is);
		if (option >= 0)
			pick(u, option, hit.words);
	}
}

static void by_words(struct menu *u, struct span s)
{
	for (int i = s.first; i < s.last; ) {
		int end = i + 1, k;

		if (!by_label(u, i, &end) && !u->used[i] && content(u->m->words[i].text) &&
		    !polite(u, i)) {
			k = s.last - s.first <= 8 || i < 3 ? owner(u, u->m->words[i].text) : -1;
			if (k >= 0)
				pick(u, k, (struct span){ i, i + 1 });
		}
		i = end;
	}
}

static int other_label(const struct menu *u)
{
	for (size_t k = 0; k < u->n; k++)
		for (int i = 0; i < u->labels[k]->n_words; i++)
			if (role_at(u->rs, whole_label(u, k), LIST_OTHER, i))
				return (int)k;
	return -1;
}

static const struct mark *first_role(const struct menu *u, enum role_list role, struct span s)
{
	for (int i = s.first; i < s.last; i++) {
		const struct mark *k = role_mark(u->rs, u->m, role, i);

		if (k)
			return k;
	}
	return NULL;
}

static bool whole_role(const struct menu *u, enum role_list role, struct span s)
{
	const struct mark *k;

	while (s.first < s.last && polite(u, s.first) && !role_at(u->rs, u->m, role, s.first))
		s.first++;
	k = s.first < s.last ? role_mark(u->rs, u->m, role, s.first) : NULL;
	return k && (k->words.last >= s.last || u->m->words[k->words.last].flags &
	    (WORD_COMMA | WORD_SENTENCE | WORD_CLAUSE) || polite(u, k->words.last) || s.last - k->words.last <= 2);
}

/* ---- the whole answer --------------------------------------------------------------- */

static struct span after_correction(const struct menu *u)
{
	struct span behind;

	for (int i = u->m->n_words - 1; i > 0; i--) {
		const struct mark *k = role_mark(u->rs, u->m, LIST_CORRECTION, i);

		if (k && k->words.last < u->m->n_words)
			return (struct span){ k->words.last, u->m->n_words };
	}
	behind = taken_back(u->rs, u->m);
	return span_empty(behind) ? (struct span){ 0, u->m->n_words } : behind;
}

static void by_order(struct menu *u)
{
	for (size_t i = 1; i < u->n_picks; i++)
		for (size_t k = i; k > 0 && u->at[k - 1] > u->at[k]; k--) {
			int x = u->at[k], y = u->picks[k];
			bool z = u->numbered[k];

			u->at[k] = u->at[k - 1];
			u->at[k - 1] = x;
			u->picks[k] = u->picks[k - 1];
			u->picks[k - 1] = y;
			u->numbered[k] = u->numbered[k - 1];
			u->numbered[k - 1] = z;
		}
}

static bool item_begins(const struct menu *u, int i, int last)
{
	return i >= last || u->m->words[i].flags & (WORD_COMMA | WORD_SENTENCE | WORD_CLAUSE);
}

/* Where the item at i ends: "2 | and a bit hurt", "4 | , more like jealous"; but
 * "2 or 3 times" is one. */
static int item_end(const struct menu *u, int i, int last)
{
	double v;

	for (int k = i + 1; k < last; k++) {
		int end;

		if (item_begins(u, k, last))
			return k;
		if (!role_at(u->rs, u->m, LIST_JOINER, k))
			continue;
		end = number_at(u->rs, u->m, k + 1, &v);
		if (end == k + 1 || item_begins(u, end, last))
			return k;
	}
	return last;
}

static void try_all(struct menu *u, struct span s)
{
	if (read_positions(u, s, false)) {
		u->by_position = true;
		read_positions(u, s, true);
		return;
	}
	for (struct span w = { s.first, 0 }; w.first < s.last; w.first = w.last) {
		struct span item = w;

		w.last = item.last = item_end(u, w.first, s.last);
		if (role_at(u->rs, u->m, LIST_JOINER, item.first))
			item.first++;
		if (read_positions(u, item, false)) {
			u->by_position = true;
			read_positions(u, item, true);
		}
	}
	if (u->n_picks && !u->several)
		return;
	u->by_position = false;
	by_phrase(u, s);
	by_words(u, s);
	if (span_length(s) <= 10)
		by_sense(u, s);         /* a story is not about the menu */
	by_order(u);
	for (size_t i = 0; i < u->n_picks; i++)
		u->by_position |= u->numbered[i];
}

static void rule_out(struct menu *u)
{
	size_t n = 0;

	for (size_t i = 0; i < u->n_picks; i++)
		if (!u->out[u->picks[i]]) {
			u->at[n] = u->at[i];
			u->numbered[n] = u->numbered[i];
			u->picks[n++] = u->picks[i];
		}
	u->n_picks = n;
	if (!n && u->listed == 2 && u->out[0] != u->out[1])
		u->picks[u->n_picks++] = u->out[0] ? 1 : 0;
}

static bool in_picked_label(const struct menu *u, struct sv w)
{
	for (size_t i = 0; i < u->n_picks; i++)
		if (u->picks[i] >= 0 && word_index(u->labels[u->picks[i]], w) >= 0)
			return true;
	return false;
}

/* Words that say more than the choices picked do. */
static int count_beyond(const struct menu *u)
{
	int n = 0;

	for (int i = 0; i < u->m->n_words; i++) {
		struct sv w = u->m->words[i].text;

		n += content(w) && !u->used[i] && !polite(u, i) && !in_picked_label(u, w)
		    && position_word(u, i, u->m->n_words, "about") == i;
	}
	return n;
}

static bool is_whole_label(const struct menu *u, size_t k)
{
	return u->labels[k]->n_words == u->m->n_words && label_at(u, k, 0);
}

static bool is_whole_phrase(const struct menu *u, size_t k)
{
	struct span all = { 0, u->m->n_words };

	for (size_t p = 0; p < u->options[k].n_phrases; p++)
		if (message_match_whole(u->m, u->options[k].phrases[p], all))
			return true;
	return false;
}

/* A label typed as it stands, or words that are one choice's alone and all that
 * was typed, mean that choice, whatever else is in them: "don't keep", "yes, long
 * ago", "I'm afraid of them". */
static bool whole_answer(struct menu *u)
{
	bool (*const tests[])(const struct menu *u, size_t k) = { is_whole_label, is_whole_phrase };

	for (size_t t = 0; t < sizeof tests / sizeof tests[0]; t++) {
		int found = -1, n = 0;

		for (size_t k = 0; k < u->n; k++)
			if (tests[t](u, k)) {
				found = (int)k;
				n++;
			}
		if (n != 1)
			continue;
		use(u, (struct span){ 0, u->m->n_words });
		u->picks[u->n_picks++] = found;
		return true;
	}
	return false;
}

static struct option_result result(struct menu *u)
{
	struct option_result res = { .status = u->n_picks ? READ_VALUE : READ_UNCLEAR };

	res.picks = arena_copy(u->a, u->picks, sizeof u->picks);
	res.n = u->n_picks;
	res.by_position = u->by_position;
	res.used = u->used;
	res.beyond = count_beyond(u);
	res.at = arena_copy(u->a, u->at, sizeof u->at);
	res.numbered = arena_copy(u->a, u->numbered, sizeof u->numbered);
	return res;
}

static bool asks(const struct menu *u)
{
	const struct reading *r = u->r;

	if (said_at(u->m, &u->rs->asking, 0, u->m->n_words))
		return true;
	for (int i = 0; i < r->n_clauses; i++)
		if (r->clauses[i].mood == MOOD_QUESTION && r->clauses[i].words.first == 0)
			return true;
	return false;
}

static bool special(struct menu *u, struct span s, struct option_result *res)
{
	int other = other_label(u);
	const struct mark *k = first_role(u, LIST_OTHER, s);

	*res = (struct option_result){ .status = READ_VALUE };
	if (whole_role(u, LIST_BOTH, s) && u->listed == 2) {
		pick(u, 0, s);
		pick(u, 1, s);
	} else if (other >= 0 && (k || whole_role(u, LIST_NONE, s))) {
		pick(u, other, k ? k->words : s);
	} else if (u->listed == 2 && k && !whole_role(u, LIST_NONE, s)) {
		return false;
	} else if (whole_role(u, LIST_ANY, s)) {
		u->picks[0] = -1;
		u->n_picks = 1;
	} else if (whole_role(u, LIST_NONE, s)) {
		return true;
	}
	if (u->n_picks)
		*res = result(u);
	return u->n_picks > 0;
}

struct option_result options_read(const struct readers *rs, const struct reading *r,
    const struct option *options, size_t n, bool several, struct arena *a)
{
	struct menu u = { .rs = rs, .r = r, .m = r->message, .options = options, .several = several,
		.n = n < MAX_OPTIONS ? n : MAX_OPTIONS, .a = a };
	struct option_result res = { .status = READ_NOTHING };
	struct span s;

	while (u.listed < u.n && !options[u.listed].unseen)
		u.listed++;
	u.used = ARENA_ARRAY(a, bool, u.m->n_words + 1);
	for (size_t i = 0; i < u.n; i++)
		u.labels[i] = label_beside(r, rs->locale, options[i].label);
	if (!u.m->n_words)
		return res;
	if (whole_answer(&u))
		return result(&u);
	s = after_correction(&u);
	u.from = s.first;
	if (asks(&u)) {
		by_phrase(&u, s);
		res = result(&u);
		res.status = u.n_picks ? READ_VALUE : READ_NOTHING;
		return res;
	}
	try_all(&u, s);
	rule_out(&u);
	if (!u.n_picks && s.first > 0 && !several) {     /* a reader knows what else it may be */
		u.from = 0;
		try_all(&u, (struct span){ 0, u.m->n_words });
		rule_out(&u);
	}
	if (!u.n_picks && special(&u, s, &res))
		return res;
	/* "easy first", "start with easy and then": the rest can wait */
	if (u.n_picks > 1 && !u.by_position && (said_at(u.m, &rs->first_only, u.at[0] + 1, s.last) ||
	    said_before(u.m, &rs->first_only, u.at[0], s.first)))
		u.n_picks = 1;
	return result(&u);
}
