/* language/language.h - one locale's machinery: grammar, rule sets, readers, analyses.
 *
 * Loaded from dialogs/lang/<locale>/ and immutable.  A `reading` is a message
 * together with its clauses as the grammar sees them; it is made once per text
 * and turn and shared by rule sets, analyses, readers and the composer. */
#ifndef LANGUAGE_LANGUAGE_H
#define LANGUAGE_LANGUAGE_H

#include "base/arena.h"
#include "base/findings.h"
#include "base/json.h"
#include "text/lexicon.h"
#include "text/message.h"

struct grammar;
struct readers;
struct ruleset;
struct analysis;
struct examples;
struct leaning;

struct language {
	struct sv locale;
	struct lexicon *lexicon;        /* shared by all locales */
	struct grammar *grammar;        /* NULL where the locale has none */
	struct readers *readers;
	struct ruleset **rulesets;  size_t n_rulesets;
	struct analysis **analyses; size_t n_analyses;
	struct examples *examples;      /* NULL where the locale has none */
	struct leaning *leaning;        /* of the lane; NULL where the locale has none */
};

struct reading {
	const struct language *language;
	struct message *message;
	struct clause *clauses;         /* language/grammar.h */
	int n_clauses;
	const struct parse *parse;      /* private to the grammar */
	struct tags *tags;              /* of rule sets that were run; private to the tagger */
	struct record *records;         /* of analyses that were run; private to them */
	struct family *family;          /* with those made beside it; private to language.c */
	struct reading *next;
};

struct reading *reading_create(const struct language *l, struct sv raw, struct arena *a);
/* Same, for a message already read (the lane has read it before). */
struct reading *reading_of(const struct language *l, struct message *m);
/* Same, for rule sets alone: its clauses are read when one of them asks for clauses. */
struct reading *reading_for_rules(const struct language *l, struct message *m);
void reading_clauses(struct reading *r);
/* The reading of another text that comes up while r is looked at: the same one each time. */
struct reading *reading_beside(const struct reading *r, const struct language *l, struct sv raw);
/* A label beside it: its words alone; message_complete() reads the rest. */
struct message *label_beside(const struct reading *r, struct sv locale, struct sv raw);

#endif
