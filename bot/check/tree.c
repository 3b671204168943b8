/* check/tree.c - the files of a tree, for places and for what the script does not keep. */
#include <string.h>

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
