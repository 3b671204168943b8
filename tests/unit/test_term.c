#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "term/clock.h"
#include "term/prompt.h"
#include "term/screen.h"

static const struct choice two[2] = { { { "one", 3 }, { "", 0 } }, { { "two", 3 }, { "", 0 } } };

static void check_format(bool tty, int columns, struct outbound o, const char *expect)
{
	struct screen s = { .tty = tty, .columns = columns };
	STR_AUTO out = STR_INIT;

	screen_format(&s, &o, &out);
	assert_string_equal(out.p, expect);
}

static void screen__writes__lines_and_an_empty_one_into_a_pipe(void **state)
{
	(void)state;
	check_format(false, 0, (struct outbound){ .text = SV("Which?\n1 one\n2 two"),
	    .choices = two, .n_choices = 2 }, "Which?\n1 one\n2 two\n\n");
}

static void screen__wraps__at_the_width_of_the_terminal(void **state)
{
	(void)state;
	check_format(true, 32, (struct outbound){
	    .text = SV("A line that is longer than thirty columns.\n\nAnother.") },
	    "\n  A line that is longer than\n  thirty columns.\n\n  Another.\n");
	check_format(true, 32, (struct outbound){
	    .text = SV("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 "
	    "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
	    " \xe4\xb8\xad\xe4\xb8\xad") },
	    "\n  \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 "
	    "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
	    " \xe4\xb8\xad\n  \xe4\xb8\xad\n");
}

static void screen__sets__choices_and_drafts_apart(void **state)
{
	(void)state;
	check_format(true, 32, (struct outbound){
	    .text = SV("Which one of these?\n1 one that goes on for a while\n2 two"),
	    .choices = two, .n_choices = 2 },
	    "\n  Which one of these?\n    1 one that goes on for a\n      while\n    2 two\n");
	check_format(true, 80, (struct outbound){ .text = SV("3 apples are not a choice") },
	    "\n  3 apples are not a choice\n");
	check_format(true, 80, (struct outbound){ .text = SV("A draft."), .flags = SAY_DRAFT },
	    "\n    A draft.\n");
}

static void screen__drops__what_drives_a_terminal(void **state)
{
	(void)state;
	check_format(true, 80, (struct outbound){ .text = SV("a\033[2Jb\x07\0c\xc2\x9b" "d\x7f") },
	    "\n  a[2Jbcd\n");
	check_format(true, 80, (struct outbound){ .text = SV("broken \xff\xfe") },
	    "\n  broken \xff\xfe\n");
}

static void clock__reads__times_and_spans(void **state)
{
	static const struct { const char *text; int64_t seconds; } spans[] = {
		{ "90s", 90 }, { "20m", 1200 }, { "26h", 93600 }, { "3d", 259200 }, { "7", 7 },
		{ "0", 0 }, { "", -1 }, { "m", -1 }, { "-5m", -1 }, { "5x", -1 },
		{ "999999999d", -1 },
	};
	struct clock c;

	(void)state;
	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
		int64_t got = -1;
		bool ok = clock_span(sv_from(spans[i].text), &got);

		assert_int_equal(ok, spans[i].seconds >= 0);
		if (ok)
			assert_int_equal(got, spans[i].seconds);
	}
	assert_true(clock_parse(&c, "01:04"));
	assert_int_equal(clock_now(&c), 1767575040);
	assert_int_equal(clock_utc_offset(&c), 0);
	assert_true(clock_parse(&c, "2026-11-24T04:00"));
	assert_int_equal(clock_now(&c), 1795492800);
	assert_true(clock_parse(&c, "1700000000"));
	assert_int_equal(clock_now(&c), 1700000000);
	assert_false(clock_parse(&c, "noon"));
	assert_false(clock_parse(&c, "01:04 and more"));
}

/* --- lines from a pipe --- */

static int wait_ms = -1, due_calls;

static int timeout(void *ctx)
{
	(void)ctx;
	return wait_ms;
}

static bool due(void *ctx)
{
	(void)ctx;
	return ++due_calls < 3;
}

static struct prompt *prompt_on(int *writer)
{
	const struct prompt_hooks hooks = { timeout, due, NULL };
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	*writer = ends[1];
	return prompt_create(false, false, &hooks);
}

static void send(int writer, const char *bytes, size_t n)
{
	assert_int_equal(write(writer, bytes, n), (ssize_t)n);
}

static void prompt__gives__a_message_for_each_line(void **state)
{
	STR_AUTO line = STR_INIT;
	struct prompt *p;
	int w;

	(void)state;
	p = prompt_on(&w);
	send(w, "one\ntwo\r\n\na\0b\n", 14);
	assert_true(prompt_read(p, &line));
	assert_string_equal(line.p, "one");
	assert_true(prompt_read(p, &line));
	assert_string_equal(line.p, "two");
	assert_true(prompt_read(p, &line));
	assert_string_equal(line.p, "");
	assert_true(prompt_read(p, &line));
	assert_true(sv_eq(str_sv(&line), SV("a\0b")));
	send(w, "no end", 6);
	close(w);
	assert_true(prompt_read(p, &line));
	assert_string_equal(line.p, "no end");
	assert_false(prompt_read(p, &line));
	prompt_destroy(p);
}

static void prompt__cuts__a_line_without_end(void **state)
{
	static char much[30000];
	STR_AUTO line = STR_INIT;
	struct prompt *p;
	int w;

	(void)state;
	memset(much, 'x', sizeof much);
	p = prompt_on(&w);
	for (int i = 0; i < 2; i++)
		send(w, much, sizeof much);
	send(w, "\nshort\n", 7);
	assert_true(prompt_read(p, &line));
	assert_int_equal(line.n, 60000);
	if (fork() == 0) {
		for (int i = 0; i < 10; i++)
			send(w, much, sizeof much);
		send(w, "\nlast\n", 6);
		_exit(0);
	}
	close(w);
	assert_true(prompt_read(p, &line));
	assert_string_equal(line.p, "short");
	assert_true(prompt_read(p, &line));
	assert_int_equal(line.n, 65536);
	assert_true(prompt_read(p, &line));
	assert_string_equal(line.p, "last");
	assert_false(prompt_read(p, &line));
	prompt_destroy(p);
}

static void prompt__calls__when_something_is_due(void **state)
{
	STR_AUTO line = STR_INIT;
	struct prompt *p;
	int w;

	(void)state;
	p = prompt_on(&w);
	due_calls = 1;
	wait_ms = 0;
	send(w, "half", 4);
	assert_false(prompt_read(p, &line));
	assert_int_equal(due_calls, 3);
	close(w);
	prompt_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screen__writes__lines_and_an_empty_one_into_a_pipe),
		cmocka_unit_test(screen__wraps__at_the_width_of_the_terminal),
		cmocka_unit_test(screen__sets__choices_and_drafts_apart),
		cmocka_unit_test(screen__drops__what_drives_a_terminal),
		cmocka_unit_test(clock__reads__times_and_spans),
		cmocka_unit_test(prompt__gives__a_message_for_each_line),
		cmocka_unit_test(prompt__cuts__a_line_without_end),
		cmocka_unit_test(prompt__calls__when_something_is_due),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
