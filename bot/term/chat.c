#include "term/chat.h"

enum {
	LONGEST_MS = 60 * 1000,         /* a clock may be set while we wait */
	MOST_TICKS = 10000,
};

bool chat_deliver(struct chat *c)
{
	struct outbound o;

	while (turn_next(c->app, &o)) {
		if (!c->show(c->ctx, &o)) {
			c->gone = true;
			return false;
		}
		c->shown++;
		if (!turn_confirm(c->app, o.oid, &c->error))
			return false;
	}
	return turn_commit(c->app, &c->error);
}

bool chat_take(struct chat *c, enum event_kind kind, struct sv text)
{
	struct inbound in = {
		.kind = kind,
		.who = SV(CHAT_WHO),
		.id = SV(""),
		.client_id = SV(""),
		.replaces = SV(""),
		.locale = SV(""),
		.text = text,
		.now = clock_now(&c->clock),
		.utc_offset = clock_utc_offset(&c->clock),
	};

	return turn_take(c->app, &in, &c->error) && turn_commit(c->app, &c->error) &&
	    chat_deliver(c);
}

bool chat_open(struct chat *c)
{
	if (!chat_deliver(c) || !chat_tick(c))
		return false;
	return c->shown || chat_take(c, EVENT_OPEN, SV(""));
}

bool chat_tick(struct chat *c)
{
	return turn_tick(c->app, clock_now(&c->clock), &c->error) &&
	    turn_commit(c->app, &c->error) && chat_deliver(c);
}

bool chat_wait(struct chat *c, int64_t seconds)
{
	int64_t end = clock_now(&c->clock) + seconds;

	for (int i = 0; i < MOST_TICKS; i++) {
		int64_t due = turn_next_due(c->app);

		if (due == 0 || due > end)
			break;
		if (due > c->clock.at)
			c->clock.at = due;
		if (!chat_tick(c))
			return false;
	}
	c->clock.at = end;
	return true;
}

int chat_timeout(const struct chat *c)
{
	int64_t due = turn_next_due(c->app), rest = due - clock_now(&c->clock);

	if (due == 0 || c->clock.set)
		return -1;
	if (rest <= 0)
		return 0;
	return rest > LONGEST_MS / 1000 ? LONGEST_MS : (int)rest * 1000;
}
