/* check/slots.c - slots: named, filled before they are read, behind a gate before they go out. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"

/* ---- names ---------------------------------------------------------------------- */

struct sv check_head(struct sv path)
{
	struct sv rest = path, head = path;

	sv_split(&rest, '.', &head);
	return head;
}

/* The names that the engine fills by itself. */
static bool is_own(struct sv head)
{
	static const char *const own[] = { "help", "emergency", "operator", "question", "address",
		"country", "saved", "hour", "weekday", "tier", "clock" };

	for (size_t i = 0; i < COUNT(own); i++)
		if (sv_is(head, own[i]))
			return true;
	return false;
}

static bool is_record(const struct dialog *d, struct sv head)
{
	for (int i = 0; i < d->n_steps; i++)
		if (d->steps[i].verb == DO_ANALYZE && sv_eq(d->steps[i].as, head))
			return true;
	return false;
}

static bool is_person(const struct dialog *d, struct sv head)
{
	const struct slot_def *def = dialog_slot(d, head);

	return sv_is(head, "person") || (def && def->type == SLOT_PERSON);
}

static bool form_known(const struct graph *g, struct sv form)
{
	static const char *const own[] = { "and", "first", "echo", "day", "time", "row", "name", "your" };
	const struct grammar *gr = g->d->language->grammar;

	for (size_t i = 0; i < COUNT(own); i++)
		if (sv_is(form, own[i]))
			return true;
	return !form.n || !gr || grammar_has_form(gr, form) || grammar_has_role(gr, form);
}

/* ---- texts of a step -------------------------------------------------------------- */

typedef void (*each_text)(void *ctx, const struct step *st, const struct text *t);

static void texts_of(const struct step *st, each_text fn, void *ctx)
{
	for (size_t i = 0; i < st->say.n; i++)
		fn(ctx, st, &st->say.variants[i]);
	if (st->has_again)
		fn(ctx, st, &st->again);
	for (size_t i = 0; i < st->n_cues; i++)
		fn(ctx, st, &st->cues[i].say);
	for (size_t i = 0; i < st->n_choices; i++) {
		fn(ctx, st, &st->choices[i].say);
		fn(ctx, st, &st->choices[i].chip);
	}
}

static void prove_names(void *ctx, const struct step *st, const struct text *t)
{
	const struct graph *g = ctx;

	for (size_t i = 0; i < t->n; i++) {
		const struct segment *s = &t->segments[i];
		struct sv head = check_head(s->text);

		if (s->kind == SEGMENT_LITERAL || memchr(s->text.p, '(', s->text.n))
			continue;
		if (!dialog_slot(g->d, head) && !is_record(g->d, head) && !is_own(head)
		    && !sv_is(head, "person"))
			graph_report(g, st, "E809", "the text names \"%.*s\" -- declare it in \"slots\"",
			    SV_ARG(s->text));
		else if (s->kind == SEGMENT_VALUE && !form_known(g, s->form))
			graph_report(g, st, "E816", "\"{%.*s:%.*s}\" asks for a form that is not there "
			    "-- see grammar.json, or FORMAT.md section 10", SV_ARG(s->text),
			    SV_ARG(s->form));
	}
}

/* ---- filled before read ------------------------------------------------------------ */

typedef uint64_t set;           /* of slots and records, by number */

struct fill {
	const struct graph *g;
	struct sv names[64]; size_t n;
	set *at;                        /* what is filled on every path to a step */
};

static set bit(const struct fill *f, struct sv path)
{
	struct sv head = check_head(path);

	for (size_t i = 0; i < f->n; i++)
		if (sv_eq(f->names[i], head))
			return (set)1 << i;
	return 0;
}

static void name_all(struct fill *f)
{
	const struct dialog *d = f->g->d;

	for (size_t i = 0; i < d->n_slots && f->n < COUNT(f->names); i++)
		f->names[f->n++] = d->slots[i].name;
	for (int i = 0; i < d->n_steps && f->n < COUNT(f->names); i++)
		if (d->steps[i].verb == DO_ANALYZE && !bit(f, d->steps[i].as))
			f->names[f->n++] = d->steps[i].as;
}

/* Cuts the next part before a word (" and ", " or ") off. */
static bool next_part(struct sv *rest, const char *word, struct sv *part)
{
	const char *hit;

	if (!rest->p)
		return false;
	hit = memmem(rest->p, rest->n, word, strlen(word));
	*part = sv_trim(hit ? sv_sub(*rest, 0, (size_t)(hit - rest->p)) : *rest);
	*rest = hit ? sv_sub(*rest, (size_t)(hit - rest->p) + strlen(word), rest->n)
	    : (struct sv){ NULL, 0 };
	return true;
}

static struct sv argument(struct sv part, size_t from)
{
	size_t n = from;

	while (n < part.n && part.p[n] != ')')
		n++;
	return sv_sub(part, from, n);
}

/* What a condition that holds says about slots: has(x), x = word, x > 1. */
static set if_true(const struct fill *f, struct sv test)
{
	struct sv part, word;
	set out = 0;

	if (memmem(test.p, test.n, " or ", 4))
		return 0;
	while (next_part(&test, " and ", &part)) {
		if (sv_starts(part, SV("has(")))
			out |= bit(f, argument(part, 4));
		else if (!sv_starts(part, SV("not ")) && sv_split(&part, ' ', &word))
			out |= bit(f, word);
	}
	return out;
}

/* ... and one that does not hold: each of its "or" parts is false. */
static set if_false(const struct fill *f, struct sv test)
{
	struct sv part;
	set out = 0;

	if (memmem(test.p, test.n, " and ", 5))
		return 0;
	while (next_part(&test, " or ", &part))
		if (sv_starts(part, SV("not has(")))
			out |= bit(f, argument(part, 8));
	return out;
}

static set assigned(const struct fill *f, const struct assignment *sets, size_t n)
{
	set out = 0;

	for (size_t i = 0; i < n; i++)
		if (!memchr(sets[i].slot.p, '.', sets[i].slot.n))
			out |= bit(f, sets[i].slot);
	return out;
}

/* What a step has filled when it is left by this edge. */
static set after(const struct fill *f, const struct step *st, const struct edge *e, set in)
{
	const struct choice_def *c = e->choice >= 0 ? &st->choices[e->choice] : NULL;
	set out = in;

	if (e->way == WAY_NONE && st->verb == DO_PICK)
		return in & ~bit(f, st->into);
	if (e->way != WAY_ON && e->way != WAY_GATE)
		return in;
	if (st->verb == DO_ASK && !(c && c->no_store))
		out |= bit(f, st->into);
	if (st->verb == DO_PICK || (st->verb == DO_BUILD && e->way == WAY_ON))
		out |= bit(f, st->into);
	if (st->verb == DO_ANALYZE && in & bit(f, st->on))
		out |= bit(f, st->as);
	if (c)
		out |= assigned(f, c->sets, c->n_sets);
	out |= assigned(f, st->sets, st->n_sets);
	for (size_t i = 0; st->verb == DO_DROP && i < st->n_names; i++)
		out &= ~bit(f, st->names[i]);
	for (int i = 0; e->way == WAY_ON && i < (int)st->n_when; i++) {
		if (i == e->when)
			return out | if_true(f, st->when[i].source);
		out |= if_false(f, st->when[i].source);
	}
	return out;
}

/* Slots that every way into the dialog brings along. */
static set brought(const struct fill *f)
{
	const struct script *s = f->g->s;
	const struct dialog *d = f->g->d;
	bool entered = false;
	set all = ~(set)0;

	for (size_t i = 0; i < s->n_intents; i++)
		if (sv_eq(s->intents[i].dialog, d->id) && !s->intents[i].step.n) {
			all &= s->intents[i].fill.n ? bit(f, s->intents[i].fill) : 0;
			entered = true;
		}
	for (size_t i = 0; i < s->n_dialogs; i++)
		for (int k = 0; k < s->dialogs[i]->n_steps; k++) {
			const struct step *st = &s->dialogs[i]->steps[k];
			set with = 0;

			if ((st->verb != DO_CALL && st->verb != DO_OFFER) || !sv_eq(st->name, d->id))
				continue;
			for (size_t w = 0; w < st->n_with; w++)
				with |= bit(f, st->with[w].name);
			all &= with;
			entered = true;
		}
	return entered ? all : 0;
}

static void enter(struct fill *f, int step, set filled)
{
	f->at[step] &= filled;
}

static void enter_all(struct fill *f)
{
	const struct script *s = f->g->s;
	const struct dialog *d = f->g->d;

	for (int i = 0; i < d->n_steps; i++)
		f->at[i] = ~(set)0;
	enter(f, 0, brought(f));
	for (int i = 0; i < d->n_steps; i++) {
		const struct step *st = &d->steps[i];
		set with = 0;

		if (st->verb != DO_REMIND)
			continue;
		for (size_t w = 0; w < st->n_with; w++)
			with |= bit(f, st->with[w].name);
		enter(f, dialog_step_number(d, st->name), with);
		if (st->late_step >= 0)
			enter(f, st->late_step, with);
	}
	for (size_t i = 0; i < s->n_intents; i++) {
		int k = dialog_step_number(d, s->intents[i].step);

		if (k >= 0 && sv_eq(s->intents[i].dialog, d->id))
			enter(f, k, bit(f, s->intents[i].fill));
	}
	for (size_t i = 0; i < d->n_gates; i++)         /* a gate at entry: one of its slots is there */
		if (d->gates[i].ask >= 0)
			enter(f, d->gates[i].ask, d->gates[i].n_on ? bit(f, d->gates[i].on[0]) : 0);
}

static void flow(struct fill *f)
{
	const struct graph *g = f->g;
	bool more = true;

	enter_all(f);
	while (more) {
		more = false;
		for (size_t i = 0; i < g->n; i++) {
			const struct edge *e = &g->edges[i];
			set out = after(f, &g->d->steps[e->from], e, f->at[e->from]);

			if (e->to >= 0 && (f->at[e->to] & ~out)) {
				f->at[e->to] &= out;
				more = true;
			}
		}
	}
}

/* "{c.echo}. And on": a first sentence that is all value goes when it is empty. */
static bool own_sentence(const struct text *t, size_t i)
{
	return i == 0 && t->n > 1 && t->segments[1].kind == SEGMENT_LITERAL
	    && sv_starts(t->segments[1].text, SV(". "));
}

/* "echo" is a sentence of its own and may be missing; so may all of a person. */
static void prove_filled(void *ctx, const struct step *st, const struct text *t)
{
	const struct fill *f = ctx;

	for (size_t i = 0; i < t->n; i++) {
		const struct segment *s = &t->segments[i];
		struct sv head = check_head(s->text);

		if (s->kind != SEGMENT_VALUE && s->kind != SEGMENT_BY_COUNT)
			continue;
		if (sv_is(s->form, "echo") || own_sentence(t, i) || is_own(head) || is_person(f->g->d, head))
			continue;
		if (bit(f, head) & ~f->at[st->number])
			graph_report(f->g, st, "E815", "not every path here fills \"%.*s\" "
			    "-- ask for it before, or branch on has(%.*s)", SV_ARG(s->text), SV_ARG(head));
	}
}

static void prove_flow(struct graph *g)
{
	struct fill f = { .g = g };

	name_all(&f);
	f.at = xcalloc((size_t)g->d->n_steps + 1, sizeof *f.at);
	flow(&f);
	for (int i = 0; i < g->d->n_steps; i++)
		if (f.at[i] != ~(set)0)         /* else nothing leads here: E801 */
			texts_of(&g->d->steps[i], prove_filled, &f);
	free(f.at);
}

/* ---- behind a gate -------------------------------------------------------------------- */

static bool gated(const struct dialog *d, struct sv slot)
{
	for (size_t i = 0; i < d->n_gates; i++)
		for (size_t k = 0; k < d->gates[i].n_on; k++)
			if (sv_eq(d->gates[i].on[k], slot))
				return true;
	return false;
}

/* What only builds fill has been through their gates already. */
static bool is_built(const struct dialog *d, struct sv slot)
{
	bool built = false;

	for (int i = 0; i < d->n_steps; i++) {
		const struct step *st = &d->steps[i];

		if (sv_eq(st->into, slot) && st->verb == DO_BUILD)
			built = true;
		else if (sv_eq(st->into, slot))
			return false;
	}
	return built;
}

static bool leaks(const struct dialog *d, struct sv slot)
{
	const struct slot_def *def = dialog_slot(d, slot);

	return def && (def->type == SLOT_TEXT || def->type == SLOT_REQUEST || def->type == SLOT_LINE)
	    && !gated(d, slot) && !is_built(d, slot);
}

static void prove_outward(const struct graph *g, const struct step *st, struct sv slot, const char *how)
{
	if (leaks(g->d, slot))
		graph_report(g, st, "E808", "%s uses \"%.*s\", which no gate reads "
		    "-- add it to \"on\" of a gate", how, SV_ARG(slot));
}

static void prove_cells(const struct graph *g, const struct step *st, const struct grid *t)
{
	for (size_t i = 0; t && i < t->n_rows * t->n_columns; i++) {
		const struct text *say = t->cells[i].say;

		for (size_t k = 0; say && k < say->n; k++)
			if (say->segments[k].kind != SEGMENT_LITERAL)
				prove_outward(g, st, check_head(say->segments[k].text),
				    "a row of the table that the build uses");
	}
}

/* A frame may name a slot, a record of one, or a row of a table. */
static void prove_source(const struct graph *g, const struct step *st, struct sv path)
{
	struct sv head = check_head(path);

	prove_outward(g, st, head, "the build");
	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *by = &g->d->steps[i];

		if (by->verb == DO_ANALYZE && sv_eq(by->as, head))
			prove_outward(g, st, by->on, "the build, through an analysis,");
		if ((by->verb == DO_PICK || by->verb == DO_ASK) && sv_eq(by->into, head))
			prove_cells(g, st, by->from.grid);
	}
}

static void prove_gates(const struct graph *g)
{
	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *st = &g->d->steps[i];
		size_t n = st->verb == DO_BUILD && st->frames ? frames_slots(st->frames) : 0;

		for (size_t k = 0; k < n; k++) {
			const struct sv *paths;
			size_t m = frames_sources(st->frames, k, &paths);

			for (size_t p = 0; p < m; p++)
				prove_source(g, st, paths[p]);
		}
		for (size_t k = 0; n && k < frames_extras(st->frames); k++)
			prove_outward(g, st, check_head(frames_extra(st->frames, k)),
			    "the text of the frame");
		for (size_t k = 0; st->verb == DO_SAVE && k < st->n_with; k++)
			prove_outward(g, st, check_head(st->with[k].value), "what is kept");
	}
}

void check_slots(struct graph *g)
{
	for (int i = 0; i < g->d->n_steps; i++)
		texts_of(&g->d->steps[i], prove_names, g);
	prove_flow(g);
	prove_gates(g);
}
