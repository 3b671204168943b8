/* arena.h - memory with one lifetime: allocate freely, free all at once.
 *
 * Two of the program's three lifetimes are arenas: the script (immutable, freed
 * when swapped) and the turn (freed after its effects are executed). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Private, and here only so that what fits is given out in a few instructions. */
struct arena {
	unsigned char *at, *end;        /* what is left of the top */
	struct block *top;
	struct block *spare;    /* wiped, of any size */
	size_t spare_bytes;
	struct arena *inner;
	size_t block;                   /* what a block holds */
};

struct arena *arena_create(void);
/* For much that lives long, or goes all at once: larger blocks, so that what is freed
 * between them goes back to the system. */
struct arena *arena_create_large(void);
void arena_destroy(struct arena *a);        /* wipes it; NULL is fine */
void arena_drop(struct arena *a);           /* does not: for what no person wrote */
/* One more in it, the same each time: for what goes before the rest does. */
struct arena *arena_inner(struct arena *a);
void arena_reset(struct arena *a);          /* forgets all, wipes it, keeps a few blocks */
void *arena_more(struct arena *a, size_t size);     /* the same, out of another block */
/* Zeroed, aligned for all but long double. */
static inline void *arena_alloc(struct arena *a, size_t size)
{
	uintptr_t p = ((uintptr_t)a->at + 7) & ~(uintptr_t)7;

	if (size >= (uintptr_t)a->end - p)
		return arena_more(a, size);
	a->at = (unsigned char *)p + size;
	return (unsigned char *)p;
}
void *arena_copy(struct arena *a, const void *p, size_t size);
struct sv arena_sv(struct arena *a, struct sv s);  /* a copy, with a NUL after it */
const char *arena_str(struct arena *a, struct sv s);
const char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), (size_t)(n) * sizeof(type)))

#endif
