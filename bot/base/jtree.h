/* jtree.h - a JSON text as a tree in an arena: for the files of the dialogs, all of
 * which are read at each start.
 *
 * jansson allocates each value and turns each byte over several times, which was a
 * third of the start; here a value is a place in an array and a string stays where it
 * was in a copy of the text.  It takes what jansson takes, but for NUL bytes and whole
 * numbers of more than 18 digits; real numbers have no value.  It says no more than
 * yes or no: jansson names the fault. */
#ifndef BASE_JTREE_H
#define BASE_JTREE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/str.h"

struct jtree {
	const char *key;        /* NULL: not in an object */
	uint32_t n;             /* bytes of a string, items of an array, members of an object */
	uint32_t type;          /* json_type */
	union {
		const char *text;       /* a NUL behind it, none in it */
		int64_t number;         /* of an integer */
		struct jtree *kids;     /* in the order of the file */
	};
};

enum { JTREE_DEPTH = 32, JTREE_VALUES = 65536 };
enum jtree_result {
	JTREE_READ,
	JTREE_UNSOUND,          /* no JSON: an array or object, valid UTF-8, no key twice */
	JTREE_LARGE,            /* more levels or values than that */
};

/* Copies the text. */
enum jtree_result jtree_read(struct sv text, struct arena *a, struct jtree *out);

/* A member of an object; NULL when it has none of that name, or is no object. */
const struct jtree *jtree_get(const struct jtree *object, const char *key);
/* Puts a value in place of the member of that name, or behind the others. */
void jtree_put(struct jtree *object, const char *key, const struct jtree *value, struct arena *a);
/* "" unless it is a string; NULL is none. */
struct sv jtree_text(const struct jtree *t);

#endif
