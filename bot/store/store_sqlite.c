/* store/store_sqlite.c - one SQLite file.
 *
 * A person's address stands in one table only (person.address); every other
 * row knows a number.  So sealing the address, the sessions and the replies is
 * a change to the few places that bind or read them. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "store/store_ops.h"

enum {
	APPLICATION_ID = 0x6174746e,    /* "attn" */
	BUSY_MS = 5000,
};

/* Step n takes user_version n to n + 1, each in one transaction.  Only append. */
static const char *const migrations[] = {
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;"
	"CREATE TABLE person ("
	" id INTEGER PRIMARY KEY,"
	" key BLOB NOT NULL UNIQUE,"
	" address BLOB NOT NULL) STRICT;"
	"CREATE TABLE session ("
	" person INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,"
	" state BLOB NOT NULL,"
	" due INTEGER NOT NULL,"
	" changed INTEGER NOT NULL) STRICT;"
	"CREATE INDEX session_due ON session (due) WHERE due > 0;"
	"CREATE TABLE inbox (key BLOB PRIMARY KEY, noted INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE outbox ("
	" k INTEGER PRIMARY KEY AUTOINCREMENT,"
	" oid BLOB NOT NULL UNIQUE,"
	" person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,"
	" first INTEGER NOT NULL,"
	" reply BLOB NOT NULL,"
	" created INTEGER NOT NULL) STRICT;"
	"CREATE INDEX outbox_person ON outbox (person);"
	"CREATE INDEX outbox_first ON outbox (k) WHERE first = 1;"
	"CREATE TABLE cursor ("
	" one INTEGER PRIMARY KEY CHECK (one = 1),"
	" id BLOB NOT NULL,"
	" time INTEGER NOT NULL) STRICT;",
	"CREATE TABLE tally ("
	" day INTEGER NOT NULL,"
	" what TEXT NOT NULL,"
	" n INTEGER NOT NULL,"
	" PRIMARY KEY (day, what)) STRICT, WITHOUT ROWID;",
	/* One tree for what each message adds and takes away again; it is small, since
	 * what is owed is soon confirmed. */
	"CREATE TABLE owed ("
	" oid BLOB PRIMARY KEY,"
	" k INTEGER NOT NULL,"
	" person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,"
	" first INTEGER NOT NULL,"
	" reply BLOB NOT NULL,"
	" created INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"INSERT INTO owed SELECT oid, k, person, first, reply, created FROM outbox;"
	"DROP TABLE outbox;"
	"ALTER TABLE owed RENAME TO outbox;",
};

enum query {
	Q_BEGIN,
	Q_COMMIT,
	Q_ROLLBACK,
	Q_ID_ADD,
	Q_PERSON_GET,
	Q_PERSON_ADD,
	Q_PERSON_FORGET,
	Q_PERSON_TIDY,
	Q_SESSION_GET,
	Q_SESSION_PUT,
	Q_REPLY_ADD,
	Q_REPLY_ALL,
	Q_REPLY_WHOSE,
	Q_REPLY_DROP,
	Q_REPLY_OWED,
	Q_REPLY_LAST,
	Q_DUE_NEXT,
	Q_DUE_MIN,
	Q_CURSOR_PUT,
	Q_CURSOR_GET,
	Q_COUNT_ONE,
	Q_COUNTS,
	Q_EACH,
	Q_SWEEP_PEOPLE,
	Q_SWEEP_STRAYS,
	Q_SWEEP_IDS,
	Q_COUNT
};

#define NOTHING_OWED "session.person NOT IN (SELECT person FROM outbox)"

static const char *const queries[Q_COUNT] = {
	[Q_BEGIN] = "BEGIN IMMEDIATE",
	[Q_COMMIT] = "COMMIT",
	[Q_ROLLBACK] = "ROLLBACK",
	[Q_ID_ADD] = "INSERT INTO inbox (key, noted) VALUES (?1, ?2) ON CONFLICT (key)"
	    " DO UPDATE SET noted = excluded.noted WHERE noted < ?3",
	[Q_PERSON_GET] = "SELECT id FROM person WHERE key = ?1",
	[Q_PERSON_ADD] = "INSERT INTO person (key, address) VALUES (?1, ?2)",
	[Q_PERSON_FORGET] = "DELETE FROM person WHERE key = ?1",
	[Q_PERSON_TIDY] = "DELETE FROM person WHERE id = ?1"
	    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE person = ?1)",
	[Q_SESSION_GET] = "SELECT state FROM session WHERE person = ?1",
	[Q_SESSION_PUT] = "INSERT INTO session (person, state, due, changed)"
	    " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (person) DO UPDATE SET"
	    " state = excluded.state, due = excluded.due, changed = excluded.changed",
	[Q_REPLY_ADD] = "INSERT INTO outbox (oid, k, person, first, reply, created)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (oid) DO NOTHING",
	[Q_REPLY_ALL] = "SELECT k, address, oid, reply, first, created FROM outbox"
	    " JOIN person ON person.id = outbox.person ORDER BY k",
	[Q_REPLY_WHOSE] = "SELECT person,"
	    " EXISTS (SELECT 1 FROM session WHERE session.person = outbox.person)"
	    " FROM outbox WHERE oid = ?1",
	[Q_REPLY_DROP] = "DELETE FROM outbox WHERE oid = ?1",
	[Q_REPLY_OWED] = "SELECT count(*) FROM outbox",
	[Q_REPLY_LAST] = "SELECT ifnull(max(k), 0) FROM outbox",
	[Q_DUE_NEXT] = "SELECT address, due FROM session"
	    " JOIN person ON person.id = session.person"
	    " WHERE due > 0 AND due <= ?1 AND " NOTHING_OWED " ORDER BY due LIMIT 1",
	[Q_DUE_MIN] = "SELECT due FROM session WHERE due > 0 AND " NOTHING_OWED
	    " ORDER BY due LIMIT 1",
	[Q_CURSOR_PUT] = "INSERT INTO cursor (one, id, time) VALUES (1, ?1, ?2)"
	    " ON CONFLICT (one) DO UPDATE SET id = excluded.id, time = excluded.time",
	[Q_CURSOR_GET] = "SELECT id, time FROM cursor",
	[Q_COUNT_ONE] = "INSERT INTO tally (day, what, n) VALUES (?1, ?2, 1)"
	    " ON CONFLICT (day, what) DO UPDATE SET n = n + 1",
	[Q_COUNTS] = "SELECT day, what, n FROM tally ORDER BY day, what",
	[Q_EACH] = "SELECT address, changed FROM session"
	    " JOIN person ON person.id = session.person ORDER BY changed, address",
	[Q_SWEEP_PEOPLE] = "DELETE FROM person WHERE id IN"
	    " (SELECT person FROM session WHERE changed < ?1)",
	[Q_SWEEP_STRAYS] = "DELETE FROM person WHERE id NOT IN (SELECT person FROM session)"
	    " AND id NOT IN (SELECT person FROM outbox)",
	[Q_SWEEP_IDS] = "DELETE FROM inbox WHERE noted < ?1",
};

struct file {
	struct store base;
	sqlite3 *db;
	sqlite3_stmt *query[Q_COUNT];
	int64_t last_k;                 /* of the replies */
	/* What file_due_min() found, -1 not known.  Another process only erases people: then
	 * it is too early, and file_due_next() finds nobody. */
	int64_t due;
	bool scrub;                     /* erased rows still stand in the log file */
	/* The person looked up last: valid inside one transaction only, since
	 * another process may erase people between two. */
	bool known;
	struct str known_who;
	int64_t known_id;
};

static bool failed(struct file *f, struct err *e)
{
	return err_set(e, ERR_STORE, 0, "%s", sqlite3_errmsg(f->db));
}

static sqlite3_stmt *use(struct file *f, enum query q)
{
	sqlite3_reset(f->query[q]);
	return f->query[q];
}

static void bind(sqlite3_stmt *q, int at, struct sv s)
{
	/* A NULL pointer would bind NULL, not an empty value. */
	sqlite3_bind_blob64(q, at, s.p ? s.p : "", s.n, SQLITE_STATIC);
}

static void bind_key(sqlite3_stmt *q, int at, const unsigned char key[STORE_KEY])
{
	sqlite3_bind_blob(q, at, key, STORE_KEY, SQLITE_STATIC);
}

static struct sv column(sqlite3_stmt *q, int at)
{
	const char *p = sqlite3_column_blob(q, at);

	return (struct sv){ p ? p : "", (size_t)sqlite3_column_bytes(q, at) };
}

static enum store_get step(struct file *f, sqlite3_stmt *q, struct err *e)
{
	int rc = sqlite3_step(q);

	if (rc == SQLITE_ROW)
		return STORE_FOUND;
	if (rc == SQLITE_DONE)
		return STORE_NEW;
	failed(f, e);
	sqlite3_reset(q);
	return STORE_FAILED;
}

/* What may change something. */
static bool run(struct file *f, sqlite3_stmt *q, struct err *e)
{
	enum store_get got = step(f, q, e);

	f->due = -1;
	sqlite3_reset(q);
	return got != STORE_FAILED;
}

static bool run_with(struct file *f, enum query which, int64_t number, struct err *e)
{
	sqlite3_stmt *q = use(f, which);

	sqlite3_bind_int64(q, 1, number);
	return run(f, q, e);
}

/* secure_delete is not enough: a page that was split or merged may keep a stale
 * copy of a row in its unused middle, and the log file keeps older pages.  So
 * the file is written anew and the log cut to nothing.  Somebody reading at
 * this moment makes it wait for the next commit. */
static void scrub(struct file *f)
{
	if (f->scrub && sqlite3_exec(f->db, "VACUUM", NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_wal_checkpoint_v2(f->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
	    SQLITE_OK)
		f->scrub = false;
}

static void scrub_soon(struct file *f)
{
	f->scrub = true;
	if (sqlite3_get_autocommit(f->db))
		scrub(f);
}

static bool file_begin(struct store *st, struct err *e)
{
	struct file *f = (struct file *)st;

	f->known = false;
	return run(f, use(f, Q_BEGIN), e);
}

static bool file_commit(struct store *st, struct err *e)
{
	struct file *f = (struct file *)st;

	f->known = false;
	if (!run(f, use(f, Q_COMMIT), e))
		return false;
	scrub(f);
	return true;
}

static void file_rollback(struct store *st)
{
	struct file *f = (struct file *)st;

	f->known = false;
	if (!sqlite3_get_autocommit(f->db))
		run(f, use(f, Q_ROLLBACK), NULL);
}

static enum store_get file_id_add(struct store *st, const unsigned char key[STORE_KEY],
    int64_t since, int64_t now, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_ID_ADD);

	bind_key(q, 1, key);
	sqlite3_bind_int64(q, 2, now - now % STORE_HOUR);
	sqlite3_bind_int64(q, 3, since);
	if (!run(f, q, e))
		return STORE_FAILED;
	return sqlite3_changes(f->db) ? STORE_NEW : STORE_FOUND;
}

static void know(struct file *f, struct sv who, int64_t id)
{
	f->known = !sqlite3_get_autocommit(f->db);
	str_clear(&f->known_who);
	str_add(&f->known_who, who);
	f->known_id = id;
}

static enum store_get person_get(struct file *f, struct sv who, int64_t *id, struct err *e)
{
	sqlite3_stmt *q = use(f, Q_PERSON_GET);
	unsigned char key[STORE_KEY];
	enum store_get got;

	if (f->known && sv_eq(str_sv(&f->known_who), who)) {
		*id = f->known_id;
		return STORE_FOUND;
	}
	store_key(&f->base, 'p', who, SV(""), key);
	bind_key(q, 1, key);
	got = step(f, q, e);
	if (got == STORE_FOUND) {
		*id = sqlite3_column_int64(q, 0);
		know(f, who, *id);
	}
	sqlite3_reset(q);
	return got;
}

static bool person_need(struct file *f, struct sv who, int64_t *id, struct err *e)
{
	sqlite3_stmt *q = use(f, Q_PERSON_ADD);
	unsigned char key[STORE_KEY];

	switch (person_get(f, who, id, e)) {
	case STORE_FAILED:
		return false;
	case STORE_FOUND:
		return true;
	case STORE_NEW:
		break;
	}
	store_key(&f->base, 'p', who, SV(""), key);
	bind_key(q, 1, key);
	bind(q, 2, who);
	if (!run(f, q, e))
		return false;
	*id = sqlite3_last_insert_rowid(f->db);
	know(f, who, *id);
	return true;
}

static enum store_get file_session_get(struct store *st, struct sv who, struct str *blob,
    struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_SESSION_GET);
	enum store_get got;
	int64_t id;

	got = person_get(f, who, &id, e);
	if (got != STORE_FOUND)
		return got;
	sqlite3_bind_int64(q, 1, id);
	got = step(f, q, e);
	if (got == STORE_FOUND)
		str_add(blob, column(q, 0));
	sqlite3_reset(q);
	return got;
}

static bool file_session_put(struct store *st, struct sv who, struct sv blob, int64_t due,
    int64_t now, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_SESSION_PUT);
	int64_t id;

	if (!person_need(f, who, &id, e))
		return false;
	sqlite3_bind_int64(q, 1, id);
	bind(q, 2, blob);
	sqlite3_bind_int64(q, 3, due);
	sqlite3_bind_int64(q, 4, now - now % STORE_HOUR);
	return run(f, q, e);
}

static bool file_reply_add(struct store *st, struct store_reply *r, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_REPLY_ADD);
	int64_t id;

	r->k = 0;
	if (!person_need(f, r->who, &id, e))
		return false;
	bind(q, 1, r->oid);
	sqlite3_bind_int64(q, 2, f->last_k + 1);
	sqlite3_bind_int64(q, 3, id);
	sqlite3_bind_int(q, 4, r->first);
	bind(q, 5, r->blob);
	sqlite3_bind_int64(q, 6, r->created);
	if (!run(f, q, e))
		return false;
	if (sqlite3_changes(f->db))
		r->k = ++f->last_k;
	return true;
}

static bool file_reply_each(struct store *st,
    bool (*fn)(void *ctx, const struct store_reply *r), void *ctx, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_REPLY_ALL);
	enum store_get got;

	while ((got = step(f, q, e)) == STORE_FOUND) {
		struct store_reply r = {
			.k = sqlite3_column_int64(q, 0),
			.who = column(q, 1),
			.oid = column(q, 2),
			.blob = column(q, 3),
			.first = sqlite3_column_int(q, 4),
			.created = sqlite3_column_int64(q, 5),
		};

		if (!fn(ctx, &r))
			break;
	}
	sqlite3_reset(q);
	return got != STORE_FAILED;
}

/* A person of whom nothing else is kept goes with the last reply owed. */
static bool file_reply_confirm(struct store *st, struct sv oid, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_REPLY_WHOSE);
	enum store_get got;
	bool alone = false;
	int64_t id = 0;

	bind(q, 1, oid);
	got = step(f, q, e);
	if (got == STORE_FOUND) {
		id = sqlite3_column_int64(q, 0);
		alone = !sqlite3_column_int(q, 1);
	}
	sqlite3_reset(q);
	if (got != STORE_FOUND)
		return got != STORE_FAILED;
	q = use(f, Q_REPLY_DROP);
	bind(q, 1, oid);
	if (!run(f, q, e))
		return false;
	if (!alone)
		return true;
	if (!run_with(f, Q_PERSON_TIDY, id, e))
		return false;
	if (sqlite3_changes(f->db)) {
		f->known = false;
		scrub_soon(f);
	}
	return true;
}

static int64_t number(struct file *f, enum query which)
{
	sqlite3_stmt *q = use(f, which);
	int64_t n = 0;

	if (step(f, q, NULL) == STORE_FOUND)
		n = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return n;
}

static size_t file_reply_owed(struct store *st)
{
	return (size_t)number((struct file *)st, Q_REPLY_OWED);
}

static enum store_get file_due_next(struct store *st, int64_t now, struct str *who,
    int64_t *due, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_DUE_NEXT);
	enum store_get got;

	sqlite3_bind_int64(q, 1, now);
	got = step(f, q, e);
	if (got == STORE_FOUND) {
		str_add(who, column(q, 0));
		*due = sqlite3_column_int64(q, 1);
	} else {
		f->due = -1;
	}
	sqlite3_reset(q);
	return got;
}

static int64_t file_due_min(struct store *st)
{
	struct file *f = (struct file *)st;

	if (f->due < 0)
		f->due = number(f, Q_DUE_MIN);
	return f->due;
}

static bool file_cursor_put(struct store *st, struct sv id, int64_t time, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_CURSOR_PUT);

	bind(q, 1, id);
	sqlite3_bind_int64(q, 2, time);
	return run(f, q, e);
}

static enum store_get file_cursor_get(struct store *st, struct str *id, int64_t *time,
    struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_CURSOR_GET);
	enum store_get got = step(f, q, e);

	if (got == STORE_FOUND) {
		str_add(id, column(q, 0));
		*time = sqlite3_column_int64(q, 1);
	}
	sqlite3_reset(q);
	return got;
}

static bool file_count(struct store *st, struct sv what, int64_t day, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_COUNT_ONE);

	sqlite3_bind_int64(q, 1, day);
	sqlite3_bind_text(q, 2, what.p, (int)what.n, SQLITE_STATIC);
	return run(f, q, e);
}

static bool file_counts(struct store *st,
    bool (*fn)(void *ctx, int64_t day, struct sv what, int64_t n), void *ctx, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_COUNTS);
	enum store_get got;

	while ((got = step(f, q, e)) == STORE_FOUND)
		if (!fn(ctx, sqlite3_column_int64(q, 0), column(q, 1), sqlite3_column_int64(q, 2)))
			break;
	sqlite3_reset(q);
	return got != STORE_FAILED;
}

static bool file_forget(struct store *st, struct sv who, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_PERSON_FORGET);
	unsigned char key[STORE_KEY];

	store_key(st, 'p', who, SV(""), key);
	f->known = false;
	bind_key(q, 1, key);
	if (!run(f, q, e))
		return false;
	if (sqlite3_changes(f->db))
		scrub_soon(f);
	return true;
}

static bool file_each(struct store *st, bool (*fn)(void *ctx, struct sv who, int64_t changed),
    void *ctx, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = use(f, Q_EACH);
	enum store_get got;

	while ((got = step(f, q, e)) == STORE_FOUND)
		if (!fn(ctx, column(q, 0), sqlite3_column_int64(q, 1)))
			break;
	sqlite3_reset(q);
	return got != STORE_FAILED;
}

/* Confirmed replies stand in the log file until it is written over. */
static void fold_log(struct file *f)
{
	sqlite3_wal_checkpoint_v2(f->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static bool sweep_step(struct file *f, enum query which, int64_t before, struct err *e)
{
	sqlite3_stmt *q = use(f, which);

	if (before)
		sqlite3_bind_int64(q, 1, before);
	if (!run(f, q, e))
		return false;
	f->scrub |= which != Q_SWEEP_IDS && sqlite3_changes(f->db) > 0;
	return true;
}

static bool file_sweep(struct store *st, int64_t sessions_before, int64_t ids_before,
    struct err *e)
{
	struct file *f = (struct file *)st;
	bool own = sqlite3_get_autocommit(f->db);

	if (own && !file_begin(st, e))
		return false;
	f->known = false;
	if (!sweep_step(f, Q_SWEEP_PEOPLE, sessions_before, e) ||
	    !sweep_step(f, Q_SWEEP_STRAYS, 0, e) ||
	    !sweep_step(f, Q_SWEEP_IDS, ids_before, e)) {
		if (own)
			file_rollback(st);
		return false;
	}
	if (own && !file_commit(st, e))
		return false;
	if (own)
		fold_log(f);
	return true;
}

/* Only an empty file of our own making: SQLite would give a new one the rights
 * of the umask. */
static bool create_private(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0)
		return err_set(e, ERR_STORE, 0, "%s: %s", path, strerror(errno));
	close(fd);
	return true;
}

static bool file_check(struct store *st, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = NULL;
	bool ok;

	if (sqlite3_prepare_v2(f->db, "PRAGMA quick_check(1)", -1, &q, NULL) != SQLITE_OK)
		return failed(f, e);
	ok = step(f, q, e) != STORE_FAILED;
	if (ok && !sv_is(column(q, 0), "ok"))
		ok = err_set(e, ERR_STORE, 0, "the file is damaged: %.*s", SV_ARG(column(q, 0)));
	sqlite3_finalize(q);
	return ok;
}

static bool file_backup(struct store *st, const char *path, struct err *e)
{
	struct file *f = (struct file *)st;
	sqlite3_stmt *q = NULL;
	bool ok;

	if (!create_private(path, e))
		return false;
	if (sqlite3_prepare_v2(f->db, "VACUUM INTO ?1", -1, &q, NULL) != SQLITE_OK)
		return failed(f, e);
	sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
	ok = step(f, q, e) != STORE_FAILED;
	sqlite3_finalize(q);
	if (!ok)
		unlink(path);
	return ok;
}

static void file_close(struct store *st)
{
	struct file *f = (struct file *)st;

	if (f->db) {
		file_rollback(st);
		scrub(f);
	}
	for (size_t i = 0; i < Q_COUNT; i++)
		sqlite3_finalize(f->query[i]);
	sqlite3_close(f->db);
	str_wipe(&f->known_who);
	sodium_memzero(f->base.secret, sizeof f->base.secret);
	free(f);
}

static const struct store_ops file_ops = {
	.close = file_close,
	.begin = file_begin,
	.commit = file_commit,
	.rollback = file_rollback,
	.id_add = file_id_add,
	.session_get = file_session_get,
	.session_put = file_session_put,
	.reply_add = file_reply_add,
	.reply_each = file_reply_each,
	.reply_confirm = file_reply_confirm,
	.reply_owed = file_reply_owed,
	.due_next = file_due_next,
	.due_min = file_due_min,
	.cursor_put = file_cursor_put,
	.cursor_get = file_cursor_get,
	.count = file_count,
	.counts = file_counts,
	.forget = file_forget,
	.each = file_each,
	.sweep = file_sweep,
	.check = file_check,
	.backup = file_backup,
};

/* Opening */

static bool exec(struct file *f, const char *sql, struct err *e)
{
	return sqlite3_exec(f->db, sql, NULL, NULL, NULL) == SQLITE_OK || failed(f, e);
}

static bool pragma_int(struct file *f, const char *sql, int64_t *value, struct err *e)
{
	sqlite3_stmt *q = NULL;
	bool ok;

	if (sqlite3_prepare_v2(f->db, sql, -1, &q, NULL) != SQLITE_OK)
		return failed(f, e);
	ok = step(f, q, e) != STORE_FAILED;
	*value = ok ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_finalize(q);
	return ok;
}

static bool settle(struct file *f, struct err *e)
{
	sqlite3_busy_timeout(f->db, BUSY_MS);
	sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return exec(f,
	    "PRAGMA trusted_schema = OFF;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA secure_delete = ON;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA foreign_keys = ON;"
	    "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA journal_size_limit = 8388608;", e);
}

/* A file of somebody else is left alone, even when it is a good database. */
static bool identify(struct file *f, int64_t *version, struct err *e)
{
	int64_t id, objects;

	if (!pragma_int(f, "PRAGMA application_id", &id, e) ||
	    !pragma_int(f, "SELECT count(*) FROM sqlite_schema", &objects, e) ||
	    !pragma_int(f, "PRAGMA user_version", version, e))
		return false;
	if (id != APPLICATION_ID && (id != 0 || objects != 0))
		return err_set(e, ERR_STORE, 0, "this database belongs to another program");
	if (*version > (int64_t)COUNT(migrations))
		return err_set(e, ERR_STORE, 0,
		    "written by a newer attune (version %lld, this one knows %zu)",
		    (long long)*version, COUNT(migrations));
	return true;
}

static bool migrate(struct file *f, int64_t version, struct err *e)
{
	STR_AUTO sql = STR_INIT;

	for (; version < (int64_t)COUNT(migrations); version++) {
		str_clear(&sql);
		str_addf(&sql, "BEGIN IMMEDIATE; %s PRAGMA user_version = %lld;"
		    " PRAGMA application_id = %d; COMMIT", migrations[version],
		    (long long)version + 1, APPLICATION_ID);
		if (!exec(f, sql.p, e)) {
			sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
			return false;
		}
	}
	return true;
}

static bool secret_load(struct file *f, struct err *e)
{
	unsigned char *secret = f->base.secret;
	sqlite3_stmt *q = NULL;
	bool ok;

	randombytes_buf(secret, sizeof f->base.secret);
	if (sqlite3_prepare_v2(f->db, "INSERT INTO meta (name, value) VALUES ('secret', ?1)"
	    " ON CONFLICT (name) DO UPDATE SET value = value RETURNING value",
	    -1, &q, NULL) != SQLITE_OK)
		return failed(f, e);
	sqlite3_bind_blob(q, 1, secret, sizeof f->base.secret, SQLITE_TRANSIENT);
	ok = step(f, q, e) == STORE_FOUND;
	if (ok && column(q, 0).n != sizeof f->base.secret)
		ok = err_set(e, ERR_STORE, 0, "the secret of the store is damaged");
	if (ok) {
		memcpy(secret, column(q, 0).p, sizeof f->base.secret);
		ok = step(f, q, e) != STORE_FAILED;
	}
	sqlite3_finalize(q);
	return ok;
}

static bool prepare(struct file *f, struct err *e)
{
	for (size_t i = 0; i < Q_COUNT; i++)
		if (sqlite3_prepare_v3(f->db, queries[i], -1, SQLITE_PREPARE_PERSISTENT,
		    &f->query[i], NULL) != SQLITE_OK)
			return failed(f, e);
	return true;
}

static bool open_file(struct file *f, const char *path, struct err *e)
{
	int64_t version;

	if (access(path, F_OK) != 0 && !create_private(path, e))
		return false;
	if (sqlite3_open_v2(path, &f->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return failed(f, e);
	if (!identify(f, &version, e) || !settle(f, e) || !migrate(f, version, e) ||
	    !prepare(f, e) || !secret_load(f, e))
		return false;
	f->last_k = number(f, Q_REPLY_LAST);
	f->due = -1;
	return true;
}

struct store *store_open_sqlite(const char *path, struct err *e)
{
	struct file *f = xcalloc(1, sizeof *f);
	struct err why = { 0 };

	store_init();
	f->base.ops = &file_ops;
	f->known_who = (struct str)STR_INIT;
	if (open_file(f, path, &why))
		return &f->base;
	if (sv_starts(sv_from(why.text), sv_from(path)))
		err_set(e, ERR_STORE, 0, "%s", why.text);
	else
		err_set(e, ERR_STORE, 0, "%s: %s", path, why.text);
	file_close(&f->base);
	return NULL;
}
