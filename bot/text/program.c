/* Phrases as programs: what they must contain, how long they get, their code. */
#include "text/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { CODE_MAX = 2000, GAP_WORDS = 3 };

/* Lengths and keys --------------------------------------------------------- */

enum { FAR = MUST_FAR };

struct length { unsigned min, max; };

static unsigned add(unsigned a, unsigned b)
{
	return a + b < FAR ? a + b : FAR;
}

static unsigned longest_symbol(const struct lexicon *lx, const struct pnode *t)
{
	const uint32_t *syms;
	unsigned n = 1;

	for (uint32_t i = pnode_syms(t, &syms); i-- > 0; )
		if (lx->symbols[syms[i]].longest > n)
			n = lx->symbols[syms[i]].longest;
	return n < FAR ? n : FAR;
}

static struct length length_of(const struct lexicon *lx, const struct pnode *t)
{
	struct length all = { 0, 0 };

	switch ((enum node_kind)t->kind) {
	case NODE_SYM:
	case NODE_SET:
		return (struct length){ 1, longest_symbol(lx, t) };
	case NODE_GAP:
		return (struct length){ 0, GAP_WORDS };
	case NODE_FIRST:
	case NODE_LAST:
		return all;
	case NODE_OPT:
		return (struct length){ 0, length_of(lx, t->kids[0]).max };
	case NODE_SEQ:
		for (size_t i = 0; i < t->n; i++) {
			struct length l = length_of(lx, t->kids[i]);

			all.min = add(all.min, l.min);
			all.max = add(all.max, l.max);
		}
		return all;
	case NODE_ALT:
		all.min = FAR;
		for (size_t i = 0; i < t->n; i++) {
			struct length l = length_of(lx, t->kids[i]);

			all.min = l.min < all.min ? l.min : all.min;
			all.max = l.max > all.max ? l.max : all.max;
		}
		return all;
	}
	return all;
}

/* Symbols of which one must occur. */
enum { KEYS_MAX = 256 };

struct keys {
	uint32_t syms[KEYS_MAX];
	size_t n;
	uint64_t weight;
};

/* One that is not there yet. */
static void key_push(const struct lexicon *lx, struct keys *k, uint32_t sym)
{
	if (k->n == COUNT(k->syms)) {
		k->weight = UINT64_MAX;
		return;
	}
	k->syms[k->n++] = sym;
	if (k->weight != UINT64_MAX)
		k->weight += lx->symbols[sym].weight + 1;
}

static void key_add(const struct lexicon *lx, struct keys *k, uint32_t sym)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->syms[i] == sym)
			return;
	key_push(lx, k, sym);
}

static bool best_keys(const struct lexicon *lx, const struct pnode *t, struct keys *out);

static void keys_clear(struct keys *k)
{
	k->n = 0;
	k->weight = 0;
}

static void keys_copy(struct keys *to, const struct keys *from)
{
	memcpy(to->syms, from->syms, from->n * sizeof *to->syms);
	to->n = from->n;
	to->weight = from->weight;
}

static bool is_single(const struct pnode *t)
{
	return t->kind == NODE_SYM || t->kind == NODE_SET;
}

/* What the keys of a symbol or a set weigh: as key_push() counts. */
static uint64_t weight_of(const struct lexicon *lx, const struct pnode *t)
{
	const uint32_t *syms;
	uint32_t n = pnode_syms(t, &syms);
	uint64_t weight = 0;

	if (n > KEYS_MAX)
		return UINT64_MAX;
	for (uint32_t i = 0; i < n; i++)
		weight += lx->symbols[syms[i]].weight + 1;
	return weight;
}

/* Most parts are single: their keys are gathered only when they weigh less. */
static bool keys_of_sequence(const struct lexicon *lx, const struct pnode *t, struct keys *out)
{
	struct keys one;
	bool found = false;

	for (size_t i = 0; i < t->n; i++) {
		const struct pnode *kid = t->kids[i];

		if ((kid->kind != NODE_SEQ && kid->kind != NODE_ALT && !is_single(kid))
		    || (found && is_single(kid) && weight_of(lx, kid) >= out->weight))
			continue;
		keys_clear(&one);
		if (best_keys(lx, kid, &one) && (!found || one.weight < out->weight)) {
			keys_copy(out, &one);
			found = true;
		}
	}
	return found;
}

static bool keys_of_choice(const struct lexicon *lx, const struct pnode *t, struct keys *out)
{
	struct keys one;
	bool all = true;

	for (size_t i = 0; i < t->n && all; i++) {
		keys_clear(&one);
		all = best_keys(lx, t->kids[i], &one);
		for (size_t k = 0; all && k < one.n; k++)
			key_add(lx, out, one.syms[k]);
		if (one.weight == UINT64_MAX)
			out->weight = UINT64_MAX;
	}
	return all;
}

/* The rarest required element of t; out must be empty. */
static bool best_keys(const struct lexicon *lx, const struct pnode *t, struct keys *out)
{
	switch ((enum node_kind)t->kind) {
	case NODE_SYM:
		key_push(lx, out, t->sym);
		return true;
	case NODE_SET:
		for (size_t i = 0; i < t->n_set; i++)
			key_push(lx, out, t->set[i]);
		return true;
	case NODE_SEQ:
		return keys_of_sequence(lx, t, out);
	case NODE_ALT:
		return keys_of_choice(lx, t, out);
	default:
		return false;
	}
}

/* What must be there -------------------------------------------------------- */

/* Symbols that t may begin with; false where it may begin with anything. */
static bool begins_with(const struct lexicon *lx, const struct pnode *t, struct keys *out)
{
	const uint32_t *syms;
	uint32_t n = pnode_syms(t, &syms);

	for (uint32_t i = 0; i < n; i++)
		key_add(lx, out, syms[i]);
	if (t->kind == NODE_GAP)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		if (!begins_with(lx, t->kids[i], out))
			return false;
		if (t->kind == NODE_SEQ && length_of(lx, t->kids[i]).min)
			break;
	}
	return true;
}

struct musts { struct must items[MUSTS_MAX]; size_t n; };

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool is_sorted(const uint32_t *syms, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (syms[i - 1] > syms[i])
			return false;
	return true;
}

/* False where there is no room for it, or it is no use. */
static bool must_add(struct lexicon *lx, struct musts *out, struct keys *k, size_t from,
    struct length apart)
{
	if (out->n == MUSTS_MAX || !k->n || k->n == COUNT(k->syms))
		return false;
	if (!is_sorted(k->syms, k->n))
		qsort(k->syms, k->n, sizeof *k->syms, by_number);
	out->items[out->n++] = (struct must){ k->n > 1 ? lexicon_set(lx, k->syms, k->n) : k->syms[0],
		(uint16_t)(k->n > 1 ? k->n : 0), (uint8_t)from, (uint8_t)apart.min,
		(uint8_t)apart.max, 0 };
	return true;
}

/* A choice of several words: beside what it begins with, the rarest it must have. */
static void must_within(struct lexicon *lx, struct musts *out, const struct pnode *t)
{
	struct length whole = length_of(lx, t);
	struct keys k;

	keys_clear(&k);
	if (whole.max > 1 && best_keys(lx, t, &k))
		must_add(lx, out, &k, out->n - 1, (struct length){ 0, whole.max });
}

/* What stands in the phrase one after the other, but for what may be left out. */
static void musts_of(struct lexicon *lx, const struct pnode *t, struct musts *out)
{
	const struct pnode *whole = t;
	const struct pnode *const *kids = t->kind == NODE_SEQ ? (const struct pnode *const *)t->kids : &whole;
	size_t n = t->kind == NODE_SEQ ? t->n : 1, last = 0;
	struct length apart = { 0, 0 };
	struct keys k;

	for (size_t i = 0; i < n; i++) {
		struct length l = length_of(lx, kids[i]);

		keys_clear(&k);
		if (l.min && begins_with(lx, kids[i], &k) && must_add(lx, out, &k, last, apart)) {
			last = out->n - 1;
			if (kids[i]->kind == NODE_ALT)
				must_within(lx, out, kids[i]);
			apart = (struct length){ 0, 0 };
		}
		apart.min = add(apart.min, l.min);
		apart.max = add(apart.max, l.max);
	}
}

static bool long_enough(const struct lexicon *lx, uint32_t sym)
{
	struct sv name = lexicon_symbol_name(lx, sym);
	unsigned char c = name.n ? (unsigned char)name.p[0] : 'a';

	/* figures and other scripts say much in little */
	return lx->symbols[sym].kind != SYMBOL_WORD || utf8_count(name) >= 3
	    || c >= 0x80 || (c >= '0' && c <= '9');
}

/* Does a required element name a word of three letters, or a mark? */
static bool strong(const struct lexicon *lx, const struct pnode *t)
{
	const uint32_t *syms;

	for (uint32_t i = pnode_syms(t, &syms); i-- > 0; )
		if (long_enough(lx, syms[i]))
			return true;
	for (size_t i = 0; t->kind != NODE_OPT && i < t->n; i++)
		if (strong(lx, t->kids[i]))
			return true;
	return false;
}

/* A choice is one way for each of its members; without musts, any word may begin it. */
static void seal_musts(struct lexicon *lx, struct phrase *p, const struct pnode *t)
{
	const struct pnode *const *ways = &t;
	size_t n = 1;
	struct must *all;

	while (t->kind == NODE_SEQ && t->n == 1)
		t = t->kids[0];
	if (t->kind == NODE_ALT) {
		ways = (const struct pnode *const *)t->kids;
		n = t->n;
	}
	all = xcalloc(n * MUSTS_MAX + 1, sizeof *all);
	for (size_t i = 0; i < n; i++) {
		struct musts musts = { .n = 0 };

		musts_of(lx, ways[i], &musts);
		if (!musts.n) {
			p->n_musts = 0;
			break;
		}
		musts.items[0].of = (uint8_t)musts.n;
		memcpy(all + p->n_musts, musts.items, musts.n * sizeof *all);
		p->n_musts += (uint32_t)musts.n;
	}
	p->musts = arena_copy(lx->arena, all, p->n_musts * sizeof *all);
	free(all);
}

void phrase_seal(struct lexicon *lx, uint32_t phrase)
{
	struct phrase *p = &lx->phrases[phrase];
	struct written *w = &lx->written[phrase];
	struct keys k;

	if (!w->tree)
		return;
	keys_clear(&k);
	best_keys(lx, w->tree, &k);
	w->keys = arena_copy(lx->trees, k.syms, k.n * sizeof *k.syms);
	w->n_keys = (uint32_t)k.n;
	seal_musts(lx, p, w->tree);
}

static void count_uses(struct lexicon *lx, const struct pnode *t)
{
	const uint32_t *syms;

	for (uint32_t i = pnode_syms(t, &syms); i-- > 0; )
		lx->symbols[syms[i]].uses++;
	for (size_t i = 0; i < t->n; i++)
		count_uses(lx, t->kids[i]);
}

/* Sets ---------------------------------------------------------------------- */

static uint32_t *set_slot(const struct lexicon *lx, const uint32_t *syms, uint32_t n)
{
	uint64_t h = sv_hash((struct sv){ (const char *)syms, n * sizeof *syms });
	uint32_t at = (uint32_t)(h ^ h >> 32) & lx->set_mask;

	for (; lx->set_slots[at]; at = (at + 1) & lx->set_mask) {
		const uint32_t *known = lx->sets + lx->set_slots[at];

		if (known[-1] == n && memcmp(known, syms, n * sizeof *syms) == 0)
			break;
	}
	return &lx->set_slots[at];
}

static void more_set_slots(struct lexicon *lx)
{
	uint32_t *old = lx->set_slots, n = old ? lx->set_mask + 1 : 0;

	lx->set_mask = n ? 2 * n - 1 : 1023;
	lx->set_slots = xcalloc((size_t)lx->set_mask + 1, sizeof *lx->set_slots);
	for (uint32_t i = 0; i < n; i++)
		if (old[i])
			*set_slot(lx, lx->sets + old[i], lx->sets[old[i] - 1]) = old[i];
	free(old);
}

uint32_t lexicon_set(struct lexicon *lx, const uint32_t *syms, size_t n)
{
	uint32_t *slot;

	if (!lx->set_slots || lx->n_set_slots > lx->set_mask / 2)
		more_set_slots(lx);
	slot = set_slot(lx, syms, (uint32_t)n);
	if (*slot)
		return *slot;
	lx->n_set_slots++;
	GROW(lx->sets, lx->n_sets, lx->cap_sets);
	lx->sets[lx->n_sets++] = (uint32_t)n;
	*slot = (uint32_t)lx->n_sets;
	for (size_t i = 0; i < n; i++) {
		GROW(lx->sets, lx->n_sets, lx->cap_sets);
		lx->sets[lx->n_sets++] = syms[i];
	}
	return *slot;
}

/* Programs ----------------------------------------------------------------- */

struct emitter {
	struct lexicon *lx;
	struct inst *code;
	size_t n, cap;
};

static size_t emit(struct emitter *e, enum op op, uint32_t x)
{
	GROW(e->code, e->n, e->cap);
	e->code[e->n] = (struct inst){ .op = (uint8_t)op, .x = x & 0xffffff };
	return e->n++;
}

static void emit_tree(struct emitter *e, const struct pnode *t);

static void emit_set(struct emitter *e, const struct pnode *t)
{
	emit(e, OP_SET, lexicon_set(e->lx, t->set, t->n_set));
}

static void emit_choice(struct emitter *e, const struct pnode *t)
{
	size_t ends[256], n = 0;

	for (size_t i = 0; i < t->n; i++) {
		size_t split = 0;

		if (i + 1 < t->n)
			split = emit(e, OP_SPLIT, 0);
		emit_tree(e, t->kids[i]);
		if (i + 1 < t->n && n < COUNT(ends)) {
			ends[n++] = emit(e, OP_JUMP, 0);
			e->code[split].x = (uint32_t)e->n & 0xffffff;
		}
	}
	for (size_t i = 0; i < n; i++)
		e->code[ends[i]].x = (uint32_t)e->n & 0xffffff;
}

static void emit_gap(struct emitter *e)
{
	size_t splits[GAP_WORDS];

	for (int i = 0; i < GAP_WORDS; i++) {
		splits[i] = emit(e, OP_SPLIT, 0);
		emit(e, OP_ANY, 0);
	}
	for (int i = 0; i < GAP_WORDS; i++)
		e->code[splits[i]].x = (uint32_t)e->n & 0xffffff;
}

static void emit_tree(struct emitter *e, const struct pnode *t)
{
	size_t split;

	switch ((enum node_kind)t->kind) {
	case NODE_SYM:
		emit(e, OP_SYM, t->sym);
		break;
	case NODE_SET:
		emit_set(e, t);
		break;
	case NODE_SEQ:
		for (size_t i = 0; i < t->n; i++)
			emit_tree(e, t->kids[i]);
		break;
	case NODE_ALT:
		emit_choice(e, t);
		break;
	case NODE_OPT:
		split = emit(e, OP_SPLIT, 0);
		emit_tree(e, t->kids[0]);
		e->code[split].x = (uint32_t)e->n & 0xffffff;
		break;
	case NODE_GAP:
		emit_gap(e);
		break;
	case NODE_FIRST:
		emit(e, OP_FIRST, 0);
		break;
	case NODE_LAST:
		emit(e, OP_LAST, 0);
		break;
	}
}

/* What a path from each step begins with; targets lie behind those who name them. */
static void find_firsts(const struct emitter *e)
{
	for (size_t i = e->n; i-- > 0; ) {
		struct inst *in = &e->code[i];

		switch ((enum op)in->op) {
		case OP_SYM:
			in->first = sym_bit(in->x);
			break;
		case OP_SET:
			for (uint32_t k = 0; k < e->lx->sets[in->x - 1]; k++)
				in->first |= sym_bit(e->lx->sets[in->x + k]);
			break;
		case OP_SPLIT:
			in->first = in[1].first | e->code[in->x].first;
			break;
		case OP_JUMP:
			in->first = e->code[in->x].first;
			break;
		case OP_FIRST:
		case OP_LAST:
			in->first = in[1].first;
			break;
		case OP_ANY:
		case OP_MATCH:
			in->first = UINT64_MAX;
			break;
		}
	}
}

static uint32_t phrase_new(struct lexicon *lx, uint16_t locale, struct sv text, unsigned views)
{
	uint32_t n = (uint32_t)lx->n_phrases;

	GROW(lx->phrases, n, lx->cap_phrases);
	GROW(lx->written, n, lx->cap_written);
	lx->phrases[n] = (struct phrase){ .locale = locale, .views = (uint8_t)views };
	lx->written[n] = (struct written){ .text = arena_sv(lx->trees, text) };
	lx->n_phrases++;
	return n;
}

static bool must_contain(const struct lexicon *lx, const struct pnode *tree)
{
	struct keys k;

	for (size_t i = 0; tree->kind == NODE_SEQ && i < tree->n; i++)
		if (tree->kids[i]->kind == NODE_SYM)
			return true;
	keys_clear(&k);
	return best_keys(lx, tree, &k) && k.n < COUNT(k.syms);
}

uint32_t lexicon_phrase(struct lexicon *lx, struct sv locale, struct sv text,
    unsigned views, const struct node *where)
{
	uint16_t at = lexicon_locale(lx, locale);
	struct emitter e = { .lx = lx };
	bool whole;
	struct pnode *tree = phrase_parse(lx, at, text, where, lx->trees, &whole);
	struct phrase *p;
	struct written *w;
	uint32_t number;

	if (!tree)
		return PHRASE_NONE;
	if (!must_contain(lx, tree)) {
		node_bad(where, "E309", "\"%.*s\" has no word that must be there (or more "
		    "than 256 to choose from) -- take one out of its [ ], or make a list",
		    SV_ARG(text));
		return PHRASE_NONE;
	}
	emit_tree(&e, tree);
	emit(&e, OP_MATCH, 0);
	find_firsts(&e);
	if (e.n > CODE_MAX) {
		node_bad(where, "E314", "\"%.*s\" is too long -- split it", SV_ARG(text));
		free(e.code);
		return PHRASE_NONE;
	}
	count_uses(lx, tree);
	number = phrase_new(lx, at, text, views);
	p = &lx->phrases[number];
	w = &lx->written[number];
	w->tree = tree;
	p->whole = whole;
	p->longest = (uint8_t)length_of(lx, tree).max;
	p->code = arena_copy(lx->arena, e.code, e.n * sizeof *e.code);
	p->n_code = (uint32_t)e.n;
	free(e.code);
	if (!strong(lx, tree)) {
		w->file = arena_str(lx->trees, sv_from(where->reader->source->path));
		w->place = node_path(where, lx->trees);
	}
	return number;
}

uint32_t lexicon_regex(struct lexicon *lx, struct sv locale, struct sv pattern,
    const struct sv *keys, size_t n_keys, unsigned views, const struct node *where)
{
	uint16_t at = lexicon_locale(lx, locale);
	int error = 0;
	PCRE2_SIZE offset = 0;
	pcre2_code *code;
	struct phrase *p;
	struct written *w;
	uint32_t number;

	if (n_keys == 0) {
		node_bad(where, "E315", "a regex needs \"keys\": words of which one is in "
		    "every text it matches -- add them");
		return PHRASE_NONE;
	}
	code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
	if (!code) {
		PCRE2_UCHAR text[120] = "";

		pcre2_get_error_message(error, text, sizeof text);
		node_bad(where, "E315", "this regex does not compile: %s (at %zu)",
		    (const char *)text, (size_t)offset);
		return PHRASE_NONE;
	}
	number = phrase_new(lx, at, pattern, views);
	p = &lx->phrases[number];
	w = &lx->written[number];
	p->regex = code;
	p->longest = FAR;
	w->n_keys = (uint32_t)n_keys;
	w->keys = ARENA_ARRAY(lx->trees, uint32_t, n_keys);
	for (size_t i = 0; i < n_keys; i++) {
		struct sv word = fold_word(keys[i], lx->scratch);
		uint32_t sym = lexicon_add_word(lx, word);

		lx->symbols[sym].vocabulary |= 1U << at;
		lx->symbols[sym].uses++;
		w->keys[i] = sym;
	}
	return number;
}
