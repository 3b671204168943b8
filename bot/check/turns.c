/* check/turns.c - what a person meets in one turn and on the way to a result:
 * how long a bubble grows, how many questions, and a way on after every no. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"

/* ---- texts, about ----------------------------------------------------------------- */

enum { VALUE = 8 };                     /* characters of a value, about */

static int characters(const struct text *t)
{
	int n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct segment *g = &t->segments[i];
		struct sv s = g->kind == SEGMENT_LITERAL ? g->text
		    : g->n_alternatives ? g->alternatives[g->n_alternatives - 1] : SV("");

		for (size_t k = 0; k < s.n; k++)
			n += ((unsigned char)s.p[k] & 0xC0) != 0x80;
		n += g->kind == SEGMENT_VALUE ? VALUE : 0;
	}
	return n;
}

static int questions(const struct text *t)
{
	bool quoted = false;
	int n = 0;

	for (size_t i = 0; i < t->source.n; i++) {
		quoted = quoted != (t->source.p[i] == '"');
		n += !quoted && t->source.p[i] == '?';
	}
	return n;
}

static int most(const struct wording *w, int (*of)(const struct text *t))
{
	int best = 0;

	for (size_t i = 0; i < w->n; i++) {
		int n = of(&w->variants[i]);

		best = n > best ? n : best;
	}
	return best;
}

/* ---- one turn ------------------------------------------------------------------------ */

/* What has been said since the person last wrote, at most. */
struct said { int pending, questions, bubbles; };       /* pending: of the bubble not yet sent */

struct turns {
	const struct tree *tree;
	struct graph *graphs;
	struct said **at;               /* on arrival at each step */
	struct said *over;              /* when the dialog ends, entered with nothing said */
	bool flat;                      /* calls that go round count for nothing */
};

static int bigger(int a, int b)
{
	return a > b ? a : b;
}

static bool raise(struct said *to, struct said by)
{
	struct said was = *to;

	*to = (struct said){ bigger(was.pending, by.pending), bigger(was.questions, by.questions),
		bigger(was.bubbles, by.bubbles) };
	return memcmp(&was, to, sizeof was) != 0;
}

static void close_bubble(struct said *s)
{
	s->bubbles += s->pending > 0;
	s->pending = 0;
}

static void add_text(struct said *s, const struct wording *w)
{
	int n = most(w, characters);

	s->pending += n + (s->pending && n);
	s->questions += most(w, questions);
}

static struct said after_step(const struct turns *t, const struct graph *g, const struct step *st,
    const struct edge *e, struct said s)
{
	const struct dialog *to = graph_called(g, st);

	if (e->waits) {
		s = (struct said){ 0 };
		if (e->way == WAY_SKIP && st->repair && st->repair->has_out_say)
			s.pending = characters(&st->repair->out_say);
		return s;
	}
	if (st->verb == DO_SAY) {
		if (st->alone)
			close_bubble(&s);
		if (!st->alone)
			add_text(&s, &st->say);
		s.bubbles += st->alone; /* a line to copy: its question is for somebody else */
	}
	if ((st->verb == DO_BUILD && e->way == WAY_ON && !st->gaps)
	    || (st->verb == DO_SHOW && sv_is(st->name, "export")))
		close_bubble(&s);
	if (to && st->verb == DO_CALL)
		s = t->flat && script_leads(g->s, to, g->d) ? (struct said){ 0 }
		    : t->over[script_index(g->s, to)];
	return s;
}

static void flow(struct turns *t, size_t d, struct said entry)
{
	const struct graph *g = &t->graphs[d];
	bool more = true;

	for (int i = 0; i < g->d->n_steps; i++)
		t->at[d][i] = (struct said){ 0 };
	t->at[d][0] = entry;
	t->over[d] = (struct said){ 0 };
	/* without rounds it settles in as many steps as there are; E803 finds rounds */
	for (int i = 0; more && i <= g->d->n_steps; i++) {
		more = false;
		for (size_t k = 0; k < g->n; k++) {
			const struct edge *e = &g->edges[k];
			const struct step *st = &g->d->steps[e->from];
			struct said s = after_step(t, g, st, e, t->at[d][e->from]);

			more |= raise(e->to < 0 ? &t->over[d] : &t->at[d][e->to], s);
		}
	}
}

/* What callers have said when they lead into d. */
static struct said on_entry(const struct turns *t, size_t d)
{
	const struct script *s = t->tree->script;
	struct said entry = { 0 };

	for (size_t i = 0; i < s->n_dialogs; i++)
		for (int k = 0; k < s->dialogs[i]->n_steps; k++)
			if (s->dialogs[i]->steps[k].verb == DO_CALL
			    && graph_called(&t->graphs[i], &s->dialogs[i]->steps[k]) == s->dialogs[d])
				raise(&entry, t->at[i][k]);
	return entry;
}

static void prove_turn(const struct turns *t, size_t d)
{
	const struct graph *g = &t->graphs[d];
	const struct limits *m = &g->s->limits;
	int limit = g->d->lane ? m->lane_bubble : m->bubble;

	for (int i = 0; i < g->d->n_steps; i++) {
		const struct step *st = &g->d->steps[i];
		struct said s = t->at[d][i];
		int before = s.pending, asked = s.questions;

		if (st->verb != DO_ASK && st->verb != DO_SAY && st->verb != DO_OFFER)
			continue;
		if (!st->alone)
			add_text(&s, &st->say);
		if (before && !st->alone && s.pending > limit)
			graph_report(g, st, "V10", "with what is said before it in the same bubble it may "
			    "reach %d characters, the limit is %d -- shorten, or put a question between",
			    s.pending, limit);
		if (asked && s.questions > asked)
			graph_report(g, st, "V01", "a question was already asked in the same turn "
			    "-- let one of them go");
		if (s.bubbles + 1 > m->bubbles)
			graph_report(g, st, "V10", "the turn may say %d bubbles, %d at most "
			    "-- join them, or put a question between", s.bubbles + 1, m->bubbles);
	}
}

/* ---- questions on the way to a result -------------------------------------------------- */

enum { NEVER = 1000, LOOKS = 100000 };

struct way_to {
	const struct graph *g;
	bool finished;                  /* to a finished result; else to the first build */
	bool told;                      /* the first question's answer came with the message */
	bool *busy;
	int looks;                      /* steps looked at: a tangle gives up */
};

static int way_from(struct way_to *w, int step);

static bool about_record(const struct graph *g, const struct step *st)
{
	for (size_t i = 0; i < st->n_when; i++)
		for (int k = 0; k < g->d->n_steps; k++) {
			const struct step *by = &g->d->steps[k];

			if (by->verb == DO_ANALYZE && memmem(st->when[i].source.p, st->when[i].source.n,
			    by->as.p, by->as.n) && memchr(st->when[i].source.p, '.', st->when[i].source.n))
				return true;
		}
	return false;
}

/* A dialog that is called on the way asks too: once, by this count. */
static bool asks(const struct graph *g, const struct step *st)
{
	const struct dialog *to = st->verb == DO_CALL ? graph_called(g, st) : NULL;

	for (int i = 0; to && i < to->n_steps; i++)
		if (to->steps[i].verb == DO_ASK)
			return true;
	return st->verb == DO_ASK;
}

/* May what somebody tells begin it?  Else it is only called, and its caller has shown something. */
static bool begins_told(const struct graph *g)
{
	for (size_t i = 0; i < g->s->n_intents; i++)
		if (sv_eq(g->s->intents[i].dialog, g->d->id))
			return true;
	return false;
}

/* Questions from an edge on.  What fits no row answers the question behind it. */
static int way_on(struct way_to *w, const struct step *st, const struct edge *e)
{
	bool other = e->choice >= 0 && st->choices[e->choice].other;
	int n = e->to < 0 ? NEVER : way_from(w, e->to);

	return other && n > 0 && n < NEVER ? n - 1 : n;
}

/* Where the text decides, what it says leads on: the fewest.  Where the person
 * chooses, any choice may be theirs: the most.  Skips, caps and gates are not
 * the way to a result. */
static int way_from(struct way_to *w, int step)
{
	const struct step *st = &w->g->d->steps[step];
	bool text_decides = about_record(w->g, st);
	bool question = asks(w->g, st) && !(w->told && step == 0);
	int best = text_decides ? NEVER : -1;

	if (st->verb == DO_BUILD && (!w->finished || !st->gaps))
		return 0;
	if (w->busy[step] || ++w->looks > LOOKS)
		return NEVER;
	w->busy[step] = true;
	for (size_t i = 0; i < w->g->n; i++) {
		const struct edge *e = &w->g->edges[i];
		int n;

		if (e->from != step || (e->way != WAY_ON && e->way != WAY_NONE))
			continue;
		n = way_on(w, st, e);
		if (n >= NEVER)
			continue;
		n += question && e->way == WAY_ON;
		best = text_decides ? (n < best ? n : best) : bigger(best, n);
	}
	w->busy[step] = false;
	return best < 0 ? NEVER : best;
}

static int way(const struct graph *g, bool finished, bool told)
{
	struct way_to w = { .g = g, .finished = finished, .told = told,
		.busy = xcalloc((size_t)g->d->n_steps + 1, sizeof *w.busy) };
	int n = way_from(&w, 0);

	free(w.busy);
	return n;
}

static void prove_questions(const struct graph *g)
{
	const struct limits *m = &g->s->limits;
	int first = begins_told(g) ? way(g, false, true) : NEVER, all = way(g, true, false);

	if (first < NEVER && first > m->questions_before_draft)
		graph_report(g, &g->d->steps[0], "V02", "%d questions before anything is shown to somebody "
		    "who has told the story, %d at most -- show a start with gaps first", first,
		    m->questions_before_draft);
	if (all < NEVER && all > m->questions)
		graph_report(g, &g->d->steps[0], "V02", "%d questions on a path to the result, %d at most "
		    "-- leave some out, or let what is missing stay a gap", all, m->questions);
}

/* ---- a no brings a yes -------------------------------------------------------------------- */

/* Does every way from the step meet a question before it ends? */
static bool offers(const struct turns *t, size_t d, int step, bool *busy)
{
	const struct graph *g = &t->graphs[d];
	const struct step *st = &g->d->steps[step];

	if (st->verb == DO_ASK || st->verb == DO_OFFER || busy[step])
		return true;
	busy[step] = true;
	for (size_t i = 0; i < g->n; i++)
		if (g->edges[i].from == step && (g->edges[i].to < 0
		    || !offers(t, d, g->edges[i].to, busy)))
			return false;
	return true;
}

static bool dialog_offers(const struct turns *t, const struct dialog *d, int step)
{
	bool *busy = xcalloc((size_t)d->n_steps + 1, sizeof *busy), yes;

	yes = offers(t, script_index(t->tree->script, d), step, busy);
	free(busy);
	return yes;
}

static const struct line *lane_text(const struct lane *lane, const char *key)
{
	for (size_t i = 0; i < lane->n_texts; i++)
		if (sv_is(lane->texts[i].key, key))
			return &lane->texts[i];
	return NULL;
}

/* A gate blocks at tier 2. */
static bool lane_offers(const struct turns *t, struct sv class)
{
	const struct script *s = t->tree->script;
	const struct lane_state *none = lane_state(&s->lane, SV("none"));
	struct sv state = SV("");
	const struct line *line;
	STR_AUTO key = STR_INIT;

	for (size_t i = 0; i < s->lane.n_dialogs; i++)
		if (sv_eq(s->lane.dialogs[i].name, class)) {
			const struct dialog *d = script_dialog(s, s->lane.dialogs[i].value, s->base_locale);

			return d && dialog_offers(t, d, 0);
		}
	for (size_t i = 0; none && i < none->n_next; i++)
		if (sv_is(none->next[i].name, "tier2"))
			state = none->next[i].value;
	str_addf(&key, "%.*s.%.*s", SV_ARG(state), SV_ARG(class));
	line = lane_text(&s->lane, key.p);
	if (!line) {
		str_cut(&key, state.n);
		line = lane_text(&s->lane, key.p);
	}
	return line && most(&line->say, questions) > 0;
}

static void prove_gates(const struct turns *t, size_t d)
{
	const struct dialog *dialog = t->graphs[d].d;

	for (size_t i = 0; i < dialog->n_gates; i++) {
		const struct gate *gate = &dialog->gates[i];
		bool ok = gate->lane.n ? lane_offers(t, gate->lane)
		    : !gate->blocked.end.n && dialog_offers(t, dialog, gate->blocked.step);
		STR_AUTO place = STR_INIT;

		if (ok)
			continue;
		str_addf(&place, "dialog %.*s, gate %.*s", SV_ARG(dialog->id), SV_ARG(gate->name));
		findings_add(t->tree->findings, "V08", dialog->file.p, place.p,
		    line_of(dialog->source, "\"gates\""), "when it blocks, the turn ends with a no "
		    "-- lead to a question with two to four things that help");
	}
}

/* ---- all of it ------------------------------------------------------------------------------ */

void check_turns(const struct tree *tree)
{
	const struct script *s = tree->script;
	struct turns t = { .tree = tree, .graphs = xcalloc(s->n_dialogs + 1, sizeof *t.graphs),
		.at = xcalloc(s->n_dialogs + 1, sizeof *t.at),
		.over = xcalloc(s->n_dialogs + 1, sizeof *t.over) };

	for (size_t i = 0; i < s->n_dialogs; i++) {
		graph_init(&t.graphs[i], s, s->dialogs[i], tree->findings);
		t.at[i] = xcalloc((size_t)s->dialogs[i]->n_steps + 1, sizeof **t.at);
	}
	/* what is said at an end stands before what the caller says: a few rounds.  A
	 * call that goes round closes the caller, so it is followed once. */
	t.flat = true;
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < s->n_dialogs; i++)
			flow(&t, i, (struct said){ 0 });
	t.flat = false;
	for (size_t i = 0; i < s->n_dialogs; i++) {
		struct said over = t.over[i];

		flow(&t, i, on_entry(&t, i));
		t.over[i] = over;
		prove_turn(&t, i);
		if (!s->dialogs[i]->lane)
			prove_questions(&t.graphs[i]);
		prove_gates(&t, i);
	}
	for (size_t i = 0; i < s->n_dialogs; i++) {
		graph_fini(&t.graphs[i]);
		free(t.at[i]);
	}
	free(t.graphs);
	free(t.at);
	free(t.over);
}
