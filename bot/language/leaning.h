/* language/leaning.h - which kind of danger a message is most like, or none.
 *
 * lang/<locale>/lane-examples.tsv holds one sentence a line: a class of the lane, or
 * "none", a tab, the sentence as a person types it; a class with "/other" says that it is
 * about somebody else.  `attune learn` (check/learn.c) counts their words and pairs of
 * words and writes beside it lane-weights.tsv, which is all that is read here:
 *
 *     attune-weights 1 HASH           of the sentences that they were learned from
 *     LABEL  N                        a class, or class/other: what a known trait costs it
 *     (an empty line)
 *     WORD   N  LABEL:N ...           a word (^ where a message begins)
 *            WORD  N  LABEL:N ...     that word and the next (^ where it ends)
 *
 * with tabs between, LABEL a number in the order of the file, N in 64ths of a natural
 * logarithm.  For each label a message gets the sum, over its traits, of the first N
 * (how much more often danger has it than none), the label's own N and what stands behind
 * the label (how much more often than danger at large).  The best label's sum over the
 * eighth root of the number of known traits is how far a message leans to danger
 * (a multinomial mixture: Nigam, McCallum, Thrun and Mitchell 2000, the parts given).
 * It can only lead to the gentle question: what was never thought of as a rule is often
 * said in words that somebody has used before.
 *
 * Nothing is learned at run time; the same file gives the same answers. */
#ifndef LANGUAGE_LEANING_H
#define LANGUAGE_LEANING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/findings.h"
#include "base/json.h"
#include "text/message.h"

struct leaning;

enum {
	LEANING_LABELS = 64,    /* at most */
	LEANING_WORDS = 160,    /* of a message; the lane's rules read the rest */
	LEANING_UNIT = 64,      /* of the weights, to the natural logarithm */
	LEANING_BASE = 1023, LEANING_BONUS = 511,       /* the largest N before and behind a label */
};
#define LEANING_HEAD "attune-weights\t1\t"

/* Reads the weights; borrows nothing.  NULL, with a finding (W231), where they cannot be used. */
struct leaning *leaning_load(const struct source *weights, struct findings *f);
void leaning_destroy(struct leaning *x);            /* NULL is fine */
struct sv leaning_hash(const struct leaning *x);    /* of the sentences */

/* What counts of a word: itself; with the next word; the first also behind "^".  A word
 * alone has no second. */
struct trait { struct sv first, second; };
enum { LEANING_TRAITS = 3 };
size_t leaning_traits(const struct message *m, int word, struct trait out[LEANING_TRAITS]);

struct lean {
	int lead;               /* 100 to the natural logarithm; below 0 it is like none */
	struct sv class;        /* the nearest; "" when too little is known to lean at all */
	bool other;             /* about somebody else */
};

struct lean leaning_of(const struct leaning *x, const struct message *m);
/* Of a part of it only.  marked: classes that something else speaks for; each is as near as
 * if it were said some fifty times as often, which moves the class and not the lead. */
struct lean leaning_in(const struct leaning *x, const struct message *m, struct span part,
    uint64_t marked);
/* The bits of a class among those that may be marked, of both whom it may be about. */
uint64_t leaning_mark(const struct leaning *x, struct sv class);

#endif
