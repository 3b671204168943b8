/* trees - whatever is wrong with the files, it is said where, and nothing breaks.
 *
 *   trees DIALOGS [ROUNDS [SEED]]
 *
 * Damages one file of a tree at a time, as hands, editors and disks do, and loads
 * it.  Either it loads, and then it still talks, or there is a finding with a
 * code, a file that exists and words that say what to do.  Seeded: a round can be
 * run again by its seed.  Then damages files on disk under a running program: a
 * reload that fails changes nothing. */
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.h"
#include "app/turn.h"
#include "base/xalloc.h"
#include "engine/run.h"

enum { START = 1700000000, COMPLAINTS = 30 };

static uint32_t seed;
static int complaints;
static char what[256];          /* the damage that is tried */

static uint32_t chance(uint32_t n)
{
	seed = seed * 1664525U + 1013904223U;
	return n ? (seed >> 9) % n : 0;
}

static void complain(const char *text, const char *more)
{
	if (complaints++ < COMPLAINTS)
		fprintf(stderr, "%s: %s %s\n", what, text, more);
}

/* ---- damage ------------------------------------------------------------------- */

/* A place behind one of these bytes, so that damage falls where it matters. */
static size_t place(struct sv s, const char *behind)
{
	size_t from = chance((uint32_t)s.n + 1);

	for (size_t i = 0; behind && i < s.n; i++) {
		size_t at = (from + i) % s.n;

		if (s.p[at] && strchr(behind, s.p[at]))
			return at + 1;
	}
	return from;
}

static void put_in(struct sv s, size_t at, struct sv part, struct str *out)
{
	str_add(out, sv_sub(s, 0, at));
	str_add(out, part);
	str_add(out, sv_sub(s, at, s.n));
}

static void cut_out(struct sv s, size_t from, size_t to, struct str *out)
{
	str_add(out, sv_sub(s, 0, from));
	str_add(out, sv_sub(s, to, s.n));
}

static void cut_short(struct sv s, struct str *out)
{
	str_add(out, sv_sub(s, 0, chance((uint32_t)s.n + 1)));
}

static void lose_some(struct sv s, struct str *out)
{
	size_t at = place(s, NULL);

	cut_out(s, at, at + 1 + chance(40), out);
}

static void lose_mark(struct sv s, struct str *out)
{
	size_t at = place(s, "{}[]\",:");

	cut_out(s, at ? at - 1 : 0, at, out);
}

static void bad_bytes(struct sv s, struct str *out)
{
	static const struct sv bytes[] = {
		{ "\xff", 1 }, { "\xc3", 1 }, { "\xed\xa0\x80", 3 }, { "\0", 1 }, { "\xef\xbb\xbf", 3 },
		{ "\xf4\x90\x80\x80", 4 }, { "\x1b[2J", 4 }, { "\r", 1 }, { "\xe2\x80\xae", 3 },
		{ "\\u0000", 6 }, { "\\ud800", 6 },
	};

	put_in(s, place(s, chance(2) ? "\"" : NULL), bytes[chance(COUNT(bytes))], out);
}

/* A value where another kind of value is wanted. */
static void other_value(struct sv s, struct str *out)
{
	static const char *const values[] = {
		"null", "0", "-1", "1e400", "99999999999999999999", "\"\"", "[]", "{}", "true",
		"[[[[[[[[]]]]]]]]", "{\"a\":{\"b\":{}}}", "\"x\"", "2147483648", "[null]", "0.5",
		"\"{person:\"", "\"...\"", "\"( [\"", "\"a|\"", "\"{no-such-list}\"", "\"<nobody>\"",
		"\"count > > 1\"", "\"=\"", "\"*\"",
	};
	size_t at = place(s, ":"), end = at;
	int depth = 0;

	/* the value that stands there goes */
	for (bool quoted = false; end < s.n; end++) {
		char c = s.p[end];

		if (c == '"' && (end == 0 || s.p[end - 1] != '\\'))
			quoted = !quoted;
		if (quoted)
			continue;
		if ((c == ',' || c == '}' || c == ']') && depth == 0)
			break;
		depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
	}
	str_add(out, sv_sub(s, 0, at));
	str_addz(out, values[chance(COUNT(values))]);
	str_add(out, sv_sub(s, end, s.n));
}

/* A word of the file for another: references that lead nowhere, or in circles. */
static void other_word(struct sv s, struct str *out)
{
	size_t a = place(s, "\""), b = place(s, "\""), a_end = a, b_end = b;

	while (a_end < s.n && s.p[a_end] != '"')
		a_end++;
	while (b_end < s.n && s.p[b_end] != '"')
		b_end++;
	str_add(out, sv_sub(s, 0, a));
	str_add(out, sv_sub(s, b, b_end));
	str_add(out, sv_sub(s, a_end, s.n));
}

static void twice(struct sv s, struct str *out)
{
	size_t at = place(s, "{[,"), end = at;

	while (end < s.n && !strchr(",}]", s.p[end]))
		end++;
	str_add(out, sv_sub(s, 0, end));
	str_addz(out, ",");
	str_add(out, sv_sub(s, at, s.n));
}

static void repeated(struct sv s, const char *unit, size_t n, struct str *out)
{
	size_t at = place(s, "\"");

	str_add(out, sv_sub(s, 0, at));
	for (size_t i = 0; i < n; i++)
		str_addz(out, unit);
	str_add(out, sv_sub(s, at, s.n));
}

static void long_text(struct sv s, struct str *out) { repeated(s, "never ever ", 5000, out); }
static void exploding(struct sv s, struct str *out) { repeated(s, "(a|b|c|d|e|f) [g|h] ", 12, out); }
static void gaps(struct sv s, struct str *out) { repeated(s, "you ... ", 30, out); }
static void brackets(struct sv s, struct str *out) { repeated(s, "([", 400, out); }
static void slots(struct sv s, struct str *out) { repeated(s, "{person:he}{a|b|c}", 300, out); }

static void deep(struct sv s, struct str *out)
{
	STR_AUTO nest = STR_INIT;

	for (int i = 0; i < 3000; i++)
		str_addz(&nest, chance(2) ? "[" : "{\"a\":");
	put_in(s, place(s, ":"), str_sv(&nest), out);
}

static void huge(struct sv s, struct str *out)
{
	str_add(out, s);
	for (int i = 0; i < 1100; i++)
		str_addf(out, "%1024s", "");
}

/* Ten thousand steps in place of those there are. */
static void many_steps(struct sv s, struct str *out)
{
	const char *steps = memmem(s.p, s.n, "\"steps\"", 7);
	const char *open = steps ? memchr(steps, '[', (size_t)(s.p + s.n - steps)) : NULL;
	size_t at = open ? (size_t)(open - s.p) + 1 : place(s, "[");

	str_add(out, sv_sub(s, 0, at));
	for (int i = 0; i < 10000; i++)
		str_addf(out, "{\"id\":\"x%d\",\"say\":\"hi\",\"goto\":\"x%d\"},", i, (i + 1) % 10000);
	str_add(out, sv_sub(s, at, s.n));
}

static void emptied(struct sv s, struct str *out)
{
	(void)s;
	str_addz(out, chance(2) ? "" : chance(2) ? "{}" : "[]");
}

static void only_noise(struct sv s, struct str *out)
{
	for (size_t i = 0; i < s.n && i < 4000; i++)
		str_addc(out, (char)chance(256));
}

static const struct damage {
	const char *name;
	void (*to)(struct sv s, struct str *out);
	int weight;
} damages[] = {
	{ "another value", other_value, 30 }, { "another word", other_word, 30 },
	{ "some lost", lose_some, 8 }, { "a mark lost", lose_mark, 8 }, { "cut short", cut_short, 4 },
	{ "bad bytes", bad_bytes, 8 }, { "a part twice", twice, 8 }, { "a long text", long_text, 2 },
	{ "a phrase that explodes", exploding, 4 }, { "gaps", gaps, 3 }, { "brackets", brackets, 3 },
	{ "slots", slots, 2 }, { "deep nesting", deep, 2 }, { "a huge file", huge, 1 },
	{ "ten thousand steps", many_steps, 1 }, { "emptied", emptied, 2 }, { "noise", only_noise, 1 },
};

static const struct damage *any_damage(void)
{
	int sum = 0, pick;
	size_t i = 0;

	for (size_t k = 0; k < COUNT(damages); k++)
		sum += damages[k].weight;
	pick = (int)chance((uint32_t)sum);
	while (pick >= damages[i].weight)
		pick -= damages[i++].weight;
	return &damages[i];
}

/* ---- loading what is damaged ---------------------------------------------------------- */

static void talk_to(const struct script *s)
{
	static const char *const said[] = { "hi", "he never listens to me", "1", "hurt", "menu",
		"what is this", "", "stop", "i want to kill myself", "no" };
	struct host host = { .address = SV(""), .operator_contact = SV("") };
	struct session *ss = session_create();
	struct arena *a = arena_create();

	for (size_t i = 0; i < COUNT(said); i++) {
		struct event ev = { .kind = i == 6 ? EVENT_TICK : EVENT_TEXT, .text = sv_from(said[i]),
			.now = START + (int64_t)i * 20, .utc_offset = INT_MIN, .salt = 7, .locale = SV("") };
		struct effects fx;

		engine_step(s, ss, &host, &ev, a, &fx);
		arena_reset(a);
	}
	arena_destroy(a);
	session_destroy(ss);
}

static bool is_file(const struct files *fs, const char *path)
{
	for (size_t i = 0; i < fs->n; i++)
		if (strcmp(fs->items[i].path, path) == 0)
			return true;
	return false;
}

/* Each fault says what it is, where, and in words. */
static void look_at(const struct files *fs, const struct findings *f)
{
	STR_AUTO out = STR_INIT;

	if (!f->errors)
		complain("does not load, and no fault is named", "");
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->items[i];

		if (strlen(x->code) != 4 || !x->text || strlen(x->text) < 8)
			complain("a fault without code or words", x->code);
		if (!x->file || (*x->file && !is_file(fs, x->file) && !strchr(x->file, '/')))
			complain("a fault in no file:", x->file ? x->file : "");
		if (x->text && strlen(x->text) > 2000)
			complain("a fault of many words", x->code);
	}
	findings_print(f, &out);
	if (memchr(out.p, '\x1b', out.n))
		complain("a fault that steers the terminal", "");
}

static bool damage_one(struct files *fs, uint32_t round)
{
	const struct damage *d;
	struct findings f = { 0 };
	struct script *s;
	struct source *file, kept;
	STR_AUTO bad = STR_INIT;
	bool loaded;

	seed = round * 7919U + 17;
	chance(0);
	d = any_damage();
	do
		file = &fs->items[chance((uint32_t)fs->n)];
	while (strstr(file->path, "dictionary") || strstr(file->path, "help/"));
	kept = *file;
	snprintf(what, sizeof what, "round %u, %s in %s", round, d->name, file->path);
	d->to(file->text, &bad);
	file->text = str_sv(&bad);
	s = script_load(fs->items, fs->n, &f);
	loaded = s != NULL;
	if (s)
		talk_to(s);
	else
		look_at(fs, &f);
	script_destroy(s);
	findings_fini(&f);
	*file = kept;
	return loaded;
}

/* ---- a running program and its folder ---------------------------------------------------- */

static char folder[] = "/tmp/attune-trees.XXXXXX";

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void write_file(const char *path, struct sv text)
{
	char full[512];
	FILE *f;

	snprintf(full, sizeof full, "%s/%s", folder, path);
	for (char *slash = full + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	f = fopen(full, "wb");
	if (!f || fwrite(text.p, 1, text.n, f) != text.n)
		complain("cannot be written:", full);
	if (f)
		fclose(f);
}

static void answer(struct app *a, int n, struct str *out)
{
	struct inbound in = { .kind = EVENT_TEXT, .who = SV("p@example.org"), .client_id = SV(""),
		.replaces = SV(""), .locale = SV(""), .text = SV("how does this work"), .now = START + n * 20,
		.utc_offset = INT_MIN };
	struct outbound o;
	struct err e = { 0 };
	char id[32];

	snprintf(id, sizeof id, "id-%d", n);
	in.id = sv_from(id);
	str_clear(out);
	if (!turn_take(a, &in, &e) || !turn_commit(a, &e))
		complain("no turn:", e.text);
	while (turn_next(a, &o)) {
		str_add(out, o.text);
		turn_confirm(a, o.oid, &e);
	}
}

/* What makes a folder unsound, and must leave the program as it was. */
static const struct { const char *file, *text; } breaks[] = {
	{ "lane/lane.json", "{\"lane\":\"crisis\"}" },
	{ "lane/lane.json", "" },
	{ "about/dialog.json", "{\"dialog\":\"about\",\"format\":1,\"steps\":[{\"id\":\"a\",\"goto\":\"a\"}]}" },
	{ "common/lines.json", "{}" },
	{ "new/dialog.json", "{\"dialog\":\"about\"" },
	{ "lang/en/grammar.json", "[]" },
	{ "lang/en/rules/crisis.json", "{\"ruleset\":\"crisis\",\"rules\":[]" },
};

static struct sv original(const struct files *fs, const char *path)
{
	for (size_t i = 0; i < fs->n; i++)
		if (strcmp(fs->items[i].path, path) == 0)
			return fs->items[i].text;
	return SV("{}");
}

static void break_folder(struct app *a, const struct files *fs)
{
	STR_AUTO before = STR_INIT;
	STR_AUTO after = STR_INIT;
	int n = 0;
	char full[512];

	answer(a, n++, &before);
	answer(a, n++, &before);
	for (size_t i = 0; i < COUNT(breaks); i++) {
		struct findings f = { 0 };

		snprintf(what, sizeof what, "reload with %s damaged", breaks[i].file);
		write_file(breaks[i].file, sv_from(breaks[i].text));
		if (app_reload(a, &f))
			complain("is taken for sound", "");
		else
			look_at(fs, &f);
		findings_fini(&f);
		answer(a, n++, &after);
		if (!sv_eq(str_sv(&before), str_sv(&after)))
			complain("answers otherwise now:", after.p);
		snprintf(full, sizeof full, "%s/%s", folder, breaks[i].file);
		if (strncmp(breaks[i].file, "new/", 4) == 0)
			remove(full);
		else
			write_file(breaks[i].file, original(fs, breaks[i].file));
	}
}

/* Links in a circle, a folder that is named like a file, a pipe nobody writes to. */
static void odd_entries(struct app *a)
{
	char full[512], back[512];
	struct findings f = { 0 };

	snprintf(what, sizeof what, "odd entries");
	snprintf(full, sizeof full, "%s/round", folder);
	if (symlink(folder, full))
		complain("no link", full);
	snprintf(back, sizeof back, "%s/about/nothing.json", folder);
	if (symlink("nowhere.json", back) || app_reload(a, &f) || !f.errors)
		complain("links to nowhere and in a circle are taken for sound", "");
	remove(full);
	remove(back);
	findings_fini(&f);
	f = (struct findings){ 0 };
	snprintf(full, sizeof full, "%s/about/folder.json", folder);
	snprintf(back, sizeof back, "%s/about/pipe.json", folder);
	mkdir(full, 0700);
	mkfifo(back, 0600);
	if (!app_reload(a, &f))
		complain("a folder and a pipe that are named like files are read", "");
	remove(full);
	remove(back);
	findings_fini(&f);
}

static void on_disk(const struct files *fs)
{
	struct app_config c = { .dialogs = folder, .locale = SV(""),
		.host = { .address = SV(""), .operator_contact = SV("") } };
	struct findings f = { 0 };
	struct store *st = store_open_memory();
	struct app *a;

	snprintf(what, sizeof what, "a copy on disk");
	if (!mkdtemp(folder)) {
		complain("no folder", folder);
		return;
	}
	for (size_t i = 0; i < fs->n; i++)
		write_file(fs->items[i].path, fs->items[i].text);
	a = app_create(&c, st, &f);
	if (a) {
		break_folder(a, fs);
		odd_entries(a);
	} else {
		complain("does not load", "");
	}
	app_destroy(a);
	store_close(st);
	findings_fini(&f);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(int argc, char **argv)
{
	struct findings f = { 0 };
	struct files fs = { 0 };
	int rounds = argc > 2 ? atoi(argv[2]) : 300, loaded = 0;
	uint32_t first = argc > 3 ? (uint32_t)atoi(argv[3]) : 1;

	if (argc < 2 || !files_read(&fs, argv[1], FILES_SCRIPT, &f)) {
		fprintf(stderr, "usage: trees DIALOGS [ROUNDS [SEED]]\n");
		return 1;
	}
	for (int i = 0; i < rounds; i++)
		loaded += damage_one(&fs, first + (uint32_t)i);
	on_disk(&fs);
	printf("%d damaged trees, %d of them load all the same, %d complaints\n", rounds, loaded,
	    complaints);
	files_fini(&fs);
	findings_fini(&f);
	return complaints ? 1 : 0;
}
