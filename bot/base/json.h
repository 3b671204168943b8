/* json.h - reading author files, with faults an author can act on.
 *
 * A struct node is a JSON value together with the file and the path that led
 * to it ("steps[cam].choices[2]"), so each complaint says where.  Getters
 * accept only the right type, record a finding otherwise and give a default.
 * node_done() reports keys that nobody asked for: a misspelled key is an error,
 * never silently ignored.  The key "//" is a note and always allowed. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/findings.h"
#include "base/jtree.h"
#include "base/str.h"

struct source {                 /* one file of the tree, in memory */
	const char *path;       /* relative to the tree: "lang/en/grammar.json" */
	struct sv text;
};

/* The way to a value, written out only when somebody complains. */
struct spot {
	const struct spot *up;
	const char *key;        /* borrowed: a literal or the tree's own; NULL: an item */
	size_t index;           /* of an item */
	const struct jtree *value;      /* an item is named by its "id", where it has one */
};

struct node {
	const struct jtree *value;      /* in the reader's arena; NULL when absent */
	const struct spot *spot;        /* in the reader's arena; NULL at the top */
	struct reader *reader;
	uint64_t seen;          /* which of the object's keys were asked for */
};

struct reader {
	const struct source *source;
	struct findings *findings;
	struct arena *arena;
	struct jtree root;
	const char *place;      /* "dialog say": put before the path in findings */
};

/* Limits: 1 MiB, 32 levels, 65,536 values, valid UTF-8, no duplicate keys.  The tree lies
 * in the arena. */
bool reader_init(struct reader *r, const struct source *src, struct arena *a,
    struct findings *f);
struct node reader_root(struct reader *r);

/* "steps[cam].choices[2]", in the arena; "" at the top. */
const char *node_path(const struct node *n, struct arena *a);

bool node_is(const struct node *n, json_type type);
bool node_has(struct node *n, const char *key);            /* marks it as seen */
struct node node_get(struct node *object, const char *key); /* absent: value NULL */
struct node node_at(const struct node *array, size_t i);
size_t node_count(const struct node *n);                   /* array or object; else 0 */
/* Walks an object's members in file order, "//" left out:
 *   for (size_t i = 0; node_member(&n, &i, &key, &child); ) ... */
bool node_member(const struct node *object, size_t *i, const char **key,
    struct node *child);

/* Values are borrowed from the tree; copy what outlives it. */
struct sv node_sv(const struct node *n);                   /* "" unless a string */
int64_t node_number(const struct node *n);                 /* 0 unless a whole number */
struct sv node_text(struct node *object, const char *key, bool required);
int64_t node_int(struct node *object, const char *key, int64_t def);
bool node_bool(struct node *object, const char *key, bool def);
void node_done(struct node *object);                       /* unknown keys: E102 */
void node_bad(const struct node *n, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
