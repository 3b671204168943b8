/* check/calls.c - dialogs that lead into each other: depth, rounds, the length of a turn. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "check/check.h"
#include "engine/session.h"

/* ---- depth --------------------------------------------------------------------- */

/* Which steps of each dialog a call can come to. */
struct ways { const struct script *s; struct graph *graphs; bool **called; };

/* A call to an open dialog begins it anew, so only a way through different
 * dialogs is deep.  True when the way from d, with n open, needs more room. */
static bool too_deep(const struct ways *w, const struct dialog *d, const struct dialog **open, int n)
{
	size_t at = script_index(w->s, d);

	for (int i = 0; i < n; i++)
		if (open[i] == d)
			return false;
	if (n == MAX_FRAMES)
		return true;
	open[n] = d;
	for (int i = 0; i < d->n_steps; i++) {
		const struct dialog *to = graph_called(&w->graphs[at], &d->steps[i]);

		if (to && w->called[at][i] && too_deep(w, to, open, n + 1))
			return true;
	}
	return false;
}

/* ---- what runs without waiting --------------------------------------------------- */

/* A question is passed over when its slot came with the call or the intent. */
bool graph_passable(const struct graph *g, const struct step *st)
{
	const struct script *s = g->s;

	if (st->verb != DO_ASK || !st->into.n)
		return false;
	for (size_t i = 0; i < s->n_intents; i++)
		if (sv_eq(s->intents[i].dialog, g->d->id) && sv_eq(s->intents[i].fill, st->into))
			return true;
	for (size_t i = 0; i < s->n_dialogs; i++)
		for (int k = 0; k < s->dialogs[i]->n_steps; k++) {
			const struct step *call = &s->dialogs[i]->steps[k];
			bool calls = call->verb == DO_CALL || call->verb == DO_OFFER;

			for (size_t w = 0; calls && sv_eq(call->name, g->d->id) && w < call->n_with; w++)
				if (sv_eq(call->with[w].name, st->into))
					return true;
		}
	return false;
}

/* The cap of a "loop" is met only after its step has waited so often. */
static bool is_cap(const struct step *st, const struct edge *e)
{
	return e->way == WAY_AWAY && !e->waits && st->loop_then.set && e->to == st->loop_then.step;
}

static bool call_waits(const struct graph *g, const struct step *st, int depth);

static bool ends_unasked(const struct graph *g, int step, bool *seen, int depth)
{
	const struct step *st = &g->d->steps[step];
	bool pass = graph_passable(g, st), end = false;

	if (seen[step] || call_waits(g, st, depth))
		return false;
	seen[step] = true;
	for (size_t i = 0; i < g->n && !end; i++) {
		const struct edge *e = &g->edges[i];

		if (e->from == step && (!e->waits || pass) && !is_cap(st, e))
			end = e->to < 0 || ends_unasked(g, e->to, seen, depth);
	}
	return end;
}

static bool call_waits(const struct graph *g, const struct step *st, int depth)
{
	const struct dialog *to = st->verb == DO_CALL ? graph_called(g, st) : NULL;
	struct graph in;
	bool *seen, passes;

	if (!to || !to->n_steps || depth == MAX_FRAMES)
		return false;
	graph_init(&in, g->s, to, g->f);
	seen = xcalloc((size_t)to->n_steps, sizeof *seen);
	passes = ends_unasked(&in, 0, seen, depth + 1);
	free(seen);
	graph_fini(&in);
	return !passes;
}

bool graph_call_waits(const struct graph *g, const struct step *st)
{
	return call_waits(g, st, 0);
}

struct runs {
	const struct script *s;
	struct graph *graphs;           /* one for each dialog */
	int **busy;                     /* steps on the way that is followed: depth of calls + 1 */
	int **known;                    /* longest run from a step; 0 not known yet */
	int depth;
	bool round;                     /* the way came back to itself through a call */
};

static int longest(struct runs *r, size_t at, int step);

static int longest_on(struct runs *r, size_t at, const struct step *st)
{
	const struct graph *g = &r->graphs[at];
	const struct dialog *to = graph_called(g, st);
	bool pass = graph_passable(g, st), later = graph_call_waits(g, st);
	int best = 0;

	for (size_t i = 0; i < g->n && !later; i++) {
		const struct edge *e = &g->edges[i];

		if (e->from == st->number && e->to >= 0 && (!e->waits || pass)) {
			int n = longest(r, at, e->to);

			best = n > best ? n : best;
		}
	}
	/* an offer waits; what a call runs comes before what is behind it */
	if (to && st->verb == DO_CALL && to->n_steps) {
		r->depth++;
		best += longest(r, script_index(r->s, to), 0);
		r->depth--;
	}
	return best;
}

static int longest(struct runs *r, size_t at, int step)
{
	int n;

	if (r->known[at][step])
		return r->known[at][step];
	if (r->busy[at][step]) {
		r->round = r->round || r->busy[at][step] != r->depth + 1;
		return 0;               /* a round inside one dialog is E803's */
	}
	r->busy[at][step] = r->depth + 1;
	n = 1 + longest_on(r, at, &r->graphs[at].d->steps[step]);
	r->busy[at][step] = 0;
	return r->known[at][step] = n;
}

static void prove_runs(struct runs *r)
{
	for (size_t i = 0; i < r->s->n_dialogs; i++) {
		const struct graph *g = &r->graphs[i];
		bool was = r->round;

		r->round = false;
		for (int k = 0; k < g->d->n_steps; k++) {
			int n = longest(r, i, k);

			if (n <= STEPS_PER_TURN || r->round)
				continue;
			graph_report(g, &g->d->steps[k], "E814", "from here a turn may run %d steps, and "
			    "the program stops at %d -- put a question between", n, STEPS_PER_TURN);
			break;
		}
		if (r->round && !was)
			graph_report(g, &g->d->steps[0], "E813", "dialogs lead into each other without "
			    "waiting for the person -- put a question into the round");
		r->round = r->round || was;
	}
}

static void prove_calls(const struct ways *w, struct graph *g)
{
	const struct dialog *open[MAX_FRAMES];

	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *st = &g->d->steps[i];
		const struct dialog *to = graph_called(g, st);

		if (st->verb != DO_CALL && st->verb != DO_OFFER)
			continue;
		open[0] = g->d;
		if (!to)
			graph_report(g, st, "E805", "there is no dialog \"%.*s\" "
			    "-- name a folder that has a dialog.json", SV_ARG(st->name));
		else if (to != g->d && too_deep(w, to, open, 1))
			graph_report(g, st, "E806", "more than %d dialogs lead into each other from here "
			    "-- let one of them end first", MAX_FRAMES);
		else if (st->n_out && script_leads(g->s, to, g->d))
			graph_report(g, st, "E812", "\"%.*s\" can lead back here, and then nobody waits "
			    "for its values -- call it without \"into\", or from elsewhere", SV_ARG(st->name));
	}
}

void check_calls(const struct tree *t)
{
	const struct script *s = t->script;
	struct runs r = { .s = s, .graphs = xcalloc(s->n_dialogs + 1, sizeof *r.graphs),
		.busy = xcalloc(s->n_dialogs + 1, sizeof *r.busy),
		.known = xcalloc(s->n_dialogs + 1, sizeof *r.known) };
	struct ways w = { s, r.graphs, xcalloc(s->n_dialogs + 1, sizeof *w.called) };

	for (size_t i = 0; i < s->n_dialogs; i++) {
		graph_init(&r.graphs[i], s, s->dialogs[i], t->findings);
		r.busy[i] = xcalloc((size_t)s->dialogs[i]->n_steps + 1, sizeof **r.busy);
		r.known[i] = xcalloc((size_t)s->dialogs[i]->n_steps + 1, sizeof **r.known);
		w.called[i] = xcalloc((size_t)s->dialogs[i]->n_steps + 1, sizeof **w.called);
		graph_from_call(&r.graphs[i], w.called[i]);
	}
	for (size_t i = 0; i < s->n_dialogs; i++)
		prove_calls(&w, &r.graphs[i]);
	prove_runs(&r);
	for (size_t i = 0; i < s->n_dialogs; i++) {
		graph_fini(&r.graphs[i]);
		free(r.busy[i]);
		free(r.known[i]);
		free(w.called[i]);
	}
	free(r.graphs);
	free(r.busy);
	free(r.known);
	free(w.called);
}
