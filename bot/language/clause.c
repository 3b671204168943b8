/* Finds the clauses of a message: subject, verb group, object, rest.
 *
 * One walk over each sentence.  Before the verb, it waits for a subject; after
 * the verb, it asks at every connective, comma and pronoun whether another
 * clause begins, belongs inside or shares the subject.  A word is only taken
 * for a verb where a verb can stand. */
#include <string.h>

#include "base/xalloc.h"
#include "language/parse.h"

enum {
	MAX_DEPTH = 6,
	LONGEST = 60,               /* words of a clause; none of more than 45 is sure */
	LEAD_BACK = 32,             /* verb groups; whose verb it is stands near */
	FINITE = 1 << VERB_BASE | 1 << VERB_THIRD | 1 << VERB_PAST,
	CLOSED = IS_POSSESSIVE | IS_DETERMINER | IS_CONJUNCTION | IS_SUBORDINATOR | IS_QUESTION |
	    IS_NEGATION | IS_AUX | IS_INFINITIVE | IS_DROP | IS_FILLER | IS_TIME | IS_SUBJECT |
	    IS_OBJECT | IS_RELATIVE | IS_OPENER | IS_EXCLAIM,
	SOFT = IS_DROP | IS_FILLER | IS_ADVERB,
};

struct doer {
	struct span words;
	uint8_t who, person;
	bool pronoun;
};

/* ---- words --------------------------------------------------------------- */

static bool is(const struct parse *p, int i, uint32_t classes)
{
	return (p->t[i].is & classes) != 0;
}

static bool comma(const struct parse *p, int i)
{
	return (p->m->words[i].flags & WORD_COMMA) != 0;
}

static bool emoji(const struct parse *p, int i)
{
	return (p->m->words[i].flags & WORD_EMOJI) != 0;
}

/* Typed with 's: somebody's, or "is" and "has" in short. */
static bool apostrophe(const struct parse *p, int i)
{
	const struct word *w = &p->m->words[i];
	struct sv raw = sv_sub(p->m->raw, w->begin, w->end);

	if (w->flags & WORD_POSSESSIVE)
		return true;
	return !(w->flags & WORD_JOINED) && lexicon_genitive(p->g->lx, p->g->locale, raw);
}

static bool quoted(const struct parse *p, int i)
{
	return (p->m->words[i].flags & WORD_QUOTED) != 0;
}

static void derive(struct parse *p, int i)
{
	struct token *t = &p->t[i];

	t->derived = true;
	t->forms = (uint8_t)grammar_derive(p->g, p->m->words[i].text, p->m->arena, &t->base);
}

/* Right behind a subject pronoun or an auxiliary, or before an object pronoun,
 * even a word that is a noun most of the time is a verb. */
static bool verb_place(const struct parse *p, int i)
{
	int k = i - 1;

	while (k >= 0 && is(p, k, IS_DROP | IS_ADVERB | IS_NEGATION))
		k--;
	if (k >= 0 && !comma(p, i) && (is(p, k, IS_AUX | IS_INFINITIVE) ||
	    (p->t[k].e->fused && p->t[k].e->fused->role == ROLE_MODAL) || (is(p, k, IS_STATE) && p->t[k].inside) || (is(p, k, IS_SUBJECT) &&
	    !is(p, k, IS_DETERMINER | IS_RELATIVE) && p->t[k].e->who != SUBJECT_THING)))
		return true;
	if (is(p, i, IS_FILLER) && p->m->n_words <= 3 && !is(p, i, IS_PREPOSITION))
		return true;
	if (is(p, i, IS_FILLER) && !is(p, i, IS_PREPOSITION) && i + 1 < p->m->n_words && !comma(p, i + 1) &&
	    (i == 0 || p->m->words[i].flags & (WORD_SENTENCE | WORD_COMMA) || is(p, i - 1, IS_CONJUNCTION)))
		return is(p, i + 1, IS_PREPOSITION | IS_INFINITIVE) || (is(p, i + 1, IS_OBJECT) && !is(p, i + 1, IS_SUBJECT));
	if (is(p, i, IS_NOUN) && p->t[i].forms == 1 << VERB_THIRD && i > 1 && is(p, i - 1, IS_PERSON) && !comma(p, i) &&
	    !apostrophe(p, i - 1) && p->t[i - 1].e->person != PERSON_MANY && (i + 1 >= p->m->n_words ||
	    !is(p, i + 1, IS_AUX)))
		return true;                    /* "my dad drinks" */
	if (is(p, i, IS_NOUN) && p->t[i].verb >= 0 && (i == 0 || p->m->words[i].flags & (WORD_SENTENCE | WORD_COMMA)) &&
	    i + 1 < p->m->n_words && !comma(p, i + 1) && is(p, i + 1, IS_DETERMINER | IS_POSSESSIVE) &&
	    !is(p, i + 1, IS_SUBJECT))
		return true;                    /* "phone my mum" */
	return !is(p, i, IS_FILLER) && i + 1 < p->m->n_words && is(p, i + 1, IS_OBJECT) &&
	    !is(p, i + 1, IS_SUBJECT | IS_POSSESSIVE) && !comma(p, i + 1);
}

/* Which of these forms the word can be, as a verb. */
static unsigned forms(struct parse *p, int i, unsigned mask)
{
	struct token *t = &p->t[i];

	if ((t->is & (IS_NUMBER | IS_PERSON)) || quoted(p, i) || emoji(p, i))
		return 0;
	if (t->is & (IS_NOUN | IS_FILLER) && !verb_place(p, i))
		return 0;
	if (t->verb < 0) {
		if (t->is & (CLOSED | IS_PREPOSITION | IS_ADVERB | IS_PARTICLE))
			return 0;
		if (!t->derived)
			derive(p, i);
	} else if (t->is & (CLOSED & ~(uint32_t)(IS_AUX | IS_FILLER | IS_INFINITIVE | IS_OPENER))) {
		return 0;
	}
	return t->forms & mask;
}

static const uint32_t heads = IS_SUBORDINATOR | IS_CONJUNCTION;

/* Where only a base form can stand, a word of the dictionary is one. */
static bool base_at(struct parse *p, int i)
{
	struct token *t = &p->t[i];

	if (forms(p, i, 1 << VERB_BASE))
		return true;
	if (t->verb >= 0 || t->is & ~(uint32_t)IS_AGENT || quoted(p, i) || emoji(p, i) ||
	    p->m->words[i].flags & (WORD_NUMBER | WORD_CAPITAL))
		return false;
	t->forms = 1 << VERB_BASE;
	t->base = p->m->words[i].text;
	t->derived = true;
	return true;
}

static void mark_unit(struct parse *p, int i, int last, const struct entry *e, uint32_t inner)
{
	for (int k = i; k < last; k++) {
		p->t[k].inside = k > i;
		p->t[k].is = (e->is & ~(k > i ? heads : 0)) | inner;
		p->t[k].verb = -1;
		if (inner != IS_TIME)
			p->t[k].e = e;
	}
	p->t[i].unit = (int16_t)last;
}

/* A first name that is a word as well needs its capital. */
static bool may_name(const struct parse *p, int i)
{
	const struct token *t = &p->t[i];

	return (p->m->words[i].flags & WORD_CAPITAL && !(t->is & CLOSED && p->m->words[i].flags & WORD_SENTENCE) &&
	    !p->loud) || !(t->is || t->verb >= 0 || lexicon_knows(p->g->lx, p->g->locale, p->m->words[i].text));
}

static const struct mark *longest_person(const struct parse *p, int i)
{
	const struct mark *best = NULL;

	for (size_t k = 0; k < p->g->n_people; k++) {
		const struct mark *m = message_mark(p->m, p->g->people[k], i);

		if (m && p->g->people[k] == p->g->names && !may_name(p, i))
			continue;
		if (m && (!best || m->words.last > best->words.last))
			best = m;
	}
	return best;
}

static const struct mark *mark_of(const struct parse *p, uint32_t sym, int i)
{
	return sym == SYM_NONE ? NULL : message_mark(p->m, sym, i);
}

/* An opener leaves its words as they are: what follows may not fit it. */
static void open_unit(struct parse *p, int i, int end)
{
	struct token *t = &p->t[i];
	int last = i + 1;

	t->opener = grammar_fixed(p, i, end, true, &last);
	if (!t->opener && t->is & IS_OPENER)
		t->opener = t->e;
	t->opened = (int16_t)last;
}

/* "he just sat": a day's short name that is a verb behind its subject. */
static bool acts_here(const struct parse *p, int i)
{
	int k = i - 1;

	while (k > 0 && is(p, k, IS_DROP | IS_HABIT | IS_ADVERB))
		k--;
	return p->t[i].verb >= 0 && k >= 0 && is(p, k, IS_AUX | IS_NEGATION | IS_SUBJECT | IS_PERSON);
}

/* The longest reading of the words from i on; returns its end. */
static int tag_unit(struct parse *p, int i, int end)
{
	const struct mark *person = longest_person(p, i), *time = mark_of(p, p->g->time, i);
	int last = i + 1, best = i + 1;
	const struct entry *fixed = grammar_fixed(p, i, end, false, &last);

	if (fixed)
		best = last;
	open_unit(p, i, end);
	if (person && person->words.last > best)
		best = person->words.last;
	if (time && time->words.last > best)
		best = time->words.last;
	if (best > end)
		best = end;
	if (fixed && last == best) {
		mark_unit(p, i, best, fixed, 0);
	} else if (person && person->words.last == best) {
		const struct entry *head = grammar_word(p->g, p->m->words[best - 1].text);

		if (p->t[i].is & (IS_DROP | IS_SUBJECT))
			return i + 1;
		if (p->t[i].is & IS_POSSESSIVE && best > i + 1)
			i++;                    /* "his dad": whose stays a word */
		mark_unit(p, i, best, head, IS_PERSON);
		for (int k = i; k < best; k++)
			p->t[k].is = IS_PERSON;
	} else if (time && time->words.last == best && !(p->t[i].is & IS_DROP) &&
	    !(best == i + 1 && acts_here(p, i))) {
		mark_unit(p, i, best, &p->g->plain, IS_TIME);
	}
	return best;
}

static void tag_words(struct parse *p)
{
	struct message *m = p->m;

	for (int i = 0; i < m->n_words; i++) {
		struct token *t = &p->t[i];
		unsigned f = 0;

		t->slot = grammar_slot(p->g, m->words[i].text);
		t->e = grammar_entry(p->g, t->slot);
		t->is = t->e->is;
		t->unit = (int16_t)(i + 1);
		t->group = -1;
		t->verb = (int16_t)lexicon_verb(p->g->lx, p->g->locale, m->words[i].text, &f);
		t->forms = (uint8_t)f;
		if (m->words[i].flags & WORD_NUMBER)
			t->is |= IS_NUMBER;
	}
	for (int s = 0; s < m->n_sentences; s++)
		for (int i = m->sentences[s].words.first; i < m->sentences[s].words.last; )
			i = tag_unit(p, i, m->sentences[s].words.last);
}

static bool nominal(struct parse *p, int i);

/* An adverb by its ending, that the file does not keep, from a word that is known. */
static bool how_it_was_done(const struct parse *p, struct sv w)
{
	for (size_t i = 0; i < p->g->n_manner; i++) {
		struct sv e = p->g->manner[i];

		if (w.n > e.n + 3 && sv_eq(sv_sub(w, w.n - e.n, w.n), e) &&
		    lexicon_knows(p->g->lx, p->g->locale, sv_sub(w, 0, w.n - e.n)))
			return true;
	}
	return false;
}

/* "you like her pictures" holds a verb; "the till was open" a noun. */
static void settle_word(struct parse *p, int i)
{
	struct token *t = &p->t[i];

	if (!t->is && t->verb < 0 && !quoted(p, i) && !(p->m->words[i].flags & WORD_CAPITAL && !p->loud) &&
	    how_it_was_done(p, p->m->words[i].text)) {
		t->is = IS_DROP;                /* "casually": a verdict on what was done */
		return;
	}
	if (i == 0 || t->unit != i + 1 || t->inside || comma(p, i) || !(t->is & (IS_PREPOSITION | IS_SUBORDINATOR)))
		return;
	if (t->verb >= 0 && is(p, i - 1, IS_SUBJECT) && !is(p, i - 1, IS_DETERMINER | IS_RELATIVE) &&
	    p->t[i - 1].e->who != SUBJECT_THING)
		t->is = 0;
	else if (is(p, i - 1, IS_DETERMINER | IS_POSSESSIVE) && !is(p, i - 1, IS_SUBJECT | IS_OBJECT | IS_NEGATION) &&
	    (i + 1 == p->m->n_words || is(p, i + 1, IS_AUX)))
		t->is = IS_NOUN;
}

/* "every time": an adverb, or what a clause hangs on; "her stupid jokes": the
 * jokes remain. */
static void settle_units(struct parse *p)
{
	for (int i = 0; i < p->m->n_words; i++)
		settle_word(p, i);
	for (int i = 0; i < p->m->n_words; i = p->t[i].unit) {
		int k = p->t[i].unit;
		bool link = k < p->m->n_words && !comma(p, k) &&
		    is(p, k, IS_SUBJECT | IS_POSSESSIVE | IS_PERSON | IS_DETERMINER);

		if (p->t[i].e->epithet && !p->t[i].inside && k < p->m->n_words && i > 0 && !comma(p, k) &&
		    nominal(p, k) && is(p, i - 1, IS_POSSESSIVE | IS_DETERMINER | IS_DROP))
			p->t[i].is = IS_DROP;
		if (is(p, i, IS_SUBORDINATOR) && p->t[i].e->to && !link && k > i + 1)
			p->t[i].is |= IS_TIME;
		if (!is(p, i, IS_SUBORDINATOR) || !is(p, i, IS_DROP | IS_TIME))
			continue;
		for (int j = i; j < k; j++)
			p->t[j].is &= ~(uint32_t)(link ? IS_DROP | IS_HABIT | IS_TIME : IS_SUBORDINATOR);
	}
}

static bool soft(const struct parse *p, int i)
{
	return is(p, i, SOFT) || emoji(p, i);
}

/* "he no say hello": so do learners deny a verb. */
static bool denies_as_learner(struct parse *p, int i, int b)
{
	return p->g->learner_negation.n && sv_eq(p->m->words[i].text, p->g->learner_negation) && i + 1 < b && !comma(p, i)
	    && !comma(p, i + 1) && p->t[i + 1].verb >= 0 && forms(p, i + 1, FINITE) == 1 << VERB_BASE;
}

/* Past adverbs, notes of habit and negations, which it reports. */
static int skip_soft(struct parse *p, int i, int b, struct group *g)
{
	for (; i < b; i = p->t[i].unit) {
		if (is(p, i, IS_DETERMINER) && i > 0 && (is(p, i - 1, IS_CONJUNCTION) ||
		    (is(p, i, IS_NEGATION) && is(p, i - 1, IS_AUX))))
			break;                  /* "there was | not one fuse", "and | no comments" */
		if ((is(p, i, IS_NEGATION) && !quoted(p, i)) || denies_as_learner(p, i, b)) {
			g->neg = i;
			continue;
		}
		if (!soft(p, i) || forms(p, i, FINITE))
			break;
		g->habit |= is(p, i, IS_HABIT);
	}
	return i;
}

/* ---- noun phrases ----------------------------------------------------------- */

static bool nominal(struct parse *p, int i)
{
	return !is(p, i, CLOSED | IS_PREPOSITION | IS_ADVERB) && !emoji(p, i);
}

static bool aux_starts(const struct parse *p, int i);

static bool verb_follows(struct parse *p, int i, int b)
{
	struct group g = { .neg = -1 };

	i = skip_soft(p, i, b, &g);
	return i < b && (aux_starts(p, i) || forms(p, i, 1 << VERB_PAST | 1 << VERB_THIRD));
}

/* "my boss give me", "the teacher shout at him": the ending is left out. */
static bool ending_left_out(struct parse *p, int who, int i, int b)
{
	int next = i + 1;

	return is(p, who, IS_PERSON | IS_AGENT) && !apostrophe(p, who) && p->t[i].verb >= 0 && next < b && !comma(p, next)
	    && is(p, next, IS_OBJECT | IS_POSSESSIVE | IS_DETERMINER | IS_PREPOSITION | IS_INFINITIVE | IS_HABIT)
	    && !verb_follows(p, next, b);
}

/* A word of verb shape ends a noun phrase that can be a subject. */
static bool breaks_phrase(struct parse *p, int first, int i, int b)
{
	unsigned f = forms(p, i, FINITE);
	int k = i - 1;
	bool many;

	while (k > first && is(p, k, IS_DROP | IS_HABIT))
		k--;
	many = p->t[k].e->person == PERSON_MANY;

	if (apostrophe(p, i - 1) && forms(p, i, 1 << VERB_ING | 1 << VERB_PARTICIPLE))
		return true;
	if (!f || is(p, i - 1, IS_DETERMINER | IS_POSSESSIVE))
		return false;
	if (f & 1 << VERB_PAST)
		return true;
	if (f & 1 << VERB_THIRD)
		return !verb_follows(p, i + 1, b) || (i + 1 < b && !aux_starts(p, i + 1) && (is(p, k, IS_PERSON) ||
		    (p->t[i].verb >= 0 && p->t[i + 1].verb < 0 && !is(p, i + 1, ~0u))));
			/* "my partner makes plans"; "posts videos": the known one */
	return many || (is(p, first, IS_PERSON) && k + 1 == p->t[first].unit) || ending_left_out(p, k, i, b);
}

static int phrase_end(struct parse *p, int i, int b, bool subject)
{
	int j = i;

	while (j < b && is(p, j, IS_DETERMINER | IS_POSSESSIVE | IS_NUMBER | IS_DROP) &&
	    (!is(p, j, IS_NEGATION) || is(p, j, IS_DETERMINER)) &&
	    !(j > i && comma(p, j)))
		j = p->t[j].unit;
	while (j < b && (nominal(p, j) || (is(p, j, IS_DROP) && j + 1 < b && nominal(p, j + 1)))) {
		if (j > i && (comma(p, j) || (subject && breaks_phrase(p, i, j, b))))
			break;
		j = p->t[j].unit;
	}
	while (j > i && is(p, j - 1, IS_DROP))
		j--;
	return j;
}

static bool ends_like(const struct grammar *g, struct sv w)
{
	for (size_t i = 0; i < g->n_agent_endings; i++) {
		struct sv e = g->agent_endings[i];

		if (w.n > e.n + 2 && sv_eq(sv_sub(w, w.n - e.n, w.n), e))
			return true;
	}
	return false;
}

/* Does this noun phrase name somebody who can act? */
static bool acts(const struct parse *p, struct span s)
{
	int last = s.last - 1;
	struct sv w = p->m->words[last].text;
	unsigned capital = WORD_CAPITAL | WORD_SENTENCE;

	if (is(p, last, IS_PERSON | IS_AGENT))
		return true;
	for (int i = s.first; i < last; i++)
		if (apostrophe(p, i))
			return is(p, i, IS_PERSON);     /* what is theirs acts for them */
	if (ends_like(p->g, w))
		return true;
	for (int i = s.first; i < s.last; i = p->t[i].unit)
		if (is(p, i, IS_PERSON | IS_AGENT) && !apostrophe(p, p->t[i].unit - 1))
			return true;            /* the last: "the guy downstairs" */
	return (!p->loud && (p->m->words[last].flags & capital) == WORD_CAPITAL) ||
	    (span_length(s) == 1 && !is(p, last, CLOSED) && !lexicon_knows(p->g->lx, p->g->locale, w));
}

/* "your always late": a pronoun with its auxiliary, or a possessive after all? */
static bool fuses(struct parse *p, int i, int b)
{
	int k = i + 1;

	if (!p->t[i].e->fused->role || k >= b || comma(p, k))
		return false;
	if (!p->t[i].e->weak)
		return true;
	if (is(p, k, IS_DETERMINER) && verb_follows(p, phrase_end(p, k, b, true), b))
		return false;                   /* "your other friends are" */
	return is(p, k, IS_HABIT | IS_NEGATION | IS_DETERMINER | IS_STATE | IS_EXCLAIM | IS_PREPOSITION) &&
	    !is(p, k, IS_POSSESSIVE);
}

/* "nobody in this house", "someone from the office": its end. */
static int among(struct parse *p, int i, int b)
{
	int k = p->t[i].unit, end;

	if (k >= b || !is(p, k, IS_PREPOSITION) || comma(p, k) || p->t[k].unit >= b)
		return k;
	end = phrase_end(p, p->t[k].unit, b, true);
	return end > p->t[k].unit && end < b && verb_follows(p, end, b) ? end : k;
}

/* "my husband and his brother laughed": both of them. */
static void join_subject(struct parse *p, struct doer *s, int b)
{
	int k = s->words.last, end;

	if (k + 1 >= b || !is(p, k, IS_CONJUNCTION) || comma(p, k) || !is(p, k - 1, IS_PERSON))
		return;
	if (is(p, k + 1, IS_SUBJECT) && p->t[k + 1].e->who == SUBJECT_SELF) {
		s->words.last = k + 2;          /* "my husband and I" */
		s->who = SUBJECT_WE;
		s->person = PERSON_MANY;
		return;
	}
	if (!is(p, k + 1, IS_POSSESSIVE | IS_PERSON | IS_DETERMINER))
		return;
	end = phrase_end(p, k + 1, b, true);
	if (end <= k + 1 || !acts(p, (struct span){ k + 1, end }) || !verb_follows(p, end, b))
		return;
	s->words.last = end;
	s->person = PERSON_MANY;
}

static bool subject_at(struct parse *p, int i, int b, struct doer *s)
{
	int j;

	*s = (struct doer){ .words = { i, i + 1 } };
	if (i >= b || quoted(p, i))
		return false;
	if (p->t[i].e->fused && fuses(p, i, b)) {
		s->who = p->t[i].e->who;
		s->person = p->t[i].e->person;
		s->pronoun = true;
		return true;
	}
	if (is(p, i, IS_OBJECT) && !is(p, i, IS_SUBJECT) && mark_of(p, p->g->self, i) && i + 2 < b &&
	    is(p, i + 1, IS_CONJUNCTION) && !comma(p, i + 1)) {
		j = phrase_end(p, i + 2, b, true);
		s->words.last = j;              /* "me and my husband" */
		s->who = SUBJECT_WE;
		s->person = PERSON_MANY;
		return j > i + 2 && acts(p, (struct span){ i + 2, j }) && verb_follows(p, j, b);
	}
	if (is(p, i, IS_SUBJECT)) {
		s->words.last = is(p, i, IS_SOMEONE) ? among(p, i, b) : p->t[i].unit;
		s->who = p->t[i].e->who;
		s->person = p->t[i].e->person;
		s->pronoun = true;
		return true;
	}
	if (!is(p, i, IS_DETERMINER | IS_POSSESSIVE | IS_PERSON | IS_NUMBER) &&
	    !(p->m->words[i].flags & WORD_CAPITAL && !p->loud) && forms(p, i, 1 << VERB_PAST | 1 << VERB_THIRD))
		return false;
	j = phrase_end(p, i, b, true);
	if (j == i || is(p, j - 1, IS_DETERMINER | IS_POSSESSIVE | IS_DROP))
		return false;
	s->words.last = j;
	s->who = acts(p, s->words) && !(is(p, i, IS_NEGATION) && !is(p, j - 1, IS_PERSON)) ? SUBJECT_OTHER :
	    SUBJECT_THING;                      /* "not one person": no one is meant */
	s->person = p->t[j - 1].e->person == PERSON_MANY ? PERSON_MANY : PERSON_ONE;
	if (s->who == SUBJECT_OTHER)
		join_subject(p, s, b);
	return true;
}

/* "like an idiot" says no fact, unless something looks like it. */
static void drop_similes(struct parse *p)
{
	for (int i = 1; i < p->m->n_words; i = p->t[i].unit) {
		int end;

		if (!p->t[i].e->simile || p->t[i].inside || forms(p, i - 1, ~0u) || quoted(p, i))
			continue;
		end = p->m->n_words - i > LONGEST ? i + LONGEST : p->m->n_words;
		end = phrase_end(p, p->t[i].unit, end, false);
		for (int k = i; k < end; k++) {
			p->t[k].is = IS_DROP;
			p->t[k].verb = -1;
		}
	}
}

/* ---- verb groups ------------------------------------------------------------ */

static struct sv verb_base(const struct parse *p, int i)
{
	const struct token *t = &p->t[i];

	if (t->verb >= 0)
		return lexicon_verb_form(p->g->lx, p->g->locale, t->verb, VERB_BASE);
	return t->base.n ? t->base : p->m->words[i].text;
}

static struct sv verb_kind(const struct parse *p, int i)
{
	int row = i < 0 ? -1 : p->t[i].verb;

	return row < 0 ? SV("") : lexicon_verb_kind(p->g->lx, p->g->locale, row);
}

static bool aux_form(const struct parse *p, int i, int b, int role, int form)
{
	return i < b && is(p, i, IS_AUX) && p->t[i].e->role == role &&
	    sv_eq(p->m->words[i].text, p->g->role_forms[role][form]);
}

static int read_copula(struct parse *p, struct group *g, int at, int i, int b);

/* Said of what should be or is not: "you should stop V-ing", "he won't stop V-ing". */
static bool unwanted(const struct group *g)
{
	return g->turn || g->deny || g->neg >= 0 || (g->modal && g->modal->turn);
}

/* "keep V-ing", "have to V": the verb that counts is further on. */
static int lift(struct parse *p, struct group *g, int b, bool command)
{
	for (size_t k = 0; k < p->g->n_lifts; k++) {
		const struct lift *f = &p->g->lifts[k];
		struct group note = { .neg = -1 };
		int i = g->head + 1;

		if ((f->command && !command && !unwanted(g)) || !sv_eq(verb_base(p, g->head), f->verb))
			continue;
		while (i < b && is(p, i, IS_PARTICLE))
			i++;
		i = skip_soft(p, i, b, &note);
		if (i < b && is(p, i, IS_INFINITIVE) && sv_eq(p->m->words[i].text, f->next))
			i = skip_soft(p, i + 1, b, &note);
		else if (sv_eq(f->next, p->g->infinitive))
			continue;
		if (i >= b || !(sv_eq(f->next, p->g->infinitive) ? base_at(p, i) :
		    forms(p, i, 1u << VERB_ING) != 0))
			continue;
		g->lifted = g->lifted < 0 ? g->head : g->lifted;
		g->head = i;
		g->passive = false;             /* "couldn't be bothered to come" */
		g->habit |= f->habit;
		g->turn ^= f->turn ^ (note.neg >= 0) ^ (f->command && !command);
		g->copula = aux_form(p, i, b, ROLE_COPULA, VERB_BASE) ||
		    aux_form(p, i, b, ROLE_COPULA, VERB_ING);
		return 1 + lift(p, g, b, false);
	}
	return 0;
}

static int close_group(struct parse *p, struct group *g, int b)
{
	if (is(p, g->head, IS_AUX) && p->t[g->head].e->role == ROLE_COPULA)
		g->copula = true;
	lift(p, g, b, false);
	if (p->t[g->head].e->undergoes && !g->progressive && g->head + 1 < b && !comma(p, g->head + 1) &&
	    g->who == SUBJECT_THING && forms(p, g->head + 1, 1 << VERB_PARTICIPLE)) {
		g->passive = true;              /* "it never got paid" */
		g->support = g->copula = false;
		g->head++;
	}
	g->words.last = g->head + 1;
	while (g->words.last < b && is(p, g->words.last, IS_NEGATION) && g->neg >= g->words.last)
		g->words.last = p->t[g->words.last].unit;
	return g->words.last;
}

/* After "is/are ... been": V-ing, a participle, or the copula itself. */
static int read_copula(struct parse *p, struct group *g, int at, int i, int b)
{
	i = skip_soft(p, i, b, g);
	if (i < b && is(p, i, IS_STATE) && p->t[i].unit < b) {
		const struct entry *e = p->t[i].e;
		int k = skip_soft(p, p->t[i].unit, b, g);

		if (k < b && forms(p, k, 1 << VERB_BASE)) {
			g->future = e->tense == TENSE_FUTURE;
			g->turn ^= e->turn;
			g->head = k;
			return close_group(p, g, b);
		}
	}
	if (i + 1 < b && !comma(p, i) && p->t[i].verb >= 0 && !is(p, i, IS_NOUN | IS_STATE) && p->t[at].e->tense == TENSE_PRESENT &&
	    is(p, i + 1, IS_OBJECT | IS_POSSESSIVE) && !comma(p, i + 1) && forms(p, i, ~0u) == 1 << VERB_BASE) {
		g->support = true;              /* "he is not introduce me" */
		g->head = i;
		return close_group(p, g, b);
	}
	if (i < b && !comma(p, i)) {
		unsigned f = forms(p, i, 1 << VERB_ING | 1 << VERB_PARTICIPLE);

		if (is(p, i - 1, IS_FILLER) && is(p, i - 1, IS_PREPOSITION))
			f = 0;                  /* "like talking to a wall" */
		g->progressive = (f & 1 << VERB_ING) != 0;
		g->passive = !g->progressive && f;
		if (f) {
			g->head = i;
			return close_group(p, g, b);
		}
	}
	g->copula = true;
	g->head = at;
	return close_group(p, g, b);
}

/* "he's" is read as "he is" first; with an object behind it, it was "has". */
static const struct entry *second_reading(struct parse *p, const struct entry *e, int at, int i, int b)
{
	const struct grammar *g = p->g;
	bool joined = (p->m->words[at].flags & WORD_JOINED) || apostrophe(p, at) ||
	    (at + 1 < b && is(p, at + 1, IS_NEGATION) && p->m->words[at + 1].flags & WORD_JOINED);

	if (!joined || i >= b)
		return e;
	if (e->role == ROLE_COPULA && e->tense == TENSE_PRESENT && (aux_form(p, i, b, ROLE_COPULA, VERB_PARTICIPLE) ||
	    (forms(p, i, 1 << VERB_PARTICIPLE) && i + 1 < b && !comma(p, i + 1) &&
	    (is(p, i + 1, IS_DETERMINER | IS_POSSESSIVE | IS_OBJECT | IS_NUMBER | IS_PARTICLE | IS_PERSON) ||
	    (is(p, i + 1, IS_INFINITIVE) && !is(p, i, ~0u) && grammar_kind_in(g->inner, g->n_inner, verb_kind(p, i)))))))
		return grammar_word(g, g->agree[ROLE_PERFECT][PERSON_ONE][0]);
	if (e->role == ROLE_MODAL && forms(p, i, 1 << VERB_PARTICIPLE) && !forms(p, i, 1 << VERB_BASE))
		return grammar_word(g, g->agree[ROLE_PERFECT][PERSON_ONE][1]);
	return e;
}

/* "has not once, in eleven years, refilled it": a time between commas is passed over. */
static int skip_aside(struct parse *p, int i, int b)
{
	int k = i;

	if (i >= b || !comma(p, i))
		return i;
	if (is(p, k, IS_PREPOSITION) && !is(p, k, IS_TIME) && p->t[k].unit < b)
		k = phrase_end(p, p->t[k].unit, b, false);
	while (k < b && is(p, k, IS_TIME | IS_NUMBER) && (k == i || !comma(p, k)))
		k = p->t[k].unit;
	return k > i && k < b && comma(p, k) && forms(p, k, 1 << VERB_PARTICIPLE) ? k : i;
}

/* The rest of a group whose first auxiliary is at `at`; i is where to go on
 * (after the subject of a question).  -1: it makes no group. */
static int read_after_aux(struct parse *p, struct group *g, int at, int i, int b,
    const struct entry *e)
{
	if (!e)
		e = p->t[at].e;
	e = second_reading(p, e, at, skip_soft(p, i, b, g), b);
	if (e->no)
		g->neg = at;
	g->words.first = at;
	g->head = at;
	g->tense = e->tense ? e->tense : TENSE_PRESENT;
	i = skip_soft(p, i, b, g);
	if (e->role == ROLE_COPULA)
		return read_copula(p, g, at, i, b);
	if (e->role == ROLE_MODAL)
		g->modal = e;
	if (e->role == ROLE_MODAL && (aux_form(p, i, b, ROLE_PERFECT, VERB_BASE) ||
	    (i < b && p->t[i].e->have))) {
		int k = skip_soft(p, i + 1, b, g);

		if (k < b && (forms(p, k, 1 << VERB_PARTICIPLE | 1 << VERB_PAST) ||
		    aux_form(p, k, b, ROLE_COPULA, VERB_PARTICIPLE))) {
			g->perfect = true;
			i = k;
		}
	}
	i = skip_aside(p, i, b);
	if (aux_form(p, i, b, ROLE_COPULA, e->role == ROLE_MODAL && !g->perfect ?
	    VERB_BASE : VERB_PARTICIPLE)) {
		g->perfect |= e->role == ROLE_PERFECT;
		return read_copula(p, g, i, i + 1, b);
	}
	if (i < b && !(comma(p, i) && !soft(p, i - 1) && !is(p, i - 1, IS_TIME))) {
		unsigned want = e->role == ROLE_PERFECT || g->perfect ?
		    1 << VERB_PARTICIPLE | 1 << VERB_PAST : 1 << VERB_BASE;

		if (forms(p, i, want) || (e->role == ROLE_SUPPORT && base_at(p, i))) {
			g->perfect |= e->role == ROLE_PERFECT;
			g->support = e->role == ROLE_SUPPORT;
			g->head = i;
			return close_group(p, g, b);
		}
	}
	if (e->role == ROLE_MODAL)
		return -1;
	return close_group(p, g, b);        /* the main verbs "have", "do" */
}

static bool agrees(const struct doer *s, unsigned f)
{
	if (f & 1 << VERB_PAST)
		return true;
	if ((s->pronoun && s->who != SUBJECT_THING) || s->who == SUBJECT_OTHER)
		return true;
	if (s->pronoun && s->person != PERSON_MANY)
		return true;                    /* the others: "those | headphones" */
	return s->person == PERSON_MANY ? (f & 1 << VERB_BASE) != 0 : (f & 1 << VERB_THIRD) != 0;
}

static bool aux_starts(const struct parse *p, int i)
{
	const struct entry *e = p->t[i].e;

	if (!is(p, i, IS_AUX) || p->t[i].inside)
		return false;
	if (e->role == ROLE_MODAL)
		return true;
	return e->tense == TENSE_PRESENT || e->tense == TENSE_PAST;
}

/* The auxiliary that a subject carries within: "ill", "my husband's". */
static const struct entry *carried(struct parse *p, const struct doer *s, int i, int b)
{
	int last = s->words.last - 1;
	const struct entry *e = last >= 0 ? p->t[last].e : &p->g->plain;

	if (span_empty(s->words) || last + 1 != i)
		return NULL;
	if (e->fused && s->pronoun)
		return e->fused;
	if (!apostrophe(p, last) || i >= b || comma(p, i))
		return NULL;
	if (is(p, i, IS_DETERMINER | IS_EXCLAIM | IS_PREPOSITION | IS_NEGATION | IS_STATE | IS_ADVERB) ||
	    is(p, i, IS_DROP) || forms(p, i, 1 << VERB_ING | 1 << VERB_PARTICIPLE))
		return grammar_word(p->g, p->g->agree[ROLE_COPULA][PERSON_ONE][0]);
	return NULL;
}

/* Is this auxiliary a form of the plural that no singular has? */
static bool said_of_many(const struct parse *p, int i)
{
	const struct entry *e = p->t[i].e;
	const struct sv (*forms)[2] = p->g->agree[e->role];
	bool past = e->tense == TENSE_PAST;

	return e->role != ROLE_MODAL && sv_eq(p->m->words[i].text, forms[PERSON_MANY][past]) &&
	    !sv_eq(forms[PERSON_MANY][past], forms[PERSON_ONE][past]);
}

/* "she fake cried", "he like ignores me": the verb is the next word. */
static bool leads_verb(struct parse *p, const struct doer *s, int i, unsigned f)
{
	unsigned next = forms(p, i + 1, FINITE);

	if (is(p, i, IS_FILLER) && is(p, i, IS_PREPOSITION))
		return (next & (1 << VERB_PAST | 1 << VERB_THIRD)) != 0 && !(next & 1 << VERB_BASE);
	if (f)
		return f == 1 << VERB_BASE && s->person == PERSON_ONE && (next & 1 << VERB_PAST) != 0 &&
		    !(next & 1 << VERB_BASE);
	return p->m->words[i].text.n > 2 && nominal(p, i) && (next & 1 << VERB_PAST) != 0 && !forms(p, i, ~0u);
}

/* A finite group for this subject, from i on; its end, or -1. */
static int read_group(struct parse *p, int i, int b, const struct doer *s, struct group *g)
{
	const struct entry *within = carried(p, s, i, b);
	unsigned f;

	*g = (struct group){ .neg = -1, .lifted = -1, .lead = -1, .subject = s->words,
		.who = s->who, .person = s->person };
	g->words.first = i;
	if (within) {
		int end = read_after_aux(p, g, s->words.last - 1, i, b, within);

		g->words.first = s->words.last;
		return end;
	}
	i = skip_soft(p, i, b, g);
	if (i >= b || (comma(p, i) && i == s->words.last))
		return -1;
	if (aux_starts(p, i)) {
		int end = read_after_aux(p, g, i, p->t[i].unit, b, NULL);

		if (s->who == SUBJECT_THING && said_of_many(p, i))
			g->person = PERSON_MANY;        /* "my exercises are" */
		if (g->words.first == i && g->neg >= 0 && g->neg < i)
			g->words.first = g->neg;
		return end;
	}
	f = forms(p, i, FINITE);
	if (s->pronoun && s->who != SUBJECT_THING && i + 1 < b && !comma(p, i + 1) && !is(p, i + 1, CLOSED | IS_NOUN) &&
	    leads_verb(p, s, i, f)) {
		p->t[i].is |= is(p, i, IS_FILLER) || f ? IS_DROP : IS_ADVERB;
		f = forms(p, ++i, FINITE);
	}
	if (!f && s->pronoun && !is(p, s->words.first, IS_STATE))
		f = forms(p, i, 1 << VERB_ING | 1 << VERB_PARTICIPLE);
	if (!f && s->pronoun && s->who != SUBJECT_THING && i + 1 < b && !comma(p, i + 1) &&
	    is(p, i + 1, IS_OBJECT | IS_POSSESSIVE | IS_DETERMINER) && base_at(p, i))
		f = 1 << VERB_BASE;
	if (!f || !agrees(s, f) || (is(p, i, IS_PREPOSITION) && !s->pronoun))
		return -1;
	g->progressive = f == 1 << VERB_ING;
	g->tense = f & (1 << VERB_PAST | 1 << VERB_PARTICIPLE) && !(f & 1 << VERB_BASE) ?
	    TENSE_PAST : TENSE_PRESENT;
	if ((f & 1 << VERB_BASE) && (f & 1 << VERB_PAST) && !s->pronoun && s->person == PERSON_ONE)
		g->tense = TENSE_PAST;          /* "my mum put" */
	if ((f & 1 << VERB_BASE) && (f & 1 << VERB_PAST) && s->pronoun && s->person == PERSON_ONE)
		g->tense = TENSE_PAST;
	g->head = i;
	return close_group(p, g, b);
}

static bool plain_negation(const struct parse *p, int i)
{
	return i < 0 || p->t[i].e->no || sv_eq(p->m->words[i].text, p->g->negation)
	    || sv_eq(p->m->words[i].text, p->g->learner_negation);
}

static int push_group(struct parse *p, const struct group *g)
{
	int n = p->n_groups;

	if (n == p->cap_groups) {
		int cap = n ? 2 * n : 8;
		struct group *more = ARENA_ARRAY(p->m->arena, struct group, cap);

		if (n)
			memcpy(more, p->groups, (size_t)n * sizeof *more);
		p->groups = more;
		p->cap_groups = cap;
	}
	p->groups[n] = *g;
	p->groups[n].habit |= !plain_negation(p, g->neg);
	for (int i = g->words.first; i < g->words.last; i++)
		if (!(i >= g->subject.first && i < g->subject.last))
			p->t[i].group = (int16_t)n;
	p->n_groups++;
	return n;
}

/* ---- clauses ----------------------------------------------------------------- */

static int push_clause(struct parse *p, const struct clause *c)
{
	struct reading *r = p->r;

	if (r->n_clauses == p->cap_clauses) {
		int cap = p->cap_clauses ? 2 * p->cap_clauses : 8;
		struct clause *more = ARENA_ARRAY(p->m->arena, struct clause, cap);

		if (r->n_clauses)
			memcpy(more, r->clauses, (size_t)r->n_clauses * sizeof *more);
		r->clauses = more;
		p->cap_clauses = cap;
	}
	r->clauses[r->n_clauses] = *c;
	return r->n_clauses++;
}

static int read_clause(struct parse *p, int i, int b, enum link link, int lead);

/* "at the pool you ...": a phrase before its clause; its end, or i. */
static int fronted_phrase(struct parse *p, int i, int b)
{
	int k;

	if (i >= b || !is(p, i, IS_PREPOSITION) || p->t[i].unit >= b)
		return i;
	k = phrase_end(p, p->t[i].unit, b, true);
	return k > p->t[i].unit && k < b ? k : i;
}

/* A subject and its verb at i, fronted words passed over. */
static bool clause_at(struct parse *p, int i, int b, struct doer *s, struct group *g)
{
	int k;

	while (i < b && (soft(p, i) || is(p, i, IS_TIME)) && !is(p, i, IS_SUBJECT))
		i = p->t[i].unit;
	k = fronted_phrase(p, i, b);
	if (k > i && is(p, k, IS_SUBJECT) && !is(p, k, IS_RELATIVE))
		i = k;
	return subject_at(p, i, b, s) && read_group(p, s->words.last, b, s, g) >= 0;
}

static bool question_at(struct parse *p, int i, int b)
{
	struct doer s;
	int k = i;

	while (k < b && (is(p, k, IS_QUESTION) || soft(p, k)))
		k = p->t[k].unit;
	if (k >= b || !aux_starts(p, k))
		return false;
	k = p->t[k].unit;
	while (k < b && (is(p, k, IS_NEGATION) || soft(p, k)))
		k = p->t[k].unit;
	return subject_at(p, k, b, &s) && s.pronoun && s.who != SUBJECT_THING;
}

/* "not once has she ...", as in a question. */
static bool inverted_at(struct parse *p, int i, int b)
{
	return i < b && is(p, i, IS_NEGATION) && !is(p, i, IS_AUX) && question_at(p, p->t[i].unit, b);
}

static bool kind_apart(const struct parse *p, const struct group *g)
{
	return grammar_kind_in(p->g->apart, p->g->n_apart, verb_kind(p, g->head)) || g->copula;
}

static bool takes_clause(const struct parse *p, const struct group *g)
{
	return grammar_kind_in(p->g->inner, p->g->n_inner, verb_kind(p, g->head));
}

/* "i forgot it and want to make it right": what somebody wants or feels now, after a deed. */
static bool now_after(const struct parse *p, const struct group *a, const struct group *g, unsigned f)
{
	return a->tense == TENSE_PAST && (a->who == SUBJECT_SELF || a->who == SUBJECT_WE) && takes_clause(p, g)
	    && (f & (1 << VERB_BASE | 1 << VERB_PAST)) == 1 << VERB_BASE;
}

/* May these two verbs share subject and auxiliaries?  A finite form stands on
 * its own; a base form, "-ing" and participle lean on the first verb's. */
static bool coordinates(struct parse *p, const struct group *a, int head, struct group *g)
{
	unsigned f = forms(p, head, ~0u);

	if (f == 1 << VERB_THIRD && (a->who == SUBJECT_SELF || a->who == SUBJECT_WE || a->who == SUBJECT_ADDRESSEE))
		return false;                   /* "washes what I washed and | sighs" */
	if (f & 1 << VERB_THIRD)
		return a->who != SUBJECT_THING || a->person != PERSON_MANY || f != 1 << VERB_THIRD;
	if (f & 1 << VERB_BASE && (a->support || a->modal || a->implied || a->lifted >= 0) &&
	    !(f & 1 << VERB_PAST && a->tense == TENSE_PAST)) {
		g->bare = true;
		return true;
	}
	if (f & 1 << VERB_PAST)
		return true;
	if (f & 1 << VERB_ING)
		return a->progressive && a->lifted < 0;
	if (f & 1 << VERB_PARTICIPLE)
		return a->perfect || a->passive;
	if (now_after(p, a, g, f))
		return true;
	return (f & 1 << VERB_BASE) && a->tense == TENSE_PRESENT && !a->perfect && !a->passive &&
	    !a->progressive;
}

/* A verb without subject at i that goes on from group lead. */
static int shared_group(struct parse *p, int i, int b, int lead, struct group *g)
{
	const struct group *a = &p->groups[lead];
	struct doer s = { a->subject, a->who, a->person, true };
	int end;

	if (i >= b)
		return -1;
	*g = (struct group){ .neg = -1 };
	end = read_group(p, i, b, &s, g);
	if (end < 0)
		return -1;
	g->lead = lead;
	if (aux_starts(p, skip_soft(p, i, b, &(struct group){ .neg = -1 })))
		return end;
	if (!coordinates(p, a, g->lifted >= 0 ? g->lifted : g->head, g))
		return -1;
	if (forms(p, g->head, 1 << VERB_PAST) && !g->bare && !forms(p, g->head, 1 << VERB_BASE))
		g->tense = TENSE_PAST;
	if (a->tense == TENSE_PAST && !g->bare && !(forms(p, g->head, ~0u) & 1 << VERB_THIRD) &&
	    !now_after(p, a, g, forms(p, g->head, ~0u)))
		g->tense = TENSE_PAST;
	g->progressive = a->progressive && a->lifted < 0 && forms(p, g->head, 1 << VERB_ING);
	return end;
}

/* What follows a comma is a verdict, a vocative or an afterthought. */
static bool afterthought(struct parse *p, int i, int b)
{
	int n = 0;

	if (is(p, i, IS_EXCLAIM | IS_FILLER) || emoji(p, i))
		return true;
	if (is(p, i, IS_ADVERB) && !is(p, i, IS_PARTICLE | IS_TIME) && i + 2 == b && !is(p, i + 1, ~0u) &&
	    !forms(p, i + 1, ~0u))
		return true;                    /* "usually wrong" */
	if (is(p, i, IS_PREPOSITION | IS_TIME | IS_CONJUNCTION | IS_NUMBER | IS_PARTICLE | IS_ADVERB) ||
	    quoted(p, i) || forms(p, i, 1 << VERB_ING))
		return false;
	for (int k = i; k < b; k++, n++)
		if (k > i && (comma(p, k) || is(p, k, IS_CONJUNCTION)))
			return false;
	return true;
}

static int skip_conjunctions(const struct parse *p, int i, int b)
{
	while (i < b && (is(p, i, IS_CONJUNCTION) || (soft(p, i) && !is(p, i, IS_DETERMINER))))
		i = p->t[i].unit;
	return i;
}

/* "... and I slept in my coat": what came of it stays with it. */
static bool consequence(const struct parse *p, const struct group *a, const struct doer *s,
    const struct group *g, int i)
{
	return !comma(p, i) && !a->implied && !g->progressive && a->who != SUBJECT_SELF &&
	    (s->who == SUBJECT_SELF || s->who == SUBJECT_WE) && !kind_apart(p, g) &&
	    !kind_apart(p, a) && a->tense == g->tense && !g->modal && p->depth == 1;
}

/* What is known before the verb is found. */
struct front {
	struct doer subject;
	struct span time;
	const struct entry *opener;
	int first, wh;
	int neg;                /* "not once have you ...", -1 */
	bool has_subject;
	bool condition;         /* "if it goes on, ...": what follows has not happened */
};

static int build(struct parse *p, struct front *f, struct group *g, int from, int b,
    enum mood mood, enum link link);

enum step { STEP_END, STEP_ON };

/* At a conjunction: a new clause, the same subject again, or just a list. */
static enum step at_conjunction(struct parse *p, int *i, int b, int lead)
{
	struct doer s;
	struct group g;
	int k = skip_conjunctions(p, *i, b), end;

	if (k >= b)
		return STEP_END;
	if (clause_at(p, k, b, &s, &g)) {
		if (!consequence(p, &p->groups[lead], &s, &g, *i))
			return STEP_END;
		*i = read_clause(p, k, b, LINK_JOINED, -1);
		return STEP_ON;
	}
	if (question_at(p, k, b) || inverted_at(p, k, b) || (is(p, k, IS_SUBORDINATOR) && clause_at(p, p->t[k].unit, b, &s, &g)))
		return STEP_END;
	end = shared_group(p, k, b, lead, &g);
	if (end >= 0) {
		const struct group *a = &p->groups[lead];

		if (kind_apart(p, &g) != kind_apart(p, a))
			return STEP_END;
		if (p->depth > 1 && !g.copula && (a->copula || (a->who == SUBJECT_THING && a->passive)))
			return STEP_END;        /* "screams when she's hungry and then sulks" */
		g.clause = p->groups[lead].clause;
		push_group(p, &g);
		*i = end;
		return STEP_ON;
	}
	if (forms(p, k, 1 << VERB_PAST | 1 << VERB_THIRD) && p->depth > 1)
		return STEP_END;
	if (forms(p, k, FINITE) == 1 << VERB_THIRD && p->t[k].verb >= 0 && p->groups[lead].who == SUBJECT_SELF &&
	    k + 1 < b && is(p, k + 1, IS_OBJECT | IS_POSSESSIVE | IS_DETERMINER | IS_PREPOSITION))
		return STEP_END;                /* "I'm allergic and | wears it": somebody before */
	if (comma(p, *i) && is(p, *i, IS_EXCLAIM))
		return STEP_END;                /* ", so thoughtless" */
	*i = k;
	return STEP_ON;
}

static enum step at_subordinator(struct parse *p, int *i, int b, bool straight)
{
	int k = p->t[*i].unit;
	struct doer s;
	struct group g;

	int first = *i;

	if (!clause_at(p, k, b, &s, &g)) {
		*i = k;
		return STEP_ON;
	}
	*i = read_clause(p, k, b, p->t[first].e->link, -1);
	if (p->t[first].e->link == LINK_THAT && !straight && !is(p, first, IS_RELATIVE))
		for (k = first; k < *i; k++)
			p->t[k].is = IS_DROP;   /* "like I'm a child" */
	return STEP_ON;
}

static bool elided(struct parse *p, int i, int b, int lead)
{
	struct group g;
	int k = i;

	while (k < b && soft(p, k))
		k = p->t[k].unit;
	return k < b && forms(p, k, 1 << VERB_PAST | 1 << VERB_THIRD) && !is(p, k, IS_PREPOSITION) &&
	    shared_group(p, k, b, lead, &g) >= 0;
}

/* Where the words end that may stand between a verb and its clause. */
static int object_end(struct parse *p, int i, int b)
{
	if (i < b && is(p, i, IS_OBJECT | IS_REFLEXIVE) && !(is(p, i, IS_POSSESSIVE) && i + 1 < b &&
	    nominal(p, i + 1)))
		return i + 1;
	if (i < b && is(p, i, IS_SOMEONE) && !is(p, i, IS_QUESTION | IS_RELATIVE)) {
		int k = p->t[i].unit;           /* "tells everyone", "... at the wake" */

		if (k + 1 < b && is(p, k, IS_PREPOSITION) && !comma(p, k))
			return phrase_end(p, p->t[k].unit, b, false);
		return k;
	}
	return phrase_end(p, i, b, false);
}

/* "left and told people I ...": the verb whose object ends at i, of those that share
 * the subject of lead; else lead itself. */
static const struct group *verb_before(struct parse *p, int i, int b, int lead)
{
	const struct group *g = &p->groups[p->n_groups - 1];

	return g->lead == lead && g->words.last <= i && object_end(p, g->words.last, b) == i ? g :
	    &p->groups[lead];
}

/* "the guy I like", "the guy I told her I like": the verb lacks what stands before. */
static bool lacks_object(struct parse *p, const struct group *g, int b)
{
	int end = object_end(p, g->words.last, b);
	struct doer s;
	struct group inner;

	if (end > g->words.last && end + 1 < b && is(p, end, IS_PREPOSITION) && verb_follows(p, end + 1, b))
		return true;                    /* "the guy I share a desk with | hums" */
	return end == g->words.last || (takes_clause(p, g) && clause_at(p, end, b, &s, &inner) && s.pronoun &&
	    object_end(p, inner.words.last, b) == inner.words.last);
}

static bool bracket(const struct parse *p, int i)
{
	uint32_t at = p->m->words[i].begin;

	return at > 0 && p->m->raw.p[at - 1] == '(';
}

static enum step at_comma(struct parse *p, int *i, int b, int lead)
{
	struct doer s;
	struct group g;

	if (is(p, *i, IS_SUBORDINATOR) && !kind_apart(p, &p->groups[lead]) &&
	    !(is(p, *i, IS_SUBJECT) && *i + 1 < b && aux_starts(p, *i + 1)))
		return at_subordinator(p, i, b, false);
	if (is(p, *i, IS_SUBORDINATOR) && clause_at(p, p->t[*i].unit, b, &s, &g))
		return STEP_END;
	if (bracket(p, *i) || clause_at(p, *i, b, &s, &g) || question_at(p, *i, b) || inverted_at(p, *i, b) || elided(p, *i, b, lead) ||
	    afterthought(p, *i, b))
		return STEP_END;
	*i = p->t[*i].unit;
	return STEP_ON;
}

/* Does another pronoun with its verb follow? */
static bool clause_later(struct parse *p, int i, int b)
{
	struct doer s;
	struct group g;

	for (; i < b; i = p->t[i].unit)
		if (is(p, i, IS_SUBJECT) && !is(p, i, IS_RELATIVE | IS_DETERMINER) && !is(p, i - 1, IS_SUBORDINATOR |
		    IS_CONJUNCTION) && clause_at(p, i, b, &s, &g))
			return true;
	return false;
}

/* "... you greedy pig": a name for whoever is spoken to, and no more. */
static bool called_names(struct parse *p, int i, int b)
{
	int k = i + 1;

	if (p->t[i].e->who != SUBJECT_ADDRESSEE || p->t[i].e->fused || quoted(p, i) || p->t[i - 1].verb >= 0)
		return false;
	while (k < b && k < i + 5 && !comma(p, k) && (nominal(p, k) || is(p, k, IS_DROP)) && !is(p, k, IS_NUMBER | IS_TIME))
		k++;
	return k > i + 1 && (k >= b || comma(p, k) || emoji(p, k));
}

/* The end of a noun phrase that something leads: "his friends | I like", not "at parties | I". */
static bool led_noun(struct parse *p, int i)
{
	int k = i;

	if (!nominal(p, i))
		return false;
	while (k > 0 && nominal(p, k) && !comma(p, k))
		k--;
	return is(p, k, IS_DETERMINER | IS_POSSESSIVE | IS_NUMBER) || !is(p, k, IS_PREPOSITION);
}

/* A subject and verb with nothing between: complement, relative or run-on. */
static enum step at_subject(struct parse *p, int *i, int b, int lead, bool straight)
{
	const struct group *a = verb_before(p, *i, b, lead);
	struct doer s;
	struct group g;

	straight |= a != &p->groups[lead];
	if (called_names(p, *i, b) && *i > a->words.last && !is(p, *i - 1, IS_PREPOSITION))
		return STEP_END;
	if (!clause_at(p, *i, b, &s, &g) || (is(p, a->head, IS_CAUSE) && *i == a->words.last &&
	    is(p, *i, IS_OBJECT) && !aux_starts(p, s.words.last))) {
		*i = p->t[*i].unit;
		return STEP_ON;
	}
	if (p->fronting == p->depth && !p->t[a->head].e->bare && !clause_later(p, g.words.last, b))
		return STEP_END;                /* "when you shout I leave": what it is put before */
	if ((straight && takes_clause(p, a)) || (forms(p, *i - 1, ~0u) &&
	    grammar_kind_in(p->g->inner, p->g->n_inner, verb_kind(p, *i - 1)))) {
		*i = read_clause(p, *i, b, LINK_THAT, -1);
		return STEP_ON;
	}
	if (p->fronting == p->depth && (g.progressive || g.modal || g.copula))
		return STEP_END;
	if (s.pronoun && (led_noun(p, *i - 1) || p->t[*i - 1].e->who == SUBJECT_THING) &&
	    !is(p, *i - 1, IS_PARTICLE) &&
	    (s.who == SUBJECT_SELF || s.who == SUBJECT_WE || s.who == SUBJECT_ADDRESSEE) &&
	    !(s.who == a->who && g.words.last + 1 < b && is(p, g.words.last, IS_PREPOSITION | IS_PARTICLE) && !is(p, g.words.last, IS_INFINITIVE)) &&
	    lacks_object(p, &g, b)) {           /* not "you never ask about my day | you start on yours" */
		*i = read_clause(p, *i, b, LINK_WHICH, -1);
		return STEP_ON;
	}
	return s.pronoun ? STEP_END : (*i = p->t[*i].unit, STEP_ON);
}

/* "the second time my friend did it": a person and a verb right behind a noun. */
static enum step at_person(struct parse *p, int *i, int b)
{
	struct doer s;
	struct group g;

	if (p->fronting == p->depth && clause_at(p, *i, b, &s, &g))
		return STEP_END;
	if (clause_at(p, *i, b, &s, &g) && s.who == SUBJECT_OTHER && p->depth < MAX_DEPTH)
		*i = read_clause(p, *i, b, LINK_WHICH, -1);
	else
		*i = p->t[*i].unit;
	return STEP_ON;
}

/* "I'm the one who cleans", "he is a git who eats here": what is said of the
 * subject is a fact of its own. */
static bool open_cleft(struct parse *p, int *i, int b, int lead)
{
	const struct group a = p->groups[lead];
	struct doer s = { a.subject, a.who, a.person, true };
	struct front f = { .first = *i + 1, .wh = -1, .neg = -1 };
	struct group g;
	int k = *i - 1, end;

	if (!a.copula || p->depth > 2 || !is(p, *i, IS_SUBJECT) || a.neg >= 0)
		return false;
	if (is(p, k, IS_OBJECT) && mark_of(p, p->g->self, k)) {
		s.words = (struct span){ k, k + 1 };
		s.who = SUBJECT_SELF;
		s.person = PERSON_SELF;
	} else if (s.who != SUBJECT_SELF && s.who != SUBJECT_OTHER && s.who != SUBJECT_ADDRESSEE) {
		return false;
	}
	end = read_group(p, p->t[*i].unit, b, &s, &g);
	if (end < 0)
		return false;
	f.subject = s;
	f.has_subject = true;
	g.person = s.person;
	*i = build(p, &f, &g, end, b, MOOD_STATEMENT, LINK_MAIN);
	return true;
}

static enum step at_relative(struct parse *p, int *i, int b, int lead)
{
	struct doer s, none = { { *i, *i + 1 }, SUBJECT_THING, PERSON_ONE, true };
	struct group g;
	int k = p->t[*i].unit;

	if (open_cleft(p, i, b, lead))
		return STEP_END;
	if (clause_at(p, k, b, &s, &g)) {
		*i = read_clause(p, k, b, is(p, *i, IS_QUESTION) ? LINK_THAT : LINK_WHICH, -1);
	} else if (read_group(p, k, b, &none, &g) >= 0 && (!forms(p, g.head, 1 << VERB_ING) ||
	    g.progressive == false)) {
		g.clause = -1;
		push_group(p, &g);
		*i = g.words.last;
	} else {
		*i = k;
	}
	return STEP_ON;
}

/* "she humiliated me by telling everyone": what was done is told behind. */
static enum step at_means(struct parse *p, int *i, int b, int lead)
{
	struct group a = p->groups[lead];
	struct group g = { .neg = -1, .lifted = -1, .lead = -1, .subject = a.subject, .who = a.who,
		.person = a.person, .tense = a.tense, .means = true };
	struct front f = { .first = *i + 1, .wh = -1, .neg = -1 };
	int k = is(p, *i, IS_MARKER) ? *i + 1 : *i;

	f.first = k;
	if (k >= b || !kind_apart(p, &a) || a.copula || !forms(p, k, 1 << VERB_ING) || p->depth >= MAX_DEPTH) {
		*i = k > *i ? k : p->t[*i].unit;
		return STEP_ON;
	}
	g.head = k;
	g.words = (struct span){ k, k + 1 };
	f.subject.words = a.subject;
	*i = build(p, &f, &g, k + 1, b, MOOD_STATEMENT, LINK_JOINED);
	return STEP_END;
}

/* From the verb to where the clause ends. */
static int read_predicate(struct parse *p, int i, int b, int lead, int object_last)
{
	while (i < b) {
		enum step step;
		bool straight = i <= object_last;

		if (is(p, i, IS_CONJUNCTION))
			step = at_conjunction(p, &i, b, lead);
		else if (is(p, i, IS_MARKER) || (forms(p, i, 1 << VERB_ING) && i > p->groups[lead].words.last &&
		    !is(p, i - 1, IS_PREPOSITION | IS_DETERMINER | IS_POSSESSIVE | IS_AUX) &&
		    !forms(p, i - 1, ~0u)))
			step = at_means(p, &i, b, lead);
		else if (comma(p, i) && i >= p->groups[lead].words.last)
			step = at_comma(p, &i, b, lead);
		else if (is(p, i, IS_SUBORDINATOR))
			step = at_subordinator(p, &i, b, straight || takes_clause(p, &p->groups[lead]));
		else if (is(p, i, IS_QUESTION) && question_at(p, i, b))
			step = STEP_END;
		else if (is(p, i, IS_RELATIVE | IS_QUESTION))
			step = at_relative(p, &i, b, lead);
		else if (is(p, i, IS_SUBJECT) || (i > p->groups[lead].head && p->t[i].e->fused && is(p, i, IS_POSSESSIVE) &&
		    !p->t[i].e->weak && i + 1 < b && !comma(p, i + 1) && is(p, i + 1, IS_TIME | IS_DETERMINER | IS_NEGATION)))
			step = clause_at(p, i, b, &(struct doer){ .who = 0 }, &(struct group){ .neg = -1 }) &&
			    !is(p, i, IS_SUBJECT) ? STEP_END : at_subject(p, &i, b, lead, straight);
		else if ((i > p->groups[lead].head && p->t[i].e->fused && !p->t[i].e->weak &&
		    !is(p, i, IS_POSSESSIVE) && i + 1 < b && !comma(p, i + 1) && forms(p, i + 1, 1 << VERB_BASE)))
			step = at_subject(p, &i, b, lead, straight);
		else if (straight && takes_clause(p, &p->groups[lead]) &&
		    is(p, i, IS_POSSESSIVE | IS_DETERMINER | IS_PERSON))
			step = at_subject(p, &i, b, lead, true);
		else if (is(p, i, IS_POSSESSIVE | IS_PERSON) && i > p->groups[lead].words.last &&
		    (nominal(p, i - 1) || is(p, i - 1, IS_TIME)))
			step = at_person(p, &i, b);
		else {
			i = p->t[i].unit;
			continue;
		}
		if (step == STEP_END)
			break;
	}
	return i;
}

/* "you copy me, sister": who is called. */
static bool called(const struct parse *p, int first, int i)
{
	return i > first && is(p, i, IS_PERSON) && comma(p, i) && p->t[i].unit == i + 1 && (i + 1 >= p->m->n_words ||
	    p->m->words[i + 1].flags & (WORD_SENTENCE | WORD_COMMA | WORD_EMOJI));
}

static int trim_end(const struct parse *p, int first, int last)
{
	while (last > first && (called(p, first, last - 1) || is(p, last - 1, IS_DROP | IS_CONJUNCTION | IS_EXCLAIM) ||
	    (is(p, last - 1, IS_FILLER) && (p->t[last - 1].inside || p->t[last - 1].unit > last || comma(p, last - 1) || last < 2 ||
	    emoji(p, last - 2))) || emoji(p, last - 1)))
		last--;
	return last;
}

/* "... and every summer": the end of what else was said. */
static int trim_joined_time(const struct parse *p, int first, int last)
{
	int k = last;

	while (k > first && is(p, k - 1, IS_TIME))
		k--;
	return k < last && k - 1 > first && is(p, k - 1, IS_CONJUNCTION) && !is(p, k - 2, IS_TIME | IS_NUMBER) ?
	    trim_end(p, first, k - 1) : last;
}

static int trim_start(const struct parse *p, int first, int last)
{
	while (first < last && (is(p, first, IS_DROP | IS_FILLER) || emoji(p, first)))
		first++;
	return first;
}

/* Object: the noun phrase after the verb; a particle may stand before it. */
static void split_predicate(struct parse *p, struct clause *c, int i, int end)
{
	int k = i, j;

	while (k < end && is(p, k, IS_PARTICLE) && !comma(p, k))
		k++;
	k = trim_start(p, k, end);
	j = k;
	if (k < end && (is(p, k, IS_OBJECT | IS_REFLEXIVE) && !is(p, k, IS_POSSESSIVE)))
		j = k + 1;
	else if (k < end && is(p, k, IS_POSSESSIVE) && is(p, k, IS_OBJECT) &&
	    (k + 1 >= end || !nominal(p, k + 1)))
		j = k + 1;
	else if (k < end && is(p, k, IS_SUBJECT) && p->t[k].e->who == SUBJECT_THING && p->t[k].group < 0 &&
	    !is(p, k, IS_DETERMINER | IS_RELATIVE | IS_QUESTION))
		j = p->t[k].unit;               /* "having people over", "told everyone" */
	else if (k < end && !is(p, k, IS_TIME))
		j = phrase_end(p, k, end, false);
	while (j > k && j < end && quoted(p, j - 1) && quoted(p, j))
		j++;
	if (j > k) {
		c->verb.last = k;
		c->object = (struct span){ k, j };
		i = j;
	}
	c->rest = (struct span){ i, end };
}

/* "until 3am", "the whole evening": part of what was done. */
static bool stays(const struct parse *p, int i)
{
	int last;
	const struct entry *e = grammar_entry(p->g, p->t[i].slot);
	const struct entry *two = grammar_fixed(p, i, p->m->n_words, false, &last);

	return e->stay || (two && two->stay);
}

/* A time at the very end stands alone, so that forms can move it. */
static void split_time(struct parse *p, struct clause *c)
{
	int first = c->rest.first, last = trim_joined_time(p, first, trim_end(p, first, c->rest.last)), k = last;

	c->rest.last = last;
	if (!span_empty(c->time))
		return;
	while (k > first && is(p, k - 1, IS_TIME))
		k--;
	if (k == last || (k > first && (is(p, k - 1, IS_CONJUNCTION | IS_DETERMINER | IS_POSSESSIVE) ||
	    p->t[k - 1].e->to)) || (k == first && k > 0 && p->t[k - 1].e->to))
		return;
	for (int i = c->head + 1; i < k; i++)
		if (p->t[i].group >= 0 && i >= c->verb.last)
			return;                 /* it may belong to another verb */
	if (stays(p, k) || (k == first && span_empty(c->object) && p->g->copula_row >= 0 &&
	    c->verb_row == p->g->copula_row))
		return;
	c->time = (struct span){ k, last };
	c->rest.last = k;
}

static void note_dropped(const struct parse *p, struct clause *c)
{
	for (int i = c->words.first; i < c->words.last; i = p->t[i].unit)
		if (is(p, i, IS_DROP) && c->n_dropped < 4)
			c->dropped[c->n_dropped++] = (struct span){ i, p->t[i].unit };
}

static bool known_word(const struct parse *p, int i)
{
	const struct word *w = &p->m->words[i];

	return p->t[i].is || p->t[i].verb >= 0 || p->t[i].base.n || (w->flags & (WORD_NUMBER | WORD_QUOTED | WORD_CAPITAL |
	    WORD_EMOJI | WORD_POSSESSIVE)) || lexicon_knows(p->g->lx, p->g->locale, w->text);
}

/* A verb that no table holds is one for sure with a subject and "-ed", or "is ...-ing". */
static bool made_past(const struct parse *p, const struct clause *c)
{
	return !span_empty(c->subject) && (c->tense == TENSE_PAST || c->progressive) &&
	    !(p->t[c->head].forms & 1 << VERB_BASE);
}

/* "put it away for once": what is asked for has not been done. */
static bool doubted(const struct parse *p, const struct clause *c)
{
	for (int i = c->words.first; i < c->words.last; i++)
		if (p->t[i].e->doubt)
			return true;
	return false;
}

/* "third curry I've paid for": what the last word stands before is somewhere else. */
static bool left_open(const struct parse *p, const struct clause *c, int last)
{
	if (last <= c->head + 1 || !is(p, last - 1, IS_PREPOSITION) ||
	    is(p, last - 1, IS_PARTICLE | IS_ADVERB | IS_STATE | IS_TIME | IS_SUBORDINATOR))
		return false;
	for (int i = c->head + 1; i < last; i++)
		if (p->t[i].group >= 0)
			return false;           /* it may be another verb's */
	return true;
}

/* "take your boots off": an order about what is theirs is for somebody who did not. */
static bool on_theirs(const struct parse *p, const struct clause *c)
{
	for (int i = c->head + 1; i < c->words.last; i++)
		if (is(p, i, IS_POSSESSIVE) && p->t[i].e->who == SUBJECT_ADDRESSEE)
			return true;
	return false;
}

/* "... and he forgot": a verb that turns what hangs on it, with nothing behind. */
static bool falls_short(const struct parse *p, const struct group *g)
{
	struct sv base = verb_base(p, g->head);

	for (size_t k = 0; k < p->g->n_lifts; k++)
		if (p->g->lifts[k].turn && g->neg < 0 && !g->modal && g->tense == TENSE_PAST &&
		    sv_eq(p->g->lifts[k].next, p->g->infinitive) && sv_eq(p->g->lifts[k].verb, base) &&
		    grammar_kind_in(p->g->apart, p->g->n_apart, verb_kind(p, g->head)))
			return true;
	return false;
}

/* "he said he'd come and he didn't": short for the verb before. */
static bool short_of(const struct parse *p, const struct clause *c, const struct group *g)
{
	const struct clause *before;
	int i = c->words.first;

	if (!(is(p, c->head, IS_AUX) && p->t[c->head].e->role == ROLE_SUPPORT && g->neg >= 0) && !falls_short(p, g))
		return false;
	if (c->wh >= 0 || !span_empty(c->object) || trim_end(p, c->rest.first, c->rest.last) > c->rest.first)
		return false;
	if (p->r->n_clauses < 2 || p->depth || !is(p, i, IS_CONJUNCTION))
		return false;
	before = &p->r->clauses[p->r->n_clauses - 2];
	while (before > p->r->clauses && before->link == LINK_THAT)
		before--;
	return before->words.last == i && before->head >= 0 && before->seen &&
	    (before->who == c->who || before->who == SUBJECT_SELF);
}

/* "nothing I wear | is okay": an auxiliary behind the verb that no clause took and
 * no subject leads to, so the words before it were no clause. */
static bool stray_verb(struct parse *p, const struct clause *c)
{
	for (int i = c->head + 1; i < c->rest.last && !is(p, i, IS_CONJUNCTION); i++) {
		int role = p->t[i].e->role;

		if (is(p, i, IS_SUBJECT) || quoted(p, i))
			return false;
		if (aux_starts(p, i) && p->t[i].group < 0 && !is(p, i, IS_DROP) && (role == ROLE_COPULA ||
		    (role == ROLE_MODAL && i + 1 < c->rest.last && forms(p, i + 1, 1 << VERB_BASE))))
			return true;
	}
	return false;
}

static enum sure judge(struct parse *p, const struct clause *c, const struct group *g)
{
	int last = trim_end(p, c->words.first, c->words.last), unknown = 0, later = 0;

	if (c->head < 0 || span_length(c->words) > 45)
		return SURE_NO;
	if (last > c->head + 1 && is(p, last - 1, IS_DETERMINER | IS_POSSESSIVE | IS_CONJUNCTION) &&
	    !is(p, last - 1, IS_OBJECT | IS_SUBJECT | IS_FILLER) &&
	    !(is(p, last - 1, IS_POSSESSIVE) && is(p, last - 2, IS_PREPOSITION)) &&      /* "as his" */
	    !(is(p, last - 1, IS_DETERMINER) && (is(p, last - 2, IS_OBJECT | IS_POSSESSIVE) ||    /* "it all", "his half" */
	    p->t[last - 2].group >= 0)))                /* "never buys any" */
		return SURE_NO;
	if (last > c->head + 1 && last < c->words.last && is(p, last - 1, IS_PREPOSITION) &&
	    is(p, last, IS_DROP | IS_FILLER) && !is(p, last - 1, IS_PARTICLE))
		return SURE_NO;                 /* "a bag of", and what was left out */
	if (stray_verb(p, c))
		return SURE_NO;
	if (c->link == LINK_MAIN && c->wh < 0 && left_open(p, c, last))
		return SURE_NO;
	for (int i = c->words.first; i < c->words.last; i++) {
		unknown += i <= c->head && !known_word(p, i);
		later += i > c->head && !known_word(p, i);
	}
	if (unknown > 1 || later > 3)
		return SURE_NO;
	if (!span_empty(c->subject) && is(p, c->subject.first, IS_QUESTION) && is(p, c->subject.first, IS_SOMEONE) &&
	    (span_empty(c->object) || is(p, c->object.first, IS_OBJECT)))
		return SURE_NO;                 /* "who told you that" */
	if (g->short_of)
		return SURE_YES;                /* "and then you didn't" */
	if (c->who == SUBJECT_NONE || (is(p, c->head, IS_AUX) && p->t[c->head].e->role == ROLE_SUPPORT &&
	    span_empty(c->object) && span_empty(c->rest)))
		return SURE_NO;
	if (unknown || g->guessed || (c->verb_row < 0 && !made_past(p, c)))
		return SURE_GUESS;
	if (c->mood == MOOD_COMMAND && g->lifted < 0 && g->neg < 0 && !doubted(p, c) && !on_theirs(p, c))
		return SURE_GUESS;
	return SURE_YES;
}

/* Is it told as something that happened or happens? */
static bool is_told(const struct clause *c, const struct group *g)
{
	if (c->mood == MOOD_COMMAND || (c->mood == MOOD_QUESTION && c->wh < 0))
		return false;
	return !g->turn && !g->modal && !g->deny && !g->future;
}

/* A noun stands in the span: no pronoun, and more than a quality. */
static bool holds_noun(struct parse *p, struct span s)
{
	bool led = false;

	for (int i = s.first; i < s.last; i++) {
		led |= is(p, i, IS_DETERMINER | IS_POSSESSIVE | IS_NUMBER | IS_PERSON);
		if (span_length(s) == 1 && i > 0 && p->t[i - 1].group >= 0 && !p->t[i].is && p->t[i].verb < 0 &&
		    (p->t[i - 1].verb < 0 || p->t[i - 1].e->role == ROLE_SUPPORT))
			return true;                    /* "blasts music", "does bedtime" */
		if (is(p, i, IS_NOUN | IS_PERSON | IS_NUMBER) || quoted(p, i) ||
		    (p->t[i].forms & 1 << VERB_THIRD && !is(p, i, CLOSED)) ||   /* "makes plans" */
		    (led && !is(p, i, CLOSED | IS_ADVERB)))
			return true;
	}
	return false;
}

/* Does the object hold one of these nouns, in the singular or the plural? */
static bool object_of(struct parse *p, struct span object, const struct plainer *x)
{
	for (int i = object.first; i < object.last; i++)
		for (size_t k = 0; k < x->n_of; k++) {
			struct sv w = p->m->words[i].text;

			if (sv_eq(w, x->of[k]) || (w.n == x->of[k].n + 1 && w.p[w.n - 1] == 's' &&
			    sv_starts(w, x->of[k])))
				return true;
		}
	return !x->n_of && (holds_noun(p, object) ||
	    (span_length(object) == 1 && is(p, object.first, IS_OBJECT)));
}

/* "it was 'are you sure'", "she goes 'whatever'": somebody said it. */
static bool utters(const struct parse *p, const struct group *g, const struct plainer *x)
{
	int i = g->head + 1 + (x->drop.n > 0);

	while (i < p->m->n_words && soft(p, i) && !quoted(p, i))
		i++;
	return g->neg < 0 && i < p->m->n_words && quoted(p, i);
}

static void say_utterance(struct clause *c, struct group *g)
{
	g->copula = false;
	if (c->who != SUBJECT_THING)
		return;
	c->who = g->who = SUBJECT_OTHER;        /* "it": their mouth */
	c->subject.last = c->subject.first;
	g->subject = c->subject;
	g->person = PERSON_MANY;
}

/* A verb that judges, where the fact behind it has a plain verb. */
static void find_plainer(struct parse *p, struct clause *c, struct group *g)
{
	struct sv base = verb_base(p, g->head);

	for (size_t i = 0; i < p->g->n_plainer && !g->plain; i++) {
		const struct plainer *x = &p->g->plainer[i];
		bool drops = x->drop.n && g->head + 1 < p->m->n_words &&
		    sv_eq(p->m->words[g->head + 1].text, x->drop);

		if (x->turn && (c->who == SUBJECT_SELF || c->who == SUBJECT_WE))
			continue;               /* what the writer did is told as it was typed */
		if (!sv_eq(x->verb, base) || (x->drop.n && !drops) || (x->quote && c->link == LINK_THAT) ||
		    (x->quote ? !utters(p, g, x) :
		    !drops && !object_of(p, c->object, x)))
			continue;
		if (x->quote)
			say_utterance(c, g);
		g->plain = x;
		g->turn ^= x->turn;
		if (drops)
			p->t[g->head + 1].is = IS_DROP;
	}
}

/* Where somebody or something was: "on your phone", "away", "two hours late". */
static bool is_placed(const struct parse *p, const struct clause *c)
{
	struct span w = { c->head + 1, c->rest.last };
	int i;

	if (c->subject.first > c->head && c->subject.last <= w.last)
		w.first = c->subject.last;      /* "why are you always on your phone" */
	i = trim_start(p, w.first, w.last);

	while (i < w.last && is(p, i, IS_HABIT | IS_NEGATION))
		i = trim_start(p, p->t[i].unit, w.last);
	if (i < w.last && is(p, i, IS_PREPOSITION))
		return i + 1 < w.last;
	if (i < w.last && is(p, i, IS_STATE))
		return true;
	for (int k = i + 1; k < w.last && k < i + 4 && !is(p, k, IS_PREPOSITION | IS_CONJUNCTION | IS_INFINITIVE); k++)
		if (is(p, k, IS_STATE) && k + 1 == w.last && !quoted(p, k))
			return true;            /* "an hour late", "two hours early" */
	if (span_length(c->subject) == 1 && is(p, c->subject.first, IS_STATE))
		for (int k = i + 1; k + 1 < w.last; k++)
			if (is(p, k, IS_PREPOSITION) && !comma(p, k))
				return true;    /* "there is hair in the sink" */
	for (; i < w.last; i++)
		if ((is(p, i, IS_NUMBER) && i + 1 < w.last) || (is(p, i, IS_TIME) && i + 1 < w.last && is(p, p->t[i].unit, IS_STATE)))
			return true;
	return false;
}

/* "makes me fetch it", "gets his mum to iron": what somebody else is to do is seen. */
static bool has_it_done(struct parse *p, const struct clause *c)
{
	int k = c->rest.first;

	if (c->kind.n || span_empty(c->object))
		return false;
	if (k < c->rest.last && is(p, k, IS_INFINITIVE))
		k++;
	return k < c->rest.last && forms(p, k, 1 << VERB_BASE) &&
	    grammar_kind_in(p->g->visible, p->g->n_visible, verb_kind(p, k));
}

/* What a camera would have shown.  Verbs without a kind show something when
 * they have a thing to act on; the writer's own eyes and ears count. */
static bool is_seen(struct parse *p, const struct clause *c, const struct group *g)
{
	bool own = c->who == SUBJECT_SELF || c->who == SUBJECT_WE;

	for (int i = c->aux.first; i < c->aux.last; i++)
		if (p->t[i].e->wish)
			return false;           /* "you'd rather go" */
	if (g->plain || grammar_kind_in(p->g->visible, p->g->n_visible, c->kind))
		return true;
	if (g->copula)
		return is_placed(p, c);
	if (own && p->t[g->head].e->senses)
		return !span_empty(c->object) || !span_empty(c->rest);
	return ((!c->kind.n || p->t[g->head].e->acted) && holds_noun(p, c->object)) || has_it_done(p, c);
}

static void finish(struct parse *p, struct clause *c, struct group *g, bool condition)
{
	find_plainer(p, c, g);
	g->short_of = short_of(p, c, g);
	g->turn ^= g->short_of && g->neg < 0;   /* "and he forgot": he did not */
	c->negated = (g->neg >= 0) != (g->turn || (g->modal && (g->modal->turn ||
	    (g->modal->turn_perfect && g->perfect))) || g->deny);
	if (g->neg >= 0)
		c->neg = (struct span){ g->neg, p->t[g->neg].unit };
	c->keep_neg = g->neg >= 0;
	c->progressive = g->progressive;
	c->passive = g->passive;
	c->habit = g->habit;
	c->tense = g->perfect ? TENSE_PERFECT : g->future ? TENSE_FUTURE : g->modal ? TENSE_MODAL :
	    (enum tense)g->tense;
	c->head = g->head;
	c->verb_row = p->t[g->head].verb;
	if (g->copula)
		c->verb_row = p->g->copula_row;
	c->verb_forms = p->t[g->head].forms;
	c->kind = verb_kind(p, g->head);
	if (g->words.first < g->head)
		c->aux = (struct span){ g->words.first, g->head };
	c->told = (g->short_of || is_told(c, g)) && !(condition && (c->who == SUBJECT_SELF || c->who == SUBJECT_WE));
	c->seen = g->short_of || is_seen(p, c, g);
	note_dropped(p, c);
	c->sure = judge(p, c, g);
}

/* "do that again and I'm gone": no order, a condition. */
static bool sets_condition(struct parse *p, int i, int b)
{
	struct doer s;
	struct group g;

	return i < b && is(p, i, IS_CONJUNCTION) && clause_at(p, p->t[i].unit, b, &s, &g) &&
	    (s.who == SUBJECT_SELF || s.who == SUBJECT_WE) && (g.modal || g.progressive || g.copula);
}

/* "'calm down' he says", "'fine' says my boss": what was said stands in front. */
static void take_quote(struct parse *p, struct clause *c, struct group *g, const struct front *f)
{
	struct span quote = { f->first, f->first };

	while (quote.last < c->head && quoted(p, quote.last))
		quote.last++;
	if (span_empty(quote) || !sv_eq(verb_kind(p, c->head), p->g->visible[p->g->n_visible - 1]))
		return;
	if (span_empty(c->subject) && !span_empty(c->object) && is(p, c->object.last - 1, IS_PERSON)) {
		c->subject = g->subject = c->object;
		c->who = g->who = SUBJECT_OTHER;
		g->guessed = false;
		c->object = quote;
	} else if (span_empty(c->object)) {
		c->object = quote;
	} else if (span_empty(c->time)) {
		c->time = quote;
	}
}

static int build(struct parse *p, struct front *f, struct group *g, int from, int b,
    enum mood mood, enum link link)
{
	struct clause c = { .wh = f->wh, .head = -1, .verb_row = -1, .link = link };
	int lead, end, index;

	g->clause = p->r->n_clauses;
	index = push_clause(p, &c);
	lead = push_group(p, g);
	p->depth++;
	end = object_end(p, from, b);
	while (end < b && is(p, end, IS_TIME) && !comma(p, end) && takes_clause(p, g))
		end = p->t[end].unit;           /* "told me twice | he'd come" */
	end = read_predicate(p, from, b, lead, end);
	p->depth--;
	if (mood == MOOD_COMMAND && p->groups[lead].neg < 0 && sets_condition(p, end, b)) {
		p->groups[lead].turn = false;
		p->groups[lead].lifted = p->groups[lead].lifted < 0 ? p->groups[lead].head :
		    p->groups[lead].lifted;
	}
	c.mood = mood;
	c.who = g->who;
	c.words = (struct span){ f->first, end };
	c.subject = f->has_subject ? f->subject.words : g->subject;
	c.time = f->time;
	c.verb = (struct span){ g->head, g->head + 1 };
	c.head = g->head;
	if (g->head < c.subject.last && g->head >= c.subject.first)
		c.verb.first = c.verb.last;     /* "my husband's": the verb is in the subject */
	split_predicate(p, &c, g->head + 1 > from ? g->head + 1 : from, end);
	if (g->copula)
		c.verb_row = p->g->copula_row;
	split_time(p, &c);
	take_quote(p, &c, &p->groups[lead], f);
	finish(p, &c, &p->groups[lead], f->condition);
	p->r->clauses[index] = c;
	return end;
}

static int fragment(struct parse *p, struct front *f, int end, enum link link)
{
	struct clause c = { .words = { f->first, end }, .rest = { f->first, end }, .wh = f->wh,
		.head = -1, .verb_row = -1, .mood = MOOD_FRAGMENT, .link = link, .time = f->time };

	if (!span_empty(f->time) && f->time.last >= end &&
	    trim_start(p, f->first, f->time.first) == f->time.first)
		c.rest.last = c.rest.first;     /* nothing but a time */
	else
		c.time = (struct span){ 0, 0 };
	note_dropped(p, &c);
	if (end > f->first)
		push_clause(p, &c);
	return end;
}

/* The person an opener may hold: "thanks mum for", "well done to my brother for";
 * with "to" before it, or "my", it is who did it. */
static int opener_person(struct parse *p, struct group *g, int i, int b)
{
	int k = i, first;

	if (k < b && is(p, k, IS_INFINITIVE))
		k++;
	first = k;
	if (k < b && is(p, k, IS_POSSESSIVE) && !is(p, k, IS_OBJECT))
		k++;
	if (k >= b || !is(p, k, IS_PERSON))
		return i;
	if (k > first || first > i) {
		g->subject = (struct span){ first, p->t[k].unit };
		g->who = SUBJECT_OTHER;
	}
	return p->t[k].unit;
}

/* An opener, perhaps a person, perhaps "for" or "to", and what was done. */
static int open_opener(struct parse *p, struct front *f, int i, int b, enum link link)
{
	const struct entry *e = p->t[i].opener;
	struct group g = { .neg = -1, .lifted = -1, .lead = -1, .who = e->opener_who,
		.person = e->opener_who == SUBJECT_SELF ? PERSON_SELF : PERSON_MANY,
		.tense = e->opener_past ? TENSE_PAST : TENSE_PRESENT, .deny = e->deny,
		.guessed = e->asked };
	struct group between = { .neg = -1 };
	int k = opener_person(p, &g, p->t[i].opened, b);
	bool to = e->infinitive;

	if (e->opener_who == SUBJECT_SELF && is(p, i, IS_SUBJECT))
		g.subject = (struct span){ i, i + 1 };

	k = skip_soft(p, k, b, &between);
	if (k < b && is(p, k, IS_INFINITIVE)) {
		to = true;
		k++;
	} else if (k < b && k > p->t[i].opened && is(p, k, IS_PREPOSITION)) {
		k++;
	}
	k = skip_soft(p, k, b, &between);
	if (k >= b || !(to ? base_at(p, k) || (e->deny && forms(p, k, 1 << VERB_PAST)) ||
	    (!e->deny && e->opener_who != SUBJECT_SELF && forms(p, k, 1 << VERB_ING)) :
	    forms(p, k, 1 << VERB_ING) != 0))
		return -1;
	g.turn = between.neg >= 0;
	g.head = k;
	g.words = (struct span){ k, k + 1 };
	lift(p, &g, b, !e->deny);
	g.words.last = g.head + 1;
	return build(p, f, &g, g.words.last, b, e->command ? MOOD_COMMAND : MOOD_STATEMENT, link);
}

static int open_command(struct parse *p, struct front *f, int i, int b, enum link link)
{
	struct group g = { .neg = -1, .lifted = -1, .lead = -1, .who = SUBJECT_ADDRESSEE,
		.person = PERSON_MANY, .tense = TENSE_PRESENT, .implied = true };
	int k = i;

	g.words.first = i;
	while (k > 0 && !comma(p, k) && is(p, k - 1, IS_NEGATION) && !is(p, k - 1, IS_AUX))
		k--;
	if (k > 0 && !comma(p, k) && is(p, k - 1, IS_INFINITIVE | IS_AUX))
		return -1;                      /* "need to | say", "can | not stand" */
	k = i;
	if (is(p, k, IS_AUX) && p->t[k].e->role == ROLE_SUPPORT) {
		if (p->t[k].e->tense == TENSE_PAST || p->t[k].e->form == VERB_THIRD ||
		    !aux_form(p, k, b, ROLE_SUPPORT, VERB_BASE))
			return -1;              /* "and didn't call", "doesn't lift a finger" */
		k = p->t[k].unit;
	}
	k = skip_soft(p, k, b, &g);
	if (k < b && !forms(p, k, 1 << VERB_BASE) && g.neg < 0)
		k = i;                          /* "do the dishes" */
	if (k >= b || !forms(p, k, 1 << VERB_BASE))
		return -1;
	g.head = k;
	lift(p, &g, b, true);
	if (g.lifted >= 0 && g.turn)
		return -1;                      /* "need to tell them" is no order */
	g.words.last = g.head + 1;
	g.turn = g.turn || g.lifted < 0;
	return build(p, f, &g, g.words.last, b, MOOD_COMMAND, link);
}

static int open_question(struct parse *p, struct front *f, int i, int b, enum link link)
{
	struct group g = { .neg = -1, .lifted = -1, .lead = -1 };
	int k = skip_soft(p, p->t[i].unit, b, &g), end;

	if (!subject_at(p, k, b, &f->subject))
		return -1;
	if (!f->subject.pronoun) {              /* "is my sister such a gossip" */
		int stop = k;

		while (stop < f->subject.words.last && !is(p, stop, IS_PERSON))
			stop++;
		if (stop < f->subject.words.last) {
			f->subject.words.last = p->t[stop].unit;
			f->subject.who = SUBJECT_OTHER;
			f->subject.person = p->t[stop].e->person == PERSON_MANY ? PERSON_MANY : PERSON_ONE;
		} else if (!is(p, k, IS_DETERMINER | IS_POSSESSIVE) &&
		    !(p->m->words[k].flags & WORD_CAPITAL)) {
			return -1;
		}
	}
	g.subject = f->subject.words;
	g.who = f->subject.who;
	g.person = f->subject.person;
	end = read_after_aux(p, &g, i, f->subject.words.last, b, NULL);
	if (end < 0 || (p->t[i].e->role == ROLE_SUPPORT && g.head == i))
		return -1;
	f->has_subject = true;
	if (f->neg >= 0)
		g.neg = f->neg;
	if (g.future && g.tense == TENSE_PAST && i > 0 && is(p, i - 1, IS_SUBORDINATOR) && p->t[i - 1].e->link == LINK_TIME) {
		g.future = false;               /* "when were you going to tell me" */
		g.turn ^= true;
	}
	if (f->wh >= 0 && g.modal && g.modal->turn && g.neg < 0)
		g.modal = NULL;                 /* "why must you slam it": it is done */
	if ((f->wh >= 0 || (i > 0 && is(p, i - 1, IS_SUBORDINATOR) && p->t[i - 1].e->link == LINK_TIME)) &&
	    (g.modal || g.future) && g.neg < 0 && lift(p, &g, b, true)) {
		g.modal = NULL;                 /* "when will you stop slamming it": it is done */
		g.future = false;
		g.tense = TENSE_PRESENT;
		end = g.words.last = g.head + 1;
	}
	if (f->wh < 0 && g.modal && g.who == SUBJECT_ADDRESSEE && !g.perfect && g.neg >= f->subject.words.last) {
		g.modal = NULL;                 /* "could you not smoke": it is done */
		g.neg = -1;
		g.tense = TENSE_PRESENT;
		return build(p, f, &g, end, b, MOOD_STATEMENT, link);
	}
	if (f->wh < 0 && g.who == SUBJECT_ADDRESSEE && g.tense == TENSE_PRESENT && g.lifted >= 0 && g.neg < 0 &&
	    is(p, g.lifted, IS_AUX) && p->t[g.lifted].e->role == ROLE_PERFECT)
		return build(p, f, &g, end, b, MOOD_STATEMENT, link);   /* "do you have to slam it": it is done */
	if (f->wh < 0 && g.modal && g.who == SUBJECT_ADDRESSEE && !g.perfect && g.neg < 0) {
		int lifted = lift(p, &g, b, true);

		g.words.last = g.head + 1;
		g.modal = NULL;
		g.tense = TENSE_PRESENT;
		g.turn ^= !lifted;
		return build(p, f, &g, g.words.last, b, MOOD_COMMAND, link);
	}
	for (k = i; f->wh < 0 && k < end; k++)
		g.turn |= p->t[k].e->doubt && g.neg < 0 &&
		    (p->t[i].e->role == ROLE_SUPPORT || p->t[i].e->role == ROLE_PERFECT);
	if (end <= f->subject.words.last)
		end = f->subject.words.last;
	if (g.neg >= end)
		end = p->t[g.neg].unit;         /* "are you never home" */
	return build(p, f, &g, end, b, MOOD_QUESTION, link);
}

static bool mentions_self(const struct parse *p, int i, int b)
{
	for (; i < b && !comma(p, i) && !is(p, i, IS_SUBJECT); i++)
		if (is(p, i, IS_OBJECT) && mark_of(p, p->g->self, i))
			return true;
	return false;
}

/* "eats with his mouth open": somebody of theirs. */
static bool mentions_third(const struct parse *p, int i, int b)
{
	for (; i < b && !comma(p, i) && !is(p, i, IS_SUBJECT); i++)
		if (is(p, i, IS_POSSESSIVE) && p->t[i].e->gender.n)
			return true;
	return false;
}

/* "she never asks how i am, just talks": the last clause before whose subject goes with the verb. */
static int agreeing(struct parse *p, int verb, int lead)
{
	if (forms(p, verb, FINITE) == 1 << VERB_THIRD)
		while (lead >= 0 && p->groups[lead].person != PERSON_ONE)
			lead--;
	return lead;
}

/* "he thinks the sink is for show, leaves it full": who can do what is seen, if such a one was told of. */
static int doing(const struct parse *p, int verb, int lead)
{
	int who = lead;

	if (lead < 0 || p->groups[lead].who != SUBJECT_THING ||
	    !grammar_kind_in(p->g->visible, p->g->n_visible, verb_kind(p, verb)))
		return lead;
	while (who >= 0 && p->groups[who].who != SUBJECT_OTHER)
		who--;
	return who >= 0 && p->groups[who].person == p->groups[lead].person ? who : lead;
}

/* A verb with no subject of its own: somebody's, from the clause before. */
static int open_elided(struct parse *p, struct front *f, int i, int b, enum link link, int lead)
{
	struct doer s = { .who = SUBJECT_NONE, .person = PERSON_ONE, .pronoun = true };
	struct group g;
	int end;

	lead = doing(p, i, agreeing(p, i, lead));
	if (lead >= 0) {
		s.words = p->groups[lead].subject;
		s.who = p->groups[lead].who;
		s.person = p->groups[lead].person;
	}
	end = read_group(p, i, b, &s, &g);
	if (end < 0 || (g.tense == TENSE_PRESENT && forms(p, g.head, 1 << VERB_BASE) && lead < 0))
		return -1;
	if (lead >= 0 && p->groups[lead].tense == TENSE_PRESENT && !p->groups[lead].perfect &&
	    g.words.first == g.head && forms(p, g.head, 1 << VERB_BASE))
		return -1;              /* "put a top on" is an order */
	g.lead = -1;
	if (lead < 0 && f->wh < 0 && g.tense == TENSE_PAST && (p->t[g.head].e->witness || (takes_clause(p, &g) &&
	    !grammar_kind_in(p->g->visible, p->g->n_visible, verb_kind(p, g.head))))) {
		g.who = SUBJECT_SELF;           /* "felt ignored" */
		g.person = PERSON_SELF;
	} else if (lead < 0 && f->wh < 0) {
		g.who = SUBJECT_OTHER;          /* "laughed at me": who else */
		g.person = g.tense == TENSE_PRESENT ? PERSON_ONE : PERSON_MANY;
		g.guessed = !mentions_self(p, end, b) && !mentions_third(p, end, b) &&
		    (g.tense != TENSE_PRESENT || !p->r->n_clauses);
	}
	return build(p, f, &g, end, b, MOOD_STATEMENT, link);
}

/* A base form that begins a clause and looks like an order. */
static bool commands(struct parse *p, int i, int b, bool alone)
{
	unsigned f = forms(p, i, FINITE);
	struct sv base;

	if (!(f & 1 << VERB_BASE) || p->t[i].verb < 0 || i + 1 >= b || comma(p, i + 1))
		return false;
	base = verb_base(p, i);
	for (size_t k = 0; k < p->g->n_lifts; k++)
		if (sv_eq(p->g->lifts[k].verb, base) && forms(p, i + 1, 1 << VERB_ING))
			return true;
	return (alone || !(f & 1 << VERB_PAST)) && is(p, i + 1, IS_DETERMINER | IS_POSSESSIVE | IS_OBJECT);
}

/* "mum stop doing that": who is called is no subject. */
static bool calls(struct parse *p, const struct doer *s, const struct group *g)
{
	int verb = g->lifted >= 0 ? g->lifted : g->head;

	if (forms(p, verb, 1 << VERB_PAST) && verb + 1 < p->m->n_words && is(p, verb + 1, IS_POSSESSIVE) &&
	    p->t[verb + 1].e->gender.n)
		return false;                   /* "my roommate let her cat in" */
	return is(p, s->words.first, IS_PERSON) && g->words.first == verb && s->person == PERSON_ONE &&
	    (forms(p, verb, FINITE) == 1 << VERB_BASE || commands(p, verb, p->m->n_words, true));
}

static int open_statement(struct parse *p, struct front *f, int b, enum link link)
{
	struct group g;
	int end = read_group(p, f->subject.words.last, b, &f->subject, &g);

	if (end < 0 || calls(p, &f->subject, &g))
		return -1;
	if (is(p, f->subject.words.first, IS_NEGATION) && (f->subject.who != SUBJECT_THING ||
	    is(p, f->subject.words.first, IS_SOMEONE)))
		g.neg = f->subject.words.first;
	f->has_subject = true;
	return build(p, f, &g, end, b, MOOD_STATEMENT, link);
}

/* "a gold star for my flatmate who put it there": the person, where nothing was said of them. */
static int open_whose(struct parse *p, struct front *f, int i, int b, enum link link)
{
	int first = i - 1;
	struct doer s = { .who = SUBJECT_OTHER };
	struct group g;
	int end;

	if (i <= f->first || !is(p, i, IS_RELATIVE) || !is(p, i, IS_SOMEONE) || comma(p, i) || !is(p, i - 1, IS_PERSON))
		return -1;
	while (first > f->first && p->t[first].inside)
		first--;
	if (first > f->first && is(p, first - 1, IS_POSSESSIVE))
		first--;
	s.words = (struct span){ first, i };
	s.person = p->t[i - 1].e->person == PERSON_MANY ? PERSON_MANY : PERSON_ONE;
	end = read_group(p, p->t[i].unit, b, &s, &g);
	if (end < 0)
		return -1;
	f->subject = s;
	f->has_subject = true;
	return build(p, f, &g, end, b, MOOD_STATEMENT, link);
}

/* "my landlord at work", "the woman next door": passes words between a subject
 * and its verb. */
static bool far_verb(struct parse *p, struct front *f, int b)
{
	int i = f->subject.words.last, stop = i + 7 < b ? i + 7 : b;
	struct group g;

	if (f->subject.pronoun)
		return false;
	for (; i < stop && !comma(p, i) && !emoji(p, i) && !is(p, i, IS_SUBJECT | IS_CONJUNCTION | IS_QUESTION) &&
	    !(is(p, i, IS_POSSESSIVE | IS_PERSON) && !is(p, i - 1, IS_PREPOSITION | IS_POSSESSIVE | IS_DETERMINER));
	     i = p->t[i].unit) {
		struct doer s = f->subject;
		int end;

		s.words.last = i + 1;
		if (nominal(p, i) && (verb_follows(p, i + 1, b) || (s.person == PERSON_MANY && i + 1 < b && !comma(p, i + 1) &&
		    !is(p, i + 1, IS_NOUN) && forms(p, i + 1, 1 << VERB_BASE)))) {
			end = read_group(p, i + 1, b, &s, &g);
			if (end >= 0) {
				if (is(p, i, IS_PERSON) && is(p, i - 1, IS_DETERMINER))
					s.who = SUBJECT_OTHER;  /* "my pig of a brother" */
				f->subject = s;
				return true;
			}
		}
	}
	return false;
}

/* May the verb of the sentence stand at k, behind a relative clause from i on? */
static bool outer_at(struct parse *p, int i, int k, bool open)
{
	int before = k - 1, verb = k;

	if (open && !comma(p, k))
		return false;
	while (verb < p->m->n_words && soft(p, verb) && !forms(p, verb, FINITE))
		verb++;
	if (verb >= p->m->n_words || (!aux_starts(p, verb) && !forms(p, verb, 1 << VERB_PAST | 1 << VERB_THIRD)))
		return false;
	if (open)
		return true;
	while (before > i && soft(p, before))
		before--;
	return before > i && !comma(p, k) && !is(p, before, IS_SUBJECT | IS_AUX | IS_CONJUNCTION | IS_RELATIVE |
	    IS_INFINITIVE | IS_NEGATION | IS_DETERMINER | IS_POSSESSIVE) && !soft(p, k);
}

/* "my dad, who left when I was six, now wants ...", "the money I put aside was
 * spent": a relative clause between a subject and its verb. */
static int open_after_relative(struct parse *p, struct front *f, int b, enum link link)
{
	int i = f->subject.words.last, k;
	bool who = i < b && is(p, i, IS_RELATIVE), open = i < b && comma(p, i), verb = false;
	struct doer s = f->subject, inner;
	struct group g;

	if (s.pronoun || i >= b || p->depth || (!who && (open ||
	    !is(p, s.words.first, IS_DETERMINER | IS_POSSESSIVE) || !is(p, i, IS_SUBJECT) || !clause_at(p, i, b, &inner, &g) ||
	    (s.who == SUBJECT_OTHER && (inner.who == SUBJECT_OTHER || !lacks_object(p, &g, b))))))
		return -1;
	for (k = i + 1; k < b; k++) {
		int end;

		if (!verb && !open) {
			verb = aux_starts(p, k) || forms(p, k, FINITE);
			continue;
		}
		if (!outer_at(p, i, k, open))
			continue;
		s.words.last = k;
		end = read_group(p, k, b, &s, &g);
		if (end < 0 || (g.progressive && g.head == k))
			continue;
		if (s.who == SUBJECT_OTHER)
			s.words.last = i;
		g.subject = f->subject.words = s.words;
		f->has_subject = true;
		return build(p, f, &g, end, b, MOOD_STATEMENT, link);
	}
	return -1;
}

/* Past "drives me mad", up to where something else begins. */
static int skip_outer(const struct parse *p, int i, int b)
{
	while (i < b && !comma(p, i) && !is(p, i, IS_SUBJECT | IS_CONJUNCTION | IS_SUBORDINATOR))
		i = p->t[i].unit;
	return i;
}

/* Where the verb stands that "you being late" is the subject of; b if none. */
static int outer_verb(struct parse *p, int i, int b)
{
	for (; i < b && !comma(p, i); i = p->t[i].unit) {
		if (is(p, i, IS_SUBJECT | IS_CONJUNCTION | IS_RELATIVE) || (is(p, i, IS_SUBORDINATOR) &&
		    clause_at(p, p->t[i].unit, b, &(struct doer){ .who = 0 }, &(struct group){ .neg = -1 })))
			return b;
		if ((aux_starts(p, i) && p->t[i].e->role == ROLE_COPULA) || (forms(p, i, 1 << VERB_THIRD) &&
		    !is(p, i - 1, IS_DETERMINER | IS_POSSESSIVE | IS_PREPOSITION) &&
		    (is(p, i, IS_CAUSE) || i + 1 >= b || comma(p, i + 1) || mark_of(p, p->g->self, i + 1))))
			return i;
	}
	return b;
}

/* A clause that was put before the one it belongs to. */
static int fronted(struct parse *p, struct front *f, int i, int b)
{
	struct doer s;
	struct group g;
	int k = p->t[i].unit, end, outer;

	if (!clause_at(p, k, b, &s, &g))
		return -1;
	outer = p->t[i].e->link == LINK_THAT ? outer_verb(p, g.words.last, b) : b;
	p->fronting = p->depth + 1;
	end = read_clause(p, k, outer, p->t[i].e->link, -1);
	p->fronting = 0;
	if (outer < b)
		return skip_outer(p, outer, b);
	if (p->t[i].e->link == LINK_TIME && end < b)
		f->time = (struct span){ i, end };
	f->condition |= p->t[i].e->link == LINK_IF && end < b;
	return end;
}

/* "not once have you asked": the negation first, then as in a question. */
static int open_inverted(struct parse *p, struct front *f, int i, int b, enum link link)
{
	int k = p->t[i].unit, end;

	while (k < b && soft(p, k))
		k = p->t[k].unit;
	if (k >= b || is(p, i, IS_AUX) || !aux_starts(p, k))
		return -1;
	f->neg = i;
	f->wh = i;
	end = open_question(p, f, k, b, link);
	f->neg = f->wh = -1;
	return end;
}

/* "him leaving his shoes in the hall drives me mad": an act that is a subject. */
static int open_gerund(struct parse *p, struct front *f, int i, int b)
{
	struct group g = { .neg = -1, .lifted = -1, .lead = -1, .person = PERSON_MANY, .habit = true,
		.progressive = true, .tense = TENSE_PRESENT };
	int k, outer;

	if (!is(p, i, IS_OBJECT | IS_POSSESSIVE | IS_PERSON) || p->depth || mark_of(p, p->g->self, i))
		return -1;
	if (is(p, i, IS_PERSON) || (is(p, i, IS_POSSESSIVE) && i + 1 < b && is(p, i + 1, IS_PERSON))) {
		f->subject.words = (struct span){ i, phrase_end(p, i, b, true) };
		g.who = SUBJECT_OTHER;
	} else {
		f->subject.words = (struct span){ i, i };
		g.who = p->t[i].e->gender.n ? SUBJECT_OTHER : SUBJECT_ADDRESSEE;
		f->subject.words.last = i + 1;
	}
	k = skip_soft(p, f->subject.words.last, b, &g);
	if (k >= b || !(forms(p, k, 1 << VERB_ING) || aux_form(p, k, b, ROLE_COPULA, VERB_ING)))
		return -1;
	outer = outer_verb(p, k + 1, b);
	if (outer >= b)
		return -1;
	g.copula = aux_form(p, k, b, ROLE_COPULA, VERB_ING);
	if (g.copula)
		g.progressive = false;
	g.head = k;
	g.words = (struct span){ k, k + 1 };
	f->subject.words.last = f->subject.words.first;    /* "him": he is who did it */
	g.subject = f->subject.words;
	build(p, f, &g, k + 1, outer, MOOD_STATEMENT, LINK_MAIN);
	return b > outer ? skip_outer(p, outer, b) : outer;
}

/* "just like your father, always shouting at the tv": what the one who was just
 * spoken of does. */
static int open_doing(struct parse *p, struct front *f, int i, int b, enum link link, int lead)
{
	struct group g = { .neg = -1, .lifted = -1, .lead = -1, .tense = TENSE_PRESENT, .habit = true,
		.progressive = true, .head = i, .words = { i, i + 1 } };

	if (lead < 0 || i != trim_start(p, f->first, i) || p->depth || (p->groups[lead].who != SUBJECT_OTHER &&
	    p->groups[lead].who != SUBJECT_ADDRESSEE) || is(p, i, IS_NOUN | IS_PREPOSITION) || i + 1 >= b)
		return -1;
	g.subject = p->groups[lead].subject;
	g.who = p->groups[lead].who;
	g.person = p->groups[lead].person;
	return build(p, f, &g, i + 1, b, MOOD_STATEMENT, link);
}

static int try_verb(struct parse *p, struct front *f, int i, int b, enum link link, int lead)
{
	int end = is(p, i, IS_NEGATION) ? open_inverted(p, f, i, b, link) : -1;

	if (end >= 0)
		return end;

	if (aux_starts(p, i)) {
		if (p->t[i].e->role == ROLE_SUPPORT || is(p, i, IS_NEGATION))
			end = open_question(p, f, i, b, link);
		if (end < 0)
			end = open_question(p, f, i, b, link);
		if (end < 0 && p->t[i].e->role == ROLE_SUPPORT)
			end = open_command(p, f, i, b, link);
		if (end < 0)
			end = open_elided(p, f, i, b, link, lead);
		return end;
	}
	if (commands(p, i, b, lead < 0) || is(p, i, IS_NEGATION))
		end = open_command(p, f, i, b, link);
	if (end < 0 && is(p, i, IS_NEGATION))
		end = open_elided(p, f, i, b, link, lead);
	if (end < 0 && forms(p, i, 1 << VERB_PAST | 1 << VERB_THIRD))
		end = open_elided(p, f, i, b, link, lead);
	if (end < 0 && forms(p, i, 1 << VERB_ING))
		end = open_doing(p, f, i, b, link, lead);
	if (end < 0 && forms(p, i, 1 << VERB_BASE))
		end = open_command(p, f, i, b, link);
	return end;
}

/* Reads one clause from i on and says where the next one begins. */
static int read_clause(struct parse *p, int i, int b, enum link link, int lead)
{
	struct front f = { .first = i, .wh = -1, .neg = -1 };
	int end;

	while (i < b) {
		struct doer s;
		int last = p->t[i].unit;

		if (i == trim_start(p, f.first, i) && (end = open_gerund(p, &f, i, b)) >= 0)
			return end;
		if (i > f.first && comma(p, i) && !f.has_subject && f.wh < 0 &&
		    trim_start(p, f.first, i) < i && (span_empty(f.time) || f.time.last < i ||
		    trim_start(p, f.first, f.time.first) < f.time.first) && !is(p, f.first, IS_PERSON))
			return fragment(p, &f, i, link);
		if (p->t[i].opener && (end = open_opener(p, &f, i, b, link)) >= 0)
			return end;
		if (is(p, i, IS_EXCLAIM) && !is(p, i, IS_CONJUNCTION) && !f.has_subject && span_empty(f.subject.words) &&
		    !(is(p, i, IS_QUESTION) && question_at(p, i, b))) {
			i = phrase_end(p, last, b, false);
			i = i > last ? i : last;
			continue;
		}
		if (is(p, i, IS_QUESTION) && !is(p, i, IS_SUBORDINATOR) &&
		    !(is(p, i, IS_SOMEONE) && !f.has_subject && last < b && forms(p, last, 1 << VERB_PAST | 1 << VERB_THIRD))) {
			f.wh = i;
		} else if (is(p, i, IS_SUBORDINATOR) && p->depth < MAX_DEPTH &&
		    !(is(p, i, IS_SUBJECT) && last < b && aux_starts(p, last)) && i == skip_conjunctions(p, trim_start(p, f.first, i), i)) {
			end = fronted(p, &f, i, b);
			if (end >= b)
				return end;
			if (end > i) {
				f.first = end;
				last = end;
				link = LINK_MAIN;
			}
		} else if (is(p, i, IS_PREPOSITION) && i == trim_start(p, f.first, i) &&
		    (end = fronted_phrase(p, i, b)) > i && (is(p, end, IS_SUBJECT) || comma(p, end))) {
			f.time = (struct span){ i, end };
			last = end;
		} else if (is(p, i, IS_TIME)) {
			f.time.first = span_empty(f.time) ? i : f.time.first;
			f.time.last = last;
		} else if ((aux_starts(p, i) || commands(p, i, b, lead < 0) || (is(p, i, IS_NEGATION) &&
		    !(is(p, i, IS_DETERMINER) && last > i + 1))) && (end = try_verb(p, &f, i, b, link, lead)) >= 0) {
			return end;
		} else if (!soft(p, i) && !is(p, i, IS_CONJUNCTION) && subject_at(p, i, b, &s)) {
			f.subject = s;
			if ((end = open_whose(p, &f, i, b, link)) >= 0)
				return end;
			if ((end = open_statement(p, &f, b, link)) >= 0)
				return end;
			if ((end = open_after_relative(p, &f, b, link)) >= 0)
				return end;
			if (far_verb(p, &f, b) && (end = open_statement(p, &f, b, link)) >= 0)
				return end;
			if ((end = try_verb(p, &f, i, b, link, lead)) >= 0)
				return end;
			last = s.words.last;
			if (last < b && !comma(p, last) && !is(p, last, IS_SUBJECT))
				f.has_subject = false;
		} else if (!is(p, i, IS_CONJUNCTION) && (end = try_verb(p, &f, i, b, link, lead)) >= 0) {
			return end;
		}
		i = last;
	}
	return fragment(p, &f, b, link);
}

/* ---- the whole message ---------------------------------------------------- */

static int last_lead(const struct parse *p, int before)
{
	int inner = -1;

	for (int i = p->n_groups - 1; i >= 0 && i >= p->n_groups - LEAD_BACK; i--) {
		const struct group *g = &p->groups[i];

		if (g->words.last > before || g->who == SUBJECT_NONE || g->lead >= 0)
			continue;
		if (g->clause < 0 || p->r->clauses[g->clause].link == LINK_MAIN || p->r->clauses[g->clause].link == LINK_JOINED)
			return i;
		if (inner < 0)
			inner = i;              /* "he acts like it's fine, never rang": he */
	}
	return inner;
}

/* "on his phone the whole dinner": somebody was there, the copula is meant. */
static void imply_copula(struct parse *p, struct clause *c, bool past)
{
	struct group g = { .neg = -1, .lifted = -1, .lead = -1, .person = PERSON_MANY,
		.copula = true, .implied = true };
	int first = trim_start(p, c->rest.first, c->rest.last);

	if (c->mood != MOOD_FRAGMENT || span_empty(c->rest) || !is(p, first, IS_PREPOSITION) ||
	    span_length(c->rest) > 10)
		return;
	for (int i = first; i < c->rest.last; i++)
		if (is(p, i, IS_POSSESSIVE) && (p->t[i].e->gender.n || p->t[i].e->who == SUBJECT_ADDRESSEE))
			g.who = p->t[i].e->gender.n ? SUBJECT_OTHER : SUBJECT_ADDRESSEE;
	if (g.who == SUBJECT_NONE)
		return;
	g.tense = past ? TENSE_PAST : TENSE_PRESENT;
	g.words = (struct span){ first, first };
	g.head = -1;
	g.clause = (int)(c - p->r->clauses);
	push_group(p, &g);
	c->who = g.who;
	c->tense = (enum tense)g.tense;
	c->rest.first = first;
	c->rest.last = trim_end(p, first, c->rest.last);
	c->verb_row = p->g->copula_row;
	c->seen = c->told = true;       /* a place, as is_placed() has it */
	c->sure = SURE_YES;
}

static bool tells_past(const struct reading *r)
{
	bool past = false, present = false;

	for (int i = 0; i < r->n_clauses; i++) {
		past |= r->clauses[i].head >= 0 && r->clauses[i].tense == TENSE_PAST;
		present |= r->clauses[i].head >= 0 && r->clauses[i].tense == TENSE_PRESENT;
	}
	return past || !present;
}

/* "tuesday." alone dates what follows. */
static void hand_time_on(struct parse *p)
{
	struct reading *r = p->r;

	for (int i = 0; i < r->n_clauses; i++) {
		struct clause *c = &r->clauses[i];

		if (c->mood != MOOD_FRAGMENT || !span_empty(c->rest) || span_empty(c->time))
			continue;
		if (i > 0 && c[-1].head >= 0 && span_empty(c[-1].time))
			c[-1].time = c->time;
		else if (i == 0 && r->n_clauses > 1 && span_empty(c[1].time))
			c[1].time = c->time;
	}
}

/* "He gave it away. Without asking.": the end of the sentence before. */
static void take_afterthoughts(struct parse *p)
{
	struct reading *r = p->r;

	for (int i = 1; i < r->n_clauses; i++) {
		struct clause *c = &r->clauses[i], *before = c - 1;
		int first = trim_start(p, c->words.first, c->words.last);

		if (c->mood != MOOD_FRAGMENT || before->head < 0 || before->words.last != c->words.first ||
		    span_empty(c->rest) || span_length(c->words) > 6 || !is(p, first, IS_PREPOSITION) ||
		    before->rest.last < before->head)
			continue;
		if (before->time.first > before->head)
			before->time = (struct span){ 0, 0 };
		before->words.last = c->words.last;
		before->rest.last = trim_end(p, before->rest.first, c->words.last);
	}
}

static struct sv person_words(const struct parse *p, struct span s)
{
	for (int i = s.first; i < s.last; i++)
		if (is(p, i, IS_PERSON) && !p->t[i].inside)
			return message_words(p->m, (struct span){ i, p->t[i].unit });
	return SV("");
}

static struct sv gender_at(const struct parse *p, struct span s)
{
	for (int i = s.last - 1; i >= s.first; i--)
		if (p->t[i].e->gender.n)
			return p->t[i].e->gender;
	return SV("");
}

static void make_third(struct parse *p, int i)
{
	p->r->clauses[i].who = SUBJECT_THING;
	for (int k = 0; k < p->n_groups; k++)
		if (p->groups[k].clause == i)
			p->groups[k].who = SUBJECT_THING;
}

/* "my roommate ... her boyfriend ... he": he is not the one who is meant. */
static void part_third(struct parse *p)
{
	struct reading *r = p->r;

	for (int i = 0; i < r->n_clauses; i++) {
		struct clause *c = &r->clauses[i];
		struct sv g = c->who == SUBJECT_OTHER && span_length(c->subject) == 1 ?
		    p->t[c->subject.first].e->gender : SV("");

		if (!g.n || !p->other.n || sv_eq(g, p->other) || !p->known_other)
			continue;
		if (!p->person.n && p->t[c->subject.first].e->person != PERSON_MANY)
			continue;               /* "he ... they": things, or others */
		make_third(p, i);
	}
}

/* A pronoun in the first clause of a person without gender tells it. */
static struct sv gender_near(const struct parse *p, const struct clause *c)
{
	for (int i = c->subject.last; i < c->words.last; i++)
		if (p->t[i].e->gender.n && !is(p, i, IS_PERSON))
			return p->t[i].e->gender;
	return SV("");
}

/* "my old landlord fixed it in a day, you taped it": who is spoken to is meant. */
static void part_compared(struct parse *p)
{
	bool acts = false;

	for (int i = 0; i < p->r->n_clauses; i++)
		acts |= p->r->clauses[i].who == SUBJECT_ADDRESSEE && p->r->clauses[i].seen &&
		    (p->r->clauses[i].told || p->r->clauses[i].tense == TENSE_PERFECT);
	for (int i = 0; i < p->r->n_clauses && p->direct && acts; i++)
		if (p->r->clauses[i].who == SUBJECT_OTHER && !span_empty(p->r->clauses[i].subject))
			make_third(p, i);
}

/* "my friend said she would": whoever says it speaks of themselves. */
static bool takes_clause_at(const struct parse *p, const struct clause *c)
{
	return grammar_kind_in(p->g->inner, p->g->n_inner, c->kind);
}

/* "the neighbours got a card from you": who it comes from is not who got it. */
static bool reaches_addressee(const struct parse *p, const struct clause *c)
{
	for (int i = c->head + 1; i < c->words.last; i++)
		if (is(p, i, IS_OBJECT) && !is(p, i, IS_REFLEXIVE) && !quoted(p, i) &&
		    p->t[i].e->who == SUBJECT_ADDRESSEE && p->t[i].group < 0)
			return true;
	return false;
}

static void part_receivers(struct parse *p)
{
	for (int i = 0; i < p->r->n_clauses; i++) {
		const struct clause *c = &p->r->clauses[i];

		if (c->who == SUBJECT_OTHER && c->head >= 0 && !span_empty(c->subject) &&
		    !takes_clause_at(p, c) && !is(p, c->subject.first, IS_SUBJECT) && reaches_addressee(p, c))
			make_third(p, i);
	}
}

/* Is "you" who the first act is told of?  Then "he" is somebody else. */
static bool spoken_to(const struct parse *p)
{
	for (int i = 0; i < p->r->n_clauses; i++) {
		const struct clause *c = &p->r->clauses[i];

		if (c->who == SUBJECT_OTHER)
			return false;
		if (c->who == SUBJECT_ADDRESSEE && !span_empty(c->subject) && c->seen)
			return true;
	}
	return false;
}

/* "my flatmate had her boyfriend over": a possessive of theirs tells who they are. */
static bool owner_near(const struct parse *p, const struct clause *c)
{
	for (int i = c->subject.last; i < c->words.last; i++)
		if (p->t[i].e->gender.n && !is(p, i, IS_PERSON))
			return is(p, i, IS_POSSESSIVE) || (is(p, i, IS_SUBJECT) && takes_clause_at(p, c));
	return false;
}

/* "I shouted at my sister": nobody else acts, so she is the one who is meant. */
static struct sv mentioned(const struct parse *p)
{
	for (int i = 0; i < p->r->n_clauses; i++)
		if (p->r->clauses[i].who == SUBJECT_OTHER)
			return SV("");
	for (int i = 1; i < p->m->n_words; i++) {
		int k = i - 1;

		while (k > 0 && is(p, k, IS_DROP))
			k--;                    /* "my own husband" */
		if (is(p, i, IS_PERSON) && !p->t[i].inside && is(p, k, IS_POSSESSIVE) && !p->t[k].e->gender.n &&
		    p->t[k].e->who != SUBJECT_ADDRESSEE)
			return message_words(p->m, (struct span){ i, p->t[i].unit });
	}
	return SV("");
}

/* "his mother called me fat": whose she is, he is meant. */
static struct sv owner_at(const struct parse *p, struct span s)
{
	return span_length(s) > 1 && is(p, s.first, IS_POSSESSIVE) ? p->t[s.first].e->gender : SV("");
}

/* "the kids were there and he shouted": they only stood by. */
static bool bystanders(const struct parse *p, const struct clause *c)
{
	if (span_length(c->subject) < 2 || !(is(p, c->subject.first, IS_DETERMINER) ||
	    p->t[c->subject.first].unit == c->subject.last) || !is(p, c->subject.last - 1, IS_PERSON))
		return false;
	for (int i = 0; i < p->r->n_clauses; i++) {
		const struct clause *o = &p->r->clauses[i];
		struct sv g = o->who == SUBJECT_OTHER && span_length(o->subject) == 1 && (o->link == LINK_MAIN || o->link == LINK_JOINED) ?
		    p->t[o->subject.first].e->gender : SV("");

		if (!g.n || p->t[o->subject.first].e->person != PERSON_ONE)
			continue;
		if (gender_at(p, c->subject).n ? !sv_eq(g, gender_at(p, c->subject)) : span_length(c->object) == 1 &&
		    is(p, c->object.first, IS_OBJECT) && sv_eq(g, p->t[c->object.first].e->gender))
			return true;            /* the last: "the director thanked him" */
	}
	return false;
}

static void find_other(struct parse *p)
{
	const struct reading *r = p->r;
	bool named = false, apart;

	for (int i = 0; i < r->n_clauses; i++)
		p->direct |= r->clauses[i].who == SUBJECT_ADDRESSEE && !span_empty(r->clauses[i].subject);
	apart = p->direct && !spoken_to(p);
	for (int i = 0; i < r->n_clauses && apart && p->direct; i++)
		p->direct = r->clauses[i].who != SUBJECT_OTHER || !is(p, r->clauses[i].subject.first, IS_SUBJECT);
	for (int i = 0; i < r->n_clauses && !p->other.n; i++)
		if (r->clauses[i].who == SUBJECT_OTHER && owner_at(p, r->clauses[i].subject).n) {
			p->other = owner_at(p, r->clauses[i].subject);
			p->known_other = true;
		} else if (r->clauses[i].who == SUBJECT_OTHER && !bystanders(p, &r->clauses[i])) {
			p->other = gender_at(p, r->clauses[i].subject);
			p->known_other = p->other.n > 0;
			if (!p->other.n) {
				p->other = gender_near(p, &r->clauses[i]);
				p->known_other = p->other.n > 0 && owner_near(p, &r->clauses[i]);
			}
		}
	for (int i = 0; i < r->n_clauses && !p->person.n && !named; i++)
		if (r->clauses[i].who == SUBJECT_OTHER && !owner_at(p, r->clauses[i].subject).n &&
		    !bystanders(p, &r->clauses[i])) {
			p->person = person_words(p, r->clauses[i].subject);
			named = !span_empty(r->clauses[i].subject) && is(p, r->clauses[i].subject.last - 1, IS_AGENT | IS_ADVERB) &&
			    span_length(r->clauses[i].subject) > 1;     /* "the guy downstairs" has no other name */
		}
	if (!p->person.n && !p->direct && !named)
		p->person = mentioned(p);
	for (int i = 0; i < p->m->n_words && !p->other.n; i++)
		if (is(p, i, IS_SUBJECT | IS_POSSESSIVE | IS_REFLEXIVE) || (is(p, i, IS_OBJECT) &&
		    grammar_word(p->g, p->t[i].e->gender)->person != PERSON_MANY))  /* "wash them" */
			p->other = p->t[i].e->gender;
}

void grammar_read(const struct grammar *g, struct reading *r)
{
	struct message *m = r->message;
	struct parse *p = ARENA_NEW(m->arena, struct parse);
	int caps = 0;
	bool past;

	*p = (struct parse){ .g = g, .m = m, .r = r };
	p->t = ARENA_ARRAY(m->arena, struct token, m->n_words + 1);
	p->t[m->n_words].e = &g->plain;
	p->t[m->n_words].group = -1;
	r->parse = p;
	r->clauses = NULL;
	r->n_clauses = 0;
	caps = message_caps_percent(m);
	p->loud = caps > 60;
	tag_words(p);
	settle_units(p);
	drop_similes(p);
	for (int s = 0; s < m->n_sentences; s++) {
		struct span w = m->sentences[s].words;

		for (int i = w.first; i < w.last; ) {
			int end = w.last - i > LONGEST ? i + LONGEST : w.last;
			int next = read_clause(p, i, end, LINK_MAIN, last_lead(p, i));

			i = next > i ? next : i + 1;
		}
	}
	past = tells_past(r);
	for (int i = 0; i < r->n_clauses; i++)
		imply_copula(p, &r->clauses[i], past);
	take_afterthoughts(p);
	hand_time_on(p);
	find_other(p);
	for (int i = 0; i < r->n_clauses; i++)
		if (r->clauses[i].who == SUBJECT_OTHER && bystanders(p, &r->clauses[i]))
			make_third(p, i);
	part_third(p);
	part_compared(p);
	part_receivers(p);
}
