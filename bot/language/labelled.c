#include "language/labelled.h"

bool labelled_next(struct labelled *l, const struct source *file, struct findings *f)
{
	while (sv_split(&l->rest, '\n', &l->text)) {
		l->line++;
		if (!l->text.n || l->text.p[0] == '#')
			continue;
		if (sv_split(&l->text, '\t', &l->label) && l->label.n && l->text.n)
			return true;
		findings_add(f, "E231", file->path, "", l->line,
		    "an example is a label, a tab and a sentence");
	}
	return false;
}
