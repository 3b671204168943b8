/* term/screen.h - replies on a terminal, or as plain text into a pipe.
 *
 * On a terminal bubbles are wrapped and stand apart from what is typed, a draft
 * stands apart from the rest, and a short pause precedes what is not urgent.
 * In a pipe a bubble is its lines and an empty line. */
#ifndef TERM_SCREEN_H
#define TERM_SCREEN_H

#include "app/turn.h"

struct screen {
	bool tty;
	bool color;
	bool fast;              /* no pause */
	int columns;            /* 0 = ask the terminal each time */
};

void screen_init(struct screen *s, bool fast);
/* False: nobody reads any more. */
bool screen_say(const struct screen *s, const struct outbound *o);
/* How a bubble looks: what screen_say() writes. */
void screen_format(const struct screen *s, const struct outbound *o, struct str *out);
/* Before and after typing: nothing that is typed meanwhile shows up among the
 * replies. */
void screen_hold_keys(const struct screen *s, bool hold);

#endif
