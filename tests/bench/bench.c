/* bench - what attune costs, one case at a time.
 *
 *   bench CASE DIALOGS [ROUNDS [UNIT]]      UNIT: only this of the worst texts
 *
 * Prints lines "name TAB value" for scripts/bench to lay beside their goals.
 * Time is processor time of this process alone, so that other work on the
 * machine does not count.  Figures are for reading; no test asserts them. */
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/files.h"
#include "app/turn.h"
#include "base/xalloc.h"
#include "check/analyze.h"
#include "engine/run.h"

enum { WARM = 2, PER_COMMIT = 16, PEOPLE = 100, WORST = 8192 };

static const char *dialogs, *only;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void figure(const char *name, double value)
{
	printf("%s\t%.2f\n", name, value);
	fflush(stdout);
}

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

/* What people write, by the way: complaints, answers, questions, small talk. */
static const char *const ordinary[] = {
	"you never listen to me when i talk about my day and it makes me feel so alone",
	("my mum called again last night and shouted at me about the money i owe her, "
	"i don't know what to say"),
	"he's always late for dinner and doesn't even text, i just want him to tell me",
	"we had a fight about the dishes on sunday and she hasn't talked to me since then",
	"its been three weeks since we broke up and i still want to text him every night",
	"I felt really hurt when you were on your phone the whole weekend at my parents' house",
	"hi", "hurt and a bit lonely", "put his phone away at dinner", "yes please", "2",
	"can you help me set a boundary with my sister",
};

/* ---- a tree, with made-up rules where wanted -------------------------------------- */

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

/* Phrases of the usual build: a subject, a gap or none, one or two words of
 * those a person might use, and something that only this rule is about. */
static void add_phrase(struct str *s, uint32_t *seed, size_t i)
{
	static const char *const heads[] = { "i", "you", "<other>", "my {relation}", "<self>",
		"(he|she|they)", "i (want|need) to", "you [really] never", "it is" };
	static const char *const words[] = { "call", "listen", "shout", "leave", "phone",
		"dinner", "sorry", "feel", "late", "text", "weekend", "dishes", "money",
		"friend", "house", "angry", "alone", "again", "stop", "help" };
	const char *gap = i % 3 ? " " : " ... ";
	const char *a = words[next(seed) % COUNT(words)], *b = words[next(seed) % COUNT(words)];

	str_addz(s, heads[next(seed) % COUNT(heads)]);
	if (i % 16)
		str_addf(s, "%sthing%zu", gap, i);
	else
		str_addf(s, "%s%s", gap, a);
	str_addf(s, "|%c%c%czing %s", 'a' + (int)(i % 26), 'a' + (int)(i / 26 % 26),
	    'a' + (int)(i / 676 % 26), b);
}

static char *made_up_rules(size_t n)
{
	STR_AUTO s = STR_INIT;
	uint32_t seed = 7;

	str_addz(&s, "{\"ruleset\":\"bench\",\"format\":1,\"locale\":\"en\",\"rules\":[");
	for (size_t i = 0; i < n; i++) {
		str_addf(&s, "%s{\"id\":\"r%zu\",\"tag\":\"t%zu\",\"any\":[\"", i ? ",\n" : "", i,
		    i % 50);
		add_phrase(&s, &seed, i);
		str_addz(&s, "\"]}");
	}
	str_addz(&s, "]}");
	return str_take(&s);
}

/* The lane and the reading of complaints ask the made-up rules as well. */
static void ask_them(struct source *file)
{
	static const char key[] = "\"rules\": [";
	const char *at = strstr(file->text.p, key);
	STR_AUTO s = STR_INIT;

	if (!at)
		give_up("a file of rule sets has no \"rules\": [");
	at += sizeof key - 1;
	str_add(&s, (struct sv){ file->text.p, (size_t)(at - file->text.p) });
	str_addf(&s, "\"bench\", %s", at);
	free((char *)file->text.p);
	file->text.n = s.n;
	file->text.p = str_take(&s);
}

/* rules 0: the shipped tree as it is. */
static struct script *load(size_t rules)
{
	struct findings f = { 0 };
	struct files fs;
	struct script *s;

	if (!files_read(&fs, dialogs, FILES_SCRIPT, &f))
		give_up("the dialogs cannot be read");
	if (rules) {
		for (size_t i = 0; i < fs.n; i++)
			if (!strcmp(fs.items[i].path, "lane/lane.json")
			    || !strcmp(fs.items[i].path, "lang/en/analyses/complaint.json"))
				ask_them(&fs.items[i]);
		GROW(fs.items, fs.n, fs.cap);
		fs.items[fs.n].path = xstrndup("lang/en/rules/bench.json", 24);
		fs.items[fs.n].text.p = made_up_rules(rules);
		fs.items[fs.n].text.n = strlen(fs.items[fs.n].text.p);
		fs.n++;
	}
	s = script_load(fs.items, fs.n, &f);
	if (!s) {
		STR_AUTO out = STR_INIT;

		findings_print(&f, &out);
		fputs(out.p, stderr);
		give_up("the dialogs are unsound");
	}
	files_fini(&fs);
	findings_fini(&f);
	script_slim(s);         /* as app/turn.c does */
	malloc_trim(0);
	return s;
}

/* ---- one engine, many people -------------------------------------------------------- */

struct engine {
	const struct script *script;
	struct arena *arena;
	struct host host;
};

static void say_to(struct engine *x, struct session *ss, struct sv text, int64_t at)
{
	struct event ev = { .kind = EVENT_TEXT, .text = text, .now = at,
		.utc_offset = INT_MIN, .salt = 7, .locale = SV("") };
	struct effects fx;

	engine_step(x->script, ss, &x->host, &ev, x->arena, &fx);
	arena_reset(x->arena);
}

static struct engine engine_for(const struct script *s)
{
	return (struct engine){ s, arena_create(),
		{ .address = SV(""), .operator_contact = SV("") } };
}

/* A whole conversation that ends in a sentence, over and over: what a turn that
 * answers a question costs without store and pack. */
static const char *const talk[] = {
	"hi", "he never listens to me", "1", "hurt", "put his phone away at dinner", "done",
	"menu", "my boss shouted at me in front of everyone on monday", "2", "ashamed and angry",
	"talk to me alone", "yes", "stop",
};

static int turns_done;

static double turns(const struct script *s, int rounds)
{
	struct engine x = engine_for(s);
	double from = 0;
	int done = 0;

	for (int i = -WARM; i < rounds; i++) {
		struct session *ss = session_create();

		if (i == 0)
			from = now();
		for (size_t k = 0; k < COUNT(talk); k++)
			say_to(&x, ss, sv_from(talk[k]), 1700000000 + (int64_t)k * 20);
		done += i < 0 ? 0 : (int)COUNT(talk);
		session_destroy(ss);
	}
	from = (now() - from) / done;
	turns_done += done + WARM * (int)COUNT(talk);
	arena_destroy(x.arena);
	return from;
}

static void bench_flat(int rounds)
{
	struct script *few = load(100), *many = load(10000);
	double a = 0, b = 0;

	/* in turn, so that the machine's moods fall on both */
	for (int i = 0; i < 10; i++) {
		a += turns(few, rounds / 10 + 1);
		b += turns(many, rounds / 10 + 1);
	}
	figure("turn, 100 made-up rules, us", a / 10);
	figure("turn, 10,000 made-up rules, us", b / 10);
	figure("from 100 to 10,000 rules, %", 100 * (b - a) / a);
	script_destroy(few);
	script_destroy(many);
}

static void bench_step(int rounds)
{
	struct script *s = load(0);

	figure("engine alone, us", turns(s, rounds));
	figure("turns", turns_done);
	script_destroy(s);
}

/* ---- turns through app/ and a store ---------------------------------------------------- */

static bool take(struct app *a, int i, struct err *e)
{
	char who[32], id[32];
	int person = i % PEOPLE;
	struct inbound in = { .kind = EVENT_TEXT, .client_id = SV(""), .replaces = SV(""),
		.locale = SV(""), .now = 1700000000 + i / PEOPLE * 20, .utc_offset = INT_MIN };

	snprintf(who, sizeof who, "p%d@example.org", person);
	snprintf(id, sizeof id, "archive-%d", i);
	in.who = sv_from(who);
	in.id = sv_from(id);
	in.text = sv_from(talk[((size_t)i / PEOPLE + (size_t)person) % COUNT(talk)]);
	return turn_take(a, &in, e);
}

/* As a connection does: what the commit before made owed is sent and confirmed. */
static void confirm(struct app *a)
{
	struct outbound o;
	struct err e = { 0 };

	while (turn_next(a, &o))
		if (!turn_confirm(a, o.oid, &e))
			give_up(e.text);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void bench_store(struct store *st, const char *cpu, const char *wall, int n)
{
	struct app_config c = { .dialogs = dialogs, .locale = SV(""),
		.host = { .address = SV(""), .operator_contact = SV("") } };
	struct findings f = { 0 };
	struct err e = { 0 };
	struct app *a = app_create(&c, st, &f);
	double from, begun = seconds();

	if (!a)
		give_up("the dialogs are unsound");
	from = now();
	begun = seconds();
	for (int i = 0; i < n; i++) {
		if (!take(a, i, &e))
			give_up(e.text);
		if (i % PER_COMMIT != PER_COMMIT - 1)
			continue;
		if (!turn_commit(a, &e))
			give_up(e.text);
		confirm(a);
	}
	if (!turn_commit(a, &e))
		give_up(e.text);
	if (cpu)
		figure(cpu, n / (now() - from) * 1e6);
	if (wall)
		figure(wall, n / (seconds() - begun));
	app_destroy(a);
	findings_fini(&f);
}

static void bench_turn(int n)
{
	struct store *st = store_open_memory();

	bench_store(st, "turns a second and core", NULL, n);
	store_close(st);
}

static void bench_durable(int n)
{
	char path[] = "bench-store.XXXXXX/attune.db";
	char *slash = strrchr(path, '/');
	struct err e = { 0 };
	struct store *st;

	*slash = '\0';
	if (!mkdtemp(path))
		give_up("no folder for a store");
	*slash = '/';
	st = store_open_sqlite(path, &e);
	if (!st)
		give_up(e.text);
	bench_store(st, "durable turns a second and core", "durable turns a second, this disk", n);
	store_close(st);
	for (size_t i = 0; i < 3; i++) {
		static const char *const ends[] = { "", "-wal", "-shm" };
		char file[64];

		snprintf(file, sizeof file, "%s%s", path, ends[i]);
		unlink(file);
	}
	*slash = '\0';
	rmdir(path);
}

/* ---- parts of a turn ---------------------------------------------------------------------- */

static void bench_lane(int rounds)
{
	struct script *s = load(0);
	const struct language *l = script_language(s, SV("en"));
	struct arena *a = arena_create();
	const struct tags **all = xcalloc(s->n_languages * s->lane.n_rulesets, sizeof *all);
	size_t n;
	double words = 0, clauses = 0, lane = 0, units = 0;

	for (int i = -100; i < rounds; i++) {
		struct sv text = sv_from(ordinary[(size_t)(i + 100) % COUNT(ordinary)]);
		double t0 = now(), t1, t2;
		struct message *m = message_read(s->lexicon, l->locale, text, a);
		struct reading *r;
		uint64_t work = m->work;

		t1 = now();
		r = reading_of(l, m);
		t2 = now();
		lane_judge(s, r, all, &n);
		if (i >= 0) {
			words += t1 - t0;
			clauses += t2 - t1;
			lane += now() - t2;
			units += (double)(m->work - work);
		}
		arena_reset(a);
	}
	figure("words of a message, us", words / rounds);
	figure("clauses of a message, us", clauses / rounds);
	figure("lane alone, us", lane / rounds);
	figure("lane with words and clauses, us", (words + clauses + lane) / rounds);
	figure("lane, units of work", units / rounds);
	free(all);
	arena_destroy(a);
	script_destroy(s);
}

static void bench_draft(int rounds)
{
	struct script *s = load(0);
	struct arena *a = arena_create();
	json_t *in[6], *fields = analyze_fields(s);
	double from = 0;

	for (size_t i = 0; i < 6; i++)
		in[i] = json_pack("{s:s,s:s,s:s}", "text", ordinary[i], "feeling", "hurt",
		    "request", "call me when you are late");
	for (int i = -10; i < rounds; i++) {
		if (i == 0)
			from = now();
		json_decref(analyze(s, fields, SV("en"), in[(size_t)(i + 12) % 6], false, a));
	}
	figure("analysis of a complaint with draft, us", (now() - from) / rounds);
	for (size_t i = 0; i < 6; i++)
		json_decref(in[i]);
	json_decref(fields);
	arena_destroy(a);
	script_destroy(s);
}

/* Intents of the shipped locale: 10,000 patterns over a message already read. */
static void bench_intents(int rounds)
{
	struct script *s = load(10000);
	const struct language *l = script_language(s, SV("en"));
	const struct ruleset *set = language_ruleset(l, SV("bench"));
	struct arena *a = arena_create();
	double total = 0;

	for (int i = -100; i < rounds; i++) {
		struct reading *r = reading_create(l, sv_from(ordinary[(size_t)(i + 100)
		    % COUNT(ordinary)]), a);
		double from = now();

		ruleset_run(set, r, VIEW_USUAL);
		if (i >= 0)
			total += now() - from;
		arena_reset(a);
	}
	figure("match over 10,000 patterns, us", total / rounds);
	arena_destroy(a);
	script_destroy(s);
}

/* ---- the worst of texts ---------------------------------------------------------------------- */

static const char *const units[] = {
	"you ", "i am so ", "he never listens and ", "\xf0\x9f\x98\xad", "\xe2\x80\xae", "a",
	"d i e ", "di3 ", "its ", "\xd0\xb6\xd0\xb8\xd0\xb7\xd0\xbd\xd1\x8c ", "\xc3\xa9",
	"e\xcc\x81", "\"", "'a ", "...", "k!ll", "thng ", "killmyself ", "a.b.", "-a", "\xff", "7",
	"1.", "my mum and i ", "\xef\xb7\xba", "never always i you he she ", " ", "\n", "?!",
	"i want to kill myself ", "not ", "he said that she said that ", "because ", "my my ",
	"\xe2\x80\x8b", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d ", "sui cide ", "u r ", "1 ",
	"\xe6\x88\x91", "i dont know if he ", "a b c d ", "$$$", "k i l l m y s e l f ", "{x}",
	"i'm can't won't it's ", "hurt, lonely, ", "\xcc\x81\xcc\x82\xcc\x83", "\xef\xbd\x81",
	"mum dad sister brother ", "thnig lsiten beleive ", "xq zv ",
};

static void fill(char *text, const char *unit)
{
	size_t n = unit ? strlen(unit) : 1;

	for (size_t i = 0; i < WORST; i++)
		text[i] = unit ? unit[i % n] : '\0';
}

/* What people write, line after line in no order: nothing repeats itself for long. */
static void fill_lines(char *text)
{
	uint32_t seed = 11;

	for (size_t i = 0; i < WORST; ) {
		const char *line = ordinary[next(&seed) % COUNT(ordinary)];
		size_t from = next(&seed) % strlen(line);

		while (from && line[from - 1] != ' ')
			from--;
		for (line += from; *line && i < WORST; )
			text[i++] = *line++;
		if (i < WORST)
			text[i++] = ' ';
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A whole turn, in the first question and in the middle of a dialog. */
static void bench_worst(int rounds)
{
	struct script *s = load(0);
	struct engine x = engine_for(s);
	size_t n = 0, cap = (size_t)rounds * 2 * (COUNT(units) + 2);
	double *times = xcalloc(cap, sizeof *times), worst = 0;
	char text[WORST];
	const char *which = "";

	for (size_t i = 0; i < COUNT(units) + 2; i++) {
		bool lines = i == COUNT(units) + 1;
		const char *unit = i < COUNT(units) ? units[i] : lines ? "lines in no order" : NULL;
		double mine = 0;

		if (only && strcmp(only, unit ? unit : "NUL") != 0)
			continue;
		fill(text, unit);
		if (lines)
			fill_lines(text);
		for (int k = 0; k < 2 * rounds; k++) {
			struct session *ss = session_create();
			double from;

			if (k % 2) {
				say_to(&x, ss, SV("he never listens to me"), 1700000000);
				say_to(&x, ss, SV("1"), 1700000020);
			}
			from = now();
			say_to(&x, ss, (struct sv){ text, WORST }, 1700000040);
			times[n++] = now() - from;
			mine += times[n - 1] / (2 * rounds);
			session_destroy(ss);
		}
		if (getenv("BENCH_EACH"))
			fprintf(stderr, "%9.0f us  %s\n", mine, unit ? unit : "NUL");
		if (mine > worst) {
			worst = mine;
			which = unit ? unit : "NUL";
		}
	}
	qsort(times, n, sizeof *times, by_value);
	figure("8 kB of anything, median, us", times[n / 2]);
	figure("8 kB of anything, p99.9, us", times[(size_t)((double)n * 0.999)]);
	figure("8 kB of the worst, mean, us", worst);
	fprintf(stderr, "the worst is \"%s\"\n", which);
	free(times);
	arena_destroy(x.arena);
	script_destroy(s);
}

/* ---- start and memory ------------------------------------------------------------------------- */

static double resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (!f || fscanf(f, "%*d %ld", &pages) != 1)
		give_up("no /proc/self/statm");
	fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void bench_ready(int rounds)
{
	double best = 1e18;

	for (int i = 0; i < rounds; i++) {
		double from = now();

		script_destroy(load(0));
		from = now() - from;
		if (from < best)
			best = from;
	}
	figure("start to ready, ms", best / 1e3);
}

static void bench_memory(int rules)
{
	struct script *s = load((size_t)rules);

	figure("resident, MB", resident());
	script_destroy(s);
}

/* What a person who wrote a while ago takes: nothing but a blob in the store. */
static void bench_idle(int rounds)
{
	struct script *s = load(0);
	struct engine x = engine_for(s);
	double total = 0;
	STR_AUTO blob = STR_INIT;

	(void)rounds;
	for (size_t k = 1; k <= COUNT(talk); k++) {
		struct session *ss = session_create();

		for (size_t i = 0; i < k; i++)
			say_to(&x, ss, sv_from(talk[i]), 1700000000 + (int64_t)i * 20);
		str_clear(&blob);
		session_pack(ss, &blob);
		total += (double)blob.n;
		session_destroy(ss);
	}
	figure("idle session, kB", total / COUNT(talk) / 1e3);
	arena_destroy(x.arena);
	script_destroy(s);
}

/* ---- the table --------------------------------------------------------------------------------- */

static const struct bench {
	const char *name;
	void (*run)(int rounds);
	int rounds;
} cases[] = {
	{ "draft", bench_draft, 2000 },
	{ "durable", bench_durable, 5000 },
	{ "flat", bench_flat, 300 },
	{ "idle", bench_idle, 1 },
	{ "intents", bench_intents, 5000 },
	{ "lane", bench_lane, 5000 },
	{ "memory", bench_memory, 0 },  /* rounds: made-up rules */
	{ "ready", bench_ready, 5 },
	{ "step", bench_step, 300 },
	{ "turn", bench_turn, 20000 },
	{ "worst", bench_worst, 20 },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < COUNT(cases); i++)
		if (strcmp(argv[1], cases[i].name) == 0) {
			dialogs = argv[2];
			only = argc > 4 && *argv[4] ? argv[4] : NULL;
			cases[i].run(argc > 3 ? atoi(argv[3]) : cases[i].rounds);
			return 0;
		}
	fprintf(stderr, "usage: bench CASE DIALOGS [ROUNDS [UNIT]], CASE one of");
	for (size_t i = 0; i < COUNT(cases); i++)
		fprintf(stderr, " %s", cases[i].name);
	fputc('\n', stderr);
	return 1;
}
