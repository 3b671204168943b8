/* language/labelled.h - files of sentences, each with what it is an example of.
 *
 * One a line: a label, a tab, the sentence; empty lines and those that begin with #
 * are passed over, and a line without both is a finding (E231). */
#ifndef LANGUAGE_LABELLED_H
#define LANGUAGE_LABELLED_H

#include "base/findings.h"
#include "base/json.h"

struct labelled {
	struct sv rest;         /* at first: the text of the file */
	int line;               /* of what was read last, from 1; 0 at first */
	struct sv label, text;  /* borrowed from it */
};

/* False at the end. */
bool labelled_next(struct labelled *l, const struct source *file, struct findings *f);

#endif
