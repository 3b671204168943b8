#include "xmpp/failure.h"

#include <errno.h>
#include <string.h>
#include <strophe.h>

#include "base/xalloc.h"

enum source { FROM_CERT, FROM_STREAM, FROM_SOCKET, FROM_LOG };

#define WAIT "nothing, if the server is being restarted: it goes on trying"

/* ORDER: the first row that fits is the cause; certificates before the rest,
 * since a refused certificate also leaves an error line. */
static const struct row {
	enum source source;
	int number;
	const char *words;
	struct failure failure;
} rows[] = {
	{ FROM_CERT, 0, "hostname mismatch", { ERR_TLS, RETRY_SLOW, "wrong-host",
	    "the server's certificate is for another name",
	    "use the domain of the JID that the certificate names, or fix the certificate" } },
	{ FROM_CERT, 0, "expired", { ERR_TLS, RETRY_SLOW, "cert-expired",
	    "the server's certificate has expired",
	    "renew the certificate on the server, and check this machine's clock" } },
	{ FROM_CERT, 0, "not yet valid", { ERR_TLS, RETRY_SLOW, "cert-early",
	    "the server's certificate is not valid yet", "check this machine's clock" } },
	{ FROM_CERT, 0, "self-signed", { ERR_TLS, RETRY_SLOW, "unknown-ca",
	    "the server's certificate is signed by an authority that is not trusted here",
	    "set ca_file to the authority's certificate, if it is your own" } },
	{ FROM_CERT, 0, "issuer", { ERR_TLS, RETRY_SLOW, "unknown-ca",
	    "the server's certificate is signed by an authority that is not trusted here",
	    "set ca_file to the authority's certificate, or let the server send its chain" } },
	{ FROM_CERT, 0, "", { ERR_TLS, RETRY_SLOW, "bad-cert",
	    "the server's certificate was refused", "fix the certificate on the server" } },

	{ FROM_STREAM, XMPP_SE_HOST_UNKNOWN, NULL, { ERR_CONFIG, RETRY_SLOW, "host-unknown",
	    "the server does not serve the domain of the JID",
	    "check jid and server in the configuration" } },
	{ FROM_STREAM, XMPP_SE_CONFLICT, NULL, { ERR_CONFIG, RETRY_NEVER, "conflict",
	    "another program logged in with the same account and resource",
	    "run one bot for an account, or give the other one another resource" } },
	{ FROM_STREAM, XMPP_SE_SYSTEM_SHUTDOWN, NULL, { ERR_NETWORK, RETRY_SOON,
	    "server-shutdown", "the server is shutting down", WAIT } },
	{ FROM_STREAM, XMPP_SE_POLICY_VIOLATION, NULL, { ERR_NETWORK, RETRY_SLOW,
	    "policy", "the server closed the stream for breaking a rule of its own",
	    "exempt the bot's account from the server's rate and size limits" } },
	{ FROM_STREAM, XMPP_SE_NOT_AUTHORIZED, NULL, { ERR_AUTH, RETRY_SLOW,
	    "not-authorized", "the server closed the stream: not authorized",
	    "check that the account exists and is not disabled" } },

	{ FROM_SOCKET, ECONNREFUSED, NULL, { ERR_NETWORK, RETRY_SOON, "refused",
	    "nothing listens at the server's address and port",
	    "start the server, or check server and port in the configuration" } },
	{ FROM_SOCKET, ETIMEDOUT, NULL, { ERR_NETWORK, RETRY_SOON, "timeout",
	    "the server's address does not answer", "check the network and the firewall" } },
	{ FROM_SOCKET, ENETUNREACH, NULL, { ERR_NETWORK, RETRY_SOON, "unreachable",
	    "no way to the server's network", "check the network of this machine" } },
	{ FROM_SOCKET, EHOSTUNREACH, NULL, { ERR_NETWORK, RETRY_SOON, "unreachable",
	    "no way to the server's host", "check the network of this machine" } },

	{ FROM_LOG, 0, "TLS is not supported", { ERR_TLS, RETRY_SLOW, "no-tls",
	    "the server offers no encryption here",
	    "turn on TLS on the server, or set tls to direct and its port" } },
	{ FROM_LOG, 0, "Binding failed", { ERR_NETWORK, RETRY_SLOW, "bind",
	    "the server refused the resource", "check resource in the configuration" } },
};

static const struct failure no_ca_file = { ERR_CONFIG, RETRY_SLOW, "ca-file",
	"ca_file cannot be read", "check the path of ca_file and who may read it" };
static const struct failure wrong_password = { ERR_AUTH, RETRY_SLOW, "wrong-password",
	"the server refused the login: wrong password, or no such account",
	"check the password file and the account on the server" };
static const struct failure no_mechanism = { ERR_AUTH, RETRY_SLOW, "no-mechanism",
	"the server offers no way to log in that is safe and known here",
	"turn on SCRAM-SHA-256 or SCRAM-SHA-1 on the server" };
static const struct failure silent = { ERR_NETWORK, RETRY_SOON, "silent",
	"the server stopped answering", WAIT };
static const struct failure mute = { ERR_NETWORK, RETRY_SOON, "mute",
	"something accepted the connection and said nothing",
	"check that server and port lead to an XMPP server" };
static const struct failure garbled = { ERR_NETWORK, RETRY_SOON, "garbled",
	"what came over the stream was not well-formed", WAIT };
static const struct failure no_dns = { ERR_NETWORK, RETRY_SOON, "no-address",
	"the server's name has no address", "check jid and server in the configuration, and DNS" };
static const struct failure lost = { ERR_NETWORK, RETRY_SOON, "lost",
	"the connection broke", WAIT };
static const struct failure closed = { ERR_NETWORK, RETRY_SOON, "closed",
	"the server closed the connection before the login was done",
	"look into the server's log" };

static bool fits(const struct row *r, const struct clues *c)
{
	switch (r->source) {
	case FROM_CERT:
		return c->cert[0] && strstr(c->cert, r->words);
	case FROM_STREAM:
		return c->stream_error == r->number;
	case FROM_SOCKET:
		return !c->reached && c->socket_errno == r->number;
	case FROM_LOG:
		return strstr(c->log, r->words) != NULL;
	}
	return false;
}

const struct failure *failure_of(const struct clues *c)
{
	if (c->no_ca_file)
		return &no_ca_file;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (fits(&rows[i], c))
			return &rows[i].failure;
	if (c->garbled)
		return &garbled;
	if (c->silent)
		return c->reached ? &silent : &mute;
	if (c->online)
		return &lost;
	if (c->refused)
		return &wrong_password;
	if (strstr(c->log, "annot authenticate"))
		return &no_mechanism;
	if (!c->resolved)
		return &no_dns;
	return &closed;
}

static long doubled(long ms, unsigned n, long cap)
{
	while (n-- && ms < cap)
		ms *= 2;
	return ms < cap ? ms : cap;
}

int failure_pause(enum retry retry, unsigned n, unsigned noise)
{
	long ms = retry != RETRY_SOON ? doubled(60000, n, 600000) :
	    n < FAILURE_EAGER ? doubled(500, n, 2000) :
	    doubled(2000, n - FAILURE_EAGER, 60000);

	/* Between half and the whole: clients of one server come back spread out. */
	return (int)(ms / 2 + ms / 2 * (long)(noise & 0xFFFF) / 0xFFFF);
}
