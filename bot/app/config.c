#include "app/config.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

enum {
	MAX_CONFIG = 65536,
	MAX_PASSWORD = 1024,
};

enum key_kind {
	KEY_TEXT,
	KEY_PATH,                       /* from the folder of the file, unless absolute */
	KEY_JID,
	KEY_NUMBER,                     /* low to high */
	KEY_WORD,                       /* its place in words */
};

struct key {
	const char *section, *name;
	enum key_kind kind;
	size_t at;                      /* offset in struct config */
	const char *words;
	int low, high;
};

#define AT(member) offsetof(struct config, member)

/* attune.conf.example explains each one.
 * ORDER: words as enum config_tls, no/yes, enum log_level */
static const struct key keys[] = {
	{ "account", "jid", KEY_JID, AT(account.jid), NULL, 0, 0 },
	{ "account", "password_file", KEY_PATH, AT(account.password_file), NULL, 0, 0 },
	{ "account", "resource", KEY_TEXT, AT(account.resource), NULL, 0, 0 },
	{ "account", "server", KEY_TEXT, AT(account.server), NULL, 0, 0 },
	{ "account", "port", KEY_NUMBER, AT(account.port), NULL, 1, 65535 },
	{ "account", "tls", KEY_WORD, AT(account.tls), "starttls direct", 0, 0 },
	{ "account", "ca_file", KEY_PATH, AT(account.ca_file), NULL, 0, 0 },
	{ "store", "path", KEY_PATH, AT(store.path), NULL, 0, 0 },
	{ "store", "retention_days", KEY_NUMBER, AT(store.retention_days), NULL, 1, 365 },
	{ "dialogs", "path", KEY_PATH, AT(dialogs.path), NULL, 0, 0 },
	{ "dialogs", "help", KEY_PATH, AT(dialogs.help), NULL, 0, 0 },
	{ "dialogs", "locale", KEY_TEXT, AT(dialogs.locale), NULL, 0, 0 },
	{ "people", "watched", KEY_WORD, AT(people.watched), "no yes", 0, 0 },
	{ "people", "contact", KEY_TEXT, AT(people.contact), NULL, 0, 0 },
	{ "log", "level", KEY_WORD, AT(log.level), "error warning info debug", 0, 0 },
};

struct parse {
	struct config *c;
	const char *name;               /* of the file */
	struct sv rest;
	int line;
	bool given[COUNT(keys)];
	struct err *e;
	bool failed;
};

/* Only the first fault is told; the library reads on. */
static int refuse(struct parse *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int refuse(struct parse *p, const char *fmt, ...)
{
	STR_AUTO why = STR_INIT;
	va_list ap;

	if (p->failed)
		return 0;
	p->failed = true;
	va_start(ap, fmt);
	str_addv(&why, fmt, ap);
	va_end(ap);
	err_set(p->e, ERR_CONFIG, p->line, "%s:%d: %s", p->name, p->line, why.p);
	return 0;
}

/* --- the nearest known name --- */

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* How many letters to change, add or leave out; names are short. */
static size_t distance(const char *a, const char *b)
{
	enum { LONGEST = 24 };
	size_t row[LONGEST + 1], n = strlen(b);

	if (n > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t up = row[j + 1];

			row[j + 1] = smallest(up + 1, row[j] + 1, corner + (a[i] != b[j]));
			corner = up;
		}
	}
	return row[n];
}

static const struct key *nearest_section(const char *section)
{
	const struct key *best = &keys[0];

	for (size_t i = 1; i < COUNT(keys); i++)
		if (distance(section, keys[i].section) < distance(section, best->section))
			best = &keys[i];
	return best;
}

/* The same name in another section is nearer than any other name in this one. */
static const struct key *nearest_key(const char *section, const char *name)
{
	const struct key *best = NULL;

	for (size_t i = 0; i < COUNT(keys); i++) {
		const struct key *k = &keys[i];

		if (strcmp(name, k->name) == 0)
			return k;
		if (strcmp(section, k->section) == 0 &&
		    (!best || distance(name, k->name) < distance(name, best->name)))
			best = k;
	}
	return best;
}

static const struct key *find_key(const char *section, const char *name)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(section, keys[i].section) == 0 && strcmp(name, keys[i].name) == 0)
			return &keys[i];
	return NULL;
}

static bool is_section(const char *section)
{
	return strcmp(nearest_section(section)->section, section) == 0;
}

static int refuse_key(struct parse *p, const char *section, const char *name)
{
	const struct key *near = nearest_key(section, name);

	if (!near)
		return refuse(p, "\"%s\" stands before the first [section]", name);
	if (strcmp(near->section, section) != 0)
		return refuse(p, "\"%s\" belongs under [%s]", name, near->section);
	return refuse(p, "unknown key \"%s\" under [%s]; the nearest is \"%s\"", name, section,
	    near->name);
}

/* --- values --- */

static char *from_folder(const char *file, const char *value)
{
	const char *slash = strrchr(file, '/');
	STR_AUTO s = STR_INIT;

	if (slash && value[0] != '/' && value[0] != '\0')
		str_add(&s, (struct sv){ file, (size_t)(slash - file) + 1 });
	str_addz(&s, value);
	return s.n ? str_take(&s) : xstrndup("", 0);
}

static void set_text(struct config *c, const struct key *k, char *value)
{
	char **at = (char **)((char *)c + k->at);

	free(*at);
	*at = value;
}

static void set_number(struct config *c, const struct key *k, int value)
{
	*(int *)((char *)c + k->at) = value;
}

static bool is_bare_jid(const char *value)
{
	const char *at = strchr(value, '@');

	return at && at > value && at[1] && !strchr(at + 1, '@') && !strpbrk(value, "/ \t\"'<>&");
}

static int take_number(struct parse *p, const struct key *k, const char *value)
{
	int64_t n;

	if (!sv_int(sv_from(value), &n) || n < k->low || n > k->high)
		return refuse(p, "%s is a number from %d to %d, not \"%s\"", k->name, k->low,
		    k->high, value);
	set_number(p->c, k, (int)n);
	return 1;
}

static int take_word(struct parse *p, const struct key *k, const char *value)
{
	struct sv rest = sv_from(k->words), word;

	for (int i = 0; sv_split(&rest, ' ', &word); i++)
		if (sv_is(word, value)) {
			set_number(p->c, k, i);
			return 1;
		}
	return refuse(p, "%s is one of: %s; not \"%s\"", k->name, k->words, value);
}

static int take(struct parse *p, const struct key *k, const char *value)
{
	switch (k->kind) {
	case KEY_TEXT:
		set_text(p->c, k, xstrndup(value, strlen(value)));
		return 1;
	case KEY_PATH:
		set_text(p->c, k, from_folder(p->name, value));
		return 1;
	case KEY_JID:
		if (!is_bare_jid(value))
			return refuse(p, "%s looks like name@example.org, not \"%s\"", k->name,
			    value);
		set_text(p->c, k, xstrndup(value, strlen(value)));
		return 1;
	case KEY_NUMBER:
		return take_number(p, k, value);
	case KEY_WORD:
		return take_word(p, k, value);
	}
	return 0;
}

/* --- the file --- */

static int on_pair(void *user, const char *section, const char *name, const char *value)
{
	struct parse *p = user;
	const struct key *k = find_key(section, name);

	if (p->failed)
		return 0;
	if (!k)
		return refuse_key(p, section, name);
	if (p->given[k - keys])
		return refuse(p, "\"%s\" is given twice", name);
	p->given[k - keys] = true;
	return take(p, k, value ? value : "");
}

static void check_section(struct parse *p, struct sv line)
{
	STR_AUTO name = STR_INIT;
	const char *end = memchr(line.p, ']', line.n);

	if (!end) {
		refuse(p, "the [section] has no ]");
		return;
	}
	str_add(&name, (struct sv){ line.p + 1, (size_t)(end - line.p) - 1 });
	if (!is_section(name.p))
		refuse(p, "unknown section [%s]; the nearest is [%s]", name.p,
		    nearest_section(name.p)->section);
}

/* One line for the library, which keeps no line numbers.  Space in front is
 * dropped: there it would continue the line before. */
static char *next_line(char *out, int room, void *stream)
{
	struct parse *p = stream;
	struct sv line;

	if (p->failed || !p->rest.p || p->rest.n == 0 || !sv_split(&p->rest, '\n', &line))
		return NULL;
	p->line++;
	line = sv_trim(line);
	if (line.n && memchr(line.p, '\0', line.n))
		refuse(p, "the line holds a zero byte");
	else if (line.n + 2 > (size_t)room)
		refuse(p, "the line is longer than %d characters", room - 2);
	else if (line.n && line.p[0] == '[')
		check_section(p, line);
	if (p->failed)
		return NULL;
	memcpy(out, line.p, line.n);
	memcpy(out + line.n, "\n", 2);
	return out;
}

static void set_defaults(struct config *c)
{
	const char *state = getenv("STATE_DIRECTORY");
	STR_AUTO path = STR_INIT;

	*c = (struct config){ 0 };
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].kind <= KEY_JID)
			set_text(c, &keys[i], xstrndup("", 0));
	str_addf(&path, "%s/attune.db", state && *state ? state : "/var/lib/attune");
	set_text(c, find_key("store", "path"), str_take(&path));
	set_text(c, find_key("account", "resource"), xstrndup("attune", 6));
	c->store.retention_days = 30;
	c->log.level = LOG_LEVEL_INFO;
}

bool config_parse(struct config *c, const char *name, struct sv text, struct err *e)
{
	struct parse p = { .c = c, .name = name, .rest = text, .e = e };
	int line;

	set_defaults(c);
	line = ini_parse_stream(next_line, &p, on_pair, &p);
	if (line > 0 && !p.failed) {
		p.line = line;
		refuse(&p, "neither [section] nor key = value");
	}
	return !p.failed && line == 0;
}

static bool read_file(const char *path, size_t most, struct str *out, struct stat *st,
    struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char part[4096];
	ssize_t n = 0;

	if (fd < 0 || fstat(fd, st) != 0)
		goto fail;
	if (!S_ISREG(st->st_mode)) {
		errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
		goto fail;
	}
	/* Once: a buffer that grows leaves copies of a password behind. */
	str_reserve(out, most + sizeof part);
	while (out->n <= most && (n = read(fd, part, sizeof part)) > 0)
		str_add(out, (struct sv){ part, (size_t)n });
	explicit_bzero(part, sizeof part);
	if (n < 0)
		goto fail;
	close(fd);
	return out->n <= most || err_set(e, ERR_CONFIG, 0, "%s: longer than %zu bytes", path, most);
fail:
	err_set(e, ERR_CONFIG, 0, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return false;
}

bool config_load(struct config *c, const char *path, struct err *e)
{
	STR_AUTO text = STR_INIT;
	struct stat st;

	set_defaults(c);
	if (!read_file(path, MAX_CONFIG, &text, &st, e))
		return false;
	config_fini(c);
	return config_parse(c, path, str_sv(&text), e);
}

void config_fini(struct config *c)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].kind <= KEY_JID)
			set_text(c, &keys[i], NULL);
}

const char *config_find(const char *given)
{
	if (given && *given)
		return given;
	return access("attune.conf", F_OK) == 0 ? "attune.conf" : "/etc/attune/attune.conf";
}

/* --- the password --- */

static bool first_line(const char *path, struct str *out, struct err *e)
{
	struct sv rest = str_sv(out), line;

	sv_split(&rest, '\n', &line);
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n == 0)
		return err_set(e, ERR_CONFIG, 0, "%s: the first line is empty", path);
	if (memchr(line.p, '\0', line.n))
		return err_set(e, ERR_CONFIG, 0, "%s: holds a zero byte", path);
	explicit_bzero(out->p + line.n, out->n - line.n);
	str_cut(out, line.n);
	return true;
}

bool config_password(const struct config *c, struct str *out, struct err *e)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	const char *path = c->account.password_file;
	STR_AUTO credential = STR_INIT;
	struct stat st;

	str_clear(out);
	if (!*path && !(folder && *folder))
		return err_set(e, ERR_CONFIG, 0,
		    "no password: set password_file under [account], or the credential xmpp-password");
	if (!*path)
		str_addf(&credential, "%s/xmpp-password", folder);
	if (!read_file(*path ? path : credential.p, MAX_PASSWORD, out, &st, e))
		return false;
	/* The service manager guards its credentials itself. */
	if (*path && (st.st_mode & (S_IRWXG | S_IRWXO)))
		return err_set(e, ERR_CONFIG, 0, "%s: others may read it; chmod 600 it first", path);
	return first_line(*path ? path : credential.p, out, e);
}
