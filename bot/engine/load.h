/* engine/load.h - what the two halves of the loader share. */
#ifndef ENGINE_LOAD_H
#define ENGINE_LOAD_H

#include "engine/model.h"

struct loading {
	struct script *script;
	const struct source *sources; size_t n;
	struct findings *findings;
	struct arena *arena;            /* the script's */
	struct arena *scratch;          /* names of files; gone after loading */
	struct arena *paths;            /* of the nodes of the file that is open */
};

/* dialog.json (with the overlay of a locale merged in) to struct dialog. */
struct dialog *dialog_load(struct loading *l, struct node *file, struct sv folder,
    const struct language *lang);
struct grid *grid_load(struct loading *l, struct node *file, struct sv locale);

void choices_load(struct loading *l, struct node *list, struct sv locale,
    struct choice_def **choices, size_t *n);
bool duration_parse(struct sv s, int *seconds);         /* "20m" "90s" "72h" "3d" */
int duration_get(struct node *owner, const char *key, int def);
size_t words_get(struct node *owner, const char *key, struct sv **out, struct arena *a);
size_t pairs_get(struct node *owner, const char *key, struct pair **out, struct arena *a);
size_t phrases_get(struct loading *l, struct node *owner, const char *key, struct sv locale,
    unsigned views, struct sv **texts, uint32_t **phrases);
const struct source *source_find(const struct loading *l, const char *path);

#endif
