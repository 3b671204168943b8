/* xmpp/outbound.h - from what is owed to the stanzas that carry it.
 *
 * Pure: every function gives a new stanza, to be sent and released.  Text
 * reaches the wire only through outbound_clean(), and markup only through the
 * library's escaping. */
#ifndef XMPP_OUTBOUND_H
#define XMPP_OUTBOUND_H

#include <strophe.h>

#include "app/turn.h"
#include "base/str.h"

enum {
	STANZA_MAX = 10000,             /* bytes: what the strictest servers let pass */
	DELAY_MAX_MS = 2500,
};

/* What a person's client is known to want. */
struct manners {
	struct sv thread;               /* "" = none: never made up */
	struct sv locale;               /* of the text; "" = not said */
	bool states;                    /* their client speaks chat states */
	int64_t late;                   /* when it should have come (XEP-0203); 0 = it is in time */
};

/* Valid UTF-8 without control, bidi-override and non-characters, and with at
 * most two combining marks on a letter. */
void outbound_clean(struct sv text, struct str *out);

/* Takes the next part that fits a stanza off *rest, cut at a paragraph, line,
 * sentence or word where there is one.  False: nothing is left. */
bool outbound_part(struct sv *rest, struct sv *part);

/* How long somebody would seem to type it, in ms: none for the lane and for cues. */
int outbound_delay(struct sv text, unsigned flags);

/* text must be clean and fit (outbound_part); id is the stanza's own. */
xmpp_stanza_t *outbound_message(xmpp_ctx_t *ctx, const struct outbound *o, struct sv id,
    struct sv text, bool last, const struct manners *m);
xmpp_stanza_t *outbound_state(xmpp_ctx_t *ctx, struct sv to, const char *state);
xmpp_stanza_t *outbound_received(xmpp_ctx_t *ctx, struct sv to, struct sv id);
xmpp_stanza_t *outbound_displayed(xmpp_ctx_t *ctx, struct sv to, struct sv id);
xmpp_stanza_t *outbound_retract(xmpp_ctx_t *ctx, struct sv to, struct sv target, struct sv id);

xmpp_stanza_t *outbound_presence(xmpp_ctx_t *ctx, const char *type, struct sv to);
xmpp_stanza_t *outbound_ping(xmpp_ctx_t *ctx, struct sv id);
xmpp_stanza_t *outbound_disco(xmpp_ctx_t *ctx, struct sv to, struct sv id);
xmpp_stanza_t *outbound_roster_get(xmpp_ctx_t *ctx, struct sv id);
xmpp_stanza_t *outbound_roster_drop(xmpp_ctx_t *ctx, struct sv id, struct sv who);
xmpp_stanza_t *outbound_time(xmpp_ctx_t *ctx, struct sv to, struct sv id);
/* A page of the archive between two times (end 0 = now), after this id ("" = the first). */
xmpp_stanza_t *outbound_archive(xmpp_ctx_t *ctx, struct sv id, struct sv query, int64_t start,
    int64_t end, struct sv after);

#endif
