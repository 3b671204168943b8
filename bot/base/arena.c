#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { BLOCK = 16 * 1024 };

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *top;
};

static struct block *block_create(struct block *next, size_t size)
{
	struct block *b = xmalloc(sizeof *b + size);

	b->next = next;
	b->used = 0;
	b->size = size;
	return b;
}

static void block_destroy(struct block *b)
{
	explicit_bzero(b->bytes, b->used);
	free(b);
}

struct arena *arena_create(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_destroy(struct arena *a)
{
	if (!a)
		return;
	while (a->top) {
		struct block *next = a->top->next;

		block_destroy(a->top);
		a->top = next;
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	while (a->top && a->top->next) {
		struct block *next = a->top->next;

		block_destroy(a->top);
		a->top = next;
	}
	if (a->top) {
		explicit_bzero(a->top->bytes, a->top->used);
		a->top->used = 0;
	}
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t align = alignof(max_align_t);
	unsigned char *p;

	if (size > SIZE_MAX / 2)
		abort();
	size = (size + align - 1) / align * align;
	if (!a->top || a->top->size - a->top->used < size)
		a->top = block_create(a->top, size > BLOCK ? size : BLOCK);
	p = a->top->bytes + a->top->used;
	a->top->used += size;
	return memset(p, 0, size);
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
	char *p = arena_alloc(a, s.n + 1);

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
