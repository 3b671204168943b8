/* xmpp/roster.h - who may see that we are here, and whom we may see.
 *
 * Whoever asks is let in and asked back once; nobody is asked first.  A person
 * who writes is approved in advance, so that adding us later needs no answer. */
#ifndef XMPP_ROSTER_H
#define XMPP_ROSTER_H

#include "xmpp/link.h"

struct roster;

struct roster *roster_create(struct link *l);
void roster_destroy(struct roster *r);
void roster_ask(struct roster *r);                      /* on each new connection */
/* True: the stanza was about the roster and is dealt with. */
bool roster_iq(struct roster *r, xmpp_stanza_t *iq);
void roster_presence(struct roster *r, xmpp_stanza_t *presence);
void roster_wrote(struct roster *r, struct sv who);

#endif
