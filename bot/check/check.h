/* check/check.h - what a tree of dialogs must prove before it is run.
 *
 * The loader finds what cannot be read; these look at what was read.  The codes
 * are stable: a table in check.c says for each what it means. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "engine/model.h"

/* All proofs over a loaded script; sources is the tree it was loaded from. */
void check_script(const struct script *s, const struct source *sources, size_t n,
    struct findings *f);

/* graph.c: reachability, ends, cycles, calls, gates, shape. */
void check_graph(const struct script *s, const struct dialog *d, struct findings *f);
/* voice.c: lengths, questions, reading grade and the word lists of common/voice.json. */
void check_voice(const struct script *s, const struct source *sources, size_t n,
    struct findings *f);

/* A line for each row of common/voice.json: its code, what it finds and why. */
void check_print_voice(const struct source *sources, size_t n, struct str *out);

int command_check(int argc, char **argv);

#endif
