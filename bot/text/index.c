/* Where the symbols of a message stand, as bit sets over its words, and where a
 * phrase may begin: what every match of it has must follow at the right distance.
 * A phrase is walked (match.c) only from there, so what cannot be costs little,
 * however long the message is. */
#include "text/inner.h"

#include <string.h>

enum { FEWEST_SLOTS = 16, MOST_SLOTS = 1024, WIDEST = MESSAGE_BYTES / 64 + 1 };

/* What is known under a key; NULL: that it is nowhere. */
struct slot { uint32_t key; void *what; };
struct slots { struct slot *items; uint32_t mask, n; };

/* Most messages are short, so the tables begin small. */
struct index {
	size_t width;                           /* of a bit set, in 64 words */
	struct slots symbols;                   /* bits: where it begins */
	struct slots sets;                      /* bits: where one of them begins */
	struct slots phrases;                   /* struct places: where it may begin */
	uint32_t *all; size_t n_all, cap_all;   /* the symbols, as they came */
};

/* The slot of a key, or the free one where it would go. */
static inline struct slot *slot_of(const struct slots *t, uint32_t key)
{
	uint32_t at = (key * 2654435769U >> 16) & t->mask;

	while (t->items[at].key && t->items[at].key != key)
		at = (at + 1) & t->mask;
	return &t->items[at];
}

static void slots_init(struct slots *t, struct arena *a, uint32_t n)
{
	*t = (struct slots){ ARENA_ARRAY(a, struct slot, n), n - 1, 0 };
}

static void slots_clear(struct slots *t)
{
	if (t->n)
		memset(t->items, 0, ((size_t)t->mask + 1) * sizeof *t->items);
	t->n = 0;
}

static __attribute__((noinline)) void slots_grow(struct slots *t, struct arena *a)
{
	struct slots old = *t;

	slots_init(t, a, 2 * (old.mask + 1));
	t->n = old.n;
	for (uint32_t i = 0; i <= old.mask; i++)
		if (old.items[i].key)
			*slot_of(t, old.items[i].key) = old.items[i];
}

/* The slot of a key; *fresh when it is new, with nothing in it. */
static inline struct slot *slot_for(struct slots *t, struct arena *a, uint32_t key, bool *fresh)
{
	struct slot *p = slot_of(t, key);

	*fresh = !p->key;
	if (p->key)
		return p;
	if (++t->n > t->mask / 4 * 3) {
		slots_grow(t, a);
		p = slot_of(t, key);
	}
	p->key = key;
	return p;
}

static void add_symbol(struct index *x, struct arena *a, uint32_t sym, int word)
{
	bool fresh;
	struct slot *p = slot_for(&x->symbols, a, sym, &fresh);
	uint64_t *bits = p->what;

	if (fresh) {
		p->what = bits = ARENA_ARRAY(a, uint64_t, x->width);
		if (x->n_all == x->cap_all) {
			uint32_t *old = x->all;

			x->cap_all = 2 * x->cap_all + 64;
			x->all = ARENA_ARRAY(a, uint32_t, x->cap_all);
			if (x->n_all)
				memcpy(x->all, old, x->n_all * sizeof *old);
		}
		x->all[x->n_all++] = sym;
	}
	bits[word / 64] |= 1ULL << (word & 63);
}

void index_add(struct message *m, uint32_t sym, int word)
{
	add_symbol(m->lattice->index, m->arena, sym, word);
}

/* A table for about so many keys, which may grow. */
static uint32_t room_for(uint32_t keys)
{
	uint32_t n = FEWEST_SLOTS;

	while (n < keys && n < MOST_SLOTS)
		n *= 2;
	return n;
}

void index_build(struct message *m)
{
	struct lattice *g = m->lattice;
	struct index *x = ARENA_NEW(m->arena, struct index);

	x->width = (size_t)m->n_words / 64 + 1;
	slots_init(&x->symbols, m->arena, room_for(2 * (uint32_t)g->n_edges));
	slots_init(&x->sets, m->arena, room_for(8 * (uint32_t)m->n_words));
	slots_init(&x->phrases, m->arena, room_for(8 * (uint32_t)m->n_words));
	for (int node = 0; node < g->n_nodes; node++)
		for (int i = node == g->n_words ? -1 : g->head[node]; i >= 0; i = g->edges[i].next)
			add_symbol(x, m->arena, g->edges[i].sym, g->home[node]);
	g->index = x;
}

void index_settle(struct message *m)
{
	slots_clear(&m->lattice->index->sets);
	slots_clear(&m->lattice->index->phrases);
}

size_t index_symbols(const struct message *m, const uint32_t **all)
{
	*all = m->lattice->index->all;
	return m->lattice->index->n_all;
}

const uint64_t *index_symbol(const struct message *m, uint32_t sym)
{
	const struct lattice *g = m->lattice;

	return lattice_saw(g, sym) ? slot_of(&g->index->symbols, sym)->what : NULL;
}

int index_next(const uint64_t *bits, int from, int end)
{
	while (from < end) {
		uint64_t rest = bits[from / 64] >> (from & 63);

		if (rest) {
			from += __builtin_ctzll(rest);
			return from < end ? from : -1;
		}
		from = (from / 64 + 1) * 64;
	}
	return -1;
}

/* Bit sets ----------------------------------------------------------------- */

/* A word of bits moved by n; what flows in comes from `far`, the one beside it. */
static inline uint64_t moved(uint64_t near, uint64_t far, unsigned n, bool back)
{
	if (!n)
		return near;
	return back ? near >> n | far << (64 - n) : near << n | far >> (64 - n);
}

/* The words that stand low to high behind one of the set, or before it: high is less
 * than 64, so that two words of bits are all there is to look at. */
static inline uint64_t spread_word(uint64_t near, uint64_t far, unsigned low, unsigned high, bool back)
{
	near = moved(near, far, low, back);
	far = moved(far, 0, low, back);
	for (unsigned done = 0; done < high - low; ) {
		unsigned step = done + 1 < high - low - done ? done + 1 : high - low - done;

		near |= moved(near, far, step, back);
		far |= moved(far, 0, step, back);
		done += step;
	}
	return near;
}

/* From the first word of the set on, or to its last; *on: some have come. */
static inline uint64_t spread_far(uint64_t near, bool back, bool *on)
{
	uint64_t all = *on ? UINT64_MAX : !near ? 0 : back ? UINT64_MAX >> __builtin_clzll(near)
	    : UINT64_MAX << __builtin_ctzll(near);

	*on = *on || near;
	return all;
}

/* Phrases ------------------------------------------------------------------ */

/* Where a symbol of the set begins; NULL nowhere. */
static const uint64_t *set_places(struct message *m, const struct must *u)
{
	const uint32_t *set = m->lexicon->sets + u->set;
	struct index *x = m->lattice->index;
	const uint64_t *first = NULL;
	uint64_t *sum = NULL;
	struct slot *p;
	bool fresh;

	if (!u->n)
		return index_symbol(m, u->set);
	p = slot_for(&x->sets, m->arena, u->set + 1, &fresh);
	if (!fresh)
		return p->what;
	for (uint32_t i = 0; i < u->n; i++) {
		const uint64_t *at = lattice_saw(m->lattice, set[i]) ? index_symbol(m, set[i]) : NULL;

		if (!at)
			continue;
		if (first && !sum) {
			sum = ARENA_ARRAY(m->arena, uint64_t, x->width);
			memcpy(sum, first, x->width * sizeof *sum);
		}
		for (size_t k = 0; sum && k < x->width; k++)
			sum[k] |= at[k];
		first = first ? first : at;
	}
	p->what = sum ? sum : (uint64_t *)(uintptr_t)first;
	return p->what;
}

static struct places *places_new(const struct message *m)
{
	struct places *p = ARENA_NEW(m->arena, struct places);

	p->bits = ARENA_ARRAY(m->arena, uint64_t, m->lattice->index->width);
	return p;
}

/* Leads from where something is to where the next of a phrase may be, of the places where
 * it is, or back; false nowhere.  Words apart as the lattice has them: an edge may cover
 * several words, and nodes inside a word are no words. */
static inline bool lead(const struct lattice *g, const struct must *u, const uint64_t *from,
    const uint64_t *where, uint64_t *to, size_t width, bool back)
{
	unsigned low = g->odd ? 0 : u->min, high = u->max * (unsigned)g->widest + g->odd;
	bool far = u->max == MUST_FAR || high >= 64, on = false;
	uint64_t any = 0;

	high = high > low ? high : low;
	for (size_t k = 0; k < width; k++) {
		size_t i = back ? width - 1 - k : k;
		uint64_t beside = k ? from[back ? i + 1 : i - 1] : 0, bits = 0;

		if (far)
			bits = spread_far(from[i], back, &on);
		else if (where[i] && (from[i] || beside))
			bits = spread_word(from[i], beside, low, high, back);
		any |= to[i] = bits & where[i];
	}
	return any;
}

/* Where one way may begin, into the first of `behind`, of which each must has one.  Each
 * place of a must follows one of the must before it; going back, each is followed by all
 * that must follow it.  Written once for all widths, compiled once more for 1. */
static inline __attribute__((always_inline)) bool walk_back(const struct lattice *g,
    const struct must *way, const uint64_t *const *at, uint64_t *behind, size_t width)
{
	size_t n = way->of;
	uint64_t anywhere[WIDEST];

	memcpy(behind, at[0], width * sizeof *behind);
	for (size_t i = 1; i < n; i++)
		if (!lead(g, &way[i], behind + way[i].from * width, at[i], behind + i * width, width, false))
			return false;
	for (size_t i = n - 1; i > 0; i--) {
		uint64_t *from = behind + way[i].from * width;

		if (!lead(g, &way[i], behind + i * width, from, from, width, true))
			return false;
	}
	if (!way->max && !g->odd)
		return true;
	memset(anywhere, -1, width * sizeof *anywhere);
	memcpy(behind + width, behind, width * sizeof *behind);
	return lead(g, way, behind + width, anywhere, behind, width, true);
}

static void add_starts(struct message *m, struct places **starts, const uint64_t *bits, size_t width)
{
	*starts = *starts ? *starts : places_new(m);
	for (size_t i = 0; i < width; i++)
		(*starts)->bits[i] |= bits[i];
}

static void find_wide(struct message *m, const struct must *way, const uint64_t *const *at,
    struct places **starts)
{
	uint64_t behind[MUSTS_MAX * WIDEST];
	size_t width = m->lattice->index->width;

	if (walk_back(m->lattice, way, at, behind, width))
		add_starts(m, starts, behind, width);
}

/* Adds where one way may begin; most have not all that they must. */
static void find_starts(struct message *m, const struct must *way, struct places **starts)
{
	const uint64_t *at[MUSTS_MAX] = { set_places(m, way) };
	uint64_t behind[MUSTS_MAX];

	if (!at[0])
		return;
	for (size_t i = 1; i < way->of; i++)
		if (!(at[i] = set_places(m, &way[i])))
			return;
	if (m->lattice->index->width > 1)
		find_wide(m, way, at, starts);
	else if (walk_back(m->lattice, way, at, behind, 1))
		add_starts(m, starts, behind, 1);
}

struct places *index_phrase(struct message *m, uint32_t phrase)
{
	const struct phrase *p = &m->lexicon->phrases[phrase];
	struct index *x = m->lattice->index;
	bool fresh;
	struct slot *slot = slot_for(&x->phrases, m->arena, phrase + 1, &fresh);
	struct places *at = NULL;

	if (!fresh)
		return slot->what;
	for (uint32_t i = 0; i < p->n_musts; i += p->musts[i].of)
		find_starts(m, &p->musts[i], &at);
	if (!p->n_musts) {
		at = places_new(m);
		memset(at->bits, p->regex ? 0 : -1, x->width * sizeof *at->bits);
	}
	slot->what = at;
	return at;
}

/* How many bits are set: by pairs, by fours, by bytes. */
static unsigned ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	return (unsigned)(((x + (x >> 4)) & 0x0F0F0F0F0F0F0F0F) * 0x0101010101010101 >> 56);
}

struct found *index_found(struct message *m, struct places *p, int word)
{
	uint64_t below = p->bits[word / 64] & ((1ULL << (word & 63)) - 1);
	size_t width = m->lattice->index->width, sum = 0;

	if (!p->found) {
		p->before = ARENA_ARRAY(m->arena, uint16_t, width);
		for (size_t i = 0; i < width; i++) {
			p->before[i] = (uint16_t)sum;
			sum += ones(p->bits[i]);
		}
		p->found = ARENA_ARRAY(m->arena, struct found, sum);
	}
	return p->found + p->before[word / 64] + ones(below);
}
