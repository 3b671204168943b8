#include "text/inner.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* State 0 is nowhere; states 1 .. LOCALES_MAX are the roots of the locales. */

void trie_init(struct trie *t)
{
	t->mask = 255;
	t->steps = xcalloc(t->mask + 1, sizeof *t->steps);
	t->n_states = LOCALES_MAX + 1;
	t->cap_states = 2 * t->n_states;
	t->outs = xcalloc(t->cap_states, sizeof *t->outs);
}

void trie_fini(struct trie *t)
{
	free(t->steps);
	free(t->ways);
	free(t->first);
	free(t->outs);
	free(t->ends);
	free(t->pool);
}

uint32_t trie_root(uint16_t locale)
{
	return locale + 1U;
}

static struct trie_step *probe(const struct trie *t, uint32_t state, uint32_t sym)
{
	uint64_t key = (uint64_t)state << 32 | sym;
	uint32_t at = (uint32_t)(key * 0x9E3779B97F4A7C15ULL >> 32) & t->mask;

	while (t->steps[at].state && (t->steps[at].state != state || t->steps[at].sym != sym))
		at = (at + 1) & t->mask;
	return &t->steps[at];
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

/* Those of a state beside one another, the last that was added first. */
static void seal_ends(struct trie *t)
{
	uint32_t n = 0;

	t->pool = xcalloc((size_t)t->n_ends + 1, sizeof *t->pool);
	t->outs = xreallocarray(t->outs, (size_t)t->n_states + 1, sizeof *t->outs);
	for (uint32_t s = 0; s < t->n_states; s++) {
		uint32_t end = t->outs[s];

		t->outs[s] = n;
		for (; end; end = t->ends[end - 1].next)
			t->pool[n++] = (struct trie_out){ t->ends[end - 1].sym, t->ends[end - 1].row };
	}
	t->outs[t->n_states] = n;
	free(t->ends);
	t->ends = NULL;
}

void trie_seal(struct trie *t)
{
	uint32_t from = 0;

	seal_ends(t);
	t->first = xcalloc(t->n_states + 2, sizeof *t->first);
	t->ways = xcalloc(t->n + 1, sizeof *t->ways);
	for (uint32_t i = 0; i <= t->mask; i++)
		t->first[t->steps[i].state + 2] += t->steps[i].state != 0;
	for (uint32_t s = 0; s < t->n_states; s++)
		t->first[s + 2] += t->first[s + 1];
	/* first[s + 1] is where the next way of s goes, and in the end where s ends */
	for (uint32_t i = 0; i <= t->mask; i++)
		if (t->steps[i].state)
			t->ways[t->first[t->steps[i].state + 1]++] =
			    (struct trie_way){ t->steps[i].sym, t->steps[i].to };
	for (uint32_t s = 0; s < t->n_states; from = t->first[++s])
		if (t->first[s + 1] - from > 1)
			qsort(t->ways + from, t->first[s + 1] - from, sizeof *t->ways, by_symbol);
	free(t->steps);
	t->steps = NULL;
}

static void grow(struct trie *t)
{
	struct trie old = *t;

	t->mask = 2 * t->mask + 1;
	t->steps = xcalloc((size_t)t->mask + 1, sizeof *t->steps);
	for (uint32_t i = 0; i <= old.mask; i++)
		if (old.steps[i].state)
			*probe(t, old.steps[i].state, old.steps[i].sym) = old.steps[i];
	free(old.steps);
}

static uint32_t follow(struct trie *t, uint32_t state, uint32_t sym)
{
	struct trie_step *s = probe(t, state, sym);

	if (s->state)
		return s->to;
	if (t->n++ > t->mask / 2) {
		grow(t);
		s = probe(t, state, sym);
	}
	GROW(t->outs, t->n_states, t->cap_states);
	t->outs[t->n_states] = 0;
	*s = (struct trie_step){ state, sym, t->n_states };
	return t->n_states++;
}

void trie_add(struct trie *t, uint32_t root, const uint32_t *syms, size_t n,
    uint32_t sym, uint32_t row)
{
	uint32_t state = root;

	for (size_t i = 0; i < n; i++)
		state = follow(t, state, syms[i]);
	/* a word that stands in two rows belongs to the first */
	for (uint32_t o = t->outs[state]; o; o = t->ends[o - 1].next)
		if (t->ends[o - 1].sym == sym)
			return;
	GROW(t->ends, t->n_ends, t->cap_ends);
	t->ends[t->n_ends] = (struct trie_end){ t->outs[state], sym, row };
	t->outs[state] = ++t->n_ends;
}
