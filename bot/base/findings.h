/* findings.h - what is wrong with a tree of files, all of it, in one list.
 *
 * A loader goes on after a finding so that an author sees every fault at once.
 * A finding has a stable code (E101), the file, the place inside it in the
 * file's own terms (dialog and step, rule, row), a line where known, what is
 * wrong, and what to do about it. */
#ifndef BASE_FINDINGS_H
#define BASE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct finding {
	const char *code;       /* "E101" error, "W201" warning; static string */
	char *file;
	char *place;            /* "dialog say, step cam"; may be "" */
	int line;               /* 1-based, 0 unknown */
	char *text;             /* what is wrong */
	char *fix;              /* what to do; may be "" */
};

struct findings {
	struct finding *items;
	size_t n, cap;
	size_t errors;          /* how many of them start with E */
};

void findings_fini(struct findings *f);
/* fmt makes text; everything after a " -- " in it becomes fix. */
void findings_add(struct findings *f, const char *code, const char *file,
    const char *place, int line, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
void findings_print(const struct findings *f, struct str *out);
void findings_sort(struct findings *f);     /* by file, line, code; drops repeats */

/* The line of the n-th occurrence of needle in text (1-based), or 0. */
int line_of(struct sv text, const char *needle);

#endif
