/* engine/step.c - who gets the message.
 *
 * Order: the lane; a question of the engine's own; controls (whole message);
 * a correction; a closed reader that reads; for an open reader first firm
 * intents, then the reader; asides; switches; repair. */
#include "engine/step.h"

#include <limits.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/run.h"
#include "language/cut.h"

enum { WEEK = 7 * 86400 };

/* ---- the start of a turn ------------------------------------------------------------ */

static void set_locale(struct run *r)
{
	struct sv want = r->ss->locale.n ? r->ss->locale : r->ev->locale;

	r->lang = script_language(r->s, want);
	if (!r->lang || !r->lang->readers)      /* only the lane reads that language */
		r->lang = script_language(r->s, r->s->base_locale);
	if (r->ev->utc_offset != INT_MIN)
		r->ss->utc_offset = r->ev->utc_offset;
}

static void read_message(struct run *r)
{
	r->msg = message_read(r->s->lexicon, r->lang->locale, run_heard(r, r->ev->text), r->a);
	r->reading = reading_of(r->lang, r->msg);
}

static void greet(struct run *r)
{
	struct session *ss = r->ss;
	bool week = ss->greeted && ss->last_seen && r->ev->now - ss->last_seen > WEEK;

	if (ss->greeted && !week)
		return;
	run_extra_number(r, "kept", (int64_t)ss->n_saved);
	if (week)
		say_line(r, ss->n_saved ? "greeting-week-kept" : "greeting-week");
	else if (!r->host->volatile_memory || !say_line(r, "greeting-volatile"))
		say_line(r, "greeting");
	ss->greeted = true;
	say_flush(r, NULL, 0);
}

static struct sv duration_words(struct run *r, int64_t seconds)
{
	const char *key = seconds < 5400 ? "duration-minutes" : seconds < 129600 ? "duration-hours"
	    : "duration-days";
	int64_t n = seconds < 5400 ? (seconds + 59) / 60 : seconds < 129600 ? (seconds + 1800) / 3600
	    : (seconds + 43200) / 86400;
	const struct line *line = script_line(r->s, sv_from(key));

	run_extra_number(r, "n", n);
	return line ? render_sv(r, &line->say.variants[0]) : SV("");
}

static bool is_late(const struct run *r)
{
	return r->ev->written && r->ev->now - r->ev->written > r->s->limits.late;
}

/* Who has typed for hours is told once more what this is; then the hours count anew. */
static void say_program(struct run *r)
{
	struct session *ss = r->ss;
	int64_t now = r->ev->now;

	session_here(ss, now, r->s->limits.rest);
	if (now - ss->active_since < r->s->limits.stretch)
		return;
	ss->active_since = now;
	say_line(r, "still-program");
}

static void say_late(struct run *r)
{
	if (!is_late(r))
		return;
	run_extra(r, "late", duration_words(r, r->ev->now - r->ev->written));
	say_line(r, "late");
	r->flags |= SAY_LATE;
}

/* ---- the engine's own questions -------------------------------------------------------- */

/* Near offers of an intent that has no dialog yet: labels are dialog titles. */
static struct options near_options(struct run *r, const struct intent *in)
{
	struct options o = { 0 };

	o.items = ARENA_ARRAY(r->a, struct option, in->n_near);
	o.ids = ARENA_ARRAY(r->a, struct sv, in->n_near);
	o.shown = ARENA_ARRAY(r->a, struct choice, in->n_near);
	for (size_t i = 0; i < in->n_near; i++) {
		const struct intent *near = script_intent(r->s, in->near[i]);
		const struct dialog *d = near ? script_dialog(r->s, near->dialog, r->lang->locale) : NULL;

		if (!d)
			continue;
		o.items[o.n] = (struct option){ d->title, NULL, 0, false };
		o.shown[o.n] = (struct choice){ d->title, d->title };
		o.ids[o.n++] = near->name;
	}
	o.n_listed = o.n;
	return o;
}

static struct options own_options(struct run *r, const struct line *line)
{
	struct options o = { 0 };
	const struct intent *in;

	if (sv_is(r->ss->asking, "no-dialog")) {
		in = script_intent(r->s, r->ss->asking_about);
		return in ? near_options(r, in) : o;
	}
	o.items = ARENA_ARRAY(r->a, struct option, line->n_choices);
	o.ids = ARENA_ARRAY(r->a, struct sv, line->n_choices);
	o.shown = ARENA_ARRAY(r->a, struct choice, line->n_choices);
	for (size_t i = 0; i < line->n_choices; i++) {
		const struct choice_def *c = &line->choices[i];

		o.items[o.n] = (struct option){ render_sv(r, &c->say), c->phrases, c->n_phrases,
			false };
		o.shown[o.n] = (struct choice){ o.items[o.n].label,
			c->chip.n ? render_sv(r, &c->chip) : o.items[o.n].label };
		o.ids[o.n++] = c->id;
	}
	o.n_listed = o.n;
	return o;
}

/* "no-dialog.self_worth": what the program says by itself, where an intent has words
 * of its own for it. */
static const struct line *line_about(struct run *r, struct sv key, struct sv intent)
{
	const struct line *own = script_line(r->s, sv_from(arena_printf(r->a, "%.*s.%.*s", SV_ARG(key),
	    SV_ARG(intent))));

	return own ? own : script_line(r->s, key);
}

static void say_about(struct run *r, struct sv key, struct sv intent)
{
	const struct line *line = line_about(r, key, intent);

	if (line)
		say_line(r, line->key.p);
}

static void ask_own(struct run *r)
{
	const struct line *line = line_about(r, r->ss->asking, r->ss->asking_about);
	struct options o;

	if (!line) {
		r->ss->asking = SV("");
		return;
	}
	o = own_options(r, line);
	say_text(r, wording_pick(r, &line->say, line->key), 0);
	run_menu(r, &o);
	say_flush(r, o.shown, o.n);
	r->asked = true;
}

static void unpark(struct run *r)
{
	struct session *ss = r->ss;
	const char *line;

	if (!ss->n_parked)
		return;
	ss->talk = ss->parked[--ss->n_parked];
	r->talk = &ss->talk;
	run_forget_records(r);
	line = settle(r, &ss->talk);
	if (line)
		say_line(r, line);
	if (ss->talk.waiting)
		run_ask_again(r);
	else
		run_on(r);
}

static void start_intent(struct run *r, const struct intent *in, bool told);

/* True when the message answered it. */
static bool answer_own(struct run *r)
{
	struct session *ss = r->ss;
	const struct line *line = script_line(r->s, ss->asking);
	struct sv key = ss->asking, id;
	struct option_result res;
	struct options o;

	if (!ss->asking.n)
		return false;
	o = line && r->lang->readers ? own_options(r, line) : (struct options){ 0 };
	res = o.n ? options_read(r->lang->readers, r->reading, o.items, o.n, false, r->a)
	    : (struct option_result){ .status = READ_NOTHING };
	if (res.status != READ_VALUE || res.n != 1 || res.picks[0] < 0) {
		run_leave_own(r);
		return false;
	}
	id = o.ids[res.picks[0]];
	if (sv_is(key, "return-offer") && sv_is(id, "yes")) {
		ss->asking = SV("");
		unpark(r);
		return true;
	}
	run_leave_own(r);
	if (sv_is(key, "no-dialog"))
		start_intent(r, script_intent(r->s, id), false);
	else
		say_line(r, "return-declined");
	return true;
}

/* ---- intents ------------------------------------------------------------------------------ */

static void open_menu(struct run *r)
{
	const struct line *open = script_line(r->s, SV("open"));

	if (open && open->dialog.n && run_start(r, open->dialog, SV(""), false))
		run_on(r);
	else
		say_line(r, "open");
}

static void answer_aside(struct run *r, const struct intent *in)
{
	struct talk kept = *r->talk;

	talk_clear(r->talk);
	if (!run_start(r, in->dialog, in->step, false)) {
		*r->talk = kept;
		return;
	}
	run_fill(r, in->fill, r->ev->text);
	run_on(r);
	if (r->talk->n && r->talk->waiting) {           /* it asks: then it is a switch */
		if (kept.n && r->ss->n_parked < MAX_PARKED)
			r->ss->parked[r->ss->n_parked++] = kept;
		return;
	}
	*r->talk = kept;
	run_forget_records(r);
	r->ss->asking = SV("");
	say_flush(r, NULL, 0);
	if (in->again && r->talk->n && r->talk->waiting)
		run_ask_again(r);
}

/* The opening question stands: nothing has begun. */
static bool idle_question(const struct run *r)
{
	const struct line *open = script_line(r->s, SV("open"));

	return open && r->talk->n == 1 && sv_eq(r->talk->frames[0].dialog, open->dialog);
}

/* The first intent near to it that a told message can begin. */
static const struct intent *near_told(struct run *r, const struct intent *in)
{
	for (size_t i = 0; in->fill.n && i < in->n_near; i++) {
		const struct intent *near = script_intent(r->s, in->near[i]);

		if (near && near->fill.n && script_dialog(r->s, near->dialog, r->lang->locale))
			return near;
	}
	return NULL;
}

/* No guide yet: what was told goes to the nearest one, for it need not be typed again. */
static void no_dialog(struct run *r, const struct intent *in, bool told)
{
	const struct intent *near = told ? near_told(r, in) : NULL;

	if (r->talk->n && r->talk->waiting && !idle_question(r)) {
		say_about(r, SV("no-dialog-now"), in->name);
		run_ask_again(r);
	} else if (near) {
		say_line(r, "no-dialog-near");
		start_intent(r, near, true);
	} else {
		r->ss->asking = SV("no-dialog");
		r->ss->asking_about = arena_sv(r->ss->arena, in->name);
		ask_own(r);
	}
}

/* Told: the message itself says it, and may fill the first slot. */
static void start_intent(struct run *r, const struct intent *in, bool told)
{
	if (!in)
		return;
	r->ss->lost = 0;
	r->ss->last_intent = arena_sv(r->ss->arena, in->name);
	r->out->trace.intent = in->name;
	if (!in->dialog.n || !script_dialog(r->s, in->dialog, r->lang->locale)) {
		no_dialog(r, in, told);
		return;
	}
	if (in->kind == INTENT_ASIDE) {
		answer_aside(r, in);
		return;
	}
	if (!run_start(r, in->dialog, in->step, true))
		return;
	if (in->fill.n && told) {
		answer_told(r, in->fill);
		run_fill(r, in->fill, r->ev->text);
	}
	gates_pass(r, SV(""));
	if (!r->lane_spoke)             /* a gate's own question is asked at once */
		run_on(r);
}

/* Already in that dialog: what sounds like its beginning is an answer. */
static bool runs_already(const struct run *r, const struct intent *in)
{
	for (int i = 0; i < r->talk->n; i++)
		if (sv_eq(r->talk->frames[i].dialog, in->dialog))
			return true;
	return false;
}

static bool try_intent(struct run *r, enum hearing how)
{
	const struct intent *in = intent_judge(r->s, r->reading, how, r->a);

	if (!in || in->kind == INTENT_CONTROL || in->kind == INTENT_CORRECTION
	    || in->kind == INTENT_NONE)
		return false;
	if (how == HEAR_ASKED && !in->asked && !idle_question(r))
		return false;
	if (r->talk->n && in->kind == INTENT_SWITCH && runs_already(r, in)) {
		if (!idle_question(r) || in->fill.n)
			return false;
		say_line(r, "greeted");         /* "hi" to the opening question, which stands above */
		return true;
	}
	start_intent(r, in, true);
	return true;
}

/* ---- controls -------------------------------------------------------------------------------- */

static void control_stop(struct run *r)
{
	struct session *ss = r->ss;
	bool busy = ss->talk.n || ss->n_parked || cue_running(r), promised = ss->n_timers > 0;

	if (lane_stop(r))
		return;
	ss->n_timers = 0;               /* nobody who said stop is written to */
	ss->cue_started = ss->cue_due = 0;
	talk_clear(&ss->talk);
	ss->n_parked = 0;
	ss->asking = SV("");
	r->out->trace.end = SV("stopped");
	if (!promised || !say_line(r, "stopped-reminders"))
		say_line(r, busy ? "stopped" : "stop-nothing");
}

static void control_back(struct run *r)
{
	if (answer_back(r, false))
		run_on(r);
	else {
		say_line(r, "back-nothing");
		run_ask_again(r);
	}
}

static void control_skip(struct run *r)
{
	if (answer_skip(r)) {
		run_on(r);
		return;
	}
	say_line(r, r->talk->n && r->talk->waiting ? "skip-not-here" : "skip-nothing");
	run_ask_again(r);
}

static void control_again(struct run *r)
{
	const struct step *st = run_step(r);

	if (!st || !r->talk->waiting) {
		say_line(r, "again-nothing");
		return;
	}
	r->talk->waiting = false;
	run_frame(r)->rung = 0;
	run_on(r);
}

static void control_resume(struct run *r)
{
	if (r->talk->n && r->talk->waiting)
		run_ask_again(r);
	else if (r->ss->n_parked)
		unpark(r);
	else
		open_menu(r);
}

static void control_help_now(struct run *r)
{
	r->flags |= SAY_LANE;
	help_now(r);
	say_flush(r, NULL, 0);
	r->flags &= ~(unsigned)SAY_LANE;
	if (!lane_open(r))
		run_ask_again(r);
}

static void control_hide(struct run *r)
{
	if (r->host->can_hide)
		effect_add(r, EFFECT_HIDE, SV(""), 0, NULL, 0);
	say_line(r, r->host->can_hide ? "hidden" : "hide-cannot");
}

static void control_quiet(struct run *r)
{
	r->ss->lane.discreet = true;
	say_line(r, "quiet-on");
}

static const struct control {
	const char *name;
	void (*run)(struct run *r);
} controls[] = {
	/* names are stable; what people type stands in common/intents.json */
	{ "again", control_again },
	{ "back", control_back },
	{ "help-now", control_help_now },
	{ "hide", control_hide },
	{ "quiet", control_quiet },
	{ "resume", control_resume },
	{ "skip", control_skip },
	{ "stop", control_stop },
};

static bool run_control(struct run *r, const struct intent *in)
{
	struct sv act;

	if (!in)
		return false;
	act = in->act.n ? in->act : in->name;
	r->out->trace.intent = in->name;
	r->ss->asking = SV("");
	for (size_t i = 0; i < COUNT(controls); i++)
		if (sv_is(act, controls[i].name)) {
			controls[i].run(r);
			return true;
		}
	if (!in->dialog.n)
		return false;
	if (!run_start(r, in->dialog, in->step, true))
		return false;
	run_on(r);
	return true;
}

/* ---- the message -------------------------------------------------------------------------------- */

static struct sv held_words(const struct held *h, struct arena *a)
{
	return h ? arena_sv(a, h->text) : SV("");
}

/* What stands behind "no wait" is read by the last question, when it can; denied: all
 * that was read is, so any words may take its place.  The same answer once more
 * corrects nothing: who insists answers the question that stands. */
static bool read_again(struct run *r, int behind, bool denied)
{
	struct talk before = *r->talk;
	struct held_list slots;
	struct reading *whole = r->reading;
	struct message *msg = r->msg;
	size_t visits = r->n_visits;
	struct sv slot, said;

	if (!r->talk->n_back || behind >= r->msg->n_words)
		return false;
	slot = r->talk->back[r->talk->n_back - 1].slot;
	said = slot.n ? held_words(run_held(r, slot), r->a) : SV("");
	/* the frame's slots are changed in place: keep a copy to go back to */
	slots = (struct held_list){ 0 };
	held_copy(r->ss, &slots, &run_frame(r)->slots);
	if (!answer_back(r, true))
		return false;
	r->reading = reading_beside(whole, r->lang, message_quote(msg,
	    (struct span){ behind, msg->n_words }));
	r->msg = r->reading->message;
	r->talk->waiting = true;
	if ((answer_read(r, true) == ANSWER_TAKEN || (denied && answer_read(r, false) == ANSWER_TAKEN))
	    && !(said.n && sv_eq(said, held_words(run_held(r, slot), r->a)))) {
		if (denied)
			say_line(r, "my-mistake");
		run_on(r);
		return true;
	}
	r->n_visits = visits;
	r->msg = msg;
	r->reading = whole;
	*r->talk = before;
	run_frame(r)->slots = slots;
	run_forget_records(r);
	return false;
}

/* "No, that's not it": the newest answer is taken back, and asked for again. */
static void take_back(struct run *r)
{
	if (answer_back(r, true)) {
		say_line(r, "my-mistake");
		run_on(r);
		return;
	}
	say_line(r, "my-mistake-open");
	run_ask_again(r);
}

static bool take_other_person(struct run *r)
{
	if (!answer_other_person(r))
		return false;
	if (gates_pass(r, SV("person"))) {
		say_line(r, "other-person");
		run_ask_again(r);
	} else
		run_on(r);
	return true;
}

/* What is said to somebody else, or into the open, takes nothing back. */
static bool said_to_us(const struct run *r)
{
	const struct step *st = run_step(r);

	return !st || (!st->spoken && !sv_is(st->reader, "listen"));
}

static bool correct(struct run *r)
{
	uint32_t list = lexicon_list_symbol(r->s->lexicon, r->lang->locale, SV("correction"));
	const struct mark *m = list && r->msg->n_words ? message_mark(r->msg, list, 0) : NULL;
	const struct intent *in;
	int behind;

	if (m && read_again(r, m->words.last, false))
		return true;
	in = intent_correction(r->s, r->msg, &behind);
	if (!in || !said_to_us(r))
		return false;
	r->out->trace.intent = in->name;
	if (sv_is(in->act, "person"))
		return take_other_person(r);
	if ((!in->asked && answer_read(r, true) == ANSWER_TAKEN) || answer_correction(r))
		run_on(r);
	else if (!read_again(r, behind, true))
		take_back(r);
	return true;
}

static void not_understood(struct run *r)
{
	r->ss->lost++;
	say_line(r, "not-understood");
	if (r->ss->lost > 1)
		open_menu(r);
}

static void open_question(struct run *r)
{
	enum { A_PICK = 4 };            /* words; who types more to the opening menu tells something */
	bool idle = idle_question(r);
	enum hearing first = idle ? HEAR_IDLE : HEAR_FIRM;
	const struct step *st = run_step(r);
	bool spoken = st && r->talk->waiting && st->spoken;

	if ((idle && r->msg->n_words > A_PICK && try_intent(r, first))
	    || answer_read(r, true) == ANSWER_TAKEN
	    || (spoken && answer_read(r, false) == ANSWER_TAKEN) || try_intent(r, first)
	    || answer_read(r, false) == ANSWER_TAKEN || try_intent(r, HEAR_ASKED)) {
		run_on(r);
		return;
	}
	answer_repair(r);
	run_on(r);
}

/* "delete everything" opens a dialog; to that dialog's "Do it?" it is the answer. */
static bool answers_instead(struct run *r, const struct intent *control)
{
	if (!control || control->act.n || !r->talk->waiting || !runs_already(r, control)
	    || answer_read(r, true) != ANSWER_TAKEN)
		return false;
	run_on(r);
	return true;
}

static void message(struct run *r)
{
	bool cue = cue_running(r);
	const struct intent *control = intent_control(r->s, r->msg, false);
	bool stops = intent_is_stop(control);

	if (cue) {
		cue_stop(r);
		if (stops) {
			run_on(r);
			return;
		}
	}
	if ((!stops && answer_own(r)) || answers_instead(r, control) || run_control(r, control))
		return;
	if (cue) {
		const struct intent *in = intent_judge(r->s, r->reading, HEAR_ASKED, r->a);

		if (in && in->kind == INTENT_ASIDE)
			start_intent(r, in, true);
		run_on(r);
		return;
	}
	if (r->talk->n && r->talk->waiting) {
		if (!correct(r))
			open_question(r);
		return;
	}
	if (r->talk->n) {               /* a step that vanished under a reload */
		run_on(r);
		return;
	}
	if (!try_intent(r, HEAR_IDLE))
		not_understood(r);
}

/* Where we were is gone: the message answered something else, unless it is a
 * control or, with the whole talk gone, the beginning of another. */
static void after_reload(struct run *r, const char *line)
{
	cue_stop(r);
	if (run_control(r, intent_control(r->s, r->msg, false)))
		return;
	say_line(r, line);
	if (r->talk->n)
		run_on(r);
	else
		try_intent(r, HEAR_IDLE);
}

/* The lane is asked first; true: this message is dealt with. */
static bool lane_takes(struct run *r)
{
	enum lane_turn lane;

	r->ss->messages++;
	lane = lane_first(r);
	if (lane == LANE_ANSWERED) {
		r->ss->greeted = true;
		return true;
	}
	r->talk = &r->ss->talk;
	if (lane == LANE_PASSES)
		run_control(r, intent_control(r->s, r->msg, false));
	return lane == LANE_PASSES;
}

static void on_flood(struct run *r, bool told)
{
	if (!(r->ev->text.n && lane_takes(r)) && !told)
		say_line(r, "slow-down");
}

static void on_text(struct run *r)
{
	const char *line;

	if (lane_takes(r))
		return;
	greet(r);
	say_program(r);
	say_late(r);
	line = settle(r, &r->ss->talk);
	if (line) {
		after_reload(r, line);
		return;
	}
	message(r);
	if (!r->ss->talk.n && !r->asked && !lane_open(r)) {
		say_flush(r, NULL, 0);
		times_due(r);           /* what waited for the talk to end */
	}
}

/* The newest message, corrected: back one step, then as if it had come so. */
static void on_edit(struct run *r)
{
	enum lane_turn lane = lane_first(r);

	if (lane != LANE_QUIET)
		return;
	r->talk = &r->ss->talk;
	if (!answer_back(r, true)) {
		message(r);
		return;
	}
	say_line(r, "edited");
	r->talk->waiting = true;
	message(r);
}

static void on_line(struct run *r, const char *key)
{
	say_line(r, key);
	if (lane_open(r) || r->ss->lane.discreet)
		return;
	run_ask_again(r);
}

static void on_retract(struct run *r)
{
	if (lane_open(r) || r->ss->lane.discreet)
		return;
	if (answer_back(r, true)) {
		say_line(r, "retract");
		run_on(r);
	}
}

static void on_open(struct run *r)
{
	const char *line = settle(r, &r->ss->talk);

	if (lane_open(r) || r->ss->lane.discreet)
		return;
	if (line)
		say_line(r, line);
	if (r->ss->talk.n) {
		if (r->ss->talk.waiting)
			run_ask_again(r);
		else
			run_on(r);
		return;
	}
	greet(r);
	open_menu(r);
}

static void on_tick(struct run *r)
{
	lane_expire(r);
	times_due(r);
}

/* A message is not stored: of a text that came in this turn, only the clauses
 * that will be read again. */
static void cut_frame(struct run *r, struct frame *f)
{
	const struct dialog *d = run_dialog(r, f);

	for (size_t i = 0; d && i < d->n_slots; i++) {
		const struct slot_def *s = &d->slots[i];
		struct held *h = s->n_cut ? held_find(&f->slots, s->name) : NULL;

		if (h && h->at == r->ev->now && h->text.n)
			h->text = arena_sv(r->ss->arena, text_cut(s->cut, s->n_cut,
			    run_reading(r, d->language, h->text), r->a));
	}
}

static void cut_talk(struct run *r, struct talk *t)
{
	for (int i = 0; i < t->n; i++)
		cut_frame(r, &t->frames[i]);
}

static void cut_texts(struct run *r)
{
	cut_talk(r, &r->ss->talk);
	cut_talk(r, &r->ss->lane_talk);
	for (int i = 0; i < r->ss->n_parked; i++)
		cut_talk(r, &r->ss->parked[i]);
	run_forget_records(r);
}

static void finish(struct run *r)
{
	struct session *ss = r->ss;
	struct trace *t = &r->out->trace;
	const struct step *st;

	if (ss->asking.n && !r->asked && !r->lane_spoke)
		ask_own(r);
	say_flush(r, NULL, 0);
	cut_texts(r);
	/* a tick that ran nothing has not shown the changed question */
	if (r->ev->kind != EVENT_TICK || r->n_visits)
		settle_mark(r, &ss->talk);
	settle_mark(r, &ss->lane_talk);
	ss->due = times_next(r);
	r->talk = ss->lane_talk.n ? &ss->lane_talk : &ss->talk;
	st = run_step(r);
	if (r->talk->n) {
		const struct frame *f = run_frame(r);

		t->dialog = arena_sv(r->a, f->dialog);
		t->step = arena_sv(r->a, f->step);
		t->reader = st ? st->reader : SV("");
		t->rung = f->rung;
	}
	t->lane_state = arena_sv(r->a, ss->lane.state.n ? ss->lane.state : SV("none"));
	t->lane_class = arena_sv(r->a, ss->lane.class);
	t->visits = r->visits;
	t->n_visits = r->n_visits;
	str_wipe(&r->bubble);
}

static struct run begin(const struct script *s, struct session *ss, const struct host *h,
    const struct event *ev, struct arena *a, struct effects *out)
{
	struct run r = { .s = s, .ss = ss, .host = h, .ev = ev, .a = a, .out = out,
		.bubble = STR_INIT, .budget = STEPS_PER_TURN };

	*out = (struct effects){ 0 };
	out->trace.end = out->trace.intent = SV("");
	r.talk = &ss->talk;
	set_locale(&r);
	session_expire(ss, s, ev->now);
	if (!ss->first_seen)
		ss->first_seen = ev->now;
	read_message(&r);
	return r;
}

enum engine_alone engine_alone(const struct script *s, struct session *ss,
    const struct event *ev, struct arena *a)
{
	struct run r = { .s = s, .ss = ss, .ev = ev, .a = a };

	set_locale(&r);
	read_message(&r);
	if (lane_hears_sign(&r))
		return ALONE_LANE;
	return intent_control(s, r.msg, true) ? ALONE_CONTROL : intent_is_all(s, r.msg)
	    ? ALONE_SMALL : ALONE_NOT;
}

void engine_open(const struct script *s, struct session *ss, const struct host *h,
    const struct event *ev, struct sv dialog, const struct given *given, size_t n,
    struct arena *a, struct effects *out)
{
	struct run r = begin(s, ss, h, ev, a, out);

	ss->greeted = true;
	if (run_start(&r, dialog, SV(""), true)) {
		for (size_t i = 0; i < n; i++)
			run_fill(&r, given[i].slot, given[i].text);
		gates_pass(&r, SV(""));
		if (!r.lane_spoke)      /* a gate's own question is asked at once */
			run_on(&r);
	}
	ss->last_seen = ev->now;
	finish(&r);
}

void engine_step(const struct script *s, struct session *ss, const struct host *h,
    const struct event *ev, struct arena *a, struct effects *out)
{
	struct run r = begin(s, ss, h, ev, a, out);

	switch (ev->kind) {
	case EVENT_TEXT: on_text(&r); break;
	case EVENT_EDIT: on_edit(&r); break;
	case EVENT_RETRACT: on_retract(&r); break;
	case EVENT_AUDIO: on_line(&r, "not-read"); break;
	case EVENT_CIPHER: on_line(&r, "cipher"); break;
	case EVENT_FLOOD: on_flood(&r, false); break;
	case EVENT_MUTED: on_flood(&r, true); break;
	case EVENT_OPEN: on_open(&r); break;
	case EVENT_TICK: on_tick(&r); break;
	}
	if (ev->kind != EVENT_TICK)
		ss->last_seen = ev->now;
	finish(&r);
}
