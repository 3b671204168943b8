#include <sodium.h>
#include <stdlib.h>

#include "store/store_ops.h"

void store_init(void)
{
	if (sodium_init() < 0)
		abort();
}

static void feed(crypto_generichash_state *h, struct sv s)
{
	uint64_t n = s.n;

	crypto_generichash_update(h, (const unsigned char *)&n, sizeof n);
	crypto_generichash_update(h, (const unsigned char *)s.p, s.n);
}

void store_key(const struct store *st, char kind, struct sv a, struct sv b,
    unsigned char out[STORE_KEY])
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, st->secret, sizeof st->secret, STORE_KEY);
	crypto_generichash_update(&h, (const unsigned char *)&kind, 1);
	feed(&h, a);
	feed(&h, b);
	crypto_generichash_final(&h, out, STORE_KEY);
}

void store_close(struct store *st)
{
	if (st)
		st->ops->close(st);
}

bool store_begin(struct store *st, struct err *e)
{
	return st->ops->begin(st, e);
}

bool store_commit(struct store *st, struct err *e)
{
	return st->ops->commit(st, e);
}

void store_rollback(struct store *st)
{
	st->ops->rollback(st);
}

enum store_get store_inbox_add(struct store *st, struct sv who, struct sv id, struct sv alt,
    int64_t now, struct err *e)
{
	unsigned char key[STORE_KEY];
	enum store_get got = STORE_NEW;

	if (id.n) {
		store_key(st, 'i', who, id, key);
		got = st->ops->id_add(st, key, INT64_MIN, now, e);
	}
	if (alt.n && got == STORE_NEW) {
		store_key(st, 'a', who, alt, key);
		got = st->ops->id_add(st, key, now - STORE_ALT_DAYS * STORE_DAY, now, e);
	}
	return got;
}

enum store_get store_session_get(struct store *st, struct sv who, struct str *blob, struct err *e)
{
	str_clear(blob);
	return st->ops->session_get(st, who, blob, e);
}

bool store_session_put(struct store *st, struct sv who, struct sv blob, int64_t due, int64_t now,
    struct err *e)
{
	return st->ops->session_put(st, who, blob, due, now, e);
}

bool store_reply_add(struct store *st, struct store_reply *r, struct err *e)
{
	return st->ops->reply_add(st, r, e);
}

bool store_reply_each(struct store *st, bool (*fn)(void *ctx, const struct store_reply *r),
    void *ctx, struct err *e)
{
	return st->ops->reply_each(st, fn, ctx, e);
}

bool store_reply_confirm(struct store *st, struct sv oid, struct err *e)
{
	return st->ops->reply_confirm(st, oid, e);
}

size_t store_reply_owed(struct store *st)
{
	return st->ops->reply_owed(st);
}

enum store_get store_due_next(struct store *st, int64_t now, struct str *who, int64_t *due,
    struct err *e)
{
	str_clear(who);
	return st->ops->due_next(st, now, who, due, e);
}

int64_t store_due_min(struct store *st)
{
	return st->ops->due_min(st);
}

bool store_cursor_put(struct store *st, struct sv id, int64_t time, struct err *e)
{
	return st->ops->cursor_put(st, id, time, e);
}

enum store_get store_cursor_get(struct store *st, struct str *id, int64_t *time, struct err *e)
{
	str_clear(id);
	*time = 0;
	return st->ops->cursor_get(st, id, time, e);
}

void store_secret(struct store *st, unsigned char out[32])
{
	for (size_t i = 0; i < sizeof st->secret; i++)
		out[i] = st->secret[i];
}

bool store_count(struct store *st, struct sv what, int64_t now, struct err *e)
{
	return st->ops->count(st, what, now - now % STORE_DAY, e);
}

bool store_counts(struct store *st, bool (*fn)(void *ctx, int64_t day, struct sv what, int64_t n),
    void *ctx, struct err *e)
{
	return st->ops->counts(st, fn, ctx, e);
}

bool store_forget(struct store *st, struct sv who, struct err *e)
{
	return st->ops->forget(st, who, e);
}

bool store_each(struct store *st, bool (*fn)(void *ctx, struct sv who, int64_t changed), void *ctx,
    struct err *e)
{
	return st->ops->each(st, fn, ctx, e);
}

bool store_sweep(struct store *st, int64_t sessions_before, int64_t ids_before, struct err *e)
{
	return st->ops->sweep(st, sessions_before, ids_before, e);
}

bool store_check(struct store *st, struct err *e)
{
	return st->ops->check(st, e);
}

bool store_backup(struct store *st, const char *path, struct err *e)
{
	return st->ops->backup(st, path, e);
}
