/* xmpp/flood.h - who writes more than anybody can read, and programs that talk with us.
 *
 * Says what to do with a message before its words are looked at; the caller asks
 * the lane all the same, and what is urgent is never held back.  Fixed memory:
 * a table by hash, where a newcomer may push somebody out, who then starts with
 * a full measure.  Pure but for the time, which the caller gives: monotonic, ms.
 *
 * - A person: 10 messages at once, then one a second; more are read together.
 * - A loop: 30 messages in a row, each within 3 s of our last word or of theirs
 *   before.  No human goes on like that; a program that answers answers does.  It is
 *   told once; then only the lane reads it, until it was silent for half a minute.
 * - New people: 60 at once, then one a second; the others wait, oldest first.
 * - Another domain: 100 messages at once, then 10 a second; new people of it wait. */
#ifndef XMPP_FLOOD_H
#define XMPP_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct flood;

enum flood_verdict {
	FLOOD_TAKE,
	FLOOD_TOGETHER,         /* with what else comes from them */
	FLOOD_WAIT,             /* a new person, until flood_lets_in() */
	FLOOD_SLOW,             /* tell them that this is too much */
	FLOOD_MUTE,             /* ... they were told */
};

struct flood *flood_create(void);
void flood_destroy(struct flood *f);

/* known: we have talked before.  own: our domain, which has limits of its own.
 * live: it came just now, not out of an archive. */
enum flood_verdict flood_ask(struct flood *f, struct sv who, bool known, bool own, bool live,
    int64_t now);
void flood_replied(struct flood *f, struct sv who, int64_t now);
/* One of those who wait, if there is room now. */
bool flood_lets_in(struct flood *f, int64_t now);
/* ms until then. */
int64_t flood_wait(const struct flood *f, int64_t now);

#endif
