#include "base/table.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/xalloc.h"

/* Half of the hash stands here: most names that are another are never looked at. */
struct slot {
	uint32_t entry;         /* number + 1, 0 is free */
	uint32_t hash;
};

struct table {
	struct arena *arena;
	struct sv *names;
	uint32_t n, cap;
	struct slot *slots;
	uint32_t mask;
};

struct table *table_create(void)
{
	struct table *t = xcalloc(1, sizeof *t);

	t->arena = arena_create();
	t->mask = 63;
	t->slots = xcalloc(t->mask + 1, sizeof *t->slots);
	return t;
}

void table_destroy(struct table *t)
{
	if (!t)
		return;
	arena_drop(t->arena);
	free(t->names);
	free(t->slots);
	free(t);
}

static uint32_t hash_of(struct sv name)
{
	uint64_t hash = sv_hash(name);

	return (uint32_t)(hash ^ hash >> 32);
}

/* The slot that holds name, or the free one where it would go. */
static struct slot *probe(const struct table *t, struct sv name, uint32_t hash)
{
	uint32_t at = hash & t->mask;

	while (t->slots[at].entry && (t->slots[at].hash != hash
	    || !sv_eq(t->names[t->slots[at].entry - 1], name)))
		at = (at + 1) & t->mask;
	return &t->slots[at];
}

static void rehash(struct table *t)
{
	struct slot *old = t->slots;
	uint32_t n = t->mask;

	t->mask = t->mask * 2 + 1;
	t->slots = xcalloc((size_t)t->mask + 1, sizeof *t->slots);
	for (uint32_t i = 0; i <= n; i++) {
		uint32_t at = old[i].hash & t->mask;

		while (old[i].entry && t->slots[at].entry)
			at = (at + 1) & t->mask;
		if (old[i].entry)
			t->slots[at] = old[i];
	}
	free(old);
}

uint32_t table_add(struct table *t, struct sv name)
{
	uint32_t hash = hash_of(name);
	struct slot *s = probe(t, name, hash);

	if (s->entry)
		return s->entry - 1;
	GROW(t->names, t->n, t->cap);
	t->names[t->n] = arena_sv(t->arena, name);
	*s = (struct slot){ ++t->n, hash };
	if (t->n > t->mask / 3 * 2)
		rehash(t);
	return t->n - 1;
}

uint32_t table_find(const struct table *t, struct sv name)
{
	return probe(t, name, hash_of(name))->entry - 1;        /* none: TABLE_NONE */
}

struct sv table_name(const struct table *t, uint32_t id)
{
	return id < t->n ? t->names[id] : (struct sv){ "", 0 };
}

uint32_t table_count(const struct table *t)
{
	return t->n;
}

void table_seal(struct table *t)
{
	SHRINK(t->names, t->n, t->cap);
}
