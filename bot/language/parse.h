/* language/parse.h - what the grammar keeps about a message; private to it.
 *
 * clause.c fills it once per reading, form.c says parts of it again in another
 * person.  Every word is a token with the classes that grammar.json gives it;
 * a group is one verb with its auxiliaries, wherever it stands. */
#ifndef LANGUAGE_PARSE_H
#define LANGUAGE_PARSE_H

#include "language/grammar.h"

enum word_class {
	IS_SUBJECT = 1 << 0,        /* a pronoun that can be a subject */
	IS_OBJECT = 1 << 1,
	IS_POSSESSIVE = 1 << 2,
	IS_DETERMINER = 1 << 3,
	IS_PREPOSITION = 1 << 4,
	IS_CONJUNCTION = 1 << 5,
	IS_SUBORDINATOR = 1 << 6,
	IS_RELATIVE = 1 << 7,
	IS_QUESTION = 1 << 8,
	IS_NEGATION = 1 << 9,
	IS_AUX = 1 << 10,
	IS_INFINITIVE = 1 << 11,    /* "to" before a base form */
	IS_DROP = 1 << 12,          /* never said again */
	IS_HABIT = 1 << 13,         /* dropped as well, and makes a habit of it */
	IS_ADVERB = 1 << 14,        /* may stand between subject and verb, is kept */
	IS_FILLER = 1 << 15,        /* interjections, vocatives of no use */
	IS_REFLEXIVE = 1 << 16,
	IS_PARTICLE = 1 << 17,      /* belongs to a verb: "off", "back" */
	IS_CAUSE = 1 << 18,         /* a verb after which "you cry" is no clause */
	IS_NOUN = 1 << 19,          /* looks like a verb form, is none */
	IS_EXCLAIM = 1 << 20,       /* begins a verdict: "such", "what a" */
	IS_SOMEONE = 1 << 21,       /* an unnamed agent */
	IS_SPAN = 1 << 22,          /* "since": keeps a perfect */
	IS_AGENT = 1 << 23,         /* a noun for a person */
	IS_OPENER = 1 << 24,        /* "thanks for": what follows was done */
	IS_TIME = 1 << 25,          /* by the mark */
	IS_PERSON = 1 << 26,        /* by the lists of "people" */
	IS_NUMBER = 1 << 27,
	IS_STATE = 1 << 28,         /* follows a copula: "on", "gone" */
	IS_MARKER = 1 << 29,        /* "by": the agent of a passive */
};

enum role { ROLE_NONE, ROLE_COPULA, ROLE_PERFECT, ROLE_SUPPORT, ROLE_MODAL, ROLES };
enum person { PERSON_SELF, PERSON_MANY, PERSON_ONE, PERSONS };

struct entry {                      /* what a word or a fixed phrase is; texts NULL if none */
	uint32_t is;
	uint8_t who;                /* enum subject */
	uint8_t person;             /* enum person */
	uint8_t role, tense, form;  /* auxiliaries: enum role, tense, verb_form */
	uint8_t link;               /* enum link */
	uint8_t opener_who;
	bool turn : 1, turn_perfect : 1; /* said, it did not happen: "should", "could have" */
	bool deny : 1;              /* an opener after which nothing was done */
	bool asked : 1;             /* an opener that leaves open whether it was done */
	bool infinitive : 1;        /* an opener that ends in "to" */
	bool opener_past : 1, command : 1; /* openers: it was done; it is asked for */
	struct sv gender;           /* row of "pronouns" */
	const struct sv *stands;    /* a fused word's pronoun: "ill" -> "i" */
	const struct sv *to;        /* what is said instead */
	const struct sv *anything;  /* "nothing": what is said where the verb is denied */
	const struct sv *front;     /* what a bare time needs before it: "on" */
	const struct entry *fused;  /* the auxiliary inside the word: "ill" */
	bool no : 1;                /* an auxiliary that holds a negation: "wont" */
	bool capital : 1;           /* always written with one */
	bool have : 1;              /* typed for the perfect auxiliary: "should of" */
	bool doubt : 1;             /* "do you ever": it is not so */
	bool epithet : 1;           /* a verdict before a noun: left out there */
	bool undergoes : 1;         /* makes a passive: "it got paid" */
	bool gives : 1;             /* a verb that takes two objects: "lent her money" */
	bool sake : 1;              /* "for": before the one it is done for */
	bool limit : 1;             /* "only": not said where a time clause follows */
	bool whole : 1;             /* "everything": what it is swapped for is for others only */
	bool stay : 1;              /* begins a time that is not moved */
	bool simile : 1;            /* "like a": what follows is a verdict */
	bool senses : 1;            /* what the writer does with eyes and ears */
	bool witness : 1;           /* with no subject it is the writer: "found it in the bin" */
	bool bare : 1;              /* a clause may follow it with no word between: "say I'm late" */
	bool acted : 1;             /* an inner verb that shows with a thing: "changed the time" */
	bool wish : 1;              /* "rather": it is wanted, not done */
	bool weak : 1;              /* fused only where no noun follows: "your" */
};

struct slot;                        /* a word of grammar.json */

struct lift {                       /* "keep V-ing", "have to V": V is what is done */
	struct sv verb, next;       /* next: "ing" or the infinitive's word */
	bool turn, habit, command;
};

struct plainer {                    /* "nick": "take": the fact without the verdict */
	struct sv verb, say, after; /* after: words that follow it: "talk" + "about" */
	struct sv drop;             /* a word right behind the verb that goes: "on" */
	bool turn;                  /* "ignore": "not answer" */
	bool quote;                 /* where quoted words follow: "goes 'fine'", "it was 'fine'" */
	const struct sv *of; size_t n_of;       /* the nouns it takes; any if none */
};

struct token {
	uint32_t is;
	const struct slot *slot;    /* NULL: no word of the file */
	const struct entry *e;      /* never NULL */
	const struct entry *opener; /* that begins here, to opened; NULL if none */
	int16_t opened;
	int16_t unit;               /* end of the fixed phrase that begins here */
	int16_t verb;               /* row of verbs.tsv, -1 */
	int16_t group;              /* -1, or the group whose words it is one of */
	uint8_t forms;              /* bits of enum verb_form */
	bool derived;               /* forms by ending, base in .base */
	bool inside;                /* not the first of a unit */
	struct sv base;
};

struct group {
	struct span words;          /* from the first auxiliary to the verb */
	struct span subject;        /* may be far away (coordination), may be empty */
	int head, lifted;           /* the verb that counts; the one that was said */
	int neg;                    /* token, -1 */
	int clause;
	int lead;                   /* the group it is coordinated with, -1 */
	const struct entry *modal;
	const struct plainer *plain; /* NULL: as typed */
	uint8_t who, person, tense;
	bool perfect, progressive, passive, copula, support, habit, future, turn, deny;
	bool implied;               /* no verb was said: a copula is meant */
	bool bare;                  /* base form, shares its auxiliary with lead */
	bool means;                 /* typed as "-ing", a fact of its own */
	bool short_of;              /* "and you didn't": the verb stands in the clause before */
	bool guessed;               /* who did it is not said */
};

struct parse {
	const struct grammar *g;
	struct message *m;
	struct reading *r;
	struct token *t;
	struct group *groups; int n_groups, cap_groups;
	struct clause *clauses; int cap_clauses;
	struct sv other;            /* pronoun row of the other person, "" */
	struct sv person;           /* the words that name them: "boss", "" */
	bool known_other;           /* by a noun, not guessed from a pronoun */
	bool direct;                /* the other person is spoken to */
	bool loud;                  /* mostly capitals: they say nothing */
	int depth, fronting;        /* the depth of a clause that stands before its own */
};

struct form;
struct rewrite;

struct grammar {
	const struct lexicon *lx;
	struct sv locale, name;
	struct slot **words;        /* hashed by word */
	struct fixed **pairs;       /* hashed by their first two words */
	uint32_t n_words, n_fixed;
	struct entry plain;         /* of a word that no table knows */
	struct sv (*pronouns)[4]; size_t n_pronouns;
	struct sv agree[ROLES][PERSONS][2];         /* present, past */
	struct sv role_forms[ROLES][VERB_FORMS];
	struct sv negation, learner_negation, infinitive, addressee, writer;
	struct sv join_items, join_last, join_sentences, join_clauses;
	struct sv quote_open, quote_close;      /* around words quoted in a sentence */
	struct map { struct sv name; struct pair { struct sv from, to; bool before; } *pairs; size_t n; } *maps;
	size_t n_maps;
	struct pair *contract; size_t n_contract;
	struct lift *lifts; size_t n_lifts;
	struct plainer *plainer; size_t n_plainer;
	struct ending { struct sv from, to; } *endings[VERB_FORMS]; size_t n_endings[VERB_FORMS];
	struct sv doubling;         /* last letters that double: "slam", "slammed" */
	struct sv vowels;
	struct sv *agent_endings; size_t n_agent_endings;
	struct sv *prefixes; size_t n_prefixes; /* of verbs: "re" */
	struct sv *manner; size_t n_manner;     /* endings of adverbs that tell how: "ly" */
	struct sv *apart; size_t n_apart;   /* kinds that never stay in one clause with others */
	struct sv *visible; size_t n_visible; /* kinds that a camera shows */
	struct sv *inner; size_t n_inner;   /* kinds that take a clause without a connective */
	uint32_t *people; size_t n_people;  /* list symbols */
	uint32_t names;             /* the one of them that holds first names */
	int copula_row;             /* of verbs.tsv, -1 */
	uint32_t time, number, self;              /* classes of the lexicon */
	struct form *forms; size_t n_forms;
	struct rewrite *rewrites; size_t n_rewrites;
	struct rewrite *ranks; size_t n_ranks;
};

struct form {
	struct sv name, text, joint;
	struct sv map;              /* whom it is said to, where the form itself decides; "" */
	bool settle;                /* modals and habits become plain acts */
	bool sentence;              /* begins with a capital */
	bool guess;                 /* may be said of a guess too */
	bool one;                   /* of several clauses one is said: the first about the other */
	bool noun;                  /* says a thing where no act was typed, and nothing else */
	bool alone;                 /* leaves the verb out, so its object must be a thing: "phone away" */
};

struct rewrite {
	struct sv attr[6], value[6]; size_t n;
	struct sv to;
};

/* grammar.c */
const struct entry *grammar_word(const struct grammar *g, struct sv word);
const struct slot *grammar_slot(const struct grammar *g, struct sv word);
const struct entry *grammar_entry(const struct grammar *g, const struct slot *s);
/* The longest fixed phrase at word i, an opener or any other; NULL if none.  The
 * tokens' slots are all it looks at. */
const struct entry *grammar_fixed(const struct parse *p, int i, int end, bool opener, int *last);
struct sv grammar_map(const struct grammar *g, struct sv map, struct sv word, bool before);
struct sv grammar_contract(const struct grammar *g, struct sv left, struct sv right);
const struct form *grammar_find_form(const struct grammar *g, struct sv name);
bool grammar_kind_in(const struct sv *kinds, size_t n, struct sv kind);
/* Inflects by the endings of the file; for verbs that verbs.tsv does not know. */
void grammar_inflect(const struct grammar *g, struct sv base, enum verb_form f, struct str *out);
/* Forms that a word may be by its ending; base in the arena. */
unsigned grammar_derive(const struct grammar *g, struct sv word, struct arena *a, struct sv *base);

static inline const struct parse *parse_of(const struct reading *r)
{
	return r->parse;
}

#endif
