/* xmpp/features.h - what the bot says about itself, and the answer to every query.
 *
 * Pure.  Each IQ get or set gets exactly one answer: libstrophe gives none. */
#ifndef XMPP_FEATURES_H
#define XMPP_FEATURES_H

#include <strophe.h>

/* The answer to a get or set; NULL for results and errors.  Pushes of the roster
 * are for the caller: what comes here is refused, so a forged one is too. */
xmpp_stanza_t *features_answer(xmpp_ctx_t *ctx, xmpp_stanza_t *iq);
/* Adds <c/> (XEP-0115) to our presence. */
void features_add_caps(xmpp_stanza_t *presence);

#endif
