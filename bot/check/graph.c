/* check/graph.c - the ways through a dialog; reachability, ends, rounds, shape. */
#include "check/graph.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "check/check.h"

/* ---- edges ------------------------------------------------------------------- */

static void add(struct graph *g, struct edge e, const struct target *t)
{
	if (!t->set)
		return;
	e.to = t->end.n ? -1 : t->step;
	GROW(g->edges, g->n, g->cap);
	g->edges[g->n++] = e;
}

/* Behind a verb: each row of "when", then goto, end or the next step. */
static void add_on(struct graph *g, const struct step *st, struct edge e)
{
	struct target next = { st->number + 1 < g->d->n_steps ? st->number + 1 : -1, SV(""), true };

	for (size_t i = 0; i < st->n_when; i++) {
		e.when = (int)i;
		add(g, e, &st->when[i].to);
		if (!st->when[i].test)
			return;
	}
	e.when = -1;
	add(g, e, st->to.set ? &st->to : &next);
}

/* Can it be answered by other than a choice that names its own way? */
static bool answers_lead_on(const struct step *st)
{
	if (st->reader.n || st->has_from || !st->n_choices)
		return true;
	for (size_t i = 0; i < st->n_choices; i++)
		if (!st->choices[i].to.set)
			return true;
	return st->repair && st->repair->out == OUT_VALUE && st->into.n;
}

static void edges_of_ask(struct graph *g, const struct step *st, struct edge e)
{
	const struct target end = { -1, SV(""), true };
	struct edge to = e;

	for (size_t i = 0; i < st->n_choices; i++) {
		to.choice = (int)i;
		if (st->choices[i].to.set)
			add(g, to, &st->choices[i].to);
		else
			add_on(g, st, to);
	}
	if (answers_lead_on(st))
		add_on(g, st, e);
	to = e;
	to.way = WAY_SKIP;
	if (st->skip.set)
		add(g, to, &st->skip);
	else if (st->may_skip || (st->repair && st->repair->out == OUT_SKIP))
		add_on(g, st, to);
	to.way = WAY_AWAY;
	if (st->repair && st->repair->out == OUT_END)
		add(g, to, &end);
	add(g, to, &st->silence);
	to.way = WAY_NONE;
	to.waits = false;
	add(g, to, &st->none);
}

static void edges_of(struct graph *g, const struct step *st)
{
	struct edge e = { .from = st->number, .choice = -1, .when = -1,
		.waits = st->verb == DO_ASK || st->verb == DO_CUE || st->verb == DO_OFFER };
	struct edge to = e;

	if (st->loop_then.set) {
		to.way = WAY_AWAY;
		to.waits = false;
		add(g, to, &st->loop_then);
	}
	to = e;
	switch (st->verb) {
	case DO_ASK:
		edges_of_ask(g, st, e);
		return;
	case DO_PICK:
		to.way = WAY_NONE;
		if (st->none.set)
			add(g, to, &st->none);
		else
			add_on(g, st, to);
		break;
	case DO_BUILD:
		to.way = WAY_ELSE;
		add(g, to, &st->otherwise);
		break;
	case DO_CUE:
		to.way = WAY_AWAY;
		add(g, to, &st->stop);
		break;
	default:
		break;
	}
	add_on(g, st, e);
}

static bool named(const struct sv *names, size_t n, struct sv name)
{
	for (size_t i = 0; i < n; i++)
		if (sv_eq(names[i], name))
			return true;
	return false;
}

/* A gate steps in after an answer into what it reads, and before a build. */
static void edges_of_gate(struct graph *g, const struct gate *gate)
{
	struct target ask = { gate->ask, SV(""), gate->ask >= 0 };

	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *st = &g->d->steps[i];
		struct edge e = { .from = i, .way = WAY_GATE, .choice = -1, .when = -1,
			.waits = st->verb == DO_ASK };
		bool reads = st->verb == DO_ASK && (named(gate->on, gate->n_on, st->into)
		    || named(gate->with, gate->n_with, st->into));

		if (!reads && st->verb != DO_BUILD)
			continue;
		add(g, e, &ask);
		if (!gate->lane.n)
			add(g, e, &gate->blocked);
	}
}

void graph_init(struct graph *g, const struct script *s, const struct dialog *d, struct findings *f)
{
	*g = (struct graph){ .s = s, .d = d, .f = f };
	for (int i = 0; i < d->n_steps; i++)
		edges_of(g, &d->steps[i]);
	for (size_t i = 0; i < d->n_gates; i++)
		edges_of_gate(g, &d->gates[i]);
}

void graph_fini(struct graph *g)
{
	free(g->edges);
}

void graph_report(const struct graph *g, const struct step *st, const char *code, const char *fmt, ...)
{
	STR_AUTO place = STR_INIT;
	STR_AUTO text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&text, fmt, ap);
	va_end(ap);
	str_addf(&place, "dialog %.*s, step %.*s", SV_ARG(g->d->id), SV_ARG(st->id));
	findings_add(g->f, code, g->d->file.p, place.p, st->line, "%s", text.p);
}

const struct dialog *graph_called(const struct graph *g, const struct step *st)
{
	if (st->verb != DO_CALL && st->verb != DO_OFFER)
		return NULL;
	return script_dialog(g->s, st->name, g->d->locale);
}

/* ---- paths --------------------------------------------------------------------- */

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

static void mark_start(const struct dialog *d, bool *seen)
{
	if (d->n_steps)
		seen[0] = true;
	for (size_t i = 0; i < d->n_gates; i++)         /* a gate may step in at entry */
		if (d->gates[i].ask >= 0)
			seen[d->gates[i].ask] = true;
}

void graph_from_call(const struct graph *g, bool *seen)
{
	mark_start(g->d, seen);
	spread(g, seen, false);
}

static void mark_entries(const struct graph *g, bool *seen)
{
	const struct dialog *d = g->d;

	mark_start(d, seen);
	for (int i = 0; i < d->n_steps; i++)
		if (d->steps[i].entry || (d->lane && sv_is(d->steps[i].id, "back")))
			seen[i] = true;         /* a timer, or the lane that comes back to it */
	for (size_t i = 0; i < g->s->n_intents; i++) {
		int k = dialog_step_number(d, g->s->intents[i].step);

		if (k >= 0 && sv_eq(g->s->intents[i].dialog, d->id))
			seen[k] = true;
	}
}

static void prove_paths(struct graph *g)
{
	bool *seen = xcalloc((size_t)g->d->n_steps + 1, sizeof *seen);
	bool *ends = xcalloc((size_t)g->d->n_steps + 1, sizeof *ends);

	mark_entries(g, seen);
	spread(g, seen, false);
	spread(g, ends, true);
	for (int i = 0; i < g->d->n_steps; i++) {
		if (!seen[i])
			graph_report(g, &g->d->steps[i], "E801",
			    "no path leads here -- lead to it, or remove it");
		else if (!ends[i])
			graph_report(g, &g->d->steps[i], "E802",
			    "no path from here ends the dialog -- add \"end\" or a way to one");
	}
	free(seen);
	free(ends);
}

/* Takes away, again and again, the steps that none of the kept edges leaves:
 * what stays is on a round or leads into one.  `open` are the steps to look at. */
static bool prove_cycles(struct graph *g, const bool *open, bool waiting, const char *code,
    const char *text)
{
	int n = g->d->n_steps;
	bool *left = xcalloc((size_t)n + 1, sizeof *left), *out, *calls, more = true, found = false;

	out = xcalloc((size_t)n + 1, sizeof *out);
	calls = xcalloc((size_t)n + 1, sizeof *calls);  /* they wait for the person there */
	for (int i = 0; i < n; i++) {
		left[i] = open[i];
		calls[i] = graph_call_waits(g, &g->d->steps[i]);
	}
	while (more) {
		more = false;
		for (int i = 0; i < n; i++)
			out[i] = false;
		for (size_t i = 0; i < g->n; i++) {
			const struct edge *e = &g->edges[i];

			/* a gate asks only for what it lacks */
			if (e->to >= 0 && e->way != WAY_GATE && left[e->from] && left[e->to]
			    && (waiting || !(e->waits || calls[e->from])))
				out[e->from] = true;
		}
		for (int i = 0; i < n; i++)
			if (left[i] && !out[i]) {
				left[i] = false;
				more = true;
			}
	}
	for (int i = 0; i < n && !found; i++)
		if (left[i]) {
			graph_report(g, &g->d->steps[i], code, "%s", text);
			found = true;
		}
	free(left);
	free(out);
	free(calls);
	return found;
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
	if (prove_cycles(g, open, false, "E803",
	    "from here steps go round without waiting -- put a question into the round")) {
		free(open);
		return;                 /* it is no round of questions */
	}
	for (int i = 0; i < g->d->n_steps; i++)
		open[i] = !has_way_out(&g->d->steps[i]);
	prove_cycles(g, open, true, "E804",
	    "from here questions go round for ever -- add \"loop\", \"skip\" or a repair that ends");
	free(open);
}

void check_graph(struct graph *g)
{
	const struct limits *m = &g->s->limits;

	prove_paths(g);
	prove_rounds(g);
	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *st = &g->d->steps[i];

		if (st->verb == DO_ASK && !st->repair && !st->repair_silent)
			graph_report(g, st, "E807",
			    "the question has no repair -- name a ladder, or \"silent\"");
		if (st->n_listed > (size_t)m->choices)
			graph_report(g, st, "E811", "%zu choices, %d at most -- leave some out",
			    st->n_listed, m->choices);
	}
	if (g->d->n_steps > m->steps && g->d->n_steps)
		graph_report(g, &g->d->steps[0], "W801", "the dialog has %d steps, %d at most "
		    "-- split it: a part of its own can be called", g->d->n_steps, m->steps);
}
