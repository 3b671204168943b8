/* xmpp/outbound.h - from what is owed to the stanzas that carry it.
 *
 * Pure: every function gives a new stanza as text, to be sent (link_send() takes it).
 * Words reach the wire only through outbound_clean(), and markup only through xml.h. */
#ifndef XMPP_OUTBOUND_H
#define XMPP_OUTBOUND_H

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
struct str outbound_message(const struct outbound *o, struct sv id, struct sv text, bool last,
    const struct manners *m);
struct str outbound_state(struct sv to, const char *state);
struct str outbound_received(struct sv to, struct sv id);
struct str outbound_displayed(struct sv to, struct sv id);
struct str outbound_retract(struct sv to, struct sv target, struct sv id);

struct str outbound_presence(const char *type, struct sv to);
/* A get with an empty element; to "" = our own account. */
struct str outbound_query(struct sv to, struct sv id, const char *name, const char *ns);
struct str outbound_done(struct sv to, struct sv id);       /* a result with nothing in it */
struct str outbound_ping(struct sv id);
struct str outbound_disco(struct sv to, struct sv id);
struct str outbound_roster_get(struct sv id);
struct str outbound_roster_drop(struct sv id, struct sv who);
struct str outbound_time(struct sv to, struct sv id);
/* A page of the archive between two times (end 0 = now), after this id ("" = the first). */
struct str outbound_archive(struct sv id, struct sv query, int64_t start, int64_t end,
    struct sv after);

#endif
