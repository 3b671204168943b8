/* bench_turn - turns a second through app/turn and a store, one process.
 * usage: bench_turn DIALOGS [STORE [TURNS]]; without STORE nothing is flushed. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/turn.h"
#include "base/xalloc.h"

enum { PER_COMMIT = 16, PEOPLE = 100 };

/* clang-format off */
static const char *const said[] = {
	"hi", "he never listens to me", "1", "hurt", "put his phone away at dinner", "done",
	"menu", "who are you", "1", "back", "stop",
};
/* clang-format on */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool take(struct app *a, int i, struct err *e)
{
	char who[32], id[32];
	int person = i % PEOPLE;
	struct inbound in = { .kind = EVENT_TEXT, .client_id = SV(""), .replaces = SV(""),
		.locale = SV(""), .now = 1700000000 + i / PEOPLE * 20, .utc_offset = INT_MIN };

	snprintf(who, sizeof who, "p%d@example.org", person);
	snprintf(id, sizeof id, "archive-%d", i);
	in.who = sv_from(who);
	in.id = sv_from(id);
	in.text = sv_from(said[((size_t)i / PEOPLE + (size_t)person) % COUNT(said)]);
	return turn_take(a, &in, e);
}

/* Sends: as a connection does, confirms what the commit before made owed. */
static size_t confirm(struct app *a, struct err *e)
{
	struct outbound o;
	size_t n = 0;

	while (turn_next(a, &o)) {
		if (!turn_confirm(a, o.oid, e))
			exit(1);
		n++;
	}
	return n;
}

static int run(struct app *a, int turns)
{
	struct err e = { 0 };
	double begin = seconds(), took;
	size_t replies = 0;

	for (int i = 0; i < turns; i++) {
		if (!take(a, i, &e))
			goto fail;
		if (i % PER_COMMIT != PER_COMMIT - 1)
			continue;
		if (!turn_commit(a, &e))
			goto fail;
		replies += confirm(a, &e);
	}
	if (!turn_commit(a, &e))
		goto fail;
	took = seconds() - begin;
	printf("%d turns, %zu replies, %.0f turns a second, %.1f us each\n", turns, replies,
	    turns / took, took / turns * 1e6);
	return 0;
fail:
	fprintf(stderr, "bench_turn: %s\n", e.text);
	return 1;
}

int main(int argc, char **argv)
{
	struct app_config c = { .dialogs = argc > 1 ? argv[1] : "dialogs", .locale = SV(""),
		.host = { .address = SV(""), .operator_contact = SV("") } };
	struct err e = { 0 };
	struct findings f = { 0 };
	struct store *st = argc > 2 ? store_open_sqlite(argv[2], &e) : store_open_memory();
	struct app *a = st ? app_create(&c, st, &f) : NULL;
	int code = 1;

	if (!st)
		fprintf(stderr, "bench_turn: %s\n", e.text);
	else if (!a)
		fprintf(stderr, "bench_turn: %s is unsound: see attune check\n", c.dialogs);
	if (a)
		code = run(a, argc > 3 ? atoi(argv[3]) : 20000);
	app_destroy(a);
	store_close(st);
	findings_fini(&f);
	return code;
}
