/* attune check [PATH] - proves a tree of dialogs. */
#include "check/check.h"

#include <stdio.h>
#include <string.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "language/tagger.h"

static const char usage[] =
    "usage: attune check [--codes] [PATH]\n"
    "Reads the dialogs below PATH and lists what is wrong with them.\n"
    "  --codes   lists the codes, what they mean and what to do\n";

static const struct { const char *code, *meaning, *fix; } codes[] = {
	{ "E801", "no path leads to the step", "lead to it, or remove it" },
	{ "E802", "no path from the step ends the dialog", "add \"end\", or a way to a step that ends" },
	{ "E803", "steps go round without waiting for the person", "put a question into the round" },
	{ "E804", "a round of questions has no cap and no way out", "add \"loop\", \"skip\" or a repair that ends" },
	{ "E805", "a call or offer names no dialog", "name a dialog of this tree" },
	{ "E806", "calls are too deep or go round", "flatten the calls" },
	{ "E807", "a question has no repair", "name a ladder, or \"silent\"" },
	{ "E808", "a build uses a slot that no gate reads", "add the slot to \"on\" of a gate" },
	{ "E809", "a text names an unknown slot", "declare it in \"slots\"" },
	{ "E810", "a label or chip is too long", "shorten it" },
	{ "E811", "a question offers too many choices", "leave some out" },
	{ "W801", "the dialog has more steps than the limit", "split it" },
	{ "E901", "common/voice.json cannot be used", "mend the pattern or its row" },
	{ "V01", "more than one question in a text", "ask one thing" },
	{ "V07", "a long sentence, or hard to read", "plain words, short lines" },
	{ "V10", "a text is too long", "shorten or split it" },
};

void check_script(const struct script *s, const struct source *sources, size_t n,
    struct findings *f)
{
	for (size_t i = 0; i < s->n_dialogs; i++)
		check_graph(s, s->dialogs[i], f);
	check_voice(s, sources, n, f);
	for (size_t i = 0; i < s->n_languages; i++)
		for (size_t k = 0; k < s->languages[i].n_rulesets; k++)
			ruleset_prove(s->languages[i].rulesets[k], &s->languages[i], f);
}

/* Those of the program, then the voice of the tree. */
static int print_codes(const char *path)
{
	struct findings f = { 0 };
	struct files fs = { 0 };
	STR_AUTO out = STR_INIT;

	for (size_t i = 0; i < COUNT(codes); i++)
		printf("%s  %s -- %s\n", codes[i].code, codes[i].meaning, codes[i].fix);
	if (files_read(&fs, files_dialogs(path), FILES_SCRIPT, &f))
		check_print_voice(fs.items, fs.n, &out);
	fputs(out.p, stdout);
	files_fini(&fs);
	findings_fini(&f);
	return 0;
}

int command_check(int argc, char **argv)
{
	struct findings f = { 0 };
	struct files fs = { 0 };
	STR_AUTO out = STR_INIT;
	struct script *s = NULL;
	const char *path = NULL;
	bool list = false, bad;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--codes") == 0) {
			list = true;
			continue;
		}
		if (argv[i][0] == '-' || path) {
			fputs(usage, stderr);
			return 2;
		}
		path = argv[i];
	}
	if (list)
		return print_codes(path);
	bad = !files_read(&fs, files_dialogs(path), FILES_SCRIPT, &f);
	if (!bad)
		s = script_load(fs.items, fs.n, &f);
	if (s)
		check_script(s, fs.items, fs.n, &f);
	findings_sort(&f);
	findings_print(&f, &out);
	fputs(out.p, stdout);
	printf("%zu errors, %zu warnings\n", f.errors, f.n - f.errors);
	bad = bad || !s || f.errors;
	script_destroy(s);
	findings_fini(&f);
	files_fini(&fs);
	return bad ? 1 : 0;
}
