/* language/leaning.h - sentences of danger and of none, and which a message is more like.
 *
 * lang/<locale>/lane-examples.tsv holds one sentence a line: a class of the lane, or
 * "none", a tab, the sentence as a person types it; a class with "/other" says that it is
 * about somebody else; a line that begins with # is a note.  Words, pairs and triples of
 * words are counted on both sides (naive Bayes with two sides, after Maron 1961, and half
 * a sight for what was never seen); the sum, over the fourth root of how much was known, is how
 * far a message leans to danger.  It can only lead to the gentle question: what was never
 * thought of as a rule is often said in words that somebody has used before.
 *
 * Nothing is learned at run time; the same file gives the same answers. */
#ifndef LANGUAGE_LEANING_H
#define LANGUAGE_LEANING_H

#include <stdbool.h>

#include "base/findings.h"
#include "base/json.h"
#include "language/language.h"

struct leaning;

/* Reads the file; a line without a tab is a finding (E231).  Keeps copies until sealed. */
struct leaning *leaning_load(const struct source *file, struct findings *f);
/* Counts; once, after lexicon_seal. */
void leaning_seal(struct leaning *x, const struct language *l);
void leaning_destroy(struct leaning *x);            /* NULL is fine */

struct lean {
	int lead;               /* 100 to the natural logarithm; below 0 it is like none */
	struct sv class;        /* the nearest; "" when it is like none */
	bool other;             /* about somebody else */
};

struct lean leaning_of(const struct leaning *x, const struct message *m);

#endif
