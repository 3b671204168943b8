/* Weights of sentences of danger and of none: a message leans to those whose words it shares. */
#include "check/learn.h"
#include "language/leaning.h"
#include "lexicon_help.h"

static const char *const tsv =
    "# a note\n"
    "fear\ti flinch when he comes home at night\n"
    "fear\ti sleep in the car when he has been drinking\n"
    "fear\tthe door is locked from outside and he has the key\n"
    "fear/other\tmy sister sleeps in her car when he comes home\n"
    "loss\tnothing is left of me since she died last spring\n"
    "loss\tsince the funeral i lie awake and talk to her\n"
    "none\tcan you help me with a text to my sister\n"
    "none\the is always late when we go out at night\n"
    "none\tmy sister never does the dishes after dinner\n"
    "none\tthe car is in the shop since monday\n"
    "none\twe had a lovely dinner last night\n";

struct bed {
	struct lexicon *lexicon;
	struct language language;
	struct findings findings;
	struct arena *arena;
	struct str weights;
	struct leaning *leaning;
};

static void set_up(struct bed *b, const char *text)
{
	const struct source sentences = { "lang/en/lane-examples.tsv", sv_from(text) };
	struct source weights = { "lang/en/lane-weights.tsv", SV("") };

	*b = (struct bed){ .lexicon = lexicon_create(), .arena = arena_create(), .weights = STR_INIT };
	b->language = (struct language){ .locale = SV("en"), .lexicon = b->lexicon };
	lexicon_seal(b->lexicon, &b->findings);
	learn_lane(&b->language, &sentences, &b->weights, &b->findings);
	weights.text = str_sv(&b->weights);
	b->leaning = leaning_load(&weights, &b->findings);
}

static void tear_down(struct bed *b)
{
	leaning_destroy(b->leaning);
	str_fini(&b->weights);
	arena_destroy(b->arena);
	lexicon_destroy(b->lexicon);
	findings_fini(&b->findings);
}

static struct lean lean_of(struct bed *b, const char *text)
{
	return leaning_of(b->leaning, message_read(b->lexicon, SV("en"), sv_from(text), b->arena));
}

static void a_message__leans_to__the_sentences_it_shares_words_with(void **state)
{
	static const struct { const char *text, *class; bool danger, other; } t[] = {
		{ "lately i flinch when he comes home and i sleep in the car", "fear", true, false },
		{ "my sister sleeps in her car when he comes home drunk", "fear", true, true },
		{ "since she died i lie awake and talk to her", "loss", true, false },
		{ "can you help me with a text to my sister about dinner", "", false, false },
		{ "he is always late when we go out", "", false, false },
	};
	struct bed b;

	(void)state;
	set_up(&b, tsv);
	assert_int_equal(b.findings.n, 0);
	for (size_t i = 0; i < COUNT(t); i++) {
		struct lean lean = lean_of(&b, t[i].text);

		if ((lean.lead > 0) != t[i].danger)
			fail_msg("\"%s\" leans %d", t[i].text, lean.lead);
		if (t[i].danger && (!sv_is(lean.class, t[i].class) || lean.other != t[i].other))
			fail_msg("\"%s\": %.*s", t[i].text, (int)lean.class.n, lean.class.p);
	}
	tear_down(&b);
}

/* A sign in the middle of a long message is not washed out by the rest. */
static void the_part_that_leans_most__counts__in_a_long_message(void **state)
{
	static const char small_talk[] = "my sister never does the dishes after dinner and the car is in the "
	    "shop since monday and we had a lovely dinner last night and can you help me with a text ";
	struct bed b;
	char text[800];
	int with;

	(void)state;
	set_up(&b, tsv);
	snprintf(text, sizeof text, "%s%s i sleep in the car when he has been drinking %s%s", small_talk,
	    small_talk, small_talk, small_talk);
	with = lean_of(&b, text).lead;
	snprintf(text, sizeof text, "%s%s%s%s", small_talk, small_talk, small_talk, small_talk);
	assert_true(with > lean_of(&b, text).lead + 200);
	tear_down(&b);
}

/* Who repeats themselves has not said more. */
static void what_is_said_twice__counts__once(void **state)
{
	struct bed b;

	(void)state;
	set_up(&b, tsv);
	assert_int_equal(lean_of(&b, "i sleep in the car when he has been drinking").lead,
	    lean_of(&b, "i sleep in the car when he has been drinking "
	    "i sleep in the car when he has been drinking").lead);
	tear_down(&b);
}

static void too_few_words__lean__nowhere(void **state)
{
	static const char *const t[] = { "", "flinch", "the key", "xyzzy plugh", "he has" };
	struct bed b;

	(void)state;
	set_up(&b, tsv);
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(lean_of(&b, t[i]).lead, 0);
		assert_int_equal(lean_of(&b, t[i]).class.n, 0);
	}
	tear_down(&b);
}

/* A person reads the difference of two of them: it says what was added. */
static void weights__are__rows_by_word_and_the_same_each_time(void **state)
{
	const struct { const char *row; } t[] = { { "\nfear\t" }, { "\nfear/other\t" }, { "\nloss\t" },
		{ "\nflinch\t" }, { "\n\twhen\t" }, { "\n^\t0\n" } };
	struct bed b, again;
	STR_AUTO hash = STR_INIT;

	(void)state;
	set_up(&b, tsv);
	set_up(&again, tsv);
	assert_string_equal(b.weights.p, again.weights.p);
	for (size_t i = 0; i < COUNT(t); i++)
		if (!strstr(b.weights.p, t[i].row))
			fail_msg("no row %s in\n%s", t[i].row, b.weights.p);
	learn_hash(sv_from(tsv), &hash);
	assert_true(sv_eq(leaning_hash(b.leaning), str_sv(&hash)));
	tear_down(&again);
	tear_down(&b);
}

static void weights_that_nobody_understands__are__a_finding(void **state)
{
	static const char *const t[] = { "", "# a note\n", "attune-weights\t2\tab\nfear\t-1\n\nhe\t1\n",
		"attune-weights\t1\tab\n\nhe\t1\n", "attune-weights\t1\tab\nfear\t-1\n\nhe\n",
		"attune-weights\t1\tab\nfear\t-1\n\nhe\t1\t1:3\n", "attune-weights\t1\tab\nfear\t-1\n\nhe\t5000\n",
		"attune-weights\t1\tab\nfear\t-1\n\nhe\t1\t0:900\n", "attune-weights\t1\tab\nfear\t-1\n\n\thas\t1\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct source src = { "lang/en/lane-weights.tsv", sv_from(t[i]) };
		struct findings f = { 0 };

		assert_null(leaning_load(&src, &f));
		assert_int_equal(f.n, 1);
		assert_int_equal(f.errors, 0);
		assert_string_equal(f.items[0].code, "W231");
		findings_fini(&f);
	}
}

static void a_line_without_a_tab__is__a_finding(void **state)
{
	struct bed b;

	(void)state;
	set_up(&b, "fear i sleep in the car\n");
	assert_int_equal(b.findings.errors, 1);
	assert_string_equal(b.findings.items[0].code, "E231");
	tear_down(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message__leans_to__the_sentences_it_shares_words_with),
		cmocka_unit_test(the_part_that_leans_most__counts__in_a_long_message),
		cmocka_unit_test(what_is_said_twice__counts__once),
		cmocka_unit_test(too_few_words__lean__nowhere),
		cmocka_unit_test(weights__are__rows_by_word_and_the_same_each_time),
		cmocka_unit_test(weights_that_nobody_understands__are__a_finding),
		cmocka_unit_test(a_line_without_a_tab__is__a_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
