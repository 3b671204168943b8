/* What was found out about a text: the words of a message come again and again. */
#include "text/inner.h"

#include <string.h>

enum { FIRST_SLOTS = 16 };

struct memo_slot { struct sv text; uint32_t hash, kind; void *value; };

static uint32_t hash_of(uint32_t kind, struct sv s)
{
	uint64_t h = kind + s.n, eight;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&eight, s.p + i, 8);
		h = (h ^ eight) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	eight = 0;
	memcpy(&eight, s.p + i, s.n - i);
	h = (h ^ eight) * 0x9e3779b97f4a7c15ULL;
	return (uint32_t)(h >> 32);
}

struct memo *memo_create(struct arena *a)
{
	struct memo *m = ARENA_NEW(a, struct memo);

	*m = (struct memo){ a, ARENA_ARRAY(a, struct memo_slot, FIRST_SLOTS), FIRST_SLOTS - 1, 0 };
	return m;
}

static void grow(struct memo *m)
{
	struct memo_slot *old = m->slots;
	uint32_t n = m->mask + 1;

	m->mask = 2 * n - 1;
	m->slots = ARENA_ARRAY(m->arena, struct memo_slot, 2 * n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = old[i].hash & m->mask;

		while (old[i].text.p && m->slots[at].text.p)
			at = (at + 1) & m->mask;
		if (old[i].text.p)
			m->slots[at] = old[i];
	}
}

void **memo_at(struct memo *m, uint32_t kind, struct sv text)
{
	uint32_t hash = hash_of(kind, text), at = hash & m->mask;
	struct memo_slot *s;

	for (; (s = &m->slots[at])->text.p; at = (at + 1) & m->mask)
		if (s->hash == hash && s->kind == kind && s->text.n == text.n
		    && memcmp(s->text.p, text.p, text.n) == 0)
			return &s->value;
	if (++m->n > m->mask / 2) {
		grow(m);
		for (at = hash & m->mask; m->slots[at].text.p; )
			at = (at + 1) & m->mask;
	}
	s = &m->slots[at];
	*s = (struct memo_slot){ arena_sv(m->arena, text), hash, kind, NULL };
	return &s->value;
}
