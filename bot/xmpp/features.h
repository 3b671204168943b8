/* xmpp/features.h - what the bot says about itself, and the answer to every query.
 *
 * Pure.  Each IQ get or set gets exactly one answer: libstrophe gives none. */
#ifndef XMPP_FEATURES_H
#define XMPP_FEATURES_H

#include <strophe.h>

#include "base/str.h"

/* The answer to a get or set, as text; empty for results and errors.  Pushes of the
 * roster are for the caller: what comes here is refused, so a forged one is too. */
struct str features_answer(xmpp_stanza_t *iq);
struct str features_presence(void);     /* with <c/> (XEP-0115) */

#endif
