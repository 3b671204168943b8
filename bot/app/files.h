/* app/files.h - a tree of dialogs, from disk into memory.
 *
 * The core opens no file: it is given them all. */
#ifndef APP_FILES_H
#define APP_FILES_H

#include "base/err.h"
#include "base/findings.h"
#include "base/json.h"

struct files {
	struct source *items;           /* by path */
	size_t n, cap;
};

/* Reads every file under dir whose name ends in one of the endings ("json tsv").
 * Hidden files are left out.  False, with findings, when one cannot be read. */
bool files_read(struct files *fs, const char *dir, const char *endings, struct findings *f);
/* The files of dir take the place of those of the same name in a folder of fs, or
 * are added to it: what the people who run it put over what is shipped. */
bool files_override(struct files *fs, const char *folder, const char *dir, struct findings *f);
void files_fini(struct files *fs);

struct script;

/* The script of a tree, with the files of help (NULL or "" none) put over its help/.
 * endings as in files_read().  NULL, with findings, when it is unsound. */
struct script *files_script(const char *dir, const char *endings, const char *help,
    struct findings *f);

/* What script_load() wants.  The sentences that weights are learned from are known by
 * name and left empty, unless they are asked for: only `attune learn` and `attune check`
 * read them. */
#define FILES_SCRIPT "json tsv txt"
#define FILES_SENTENCES " sentences"

/* Which tree: given, else $ATTUNE_DIALOGS, else ./dialogs when it has a
 * lane/lane.json, else the installed one.  Borrowed. */
const char *files_dialogs(const char *given);

/* Writes it beside first, then in its place: never half a file. */
bool files_write(const char *path, struct sv text);

/* Makes the folder of a file and those above it, for the owner only. */
bool files_make_parents(const char *path, struct err *e);
/* A file of the person who runs the program: $ENV/attune/NAME, else
 * $HOME/FALLBACK/attune/NAME.  Empty when neither is set. */
void files_own(struct str *out, const char *env, const char *fallback, const char *name);

#endif
