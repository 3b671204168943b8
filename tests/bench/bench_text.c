/* bench_text - what reading and scanning a message costs.
 *
 *   bench_text DIALOGS/lang/en [rounds]
 *
 * Prints nanoseconds a message: for ordinary messages with 100, 2,000 and 10,000
 * made-up phrases beside the locale's own lists and classes, and for the worst
 * texts of 8 kB.  Figures are for reading, not for a test to assert. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/xalloc.h"
#include "text/lexicon.h"
#include "text/message.h"

#define EN SV("en")

enum { FILES_MAX = 2048 };

struct tree {
	struct arena *arena;
	struct findings findings;
	struct source sources[FILES_MAX];
	struct reader readers[FILES_MAX];
	size_t n;
	const char *root;
};

static double now(void)
{
	struct timespec t;

	/* of this process alone: other work on the machine does not count */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct source *read_file(struct tree *t, const char *path)
{
	struct source *s = &t->sources[t->n];
	STR_AUTO text = STR_INIT;
	FILE *f = fopen(path, "rb");
	char buffer[65536];
	size_t got;

	if (!f)
		return NULL;
	while ((got = fread(buffer, 1, sizeof buffer, f)) > 0)
		str_add(&text, (struct sv){ buffer, got });
	fclose(f);
	*s = (struct source){ arena_str(t->arena, sv_from(path)),
		arena_sv(t->arena, str_sv(&text)) };
	return s;
}

static bool read_json(struct tree *t, const char *path, struct node *out)
{
	struct source *s = read_file(t, path);

	if (!s || t->n + 1 == FILES_MAX
	    || !reader_init(&t->readers[t->n], s, t->arena, &t->findings))
		return false;
	*out = reader_root(&t->readers[t->n++]);
	return true;
}

static const char *in_tree(struct tree *t, const char *name)
{
	return arena_printf(t->arena, "%s/%s", t->root, name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void load_lists(struct tree *t, struct lexicon *lx)
{
	DIR *d = opendir(in_tree(t, "words"));
	const char *names[FILES_MAX];
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d)) && n < FILES_MAX)
		if (strstr(e->d_name, ".json"))
			names[n++] = arena_printf(t->arena, "words/%s", e->d_name);
	if (d)
		closedir(d);
	qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++) {
		struct node file;

		if (read_json(t, in_tree(t, names[i]), &file))
			lexicon_list(lx, EN, &file);
	}
}

static struct lexicon *load(struct tree *t)
{
	struct lexicon *lx = lexicon_create();
	struct source *s;
	struct node n;

	if (read_json(t, in_tree(t, "spelling.json"), &n))
		lexicon_spelling(lx, EN, &n);
	if ((s = read_file(t, in_tree(t, "dictionary.txt"))))
		lexicon_dictionary(lx, EN, s->text);
	if ((s = read_file(t, in_tree(t, "verbs.tsv"))))
		lexicon_verbs(lx, EN, s, &t->findings);
	load_lists(t, lx);
	if (read_json(t, in_tree(t, "grammar.json"), &n)) {
		n = node_get(&n, "marks");
		lexicon_marks(lx, EN, &n);
	}
	return lx;
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

/* Phrases of the usual build: a subject, a gap or none, one or two words of
 * those a person might use, an end. */
static struct group *make_phrases(struct tree *t, struct lexicon *lx, size_t n)
{
	static const char *const heads[] = { "i", "you", "<other>", "my {relation}", "<self>",
		"(he|she|they)", "i (want|need) to", "you [really] never", "it is" };
	static const char *const words[] = { "call", "listen", "shout", "leave", "phone",
		"dinner", "sorry", "feel", "late", "text", "weekend", "dishes", "money",
		"friend", "house", "angry", "alone", "again", "stop", "help" };
	struct group *g = lexicon_group(lx);
	struct node where;
	uint32_t seed = 7;

	t->sources[t->n] = (struct source){ "bench", SV("{}") };
	reader_init(&t->readers[t->n], &t->sources[t->n], t->arena, &t->findings);
	where = reader_root(&t->readers[t->n++]);
	for (size_t i = 0; i < n; i++) {
		const char *a = words[next(&seed) % COUNT(words)];
		const char *b = words[next(&seed) % COUNT(words)];
		/* every phrase is about something of its own, as rules are */
		const char *text = arena_printf(t->arena, "%s%s%s|%c%c%czing %s",
		    heads[next(&seed) % COUNT(heads)], i % 3 ? " " : " ... ",
		    i % 16 ? arena_printf(t->arena, "thing%zu", i) : a,
		    'a' + (int)(i % 26), 'a' + (int)(i / 26 % 26), 'a' + (int)(i / 676 % 26), b);

		group_add(g, lexicon_phrase(lx, EN, sv_from(text), VIEW_ALL, &where), (uint32_t)i);
	}
	return g;
}

static const char *const ordinary[] = {
	"you never listen to me when i talk about my day and it makes me feel so alone",
	("my mum called again last night and shouted at me about the money i owe her, "
	"i don't know what to say"),
	"he's always late for dinner and doesn't even text, i just want him to tell me",
	"we had a fight about the dishes on sunday and she hasn't talked to me since then",
	"its been three weeks since we broke up and i still want to text him every night",
	"I felt really hurt when you were on your phone the whole weekend at my parents' house",
};

static void take_one(const struct lexicon *lx, const struct group *g, struct sv text,
    struct arena *a, uint64_t *work)
{
	struct message *m = message_read(lx, EN, text, a);
	struct hit *hits;

	message_scan(m, g, VIEW_ALL, &hits);
	*work = m->work;
	arena_reset(a);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void bench_ordinary(struct tree *t, size_t phrases, int rounds)
{
	struct lexicon *lx = load(t);
	double from = now(), read = 0;
	struct group *g = make_phrases(t, lx, phrases);
	struct arena *a = arena_create();
	uint64_t work, total = 0;

	lexicon_seal(lx, &t->findings);
	printf("%6zu phrases: ready in %.1f ms, ", phrases, (now() - from) / 1e6);
	for (int i = 0; i < rounds / 10; i++)
		take_one(lx, g, sv_from(ordinary[i % 6]), a, &work);
	from = now();
	for (int i = 0; i < rounds; i++) {
		message_read(lx, EN, sv_from(ordinary[i % 6]), a);
		arena_reset(a);
	}
	read = (now() - from) / rounds;
	from = now();
	for (int i = 0; i < rounds; i++) {
		take_one(lx, g, sv_from(ordinary[i % 6]), a, &work);
		total += work;
	}
	printf("read %.0f ns, read and scan %.0f ns, %.0f units\n", read,
	    (now() - from) / rounds, (double)total / rounds);
	arena_destroy(a);
	lexicon_destroy(lx);
}

static struct sv repeated(struct tree *t, const char *unit)
{
	STR_AUTO s = STR_INIT;

	while (s.n < 8192)
		str_addz(&s, unit);
	return arena_sv(t->arena, str_sv(&s));
}

static void bench_worst(struct tree *t, int rounds)
{
	static const char *const units[] = {
		"you ", "i am so ", "he never listens and ", "\xf0\x9f\x98\xad", "\xe2\x80\xae", "a",
		"d i e ", "di3 ", "its ", "\xd0\xb6\xd0\xb8\xd0\xb7\xd0\xbd\xd1\x8c ", "\xc3\xa9",
		"e\xcc\x81", "\"", "'a ", "...", "k!ll", "thng ", "killmyself ", "a.b.", "-a",
		"\xff", "7", "1.", "my mum and i ", "\xef\xb7\xba", "never always i you he she ",
	};
	struct lexicon *lx = load(t);
	struct group *g = make_phrases(t, lx, 2000);
	struct arena *a = arena_create();
	double *times = xcalloc((size_t)rounds, sizeof *times);

	lexicon_seal(lx, &t->findings);
	for (size_t i = 0; i < COUNT(units) + 1; i++) {
		struct sv text = i < COUNT(units) ? repeated(t, units[i])
		    : (struct sv){ arena_alloc(t->arena, 8192), 8192 };
		uint64_t work = 0;

		for (int k = 0; k < rounds; k++) {
			double from = now();

			take_one(lx, g, text, a, &work);
			times[k] = now() - from;
		}
		qsort(times, (size_t)rounds, sizeof *times, by_value);
		printf("8 kB of %-28s median %7.0f ns, p99.9 %7.0f ns, %llu units\n",
		    i < COUNT(units) ? units[i] : "NUL", times[rounds / 2],
		    times[(size_t)((double)rounds * 0.999)], (unsigned long long)work);
	}
	free(times);
	arena_destroy(a);
	lexicon_destroy(lx);
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = { 100, 2000, 10000 };
	struct tree t = { .arena = arena_create(), .root = argc > 1 ? argv[1] : "dialogs/lang/en" };
	int rounds = argc > 2 ? atoi(argv[2]) : 20000;
	STR_AUTO out = STR_INIT;

	for (size_t i = 0; i < COUNT(sizes); i++)
		bench_ordinary(&t, sizes[i], rounds);
	findings_sort(&t.findings);
	findings_print(&t.findings, &out);
	fputs(out.p, stderr);
	bench_worst(&t, rounds / 20);
	findings_fini(&t.findings);
	arena_destroy(t.arena);
	return 0;
}
