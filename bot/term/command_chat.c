#include <getopt.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "app/files.h"
#include "app/log.h"
#include "command.h"
#include "term/chat.h"
#include "term/driver.h"
#include "term/prompt.h"
#include "term/screen.h"

struct options {
	bool fast, forget, json, no_zone;
	const char *dialogs, *store, *locale, *clock;
	uint64_t salt;
	bool salted;
};

static bool parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "fast", no_argument, NULL, 'f' },
		{ "forget", no_argument, NULL, 'F' },
		{ "json", no_argument, NULL, 'j' },
		{ "dialogs", required_argument, NULL, 'd' },
		{ "store", required_argument, NULL, 's' },
		{ "locale", required_argument, NULL, 'l' },
		{ "clock", required_argument, NULL, 'c' },
		{ "no-zone", no_argument, NULL, 'z' },
		{ "salt", required_argument, NULL, 'S' },
		{ 0 },
	};
	int c;

	*o = (struct options){ .locale = "" };
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1)
		switch (c) {
		case 'f': o->fast = true; break;
		case 'F': o->forget = true; break;
		case 'j': o->json = true; break;
		case 'd': o->dialogs = optarg; break;
		case 's': o->store = optarg; break;
		case 'l': o->locale = optarg; break;
		case 'c': o->clock = optarg; break;
		case 'z': o->no_zone = true; break;
		case 'S': o->salt = strtoull(optarg, NULL, 0); o->salted = true; break;
		default: return false;
		}
	if (optind < argc)
		fprintf(stderr, "attune chat: unexpected \"%s\"\n", argv[optind]);
	return optind == argc;
}

/* What is typed must not stay behind: freed memory is written over, and there
 * is no core file. */
static void keep_nothing(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#ifdef M_PERTURB
	mallopt(M_PERTURB, 0x5A);
#endif
}

static struct store *open_store(const struct options *o, struct err *e)
{
	STR_AUTO path = STR_INIT;

	if (o->forget)
		return store_open_memory();
	if (o->store)
		str_addz(&path, o->store);
	else
		files_own(&path, "XDG_STATE_HOME", ".local/state", "chat.db");
	if (path.n == 0) {
		err_set(e, ERR_STORE, 0, "neither $XDG_STATE_HOME nor $HOME is set: use --store");
		return NULL;
	}
	if (!o->store && !files_make_parents(path.p, e))
		return NULL;
	return store_open_sqlite(path.p, e);
}

static void set_clock(struct chat *c, const struct options *o)
{
	c->clock = (struct clock){ .set = o->json, .at = clock_now(&(struct clock){ 0 }) };
	if (o->clock)
		clock_parse(&c->clock, o->clock);
	c->clock.nowhere = o->no_zone;
}

/* --- people --- */

static bool show(void *ctx, const struct outbound *o)
{
	return screen_say(ctx, o);
}

static int timeout(void *ctx)
{
	return chat_timeout(ctx);
}

static bool due(void *ctx)
{
	return chat_tick(ctx);
}

static bool talk(struct chat *c, struct prompt *p, const struct screen *s)
{
	STR_AUTO line = STR_INIT;
	bool ok = chat_open(c);

	while (ok) {
		screen_hold_keys(s, false);
		if (!prompt_read(p, &line))
			break;
		screen_hold_keys(s, true);
		if (sv_trim(str_sv(&line)).n)
			ok = chat_take(c, EVENT_TEXT, str_sv(&line));
		explicit_bzero(line.p, line.cap);
	}
	screen_hold_keys(s, false);
	str_wipe(&line);
	return ok;
}

static bool run_screen(struct chat *c, struct screen *s)
{
	struct prompt_hooks hooks = { timeout, due, c };
	struct prompt *p = prompt_create(s->tty, s->color, &hooks);
	bool ok;

	c->show = show;
	c->ctx = s;
	ok = talk(c, p, s);
	prompt_destroy(p);
	return ok;
}

/* --- programs --- */

static bool drive(struct driver *d, struct prompt *p)
{
	STR_AUTO line = STR_INIT;
	bool ok = chat_open(d->chat) && driver_answer(d);

	while (ok && prompt_read(p, &line)) {
		ok = driver_line(d, str_sv(&line)) && driver_answer(d);
		explicit_bzero(line.p, line.cap);
	}
	str_wipe(&line);
	return ok;
}

static bool run_driver(struct chat *c, struct driver *d)
{
	struct prompt_hooks hooks = { timeout, due, c };
	struct prompt *p = prompt_create(false, false, &hooks);
	bool ok;

	c->show = driver_show;
	c->ctx = d;
	ok = drive(d, p);
	prompt_destroy(p);
	return ok;
}

/* --- the command --- */

/* What keeps the dialogs from running; the rest is for `attune check`. */
static void print_errors(const struct findings *f)
{
	STR_AUTO out = STR_INIT;
	struct findings one = { .n = 1 };

	for (size_t i = 0; i < f->n; i++)
		if (f->items[i].code[0] == 'E') {
			one.items = &f->items[i];
			findings_print(&one, &out);
		}
	fputs(out.p, stderr);
}

static int run(const struct options *o, struct store *st)
{
	struct screen screen;
	struct chat chat = { 0 };
	struct driver driver;
	struct findings f = { 0 };
	struct app_config c = {
		.dialogs = files_dialogs(o->dialogs),
		.locale = sv_from(o->locale),
		.salt = o->salted ? &o->salt : NULL,
		.host = { .address = SV(""), .operator_contact = SV(""),
			.volatile_memory = o->forget },
	};
	bool ok = false;

	screen_init(&screen, o->fast);
	set_clock(&chat, o);
	driver_init(&driver, &chat);
	c.host.can_hide = screen.color && !o->json;
	if (o->json) {
		c.on_trace = driver_trace;
		c.ctx = &driver;
	}
	chat.app = app_create(&c, st, &f);
	if (!chat.app)
		print_errors(&f);
	findings_fini(&f);
	if (chat.app)
		ok = o->json ? run_driver(&chat, &driver) : run_screen(&chat, &screen);
	if (!ok && chat.error.text[0])
		fprintf(stderr, "attune chat: %s\n", chat.error.text);
	driver_fini(&driver);
	app_destroy(chat.app);
	return ok || chat.gone ? COMMAND_OK : COMMAND_FAILED;
}

int command_chat(int argc, char **argv)
{
	struct err e = { 0 };
	struct clock clock;
	struct options o;
	struct store *st;
	int code;

	if (!parse(&o, argc, argv))
		return COMMAND_USAGE;
	if (o.clock && !clock_parse(&clock, o.clock)) {
		fprintf(stderr, "attune chat: --clock wants 01:04 or 2026-01-05T01:04, not \"%s\"\n",
		    o.clock);
		return COMMAND_USAGE;
	}
	/* Columns are counted in UTF-8, whatever the person's locale is. */
	setlocale(LC_CTYPE, "C.UTF-8");
	keep_nothing();
	st = open_store(&o, &e);
	if (!st) {
		fprintf(stderr, "attune chat: %s\n", e.text);
		return COMMAND_FAILED;
	}
	code = run(&o, st);
	store_close(st);
	return code;
}
