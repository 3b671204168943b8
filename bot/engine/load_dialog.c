/* engine/load_dialog.c - dialog.json to struct dialog.
 *
 * Each verb has one row in a table with the function that reads its keys; what
 * may stand beside any verb (when, goto, end, loop) is read once. */
#include <string.h>

#include "base/xalloc.h"
#include "engine/load.h"

struct building {
	struct loading *l;
	struct dialog *d;
	struct sv repair, skip;         /* the dialog's defaults */
	struct sv folder;
};

const struct slot_def *dialog_slot(const struct dialog *d, struct sv name)
{
	for (size_t i = 0; i < d->n_slots; i++)
		if (sv_eq(d->slots[i].name, name))
			return &d->slots[i];
	return NULL;
}

int dialog_step_number(const struct dialog *d, struct sv id)
{
	for (int i = 0; i < d->n_steps; i++)
		if (sv_eq(d->steps[i].id, id))
			return i;
	return -1;
}

/* ---- pieces ------------------------------------------------------------- */

static struct target to_step(struct building *b, const struct node *n, struct sv id)
{
	struct target t = { -1, SV(""), true };

	if (!id.n)
		return (struct target){ -1, SV(""), false };
	t.step = dialog_step_number(b->d, id);
	if (t.step < 0)
		node_bad(n, "E501", "there is no step \"%.*s\" in this dialog", SV_ARG(id));
	return t;
}

/* "goto" and "end" of an object, or nothing. */
static struct target target_of(struct building *b, struct node *n)
{
	struct sv end = node_text(n, "end", false), go = node_text(n, "goto", false);

	if (end.n && go.n)
		node_bad(n, "E502", "\"goto\" and \"end\" exclude each other");
	if (end.n)
		return (struct target){ -1, arena_sv(b->l->arena, end), true };
	return to_step(b, n, go);
}

/* A key that is a step id, or {"goto":id} or {"end":word}. */
static struct target target_key(struct building *b, struct node *owner, const char *key)
{
	struct node n = node_get(owner, key);

	if (node_is(&n, JSON_OBJECT)) {
		struct target t = target_of(b, &n);

		node_done(&n);
		return t;
	}
	if (n.value && !node_is(&n, JSON_STRING) && !node_is(&n, JSON_TRUE))
		node_bad(&n, "E104", "this must name a step");
	return to_step(b, &n, node_sv(&n));
}

static bool is_slot(void *ctx, struct sv word)
{
	return dialog_slot(ctx, word) != NULL || sv_is(word, "hour") || sv_is(word, "weekday")
	    || sv_is(word, "tier") || sv_is(word, "clock")
	    || sv_is(word, "country");
}

static const struct expr *expr_of(struct building *b, const struct node *n, struct sv text)
{
	struct err e = { 0 };
	const struct expr *x = expr_parse(text, is_slot, b->d, b->l->arena, &e);

	if (!x)
		node_bad(n, "E601", "%s", e.text);
	return x;
}

struct row_scope { struct dialog *d; const struct grid *g; struct sv where; };

/* Fields of kept things are not declared anywhere: what stands left in a "where"
 * is one, first or behind "and", "or", "not". */
static bool stands_left(struct sv where, struct sv word)
{
	struct sv part, before = SV("and");

	while (sv_split(&where, ' ', &part)) {
		while (part.n && part.p[0] == '(')
			part = sv_sub(part, 1, part.n);
		if (sv_eq(part, word)
		    && (sv_is(before, "and") || sv_is(before, "or") || sv_is(before, "not")))
			return true;
		if (part.n)
			before = part;
	}
	return false;
}

static bool is_column(void *ctx, struct sv word)
{
	struct row_scope *rs = ctx;

	if (!rs->g && stands_left(rs->where, word))
		return true;
	return (rs->g && grid_column(rs->g, word) >= 0) || is_slot(rs->d, word);
}

static const struct expr *where_of(struct building *b, struct node *n, const struct grid *g)
{
	struct sv text = node_text(n, "where", false);
	struct row_scope rs = { b->d, g, text };
	struct err e = { 0 };
	const struct expr *x;

	if (!text.n)
		return NULL;
	for (size_t i = 0; g && i < g->n_columns; i++)
		if (dialog_slot(b->d, g->columns[i])
		    && memmem(text.p, text.n, g->columns[i].p, g->columns[i].n))
			node_bad(n, "E503", "\"%.*s\" is both a column of the table and a slot "
			    "-- rename the slot", SV_ARG(g->columns[i]));
	x = expr_parse(text, is_column, &rs, b->l->arena, &e);
	if (!x)
		node_bad(n, "E601", "%s", e.text);
	return x;
}

static const struct grid *grid_of(struct building *b, const struct node *n, struct sv name)
{
	const struct grid *g = script_grid(b->l->script, b->d, name);

	if (!g)
		node_bad(n, "E504", "there is no table \"%.*s\" -- tables stand in %.*s/tables/",
		    SV_ARG(name), SV_ARG(b->folder));
	return g;
}

static size_t sets_of(struct building *b, struct node *owner, struct assignment **out)
{
	struct node map = node_get(owner, "set"), child;
	const char *slot;
	size_t n = 0;

	*out = ARENA_ARRAY(b->l->arena, struct assignment, node_count(&map));
	for (size_t i = 0; node_member(&map, &i, &slot, &child); n++) {
		struct sv text = node_sv(&child);

		if (node_is(&child, JSON_INTEGER))
			text = sv_from(arena_printf(b->l->arena, "%lld",
			    (long long)node_number(&child)));
		(*out)[n].slot = arena_sv(b->l->arena, sv_from(slot));
		(*out)[n].source = arena_sv(b->l->arena, text);
		(*out)[n].expr = expr_of(b, &child, text);
	}
	return n;
}

static void load_from(struct building *b, struct step *st, struct node *owner)
{
	struct node n = node_get(owner, "from");
	struct sv table;

	if (!n.value)
		return;
	st->has_from = true;
	table = node_text(&n, "table", false);
	st->from.saved = arena_sv(b->l->arena, node_text(&n, "saved", false));
	if (table.n)
		st->from.grid = grid_of(b, &n, table);
	else if (!st->from.saved.n)
		node_bad(&n, "E505", "\"from\" needs a \"table\" or \"saved\" things");
	st->from.where = where_of(b, &n, st->from.grid);
	st->from.show = arena_sv(b->l->arena, node_text(&n, "show", false));
	if (!st->from.show.n)
		st->from.show = st->from.grid ? SV("say") : SV("text");
	st->from.max = (int)node_int(&n, "max", 0);
	node_text(&n, "order", false);
	node_done(&n);
}

static void load_choice(struct building *b, struct choice_def *c, struct node *n)
{
	struct node say = node_get(n, "say"), chip = node_get(n, "chip"), store;

	c->id = arena_sv(b->l->arena, node_text(n, "id", true));
	text_load(&c->say, &say, b->l->arena);
	if (!say.value)
		node_bad(n, "E103", "\"say\" is missing: the label that a person reads");
	text_load(&c->chip, &chip, b->l->arena);
	c->n_phrases = phrases_get(b->l, n, "words", b->d->language->locale, VIEW_USUAL,
	    &c->words, &c->phrases);
	c->to = target_of(b, n);
	c->other = node_bool(n, "other", false);
	store = node_get(n, "store");
	c->no_store = node_is(&store, JSON_FALSE);
	c->unseen = node_bool(n, "unseen", false);
	c->leftover = node_bool(n, "leftover", false);
	c->other |= c->leftover;
	c->corrects = node_bool(n, "correction", false);
	c->n_sets = sets_of(b, n, &c->sets);
	node_done(n);
}

static void load_choices(struct building *b, struct step *st, struct node *owner)
{
	struct node list = node_get(owner, "choices");

	st->n_choices = node_count(&list);
	st->choices = ARENA_ARRAY(b->l->arena, struct choice_def, st->n_choices);
	for (size_t i = 0; i < st->n_choices; i++) {
		struct node n = node_at(&list, i);

		load_choice(b, &st->choices[i], &n);
		if (!st->choices[i].unseen && st->n_listed < i)
			node_bad(&n, "E522", "a choice that is shown stands before those that are not");
		st->n_listed += !st->choices[i].unseen;
	}
}

static void load_check(struct building *b, struct step *st, struct node *owner)
{
	struct node check = node_get(owner, "check"), words = node_get(&check, "words"), n;
	struct sv phrase = node_text(&check, "not", false);

	st->check_not = PHRASE_NONE;
	if (node_count(&words) == 2) {
		n = node_at(&words, 0);
		st->words_min = (int)node_number(&n);
		n = node_at(&words, 1);
		st->words_max = (int)node_number(&n);
	} else if (words.value) {
		node_bad(&words, "E506", "write \"words\":[least, most]");
	}
	if (phrase.n)
		st->check_not = lexicon_phrase(b->l->script->lexicon, b->d->language->locale,
		    phrase, VIEW_USUAL, &check);
	node_done(&check);
}

static void load_repair(struct building *b, struct step *st, struct node *n)
{
	struct sv name = node_text(n, "repair", false);
	struct node skip = node_get(n, "skip"), silence = node_get(n, "silence");

	if (!name.n)
		name = b->repair;
	if (sv_is(name, "silent"))
		st->repair_silent = true;
	else if (name.n && !(st->repair = script_ladder(b->l->script, name)))
		node_bad(n, "E507", "there is no ladder \"%.*s\" -- see common/ladders.json",
		    SV_ARG(name));
	st->skip = target_key(b, n, "skip");
	st->may_skip = skip.value && !node_is(&skip, JSON_FALSE);
	if (!skip.value && b->skip.n) {
		st->skip = to_step(b, n, b->skip);
		st->may_skip = true;
	}
	if (!silence.value)
		return;
	st->silence_after = b->l->script->limits.silence;
	if (node_is(&silence, JSON_OBJECT))
		st->silence_after = duration_get(&silence, "after", st->silence_after);
	st->silence = node_is(&silence, JSON_OBJECT) ? target_of(b, &silence)
	    : to_step(b, n, node_sv(&silence));
	node_done(&silence);
}

/* ---- verbs -------------------------------------------------------------- */

static void load_say(struct building *b, struct step *st, struct node *n)
{
	struct node say = node_get(n, "say");

	wording_load(&st->say, &say, b->l->arena);
	st->alone = node_bool(n, "alone", false);
}

static void load_ask(struct building *b, struct step *st, struct node *n)
{
	struct node ask = node_get(n, "ask"), again = node_get(n, "again");

	wording_load(&st->say, &ask, b->l->arena);
	text_load(&st->again, &again, b->l->arena);
	st->has_again = again.value != NULL;
	st->into = arena_sv(b->l->arena, node_text(n, "into", false));
	st->rest = arena_sv(b->l->arena, node_text(n, "rest", false));
	st->spoken = node_bool(n, "spoken", false);
	st->reader = arena_sv(b->l->arena, node_text(n, "reader", false));
	st->alone = node_bool(n, "alone", false);
	load_from(b, st, n);
	load_choices(b, st, n);
	load_check(b, st, n);
	load_repair(b, st, n);
	st->none = target_key(b, n, "none");
	if (st->reader.n && b->d->language->readers
	    && !readers_has(b->d->language->readers, st->reader))
		node_bad(n, "E508", "there is no reader \"%.*s\" -- see lang/%.*s/readers.json",
		    SV_ARG(st->reader), SV_ARG(b->d->language->locale));
	if (st->into.n && !dialog_slot(b->d, st->into))
		node_bad(n, "E509", "the slot \"%.*s\" is not declared in \"slots\"", SV_ARG(st->into));
}

static void load_pick(struct building *b, struct step *st, struct node *n)
{
	st->from.grid = grid_of(b, n, node_text(n, "pick", true));
	st->from.where = where_of(b, n, st->from.grid);
	st->prefer = arena_sv(b->l->arena, node_text(n, "prefer", false));
	st->into = arena_sv(b->l->arena, node_text(n, "into", true));
	st->none = target_key(b, n, "none");
	if (st->into.n && !dialog_slot(b->d, st->into))
		node_bad(n, "E509", "the slot \"%.*s\" is not declared in \"slots\"", SV_ARG(st->into));
}

static void load_set(struct building *b, struct step *st, struct node *n)
{
	st->n_sets = sets_of(b, n, &st->sets);
}

static void load_drop(struct building *b, struct step *st, struct node *n)
{
	st->n_names = words_get(n, "drop", &st->names, b->l->arena);
}

static void load_analyze(struct building *b, struct step *st, struct node *n)
{
	st->name = arena_sv(b->l->arena, node_text(n, "analyze", true));
	st->on = arena_sv(b->l->arena, node_text(n, "on", true));
	st->as = arena_sv(b->l->arena, node_text(n, "as", true));
	st->n_with = pairs_get(n, "with", &st->with, b->l->arena);
	st->analysis = language_analysis(b->d->language, st->name);
	if (!st->analysis)
		node_bad(n, "E510", "there is no analysis \"%.*s\" -- see lang/%.*s/analyses/",
		    SV_ARG(st->name), SV_ARG(b->d->language->locale));
	if (!dialog_slot(b->d, st->on))
		node_bad(n, "E509", "the slot \"%.*s\" is not declared in \"slots\"", SV_ARG(st->on));
}

static const struct frames *frames_of(struct building *b, struct sv name)
{
	for (size_t i = 0; i < b->d->n_frames; i++)
		if (sv_eq(frames_name(b->d->frames[i]), name))
			return b->d->frames[i];
	return NULL;
}

static void load_build(struct building *b, struct step *st, struct node *n)
{
	struct node otherwise = node_get(n, "else");

	st->name = arena_sv(b->l->arena, node_text(n, "build", true));
	st->reg = arena_sv(b->l->arena, node_text(n, "register", false));
	if (!st->reg.n)
		st->reg = SV("natural");
	st->gaps = node_bool(n, "gaps", false);
	st->into = arena_sv(b->l->arena, node_text(n, "into", false));
	st->otherwise = target_key(b, n, "else");
	st->frames = frames_of(b, st->name);
	if (!st->frames)
		node_bad(n, "E511", "there are no frames \"%.*s\" in %.*s/frames.json",
		    SV_ARG(st->name), SV_ARG(b->folder));
	else if (!frames_register(st->frames, st->reg))
		node_bad(n, "E511", "the frames \"%.*s\" have no register \"%.*s\"",
		    SV_ARG(st->name), SV_ARG(st->reg));
	if (!otherwise.value)
		node_bad(n, "E512", "a build needs \"else\": where to go when the words do not suffice");
}

static void load_call(struct building *b, struct step *st, struct node *n)
{
	struct sv then = node_text(n, "then", false);

	st->name = arena_sv(b->l->arena, node_text(n, "call", true));
	st->n_with = pairs_get(n, "with", &st->with, b->l->arena);
	st->n_out = pairs_get(n, "into", &st->out, b->l->arena);
	if (then.n)
		st->to = to_step(b, n, then);
}

static void load_late(struct building *b, struct step *st, struct node *owner)
{
	struct node late = node_get(owner, "late"), n;

	st->late_step = -1;
	if (!late.value)
		return;
	if (node_count(&late) != 2) {
		node_bad(&late, "E513", "write \"late\":[\"10m\", step]");
		return;
	}
	n = node_at(&late, 0);
	if (!duration_parse(node_sv(&n), &st->late_seconds))
		node_bad(&n, "E106", "this is no length of time -- write 20m, 90s, 72h or 3d");
	n = node_at(&late, 1);
	st->late_step = to_step(b, &n, node_sv(&n)).step;
}

static void load_remind(struct building *b, struct step *st, struct node *n)
{
	st->name = arena_sv(b->l->arena, node_text(n, "remind", true));
	st->in_seconds = duration_get(n, "in", 0);
	st->at = arena_sv(b->l->arena, node_text(n, "at", false));
	st->n_with = pairs_get(n, "with", &st->with, b->l->arena);
	st->quiet = node_bool(n, "quiet", false);
	load_late(b, st, n);
	if (!st->in_seconds == !st->at.n)
		node_bad(n, "E513", "a reminder needs either \"in\" or \"at\"");
	if (to_step(b, n, st->name).step >= 0)
		b->d->steps[dialog_step_number(b->d, st->name)].entry = true;
	if (st->late_step >= 0)
		b->d->steps[st->late_step].entry = true;
}

static void load_cue(struct building *b, struct step *st, struct node *n)
{
	struct node list = node_get(n, "cue"), stop = node_get(n, "stop"), x;

	st->n_cues = node_count(&list);
	st->cues = ARENA_ARRAY(b->l->arena, struct cue_line, st->n_cues);
	for (size_t i = 0; i < st->n_cues; i++) {
		struct node pair = node_at(&list, i);

		x = node_at(&pair, 0);
		if (!duration_parse(node_sv(&x), &st->cues[i].at))
			node_bad(&pair, "E514", "write [\"4s\", text]");
		x = node_at(&pair, 1);
		text_load(&st->cues[i].say, &x, b->l->arena);
	}
	st->repeat = (int)node_int(n, "repeat", 1);
	st->every = duration_get(n, "every", 0);
	node_bool(n, "edit", false);
	if (node_count(&stop) == 2) {
		x = node_at(&stop, 1);
		st->stop = to_step(b, &stop, node_sv(&x));
	} else {
		node_bad(n, "E514", "a cue needs \"stop\":[\"any\", step]: where a message leads");
	}
}

static int keep_of(struct node *owner, int def)
{
	struct sv keep = node_text(owner, "keep", false);
	int seconds;

	if (!keep.n)
		return def;
	if (sv_is(keep, "never"))
		return KEEP_NEVER;
	if (sv_is(keep, "day"))
		return KEEP_DAY;
	if (sv_is(keep, "kept"))
		return KEEP_FOREVER;
	if (duration_parse(keep, &seconds) && seconds >= 86400)
		return seconds / 86400;
	node_bad(owner, "E515", "\"keep\" is never, day, kept, or days such as 30d");
	return def;
}

static void load_save(struct building *b, struct step *st, struct node *n)
{
	st->name = arena_sv(b->l->arena, node_text(n, "save", true));
	st->n_with = pairs_get(n, "fields", &st->with, b->l->arena);
	st->keep_days = keep_of(n, KEEP_FOREVER);
}

static void load_offer(struct building *b, struct step *st, struct node *n)
{
	struct node say = node_get(n, "say");

	st->name = arena_sv(b->l->arena, node_text(n, "offer", true));
	wording_load(&st->say, &say, b->l->arena);
	st->n_with = pairs_get(n, "with", &st->with, b->l->arena);
}

static void load_show(struct building *b, struct step *st, struct node *n)
{
	st->name = arena_sv(b->l->arena, node_text(n, "show", true));
	st->n_names = words_get(n, "kind", &st->names, b->l->arena);
	st->words_max = (int)node_int(n, "rows", 2);
}

static void load_unlock(struct building *b, struct step *st, struct node *n)
{
	st->name = arena_sv(b->l->arena, node_text(n, "unlock", true));
	if (!b->d->lane)
		node_bad(n, "E516", "only a dialog of the lane may unlock");
}

static const struct verb_row {
	const char *key;
	enum verb verb;
	void (*load)(struct building *b, struct step *st, struct node *n);
	bool in_lane;                   /* a lane dialog may use it */
} verbs[] = {
	/* ORDER: a key that can stand beside another verb comes after it */
	{ "offer", DO_OFFER, load_offer, false },
	{ "ask", DO_ASK, load_ask, true },
	{ "pick", DO_PICK, load_pick, true },
	{ "drop", DO_DROP, load_drop, true },
	{ "analyze", DO_ANALYZE, load_analyze, true },
	{ "build", DO_BUILD, load_build, false },
	{ "call", DO_CALL, load_call, false },
	{ "remind", DO_REMIND, load_remind, false },
	{ "cue", DO_CUE, load_cue, true },
	{ "save", DO_SAVE, load_save, false },
	{ "show", DO_SHOW, load_show, true },
	{ "unlock", DO_UNLOCK, load_unlock, true },
	{ "set", DO_SET, load_set, true },
	{ "say", DO_SAY, load_say, true },
};

static void load_when(struct building *b, struct step *st, struct node *owner)
{
	struct node list = node_get(owner, "when");

	st->n_when = node_count(&list);
	st->when = ARENA_ARRAY(b->l->arena, struct branch, st->n_when);
	for (size_t i = 0; i < st->n_when; i++) {
		struct node n = node_at(&list, i);
		struct sv test = node_text(&n, "if", false);

		st->when[i].source = arena_sv(b->l->arena, test);
		if (test.n)
			st->when[i].test = expr_of(b, &n, test);
		else if (!node_bool(&n, "else", false))
			node_bad(&n, "E517", "a row needs \"if\" or \"else\":true");
		st->when[i].to = target_of(b, &n);
		node_done(&n);
	}
}

static uint64_t mix(uint64_t h, struct sv s)
{
	return (h ^ sv_hash(s)) * 1099511628211ULL;
}

/* Verb, into, slot type, choices and rows: what a live answer depends on. */
static uint64_t fingerprint_of(const struct dialog *d, const struct step *st)
{
	const struct slot_def *slot = st->into.n ? dialog_slot(d, st->into) : NULL;
	uint64_t h = 14695981039346656037ULL ^ (uint64_t)st->verb << 8;

	h = mix(h, st->into);
	h = mix(h, st->name);
	if (slot)
		h ^= (uint64_t)slot->type << 17;
	for (size_t i = 0; i < st->n_choices; i++)
		h = mix(h, st->choices[i].id);
	if (st->from.grid) {
		h = mix(h, st->from.grid->name);
		for (size_t i = 0; grid_cell(st->from.grid, i, SV("id")); i++)
			h = mix(h, grid_cell(st->from.grid, i, SV("id"))->text);
	}
	return mix(h, st->from.saved);
}

static void load_step(struct building *b, struct step *st, struct node *n)
{
	const struct verb_row *row = NULL;
	struct node loop = node_get(n, "loop");
	struct target to;

	st->late_step = -1;
	for (size_t i = 0; i < COUNT(verbs) && !row; i++)
		if (jtree_get(n->value, verbs[i].key))
			row = &verbs[i];
	st->verb = row ? row->verb : DO_NOTHING;
	if (row && b->d->lane && !row->in_lane)
		node_bad(n, "E516", "a dialog of the lane may not use \"%s\"", row->key);
	load_when(b, st, n);
	if (row)
		row->load(b, st, n);
	to = target_of(b, n);
	if (to.set)
		st->to = to;
	st->loop_max = (int)node_int(&loop, "max", 0);
	st->loop_then = target_key(b, &loop, "then");
	node_done(&loop);
	if (!row && !st->n_when && !st->to.set)
		node_bad(n, "E518", "the step has no verb -- one of say, ask, pick, set, drop, analyze, "
		    "build, call, remind, cue, save, offer, show, or \"when\"");
	st->fingerprint = fingerprint_of(b->d, st);
	node_done(n);
}

/* The lines where the objects of "steps" begin: jansson keeps no places. */
static void find_lines(struct dialog *d)
{
	struct sv t = d->source;
	int depth = 0, line = 1, n = 0;
	bool inside = false;

	for (size_t i = 0; i < t.n && n < d->n_steps; i++) {
		size_t from = i + 1;

		line += t.p[i] == '\n';
		if (t.p[i] == '"') {
			for (i++; i < t.n && t.p[i] != '"'; i++)
				i += t.p[i] == '\\';
			if (depth == 1)
				inside = sv_is(sv_sub(t, from, i), "steps");
		} else if (t.p[i] == '{' || t.p[i] == '[') {
			if (inside && depth == 2 && t.p[i] == '{')
				d->steps[n++].line = line;
			depth++;
		} else if (t.p[i] == '}' || t.p[i] == ']') {
			depth--;
		}
	}
}

/* Ids first, so that every goto finds its step. */
static void load_steps(struct building *b, struct node *file)
{
	struct dialog *d = b->d;
	struct node list = node_get(file, "steps");

	d->n_steps = 0;
	d->steps = ARENA_ARRAY(b->l->arena, struct step, node_count(&list));
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node n = node_at(&list, i);
		struct sv id = arena_sv(b->l->arena, node_text(&n, "id", true));

		if (dialog_step_number(d, id) >= 0)
			node_bad(&n, "E519", "two steps are called \"%.*s\"", SV_ARG(id));
		d->steps[d->n_steps] = (struct step){ .id = id, .number = d->n_steps };
		d->n_steps++;
	}
	if (!d->n_steps)
		node_bad(file, "E519", "the dialog has no steps");
	find_lines(d);
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node n = node_at(&list, i);

		node_text(&n, "id", false);
		load_step(b, &d->steps[i], &n);
	}
}

static const char *const types[SLOT_TYPES] = {
	"text", "words", "word", "number", "scale", "yesno", "choice", "when", "time",
	"person", "request", "country", "line", "record",
};

const char *slot_type_name(enum slot_type type)
{
	return types[type];
}

/* "cut": the analyses that read a text again; nothing else of it outlives the turn. */
static void load_cut(struct building *b, struct slot_def *s, struct node *n)
{
	struct sv *names;
	size_t count = words_get(n, "cut", &names, b->l->arena);

	s->cut = ARENA_ARRAY(b->l->arena, const struct analysis *, count);
	for (size_t i = 0; i < count; i++) {
		s->cut[s->n_cut] = language_analysis(b->d->language, names[i]);
		if (s->cut[s->n_cut])
			s->n_cut++;
		else
			node_bad(n, "E510", "there is no analysis \"%.*s\"", SV_ARG(names[i]));
	}
}

static void load_slots(struct building *b, struct node *file)
{
	struct node map = node_get(file, "slots"), child;
	const char *name;

	b->d->slots = ARENA_ARRAY(b->l->arena, struct slot_def, node_count(&map));
	for (size_t i = 0; node_member(&map, &i, &name, &child); ) {
		struct slot_def *s = &b->d->slots[b->d->n_slots++];
		struct sv type = node_text(&child, "type", true), scope = node_text(&child, "scope", false);
		bool known = false;

		s->name = arena_sv(b->l->arena, sv_from(name));
		for (int t = 0; t < SLOT_TYPES; t++)
			if (sv_is(type, types[t])) {
				s->type = (enum slot_type)t;
				known = true;
			}
		if (!known)
			node_bad(&child, "E520", "\"%.*s\" is no slot type", SV_ARG(type));
		s->user = sv_is(scope, "user");
		if (scope.n && !s->user && !sv_is(scope, "dialog"))
			node_bad(&child, "E520", "\"scope\" is dialog or user");
		s->is_private = node_bool(&child, "private", false);
		s->keep = keep_of(&child, KEEP_DAY);
		s->max = (int)node_int(&child, "max", 0);
		load_cut(b, s, &child);
		node_done(&child);
	}
}

static void load_gates(struct building *b, struct node *file)
{
	struct node list = node_get(file, "gates");

	b->d->n_gates = node_count(&list);
	b->d->gates = ARENA_ARRAY(b->l->arena, struct gate, b->d->n_gates);
	for (size_t i = 0; i < b->d->n_gates; i++) {
		struct node n = node_at(&list, i), blocked = node_get(&n, "blocked");
		struct gate *g = &b->d->gates[i];

		g->name = arena_sv(b->l->arena, node_text(&n, "gate", true));
		g->analysis = language_analysis(b->d->language, g->name);
		if (!g->analysis)
			node_bad(&n, "E510", "there is no analysis \"%.*s\"", SV_ARG(g->name));
		g->n_on = words_get(&n, "on", &g->on, b->l->arena);
		g->n_with = words_get(&n, "with", &g->with, b->l->arena);
		g->ask = to_step(b, &n, node_text(&n, "ask", false)).step;
		g->lane = arena_sv(b->l->arena, node_text(&blocked, "lane", false));
		if (!g->lane.n)
			g->blocked = target_of(b, &blocked);
		if (!g->lane.n && !g->blocked.set)
			node_bad(&n, "E521", "\"blocked\" is {\"lane\":class}, {\"goto\":step} or {\"end\":word}");
		node_done(&blocked);
		node_done(&n);
	}
}

static void load_moves(struct building *b, struct node *file)
{
	struct node map = node_get(file, "moved"), version;
	const char *before;
	size_t n = 0;

	for (size_t i = 0; node_member(&map, &i, &before, &version); )
		n += node_count(&version);
	b->d->moves = ARENA_ARRAY(b->l->arena, struct move, n);
	for (size_t i = 0; node_member(&map, &i, &before, &version); ) {
		struct node child;
		const char *from;

		for (size_t k = 0; node_member(&version, &k, &from, &child); ) {
			struct move *m = &b->d->moves[b->d->n_moves++];

			m->before = arena_sv(b->l->arena, sv_from(before[0] == '<' ? before + 1 : before));
			m->from = arena_sv(b->l->arena, sv_from(from));
			m->restart = node_is(&child, JSON_OBJECT);
			m->to = -1;
			if (memchr(m->from.p, '/', m->from.n))
				m->row = arena_sv(b->l->arena, node_sv(&child));
			else if (!m->restart)
				m->to = to_step(b, &child, node_sv(&child)).step;
		}
	}
}

static bool in_folder(const struct building *b, const char *path, const char *tail)
{
	size_t n = b->folder.n;

	return strncmp(path, b->folder.p, n) == 0 && path[n] == '/'
	    && strncmp(path + n + 1, tail, strlen(tail)) == 0
	    && strchr(path + n + 1 + strlen(tail), '/') == NULL;
}

static void load_parts(struct building *b)
{
	struct loading *l = b->l;

	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += in_folder(b, l->sources[i].path, "tables/") || in_folder(b, l->sources[i].path, "frames");
	b->d->grids = ARENA_ARRAY(l->arena, struct grid *, n);
	b->d->frames = ARENA_ARRAY(l->arena, struct frames *, n);
	for (size_t i = 0; i < l->n; i++) {
		bool is_grid = in_folder(b, l->sources[i].path, "tables/");
		struct reader r;
		struct node root;

		if (!is_grid && !in_folder(b, l->sources[i].path, "frames"))
			continue;
		if (!reader_init(&r, &l->sources[i], l->paths, l->findings))
			continue;
		root = reader_root(&r);
		if (is_grid) {
			b->d->grids[b->d->n_grids++] = grid_load(l, &root, b->d->language->locale);
		} else {
			struct frames *f = frames_load(l->script->lexicon, b->d->language->locale,
			    &root, l->arena);

			if (f)
				b->d->frames[b->d->n_frames++] = f;
		}
	}
}

struct dialog *dialog_load(struct loading *l, struct node *file, struct sv folder,
    const struct language *lang)
{
	struct dialog *d = ARENA_NEW(l->arena, struct dialog);
	struct building b = { .l = l, .d = d, .folder = folder };
	struct sv lane;

	d->language = lang;
	d->file = arena_sv(l->arena, sv_from(file->reader->source->path));
	d->source = arena_sv(l->script->written, file->reader->source->text);
	d->id = arena_sv(l->arena, node_text(file, "dialog", true));
	d->version = arena_sv(l->arena, node_text(file, "version", true));
	d->locale = arena_sv(l->arena, node_text(file, "locale", true));
	d->title = arena_sv(l->arena, node_text(file, "title", true));
	if (node_int(file, "format", 1) != 1)
		node_bad(file, "E107", "this program reads format 1");
	lane = node_text(file, "lane", false);
	d->lane_class = arena_sv(l->arena, lane);
	d->lane = lane.n || sv_starts(folder, SV("lane/"));
	d->n_needs = words_get(file, "needs", &d->needs, l->arena);
	b.repair = arena_sv(l->arena, node_text(file, "repair", false));
	b.skip = arena_sv(l->arena, node_text(file, "skip", false));
	load_slots(&b, file);
	load_parts(&b);
	load_steps(&b, file);
	load_gates(&b, file);
	load_moves(&b, file);
	node_done(file);
	return d;
}
