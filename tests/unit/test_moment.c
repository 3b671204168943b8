/* tests/unit/test_moment.c - when "tomorrow 20:00" is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "engine/moment.h"

static struct hour named[] = { { SV("morning"), 540 }, { SV("evening"), 1140 } };
static const struct hours hours = { .from = 540, .to = 1230, .usual = 1080, .named = named, .n = 2 };

static int64_t at(const char *text)     /* "2026-11-24 20:50" */
{
	struct tm tm = { 0 };

	assert_int_equal(5, sscanf(text, "%d-%d-%d %d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
	    &tm.tm_hour, &tm.tm_min));
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (int64_t)timegm(&tm);
}

/* 24 November 2026 is a Tuesday. */
static const struct row { const char *now, *text, *due; } rows[] = {
	{ "2026-11-24 20:50", "21:00", "2026-11-24 21:00" },
	{ "2026-11-24 20:50", "20:50", "2026-11-25 20:50" },
	{ "2026-11-24 20:50", "morning", "2026-11-25 09:00" },
	{ "2026-11-24 20:50", "in 20m", "2026-11-24 21:10" },
	{ "2026-11-24 20:50", "in 2h", "2026-11-24 22:50" },
	{ "2026-11-24 12:10", "in 3d", "2026-11-27 12:10" },
	{ "2026-11-24 01:10", "in 3d", "2026-11-27 09:00" },
	{ "2026-11-24 23:10", "in 1w", "2026-12-01 20:30" },
	{ "2026-11-24 12:10", "in 3d 20:00", "2026-11-27 20:00" },
	{ "2026-11-24 12:10", "in 1mo", "2026-12-24 12:10" },
	{ "2026-11-24 12:10", "today evening", "2026-11-24 19:00" },
	{ "2026-11-24 12:10", "today", "2026-11-24 18:00" },
	{ "2026-11-24 18:10", "today", "2026-11-24 19:10" },
	{ "2026-11-24 12:10", "tomorrow 20:00", "2026-11-25 20:00" },
	{ "2026-11-24 12:10", "any", "2026-11-25 18:00" },
	/* whoever is still up means the day after sleep */
	{ "2026-11-25 01:10", "tomorrow 20:00", "2026-11-25 20:00" },
	{ "2026-11-25 05:00", "tomorrow 20:00", "2026-11-26 20:00" },
	{ "2026-11-24 12:10", "tuesday", "2026-11-24 18:00" },
	{ "2026-11-24 18:10", "tuesday", "2026-12-01 18:00" },
	{ "2026-11-24 12:10", "sunday evening", "2026-11-29 19:00" },
	{ "2026-11-24 12:10", "weekly sunday", "2026-11-29 18:00" },
	{ "2026-11-29 18:00", "weekly sunday", "2026-12-06 18:00" },
	{ "2026-11-24 12:10", "daily 08:00", "2026-11-25 08:00" },
	{ "2026-11-27 09:10", "weekdays 08:00", "2026-11-30 08:00" },
	{ "2026-11-24 12:10", "every 2d 08:00", "2026-11-26 08:00" },
	{ "2026-11-24 12:10", "day15 18:00", "2026-12-15 18:00" },
	{ "2026-11-24 12:10", "day31", "2026-12-31 18:00" },
	{ "2027-01-31 19:00", "day29", "2027-03-29 18:00" },
	{ "2028-02-01 12:00", "day29", "2028-02-29 18:00" },
	/* nothing to go by */
	{ "2026-11-24 12:10", "", NULL },
	{ "2026-11-24 12:10", "none", NULL },
	{ "2026-11-24 12:10", "in", NULL },
	{ "2026-11-24 12:10", "weekly", NULL },
	{ "2026-11-24 12:10", "25:00", NULL },
	{ "2026-11-24 12:10", "day32", NULL },
	{ "2026-11-24 12:10", "in 99999999999d", NULL },
};

static void next__is__as_people_mean_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *w = &rows[i];
		int64_t due = moment_next(&hours, sv_from(w->text), at(w->now));

		if (due != (w->due ? at(w->due) : 0))
			fail_msg("%s, at %s: %lld seconds off", w->text, w->now,
			    (long long)(w->due ? due - at(w->due) : due));
	}
}

static void repeats__are_known_by_their_first_word(void **state)
{
	(void)state;
	assert_true(moment_again(SV("weekly sunday 18:00")) && moment_again(SV("daily"))
	    && moment_again(SV("weekdays")) && moment_again(SV("every 2d")));
	assert_false(moment_again(SV("sunday")) || moment_again(SV("in 3d")) || moment_again(SV("")));
}

static void offset__is_what_the_clock_shows(void **state)
{
	int64_t noon = at("2026-11-24 12:04");

	(void)state;
	assert_int_equal(0, moment_offset(12 * 60 + 4, noon));
	assert_int_equal(60, moment_offset(13 * 60 + 1, noon));
	assert_int_equal(-300, moment_offset(7 * 60 + 4, noon));
	assert_int_equal(330, moment_offset(17 * 60 + 36, noon));
	assert_int_equal(13 * 60, moment_offset(60 + 4, noon));         /* past midnight already */
	assert_int_equal(-540, moment_offset(16 * 60, at("2026-11-25 01:00")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next__is__as_people_mean_it),
		cmocka_unit_test(repeats__are_known_by_their_first_word),
		cmocka_unit_test(offset__is_what_the_clock_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
