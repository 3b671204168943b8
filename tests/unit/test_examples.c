/* Examples vote: what is like them is told, what only shares a word is not. */
#include "check/learn.h"
#include "language/examples.h"
#include "lexicon_help.h"

static struct examples *examples_from(const struct language *l, const char *tsv, struct findings *f)
{
	const struct source sentences = { "lang/en/examples.tsv", sv_from(tsv) };
	struct source weights = { "lang/en/intent-weights.tsv", SV("") };
	STR_AUTO text = STR_INIT;

	learn_intents(l, &sentences, &text, f);
	weights.text = str_sv(&text);
	return examples_load(SV("en"), &weights, f);
}

static const char *const tsv =
    "intent\ttext\n"
    "# two ways to ask for each\n"
    "tea\tcan you make me a cup of tea\n"
    "tea\tput the kettle on please\n"
    "bread\ti want to bake a loaf\n"
    "bread\thow long does the dough rest\n"
    "tea/bread\twhat do you have for breakfast\n"
    "none\tgreen\n";

static void votes__tell__what_is_like_an_example(void **state)
{
	static const struct { const char *text, *label; } t[] = {
		{ "would you make me some tea", "tea" },
		{ "is the kettle on", "tea" },
		{ "i want to bake bread", "bread" },
		{ "how long does it rest", "bread" },
		{ "green", "none" },
		{ "kettle", "" },           /* one shared word says nothing */
		{ "", "" },
		{ "xyzzy plugh", "" },
	};
	struct lexicon *lx = lexicon_create();
	struct findings f = { 0 };
	struct arena *a = arena_create();
	struct language l = { .locale = SV("en"), .lexicon = lx };
	struct examples *x;

	(void)state;
	lexicon_seal(lx, &f);
	x = examples_from(&l, tsv, &f);
	for (size_t i = 0; i < COUNT(t); i++) {
		struct vote v = examples_vote(x, message_read(lx, SV("en"), sv_from(t[i].text), a),
		    SV(""), 0);
		struct sv got = examples_label(x, v.label);

		if (!sv_is(got, t[i].label))
			fail_msg("\"%s\": %.*s, expected %s", t[i].text, (int)got.n, got.p, t[i].label);
	}
	assert_int_equal(f.errors, 0);
	examples_destroy(x);
	arena_destroy(a);
	lexicon_destroy(lx);
	findings_fini(&f);
}

/* What something else speaks for needs less to win. */
static void votes__lean__as_they_are_told(void **state)
{
	struct lexicon *lx = lexicon_create();
	struct findings f = { 0 };
	struct arena *a = arena_create();
	struct language l = { .locale = SV("en"), .lexicon = lx };
	struct examples *x;
	struct message *m;

	(void)state;
	lexicon_seal(lx, &f);
	x = examples_from(&l, tsv, &f);
	m = message_read(lx, SV("en"), SV("how long does the tea rest"), a);
	assert_true(sv_is(examples_label(x, examples_vote(x, m, SV(""), 0).label), "bread"));
	assert_true(sv_is(examples_label(x, examples_vote(x, m, SV("tea"), 40).label), "tea"));
	examples_destroy(x);
	arena_destroy(a);
	lexicon_destroy(lx);
	findings_fini(&f);
}

static void a_line_without_a_tab__is__a_finding_with_its_place(void **state)
{
	const struct source src = { "lang/en/examples.tsv", SV("intent\ttext\ntea\tput it on\njust words\n") };
	struct lexicon *lx = lexicon_create();
	struct findings f = { 0 };
	struct language l = { .locale = SV("en"), .lexicon = lx };
	STR_AUTO out = STR_INIT;

	(void)state;
	lexicon_seal(lx, &f);
	learn_intents(&l, &src, &out, &f);
	assert_int_equal(f.errors, 1);
	assert_int_equal(f.items[0].line, 3);
	lexicon_destroy(lx);
	findings_fini(&f);
}

static void weights_that_nobody_understands__are__a_finding(void **state)
{
	static const char *const t[] = { "", "attune-examples\t2\tab\ntea\t-1\n\nw\tput\t16\t0:1\n",
		"attune-examples\t1\tab\n\nw\tput\t16\t0:1\n", "attune-examples\t1\tab\ntea\t1\n\nw\tput\t16\t0:1\n",
		"attune-examples\t1\tab\ntea\t-1\n\nq\tput\t16\t0:1\n", "attune-examples\t1\tab\ntea\t-1\n\nw\tput\t17\t0:1\n",
		"attune-examples\t1\tab\ntea\t-1\n\nw\tput\t16\n", "attune-examples\t1\tab\ntea\t-1\n\nw\tput\t16\t1:1\n",
		"attune-examples\t1\tab\ntea\t-1\n\nw\tput\t16\t0:0\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct source src = { "lang/en/intent-weights.tsv", sv_from(t[i]) };
		struct findings f = { 0 };

		assert_null(examples_load(SV("en"), &src, &f));
		assert_int_equal(f.n, 1);
		assert_string_equal(f.items[0].code, "W231");
		findings_fini(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(votes__tell__what_is_like_an_example),
		cmocka_unit_test(votes__lean__as_they_are_told),
		cmocka_unit_test(a_line_without_a_tab__is__a_finding_with_its_place),
		cmocka_unit_test(weights_that_nobody_understands__are__a_finding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
