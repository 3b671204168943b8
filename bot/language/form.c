/* Says a clause again: in another person, with its verb as the form wants it.
 *
 * What a person typed is copied word by word; only a verb whose subject, tense
 * or negation changes is made anew.  Dropped words never come back. */
#include <string.h>

#include "base/xalloc.h"
#include "language/parse.h"
#include "text/fold.h"

struct say {
	const struct parse *p;
	const struct grammar *g;
	const struct voice *v;
	const struct clause *c;         /* NULL: a bare span */
	struct str *out;
	size_t start;                   /* where this form began in out */
	struct sv last;                 /* the word said last, for contractions */
	struct { struct sv left, right; size_t begin, end; } cut;       /* the latest contraction, in out */
	struct sv other;                /* pronoun row that becomes the addressee */
	bool draft, settle;
	bool other_is_subject;
	bool turned;                    /* "someone ate it" is said as "it was eaten" */
};

/* ---- writing words --------------------------------------------------------- */

static void put(struct say *s, struct sv word)
{
	if (!word.n)
		return;
	if (s->out->n > s->start && s->out->p[s->out->n - 1] != ' ')
		str_addc(s->out, ' ');
	str_add(s->out, word);
	s->last = word;
}

/* Joins the word to the one before where the locale contracts them. */
static void put_joined(struct say *s, struct sv word)
{
	struct sv joined = s->last.n ? grammar_contract(s->g, s->last, word) : SV("");

	if (!joined.n) {
		put(s, word);
		return;
	}
	str_cut(s->out, s->out->n - s->last.n);
	s->cut.left = s->last;
	s->cut.right = word;
	s->cut.begin = s->out->n;
	str_add(s->out, joined);
	s->cut.end = s->out->n;
	s->last = SV("");
}

static void put_comma(struct say *s)
{
	if (s->out->n > s->start && s->out->p[s->out->n - 1] != ',')
		str_addc(s->out, ',');
	s->last = SV("");
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(struct sv raw, struct sv text)
{
	size_t k = 0;

	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '\'')
			continue;
		if ((unsigned char)raw.p[i] >= 0x80)
			return true;            /* folded: trust what was typed */
		if (k >= text.n || lower(raw.p[i]) != text.p[k++])
			return raw.n > text.n + 1 && lower(raw.p[raw.n - 1]) == 's';
	}
	return k == text.n;
}

static struct sv cased(const struct say *s, struct sv raw, bool down, bool up)
{
	STR_AUTO out = STR_INIT;

	str_add(&out, raw);
	if (down)
		fold_small(&out);
	if (up)
		fold_capital(&out, 0);
	return arena_sv(s->p->m->arena, str_sv(&out));
}

/* "£40": the sign is no word, and belongs to the number. */
static struct sv with_sign(const struct say *s, const struct word *w, struct sv text)
{
	static const char *const signs[] = { "$", "\xc2\xa3", "\xe2\x82\xac", "\xc2\xa5", "\xe2\x82\xb9" };
	struct sv before = sv_sub(s->p->m->raw, 0, w->begin);

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		struct sv sign = sv_from(signs[i]);

		if (before.n >= sign.n && sv_eq(sv_sub(before, before.n - sign.n, before.n), sign))
			return (struct sv){ text.p - sign.n, text.n + sign.n };
	}
	return text;
}

/* A word as it should be written: typed letters, mended case and typos. */
static struct sv word_text(const struct say *s, int i)
{
	const struct word *w = &s->p->m->words[i];
	const struct token *t = &s->p->t[i];
	const struct word *next = i + 1 < s->p->m->n_words ? w + 1 : NULL;
	struct sv raw = sv_sub(s->p->m->raw, w->begin, w->end);
	bool known = t->is || t->verb >= 0 || lexicon_knows(s->g->lx, s->g->locale, w->text), down;

	if (w->flags & (WORD_REPAIRED | WORD_JOINED) || (next && next->flags & WORD_JOINED) ||
	    !same_word(raw, w->text))
		raw = w->text;
	else if (w->flags & WORD_NUMBER)
		return with_sign(s, w, raw);
	down = s->p->loud || (w->flags & WORD_CAPS && known && !(w->text.n <= 4 && !t->is && t->verb < 0)) ||
	    (w->flags & WORD_CAPITAL && w->flags & WORD_SENTENCE && known);
	if (t->e->capital)
		return cased(s, raw, true, true);
	return down ? cased(s, raw, true, false) : raw;
}

/* A plain verb in this form; what follows it is put by put_verb. */
static struct sv plain_text(const struct say *s, const struct plainer *x, enum verb_form f)
{
	int row = lexicon_verb(s->g->lx, s->g->locale, x->say, NULL);

	return row < 0 ? x->say : lexicon_verb_form(s->g->lx, s->g->locale, row, f);
}

static const struct plainer *plainer_at(const struct say *s, int i)
{
	const struct group *g = s->p->t[i].group >= 0 ? &s->p->groups[s->p->t[i].group] : NULL;

	return g && s->settle && g->head == i ? g->plain : NULL;
}

static struct sv verb_text(const struct say *s, int i, enum verb_form f)
{
	const struct token *t = &s->p->t[i];
	STR_AUTO made = STR_INIT;

	if (plainer_at(s, i))
		return plain_text(s, plainer_at(s, i), f);

	if (t->forms & 1u << f)
		return word_text(s, i);
	if (t->verb >= 0)
		return lexicon_verb_form(s->g->lx, s->g->locale, t->verb, f);
	if (f == VERB_BASE)
		return t->base.n ? t->base : word_text(s, i);
	grammar_inflect(s->g, t->base.n ? t->base : s->p->m->words[i].text, f, &made);
	return arena_sv(s->p->m->arena, str_sv(&made));
}

/* ---- who becomes whom --------------------------------------------------------- */

static bool in_span(int i, struct span s)
{
	return i >= s.first && i < s.last;
}

static bool is(const struct say *s, int i, uint32_t classes)
{
	return (s->p->t[i].is & classes) != 0;
}

static bool genitive(const struct say *s, int i)
{
	const struct word *w = &s->p->m->words[i];
	struct sv raw = sv_sub(s->p->m->raw, w->begin, w->end);

	return (w->flags & WORD_POSSESSIVE) != 0 || (!(w->flags & WORD_JOINED) &&
	    lexicon_genitive(s->g->lx, s->g->locale, raw));
}

static struct span person_unit(const struct say *s, struct span w);

/* "my ex came late and the kids cried": another than the one who was named first. */
static bool someone_else(const struct say *s, struct span w)
{
	struct span unit = person_unit(s, w);
	struct sv named = s->p->person, gender;

	if (span_empty(unit) || !named.n || sv_eq(named, message_words(s->p->m, unit)))
		return false;
	gender = s->p->t[unit.last - 1].e->gender;
	return is(s, w.first, IS_POSSESSIVE | IS_DETERMINER) || (gender.n && !sv_eq(gender, s->p->other));
}

/* Is this noun phrase the other person, and not somebody of theirs? */
static bool is_other(const struct say *s, struct span w)
{
	const struct token *first = &s->p->t[w.first];
	int last = w.last - 1;

	if (span_empty(w) || is(s, w.first, IS_SOMEONE))
		return false;
	if (span_length(w) == 1 && (is(s, w.first, IS_SUBJECT) || first->e->fused))
		return first->e->who == SUBJECT_OTHER;  /* the last: "shed" */
	for (int i = w.first; i < last; i++)
		if (genitive(s, i) && !is(s, last, IS_PERSON))
			return false;
	if (someone_else(s, w))
		return false;
	if (is(s, w.first, IS_POSSESSIVE) && (first->e->gender.n || first->e->who == SUBJECT_ADDRESSEE))
		return false;
	return is(s, last, IS_PERSON | IS_AGENT) ||
	    (s->p->m->words[last].flags & WORD_CAPITAL) ||
	    (s->c && s->c->who == SUBJECT_OTHER);
}

static bool noun_follows(const struct say *s, int i)
{
	int k = i + 1, end = s->p->m->n_words;

	while (k < end && is(s, k, IS_DROP))
		k++;
	if (k >= end || s->p->m->words[k].flags & (WORD_COMMA | WORD_SENTENCE | WORD_EMOJI))
		return false;
	if (k + 1 < end && is(s, k, IS_DETERMINER) && is(s, k, IS_ADVERB) && is(s, k + 1, IS_PREPOSITION))
		return true;                    /* "her half of the bill" */
	return !is(s, k, IS_PREPOSITION | IS_CONJUNCTION | IS_SUBORDINATOR | IS_AUX | IS_ADVERB |
	    IS_SUBJECT | IS_OBJECT | IS_INFINITIVE | IS_QUESTION | IS_NEGATION | IS_FILLER | IS_TIME |
	    IS_DETERMINER | IS_POSSESSIVE | IS_RELATIVE | IS_PARTICLE);
}

static const struct group *governing(const struct say *s, int i)
{
	for (int k = i; k >= 0; k--)
		if (s->p->t[k].group >= 0)
			return &s->p->groups[s->p->t[k].group];
	return NULL;
}

static struct span person_unit(const struct say *s, struct span w)
{
	for (int i = w.first; i < w.last; i++)
		if (is(s, i, IS_PERSON) && !s->p->t[i].inside)
			return (struct span){ i, s->p->t[i].unit };
	return (struct span){ w.last, w.last };
}

static bool same_person(const struct say *s, const struct group *g)
{
	if (g->who != SUBJECT_OTHER)
		return false;
	if (span_empty(g->subject))
		return true;
	if (s->c && g->subject.first == s->c->subject.first)
		return is_other(s, g->subject);
	if (span_length(g->subject) == 1 && is(s, g->subject.first, IS_SUBJECT))
		return sv_eq(s->p->t[g->subject.first].e->gender, s->other);
	return s->c && s->c->who != SUBJECT_OTHER && s->c->who != SUBJECT_ADDRESSEE && s->p->person.n &&
	    is(s, g->subject.last - 1, IS_PERSON) && !s->p->direct &&
	    sv_eq(s->p->person, message_words(s->p->m, person_unit(s, g->subject)));
}

/* "he slapped him": an object is not the subject of its own verb. */
static bool bound(const struct say *s, int i)
{
	const struct group *g = governing(s, i);

	if (!g || !same_person(s, g))
		return false;
	for (int k = g->words.last; k < i; k++)
		if (is(s, k, IS_OBJECT) && (is(s, k + 1, IS_INFINITIVE) || (message_mark(s->p->m, s->g->self, k) &&
		    s->p->t[k + 1].forms & 1 << VERB_ING)))
			return false;           /* the last: "and me ringing him" */
	return true;
}

/* "drop the kids off without their coats": somebody nearer is meant. */
static bool nearer(const struct say *s, int i)
{
	if (!s->c || s->c->head < 0)
		return false;
	for (int k = s->c->head + 1; k < i; k++)
		if ((is(s, k, IS_PERSON) && !in_span(k, s->c->subject) &&
		    sv_eq(s->p->t[k].e->gender, s->p->t[i].e->gender)) || (!s->p->known_other && !s->p->loud &&
		    in_span(k, s->c->object) && !s->p->t[k].e->gender.n && s->p->m->words[k].flags & WORD_CAPITAL))
			return true;            /* the last: "sacked Linda on her birthday" */
	return false;
}

static bool becomes_addressee(const struct say *s, int i, bool possessive)
{
	const struct token *t = &s->p->t[i];

	if (!s->other.n || !sv_eq(t->e->gender, s->other) || (possessive && nearer(s, i)))
		return false;
	if (possessive || is(s, i, IS_REFLEXIVE | IS_SUBJECT) || !is(s, i, IS_OBJECT))
		return true;                    /* the last: "never shared hers" */
	return !bound(s, i);
}

/* "lent her money": a receiver, unless something goes "to" somebody else. */
static bool receives(const struct say *s, int i)
{
	int end = s->c ? s->c->words.last : s->p->m->n_words;

	if (!is(s, i, IS_OBJECT) || i == 0 || !s->p->t[i - 1].e->gives || is(s, i + 1, IS_PERSON))
		return false;
	for (int k = i + 1; k < end && !(s->p->m->words[k].flags & WORD_COMMA); k++)
		if (is(s, k, IS_INFINITIVE))
			return false;
	return true;
}

/* Is nothing said behind it? */
static bool ends(const struct say *s, int i)
{
	const struct word *w = s->p->m->words;

	return i + 1 >= s->p->m->n_words || (!s->p->t[i + 1].inside &&
	    w[i + 1].flags & (WORD_COMMA | WORD_SENTENCE | WORD_EMOJI));
}

/* What a word becomes in this voice; "" when it stays. */
static struct sv mapped(const struct say *s, int i)
{
	struct sv text = s->p->m->words[i].text, to;
	bool before;

	if (!s->v->map.n || is(s, i, IS_NUMBER) || s->p->m->words[i].flags & WORD_QUOTED)
		return SV("");
	before = is(s, i, IS_POSSESSIVE) && noun_follows(s, i) && !receives(s, i) && !(is(s, i, IS_OBJECT) && i > 0 &&
	    s->p->t[i - 1].group >= 0 && s->p->t[i - 1].verb >= 0 && s->p->t[i + 1].verb >= 0 &&
	    s->p->t[i + 1].forms == 1 << VERB_ING);         /* "caught her reading it" */
	if (is(s, i, IS_POSSESSIVE) && !is(s, i, IS_OBJECT))
		before = !ends(s, i);           /* "as his" */
	to = grammar_map(s->g, s->v->map, text, before);
	if (!to.n || (s->p->t[i].e->gender.n && s->draft && !becomes_addressee(s, i, before)))
		return SV("");
	return to;
}

static enum person person_said(const struct say *s, const struct group *g)
{
	struct sv to;

	if (span_empty(g->subject) && g->who == SUBJECT_NONE)
		return (enum person)g->person;
	if (s->draft && g->who == SUBJECT_OTHER && (span_empty(g->subject) || same_person(s, g)))
		return PERSON_MANY;
	if (span_length(g->subject) == 1) {
		to = mapped(s, g->subject.first);
		if (to.n)
			return (enum person)grammar_word(s->g, to)->person;
	}
	return (enum person)g->person;
}

/* ---- a verb group --------------------------------------------------------------- */

struct shape {                  /* what a group will say */
	enum person person;
	int tense;
	bool neg, perfect, progressive, passive, copula, lifted;
	const struct entry *modal;
	int modal_at;
};

static bool keeps_perfect(const struct say *s, const struct group *g)
{
	int end = s->c ? s->c->words.last : s->p->m->n_words;

	for (int i = g->words.last; i < end; i++)
		if (is(s, i, IS_SPAN))
			return true;
	return false;
}

static void settle_modal(struct shape *h, const struct entry *m)
{
	bool turn = m->turn || (m->turn_perfect && h->perfect);

	h->neg ^= turn;
	h->tense = h->perfect ? TENSE_PAST : m->tense;
	h->perfect = false;
	h->modal = NULL;
}

/* Modals and habits become plain acts: "you should have told me" -> did not tell. */
static void settle(const struct say *s, const struct group *g, struct shape *h)
{
	if (g->who == SUBJECT_SELF || g->who == SUBJECT_WE)
		return;
	h->neg ^= g->turn ^ g->deny;
	if (h->modal)
		settle_modal(h, h->modal);
	if (g->habit || g->lifted >= 0 || (h->progressive && h->tense == TENSE_PRESENT && !h->perfect))
		h->progressive = false;         /* "you're texting her": when you text her */
	if (h->perfect && !h->neg && !h->progressive && !keeps_perfect(s, g)) {
		h->perfect = false;
		h->tense = TENSE_PAST;
	}
}

/* The verb of the clause itself, or one that shares its subject. */
static bool is_main(const struct say *s, const struct group *g)
{
	while (g->lead >= 0)
		g = &s->p->groups[g->lead];
	return s->c && g->clause == (int)(s->c - s->p->r->clauses);
}

/* Was a form of the plural typed, that no singular has? */
static bool said_many(const struct say *s, const struct group *g)
{
	const struct token *t = &s->p->t[g->words.first];
	const struct sv (*forms)[2];
	bool past;

	if (g->words.first >= g->words.last || !(t->is & IS_AUX))
		return false;
	forms = s->g->agree[t->e->role];
	past = g->tense == TENSE_PAST;
	return sv_eq(s->p->m->words[g->words.first].text, forms[PERSON_MANY][past]) &&
	    !sv_eq(forms[PERSON_MANY][past], forms[PERSON_ONE][past]);
}

/* "you lent me nothing": the word behind the verb that says it was not done, or -1. */
static int none_behind(const struct say *s, const struct group *g)
{
	int end = s->c ? s->c->words.last : s->p->m->n_words;

	if (!s->settle || (g->who != SUBJECT_OTHER && g->who != SUBJECT_ADDRESSEE) || g->neg >= 0)
		return -1;
	for (int i = g->words.last; i < end && s->p->t[i].group < 0 && !is(s, i, IS_CONJUNCTION | IS_SUBORDINATOR); i++)
		if (s->p->t[i].e->anything && !(s->p->m->words[i].flags & WORD_QUOTED) &&
		    (i + 1 >= end || !is(s, i + 1, IS_CONJUNCTION | IS_STATE | IS_INFINITIVE)) && !s->p->t[i - 1].e->sake)
			return i;
	return -1;
}

static struct shape shape_of(const struct say *s, const struct group *g)
{
	struct shape h = { .person = person_said(s, g), .tense = g->tense, .neg = g->neg >= 0,
		.perfect = g->perfect, .progressive = g->progressive, .passive = g->passive,
		.copula = g->copula, .modal = g->modal };

	bool own = g->who == SUBJECT_SELF || g->who == SUBJECT_WE, plain = s->settle && is_main(s, g);

	h.neg ^= plain && none_behind(s, g) >= 0;
	if (g->who == SUBJECT_THING && said_many(s, g))
		h.person = PERSON_MANY;         /* "there are cups", "the tickets were" */
	if (plain)
		settle(s, g, &h);
	h.lifted = (!plain || own) && g->lifted >= 0;
	if (h.lifted)
		h.copula = false;
	return h;
}

static void put_not(struct say *s, struct shape *h)
{
	if (h->neg)
		put_joined(s, s->g->negation);
	h->neg = false;
}

/* "only ... when": the verdict is in the word, the fact in the rest. */
static bool limits(const struct say *s, int i)
{
	if (!s->settle || !s->p->t[i].e->limit)
		return false;
	for (int k = i + 1; k < s->c->words.last; k++)
		if (is(s, k, IS_SUBORDINATOR) && s->p->t[k].e->link == LINK_TIME)
			return true;
	return false;
}

static void put_adverbs(struct say *s, const struct group *g)
{
	for (int i = g->words.first; i < g->words.last; i++)
		if (is(s, i, IS_ADVERB) && !is(s, i, IS_DROP | IS_AUX) && i != g->head &&
		    !in_span(i, g->subject) && !limits(s, i))
			put(s, word_text(s, i));
}

static struct sv agree(const struct say *s, int role, const struct shape *h)
{
	return s->g->agree[role][h->person][h->tense == TENSE_PAST];
}

static void put_finite(struct say *s, int verb, const struct shape *h)
{
	enum verb_form f = h->tense == TENSE_PAST ? VERB_PAST :
	    h->person == PERSON_ONE ? VERB_THIRD : VERB_BASE;

	put(s, verb_text(s, verb, f));
}

static struct sv role_form(const struct say *s, int role, enum verb_form f)
{
	return s->g->role_forms[role][f];
}

/* The first auxiliary, and the negation that it takes: "haven't" rather than
 * "you've not", but "I'm not". */
static void put_aux(struct say *s, struct sv aux, struct shape *h)
{
	if (h->neg && grammar_contract(s->g, aux, s->g->negation).n)
		put(s, aux);
	else
		put_joined(s, aux);
	put_not(s, h);
}

static void put_be(struct say *s, const struct group *g, struct shape *h, int verb, bool aux,
    enum verb_form f)
{
	if (aux)
		put(s, role_form(s, ROLE_COPULA, f));
	else
		put_aux(s, agree(s, ROLE_COPULA, h), h);
	put_adverbs(s, g);
	if (!h->copula)
		put(s, verb_text(s, verb, h->progressive ? VERB_ING : VERB_PARTICIPLE));
}

/* Does the language deny with an auxiliary of its own ("did not call")? */
static bool supports(const struct say *s, const struct shape *h)
{
	return agree(s, ROLE_SUPPORT, h).n > 0;
}

static void put_verb(struct say *s, const struct group *g, struct shape *h)
{
	int verb = h->lifted ? g->lifted : g->head;
	enum verb_form f = VERB_BASE;
	bool aux = h->modal || h->perfect;

	if (h->modal)
		put_aux(s, word_text(s, h->modal_at), h);
	if (h->perfect) {
		put_aux(s, h->modal ? role_form(s, ROLE_PERFECT, VERB_BASE) :
		    agree(s, ROLE_PERFECT, h), h);
		f = VERB_PARTICIPLE;
	}
	if (h->copula || h->progressive || h->passive) {
		put_be(s, g, h, verb, aux, f);
	} else if (aux || (h->neg && supports(s, h))) {
		if (!aux)
			put_aux(s, agree(s, ROLE_SUPPORT, h), h);
		put_adverbs(s, g);
		if (!g->short_of)
			put(s, verb_text(s, verb, f));
	} else {
		put_not(s, h);
		put_adverbs(s, g);
		put_finite(s, verb, h);
	}
}

static void put_span(struct say *s, struct span w);

static void put_group(struct say *s, const struct group *g)
{
	struct shape h = shape_of(s, g);

	h.modal_at = g->words.first;
	while (h.modal && h.modal_at < g->words.last &&
	    s->p->t[h.modal_at].e != g->modal)
		h.modal_at++;
	put_verb(s, g, &h);
	if (g->plain && s->settle && !h.lifted && g->plain->after.n)
		put(s, g->plain->after);
	if (h.lifted)
		put_span(s, (struct span){ g->lifted + 1, g->head + 1 });
}

/* A group in the rest is copied unless its words must change. */
static bool changes(const struct say *s, const struct group *g)
{
	const struct group *lead = g->lead >= 0 ? &s->p->groups[g->lead] : NULL;

	if (g->means)
		return false;
	if (g->neg >= 0 && !sv_eq(s->p->m->words[g->neg].text, s->g->negation))
		return true;
	if (none_behind(s, g) >= 0)
		return true;
	if (lead && g->bare && s->settle && is_main(s, g) && !(lead->lifted >= 0 && lead->who == SUBJECT_SELF))
		return true;
	return person_said(s, g) != (enum person)g->person;
}

/* ---- spans ------------------------------------------------------------------------ */

static int put_quote(struct say *s, int i, int last)
{
	const struct word *w = s->p->m->words;
	struct sv raw;
	int k = i;

	while (k < last && w[k].flags & WORD_QUOTED && (k == i || w[k].sentence == w[i].sentence))
		k++;
	raw = sv_sub(s->p->m->raw, w[i].begin, w[k - 1].end);
	put(s, sv_from(arena_printf(s->p->m->arena, "%.*s%.*s%.*s", SV_ARG(s->g->quote_open),
	    SV_ARG(raw), SV_ARG(s->g->quote_close))));
	return k;
}

/* "my husband" where he is the one who is spoken to; its end, or i. */
static int put_other(struct say *s, int i, int last)
{
	const struct clause *c = s->c;
	int k = i + ((is(s, i, IS_POSSESSIVE) && !s->p->t[i].e->gender.n) ||
	    (is(s, i, IS_DETERMINER) && !is(s, i, IS_NEGATION))), end;

	bool owner = c && c->who == SUBJECT_OTHER && in_span(i, c->subject);

	while (k > i && k < last && is(s, k, IS_DROP))
		k++;                            /* "my own husband" */

	if (!s->draft || s->p->direct || k >= last || !is(s, k, IS_PERSON) || s->p->t[k].inside || !c ||
	    c->who == SUBJECT_ADDRESSEE || (c->who == SUBJECT_OTHER && !owner) ||
	    (owner && !genitive(s, s->p->t[k].unit - 1)) || (!owner && !sv_eq(s->p->person, message_words(s->p->m, (struct span){ k, s->p->t[k].unit }))))
		return i;
	end = s->p->t[k].unit;
	if (c->who == SUBJECT_THING && in_span(i, c->subject) && end == c->subject.last && !genitive(s, end - 1))
		return i;                       /* somebody else, who acts here */
	put(s, grammar_map(s->g, s->v->map, s->g->pronouns[0][genitive(s, end - 1) ? 2 : 0],
	    genitive(s, end - 1)));
	return end;
}

/* In what somebody else does, in a form that settles. */
static bool others(const struct say *s, int i)
{
	const struct group *g = s->settle ? governing(s, i) : NULL;

	return g && (g->who == SUBJECT_OTHER || g->who == SUBJECT_ADDRESSEE);
}

/* Right behind the word before, as in "1am" and "20th". */
static bool glued(const struct say *s, int i, struct sv to)
{
	const struct word *w = &s->p->m->words[i];

	return i > 0 && w[-1].end == w->begin && !(w->flags & (WORD_JOINED | WORD_COMMA)) &&
	    s->last.n && s->out->n > s->start && to.n;
}

/* Typed with a hyphen to the word before: "e-scooter". */
static bool hyphened(const struct say *s, int i)
{
	const struct word *w = &s->p->m->words[i];

	return i > 0 && s->last.n && s->out->n > s->start && !(w->flags & (WORD_JOINED | WORD_COMMA)) &&
	    w[-1].end + 1 == w->begin && s->p->m->raw.p[w[-1].end] == '-' && !is(s, i - 1, IS_DROP) &&
	    sv_eq(s->last, word_text(s, i - 1));
}

/* Is something else said for the word?  "next time" is "when" only before a clause. */
static bool swaps(const struct say *s, int i)
{
	const struct entry *e = s->p->t[i].e;
	int first = i;

	while (first > 0 && s->p->t[first].inside)
		first--;
	return e->to && !(e->whole && !others(s, i)) &&
	    !(e->is & IS_SUBORDINATOR && !is(s, first, IS_SUBORDINATOR));
}

static void put_word(struct say *s, int i, bool first)
{
	const struct word *w = &s->p->m->words[i];
	struct sv to = mapped(s, i);

	if (w->flags & WORD_COMMA && !first)
		put_comma(s);
	if (s->p->t[i].e->anything && s->p->t[i].inside && sv_eq(s->last, *s->p->t[i].e->anything))
		return;                         /* "no one" */
	if (!to.n && governing(s, i) && is_main(s, governing(s, i)) && none_behind(s, governing(s, i)) == i)
		to = *s->p->t[i].e->anything;
	else if (!to.n && swaps(s, i))
		to = s->p->t[i].inside ? SV("") : *s->p->t[i].e->to;
	else if (!to.n)
		to = word_text(s, i);
	if (w->flags & WORD_JOINED) {
		put_joined(s, to);
	} else if (hyphened(s, i)) {
		str_addc(s->out, '-');
		str_add(s->out, to);
		s->last = to;
	} else if (glued(s, i, to)) {
		str_add(s->out, to);
		s->last = to;
	} else {
		put(s, to);
	}
}

/* An interjection: several words, or one that stands by itself. */
static bool idle(const struct say *s, int i, struct span w)
{
	const struct token *t = &s->p->t[i];
	const struct word *words = s->p->m->words;
	bool before = i == (s->c ? s->c->words.first : w.first) || words[i].flags & (WORD_COMMA | WORD_SENTENCE);
	bool after = i + 1 >= s->p->m->n_words || words[i + 1].flags & (WORD_COMMA | WORD_SENTENCE | WORD_EMOJI);

	if (!(t->is & IS_FILLER))
		return false;
	return t->inside || t->unit > i + 1 || (before && after);
}

/* "it's still not back": the verb has said the "not" already. */
static bool denied_by(const struct say *s, int i)
{
	const struct group *g = is(s, i, IS_NEGATION) ? governing(s, i) : NULL;

	return g && g->copula && g->neg == i && i >= g->words.last;
}

static void put_span(struct say *s, struct span w)
{
	for (int i = w.first; i < w.last; ) {
		const struct token *t = &s->p->t[i];
		int k;

		if (s->p->m->words[i].flags & WORD_QUOTED) {
			i = put_quote(s, i, w.last);
			continue;
		}
		if (t->is & IS_DROP || s->p->m->words[i].flags & WORD_EMOJI || idle(s, i, w) || denied_by(s, i) ||
		    (s->settle && s->c && s->c->negated && t->e->doubt && !is(s, i + 1, IS_DETERMINER)) ||
		    (is(s, i, IS_ADVERB) && s->c && limits(s, i))) {
			i++;
			continue;
		}
		if (t->group >= 0 && s->p->groups[t->group].words.first == i &&
		    changes(s, &s->p->groups[t->group])) {
			put_group(s, &s->p->groups[t->group]);
			i = s->p->groups[t->group].words.last;
			continue;
		}
		k = put_other(s, i, w.last);
		if (k > i) {
			i = k;
			continue;
		}
		put_word(s, i, i == w.first);
		i++;
	}
}

/* "my girlfriend double booked": words between the name and the verb. */
static struct span after_person(const struct say *s, struct span w)
{
	for (int i = w.last - 1; i >= w.first; i--)
		if (is(s, i, IS_PERSON | IS_AGENT) || (s->p->m->words[i].flags & WORD_CAPITAL && !s->p->loud))
			return (struct span){ i + 1 < w.last && s->p->t[i + 1].verb < 0 && !is(s, i + 1, ~0u) ? w.last :
			    i + 1 < w.last && is(s, i + 1, IS_PREPOSITION) ? w.last : i + 1, w.last };
	return (struct span){ w.last, w.last };
}

/* "my husband and his brother": the part from "and" on, or nothing. */
static struct span joined(const struct say *s, struct span w)
{
	for (int i = w.first; i < w.last; i++)
		if (is(s, i, IS_CONJUNCTION))
			return (struct span){ i, w.last };
	return (struct span){ 0, 0 };
}

/* "the kitchen's a mess": the auxiliary is said by the verb. */
static void drop_genitive(struct say *s)
{
	size_t n = s->out->n;

	while (n > s->start && s->out->p[n - 1] != '\'' && s->out->p[n - 1] != ' ')
		n--;
	if (n > s->start && s->out->p[n - 1] == '\'')
		str_cut(s->out, n - 1);
}

static void put_subject(struct say *s, const struct clause *c, const struct group *g)
{
	struct sv you = s->g->n_pronouns ?
	    grammar_map(s->g, s->v->map, s->g->pronouns[0][0], false) : SV("");

	if (span_length(c->subject) == 1 && s->p->t[c->subject.first].e->stands &&
	    c->who != SUBJECT_OTHER) {
		put(s, *s->p->t[c->subject.first].e->stands);
	} else if (c->who == SUBJECT_SELF && (span_empty(c->subject) || is(s, c->subject.first, IS_OBJECT))) {
		put(s, cased(s, s->g->writer, false, grammar_word(s->g, s->g->writer)->capital));
	} else if (c->who == SUBJECT_ADDRESSEE && span_empty(c->subject)) {
		put(s, s->draft ? you : s->g->addressee);
	} else if (s->draft && c->who == SUBJECT_OTHER && (span_empty(c->subject) ||
	    is_other(s, c->subject))) {
		put(s, you);
		put_span(s, joined(s, c->subject).last ? joined(s, c->subject) : after_person(s, c->subject));
	} else if (span_empty(c->subject) && c->who == SUBJECT_OTHER) {
		put(s, s->v->pronoun.n ? s->v->pronoun : s->other);
	} else {
		put_span(s, c->subject);
		if (c->who == SUBJECT_THING && g && genitive(s, c->subject.last - 1))
			drop_genitive(s);
	}
}

/* ---- templates -------------------------------------------------------------------- */

static void put_time(struct say *s, const struct clause *c)
{
	const struct token *t;

	if (!s->v->keep_time || span_empty(c->time))
		return;
	t = &s->p->t[c->time.first];
	if (s->p->m->words[c->time.first].text.n && grammar_word(s->g,
	    s->p->m->words[c->time.first].text)->front)
		put(s, *grammar_word(s->g, s->p->m->words[c->time.first].text)->front);
	put_span(s, c->time);
	(void)t;
}

/* All times and durations of the clause: what was heard. */
static void put_times(struct say *s, const struct clause *c)
{
	bool first = true;

	if (!span_empty(c->time)) {
		put_time(s, c);
		first = false;
	}
	for (int i = c->words.first; i < c->words.last; i++) {
		int k = i;

		while (k < c->words.last && is(s, k, IS_TIME))
			k++;
		if (k == i || (in_span(i, c->time)))
			continue;
		if (!first)
			put_comma(s);
		first = false;
		put_span(s, (struct span){ i, k });
		i = k - 1;
	}
}

static struct span without_determiner(const struct say *s, struct span w)
{
	while (w.first < w.last && is(s, w.first, IS_POSSESSIVE | IS_DETERMINER))
		w.first++;
	return w;
}

/* The rest without what the writer did beside it: "drives me to chemo and I pay the petrol". */
static struct span without_own(const struct say *s, const struct clause *c)
{
	const struct parse *p = s->p;
	struct span w = c->rest;

	for (int i = 0; i < p->r->n_clauses; i++) {
		const struct clause *k = &p->r->clauses[i];

		if (k != c && k->link == LINK_JOINED && (k->who == SUBJECT_SELF || k->who == SUBJECT_WE)
		    && k->words.first >= w.first && k->words.first < w.last)
			w.last = k->words.first;
	}
	while (w.last < c->rest.last && w.last > w.first && p->t[w.last - 1].is & IS_CONJUNCTION)
		w.last--;
	return w;
}

/* The first phrase of the rest: up to the second preposition or the next connective.
 * One that stands first says when the act is meant: "when you're late". */
static struct span first_phrase(const struct say *s, struct span w)
{
	bool seen = false;

	for (int i = w.first; i < w.last; i++) {
		if ((i > w.first && is(s, i, IS_CONJUNCTION | IS_SUBORDINATOR | IS_RELATIVE | IS_QUESTION)) ||
		    (i > w.first && s->p->m->words[i].flags & WORD_COMMA) ||
		    (is(s, i, IS_PREPOSITION | IS_TIME) && seen && !is(s, i - 1, IS_PREPOSITION | IS_TIME) &&
		    !(is(s, i, IS_PARTICLE) && s->p->t[i - 1].verb >= 0)))      /* "to pick up" */
			return (struct span){ w.first, i };
		seen = true;
	}
	return w;
}

static const struct group *group_of(const struct parse *p, const struct clause *c)
{
	int index = (int)(c - p->r->clauses);

	for (int i = 0; i < p->n_groups; i++)
		if (p->groups[i].clause == index && p->groups[i].lead < 0)
			return &p->groups[i];
	return NULL;
}

static void put_base(struct say *s, const struct group *g)
{
	int verb = g->lifted >= 0 && !s->settle ? g->lifted : g->head;

	if (g->neg >= 0)
		put(s, s->g->negation);
	if (g->copula && g->lifted < 0)
		put(s, role_form(s, ROLE_COPULA, VERB_BASE));
	else if (verb >= 0)
		put(s, verb_text(s, verb, VERB_BASE));
	if (verb != g->head)
		put_span(s, (struct span){ verb + 1, g->head + 1 });
}

/* "nobody told me": the writer was not told. */
static bool told_me(const struct say *s, const struct clause *c)
{
	return span_length(c->object) == 1 && is(s, c->object.first, IS_OBJECT) &&
	    message_mark(s->p->m, s->g->self, c->object.first) && !is(s, c->object.first, IS_POSSESSIVE);
}

/* The object as the subject of a passive; nobody did it: it is not done. */
static void put_turned(struct say *s, const struct clause *c, const struct group *g)
{
	int last = c->object.last - 1;
	struct sv w = s->p->m->words[last].text;
	bool many = s->p->t[last].e->person == PERSON_MANY || (w.n > 3 && w.p[w.n - 1] == 's' && w.p[w.n - 2] != 's');
	struct shape h = shape_of(s, g);

	many |= s->draft && sv_eq(s->last, grammar_map(s->g, s->v->map, s->g->pronouns[0][0], false));
	h.person = told_me(s, c) ? PERSON_SELF : many ? PERSON_MANY : PERSON_ONE;
	h.neg ^= s->p->t[c->subject.first].e->no;
	h.progressive = h.lifted = false;
	h.passive = true;
	put_verb(s, g, &h);
}

/* May an unnamed agent be left out: somebody did something to a thing? */
static bool turns(const struct say *s, const struct clause *c, const struct group *g)
{
	for (int i = 0; i < s->p->n_groups && g; i++)
		if (s->p->groups[i].lead >= 0 && &s->p->groups[s->p->groups[i].lead] == g)
			return false;           /* "... and put it back" */
	return s->settle && g && c->who == SUBJECT_THING && !span_empty(c->subject) &&
	    is(s, c->subject.first, IS_SOMEONE) && !g->copula && !g->passive && !g->modal && g->lifted < 0 &&
	    g->lead < 0 && !span_empty(c->object) && c->object.first > c->head &&
	    (told_me(s, c) || !is(s, c->object.first, IS_OBJECT | IS_SUBJECT | IS_REFLEXIVE)) && lexicon_verb_form(s->g->lx,
	    s->g->locale, c->verb_row < 0 ? 0 : c->verb_row, VERB_PARTICIPLE).n;
}

/* Particles between the verb and its object; in a question the subject stands there. */
static struct span behind_verb(const struct clause *c, const struct group *g)
{
	int first = g && g->words.last > c->head ? g->words.last : c->head + 1;

	if (c->subject.first > c->head && c->subject.last > first)
		first = c->subject.last;
	return (struct span){ first, c->verb.last > first ? c->verb.last : first };
}

static void put_place(struct say *s, const struct clause *c, const struct group *g, struct sv name)
{
	bool verb = sv_is(name, "verb");

	if (s->turned && sv_is(name, "subject")) {
		if (told_me(s, c))
			put(s, cased(s, s->g->writer, false, grammar_word(s->g, s->g->writer)->capital));
		else
			put_span(s, c->object);
		return;
	}
	if (s->turned && sv_is(name, "object"))
		return;
	if (s->turned && verb) {
		put_turned(s, c, g);
		put_span(s, (struct span){ c->head + 1, c->object.first });
		return;
	}

	if (sv_is(name, "time") || sv_is(name, c->tense == TENSE_PRESENT ? "time.habit" : "time.once"))
		put_time(s, c);
	else if (sv_is(name, "times"))
		put_times(s, c);
	else if (sv_is(name, "subject"))
		put_subject(s, c, g);
	else if (verb && g)
		put_group(s, g);
	else if (sv_is(name, "verb.base") && g)
		put_base(s, g);
	else if (sv_is(name, "object"))
		put_span(s, c->object);
	else if (sv_is(name, "object.bare"))
		put_span(s, without_determiner(s, c->object));
	else if (sv_is(name, "rest"))
		put_span(s, c->rest);
	else if (sv_is(name, "rest.first"))
		put_span(s, first_phrase(s, c->rest));
	else if (sv_is(name, "rest.apart"))
		put_span(s, without_own(s, c));
	if ((verb || sv_is(name, "verb.base")) && c->head >= 0 && !span_empty(c->verb))
		put_span(s, behind_verb(c, g));
}

static void put_literal(struct say *s, struct sv text)
{
	struct sv part;

	while (sv_split(&text, ' ', &part)) {
		if (part.n == 1 && strchr(",.;:?!", part.p[0]))
			str_add(s->out, part);
		else
			put(s, part);
	}
}

static void put_template(struct say *s, const struct clause *c, struct sv text)
{
	const struct group *g = group_of(s->p, c);

	while (text.n) {
		const char *open = memchr(text.p, '{', text.n), *close;
		size_t n = open ? (size_t)(open - text.p) : text.n;

		put_literal(s, sv_sub(text, 0, n));
		if (!open)
			return;
		close = memchr(open, '}', text.n - n);
		if (!close)
			return;
		put_place(s, c, g, (struct sv){ open + 1, (size_t)(close - open - 1) });
		text = sv_sub(text, (size_t)(close - text.p) + 1, text.n);
	}
}

static void tidy(struct say *s)
{
	while (s->out->n > s->start && strchr(" ,", s->out->p[s->out->n - 1]))
		str_cut(s->out, s->out->n - 1);
	/* "where you are" at an end; "don't" may stand there */
	if (s->cut.right.n && s->cut.end == s->out->n && !sv_eq(s->cut.right, s->g->negation)) {
		str_cut(s->out, s->cut.begin);
		str_addf(s->out, "%.*s %.*s", SV_ARG(s->cut.left), SV_ARG(s->cut.right));
		s->cut.right = SV("");
	}
}

/* "home", "camera|speech", or "on ..." for a beginning. */
static bool attribute_is(const struct reading *r, const struct clause *c, struct sv attr, struct sv want)
{
	struct sv have = clause_attribute(r, c, attr), one;

	if (want.n > 3 && sv_eq(sv_sub(want, want.n - 3, want.n), SV("...")))
		return sv_starts(have, sv_trim(sv_sub(want, 0, want.n - 3)));
	if (!want.n)
		return !have.n;
	while (sv_split(&want, '|', &one))
		if (sv_eq(have, one))
			return true;
	return false;
}

static bool fits(const struct reading *r, const struct clause *c, const struct rewrite *w, struct sv form)
{
	for (size_t k = 0; k < w->n; k++)
		if (sv_is(w->attr[k], "as") ? !sv_eq(w->value[k], form) :
		    !attribute_is(r, c, w->attr[k], w->value[k]))
			return false;
	return true;
}

static const struct rewrite *rewrite_for(const struct grammar *g, const struct reading *r,
    const struct clause *c, struct sv form)
{
	for (size_t i = 0; i < g->n_rewrites; i++)
		if (fits(r, c, &g->rewrites[i], form))
			return &g->rewrites[i];
	return NULL;
}

/* Of "the neighbours' kid" the kid counts: the last person. */
static struct sv subject_gender(const struct say *s, const struct clause *c)
{
	for (int i = c->subject.last - 1; i >= c->subject.first; i--)
		if (s->p->t[i].e->gender.n || is(s, i, IS_PERSON))
			return s->p->t[i].e->gender;
	return SV("");
}

/* "mine charges his scooter": a possessive tells who a subject without gender is. */
static struct sv owner_gender(const struct say *s, const struct clause *c)
{
	if (subject_gender(s, c).n)
		return SV("");
	for (int i = c->head + 1; i < c->words.last; i++) {
		if (is(s, i, IS_PERSON))
			return SV("");
		if (is(s, i, IS_POSSESSIVE) && !is(s, i, IS_OBJECT) && s->p->t[i].e->gender.n)
			return s->p->t[i].e->gender;
	}
	return SV("");
}

static void set_other(struct say *s)
{
	const struct clause *c = s->c;

	s->other = SV("");
	if (!s->draft || (s->p->direct && (!c || c->who != SUBJECT_OTHER)))
		return;
	s->other = s->v->pronoun.n ? s->v->pronoun : s->p->other;
	if (c && c->who == SUBJECT_OTHER && owner_gender(s, c).n)
		s->other = owner_gender(s, c);
	if (c && c->who == SUBJECT_OTHER && subject_gender(s, c).n)
		s->other = subject_gender(s, c);
	if (c && span_length(c->subject) > 1 && is(s, c->subject.first, IS_POSSESSIVE) &&
	    s->p->t[c->subject.first].e->gender.n)
		s->other = s->p->t[c->subject.first].e->gender;         /* "his friends": he is meant */
}

static bool inside(const struct clause *a, const struct clause *b)
{
	return a != b && a->words.first >= b->words.first && a->words.last <= b->words.last;
}

static bool said_already(const struct clause *const *cs, size_t n, size_t i)
{
	for (size_t k = 0; k < n; k++)
		if (inside(cs[i], cs[k]))
			return true;
	return false;
}

/* Typed as one sentence with the clause before it, by the word that joins clauses. */
static bool goes_on(const struct say *s, const struct clause *before, const struct clause *c)
{
	struct sv joint = sv_trim(s->g->join_clauses);
	int i = c->words.first;

	return c == before + 1 && (sv_eq(s->p->m->words[i].text, joint) ||
	    (i > before->words.first && sv_eq(s->p->m->words[i - 1].text, joint)));
}

static void say_clause(struct say *s, const struct form *f, const struct clause *c, bool capital)
{
	const struct rewrite *w = rewrite_for(s->g, s->p->r, c, f->name);

	s->c = c;
	s->start = s->out->n;
	s->last = SV("");
	set_other(s);
	s->turned = turns(s, c, group_of(s->p, c));
	put_template(s, c, w ? w->to : f->text);
	tidy(s);
	if (capital)
		fold_capital(s->out, s->start);
}

static size_t first_about_other(const struct clause *const *cs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cs[i]->who == SUBJECT_OTHER || cs[i]->who == SUBJECT_ADDRESSEE)
			return i;
	return 0;
}

/* No act but a thing: "a fixed date this month". */
static bool is_thing(const struct parse *p, const struct clause *c)
{
	int i = c->rest.first;

	while (i < c->rest.last && p->t[i].is & IS_DROP)
		i++;
	return c->mood == MOOD_FRAGMENT && i < c->rest.last &&
	    p->t[i].is & (IS_DETERMINER | IS_NUMBER | IS_POSSESSIVE);
}

/* Said without its verb, a thing is understood ("phone away?"), a person or a
 * pronoun is not ("them the same day?"). */
static bool stands_alone(const struct parse *p, const struct clause *c)
{
	const struct token *last = span_empty(c->object) ? NULL : &p->t[c->object.last - 1];

	if (c->mood == MOOD_FRAGMENT && c->head < 0)
		return true;
	return last && !(last->is & (IS_OBJECT | IS_SUBJECT | IS_PERSON)) && span_empty(c->neg) &&
	    !span_empty(c->rest);           /* nor is "alarm?" */
}

bool grammar_form(const struct grammar *g, const struct reading *r,
    const struct clause *const *clauses, size_t n, struct sv form,
    const struct voice *v, struct str *out)
{
	const struct form *f = grammar_find_form(g, form);
	struct voice own = *v;
	struct say s = { .p = parse_of(r), .g = g, .v = &own, .out = out };
	const struct clause *before = NULL;
	bool joined = false;

	if (!f || !s.p || !n)
		return false;
	if (f->one) {
		clauses += first_about_other(clauses, n);
		n = 1;
	}
	for (size_t i = 0; i < n; i++)
		if (f->noun ? !is_thing(s.p, clauses[i]) : clauses[i]->sure == SURE_NO ||
		    (clauses[i]->sure == SURE_GUESS && !f->guess))
			return false;
	for (size_t i = 0; f->alone && i < n; i++)
		if (!stands_alone(s.p, clauses[i]))
			return false;
	if (f->map.n)
		own.map = f->map;
	s.draft = own.map.n && grammar_map(g, own.map, g->n_pronouns ? g->pronouns[0][0] : SV(""), false).n;
	s.settle = f->settle;
	for (size_t i = 0; i < n; i++) {
		size_t end = out->n, begun;

		if (said_already(clauses, n, i))
			continue;
		/* two clauses make a sentence, three a breathless one */
		joined = f->sentence && before && !joined && goes_on(&s, before, clauses[i]);
		if (before)
			str_add(out, joined ? g->join_clauses : f->joint);
		begun = out->n;
		s.cut.right = SV("");
		say_clause(&s, f, clauses[i], f->sentence && !joined);
		if (out->n > begun)
			before = clauses[i];
		else
			str_cut(out, end);
	}
	return true;
}

bool grammar_span(const struct grammar *g, const struct reading *r, struct span words,
    const struct voice *v, struct str *out)
{
	struct say s = { .p = parse_of(r), .g = g, .v = v, .out = out, .start = out->n };

	if (!s.p)
		return false;
	s.draft = v->map.n && grammar_map(g, v->map, g->n_pronouns ? g->pronouns[0][0] : SV(""), false).n;
	set_other(&s);
	put_span(&s, words);
	tidy(&s);
	return out->n > s.start;
}

/* ---- attributes ------------------------------------------------------------------ */

static const char *const whos[] = { "none", "self", "addressee", "other", "we", "thing" };
static const char *const sures[] = { "no", "guess", "yes" };
static const char *const moods[] = { "statement", "question", "command", "fragment" };
static const char *const tenses[] = { "none", "present", "past", "perfect", "future", "modal" };
static const char *const links[] = {
	/* "when" rather than "time", which is an attribute of its own */
	"main", "joined", "when", "if", "cause", "that", "which", "contrast",
};
static const char *const forms_said[] = { "base", "third", "ing", "past", "participle" };
static const char *const names[] = {
	"subject", "aux", "neg", "verb", "form", "kind", "sure", "mood", "wh", "time", "tense",
	"object", "rest", "link", "habit", "negated", "who", "theirs", "best", "as", "told", "seen", "under", "mine", "yours", "gift",
	"passive",
};

bool clause_attribute_known(struct sv name)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (sv_is(name, names[i]))
			return true;
	return false;
}

static struct sv yes_no(bool b)
{
	return b ? SV("yes") : SV("no");
}

static struct sv base_of(const struct reading *r, const struct clause *c)
{
	const struct token *t;

	if (c->verb_row >= 0)
		return lexicon_verb_form(r->parse->g->lx, r->parse->g->locale, c->verb_row, VERB_BASE);
	if (c->head < 0)
		return SV("");
	t = &r->parse->t[c->head];
	if (t->verb >= 0)
		return lexicon_verb_form(r->parse->g->lx, r->parse->g->locale, t->verb, VERB_BASE);
	return t->base.n ? t->base : r->message->words[c->head].text;
}

static struct sv form_of(const struct clause *c)
{
	for (int f = VERB_FORMS - 1; f >= 0; f--)
		if (c->verb_forms & 1u << f)
			return sv_from(forms_said[f]);
	return SV("");
}

/* Is the subject somebody or something of theirs: "her friend", "my mum's car"? */
static bool is_theirs(const struct reading *r, struct span w)
{
	const struct token *t = r->parse->t;

	if (span_empty(w))
		return false;
	if (t[w.first].is & IS_POSSESSIVE && span_length(w) > 1 &&
	    (t[w.first].e->gender.n || t[w.first].e->who == SUBJECT_ADDRESSEE))
		return true;
	for (int i = w.first; i + 1 < w.last; i++)
		if (r->message->words[i].flags & WORD_POSSESSIVE && t[i].is & IS_PERSON)
			return true;
	return false;
}

/* The clause that c is a part of, or that follows it where c stands first. */
static const struct clause *holder(const struct reading *r, const struct clause *c)
{
	const struct clause *best = NULL;

	for (int i = 0; i < r->n_clauses; i++) {
		const struct clause *a = &r->clauses[i];

		if (inside(c, a) && (!best || span_length(a->words) < span_length(best->words)))
			best = a;
	}
	if (!best && c + 1 < r->clauses + r->n_clauses && c[1].words.first == c->words.last)
		best = c + 1;
	return best;
}

/* Whose doing the clause hangs on: a feeling that the other "makes" is the writer's. */
static struct sv under(const struct reading *r, const struct clause *c)
{
	const struct clause *a = c->link == LINK_MAIN || c->link == LINK_JOINED ? NULL : holder(r, c);

	if (!a || a->head < 0)
		return SV("none");
	if ((a->who == SUBJECT_OTHER || a->who == SUBJECT_ADDRESSEE) && !a->seen && span_length(a->object) == 1 &&
	    message_mark(r->message, r->parse->g->self, a->object.first))
		return SV("self");
	return sv_from(whos[a->who == SUBJECT_ADDRESSEE ? SUBJECT_OTHER : a->who]);
}

/* Does it reach the writer, or what is theirs? */
static bool is_mine(const struct reading *r, const struct clause *c)
{
	struct span w = c->passive ? c->words : (struct span){ c->head + 1, c->words.last };

	for (int i = w.first; i < w.last && c->head >= 0; i++)
		if (message_mark(r->message, r->parse->g->self, i))
			return true;
	return false;
}

bool clause_owns(const struct reading *r, const struct clause *c, int word)
{
	if (word < c->words.first || word >= c->words.last)
		return false;
	for (int i = 0; i < r->n_clauses; i++) {
		const struct clause *in = &r->clauses[i];

		if (inside(in, c) && word >= in->words.first && word < in->words.last)
			return false;
	}
	return true;
}

/* Does it reach the other person, or what is theirs?  The parts that hang on it do not count, nor
 * does the last row of "pronouns": things are spoken of like that too. */
static bool is_yours(const struct reading *r, const struct clause *c)
{
	const struct grammar *g = r->parse->g;
	const struct token *t = r->parse->t;
	int last = grammar_pronoun_index(g, SV(""));

	for (int i = c->passive ? c->words.first : c->head + 1; i < c->words.last && c->head >= 0; i++)
		if (t[i].is & (IS_OBJECT | IS_POSSESSIVE) && !(t[i].is & IS_REFLEXIVE) && clause_owns(r, c, i) &&
		    (t[i].e->who == SUBJECT_ADDRESSEE || (t[i].e->gender.n && grammar_pronoun_index(g, t[i].e->gender) <
		    last)))
			return true;
	return false;
}

/* Done for the writer: "brought me tea", "warms the car for me". */
static bool is_gift(const struct reading *r, const struct clause *c)
{
	const struct token *t = r->parse->t;
	uint32_t self = r->parse->g->self;

	if (c->head < 0 || c->negated || !c->told || !c->seen)
		return false;
	for (int i = c->head + 1; i < c->words.last; i++)
		if (t[i].group >= 0)
			return false;           /* "hands me the baby and goes out" */
	if (c->habit && c->verb_forms & 1u << VERB_ING)
		return false;                   /* "keeps giving me work" */
	for (int i = c->head + 1; i < c->words.last && (i == c->head + 1 || t[i].group < 0); i++) {
		if (!message_mark(r->message, self, i) || !(t[i].is & IS_OBJECT))
			continue;
		if (t[i - 1].e->sake)
			return true;
		if (i == c->head + 1 && t[c->head].e->gives && i + 1 < c->words.last &&
		    !(t[i + 1].is & ~(uint32_t)(IS_DETERMINER | IS_NUMBER | IS_NOUN | IS_AGENT | IS_TIME)))
			return true;
	}
	return false;
}

static size_t rank_of(const struct reading *r, const struct clause *c)
{
	const struct grammar *g = r->parse->g;
	size_t i = 0;

	while (i < g->n_ranks && !fits(r, c, &g->ranks[i], SV("")))
		i++;
	return i;
}

/* The clause that meets the earliest row of "rank"; of several the last. */
static bool is_best(const struct reading *r, const struct clause *c)
{
	size_t rank = rank_of(r, c), other;

	if (rank == r->parse->g->n_ranks)
		return false;
	for (int i = 0; i < r->n_clauses; i++) {
		other = rank_of(r, &r->clauses[i]);
		if (other < rank || (other == rank && &r->clauses[i] > c))
			return false;
	}
	return true;
}

struct sv clause_attribute(const struct reading *r, const struct clause *c, struct sv name)
{
	const struct { const char *name; struct span words; } spans[] = {
		{ "aux", c->aux }, { "neg", c->neg }, { "time", c->time }, { "object", c->object },
		{ "rest", c->rest },
	};

	for (size_t i = 0; i < COUNT(spans); i++)
		if (sv_is(name, spans[i].name))
			return span_empty(spans[i].words) ? SV("") : message_words(r->message, spans[i].words);
	if (sv_is(name, "subject"))
		return sv_from(whos[c->who == SUBJECT_ADDRESSEE ? SUBJECT_OTHER : c->who]);
	if (sv_is(name, "who"))
		return sv_from(whos[c->who]);
	if (sv_is(name, "theirs"))
		return yes_no(is_theirs(r, c->subject));
	if (sv_is(name, "best"))
		return yes_no(is_best(r, c));
	if (sv_is(name, "verb"))
		return base_of(r, c);
	if (sv_is(name, "form"))
		return form_of(c);
	if (sv_is(name, "kind"))
		return c->kind;
	if (sv_is(name, "sure"))
		return sv_from(sures[c->sure]);
	if (sv_is(name, "mood"))
		return sv_from(moods[c->mood]);
	if (sv_is(name, "tense"))
		return sv_from(tenses[c->tense]);
	if (sv_is(name, "link"))
		return sv_from(links[c->link]);
	if (sv_is(name, "habit"))
		return yes_no(c->habit);
	if (sv_is(name, "told"))
		return yes_no(c->told);
	if (sv_is(name, "seen"))
		return yes_no(c->seen);
	if (sv_is(name, "under"))
		return under(r, c);
	if (sv_is(name, "passive"))
		return yes_no(c->passive);
	if (sv_is(name, "mine"))
		return yes_no(is_mine(r, c));
	if (sv_is(name, "yours"))
		return yes_no(is_yours(r, c));
	if (sv_is(name, "gift"))
		return yes_no(is_gift(r, c));
	if (sv_is(name, "negated"))
		return yes_no(c->negated);
	if (sv_is(name, "wh"))
		return c->wh < 0 ? SV("") : r->message->words[c->wh].text;
	return SV("");
}
