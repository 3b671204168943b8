#include "xmpp/doctor.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/files.h"
#include "app/log.h"
#include "base/findings.h"
#include "base/xalloc.h"
#include "command.h"
#include "engine/help.h"
#include "engine/step.h"
#include "store/store.h"
#include "xmpp/advice.h"
#include "xmpp/probe.h"
#include "xmpp/stanza.h"

enum {
	DAY = 24 * 3600,
	CERT_DAYS = 14,
	ARCHIVE_DAYS = 3,
	SKEW_S = 60,
	BURST_MS = 2000,        /* PROBE_BURST stanzas may take so long */
	FREE_MB = 64,
};

struct doctor {
	const char *path;
	struct config config;
	struct probe p;
	int code, faults;
};

/* --- telling --- */

static void line(const char *mark, const char *about, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

static void line(const char *mark, const char *about, const char *fmt, va_list ap)
{
	printf("%-6s%-10s ", mark, about);
	vprintf(fmt, ap);
	putchar('\n');
	fflush(stdout);
}

static void fine(const char *about, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void note(const char *about, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void fault(struct doctor *d, int code, const char *about, const char *fix, const char *fmt,
    ...) __attribute__((format(printf, 5, 6)));

static void fine(const char *about, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line("ok", about, fmt, ap);
	va_end(ap);
}

static void note(const char *about, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line("note", about, fmt, ap);
	va_end(ap);
}

static void fault(struct doctor *d, int code, const char *about, const char *fix, const char *fmt,
    ...)
{
	va_list ap;

	va_start(ap, fmt);
	line("FAULT", about, fmt, ap);
	va_end(ap);
	if (fix[0])
		printf("      do: %s\n", fix);
	d->faults++;
	if (code > d->code)
		d->code = code;
}

static void print_lines(const struct doctor *d, const char *server, const char *place,
    const char *lines)
{
	struct sv jid = sv_from(d->config.account.jid);
	STR_AUTO text = STR_INIT;

	if (!lines[0])
		return;
	str_addf(&text, "      %s, ", server);
	advice_lines(place, jid, jid_domain(jid), "", &text);
	str_cut(&text, text.n - 1);
	str_addz(&text, ":\n");
	advice_lines(lines, jid, jid_domain(jid), "          ", &text);
	fputs(text.p, stdout);
}

/* What the server calls itself decides which lines are shown; else all. */
static void lines_of(const struct doctor *d, const struct advice *a)
{
	bool prosody = strstr(d->p.software, "Prosody"), ejabberd = strstr(d->p.software, "ejabberd");

	if (prosody || !ejabberd)
		print_lines(d, "Prosody", a->prosody_place, a->prosody);
	if (ejabberd || !prosody)
		print_lines(d, "ejabberd", a->ejabberd_place, a->ejabberd);
}

static void wrong(struct doctor *d, const char *about, const char *name)
{
	const struct advice *a = advice_find(name);

	fault(d, COMMAND_FAILED, about, a->fix, "%s: %s", a->name, a->what);
	lines_of(d, a);
}

static void hint(const struct doctor *d, const char *about, const char *name)
{
	const struct advice *a = advice_find(name);

	note(about, "%s: %s", a->name, a->what);
	printf("      do: %s\n", a->fix);
	lines_of(d, a);
}

/* --- files --- */

static bool check_config(struct doctor *d)
{
	struct err e = { 0 };
	struct stat st;

	if (!config_load(&d->config, d->path, &e)) {
		fault(d, COMMAND_CONFIG, "config", "mend it there; attune.conf.example explains each"
		    " key", "%s", e.text);
		return false;
	}
	if (!d->config.account.jid[0]) {
		fault(d, COMMAND_CONFIG, "config", "under [account]: jid = attune@example.org",
		    "%s: jid is not set in [account]", d->path);
		return false;
	}
	if (stat(d->path, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH))) {
		STR_AUTO fix = STR_INIT;

		str_addf(&fix, "chmod go-w %s", d->path);
		fault(d, COMMAND_CONFIG, "config", fix.p, "%s: others may change it", d->path);
		return true;
	}
	fine("config", "%s, for %s", d->path, d->config.account.jid);
	return true;
}

static void check_password(struct doctor *d)
{
	struct str password = STR_INIT;
	struct err e = { 0 };

	if (config_password(&d->config, &password, &e))
		fine("password", "%s", d->config.account.password_file[0]
		    ? d->config.account.password_file : "from the service manager");
	else
		fault(d, COMMAND_CONFIG, "password",
		    "put it on the first line of password_file, then chmod 600 that file", "%s",
		    e.text);
	str_wipe(&password);
}

static void folder_of(const char *path, struct str *out)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		str_addz(out, ".");
	else
		str_add(out, (struct sv){ path, slash == path ? 1 : (size_t)(slash - path) });
}

static bool check_folder(struct doctor *d, const char *folder)
{
	STR_AUTO fix = STR_INIT;
	struct statvfs fs;
	struct stat st;

	if (stat(folder, &st) != 0) {
		str_addf(&fix, "mkdir -m 700 %s, for the user who runs the bot", folder);
		fault(d, COMMAND_STORE, "store", fix.p, "%s: %s", folder, strerror(errno));
		return false;
	}
	if (access(folder, W_OK | X_OK) != 0) {
		fault(d, COMMAND_STORE, "store", "run the doctor and the bot as the user who owns it",
		    "%s: %s", folder, strerror(errno));
		return false;
	}
	if (statvfs(folder, &fs) == 0 && fs.f_bavail * (fs.f_frsize >> 10) < FREE_MB << 10)
		fault(d, COMMAND_STORE, "store", "make room: with a full disk the bot takes nothing",
		    "%s: less than %d MB are free", folder, FREE_MB);
	return true;
}

static void check_store_file(struct doctor *d, const char *path)
{
	struct err e = { 0 };
	struct store *st = store_open_sqlite(path, &e);
	STR_AUTO fix = STR_INIT;
	struct stat s;

	if (!st || !store_check(st, &e)) {
		fault(d, COMMAND_STORE, "store", "put a backup in its place; keep the file to look at",
		    "%s", e.text);
	} else if (stat(path, &s) == 0 && (s.st_mode & (S_IRWXG | S_IRWXO))) {
		str_addf(&fix, "chmod 600 %s*", path);
		fault(d, COMMAND_STORE, "store", fix.p, "%s: others may read it", path);
	} else {
		fine("store", "%s, %zu replies owed, kept %d days", path, store_reply_owed(st),
		    d->config.store.retention_days);
	}
	store_close(st);
}

static void check_store(struct doctor *d)
{
	const char *path = d->config.store.path;
	STR_AUTO folder = STR_INIT;

	folder_of(path, &folder);
	if (!check_folder(d, folder.p))
		return;
	if (access(path, F_OK) == 0)
		check_store_file(d, path);
	else
		fine("store", "%s, made at the first start", path);
}

static void check_dialogs(struct doctor *d)
{
	const char *dir = files_dialogs(d->config.dialogs.path);
	struct findings f = { 0 };
	struct script *s = files_script(dir, FILES_SCRIPT, d->config.dialogs.help, &f);
	size_t countries, old;

	if (!s) {
		STR_AUTO fix = STR_INIT;

		str_addf(&fix, "attune check %s lists them", dir);
		fault(d, COMMAND_CONFIG, "dialogs", fix.p, "%s: %zu errors", dir, f.errors);
	} else if ((old = help_old(s, time(NULL), &countries)) > 0) {
		note("dialogs", "%s; %zu help services in %zu countries were not called for half a"
		    " year: attune help-services", dir, old, countries);
	} else {
		fine("dialogs", "%s", dir);
	}
	script_destroy(s);
	findings_fini(&f);
}

/* --- the server --- */

static void check_login(struct doctor *d)
{
	const struct probe *p = &d->p;

	if (p->failure) {
		int code = p->failure->code == ERR_CONFIG ? COMMAND_CONFIG : COMMAND_FAILED;

		fault(d, code, "login", p->failure->fix, "%s: %s%s%s", p->failure->cause,
		    p->failure->text, p->detail[0] ? ": " : "", p->detail);
		return;
	}
	fine("login", "%s; the server is %s", p->login, p->software[0] ? p->software : "untold");
}

static void check_certificate(struct doctor *d)
{
	int64_t days = (d->p.cert_end - (int64_t)time(NULL)) / DAY;

	if (d->p.cert_end == 0)
		note("tls", "the certificate does not say when it expires");
	else if (days < CERT_DAYS)
		wrong(d, "tls", "cert-soon");
	else
		fine("tls", "the certificate is good for %" PRId64 " days", days);
}

static void check_clock(struct doctor *d)
{
	if (!d->p.skew_known)
		note("clock", "the server does not tell the time (XEP-0202)");
	else if (d->p.skew > SKEW_S || d->p.skew < -SKEW_S)
		wrong(d, "clock", "clock");
	else
		fine("clock", "within %" PRId64 " s of the server's", (d->p.skew < 0 ? -d->p.skew : d->p.skew) + 1);
}

/* How long it keeps is not told: how far it reaches back is seen. */
static void check_age(struct doctor *d)
{
	int64_t days = (time(NULL) - d->p.oldest) / DAY;

	if (d->p.oldest == 0)
		note("archive", "empty until now: how many days it keeps is not seen yet");
	else if (days < ARCHIVE_DAYS)
		hint(d, "archive", "archive-short");
	else
		fine("archive", "reaches back %" PRId64 " days", days);
}

static void check_archive(struct doctor *d)
{
	const struct probe *p = &d->p;

	if (!p->archive) {
		wrong(d, "archive", "archive-off");
		return;
	}
	if (!p->archive_answers) {
		wrong(d, "archive", "archive-refused");
		return;
	}
	if (p->policy[0] && strcmp(p->policy, "always") != 0)
		wrong(d, "archive", "archive-policy");
	else if (!p->archive_keeps)
		wrong(d, "archive", "archive-empty");
	else
		fine("archive", "on; what was sent a moment ago is in it");
	if (!p->stable_ids)
		wrong(d, "archive", "ids-off");
	if (strstr(p->software, "ejabberd"))
		hint(d, "archive", "archive-killed");
	check_age(d);
}

static void check_without_archive(struct doctor *d)
{
	if (!d->p.acks)
		wrong(d, "acks", "acks-off");
	else
		fine("acks", "stream management is on");
	if (!d->p.offline)
		wrong(d, "offline", "offline-off");
	else
		hint(d, "offline", "offline-quota");
}

static void check_limits(struct doctor *d)
{
	const struct probe *p = &d->p;
	int kbytes = PROBE_BURST * PROBE_SMALL / 1000;

	if (!p->small_passes) {
		wrong(d, "stanzas", "stanza-small");
		return;
	}
	if (p->large_passes)
		hint(d, "stanzas", "stanza-large");
	else
		fine("stanzas", "16 kB pass%s", p->large_tried ? ", 70 kB do not" : "");
	if (p->burst_ms < 0 || p->burst_ms > BURST_MS)
		wrong(d, "shaper", "shaper");
	else
		fine("shaper", "%d kB came back in %d ms", kbytes, p->burst_ms);
}

static void check_upload(const struct doctor *d)
{
	if (!d->p.upload[0])
		note("upload", "the server takes no files (XEP-0363): the bot sends none");
	else if (d->p.upload_max)
		fine("upload", "%s, up to %" PRId64 " kB", d->p.upload, d->p.upload_max / 1024);
	else
		fine("upload", "%s", d->p.upload);
}

static bool expected_loss(const struct probe *p)
{
	return strcmp(p->lost_at, "large") == 0 || strcmp(p->lost_at, "small") == 0;
}

static void check_server(struct doctor *d)
{
	probe_server(&d->config, &d->p);
	check_login(d);
	if (d->p.failure)
		return;
	if (d->p.lost && !expected_loss(&d->p)) {
		wrong(d, "stream", "stream-lost");
		return;
	}
	check_certificate(d);
	check_clock(d);
	check_archive(d);
	if (!d->p.archive)
		check_without_archive(d);
	check_limits(d);
	check_upload(d);
}

/* --- the command --- */

static void examine(struct doctor *d)
{
	if (!check_config(d))
		return;
	check_password(d);
	check_store(d);
	check_dialogs(d);
	check_server(d);
}

static bool parse(struct doctor *d, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ 0 },
	};
	const char *given = NULL;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c != 'c')
			return false;
		given = optarg;
	}
	d->path = config_find(given);
	return optind == argc;
}

int command_doctor(int argc, char **argv)
{
	struct doctor d = { 0 };

	if (!parse(&d, argc, argv))
		return COMMAND_USAGE;
	if (sodium_init() < 0)
		return COMMAND_FAILED;
	examine(&d);
	if (d.faults)
		printf("\n%d %s to mend\n", d.faults, d.faults == 1 ? "fault" : "faults");
	else
		printf("\nnothing to mend\n");
	config_fini(&d.config);
	return d.code;
}
