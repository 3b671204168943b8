/* show/picture.c - a dialog as a graph in Graphviz' language.
 *
 * What is said are boxes, what is asked boxes with a line around, what the
 * program does by itself small grey words.  An arrow bears what a person says,
 * or the condition.  Ways that hardly anybody takes (skipping, silence, too many
 * rounds) stand small in the box instead of as arrows: there would be no seeing
 * the way for the arrows. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "show/show.h"
#include "text/fold.h"

enum { COLUMNS = 38, LABEL = 26 };

#define INK "#2f3a43"
#define PALE "#8d979e"
#define LINE "#a9b4bb"

struct look { const char *fill, *line; };

static const struct look looks[] = {
	[DO_SAY] = { "#ffffff", "#d9dfe2" },
	[DO_ASK] = { "#e9f1f5", "#86aabd" },
	[DO_OFFER] = { "#e9f1f5", "#86aabd" },
	[DO_BUILD] = { "#fdf3dc", "#d8bc78" },
	[DO_CUE] = { "#e8f3ec", "#93bba2" },
	[DO_CALL] = { "#f0eef7", "#aba3cc" },
	[DO_REMIND] = { "#f7ece6", "#cfa58c" },
	[DO_SAVE] = { "#f7ece6", "#cfa58c" },
	[DO_SHOW] = { "#fbe9e7", "#d09a92" },
	[DO_UNLOCK] = { "#ffffff", "#d9dfe2" },
};

struct picture {
	const struct script *s;
	const struct dialog *d;
	struct str *out;
	struct ways ways;
};

static void put_escaped(struct str *out, struct sv text)
{
	for (size_t i = 0; i < text.n; i++)
		switch (text.p[i]) {
		case '&': str_addz(out, "&amp;"); break;
		case '<': str_addz(out, "&lt;"); break;
		case '>': str_addz(out, "&gt;"); break;
		case '"': str_addz(out, "&quot;"); break;
		default: str_addc(out, text.p[i]);
		}
}

/* Lines of at most so many columns, each aligned left. */
static void put_wrapped(struct str *out, struct sv text, size_t columns)
{
	struct sv line, word;

	while (sv_split(&text, '\n', &line)) {
		size_t column = 0;

		while (sv_split(&line, ' ', &word)) {
			size_t n = utf8_count(word);

			if (column && column + 1 + n > columns) {
				str_addz(out, "<BR ALIGN=\"LEFT\"/>");
				column = 0;
			}
			if (column)
				str_addc(out, ' ');
			put_escaped(out, word);
			column += n + (column > 0);
		}
		str_addz(out, "<BR ALIGN=\"LEFT\"/>");
	}
}

static void put_row(struct str *out, const char *font, struct sv text)
{
	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (!text.n)
		return;
	str_addf(out, "<TR><TD ALIGN=\"LEFT\" BALIGN=\"LEFT\"><FONT %s>", font);
	put_wrapped(out, text, COLUMNS);
	str_addz(out, "</FONT></TD></TR>");
}

/* ---- nodes --------------------------------------------------------------------- */

static bool speaks(const struct step *st)
{
	return st->say.n > 0 || st->n_cues > 0;
}

/* Small, and with no box, is what no person sees. */
static bool is_small(const struct step *st)
{
	switch (st->verb) {
	case DO_NOTHING: case DO_PICK: case DO_SET: case DO_DROP: case DO_ANALYZE: return true;
	default: return false;
	}
}

static void name_of(const struct picture *p, struct target to, struct str *out)
{
	if (to.step >= 0)
		str_add(out, p->d->steps[to.step].id);
	else
		str_addz(out, "end");
}

static void note(struct str *notes, const char *what)
{
	if (notes->n)
		str_addz(notes, " \xc2\xb7 ");
	str_addz(notes, what);
}

/* The ways that are told in the box. */
static void put_notes(struct picture *p, const struct step *st, struct str *notes)
{
	for (size_t i = 0; i < p->ways.n; i++) {
		const struct way *w = &p->ways.items[i];
		STR_AUTO text = STR_INIT;

		if (w->kind == WAY_SKIP) {
			str_addz(&text, "skip: ");
		} else if (w->kind == WAY_SILENCE) {
			show_seconds(st->silence_after, &text);
			str_addz(&text, " of silence: ");
		} else if (w->kind == WAY_LOOP) {
			str_addf(&text, "after %d times: ", st->loop_max);
		} else {
			continue;
		}
		name_of(p, w->to, &text);
		note(notes, text.p);
	}
	if (st->repair_silent)
		note(notes, "no answer to anything else");
}

static void put_text(struct picture *p, const struct text *t)
{
	STR_AUTO words = STR_INIT;

	show_words(p->d, t, true, &words);
	put_row(p->out, "COLOR=\"" INK "\"", str_sv(&words));
}

static void put_spoken(struct picture *p, const struct step *st)
{
	for (size_t i = 0; i < st->say.n && i < 3; i++) {
		if (i)
			put_row(p->out, "POINT-SIZE=\"9\" COLOR=\"" PALE "\"",
			    st->say.in_order ? SV("then") : SV("or"));
		put_text(p, &st->say.variants[i]);
	}
	for (size_t i = 0; i < st->n_cues; i++)
		put_text(p, &st->cues[i].say);
}

static void put_node(struct picture *p, const struct step *st)
{
	const struct look *look = &looks[st->verb];
	STR_AUTO head = STR_INIT;
	STR_AUTO deed = STR_INIT;
	STR_AUTO notes = STR_INIT;

	str_addf(&head, "%d  %.*s", st->number + 1, SV_ARG(st->id));
	show_deed(st, &deed);
	put_notes(p, st, &notes);
	str_addf(p->out, "  s%d [", st->number);
	if (is_small(st))
		str_addz(p->out, "shape=plain style=solid");
	else
		str_addf(p->out, "fillcolor=\"%s\" color=\"%s\"%s", look->fill, look->line,
		    st->verb == DO_CALL ? " peripheries=2" : "");
	str_addz(p->out, " label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"2\">");
	put_row(p->out, "POINT-SIZE=\"9\" COLOR=\"" PALE "\"", str_sv(&head));
	put_spoken(p, st);
	put_row(p->out, speaks(st) ? "POINT-SIZE=\"9\" COLOR=\"" PALE "\"" : is_small(st) ?
	    "POINT-SIZE=\"10\" COLOR=\"" PALE "\"" : "COLOR=\"" INK "\"", str_sv(&deed));
	put_row(p->out, "POINT-SIZE=\"9\" COLOR=\"" PALE "\"", str_sv(&notes));
	str_addz(p->out, "</TABLE>>];\n");
}

static void put_end(struct picture *p, const struct step *st, struct sv word)
{
	str_addf(p->out, "  e%d [shape=box style=\"rounded\" color=\"" LINE "\" fontcolor=\"" PALE
	    "\" fontsize=10 margin=\"0.12,0.04\" label=\"%.*s\"];\n", st->number,
	    SV_ARG(word.n ? word : SV("end")));
}

/* ---- arrows ---------------------------------------------------------------------- */

static void add_label(struct str *label, struct sv text)
{
	if (!text.n)
		return;
	put_wrapped(label, text, LABEL);
}

static void add_choice(const struct picture *p, const struct choice_def *c, struct str *label)
{
	STR_AUTO words = STR_INIT;

	show_words(p->d, &c->say, false, &words);
	add_label(label, str_sv(&words));
}

/* What was said on the way to the next step: every choice without a way of its
 * own, a row, an answer in own words. */
static void add_answers(const struct picture *p, const struct step *st, struct str *label)
{
	if (st->verb == DO_OFFER)
		add_label(label, SV("go on"));
	if (st->verb != DO_ASK)
		return;
	for (size_t i = 0; i < st->n_choices; i++)
		if (!st->choices[i].to.set)
			add_choice(p, &st->choices[i], label);
	if (st->has_from)
		add_label(label, st->from.grid ? SV("one of the rows") : SV("one that was kept"));
	if (st->reader.n)
		add_label(label, SV("own words"));
}

static void add_way(const struct picture *p, const struct step *st, const struct way *w,
    struct str *label)
{
	switch (w->kind) {
	case WAY_CHOICE: add_choice(p, &st->choices[w->n], label); break;
	case WAY_WHEN: add_label(label, st->when[w->n].test ? st->when[w->n].source : SV("else")); break;
	case WAY_NONE: add_label(label, SV("no row fits")); break;
	case WAY_ELSE: add_label(label, SV("if it cannot be written")); break;
	case WAY_STOP: add_label(label, SV("any word")); break;
	case WAY_ON: add_answers(p, st, label); break;
	case WAY_SKIP: case WAY_SILENCE: case WAY_LOOP: case WAY_REPAIR: break;
	}
}

static bool is_drawn(const struct way *w)
{
	return w->kind != WAY_SKIP && w->kind != WAY_SILENCE && w->kind != WAY_LOOP && w->kind != WAY_REPAIR;
}

/* The strongest of the ways to a place: said, on a condition, or for want of one. */
static const char *style_of(const struct picture *p, int to)
{
	bool condition = false;

	for (size_t i = 0; i < p->ways.n; i++) {
		const struct way *w = &p->ways.items[i];

		if (w->to.step != to)
			continue;
		if (w->kind == WAY_CHOICE || w->kind == WAY_ON)
			return "";
		condition = condition || w->kind == WAY_WHEN;
	}
	return condition ? " fontcolor=\"" PALE "\" fontsize=9" :
	    " style=dashed fontcolor=\"" PALE "\" fontsize=9";
}

/* One arrow for all the ways from a step to the same place. */
static void put_arrow(struct picture *p, const struct step *st, size_t first)
{
	const struct way *w = &p->ways.items[first];
	STR_AUTO label = STR_INIT;

	for (size_t i = 0; i < first; i++)
		if (is_drawn(&p->ways.items[i]) && p->ways.items[i].to.step == w->to.step)
			return;
	for (size_t i = first; i < p->ways.n; i++)
		if (p->ways.items[i].to.step == w->to.step)
			add_way(p, st, &p->ways.items[i], &label);
	if (w->to.step < 0) {
		put_end(p, st, w->to.end);
		str_addf(p->out, "  s%d -> e%d", st->number, st->number);
	} else {
		str_addf(p->out, "  s%d -> s%d", st->number, w->to.step);
	}
	str_addf(p->out, " [label=<%s>%s%s];\n", label.p, style_of(p, w->to.step),
	    w->to.step >= 0 && w->to.step < st->number ? " constraint=false" : "");
}

/* A step that only the small ways reach would float to the top: it stays behind
 * the one before it in the file. */
static void put_places(struct picture *p)
{
	bool *led = xcalloc((size_t)p->d->n_steps + 1, sizeof *led);

	for (int i = 0; i < p->d->n_steps; i++) {
		ways_of(p->d, &p->d->steps[i], &p->ways);
		for (size_t k = 0; k < p->ways.n; k++) {
			const struct way *w = &p->ways.items[k];

			if (is_drawn(w) && w->to.step > i)
				led[w->to.step] = true;
		}
	}
	for (size_t i = 0; i < p->d->n_gates; i++)
		if (p->d->gates[i].ask >= 0)
			led[p->d->gates[i].ask] = true;
	for (int i = 1; i < p->d->n_steps; i++)
		if (!led[i])
			str_addf(p->out, "  s%d -> s%d [style=invis];\n", i - 1, i);
	free(led);
}

static void put_timer(struct picture *p, const struct step *st)
{
	int to = st->verb == DO_REMIND ? dialog_step_number(p->d, st->name) : -1;
	STR_AUTO when = STR_INIT;

	if (to < 0)
		return;
	if (st->in_seconds) {
		str_addz(&when, "in ");
		show_seconds(st->in_seconds, &when);
	}
	str_addf(p->out, "  s%d -> s%d [style=dotted color=\"#cfa58c\" fontcolor=\"" PALE
	    "\" fontsize=9 label=\"%s\"];\n", st->number, to, when.p);
}

static void put_gates(struct picture *p)
{
	for (size_t i = 0; i < p->d->n_gates; i++) {
		const struct gate *g = &p->d->gates[i];
		STR_AUTO label = STR_INIT;

		str_addf(&label, "gate: %.*s\nreads", SV_ARG(g->name));
		for (size_t k = 0; k < g->n_on; k++)
			str_addf(&label, "%s %.*s", k ? "," : "", SV_ARG(g->on[k]));
		if (g->lane.n)
			str_addf(&label, "\nblocked: the lane's %.*s", SV_ARG(g->lane));
		else if (g->blocked.set && g->blocked.step < 0)
			str_addf(&label, "\nblocked: the end");
		str_addf(p->out, "  g%zu [fillcolor=\"#fbe9e7\" color=\"#d09a92\" label=<<FONT POINT-SIZE=\"10\" "
		    "COLOR=\"" INK "\">", i);
		put_wrapped(p->out, str_sv(&label), COLUMNS);
		str_addz(p->out, "</FONT>>];\n");
		if (g->ask >= 0)
			str_addf(p->out, "  g%zu -> s%d [color=\"#d09a92\" fontcolor=\"" PALE
			    "\" fontsize=9 label=\"asks first\"];\n", i, g->ask);
		if (g->blocked.set && g->blocked.step >= 0)
			str_addf(p->out, "  g%zu -> s%d [color=\"#d09a92\" fontcolor=\"" PALE
			    "\" fontsize=9 label=\"blocked\"];\n", i, g->blocked.step);
	}
}

static void put_head(struct picture *p)
{
	const struct dialog *d = p->d;

	str_addf(p->out, "digraph \"%.*s\" {\n", SV_ARG(d->id));
	str_addz(p->out, "  graph [rankdir=TB bgcolor=\"#fafaf7\" pad=0.4 nodesep=0.4 ranksep=0.45 "
	    "fontname=\"Helvetica\" fontsize=18 fontcolor=\"" INK "\" labelloc=t labeljust=l label=<");
	put_escaped(p->out, d->title);
	str_addf(p->out, "<FONT POINT-SIZE=\"11\" COLOR=\"" PALE "\">   %.*s %.*s</FONT>>];\n",
	    SV_ARG(d->id), SV_ARG(d->version));
	str_addz(p->out, "  node [shape=box style=\"rounded,filled\" fontname=\"Helvetica\" fontsize=11 "
	    "fillcolor=\"#ffffff\" color=\"" LINE "\" margin=\"0.1,0.05\"];\n"
	    "  edge [fontname=\"Helvetica\" fontsize=10 fontcolor=\"" INK "\" color=\"" LINE "\" arrowsize=0.6];\n");
}

void show_dot(const struct script *s, const struct dialog *d, struct str *out)
{
	struct picture p = { .s = s, .d = d, .out = out };

	put_head(&p);
	put_gates(&p);
	for (int i = 0; i < d->n_steps; i++) {
		const struct step *st = &d->steps[i];

		ways_of(d, st, &p.ways);
		put_node(&p, st);
		for (size_t k = 0; k < p.ways.n; k++)
			if (is_drawn(&p.ways.items[k]))
				put_arrow(&p, st, k);
		put_timer(&p, st);
	}
	put_places(&p);
	str_addz(out, "}\n");
	ways_fini(&p.ways);
}
