/* One contract, every store: what app/ may count on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

#define ANNA SV("anna@example.org")
#define BEN SV("ben@example.org")

enum { NOW = 1700000000, DAY = 86400 };

struct world {
	bool durable;
	char dir[64], path[96];
	struct store *st;
};

static struct store *open_store(struct world *w)
{
	struct err e = { 0 };
	struct store *st = w->durable ? store_open_sqlite(w->path, &e) : store_open_memory();

	if (!st)
		fail_msg("%s", e.text);
	return st;
}

static int setup(void **state, bool durable)
{
	struct world *w = calloc(1, sizeof *w);

	w->durable = durable;
	strcpy(w->dir, "/tmp/attune-store-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof w->path, "%s/store.db", w->dir);
	w->st = open_store(w);
	*state = w;
	return 0;
}

static int setup_sqlite(void **state)
{
	return setup(state, true);
}

static int setup_memory(void **state)
{
	return setup(state, false);
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
	(void)s, (void)type, (void)at;
	return remove(path);
}

static int teardown(void **state)
{
	struct world *w = *state;

	store_close(w->st);
	nftw(w->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(w);
	return 0;
}

static void put(struct store *st, struct sv who, const char *blob, int64_t due, int64_t now)
{
	assert_true(store_session_put(st, who, sv_from(blob), due, now, NULL));
}

static void check_session(struct store *st, struct sv who, const char *blob)
{
	STR_AUTO got = STR_INIT;
	enum store_get found = store_session_get(st, who, &got, NULL);

	assert_int_equal(found, blob ? STORE_FOUND : STORE_NEW);
	if (blob)
		assert_string_equal(got.p, blob);
}

static int64_t owe(struct store *st, struct sv who, const char *oid, const char *blob, bool first)
{
	struct store_reply r = { .who = who, .oid = sv_from(oid), .blob = sv_from(blob),
		.first = first, .created = NOW };

	assert_true(store_reply_add(st, &r, NULL));
	return r.k;
}

static bool add_oid(void *ctx, const struct store_reply *r)
{
	str_add(ctx, r->oid);
	str_addc(ctx, ' ');
	return true;
}

/* All owed oids in the order they come, joined. */
static void check_owed(struct store *st, const char *oids)
{
	STR_AUTO got = STR_INIT;

	assert_true(store_reply_each(st, add_oid, &got, NULL));
	assert_string_equal(got.p, oids);
}

static void check_add(struct store *st, struct sv who, const char *id, const char *alt,
    int64_t now, enum store_get expect)
{
	assert_int_equal(store_inbox_add(st, who, sv_from(id), sv_from(alt), now, NULL), expect);
}

static void inbox__knows__an_id_it_saw(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	check_add(st, ANNA, "1", "", NOW, STORE_NEW);
	check_add(st, ANNA, "1", "", NOW, STORE_FOUND);
	check_add(st, BEN, "1", "", NOW, STORE_NEW);
	check_add(st, ANNA, "2", "", NOW, STORE_NEW);
	check_add(st, ANNA, "", "", NOW, STORE_NEW);
	check_add(st, ANNA, "", "", NOW, STORE_NEW);
}

static void inbox__knows__the_second_key_for_a_week(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	check_add(st, ANNA, "1", "c1 hash", NOW, STORE_NEW);
	check_add(st, ANNA, "2", "c1 hash", NOW + DAY, STORE_FOUND);
	check_add(st, ANNA, "2", "c2 hash", NOW + DAY, STORE_FOUND);
	check_add(st, ANNA, "", "c1 hash", NOW + DAY, STORE_FOUND);
	check_add(st, BEN, "", "c1 hash", NOW + DAY, STORE_NEW);
	check_add(st, ANNA, "3", "c1 hash", NOW + 8 * DAY, STORE_NEW);
	check_add(st, ANNA, "4", "c1 hash", NOW + 9 * DAY, STORE_FOUND);
	check_add(st, ANNA, "1", "", NOW + 9 * DAY, STORE_FOUND);
}

static void session__comes_back__as_it_was_put(void **state)
{
	struct store *st = ((struct world *)*state)->st;
	struct sv raw = SV("a\0b\xff");
	STR_AUTO got = STR_INIT;

	check_session(st, ANNA, NULL);
	put(st, ANNA, "one", 0, NOW);
	put(st, BEN, "two", 0, NOW);
	check_session(st, ANNA, "one");
	put(st, ANNA, "", 0, NOW);
	check_session(st, ANNA, "");
	assert_true(store_session_put(st, ANNA, raw, 0, NOW, NULL));
	assert_int_equal(store_session_get(st, ANNA, &got, NULL), STORE_FOUND);
	assert_true(sv_eq(str_sv(&got), raw));
	check_session(st, BEN, "two");
}

static void check_due(struct store *st, int64_t now, struct sv who, int64_t at)
{
	STR_AUTO got = STR_INIT;
	int64_t due = 0;
	enum store_get found = store_due_next(st, now, &got, &due, NULL);

	assert_int_equal(found, at ? STORE_FOUND : STORE_NEW);
	assert_int_equal(due, at);
	if (at)
		assert_true(sv_eq(str_sv(&got), who));
}

static void due__comes__earliest_first(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	assert_int_equal(store_due_min(st), 0);
	put(st, ANNA, "a", NOW + 20, NOW);
	put(st, BEN, "b", NOW + 10, NOW);
	put(st, SV("c@example.org"), "c", 0, NOW);
	assert_int_equal(store_due_min(st), NOW + 10);
	check_due(st, NOW + 9, BEN, 0);
	check_due(st, NOW + 30, BEN, NOW + 10);
	put(st, BEN, "b", 0, NOW);
	check_due(st, NOW + 30, ANNA, NOW + 20);
	put(st, ANNA, "a", NOW + 90, NOW);
	check_due(st, NOW + 30, ANNA, 0);
	assert_int_equal(store_due_min(st), NOW + 90);
}

static void due__waits__for_a_reply_that_is_owed(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	put(st, ANNA, "a", NOW, NOW);
	owe(st, ANNA, "o1", "x", false);
	check_due(st, NOW, ANNA, 0);
	assert_int_equal(store_due_min(st), 0);
	assert_true(store_reply_confirm(st, SV("o1"), NULL));
	check_due(st, NOW, ANNA, NOW);
}

static bool third_is_whole(void *ctx, const struct store_reply *r)
{
	if (++*(int *)ctx < 3)
		return true;
	assert_true(sv_eq(r->who, ANNA));
	assert_true(sv_is(r->oid, "o3"));
	assert_true(sv_is(r->blob, "three"));
	assert_false(r->first);
	assert_int_equal(r->created, NOW);
	return false;
}

static bool is_urgent(void *ctx, const struct store_reply *r)
{
	str_addc(ctx, r->first ? '!' : '.');
	return true;
}

static void replies__come__in_order_and_whole(void **state)
{
	struct store *st = ((struct world *)*state)->st;
	STR_AUTO urgent = STR_INIT;
	int seen = 0;
	int64_t k1 = owe(st, ANNA, "o1", "one", false);
	int64_t k2 = owe(st, BEN, "o2", "two", true);
	int64_t k3 = owe(st, ANNA, "o3", "three", false);

	assert_true(0 < k1 && k1 < k2 && k2 < k3);
	owe(st, BEN, "o4", "four", true);
	check_owed(st, "o1 o2 o3 o4 ");
	assert_int_equal(store_reply_owed(st), 4);
	assert_true(store_reply_each(st, third_is_whole, &seen, NULL));
	assert_int_equal(seen, 3);
	assert_true(store_reply_each(st, is_urgent, &urgent, NULL));
	assert_string_equal(urgent.p, ".!.!");
}

static void reply__is_added__once_per_oid(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	assert_true(owe(st, ANNA, "o1", "one", false) > 0);
	assert_int_equal(owe(st, ANNA, "o1", "one", false), 0);
	check_owed(st, "o1 ");
}

static void reply__goes__when_confirmed(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	owe(st, ANNA, "o1", "one", false);
	owe(st, ANNA, "o2", "two", false);
	assert_true(store_reply_confirm(st, SV("o1"), NULL));
	assert_true(store_reply_confirm(st, SV("never"), NULL));
	check_owed(st, "o2 ");
	assert_true(owe(st, BEN, "o3", "three", false) > 0);
	check_owed(st, "o2 o3 ");
}

static void cursor__holds__the_last_place(void **state)
{
	struct store *st = ((struct world *)*state)->st;
	STR_AUTO id = STR_INIT;
	int64_t time;

	assert_int_equal(store_cursor_get(st, &id, &time, NULL), STORE_NEW);
	assert_true(store_cursor_put(st, SV("a1"), NOW, NULL));
	assert_true(store_cursor_put(st, SV("a2"), NOW + 1, NULL));
	assert_int_equal(store_cursor_get(st, &id, &time, NULL), STORE_FOUND);
	assert_string_equal(id.p, "a2");
	assert_int_equal(time, NOW + 1);
}

static bool list_count(void *ctx, int64_t day, struct sv what, int64_t n)
{
	str_addf(ctx, "%lld %.*s %lld;", (long long)((day - (NOW - NOW % DAY)) / DAY), SV_ARG(what),
	    (long long)n);
	return true;
}

static void check_counts(struct store *st, const char *expected)
{
	STR_AUTO got = STR_INIT;

	str_addz(&got, "");
	assert_true(store_counts(st, list_count, &got, NULL));
	assert_string_equal(got.p, expected);
}

static void counts__are_kept__by_day_and_name(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	check_counts(st, "");
	assert_true(store_count(st, SV("b"), NOW + DAY, NULL));
	assert_true(store_count(st, SV("b"), NOW, NULL));
	assert_true(store_count(st, SV("a"), NOW, NULL));
	assert_true(store_count(st, SV("b"), NOW - NOW % DAY, NULL));
	check_counts(st, "0 a 1;0 b 2;1 b 1;");
	put(st, ANNA, "x", 0, NOW);
	assert_true(store_forget(st, ANNA, NULL));
	check_counts(st, "0 a 1;0 b 2;1 b 1;");
}

static void change_all(struct store *st)
{
	assert_true(store_count(st, SV("a"), NOW, NULL));
	assert_true(store_count(st, SV("b"), NOW, NULL));
	check_add(st, ANNA, "new", "new alt", NOW + 9 * DAY, STORE_NEW);
	put(st, ANNA, "changed", NOW + 5, NOW);
	put(st, SV("c@example.org"), "added", NOW + 5, NOW);
	assert_true(store_forget(st, BEN, NULL));
	put(st, BEN, "again", 0, NOW);
	assert_true(store_reply_confirm(st, SV("o1"), NULL));
	owe(st, ANNA, "o3", "three", true);
	assert_true(store_cursor_put(st, SV("a2"), NOW + 1, NULL));
}

static void transaction__rolls_back__every_change(void **state)
{
	struct store *st = ((struct world *)*state)->st;
	STR_AUTO id = STR_INIT;
	int64_t time;

	check_add(st, ANNA, "old", "new alt", NOW, STORE_NEW);
	put(st, ANNA, "first", NOW + 9, NOW);
	put(st, BEN, "ben", 0, NOW);
	owe(st, ANNA, "o1", "one", false);
	owe(st, BEN, "o2", "two", true);
	assert_true(store_cursor_put(st, SV("a1"), NOW, NULL));
	assert_true(store_count(st, SV("a"), NOW, NULL));

	assert_true(store_begin(st, NULL));
	change_all(st);
	store_rollback(st);

	check_counts(st, "0 a 1;");

	check_session(st, ANNA, "first");
	check_session(st, BEN, "ben");
	check_session(st, SV("c@example.org"), NULL);
	check_owed(st, "o1 o2 ");
	assert_int_equal(store_cursor_get(st, &id, &time, NULL), STORE_FOUND);
	assert_string_equal(id.p, "a1");
	check_add(st, ANNA, "old", "", NOW, STORE_FOUND);
	check_add(st, ANNA, "new", "new alt", NOW + DAY, STORE_FOUND);
	assert_true(store_begin(st, NULL));
	store_rollback(st);
}

static void transaction__keeps__what_was_committed(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	owe(st, ANNA, "o1", "one", false);
	put(st, BEN, "ben", 0, NOW);
	assert_true(store_begin(st, NULL));
	change_all(st);
	assert_true(store_commit(st, NULL));
	store_rollback(st);
	check_session(st, ANNA, "changed");
	check_session(st, BEN, "again");
	check_owed(st, "o3 ");
}

static void forget__erases__one_person_only(void **state)
{
	struct store *st = ((struct world *)*state)->st;

	put(st, ANNA, "a", NOW, NOW);
	put(st, BEN, "b", NOW, NOW);
	owe(st, ANNA, "o1", "one", false);
	owe(st, BEN, "o2", "two", false);
	check_add(st, ANNA, "1", "", NOW, STORE_NEW);
	assert_true(store_forget(st, ANNA, NULL));
	check_session(st, ANNA, NULL);
	check_session(st, BEN, "b");
	check_owed(st, "o2 ");
	check_add(st, ANNA, "1", "", NOW, STORE_FOUND);
	assert_true(store_forget(st, ANNA, NULL));
}

static bool count_one(void *ctx, struct sv who, int64_t changed)
{
	(void)who, (void)changed;
	++*(int *)ctx;
	return true;
}

static void sweep__erases__who_was_long_away(void **state)
{
	struct store *st = ((struct world *)*state)->st;
	int n = 0;

	put(st, ANNA, "a", NOW + 99 * DAY, NOW);
	put(st, BEN, "b", NOW, NOW + 20 * DAY);
	check_add(st, ANNA, "1", "", NOW, STORE_NEW);
	check_add(st, ANNA, "2", "", NOW + 20 * DAY, STORE_NEW);
	assert_true(store_sweep(st, NOW + 10 * DAY, NOW + 10 * DAY, NULL));
	check_session(st, ANNA, NULL);
	check_session(st, BEN, "b");
	check_add(st, ANNA, "1", "", NOW + 21 * DAY, STORE_NEW);
	check_add(st, ANNA, "2", "", NOW + 21 * DAY, STORE_FOUND);
	assert_true(store_each(st, count_one, &n, NULL));
	assert_int_equal(n, 1);
}

static void secret__is__the_stores_own(void **state)
{
	struct world *w = *state;
	struct store *other = store_open_memory();
	unsigned char a[32], b[32];

	store_secret(w->st, a);
	store_secret(w->st, b);
	assert_memory_equal(a, b, 32);
	store_secret(other, b);
	assert_memory_not_equal(a, b, 32);
	store_close(other);
}

/* SQLite only */

static void reopen__finds__all_that_was_saved(void **state)
{
	struct world *w = *state;
	unsigned char a[32], b[32];
	int64_t k;

	put(w->st, ANNA, "a", NOW, NOW);
	k = owe(w->st, ANNA, "o1", "one", false);
	check_add(w->st, ANNA, "1", "", NOW, STORE_NEW);
	assert_true(store_cursor_put(w->st, SV("a1"), NOW, NULL));
	store_secret(w->st, a);
	store_close(w->st);
	w->st = open_store(w);
	store_secret(w->st, b);
	assert_memory_equal(a, b, 32);
	check_session(w->st, ANNA, "a");
	check_owed(w->st, "o1 ");
	check_add(w->st, ANNA, "1", "", NOW, STORE_FOUND);
	assert_true(store_reply_confirm(w->st, SV("o1"), NULL));
	assert_true(owe(w->st, ANNA, "o2", "two", false) > k);
}

static void close__drops__what_was_not_committed(void **state)
{
	struct world *w = *state;

	assert_true(store_begin(w->st, NULL));
	put(w->st, ANNA, "a", NOW, NOW);
	store_close(w->st);
	w->st = open_store(w);
	check_session(w->st, ANNA, NULL);
}

static bool file_has(const char *path, const char *marker)
{
	FILE *f = fopen(path, "rb");
	static char bytes[8 << 20];
	size_t n;

	if (!f)
		return false;
	n = fread(bytes, 1, sizeof bytes, f);
	assert_true(n < sizeof bytes);
	fclose(f);
	return memmem(bytes, n, marker, strlen(marker)) != NULL;
}

static bool store_has(const struct world *w, const char *marker)
{
	char path[128];
	bool has = file_has(w->path, marker);

	snprintf(path, sizeof path, "%s-wal", w->path);
	has |= file_has(path, marker);
	snprintf(path, sizeof path, "%s-shm", w->path);
	return has | file_has(path, marker);
}

/* Many people whose blobs grow and shrink: pages split, merge and are reused. */
static void churn(struct store *st, int rounds, unsigned r)
{
	char blob[4000], who[32], oid[32];

	for (int i = 0; i < rounds; i++) {
		size_t n;

		r = r * 1103515245 + 12345;
		n = r >> 8 & 0x7ff;
		memset(blob, 0, sizeof blob);
		while (strlen(blob) < n)
			strcat(blob, i % 7 == 3 ? "MARKER-9c1e " : "something else ");
		snprintf(who, sizeof who, i % 7 == 3 ? "marked%d@x" : "p%d@x", i % 97);
		snprintf(oid, sizeof oid, "oid-%d", i);
		put(st, sv_from(who), blob, NOW + i, NOW);
		owe(st, sv_from(who), oid, blob, i % 5 == 0);
		if (i % 3)
			assert_true(store_reply_confirm(st, sv_from(oid), NULL));
	}
}

static void forget__leaves__no_byte_in_the_files(void **state)
{
	struct world *w = *state;
	char who[32];

	assert_true(store_begin(w->st, NULL));
	churn(w->st, 700, 1);
	assert_true(store_commit(w->st, NULL));
	assert_true(store_has(w, "MARKER-9c1e"));
	assert_true(store_has(w, "marked3@x"));
	assert_true(store_begin(w->st, NULL));
	for (int i = 0; i < 97; i++) {
		snprintf(who, sizeof who, "marked%d@x", i);
		assert_true(store_forget(w->st, sv_from(who), NULL));
	}
	assert_true(store_commit(w->st, NULL));
	assert_false(store_has(w, "MARKER-9c1e"));
	assert_false(store_has(w, "marked"));
	assert_true(store_has(w, "p1@x"));
}

static void last_word__takes__the_address_with_it(void **state)
{
	struct world *w = *state;

	put(w->st, ANNA, "a", 0, NOW);
	assert_true(store_begin(w->st, NULL));
	assert_true(store_forget(w->st, ANNA, NULL));
	owe(w->st, ANNA, "o1", "gone", false);
	assert_true(store_commit(w->st, NULL));
	assert_true(store_has(w, "anna@example.org"));
	assert_true(store_reply_confirm(w->st, SV("o1"), NULL));
	assert_false(store_has(w, "anna@example.org"));
}

static void files__are__for_their_owner_only(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	struct world *w = *state;
	char path[128];
	struct stat s;

	put(w->st, ANNA, "a", 0, NOW);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s%s", w->path, ends[i]);
		assert_int_equal(stat(path, &s), 0);
		assert_int_equal(s.st_mode & 0777, 0600);
	}
}

static void backup__is__a_store_of_its_own(void **state)
{
	struct world *w = *state;
	struct world copy = { .durable = true };
	struct err e;
	struct stat s;

	put(w->st, ANNA, "a", NOW, NOW);
	snprintf(copy.path, sizeof copy.path, "%s/copy.db", w->dir);
	assert_true(store_backup(w->st, copy.path, &e));
	assert_false(store_backup(w->st, copy.path, &e));
	assert_non_null(strstr(e.text, "File exists"));
	put(w->st, BEN, "b", 0, NOW);
	assert_int_equal(stat(copy.path, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	copy.st = open_store(&copy);
	check_session(copy.st, ANNA, "a");
	check_session(copy.st, BEN, NULL);
	store_close(copy.st);
}

static void spoil_from(const char *path, long at)
{
	FILE *f = fopen(path, "r+");

	assert_non_null(f);
	fseek(f, at, SEEK_SET);
	for (int i = 0; i < 3 * 4096; i++)
		fputc(0xA5, f);
	fclose(f);
}

static void check__sees__a_damaged_file(void **state)
{
	struct world *w = *state;
	struct world copy = { .durable = true };
	struct err e = { 0 };

	churn(w->st, 300, 1);
	assert_true(store_check(w->st, &e));
	snprintf(copy.path, sizeof copy.path, "%s/copy.db", w->dir);
	assert_true(store_backup(w->st, copy.path, &e));
	spoil_from(copy.path, 20 * 4096);
	copy.st = open_store(&copy);
	assert_false(store_check(copy.st, &e));
	assert_int_equal(e.code, ERR_STORE);
	store_close(copy.st);
}

static void check_refused(struct world *w, const char *why)
{
	struct err e = { 0 };

	assert_null(store_open_sqlite(w->path, &e));
	assert_int_equal(e.code, ERR_STORE);
	if (!strstr(e.text, why) || !strstr(e.text, w->path))
		fail_msg("got: %s", e.text);
}

static void write_file(const char *path, const char *bytes)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(bytes, f);
	fclose(f);
}

static void open__refuses__what_is_not_its_own(void **state)
{
	struct world *w = *state;
	char command[256];

	store_close(w->st);
	w->st = NULL;
	write_file(w->path, "this is a letter and no database, but long enough to look");
	check_refused(w, "not a database");
	unlink(w->path);
	snprintf(command, sizeof command, "sqlite3 %s 'create table theirs (x)'", w->path);
	if (system(command) == 0)
		check_refused(w, "another program");
	unlink(w->path);
	w->st = open_store(w);
	store_close(w->st);
	w->st = NULL;
	snprintf(command, sizeof command, "sqlite3 %s 'pragma user_version = 99'", w->path);
	if (system(command) == 0)
		check_refused(w, "newer attune");
	strcpy(w->path, "/nowhere/at/all/store.db");
	check_refused(w, "No such file");
}

/* A store of before, without the tallies and with other replies: it is taken along, with all
 * that is in it. */
static void old_store__is__taken_along(void **state)
{
	struct world *w = *state;
	char command[1024];

	put(w->st, ANNA, "kept", NOW + 5, NOW);
	store_close(w->st);
	w->st = NULL;
	snprintf(command, sizeof command, "sqlite3 %s '"
	    "drop table tally; drop table outbox; create table outbox ("
	    " k integer primary key autoincrement, oid blob not null unique,"
	    " person integer not null references person (id) on delete cascade,"
	    " first integer not null, reply blob not null, created integer not null) strict;"
	    "create index outbox_person on outbox (person);"
	    "create index outbox_first on outbox (k) where first = 1;"
	    "insert into outbox values (7, cast(\"z\" as blob), 1, 0, cast(\"old\" as blob), 5),"
	    " (8, cast(\"a\" as blob), 1, 1, cast(\"new\" as blob), 6);"
	    "pragma user_version = 1'", w->path);
	if (system(command) != 0)
		skip();
	w->st = open_store(w);
	check_session(w->st, ANNA, "kept");
	assert_true(store_count(w->st, SV("a"), NOW, NULL));
	check_counts(w->st, "0 a 1;");
	check_owed(w->st, "z a ");
	assert_int_equal(owe(w->st, ANNA, "b", "more", false), 9);
	assert_true(store_reply_confirm(w->st, SV("z"), NULL));
	check_owed(w->st, "a b ");
}

static void damage__is__said_plainly(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct store *st;
	char junk[4096];
	int fd;

	assert_true(store_begin(w->st, NULL));
	churn(w->st, 300, 1);
	assert_true(store_commit(w->st, NULL));
	store_close(w->st);
	w->st = NULL;
	memset(junk, 'x', sizeof junk);
	fd = open(w->path, O_RDWR);
	for (off_t at = 4096; at < 40960; at += 4096)
		assert_int_equal(pwrite(fd, junk, sizeof junk, at), (ssize_t)sizeof junk);
	close(fd);
	st = store_open_sqlite(w->path, &e);
	if (st) {
		assert_false(store_session_put(st, ANNA, SV("a"), 0, NOW, &e));
		store_close(st);
	}
	assert_non_null(strstr(e.text, "malformed"));
}

#define ON(test, which) { #test, test, setup_##which, teardown, NULL }
#define BOTH(test)                                                       \
	{ "memory " #test, test, setup_memory, teardown, NULL },         \
	{ "sqlite " #test, test, setup_sqlite, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(inbox__knows__an_id_it_saw),
		BOTH(inbox__knows__the_second_key_for_a_week),
		BOTH(session__comes_back__as_it_was_put),
		BOTH(due__comes__earliest_first),
		BOTH(due__waits__for_a_reply_that_is_owed),
		BOTH(replies__come__in_order_and_whole),
		BOTH(reply__is_added__once_per_oid),
		BOTH(reply__goes__when_confirmed),
		BOTH(cursor__holds__the_last_place),
		BOTH(counts__are_kept__by_day_and_name),
		BOTH(transaction__rolls_back__every_change),
		BOTH(transaction__keeps__what_was_committed),
		BOTH(forget__erases__one_person_only),
		BOTH(sweep__erases__who_was_long_away),
		BOTH(secret__is__the_stores_own),
		ON(reopen__finds__all_that_was_saved, sqlite),
		ON(close__drops__what_was_not_committed, sqlite),
		ON(forget__leaves__no_byte_in_the_files, sqlite),
		ON(last_word__takes__the_address_with_it, sqlite),
		ON(files__are__for_their_owner_only, sqlite),
		ON(backup__is__a_store_of_its_own, sqlite),
		ON(check__sees__a_damaged_file, sqlite),
		ON(open__refuses__what_is_not_its_own, sqlite),
		ON(old_store__is__taken_along, sqlite),
		ON(damage__is__said_plainly, sqlite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
