/* attune check [PATH] - proves a tree of dialogs. */
#include "check/check.h"

#include <stdio.h>
#include <string.h>

#include "app/files.h"
#include "command.h"
#include "base/xalloc.h"
#include "language/tagger.h"

static void prove_rules(const struct tree *t, const struct language *l, const struct ruleset *set)
{
	const struct source *file = tree_file(t, ruleset_path(set));

	ruleset_prove(set, file ? file->text : SV(""), l, t->findings);
}

void check_tree(const struct tree *t)
{
	const struct script *s = t->script;

	for (size_t i = 0; i < s->n_dialogs; i++) {
		struct graph g;

		graph_init(&g, s, s->dialogs[i], t->findings);
		check_graph(&g);
		check_slots(&g);
		graph_fini(&g);
	}
	check_calls(t);
	check_choices(t);
	check_turns(t);
	check_voice(t);
	check_locales(t);
	check_released(t);
	check_learned(t);
	check_worst(t);
	for (size_t i = 0; i < s->n_languages; i++)
		for (size_t k = 0; k < s->languages[i].n_rulesets; k++)
			prove_rules(t, &s->languages[i], s->languages[i].rulesets[k]);
}

/* Those of the program, then the voice of the tree. */
static int print_codes(const char *path)
{
	struct findings f = { 0 };
	struct files fs = { 0 };
	STR_AUTO out = STR_INIT;
	size_t n;
	const struct check_code *codes = check_codes(&n);

	for (size_t i = 0; i < n; i++)
		printf("%s  %s -- %s\n", codes[i].code, codes[i].meaning, codes[i].fix);
	if (files_read(&fs, files_dialogs(path), FILES_SCRIPT, &f))
		check_print_voice(fs.items, fs.n, &out);
	fputs(out.p, stdout);
	files_fini(&fs);
	findings_fini(&f);
	return 0;
}

struct options { bool codes, strict, release; const char *path; };

static bool parse(struct options *o, int argc, char **argv)
{
	*o = (struct options){ 0 };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--codes") == 0)
			o->codes = true;
		else if (strcmp(argv[i], "--strict") == 0)
			o->strict = true;
		else if (strcmp(argv[i], "--release") == 0)
			o->release = true;
		else if (argv[i][0] == '-' || o->path)
			return false;
		else
			o->path = argv[i];
	}
	return true;
}

static bool release(const struct script *s, const char *dir)
{
	STR_AUTO text = STR_INIT;
	STR_AUTO path = STR_INIT;

	released_write(s, &text);
	str_addf(&path, "%s/RELEASED.json", dir);
	if (files_write(path.p, str_sv(&text)))
		return true;
	fprintf(stderr, "attune check: %s cannot be written\n", path.p);
	return false;
}

/* False when the tree is not to be run. */
static bool check(const struct options *o, struct findings *f)
{
	struct files fs = { 0 };
	struct tree t = { .findings = f };
	const char *dir = files_dialogs(o->path);
	struct script *s = NULL;
	bool ok = files_read(&fs, dir, FILES_SCRIPT FILES_SENTENCES, f);

	if (ok)
		s = script_load(fs.items, fs.n, f);
	if (s) {
		t.script = s;
		t.sources = fs.items;
		t.n = fs.n;
		check_tree(&t);
	}
	ok = ok && s && !f->errors && !(o->strict && f->n);
	if (ok && o->release)
		ok = release(s, dir);
	script_destroy(s);
	files_fini(&fs);
	return ok;
}

int command_check(int argc, char **argv)
{
	struct options o;
	struct findings f = { 0 };
	STR_AUTO out = STR_INIT;
	bool ok;

	if (!parse(&o, argc, argv))
		return COMMAND_USAGE;
	if (o.codes)
		return print_codes(o.path);
	ok = check(&o, &f);
	check_advise(&f);
	findings_sort(&f);
	findings_print(&f, &out);
	fputs(out.p, stdout);
	printf("%zu errors, %zu warnings\n", f.errors, f.n - f.errors);
	findings_fini(&f);
	return ok ? 0 : 1;
}
