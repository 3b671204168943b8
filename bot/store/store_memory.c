/* store/store_memory.c - nothing outlives the program.
 *
 * Trees of the C library hold ids and sessions, an array the owed replies.
 * Inside a transaction every change first notes what was there; rollback plays
 * the notes backwards. */
#include <search.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "store/store_ops.h"

struct id {
	unsigned char key[STORE_KEY];
	int64_t noted;
};

struct session {
	struct str who, state;
	int64_t due, changed;
};

struct owed {
	struct str who, oid, blob;
	int64_t k, created;
	bool first;
};

enum note_kind {
	NOTE_ID_ADDED,
	NOTE_ID_RENEWED,
	NOTE_SESSION_ADDED,
	NOTE_SESSION_CHANGED,
	NOTE_SESSION_GONE,
	NOTE_REPLY_ADDED,
	NOTE_REPLY_GONE,
	NOTE_CURSOR,
	NOTE_COUNTED,
};

struct note {
	enum note_kind kind;
	struct id id;
	struct session session;         /* as it was; of an added one only who */
	struct owed reply;
	struct str cursor;
	int64_t cursor_time;
	size_t tally;                   /* which was counted up */
};

struct tally { int64_t day, n; struct str what; };

struct memory {
	struct store base;
	void *ids, *sessions;           /* trees */
	struct owed *owed;              /* by k */
	size_t n_owed, cap_owed;
	int64_t last_k;
	struct str cursor;
	int64_t cursor_time;
	bool has_cursor;
	struct tally *tallies;          /* as they came */
	size_t n_tallies, cap_tallies;

	bool open;                      /* inside a transaction */
	struct note *notes;
	size_t n_notes, cap_notes;
};

static int id_order(const void *a, const void *b)
{
	const struct id *x = a, *y = b;

	return memcmp(x->key, y->key, STORE_KEY);
}

static int session_order(const void *a, const void *b)
{
	const struct session *x = a, *y = b;

	return sv_cmp(str_sv(&x->who), str_sv(&y->who));
}

static struct str copy(struct sv s)
{
	struct str c = STR_INIT;

	str_add(&c, s);
	return c;
}

static void session_free(void *p)
{
	struct session *s = p;

	str_wipe(&s->who);
	str_wipe(&s->state);
	free(s);
}

static void owed_fini(struct owed *o)
{
	str_wipe(&o->who);
	str_wipe(&o->oid);
	str_wipe(&o->blob);
}

/* Removes the element from its tree; it is the caller's then. */
static void *tree_take(void **tree, void *element, int (*order)(const void *, const void *))
{
	void *node = tfind(element, tree, order);
	void *found;

	if (!node)
		return NULL;
	found = *(void **)node;
	tdelete(element, tree, order);
	return found;
}

static void tree_put(void **tree, void *element, int (*order)(const void *, const void *))
{
	if (!tsearch(element, tree, order))
		abort();
}

static struct session *session_find(struct memory *m, struct sv who)
{
	struct session key = { .who = { (char *)who.p, who.n, 0 } };
	void *node = tfind(&key, &m->sessions, session_order);

	return node ? *(struct session **)node : NULL;
}

/* Notes */

static struct note *note_add(struct memory *m, enum note_kind kind)
{
	static const struct note empty = {
		.session = { .who = STR_INIT, .state = STR_INIT },
		.reply = { .who = STR_INIT, .oid = STR_INIT, .blob = STR_INIT },
		.cursor = STR_INIT,
	};
	struct note *n;

	GROW(m->notes, m->n_notes, m->cap_notes);
	n = &m->notes[m->n_notes++];
	*n = empty;
	n->kind = kind;
	return n;
}

static void notes_drop(struct memory *m)
{
	for (size_t i = 0; i < m->n_notes; i++) {
		struct note *n = &m->notes[i];

		str_wipe(&n->session.who);
		str_wipe(&n->session.state);
		owed_fini(&n->reply);
		str_wipe(&n->cursor);
	}
	m->n_notes = 0;
}

/* After each change: outside a transaction nothing can be taken back. */
static bool saved(struct memory *m)
{
	if (!m->open)
		notes_drop(m);
	return true;
}

static void owed_insert(struct memory *m, struct owed o)
{
	size_t at;

	GROW(m->owed, m->n_owed, m->cap_owed);
	for (at = m->n_owed++; at > 0 && m->owed[at - 1].k > o.k; at--)
		m->owed[at] = m->owed[at - 1];
	m->owed[at] = o;
}

static struct owed owed_take(struct memory *m, size_t i)
{
	struct owed o = m->owed[i];

	memmove(&m->owed[i], &m->owed[i + 1], (m->n_owed - i - 1) * sizeof *m->owed);
	m->n_owed--;
	return o;
}

static size_t owed_find(const struct memory *m, struct sv oid)
{
	size_t i = 0;

	while (i < m->n_owed && !sv_eq(str_sv(&m->owed[i].oid), oid))
		i++;
	return i;
}

static void session_restore(struct memory *m, struct note *n)
{
	struct session *s = tree_take(&m->sessions, &n->session, session_order);

	if (s)
		session_free(s);
	if (n->kind == NOTE_SESSION_ADDED)
		return;
	s = xmalloc(sizeof *s);
	*s = n->session;
	n->session.who = n->session.state = (struct str)STR_INIT;
	tree_put(&m->sessions, s, session_order);
}

static void note_undo(struct memory *m, struct note *n)
{
	struct owed o;
	struct id **id;

	switch (n->kind) {
	case NOTE_ID_ADDED:
		free(tree_take(&m->ids, &n->id, id_order));
		break;
	case NOTE_ID_RENEWED:
		id = tfind(&n->id, &m->ids, id_order);
		if (id)
			(*id)->noted = n->id.noted;
		break;
	case NOTE_SESSION_ADDED:
	case NOTE_SESSION_CHANGED:
	case NOTE_SESSION_GONE:
		session_restore(m, n);
		break;
	case NOTE_REPLY_ADDED:
		o = owed_take(m, owed_find(m, str_sv(&n->reply.oid)));
		owed_fini(&o);
		break;
	case NOTE_REPLY_GONE:
		owed_insert(m, n->reply);
		n->reply = (struct owed){ .who = STR_INIT, .oid = STR_INIT, .blob = STR_INIT };
		break;
	case NOTE_CURSOR:
		str_fini(&m->cursor);
		m->cursor = n->cursor;
		m->cursor_time = n->cursor_time;
		m->has_cursor = n->cursor.n > 0;
		n->cursor = (struct str)STR_INIT;
		break;
	case NOTE_COUNTED:
		m->tallies[n->tally].n--;
		break;
	}
}

static bool memory_begin(struct store *st, struct err *e)
{
	struct memory *m = (struct memory *)st;

	if (m->open)
		return err_set(e, ERR_STORE, 0, "a transaction is open already");
	m->open = true;
	return true;
}

static bool memory_commit(struct store *st, struct err *e)
{
	struct memory *m = (struct memory *)st;

	if (!m->open)
		return err_set(e, ERR_STORE, 0, "no transaction is open");
	m->open = false;
	return saved(m);
}

static void memory_rollback(struct store *st)
{
	struct memory *m = (struct memory *)st;

	for (size_t i = m->n_notes; i-- > 0; )
		note_undo(m, &m->notes[i]);
	m->open = false;
	notes_drop(m);
}

/* What is kept */

static enum store_get memory_id_add(struct store *st, const unsigned char key[STORE_KEY],
    int64_t since, int64_t now, struct err *e)
{
	struct memory *m = (struct memory *)st;
	struct id *id = xcalloc(1, sizeof *id);
	struct id **known;

	(void)e;
	memcpy(id->key, key, STORE_KEY);
	id->noted = now;
	known = tsearch(id, &m->ids, id_order);
	if (!known)
		abort();
	if (*known == id) {
		note_add(m, NOTE_ID_ADDED)->id = *id;
		saved(m);
		return STORE_NEW;
	}
	free(id);
	if ((*known)->noted >= since)
		return STORE_FOUND;
	note_add(m, NOTE_ID_RENEWED)->id = **known;
	(*known)->noted = now;
	saved(m);
	return STORE_NEW;
}

static enum store_get memory_session_get(struct store *st, struct sv who, struct str *blob,
    struct err *e)
{
	struct session *s = session_find((struct memory *)st, who);

	(void)e;
	if (!s)
		return STORE_NEW;
	str_add(blob, str_sv(&s->state));
	return STORE_FOUND;
}

static bool memory_session_put(struct store *st, struct sv who, struct sv blob, int64_t due,
    int64_t now, struct err *e)
{
	struct memory *m = (struct memory *)st;
	struct session *s = session_find(m, who);
	struct note *n = note_add(m, s ? NOTE_SESSION_CHANGED : NOTE_SESSION_ADDED);

	(void)e;
	n->session.who = copy(who);
	if (s) {
		n->session.state = s->state;
		n->session.due = s->due;
		n->session.changed = s->changed;
	} else {
		s = xcalloc(1, sizeof *s);
		s->who = copy(who);
		tree_put(&m->sessions, s, session_order);
	}
	s->state = copy(blob);
	s->due = due;
	s->changed = now - now % STORE_HOUR;
	return saved(m);
}

static bool memory_reply_add(struct store *st, struct store_reply *r, struct err *e)
{
	struct memory *m = (struct memory *)st;
	struct owed o;

	(void)e;
	r->k = 0;
	if (owed_find(m, r->oid) < m->n_owed)
		return true;
	r->k = ++m->last_k;
	o = (struct owed){ copy(r->who), copy(r->oid), copy(r->blob), r->k, r->created,
		r->first };
	owed_insert(m, o);
	note_add(m, NOTE_REPLY_ADDED)->reply.oid = copy(r->oid);
	return saved(m);
}

static bool memory_reply_each(struct store *st,
    bool (*fn)(void *ctx, const struct store_reply *r), void *ctx, struct err *e)
{
	struct memory *m = (struct memory *)st;
	bool more = true;

	(void)e;
	for (size_t i = 0; i < m->n_owed && more; i++) {
		const struct owed *o = &m->owed[i];
		struct store_reply r = { o->k, str_sv(&o->who), str_sv(&o->oid),
			str_sv(&o->blob), o->first, o->created };

		more = fn(ctx, &r);
	}
	return true;
}

static void reply_drop(struct memory *m, size_t i)
{
	note_add(m, NOTE_REPLY_GONE)->reply = owed_take(m, i);
}

static bool memory_reply_confirm(struct store *st, struct sv oid, struct err *e)
{
	struct memory *m = (struct memory *)st;
	size_t i = owed_find(m, oid);

	(void)e;
	if (i < m->n_owed)
		reply_drop(m, i);
	return saved(m);
}

static size_t memory_reply_owed(struct store *st)
{
	return ((struct memory *)st)->n_owed;
}

static bool is_owed(const struct memory *m, struct sv who)
{
	for (size_t i = 0; i < m->n_owed; i++)
		if (sv_eq(str_sv(&m->owed[i].who), who))
			return true;
	return false;
}

struct earliest {
	const struct memory *m;
	const struct session *best;
};

static void earliest_visit(const void *node, VISIT which, void *ctx)
{
	const struct session *s = *(const struct session *const *)node;
	struct earliest *w = ctx;

	if ((which == postorder || which == leaf) && s->due > 0 &&
	    (!w->best || s->due < w->best->due) && !is_owed(w->m, str_sv(&s->who)))
		w->best = s;
}

static const struct session *earliest(const struct memory *m)
{
	struct earliest w = { m, NULL };

	twalk_r(m->sessions, earliest_visit, &w);
	return w.best;
}

static enum store_get memory_due_next(struct store *st, int64_t now, struct str *who,
    int64_t *due, struct err *e)
{
	const struct session *s = earliest((struct memory *)st);

	(void)e;
	if (!s || s->due > now)
		return STORE_NEW;
	str_add(who, str_sv(&s->who));
	*due = s->due;
	return STORE_FOUND;
}

static int64_t memory_due_min(struct store *st)
{
	const struct session *s = earliest((struct memory *)st);

	return s ? s->due : 0;
}

static bool memory_cursor_put(struct store *st, struct sv id, int64_t time, struct err *e)
{
	struct memory *m = (struct memory *)st;
	struct note *n = note_add(m, NOTE_CURSOR);

	(void)e;
	n->cursor = m->cursor;
	n->cursor_time = m->cursor_time;
	m->cursor = copy(id);
	m->cursor_time = time;
	m->has_cursor = true;
	return saved(m);
}

static enum store_get memory_cursor_get(struct store *st, struct str *id, int64_t *time,
    struct err *e)
{
	struct memory *m = (struct memory *)st;

	(void)e;
	if (!m->has_cursor)
		return STORE_NEW;
	str_add(id, str_sv(&m->cursor));
	*time = m->cursor_time;
	return STORE_FOUND;
}

static void session_drop(struct memory *m, struct sv who)
{
	struct session *s = session_find(m, who);

	if (s) {
		tree_take(&m->sessions, s, session_order);
		note_add(m, NOTE_SESSION_GONE)->session = *s;
		free(s);
	}
}

static size_t tally_find(struct memory *m, int64_t day, struct sv what)
{
	size_t i = 0;

	while (i < m->n_tallies &&
	    (m->tallies[i].day != day || !sv_eq(str_sv(&m->tallies[i].what), what)))
		i++;
	return i;
}

static bool memory_count(struct store *st, struct sv what, int64_t day, struct err *e)
{
	struct memory *m = (struct memory *)st;
	size_t i = tally_find(m, day, what);

	(void)e;
	if (i == m->n_tallies) {
		GROW(m->tallies, m->n_tallies, m->cap_tallies);
		m->tallies[m->n_tallies++] = (struct tally){ day, 0, copy(what) };
	}
	m->tallies[i].n++;
	note_add(m, NOTE_COUNTED)->tally = i;
	return saved(m);
}

static int tally_order(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return sv_cmp(str_sv(&x->what), str_sv(&y->what));
}

/* Counted back to nothing by a rollback, it was never there. */
static bool memory_counts(struct store *st,
    bool (*fn)(void *ctx, int64_t day, struct sv what, int64_t n), void *ctx, struct err *e)
{
	struct memory *m = (struct memory *)st;
	struct tally *all = xreallocarray(NULL, m->n_tallies + 1, sizeof *all);

	(void)e;
	if (m->n_tallies)
		memcpy(all, m->tallies, m->n_tallies * sizeof *all);
	qsort(all, m->n_tallies, sizeof *all, tally_order);
	for (size_t i = 0; i < m->n_tallies; i++)
		if (all[i].n && !fn(ctx, all[i].day, str_sv(&all[i].what), all[i].n))
			break;
	free(all);
	return true;
}

static bool memory_forget(struct store *st, struct sv who, struct err *e)
{
	struct memory *m = (struct memory *)st;

	(void)e;
	for (size_t i = m->n_owed; i-- > 0; )
		if (sv_eq(str_sv(&m->owed[i].who), who))
			reply_drop(m, i);
	session_drop(m, who);
	return saved(m);
}

/* A list of tree elements, to change the tree while going through them. */
struct gathered {
	void **items;
	size_t n, cap;
};

static void gather_visit(const void *node, VISIT which, void *ctx)
{
	struct gathered *g = ctx;

	if (which == postorder || which == leaf) {
		GROW(g->items, g->n, g->cap);
		g->items[g->n++] = *(void *const *)node;
	}
}

static struct gathered gather(const void *tree)
{
	struct gathered g = { 0 };

	twalk_r(tree, gather_visit, &g);
	return g;
}

static bool memory_each(struct store *st, bool (*fn)(void *ctx, struct sv who, int64_t changed),
    void *ctx, struct err *e)
{
	struct memory *m = (struct memory *)st;
	struct gathered g = gather(m->sessions);

	(void)e;
	for (size_t i = 0; i < g.n; i++) {
		const struct session *s = g.items[i];

		if (!fn(ctx, str_sv(&s->who), s->changed))
			break;
	}
	free(g.items);
	return true;
}

/* Ids that time has passed over are not noted: to bring them back would be of
 * no use. */
static bool memory_sweep(struct store *st, int64_t sessions_before, int64_t ids_before,
    struct err *e)
{
	struct memory *m = (struct memory *)st;
	struct gathered g = gather(m->sessions);

	for (size_t i = 0; i < g.n; i++) {
		const struct session *s = g.items[i];

		if (s->changed < sessions_before) {
			STR_AUTO who = copy(str_sv(&s->who));

			memory_forget(st, str_sv(&who), e);
		}
	}
	free(g.items);
	g = gather(m->ids);
	for (size_t i = 0; i < g.n; i++) {
		struct id *id = g.items[i];

		if (id->noted < ids_before)
			free(tree_take(&m->ids, id, id_order));
	}
	free(g.items);
	return saved(m);
}

static bool memory_check(struct store *st, struct err *e)
{
	(void)st, (void)e;
	return true;
}

static bool memory_backup(struct store *st, const char *path, struct err *e)
{
	(void)st;
	return err_set(e, ERR_STORE, 0, "%s: nothing is kept, so there is nothing to copy", path);
}

static void memory_close(struct store *st)
{
	struct memory *m = (struct memory *)st;

	notes_drop(m);
	free(m->notes);
	for (size_t i = 0; i < m->n_owed; i++)
		owed_fini(&m->owed[i]);
	free(m->owed);
	for (size_t i = 0; i < m->n_tallies; i++)
		str_fini(&m->tallies[i].what);
	free(m->tallies);
	str_wipe(&m->cursor);
	tdestroy(m->ids, free);
	tdestroy(m->sessions, session_free);
	sodium_memzero(m->base.secret, sizeof m->base.secret);
	free(m);
}

static const struct store_ops memory_ops = {
	.close = memory_close,
	.begin = memory_begin,
	.commit = memory_commit,
	.rollback = memory_rollback,
	.id_add = memory_id_add,
	.session_get = memory_session_get,
	.session_put = memory_session_put,
	.reply_add = memory_reply_add,
	.reply_each = memory_reply_each,
	.reply_confirm = memory_reply_confirm,
	.reply_owed = memory_reply_owed,
	.due_next = memory_due_next,
	.due_min = memory_due_min,
	.cursor_put = memory_cursor_put,
	.cursor_get = memory_cursor_get,
	.count = memory_count,
	.counts = memory_counts,
	.forget = memory_forget,
	.each = memory_each,
	.sweep = memory_sweep,
	.check = memory_check,
	.backup = memory_backup,
};

struct store *store_open_memory(void)
{
	struct memory *m = xcalloc(1, sizeof *m);

	store_init();
	m->base.ops = &memory_ops;
	m->cursor = (struct str)STR_INIT;
	randombytes_buf(m->base.secret, sizeof m->base.secret);
	return &m->base;
}
