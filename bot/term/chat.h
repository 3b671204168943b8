/* term/chat.h - one conversation in this terminal, whatever shows it.
 *
 * Takes messages, moves timers on and hands replies to a sink, which says
 * whether they arrived: only then are they no longer owed. */
#ifndef TERM_CHAT_H
#define TERM_CHAT_H

#include "app/turn.h"
#include "term/clock.h"

#define CHAT_WHO "local"

struct chat {
	struct app *app;
	struct clock clock;
	bool (*show)(void *ctx, const struct outbound *o);
	void *ctx;
	size_t shown;           /* replies so far */
	struct err error;       /* of the store, when something gave false */
	bool gone;              /* nobody reads the replies any more */
};

/* All false: chat.error or chat.gone says why. */
/* What is still owed from the last time, or what fell due since then; and only
 * when there is neither, that the person is here. */
bool chat_open(struct chat *c);
bool chat_take(struct chat *c, enum event_kind kind, struct sv text);
bool chat_tick(struct chat *c);         /* does what is due now */
bool chat_wait(struct chat *c, int64_t seconds);        /* moves a set clock */
bool chat_deliver(struct chat *c);
/* Milliseconds until something is due; -1: never. */
int chat_timeout(const struct chat *c);

#endif
