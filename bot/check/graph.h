/* check/graph.h - the ways through a dialog, as edges.  Private to check/.
 *
 * Every way that the engine can take from a step is an edge: each choice, the
 * answer, skip, the ladder's way out, each row of "when", a gate that steps in.
 * Proofs over them are linear in the edges, or a fixed point of a few rounds. */
#ifndef CHECK_GRAPH_H
#define CHECK_GRAPH_H

#include "engine/model.h"

enum way {
	WAY_ON,                 /* the step did what it is for */
	WAY_SKIP,               /* skipped, or out of a ladder */
	WAY_NONE,               /* no row to pick or to ask about */
	WAY_ELSE,               /* nothing could be built */
	WAY_AWAY,               /* silence, a cue cut short, a cap, a ladder that ends */
	WAY_GATE,               /* a gate asks, or blocks to a step */
};

struct edge {
	int from, to;           /* to: -1 ends the dialog */
	enum way way;
	int choice;             /* the choice taken, -1 none */
	int when;               /* the row of "when" that held, -1: none did */
	bool waits;             /* the person writes, or time passes, before it is taken */
};

struct graph {
	const struct script *s;
	const struct dialog *d;
	struct findings *f;
	struct edge *edges; size_t n, cap;
};

void graph_init(struct graph *g, const struct script *s, const struct dialog *d, struct findings *f);
void graph_fini(struct graph *g);
/* "dialog say, step cam" with the step's line. */
void graph_report(const struct graph *g, const struct step *st, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Marks the steps that a talk can come to when the dialog is called: not those that
 * only a timer enters, on a talk of its own. */
void graph_from_call(const struct graph *g, bool *seen);
/* Does the step lead into another dialog?  NULL: no, or there is none. */
const struct dialog *graph_called(const struct graph *g, const struct step *st);

/* calls.c: is it a question that may be passed over, for its slot can come with a call or an intent? */
bool graph_passable(const struct graph *g, const struct step *st);
/* calls.c: is it a call of a dialog through which no way leads without the person writing? */
bool graph_call_waits(const struct graph *g, const struct step *st);

/* tree.c: its place among the script's dialogs. */
size_t script_index(const struct script *s, const struct dialog *d);
/* Do calls and offers lead from d to `back`? */
bool script_leads(const struct script *s, const struct dialog *d, const struct dialog *back);

#endif
