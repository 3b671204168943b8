#include "app/turn.h"

#include <limits.h>
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/files.h"
#include "app/log.h"
#include "app/owed.h"
#include "base/pack.h"
#include "base/xalloc.h"

enum {
	HASH = 16,
	OID = 2 * HASH + 1,             /* in hexadecimal, with the NUL */
	RECORD = 1,                     /* version of what is put around a session */
	TICKS = 256,                    /* sessions stepped by one turn_tick() */
	DAY = 24 * 3600,
	ID_DAYS = 30,                   /* longer than a server keeps its archive */
};

struct app {
	struct app_config c;
	char *dialogs;
	char *help;                     /* NULL: none */
	struct str locale;
	struct store *store;
	struct script *script;
	struct arena *arena;            /* one turn; wiped after it */
	struct session *session;        /* of whoever it is about; as new between turns */
	unsigned char secret[32];

	bool open;                      /* a transaction */
	struct owed_queue fresh;        /* replies in it */
	struct owed_queue ready;        /* committed, not handed out */

	struct owed current;            /* lent out by turn_next() */
	struct choice *choices;
	size_t cap_choices;

	struct str blob, record;        /* scratch */
};

/* One turn while it runs. */
struct turn {
	struct app *a;
	struct session *session;
	uint64_t newest;                /* keyed hash of the newest client id; 0 none */
	struct sv who, seed;            /* seed: reply ids derive from it */
	struct event event;
	struct effects effects;
};

/* --- keyed hashes --- */

static void hash(const struct app *a, char kind, struct sv x, struct sv y, uint64_t n,
    unsigned char out[HASH])
{
	crypto_generichash_state h;
	uint64_t sizes[2] = { x.n, n };

	crypto_generichash_init(&h, a->secret, sizeof a->secret, HASH);
	crypto_generichash_update(&h, (const unsigned char *)&kind, 1);
	crypto_generichash_update(&h, (const unsigned char *)sizes, sizeof sizes);
	crypto_generichash_update(&h, (const unsigned char *)x.p, x.n);
	crypto_generichash_update(&h, (const unsigned char *)y.p, y.n);
	crypto_generichash_final(&h, out, HASH);
}

static uint64_t hash_number(const struct app *a, char kind, struct sv x, struct sv y)
{
	unsigned char h[HASH];
	uint64_t n;

	hash(a, kind, x, y, 0, h);
	memcpy(&n, h, sizeof n);
	return n ? n : 1;
}

static uint64_t salt_of(const struct app *a, struct sv who)
{
	return a->c.salt ? *a->c.salt : hash_number(a, 's', who, SV(""));
}

static void reply_id(const struct turn *t, size_t n, char oid[OID])
{
	unsigned char h[HASH];

	hash(t->a, 'r', t->who, t->seed, n, h);
	sodium_bin2hex(oid, OID, h, sizeof h);
}

/* --- the dialogs --- */

static struct script *load(const char *dialogs, const char *help, struct findings *f)
{
	struct script *s = files_script(dialogs, FILES_SCRIPT, help, f);

	findings_sort(f);
	if (s) {                        /* it stays long: what loading took goes back */
		script_slim(s);
		malloc_trim(0);
	}
	return s;
}

struct app *app_create(const struct app_config *c, struct store *st, struct findings *f)
{
	struct script *s = load(c->dialogs, c->help, f);
	struct app *a;

	if (!s)
		return NULL;
	a = xcalloc(1, sizeof *a);
	a->c = *c;
	a->dialogs = xstrndup(c->dialogs, strlen(c->dialogs));
	a->help = c->help ? xstrndup(c->help, strlen(c->help)) : NULL;
	a->locale = a->blob = a->record = (struct str)STR_INIT;
	a->current.who = a->current.oid = a->current.blob = (struct str)STR_INIT;
	str_add(&a->locale, c->locale);
	a->store = st;
	a->script = s;
	a->arena = arena_create();
	a->session = session_create();
	store_secret(st, a->secret);
	turn_unsend_all(a);
	return a;
}

void app_destroy(struct app *a)
{
	if (!a)
		return;
	turn_rollback(a);
	owed_clear(&a->ready);
	owed_fini(&a->current);
	free(a->choices);
	str_wipe(&a->blob);
	str_wipe(&a->record);
	str_fini(&a->locale);
	free(a->dialogs);
	free(a->help);
	script_destroy(a->script);
	session_destroy(a->session);
	arena_destroy(a->arena);
	sodium_memzero(a->secret, sizeof a->secret);
	free(a);
}

bool app_reload(struct app *a, struct findings *f)
{
	struct script *s = load(a->dialogs, a->help, f);

	if (!s)
		return false;
	script_destroy(a->script);
	a->script = s;
	return true;
}

/* --- a session with what app/ itself remembers about a person --- */

static struct sv unpack_record(struct sv blob, uint64_t *newest)
{
	struct unpack u = { blob, false };

	*newest = 0;
	if (blob.n == 0 || unpack_u(&u) != RECORD)
		return SV("");
	*newest = unpack_u(&u);
	return u.bad ? SV("") : u.rest;
}

/* Of what a person wrote nothing outlives the turn. */
static void wipe(struct app *a)
{
	session_unpack(a->session, SV(""));
	arena_reset(a->arena);
	explicit_bzero(a->blob.p, a->blob.cap);
	explicit_bzero(a->record.p, a->record.cap);
}

static enum store_get load_session(struct app *a, struct sv who, uint64_t *newest,
    struct err *e)
{
	enum store_get got = store_session_get(a->store, who, &a->blob, e);

	*newest = 0;
	if (got == STORE_FOUND &&
	    !session_unpack(a->session, unpack_record(str_sv(&a->blob), newest)))
		log_event(LOG_LEVEL_WARNING, "session", "state=unreadable fix=\"begun anew\"");
	return got;
}

/* A tick that leaves the session due would come again at once, for ever. */
static int64_t due_of(const struct turn *t)
{
	int64_t due = session_due(t->session);

	return t->event.kind == EVENT_TICK && due > 0 && due <= t->event.now
	    ? t->event.now + 1 : due;
}

static bool save_session(struct turn *t, struct err *e)
{
	struct app *a = t->a;

	str_clear(&a->blob);
	pack_u(&a->blob, RECORD);
	pack_u(&a->blob, t->newest);
	session_pack(t->session, &a->blob);
	return store_session_put(a->store, t->who, str_sv(&a->blob), due_of(t), t->event.now,
	    e);
}

const struct script *app_script(const struct app *a)
{
	return a->script;
}

enum store_get app_export(struct app *a, struct sv who, struct str *out, struct err *e)
{
	uint64_t newest;
	enum store_get got = load_session(a, who, &newest, e);

	if (got == STORE_FOUND)
		session_export(a->session, a->script, out);
	wipe(a);
	return got;
}

/* --- effects --- */

static const enum owed_kind kinds[] = {
	[EFFECT_SAY] = OWED_TEXT,
	[EFFECT_EXPORT] = OWED_EXPORT,
	[EFFECT_HIDE] = OWED_HIDE,
};

static bool owe(struct turn *t, const struct effect *x, size_t n, struct err *e)
{
	struct app *a = t->a;
	struct owed_reply reply = { kinds[x->kind], x->flags, x->text, x->choices,
		x->n_choices };
	struct store_reply r = { .who = t->who, .first = x->flags & SAY_LANE,
		.created = t->event.now };
	char oid[OID];

	reply_id(t, n, oid);
	r.oid = sv_from(oid);
	str_clear(&a->record);
	owed_pack(&a->record, &reply);
	r.blob = str_sv(&a->record);
	if (!store_reply_add(a->store, &r, e))
		return false;
	if (r.k)
		owed_add(&a->fresh, &r);
	return true;
}

/* How many effects are done with once the person is erased: what was to be
 * said before is gone too. */
static size_t after_forget(const struct effects *fx)
{
	size_t n = fx->n;

	while (n > 0 && fx->items[n - 1].kind != EFFECT_FORGET)
		n--;
	return n;
}

static bool forget(struct turn *t, struct err *e)
{
	struct app *a = t->a;

	if (!store_forget(a->store, t->who, e))
		return false;
	owed_drop_person(&a->ready, t->who);
	owed_drop_person(&a->fresh, t->who);
	return true;
}

/* Nothing about a person is kept after their last word was to forget them. */
static bool save(struct turn *t, struct err *e)
{
	size_t from = after_forget(&t->effects);

	if (from > 0 ? !forget(t, e) : !save_session(t, e))
		return false;
	for (size_t i = from; i < t->effects.n; i++)
		if (!owe(t, &t->effects.items[i], i, e))
			return false;
	return true;
}

/* --- the turn --- */

static bool begin(struct app *a, struct err *e)
{
	if (!a->open && !store_begin(a->store, e))
		return false;
	a->open = true;
	return true;
}

static void note(const struct turn *t, const struct timespec *since)
{
	struct timespec now;
	char tag[LOG_TAG];

	if (!log_wants(LOG_LEVEL_DEBUG))
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	log_event(LOG_LEVEL_DEBUG, "turn", "who=%s replies=%zu us=%lld",
	    log_who(t->who, t->event.now, tag), t->effects.n,
	    (long long)(now.tv_sec - since->tv_sec) * 1000000 +
	    (now.tv_nsec - since->tv_nsec) / 1000);
}

/* For the operator's yearly figures: what was heard, never from whom. */
static bool count(const struct turn *t, struct err *e)
{
	const struct trace *trace = &t->effects.trace;
	STR_AUTO what = STR_INIT;

	if (!trace->sign.n)
		return true;
	str_addf(&what, "%.*s.%d", SV_ARG(trace->sign), trace->tier);
	return store_count(t->a->store, str_sv(&what), t->event.now, e);
}

static bool step(struct turn *t, struct err *e)
{
	struct app *a = t->a;
	struct timespec since;
	bool ok;

	clock_gettime(CLOCK_MONOTONIC, &since);
	engine_step(a->script, t->session, &a->c.host, &t->event, a->arena, &t->effects);
	if (a->c.on_trace)
		a->c.on_trace(a->c.ctx, &t->effects.trace);
	ok = save(t, e) && count(t, e);
	note(t, &since);
	return ok;
}

/* An edit or a withdrawal counts only for the newest message. */
static bool route(struct turn *t, const struct inbound *in)
{
	bool newest = in->replaces.n == 0 ||
	    hash_number(t->a, 'c', t->who, in->replaces) == t->newest;

	if (in->kind == EVENT_EDIT && !newest)
		t->event.kind = EVENT_TEXT;
	if (in->kind == EVENT_RETRACT)
		return newest;
	if (t->event.kind == EVENT_TEXT)
		t->newest = in->client_id.n ? hash_number(t->a, 'c', t->who, in->client_id) : 0;
	return true;
}

static struct event event_of(const struct app *a, const struct inbound *in)
{
	return (struct event){
		.kind = in->kind,
		.text = in->text,
		.now = in->now,
		.written = in->written,
		.utc_offset = in->utc_offset,
		.salt = salt_of(a, in->who),
		.locale = in->locale.n ? in->locale : str_sv(&a->locale),
	};
}

static bool take(struct app *a, const struct inbound *in, struct sv seed, struct err *e)
{
	struct turn t = {
		.a = a,
		.session = a->session,
		.who = in->who,
		.seed = seed,
		.event = event_of(a, in),
	};
	bool ok = load_session(a, in->who, &t.newest, e) != STORE_FAILED;

	if (ok && route(&t, in))
		ok = step(&t, e);
	wipe(a);
	return ok;
}

/* What a message is known by when the archive has no id for it; "" nothing. */
static struct sv second_id(const struct app *a, const struct inbound *in,
    unsigned char second[HASH])
{
	if (in->client_id.n == 0)
		return SV("");
	hash(a, 'b', in->client_id, in->text, (uint64_t)in->kind, second);
	return (struct sv){ (const char *)second, HASH };
}

static enum store_get note_id(struct app *a, const struct inbound *in, struct err *e)
{
	unsigned char second[HASH];

	return store_inbox_add(a->store, in->who, in->id, second_id(a, in, second), in->now, e);
}

/* A message without any id is its own: it can never be known again. */
static bool take_noted(struct app *a, const struct inbound *in, struct err *e)
{
	unsigned char bytes[HASH];
	struct sv seed = in->id.n ? in->id : second_id(a, in, bytes);

	if (seed.n == 0) {
		randombytes_buf(bytes, HASH);
		seed = (struct sv){ (const char *)bytes, HASH };
	}
	return take(a, in, seed, e);
}

static bool take_new(struct app *a, const struct inbound *in, struct err *e)
{
	switch (note_id(a, in, e)) {
	case STORE_FAILED:
		return false;
	case STORE_FOUND:
		return true;
	case STORE_NEW:
		break;
	}
	return take_noted(a, in, e);
}

bool turn_take(struct app *a, const struct inbound *in, struct err *e)
{
	if (begin(a, e) && take_new(a, in, e))
		return true;
	turn_rollback(a);
	return false;
}

static enum engine_alone alone(struct app *a, const struct inbound *in)
{
	struct event ev = event_of(a, in);
	uint64_t newest;
	enum engine_alone is = ALONE_NOT;

	if (load_session(a, in->who, &newest, NULL) != STORE_FAILED)
		is = engine_alone(a->script, a->session, &ev, a->arena);
	wipe(a);
	return is;
}

bool turn_is_urgent(struct app *a, const struct inbound *in)
{
	return in->text.n > 0 && alone(a, in) == ALONE_LANE;
}

bool turn_knows(struct app *a, struct sv who)
{
	bool known = store_session_get(a->store, who, &a->blob, NULL) == STORE_FOUND;

	str_wipe(&a->blob);
	return known;
}

/* Several messages read as one: the newest, with the words of all. */
struct together {
	struct inbound in;              /* in.who.n == 0: none yet */
	struct inbound small;           /* the same; counts when there is nothing else */
	struct str text;
};

static void join(struct together *t, const struct inbound *in)
{
	int64_t written = t->in.who.n ? t->in.written : in->written;

	if (t->text.n)
		str_addc(&t->text, '\n');
	str_add(&t->text, in->text);
	t->in = *in;
	t->in.kind = EVENT_TEXT;
	t->in.written = written;
}

static bool take_joined(struct app *a, struct together *t, struct err *e)
{
	bool ok = true;

	if (!t->in.who.n && t->small.who.n)
		join(t, &t->small);
	if (t->in.who.n) {
		t->in.text = str_sv(&t->text);
		ok = take_noted(a, &t->in, e);
	}
	str_wipe(&t->text);
	t->in = t->small = (struct inbound){ .who = SV("") };
	return ok;
}

static bool take_one_of(struct app *a, struct together *t, const struct inbound *in,
    struct err *e)
{
	enum store_get got = note_id(a, in, e);
	enum engine_alone is;

	if (got != STORE_NEW || in->text.n == 0)
		return got != STORE_FAILED;
	is = alone(a, in);
	if (in->withdrawn && is != ALONE_LANE)
		return true;
	switch (is) {
	case ALONE_LANE:
	case ALONE_NOT:
		join(t, in);
		return true;
	case ALONE_SMALL:
		t->small = *in;
		return true;
	case ALONE_CONTROL:
		return take_joined(a, t, e) && take_noted(a, in, e);
	}
	return false;
}

bool turn_take_together(struct app *a, const struct inbound *in, size_t n, struct err *e)
{
	struct together t = { .text = STR_INIT };
	bool ok = begin(a, e);

	for (size_t i = 0; ok && i < n; i++)
		ok = take_one_of(a, &t, &in[i], e);
	ok = ok && take_joined(a, &t, e);
	str_wipe(&t.text);
	if (!ok)
		turn_rollback(a);
	return ok;
}

static bool tick_one(struct app *a, struct sv who, int64_t due, int64_t now, struct err *e)
{
	struct inbound in = { .kind = EVENT_TICK, .who = who, .client_id = SV(""),
		.now = now, .utc_offset = INT_MIN };
	STR_AUTO seed = STR_INIT;

	str_addf(&seed, "tick %lld", (long long)due);
	return take(a, &in, str_sv(&seed), e);
}

static bool tick_all(struct app *a, int64_t now, struct err *e)
{
	STR_AUTO who = STR_INIT;
	enum store_get got = STORE_FOUND;
	int64_t due;

	for (int i = 0; i < TICKS && got == STORE_FOUND; i++) {
		got = store_due_next(a->store, now, &who, &due, e);
		if (got == STORE_FOUND && (!begin(a, e) || !tick_one(a, str_sv(&who), due, now, e)))
			return false;
	}
	return got != STORE_FAILED;
}

bool turn_tick(struct app *a, int64_t now, struct err *e)
{
	if (tick_all(a, now, e))
		return true;
	turn_rollback(a);
	return false;
}

int64_t turn_next_due(struct app *a)
{
	return store_due_min(a->store);
}

bool turn_set_cursor(struct app *a, struct sv archive_id, int64_t time, struct err *e)
{
	if (begin(a, e) && store_cursor_put(a->store, archive_id, time, e))
		return true;
	turn_rollback(a);
	return false;
}

bool turn_commit(struct app *a, struct err *e)
{
	if (!a->open)
		return true;
	if (!store_commit(a->store, e)) {
		turn_rollback(a);
		return false;
	}
	a->open = false;
	owed_append(&a->ready, &a->fresh);
	return true;
}

void turn_rollback(struct app *a)
{
	if (a->open)
		store_rollback(a->store);
	a->open = false;
	owed_clear(&a->fresh);
}

bool turn_sweep(struct app *a, int64_t now, int days, struct err *e)
{
	return turn_commit(a, e) &&
	    store_sweep(a->store, now - (int64_t)days * DAY, now - ID_DAYS * DAY, e);
}

/* --- what is owed --- */

bool turn_next(struct app *a, struct outbound *out)
{
	struct owed_reply r;

	do {
		owed_fini(&a->current);
		if (!owed_take(&a->ready, &a->current))
			return false;
	} while (!owed_unpack(str_sv(&a->current.blob), &r, &a->choices, &a->cap_choices));
	*out = (struct outbound){
		.k = a->current.k,
		.who = str_sv(&a->current.who),
		.oid = str_sv(&a->current.oid),
		.text = r.text,
		.flags = r.flags,
		.export_file = r.kind == OWED_EXPORT,
		.hide = r.kind == OWED_HIDE,
		.choices = r.choices,
		.n_choices = r.n_choices,
		.created = a->current.created,
	};
	return true;
}

bool turn_confirm(struct app *a, struct sv oid, struct err *e)
{
	if (!begin(a, e) || !store_reply_confirm(a->store, oid, e)) {
		turn_rollback(a);
		return false;
	}
	owed_drop_oid(&a->ready, oid);
	return true;
}

static bool make_ready(void *ctx, const struct store_reply *r)
{
	owed_add(&((struct app *)ctx)->ready, r);
	return true;
}

void turn_unsend_all(struct app *a)
{
	turn_rollback(a);
	owed_clear(&a->ready);
	store_reply_each(a->store, make_ready, a, NULL);
}
