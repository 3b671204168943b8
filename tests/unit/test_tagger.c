#include "lexicon_help.h"

#include "language/tagger.h"

/* Rules without a grammar: guards, tiers, scopes and proofs. */

static struct help help;
static struct language language;
static struct ruleset *set;

static const char rules[] =
    "{\"ruleset\":\"test\",\"format\":1,\"locale\":\"en\",\n"
    " \"guards\":{\n"
    "  \"praise\":{\"any\":[\"make* me laugh|smile\"],\"side\":\"after\",\"within\":4},\n"
    "  \"quoted\":{\"mark\":\"quote\"},\n"
    "  \"not\":{\"any\":[\"not|never\"],\"side\":\"before\",\"within\":4,\"lower\":1,"
    "   \"unless\":[\"not joking\",\"not sure\"]},\n"
    "  \"far\":{\"any\":[\"film\"],\"clause\":true,\"but\":[\"really\"]}},\n"
    " \"rules\":[\n"
    "  {\"id\":\"r1\",\"tag\":\"absolute\",\"weight\":2,\"any\":[\"<other> ... never|always\","
    "   \"you ... never|always\"],\"unless\":[\"praise\",\"quoted\"],"
    "   \"yes\":[\"he never calls\"],\"no\":[\"you always make me laugh\",\"i never know\"]},\n"
    "  {\"id\":\"r2\",\"tag\":\"end\",\"tier\":2,\"about\":\"self\",\"any\":[\"want to die\"],"
    "   \"unless\":[\"not\",\"far\"],\"yes\":[\"i want to die\"],\"no\":[\"a film where all want to die\"]},\n"
    "  {\"id\":\"r3\",\"tag\":\"end\",\"tier\":3,\"any\":[\"die tonight\"],\"unless\":[\"not\"],"
    "   \"yes\":[\"i die tonight\"],\"no\":[\"we fly tonight\"]},\n"
    "  {\"id\":\"r4\",\"tag\":\"both\",\"all\":[\"milk\",\"thing\"],"
    "   \"yes\":[\"a milk thing\"],\"no\":[\"milk. a thing\"]},\n"
    "  {\"id\":\"r5\",\"tag\":\"anywhere\",\"any\":[\"parcel\"],\"all\":[\"horse\"],\"scope\":\"message\","
    "   \"yes\":[\"a horse. a parcel\"],\"no\":[\"a parcel\"]},\n"
    "  {\"id\":\"r6\",\"tag\":\"weak\",\"tier\":1,\"any\":[\"could die\"],\"unless\":[\"not\"],"
    "   \"yes\":[\"i could die\"],\"no\":[\"i not could die\"]},\n"
    "  {\"id\":\"r7\",\"tag\":\"plain\",\"views\":[\"plain\"],\"any\":[\"suicide\"],"
    "   \"yes\":[\"suicide\"],\"no\":[\"su1cide\"]},\n"
    "  {\"id\":\"r8\",\"tag\":\"room\",\"regex\":[{\"pattern\":\"room \\\\d+\",\"keys\":[\"room\"],"
    "   \"why\":\"a shape\"}],\"yes\":[\"room 7\"],\"no\":[\"my room\"]}]}";

static int setup(void **state)
{
	struct node n;

	(void)state;
	help_init(&help);
	n = help_json(&help, rules);
	set = ruleset_load(help.lx, EN, &n, help.arena);
	lexicon_seal(help.lx, &help.findings);
	help_sound(&help);
	language = (struct language){ .locale = EN, .lexicon = help.lx, .rulesets = &set,
		.n_rulesets = 1 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	help_fini(&help);
	return 0;
}

static const struct tags *tags(const char *text, unsigned views)
{
	return ruleset_run(set, reading_create(&language, sv_from(text), help.arena), views);
}

/* "rule:tier" for each hit, joined by spaces. */
static const char *shown(const struct tags *t)
{
	STR_AUTO out = STR_INIT;

	for (size_t i = 0; i < t->n; i++)
		str_addf(&out, "%s%.*s:%d", i ? " " : "", SV_ARG(t->hits[i].rule->id),
		    t->hits[i].tier);
	return arena_str(help.arena, str_sv(&out));
}

static void ruleset__tags__and_guards_take_away(void **state)
{
	static const struct { const char *text, *hits; } t[] = {
		{ "he never calls", "r1:0" },
		{ "i never call", "" },
		{ "you always make me laugh", "" },
		{ "you always make me laugh but you never call", "r1:0" },
		{ "you always come, make me laugh", "r1:0" },
		{ "he said \"you never call\"", "" },
		{ "you never listen and he never calls", "r1:0 r1:0" },
		{ "you never ever never listen", "r1:0" },
		{ "i want to die", "r2:2" },
		{ "i do not want to die", "r2:1" },
		{ "not joking i want to die", "r2:2" },
		{ "i am not sure i want to die", "r2:2" },
		{ "not here. i want to die", "r2:2" },
		{ "i do not think that they all want to die", "r2:2" },
		{ "i want to die after that film", "" },
		{ "i really want to die after that film", "r2:2" },
		{ "i do not die tonight", "r3:3" },
		{ "i could not die", "" },
		{ "not could die", "" },
		{ "milk and a thing", "r4:0" },
		{ "milk. a thing", "" },
		{ "a horse. a parcel", "r5:0" },
		{ "su1cide", "" },
		{ "i am in Room 12", "r8:0" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *got = shown(tags(t[i].text, VIEW_ALL));

		if (strcmp(got, t[i].hits) != 0)
			print_error("%s\n", t[i].text);
		assert_string_equal(got, t[i].hits);
	}
}

static void ruleset__keeps__what_rules_say(void **state)
{
	const struct tags *t = tags("he never calls. i do not want to die", VIEW_ALL);

	(void)state;
	assert_int_equal(t->n, 2);
	assert_true(sv_is(t->hits[0].rule->tag, "absolute"));
	assert_int_equal(t->hits[0].rule->weight, 2);
	assert_true(sv_is(t->hits[1].rule->about, "self"));
	assert_true(sv_is(t->hits[1].guard, "not"));
	assert_int_equal(t->hits[1].clause, 1);
	assert_true(ruleset_has_tag(set, SV("both")));
	assert_int_equal(ruleset_tags(set), 7);
	assert_ptr_equal(language_ruleset(&language, SV("test")), set);
	assert_null(language_ruleset(&language, SV("other")));
}

static void ruleset__proves__its_examples(void **state)
{
	(void)state;
	ruleset_prove(set, SV(""), &language, &help.findings);
	help_sound(&help);
}

/* Past the limit the set says so, and a guard that is not reached does not apply. */
static void ruleset__says__when_it_was_cut(void **state)
{
	struct reading *r = reading_create(&language, SV("you always make me laugh"), help.arena);
	const struct tags *t;

	(void)state;
	r->message->budget = 0;
	t = ruleset_run(set, r, VIEW_ALL);
	assert_true(t->cut);
	assert_ptr_equal(ruleset_run(set, r, VIEW_ALL), t);     /* run once for a reading */
	assert_false(tags("you always make me laugh", VIEW_ALL)->cut);
}

/* Findings of a set with faults: code by code. */
static void ruleset__finds__faults(void **state)
{
	static const char bad[] =
	    "{\"ruleset\":\"bad\",\"guards\":{\"g\":{},\"h\":{\"any\":[\"x\"],\"side\":\"left\"}},"
	    "\"rules\":[{\"id\":\"a\",\"tag\":\"t\",\"any\":[\"milk\"],\"unless\":[\"k\"],"
	    "\"clause\":{\"color\":\"red\"},\"yes\":[\"thing\"],\"no\":[\"a milk\"]},"
	    "{\"id\":\"a\",\"tag\":\"t\",\"views\":[\"all\"]},"
	    "{\"id\":\"b\",\"tag\":\"t\",\"any\":[\"milk\"],\"typo\":1,\"yes\":[\"milk\"],\"no\":[\"x\"]}]}";
	static const char *const codes[] = { "E406", "E405", "E404", "E407", "E403", "W401",
		"E102", "E401", "E402" };
	struct help h;
	struct node n;
	struct ruleset *s;
	struct language l;

	(void)state;
	help_init(&h);
	n = help_json(&h, bad);
	s = ruleset_load(h.lx, EN, &n, h.arena);
	lexicon_seal(h.lx, &h.findings);
	l = (struct language){ .locale = EN, .lexicon = h.lx };
	ruleset_prove(s, sv_from(bad), &l, &h.findings);
	for (size_t i = 0; i < COUNT(codes); i++) {
		bool found = false;

		for (size_t k = 0; k < h.findings.n; k++)
			found = found || strcmp(h.findings.items[k].code, codes[i]) == 0;
		if (!found)
			print_error("%s is missing\n", codes[i]);
		assert_true(found);
	}
	help_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ruleset__tags__and_guards_take_away),
		cmocka_unit_test(ruleset__keeps__what_rules_say),
		cmocka_unit_test(ruleset__proves__its_examples),
		cmocka_unit_test(ruleset__says__when_it_was_cut),
		cmocka_unit_test(ruleset__finds__faults),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
