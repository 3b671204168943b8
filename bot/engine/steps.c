/* engine/steps.c - running steps until a question waits or the talk has ended. */
#include <string.h>

#include "base/xalloc.h"
#include "engine/run.h"

enum { ROW_GIVEN = -7 };       /* held.row of a slot that was filled at entry */
enum { DAY = 86400 };

void run_visit(struct run *r, struct sv dialog, struct sv step, struct sv what)
{
	if (r->n_visits == r->cap_visits) {
		size_t cap = r->cap_visits ? 2 * r->cap_visits : 16;
		struct visit *more = ARENA_ARRAY(r->a, struct visit, cap);

		if (r->n_visits)
			memcpy(more, r->visits, r->n_visits * sizeof *more);
		r->visits = more;
		r->cap_visits = cap;
	}
	r->visits[r->n_visits++] = (struct visit){ arena_sv(r->a, dialog), arena_sv(r->a, step),
		arena_sv(r->a, what) };
}

/* ---- where to go ---------------------------------------------------------------- */

void run_goto(struct run *r, const struct target *t)
{
	struct frame *f = run_frame(r);
	const struct dialog *d = f ? run_dialog(r, f) : NULL;
	int next;

	if (!d)
		return;
	r->talk->waiting = false;
	if (t && t->set && t->end.n) {
		run_end(r, t->end);
		return;
	}
	next = t && t->set ? t->step : dialog_step_number(d, f->step) + 1;
	if (next >= d->n_steps)
		run_end(r, SV("done"));
	else
		f->step = arena_sv(r->ss->arena, d->steps[next].id);
}

/* After a verb: the first "when" row that holds, else goto, end or the next step. */
void run_after(struct run *r, const struct step *st)
{
	struct scope scope = run_scope(r);

	for (size_t i = 0; i < st->n_when; i++)
		if (!st->when[i].test || expr_true(st->when[i].test, &scope)) {
			run_goto(r, &st->when[i].to);
			return;
		}
	run_goto(r, &st->to);
}

/* What comes back as it was given is left alone. */
static void hand_back(struct run *r, const struct step *call, const struct frame *done)
{
	for (size_t i = 0; call && i < call->n_out; i++) {
		const struct held *h = held_find(&done->slots, call->out[i].value);

		if (h && h->row != ROW_GIVEN)
			run_store(r, call->out[i].name, h->text, h->grid, h->row);
	}
}

static void talk_over(struct run *r)
{
	const struct dialog *d;

	if (r->talk == &r->ss->lane_talk || !r->ss->n_parked || r->asked)
		return;
	d = run_dialog(r, &r->ss->parked[r->ss->n_parked - 1].frames[0]);
	if (!d) {
		r->ss->n_parked--;
		return;
	}
	run_extra(r, "title", d->title);
	r->ss->asking = SV("return-offer");
	r->ss->asking_about = arena_sv(r->ss->arena, d->id);
}

void run_leave_own(struct run *r)
{
	struct session *ss = r->ss;

	if (sv_is(ss->asking, "return-offer") && ss->n_parked)
		ss->n_parked--;
	ss->asking = SV("");
}

static void cut_frames(struct talk *t, int n)
{
	t->n = n;
	while (t->n_back && t->back[t->n_back - 1].depth > n)
		t->n_back--;
}

void run_end(struct run *r, struct sv word)
{
	struct talk *t = r->talk;
	struct frame done;
	const struct step *call;

	if (!t->n)
		return;
	done = t->frames[t->n - 1];
	cut_frames(t, t->n - 1);
	t->waiting = false;
	r->out->trace.end = arena_sv(r->a, word);
	run_forget_records(r);
	run_visit(r, done.dialog, SV(""), sv_from(arena_printf(r->a, "end:%.*s", SV_ARG(word))));
	if (!t->n) {
		talk_over(r);
		return;
	}
	call = run_step(r);
	if (call && (call->verb == DO_CALL || call->verb == DO_OFFER)) {
		hand_back(r, call, &done);
		run_after(r, call);
	}
}

/* ---- starting dialogs ------------------------------------------------------------- */

/* At its first question, with nothing told: there is nothing to come back to. */
static bool nothing_told(const struct talk *t)
{
	for (int i = 0; i < t->n; i++)
		if (t->frames[i].slots.n)
			return false;
	return !t->n_back;
}

static void park(struct run *r)
{
	struct session *ss = r->ss;

	if (nothing_told(r->talk)) {
		talk_clear(r->talk);
		run_forget_records(r);
		return;
	}
	if (ss->n_parked == MAX_PARKED) {
		memmove(&ss->parked[0], &ss->parked[1], (MAX_PARKED - 1) * sizeof ss->parked[0]);
		ss->n_parked--;
	}
	ss->parked[ss->n_parked++] = *r->talk;
	talk_clear(r->talk);
	run_forget_records(r);
}

/* A dialog is never open inside itself: called again, it begins anew where it
 * stands and what it had led to is closed, unsaid goodbyes and all.  So a talk
 * can go round for ever and is never deeper than a tree has dialogs. */
static void close_round(struct talk *t, struct sv dialog)
{
	for (int i = 0; i < t->n; i++)
		if (sv_eq(t->frames[i].dialog, dialog)) {
			cut_frames(t, i);
			return;
		}
}

/* attune check refuses a tree that gets here (E806); in one that was never
 * checked the oldest frame gives way, and the person is answered. */
static void make_room(struct talk *t)
{
	int kept = 0;

	if (t->n < MAX_FRAMES)
		return;
	memmove(&t->frames[0], &t->frames[1], (MAX_FRAMES - 1) * sizeof t->frames[0]);
	t->n--;
	for (int i = 0; i < t->n_back; i++)
		if (--t->back[i].depth > 0)
			t->back[kept++] = t->back[i];
	t->n_back = kept;
}

static void push_frame(struct run *r, struct sv dialog, struct sv step)
{
	const struct dialog *d = script_dialog(r->s, dialog, r->lang->locale);
	int n = step.n ? dialog_step_number(d, step) : 0;
	struct frame *f;

	close_round(r->talk, d->id);
	make_room(r->talk);
	f = &r->talk->frames[r->talk->n++];
	*f = (struct frame){ .dialog = arena_sv(r->ss->arena, d->id),
		.version = arena_sv(r->ss->arena, d->version),
		.step = arena_sv(r->ss->arena, d->steps[n].id), .started = r->ev->now };
	r->talk->waiting = false;
	run_forget_records(r);
}

static bool can_open(const struct run *r, struct sv dialog, struct sv step)
{
	const struct dialog *d = script_dialog(r->s, dialog, r->lang->locale);

	return d && (!step.n || dialog_step_number(d, step) >= 0);
}

bool run_start(struct run *r, struct sv dialog, struct sv step, bool keep)
{
	if (!can_open(r, dialog, step))
		return false;
	if (keep)
		park(r);
	else
		talk_clear(r->talk);
	push_frame(r, dialog, step);
	return true;
}

void run_fill(struct run *r, struct sv slot, struct sv text)
{
	struct frame *f = run_frame(r);
	const struct dialog *d = f ? run_dialog(r, f) : NULL;

	if (d && dialog_slot(d, slot))
		run_store(r, slot, text, SV(""), ROW_GIVEN);
}

/* ---- the verbs ----------------------------------------------------------------------- */

static void do_say(struct run *r, const struct step *st)
{
	struct frame *f = run_frame(r);
	struct sv key = sv_from(arena_printf(r->a, "%.*s/%.*s", SV_ARG(f->dialog), SV_ARG(st->id)));

	say_text(r, wording_pick(r, &st->say, key), st->alone ? PIECE_ALONE : 0);
	run_after(r, st);
}

/* Labels are clipped at a word: kept things can be long. */
static struct sv clipped(struct run *r, struct sv label)
{
	size_t chars = 0, at = 0, word = 0, cut = 0;

	while (at < label.n && chars < (size_t)r->s->limits.label) {
		if (label.p[at] == ' ')
			word = at;
		cut = at++;
		while (at < label.n && ((unsigned char)label.p[at] & 0xc0) == 0x80)
			at++;
		chars++;
	}
	if (at >= label.n)
		return label;
	return sv_from(arena_printf(r->a, "%.*s\xe2\x80\xa6", SV_ARG(sv_sub(label, 0, word ? word : cut))));
}

static void add_option(struct run *r, struct options *o, struct sv label, struct sv chip,
    struct sv id, const uint32_t *phrases, size_t n_phrases)
{
	label = clipped(r, label);
	o->items[o->n] = (struct option){ label, phrases, n_phrases, false };
	o->shown[o->n] = (struct choice){ label, chip.n ? chip : label };
	o->ids[o->n++] = id;
}

static void add_rows(struct run *r, const struct step *st, struct options *o, size_t max)
{
	const struct grid *g = st->from.grid;

	o->rows = ARENA_ARRAY(r->a, int, max);
	o->n_rows = run_rows(r, &st->from, max, o->rows);
	for (size_t i = 0; i < o->n_rows; i++) {
		size_t row = (size_t)o->rows[i];
		const struct cell *say = grid_cell(g, row, st->from.show);
		const struct cell *chip = grid_cell(g, row, SV("chip"));
		const struct cell *words = grid_cell(g, row, SV("words"));
		const struct cell *id = grid_cell(g, row, SV("id"));

		add_option(r, o, say ? render_cell(r, say) : SV(""), chip ? chip->text : SV(""),
		    id ? id->text : SV(""), words ? words->phrases : NULL, words ? words->n_phrases : 0);
	}
}

static void add_saved(struct run *r, const struct step *st, struct options *o, size_t max)
{
	if (sv_is(st->from.saved, "person")) {
		size_t n = 0;

		for (size_t i = r->ss->n_persons; i-- > 0 && n < max; n++) {
			const struct person *p = &r->ss->persons[i];

			if (!p->lock.n && (p->relation.n || p->name.n))
				add_option(r, o, person_word(r, p, SV("your")), SV(""),
				    sv_from(arena_printf(r->a, "p%d", p->id)), NULL, 0);
		}
		return;
	}
	o->saved = ARENA_ARRAY(r->a, struct saved *, max);
	o->n_saved = run_saved(r, &st->from, max, o->saved);
	for (size_t i = 0; i < o->n_saved; i++) {
		const struct held *h = held_find(&o->saved[i]->fields, st->from.show);

		add_option(r, o, h ? h->text : SV(""), SV(""),
		    sv_from(arena_printf(r->a, "s%d", o->saved[i]->id)), NULL, 0);
	}
}

struct options run_options(struct run *r, const struct step *st)
{
	struct options o = { 0 };
	size_t cap = (size_t)r->s->limits.choices + st->n_choices + 8;
	size_t room = st->n_listed < (size_t)r->s->limits.choices
	    ? (size_t)r->s->limits.choices - st->n_listed : 0;

	if (st->from.max && (size_t)st->from.max < room)
		room = (size_t)st->from.max;
	o.items = ARENA_ARRAY(r->a, struct option, cap);
	o.ids = ARENA_ARRAY(r->a, struct sv, cap);
	o.shown = ARENA_ARRAY(r->a, struct choice, cap);
	if (st->has_from && st->from.grid)
		add_rows(r, st, &o, room);
	else if (st->has_from)
		add_saved(r, st, &o, room);
	for (size_t i = 0; i < st->n_choices; i++) {
		const struct choice_def *c = &st->choices[i];

		add_option(r, &o, render_sv(r, &c->say),
		    c->chip.n ? render_sv(r, &c->chip) : SV(""), c->id, c->phrases, c->n_phrases);
		o.items[o.n - 1].unseen = c->unseen;
	}
	o.n_listed = o.n - (st->n_choices - st->n_listed);
	return o;
}

void run_menu(struct run *r, const struct options *o)
{
	STR_AUTO s = STR_INIT;

	for (size_t i = 0; i < o->n_listed; i++)
		str_addf(&s, "%s%zu %.*s", i ? "\n" : "", i + 1, SV_ARG(o->items[i].label));
	if (o->n_listed) {
		r->bubble_lines = true;
		say(r, str_sv(&s), PIECE_LINES);
	}
}

static void wait_for_answer(struct run *r, const struct options *o)
{
	run_menu(r, o);
	say_flush(r, o->shown, o->n_listed);
	r->talk->waiting = true;
	r->talk->hushed = false;
	r->talk->asked_at = r->ev->now;
	r->asked = true;
}

/* A question that was answered at entry is passed over, gates included. */
static bool passed_over(struct run *r, const struct step *st)
{
	struct frame *f = run_frame(r);
	struct held *h = st->into.n ? held_find(&f->slots, st->into) : NULL;

	if (!h || h->row != ROW_GIVEN || count_get(&f->visits, st->id) > 1)
		return false;
	h->row = 0;
	if (gates_pass(r, st->into))
		run_after(r, st);
	return true;
}

/* Come back to, a question is asked in its short form, unless it has something
 * new to say: another row, another line.  Only a hash of the words is kept. */
static bool said_before(struct run *r, struct frame *f, const struct step *st, struct sv words)
{
	return count_add(r->ss, &f->visits, sv_from(arena_printf(r->a, "%.*s#%08x", SV_ARG(st->id),
	    (unsigned)sv_hash(words)))) > 1;
}

static void do_ask(struct run *r, const struct step *st)
{
	struct frame *f = run_frame(r);
	const struct text *full;
	struct options o;
	struct sv key, words;

	if (passed_over(r, st))
		return;
	o = run_options(r, st);
	if (st->has_from && !o.n_rows && o.n == st->n_choices && st->none.set) {
		run_goto(r, &st->none);
		return;
	}
	f->rung = 0;
	key = sv_from(arena_printf(r->a, "%.*s/%.*s", SV_ARG(f->dialog), SV_ARG(st->id)));
	full = wording_pick(r, &st->say, key);
	words = full ? render_sv(r, full) : SV("");
	/* a row that a changed script no longer has leaves nothing to ask */
	if (full && st->skip.set && !sv_trim(words).n) {
		run_goto(r, &st->skip);
		return;
	}
	if (st->has_again && said_before(r, f, st, words))
		say_text(r, &st->again, 0);
	else if (full)
		say(r, words, full->lines ? PIECE_LINES : 0);
	wait_for_answer(r, &o);
}

void run_ask_again(struct run *r)
{
	const struct step *st = run_step(r);
	struct options o;

	if (!st || !r->talk->waiting)
		return;
	if (st->verb == DO_OFFER) {
		say_text(r, &st->say.variants[0], 0);
		say_flush(r, NULL, 0);
		r->asked = true;
		return;
	}
	o = run_options(r, st);
	say_text(r, st->has_again ? &st->again : st->say.n ? &st->say.variants[0] : NULL, 0);
	wait_for_answer(r, &o);
}

static void do_pick(struct run *r, const struct step *st)
{
	const struct grid *g = st->from.grid;
	struct frame *f = run_frame(r);
	int *rows = ARENA_ARRAY(r->a, int, g ? g->n_rows : 0);
	size_t n = run_rows(r, &st->from, g ? g->n_rows : 0, rows), best = 0, equal = 0;
	int64_t low = INT64_MAX;
	int visit;

	if (!n) {
		run_unset(r, st->into);
		run_goto(r, st->none.set ? &st->none : &st->to);
		return;
	}
	for (size_t i = 0; st->prefer.n && i < n; i++) {
		const struct cell *c = grid_cell(g, (size_t)rows[i], st->prefer);

		if (c && c->is_number && c->number < low)
			low = c->number;
	}
	/* rotation by salt and visit only among equals */
	for (size_t i = 0; i < n; i++) {
		const struct cell *c = st->prefer.n ? grid_cell(g, (size_t)rows[i], st->prefer) : NULL;

		if (!c || !c->is_number || c->number == low)
			rows[equal++] = rows[i];
	}
	visit = count_add(r->ss, &r->ss->variants, sv_from(arena_printf(r->a, "%.*s/table:%.*s",
	    SV_ARG(f->dialog), SV_ARG(g->name))));
	best = (size_t)((r->ev->salt % 997 + (uint64_t)visit - 1) % equal);
	if (grid_cell(g, (size_t)rows[best], SV("id")))
		run_store(r, st->into, grid_cell(g, (size_t)rows[best], SV("id"))->text, g->name,
		    rows[best]);
	else
		run_store(r, st->into, SV("row"), g->name, rows[best]);
	run_after(r, st);
}

static struct sv value_words(struct run *r, const struct value *v)
{
	if (v->kind == VALUE_NUMBER)
		return sv_from(arena_printf(r->a, "%lld", (long long)v->number));
	if (v->kind == VALUE_SET)
		return set_text(r, v);
	return v->kind == VALUE_TEXT ? v->text : SV("");
}

/* What their clock shows tells where it stands. */
static void set_clock(struct run *r, struct sv text)
{
	int minute;

	if (moment_clock(text, &minute))
		r->ss->utc_offset = moment_offset(minute, r->ev->now);
}

static void assign(struct run *r, const struct assignment *as)
{
	struct scope scope = run_scope(r);
	struct value v = as->expr ? expr_eval(as->expr, &scope) : (struct value){ 0 };
	struct sv head, rest = as->slot, text = value_words(r, &v);
	const struct frame *f = run_frame(r);
	const struct dialog *d = run_dialog(r, f);
	const struct slot_def *def;
	struct person *p;

	sv_split(&rest, '.', &head);
	def = d ? dialog_slot(d, head) : NULL;
	p = run_person(r, head);
	if (rest.p) {
		if (p)
			held_set(r->ss, &p->more, rest, text, r->ev->now);
		return;
	}
	if (sv_is(head, "clock")) {
		set_clock(r, text);
		return;
	}
	if (def && def->type == SLOT_PERSON && memchr(text.p, '|', text.n))
		text = sv_from(arena_printf(r->a, "p%d", run_meet(r, text)->id));
	if (text.n)
		run_store(r, head, text, SV(""), 0);
	else if (!def || def->type != SLOT_PERSON)
		run_unset(r, head);
}

static void do_set(struct run *r, const struct step *st)
{
	for (size_t i = 0; i < st->n_sets; i++)
		assign(r, &st->sets[i]);
	run_after(r, st);
}

static void drop_timer(struct run *r, struct sv dialog, struct sv step)
{
	struct session *ss = r->ss;

	for (size_t i = 0; i < ss->n_timers; )
		if (sv_eq(ss->timers[i].dialog, dialog) && sv_eq(ss->timers[i].step, step))
			timer_remove(ss, i);
		else
			i++;
}

static void drop_saved(struct run *r, const struct held *h)
{
	int64_t id;

	if (!h || h->text.n < 2 || h->text.p[0] != 's'
	    || !sv_int(sv_sub(h->text, 1, h->text.n), &id))
		return;
	for (size_t i = 0; i < r->ss->n_saved; i++)
		if (r->ss->saved[i].id == (int)id) {
			memmove(&r->ss->saved[i], &r->ss->saved[i + 1],
			    (r->ss->n_saved - i - 1) * sizeof *r->ss->saved);
			r->ss->n_saved--;
			return;
		}
}

static void do_drop(struct run *r, const struct step *st)
{
	struct frame *f = run_frame(r);

	for (size_t i = 0; i < st->n_names; i++) {
		struct sv name = st->names[i];

		if (sv_is(name, "all")) {
			say_flush(r, NULL, 0);
			effect_add(r, EFFECT_FORGET, SV(""), 0, NULL, 0);
			r->ss->n_parked = 0;    /* nothing is left to offer a return to */
			r->ss->n_timers = 0;
			say_line(r, "forgotten");
			say_flush(r, NULL, 0);
			continue;
		}
		if (sv_is(name, "saved")) {
			r->ss->n_saved = 0;
			continue;
		}
		drop_saved(r, run_held(r, name));
		if (memchr(name.p, '/', name.n)) {      /* a reminder that another dialog set */
			struct sv step = name, of;

			sv_split(&step, '/', &of);
			drop_timer(r, of, step);
			continue;
		}
		drop_timer(r, f->dialog, name);
		run_unset(r, name);
	}
	run_after(r, st);
}

static void do_analyze(struct run *r, const struct step *st)
{
	struct frame *f = run_frame(r);
	struct held *h = held_set(r->ss, &f->slots, st->as, st->id, r->ev->now);
	struct sv slot, field;
	struct record *rec;

	h->grid = SV("@");
	run_forget_records(r);
	rec = run_record(r, f, st->as);
	for (size_t i = 0; rec && st->analysis && analysis_hand_over(st->analysis, i, &slot, &field); i++) {
		struct sv head, rest = field;
		struct value v;

		sv_split(&rest, '.', &head);
		v = record_get(rec, rest.p ? rest : field);
		if (v.kind == VALUE_TEXT && memchr(v.text.p, '|', v.text.n) && !run_person(r, slot))
			run_store(r, slot, sv_from(arena_printf(r->a, "p%d",
			    run_meet(r, v.text)->id)), SV(""), 0);
	}
	run_after(r, st);
}

/* ---- building -------------------------------------------------------------------------- */

static bool piece_clauses(struct run *r, struct piece *p, struct sv text)
{
	struct reading *reading = run_reading(r, r->lang, text);
	const struct clause **cs = ARENA_ARRAY(r->a, const struct clause *, reading->n_clauses);

	p->text = text;
	p->kind = reading->n_clauses ? PIECE_CLAUSES : PIECE_TEXT;
	p->reading = reading;
	p->n_clauses = (size_t)reading->n_clauses;
	for (int i = 0; i < reading->n_clauses; i++)
		cs[i] = &reading->clauses[i];
	p->clauses = cs;
	return true;
}

static bool piece_words(struct run *r, struct piece *p, struct sv text)
{
	struct sv part, rest = text, *items = ARENA_ARRAY(r->a, struct sv, 16);
	size_t n = 0;

	while (n < 16 && sv_split(&rest, ',', &part))
		if (sv_trim(part).n)
			items[n++] = sv_trim(part);
	p->kind = PIECE_WORDS;
	p->words = items;
	p->n_words = n;
	p->chosen = true;
	return n > 0;
}

/* A line that was kept once is the person's own as it stands. */
static bool is_kept(const struct run *r, struct sv text)
{
	for (size_t i = 0; i < r->ss->n_saved; i++)
		for (size_t k = 0; k < r->ss->saved[i].fields.n; k++)
			if (text.n && sv_eq(r->ss->saved[i].fields.items[k].text, text))
				return true;
	return false;
}

/* One source of a frame's slot: "c.story", "seen.clause", "feeling", "request". */
static bool piece_from(struct run *r, struct sv path, struct piece *p)
{
	struct sv head, rest = path;
	struct frame *f = run_frame(r);
	const struct dialog *d = run_dialog(r, f);
	const struct slot_def *def;
	struct record *rec;
	struct value v;

	sv_split(&rest, '.', &head);
	p->source = path;
	rec = run_record(r, f, head);
	if (rec && rest.p) {
		p->n_clauses = record_clauses(rec, rest, &p->clauses);
		p->kind = PIECE_CLAUSES;
		p->reading = record_reading(rec);
		p->text = p->reading->message->raw;
		return p->n_clauses > 0;
	}
	v = run_get(r, path);
	if (v.kind == VALUE_NONE)
		return false;
	v.text = value_words(r, &v);
	p->chosen = is_kept(r, v.text);
	def = d ? dialog_slot(d, head) : NULL;
	if (def && (def->type == SLOT_WORDS || def->type == SLOT_WORD) && !rest.p)
		return piece_words(r, p, v.text);
	if (def && (def->type == SLOT_WHEN || def->type == SLOT_TIME) && !rest.p) {
		p->kind = PIECE_TEXT;
		p->text = render_time(r, v.text);
		return true;
	}
	return v.text.n && piece_clauses(r, p, v.text);
}

static bool compose_extra(void *ctx, struct sv name, struct sv form, struct str *out)
{
	struct run *r = ctx;
	struct text t = { 0 };
	struct segment g = { .kind = SEGMENT_VALUE, .text = name, .form = form };

	t.segments = &g;
	t.n = 1;
	render(r, &t, out);
	return true;
}

static bool build(struct run *r, const struct step *st, struct composed *c)
{
	const struct frames *fr = st->frames;
	size_t n = fr ? frames_slots(fr) : 0;
	struct piece *pieces = ARENA_ARRAY(r->a, struct piece, n);
	struct voice voice = { SV("draft"), SV(""), true };
	const struct person *p = run_person(r, SV("person"));

	if (p && p->pronoun.n)
		voice.pronoun = p->pronoun;
	for (size_t i = 0; i < n; i++) {
		const struct sv *paths;
		size_t k = frames_sources(fr, i, &paths);

		for (size_t j = 0; j < k; j++) {
			pieces[i] = (struct piece){ .source = frames_slot(fr, i) };
			if (piece_from(r, paths[j], &pieces[i]))
				break;
			pieces[i] = (struct piece){ .source = frames_slot(fr, i) };
		}
	}
	return fr && compose(fr, r->reading, st->reg, pieces, st->gaps, &voice, compose_extra, r, r->a, c);
}

static void do_build(struct run *r, const struct step *st)
{
	struct composed c = { 0 };

	if (!gates_pass(r, SV("")))
		return;
	if (!build(r, st, &c)) {
		run_goto(r, &st->otherwise);
		return;
	}
	if (st->into.n)
		run_store(r, st->into, c.text, SV(""), 0);
	if (!st->gaps)
		say(r, c.text, PIECE_DRAFT);
	run_after(r, st);
}

/* ---- calls, time, kept things -------------------------------------------------------------- */

void run_call(struct run *r, const struct step *st)
{
	struct pair *with = ARENA_ARRAY(r->a, struct pair, st->n_with);

	/* read in the caller's frame, which the call may close */
	for (size_t i = 0; i < st->n_with; i++) {
		struct value v = run_get(r, st->with[i].value);

		with[i] = (struct pair){ st->with[i].name, arena_sv(r->a, value_words(r, &v)) };
	}
	if (!can_open(r, st->name, SV(""))) {           /* the check refuses it: E805 */
		run_after(r, st);
		return;
	}
	push_frame(r, st->name, SV(""));
	for (size_t i = 0; i < st->n_with; i++)
		if (with[i].value.n)
			run_fill(r, with[i].name, with[i].value);
	gates_pass(r, SV(""));
}

static bool same_values(const struct held_list *a, const struct held_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct held *other = held_find(b, a->items[i].name);

		if (!other || !sv_eq(other->text, a->items[i].text))
			return false;
	}
	return true;
}

/* Set anew for the same thing, a reminder takes the place of the first. */
static void drop_same(struct session *ss, const struct timer *t)
{
	for (size_t i = 0; i < ss->n_timers; )
		if (sv_eq(ss->timers[i].dialog, t->dialog) && sv_eq(ss->timers[i].step, t->step)
		    && same_values(&ss->timers[i].values, &t->values))
			timer_remove(ss, i);
		else
			i++;
}

/* Whole days are counted out by the calendar, so that nobody is woken. */
static struct sv remind_words(struct run *r, const struct step *st)
{
	if (st->in_seconds && st->in_seconds % DAY == 0)
		return sv_from(arena_printf(r->a, "in %dd", st->in_seconds / DAY));
	return time_words(r, st->at);
}

static void do_remind(struct run *r, const struct step *st)
{
	struct frame *f = run_frame(r);
	struct session *ss = r->ss;
	struct timer t = { .late = st->late_seconds, .quiet = st->quiet, .seen = -1 };
	const struct dialog *d = run_dialog(r, f);
	struct sv words = remind_words(r, st);

	t.dialog = f->dialog;
	t.step = arena_sv(ss->arena, st->name);
	if (st->late_step >= 0)
		t.late_step = arena_sv(ss->arena, d->steps[st->late_step].id);
	t.due = words.n ? time_of(r, words) : st->in_seconds ? r->ev->now + st->in_seconds : 0;
	if (moment_again(words))
		t.again = arena_sv(ss->arena, words);
	for (size_t i = 0; i < st->n_with; i++) {
		struct held *h = run_held(r, st->with[i].value);

		if (h)
			held_set(ss, &t.values, st->with[i].name, h->text, r->ev->now);
	}
	drop_same(ss, &t);
	if (t.due && ss->n_timers < MAX_TIMERS) {
		struct timer *more = ARENA_ARRAY(ss->arena, struct timer, ss->n_timers + 1);

		if (ss->n_timers)
			memcpy(more, ss->timers, ss->n_timers * sizeof *more);
		more[ss->n_timers++] = t;
		ss->timers = more;
		ss->cap_timers = ss->n_timers;
	}
	run_after(r, st);
}

static void do_cue(struct run *r, const struct step *st)
{
	say_flush(r, NULL, 0);
	cue_start(r, st);
}

static void do_save(struct run *r, const struct step *st)
{
	struct session *ss = r->ss;
	struct saved *more = ARENA_ARRAY(ss->arena, struct saved, ss->n_saved + 1), *s;

	if (ss->n_saved == MAX_SAVED) {
		ss->saved++;
		ss->n_saved--;
	}
	if (ss->n_saved)
		memcpy(more, ss->saved, ss->n_saved * sizeof *more);
	ss->saved = more;
	ss->cap_saved = ss->n_saved + 1;
	s = &ss->saved[ss->n_saved++];
	*s = (struct saved){ .id = ss->next_id++, .at = r->ev->now };
	s->kind = arena_sv(ss->arena, st->name);
	if (st->keep_days > 0)
		s->until = r->ev->now + (int64_t)st->keep_days * 86400;
	for (size_t i = 0; i < st->n_with; i++) {
		struct value v = run_get(r, st->with[i].value);
		struct sv text = value_words(r, &v);

		if (text.n)
			held_set(ss, &s->fields, st->with[i].name, text, r->ev->now);
	}
	run_after(r, st);
}

/* Leads on once, never pushes: a yes calls the dialog, all else goes on. */
static void do_offer(struct run *r, const struct step *st)
{
	struct sv key = sv_from(arena_printf(r->a, "offer:%.*s", SV_ARG(st->name)));
	struct options none = { 0 };

	if (!script_dialog(r->s, st->name, r->lang->locale)
	    || count_add(r->ss, &r->ss->variants, key) > 1) {
		run_after(r, st);
		return;
	}
	run_frame(r)->rung = 0;
	say_text(r, wording_pick(r, &st->say, key), 0);
	wait_for_answer(r, &none);
}

static void show_data(struct run *r)
{
	int paused = 0, answers = 0;

	for (size_t i = 0; i < r->ss->n_persons; i++)
		paused += r->ss->persons[i].lock.n > 0;
	for (int i = 0; i < r->ss->talk.n; i++)
		answers += (int)r->ss->talk.frames[i].slots.n;
	run_extra_number(r, "answers", answers);
	run_extra_number(r, "kept", (int64_t)r->ss->n_saved);
	run_extra_number(r, "people", (int64_t)r->ss->n_persons);
	run_extra_number(r, "reminders", (int64_t)r->ss->n_timers);
	run_extra_number(r, "paused", paused);
	say_line(r, "data");
	if (paused)
		say_line(r, "paused-topic");
}

static void show_export(struct run *r)
{
	STR_AUTO s = STR_INIT;

	say_line(r, "export");
	say_flush(r, NULL, 0);
	session_export(r->ss, r->s, &s);
	effect_add(r, EFFECT_EXPORT, str_sv(&s), 0, NULL, 0);
}

static void do_show(struct run *r, const struct step *st)
{
	if (sv_is(st->name, "data"))
		show_data(r);
	else if (sv_is(st->name, "export"))
		show_export(r);
	else if (!st->n_names || sv_is(st->names[0], "all"))
		help_now(r);
	else
		help_say(r, st->names, st->n_names, (size_t)st->words_max);
	run_after(r, st);
}

static void do_unlock(struct run *r, const struct step *st)
{
	struct person *p = run_person(r, st->name);

	if (!p)
		p = person_by_id(r->ss, r->ss->lane.person);
	if (p)
		p->lock = SV("");
	run_after(r, st);
}

static void do_nothing(struct run *r, const struct step *st)
{
	run_after(r, st);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static void enter(struct run *r, const struct step *st)
{
	static void (*const verbs[])(struct run *r, const struct step *st) = {
		[DO_NOTHING] = do_nothing, [DO_SAY] = do_say, [DO_ASK] = do_ask, [DO_PICK] = do_pick,
		[DO_SET] = do_set, [DO_DROP] = do_drop, [DO_ANALYZE] = do_analyze,
		[DO_BUILD] = do_build, [DO_CALL] = run_call, [DO_REMIND] = do_remind,
		[DO_CUE] = do_cue, [DO_SAVE] = do_save, [DO_OFFER] = do_offer, [DO_SHOW] = do_show,
		[DO_UNLOCK] = do_unlock,
	};
	struct frame *f = run_frame(r);
	const struct dialog *d = run_dialog(r, f);
	int n = count_add(r->ss, &f->visits, st->id);

	if (d->lane)
		count_add(r->ss, &r->ss->variants, sv_from(arena_printf(r->a, "visit:%.*s/%.*s",
		    SV_ARG(f->dialog), SV_ARG(st->id))));
	run_visit(r, f->dialog, st->id, SV(""));
	if (st->loop_max && n > st->loop_max && st->loop_then.set) {
		run_goto(r, &st->loop_then);
		return;
	}
	verbs[st->verb](r, st);
}

/* A script cannot run away: the budget ends the talk with one honest line. */
void run_on(struct run *r)
{
	while (r->talk->n && !r->asked && !r->talk->waiting && !cue_running(r)) {
		const struct step *st = run_step(r);

		if (!st || --r->budget < 0) {
			talk_clear(r->talk);
			say_line(r, "broken");
			break;
		}
		enter(r, st);
	}
}
