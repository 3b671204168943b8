/* term/clock.h - the time of a conversation in the terminal.
 *
 * Either the machine's, or one that is set and then moves only when told to:
 * a driver that waits for "20m" is not kept waiting. */
#ifndef TERM_CLOCK_H
#define TERM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct clock {
	bool set;               /* does not move by itself */
	int64_t at;             /* when set */
	bool nowhere;           /* its zone is not known, as over XMPP */
};

int64_t clock_now(const struct clock *c);
int clock_utc_offset(const struct clock *c);            /* a set clock shows UTC; INT_MIN: not known */
/* "01:04" (on Monday, 5 January 2026), "2026-01-05T01:04" or seconds. */
bool clock_parse(struct clock *c, const char *text);
/* "90s", "20m", "26h", "3d" or seconds. */
bool clock_span(struct sv text, int64_t *seconds);

#endif
