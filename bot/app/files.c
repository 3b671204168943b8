#include "app/files.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "engine/script.h"
#include "language/weights.h"

enum {
	MAX_FILE = 8 << 20,             /* the reader of JSON refuses much less, with advice */
	MAX_FILES = 20000,
};

static bool has_ending(const char *name, const char *endings)
{
	const char *dot = strrchr(name, '.');
	struct sv rest = sv_from(endings), one;

	while (dot && sv_split(&rest, ' ', &one))
		if (sv_is(one, dot + 1))
			return true;
	return false;
}

/* Not more than a byte over the limit: enough for the reader to see that it is
 * too long. */
static bool slurp(const char *path, off_t size, struct str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, room;

	if (fd < 0)
		return false;
	/* a byte more than its size: so one read sees the end as well */
	str_reserve(out, (size_t)(size < MAX_FILE ? size : MAX_FILE) + 1);
	do {
		str_reserve(out, 1);
		room = (ssize_t)(out->cap - out->n - 1);
		n = read(fd, out->p + out->n, (size_t)room);
		if (n > 0)
			out->n += (size_t)n;
	} while (n == room && out->n <= MAX_FILE);
	out->p[out->n] = '\0';
	close(fd);
	return n >= 0;
}

static bool wanted(const char *name, const char *endings)
{
	return (strcmp(name, LANE_SENTENCES) != 0 && strcmp(name, INTENT_SENTENCES) != 0)
	    || strstr(endings, FILES_SENTENCES);
}

static void add_file(struct files *fs, const FTSENT *x, const char *path, const char *endings,
    struct findings *f)
{
	STR_AUTO text = STR_INIT;
	size_t n;

	errno = 0;
	if (wanted(x->fts_name, endings) && !slurp(x->fts_accpath, x->fts_statp->st_size, &text)) {
		findings_add(f, "E100", path, "", 0, "cannot be read: %s", strerror(errno));
		return;
	}
	n = text.n;
	GROW(fs->items, fs->n, fs->cap);
	fs->items[fs->n].path = xstrndup(path, strlen(path));
	fs->items[fs->n].text = (struct sv){ str_take(&text), n };
	fs->n++;
}

static const char *relative(const FTSENT *x, const char *dir)
{
	const char *path = x->fts_path + strlen(dir);

	while (*path == '/')
		path++;
	return path;
}

/* True: go into it. */
static void visit(struct files *fs, FTS *walk, FTSENT *x, const char *dir, const char *endings,
    struct findings *f)
{
	const char *path = relative(x, dir);

	if (x->fts_level > 0 && x->fts_name[0] == '.') {
		fts_set(walk, x, FTS_SKIP);
		return;
	}
	switch (x->fts_info) {
	case FTS_F:
		if (has_ending(x->fts_name, endings))
			add_file(fs, x, path, endings, f);
		break;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		findings_add(f, "E100", *path ? path : dir, "", 0, "cannot be read: %s",
		    strerror(x->fts_errno));
		break;
	case FTS_DC:
		findings_add(f, "E100", path, "", 0, "the folder leads back to itself");
		break;
	default:
		break;
	}
}

static int path_order(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	return strcmp(x->path, y->path);
}

bool files_read(struct files *fs, const char *dir, const char *endings, struct findings *f)
{
	char *roots[] = { (char *)dir, NULL };
	size_t before = f->errors;
	FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	FTSENT *x;

	*fs = (struct files){ 0 };
	if (!walk) {
		findings_add(f, "E100", dir, "", 0, "cannot be read: %s", strerror(errno));
		return false;
	}
	while ((x = fts_read(walk)) && fs->n < MAX_FILES)
		visit(fs, walk, x, dir, endings, f);
	fts_close(walk);
	if (fs->n == MAX_FILES)
		findings_add(f, "E100", dir, "", 0, "more than %d files", MAX_FILES);
	if (fs->n == 0 && f->errors == before)
		findings_add(f, "E100", dir, "", 0,
		    "no dialogs are in this folder -- name the one that holds lane/lane.json");
	if (fs->n)
		qsort(fs->items, fs->n, sizeof *fs->items, path_order);
	return f->errors == before;
}

void files_fini(struct files *fs)
{
	for (size_t i = 0; i < fs->n; i++) {
		free((char *)fs->items[i].path);
		free((char *)fs->items[i].text.p);
	}
	free(fs->items);
	*fs = (struct files){ 0 };
}

static void put_over(struct files *fs, const char *folder, struct source *from)
{
	STR_AUTO path = STR_INIT;
	size_t i = 0;

	str_addf(&path, "%s/%s", folder, from->path);
	while (i < fs->n && strcmp(fs->items[i].path, path.p) != 0)
		i++;
	if (i == fs->n) {
		GROW(fs->items, fs->n, fs->cap);
		fs->items[fs->n++] = (struct source){ str_take(&path), from->text };
	} else {
		free((char *)fs->items[i].text.p);
		fs->items[i].text = from->text;
	}
	from->text.p = NULL;            /* it lives on in fs */
}

bool files_override(struct files *fs, const char *folder, const char *dir, struct findings *f)
{
	struct files over;
	bool ok = files_read(&over, dir, "json", f);

	for (size_t i = 0; i < over.n; i++)
		put_over(fs, folder, &over.items[i]);
	files_fini(&over);
	return ok;
}

struct script *files_script(const char *dir, const char *endings, const char *help,
    struct findings *f)
{
	struct script *s = NULL;
	struct files fs;

	if (files_read(&fs, dir, endings, f)
	    && (!help || !*help || files_override(&fs, "help", help, f)))
		s = script_load(fs.items, fs.n, f);
	files_fini(&fs);
	return s;
}

const char *files_dialogs(const char *given)
{
	const char *env = getenv("ATTUNE_DIALOGS");

	if (given && *given)
		return given;
	if (env && *env)
		return env;
	return access("dialogs/lane/lane.json", R_OK) == 0 ? "dialogs" : ATTUNE_DIALOGS;
}

bool files_write(const char *path, struct sv text)
{
	STR_AUTO beside = STR_INIT;
	FILE *f;
	bool ok;

	str_addf(&beside, "%s.new", path);
	f = fopen(beside.p, "we");
	ok = f && fwrite(text.p, 1, text.n, f) == text.n;
	return f && fclose(f) == 0 && ok && rename(beside.p, path) == 0;
}

bool files_make_parents(const char *path, struct err *e)
{
	STR_AUTO part = STR_INIT;

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		str_clear(&part);
		str_add(&part, (struct sv){ path, (size_t)(slash - path) });
		if (mkdir(part.p, S_IRWXU) != 0 && errno != EEXIST)
			return err_set(e, ERR_IO, 0, "%s: %s", part.p, strerror(errno));
	}
	return true;
}

void files_own(struct str *out, const char *env, const char *fallback, const char *name)
{
	const char *base = getenv(env), *home = getenv("HOME");

	str_clear(out);
	if (base && *base)
		str_addf(out, "%s/attune/%s", base, name);
	else if (home && *home)
		str_addf(out, "%s/%s/attune/%s", home, fallback, name);
}
