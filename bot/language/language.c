#include "language/language.h"

#include "language/grammar.h"

struct reading *reading_of(const struct language *l, struct message *m)
{
	struct reading *r = ARENA_NEW(m->arena, struct reading);

	r->language = l;
	r->message = m;
	if (l->grammar)
		grammar_read(l->grammar, r);
	return r;
}

struct reading *reading_create(const struct language *l, struct sv raw, struct arena *a)
{
	return reading_of(l, message_read(l->lexicon, l->locale, raw, a));
}
