/* language/weights.h - the files that `attune learn` writes beside the sentences.
 *
 *   HEAD TAB HASH          of the sentences, so that stale weights are known
 *   LABEL TAB NUMBER       a line for each label; rows name it by its place, from 0
 *                          an empty line
 *   ...                    rows, as leaning.h and examples.h tell
 *
 * What both have in common is read here. */
#ifndef LANGUAGE_WEIGHTS_H
#define LANGUAGE_WEIGHTS_H

#include <stdbool.h>

#include "base/str.h"
#include "base/table.h"

/* Sentences, and what is learned from them, in the folder of a locale. */
#define LANE_SENTENCES "lane-examples.tsv"
#define LANE_WEIGHTS "lane-weights.tsv"
#define INTENT_SENTENCES "examples.tsv"
#define INTENT_WEIGHTS "intent-weights.tsv"

enum { WEIGHTS_LABELS = 128 };

struct weights {
	struct table *labels;
	int numbers[WEIGHTS_LABELS];    /* of the labels */
	struct sv hash; char *hash_text;
};

struct weights_form {
	const char *head;               /* with its tab */
	size_t labels;                  /* at most */
	int least, most;                /* of a label's number */
	bool (*row)(void *ctx, struct sv line);
};

/* Reads a file; row is called for each row, with all labels known.  0, or the number of
 * the line that nobody understands.  Copies; weights_fini() in either case. */
int weights_read(struct weights *w, const struct weights_form *form, struct sv text, void *ctx);
void weights_fini(struct weights *w);

/* The next cell of a line, as a number within bounds. */
bool weights_number(struct sv *line, int least, int most, int *value);
/* The next cell, "LABEL:NUMBER". */
bool weights_of_label(const struct weights *w, struct sv *line, int64_t least, int64_t most,
    uint32_t *label, int64_t *value);

#endif
