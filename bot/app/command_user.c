/* attune user: the operator's side of a person's data. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/files.h"
#include "app/turn.h"
#include "base/xalloc.h"
#include "command.h"

struct options {
	const char *config, *store, *dialogs;
	const char *action, *who;
};

struct job {
	const struct options *o;
	struct config config;
	struct store *st;
	struct err e;
};

static bool print_one(void *ctx, struct sv who, int64_t changed)
{
	time_t t = changed;
	char day[16];
	struct tm tm;

	(void)ctx;
	strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&t, &tm));
	printf("%s %.*s\n", day, SV_ARG(who));
	return true;
}

static bool run_list(struct job *j)
{
	return store_each(j->st, print_one, NULL, &j->e);
}

static bool nobody(struct job *j)
{
	return err_set(&j->e, ERR_NONE, 0, "nothing is kept about %s", j->o->who);
}

static bool run_export(struct job *j)
{
	const char *dialogs = j->o->dialogs ? j->o->dialogs : j->config.dialogs.path;
	struct app_config c = { .dialogs = files_dialogs(dialogs), .locale = SV("") };
	struct findings f = { 0 };
	struct app *a = app_create(&c, j->st, &f);
	STR_AUTO out = STR_INIT;
	enum store_get got = STORE_FAILED;

	if (a)
		got = app_export(a, sv_from(j->o->who), &out, &j->e);
	else
		err_set(&j->e, ERR_CONFIG, 0, "the dialogs in %s are not sound: see attune check",
		    c.dialogs);
	app_destroy(a);
	findings_fini(&f);
	if (got == STORE_NEW)
		nobody(j);
	else if (got == STORE_FOUND)
		printf("%s\n", out.p);
	str_wipe(&out);
	return got == STORE_FOUND;
}

static bool run_erase(struct job *j)
{
	STR_AUTO blob = STR_INIT;
	enum store_get got = store_session_get(j->st, sv_from(j->o->who), &blob, &j->e);

	str_wipe(&blob);
	if (got == STORE_NEW)
		return nobody(j);
	return got == STORE_FOUND && store_forget(j->st, sv_from(j->o->who), &j->e);
}

/* Somebody else may be writing to it: SQLite copies one state of it. */
static bool run_backup(struct job *j)
{
	return store_backup(j->st, j->o->who, &j->e);
}

/* One line of the figures of a year. */
struct figure { int year; struct str what; int64_t n; };
struct figures { struct figure *items; size_t n, cap; };

static int year_of(int64_t day)
{
	time_t t = day;
	struct tm tm;

	return gmtime_r(&t, &tm) ? tm.tm_year + 1900 : 0;
}

static bool add_up(void *ctx, int64_t day, struct sv what, int64_t n)
{
	struct figures *all = ctx;
	int year = year_of(day);
	size_t i = 0;

	while (i < all->n && (all->items[i].year != year ||
	    !sv_eq(str_sv(&all->items[i].what), what)))
		i++;
	if (i == all->n) {
		GROW(all->items, all->n, all->cap);
		all->items[all->n] = (struct figure){ year, STR_INIT, 0 };
		str_add(&all->items[all->n++].what, what);
	}
	all->items[i].n += n;
	return true;
}

static int by_year_and_name(const void *a, const void *b)
{
	const struct figure *x = a, *y = b;

	return x->year != y->year ? x->year - y->year : sv_cmp(str_sv(&x->what), str_sv(&y->what));
}

static bool run_counts(struct job *j)
{
	struct figures all = { 0 };
	bool ok = store_counts(j->st, add_up, &all, &j->e);

	if (all.n)
		qsort(all.items, all.n, sizeof *all.items, by_year_and_name);
	for (size_t i = 0; i < all.n; i++) {
		if (ok)
			printf("%d\t%s\t%lld\n", all.items[i].year, all.items[i].what.p,
			    (long long)all.items[i].n);
		str_fini(&all.items[i].what);
	}
	free(all.items);
	return ok;
}

static const struct action {
	const char *name;
	bool wants_who;                 /* or a file */
	bool (*run)(struct job *j);
} actions[] = {
	{ "backup", true, run_backup },
	{ "counts", false, run_counts },
	{ "erase", true, run_erase },
	{ "export", true, run_export },
	{ "list", false, run_list },
};

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; i < COUNT(actions); i++)
		if (name && strcmp(name, actions[i].name) == 0)
			return &actions[i];
	return NULL;
}

static bool parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "store", required_argument, NULL, 's' },
		{ "dialogs", required_argument, NULL, 'd' },
		{ 0 },
	};
	const struct action *a;
	int c;

	*o = (struct options){ 0 };
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1)
		switch (c) {
		case 'c': o->config = optarg; break;
		case 's': o->store = optarg; break;
		case 'd': o->dialogs = optarg; break;
		default: return false;
		}
	o->action = optind < argc ? argv[optind] : NULL;
	o->who = optind + 1 < argc ? argv[optind + 1] : NULL;
	a = find_action(o->action);
	return a && a->wants_who == (o->who != NULL) && optind + 1 + a->wants_who == argc;
}

/* A store that is not there is not made by looking into it. */
static bool open_store(struct job *j)
{
	const char *path = j->o->store ? j->o->store : j->config.store.path;

	if (access(path, F_OK) != 0)
		return err_set(&j->e, ERR_STORE, 0, "%s: there is no store", path);
	j->st = store_open_sqlite(path, &j->e);
	return j->st != NULL;
}

static bool run(struct job *j)
{
	return open_store(j) && find_action(j->o->action)->run(j);
}

int command_user(int argc, char **argv)
{
	struct options o;
	struct job j = { .o = &o };
	int code = COMMAND_OK;

	if (!parse(&o, argc, argv))
		return COMMAND_USAGE;
	if (o.store ? !config_parse(&j.config, "", SV(""), &j.e)
	    : !config_load(&j.config, config_find(o.config), &j.e))
		code = COMMAND_CONFIG;
	else if (!run(&j))
		code = COMMAND_FAILED;
	if (code != COMMAND_OK)
		fprintf(stderr, "attune user: %s\n", j.e.text);
	store_close(j.st);
	config_fini(&j.config);
	return code;
}
