/* xmpp/stanza.h - reading stanzas, and the parts of an address.
 *
 * All compare name and namespace both, look at direct children only and borrow (what
 * goes out is written by xml.h).  A stanza without a namespace counts as jabber:client, so that the same code reads
 * what comes from a stream and what a test makes from a string. */
#ifndef XMPP_STANZA_H
#define XMPP_STANZA_H

#include <stdbool.h>
#include <strophe.h>

#include "base/str.h"

struct sv jid_bare(struct sv jid);
struct sv jid_domain(struct sv jid);
bool jid_is_person(struct sv jid);          /* has a local part */

bool stanza_is(xmpp_stanza_t *st, const char *name, const char *ns);
xmpp_stanza_t *stanza_child(xmpp_stanza_t *parent, const char *name, const char *ns);
xmpp_stanza_t *stanza_child_next(xmpp_stanza_t *child, const char *name, const char *ns);
struct sv stanza_attr(xmpp_stanza_t *st, const char *name);       /* "" when absent */
void stanza_text(xmpp_stanza_t *st, struct str *out);             /* appends */
/* Does the answer to a disco#info query name it (XEP-0030)?  The query may be NULL. */
bool stanza_has_feature(xmpp_stanza_t *query, const char *var);

#endif
