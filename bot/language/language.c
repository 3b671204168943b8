#include "language/language.h"

#include "language/grammar.h"

struct label { struct label *next; struct message *words; };

/* All that was read on account of one message. */
struct family {
	struct reading *readings;
	struct label *labels;
};

static struct reading *new_reading(struct family *f, const struct language *l, struct message *m)
{
	struct reading *r = ARENA_NEW(m->arena, struct reading);

	r->language = l;
	r->message = m;
	r->family = f;
	r->next = f->readings;
	f->readings = r;
	return r;
}

void reading_clauses(struct reading *r)
{
	if (!r->parse && r->language->grammar)
		grammar_read(r->language->grammar, r);
}

static struct reading *read_into(struct family *f, const struct language *l, struct message *m)
{
	struct reading *r = new_reading(f, l, m);

	reading_clauses(r);
	return r;
}

struct reading *reading_of(const struct language *l, struct message *m)
{
	return read_into(ARENA_NEW(m->arena, struct family), l, m);
}

struct reading *reading_for_rules(const struct language *l, struct message *m)
{
	return new_reading(ARENA_NEW(m->arena, struct family), l, m);
}

struct reading *reading_create(const struct language *l, struct sv raw, struct arena *a)
{
	return reading_of(l, message_read(l->lexicon, l->locale, raw, a));
}

struct reading *reading_beside(const struct reading *r, const struct language *l, struct sv raw)
{
	struct arena *a = r->message->arena;

	for (struct reading *x = r->family->readings; x; x = x->next)
		if (x->language == l && sv_eq(x->message->raw, raw))
			return x;
	return read_into(r->family, l, message_read(l->lexicon, l->locale, arena_sv(a, raw), a));
}

struct message *label_beside(const struct reading *r, struct sv locale, struct sv raw)
{
	struct arena *a = r->message->arena;
	struct label *x = r->family->labels;

	while (x && !sv_eq(x->words->raw, raw))
		x = x->next;
	if (!x) {
		x = ARENA_NEW(a, struct label);
		*x = (struct label){ r->family->labels,
			message_begin(r->message->lexicon, locale, arena_sv(a, raw), a) };
		r->family->labels = x;
	}
	return x->words;
}
