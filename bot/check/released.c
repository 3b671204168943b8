/* check/released.c - RELEASED.json: what live talks may stand on.
 *
 * For each dialog its version and the shape of each step (verb, slot, the slot's
 * type), for each of its tables the ids of the rows.  What a release knows may
 * not go or change its kind unless "moved" says where it went. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"

static const char *const verbs[] = {
	[DO_NOTHING] = "when", [DO_SAY] = "say", [DO_ASK] = "ask", [DO_PICK] = "pick",
	[DO_SET] = "set", [DO_DROP] = "drop", [DO_ANALYZE] = "analyze", [DO_BUILD] = "build",
	[DO_CALL] = "call", [DO_REMIND] = "remind", [DO_CUE] = "cue", [DO_SAVE] = "save",
	[DO_OFFER] = "offer", [DO_SHOW] = "show", [DO_UNLOCK] = "unlock",
};

/* "ask raw text timer" */
static void shape_of(const struct dialog *d, const struct step *st, struct str *out)
{
	const struct slot_def *slot = st->into.n ? dialog_slot(d, st->into) : NULL;

	str_addz(out, verbs[st->verb]);
	if (st->into.n)
		str_addf(out, " %.*s", SV_ARG(st->into));
	if (slot)
		str_addf(out, " %s", slot_type_name(slot->type));
	if (st->entry)
		str_addz(out, " timer");
}

static json_t *steps_of(const struct dialog *d)
{
	json_t *steps = json_object();

	for (int i = 0; i < d->n_steps; i++) {
		STR_AUTO shape = STR_INIT;
		STR_AUTO id = STR_INIT;

		str_add(&id, d->steps[i].id);
		shape_of(d, &d->steps[i], &shape);
		json_object_set_new(steps, id.p, json_string(shape.p));
	}
	return steps;
}

static json_t *rows_of(const struct dialog *d)
{
	json_t *tables = json_object();

	for (size_t i = 0; i < d->n_grids; i++) {
		json_t *ids = json_array();
		const struct cell *id;
		STR_AUTO name = STR_INIT;

		for (size_t k = 0; (id = grid_cell(d->grids[i], k, SV("id"))); k++)
			json_array_append_new(ids, json_stringn(id->text.p, id->text.n));
		str_add(&name, d->grids[i]->name);
		json_object_set_new(tables, name.p, ids);
	}
	return tables;
}

void released_write(const struct script *s, struct str *out)
{
	json_t *root = json_object(), *dialogs = json_object();
	char *text;

	for (size_t i = 0; i < s->n_dialogs; i++) {
		const struct dialog *d = s->dialogs[i];
		json_t *o = json_object();
		STR_AUTO id = STR_INIT;

		str_add(&id, d->id);
		json_object_set_new(o, "version", json_stringn(d->version.p, d->version.n));
		json_object_set_new(o, "steps", steps_of(d));
		json_object_set_new(o, "rows", rows_of(d));
		if (sv_eq(d->locale, s->base_locale))
			json_object_set(dialogs, id.p, o);
		json_decref(o);
	}
	json_object_set_new(root, "format", json_integer(1));
	json_object_set_new(root, "dialogs", dialogs);
	text = json_dumps(root, JSON_INDENT(1));
	str_addf(out, "%s\n", text ? text : "{}");
	free(text);
	json_decref(root);
}

/* ---- holding a tree against it ----------------------------------------------------- */

struct release {
	const struct tree *tree;
	const struct dialog *d;
	struct sv version;              /* of the dialog, when it was released */
};

static void bad(const struct release *r, const char *code, const char *what, const char *key,
    const char *text, const char *fix)
{
	STR_AUTO place = STR_INIT;

	str_addf(&place, "dialog %.*s, %s %s", SV_ARG(r->d->id), what, key);
	findings_add(r->tree->findings, code, r->d->file.p, place.p,
	    line_of(r->d->source, "\"version\""), "%s -- %s", text, fix);
}

static void hold_step(const struct release *r, const char *id, const char *shape)
{
	int n = dialog_step_number(r->d, sv_from(id));
	bool timer = strstr(shape, " timer") != NULL;
	STR_AUTO now = STR_INIT;

	if (dialog_move(r->d, sv_from(id), r->version))
		return;
	if (n < 0) {
		bad(r, "E830", "step", id, timer ? "the step is gone, and a reminder may still lead to it"
		    : "the step is gone, and somebody may stand there",
		    "raise \"version\" and say in \"moved\" where it went");
		return;
	}
	shape_of(r->d, &r->d->steps[n], &now);
	/* a reminder that no longer leads here does no harm */
	if (strncmp(now.p, shape, timer ? strlen(shape) - strlen(" timer") : strlen(shape)) != 0
	    || (!timer && strcmp(now.p, shape) != 0 && !strstr(now.p, " timer")))
		bad(r, "E831", "step", id, "the step has changed its verb, its slot or the slot's type",
		    "give it another id, raise \"version\" and say so in \"moved\"");
}

static void hold_rows(const struct release *r, const char *table, const json_t *ids)
{
	const struct grid *g = script_grid(r->tree->script, r->d, sv_from(table));
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id) {
		const char *name = json_string_value(id);
		const struct cell *c = NULL;
		STR_AUTO key = STR_INIT;
		bool found = false;

		for (size_t k = 0; g && name && (c = grid_cell(g, k, SV("id"))); k++)
			found = found || sv_is(c->text, name);
		str_addf(&key, "%s/%s", table, name ? name : "");
		if (!found && name && !dialog_move(r->d, str_sv(&key), r->version))
			bad(r, "E832", "row", key.p, "the row is gone, and an answer may name it",
			    "raise \"version\" and say in \"moved\" which row takes its place");
	}
}

static void hold_dialog(const struct tree *t, const char *id, const json_t *was)
{
	const struct script *s = t->script;
	struct release r = { .tree = t, .version = sv_from(json_string_value(json_object_get(was, "version"))) };
	const char *key;
	json_t *value;

	r.d = script_dialog(s, sv_from(id), s->base_locale);
	if (!r.d) {
		findings_add(t->findings, "E830", "RELEASED.json", id, tree_line(t, "RELEASED.json",
		    sv_from(id)), "the dialog is gone, and somebody may be in it "
		    "-- keep it for one release, with one step that says so and ends");
		return;
	}
	json_object_foreach(json_object_get(was, "steps"), key, value)
		hold_step(&r, key, json_string_value(value) ? json_string_value(value) : "");
	json_object_foreach(json_object_get(was, "rows"), key, value)
		hold_rows(&r, key, value);
}

static void prove_moves(const struct tree *t, const struct dialog *d)
{
	for (size_t i = 0; i < d->n_moves; i++) {
		struct release r = { .tree = t, .d = d };
		STR_AUTO from = STR_INIT;

		str_add(&from, d->moves[i].from);
		if (version_before(d->version, d->moves[i].before))
			bad(&r, "E833", "moved", from.p, "it speaks of a version above the dialog's own, "
			    "so it would move talks for ever", "raise \"version\"");
	}
}

void check_released(const struct tree *t)
{
	const struct script *s = t->script;
	json_error_t e;
	json_t *root, *was;
	const char *id;

	for (size_t i = 0; i < s->n_dialogs; i++)
		if (sv_eq(s->dialogs[i]->locale, s->base_locale))
			prove_moves(t, s->dialogs[i]);
	if (!s->released.n)
		return;
	root = json_loadb(s->released.p, s->released.n, 0, &e);
	if (!json_is_object(json_object_get(root, "dialogs")))
		findings_add(t->findings, "E834", "RELEASED.json", "", root ? 1 : e.line,
		    "it cannot be read -- write it again with attune check --release");
	json_object_foreach(json_object_get(root, "dialogs"), id, was)
		hold_dialog(t, id, was);
	json_decref(root);
}
