/* Phrases as programs: what they must contain, how long they get, their code. */
#include "text/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { CODE_MAX = 2000, GAP_WORDS = 3, NEEDS_MAX = 4 };

/* Lengths and keys --------------------------------------------------------- */

enum { FAR = 255 };

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

/* Symbols of which one must occur, with the words that may stand before it. */
struct keys {
	struct key items[256];
	size_t n;
	uint64_t weight;
};

static void key_add(const struct lexicon *lx, struct keys *k, uint32_t sym,
    struct length before)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->items[i].sym == sym) {
			if (before.min < k->items[i].min)
				k->items[i].min = (uint8_t)before.min;
			if (before.max > k->items[i].max)
				k->items[i].max = (uint8_t)before.max;
			return;
		}
	if (k->n == COUNT(k->items)) {
		k->weight = UINT64_MAX;
		return;
	}
	k->items[k->n++] = (struct key){ sym, (uint8_t)before.min, (uint8_t)before.max };
	if (k->weight != UINT64_MAX)
		k->weight += lx->symbols[sym].weight + 1;
}

static bool best_keys(const struct lexicon *lx, const struct pnode *t,
    struct length before, struct keys *out);

static struct keys *keys_new(void)
{
	struct keys *k = xmalloc(sizeof *k);

	k->n = 0;
	k->weight = 0;
	return k;
}

static void keys_copy(struct keys *to, const struct keys *from)
{
	memcpy(to->items, from->items, from->n * sizeof *to->items);
	to->n = from->n;
	to->weight = from->weight;
}

static bool keys_of_sequence(const struct lexicon *lx, const struct pnode *t,
    struct length before, struct keys *out)
{
	struct keys *one = keys_new();
	bool found = false;

	for (size_t i = 0; i < t->n; i++) {
		struct length l = length_of(lx, t->kids[i]);

		one->n = 0;
		one->weight = 0;
		if (best_keys(lx, t->kids[i], before, one)
		    && (!found || one->weight < out->weight)) {
			keys_copy(out, one);
			found = true;
		}
		before.min = add(before.min, l.min);
		before.max = add(before.max, l.max);
	}
	free(one);
	return found;
}

static bool keys_of_choice(const struct lexicon *lx, const struct pnode *t,
    struct length before, struct keys *out)
{
	struct keys *one = keys_new();
	bool all = true;

	for (size_t i = 0; i < t->n && all; i++) {
		one->n = 0;
		one->weight = 0;
		all = best_keys(lx, t->kids[i], before, one);
		for (size_t k = 0; all && k < one->n; k++)
			key_add(lx, out, one->items[k].sym,
			    (struct length){ one->items[k].min, one->items[k].max });
		if (one->weight == UINT64_MAX)
			out->weight = UINT64_MAX;
	}
	free(one);
	return all;
}

/* The rarest required element of t; out must be empty. */
static bool best_keys(const struct lexicon *lx, const struct pnode *t,
    struct length before, struct keys *out)
{
	switch ((enum node_kind)t->kind) {
	case NODE_SYM:
		key_add(lx, out, t->sym, before);
		return true;
	case NODE_SET:
		for (size_t i = 0; i < t->n_set; i++)
			key_add(lx, out, t->set[i], before);
		return true;
	case NODE_SEQ:
		return keys_of_sequence(lx, t, before, out);
	case NODE_ALT:
		return keys_of_choice(lx, t, before, out);
	default:
		return false;
	}
}

/* Single symbols that every match contains, for a quick no. */
static void needs_of(const struct lexicon *lx, const struct pnode *t, uint32_t *out, uint32_t *n)
{
	if (t->kind == NODE_SYM && *n < NEEDS_MAX)
		out[(*n)++] = t->sym;
	for (size_t i = 0; t->kind == NODE_SEQ && i < t->n; i++)
		needs_of(lx, t->kids[i], out, n);
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

void phrase_seal(struct lexicon *lx, uint32_t phrase)
{
	struct phrase *p = &lx->phrases[phrase];
	struct written *w = &lx->written[phrase];
	struct keys *k;
	uint32_t needs[NEEDS_MAX];

	if (!w->tree)
		return;
	k = keys_new();
	best_keys(lx, w->tree, (struct length){ 0, 0 }, k);
	w->keys = arena_copy(lx->trees, k->items, k->n * sizeof *k->items);
	w->n_keys = (uint32_t)k->n;
	free(k);
	needs_of(lx, w->tree, needs, &p->n_needs);
	p->needs = arena_copy(lx->arena, needs, p->n_needs * sizeof *needs);
}

static void count_uses(struct lexicon *lx, const struct pnode *t)
{
	const uint32_t *syms;

	for (uint32_t i = pnode_syms(t, &syms); i-- > 0; )
		lx->symbols[syms[i]].uses++;
	for (size_t i = 0; i < t->n; i++)
		count_uses(lx, t->kids[i]);
}

/* Programs ----------------------------------------------------------------- */

struct emitter {
	struct lexicon *lx;
	struct inst *code;
	size_t n, cap;
};

static size_t emit(struct emitter *e, enum op op, uint32_t x, uint32_t y)
{
	GROW(e->code, e->n, e->cap);
	e->code[e->n] = (struct inst){ .op = (uint8_t)op, .x = x, .y = y };
	return e->n++;
}

static void emit_tree(struct emitter *e, const struct pnode *t);

static void emit_set(struct emitter *e, const struct pnode *t)
{
	struct lexicon *lx = e->lx;
	emit(e, OP_SET, (uint32_t)lx->n_sets, t->n_set);
	for (size_t i = 0; i < t->n_set; i++) {
		GROW(lx->sets, lx->n_sets, lx->cap_sets);
		lx->sets[lx->n_sets++] = t->set[i];
	}
}

static void emit_choice(struct emitter *e, const struct pnode *t)
{
	size_t ends[256], n = 0;

	for (size_t i = 0; i < t->n; i++) {
		size_t split = 0;

		if (i + 1 < t->n)
			split = emit(e, OP_SPLIT, (uint32_t)e->n + 1, 0);
		emit_tree(e, t->kids[i]);
		if (i + 1 < t->n && n < COUNT(ends)) {
			ends[n++] = emit(e, OP_JUMP, 0, 0);
			e->code[split].y = (uint32_t)e->n;
		}
	}
	for (size_t i = 0; i < n; i++)
		e->code[ends[i]].x = (uint32_t)e->n;
}

static void emit_gap(struct emitter *e)
{
	size_t splits[GAP_WORDS];

	for (int i = 0; i < GAP_WORDS; i++) {
		splits[i] = emit(e, OP_SPLIT, (uint32_t)e->n + 1, 0);
		emit(e, OP_ANY, 0, 0);
	}
	for (int i = 0; i < GAP_WORDS; i++)
		e->code[splits[i]].y = (uint32_t)e->n;
}

static void emit_tree(struct emitter *e, const struct pnode *t)
{
	size_t split;

	switch ((enum node_kind)t->kind) {
	case NODE_SYM:
		emit(e, OP_SYM, t->sym, 0);
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
		split = emit(e, OP_SPLIT, (uint32_t)e->n + 1, 0);
		emit_tree(e, t->kids[0]);
		e->code[split].y = (uint32_t)e->n;
		break;
	case NODE_GAP:
		emit_gap(e);
		break;
	case NODE_FIRST:
		emit(e, OP_FIRST, 0, 0);
		break;
	case NODE_LAST:
		emit(e, OP_LAST, 0, 0);
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
			for (uint32_t k = 0; k < in->y; k++)
				in->first |= sym_bit(e->lx->sets[in->x + k]);
			break;
		case OP_SPLIT:
			in->first = e->code[in->x].first | e->code[in->y].first;
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

/* A tree is parsed in the scratch arena; what a phrase keeps is a copy. */
static struct pnode *tree_copy(struct arena *a, const struct pnode *t)
{
	struct pnode *copy = arena_copy(a, t, sizeof *t);

	if (t->kind == NODE_SET)
		copy->set = arena_copy(a, t->set, t->n_set * sizeof *t->set);
	else if (t->n)
		copy->kids = ARENA_ARRAY(a, struct pnode *, t->n);
	for (size_t i = 0; i < t->n; i++)
		copy->kids[i] = tree_copy(a, t->kids[i]);
	copy->cap = copy->n;
	return copy;
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
	uint32_t needs[NEEDS_MAX], n_needs = 0;
	struct keys *k;
	bool found;

	needs_of(lx, tree, needs, &n_needs);
	if (n_needs)
		return true;
	k = keys_new();
	found = best_keys(lx, tree, (struct length){ 0, 0 }, k) && k->n < COUNT(k->items);
	free(k);
	return found;
}

uint32_t lexicon_phrase(struct lexicon *lx, struct sv locale, struct sv text,
    unsigned views, const struct node *where)
{
	uint16_t at = lexicon_locale(lx, locale);
	struct emitter e = { .lx = lx };
	bool whole;
	struct pnode *tree = phrase_parse(lx, at, text, where, &whole);
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
	emit(&e, OP_MATCH, 0, 0);
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
	w->tree = tree_copy(lx->trees, tree);
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
	w->keys = ARENA_ARRAY(lx->trees, struct key, n_keys);
	for (size_t i = 0; i < n_keys; i++) {
		struct sv word = fold_word(keys[i], lx->scratch);
		uint32_t sym = lexicon_add_word(lx, word);

		lx->symbols[sym].vocabulary |= 1U << at;
		lx->symbols[sym].uses++;
		w->keys[i] = (struct key){ sym, 0, FAR };
	}
	return number;
}
