#include "base/table.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/xalloc.h"

struct entry {
	struct sv name;
	uint64_t hash;
};

struct table {
	struct arena *arena;
	struct entry *entries;
	uint32_t n, cap;
	uint32_t *slots;        /* entry number + 1, 0 is free */
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
	free(t->entries);
	free(t->slots);
	free(t);
}

/* The slot that holds name, or the free one where it would go. */
static uint32_t probe(const struct table *t, struct sv name, uint64_t hash)
{
	uint32_t at = (uint32_t)(hash ^ hash >> 32) & t->mask;

	while (t->slots[at]) {
		const struct entry *e = &t->entries[t->slots[at] - 1];

		if (e->hash == hash && sv_eq(e->name, name))
			break;
		at = (at + 1) & t->mask;
	}
	return at;
}

static void rehash(struct table *t)
{
	free(t->slots);
	t->mask = t->mask * 2 + 1;
	t->slots = xcalloc((size_t)t->mask + 1, sizeof *t->slots);
	for (uint32_t i = 0; i < t->n; i++)
		t->slots[probe(t, t->entries[i].name, t->entries[i].hash)] = i + 1;
}

uint32_t table_add(struct table *t, struct sv name)
{
	uint64_t hash = sv_hash(name);
	uint32_t at = probe(t, name, hash);

	if (t->slots[at])
		return t->slots[at] - 1;
	GROW(t->entries, t->n, t->cap);
	t->entries[t->n] = (struct entry){ arena_sv(t->arena, name), hash };
	t->slots[at] = ++t->n;
	if (t->n > t->mask / 2)
		rehash(t);
	return t->n - 1;
}

uint32_t table_find(const struct table *t, struct sv name)
{
	uint32_t at = probe(t, name, sv_hash(name));

	return t->slots[at] ? t->slots[at] - 1 : TABLE_NONE;
}

struct sv table_name(const struct table *t, uint32_t id)
{
	return id < t->n ? t->entries[id].name : (struct sv){ "", 0 };
}

uint32_t table_count(const struct table *t)
{
	return t->n;
}

void table_seal(struct table *t)
{
	SHRINK(t->entries, t->n, t->cap);
}
