/* fuzz.h - what each target defines, and what they share.
 *
 * A target takes any bytes and must neither crash nor break what it asserts.
 * scripts/fuzz runs it with libFuzzer; elsewhere replay.c gives it a main() that
 * takes files and folders, and `make check` replays the corpus. */
#ifndef FUZZ_H
#define FUZZ_H

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "engine/session.h"
#include "engine/step.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike assert(), always there. */
#define MUST(x) do { if (!(x)) { fprintf(stderr, "not so: %s\n", #x); abort(); } } while (0)

static inline struct sv input(const uint8_t *data, size_t size)
{
	return (struct sv){ (const char *)data, size };
}

/* A folder of the sources: $srcdir/NAME. */
static inline const char *source_folder(const char *name)
{
	static char path[4096];
	const char *top = getenv("srcdir");

	snprintf(path, sizeof path, "%s/%s", top ? top : ".", name);
	return path;
}

/* The tree, loaded once; aborts when it is not sound. */
static inline struct script *the_script(const char *folder)
{
	static struct script *s;
	struct findings f = { 0 };

	if (!s)
		s = files_script(source_folder(folder), FILES_SCRIPT, NULL, &f);
	findings_fini(&f);
	MUST(s);
	return s;
}

#endif
