/* engine/script.h - a whole tree of dialogs, loaded and immutable.
 *
 * script_load() reads every file of a tree from memory (the core opens none),
 * records each fault, and gives a script only when there is no error.  A
 * script is swapped whole: sessions hold names and fingerprints, never
 * pointers into it. */
#ifndef ENGINE_SCRIPT_H
#define ENGINE_SCRIPT_H

#include "base/arena.h"
#include "base/findings.h"
#include "base/json.h"
#include "language/language.h"

struct script;

/* Sources carry paths relative to the tree, in any order; the texts may be
 * freed afterwards. */
struct script *script_load(const struct source *sources, size_t n, struct findings *f);
void script_destroy(struct script *s);                /* NULL is fine */
/* Forgets what only linters, sheets and pictures ask for (lexicon_expand()). */
void script_slim(struct script *s);

const struct language *script_language(const struct script *s, struct sv locale);

#endif
