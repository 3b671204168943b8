/* A tree of JSON holds what jansson reads from the same text, and nothing where jansson refuses it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after those above */
#include <cmocka.h>

#include "base/jtree.h"
#include "base/xalloc.h"

/* Real numbers have no value in a tree: jansson's are taken. */
static bool same(const struct jtree *t, const json_t *v)
{
	const char *key;
	json_t *kid;
	size_t i = 0;

	if (!v || t->type != json_typeof(v))
		return false;
	switch (json_typeof(v)) {
	case JSON_STRING:
		return t->n == json_string_length(v) && strcmp(t->text, json_string_value(v)) == 0;
	case JSON_INTEGER:
		return t->number == json_integer_value(v);
	case JSON_ARRAY:
		json_array_foreach(v, i, kid)
			if (i >= t->n || !same(&t->kids[i], kid))
				return false;
		return t->n == json_array_size(v);
	case JSON_OBJECT:
		json_object_foreach((json_t *)v, key, kid)
			if (!jtree_get(t, key) || !same(jtree_get(t, key), kid)
			    || strcmp(t->kids[i++].key, key) != 0)
				return false;
		return t->n == json_object_size(v);
	default:
		return true;
	}
}

static void compare(struct sv text)
{
	struct arena *a = arena_create();
	json_t *v = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	struct jtree t;
	enum jtree_result got = jtree_read(text, a, &t);

	if ((got == JTREE_READ) != (v != NULL) || (v && !same(&t, v)))
		fail_msg("%d, jansson %s: %.*s", (int)got, v ? "reads it" : "refuses it", SV_ARG(text));
	json_decref(v);
	arena_destroy(a);
}

static void jtree__reads__what_jansson_reads(void **state)
{
	static const char *const texts[] = {
		"{}", "[]", " [ ] ", "", " ", "1", "\"a\"", "null", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "[1]]",
		"{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":2}", "{\"a\":[{\"a\":1}]}",
		"[0,-0,-1,12345678901234567,1.5,-1e9,1E+2,0.0]", "[01]", "[1.]", "[.5]", "[1e]", "[-]", "[+1]",
		"[true,false,null]", "[True]", "[nul]", "[nullx]", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\a\"]",
		"[\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"]", "[\"\\ud83d\"]", "[\"\\ude00\"]", "[\"\\ud83dx\"]",
		"[\"\\u0000\"]", "[\"\\u00g0\"]", "[\"\\u12\"]", "[\"caf\303\251\"]", "[\"\303\"]", "[\"\300\200\"]",
		"[\"\355\240\200\"]", "[\"\364\220\200\200\"]", "[\"a\tb\"]", "[\"a\nb\"]", "[\"open", "[\"open\\",
		"\357\273\277[]", "[\"\177\"]", "[{\"k\":{\"l\":[[],{}]}}]", "{\"\":0}", "[1]\0", "// []", "[] x",
		"{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,"
		"\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1}",
		"{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,"
		"\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"c\":1}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		compare(sv_from(texts[i]));
	compare((struct sv){ "[\"a\0b\"]", 7 });
	compare((struct sv){ "[]\0", 3 });
}

/* Each byte of a text in turn is another one, is missing, or is the last. */
static void jtree__reads__what_jansson_reads_where_a_byte_is_wrong(void **state)
{
	static const char sound[] = "{\"id\": \"caf\303\251\", \"n\": [-12, 0.5e-3, true, null],\n"
	    "\t\"say\": {\"a\\u00e9\\ud83d\\ude00\": \"\\\"x\\n\", \"b\": [[], {}]}, \"no\": false}";
	static const char others[] = "\"\\{}[]:,0a-.e+u/ \n\t\001\200\303\377";
	char text[sizeof sound];
	size_t n = sizeof sound - 1;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof others - 1; k++) {
			memcpy(text, sound, n);
			text[i] = others[k];
			compare((struct sv){ text, n });
		}
		memcpy(text, sound, i);
		memcpy(text + i, sound + i + 1, n - i - 1);
		compare((struct sv){ text, n - 1 });
		compare((struct sv){ sound, i });
	}
}

static void jtree__refuses__too_much(void **state)
{
	struct arena *a = arena_create();
	STR_AUTO deep = STR_INIT;
	STR_AUTO many = STR_INIT;
	struct jtree t;

	(void)state;
	for (int i = 0; i <= JTREE_DEPTH; i++)
		str_addc(&deep, '[');
	for (int i = 0; i <= JTREE_DEPTH; i++)
		str_addc(&deep, ']');
	assert_int_equal(jtree_read(str_sv(&deep), a, &t), JTREE_READ);
	str_clear(&deep);
	for (int i = 0; i <= JTREE_DEPTH + 1; i++)
		str_addc(&deep, '[');
	assert_int_equal(jtree_read(str_sv(&deep), a, &t), JTREE_LARGE);
	str_addz(&many, "[0");
	for (int i = 2; i < JTREE_VALUES; i++)
		str_addz(&many, ",0");
	str_addc(&many, ']');
	assert_int_equal(jtree_read(str_sv(&many), a, &t), JTREE_READ);
	str_cut(&many, many.n - 1);
	str_addz(&many, ",0]");
	assert_int_equal(jtree_read(str_sv(&many), a, &t), JTREE_LARGE);
	arena_destroy(a);
}

static void jtree__puts__over_a_member_or_behind_all(void **state)
{
	struct arena *a = arena_create();
	struct jtree t, other;

	(void)state;
	assert_int_equal(jtree_read(SV("{\"a\":1,\"b\":2}"), a, &t), JTREE_READ);
	assert_int_equal(jtree_read(SV("{\"x\":\"new\"}"), a, &other), JTREE_READ);
	jtree_put(&t, "a", jtree_get(&other, "x"), a);
	jtree_put(&t, "c", jtree_get(&other, "x"), a);
	assert_int_equal(t.n, 3);
	assert_string_equal(t.kids[0].key, "a");
	assert_string_equal(jtree_text(jtree_get(&t, "a")).p, "new");
	assert_int_equal(jtree_get(&t, "b")->number, 2);
	assert_string_equal(jtree_text(&t.kids[2]).p, "new");
	assert_null(jtree_get(&t, "x"));
	arena_destroy(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jtree__reads__what_jansson_reads),
		cmocka_unit_test(jtree__reads__what_jansson_reads_where_a_byte_is_wrong),
		cmocka_unit_test(jtree__refuses__too_much),
		cmocka_unit_test(jtree__puts__over_a_member_or_behind_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
