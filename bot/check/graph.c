/* check/graph.c - proofs over the steps of a dialog: all linear in its edges. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "check/check.h"
#include "engine/session.h"

struct edge { int from, to; bool waits; };       /* to: -1 ends the dialog */

struct graph {
	const struct dialog *d;
	struct findings *f;
	struct edge *edges; size_t n, cap;
};

static void add(struct graph *g, const struct step *st, struct target t, bool waits)
{
	if (!t.set)
		return;
	GROW(g->edges, g->n, g->cap);
	g->edges[g->n++] = (struct edge){ st->number, t.step, waits };
}

static bool waits(const struct step *st)
{
	return st->verb == DO_ASK || st->verb == DO_CUE || st->verb == DO_OFFER;
}

/* Does every answer to it name its own way? */
static bool all_lead_on(const struct step *st)
{
	if (st->verb != DO_ASK || st->reader.n || st->has_from || !st->n_choices)
		return false;
	for (size_t i = 0; i < st->n_choices; i++)
		if (!st->choices[i].to.set)
			return false;
	return !(st->repair && st->repair->out == OUT_VALUE) && !(st->may_skip && !st->skip.set);
}

static bool falls_through(const struct step *st)
{
	if (st->to.set || all_lead_on(st))
		return false;
	for (size_t i = 0; i < st->n_when; i++)
		if (!st->when[i].test)
			return false;
	return true;
}

/* Past the last step a dialog ends. */
static struct target next_of(const struct dialog *d, const struct step *st)
{
	return (struct target){ st->number + 1 < d->n_steps ? st->number + 1 : -1, SV(""), true };
}

static void edges_of(struct graph *g, const struct step *st)
{
	const struct target end = { -1, SV(""), true };
	bool w = waits(st);

	for (size_t i = 0; i < st->n_when; i++)
		add(g, st, st->when[i].to, w);
	for (size_t i = 0; i < st->n_choices; i++)
		add(g, st, st->choices[i].to, w);
	add(g, st, st->none, false);
	add(g, st, st->skip, w);
	add(g, st, st->silence, true);
	add(g, st, st->otherwise, w);
	add(g, st, st->stop, true);
	add(g, st, st->loop_then, w);
	add(g, st, st->to, w);
	if (st->repair && st->repair->out == OUT_END)
		add(g, st, end, true);
	if (falls_through(st))
		add(g, st, next_of(g->d, st), w);
}

static void report(const struct graph *g, const struct step *st, const char *code, const char *text)
{
	STR_AUTO place = STR_INIT;

	str_addf(&place, "dialog %.*s, step %.*s", SV_ARG(g->d->id), SV_ARG(st->id));
	findings_add(g->f, code, g->d->file.p, place.p, st->line, "%s", text);
}

/* Spreads marks along the edges, or against them, until none is new. */
static void spread(const struct graph *g, bool *seen, bool back)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < g->n; i++) {
			int a = back ? g->edges[i].to : g->edges[i].from;
			int b = back ? g->edges[i].from : g->edges[i].to;

			if (b >= 0 && !seen[b] && (a < 0 || seen[a])) {
				seen[b] = true;
				more = true;
			}
		}
	}
}

static void mark_entries(const struct script *s, const struct dialog *d, bool *seen)
{
	if (d->n_steps)
		seen[0] = true;
	for (int i = 0; i < d->n_steps; i++)
		if (d->steps[i].entry)
			seen[i] = true;
	for (size_t i = 0; i < d->n_gates; i++) {
		if (d->gates[i].ask >= 0)
			seen[d->gates[i].ask] = true;
		if (d->gates[i].blocked.set && d->gates[i].blocked.step >= 0)
			seen[d->gates[i].blocked.step] = true;
	}
	for (size_t i = 0; i < s->n_intents; i++) {
		int k = dialog_step_number(d, s->intents[i].step);

		if (k >= 0 && sv_eq(s->intents[i].dialog, d->id))
			seen[k] = true;
	}
}

static void prove_paths(const struct script *s, struct graph *g)
{
	bool *seen = xcalloc((size_t)g->d->n_steps + 1, sizeof *seen);
	bool *ends = xcalloc((size_t)g->d->n_steps + 1, sizeof *ends);

	mark_entries(s, g->d, seen);
	spread(g, seen, false);
	spread(g, ends, true);
	for (int i = 0; i < g->d->n_steps; i++) {
		if (!seen[i])
			report(g, &g->d->steps[i], "E801", "no path leads here -- lead to it, or remove it");
		else if (!ends[i])
			report(g, &g->d->steps[i], "E802",
			    "no path from here ends the dialog -- add \"end\" or a way to one");
	}
	free(seen);
	free(ends);
}

/* Takes away, again and again, the steps that none of the kept edges leaves:
 * what stays is on a cycle or leads into one.  `open` are the steps to look at. */
static void prove_cycles(struct graph *g, const bool *open, bool waiting, const char *code,
    const char *text)
{
	int n = g->d->n_steps;
	bool *left = xcalloc((size_t)n + 1, sizeof *left), *out, more = true;

	out = xcalloc((size_t)n + 1, sizeof *out);
	for (int i = 0; i < n; i++)
		left[i] = open[i];
	while (more) {
		more = false;
		for (int i = 0; i < n; i++)
			out[i] = false;
		for (size_t i = 0; i < g->n; i++) {
			const struct edge *e = &g->edges[i];

			if (e->to >= 0 && left[e->from] && left[e->to] && (waiting || !e->waits))
				out[e->from] = true;
		}
		for (int i = 0; i < n; i++)
			if (left[i] && !out[i]) {
				left[i] = false;
				more = true;
			}
	}
	for (int i = 0; i < n; i++)
		if (left[i]) {
			report(g, &g->d->steps[i], code, text);
			break;
		}
	free(left);
	free(out);
}

static bool has_way_out(const struct step *st)
{
	if (st->loop_max > 0 || st->may_skip)
		return true;
	if (st->verb == DO_CUE || st->verb == DO_OFFER)
		return true;
	for (size_t i = 0; i < st->n_choices; i++)
		if (st->choices[i].to.set)
			return true;
	return st->repair && st->repair->out != OUT_VALUE;
}

static void prove_rounds(struct graph *g)
{
	bool *open = xcalloc((size_t)g->d->n_steps + 1, sizeof *open);

	for (int i = 0; i < g->d->n_steps; i++)
		open[i] = true;
	prove_cycles(g, open, false, "E803",
	    "from here steps go round without waiting -- put a question into the round");
	for (int i = 0; i < g->d->n_steps; i++)
		open[i] = !has_way_out(&g->d->steps[i]);
	prove_cycles(g, open, true, "E804",
	    "from here questions go round for ever -- add \"loop\", \"skip\" or a repair that ends");
	free(open);
}

/* ---- calls ---------------------------------------------------------------- */

/* Dialogs that are open at once: a call to one of them begins it anew, so only a
 * way through different dialogs is deep.  True when the way from d, with n open
 * before it, holds more than the talk has room for. */
static bool too_deep(const struct script *s, const struct dialog *d, const struct dialog **open, int n)
{
	for (int i = 0; i < n; i++)
		if (open[i] == d)
			return false;
	if (n == MAX_FRAMES)
		return true;
	open[n] = d;
	for (int i = 0; i < d->n_steps; i++) {
		bool calls = d->steps[i].verb == DO_CALL || d->steps[i].verb == DO_OFFER;
		const struct dialog *to = calls ? script_dialog(s, d->steps[i].name, d->locale) : NULL;

		if (to && too_deep(s, to, open, n + 1))
			return true;
	}
	return false;
}

/* Does a way lead from d to `back`? */
static bool reaches(const struct script *s, const struct dialog *d, const struct dialog *back,
    const struct dialog **open, int n)
{
	for (int i = 0; i < n; i++)
		if (open[i] == d)
			return false;
	if (d == back)
		return true;
	if (n == MAX_FRAMES)
		return false;
	open[n] = d;
	for (int i = 0; i < d->n_steps; i++) {
		bool calls = d->steps[i].verb == DO_CALL || d->steps[i].verb == DO_OFFER;
		const struct dialog *to = calls ? script_dialog(s, d->steps[i].name, d->locale) : NULL;

		if (to && reaches(s, to, back, open, n + 1))
			return true;
	}
	return false;
}

static void prove_calls(const struct script *s, struct graph *g)
{
	const struct dialog *open[MAX_FRAMES];

	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *st = &g->d->steps[i];
		const struct dialog *to;

		if (st->verb != DO_CALL && st->verb != DO_OFFER)
			continue;
		to = script_dialog(s, st->name, g->d->locale);
		if (!to)
			report(g, st, "E805", "there is no such dialog to lead to");
		else if (open[0] = g->d, too_deep(s, to, open, 1))
			report(g, st, "E806", "more than 8 dialogs call each other from here "
			    "-- flatten the calls");
		else if (st->n_out && reaches(s, to, g->d, open, 0))
			report(g, st, "E812", "the called dialog can lead back here, and then nothing "
			    "waits for \"into\" any more -- take the values in a dialog that nothing calls back");
	}
}

/* ---- questions, gates, shape ------------------------------------------------ */

static void prove_questions(const struct script *s, struct graph *g)
{
	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *st = &g->d->steps[i];
		size_t most = s->limits.choices > 0 ? (size_t)s->limits.choices : 7;

		if (st->verb != DO_ASK)
			continue;
		if (!st->repair && !st->repair_silent)
			report(g, st, "E807", "the question has no repair -- name a ladder, or \"silent\"");
		if (st->n_choices > most)
			report(g, st, "E811", "too many choices -- leave some out");
	}
}

static bool gated(const struct dialog *d, struct sv slot)
{
	for (size_t i = 0; i < d->n_gates; i++)
		for (size_t k = 0; k < d->gates[i].n_on; k++)
			if (sv_eq(d->gates[i].on[k], slot))
				return true;
	return false;
}

static bool free_text(const struct dialog *d, struct sv slot)
{
	const struct slot_def *def = dialog_slot(d, slot);

	return def && (def->type == SLOT_TEXT || def->type == SLOT_REQUEST);
}

/* What an analysis reads: a frame may name its record instead of the slot. */
static void prove_source(struct graph *g, const struct step *st, struct sv path)
{
	struct sv rest = path, head = path;

	sv_split(&rest, '.', &head);
	if (free_text(g->d, head) && !gated(g->d, head))
		report(g, st, "E808", "the build uses a slot that no gate reads -- add it to \"on\"");
	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *an = &g->d->steps[i];

		if (an->verb == DO_ANALYZE && sv_eq(an->as, head) && free_text(g->d, an->on)
		    && !gated(g->d, an->on))
			report(g, st, "E808",
			    "the build uses what was read from a slot that no gate reads");
	}
}

static void prove_gates(struct graph *g)
{
	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *st = &g->d->steps[i];

		if (st->verb != DO_BUILD || !st->frames)
			continue;
		for (size_t k = 0; k < frames_slots(st->frames); k++) {
			const struct sv *paths;
			size_t n = frames_sources(st->frames, k, &paths);

			for (size_t p = 0; p < n; p++)
				prove_source(g, st, paths[p]);
		}
	}
}

void check_graph(const struct script *s, const struct dialog *d, struct findings *f)
{
	struct graph g = { .d = d, .f = f };

	for (int i = 0; i < d->n_steps; i++)
		edges_of(&g, &d->steps[i]);
	prove_paths(s, &g);
	prove_rounds(&g);
	prove_calls(s, &g);
	prove_questions(s, &g);
	prove_gates(&g);
	if (s->limits.steps > 0 && d->n_steps > s->limits.steps && d->n_steps)
		report(&g, &d->steps[0], "W801", "the dialog has more steps than the limit -- split it");
	free(g.edges);
}
