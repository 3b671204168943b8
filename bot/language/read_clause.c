/* What somebody should do, in the words said to them. */
#include "language/shapes.h"

#include <string.h>

#include "text/fold.h"

static const struct voice to_them = { { "draft", 5 }, { "", 0 }, true };

static void lower_first(struct str *s)
{
	bool word = s->n > 1 && (s->p[1] == ' ' || s->p[1] == '\'');

	if (!word)
		fold_small_at(s, 0);
}

static bool says_act(const struct clause *c)
{
	return c->head >= 0 && c->link != LINK_TIME && c->link != LINK_IF && c->link != LINK_CAUSE;
}

static const struct clause *act_of(const struct reading *r)
{
	for (int i = 0; i < r->n_clauses; i++) {
		const struct clause *c = &r->clauses[i];

		if (says_act(c) && (c->who == SUBJECT_OTHER || c->who == SUBJECT_ADDRESSEE ||
		    c->who == SUBJECT_WE))
			return c;
	}
	return NULL;
}

/* Past "i want him to": what remains is the act. */
static struct span past_lead(const struct readers *rs, const struct shape *s, struct message *m,
    struct span words, struct sv *put)
{
	bool moved = true;

	while (moved && words.first < words.last) {
		struct sv is = { "", 0 };
		struct match hit;

		int best = words.first;

		moved = false;
		for (size_t i = 0; i < s->lead.n; i++)
			if (message_match(m, s->lead.items[i].phrase, words, &hit) &&
			    hit.words.first == words.first && hit.words.last < words.last &&
			    hit.words.last > best) {
				best = hit.words.last;
				is = s->lead.items[i].is;
				moved = true;
			}
		if (moved) {
			words.first = best;
			*put = is.n ? is : *put;
		}
		if (!moved && words.first < words.last && (role_at(rs, m, LIST_POLITE, words.first) ||
		    role_at(rs, m, LIST_FILLER, words.first))) {
			words.first++;
			moved = true;
		}
	}
	return words;
}

static bool whole_saying(const struct sayings *set, struct message *m, struct span words,
    struct sv *is)
{
	for (size_t i = 0; i < set->n; i++)
		if (message_match_whole(m, set->items[i].phrase, words)) {
			*is = set->items[i].is;
			return true;
		}
	return false;
}

/* "so" in "take dad so I can sleep"; a comma where nothing joins, or what joins is said anyway. */
static void put_joint(struct message *m, const struct clause *c, const struct clause *next,
    struct sv said, struct str *out)
{
	int from = c->words.last, to = next->subject.first;
	struct sv words = from < to ? message_quote(m, (struct span){ from, to }) : SV("");

	if (words.n && !(m->words[from].flags & (WORD_SENTENCE | WORD_COMMA)) && !sv_starts(said, words))
		str_addf(out, " %.*s ", SV_ARG(words));
	else
		str_addz(out, ", ");
}

/* The clause in the base form; what hangs on behind it goes along. */
static bool say_act(const struct shape *s, const struct reading *r, struct str *out)
{
	const struct clause *c = act_of(r);
	const struct grammar *g = r->language->grammar;

	if (!g || !c || !grammar_form(g, r, &c, 1, s->form, &to_them, out) || !out->n)
		return false;
	for (int i = 0; i < r->n_clauses; i++) {
		const struct clause *next = &r->clauses[i];

		if (next->words.first >= c->words.last && says_act(next) &&
		    next->mood != MOOD_FRAGMENT && c->words.last - c->words.first < 20) {
			STR_AUTO said = STR_INIT;

			if (grammar_span(g, r, next->words, &to_them, &said)) {
				put_joint(r->message, c, next, str_sv(&said), out);
				str_add(out, str_sv(&said));
			}
			break;
		}
	}
	return true;
}

/* "phone in the hall": the verb that is meant. */
static struct sv meant_verb(const struct shape *s, struct message *m, struct span words)
{
	struct match hit;
	const struct saying *x = saying_in(m, &s->verbless, words, &hit);

	return x && hit.words.first == words.first ? x->is : SV("");
}

/* lead: what stands before the act, with what is put in its place; verbless: how
 * an act without a verb begins, and the verb it lacks; rows: whole answers and
 * what they ask; reject: what asks for nothing. */
struct read_result shape_clause(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	struct message *m = r->message;
	struct read_value v = { .words = words };
	struct sv put = { "", 0 }, is = { "", 0 };
	struct reading *rest;
	STR_AUTO out = STR_INIT, text = STR_INIT;

	if (s->nothing.n && said_at(m, &s->nothing, words.first, words.last))
		return read_status_only(READ_NOTHING);
	if (said_at(m, &s->reject, words.first, words.last))
		return read_status_only(READ_UNCLEAR);
	words = past_lead(rs, s, m, words, &put);
	if (whole_saying(&s->rows, m, words, &is)) {
		v.text = is;
		return is.n ? read_one(v, a) : read_status_only(READ_UNCLEAR);
	}
	if (!put.n)
		put = meant_verb(s, m, words);
	str_addf(&text, "%.*s%s%.*s", SV_ARG(put), put.n ? " " : "", SV_ARG(message_quote(m, words)));
	rest = reading_beside(r, r->language, str_sv(&text));
	if (!say_act(s, rest, &out)) {
		bool order = act_of(rest) && act_of(rest)->mood == MOOD_COMMAND && act_of(rest)->head == 0;

		if ((act_of(rest) && !order) || !rest->n_clauses || (rest->clauses[0].head >= 0 && !order) || m->n_words < 2 ||
		    !r->language->grammar)
			return read_status_only(READ_UNCLEAR);
		grammar_span(r->language->grammar, rest, (struct span){ 0, rest->message->n_words },
		    &to_them, &out);
	}
	lower_first(&out);
	if (!out.n)
		return read_status_only(READ_UNCLEAR);
	v.text = arena_sv(a, str_sv(&out));
	return read_one(v, a);
}
