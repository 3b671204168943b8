/* engine/times.c - reminders and cues: what is due, and when. */
#include <limits.h>
#include <string.h>

#include "engine/run.h"

enum { CUE_LATE = 10, LANE_WAIT = 600, IGNORED = 2 };

/* ---- cues ------------------------------------------------------------------------- */

bool cue_running(const struct run *r)
{
	return r->ss->cue_started != 0;
}

static int64_t cue_time(const struct run *r, const struct step *st, int n)
{
	return r->ss->cue_started + (int64_t)(n / (int)st->n_cues) * st->every
	    + st->cues[n % (int)st->n_cues].at;
}

/* Says every line whose time has come; sets the time of the next. */
static void cue_say(struct run *r, const struct step *st)
{
	struct session *ss = r->ss;
	int total = (int)st->n_cues * (st->repeat > 0 ? st->repeat : 1);

	while (ss->cue_next < total && cue_time(r, st, ss->cue_next) <= r->ev->now) {
		struct sv text = render_sv(r, &st->cues[ss->cue_next % (int)st->n_cues].say);

		effect_add(r, EFFECT_SAY, text, SAY_CUE, NULL, 0);
		ss->cue_next++;
	}
	if (ss->cue_next < total)
		ss->cue_due = cue_time(r, st, ss->cue_next);
	else    /* the last line's own time runs out before the talk goes on */
		ss->cue_due = ss->cue_started + (int64_t)st->every * (st->repeat > 0 ? st->repeat : 1);
}

void cue_start(struct run *r, const struct step *st)
{
	if (!st->n_cues) {
		run_after(r, st);
		return;
	}
	r->ss->cue_started = r->ev->now;
	r->ss->cue_next = 0;
	cue_say(r, st);
}

/* Whatever is typed ends the cue; it is never taken up again. */
void cue_stop(struct run *r)
{
	const struct step *st;

	if (!cue_running(r))
		return;
	r->ss->cue_started = r->ss->cue_due = 0;
	r->ss->cue_next = 0;
	st = run_step(r);
	if (st && st->verb == DO_CUE)
		run_goto(r, &st->stop);
}

static void cue_due(struct run *r)
{
	const struct step *st = run_step(r);
	int total;

	if (!cue_running(r) || r->ss->cue_due > r->ev->now)
		return;
	if (r->ss->lane.discreet) {
		cue_stop(r);
		return;
	}
	if (!st || st->verb != DO_CUE || r->ev->now - r->ss->cue_due > CUE_LATE) {
		cue_stop(r);
		if (st)                 /* else the next message settles it */
			run_on(r);
		return;
	}
	total = (int)st->n_cues * (st->repeat > 0 ? st->repeat : 1);
	if (r->ss->cue_next >= total) {
		r->ss->cue_started = r->ss->cue_due = 0;
		run_after(r, st);
		run_on(r);
		return;
	}
	cue_say(r, st);
}

/* ---- reminders ----------------------------------------------------------------------- */

/* The words of a time, or the slot that holds them. */
struct sv time_words(struct run *r, struct sv at)
{
	struct value v;

	if (at.n < 3 || at.p[0] != '{')
		return at;
	v = run_get(r, sv_sub(at, 1, at.n - 1));
	return v.kind == VALUE_TEXT ? v.text : SV("");
}

/* Within which something may come that is not asked for at an hour.  While nobody knows
 * their clock it is any: they are awake now. */
struct hours run_hours(const struct run *r)
{
	struct hours h = r->s->limits.hours;

	if (r->ss->utc_offset == INT_MIN) {
		h.from = 0;
		h.to = 24 * 60 - 1;
	}
	return h;
}

/* By the person's own clock; while nobody knows it, the server's. */
int64_t time_of(struct run *r, struct sv words)
{
	struct hours h = run_hours(r);
	int64_t local = run_local(r, r->ev->now), t;

	t = moment_next(&h, words, local);
	return t ? t - (local - r->ev->now) : 0;
}

/* Nothing comes unasked in a crisis, or while somebody may see the screen. */
static bool held_back(const struct run *r)
{
	return lane_open(r) || r->ss->lane.discreet;
}

/* A question asked a moment ago is not talked over: until when. */
static int64_t busy_until(const struct run *r)
{
	const struct session *ss = r->ss;
	int64_t asked = ss->asking.n ? ss->last_seen : 0;

	if (ss->talk.n && ss->talk.waiting && ss->talk.asked_at > asked)
		asked = ss->talk.asked_at;
	return asked + r->s->limits.fresh;
}

static bool busy(const struct run *r)
{
	return busy_until(r) > r->ev->now;
}

static int64_t when_free(const struct run *r)
{
	return busy(r) ? busy_until(r) : r->ev->now + 1;
}

/* Its step, or where the script says that it went. */
static struct sv timer_step(const struct run *r, const struct timer *t, struct sv step)
{
	const struct dialog *d = script_dialog(r->s, t->dialog, r->lang->locale);
	const struct move *m = d && dialog_step_number(d, step) < 0
	    ? dialog_move(d, step, SV("")) : NULL;

	return m && m->to >= 0 ? d->steps[m->to].id : step;
}

static bool fire(struct run *r, struct timer t)
{
	bool late = t.late_step.n && r->ev->now - t.due > t.late;

	run_leave_own(r);
	if (!run_start(r, t.dialog, timer_step(r, &t, late ? t.late_step : t.step), true))
		return false;
	for (size_t i = 0; i < t.values.n; i++)
		run_store(r, t.values.items[i].name, t.values.items[i].text, SV(""), 0);
	run_on(r);
	return true;
}

/* One that repeats and that nobody answered, twice running, is over. */
static bool over(const struct run *r, struct timer *t)
{
	if (!t->again.n)
		return false;
	t->ignored = t->seen == r->ss->messages ? t->ignored + 1 : 0;
	t->seen = r->ss->messages;
	return t->ignored >= IGNORED;
}

static void reminders_due(struct run *r)
{
	struct session *ss = r->ss;

	for (size_t i = 0; i < ss->n_timers; i++) {
		struct timer t = ss->timers[i];

		if (t.due > r->ev->now)
			continue;
		if (held_back(r) || busy(r) || r->asked || cue_running(r))
			return;
		if (over(r, &ss->timers[i])) {
			timer_remove(ss, i--);
			continue;
		}
		ss->timers[i].due = t.again.n ? time_of(r, t.again) : 0;
		if (!ss->timers[i].due)
			timer_remove(ss, i);
		if (fire(r, t))
			session_here(ss, r->ev->now, r->s->limits.rest);        /* its talk lives a day from here */
		return;         /* one at a time: its question is open now */
	}
}

static void follow_due(struct run *r)
{
	int64_t due = r->ss->lane.follow;

	if (due && due <= r->ev->now && !busy(r) && !r->asked && !cue_running(r))
		lane_follow(r);
}

static void silence_due(struct run *r)
{
	const struct step *st = run_step(r);

	if (!st || !r->talk->waiting || r->talk->hushed || !st->silence.set || held_back(r))
		return;
	if (r->ev->now - r->talk->asked_at < st->silence_after)
		return;
	r->talk->hushed = true;
	run_visit(r, run_frame(r)->dialog, st->id, SV("silence"));
	run_goto(r, &st->silence);
	run_on(r);
}

static void sooner(int64_t *due, int64_t t)
{
	if (t && (!*due || t < *due))
		*due = t;
}

/* A reminder that may not come yet is looked at again when it may. */
int64_t times_next(struct run *r)
{
	const struct session *ss = r->ss;
	const struct step *st;
	int64_t due = 0, now = r->ev->now;

	for (size_t i = 0; i < ss->n_timers; i++) {
		int64_t t = ss->timers[i].due;

		if (t <= now)
			t = held_back(r) ? now + LANE_WAIT : when_free(r);
		sooner(&due, t);
	}
	if (ss->cue_started)
		sooner(&due, ss->cue_due);
	if (ss->lane.follow)
		sooner(&due, ss->lane.follow > now ? ss->lane.follow : when_free(r));
	sooner(&due, ss->lane.until);
	r->talk = &r->ss->talk;
	st = run_step(r);
	if (st && ss->talk.waiting && !ss->talk.hushed && st->silence.set && !held_back(r))
		sooner(&due, ss->talk.asked_at + st->silence_after);
	return due;
}

void times_due(struct run *r)
{
	cue_due(r);
	follow_due(r);
	if (!r->asked)
		silence_due(r);
	reminders_due(r);
	say_flush(r, NULL, 0);
}
