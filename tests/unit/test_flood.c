/* How much is too much; time is what the test says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "xmpp/flood.h"

enum { SECOND = 1000, START = 1000000 };

#define ANA SV("ana@example.org")

static int made(void **state)
{
	*state = flood_create();
	return 0;
}

static int gone(void **state)
{
	flood_destroy(*state);
	return 0;
}

static enum flood_verdict known_says(struct flood *f, int64_t now)
{
	return flood_ask(f, ANA, true, false, true, now);
}

static struct sv stranger(int i, char buf[64])
{
	snprintf(buf, 64, "p%d@d%d.example", i, i);
	return sv_from(buf);
}

static void flood__takes__ten_at_once_then_one_a_second(void **state)
{
	struct flood *f = *state;
	int taken = 0;

	for (int i = 0; i < 20; i++)
		taken += known_says(f, START) == FLOOD_TAKE;
	assert_int_equal(taken, 10);
	assert_int_equal(known_says(f, START + SECOND), FLOOD_TAKE);
	assert_int_equal(known_says(f, START + SECOND), FLOOD_TOGETHER);
	assert_int_equal(known_says(f, START + 60 * SECOND), FLOOD_TAKE);
}

static void flood__lets__somebody_talk_for_hours(void **state)
{
	struct flood *f = *state;

	for (int i = 0; i < 3000; i++) {
		assert_int_equal(known_says(f, START + i * 4 * SECOND), FLOOD_TAKE);
		flood_replied(f, ANA, START + i * 4 * SECOND + 900);
	}
}

static void flood__ends__a_talk_of_programs_and_begins_again_after_silence(void **state)
{
	struct flood *f = *state;
	int64_t now = START;
	int n = 0;

	while (n < 100 && known_says(f, now) != FLOOD_SLOW) {
		flood_replied(f, ANA, now += SECOND);
		now += SECOND;
		n++;
	}
	assert_in_range(n, 20, 40);
	flood_replied(f, ANA, now);
	for (int i = 0; i < 10; i++)
		assert_int_equal(known_says(f, now += 10 * SECOND), FLOOD_MUTE);
	assert_int_equal(known_says(f, now += 31 * SECOND), FLOOD_TAKE);
	assert_int_equal(known_says(f, now + 100), FLOOD_TAKE);
}

static void flood__lets__new_people_wait_and_those_known_in(void **state)
{
	struct flood *f = *state;
	char buf[64];
	int in = 0;

	for (int i = 0; i < 200; i++)
		in += flood_ask(f, stranger(i, buf), false, false, true, START) == FLOOD_TAKE;
	assert_int_equal(in, 60);
	assert_int_equal(known_says(f, START), FLOOD_TAKE);
	assert_false(flood_lets_in(f, START));
	assert_in_range(flood_wait(f, START), 1, SECOND);
	assert_true(flood_lets_in(f, START + SECOND));
	assert_false(flood_lets_in(f, START + SECOND));
	assert_int_equal(flood_wait(f, START + 100 * SECOND), 0);
}

static void flood__holds__new_people_of_one_domain_and_not_our_own(void **state)
{
	struct flood *f = *state;
	char buf[64];

	for (int i = 0; i < 150; i++) {
		snprintf(buf, sizeof buf, "k%d@evil.example", i);
		flood_ask(f, sv_from(buf), true, false, true, START);
	}
	assert_int_equal(flood_ask(f, SV("new@evil.example"), false, false, true, START), FLOOD_WAIT);
	assert_int_equal(flood_ask(f, SV("new@good.example"), false, false, true, START), FLOOD_TAKE);
	for (int i = 0; i < 150; i++) {
		snprintf(buf, sizeof buf, "k%d@own.example", i);
		flood_ask(f, sv_from(buf), true, true, true, START);
	}
	assert_int_equal(flood_ask(f, SV("new@own.example"), false, true, true, START), FLOOD_TAKE);
}

static void flood__calls__nothing_a_loop_that_comes_out_of_an_archive(void **state)
{
	struct flood *f = *state;

	for (int i = 0; i < 200; i++) {
		enum flood_verdict v = flood_ask(f, ANA, true, false, false, START);

		assert_true(v == FLOOD_TAKE || v == FLOOD_TOGETHER);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, made, gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(flood__takes__ten_at_once_then_one_a_second),
		TEST(flood__lets__somebody_talk_for_hours),
		TEST(flood__ends__a_talk_of_programs_and_begins_again_after_silence),
		TEST(flood__lets__new_people_wait_and_those_known_in),
		TEST(flood__holds__new_people_of_one_domain_and_not_our_own),
		TEST(flood__calls__nothing_a_loop_that_comes_out_of_an_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
