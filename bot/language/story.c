#include "language/story.h"

#include "language/parse.h"

enum { MAX_WORDS = 34 };        /* a draft holds 45, a feeling and an ask among them */

static bool within(const struct clause *a, const struct clause *b)
{
	return a != b && a->words.first >= b->words.first && a->words.last <= b->words.last;
}

static bool is_own(const struct clause *c)
{
	return (c->who == SUBJECT_SELF || c->who == SUBJECT_WE) &&
	    (c->tense == TENSE_PAST || c->tense == TENSE_PERFECT);
}

/* Does b go on from a: right behind it, joined or told of oneself? */
static bool follows(const struct reading *r, const struct clause *a, const struct clause *b)
{
	const struct parse *p = parse_of(r);
	int first = b->words.first;

	if (within(b, a))
		return b->link != LINK_TIME;
	if (a->words.last != first)
		return false;
	if (is_own(a) || is_own(b) || (b->told && b->subject.last <= b->words.first))
		return true;                    /* told of oneself, or with no subject of its own */
	if (r->message->words[first].flags & WORD_SENTENCE)
		return false;
	return (p->t[first].is & IS_CONJUNCTION) != 0 || (a->who == b->who && a->tense == b->tense && a->told && b->told &&
	    b->link == LINK_MAIN);
}

size_t story_around(const struct reading *r, const struct clause **cs, size_t n, size_t at)
{
	size_t first = at, last = at + 1, kept = 0;
	int words = span_length(cs[at]->words);

	while (last < n && words < MAX_WORDS && follows(r, cs[last - 1], cs[last])) {
		words += span_length(cs[last]->words);
		last += words <= MAX_WORDS || within(cs[last], cs[last - 1]);
	}
	while (first > 0 && words < MAX_WORDS && (follows(r, cs[first - 1], cs[first]) ||
	    (cs[first]->link != LINK_TIME && within(cs[first], cs[first - 1])))) {
		words += span_length(cs[first - 1]->words);
		first -= words <= MAX_WORDS;
	}
	for (size_t i = first; i < last; i++)
		cs[kept++] = cs[i];
	return kept;
}

/* A part of its own begins at i: after a comma, with a verb that is joined on, with
 * a clause of time or reason.  "Until I noticed" belongs to what was not said. */
static bool begins_part(const struct parse *p, const struct clause *c, int i, bool verb)
{
	const struct token *t = &p->t[i];

	if (t->inside || p->m->words[i].flags & WORD_QUOTED)
		return false;
	if (t->is & IS_SUBORDINATOR && t->e->link == LINK_CAUSE)
		return true;
	if (t->is & IS_SUBORDINATOR)
		return verb && t->e->link != LINK_THAT && !c->negated;
	if (t->is & IS_PREPOSITION && (t->unit > i + 1 || (!c->negated && t->e->sake && i > c->head + 2)))
		return true;                    /* "because of her caste", "for the fairies" */
	return (p->m->words[i].flags & WORD_COMMA) != 0 || (verb && t->is & IS_CONJUNCTION);
}

bool story_shorten(const struct reading *r, struct clause *c)
{
	const struct parse *p = parse_of(r);
	bool verb = false;

	for (int i = c->rest.last - 1; i > c->head && i >= c->rest.first; i--) {
		verb |= p->t[i].group >= 0;
		if (!begins_part(p, c, i, verb))
			continue;
		c->rest.last = i;
		if (c->time.first >= i)
			c->time = (struct span){ 0, 0 };
		return c->rest.last > c->rest.first || !span_empty(c->object);
	}
	return false;
}
