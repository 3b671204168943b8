/* A counsellor changes the dialogs while somebody is talking: the shipped tree,
 * copied, changed on disk, and taken up by a reload or by a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/turn.h"
#include "base/xalloc.h"

enum { NOW = 1700000000 };
enum { RELOAD, RESTART, WAYS };

struct live {
	char folder[64];
	struct str dialogs, db;
	struct app *app;
	struct store *store;
	struct str said;                /* all bubbles of the last turn, parted by \n */
	struct str dialog, step;        /* where the open question is */
	int64_t now;
	int messages;
};

static void keep(struct str *s, struct sv v)
{
	str_clear(s);
	str_add(s, v);
}

static void on_trace(void *ctx, const struct trace *t)
{
	struct live *l = ctx;

	keep(&l->dialog, t->dialog);
	keep(&l->step, t->step);
}

static void start(struct live *l)
{
	static const uint64_t salt = 1;
	struct app_config c = { .dialogs = l->dialogs.p, .locale = SV("en"), .salt = &salt,
		.on_trace = on_trace, .ctx = l };
	struct findings f = { 0 };
	STR_AUTO out = STR_INIT;
	struct err e = { 0 };

	c.host.address = c.host.operator_contact = SV("");
	l->store = store_open_sqlite(l->db.p, &e);
	assert_non_null(l->store);
	l->app = app_create(&c, l->store, &f);
	findings_print(&f, &out);
	if (!l->app)
		fail_msg("%s", out.p);
	findings_fini(&f);
}

static void stop(struct live *l)
{
	app_destroy(l->app);
	store_close(l->store);
}

static int begin(void **state)
{
	static struct live l;
	const char *srcdir = getenv("srcdir");
	STR_AUTO copy = STR_INIT;

	l = (struct live){ .dialogs = STR_INIT, .db = STR_INIT, .said = STR_INIT, .dialog = STR_INIT,
		.step = STR_INIT, .now = NOW };
	strcpy(l.folder, "/tmp/attune-live-XXXXXX");
	if (!mkdtemp(l.folder))
		return 1;
	str_addf(&l.dialogs, "%s/dialogs", l.folder);
	str_addf(&l.db, "%s/chat.db", l.folder);
	str_addf(&copy, "cp -r '%s/dialogs' '%s'", srcdir ? srcdir : ".", l.dialogs.p);
	if (system(copy.p) != 0)
		return 1;
	start(&l);
	*state = &l;
	return 0;
}

static int end(void **state)
{
	struct live *l = *state;
	STR_AUTO rm = STR_INIT;

	stop(l);
	str_addf(&rm, "rm -rf '%s'", l->folder);
	str_fini(&l->dialogs);
	str_fini(&l->db);
	str_fini(&l->said);
	str_fini(&l->dialog);
	str_fini(&l->step);
	return system(rm.p) != 0;
}

static void say(struct live *l, const char *text)
{
	struct inbound in = { .kind = EVENT_TEXT, .who = SV("anna@example.org"), .text = sv_from(text),
		.now = l->now += 10, .utc_offset = INT_MIN };
	struct outbound out;
	struct err e = { 0 };
	char id[16];

	snprintf(id, sizeof id, "m%d", l->messages++);
	in.client_id = sv_from(id);
	assert_true(turn_take(l->app, &in, &e));
	assert_true(turn_commit(l->app, &e));
	str_clear(&l->said);
	while (turn_next(l->app, &out)) {
		assert_true(sv_eq(out.who, in.who));    /* nobody else is told anything, ever */
		str_add(&l->said, out.text);
		str_addc(&l->said, '\n');
		assert_true(turn_confirm(l->app, out.oid, &e));
		assert_true(turn_commit(l->app, &e));
	}
}

static void at(struct live *l, const char *dialog, const char *step)
{
	if (strcmp(l->dialog.p, dialog) != 0 || strcmp(l->step.p, step) != 0)
		fail_msg("the talk is at %s/%s, not at %s/%s; said: %s", l->dialog.p, l->step.p,
		    dialog, step, l->said.p);
}

static void hears(struct live *l, const char *words, bool yes)
{
	if ((strstr(l->said.p, words) != NULL) != yes)
		fail_msg("%s \"%s\" in: %s", yes ? "no" : "unwanted", words, l->said.p);
}

/* Puts `to` in the place of `from`, which must stand in the file. */
static void edit(struct live *l, const char *file, const char *from, const char *to)
{
	STR_AUTO path = STR_INIT;
	STR_AUTO text = STR_INIT;
	char buffer[4096], *hit;
	FILE *f;
	size_t n;

	str_addf(&path, "%s/%s", l->dialogs.p, file);
	f = fopen(path.p, "r");
	assert_non_null(f);
	while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
		str_add(&text, (struct sv){ buffer, n });
	fclose(f);
	hit = strstr(text.p, from);
	if (!hit)
		fail_msg("%s does not hold: %s", file, from);
	f = fopen(path.p, "w");
	assert_non_null(f);
	fprintf(f, "%.*s%s%s", (int)(hit - text.p), text.p, to, hit + strlen(from));
	fclose(f);
}

static void take_up(struct live *l, int how)
{
	struct findings f = { 0 };
	STR_AUTO out = STR_INIT;
	bool ok = true;

	if (how == RELOAD) {
		ok = app_reload(l->app, &f);
		findings_print(&f, &out);
	} else {
		stop(l);
		start(l);
	}
	if (!ok)
		fail_msg("%s", out.p);
	findings_fini(&f);
}

#define I_STATEMENT "i-statement/dialog.json"
#define REQUEST "request/dialog.json"
#define CHANGED "script changed"

static void to_feel(struct live *l)
{
	say(l, "stop");
	say(l, "on friday my sister cancelled at noon");
	at(l, "i-statement", "feel");
}

static void to_next_time(struct live *l)
{
	to_feel(l);
	say(l, "lonely");
	at(l, "request", "next-time");
}

/* ---- going round ------------------------------------------------------------------ */

static void live__goes_round__twenty_times(void **state)
{
	struct live *l = *state;

	say(l, "hello");
	say(l, "get it off my chest");
	for (int i = 0; i < 20; i++) {
		at(l, "listen", "go");
		say(l, "everything at once today");
		say(l, "done");
		at(l, "listen", "out");
		say(l, "words for them");
		at(l, "listen", "piece");       /* nothing was kept that words could be made of */
		say(l, "everything at once today");
		at(l, "i-statement", "not-one");
		say(l, "skip");
		at(l, "i-statement", "leave");
		say(l, "get it off my chest");
		hears(l, "no guide for that", false);
		hears(l, "lost the thread", false);
	}
	say(l, "everything at once today");
	say(l, "done");
	say(l, "delete it");
	hears(l, "It's gone on my side. You got it out.", true);
	hears(l, "It's in this chat", false);   /* one goodbye, not one for each round */
	at(l, "", "");
}

/* ---- what is kept ----------------------------------------------------------------- */

/* Do these words stand in the store's file, or in its journal? */
static bool on_disk(const struct live *l, const char *words)
{
	static const char *const files[] = { "", "-wal", "-journal" };
	bool found = false;

	for (size_t i = 0; i < COUNT(files); i++) {
		STR_AUTO path = STR_INIT, text = STR_INIT;
		char block[4096];
		size_t n;
		FILE *f;

		str_addf(&path, "%s%s", l->db.p, files[i]);
		f = fopen(path.p, "rb");
		while (f && (n = fread(block, 1, sizeof block, f)) > 0)
			str_add(&text, (struct sv){ block, n });
		if (f)
			fclose(f);
		found = found || memmem(text.p, text.n, words, strlen(words)) != NULL;
	}
	return found;
}

/* Of a message only the clauses that its words are made of reach the disk. */
static void live__keeps__no_message(void **state)
{
	struct live *l = *state;

	say(l, "i was at the dentist in harbour street and my back hurts. my boyfriend never listens "
	    "and on friday he cancelled our dinner. my password is marmalade and the weather was foul");
	at(l, "i-statement", "feel");
	assert_true(on_disk(l, "cancelled our dinner"));
	for (int i = 0; i < 3; i++) {
		assert_false(on_disk(l, "harbour"));
		assert_false(on_disk(l, "marmalade"));
		assert_false(on_disk(l, "foul"));
		say(l, i == 0 ? "sad" : i == 1 ? "tell me the day before" : "shorter");
	}
	hears(l, "On Friday you cancelled our dinner", true);
}

static void live__keeps__nothing_of_a_rant(void **state)
{
	struct live *l = *state;

	say(l, "hello");
	say(l, "get it off my chest");
	say(l, "marmalade everywhere and i am so tired of it all");
	say(l, "so much of it today");
	assert_false(on_disk(l, "marmalade"));
	say(l, "done");
	assert_false(on_disk(l, "marmalade"));
	assert_false(on_disk(l, "tired of it"));
}

static bool list_count(void *ctx, int64_t day, struct sv what, int64_t n)
{
	(void)day;
	str_addf(ctx, "%.*s %lld;", SV_ARG(what), (long long)n);
	return true;
}

/* Behaviors 43 and 44: what is counted is a class and a tier, and only the writer hears. */
static void live__counts_signs__and_tells_nobody(void **state)
{
	struct live *l = *state;
	STR_AUTO counts = STR_INIT;

	say(l, "hello");
	say(l, "my boyfriend cancelled on friday");
	say(l, "i'm going to kill myself tonight, marmalade");
	say(l, "no one picks up");
	say(l, "forget everything about me");
	say(l, "yes");
	assert_true(store_counts(l->store, list_count, &counts, NULL));
	assert_string_equal(counts.p, "si_active.3 1;");
	assert_false(on_disk(l, "marmalade"));
}

/* ---- a changed script ------------------------------------------------------------- */

static void live__goes_on_silently__in_the_new_words(void **state)
{
	struct live *l = *state;

	for (int how = 0; how < WAYS; how++) {
		to_feel(l);
		edit(l, REQUEST, "{feeling:echo} One gap left:", "{feeling:echo} One more gap:");
		take_up(l, how);
		say(l, "2");
		hears(l, CHANGED, false);
		hears(l, "One more gap:", true);
		at(l, "request", "next-time");
		edit(l, REQUEST, "{feeling:echo} One more gap:", "{feeling:echo} One gap left:");
		take_up(l, how);
	}
}

/* A new first choice, or the menu as it was. */
static void grow_menu(struct live *l, int how, bool grown)
{
	static const char old[] = "{\"id\": \"hurt\",   \"say\": \"hurt\"},";
	static const char new[] = "{\"id\": \"tired\",  \"say\": \"tired\"}, {\"id\": \"hurt\", \"say\": \"hurt\"},";

	edit(l, I_STATEMENT, grown ? old : new, grown ? new : old);
	take_up(l, how);
}

static void live__reads_words__of_a_menu_that_grew(void **state)
{
	struct live *l = *state;

	for (int how = 0; how < WAYS; how++) {
		to_feel(l);
		grow_menu(l, how, true);
		say(l, "lonely");
		hears(l, CHANGED, false);
		at(l, "request", "next-time");
		say(l, "call me the day before");
		hears(l, "lonely", true);
		grow_menu(l, how, false);
	}
}

static void live__asks_again__when_a_number_counts_the_old_menu(void **state)
{
	struct live *l = *state;

	for (int how = 0; how < WAYS; how++) {
		to_feel(l);
		grow_menu(l, how, true);
		say(l, "2");
		hears(l, CHANGED, true);
		hears(l, "1 tired\n2 hurt\n3 lonely", true);
		at(l, "i-statement", "feel");
		say(l, "2");
		hears(l, CHANGED, false);
		at(l, "request", "next-time");
		say(l, "call me the day before");
		hears(l, "I felt hurt", true);
		grow_menu(l, how, false);
	}
}

static void to_plain(struct live *l)
{
	to_feel(l);
	say(l, "ignored");
	at(l, "i-statement", "plain");
}

/* A question and each way to it: `ways` places that name it. */
static void rename_step(struct live *l, const char *file, const char *from, const char *to, int ways)
{
	STR_AUTO id = STR_INIT;
	STR_AUTO new_id = STR_INIT;
	STR_AUTO key = STR_INIT;
	STR_AUTO new_key = STR_INIT;

	str_addf(&id, "{\"id\": \"%s\", \"ask\"", from);
	str_addf(&new_id, "{\"id\": \"%s\", \"ask\"", to);
	edit(l, file, id.p, new_id.p);
	str_addf(&key, "\"%s\"", from);
	str_addf(&new_key, "\"%s\"", to);
	for (int i = 0; i < ways; i++)
		edit(l, file, key.p, new_key.p);
}

static void rename_next_time(struct live *l, const char *from, const char *to)
{
	rename_step(l, REQUEST, from, to, 2);   /* open, felt late */
}

static void rename_plain(struct live *l, const char *from, const char *to)
{
	rename_step(l, I_STATEMENT, from, to, 3);       /* known, feel, early feel */
}

static void live__goes_where_it_moved(void **state)
{
	struct live *l = *state;

	for (int how = 0; how < WAYS; how++) {
		to_next_time(l);
		rename_next_time(l, "next-time", "wish");
		edit(l, REQUEST, "\"version\": \"1.0.0\"",
		    "\"version\": \"1.1.0\", \"moved\": {\"<1.1.0\": {\"next-time\": \"wish\"}}");
		take_up(l, how);
		say(l, "call me the day before");
		hears(l, CHANGED, false);
		hears(l, "call me the day before", true);
		at(l, "wording", "next");
		edit(l, REQUEST, "\"version\": \"1.1.0\", \"moved\": {\"<1.1.0\": {\"next-time\": \"wish\"}}",
		    "\"version\": \"1.0.0\"");
		rename_next_time(l, "wish", "next-time");
		say(l, "stop");
		take_up(l, how);
	}
}

static void live__goes_back__from_a_step_that_is_gone(void **state)
{
	struct live *l = *state;

	for (int how = 0; how < WAYS; how++) {
		to_plain(l);
		rename_plain(l, "plain", "wish");
		take_up(l, how);
		say(l, "1");
		hears(l, "My script changed while we talked, so I ask this one again.", true);
		hears(l, "How was it, in a word?", true);
		at(l, "i-statement", "feel");
		say(l, "hurt");
		hears(l, CHANGED, false);       /* once */
		at(l, "request", "next-time");
		rename_plain(l, "wish", "plain");
		say(l, "stop");
		take_up(l, how);
	}
}

static void live__starts_the_dialog_again__with_nothing_to_go_back_to(void **state)
{
	struct live *l = *state;

	for (int how = 0; how < WAYS; how++) {
		say(l, "stop");
		say(l, "get it off my chest");
		at(l, "listen", "go");
		edit(l, "listen/dialog.json", "{\"id\": \"go\",", "{\"id\": \"begin\",");
		take_up(l, how);
		say(l, "my boss, honestly");
		hears(l, CHANGED, true);
		at(l, "listen", "begin");
		edit(l, "listen/dialog.json", "{\"id\": \"begin\",", "{\"id\": \"go\",");
		take_up(l, how);
	}
}

static void live__hears_stop__where_it_stood_is_gone(void **state)
{
	struct live *l = *state;

	to_next_time(l);
	rename_next_time(l, "next-time", "wish");
	take_up(l, RELOAD);
	say(l, "stop");
	hears(l, CHANGED, false);
	at(l, "", "");
}

static void live__returns_to_a_parked_talk__whose_step_is_gone(void **state)
{
	struct live *l = *state;

	to_plain(l);
	say(l, "export my data");
	at(l, "my-data", "next");
	rename_plain(l, "plain", "wish");
	take_up(l, RESTART);
	say(l, "skip");
	hears(l, "Go on with it?", true);
	say(l, "yes");
	hears(l, CHANGED, true);
	at(l, "i-statement", "feel");
}

static void live__keeps_the_row__when_the_table_grows(void **state)
{
	struct live *l = *state;
	static const char old[] = "\"rows\": [", *file = "i-statement/tables/camera.json";

	say(l, "stop");
	say(l, "he never listens");
	at(l, "i-statement", "cam");
	say(l, "1");
	at(l, "i-statement", "feel");
	edit(l, file, old, "\"rows\": [ [\"listen\", \"sang\", \"sang\", \"\", [], \"you sang all day\"],");
	take_up(l, RELOAD);
	say(l, "hurt");
	say(l, "skip");
	hears(l, "sang", false);
	hears(l, "I felt hurt", true);
}

static void live__keeps_the_old_dialogs__when_the_new_are_unsound(void **state)
{
	struct live *l = *state;
	struct findings f = { 0 };

	to_feel(l);
	edit(l, I_STATEMENT, "\"goto\": \"plain\"", "\"goto\": \"nowhere\"");
	assert_false(app_reload(l->app, &f));
	assert_true(f.errors > 0);
	findings_fini(&f);
	say(l, "hurt");
	hears(l, CHANGED, false);
	at(l, "request", "next-time");
}

/* The tree may lack what the program says by itself: the open question comes again. */
static void live__goes_on__without_a_line_for_what_has_no_guide(void **state)
{
	struct live *l = *state;

	to_feel(l);
	edit(l, "common/lines.json", "\"no-dialog-now.self_worth\"", "\"gone.self_worth\"");
	edit(l, "common/lines.json", "\"no-dialog-now\"", "\"gone\"");
	take_up(l, RELOAD);
	say(l, "I hate myself");
	hears(l, "How was it", true);
	at(l, "i-statement", "feel");
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(live__goes_round__twenty_times),
		T(live__keeps__no_message),
		T(live__keeps__nothing_of_a_rant),
		T(live__counts_signs__and_tells_nobody),
		T(live__goes_on_silently__in_the_new_words),
		T(live__reads_words__of_a_menu_that_grew),
		T(live__asks_again__when_a_number_counts_the_old_menu),
		T(live__goes_where_it_moved),
		T(live__goes_back__from_a_step_that_is_gone),
		T(live__starts_the_dialog_again__with_nothing_to_go_back_to),
		T(live__hears_stop__where_it_stood_is_gone),
		T(live__returns_to_a_parked_talk__whose_step_is_gone),
		T(live__keeps_the_row__when_the_table_grows),
		T(live__keeps_the_old_dialogs__when_the_new_are_unsound),
		T(live__goes_on__without_a_line_for_what_has_no_guide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
