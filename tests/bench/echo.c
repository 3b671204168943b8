/* A bare echo bot on libstrophe, to be held against attune by scripts/bench xmpp.
 * usage: echo JID PASSWORD PORT CA_FILE */
#include <stdio.h>
#include <stdlib.h>
#include <strophe.h>

#include "base/xalloc.h"

static int on_message(xmpp_conn_t *conn, xmpp_stanza_t *st, void *user)
{
	xmpp_stanza_t *reply;
	char *text = xmpp_message_get_body(st);

	if (text) {
		reply = xmpp_stanza_reply(st);
		xmpp_stanza_set_type(reply, "chat");
		xmpp_message_set_body(reply, text);
		xmpp_send(conn, reply);
		xmpp_stanza_release(reply);
		xmpp_free(user, text);
	}
	return 1;
}

static void on_connection(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
    xmpp_stream_error_t *e, void *user)
{
	xmpp_stanza_t *presence;

	(void)error, (void)e;
	if (event != XMPP_CONN_CONNECT)
		exit(1);
	xmpp_handler_add(conn, on_message, NULL, "message", NULL, user);
	presence = xmpp_presence_new(user);
	xmpp_send(conn, presence);
	xmpp_stanza_release(presence);
}

int main(int argc, char **argv)
{
	xmpp_ctx_t *ctx;
	xmpp_conn_t *conn;

	if (argc != 5)
		return 64;
	xmpp_initialize();
	ctx = xmpp_ctx_new(NULL, NULL);
	conn = xmpp_conn_new(ctx);
	xmpp_conn_set_jid(conn, argv[1]);
	xmpp_conn_set_pass(conn, argv[2]);
	xmpp_conn_set_flags(conn, XMPP_CONN_FLAG_MANDATORY_TLS | XMPP_CONN_FLAG_DISABLE_SM);
	xmpp_conn_set_cafile(conn, argv[4]);
	if (xmpp_connect_client(conn, "127.0.0.1", (unsigned short)atoi(argv[3]), on_connection,
	    ctx) != XMPP_EOK)
		return 1;
	xmpp_run(ctx);
	return 0;
}
