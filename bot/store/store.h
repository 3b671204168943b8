/* store/store.h - what survives: inbox ids, sessions, owed replies, the cursor.
 *
 * Two backends (store_sqlite.c, store_memory.c) behind the same calls, one
 * contract test for both.  Session and reply are opaque blobs and a person is
 * a key: sealing at rest later is a change inside this module.  One writer.
 * No message text ever comes here.  A change outside begin and commit is saved
 * by itself. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct store;

struct store *store_open_sqlite(const char *path, struct err *e);
struct store *store_open_memory(void);
void store_close(struct store *st);

enum store_get { STORE_FOUND, STORE_NEW, STORE_FAILED };

bool store_begin(struct store *st, struct err *e);
bool store_commit(struct store *st, struct err *e);
void store_rollback(struct store *st);

/* STORE_NEW: noted now; STORE_FOUND: this id was handled before.  alt is the
 * second key (client id + body hash) and counts for 7 days.  Either may be
 * empty; both empty is always new.  Only keyed hashes are kept, without a
 * person: they stay after store_forget(), or an archive read again would make
 * a forgotten person's old messages new. */
enum store_get store_inbox_add(struct store *st, struct sv who, struct sv id, struct sv alt,
    int64_t now, struct err *e);

enum store_get store_session_get(struct store *st, struct sv who, struct str *blob, struct err *e);
bool store_session_put(struct store *st, struct sv who, struct sv blob, int64_t due, int64_t now,
    struct err *e);

struct store_reply { int64_t k; struct sv who, oid, blob; bool first; int64_t created; };
/* first: overtakes other people's replies.  Sets k, which grows; a second add of the same
 * oid while it is owed is no error, changes nothing and sets k to 0. */
bool store_reply_add(struct store *st, struct store_reply *r, struct err *e);
/* All that is owed, by k; what r holds is borrowed for the call, and fn leaves the store as
 * it is.  Ends early when fn says false. */
bool store_reply_each(struct store *st, bool (*fn)(void *ctx, const struct store_reply *r),
    void *ctx, struct err *e);
bool store_reply_confirm(struct store *st, struct sv oid, struct err *e);
size_t store_reply_owed(struct store *st);

/* The next session whose due time has come: earliest first.  Nobody with an
 * owed reply: a person is not spoken to again before the last word went out. */
enum store_get store_due_next(struct store *st, int64_t now, struct str *who, int64_t *due, struct err *e);
int64_t store_due_min(struct store *st);              /* 0 = none */

bool store_cursor_put(struct store *st, struct sv id, int64_t time, struct err *e);
enum store_get store_cursor_get(struct store *st, struct str *id, int64_t *time, struct err *e);

/* How often something happened on the day of a time, all people together: a
 * name and a number, nobody's and no words.  They stay after store_forget(). */
bool store_count(struct store *st, struct sv what, int64_t now, struct err *e);
/* From the earliest day on, by name; day: its first second (UTC).  Ends early when fn says false. */
bool store_counts(struct store *st, bool (*fn)(void *ctx, int64_t day, struct sv what, int64_t n),
    void *ctx, struct err *e);

/* The store's own secret (32 bytes, made at first open): keys ids and salts. */
void store_secret(struct store *st, unsigned char out[32]);

/* Everything about a person, down to the last byte of the file once committed. */
bool store_forget(struct store *st, struct sv who, struct err *e);
bool store_each(struct store *st, bool (*fn)(void *ctx, struct sv who, int64_t changed), void *ctx,
    struct err *e);
/* Retention: people idle since before this are erased (timers and owed replies
 * with them), and inbox ids noted before that. */
bool store_sweep(struct store *st, int64_t sessions_before, int64_t ids_before, struct err *e);
/* Is the file sound?  Reads all of it. */
bool store_check(struct store *st, struct err *e);
/* A whole copy while running; path must not exist. */
bool store_backup(struct store *st, const char *path, struct err *e);

#endif
