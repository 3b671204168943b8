/* check/locales.c - a translation has each text, label and slot of the base, and no other. */
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"

struct pair_of_files {
	const struct tree *tree;
	const char *file, *place;       /* of the translation */
	json_t *base, *other;
	struct str texts;               /* of the base, for "of" */
};

static void bad(const struct pair_of_files *p, const char *code, const char *key, const char *text,
    struct sv what, const char *fix)
{
	const struct source *src = tree_file(p->tree, p->file);
	STR_AUTO object = STR_INIT;
	int line;

	str_addf(&object, "\"%s\": {", key);          /* a step, or a text of the lane */
	line = line_of(src->text, object.p);
	findings_add(p->tree->findings, code, p->file, p->place,
	    line ? line : tree_line(p->tree, p->file, sv_from(key)), "%s: %s \"%.*s\" -- %s", key, text, SV_ARG(what), fix);
}

/* ---- slots of a text ------------------------------------------------------------- */

/* "{person:he}" and "{person|a|b|c}" name person. */
static bool next_slot(struct sv *rest, struct sv *name)
{
	const char *open = rest->n ? memchr(rest->p, '{', rest->n) : NULL;
	size_t n = 0;

	if (!open)
		return false;
	*rest = sv_sub(*rest, (size_t)(open - rest->p) + 1, rest->n);
	while (n < rest->n && !strchr(":|}", rest->p[n]))
		n++;
	*name = sv_sub(*rest, 0, n);
	return true;
}

static bool names_slot(const json_t *text, struct sv name)
{
	const json_t *child;
	const char *key;
	size_t i;

	if (json_is_string(text)) {
		struct sv rest = sv_from(json_string_value(text)), one;

		while (next_slot(&rest, &one))
			if (sv_eq(one, name))
				return true;
	}
	json_array_foreach(text, i, child)
		if (names_slot(child, name))
			return true;
	json_object_foreach((json_t *)text, key, child)
		if (names_slot(child, name))
			return true;
	return false;
}

static void lacks_slots(const struct pair_of_files *p, const char *key, const json_t *from,
    const json_t *in, const char *text, const char *fix)
{
	const json_t *child;
	const char *name;
	size_t i;

	if (json_is_string(from)) {
		struct sv rest = sv_from(json_string_value(from)), one;

		while (next_slot(&rest, &one))
			if (!names_slot(in, one))
				bad(p, "E822", key, text, one, fix);
	}
	json_array_foreach(from, i, child)
		lacks_slots(p, key, child, in, text, fix);
	json_object_foreach((json_t *)from, name, child)
		lacks_slots(p, key, child, in, text, fix);
}

static void add_texts(struct str *out, const json_t *text)
{
	const json_t *child;
	const char *key;
	size_t i;

	if (json_is_string(text))
		str_addf(out, "%s\n", json_string_value(text));
	json_array_foreach(text, i, child)
		add_texts(out, child);
	json_object_foreach((json_t *)text, key, child)
		add_texts(out, child);
}

static void compare(struct pair_of_files *p, const char *key, const char *what, const json_t *base,
    const json_t *other)
{
	if (!base)
		return;
	add_texts(&p->texts, base);
	if (!other) {
		bad(p, "E821", key, "there is no text for", sv_from(what), "translate it: "
		    "a dialog is offered whole or not at all");
		return;
	}
	lacks_slots(p, key, base, other, "the translation leaves out the slot", "put it in");
	lacks_slots(p, key, other, base, "the base text has no slot", "leave it out");
}

/* ---- dialogs ------------------------------------------------------------------------ */

static const char *const text_keys[] = { "say", "ask", "again", "cue" };

static void compare_step(struct pair_of_files *p, const json_t *step)
{
	const char *id = json_string_value(json_object_get(step, "id"));
	const json_t *over = id ? json_object_get(p->other, id) : NULL, *choice;
	size_t i;

	for (size_t k = 0; id && k < COUNT(text_keys); k++)
		compare(p, id, text_keys[k], json_object_get(step, text_keys[k]),
		    json_object_get(over, text_keys[k]));
	json_array_foreach(json_object_get(step, "choices"), i, choice) {
		const char *cid = json_string_value(json_object_get(choice, "id"));
		const json_t *mine = cid ? json_object_get(over, cid) : NULL;

		if (!id || !cid)
			continue;
		compare(p, id, cid, json_object_get(choice, "say"), json_object_get(mine, "say"));
		if (mine && json_object_get(choice, "words") && !json_object_get(mine, "words"))
			bad(p, "E821", id, "there are no \"words\" for the choice", sv_from(cid),
			    "write what people type for it in this language");
	}
}

static const json_t *step_named(const json_t *base, const char *id)
{
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(base, "steps"), i, step) {
		const char *name = json_string_value(json_object_get(step, "id"));

		if (name && strcmp(name, id) == 0)
			return step;
	}
	return NULL;
}

static bool has_choice(const json_t *step, const char *id)
{
	const json_t *choice;
	size_t i;

	json_array_foreach(json_object_get(step, "choices"), i, choice) {
		const char *name = json_string_value(json_object_get(choice, "id"));

		if (name && strcmp(name, id) == 0)
			return true;
	}
	return false;
}

/* The file's own keys, which are no steps. */
static bool is_head(const char *key)
{
	static const char *const heads[] = { "locale", "title", "of", "format", "//", "dialog", "lane", "say" };

	for (size_t i = 0; i < COUNT(heads); i++)
		if (strcmp(key, heads[i]) == 0)
			return true;
	return false;
}

static void unknown_ids(const struct pair_of_files *p)
{
	const char *id, *key;
	json_t *over, *value;

	json_object_foreach(p->other, id, over) {
		const json_t *step = step_named(p->base, id);

		if (is_head(id))
			continue;
		if (!step) {
			bad(p, "E823", id, "there is no step", sv_from(id), "correct the id, or take it out");
			continue;
		}
		json_object_foreach(over, key, value) {
			bool known = has_choice(step, key) || strcmp(key, "//") == 0;

			for (size_t k = 0; k < COUNT(text_keys); k++)
				known = known || strcmp(key, text_keys[k]) == 0;
			if (!known)
				bad(p, "E823", id, "there is no choice or text", sv_from(key),
				    "correct the id, or take it out");
		}
	}
}

/* "of" is the hash of the base texts that were translated. */
static void prove_fresh(const struct pair_of_files *p)
{
	struct sv of = sv_from(json_string_value(json_object_get(p->other, "of")));
	STR_AUTO now = STR_INIT;

	str_addf(&now, "%016llx", (unsigned long long)sv_hash(str_sv(&p->texts)));
	if (!sv_eq(of, str_sv(&now)))
		findings_add(p->tree->findings, "W803", p->file, p->place, tree_line(p->tree, p->file, SV("of")),
		    "the base texts have changed since they were translated -- read them again, "
		    "then write \"of\": \"%s\"", now.p);
}

static void compare_files(const struct tree *t, const struct source *base, const struct source *other,
    const char *place, bool lane)
{
	struct pair_of_files p = { .tree = t, .file = other->path, .place = place, .texts = STR_INIT,
		.base = json_loadb(base->text.p, base->text.n, 0, NULL),
		.other = json_loadb(other->text.p, other->text.n, 0, NULL) };
	const json_t *step;
	const char *key;
	json_t *text;
	size_t i;

	json_array_foreach(json_object_get(p.base, "steps"), i, step)
		compare_step(&p, step);
	json_object_foreach(json_object_get(p.base, "say"), key, text)
		if (lane)
			compare(&p, key, key, text, json_object_get(json_object_get(p.other, "say"), key));
	if (!lane)
		unknown_ids(&p);
	prove_fresh(&p);
	str_fini(&p.texts);
	json_decref(p.base);
	json_decref(p.other);
}

/* "FOLDER/text.LOCALE.json" of a locale that the tree knows. */
static bool is_translation(const struct tree *t, const struct source *src, struct sv *folder)
{
	const char *name = strrchr(src->path, '/');
	struct sv locale;

	if (!name || strncmp(name, "/text.", 6) != 0)
		return false;
	locale = sv_from(name + 6);
	if (locale.n < 5)
		return false;
	locale.n -= 5;
	*folder = (struct sv){ src->path, (size_t)(name - src->path) };
	return !sv_eq(locale, t->script->base_locale);
}

/* ---- what a dialog needs of a language ------------------------------------------------ */

static void prove_needs(const struct tree *t, const struct dialog *d)
{
	STR_AUTO place = STR_INIT;

	str_addf(&place, "dialog %.*s", SV_ARG(d->id));
	for (size_t i = 0; i < d->n_needs; i++)
		if (!language_has(d->language, d->needs[i]))
			findings_add(t->findings, "E824", d->file.p, place.p, line_of(d->source, "\"needs\""),
			    "it needs \"%.*s\", and lang/%.*s has no such analysis, rule set or reader "
			    "-- correct the name", SV_ARG(d->needs[i]), SV_ARG(d->locale));
}

void check_locales(const struct tree *t)
{
	struct arena *a = arena_create();

	for (size_t i = 0; i < t->n; i++) {
		const struct source *base;
		struct sv folder;
		bool lane;

		if (!is_translation(t, &t->sources[i], &folder))
			continue;
		lane = sv_is(folder, "lane");
		base = tree_file(t, lane ? tree_lane_text(t, a)
		    : arena_printf(a, "%.*s/dialog.json", SV_ARG(folder)));
		if (base)
			compare_files(t, base, &t->sources[i], arena_printf(a, "%s %.*s",
			    lane ? "texts of the" : "dialog", SV_ARG(folder)), lane);
	}
	for (size_t i = 0; i < t->script->n_dialogs; i++)
		prove_needs(t, t->script->dialogs[i]);
	arena_destroy(a);
}
