/* language/story.h - which clauses of a message make one draft.
 *
 * One draft has one topic: the clause that was chosen, and what the person told
 * in the same breath: a part joined by "and", and what they did themselves just
 * before or after. */
#ifndef LANGUAGE_STORY_H
#define LANGUAGE_STORY_H

#include "language/grammar.h"

/* Keeps in cs (n clauses of r, in text order) those around cs[at]; their number. */
size_t story_around(const struct reading *r, const struct clause **cs, size_t n, size_t at);

/* Leaves the last part of a clause out of what is said of it: "asked for her number
 * (and made me look a fool)".  False when nothing can be left out. */
bool story_shorten(const struct reading *r, struct clause *c);

#endif
