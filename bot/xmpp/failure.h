/* xmpp/failure.h - why a connection failed, and what the operator can do.
 *
 * libstrophe reports nearly every failure as "disconnected, error 0"; the cause
 * has to be put together from its log lines, the certificate check, the
 * socket and the stream error.  Pure. */
#ifndef XMPP_FAILURE_H
#define XMPP_FAILURE_H

#include <stdbool.h>

#include "base/err.h"

struct clues {
	int stream_error;       /* xmpp_error_type_t, -1 none */
	int socket_errno;       /* of the TCP connection, 0 none */
	bool resolved;          /* a socket was made: the name has an address */
	bool reached;           /* the server spoke XML with us */
	bool refused;           /* a login attempt was turned down */
	bool online;            /* it had worked until now */
	bool silent;            /* our own watchdog gave up */
	bool no_ca_file;        /* the CA file cannot be read */
	bool garbled;           /* what came was not XML */
	char cert[160];         /* the certificate check's words, "" fine */
	char log[160];          /* libstrophe's last error line, "" none */
};

enum { FAILURE_EAGER = 80 };      /* tries: about two minutes */

enum retry {
	/* 0.5 s, then 2 s as long as a server takes to be restarted, since somebody may
	 * be waiting; after FAILURE_EAGER tries doubled up to 60 s */
	RETRY_SOON,
	RETRY_SLOW,             /* somebody must act: minutes */
	RETRY_NEVER,
};

struct failure {
	enum err_code code;
	enum retry retry;
	const char *cause;      /* one stable word for logs and tests */
	const char *text;       /* what is wrong */
	const char *fix;        /* what to do about it */
};

const struct failure *failure_of(const struct clues *c);
/* The pause before try number n (0, 1, ...), in ms; noise in 0..65535. */
int failure_pause(enum retry retry, unsigned n, unsigned noise);

#endif
