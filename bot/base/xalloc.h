/* xalloc.h - allocation that does not fail: exhaustion ends the program.
 *
 * The store is transactional and nothing is acknowledged before it is saved,
 * so dying is safe and removes hundreds of branches that no test reaches.
 * All functions return memory for free(3). */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *p, size_t count, size_t size);
char *xstrndup(const char *p, size_t n);   /* adds the NUL */

/* Grows *items so that index used fits; capacity doubles. */
#define GROW(items, used, capacity)                                            \
	do {                                                                   \
		if ((used) >= (capacity)) {                                    \
			(capacity) = (capacity) ? 2 * (capacity) : 8;          \
			(items) = xreallocarray((items), (capacity),           \
			    sizeof *(items));                                  \
		}                                                              \
	} while (0)

/* Gives back the room of an array that will not grow any more. */
#define SHRINK(items, used, capacity)                                          \
	do {                                                                   \
		(capacity) = (used) ? (used) : 1;                              \
		(items) = xreallocarray((items), (capacity), sizeof *(items)); \
	} while (0)

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#endif
