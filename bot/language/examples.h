/* language/examples.h - sentences that vote on what a message resembles.
 *
 * lang/<locale>/examples.tsv holds one example a line: a label, a tab, a sentence
 * as a person types it; "a/b" counts for both labels; a line that begins with #
 * is a note.  Each word, verb, pair, triple and beginning or end of a word of an
 * example counts for its labels, the less the more evenly the labels share it; a
 * message gets the label whose examples share the most with it (multinomial naive
 * Bayes without priors, after McCallum and Nigam 1998: every label is as likely as
 * the next).  So a new way of asking is
 * taught by adding a sentence, not a pattern.
 *
 * Nothing is learned at run time; the same files give the same votes.  Scores are
 * integers, 256 to the natural logarithm. */
#ifndef LANGUAGE_EXAMPLES_H
#define LANGUAGE_EXAMPLES_H

#include "base/findings.h"
#include "base/json.h"
#include "language/language.h"

struct examples;

/* Reads the file; a line without a tab is a finding.  Keeps copies. */
struct examples *examples_load(struct sv locale, const struct source *file, struct findings *f);
/* Counts; once, after lexicon_seal. */
void examples_seal(struct examples *x, const struct language *l);
void examples_destroy(struct examples *x);          /* NULL is fine */

size_t examples_labels(const struct examples *x);
struct sv examples_label(const struct examples *x, int label);     /* "" for -1 */

struct vote {
	int label;      /* -1: no example is like the message */
	int lead;       /* over the second; grows with the root of what was shared */
};

/* Words that stand in some example are not enough ("banana"): two pairs must, where
 * the beginning and the end of a message count as words. */

/* lean: a label that something else speaks for ("" none), worth so many words. */
struct vote examples_vote(const struct examples *x, const struct message *m, struct sv lean,
    int words);

#endif
