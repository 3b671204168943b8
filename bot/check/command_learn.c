/* attune learn [PATH] - writes the weights of a tree's sentences beside them. */
#include <stdio.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "check/check.h"
#include "check/learn.h"
#include "command.h"
#include "engine/model.h"

/* False when the file cannot be written. */
static bool learn(const struct lesson *lesson, const struct language *l, const struct source *sentences,
    const char *dir, struct findings *f)
{
	STR_AUTO text = STR_INIT;
	STR_AUTO path = STR_INIT;
	size_t errors = f->errors;

	lesson->learn(l, sentences, &text, f);
	if (f->errors > errors)
		return false;
	str_addf(&path, "%s/lang/%.*s/%s", dir, SV_ARG(l->locale), lesson->weights);
	if (!files_write(path.p, str_sv(&text))) {
		fprintf(stderr, "attune learn: %s cannot be written\n", path.p);
		return false;
	}
	printf("%s\n", path.p);
	return true;
}

static bool learn_all(const struct script *s, const struct files *fs, const char *dir, struct findings *f)
{
	const struct tree t = { .sources = fs->items, .n = fs->n };
	bool ok = true;

	for (size_t i = 0; i < s->n_languages; i++)
		for (size_t k = 0; k < LESSONS; k++) {
			const struct language *l = &s->languages[i];
			const struct source *sentences = lesson_sentences(&t, l, &lessons[k]);

			ok = (!sentences || learn(&lessons[k], l, sentences, dir, f)) && ok;
		}
	return ok;
}

int command_learn(int argc, char **argv)
{
	const char *dir = files_dialogs(argc > 1 ? argv[1] : NULL);
	struct findings f = { 0 };
	struct files fs = { 0 };
	struct script *s = NULL;
	STR_AUTO out = STR_INIT;
	bool ok;

	if (argc > 2 || (argc > 1 && argv[1][0] == '-'))
		return COMMAND_USAGE;
	if (files_read(&fs, dir, FILES_SCRIPT FILES_SENTENCES, &f))
		s = script_load(fs.items, fs.n, &f);
	ok = s && learn_all(s, &fs, dir, &f);
	if (!ok) {
		findings_print(&f, &out);
		fputs(out.p, stderr);
	}
	script_destroy(s);
	files_fini(&fs);
	findings_fini(&f);
	return ok ? COMMAND_OK : COMMAND_FAILED;
}
