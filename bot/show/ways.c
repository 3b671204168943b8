/* show/ways.c - where a step leads, in the order in which it is written. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "show/show.h"

static void add(struct ways *w, enum way_kind kind, struct target to, size_t n)
{
	if (!to.set)
		return;
	GROW(w->items, w->n, w->cap);
	w->items[w->n++] = (struct way){ kind, to, n };
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

void ways_of(const struct dialog *d, const struct step *st, struct ways *w)
{
	const struct target end = { -1, SV(""), true };
	/* past the last step a dialog ends */
	const struct target next = { st->number + 1 < d->n_steps ? st->number + 1 : -1, SV(""), true };

	w->n = 0;
	for (size_t i = 0; i < st->n_when; i++)
		add(w, WAY_WHEN, st->when[i].to, i);
	for (size_t i = 0; i < st->n_choices; i++)
		add(w, WAY_CHOICE, st->choices[i].to, i);
	add(w, WAY_NONE, st->none, 0);
	add(w, WAY_SKIP, st->skip, 0);
	add(w, WAY_SILENCE, st->silence, 0);
	add(w, WAY_ELSE, st->otherwise, 0);
	add(w, WAY_STOP, st->stop, 0);
	add(w, WAY_LOOP, st->loop_then, 0);
	add(w, WAY_ON, st->to, 0);
	if (st->repair && st->repair->out == OUT_END)
		add(w, WAY_REPAIR, end, 0);
	if (falls_through(st))
		add(w, WAY_ON, next, 0);
}

void ways_fini(struct ways *w)
{
	free(w->items);
	*w = (struct ways){ 0 };
}
