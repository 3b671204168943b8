/* xmpp/advice.h - what can be wrong with the server or its account, and the very
 * lines that mend it in Prosody's and ejabberd's configuration. */
#ifndef XMPP_ADVICE_H
#define XMPP_ADVICE_H

#include "base/str.h"

struct advice {
	const char *name;               /* one stable word, for tests and for searching */
	const char *what;               /* what comes of it */
	const char *fix;                /* what to do */
	/* Lines for the configuration, "" none.  @JID@ and @DOMAIN@ stand for the bot's. */
	const char *prosody_place, *prosody;
	const char *ejabberd_place, *ejabberd;
};

const struct advice *advice_find(const char *name);     /* must exist */
/* The lines, each with this in front of it. */
void advice_lines(const char *lines, struct sv jid, struct sv domain, const char *indent,
    struct str *out);

#endif
