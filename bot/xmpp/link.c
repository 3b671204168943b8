#include "xmpp/link.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/log.h"
#include "base/xalloc.h"
#include "xmpp/guard.h"
#include "xmpp/ns.h"
#include "xmpp/outbound.h"
#include "xmpp/stanza.h"
#include "xmpp/xml.h"

enum {
	CONNECT_MS = 20000,     /* until bound; libstrophe waits for ever for a stream header */
	IDLE_MS = 30000,        /* then we ask whether the server is there */
	SILENT_MS = 60000,      /* then it is not */
	STABLE_MS = 30000,      /* a connection that held so long starts the pauses anew */
	CLOSE_MS = 1500,
	STEP_MS = 20,           /* while connecting: the library has timers of its own */
	READS = 16,             /* of 4 KiB at most: then what came is saved */
	/* Until we are up the library has steps of its own, and without the guard nobody
	 * tells whether a read gave something.  A TLS record has 16 KiB: so many without
	 * a stanza prove that nothing is left of it. */
	QUIET_READS = 5,
};

enum state {
	LINK_WAITING,           /* for the next try */
	LINK_CONNECTING,
	LINK_ENABLING,          /* bound, <enabled/> is still to come */
	LINK_UP,
	LINK_CLOSING,
	LINK_ENDED,
};

enum wish { WISH_NONE, WISH_RESTART, WISH_CLOSE, WISH_CUT };

struct link {
	const struct config *config;
	struct link_events events;
	void *owner;
	xmpp_ctx_t *ctx;
	xmpp_conn_t *conn;
	xmpp_log_t log;
	enum state state;
	enum wish wish;
	bool bound, enabled, gone;      /* set in callbacks, looked at after them */
	bool want_acks, acks, offered;
	bool pinged;
	uint32_t received, acked;       /* stanzas since <enabled/>, modulo 2^32 (XEP-0198) */
	bool asked, hold;               /* the server wants to know how many; not yet */
	int fd, quiet;
	bool guarded;                   /* the guard tells what was parsed */
	unsigned long refused;          /* by the parser, before this connection */
	bool unread;                    /* there may be more than was read so far */
	struct str out;                 /* stanzas that go out together, with the next write */
	int n_out;
	bool unsent;                    /* the library holds some that the socket did not take */
	unsigned tries;
	int64_t now, since, heard;
	int64_t at;                     /* when the next try is due */
	struct clues clues;
	struct str own;
	char detail[200];
};

static struct link *the_link;

/* --- what libstrophe tells --- */

/* What the server offers is told here only: the features are no stanza. */
static void on_received(struct link *l, const char *msg)
{
	l->clues.reached = true;
	if (!l->bound && strstr(msg, "features") && strstr(msg, NS_SM))
		l->offered = true;
}

/* Lines at DEBUG hold whole stanzas: they are compared, never kept or shown. */
static void on_log(void *user, xmpp_log_level_t level, const char *area, const char *msg)
{
	struct link *l = user;

	(void)area;
	if (level == XMPP_LEVEL_ERROR)
		snprintf(l->clues.log, sizeof l->clues.log, "%s", msg);
	else if (strncmp(msg, "RECV:", 5) == 0)
		on_received(l, msg);
	else if (strncmp(msg, "parse error", 11) == 0)
		l->clues.garbled = true;
	else if (strncmp(msg, "connection failed, error ", 25) == 0)
		l->clues.socket_errno = atoi(msg + 25);
	else if (strncmp(msg, "SASL ", 5) == 0 && strstr(msg, " auth failed"))
		l->clues.refused = true;
}

static int on_bad_certificate(const xmpp_tlscert_t *cert, const char *const words)
{
	(void)cert;
	if (the_link && !the_link->clues.cert[0])
		snprintf(the_link->clues.cert, sizeof the_link->clues.cert, "%s",
		    words && words[0] ? words : "refused");
	return 0;
}

static int on_socket(xmpp_conn_t *conn, void *socket)
{
	int yes = 1;

	if (the_link) {
		the_link->fd = *(int *)socket;
		the_link->clues.resolved = true;
		fcntl(the_link->fd, F_SETFD, FD_CLOEXEC);
		setsockopt(the_link->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	}
	return xmpp_sockopt_cb_keepalive(conn, socket);
}

/* Stream management, as far as it serves us: nothing is ever resumed, so only
 * what came is counted.  libstrophe's own asks for a session that can be
 * resumed, which keeps what is not acknowledged in the server's memory; without
 * that it goes to the offline storage as soon as the connection breaks. */
static void on_management(struct link *l, xmpp_stanza_t *st)
{
	if (stanza_is(st, "enabled", NS_SM))
		l->enabled = true;
	else if (stanza_is(st, "failed", NS_SM))
		l->offered = false;
	else if (stanza_is(st, "r", NS_SM))
		l->asked = true;
}

static int on_stanza(xmpp_conn_t *conn, xmpp_stanza_t *st, void *user)
{
	struct link *l = user;
	const char *ns = xmpp_stanza_get_ns(st);

	(void)conn;
	l->heard = l->now;
	l->pinged = false;
	l->quiet = 0;
	if (ns && strcmp(ns, NS_SM) == 0) {
		on_management(l, st);
		return 1;
	}
	l->received += l->enabled;
	l->events.stanza(l->owner, st);
	return 1;
}

static void put_out(struct link *l, struct sv xml)
{
	str_add(&l->out, xml);
	l->n_out++;
}

static void drop_out(struct link *l)
{
	if (l->out.n)
		explicit_bzero(l->out.p, l->out.n);
	str_clear(&l->out);
	l->n_out = 0;
}

/* All that came is saved: only now the server may forget it. */
static void acknowledge(struct link *l)
{
	char count[16];
	struct xml x;
	STR_AUTO a = STR_INIT;

	if (!l->enabled || l->gone || l->hold || (!l->asked && l->received == l->acked))
		return;
	snprintf(count, sizeof count, "%" PRIu32, l->received);
	x = xml_begin("a", NS_SM);
	xml_attr(&x, "h", sv_from(count));
	a = xml_end(&x);
	put_out(l, str_sv(&a));
	l->acked = l->received;
	l->asked = false;
}

static void on_connection(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
    xmpp_stream_error_t *stream_error, void *user)
{
	struct link *l = user;
	const char *jid;

	(void)error;
	if (event == XMPP_CONN_CONNECT) {
		xmpp_handler_add(conn, on_stanza, NULL, NULL, NULL, l);
		jid = xmpp_conn_get_bound_jid(conn);
		str_clear(&l->own);
		str_add(&l->own, jid_bare(sv_from(jid ? jid : l->config->account.jid)));
		l->bound = true;
		return;
	}
	if (stream_error && l->clues.stream_error < 0)
		l->clues.stream_error = (int)stream_error->type;
	l->gone = true;
}

/* --- making one --- */

static bool set_up(struct link *l, struct err *e)
{
	const struct config *c = l->config;
	struct str password = STR_INIT;
	STR_AUTO jid = STR_INIT;
	long flags = c->account.tls == CONFIG_TLS_DIRECT ? XMPP_CONN_FLAG_LEGACY_SSL :
	    XMPP_CONN_FLAG_MANDATORY_TLS;

	if (!config_password(c, &password, e)) {
		str_wipe(&password);
		return false;
	}
	l->acks = l->want_acks;
	flags |= XMPP_CONN_FLAG_DISABLE_SM;
	l->conn = xmpp_conn_new(l->ctx);
	if (!l->conn)
		abort();
	str_addf(&jid, "%s/%s", c->account.jid, c->account.resource);
	xmpp_conn_set_jid(l->conn, jid.p);
	xmpp_conn_set_pass(l->conn, password.p);
	str_wipe(&password);
	xmpp_conn_set_flags(l->conn, flags);
	if (c->account.ca_file[0])
		xmpp_conn_set_cafile(l->conn, c->account.ca_file);
	xmpp_conn_set_certfail_handler(l->conn, on_bad_certificate);
	xmpp_conn_set_sockopt_callback(l->conn, on_socket);
	return true;
}

static void let_go(struct link *l)
{
	xmpp_conn_t *conn = l->conn;

	l->conn = NULL;
	l->fd = -1;
	if (conn)
		xmpp_conn_release(conn);
	drop_out(l);
	l->unsent = l->unread = false;
	l->log.handler = on_log;
	guard_hush(false);
	l->bound = l->enabled = l->gone = l->offered = l->asked = false;
	l->received = l->acked = 0;
}

/* The connection is over, or could not be made. */
static void fail(struct link *l, const struct failure *f, const char *detail)
{
	unsigned noise = randombytes_random();
	bool held = l->state == LINK_UP && l->now - l->since >= STABLE_MS;
	int pause = -1;

	let_go(l);
	if (held)
		l->tries = 0;
	if (f->retry != RETRY_NEVER)
		pause = failure_pause(f->retry, l->tries++, noise);
	l->state = pause < 0 ? LINK_ENDED : LINK_WAITING;
	l->at = l->now + pause;
	l->events.down(l->owner, f, detail, pause);
}

static void connect_now(struct link *l)
{
	const struct config *c = l->config;
	static const struct failure no_password = { ERR_CONFIG, RETRY_SLOW, "password-file",
		"the password cannot be read", "check password_file and who may read it" };
	struct err e = { 0 };
	const char *host = c->account.server[0] ? c->account.server : NULL;
	unsigned short port = (unsigned short)c->account.port;
	int rc;

	l->clues = (struct clues){ .stream_error = -1 };
	l->refused = guard_refused();
	l->since = l->heard = l->now;
	l->pinged = false;
	if (c->account.ca_file[0] && access(c->account.ca_file, R_OK) != 0) {
		l->clues.no_ca_file = true;
		fail(l, failure_of(&l->clues), c->account.ca_file);
		return;
	}
	if (!set_up(l, &e)) {
		fail(l, &no_password, e.text);
		return;
	}
	l->state = LINK_CONNECTING;
	rc = xmpp_connect_client(l->conn, host, port, on_connection, l);
	if (rc != XMPP_EOK)
		fail(l, failure_of(&l->clues), "");
}

/* --- running it --- */

static bool time_is_up(struct link *l)
{
	switch (l->state) {
	case LINK_CONNECTING:
	case LINK_ENABLING:
		return l->now - l->since > CONNECT_MS;
	case LINK_UP:
		return l->now - l->heard > SILENT_MS;
	case LINK_CLOSING:
		return l->now - l->since > CLOSE_MS;
	default:
		return false;
	}
}

static void ask_if_alive(struct link *l)
{
	if (l->state != LINK_UP || l->pinged || l->now - l->heard < IDLE_MS)
		return;
	l->pinged = true;
	link_send(l, outbound_ping(SV("alive")));
}

static void come_up(struct link *l)
{
	l->state = LINK_UP;
	l->since = l->heard = l->now;
	l->clues.online = true;
	/* What it would tell from now on is each stanza as text, and what the guard knows. */
	if (l->guarded)
		l->log.handler = NULL;
	guard_hush(l->guarded);
	snprintf(l->detail, sizeof l->detail, "tls=%s acks=%s",
	    xmpp_conn_is_secured(l->conn) ? "verified" : "no", l->enabled ? "yes" : "no");
	l->events.up(l->owner);
}

static void end(struct link *l)
{
	let_go(l);
	l->state = LINK_ENDED;
}

/* All that was sent, as one write and one TLS record: each costs more than a stanza. */
static void hand_over(struct link *l)
{
	if (l->out.n && l->conn) {
		xmpp_send_raw(l->conn, l->out.p, l->out.n);
		l->unsent = true;
	}
	drop_out(l);
}

static void grant(struct link *l)
{
	enum wish wish = l->wish;

	l->wish = WISH_NONE;
	if (wish == WISH_CUT) {
		/* Before the library can send one more byte, such as an <a/>. */
		if (l->fd >= 0)
			shutdown(l->fd, SHUT_RDWR);
		end(l);
	} else if (wish == WISH_RESTART) {
		let_go(l);
		l->state = LINK_WAITING;
		l->at = l->now;
	} else if (wish == WISH_CLOSE && l->state == LINK_UP) {
		hand_over(l);
		xmpp_disconnect(l->conn);
		l->state = LINK_CLOSING;
		l->since = l->now;
	} else if (wish == WISH_CLOSE && l->state != LINK_CLOSING) {
		end(l);
	}
}

static void save(struct link *l)
{
	if (!l->events.save(l->owner)) {
		l->wish = WISH_CUT;
		return;
	}
	if (l->conn)
		acknowledge(l);
}

/* Writes what is to be written and reads once. */
static void run_once(struct link *l)
{
	unsigned long before = guard_parsed();

	xmpp_run_once(l->ctx, 0);
	l->quiet++;
	l->unread = l->guarded && l->state == LINK_UP ? guard_parsed() != before
	                                              : l->quiet < QUIET_READS;
	if (guard_refused() != l->refused)
		l->clues.garbled = true;
}

/* The library tells of its queue, but not of an item that is half written: it
 * writes until the socket takes no more, so one that would take more has it all. */
static void look_whether_sent(struct link *l)
{
	struct pollfd p = { l->fd, POLLOUT, 0 };

	l->unsent = l->unsent && l->fd >= 0 && poll(&p, 1, 0) == 0;
}

/* A server that waits for our acknowledgement before it sends something small (Nagle) would
 * wait for 40 ms, since the kernel hopes that we answer and it can go along. */
static void acknowledge_bytes(const struct link *l)
{
	int yes = 1;

	setsockopt(l->fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

static void pump(struct link *l)
{
	l->quiet = 0;
	l->unread = true;
	for (int i = 0; i < READS && l->unread && !l->gone && l->wish != WISH_CUT; i++)
		run_once(l);
	look_whether_sent(l);
	if (l->wish != WISH_CUT)
		save(l);
	if (l->conn && !l->unsent && l->out.n && l->wish != WISH_CUT) {
		hand_over(l);
		run_once(l);
		look_whether_sent(l);
	} else if (l->fd >= 0) {
		acknowledge_bytes(l);
	}
}

static void enable(struct link *l)
{
	struct xml x = xml_begin("enable", NS_SM);
	STR_AUTO request = xml_end(&x);

	xmpp_send_raw(l->conn, request.p, request.n);
}

static void look_after(struct link *l)
{
	if (l->gone && l->state == LINK_CLOSING) {
		end(l);
	} else if (l->gone || l->clues.garbled) {
		fail(l, failure_of(&l->clues), l->clues.cert);
	} else if (l->state == LINK_CONNECTING && l->bound) {
		l->state = LINK_ENABLING;
		l->since = l->now;
		if (l->acks && l->offered)
			enable(l);
	} else if (time_is_up(l)) {
		l->clues.silent = true;
		if (l->state == LINK_CLOSING)
			end(l);
		else
			fail(l, failure_of(&l->clues), "");
	}
	/* Presence before it would let in messages that nobody counts. */
	if (l->state == LINK_ENABLING && (!l->acks || !l->offered || l->enabled))
		come_up(l);
	ask_if_alive(l);
}

void link_run(struct link *l, int64_t now)
{
	l->now = now;
	if (l->state == LINK_WAITING && l->wish == WISH_NONE && now >= l->at)
		connect_now(l);
	if (l->conn) {
		pump(l);
		if (l->wish != WISH_CUT)
			look_after(l);
	}
	if (l->wish)
		grant(l);
}

int64_t link_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int link_wait(const struct link *l, int64_t now)
{
	int64_t ms;

	switch (l->state) {
	case LINK_WAITING:
		ms = l->at - now;
		break;
	case LINK_UP:
		ms = l->heard + (l->pinged ? SILENT_MS : IDLE_MS) - now + 1;
		break;
	case LINK_ENDED:
		return 1000;
	default:
		return STEP_MS;
	}
	if (l->wish || (l->conn && (l->unread || (l->out.n && !l->unsent))))
		return 0;
	return ms < 0 ? 0 : ms > 1000 ? 1000 : (int)ms;
}

/* --- for the owner --- */

struct link *link_create(const struct config *c, const struct link_events *ev, void *owner)
{
	struct link *l = xcalloc(1, sizeof *l);

	xmpp_initialize();
	l->config = c;
	l->events = *ev;
	l->owner = owner;
	l->own = (struct str)STR_INIT;
	l->fd = -1;
	l->log = (xmpp_log_t){ on_log, l };
	l->ctx = xmpp_ctx_new(NULL, &l->log);
	if (!l->ctx)
		abort();
	l->out = (struct str)STR_INIT;
	l->guarded = guard_works(l->ctx);
	if (!l->guarded)
		log_event(LOG_LEVEL_WARNING, "guard", "state=off fix=\"%s\"",
		    "use a shared libstrophe that parses with expat");
	the_link = l;
	return l;
}

void link_destroy(struct link *l)
{
	if (!l)
		return;
	let_go(l);
	xmpp_ctx_free(l->ctx);
	xmpp_shutdown();
	str_fini(&l->own);
	str_fini(&l->out);
	the_link = NULL;
	free(l);
}

int link_fd(const struct link *l)
{
	return l->conn ? l->fd : -1;
}

/* A send queue that is not empty in CONNECTING is the library's own matter. */
short link_poll(const struct link *l)
{
	return l->conn && (l->unsent || xmpp_conn_send_queue_len(l->conn) > 0) ? POLLIN | POLLOUT
	                                                                        : POLLIN;
}

void link_want_acks(struct link *l, bool on)
{
	l->want_acks = on;
}

bool link_has_acks(const struct link *l)
{
	return l->acks;
}

void link_hold_acks(struct link *l, bool hold)
{
	l->hold = hold;
}

bool link_acks_work(const struct link *l)
{
	return l->enabled;
}

void link_restart(struct link *l)
{
	if (l->wish < WISH_RESTART)
		l->wish = WISH_RESTART;
}

void link_cut(struct link *l)
{
	l->wish = WISH_CUT;
}

void link_close(struct link *l)
{
	if (l->wish < WISH_CLOSE)
		l->wish = WISH_CLOSE;
}

bool link_ended(const struct link *l)
{
	return l->state == LINK_ENDED;
}

bool link_is_up(const struct link *l)
{
	return l->state == LINK_UP;
}

struct sv link_own(const struct link *l)
{
	return str_sv(&l->own);
}

struct sv link_full(const struct link *l)
{
	return sv_from(l->conn ? xmpp_conn_get_bound_jid(l->conn) : NULL);
}

int64_t link_certificate_end(const struct link *l)
{
	xmpp_tlscert_t *cert = l->conn ? xmpp_conn_get_peer_cert(l->conn) : NULL;
	const char *end = cert ? xmpp_tlscert_get_string(cert, XMPP_CERT_NOTAFTER) : NULL;
	struct tm tm = { 0 };
	int64_t when = 0;

	/* As OpenSSL prints it; the program never leaves the C locale. */
	if (end && strptime(end, "%b %d %H:%M:%S %Y", &tm))
		when = (int64_t)timegm(&tm);
	if (cert)
		xmpp_tlscert_free(cert);
	return when;
}

void link_send(struct link *l, struct str stanza)
{
	if (l->conn && l->state == LINK_UP)
		put_out(l, str_sv(&stanza));
	str_wipe(&stanza);
}

int link_queued(const struct link *l)
{
	return l->n_out;
}

const char *link_detail(const struct link *l)
{
	return l->detail;
}
