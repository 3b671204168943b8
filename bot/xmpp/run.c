#include "engine/help.h"
#include "xmpp/run.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "command.h"
#include "app/config.h"
#include "app/files.h"
#include "app/log.h"
#include "app/turn.h"
#include "xmpp/link.h"
#include "xmpp/notify.h"
#include "xmpp/service.h"

enum {
	STACK = 16 << 20,       /* libstrophe frees a stanza by recursion */
	SWEEP_MS = 6 * 3600 * 1000,
};

struct options {
	const char *config;
	bool fast, unlimited, salted;
	uint64_t salt;
};

struct run {
	struct config config;
	struct store *store;
	struct app *app;
	struct service *service;
};

/* --- signals --- */

static volatile sig_atomic_t got_term, got_hup, got_usr1;

static void on_signal(int number)
{
	switch (number) {
	case SIGHUP:
		got_hup = 1;
		break;
	case SIGUSR1:
		got_usr1 = 1;
		break;
	default:
		got_term++;
	}
}

/* They are blocked but for the poll, so that none falls between a look and a wait. */
static void catch_signals(sigset_t *while_waiting)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	struct sigaction a = { .sa_handler = on_signal };
	sigset_t block;

	sigemptyset(&block);
	sigemptyset(&a.sa_mask);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		sigaddset(&block, numbers[i]);
		sigaction(numbers[i], &a, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &block, while_waiting);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigdelset(while_waiting, numbers[i]);
}

/* --- starting --- */

static bool read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "fast", no_argument, NULL, 'f' },
		{ "unlimited", no_argument, NULL, 'u' },
		{ "salt", required_argument, NULL, 'S' },
		{ 0 },
	};
	int c;

	*o = (struct options){ 0 };
	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			o->config = optarg;
		else if (c == 'f')
			o->fast = true;
		else if (c == 'u')
			o->unlimited = true;
		else if (c == 'S')
			o->salted = true, o->salt = strtoull(optarg, NULL, 0);
		else
			return false;
	}
	return optind == argc;
}

/* The kernel looks at the limit when the stack grows: no new start is needed. */
static void raise_stack(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_STACK, &r) != 0 || r.rlim_cur == RLIM_INFINITY || r.rlim_cur >= STACK)
		return;
	r.rlim_cur = r.rlim_max == RLIM_INFINITY || r.rlim_max >= STACK ? STACK : r.rlim_max;
	if (setrlimit(RLIMIT_STACK, &r) != 0 || r.rlim_cur < STACK)
		log_event(LOG_LEVEL_WARNING, "stack", "kib=%lu fix=\"%s\"",
		    (unsigned long)r.rlim_cur / 1024, "allow a stack of 16 MiB (LimitSTACK)");
}

static void print_findings(const struct findings *f)
{
	STR_AUTO text = STR_INIT;

	findings_print(f, &text);
	fputs(text.p, stderr);
}

/* Numbers change: somebody has to call them now and then. */
static void tell_old_help(const struct app *app)
{
	size_t countries, n = help_old(app_script(app), time(NULL), &countries);

	if (n)
		log_event(LOG_LEVEL_WARNING, "help", "old=%zu countries=%zu fix=\"%s\"", n, countries,
		    "attune help-services COUNTRY shows them: call, then set checked_on");
}

static bool load_app(struct run *r, const struct options *o)
{
	struct app_config c = {
		.dialogs = files_dialogs(r->config.dialogs.path),
		.help = r->config.dialogs.help,
		.locale = sv_from(r->config.dialogs.locale),
		.salt = o->salted ? &o->salt : NULL,
		.host = {
			.watched = r->config.people.watched,
			.address = sv_from(r->config.account.jid),
			.operator_contact = sv_from(r->config.people.contact),
			.can_hide = true,
		},
	};
	struct findings f = { 0 };

	r->app = app_create(&c, r->store, &f);
	if (!r->app) {
		print_findings(&f);
		log_event(LOG_LEVEL_ERROR, "start", "what=\"%s\" fix=\"%s\"",
		    "the dialogs are unsound", "mend what is listed above; attune check shows it too");
	}
	findings_fini(&f);
	if (r->app)
		tell_old_help(r->app);
	return r->app != NULL;
}

static bool start(struct run *r, const struct options *o, struct err *e)
{
	const char *path = config_find(o->config);
	unsigned char secret[32];

	if (sodium_init() < 0)
		return err_set(e, ERR_IO, 0, "no random numbers on this machine");
	if (!path)
		return err_set(e, ERR_CONFIG, 0, "no attune.conf found: name one with -c");
	if (!config_load(&r->config, path, e))
		return false;
	if (!r->config.account.jid[0])
		return err_set(e, ERR_CONFIG, 0, "%s: jid is not set in [account]", path);
	/* A disk that is full now may not be later: restarting does help. */
	if (!(r->store = store_open_sqlite(r->config.store.path, e)))
		return false;
	store_secret(r->store, secret);
	log_init(r->config.log.level, secret);
	sodium_memzero(secret, sizeof secret);
	return true;
}

/* --- the loop --- */

static void show_status(const char *text)
{
	notify("STATUS=%s", text);
}

static void reload(struct run *r)
{
	struct findings f = { 0 };
	bool new = app_reload(r->app, &f);

	if (new) {
		log_event(LOG_LEVEL_INFO, "reload", "dialogs=new");
	} else {
		print_findings(&f);
		log_event(LOG_LEVEL_ERROR, "reload", "dialogs=kept errors=%zu fix=\"%s\"",
		    f.errors, "mend what is listed above; the old dialogs go on");
	}
	findings_fini(&f);
}

static void heed_signals(struct run *r)
{
	static int heeded;

	if (got_hup) {
		got_hup = 0;
		reload(r);
	}
	if (got_usr1) {
		got_usr1 = 0;
		service_log_counts(r->service);
	}
	if (got_term > heeded) {
		heeded = got_term;
		notify("STOPPING=1");
		log_event(LOG_LEVEL_INFO, "stop", "owed=%zu", store_reply_owed(r->store));
		if (got_term > 1)
			link_cut(service_link(r->service));
		else
			service_finish(r->service);
	}
}

/* Sessions that were idle for too long are erased, and old ids. */
static void sweep(struct run *r, int64_t now)
{
	static int64_t next;
	struct err e = { 0 };

	if (now < next)
		return;
	next = now + SWEEP_MS;
	if (!turn_sweep(r->app, time(NULL), r->config.store.retention_days, &e))
		log_event(LOG_LEVEL_WARNING, "sweep", "error=\"%s\"", e.text);
}

static int loop(struct run *r, const sigset_t *while_waiting)
{
	struct link *link = service_link(r->service);
	struct pollfd p;
	struct timespec t;
	int ms;

	while (!service_ended(r->service)) {
		ms = service_wait(r->service, link_now());
		t = (struct timespec){ ms / 1000, ms % 1000 * 1000000L };
		p = (struct pollfd){ link_fd(link), link_poll(link), 0 };
		ppoll(&p, 1, &t, while_waiting);
		heed_signals(r);
		service_run(r->service, link_now());
		sweep(r, link_now());
		notify_alive(link_now());
	}
	return service_exit_code(r->service);
}

static int serve(struct run *r, const struct options *o)
{
	struct service_config c = { &r->config, r->app, r->store, o->fast, o->unlimited,
		show_status };
	sigset_t while_waiting;
	int code;

	catch_signals(&while_waiting);
	raise_stack();
	r->service = service_create(&c);
	log_event(LOG_LEVEL_INFO, "start", "version=%s", PACKAGE_VERSION);
	notify("READY=1");
	code = loop(r, &while_waiting);
	service_log_counts(r->service);
	service_destroy(r->service);
	log_event(LOG_LEVEL_INFO, "end", "code=%d", code);
	return code;
}

int command_run(int argc, char **argv)
{
	struct run r = { 0 };
	struct options o;
	struct err e = { 0 };
	int code = COMMAND_CONFIG;

	if (!read_options(argc, argv, &o))
		return COMMAND_USAGE;
	if (!start(&r, &o, &e)) {
		fprintf(stderr, "attune: %s\n", e.text);
		code = e.code == ERR_STORE ? COMMAND_STORE : COMMAND_CONFIG;
	} else if (load_app(&r, &o)) {
		code = serve(&r, &o);
	}
	app_destroy(r.app);
	store_close(r.store);
	config_fini(&r.config);
	return code;
}
