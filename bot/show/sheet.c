/* show/sheet.c - a dialog as plain text that somebody can read and sign. */
#include "base/xalloc.h"
#include "show/show.h"
#include "text/fold.h"

enum { WIDTH = 78, ROWS = 60 };

struct sheet {
	const struct script *s;
	const struct dialog *d;
	struct str *out;
};

/* ---- lines --------------------------------------------------------------------- */

/* Writes words, wrapped, with `first` before the first line and as many columns
 * before the others. */
static void wrap(struct str *out, const char *first, struct sv words)
{
	size_t indent = utf8_count(sv_from(first)), column = indent;
	bool fresh = true;
	struct sv word;

	str_addz(out, first);
	while (sv_split(&words, ' ', &word)) {
		size_t n = utf8_count(word);

		if (!word.n)
			continue;
		if (!fresh && column + 1 + n > WIDTH) {
			str_addf(out, "\n%*s", (int)indent, "");
			column = indent;
			fresh = true;
		}
		if (!fresh)
			str_addc(out, ' ');
		str_add(out, word);
		column += n + !fresh;
		fresh = false;
	}
	str_addc(out, '\n');
}

static void wrap_lines(struct sheet *t, const char *first, const struct text *words)
{
	STR_AUTO plain = STR_INIT;
	struct str *out = t->out;
	struct sv text, line;

	show_words(t->d, words, true, &plain);
	text = str_sv(&plain);
	while (sv_split(&text, '\n', &line)) {
		wrap(out, first, line);
		first = "      ";
	}
}

static void heading(struct sheet *t, const char *title)
{
	str_addf(t->out, "\n%s\n", title);
	for (const char *c = title; *c; c++)
		str_addc(t->out, '-');
	str_addc(t->out, '\n');
}

/* ---- where it leads ------------------------------------------------------------- */

static void put_target(const struct sheet *t, struct target to, struct str *out)
{
	if (to.step >= 0)
		str_addf(out, "-> %d %.*s", to.step + 1, SV_ARG(t->d->steps[to.step].id));
	else
		str_addf(out, "-> the end%s%.*s%s", to.end.n ? " (" : "", SV_ARG(to.end),
		    to.end.n ? ")" : "");
}

static void way_line(struct sheet *t, struct target to, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void way_line(struct sheet *t, struct target to, const char *fmt, ...)
{
	STR_AUTO line = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&line, fmt, ap);
	va_end(ap);
	if (line.n)
		str_addc(&line, ' ');
	put_target(t, to, &line);
	wrap(t->out, "      ", str_sv(&line));
}

static void put_way(struct sheet *t, const struct step *st, const struct way *w)
{
	switch (w->kind) {
	case WAY_WHEN:
		if (st->when[w->n].test)
			way_line(t, w->to, "if %.*s", SV_ARG(st->when[w->n].source));
		else
			way_line(t, w->to, "else");
		break;
	case WAY_NONE: way_line(t, w->to, "no row fits"); break;
	case WAY_SKIP: way_line(t, w->to, "skipped"); break;
	case WAY_SILENCE: {
		STR_AUTO time = STR_INIT;

		show_seconds(st->silence_after, &time);
		way_line(t, w->to, "after %s of silence", time.p);
		break;
	}
	case WAY_ELSE: way_line(t, w->to, "if it cannot be written"); break;
	case WAY_STOP: way_line(t, w->to, "any word stops it"); break;
	case WAY_LOOP: way_line(t, w->to, "after %d times", st->loop_max); break;
	case WAY_ON: way_line(t, w->to, "%s", st->n_when || st->verb == DO_ASK ? "otherwise" : ""); break;
	case WAY_CHOICE: case WAY_REPAIR: break;        /* said where they stand */
	}
}

/* ---- a step ---------------------------------------------------------------------- */

static void put_words(struct sheet *t, const struct wording *w)
{
	const char *between = w->in_order ? "    then: " : "    or: ";

	for (size_t i = 0; i < w->n; i++)
		wrap_lines(t, i ? between : "    ", &w->variants[i]);
}

static void put_choice(struct sheet *t, const struct step *st, size_t i)
{
	const struct choice_def *c = &st->choices[i];
	STR_AUTO first = STR_INIT;
	STR_AUTO line = STR_INIT;

	str_addf(&first, "      %s ", c->unseen ? "unseen:" : st->has_from ? "-" : "");
	if (!st->has_from && !c->unseen) {
		str_clear(&first);
		str_addf(&first, "      %zu ", i + 1);
	}
	show_words(t->d, &c->say, false, &line);
	for (size_t k = 0; k < c->n_phrases; k++)
		str_addf(&line, "%s%.*s", k ? " / " : "   (also: ", SV_ARG(c->words[k]));
	str_addz(&line, c->n_phrases ? ")" : "");
	if (c->to.set) {
		str_addc(&line, ' ');
		put_target(t, c->to, &line);
	}
	wrap(t->out, first.p, str_sv(&line));
}

static void put_rows(struct sheet *t, const struct step *st)
{
	const struct grid *g = st->from.grid;

	if (!st->has_from)
		return;
	if (g)
		str_addf(t->out, "      - up to %d rows of the table %.*s\n",
		    st->from.max ? st->from.max : (int)g->n_rows, SV_ARG(g->name));
	else
		str_addf(t->out, "      - what was kept: %.*s\n", SV_ARG(st->from.saved));
}

static void put_reading(struct sheet *t, const struct step *st)
{
	if (st->reader.n)
		str_addf(t->out, "      - an answer in own words, read as: %.*s\n", SV_ARG(st->reader));
	if (st->words_min || st->words_max)
		str_addf(t->out, "        (%d to %d words)\n", st->words_min, st->words_max);
	if (st->into.n)
		str_addf(t->out, "      it is remembered as: %.*s\n", SV_ARG(st->into));
}

static void put_ladder(struct sheet *t, const struct step *st)
{
	if (st->repair_silent)
		str_addz(t->out, "      what does not fit gets no answer\n");
	else if (st->repair)
		str_addf(t->out, "      not understood: see \"%.*s\" below\n", SV_ARG(st->repair->name));
}

static void put_cues(struct sheet *t, const struct step *st)
{
	for (size_t i = 0; i < st->n_cues; i++) {
		STR_AUTO first = STR_INIT;

		str_addf(&first, "    %3d s  ", st->cues[i].at);
		wrap_lines(t, first.p, &st->cues[i].say);
	}
	if (st->verb == DO_CUE)
		str_addf(t->out, "      %d times, every %d seconds\n", st->repeat, st->every);
}

static void put_step(struct sheet *t, const struct step *st, struct ways *w)
{
	STR_AUTO deed = STR_INIT;

	str_addf(t->out, "\n%3d  %.*s%s\n", st->number + 1, SV_ARG(st->id),
	    st->entry ? "   (a timer may begin here)" : "");
	show_deed(st, &deed);
	if (deed.n)
		wrap(t->out, "    [", str_sv((str_addc(&deed, ']'), &deed)));
	put_words(t, &st->say);
	put_cues(t, st);
	if (st->has_again)
		wrap_lines(t, "    again, shorter: ", &st->again);
	put_rows(t, st);
	for (size_t i = 0; i < st->n_choices; i++)
		put_choice(t, st, i);
	put_reading(t, st);
	ways_of(t->d, st, w);
	for (size_t i = 0; i < w->n; i++)
		put_way(t, st, &w->items[i]);
	put_ladder(t, st);
}

/* ---- what stands below ------------------------------------------------------------ */

static void put_one_ladder(struct sheet *t, const struct ladder *l)
{
	STR_AUTO line = STR_INIT;

	str_addf(t->out, "\n    %.*s\n", SV_ARG(l->name));
	for (size_t i = 0; i < l->n_rungs; i++)
		wrap_lines(t, i ? "      then:    " : "      first:   ", &l->rungs[i]);
	if (l->has_out_say && l->out_say.source.n)
		str_addf(&line, "%.*s ", SV_ARG(l->out_say.source));
	str_addz(&line, l->out == OUT_SKIP ? "(skipped)" : l->out == OUT_END ? "(the dialog ends)" : "");
	if (l->out == OUT_VALUE)
		str_addf(&line, "(counts as \"%.*s\")", SV_ARG(l->out_value));
	wrap(t->out, "      at last: ", str_sv(&line));
}

static bool has_ladder(const struct dialog *d, const struct ladder *l)
{
	for (int i = 0; i < d->n_steps; i++)
		if (d->steps[i].repair == l)
			return true;
	return false;
}

static void put_ladders(struct sheet *t)
{
	heading(t, "When an answer is not understood");
	for (size_t i = 0; i < t->s->n_ladders; i++)
		if (has_ladder(t->d, &t->s->ladders[i]))
			put_one_ladder(t, &t->s->ladders[i]);
}

static void put_table(struct sheet *t, const struct grid *g)
{
	STR_AUTO title = STR_INIT;
	STR_AUTO head = STR_INIT;

	str_addf(&title, "The table %.*s", SV_ARG(g->name));
	heading(t, title.p);
	if (g->n_rows > ROWS) {
		str_addf(t->out, "    %zu rows, see %.*s\n", g->n_rows, SV_ARG(g->file));
		return;
	}
	for (size_t k = 0; k < g->n_columns; k++)
		if (!sv_is(g->columns[k], "words"))
			str_addf(&head, "%s%.*s", head.n ? " | " : "", SV_ARG(g->columns[k]));
	wrap(t->out, "    ", str_sv(&head));
	for (size_t row = 0; row < g->n_rows; row++) {
		STR_AUTO line = STR_INIT;

		for (size_t k = 0; k < g->n_columns; k++) {
			const struct cell *c = &g->cells[row * g->n_columns + k];

			if (sv_is(g->columns[k], "words"))
				continue;
			str_addz(&line, k ? " | " : "");
			if (c->say)
				show_words(t->d, c->say, true, &line);
			else
				str_add(&line, c->text);
		}
		wrap(t->out, "    ", str_sv(&line));
	}
}

/* ---- the head --------------------------------------------------------------------- */

static void put_title(struct sheet *t)
{
	const struct dialog *d = t->d;

	str_addf(t->out, "%.*s\n", SV_ARG(d->title));
	for (size_t i = utf8_count(d->title); i > 0; i--)
		str_addc(t->out, '=');
	str_addf(t->out, "\n%.*s, version %.*s, language %.*s, %d steps\n", SV_ARG(d->file),
	    SV_ARG(d->version), SV_ARG(d->locale), d->n_steps);
}

/* A sentence for each of the first phrases. */
static void put_sentences(struct sheet *t, const uint32_t *phrases, size_t n, struct str *line)
{
	struct arena *a = arena_create();

	for (size_t i = 0; i < n && i < 5; i++) {
		struct sv *texts;
		size_t found = 0;

		lexicon_expand(t->s->lexicon, phrases[i], a, &texts, &found, 1);
		if (found)
			str_addf(line, "%s \"%.*s\"", i ? "," : "", SV_ARG(texts[0]));
	}
	arena_destroy(a);
}

static void put_entries(struct sheet *t)
{
	heading(t, "How people get here");
	for (size_t i = 0; i < t->s->n_intents; i++) {
		const struct intent *in = &t->s->intents[i];
		STR_AUTO line = STR_INIT;

		if (!sv_eq(in->dialog, t->d->id))
			continue;
		str_addf(&line, "%.*s:", SV_ARG(in->name));
		put_sentences(t, in->n_firm ? in->firm : in->any, in->n_firm ? in->n_firm : in->n_any, &line);
		wrap(t->out, "    ", str_sv(&line));
	}
	for (size_t i = 0; i < t->s->n_dialogs; i++) {
		const struct dialog *from = t->s->dialogs[i];

		for (int k = 0; k < from->n_steps; k++)
			if ((from->steps[k].verb == DO_CALL || from->steps[k].verb == DO_OFFER)
			    && sv_eq(from->steps[k].name, t->d->id) && sv_eq(from->locale, t->d->locale))
				str_addf(t->out, "    from %.*s, step %.*s\n", SV_ARG(from->id),
				    SV_ARG(from->steps[k].id));
	}
}

static void put_slots(struct sheet *t)
{
	static const char *const types[SLOT_TYPES] = { "text", "words", "word", "number", "scale",
		"yes or no", "choice", "when", "time", "person", "request", "country", "line", "row" };

	if (!t->d->n_slots)
		return;
	heading(t, "What it remembers, and for how long");
	for (size_t i = 0; i < t->d->n_slots; i++) {
		const struct slot_def *slot = &t->d->slots[i];
		STR_AUTO keep = STR_INIT;

		show_slot_keep(slot, &keep);
		str_addf(t->out, "    %-12.*s %-10s %s%s%s\n", SV_ARG(slot->name), types[slot->type],
		    keep.p, slot->user ? "; shared by all dialogs" : "",
		    slot->is_private ? "; private" : "");
	}
}

static void put_gates(struct sheet *t)
{
	const struct dialog *d = t->d;

	if (!d->n_gates)
		return;
	heading(t, "What stands before every result");
	for (size_t i = 0; i < d->n_gates; i++) {
		const struct gate *g = &d->gates[i];
		STR_AUTO line = STR_INIT;

		str_addf(&line, "The gate \"%.*s\" reads", SV_ARG(g->name));
		for (size_t k = 0; k < g->n_on; k++)
			str_addf(&line, "%s %.*s", k ? "," : "", SV_ARG(g->on[k]));
		str_addz(&line, " as soon as it is answered.");
		if (g->ask >= 0)
			str_addf(&line, " It may ask first: step %d %.*s.", g->ask + 1,
			    SV_ARG(d->steps[g->ask].id));
		if (g->lane.n)
			str_addf(&line, " Or it closes the dialog and leads to the lane: %.*s.",
			    SV_ARG(g->lane));
		else if (g->blocked.set) {
			str_addz(&line, " Or it closes the dialog: ");
			put_target(t, g->blocked, &line);
		}
		wrap(t->out, "    ", str_sv(&line));
	}
}

void show_sheet(const struct script *s, const struct dialog *d, struct str *out)
{
	struct sheet t = { s, d, out };
	struct ways w = { 0 };

	put_title(&t);
	put_entries(&t);
	put_slots(&t);
	put_gates(&t);
	heading(&t, "The steps");
	for (int i = 0; i < d->n_steps; i++)
		put_step(&t, &d->steps[i], &w);
	put_ladders(&t);
	for (size_t i = 0; i < d->n_grids; i++)
		put_table(&t, d->grids[i]);
	ways_fini(&w);
}
