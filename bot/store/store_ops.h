/* store/store_ops.h - what a backend fills in; private to store/.
 *
 * The front (store.c) checks nothing: it only hands on.  A backend embeds
 * struct store as its first member. */
#ifndef STORE_STORE_OPS_H
#define STORE_STORE_OPS_H

#include "store/store.h"

enum {
	STORE_KEY = 16,                 /* bytes of a keyed hash */
	STORE_ALT_DAYS = 7,             /* how long a second key counts */
	STORE_HOUR = 3600,              /* idle times are kept by the hour */
	STORE_DAY = 24 * STORE_HOUR,
};

struct store_ops {
	void (*close)(struct store *st);
	bool (*begin)(struct store *st, struct err *e);
	bool (*commit)(struct store *st, struct err *e);
	void (*rollback)(struct store *st);
	/* since: an id noted before it does not count and is noted anew. */
	enum store_get (*id_add)(struct store *st, const unsigned char key[STORE_KEY],
	    int64_t since, int64_t now, struct err *e);
	enum store_get (*session_get)(struct store *st, struct sv who, struct str *blob,
	    struct err *e);
	bool (*session_put)(struct store *st, struct sv who, struct sv blob, int64_t due,
	    int64_t now, struct err *e);
	bool (*reply_add)(struct store *st, struct store_reply *r, struct err *e);
	bool (*reply_each)(struct store *st,
	    bool (*fn)(void *ctx, const struct store_reply *r), void *ctx, struct err *e);
	bool (*reply_confirm)(struct store *st, struct sv oid, struct err *e);
	size_t (*reply_owed)(struct store *st);
	enum store_get (*due_next)(struct store *st, int64_t now, struct str *who,
	    int64_t *due, struct err *e);
	int64_t (*due_min)(struct store *st);
	bool (*cursor_put)(struct store *st, struct sv id, int64_t time, struct err *e);
	enum store_get (*cursor_get)(struct store *st, struct str *id, int64_t *time,
	    struct err *e);
	bool (*count)(struct store *st, struct sv what, int64_t day, struct err *e);
	bool (*counts)(struct store *st,
	    bool (*fn)(void *ctx, int64_t day, struct sv what, int64_t n), void *ctx,
	    struct err *e);
	bool (*forget)(struct store *st, struct sv who, struct err *e);
	bool (*each)(struct store *st, bool (*fn)(void *ctx, struct sv who, int64_t changed),
	    void *ctx, struct err *e);
	bool (*sweep)(struct store *st, int64_t sessions_before, int64_t ids_before,
	    struct err *e);
	bool (*check)(struct store *st, struct err *e);
	bool (*backup)(struct store *st, const char *path, struct err *e);
};

struct store {
	const struct store_ops *ops;
	unsigned char secret[32];
};

/* Keyed BLAKE2b: names a person or an id without saying it.  kind keeps the
 * uses apart. */
void store_key(const struct store *st, char kind, struct sv a, struct sv b,
    unsigned char out[STORE_KEY]);
/* Readies libsodium; aborts when the machine has no randomness. */
void store_init(void);

#endif
