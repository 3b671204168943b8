/* stanza_help.h - a libstrophe context for tests that make stanzas from strings. */
#ifndef STANZA_HELP_H
#define STANZA_HELP_H

#include <strophe.h>

static xmpp_ctx_t *ctx;

static int setup(void **state)
{
	(void)state;
	xmpp_initialize();
	ctx = xmpp_ctx_new(NULL, NULL);
	return ctx ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	xmpp_ctx_free(ctx);
	xmpp_shutdown();
	return 0;
}

#endif
