#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { BLOCK = 16 * 1024, LARGE = 8 * BLOCK, SPARE = 1024 * 1024, ALIGN = 8 };

/* All bytes of a block that are not given out are zero. */
struct block {
	struct block *next;
	size_t used, size;
	alignas(ALIGN) unsigned char bytes[];
};

/* A spare block that is no more than twice as large as it must be, or a new one. */
static struct block *new_block(struct arena *a, size_t size)
{
	struct block **at = &a->spare, *b;

	while (*at && ((*at)->size < size || (*at)->size / 2 > size))
		at = &(*at)->next;
	b = *at;
	if (b) {
		*at = b->next;
		a->spare_bytes -= b->size;
	} else {
		size = (size + ALIGN - 1) / ALIGN * ALIGN;
		b = xcalloc(1, sizeof *b + size);
		b->size = size;
	}
	return b;
}

/* How much of the top is given out, noted before another one takes its place. */
static void close_top(struct arena *a)
{
	if (a->top)
		a->top->used = (size_t)(a->at - a->top->bytes);
}

/* For what does not fit into the top: what is large stands below it, so that the rest
 * of the top is not lost. */
void *arena_more(struct arena *a, size_t size)
{
	bool below = a->top && size > BLOCK / 4;
	struct block *b, **at = below ? &a->top->next : &a->top;

	if (size > SIZE_MAX / 2)
		abort();
	b = new_block(a, below || size > a->block ? size : a->block);
	if (!below)
		close_top(a);
	b->next = *at;
	b->used = size;
	*at = b;
	if (!below) {
		a->at = b->bytes + size;
		a->end = b->bytes + b->size;
	}
	return b->bytes;
}

static void pop(struct arena *a)
{
	struct block *b = a->top;

	a->top = b->next;
	explicit_bzero(b->bytes, b->used);
	if (a->spare_bytes + b->size > SPARE) {
		free(b);
		return;
	}
	b->used = 0;
	b->next = a->spare;
	a->spare = b;
	a->spare_bytes += b->size;
}

static struct arena *create(size_t block)
{
	struct arena *a = xcalloc(1, sizeof *a);

	a->block = block;
	return a;
}

struct arena *arena_create(void)
{
	return create(BLOCK);
}

struct arena *arena_create_large(void)
{
	return create(LARGE);
}

static void free_all(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
}

void arena_drop(struct arena *a)
{
	if (!a)
		return;
	arena_drop(a->inner);
	free_all(a->top);
	free_all(a->spare);
	free(a);
}

void arena_destroy(struct arena *a)
{
	if (a)
		arena_reset(a);
	arena_drop(a);
}

struct arena *arena_inner(struct arena *a)
{
	if (!a->inner)
		a->inner = arena_create();
	return a->inner;
}

void arena_reset(struct arena *a)
{
	if (a->inner)
		arena_reset(a->inner);
	close_top(a);
	while (a->top)
		pop(a);
	a->at = a->end = NULL;
}

void *arena_copy(struct arena *a, const void *p, size_t size)
{
	void *copy = arena_alloc(a, size);

	if (size)
		memcpy(copy, p, size);
	return copy;
}

struct sv arena_sv(struct arena *a, struct sv s)
{
	return (struct sv){ arena_str(a, s), s.n };
}

const char *arena_str(struct arena *a, struct sv s)
{
	bool fits = s.n + 1 < (size_t)(a->end - a->at);
	char *p = fits ? (char *)a->at : arena_more(a, s.n + 1);        /* letters need no alignment */

	if (fits)
		a->at += s.n + 1;
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
	STR_AUTO s = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&s, fmt, ap);
	va_end(ap);
	return arena_str(a, str_sv(&s));
}
