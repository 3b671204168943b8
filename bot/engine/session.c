#include "engine/session.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/pack.h"
#include "base/xalloc.h"
#include "engine/model.h"

enum { BLOB_VERSION = 3 };

/* Growth inside an arena: the old array is left behind until the turn ends. */
static void *grown(struct arena *a, void *items, size_t n, size_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return items;
	*cap = *cap ? 2 * *cap : 4;
	more = arena_alloc(a, *cap * size);
	if (n)
		memcpy(more, items, n * size);
	return more;
}

#define ADD(ss, items, n, cap) \
	((items) = grown((ss)->arena, (items), (n), &(cap), sizeof *(items)), &(items)[(n)++])

struct session *session_create(void)
{
	struct session *ss = xcalloc(1, sizeof *ss);

	ss->arena = arena_create();
	ss->utc_offset = INT_MIN;
	ss->next_id = 1;
	return ss;
}

void session_destroy(struct session *ss)
{
	if (!ss)
		return;
	arena_destroy(ss->arena);
	explicit_bzero(ss, sizeof *ss);
	free(ss);
}

/* ---- lists -------------------------------------------------------------- */

struct held *held_find(const struct held_list *l, struct sv name)
{
	for (size_t i = 0; i < l->n; i++)
		if (sv_eq(l->items[i].name, name))
			return &l->items[i];
	return NULL;
}

struct held *held_set(struct session *ss, struct held_list *l, struct sv name, struct sv text,
    int64_t at)
{
	struct held *h = held_find(l, name);

	if (!h) {
		h = ADD(ss, l->items, l->n, l->cap);
		h->name = arena_sv(ss->arena, name);
	}
	h->text = arena_sv(ss->arena, text);
	h->grid = SV("");
	h->row = 0;
	h->at = at;
	return h;
}

void held_drop(struct held_list *l, struct sv name)
{
	struct held *h = held_find(l, name);

	if (h)
		*h = l->items[--l->n];
}

void held_copy(struct session *ss, struct held_list *to, const struct held_list *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct held *h = held_set(ss, to, from->items[i].name, from->items[i].text,
		    from->items[i].at);

		h->grid = from->items[i].grid;
		h->row = from->items[i].row;
	}
}

int count_get(const struct count_list *l, struct sv name)
{
	for (size_t i = 0; i < l->n; i++)
		if (sv_eq(l->items[i].name, name))
			return l->items[i].n;
	return 0;
}

int count_add(struct session *ss, struct count_list *l, struct sv name)
{
	struct count *c;

	for (size_t i = 0; i < l->n; i++)
		if (sv_eq(l->items[i].name, name))
			return ++l->items[i].n;
	c = ADD(ss, l->items, l->n, l->cap);
	c->name = arena_sv(ss->arena, name);
	return c->n = 1;
}

/* ---- people and things ---------------------------------------------------- */

struct person *person_by_id(const struct session *ss, int id)
{
	for (size_t i = 0; i < ss->n_persons; i++)
		if (ss->persons[i].id == id)
			return &ss->persons[i];
	return NULL;
}

struct person *person_of(const struct session *ss, struct sv slot_text)
{
	int64_t id;

	if (slot_text.n < 2 || slot_text.p[0] != 'p'
	    || !sv_int(sv_sub(slot_text, 1, slot_text.n), &id))
		return NULL;
	return person_by_id(ss, (int)id);
}

struct person *person_create(struct session *ss, struct sv relation, struct sv name,
    struct sv pronoun)
{
	struct person *p;

	if (ss->n_persons >= MAX_PERSONS) {     /* the oldest without a lock makes room */
		size_t i = 0;

		while (i + 1 < ss->n_persons && ss->persons[i].lock.n)
			i++;
		memmove(&ss->persons[i], &ss->persons[i + 1],
		    (ss->n_persons - i - 1) * sizeof *ss->persons);
		ss->n_persons--;
	}
	p = ADD(ss, ss->persons, ss->n_persons, ss->cap_persons);
	*p = (struct person){ .id = ss->next_id++ };
	p->relation = arena_sv(ss->arena, relation);
	p->name = arena_sv(ss->arena, name);
	p->pronoun = arena_sv(ss->arena, pronoun);
	return p;
}

struct saved *saved_by_id(const struct session *ss, int id)
{
	for (size_t i = 0; i < ss->n_saved; i++)
		if (ss->saved[i].id == id)
			return &ss->saved[i];
	return NULL;
}

void timer_remove(struct session *ss, size_t i)
{
	ss->n_timers--;
	memmove(&ss->timers[i], &ss->timers[i + 1], (ss->n_timers - i) * sizeof *ss->timers);
}

void talk_clear(struct talk *t)
{
	*t = (struct talk){ 0 };
}

/* ---- the blob ------------------------------------------------------------- */

static void pack_held(struct str *o, const struct held_list *l)
{
	pack_u(o, l->n);
	for (size_t i = 0; i < l->n; i++) {
		pack_s(o, l->items[i].name);
		pack_s(o, l->items[i].text);
		pack_s(o, l->items[i].grid);
		pack_i(o, l->items[i].row);
		pack_i(o, l->items[i].at);
	}
}

static void unpack_held(struct session *ss, struct unpack *u, struct held_list *l)
{
	uint64_t n = unpack_u(u);

	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct held *h = ADD(ss, l->items, l->n, l->cap);

		h->name = unpack_s(u);
		h->text = unpack_s(u);
		h->grid = unpack_s(u);
		h->row = (int)unpack_i(u);
		h->at = unpack_i(u);
	}
}

static void pack_counts(struct str *o, const struct count_list *l)
{
	pack_u(o, l->n);
	for (size_t i = 0; i < l->n; i++) {
		pack_s(o, l->items[i].name);
		pack_i(o, l->items[i].n);
	}
}

static void unpack_counts(struct session *ss, struct unpack *u, struct count_list *l)
{
	uint64_t n = unpack_u(u);

	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct count *c = ADD(ss, l->items, l->n, l->cap);

		c->name = unpack_s(u);
		c->n = (int)unpack_i(u);
	}
}

static void pack_talk(struct str *o, const struct talk *t)
{
	pack_u(o, (uint64_t)t->n);
	for (int i = 0; i < t->n; i++) {
		const struct frame *f = &t->frames[i];

		pack_s(o, f->dialog);
		pack_s(o, f->version);
		pack_s(o, f->step);
		pack_u(o, f->fingerprint);
		pack_held(o, &f->slots);
		pack_counts(o, &f->visits);
		pack_i(o, f->rung);
		pack_i(o, f->started);
	}
	if (!t->n)
		return;
	pack_u(o, (uint64_t)t->n_back);
	for (int i = 0; i < t->n_back; i++) {
		const struct undo *b = &t->back[i];
		struct held_list one = { (struct held *)&b->old, 1, 1 };

		pack_i(o, b->depth);
		pack_s(o, b->step);
		pack_s(o, b->slot);
		pack_held(o, &one);
		pack_u(o, b->blocked);
	}
	pack_u(o, t->waiting);
	pack_i(o, t->asked_at);
	pack_u(o, t->hushed);
}

static void unpack_talk(struct session *ss, struct unpack *u, struct talk *t)
{
	uint64_t n = unpack_u(u);

	talk_clear(t);
	if (n > MAX_FRAMES) {
		u->bad = true;
		return;
	}
	for (t->n = 0; t->n < (int)n && !u->bad; t->n++) {
		struct frame *f = &t->frames[t->n];

		f->dialog = unpack_s(u);
		f->version = unpack_s(u);
		f->step = unpack_s(u);
		f->fingerprint = unpack_u(u);
		unpack_held(ss, u, &f->slots);
		unpack_counts(ss, u, &f->visits);
		f->rung = (int)unpack_i(u);
		f->started = unpack_i(u);
	}
	if (!t->n)
		return;
	n = unpack_u(u);
	if (n > MAX_BACK)
		u->bad = true;
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct undo *b = &t->back[t->n_back++];
		struct held_list one = { 0 };

		b->depth = (int)unpack_i(u);
		b->step = unpack_s(u);
		b->slot = unpack_s(u);
		unpack_held(ss, u, &one);
		if (one.n)
			b->old = one.items[0];
		b->blocked = unpack_u(u) != 0;
	}
	t->waiting = unpack_u(u) != 0;
	t->asked_at = unpack_i(u);
	t->hushed = unpack_u(u) != 0;
}

static void pack_lane(struct str *o, const struct lane_now *l)
{
	pack_s(o, l->state);
	pack_s(o, l->class);
	pack_i(o, l->tier);
	pack_i(o, l->person);
	pack_i(o, l->since);
	pack_i(o, l->until);
	pack_i(o, l->said);
	pack_i(o, l->shown);
	pack_u(o, (uint64_t)l->n_weak);
	for (int i = 0; i < l->n_weak; i++) {
		pack_i(o, l->weak[i].at);
		pack_i(o, l->weak[i].message);
		pack_i(o, l->weak[i].n);
		pack_i(o, l->weak[i].set);
	}
	pack_i(o, l->weak_asked);
	pack_held(o, &l->memory);
	pack_u(o, l->discreet);
	pack_i(o, l->follow);
}

static void unpack_lane(struct session *ss, struct unpack *u, struct lane_now *l)
{
	uint64_t n;

	l->state = unpack_s(u);
	l->class = unpack_s(u);
	l->tier = (int)unpack_i(u);
	l->person = (int)unpack_i(u);
	l->since = unpack_i(u);
	l->until = unpack_i(u);
	l->said = (int)unpack_i(u);
	l->shown = (int)unpack_i(u);
	n = unpack_u(u);
	if (n > MAX_WEAK)
		u->bad = true;
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct weak *w = &l->weak[l->n_weak++];

		w->at = unpack_i(u);
		w->message = (int)unpack_i(u);
		w->n = (int)unpack_i(u);
		w->set = (int)unpack_i(u);
	}
	l->weak_asked = unpack_i(u);
	unpack_held(ss, u, &l->memory);
	l->discreet = unpack_u(u) != 0;
	l->follow = unpack_i(u);
}

static void pack_people(struct str *o, const struct session *ss)
{
	pack_u(o, ss->n_persons);
	for (size_t i = 0; i < ss->n_persons; i++) {
		const struct person *p = &ss->persons[i];

		pack_i(o, p->id);
		pack_s(o, p->relation);
		pack_s(o, p->name);
		pack_s(o, p->pronoun);
		pack_s(o, p->lock);
		pack_held(o, &p->more);
	}
	pack_u(o, ss->n_saved);
	for (size_t i = 0; i < ss->n_saved; i++) {
		const struct saved *sv = &ss->saved[i];

		pack_i(o, sv->id);
		pack_s(o, sv->kind);
		pack_held(o, &sv->fields);
		pack_i(o, sv->at);
		pack_i(o, sv->until);
	}
	pack_u(o, ss->n_timers);
	for (size_t i = 0; i < ss->n_timers; i++) {
		const struct timer *t = &ss->timers[i];

		pack_s(o, t->dialog);
		pack_s(o, t->step);
		pack_s(o, t->late_step);
		pack_i(o, t->due);
		pack_i(o, t->late);
		pack_held(o, &t->values);
		pack_u(o, t->quiet);
		pack_s(o, t->again);
		pack_i(o, t->seen);
		pack_i(o, t->ignored);
	}
}

static void unpack_people(struct session *ss, struct unpack *u)
{
	uint64_t n = unpack_u(u);

	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct person *p = ADD(ss, ss->persons, ss->n_persons, ss->cap_persons);

		p->id = (int)unpack_i(u);
		p->relation = unpack_s(u);
		p->name = unpack_s(u);
		p->pronoun = unpack_s(u);
		p->lock = unpack_s(u);
		unpack_held(ss, u, &p->more);
	}
	n = unpack_u(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct saved *sv = ADD(ss, ss->saved, ss->n_saved, ss->cap_saved);

		sv->id = (int)unpack_i(u);
		sv->kind = unpack_s(u);
		unpack_held(ss, u, &sv->fields);
		sv->at = unpack_i(u);
		sv->until = unpack_i(u);
	}
	n = unpack_u(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct timer *t = ADD(ss, ss->timers, ss->n_timers, ss->cap_timers);

		t->dialog = unpack_s(u);
		t->step = unpack_s(u);
		t->late_step = unpack_s(u);
		t->due = unpack_i(u);
		t->late = unpack_i(u);
		unpack_held(ss, u, &t->values);
		t->quiet = unpack_u(u) != 0;
		t->again = unpack_s(u);
		t->seen = (int)unpack_i(u);
		t->ignored = (int)unpack_i(u);
	}
}

void session_pack(const struct session *ss, struct str *o)
{
	str_addc(o, BLOB_VERSION);
	pack_u(o, ss->greeted);
	pack_i(o, ss->first_seen);
	pack_i(o, ss->last_seen);
	pack_i(o, ss->active_since);
	pack_i(o, ss->messages);
	pack_s(o, ss->locale);
	pack_i(o, ss->utc_offset);
	pack_held(o, &ss->user);
	pack_people(o, ss);
	pack_counts(o, &ss->variants);
	pack_talk(o, &ss->talk);
	pack_u(o, (uint64_t)ss->n_parked);
	for (int i = 0; i < ss->n_parked; i++)
		pack_talk(o, &ss->parked[i]);
	pack_talk(o, &ss->lane_talk);
	pack_lane(o, &ss->lane);
	pack_s(o, ss->asking);
	pack_s(o, ss->asking_about);
	pack_i(o, ss->cue_started);
	pack_i(o, ss->cue_due);
	pack_i(o, ss->cue_next);
	pack_s(o, ss->last_intent);
	pack_i(o, ss->lost);
	pack_i(o, ss->next_id);
	pack_i(o, ss->due);
}

static void unpack_all(struct session *ss, struct unpack *u)
{
	uint64_t n;

	ss->greeted = unpack_u(u) != 0;
	ss->first_seen = unpack_i(u);
	ss->last_seen = unpack_i(u);
	ss->active_since = unpack_i(u);
	ss->messages = (int)unpack_i(u);
	ss->locale = unpack_s(u);
	ss->utc_offset = (int)unpack_i(u);
	unpack_held(ss, u, &ss->user);
	unpack_people(ss, u);
	unpack_counts(ss, u, &ss->variants);
	unpack_talk(ss, u, &ss->talk);
	n = unpack_u(u);
	if (n > MAX_PARKED)
		u->bad = true;
	for (uint64_t i = 0; i < n && !u->bad; i++)
		unpack_talk(ss, u, &ss->parked[ss->n_parked++]);
	unpack_talk(ss, u, &ss->lane_talk);
	unpack_lane(ss, u, &ss->lane);
	ss->asking = unpack_s(u);
	ss->asking_about = unpack_s(u);
	ss->cue_started = unpack_i(u);
	ss->cue_due = unpack_i(u);
	ss->cue_next = (int)unpack_i(u);
	ss->last_intent = unpack_s(u);
	ss->lost = (int)unpack_i(u);
	ss->next_id = (int)unpack_i(u);
	ss->due = unpack_i(u);
}

static void empty(struct session *ss)
{
	struct arena *a = ss->arena;

	arena_reset(a);
	*ss = (struct session){ .arena = a, .utc_offset = INT_MIN, .next_id = 1 };
}

bool session_unpack(struct session *ss, struct sv blob)
{
	struct unpack u = { { NULL, 0 }, false };

	empty(ss);
	if (blob.n == 0 || blob.p[0] != BLOB_VERSION)
		return false;
	u.rest = arena_sv(ss->arena, sv_sub(blob, 1, blob.n));
	unpack_all(ss, &u);
	if (u.bad || u.rest.n) {
		empty(ss);
		return false;
	}
	return true;
}

void session_here(struct session *ss, int64_t now, int64_t rest)
{
	if (!ss->active_since || now - ss->last_seen > rest)
		ss->active_since = now;
	ss->last_seen = now;
}

/* ---- time ------------------------------------------------------------------ */

int64_t session_due(const struct session *ss)
{
	return ss->due;
}

/* A day-slot goes keep_hours after the last message; days-slots by their own time. */
static void expire_slots(struct held_list *l, const struct dialog *d, int64_t last, int64_t now,
    int hours)
{
	for (size_t i = 0; i < l->n; ) {
		const struct slot_def *def = d ? dialog_slot(d, l->items[i].name) : NULL;
		int keep = def ? def->keep : KEEP_DAY;
		bool gone = keep == KEEP_DAY ? now - last > (int64_t)hours * 3600
		    : keep > KEEP_DAY ? now - l->items[i].at > (int64_t)keep * 86400 : false;

		if (gone)
			l->items[i] = l->items[--l->n];
		else
			i++;
	}
}

static const struct dialog *owner_of(const struct script *s, struct sv slot)
{
	for (size_t i = 0; i < s->n_dialogs; i++) {
		const struct slot_def *def = dialog_slot(s->dialogs[i], slot);

		if (def && def->user)
			return s->dialogs[i];
	}
	return NULL;
}

static void expire_user(struct session *ss, const struct script *s, int64_t now)
{
	for (size_t i = 0; i < ss->user.n; ) {
		struct held_list one = { &ss->user.items[i], 1, 1 };

		expire_slots(&one, owner_of(s, one.items[0].name), ss->last_seen, now,
		    s->limits.keep_hours);
		if (one.n)
			i++;
		else
			ss->user.items[i] = ss->user.items[--ss->user.n];
	}
}

static bool person_used(const struct session *ss, const struct person *p)
{
	if (p->lock.n)
		return true;
	for (size_t i = 0; i < ss->n_saved; i++)
		for (size_t k = 0; k < ss->saved[i].fields.n; k++)
			if (person_of(ss, ss->saved[i].fields.items[k].text) == p)
				return true;
	for (size_t i = 0; i < ss->n_timers; i++)       /* a reminder will speak of them */
		for (size_t k = 0; k < ss->timers[i].values.n; k++)
			if (person_of(ss, ss->timers[i].values.items[k].text) == p)
				return true;
	return false;
}

void session_expire(struct session *ss, const struct script *s, int64_t now)
{
	bool day_over = ss->last_seen && now - ss->last_seen > (int64_t)s->limits.keep_hours * 3600;

	if (day_over) {
		expire_user(ss, s, now);
		talk_clear(&ss->talk);
		for (int i = 0; i < ss->n_parked; i++)
			talk_clear(&ss->parked[i]);
		ss->n_parked = 0;
		ss->asking = SV("");
		for (size_t i = 0; i < ss->n_persons; )
			if (person_used(ss, &ss->persons[i]))
				i++;
			else
				ss->persons[i] = ss->persons[--ss->n_persons];
	}
	for (size_t i = 0; i < ss->n_saved; )
		if (ss->saved[i].until && ss->saved[i].until < now)
			ss->saved[i] = ss->saved[--ss->n_saved];
		else
			i++;
}

/* ---- export ------------------------------------------------------------------ */

static json_t *text_of(struct sv s)
{
	json_t *t = json_stringn(s.p, s.n);

	return t ? t : json_string("");
}

static json_t *held_json(const struct session *ss, const struct held_list *l)
{
	json_t *o = json_object();

	for (size_t i = 0; i < l->n; i++) {
		const struct person *p = person_of(ss, l->items[i].text);

		json_object_set_new(o, arena_str(ss->arena, l->items[i].name),
		    p ? text_of(p->name.n ? p->name : p->relation) : text_of(l->items[i].text));
	}
	return o;
}

static json_t *answers_json(const struct session *ss)
{
	json_t *list = json_array();
	const struct talk *talks[MAX_PARKED + 1] = { &ss->talk };

	for (int i = 0; i < ss->n_parked; i++)
		talks[i + 1] = &ss->parked[i];
	for (int t = 0; t <= ss->n_parked; t++)
		for (int i = 0; i < talks[t]->n; i++) {
			json_t *o = json_object();

			json_object_set_new(o, "dialog", text_of(talks[t]->frames[i].dialog));
			json_object_set_new(o, "answers", held_json(ss, &talks[t]->frames[i].slots));
			json_array_append_new(list, o);
		}
	return list;
}

void session_export(const struct session *ss, const struct script *s, struct str *out)
{
	json_t *root = json_object(), *people = json_array(), *kept = json_array(),
	    *reminders = json_array();
	int paused = 0;
	char *text;

	(void)s;
	for (size_t i = 0; i < ss->n_persons; i++) {
		json_t *p = json_object();

		json_object_set_new(p, "relation", text_of(ss->persons[i].relation));
		json_object_set_new(p, "name", text_of(ss->persons[i].name));
		json_object_set_new(p, "pronoun", text_of(ss->persons[i].pronoun));
		json_array_append_new(people, p);
		paused += ss->persons[i].lock.n > 0;
	}
	for (size_t i = 0; i < ss->n_saved; i++) {
		json_t *o = held_json(ss, &ss->saved[i].fields);

		json_object_set_new(o, "kind", text_of(ss->saved[i].kind));
		json_object_set_new(o, "since", json_integer(ss->saved[i].at));
		json_array_append_new(kept, o);
	}
	for (size_t i = 0; i < ss->n_timers; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "at", json_integer(ss->timers[i].due));
		json_object_set_new(o, "holds", held_json(ss, &ss->timers[i].values));
		json_array_append_new(reminders, o);
	}
	json_object_set_new(root, "first_seen", json_integer(ss->first_seen));
	json_object_set_new(root, "last_seen", json_integer(ss->last_seen));
	json_object_set_new(root, "locale", text_of(ss->locale));
	json_object_set_new(root, "settings", held_json(ss, &ss->user));
	json_object_set_new(root, "people", people);
	json_object_set_new(root, "kept", kept);
	json_object_set_new(root, "reminders", reminders);
	json_object_set_new(root, "open", answers_json(ss));
	if (paused)     /* a count and no reason: somebody else may read this */
		json_object_set_new(root, "topics_paused", json_integer(paused));
	text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
	str_addz(out, text ? text : "{}");
	free(text);
	json_decref(root);
}
