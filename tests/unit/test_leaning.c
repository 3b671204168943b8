/* Sentences of danger and of none: a message leans to those whose words it shares. */
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
	struct leaning *leaning;
};

static void set_up(struct bed *b, const char *text)
{
	struct source src = { "lang/en/lane-examples.tsv", sv_from(text) };

	*b = (struct bed){ .lexicon = lexicon_create(), .arena = arena_create() };
	b->language = (struct language){ .locale = SV("en"), .lexicon = b->lexicon };
	b->leaning = leaning_load(&src, &b->findings);
	lexicon_seal(b->lexicon, &b->findings);
	leaning_seal(b->leaning, &b->language);
}

static void tear_down(struct bed *b)
{
	leaning_destroy(b->leaning);
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
	assert_true(with > lean_of(&b, text).lead + 400);
	tear_down(&b);
}

static void too_few_words__lean__nowhere(void **state)
{
	static const char *const t[] = { "", "flinch", "the key", "xyzzy plugh", "he has" };
	struct bed b;

	(void)state;
	set_up(&b, tsv);
	for (size_t i = 0; i < COUNT(t); i++)
		assert_int_equal(lean_of(&b, t[i]).lead, 0);
	tear_down(&b);
	set_up(&b, "# nobody wrote one yet\n");
	assert_int_equal(lean_of(&b, "i sleep in the car when he has been drinking").lead, 0);
	tear_down(&b);
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
		cmocka_unit_test(too_few_words__lean__nowhere),
		cmocka_unit_test(a_line_without_a_tab__is__a_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
