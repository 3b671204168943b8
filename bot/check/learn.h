/* check/learn.h - from sentences to weights: what `attune learn` writes beside them.
 *
 * What is counted and how it is read again is told in language/leaning.h.  The same
 * sentences, read by the same words and spelling, give the same bytes. */
#ifndef CHECK_LEARN_H
#define CHECK_LEARN_H

#include "base/json.h"
#include "language/language.h"

#define LEARN_SENTENCES "lane-examples.tsv"
#define LEARN_WEIGHTS "lane-weights.tsv"

/* The weights of a locale's sentences.  Faulty lines are findings (E231, E232) and count
 * for nothing. */
void learn_lane(const struct language *l, const struct source *sentences, struct str *out,
    struct findings *f);
/* By which weights know their sentences. */
void learn_hash(struct sv sentences, struct str *out);

#endif
