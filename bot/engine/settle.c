/* engine/settle.c - a live talk goes on across a changed script.
 *
 * dialogs/FORMAT.md section 19.  A frame remembers the fingerprint of the step
 * it stood at: verb, slot, its type, choices and rows, not the wording.  Same:
 * it goes on.  "moved": it goes there.  A question that is still a question: an
 * answer in words is read, a number is not, because it counts a menu that is
 * gone.  Otherwise back to the nearest earlier answer whose question still is. */
#include "engine/run.h"

/* "1.10.0" < "1.9.0" is false: numbers part by part. */
bool version_before(struct sv a, struct sv b)
{
	struct sv x, y;

	while (sv_split(&a, '.', &x) && sv_split(&b, '.', &y)) {
		int64_t m = 0, n = 0;

		sv_int(x, &m);
		sv_int(y, &n);
		if (m != n)
			return m < n;
	}
	return false;
}

const struct move *dialog_move(const struct dialog *d, struct sv from, struct sv version)
{
	for (size_t i = 0; i < d->n_moves; i++)
		if (sv_eq(d->moves[i].from, from)
		    && (!version.n || version_before(version, d->moves[i].before)))
			return &d->moves[i];
	return NULL;
}

enum settled { SETTLED_SAME, SETTLED_MOVED, SETTLED_CHANGED, SETTLED_BACK, SETTLED_LOST };

static bool goes_back(struct run *r, const struct dialog *d, struct talk *t, int at)
{
	for (int i = t->n_back; i-- > 0; ) {
		if (t->back[i].depth != at + 1 || dialog_step_number(d, t->back[i].step) < 0)
			continue;
		t->frames[at].step = arena_sv(r->ss->arena, t->back[i].step);
		t->n_back = i;
		return true;
	}
	return false;
}

static enum settled settle_frame(struct run *r, struct talk *t, int at)
{
	struct frame *f = &t->frames[at];
	const struct dialog *d = run_dialog(r, f);
	int n = d ? dialog_step_number(d, f->step) : -1;
	const struct move *m;

	if (!d)
		return SETTLED_LOST;
	if (n >= 0 && (!f->fingerprint || d->steps[n].fingerprint == f->fingerprint))
		return SETTLED_SAME;
	m = dialog_move(d, f->step, f->version);
	if (m && m->to >= 0) {
		f->step = arena_sv(r->ss->arena, d->steps[m->to].id);
		return SETTLED_MOVED;
	}
	if (n >= 0 && !m && (at + 1 < t->n || d->steps[n].verb == DO_ASK))
		return SETTLED_CHANGED;
	if (!m && goes_back(r, d, t, at))
		return SETTLED_BACK;
	f->step = arena_sv(r->ss->arena, d->steps[0].id);       /* its answers stay */
	return SETTLED_BACK;
}

/* The dialog is gone: whoever called it goes on behind the call. */
static void return_to_caller(struct run *r, struct talk *t)
{
	const struct step *call;

	r->talk = t;
	call = run_step(r);
	if (call && (call->verb == DO_CALL || call->verb == DO_OFFER))
		run_after(r, call);
}

const char *settle(struct run *r, struct talk *t)
{
	for (int i = 0; i < t->n; i++) {
		enum settled how = settle_frame(r, t, i);
		bool top = i + 1 == t->n;
		const struct dialog *d = run_dialog(r, &t->frames[i]);

		if (how == SETTLED_SAME || (how == SETTLED_CHANGED && !top))
			continue;
		if (how == SETTLED_MOVED || how == SETTLED_CHANGED) {
			int to = dialog_step_number(d, t->frames[i].step);

			r->renumbered = true;
			if (top)
				t->waiting = t->waiting && d->steps[to].verb == DO_ASK;
			continue;
		}
		t->n = how == SETTLED_LOST ? i : i + 1;
		t->waiting = false;
		if (how == SETTLED_LOST)
			return_to_caller(r, t);
		return how == SETTLED_BACK ? "reload-moved" : "reload-lost";
	}
	return NULL;
}

void settle_mark(struct run *r, struct talk *t)
{
	for (int i = 0; i < t->n; i++) {
		const struct dialog *d = run_dialog(r, &t->frames[i]);
		int n = d ? dialog_step_number(d, t->frames[i].step) : -1;

		if (n >= 0) {
			t->frames[i].fingerprint = d->steps[n].fingerprint;
			t->frames[i].version = arena_sv(r->ss->arena, d->version);
		}
	}
}
