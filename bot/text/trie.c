#include "text/inner.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* State 0 is nowhere; states 1 .. LOCALES_MAX are the roots of the locales. */

void trie_init(struct trie *t)
{
	t->mask = 255;
	t->keys = xcalloc(t->mask + 1, sizeof *t->keys);
	t->to = xcalloc(t->mask + 1, sizeof *t->to);
	t->n_states = LOCALES_MAX + 1;
	t->cap_states = 2 * t->n_states;
	t->outs = xcalloc(t->cap_states, sizeof *t->outs);
}

void trie_fini(struct trie *t)
{
	free(t->keys);
	free(t->to);
	free(t->ways);
	free(t->first);
	free(t->outs);
	free(t->pool);
}

uint32_t trie_root(uint16_t locale)
{
	return locale + 1U;
}

static uint32_t probe(const struct trie *t, uint64_t key)
{
	uint32_t at = (uint32_t)(key * 0x9E3779B97F4A7C15ULL >> 32) & t->mask;

	while (t->keys[at] && t->keys[at] != key)
		at = (at + 1) & t->mask;
	return at;
}

uint32_t trie_step(const struct trie *t, uint32_t state, uint32_t sym)
{
	uint32_t low = t->first[state], high = t->first[state + 1], end = high;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (t->ways[mid].sym < sym)
			low = mid + 1;
		else
			high = mid;
	}
	return low < end && t->ways[low].sym == sym ? t->ways[low].to : 0;
}

static int by_symbol(const void *a, const void *b)
{
	const struct trie_way *x = a, *y = b;

	return (x->sym > y->sym) - (x->sym < y->sym);
}

void trie_seal(struct trie *t)
{
	uint32_t from = 0;

	t->first = xcalloc(t->n_states + 2, sizeof *t->first);
	t->ways = xcalloc(t->n + 1, sizeof *t->ways);
	for (uint32_t i = 0; i <= t->mask; i++)
		t->first[(t->keys[i] >> 32) + 2] += t->keys[i] != 0;
	for (uint32_t s = 0; s < t->n_states; s++)
		t->first[s + 2] += t->first[s + 1];
	/* first[s + 1] is where the next way of s goes, and in the end where s ends */
	for (uint32_t i = 0; i <= t->mask; i++)
		if (t->keys[i])
			t->ways[t->first[(t->keys[i] >> 32) + 1]++] =
			    (struct trie_way){ (uint32_t)t->keys[i], t->to[i] };
	for (uint32_t s = 0; s < t->n_states; from = t->first[++s])
		if (t->first[s + 1] - from > 1)
			qsort(t->ways + from, t->first[s + 1] - from, sizeof *t->ways, by_symbol);
	free(t->keys);
	free(t->to);
	t->keys = NULL;
	t->to = NULL;
}

static void grow(struct trie *t)
{
	struct trie old = *t;

	t->mask = 2 * t->mask + 1;
	t->keys = xcalloc((size_t)t->mask + 1, sizeof *t->keys);
	t->to = xcalloc((size_t)t->mask + 1, sizeof *t->to);
	for (uint32_t i = 0; i <= old.mask; i++)
		if (old.keys[i]) {
			uint32_t at = probe(t, old.keys[i]);

			t->keys[at] = old.keys[i];
			t->to[at] = old.to[i];
		}
	free(old.keys);
	free(old.to);
}

static uint32_t follow(struct trie *t, uint32_t state, uint32_t sym)
{
	uint64_t key = (uint64_t)state << 32 | sym;
	uint32_t at = probe(t, key);

	if (t->keys[at])
		return t->to[at];
	if (t->n++ > t->mask / 2) {
		grow(t);
		at = probe(t, key);
	}
	GROW(t->outs, t->n_states, t->cap_states);
	t->outs[t->n_states] = 0;
	t->keys[at] = key;
	t->to[at] = t->n_states;
	return t->n_states++;
}

void trie_add(struct trie *t, uint32_t root, const uint32_t *syms, size_t n,
    uint32_t sym, uint32_t row)
{
	uint32_t state = root;

	for (size_t i = 0; i < n; i++)
		state = follow(t, state, syms[i]);
	/* a word that stands in two rows belongs to the first */
	for (uint32_t o = t->outs[state]; o; o = t->pool[o - 1].next)
		if (t->pool[o - 1].sym == sym)
			return;
	GROW(t->pool, t->n_pool, t->cap_pool);
	t->pool[t->n_pool] = (struct trie_out){ t->outs[state], sym, row };
	t->outs[state] = ++t->n_pool;
}
