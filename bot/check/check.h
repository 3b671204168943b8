/* check/check.h - what a tree of dialogs must prove before it is run.
 *
 * The loader finds what cannot be read; these look at what was read.  Codes are
 * stable: codes.c says for each what it means and what to do. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "check/graph.h"

struct tree {                   /* a loaded script and the files it was loaded from */
	const struct script *script;
	const struct source *sources; size_t n;
	struct findings *findings;
};

/* All proofs over a loaded script. */
void check_tree(const struct tree *t);

/* Of one dialog.  graph.c: ways, rounds, shape; slots.c: named, filled, gated. */
void check_graph(struct graph *g);
void check_slots(struct graph *g);
struct sv check_head(struct sv path);           /* "c" of "c.action" */
/* calls.c: depth, rounds through several dialogs, the length of a turn. */
void check_calls(const struct tree *t);
/* choices.c: each choice is reached, and nothing else; what a text tells people to type. */
void check_choices(const struct tree *t);
/* locales.c: translations; released.c: what RELEASED.json knows is still there. */
void check_locales(const struct tree *t);
void check_released(const struct tree *t);
void released_write(const struct script *s, struct str *out);
/* learn.c: the weights are those of the sentences. */
void check_learned(const struct tree *t);
/* worst.c: messages made to be hard. */
void check_worst(const struct tree *t);
/* turns.c: the bubbles and questions of a turn, questions before a result, offers. */
void check_turns(const struct tree *t);
/* voice.c: lengths, questions, reading grade and the word lists of common/voice.json. */
void check_voice(const struct tree *t);
/* A line for each row of common/voice.json: its code, what it finds and why. */
void check_print_voice(const struct source *sources, size_t n, struct str *out);

/* tree.c */
const struct source *tree_file(const struct tree *t, const char *path);         /* NULL */
/* The line where a file says "key"; 0 when it does not. */
int tree_line(const struct tree *t, const char *path, struct sv key);
const char *tree_lane_text(const struct tree *t, struct arena *a);      /* "lane/text.en.json" */

struct check_code { const char *code, *meaning, *fix; };
const struct check_code *check_codes(size_t *n);
/* Where a finding does not say what to do, its code does. */
void check_advise(struct findings *f);

int command_check(int argc, char **argv);

#endif
