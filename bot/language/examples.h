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
 * `attune learn` (check/learn_intents.c) counts them and writes intent-weights.tsv
 * beside them, which is all that is read here, with tabs between:
 *
 *     attune-examples 1 HASH          of the sentences that were counted
 *     LABEL  N                        what a feature gives a label that never had it
 *     (an empty line)
 *     KIND   TEXT  N  LABEL:TIMES ... a feature; how much it tells, of 16; how often
 *                                     each label (a number, in the order of the file) has it
 *
 * KIND is a letter of examples_kinds, in the order of enum example_kind.
 * Nothing is learned at run time; the same files give the same votes.  Scores are
 * integers, 256 to the natural logarithm. */
#ifndef LANGUAGE_EXAMPLES_H
#define LANGUAGE_EXAMPLES_H

#include "base/findings.h"
#include "base/json.h"
#include "text/message.h"

struct examples;

enum {
	EXAMPLES_LABELS = 128,  /* at most */
	EXAMPLES_WHOLE = 16,    /* of a feature that only one label has */
};
#define EXAMPLES_HEAD "attune-examples\t1\t"
#define EXAMPLES_UNSEEN 0.05    /* sights that a label has of what it never had */

/* Reads the weights; keeps copies.  NULL, with a finding (W231), where they cannot be used. */
struct examples *examples_load(struct sv locale, const struct source *weights, struct findings *f);
void examples_destroy(struct examples *x);          /* NULL is fine */
struct sv examples_hash(const struct examples *x);  /* of the sentences */

struct sv examples_label(const struct examples *x, int label);     /* "" for -1 */

/* What counts of a message, repeats and all. */
enum example_kind { EXAMPLE_WORD, EXAMPLE_VERB, EXAMPLE_PAIR, EXAMPLE_TRIPLE, EXAMPLE_PART,
	EXAMPLE_LIST, EXAMPLE_CLASS };
extern const char examples_kinds[];
struct example_feature {
	uint64_t id;
	enum example_kind kind;
	struct sv parts[3];     /* words, a part of one, or a name; empty behind the last */
};
typedef void (*example_taker)(void *ctx, const struct example_feature *x);
void examples_features(const struct message *m, struct sv locale, example_taker take, void *ctx);
/* 256 to the natural logarithm. */
int32_t examples_logarithm(double v);

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
