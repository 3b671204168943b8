/* check/learn.h - from sentences to weights: what `attune learn` writes beside them.
 *
 * What is counted and how it is read again is told in language/leaning.h and
 * language/examples.h.  The same
 * sentences, read by the same words and spelling, give the same bytes. */
#ifndef CHECK_LEARN_H
#define CHECK_LEARN_H

#include "base/json.h"
#include "language/language.h"

struct labelled;

/* The weights of a locale's sentences.  Faulty lines are findings (E231, E232) and count
 * for nothing. */
void learn_lane(const struct language *l, const struct source *sentences, struct str *out,
    struct findings *f);
void learn_intents(const struct language *l, const struct source *sentences, struct str *out,
    struct findings *f);
/* False for the line that names the columns. */
bool learn_intents_line(const struct labelled *line);

/* What is learned from what, in the folder of a locale. */
struct lesson {
	const char *sentences, *weights;
	void (*learn)(const struct language *l, const struct source *sentences, struct str *out,
	    struct findings *f);
};
enum { LESSON_LANE, LESSON_INTENTS, LESSONS };
extern const struct lesson lessons[LESSONS];

/* By which weights know their sentences. */
void learn_hash(struct sv sentences, struct str *out);

#endif
