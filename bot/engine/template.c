/* engine/template.c - compiling the texts that a person will read.
 *
 * {path} {path:form} {person|a|b|c} {n|one|many}; alternatives may hold braces.  What a slot
 * holds is put in as it is: nothing in it is expanded again. */
#include <string.h>

#include "base/xalloc.h"
#include "engine/model.h"

static enum segment_kind kind_of(const struct segment *g)
{
	if (!g->n_alternatives)
		return SEGMENT_VALUE;
	return g->n_alternatives == 3 ? SEGMENT_BY_PERSON : SEGMENT_BY_COUNT;
}

/* The "}" that closes the brace at s[open]; s.n when there is none. */
static size_t closing(struct sv s, size_t open)
{
	int depth = 0;

	for (size_t i = open; i < s.n; i++) {
		depth += s.p[i] == '{';
		depth -= s.p[i] == '}';
		if (!depth)
			return i;
	}
	return s.n;
}

/* Cuts the part before the next | that stands outside inner braces. */
static bool split_outer(struct sv *rest, struct sv *part)
{
	int depth = 0;

	if (!rest->p)
		return false;
	for (size_t i = 0; i < rest->n; i++) {
		depth += rest->p[i] == '{';
		depth -= rest->p[i] == '}';
		if (rest->p[i] == '|' && !depth) {
			*part = sv_sub(*rest, 0, i);
			*rest = sv_sub(*rest, i + 1, rest->n);
			return true;
		}
	}
	*part = *rest;
	*rest = (struct sv){ NULL, 0 };
	return true;
}

static struct segment braces(struct sv inside, struct arena *a)
{
	struct segment g = { .kind = SEGMENT_VALUE };
	struct sv rest = inside, part, path, parts[3];

	split_outer(&rest, &path);
	while (g.n_alternatives < COUNT(parts) && split_outer(&rest, &part))
		parts[g.n_alternatives++] = part;
	g.alternatives = arena_copy(a, parts, g.n_alternatives * sizeof *parts);
	g.kind = kind_of(&g);
	rest = path;
	sv_split(&rest, ':', &g.text);
	g.text = sv_trim(g.text);
	g.form = rest.p ? sv_trim(rest) : SV("");
	return g;
}

void text_from(struct text *t, struct sv source, struct arena *a)
{
	struct sv s = arena_sv(a, source);
	size_t cap = 1, from = 0;

	for (size_t i = 0; i < s.n; i++)
		cap += s.p[i] == '{' ? 2 : 0;
	t->source = s;
	t->segments = ARENA_ARRAY(a, struct segment, cap);
	t->n = 0;
	for (size_t i = 0; i <= s.n; i++) {
		size_t close;

		if (i < s.n && s.p[i] != '{')
			continue;
		if (i > from)
			t->segments[t->n++] = (struct segment){ .kind = SEGMENT_LITERAL,
				.text = sv_sub(s, from, i) };
		if (i == s.n)
			break;
		close = closing(s, i);
		if (close == s.n) {
			t->segments[t->n++] = (struct segment){ .kind = SEGMENT_LITERAL,
				.text = sv_sub(s, i, s.n) };
			break;
		}
		t->segments[t->n++] = braces(sv_sub(s, i + 1, close), a);
		i = close;
		from = i + 1;
	}
}

void text_load(struct text *t, const struct node *n, struct arena *a)
{
	STR_AUTO s = STR_INIT;

	if (node_is(n, JSON_ARRAY)) {
		for (size_t i = 0; i < node_count(n); i++) {
			struct node line = node_at(n, i);

			if (!node_is(&line, JSON_STRING))
				node_bad(&line, "E104", "a line of text must be in quotes");
			if (i)
				str_addc(&s, '\n');
			str_add(&s, node_sv(&line));
		}
	} else if (node_is(n, JSON_STRING)) {
		str_add(&s, node_sv(n));
	} else if (n->value) {
		node_bad(n, "E104", "this must be text, or a list of lines");
	}
	text_from(t, str_sv(&s), a);
	t->lines = memchr(s.p, '\n', s.n) != NULL;
}

void wording_load(struct wording *w, const struct node *n, struct arena *a)
{
	struct node any = *n;

	if (node_is(n, JSON_OBJECT)) {
		struct node object = *n;

		any = node_get(&object, "any");
		if (!any.value) {
			any = node_get(&object, "in-order");
			w->in_order = any.value != NULL;
		}
		node_done(&object);
		if (!node_is(&any, JSON_ARRAY) || !node_count(&any)) {
			node_bad(n, "E105", "variants are written {\"any\":[text, text]}");
			return;
		}
		w->n = node_count(&any);
		w->variants = ARENA_ARRAY(a, struct text, w->n);
		for (size_t i = 0; i < w->n; i++) {
			struct node one = node_at(&any, i);

			text_load(&w->variants[i], &one, a);
		}
		return;
	}
	w->n = 1;
	w->variants = ARENA_ARRAY(a, struct text, 1);
	text_load(&w->variants[0], n, a);
}
