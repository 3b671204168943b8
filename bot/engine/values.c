/* engine/values.c - what a name means in the running dialog: slots, fields of
 * people, rows, kept things and records. */
#include <limits.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/run.h"
#include "text/fold.h"

const struct dialog *run_dialog(const struct run *r, const struct frame *f)
{
	return script_dialog(r->s, f->dialog, r->lang ? r->lang->locale : r->s->base_locale);
}

struct frame *run_frame(const struct run *r)
{
	return r->talk->n ? &r->talk->frames[r->talk->n - 1] : NULL;
}

const struct step *run_step(const struct run *r)
{
	const struct frame *f = run_frame(r);
	const struct dialog *d = f ? run_dialog(r, f) : NULL;
	int n = d ? dialog_step_number(d, f->step) : -1;

	return n < 0 ? NULL : &d->steps[n];
}

int64_t run_local(const struct run *r, int64_t t)
{
	return r->ss->utc_offset == INT_MIN ? t : t + (int64_t)r->ss->utc_offset * 60;
}

void run_extra(struct run *r, const char *name, struct sv text)
{
	for (int i = 0; i < r->n_extra; i++)
		if (strcmp(r->extra[i].name, name) == 0) {
			r->extra[i].text = text;
			return;
		}
	if (r->n_extra < (int)COUNT(r->extra))
		r->extra[r->n_extra++] = (struct extra){ name, text };
}

void run_extra_number(struct run *r, const char *name, int64_t n)
{
	run_extra(r, name, sv_from(arena_printf(r->a, "%lld", (long long)n)));
}

/* ---- slots ---------------------------------------------------------------- */

static bool is_user_slot(const struct run *r, const struct frame *f, struct sv slot)
{
	const struct dialog *d = f ? run_dialog(r, f) : NULL;
	const struct slot_def *def = d ? dialog_slot(d, slot) : NULL;

	return def ? def->user && def->type != SLOT_PERSON : f == NULL;
}

/* A person is known to all dialogs, but "whom this talk is about" belongs to the talk. */
struct held *run_held(const struct run *r, struct sv slot)
{
	struct frame *f = run_frame(r);
	struct held *h = f ? held_find(&f->slots, slot) : NULL;

	return h ? h : held_find(&r->ss->user, slot);
}

void run_forget_records(struct run *r)
{
	r->n_cache = 0;
}

void run_store(struct run *r, struct sv slot, struct sv text, struct sv grid, int row)
{
	struct frame *f = run_frame(r);
	struct held_list *l = is_user_slot(r, f, slot) ? &r->ss->user : &f->slots;
	struct held *h;

	if ((int)text.n > r->s->limits.slot) {
		text.n = (size_t)r->s->limits.slot;
		while (text.n && ((unsigned char)text.p[text.n] & 0xC0) == 0x80)
			text.n--;       /* no half character */
	}
	h = held_set(r->ss, l, slot, text, r->ev->now);
	h->grid = arena_sv(r->ss->arena, grid);
	h->row = row;
	run_forget_records(r);
}

void run_unset(struct run *r, struct sv slot)
{
	struct frame *f = run_frame(r);

	if (f)
		held_drop(&f->slots, slot);
	if (is_user_slot(r, f, slot))
		held_drop(&r->ss->user, slot);
	run_forget_records(r);
}

/* ---- people ---------------------------------------------------------------- */

struct person *run_person(const struct run *r, struct sv slot)
{
	struct held *h = run_held(r, slot);

	return h ? person_of(r->ss, h->text) : NULL;
}

/* A cell of the table "relations", by the word that names a person; "" if none. */
static struct sv relation_cell(const struct script *s, struct sv word, const char *column)
{
	const struct grid *g = script_grid(s, NULL, SV("relations"));
	int key = g ? grid_column(g, SV("word")) : -1, found = g ? grid_column(g, sv_from(column)) : -1;

	for (size_t i = 0; key >= 0 && found >= 0 && i < g->n_rows; i++) {
		const struct cell *row = &g->cells[i * g->n_columns];

		if (sv_eq(row[key].text, word))
			return row[found].text;
	}
	return SV("");
}

static bool same_or_unknown(struct sv a, struct sv b)
{
	return !a.n || !b.n || sv_eq(a, b);
}

static struct person *person_known(const struct session *ss, struct sv relation, struct sv name)
{
	struct person *hit = NULL;

	for (size_t i = 0; i < ss->n_persons; i++) {
		struct person *p = &ss->persons[i];

		if (same_or_unknown(p->name, name) && same_or_unknown(p->relation, relation)
		    && ((name.n && sv_eq(p->name, name)) || (relation.n && sv_eq(p->relation, relation))))
			hit = p;
	}
	return hit;
}

/* Somebody on hold is met under every word for the same kind of person: "my
 * partner" is the boyfriend of before. */
static struct person *person_on_hold(const struct script *s, const struct session *ss,
    struct sv relation, struct sv pronoun, struct sv name)
{
	struct sv kind = relation_cell(s, relation, "relation");

	for (size_t i = 0; kind.n && i < ss->n_persons; i++) {
		struct person *p = &ss->persons[i];

		if (p->lock.n && same_or_unknown(p->name, name) && same_or_unknown(p->pronoun, pronoun)
		    && sv_eq(relation_cell(s, p->relation, "relation"), kind))
			return p;
	}
	return NULL;
}

/* "he": the last one spoken of who can be meant by it. */
static struct person *person_by_pronoun(const struct session *ss, struct sv pronoun)
{
	for (size_t i = ss->n_persons; i-- > 0; )
		if (same_or_unknown(ss->persons[i].pronoun, pronoun))
			return &ss->persons[i];
	return NULL;
}

static void learn(struct session *ss, struct person *p, struct sv relation, struct sv name,
    struct sv pronoun)
{
	if (!p->relation.n)
		p->relation = arena_sv(ss->arena, relation);
	if (!p->name.n)
		p->name = arena_sv(ss->arena, name);
	if (!p->pronoun.n)
		p->pronoun = arena_sv(ss->arena, pronoun);
}

struct person *person_meet(const struct script *s, struct session *ss, struct sv spec, int64_t now)
{
	struct sv part[3] = { { "", 0 }, { "", 0 }, { "", 0 } }, same;
	struct person *p;

	for (size_t i = 0; i < COUNT(part); i++)
		if (!sv_split(&spec, '|', &part[i]))
			part[i] = SV("");
	if (!part[1].n && part[0].n)
		part[1] = relation_cell(s, part[0], "pronoun");
	same = relation_cell(s, part[0], "same");
	p = person_known(ss, same.n ? same : part[0], part[2]);
	if (!p && part[0].n)
		p = person_on_hold(s, ss, part[0], part[1], part[2]);
	if (!p && !part[0].n && !part[2].n)
		p = person_by_pronoun(ss, part[1]);
	if (!p)
		p = person_create(ss, same.n ? same : part[0], part[2], part[1]);
	learn(ss, p, same.n ? same : part[0], part[2], part[1]);
	if (same.n)                     /* "mum" stays mum */
		held_set(ss, &p->more, SV("word"), part[0], now);
	return p;
}

struct person *run_meet(struct run *r, struct sv spec)
{
	return person_meet(r->s, r->ss, spec, r->ev->now);
}

static struct sv capital(struct run *r, struct sv s)
{
	STR_AUTO c = STR_INIT;

	str_add(&c, s);
	fold_capital(&c, 0);
	return arena_sv(r->a, str_sv(&c));
}

/* name: as one calls them ("Sam", "Mum"); your: as one speaks of them ("Sam",
 * "your mum"); anything else is a role of the pronoun table. */
struct sv person_word(struct run *r, const struct person *p, struct sv form)
{
	struct sv word = SV(""), pronoun = p ? p->pronoun : SV("");
	const struct held *typed = p ? held_find(&p->more, SV("word")) : NULL;

	if (p)
		word = typed ? typed->text : p->relation;
	if (sv_is(form, "name") || sv_is(form, "your") || !form.n) {
		if (p && p->name.n)
			return p->name;
		if (word.n && sv_is(form, "name"))
			return capital(r, word);
		if (word.n) {
			const struct line *your = script_line(r->s, SV("your"));

			run_extra(r, "word", word);
			if (your)
				return render_sv(r, wording_pick(r, &your->say, your->key));
			return word;
		}
		form = SV("");
	}
	if (!r->lang || !r->lang->grammar)
		return form;
	return grammar_pronoun(r->lang->grammar, pronoun, form);
}

static struct value person_field(struct run *r, const struct person *p, struct sv field)
{
	const struct held *h;

	if (sv_is(field, "lock"))
		return value_number(p->lock.n > 0);
	if (sv_is(field, "relation"))
		return p->relation.n ? value_text(p->relation) : (struct value){ 0 };
	if (sv_is(field, "pronoun"))
		return p->pronoun.n ? value_text(p->pronoun) : (struct value){ 0 };
	if (sv_is(field, "name") || sv_is(field, "your"))
		return value_text(person_word(r, p, field));
	h = held_find(&p->more, field);
	return h ? value_text(h->text) : (struct value){ 0 };
}

/* ---- records ---------------------------------------------------------------- */

struct with_scope {
	struct run *r;
	const struct pair *with; size_t n;
};

static struct value with_get(void *ctx, struct sv name)
{
	struct with_scope *w = ctx;
	struct sv head, rest = name, path;

	sv_split(&rest, '.', &head);
	path = name;
	for (size_t i = 0; i < w->n; i++)
		if (sv_eq(w->with[i].name, head))
			path = rest.p ? sv_from(arena_printf(w->r->a, "%.*s.%.*s",
			    SV_ARG(w->with[i].value), SV_ARG(rest))) : w->with[i].value;
	return run_get(w->r, path);
}

static struct value name_call(void *ctx, struct sv function, const struct sv *args, size_t n);

static struct value with_call(void *ctx, struct sv function, const struct sv *args, size_t n)
{
	struct with_scope *w = ctx;

	return name_call(w->r, function, args, n);
}

/* The text up to the word behind so many; a character of three bytes or more may be a
 * word by itself. */
static struct sv first_words(struct sv text, int most)
{
	bool inside = false;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		bool letter = c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (letter && (!inside || c >= 0xE0) && most-- == 0)
			return sv_sub(text, 0, i);
		inside = letter;
	}
	return text;
}

struct sv run_part(const struct run *r, struct sv text)
{
	return sv_clip(text, (size_t)r->s->limits.message);
}

struct sv run_heard(const struct run *r, struct sv text)
{
	return first_words(run_part(r, text), r->s->limits.message_words);
}

struct reading *run_reading(struct run *r, const struct language *l, struct sv text)
{
	return reading_beside(r->reading, l, run_heard(r, text));
}

struct record *run_analyze_text(struct run *r, const struct frame *f, const struct analysis *an,
    struct sv text, const struct pair *with, size_t n_with)
{
	const struct dialog *d = run_dialog(r, f);
	struct with_scope *w = ARENA_NEW(r->a, struct with_scope);
	struct scope *scope = ARENA_NEW(r->a, struct scope);

	if (!an || !d)
		return NULL;
	*w = (struct with_scope){ r, with, n_with };
	*scope = (struct scope){ with_get, with_call, w };
	return analysis_run(an, run_reading(r, d->language, text), scope, r->a);
}

struct record *run_analyze(struct run *r, const struct frame *f, const struct analysis *an,
    struct sv on, const struct pair *with, size_t n_with)
{
	struct held *text = held_find(&f->slots, on);

	if (!text)
		text = held_find(&r->ss->user, on);
	return text ? run_analyze_text(r, f, an, text->text, with, n_with) : NULL;
}

struct record *run_record(struct run *r, const struct frame *f, struct sv name)
{
	const struct held *h = held_find(&f->slots, name);
	const struct dialog *d = run_dialog(r, f);
	const struct step *st;
	const struct move *m;
	struct record *rec;
	int n;

	if (!h || !sv_is(h->grid, "@") || !d)
		return NULL;
	for (int i = 0; i < r->n_cache; i++)
		if (r->cache[i].frame == f && sv_eq(r->cache[i].name, name))
			return r->cache[i].record;
	n = dialog_step_number(d, h->text);
	if (n < 0 && (m = dialog_move(d, h->text, f->version)))
		n = m->to;
	if (n < 0 || d->steps[n].verb != DO_ANALYZE)
		return NULL;
	st = &d->steps[n];
	rec = run_analyze(r, f, st->analysis, st->on, st->with, st->n_with);
	if (rec && r->n_cache < (int)COUNT(r->cache))
		r->cache[r->n_cache++] = (struct cached){ f, name, rec };
	return rec;
}

/* ---- names ------------------------------------------------------------------ */

/* Numbers stay numbers; a lone "-" or an empty text is no value. */
static struct value typed(const struct held *h)
{
	int64_t n;

	if (!h->text.n)
		return (struct value){ 0 };
	if (sv_int(h->text, &n))
		return value_number(n);
	return value_text(h->text);
}

static int row_named(const struct grid *g, struct sv id)
{
	const struct cell *c;

	for (size_t i = 0; (c = grid_cell(g, i, SV("id"))); i++)
		if (sv_eq(c->text, id))
			return (int)i;
	return -1;
}

/* Rows are known by their id, so that a changed table does not put another
 * row's words in their place; the number is a short cut. */
static int row_of(const struct run *r, const struct dialog *d, const struct grid *g,
    const struct held *h)
{
	const struct cell *c = h->row < 0 ? NULL : grid_cell(g, (size_t)h->row, SV("id"));
	const struct move *m;
	int row;

	if (grid_column(g, SV("id")) < 0 || (c && sv_eq(c->text, h->text)))
		return h->row;
	row = row_named(g, h->text);
	m = row < 0 && d ? dialog_move(d, sv_from(arena_printf(r->a, "%.*s/%.*s", SV_ARG(g->name),
	    SV_ARG(h->text))), SV("")) : NULL;
	return m ? row_named(g, m->row) : row;
}

static struct value row_field(struct run *r, const struct held *h, struct sv field)
{
	const struct frame *f = run_frame(r);
	const struct dialog *d = f ? run_dialog(r, f) : NULL;
	const struct grid *g = script_grid(r->s, d, h->grid);
	int row = g ? row_of(r, d, g, h) : -1;
	const struct cell *c = row >= 0 ? grid_cell(g, (size_t)row, field) : NULL;

	if (!c)
		return (struct value){ 0 };
	if (c->is_number)
		return value_number(c->number);
	return c->text.n ? value_text(render_cell(r, c)) : (struct value){ 0 };
}

static struct value saved_field(struct run *r, const struct saved *s, struct sv field)
{
	const struct held *h;

	if (sv_is(field, "saved"))
		return value_number(run_local(r, s->at));
	h = held_find(&s->fields, field);
	return h ? value_text(h->text) : (struct value){ 0 };
}

static struct value special(struct run *r, struct sv name, bool *known)
{
	int64_t local = run_local(r, r->ev->now);

	*known = true;
	if (sv_is(name, "hour"))
		return value_number(local / 3600 % 24);
	if (sv_is(name, "weekday"))
		return value_number((local / 86400 + 3) % 7 + 1);       /* 1 = Monday */
	if (sv_is(name, "clock"))
		return r->ss->utc_offset == INT_MIN ? (struct value){ 0 } : value_number(local);
	if (sv_is(name, "tier") && r->talk == &r->ss->lane_talk)
		return value_number(r->ss->lane.tier);
	for (int i = 0; i < r->n_extra; i++)
		if (sv_is(name, r->extra[i].name))
			return value_text(r->extra[i].text);
	*known = false;
	return (struct value){ 0 };
}

struct value run_get(struct run *r, struct sv path)
{
	struct sv head, rest = path;
	struct frame *f = run_frame(r);
	struct record *rec;
	struct held *h;
	bool known;
	struct value v = special(r, path, &known);
	int64_t id;

	if (known)
		return v;
	sv_split(&rest, '.', &head);
	h = run_held(r, head);
	if (!h)
		return (struct value){ 0 };
	if (sv_is(h->grid, "@")) {
		rec = f ? run_record(r, f, head) : NULL;
		return rec ? record_get(rec, rest.p ? rest : SV("action")) : (struct value){ 0 };
	}
	if (!rest.p)
		return typed(h);
	if (person_of(r->ss, h->text))
		return person_field(r, person_of(r->ss, h->text), rest);
	if (h->text.n > 1 && h->text.p[0] == 's' && sv_int(sv_sub(h->text, 1, h->text.n), &id)
	    && saved_by_id(r->ss, (int)id))
		return saved_field(r, saved_by_id(r->ss, (int)id), rest);
	return row_field(r, h, rest);
}

static const struct timer *timer_named(const struct run *r, struct sv step)
{
	const struct frame *f = run_frame(r);

	for (size_t i = r->ss->n_timers; i-- > 0; )     /* the newest */
		if (sv_eq(r->ss->timers[i].step, step)
		    && (!f || sv_eq(r->ss->timers[i].dialog, f->dialog)))
			return &r->ss->timers[i];
	return NULL;
}

static struct value name_call(void *ctx, struct sv function, const struct sv *args, size_t n)
{
	struct run *r = ctx;
	struct sv arg = n ? args[0] : SV("");
	const struct frame *f = run_frame(r);
	const struct timer *t;
	const struct held *h;
	struct value v;

	if (sv_is(function, "has")) {
		v = run_get(r, arg);
		return value_number(v.kind != VALUE_NONE);
	}
	if (sv_is(function, "pending"))
		return value_number(timer_named(r, arg) != NULL);
	if (sv_is(function, "repeats")) {
		t = timer_named(r, arg);
		return value_number(t && t->again.n);
	}
	if (sv_is(function, "minutes_until")) {
		t = timer_named(r, arg);
		return t ? value_number((t->due - r->ev->now + 59) / 60) : (struct value){ 0 };
	}
	if (sv_is(function, "due")) {
		t = timer_named(r, arg);
		return t ? value_number(run_local(r, t->due)) : (struct value){ 0 };
	}
	if (sv_is(function, "visited_here"))
		return value_number(f ? count_get(&f->visits, arg) : 0);
	if (sv_is(function, "visited"))
		return value_number(f ? count_get(&r->ss->variants, sv_from(arena_printf(r->a,
		    "visit:%.*s/%.*s", SV_ARG(f->dialog), SV_ARG(arg)))) : 0);
	h = run_held(r, arg);
	if (!h)
		return (struct value){ 0 };
	if (sv_is(function, "minutes_since"))
		return value_number((r->ev->now - h->at) / 60);
	if (sv_is(function, "days_since"))
		return value_number((r->ev->now - h->at) / 86400);
	return (struct value){ 0 };
}

static struct value scope_get(void *ctx, struct sv name)
{
	return run_get(ctx, name);
}

struct scope run_scope(struct run *r)
{
	return (struct scope){ scope_get, name_call, r };
}

/* ---- rows -------------------------------------------------------------------- */

/* What is not of the row is asked for once: nothing changes while rows are looked at. */
struct row_scope {
	struct run *r;
	const struct grid *g;
	size_t row;
	const struct saved *saved;
	struct { struct sv name; struct value value; } known[8]; size_t n_known;
};

static struct value beside_row(struct row_scope *rs, struct sv name)
{
	struct value v;

	for (size_t i = 0; i < rs->n_known; i++)
		if (sv_eq(rs->known[i].name, name))
			return rs->known[i].value;
	v = run_get(rs->r, name);
	if (rs->n_known < COUNT(rs->known)) {
		rs->known[rs->n_known].name = name;
		rs->known[rs->n_known++].value = v;
	}
	return v;
}

static struct value row_get(void *ctx, struct sv name)
{
	struct row_scope *rs = ctx;
	const struct cell *c = rs->g ? grid_cell(rs->g, rs->row, name) : NULL;
	const struct held *h = rs->saved ? held_find(&rs->saved->fields, name) : NULL;

	if (c)
		return c->is_number ? value_number(c->number)
		    : c->text.n ? value_text(c->text) : (struct value){ 0 };
	if (h)
		return value_text(h->text);
	return beside_row(rs, name);
}

static struct value row_call(void *ctx, struct sv function, const struct sv *args, size_t n)
{
	struct row_scope *rs = ctx;

	return name_call(rs->r, function, args, n);
}

size_t run_rows(struct run *r, const struct from_def *from, size_t max, int *rows)
{
	struct row_scope rs = { .r = r, .g = from->grid };
	struct scope scope = { row_get, row_call, &rs };
	size_t n = 0;

	for (rs.row = 0; from->grid && rs.row < from->grid->n_rows && n < max; rs.row++)
		if (!from->where || expr_true(from->where, &scope))
			rows[n++] = (int)rs.row;
	return n;
}

static bool on_hold(const struct run *r, const struct saved *s)
{
	for (size_t i = 0; i < s->fields.n; i++) {
		const struct person *p = person_of(r->ss, s->fields.items[i].text);

		if (p && p->lock.n)
			return true;
	}
	return false;
}

/* Kept things, newest first; things for somebody on hold are not listed. */
size_t run_saved(struct run *r, const struct from_def *from, size_t max, struct saved **out)
{
	size_t n = 0;

	for (size_t i = r->ss->n_saved; i-- > 0 && n < max; ) {
		struct row_scope rs = { .r = r, .saved = &r->ss->saved[i] };
		struct scope scope = { row_get, row_call, &rs };

		if (!sv_eq(r->ss->saved[i].kind, from->saved) || on_hold(r, &r->ss->saved[i]))
			continue;
		if (!from->where || expr_true(from->where, &scope))
			out[n++] = &r->ss->saved[i];
	}
	return n;
}
