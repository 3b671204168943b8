/* english_help.h - the shipped English language, for the tests of grammar, readers
 * and composer. */
#ifndef UNIT_ENGLISH_HELP_H
#define UNIT_ENGLISH_HELP_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "language/grammar.h"
#include "language/language.h"
#include "language/readers.h"
#include "language/tagger.h"

#define EN SV("en")

enum { HELP_FILES = 512 };

struct english {
	struct arena *arena, *turn;
	struct findings findings;
	struct source sources[HELP_FILES];
	struct reader readers[HELP_FILES];
	size_t n;
	struct language language;
};

static inline struct sv english_slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p;
	long n;

	if (!f)
		return (struct sv){ NULL, 0 };
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	p = xmalloc((size_t)n + 1);
	if (fread(p, 1, (size_t)n, f) != (size_t)n)
		n = 0;
	p[n] = '\0';
	fclose(f);
	return (struct sv){ p, (size_t)n };
}

static inline struct source *english_source(struct english *e, const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct source *s = &e->sources[e->n];

	assert_true(e->n < HELP_FILES);
	s->path = arena_printf(e->arena, "%s/dialogs/lang/en/%s", srcdir ? srcdir : ".", name);
	s->text = english_slurp(s->path);
	if (!s->text.p)
		fail_msg("no file %s", s->path);
	return s;
}

static inline struct node english_file(struct english *e, const char *name)
{
	struct source *s = english_source(e, name);

	if (!reader_init(&e->readers[e->n], s, e->arena, &e->findings))
		fail_msg("%s is not JSON", s->path);
	return reader_root(&e->readers[e->n++]);
}

static inline int english_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void english_words(struct english *e)
{
	const char *srcdir = getenv("srcdir");
	const char *path = arena_printf(e->arena, "%s/dialogs/lang/en/words", srcdir ? srcdir : ".");
	DIR *d = opendir(path);
	const char *names[HELP_FILES];
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *f; (f = readdir(d)) && n < HELP_FILES; )
		if (strstr(f->d_name, ".json"))
			names[n++] = arena_printf(e->arena, "words/%s", f->d_name);
	closedir(d);
	qsort(names, n, sizeof *names, english_order);
	for (size_t i = 0; i < n; i++) {
		struct node root = english_file(e, names[i]);

		lexicon_list(e->language.lexicon, EN, &root);
	}
}

static inline void english_init(struct english *e)
{
	struct lexicon *lx = lexicon_create();
	struct node n, marks;

	*e = (struct english){ .arena = arena_create(), .turn = arena_create() };
	e->language = (struct language){ .locale = EN, .lexicon = lx };
	n = english_file(e, "spelling.json");
	lexicon_spelling(lx, EN, &n);
	lexicon_dictionary(lx, EN, english_source(e, "dictionary.txt")->text);
	e->n++;
	lexicon_verbs(lx, EN, english_source(e, "verbs.tsv"), &e->findings);
	e->n++;
	english_words(e);
	n = english_file(e, "grammar.json");
	marks = node_get(&n, "marks");
	lexicon_marks(lx, EN, &marks);
	e->language.grammar = grammar_load(lx, EN, &n, e->arena);
	n = english_file(e, "readers.json");
	e->language.readers = readers_load(lx, EN, &n, e->arena);
}

/* After whatever else a test loads. */
static inline void english_seal(struct english *e)
{
	STR_AUTO out = STR_INIT;

	lexicon_seal(e->language.lexicon, &e->findings);
	findings_print(&e->findings, &out);
	if (e->findings.errors)
		fail_msg("%s", out.p);
}

static inline void english_fini(struct english *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free((char *)e->sources[i].text.p);
	}
	findings_fini(&e->findings);
	lexicon_destroy(e->language.lexicon);
	arena_destroy(e->turn);
	arena_destroy(e->arena);
}

#endif
