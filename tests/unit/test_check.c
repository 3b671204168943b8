/* Each code of attune check fires where it should and its neighbor is let alone:
 * tests/check/NAME.cases hold the bad examples and the good ones, tests/check/tree
 * the small sound tree that they are laid over.
 *
 *   == CODE FILE:LINE words that the finding must hold     begins a case
 *   ~~ CODE                                                may be found beside it
 *   bad PATH / good PATH                                   a file, up to the next such line
 *   bad steps / good steps                                 steps of dialog talk: its slots
 *                                                          stand in the head below
 * A case without "good" has the sound tree for a neighbor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "check/check.h"
#include "engine/model.h"

enum { FILES = 96 };

static const char head[] =
    "{ \"dialog\": \"talk\", \"format\": 1, \"version\": \"1.1.0\", \"locale\": \"en\", \"title\": \"Talk\", "
    "\"slots\": {\"raw\": {\"type\": \"text\"}, \"n\": {\"type\": \"number\"}, \"pick\": {\"type\": \"record\"}, "
    "\"w\": {\"type\": \"choice\"}, \"out\": {\"type\": \"text\"}, \"who\": {\"type\": \"person\"}}, \"steps\": [\n";

struct file { struct str path, text; bool bad, good; };
struct one {
	struct str code, place, beside; /* place: "FILE:LINE words" */
	struct file files[16]; size_t n;
};

static struct files base;
static char **fired; static size_t n_fired;

static struct str copy(const char *s)
{
	struct str out = STR_INIT;

	str_addz(&out, s);
	return out;
}

static void one_fini(struct one *c)
{
	str_fini(&c->code);
	str_fini(&c->place);
	str_fini(&c->beside);
	for (size_t i = 0; i < c->n; i++) {
		str_fini(&c->files[i].path);
		str_fini(&c->files[i].text);
	}
}

static const struct file *laid_over(const struct one *c, const char *path, bool bad)
{
	for (size_t i = 0; c && i < c->n; i++)
		if (strcmp(c->files[i].path.p, path) == 0 && (bad ? c->files[i].bad : c->files[i].good))
			return &c->files[i];
	return NULL;
}

static size_t lay(const struct one *c, bool bad, struct source *out)
{
	size_t n = 0;

	for (size_t i = 0; i < base.n; i++) {
		const struct file *f = laid_over(c, base.items[i].path, bad);

		if (f && !f->text.n)
			continue;       /* an empty file takes one away */
		out[n++] = f ? (struct source){ f->path.p, str_sv(&f->text) } : base.items[i];
	}
	for (size_t i = 0; c && i < c->n; i++) {
		bool there = false;

		for (size_t k = 0; k < base.n; k++)
			there = there || strcmp(base.items[k].path, c->files[i].path.p) == 0;
		if (!there && (bad ? c->files[i].bad : c->files[i].good))
			out[n++] = (struct source){ c->files[i].path.p, str_sv(&c->files[i].text) };
	}
	return n;
}

static void check(const struct one *c, bool bad, struct findings *f)
{
	struct source sources[FILES];
	size_t n = lay(c, bad, sources);
	struct script *s = script_load(sources, n, f);
	struct tree t = { s, sources, n, f };

	if (s)
		check_tree(&t);
	script_destroy(s);
	check_advise(f);
	findings_sort(f);
}

static bool fits(const struct one *c, const struct finding *x)
{
	struct str line = STR_INIT;
	struct sv rest = str_sv(&c->place), part;
	bool ok = strcmp(x->code, c->code.p) == 0;

	str_addf(&line, "%s:%d %s %s", x->file, x->line, x->place, x->text);
	/* the place, then words in their order */
	for (const char *at = line.p; ok && sv_split(&rest, ' ', &part); ) {
		const char *hit = part.n ? memmem(at, strlen(at), part.p, part.n) : at;

		ok = hit != NULL;
		at = hit ? hit + part.n : at;
	}
	str_fini(&line);
	return ok;
}

static bool beside(const struct one *c, const char *code)
{
	return strstr(c->beside.p, code) != NULL;
}

static void print(const struct findings *f)
{
	struct str out = STR_INIT;

	findings_print(f, &out);
	print_error("%s", out.p);
	str_fini(&out);
}

static bool run(const struct one *c)
{
	struct findings bad = { 0 }, good = { 0 };
	bool found = false, alone = true, ok;

	check(c, true, &bad);
	check(c, false, &good);
	for (size_t i = 0; i < bad.n; i++) {
		found = found || (fits(c, &bad.items[i]) && bad.items[i].fix[0]);
		alone = alone && (strcmp(bad.items[i].code, c->code.p) == 0 || beside(c, bad.items[i].code));
	}
	ok = found && alone && !good.n;
	if (!ok)
		print_error("== %s %s\n", c->code.p, c->place.p);
	if (!found || !alone) {
		print_error("%s; the bad example says:\n", found ? "something else was found" : "not found");
		print(&bad);
	}
	if (good.n) {
		print_error("the good neighbor says:\n");
		print(&good);
	}
	findings_fini(&bad);
	findings_fini(&good);
	return ok;
}

/* ---- reading cases ------------------------------------------------------------------- */

static void begin(struct one *c, const char *line)
{
	char code[16] = "";
	int at = 0;

	sscanf(line, "== %15s %n", code, &at);
	*c = (struct one){ .code = copy(code), .place = copy(line + at), .beside = copy("") };
}

static void end_file(struct one *c)
{
	struct file *f = c->n ? &c->files[c->n - 1] : NULL;

	if (f && strcmp(f->path.p, "steps") == 0) {
		struct str text = copy(head);

		str_add(&text, str_sv(&f->text));
		str_addz(&text, "] }\n");
		str_fini(&f->text);
		f->text = text;
		str_fini(&f->path);
		f->path = copy("talk/dialog.json");
	}
}

static void begin_file(struct one *c, const char *line)
{
	bool bad = strncmp(line, "bad ", 4) == 0 || strncmp(line, "both ", 5) == 0;

	end_file(c);
	assert_true(c->n < sizeof c->files / sizeof c->files[0]);
	c->files[c->n++] = (struct file){ copy(strchr(line, ' ') + 1), copy(""), bad,
		!bad || line[1] == 'o' };
}

static bool finish(struct one *c)
{
	bool ok;

	if (!c->code.n)
		return true;
	end_file(c);
	ok = run(c);
	fired = xreallocarray(fired, n_fired + 1, sizeof *fired);
	fired[n_fired++] = xstrndup(c->code.p, c->code.n);
	one_fini(c);
	*c = (struct one){ .code = STR_INIT };
	return ok;
}

static size_t run_file(const char *path)
{
	struct one c = { .code = STR_INIT };
	char line[32768];
	size_t failed = 0;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "== ", 3) == 0) {
			failed += !finish(&c);
			begin(&c, line);
		} else if (strncmp(line, "~~ ", 3) == 0) {
			str_addz(&c.beside, line + 3);
		} else if (strncmp(line, "bad ", 4) == 0 || strncmp(line, "good ", 5) == 0
		    || strncmp(line, "both ", 5) == 0) {
			begin_file(&c, line);
		} else if (c.n) {
			str_addf(&c.files[c.n - 1].text, "%s\n", line);
		}
	}
	failed += !finish(&c);
	fclose(f);
	return failed;
}

static void check__finds__each_bad_example_and_lets_its_neighbor_be(void **state)
{
	const char *srcdir = getenv("srcdir");
	struct str dir = STR_INIT;
	size_t failed = 0;
	DIR *d;

	(void)state;
	str_addf(&dir, "%s/tests/check", srcdir ? srcdir : ".");
	d = opendir(dir.p);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)); ) {
		struct str path = STR_INIT;

		str_addf(&path, "%s/%s", dir.p, e->d_name);
		if (strstr(e->d_name, ".cases"))
			failed += run_file(path.p);
		str_fini(&path);
	}
	closedir(d);
	str_fini(&dir);
	if (failed)
		fail_msg("%zu cases failed", failed);
}

/* ---- the list of codes ------------------------------------------------------------------ */

/* What no file in memory can show. */
static void check__says__what_cannot_be_read(void **state)
{
	struct findings f = { 0 };
	struct files none = { 0 };

	(void)state;
	assert_false(files_read(&none, "/nowhere/at/all", FILES_SCRIPT, &f));
	assert_int_equal(f.n, 1);
	assert_string_equal(f.items[0].code, "E100");
	assert_non_null(strstr(f.items[0].file, "/nowhere"));
	findings_fini(&f);
	files_fini(&none);
	fired = xreallocarray(fired, n_fired + 1, sizeof *fired);
	fired[n_fired++] = xstrndup("E100", 4);
}

static void codes__have__a_failing_example_each(void **state)
{
	size_t n, missing = 0;
	const struct check_code *codes = check_codes(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		bool seen = false;

		for (size_t k = 0; k < n_fired; k++)
			seen = seen || strcmp(fired[k], codes[i].code) == 0;
		if (!seen) {
			print_error("no case for %s (%s)\n", codes[i].code, codes[i].meaning);
			missing++;
		}
	}
	if (missing)
		fail_msg("%zu codes without a case in tests/check/", missing);
}

/* Every code that the program can print stands in the list, and in FORMAT.md. */
static void codes__are__listed_once_and_looked_up_in_the_format(void **state)
{
	const char *srcdir = getenv("srcdir");
	struct str text = STR_INIT;
	struct str path = STR_INIT;
	char buffer[4096];
	size_t n, got, missing = 0;
	const struct check_code *codes = check_codes(&n);
	FILE *f;

	(void)state;
	str_addf(&path, "%s/dialogs/FORMAT.md", srcdir ? srcdir : ".");
	f = fopen(path.p, "r");
	assert_non_null(f);
	while ((got = fread(buffer, 1, sizeof buffer, f)) > 0)
		str_add(&text, (struct sv){ buffer, got });
	fclose(f);
	for (size_t i = 0; i < n; i++) {
		struct str row = STR_INIT;

		str_addf(&row, "\n%s  %s -- %s\n", codes[i].code, codes[i].meaning, codes[i].fix);
		if (!strstr(text.p, row.p)) {
			print_error("FORMAT.md lacks: %s\n", row.p);
			missing++;
		}
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(codes[k].code, codes[i].code);
		str_fini(&row);
	}
	str_fini(&text);
	str_fini(&path);
	if (missing)
		fail_msg("%zu codes", missing);
}

static int load_base(void **state)
{
	const char *srcdir = getenv("srcdir");
	struct findings f = { 0 };
	struct str dir = STR_INIT;
	bool ok;

	(void)state;
	str_addf(&dir, "%s/tests/check/tree", srcdir ? srcdir : ".");
	ok = files_read(&base, dir.p, FILES_SCRIPT, &f);
	if (ok)
		check(NULL, false, &f);
	print(&f);
	ok = ok && f.n == 0;
	findings_fini(&f);
	str_fini(&dir);
	return !ok;
}

static int free_base(void **state)
{
	(void)state;
	files_fini(&base);
	for (size_t i = 0; i < n_fired; i++)
		free(fired[i]);
	free(fired);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check__finds__each_bad_example_and_lets_its_neighbor_be),
		cmocka_unit_test(check__says__what_cannot_be_read),
		cmocka_unit_test(codes__have__a_failing_example_each),
		cmocka_unit_test(codes__are__listed_once_and_looked_up_in_the_format),
	};

	return cmocka_run_group_tests(tests, load_base, free_base);
}
