#include "base/json.h"

#include <stdarg.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20 };

/* What is no JSON, in the words of jansson. */
static void name_fault(const struct source *src, struct findings *f)
{
	json_error_t e;
	json_t *sound = json_loadb(src->text.p, src->text.n, JSON_REJECT_DUPLICATES, &e);

	if (sound)
		findings_add(f, "E101", src->path, "", 0,
		    "a whole number is too long, or a NUL byte stands in the file");
	else
		findings_add(f, "E101", src->path, "", e.line, "this is not JSON: %s (column %d)",
		    e.text, e.column);
	json_decref(sound);
}

bool reader_init(struct reader *r, const struct source *src, struct arena *a,
    struct findings *f)
{
	*r = (struct reader){ .source = src, .findings = f, .arena = a, .place = "" };
	if (src->text.n > MAX_BYTES) {
		findings_add(f, "E101", src->path, "", 0,
		    "the file has %zu bytes, the limit is %d -- split it",
		    src->text.n, MAX_BYTES);
		return false;
	}
	switch (jtree_read(src->text, a, &r->root)) {
	case JTREE_READ:
		return true;
	case JTREE_UNSOUND:
		name_fault(src, f);
		return false;
	case JTREE_LARGE:
		findings_add(f, "E101", src->path, "", 0,
		    "more than %d levels or %d values -- split the file",
		    JTREE_DEPTH, JTREE_VALUES);
		return false;
	}
	return false;
}

struct node reader_root(struct reader *r)
{
	return (struct node){ &r->root, NULL, r, 0 };
}

static const struct spot *spot_of(const struct node *up, const char *key, size_t index,
    const struct jtree *value)
{
	struct spot *s = ARENA_NEW(up->reader->arena, struct spot);

	*s = (struct spot){ up->spot, key, index, value };
	return s;
}

static void add_spot(struct str *out, const struct spot *s)
{
	struct sv id = s->key ? SV("") : jtree_text(jtree_get(s->value, "id"));

	if (s->up)
		add_spot(out, s->up);
	if (s->key)
		str_addf(out, "%s%s", out->n ? "." : "", s->key);
	else if (id.n)
		str_addf(out, "[%s]", id.p);
	else
		str_addf(out, "[%zu]", s->index + 1);
}

const char *node_path(const struct node *n, struct arena *a)
{
	STR_AUTO out = STR_INIT;

	if (n->spot)
		add_spot(&out, n->spot);
	return arena_str(a, str_sv(&out));
}

bool node_is(const struct node *n, json_type type)
{
	return n->value && n->value->type == type;
}

/* The bit of a member in .seen: its place (63 shared by the rest). */
static uint64_t bit_of(const struct node *object, const struct jtree *member)
{
	ptrdiff_t i = member - object->value->kids;

	return 1ULL << (i < 63 ? i : 63);
}

struct node node_get(struct node *object, const char *key)
{
	struct node child = { NULL, NULL, object->reader, 0 };

	if (!node_is(object, JSON_OBJECT))
		return child;
	child.value = jtree_get(object->value, key);
	if (child.value)
		object->seen |= bit_of(object, child.value);
	child.spot = spot_of(object, key, 0, child.value);
	return child;
}

bool node_has(struct node *n, const char *key)
{
	return node_get(n, key).value != NULL;
}

struct node node_at(const struct node *array, size_t i)
{
	const struct jtree *value = node_is(array, JSON_ARRAY) && i < array->value->n
	    ? &array->value->kids[i] : NULL;

	return (struct node){ value, spot_of(array, NULL, i, value), array->reader, 0 };
}

size_t node_count(const struct node *n)
{
	return node_is(n, JSON_ARRAY) || node_is(n, JSON_OBJECT) ? n->value->n : 0;
}

bool node_member(const struct node *object, size_t *i, const char **key,
    struct node *child)
{
	if (!node_is(object, JSON_OBJECT))
		return false;
	while (*i < object->value->n) {
		const struct jtree *v = &object->value->kids[(*i)++];

		if (strcmp(v->key, "//") == 0)
			continue;
		*key = v->key;
		*child = (struct node){ v, spot_of(object, v->key, 0, v), object->reader, 0 };
		return true;
	}
	return false;
}

struct sv node_sv(const struct node *n)
{
	return jtree_text(n->value);
}

int64_t node_number(const struct node *n)
{
	return node_is(n, JSON_INTEGER) ? n->value->number : 0;
}

struct sv node_text(struct node *object, const char *key, bool required)
{
	struct node n = node_get(object, key);

	if (!n.value && required)
		node_bad(object, "E103", "\"%s\" is missing", key);
	else if (n.value && !node_is(&n, JSON_STRING))
		node_bad(&n, "E104", "this must be text in quotes");
	return node_sv(&n);
}

int64_t node_int(struct node *object, const char *key, int64_t def)
{
	struct node n = node_get(object, key);

	if (!n.value)
		return def;
	if (!node_is(&n, JSON_INTEGER)) {
		node_bad(&n, "E104", "this must be a whole number");
		return def;
	}
	return node_number(&n);
}

bool node_bool(struct node *object, const char *key, bool def)
{
	struct node n = node_get(object, key);

	if (!n.value)
		return def;
	if (!node_is(&n, JSON_TRUE) && !node_is(&n, JSON_FALSE)) {
		node_bad(&n, "E104", "this must be true or false");
		return def;
	}
	return node_is(&n, JSON_TRUE);
}

void node_done(struct node *object)
{
	size_t n = node_is(object, JSON_OBJECT) ? object->value->n : 0;

	for (size_t i = 0; i < n; i++) {
		const struct jtree *v = &object->value->kids[i];

		if (!(object->seen & bit_of(object, v)) && strcmp(v->key, "//") != 0)
			node_bad(object, "E102",
			    "unknown key \"%s\" -- check the spelling, or write a note as \"//\"",
			    v->key);
	}
}

/* The place of an id at or behind `from`; from when there is none. */
static const char *find_id(struct reader *r, const char *from, const char *id, int len)
{
	struct sv all = r->source->text;
	const char *best = NULL;

	for (int i = 0; i < 2; i++) {           /* with and without a blank */
		STR_AUTO needle = STR_INIT;
		const char *hit;

		str_addz(&needle, i ? "\"id\": \"" : "\"id\":\"");
		str_add(&needle, (struct sv){ id, (size_t)len });
		str_addc(&needle, '"');
		hit = memmem(from, (size_t)(all.p + all.n - from), needle.p, needle.n);
		if (hit && (!best || hit < best))
			best = hit;
	}
	return best ? best : from;
}

/* A tree keeps no lines: the ids of a path are looked for one behind the other,
 * without any its last key is. */
static int line_of_path(struct reader *r, const char *path)
{
	struct sv all = r->source->text;
	const char *at = all.p, *dot = strrchr(path, '.');
	int line = 1;

	if (!path[0] || !all.n)
		return 0;
	for (const char *open = strchr(path, '['); open; open = strchr(open + 1, '['))
		at = find_id(r, at, open + 1, (int)strcspn(open + 1, "]"));
	if (at == all.p)
		return line_of(all, arena_printf(r->arena, "\"%.*s\"", (int)strcspn(dot ? dot + 1 : path, "["),
		    dot ? dot + 1 : path));
	for (const char *p = all.p; p < at; p++)
		line += *p == '\n';
	return line;
}

void node_bad(const struct node *n, const char *code, const char *fmt, ...)
{
	struct reader *r = n->reader;
	STR_AUTO text = STR_INIT;
	const char *path = node_path(n, r->arena), *place;
	int line;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&text, fmt, ap);
	va_end(ap);
	place = r->place[0] && path[0] ? arena_printf(r->arena, "%s, %s", r->place, path)
	    : r->place[0] ? r->place : path;
	line = line_of_path(r, path);
	findings_add(r->findings, code, r->source->path, place, line, "%s", text.p);
}
