/* xmpp/guard.h - between expat and libstrophe: what the library does not check.
 *
 * libstrophe 0.12 to 0.14 drops the namespace of an attribute and keeps the
 * last one of a name.  So a stranger who sends e:from='ana@example.org' speaks
 * as ana: the server stamps "from" and passes e:from on, which is none of its
 * business.  It also adds children in quadratic time (60,000 empty ones stop
 * the process for 14 s) and frees a deep tree by recursion.
 *
 * This file defines XML_Parse, XML_SetElementHandler, XML_SetCharacterDataHandler and
 * xmpp_stanza_to_text; libstrophe, a shared library, finds these before expat's and its own.  Namespaced
 * attributes other than xml:lang are left out, and what goes over a limit is
 * skipped, so that a hostile stanza arrives shortened and is dealt with once,
 * instead of coming back from the archive after each reconnection. */
#ifndef XMPP_GUARD_H
#define XMPP_GUARD_H

#include <stdbool.h>
#include <strophe.h>

enum {
	GUARD_DEPTH = 24,               /* levels in a stanza */
	GUARD_ELEMENTS = 3000,          /* elements in a stanza */
	GUARD_ATTRIBUTES = 32,          /* attributes of an element */
	GUARD_TEXT = 128 * 1024,        /* bytes of text in a stanza */
	GUARD_PIECES = 16 * 1024,       /* pieces of text: each line break is one */
};

/* Does it work in this process?  (Not with a static libstrophe, or one on libxml2.) */
bool guard_works(xmpp_ctx_t *ctx);

/* How often something was parsed, and how often it was no XML: libstrophe tells
 * neither, but in lines of its log that hold whole stanzas. */
unsigned long guard_parsed(void);
unsigned long guard_refused(void);

/* libstrophe prints each stanza that it reads, for a line of its log, handler or not: copies
 * of what people write, in memory that is not wiped.  While hushed it prints none and can
 * send none by itself; xmpp_send_raw() still works. */
void guard_hush(bool on);

#endif
