/* language/cut.h - what is kept of a message: the clauses that are needed.
 *
 * A message is never stored.  A text slot names the analyses that will read it
 * again ("cut" in dialogs/FORMAT.md section 9); each analysis names the
 * selections that matter ("keep").  All other words are gone before the session
 * is packed. */
#ifndef LANGUAGE_CUT_H
#define LANGUAGE_CUT_H

#include "language/analysis.h"

/* The words of the clauses that the analyses keep, in the order typed, with
 * their times and subjects; "" when nothing is needed.  Where a cut would be read
 * differently from the whole, the sentences around the clauses stay whole.  In
 * the arena. */
struct sv text_cut(const struct analysis *const *analyses, size_t n, struct reading *r,
    struct arena *a);

#endif
