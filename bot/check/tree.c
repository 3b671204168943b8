/* check/tree.c - the files of a tree, for places and for what the script does not keep. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"

const struct source *tree_file(const struct tree *t, const char *path)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->sources[i].path, path) == 0)
			return &t->sources[i];
	return NULL;
}

int tree_line(const struct tree *t, const char *path, struct sv key)
{
	const struct source *src = tree_file(t, path);
	STR_AUTO quoted = STR_INIT;

	str_addf(&quoted, "\"%.*s\":", SV_ARG(key));
	return src ? line_of(src->text, quoted.p) : 0;
}

const char *tree_lane_text(const struct tree *t, struct arena *a)
{
	return arena_printf(a, "lane/text.%.*s.json", SV_ARG(t->script->base_locale));
}

size_t script_index(const struct script *s, const struct dialog *d)
{
	size_t i = 0;

	while (i < s->n_dialogs && s->dialogs[i] != d)
		i++;
	return i;
}

static bool leads(const struct script *s, const struct dialog *d, const struct dialog *back, bool *seen)
{
	struct graph at = { .s = s, .d = d };

	if (d == back)
		return true;
	if (seen[script_index(s, d)])
		return false;
	seen[script_index(s, d)] = true;
	for (int i = 0; i < d->n_steps; i++) {
		const struct dialog *to = graph_called(&at, &d->steps[i]);

		if (to && leads(s, to, back, seen))
			return true;
	}
	return false;
}

bool script_leads(const struct script *s, const struct dialog *d, const struct dialog *back)
{
	bool *seen = xcalloc(s->n_dialogs + 1, sizeof *seen), yes = leads(s, d, back, seen);

	free(seen);
	return yes;
}
