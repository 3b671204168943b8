/* What was written while nobody was there: kept, corrected, handed on together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "xmpp/gather.h"

static struct inbound from(const char *who, const char *id, const char *text)
{
	return (struct inbound){ .kind = EVENT_TEXT, .who = sv_from(who), .id = SV(""),
		.client_id = sv_from(id), .replaces = SV(""), .locale = SV(""),
		.text = sv_from(text), .now = 10000, .written = 1000 };
}

static size_t groups(const struct gather *g)
{
	const struct inbound *in;
	size_t at = 0, n, all = 0;

	while (gather_next(g, &at, &in, &n))
		all++;
	return all;
}

static void late__texts__of_a_person_stay_together(void **state)
{
	struct gather *g = gather_create();
	struct inbound a1 = from("anna@x", "1", "he left"), b = from("ben@x", "2", "hi"),
	    a2 = from("anna@x", "3", "on monday");
	const struct inbound *in;
	size_t at = 0, n;

	(void)state;
	assert_true(gather_empty(g));
	assert_true(gather_add(g, &a1, true));
	assert_true(gather_add(g, &b, true));
	assert_true(gather_add(g, &a2, false));        /* not late, but she has begun */
	assert_true(gather_next(g, &at, &in, &n));
	assert_int_equal(n, 2);
	assert_true(sv_is(in[0].text, "he left") && sv_is(in[1].text, "on monday"));
	assert_int_equal(groups(g), 2);
	gather_clear(g);
	assert_true(gather_empty(g) && gather_bytes(g) == 0);
	gather_destroy(g);
}

static void fresh__texts__are_left_alone(void **state)
{
	struct gather *g = gather_create();
	struct inbound a = from("anna@x", "1", "hi"), audio = from("ben@x", "2", "");

	(void)state;
	audio.kind = EVENT_AUDIO;
	assert_false(gather_add(g, &a, false));
	assert_false(gather_add(g, &audio, true));
	assert_true(gather_empty(g));
	gather_destroy(g);
}

static void corrections__mark__every_version_before(void **state)
{
	struct gather *g = gather_create();
	struct inbound a = from("anna@x", "1", "he lfet"), e1 = from("anna@x", "2", "he leftt"),
	    e2 = from("anna@x", "3", "he left"), strange = from("anna@x", "4", "x");
	const struct inbound *in;
	size_t at = 0, n;

	(void)state;
	e1.kind = e2.kind = strange.kind = EVENT_EDIT;
	e1.replaces = e2.replaces = SV("1");
	strange.replaces = SV("99");
	assert_true(gather_add(g, &a, true));
	assert_true(gather_add(g, &e1, true));
	assert_true(gather_add(g, &e2, true));
	assert_true(gather_add(g, &a, true) && gather_add(g, &e2, true));      /* repeated */
	assert_false(gather_add(g, &strange, true));
	assert_true(gather_next(g, &at, &in, &n));
	assert_int_equal(n, 3);
	assert_true(in[0].withdrawn && in[1].withdrawn && !in[2].withdrawn);
	assert_int_equal(in[1].kind, EVENT_EDIT);      /* known by it when it comes again */
	gather_destroy(g);
}

static void much__text__begins_a_new_group(void **state)
{
	static char words[3000];
	struct gather *g = gather_create();
	struct inbound a = from("anna@x", "1", ""), more = from("anna@x", "2", "");

	(void)state;
	memset(words, 'a', sizeof words);
	a.text = more.text = (struct sv){ words, sizeof words };
	assert_true(gather_add(g, &a, true));
	assert_true(gather_add(g, &more, true));
	assert_int_equal(groups(g), 2);
	assert_true(gather_has(g, SV("anna@x")) && !gather_has(g, SV("ben@x")));
	gather_destroy(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(late__texts__of_a_person_stay_together),
		cmocka_unit_test(fresh__texts__are_left_alone),
		cmocka_unit_test(corrections__mark__every_version_before),
		cmocka_unit_test(much__text__begins_a_new_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
