/* Which services are shown, by kind and age. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "engine/help.h"
#include "engine/model.h"

enum { NOW_DAYS = 20781 };              /* 2026-11-24 */

static struct service entry(const char *id, const char *kind, const char *checked)
{
	return (struct service){ .id = sv_from(id), .kind = sv_from(kind), .checked_on = sv_from(checked) };
}

static void services__are_shown__by_kind_and_age(void **state)
{
	struct service home[] = {
		entry("dv-dead", "dv", "2023-01-01"), entry("crisis-new", "crisis", "2026-11-01"),
		entry("men-new", "men", "2026-11-01"), entry("child-dead", "child", "2022-01-01"),
		entry("child-new", "child", "2026-10-01"), entry("ed-year", "ed", "2025-08-01"),
		entry("stalk-never", "stalking", ""),
	};
	struct service world[] = { entry("links", "directory", "2020-01-01") };
	struct country countries[] = {
		{ .code = SV("AA"), .emergency = SV("1"), .services = home, .n_services = COUNT(home) },
		{ .code = SV("BB") },
		{ .code = SV("international"), .emergency = SV("2"), .services = world, .n_services = 1 },
	};
	struct sv any[] = { SV("crisis") };
	const struct script s = { .countries = countries, .n_countries = COUNT(countries),
		.lane = { .any = any, .n_any = 1 } };
	static const struct { int country; const char *kinds[2], *ids[2]; } t[] = {
		{ 0, { "dv", "men" }, { "dv-dead", "links" } },         /* old: a directory beside it */
		{ 0, { "men", "dv" }, { "men-new", "links" } },
		{ 0, { "child", NULL }, { "child-new", "crisis-new" } }, /* fresher of that kind exists */
		{ 0, { "ed", NULL }, { "ed-year", "links" } },          /* over a year */
		{ 0, { "stalking", NULL }, { "stalk-never", "links" } },
		{ 0, { "poison", NULL }, { "crisis-new", "links" } },   /* the kind is missing here */
		{ 1, { "dv", NULL }, { "links", NULL } },
		{ -1, { "dv", NULL }, { "links", NULL } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct country *c = t[i].country < 0 ? NULL : &countries[t[i].country];
		struct sv kinds[2] = { sv_from(t[i].kinds[0]), sv_from(t[i].kinds[1]) };
		const struct service *list[2] = { NULL, NULL };
		size_t n = help_services(&s, c, (int64_t)NOW_DAYS * 86400, kinds,
		    t[i].kinds[1] ? 2 : 1, list, 2);

		for (size_t k = 0; k < 2; k++) {
			const char *want = t[i].ids[k];

			if ((k < n) != (want != NULL) || (want && !sv_is(list[k]->id, want)))
				fail_msg("row %zu, place %zu: %.*s, expected %s", i, k,
				    k < n ? (int)list[k]->id.n : 1, k < n ? list[k]->id.p : "-",
				    want ? want : "-");
		}
	}
	assert_true(sv_is(help_emergency_of(&s, &countries[1]), "2"));
}

static void old_entries__are_counted__for_who_runs_it(void **state)
{
	struct service home[] = {
		entry("a", "dv", "2026-01-01"), entry("b", "crisis", "2026-11-01"),
		entry("c", "directory", "2020-01-01"),
	};
	struct country countries[] = { { .code = SV("AA"), .services = home, .n_services = 3 } };
	const struct script s = { .countries = countries, .n_countries = 1 };
	size_t where;

	(void)state;
	assert_int_equal(help_old(&s, (int64_t)NOW_DAYS * 86400, &where), 1);
	assert_int_equal(where, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(services__are_shown__by_kind_and_age),
		cmocka_unit_test(old_entries__are_counted__for_who_runs_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
