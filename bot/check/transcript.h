/* check/transcript.h - .chat files: conversations as tests.
 *
 * dialogs/FORMAT.md section 16.  A run starts with a session of its own that has
 * been greeted before ("@new" = never); the clock is virtual and starts on
 * Tuesday 2026-11-24 at 10:00. */
#ifndef CHECK_TRANSCRIPT_H
#define CHECK_TRANSCRIPT_H

#include "base/findings.h"
#include "engine/model.h"

struct coverage {
	struct table *seen;     /* "dialog/step", "dialog/step/choice:x", "dialog/step/rung:1" */
};

struct transcript_result { size_t runs, failed; };

/* Runs all runs of one file; each difference is a finding (T1xx). */
struct transcript_result transcript_run(const struct script *s, const struct source *chat,
    struct coverage *cov, struct findings *f);
/* What no transcript has reached: one warning (T2xx) for each. */
size_t coverage_report(const struct script *s, const struct coverage *cov, struct findings *f,
    size_t *all);

#endif
