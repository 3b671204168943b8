/* check/choices.c - what a person types to a question: each choice is reached by
 * its label, words, number and ordinal, and by nothing that means another. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"

enum { MENU = 24, EXPAND = 8, ORDINALS = 12 };

struct menu {
	const struct tree *tree;
	const struct script *s;
	const struct language *l;
	struct findings *f;
	struct arena *a;
	const char *file, *place;
	int line;
	const struct dialog *d;         /* whose question it is; NULL: the program's */
	const struct step *st;
	bool lane;                      /* its words come before all but a few controls */
	bool own;                       /* a question of the program's: before the controls */
	struct option options[MENU];
	struct sv ids[MENU];
	size_t n;
	struct sv ordinals[ORDINALS];
};

/* ---- what it is read as ------------------------------------------------------------ */

/* The label as most people see it: nobody's pronoun is known, values are short. */
static struct sv label_of(struct menu *m, const struct text *t)
{
	STR_AUTO out = STR_INIT;

	for (size_t i = 0; i < t->n; i++) {
		const struct segment *g = &t->segments[i];

		if (g->kind == SEGMENT_LITERAL)
			str_add(&out, g->text);
		else if (g->n_alternatives)
			str_add(&out, g->alternatives[g->n_alternatives - 1]);
		else
			str_add(&out, m->l->grammar ? grammar_pronoun(m->l->grammar, SV(""), g->form)
			    : SV("x"));
	}
	return arena_sv(m->a, str_sv(&out));
}

/* A control that does the same is no loss: "skip" where the choice leads there
 * too, or one that would open the dialog that asks. */
static bool harmless(const struct menu *m, const struct intent *in, size_t i)
{
	size_t first = m->n - m->st->n_choices;
	const struct choice_def *c = i >= first ? &m->st->choices[i - first] : NULL;

	if (!in->act.n && sv_eq(in->dialog, m->d->id))
		return true;
	return c && m->st->may_skip && sv_is(in->act.n ? in->act : in->name, "skip") && !c->n_sets
	    && (c->no_store || !m->st->into.n) && c->to.set && c->to.step == m->st->skip.step
	    && sv_eq(c->to.end, m->st->skip.end);
}

/* The control that takes it before the question can. */
static const struct intent *control_for(const struct menu *m, struct message *msg, size_t option)
{
	const struct intent *in = m->own ? NULL : intent_control(m->s, msg, m->lane);

	if (in && harmless(m, in, option))
		return NULL;

	for (size_t i = 0; in && m->lane && i < m->s->lane.n_pass; i++)
		if (sv_eq(m->s->lane.pass[i], in->name) || sv_eq(m->s->lane.pass[i], in->act))
			return in;
	return m->lane ? NULL : in;
}

static void bad(const struct menu *m, size_t i, const char *code, struct sv typed, const char *fmt,
    const char *fix, struct sv other)
{
	STR_AUTO text = STR_INIT;

	str_addf(&text, "choice %.*s: \"%.*s\" ", SV_ARG(m->ids[i]), SV_ARG(typed));
	str_addf(&text, "%s", fmt);
	if (other.n)
		str_addf(&text, " \"%.*s\"", SV_ARG(other));
	findings_add(m->f, code, m->file, m->place, m->line, "%s -- %s", text.p, fix);
}

static void try(struct menu *m, size_t i, struct sv typed)
{
	struct reading *r = reading_create(m->l, typed, m->a);
	const struct intent *in = control_for(m, r->message, i);
	struct option_result res;

	if (!typed.n)
		return;
	if (in) {
		bad(m, i, "E819", typed, "is taken by the control", "choose other words for it: "
		    "a control comes before any question", in->name);
		return;
	}
	res = options_read(m->l->readers, r, m->options, m->n, false, m->a);
	if (res.n == 1 && res.picks[0] == (int)i && res.status == READ_VALUE)
		return;
	for (size_t k = 0; k < res.n; k++)
		if (res.picks[k] >= 0 && res.picks[k] != (int)i) {
			bad(m, i, "E818", typed, "is taken for the choice", "part their words",
			    m->ids[res.picks[k]]);
			return;
		}
	bad(m, i, "E817", typed, "does not reach it", "add it to \"words\", or choose another label",
	    SV(""));
}

static void try_phrases(struct menu *m, size_t i)
{
	for (size_t p = 0; p < m->options[i].n_phrases; p++) {
		struct sv *texts;
		size_t n;

		lexicon_expand(m->s->lexicon, m->options[i].phrases[p], m->a, &texts, &n, EXPAND);
		for (size_t k = 0; k < n; k++)
			try(m, i, texts[k]);
	}
}

static void prove_option(struct menu *m, size_t i)
{
	try(m, i, m->options[i].label);
	try_phrases(m, i);
	if (m->options[i].unseen)
		return;
	try(m, i, sv_from(arena_printf(m->a, "%zu", i + 1)));
	if (i < ORDINALS)
		try(m, i, m->ordinals[i]);
}

/* ---- the menus of a tree -------------------------------------------------------------- */

static void add_choices(struct menu *m, const struct choice_def *c, size_t n)
{
	for (size_t i = 0; i < n && m->n < MENU; i++) {
		m->options[m->n] = (struct option){ label_of(m, &c[i].say), c[i].phrases, c[i].n_phrases,
			c[i].unseen };
		m->ids[m->n++] = c[i].id;
	}
}

static void add_row(struct menu *m, const struct step *st, size_t row)
{
	const struct cell *say = grid_cell(st->from.grid, row, st->from.show);
	const struct cell *words = grid_cell(st->from.grid, row, SV("words"));
	const struct cell *id = grid_cell(st->from.grid, row, SV("id"));

	if (m->n == MENU)
		return;
	m->options[m->n] = (struct option){ !say ? SV("") : say->say ? label_of(m, say->say) : say->text,
		words ? words->phrases : NULL, words ? words->n_phrases : 0, false };
	m->ids[m->n++] = id ? id->text : SV("row");
}

/* Rows stand in one menu when they agree in the columns that "where" asks for. */
struct together { const struct grid *g; size_t a, b; bool yes; };

static void same_cell(void *ctx, struct sv function, struct sv name)
{
	struct together *t = ctx;
	const struct cell *x = grid_cell(t->g, t->a, name), *y = grid_cell(t->g, t->b, name);

	(void)function;
	if (x && y && !sv_eq(x->text, y->text))
		t->yes = false;
}

static bool stand_together(const struct from_def *from, size_t a, size_t b)
{
	struct together t = { from->grid, a, b, true };

	if (from->where)
		expr_names(from->where, same_cell, &t);
	return t.yes;
}

static void prove_menu(struct menu *m)
{
	for (size_t i = 0; m->l->readers && i < m->n; i++)
		prove_option(m, i);
	m->n = 0;
}

static size_t room(const struct menu *m, const struct step *st)
{
	size_t all = (size_t)m->s->limits.choices, n = st->n_listed < all ? all - st->n_listed : 0;

	return st->from.max && (size_t)st->from.max < n ? (size_t)st->from.max : n;
}

static void prove_rows(struct menu *m, const struct step *st)
{
	const struct grid *g = st->from.grid;

	for (size_t i = 0; i < g->n_rows; i++) {
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first = first && !stand_together(&st->from, i, k);
		if (!first)
			continue;
		for (size_t k = i; k < g->n_rows && m->n < room(m, st); k++)
			if (stand_together(&st->from, i, k))
				add_row(m, st, k);
		add_choices(m, st->choices, st->n_choices);
		prove_menu(m);
	}
}

static void prove_step(struct menu *m, const struct dialog *d, const struct step *st)
{
	m->l = d->language;
	m->d = d;
	m->st = st;
	m->file = d->file.p;
	m->line = st->line;
	m->lane = d->lane;
	m->place = arena_printf(m->a, "dialog %.*s, step %.*s", SV_ARG(d->id), SV_ARG(st->id));
	if (!sv_eq(d->locale, m->s->base_locale))
		m->place = arena_printf(m->a, "%s (%.*s)", m->place, SV_ARG(d->locale));
	if (st->has_from && st->from.grid) {
		prove_rows(m, st);
		return;
	}
	add_choices(m, st->choices, st->n_choices);
	prove_menu(m);
}

/* The words for first, second ...: the list that the readers call "ordinal". */
static void load_ordinals(struct menu *m, struct sv locale)
{
	const char *path = arena_printf(m->a, "lang/%.*s/words/ordinal.json", SV_ARG(locale));
	const struct source *src = tree_file(m->tree, path);
	json_t *root = NULL, *rows, *words, *word;
	size_t k;

	memset(m->ordinals, 0, sizeof m->ordinals);
	if (src)
		root = json_loadb(src->text.p, src->text.n, 0, NULL);
	rows = json_object_get(root, "rows");
	for (int i = 0; i < ORDINALS; i++) {
		words = json_object_get(rows, arena_printf(m->a, "%d", i + 1));
		json_array_foreach(words, k, word) {
			const char *text = json_string_value(word);

			if (text && !m->ordinals[i].n && (*text < '0' || *text > '9'))
				m->ordinals[i] = arena_sv(m->a, sv_from(text));
		}
	}
	json_decref(root);
}

static void prove_lines(struct menu *m)
{
	m->l = script_language(m->s, m->s->base_locale);
	m->own = true;
	for (size_t i = 0; i < m->s->n_lines; i++) {
		const struct line *line = &m->s->lines[i];

		m->file = "common/lines.json";
		m->line = tree_line(m->tree, m->file, line->key);
		m->place = arena_printf(m->a, "line %.*s", SV_ARG(line->key));
		add_choices(m, line->choices, line->n_choices);
		prove_menu(m);
	}
}

/* ---- what a text tells people to type -------------------------------------------------- */

/* The next '...' of a text: quotes that stand around words, not apostrophes. */
static bool next_shown(struct sv *rest, struct sv *shown)
{
	for (size_t i = 0; i < rest->n; i++) {
		bool opens = rest->p[i] == '\'' && (i == 0 || strchr(" \n(:", rest->p[i - 1]));
		size_t k = i + 1;

		while (opens && k < rest->n && rest->p[k] != '\'')
			k++;
		if (!opens || k >= rest->n || k == i + 1)
			continue;
		*shown = sv_sub(*rest, i + 1, k);
		*rest = sv_sub(*rest, k + 1, rest->n);
		if (!memchr(shown->p, '{', shown->n))
			return true;
		i = (size_t)-1;
	}
	return false;
}

static bool read_by_step(const struct menu *m, const struct step *st, struct reading *r)
{
	struct option options[MENU];
	size_t n = 0;

	for (; st && n < st->n_choices && n < MENU; n++)
		options[n] = (struct option){ label_of((struct menu *)m, &st->choices[n].say),
			st->choices[n].phrases, st->choices[n].n_phrases, st->choices[n].unseen };
	if (n && options_read(m->l->readers, r, options, n, false, m->a).status == READ_VALUE)
		return true;
	return st && st->reader.n && readers_has(m->l->readers, st->reader)
	    && reader_read(m->l->readers, st->reader, r, 0, m->a).status == READ_VALUE;
}

/* One of the questions that use the ladder reads it, or none uses it. */
static bool read_by_ladder(const struct menu *m, const struct ladder *ladder, struct reading *r)
{
	bool used = false;

	for (size_t i = 0; ladder && i < m->s->n_dialogs; i++)
		for (int k = 0; k < m->s->dialogs[i]->n_steps; k++)
			if (m->s->dialogs[i]->steps[k].repair == ladder) {
				used = true;
				if (read_by_step(m, &m->s->dialogs[i]->steps[k], r))
					return true;
			}
	return ladder && !used;
}

static void prove_shown(struct menu *m, struct sv text, const struct step *st,
    const struct ladder *ladder)
{
	struct sv shown;

	while (m->l->readers && next_shown(&text, &shown)) {
		struct reading *r = reading_create(m->l, shown, m->a);
		const struct intent *in = intent_judge(m->s, r, HEAR_FIRM, m->a);

		if ((in && in->kind != INTENT_NONE) || read_by_step(m, st, r)
		    || read_by_ladder(m, ladder, r))
			continue;
		findings_add(m->f, "E820", m->file, m->place, m->line, "the text shows '%.*s', and "
		    "nothing takes it -- add it to a control, an intent or the question's choices",
		    SV_ARG(shown));
	}
}

static void prove_step_shows(struct menu *m, const struct dialog *d, const struct step *st)
{
	m->l = d->language;
	m->file = d->file.p;
	m->line = st->line;
	m->place = arena_printf(m->a, "dialog %.*s, step %.*s", SV_ARG(d->id), SV_ARG(st->id));
	for (size_t i = 0; i < st->say.n; i++)
		prove_shown(m, st->say.variants[i].source, st, NULL);
	if (st->has_again)
		prove_shown(m, st->again.source, st, NULL);
}

/* The lane's texts are left out: it answers whatever is typed. */
static void prove_common_shows(struct menu *m)
{
	const struct script *s = m->s;

	m->l = script_language(s, s->base_locale);
	for (size_t i = 0; i < s->n_lines; i++) {
		m->file = "common/lines.json";
		m->place = arena_printf(m->a, "line %.*s", SV_ARG(s->lines[i].key));
		m->line = tree_line(m->tree, m->file, s->lines[i].key);
		for (size_t k = 0; k < s->lines[i].say.n; k++)
			prove_shown(m, s->lines[i].say.variants[k].source, NULL, NULL);
	}
	for (size_t i = 0; i < s->n_ladders; i++) {
		m->file = "common/ladders.json";
		m->place = arena_printf(m->a, "ladder %.*s", SV_ARG(s->ladders[i].name));
		m->line = tree_line(m->tree, m->file, s->ladders[i].name);
		for (size_t k = 0; k < s->ladders[i].n_rungs; k++)
			prove_shown(m, s->ladders[i].rungs[k].source, NULL, &s->ladders[i]);
		for (size_t k = 0; k < s->ladders[i].n_told; k++)
			prove_shown(m, s->ladders[i].told[k].source, NULL, &s->ladders[i]);
	}
}

/* ---- labels that two intents want -------------------------------------------------------- */

static void prove_label(struct menu *m, struct sv label)
{
	struct reading *r = reading_create(m->l, label, m->a);
	const struct intent *one, *two;

	intent_tie(m->s, r->message, &one, &two);
	if (two && !sv_eq(one->dialog, two->dialog))
		findings_add(m->f, "W802", m->file, m->place, m->line, "\"%.*s\" is shown, and the intents "
		    "%.*s and %.*s want it alike -- give one of them more \"weight\" or narrower phrases",
		    SV_ARG(label), SV_ARG(one->name), SV_ARG(two->name));
}

static void prove_labels(struct menu *m, const struct dialog *d)
{
	if (!sv_eq(d->locale, m->s->base_locale))
		return;                 /* intents are written in the base locale */
	m->l = d->language;
	m->file = d->file.p;
	m->line = 1;
	m->place = arena_printf(m->a, "dialog %.*s", SV_ARG(d->id));
	prove_label(m, d->title);
	for (int i = 0; i < d->n_steps; i++) {
		const struct step *st = &d->steps[i];

		m->line = st->line;
		m->place = arena_printf(m->a, "dialog %.*s, step %.*s", SV_ARG(d->id), SV_ARG(st->id));
		for (size_t k = 0; k < st->n_choices; k++)
			prove_label(m, label_of(m, &st->choices[k].say));
	}
}

void check_choices(const struct tree *t)
{
	const struct script *s = t->script;
	struct menu m = { .tree = t, .s = s, .f = t->findings, .a = arena_create() };

	for (size_t i = 0; i < s->n_dialogs; i++) {
		const struct dialog *d = s->dialogs[i];

		load_ordinals(&m, d->locale);
		for (int k = 0; k < d->n_steps; k++) {
			if (d->steps[k].verb == DO_ASK)
				prove_step(&m, d, &d->steps[k]);
			prove_step_shows(&m, d, &d->steps[k]);
		}
		prove_labels(&m, d);
	}
	load_ordinals(&m, s->base_locale);
	prove_lines(&m);
	prove_common_shows(&m);
	arena_destroy(m.a);
}
