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
struct script;
struct tree;

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
	void (*prove)(const struct script *s, const struct source *sentences, struct findings *f);
	/* The hash that the weights tell; "" when there are none to ask. */
	struct sv (*hash)(const struct language *l);
};
enum { LESSONS = 2 };
extern const struct lesson lessons[LESSONS];

/* Its sentences in a locale; NULL when the tree has none. */
const struct source *lesson_sentences(const struct tree *t, const struct language *l,
    const struct lesson *x);
/* By which weights know their sentences. */
void learn_hash(struct sv sentences, struct str *out);
/* The first line of weights: which file it is, and the hash of the sentences. */
void learn_head(const char *head, struct sv sentences, struct str *out);

#endif
