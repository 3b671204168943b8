/* xmpp/inbound.h - from a message stanza to what a person said, if they did.
 *
 * Pure: stanza and context in, what was heard out.  Only people's own words become
 * events: rooms, headlines, errors, copies, ourselves, and results of an
 * archive query that nobody made are dropped.  Ciphertext and placeholders are
 * never words.  Nothing that a sender can forge is believed: the archive's id
 * only with our own address in "by", a delay only from our own server. */
#ifndef XMPP_INBOUND_H
#define XMPP_INBOUND_H

#include <strophe.h>

#include "app/turn.h"
#include "base/str.h"

struct inbound_context {
	struct sv own;                  /* our bare JID */
	struct sv query;                /* the archive query under way; "" none */
	bool stable_ids;                /* the server vouches for its stanza-ids */
	int64_t now;
};

enum heard_kind {
	HEARD_DROP,                   /* nothing to do; why says */
	HEARD_PERSON,                 /* in is an event */
	HEARD_OWN,                    /* the archive has this message of ours: in.client_id */
	HEARD_RETURNED,               /* a message of ours came back: in.client_id, why */
};

struct heard {
	enum heard_kind kind;
	const char *why;                /* a word for the log; for RETURNED: the condition */
	struct inbound in;              /* borrows from the stanza and from text */
	struct sv from, to;             /* as they stand in the message */
	struct sv thread;
	struct sv target;               /* a reaction: the message of ours it is about */
	struct sv archive_id;           /* of a result, whatever it holds */
	int64_t archived;               /* when the archive got it; 0 = it came live */
	bool receipt;                   /* asks for a receipt */
	bool markable;
	bool states;                    /* carries a chat state */
	struct str text;                /* private: what in.text borrows */
};

/* The stanza must outlive what was heard. */
void inbound_read(const struct inbound_context *c, xmpp_stanza_t *st, struct heard *r);
void heard_fini(struct heard *r);   /* wipes the text */

/* "2026-03-01T22:04:05Z" and its relatives (XEP-0082); 0 when it is none. */
int64_t inbound_time(struct sv stamp);

#endif
