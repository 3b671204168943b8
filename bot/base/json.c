#include "base/json.h"

#include <stdarg.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20, MAX_DEPTH = 32, MAX_NODES = 65536 };

static size_t measure(const json_t *v, int depth)
{
	size_t n = 1;
	const char *key;
	json_t *child;
	size_t i;

	if (depth > MAX_DEPTH)
		return MAX_NODES + 1;
	json_array_foreach(v, i, child)
		n += measure(child, depth + 1);
	if (json_is_object(v))
		json_object_foreach((json_t *)v, key, child)
			n += measure(child, depth + 1);
	return n;
}

bool reader_init(struct reader *r, const struct source *src, struct arena *a,
    struct findings *f)
{
	json_error_t je;

	*r = (struct reader){ src, f, a, NULL, "" };
	if (src->text.n > MAX_BYTES) {
		findings_add(f, "E101", src->path, "", 0,
		    "the file has %zu bytes, the limit is %d -- split it",
		    src->text.n, MAX_BYTES);
		return false;
	}
	r->root = json_loadb(src->text.p, src->text.n, JSON_REJECT_DUPLICATES, &je);
	if (!r->root) {
		findings_add(f, "E101", src->path, "", je.line,
		    "this is not JSON: %s (column %d)", je.text, je.column);
		return false;
	}
	if (measure(r->root, 0) > MAX_NODES) {
		findings_add(f, "E101", src->path, "", 0,
		    "more than %d levels or %d values -- split the file",
		    MAX_DEPTH, MAX_NODES);
		reader_fini(r);
		return false;
	}
	return true;
}

void reader_fini(struct reader *r)
{
	json_decref(r->root);
	r->root = NULL;
}

struct node reader_root(struct reader *r)
{
	return (struct node){ r->root, NULL, r, 0 };
}

static const struct spot *spot_of(const struct node *up, const char *key, size_t index,
    const json_t *value)
{
	struct spot *s = ARENA_NEW(up->reader->arena, struct spot);

	*s = (struct spot){ up->spot, key, index, value };
	return s;
}

static void add_spot(struct str *out, const struct spot *s)
{
	const json_t *id = s->key ? NULL : json_object_get(s->value, "id");

	if (s->up)
		add_spot(out, s->up);
	if (s->key)
		str_addf(out, "%s%s", out->n ? "." : "", s->key);
	else if (json_is_string(id))
		str_addf(out, "[%s]", json_string_value(id));
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
	return n->value && json_typeof(n->value) == type;
}

/* The position of key in its object: the bit in .seen (63 shared by the rest). */
static uint64_t bit_of(const json_t *object, const char *key)
{
	const char *k;
	json_t *v;
	unsigned i = 0;

	json_object_foreach((json_t *)object, k, v) {
		if (strcmp(k, key) == 0)
			return 1ULL << (i < 63 ? i : 63);
		i++;
	}
	return 0;
}

struct node node_get(struct node *object, const char *key)
{
	struct node child = { NULL, NULL, object->reader, 0 };

	if (!node_is(object, JSON_OBJECT))
		return child;
	child.value = json_object_get(object->value, key);
	if (child.value)
		object->seen |= bit_of(object->value, key);
	child.spot = spot_of(object, key, 0, child.value);
	return child;
}

bool node_has(struct node *n, const char *key)
{
	return node_get(n, key).value != NULL;
}

struct node node_at(const struct node *array, size_t i)
{
	json_t *value = json_array_get(array->value, i);

	return (struct node){ value, spot_of(array, NULL, i, value), array->reader, 0 };
}

size_t node_count(const struct node *n)
{
	if (node_is(n, JSON_ARRAY))
		return json_array_size(n->value);
	return node_is(n, JSON_OBJECT) ? json_object_size(n->value) : 0;
}

bool node_member(const struct node *object, size_t *i, const char **key,
    struct node *child)
{
	const char *k;
	json_t *v;
	size_t at = 0;

	if (!node_is(object, JSON_OBJECT))
		return false;
	json_object_foreach(object->value, k, v) {
		if (at++ < *i || strcmp(k, "//") == 0)
			continue;
		*i = at;
		*key = k;
		*child = (struct node){ v, spot_of(object, k, 0, v), object->reader, 0 };
		return true;
	}
	return false;
}

struct sv node_sv(const struct node *n)
{
	if (!node_is(n, JSON_STRING))
		return (struct sv){ "", 0 };
	return (struct sv){ json_string_value(n->value), json_string_length(n->value) };
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
	return json_integer_value(n.value);
}

bool node_bool(struct node *object, const char *key, bool def)
{
	struct node n = node_get(object, key);

	if (!n.value)
		return def;
	if (!json_is_boolean(n.value)) {
		node_bad(&n, "E104", "this must be true or false");
		return def;
	}
	return json_is_true(n.value);
}

void node_done(struct node *object)
{
	const char *key;
	json_t *v;
	unsigned i = 0;

	if (!node_is(object, JSON_OBJECT))
		return;
	json_object_foreach(object->value, key, v) {
		uint64_t bit = 1ULL << (i < 63 ? i : 63);

		i++;
		if (!(object->seen & bit) && strcmp(key, "//") != 0)
			node_bad(object, "E102",
			    "unknown key \"%s\" -- check the spelling, or write a note as \"//\"",
			    key);
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

/* jansson keeps no lines: the ids of a path are looked for one behind the other,
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
