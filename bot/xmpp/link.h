/* xmpp/link.h - the connection: made, watched, lost and made again.
 *
 * Each attempt gets a fresh libstrophe connection, and nothing is ever resumed:
 * after any doubt a clean start is cheaper than a wrong guess.  The resource is
 * fixed: binding it again makes the server end the stream before, so nothing
 * of that stream can arrive later.  One link for a process: libstrophe's
 * certificate and socket callbacks carry no data of ours.
 *
 * The owner polls link_fd(), calls link_run() at least every link_wait() ms, and is told
 * what happened.  Callbacks may send and ask for link_restart(), link_close()
 * or link_cut(); what they ask for is done after they return. */
#ifndef XMPP_LINK_H
#define XMPP_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <strophe.h>

#include "app/config.h"
#include "base/str.h"
#include "xmpp/failure.h"

struct link;

struct link_events {
	void (*up)(void *ctx);          /* bound: nothing was sent on this stream yet */
	/* Again in `pause` ms (-1: never).  text may say more than the failure. */
	void (*down)(void *ctx, const struct failure *f, const char *detail, int pause);
	void (*stanza)(void *ctx, xmpp_stanza_t *st);
	/* What came is to be saved now: then it is acknowledged.  False: it was
	 * not; the link is cut before anything else is sent. */
	bool (*save)(void *ctx);
};

/* Borrows the configuration; reads the password anew for each attempt. */
struct link *link_create(const struct config *c, const struct link_events *ev, void *ctx);
void link_destroy(struct link *l);

int link_fd(const struct link *l);              /* -1 = none now */
short link_poll(const struct link *l);          /* POLLIN, POLLOUT */
int64_t link_now(void);                         /* the clock of all this: monotonic, in ms */
int link_wait(const struct link *l, int64_t now);
void link_run(struct link *l, int64_t now);     /* now: monotonic, in ms */

/* Stream management (XEP-0198), from the next connection on. */
void link_want_acks(struct link *l, bool on);
bool link_has_acks(const struct link *l);       /* asked for on this connection */
/* What was saved is not all that came: acknowledge nothing for now. */
void link_hold_acks(struct link *l, bool hold);
bool link_acks_work(const struct link *l);      /* ... and the server can */
void link_restart(struct link *l);              /* drops this one, connects again at once */
void link_cut(struct link *l);                  /* closes the socket, sends nothing more, ends */
void link_close(struct link *l);                /* </stream:stream>, then ends */
bool link_ended(const struct link *l);          /* closed, cut, or never to be tried again */
bool link_is_up(const struct link *l);

struct sv link_own(const struct link *l);       /* our bare JID, as the server has it */
struct sv link_full(const struct link *l);      /* ... with the resource; "" when not bound */
int64_t link_certificate_end(const struct link *l);     /* the server's expires then; 0 unknown */
/* Takes it (xml.h); lost when not up.  It goes out with what else is sent until the next save. */
void link_send(struct link *l, struct str stanza);
int link_queued(const struct link *l);                  /* stanzas that wait for the socket */
const char *link_detail(const struct link *l);          /* "tls, resource attune": for the log */

#endif
