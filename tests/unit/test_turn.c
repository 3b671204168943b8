/* The turn with an engine of a few lines in place of the real one: what is
 * tested is when things are saved, owed, sent and forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/turn.h"
#include "base/xalloc.h"

#define ANNA SV("anna@example.org")
#define BEN SV("ben@example.org")

enum { NOW = 1700000000 };

/* --- the engine: a session counts messages, words are commands --- */

struct script { int version; };
struct session { int64_t count, due; };

static int live_scripts, load_count;
static bool load_fails;
static struct event last_event;
static char last_text[100];

struct script *script_load(const struct source *sources, size_t n, struct findings *f)
{
	struct script *s;

	assert_true(n > 0);
	assert_string_equal(sources[0].path, "lane/lane.json");
	if (load_fails) {
		findings_add(f, "E999", "x.json", "", 1, "bad -- mend it");
		return NULL;
	}
	s = xcalloc(1, sizeof *s);
	s->version = ++load_count;
	live_scripts++;
	return s;
}

void script_slim(struct script *s)
{
	(void)s;
}

void script_destroy(struct script *s)
{
	live_scripts -= s != NULL;
	free(s);
}

struct session *session_create(void)
{
	return xcalloc(1, sizeof(struct session));
}

void session_destroy(struct session *ss)
{
	free(ss);
}

bool session_unpack(struct session *ss, struct sv blob)
{
	*ss = (struct session){ 0 };
	return sscanf(blob.n ? blob.p : "", "%ld %ld", &ss->count, &ss->due) == 2;
}

void session_pack(const struct session *ss, struct str *out)
{
	str_addf(out, "%ld %ld", ss->count, ss->due);
}

int64_t session_due(const struct session *ss)
{
	return ss->due;
}

void session_export(const struct session *ss, const struct script *s, struct str *out)
{
	str_addf(out, "{\"count\":%ld,\"script\":%d}", ss->count, s->version);
}

static void add(struct effects *out, struct arena *a, enum effect_kind kind, const char *text,
    unsigned flags)
{
	if (!out->items) {
		out->items = ARENA_ARRAY(a, struct effect, 16);
		out->cap = 16;
	}
	assert_true(out->n < out->cap);
	out->items[out->n++] = (struct effect){ .kind = kind, .flags = flags,
		.text = arena_sv(a, sv_from(text)) };
}

enum engine_alone engine_alone(const struct script *s, struct session *ss,
    const struct event *ev, struct arena *a)
{
	(void)s, (void)ss, (void)ev, (void)a;
	return sv_is(ev->text, "forget") ? ALONE_CONTROL : sv_is(ev->text, "urgent") ? ALONE_LANE :
	    sv_is(ev->text, "hello") ? ALONE_SMALL : ALONE_NOT;
}

void engine_step(const struct script *s, struct session *ss, const struct host *h,
    const struct event *ev, struct arena *a, struct effects *out)
{
	static const struct choice choices[] = {
		{ { "keep it", 7 }, { "keep", 4 } }, { { "no", 2 }, { "", 0 } },
	};

	(void)h;
	last_event = *ev;
	snprintf(last_text, sizeof last_text, "%.*s", SV_ARG(ev->text));
	ss->count++;
	out->trace.dialog = SV("counting");
	if (ev->kind == EVENT_TICK)
		ss->due = 0;
	if (sv_is(ev->text, "later"))
		ss->due = ev->now + 60;
	if (sv_is(ev->text, "stuck"))
		ss->due = ev->now;
	if (sv_is(ev->text, "silent"))
		return;
	if (sv_is(ev->text, "forget")) {
		add(out, a, EFFECT_SAY, "before", 0);
		add(out, a, EFFECT_FORGET, "", 0);
		add(out, a, EFFECT_SAY, "gone", 0);
		return;
	}
	if (sv_is(ev->text, "menu")) {
		add(out, a, EFFECT_SAY, "which?", SAY_DRAFT);
		out->items[0].choices = choices;
		out->items[0].n_choices = 2;
		add(out, a, EFFECT_EXPORT, "{}", 0);
		add(out, a, EFFECT_HIDE, "", 0);
		return;
	}
	add(out, a, EFFECT_SAY, arena_printf(a, "%s %ld v%d", ev->kind == EVENT_EDIT ? "edit" :
	    ev->kind == EVENT_TICK ? "tick" : "text", ss->count, s->version),
	    sv_is(ev->text, "urgent") ? SAY_LANE : 0);
}

/* --- around it --- */

struct world {
	char dir[64];
	struct store *st;
	struct app *app;
	struct app_config config;
};

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct findings f = { 0 };
	char path[96];

	strcpy(w->dir, "/tmp/attune-turn-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(path, sizeof path, "%s/lane", w->dir);
	mkdir(path, 0700);
	write_file(w->dir, "lane/lane.json", "{}");
	write_file(w->dir, "zoo.json", "{}");
	write_file(w->dir, ".hidden.json", "{}");
	load_fails = false;
	load_count = 0;
	w->config = (struct app_config){ .dialogs = w->dir };
	w->st = store_open_memory();
	w->app = app_create(&w->config, w->st, &f);
	assert_non_null(w->app);
	findings_fini(&f);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	char command[96];

	app_destroy(w->app);
	store_close(w->st);
	assert_int_equal(live_scripts, 0);
	snprintf(command, sizeof command, "rm -r %s", w->dir);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static struct inbound message(struct sv who, const char *id, const char *text)
{
	return (struct inbound){ .kind = EVENT_TEXT, .who = who, .id = sv_from(id),
		.client_id = SV(""), .replaces = SV(""), .locale = SV(""),
		.text = sv_from(text), .now = NOW, .utc_offset = INT_MIN };
}

static void take(struct world *w, struct sv who, const char *id, const char *text)
{
	struct inbound in = message(who, id, text);

	assert_true(turn_take(w->app, &in, NULL));
}

static void commit(struct world *w)
{
	assert_true(turn_commit(w->app, NULL));
}

/* Everything that is handed out now: "who:text ..." */
static void check_next(struct world *w, const char *expect)
{
	STR_AUTO got = STR_INIT;
	struct outbound o;

	while (turn_next(w->app, &o))
		str_addf(&got, "%.*s:%.*s|", (int)strcspn(o.who.p, "@"), o.who.p, SV_ARG(o.text));
	assert_string_equal(got.p, expect);
}

static void turn__owes__only_what_is_committed(void **state)
{
	struct world *w = *state;

	take(w, ANNA, "1", "hi");
	check_next(w, "");
	commit(w);
	check_next(w, "anna:text 1 v1|");
	check_next(w, "");
	take(w, ANNA, "2", "hi");
	turn_rollback(w->app);
	commit(w);
	check_next(w, "");
	take(w, ANNA, "2", "hi");
	commit(w);
	check_next(w, "anna:text 2 v1|");
}

static void turn__ignores__an_id_it_knows(void **state)
{
	struct world *w = *state;
	struct inbound in = message(ANNA, "", "hi");

	take(w, ANNA, "1", "hi");
	take(w, ANNA, "1", "hi");
	commit(w);
	take(w, ANNA, "1", "hi");
	commit(w);
	check_next(w, "anna:text 1 v1|");
	in.client_id = SV("c7");
	assert_true(turn_take(w->app, &in, NULL));
	assert_true(turn_take(w->app, &in, NULL));
	in.text = SV("another text under an id used again");
	assert_true(turn_take(w->app, &in, NULL));
	commit(w);
	check_next(w, "anna:text 2 v1|anna:text 3 v1|");
	in.client_id = SV("");
	assert_true(turn_take(w->app, &in, NULL));
	assert_true(turn_take(w->app, &in, NULL));
	commit(w);
	check_next(w, "anna:text 4 v1|anna:text 5 v1|");
}

static void turn__repeats__the_ids_of_a_lost_transaction(void **state)
{
	struct world *w = *state;
	struct outbound o;
	char oid[64], again[64];

	take(w, ANNA, "1", "menu");
	commit(w);
	assert_true(turn_next(w->app, &o));
	snprintf(oid, sizeof oid, "%.*s", SV_ARG(o.oid));
	assert_true(store_forget(w->st, ANNA, NULL));
	assert_true(store_sweep(w->st, 0, NOW + 1, NULL));
	turn_unsend_all(w->app);
	check_next(w, "");
	take(w, ANNA, "1", "menu");
	commit(w);
	assert_true(turn_next(w->app, &o));
	snprintf(again, sizeof again, "%.*s", SV_ARG(o.oid));
	assert_string_equal(oid, again);
	assert_int_equal(strlen(oid), 32);
	assert_true(turn_next(w->app, &o));
	assert_false(sv_is(o.oid, oid));
}

static void reply__arrives__whole(void **state)
{
	struct world *w = *state;
	struct outbound o;

	take(w, ANNA, "1", "menu");
	commit(w);
	assert_true(turn_next(w->app, &o));
	assert_true(sv_eq(o.who, ANNA));
	assert_true(sv_is(o.text, "which?"));
	assert_int_equal(o.flags, SAY_DRAFT);
	assert_int_equal(o.created, NOW);
	assert_int_equal(o.n_choices, 2);
	assert_true(sv_is(o.choices[0].label, "keep it"));
	assert_true(sv_is(o.choices[0].chip, "keep"));
	assert_true(sv_is(o.choices[1].label, "no"));
	assert_true(sv_is(o.choices[1].chip, ""));
	assert_false(o.export_file || o.hide);
	assert_true(turn_next(w->app, &o));
	assert_true(o.export_file);
	assert_int_equal(o.n_choices, 0);
	assert_true(turn_next(w->app, &o));
	assert_true(o.hide);
	assert_false(turn_next(w->app, &o));
}

static void urgent__overtakes__others_not_the_same_person(void **state)
{
	struct world *w = *state;

	take(w, ANNA, "1", "hi");
	take(w, BEN, "2", "hi");
	take(w, ANNA, "3", "hi");
	take(w, BEN, "4", "urgent");
	commit(w);
	check_next(w, "ben:text 1 v1|ben:text 2 v1|anna:text 1 v1|anna:text 2 v1|");
	turn_unsend_all(w->app);
	check_next(w, "ben:text 1 v1|ben:text 2 v1|anna:text 1 v1|anna:text 2 v1|");
}

static void confirm__ends__what_was_owed(void **state)
{
	struct world *w = *state;
	struct outbound o;
	char oid[64];

	take(w, ANNA, "1", "hi");
	take(w, ANNA, "2", "hi");
	commit(w);
	assert_true(turn_next(w->app, &o));
	snprintf(oid, sizeof oid, "%.*s", SV_ARG(o.oid));
	turn_unsend_all(w->app);
	assert_true(turn_confirm(w->app, sv_from(oid), NULL));
	commit(w);
	check_next(w, "anna:text 2 v1|");
	turn_unsend_all(w->app);
	check_next(w, "anna:text 2 v1|");
	assert_int_equal(store_reply_owed(w->st), 1);
}

static bool take_oid(void *ctx, const struct store_reply *r)
{
	str_clear(ctx);
	str_add(ctx, r->oid);
	return false;
}

static void confirm_all(struct world *w)
{
	STR_AUTO oid = STR_INIT;

	while (store_reply_owed(w->st) > 0) {
		assert_true(store_reply_each(w->st, take_oid, &oid, NULL));
		assert_true(turn_confirm(w->app, str_sv(&oid), NULL));
	}
	commit(w);
}

static void tick__steps__who_is_due_and_owed_nothing(void **state)
{
	struct world *w = *state;

	take(w, ANNA, "1", "later");
	commit(w);
	check_next(w, "anna:text 1 v1|");
	assert_int_equal(turn_next_due(w->app), 0);
	assert_true(turn_tick(w->app, NOW + 60, NULL));
	check_next(w, "");
	confirm_all(w);
	assert_int_equal(turn_next_due(w->app), NOW + 60);
	assert_true(turn_tick(w->app, NOW + 59, NULL));
	commit(w);
	check_next(w, "");
	assert_true(turn_tick(w->app, NOW + 61, NULL));
	commit(w);
	check_next(w, "anna:tick 2 v1|");
	assert_int_equal(turn_next_due(w->app), 0);
}

static void tick__ends__for_a_session_that_stays_due(void **state)
{
	struct world *w = *state;

	take(w, ANNA, "1", "stuck");
	commit(w);
	confirm_all(w);
	assert_true(turn_tick(w->app, NOW, NULL));
	commit(w);
	assert_true(turn_next_due(w->app) == 0 || turn_next_due(w->app) > NOW);
}

static void forget__leaves__only_the_last_word(void **state)
{
	struct world *w = *state;
	STR_AUTO out = STR_INIT;

	take(w, ANNA, "1", "later");
	take(w, BEN, "2", "hi");
	commit(w);
	take(w, ANNA, "3", "forget");
	commit(w);
	check_next(w, "ben:text 1 v1|anna:gone|");
	assert_int_equal(app_export(w->app, ANNA, &out, NULL), STORE_NEW);
	assert_int_equal(app_export(w->app, BEN, &out, NULL), STORE_FOUND);
	confirm_all(w);
	assert_int_equal(turn_next_due(w->app), 0);
	take(w, ANNA, "1", "later");
	commit(w);
	check_next(w, "");
}

static void edit__counts__for_the_newest_message_only(void **state)
{
	struct world *w = *state;
	struct inbound in = message(ANNA, "1", "hi");

	in.client_id = SV("c1");
	assert_true(turn_take(w->app, &in, NULL));
	in = message(ANNA, "2", "hi");
	in.client_id = SV("c2");
	assert_true(turn_take(w->app, &in, NULL));
	in = message(ANNA, "3", "ho");
	in.kind = EVENT_EDIT;
	in.client_id = SV("c3");
	in.replaces = SV("c2");
	assert_true(turn_take(w->app, &in, NULL));
	in.id = SV("4");
	in.client_id = SV("c4");
	assert_true(turn_take(w->app, &in, NULL));
	in.id = SV("5");
	in.client_id = SV("c5");
	in.replaces = SV("c1");
	assert_true(turn_take(w->app, &in, NULL));
	commit(w);
	check_next(w, "anna:text 1 v1|anna:text 2 v1|anna:edit 3 v1|anna:edit 4 v1|"
	    "anna:text 5 v1|");
	in = message(ANNA, "6", "");
	in.kind = EVENT_RETRACT;
	in.replaces = SV("c1");
	assert_true(turn_take(w->app, &in, NULL));
	commit(w);
	check_next(w, "");
}

static void salt__is__the_same_for_a_person(void **state)
{
	struct world *w = *state;
	uint64_t anna;

	take(w, ANNA, "1", "hi");
	anna = last_event.salt;
	take(w, ANNA, "2", "hi");
	assert_true(last_event.salt == anna);
	take(w, BEN, "3", "hi");
	assert_true(last_event.salt != anna);
}

static void reload__swaps__all_or_nothing(void **state)
{
	struct world *w = *state;
	struct findings f = { 0 };

	take(w, ANNA, "1", "hi");
	assert_true(app_reload(w->app, &f));
	take(w, ANNA, "2", "hi");
	load_fails = true;
	assert_false(app_reload(w->app, &f));
	assert_int_equal(f.errors, 1);
	take(w, ANNA, "3", "hi");
	commit(w);
	check_next(w, "anna:text 1 v1|anna:text 2 v2|anna:text 3 v2|");
	assert_int_equal(live_scripts, 1);
	findings_fini(&f);
}

static void start__fails__without_sound_dialogs(void **state)
{
	struct world *w = *state;
	struct app_config c = { .dialogs = "/nowhere/at/all" };
	struct findings f = { 0 };

	assert_null(app_create(&c, w->st, &f));
	assert_int_equal(f.errors, 1);
	assert_non_null(strstr(f.items[0].text, "No such file"));
	findings_fini(&f);
	load_fails = true;
	assert_null(app_create(&w->config, w->st, &f));
	assert_int_equal(f.errors, 1);
	findings_fini(&f);
}

/* The engine's own count shows how many turns there were; "last" what was read. */
static void together__is__one_turn(void **state)
{
	struct world *w = *state;
	struct inbound in[] = { message(ANNA, "1", "he left"), message(ANNA, "2", "hello"),
		message(ANNA, "3", "on monday") };

	in[0].written = NOW - 900;
	in[2].written = NOW - 700;
	assert_true(turn_take_together(w->app, in, 3, NULL));
	commit(w);
	check_next(w, "anna:text 1 v1|");
	assert_string_equal(last_text, "he left\non monday");
	assert_int_equal(last_event.written, NOW - 900);
	assert_true(turn_take_together(w->app, in, 3, NULL));  /* all known */
	commit(w);
	check_next(w, "");
}

static void together__takes__a_control_by_itself(void **state)
{
	struct world *w = *state;
	struct inbound in[] = { message(ANNA, "1", "hello"), message(ANNA, "2", "forget"),
		message(ANNA, "3", "he left") };

	assert_true(turn_take_together(w->app, in, 3, NULL));
	commit(w);
	check_next(w, "anna:gone|anna:text 1 v1|");
	assert_string_equal(last_text, "he left");
}

static void together__reads__what_was_taken_back_only_for_the_lane(void **state)
{
	struct world *w = *state;
	struct inbound in[] = { message(ANNA, "1", "he left"), message(ANNA, "2", "urgent"),
		message(ANNA, "3", "never mind") };

	in[0].withdrawn = in[1].withdrawn = true;
	assert_true(turn_take_together(w->app, in, 3, NULL));
	commit(w);
	check_next(w, "anna:text 1 v1|");
	assert_string_equal(last_text, "urgent\nnever mind");
}

static void keep_dialog(void *ctx, const struct trace *t)
{
	snprintf(ctx, 32, "%.*s", SV_ARG(t->dialog));
}

static void trace__is__shown_before_it_is_wiped(void **state)
{
	struct world *w = *state;
	struct findings f = { 0 };
	struct store *st = store_open_memory();
	struct app_config c = w->config;
	char seen[32] = "";
	struct inbound in = message(ANNA, "1", "hi");
	struct app *app;

	c.on_trace = keep_dialog;
	c.ctx = seen;
	app = app_create(&c, st, &f);
	assert_true(turn_take(app, &in, NULL));
	assert_string_equal(seen, "counting");
	app_destroy(app);
	store_close(st);
	findings_fini(&f);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(turn__owes__only_what_is_committed),
		TEST(turn__ignores__an_id_it_knows),
		TEST(turn__repeats__the_ids_of_a_lost_transaction),
		TEST(reply__arrives__whole),
		TEST(urgent__overtakes__others_not_the_same_person),
		TEST(confirm__ends__what_was_owed),
		TEST(tick__steps__who_is_due_and_owed_nothing),
		TEST(tick__ends__for_a_session_that_stays_due),
		TEST(forget__leaves__only_the_last_word),
		TEST(edit__counts__for_the_newest_message_only),
		TEST(salt__is__the_same_for_a_person),
		TEST(reload__swaps__all_or_nothing),
		TEST(start__fails__without_sound_dialogs),
		TEST(together__is__one_turn),
		TEST(together__takes__a_control_by_itself),
		TEST(together__reads__what_was_taken_back_only_for_the_lane),
		TEST(trace__is__shown_before_it_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
