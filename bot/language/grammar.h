/* language/grammar.h - who does what to whom, and saying it in another person.
 *
 * The clause record is the contract between text and everything above it
 * (dialogs/FORMAT.md section 10).  C knows parts of a clause; which words fill
 * them stands in grammar.json and verbs.tsv.  `sure` is the honesty of a
 * parse: only SURE_YES may become somebody's draft. */
#ifndef LANGUAGE_GRAMMAR_H
#define LANGUAGE_GRAMMAR_H

#include "language/language.h"

enum subject { SUBJECT_NONE, SUBJECT_SELF, SUBJECT_ADDRESSEE, SUBJECT_OTHER, SUBJECT_WE, SUBJECT_THING };
enum sure { SURE_NO, SURE_GUESS, SURE_YES };
enum mood { MOOD_STATEMENT, MOOD_QUESTION, MOOD_COMMAND, MOOD_FRAGMENT };
/* How a clause hangs on the one before it. */
enum link { LINK_MAIN, LINK_JOINED, LINK_TIME, LINK_IF, LINK_CAUSE, LINK_THAT, LINK_WHICH,
	LINK_CONTRAST };
enum tense { TENSE_NONE, TENSE_PRESENT, TENSE_PAST, TENSE_PERFECT, TENSE_FUTURE, TENSE_MODAL };

struct clause {
	struct span words;
	struct span subject, aux, neg, verb, object, rest, time;   /* empty where absent */
	struct span dropped[4]; /* adverbs left out of every form (grammar "drop") */
	int n_dropped;
	enum subject who;
	enum mood mood;
	enum tense tense;
	enum sure sure;
	enum link link;
	int wh;                 /* the question word's index, -1 */
	int head;               /* main verb's word index, -1 */
	int verb_row;           /* row in verbs.tsv, -1 */
	unsigned verb_forms;
	bool negated, keep_neg, progressive, passive, habit /* always, keeps -ing */;
	struct sv kind;         /* the verb's kind; "" */
	bool told;              /* said as a fact: no wish, rule, order or open question */
	bool seen;              /* what a camera would have shown */
};

struct grammar *grammar_load(struct lexicon *lx, struct sv locale, struct node *file,
    struct arena *a);
/* Fills r->clauses.  Deterministic, linear in words. */
void grammar_read(const struct grammar *g, struct reading *r);

/* Attribute by name, for "where" and expressions: subject aux neg verb form kind
 * sure mood wh time tense object rest link habit negated.  Enum values read "self",
 * "yes", "past"...; subject reads "other" for whoever is not the writer, the
 * addressee too, and who tells them apart; verb gives the base form; time and
 * object the canonical words; form "base", "third", "ing", "past", "participle".
 * told is "no" for what should be, is asked for or will be; seen is "yes" for what a
 * camera would have shown, by the verb and what stands behind it;
 * under tells whose doing a part hangs on: "none", or as subject does;
 * mine is "yes" where it reaches the writer or what is theirs, yours where it reaches the
 * other person or what is theirs, gift where it was done for the writer;
 * theirs is "yes" where the subject is somebody or something of the other person;
 * best is "yes" for the one clause that grammar "rank" puts first. */
struct sv clause_attribute(const struct reading *r, const struct clause *c, struct sv name);
bool clause_attribute_known(struct sv name);
/* Is the word one of its own, and of no clause that is a part of it? */
bool clause_owns(const struct reading *r, const struct clause *c, int word);

/* How a form speaks. */
struct voice {
	struct sv map;          /* "draft", "reflect" or "" (as typed) */
	struct sv pronoun;      /* the other person: "he", "she", "they", or "" unknown */
	bool keep_time;         /* false: leave the time out (it stands elsewhere) */
};

/* Writes the clauses in a form of grammar.json ("fact", "when", "base" ...);
 * several are joined as sentences or with "and".  False, and nothing written, when one is not
 * sure or the form does not exist.  Typed text outside the clause never appears. */
bool grammar_form(const struct grammar *g, const struct reading *r,
    const struct clause *const *clauses, size_t n, struct sv form,
    const struct voice *v, struct str *out);
/* The words of a span as they would stand in a clause, in the voice's person. */
bool grammar_span(const struct grammar *g, const struct reading *r, struct span words,
    const struct voice *v, struct str *out);
/* Does the word look like a noun here: no word of any table, no verb, no number? */
bool grammar_noun(const struct reading *r, int word);
/* Is it in a clause that tells what happened? */
bool grammar_told(const struct reading *r, int word);
bool grammar_has_form(const struct grammar *g, struct sv form);

/* pronoun "he" + role "him" -> "him"; roles are the columns he him his himself of
 * grammar "pronouns"; an unknown or empty pronoun is the last row, an empty role
 * the second column. */
struct sv grammar_pronoun(const struct grammar *g, struct sv pronoun, struct sv role);
bool grammar_has_role(const struct grammar *g, struct sv role);
int grammar_pronoun_index(const struct grammar *g, struct sv pronoun); /* for {person|a|b|c} */
/* Joins "a", "b", "c" as the locale does ("a, b and c"). */
void grammar_join(const struct grammar *g, const struct sv *items, size_t n, struct str *out);
/* Third person of a clause tells a pronoun: "his", "my mum" -> he/she, or "". */
struct sv grammar_other_pronoun(const struct reading *r);

#endif
