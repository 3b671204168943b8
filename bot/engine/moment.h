/* engine/moment.h - when "tomorrow 20:00" is.
 *
 * What the reader "time" makes of an answer, and what a script may write:
 *   20:00   in 20m   in 2h   in 3d   in 2w   in 1mo, and with an hour: in 3d 20:00
 *   today, tomorrow, monday ... sunday, day15, each alone or with an hour
 *   daily, weekdays, weekly sunday, every 2d, likewise: these come again
 *   any: whenever it suits
 * An hour is a clock time or a name of limits.json, "hours" (evening). */
#ifndef ENGINE_MOMENT_H
#define ENGINE_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct hour { struct sv name; int minute; };    /* of the day */
struct hours {
	int from, to;           /* a day counted out ("in 3d") falls within these */
	int usual;              /* a day without an hour */
	struct hour *named; size_t n;
};

/* The next such moment after now, both seconds of the person's own clock; 0: the
 * text names none. */
int64_t moment_next(const struct hours *h, struct sv text, int64_t now);
bool moment_again(struct sv text);              /* it comes again and again */
bool moment_clock(struct sv text, int *minute); /* "20:00" */
/* Minutes east of UTC for somebody whose clock shows minute, to the quarter hour. */
int moment_offset(int minute, int64_t utc);

#endif
