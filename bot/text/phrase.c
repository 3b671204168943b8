/* Findings about phrases:
 *   E301 nothing to match               write at least one word
 *   E302 a sign that means nothing      leave it out
 *   E303 a bracket without its partner
 *   E304 | with nothing beside it
 *   E305 "..." where it may not stand   not at an end, two at most, words around it
 *   E306 a word beginning that is too short, or * inside a word
 *   E307 verb~ that is not in verbs.tsv, or ~ inside a word
 *   E308 an unknown {list} or <class>, or one where none may stand
 *   E309 nothing that it must contain   one word outside [ ] at least
 *   E314 too long
 *   E315 a regex that does not compile, or has no keys
 *   W301 only words of one or two letters (seen when sealed) */
#include "text/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { DEPTH_MAX = 8, CODE_MAX = 2000, GAPS_MAX = 2, GAP_WORDS = 3 };

struct parser {
	struct lexicon *lx;
	uint16_t locale;
	struct sv text;
	size_t at;
	const struct node *where;
	int gaps, depth;
	bool bad;
};

static void *complain(struct parser *p, const char *code, const char *what)
{
	if (!p->bad)
		node_bad(p->where, code, "\"%.*s\": %s", SV_ARG(p->text), what);
	p->bad = true;
	return NULL;
}

/* Trees -------------------------------------------------------------------- */

static struct pnode *tree_new(struct lexicon *lx, enum node_kind kind)
{
	struct pnode *t = ARENA_NEW(lx->scratch, struct pnode);

	t->kind = (uint8_t)kind;
	return t;
}

static struct pnode *tree_sym(struct lexicon *lx, uint32_t sym)
{
	struct pnode *t = tree_new(lx, NODE_SYM);

	t->sym = sym;
	return t;
}

static void tree_add(struct lexicon *lx, struct pnode *t, struct pnode *kid)
{
	if (t->n == t->cap) {
		struct pnode **old = t->kids;

		t->cap = (uint16_t)(t->cap ? 2 * t->cap : 4);
		t->kids = ARENA_ARRAY(lx->scratch, struct pnode *, t->cap);
		if (t->n)
			memcpy(t->kids, old, t->n * sizeof *old);
	}
	t->kids[t->n++] = kid;
}

/* A sequence or choice of one is that one. */
static struct pnode *tree_trim(struct pnode *t)
{
	return (t->kind == NODE_SEQ || t->kind == NODE_ALT) && t->n == 1 ? t->kids[0] : t;
}

static struct pnode *tree_syms(struct lexicon *lx, const uint32_t *syms, size_t n)
{
	struct pnode *seq = tree_new(lx, NODE_SEQ);

	for (size_t i = 0; i < n; i++)
		tree_add(lx, seq, tree_sym(lx, syms[i]));
	return tree_trim(seq);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static struct pnode *tree_set(struct lexicon *lx, const uint32_t *syms, size_t n)
{
	struct pnode *t = tree_new(lx, NODE_SET);
	size_t k = 0;

	t->set = arena_copy(lx->scratch, syms, n * sizeof *syms);
	qsort(t->set, n, sizeof *t->set, by_number);
	for (size_t i = 0; i < n; i++)
		if (k == 0 || t->set[i] != t->set[k - 1])
			t->set[k++] = t->set[i];
	t->n_set = (uint32_t)k;
	return t;
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

/* Words -------------------------------------------------------------------- */

static uint32_t word_symbol(struct parser *p, struct sv folded)
{
	uint32_t sym = lexicon_add_word(p->lx, folded);

	p->lx->symbols[sym].vocabulary |= 1U << p->locale;
	return sym;
}

/* One token as messages would read it: written out, both ways where it has two. */
static struct pnode *token_tree(struct parser *p, const struct folded *f, const struct token *t)
{
	struct lexicon *lx = p->lx;
	struct sv key = { f->text + t->from, t->to - t->from };
	struct sv text = token_text(f, t, lx->scratch);
	uint32_t sym = lexicon_find_word(lx, key);
	const struct spelling *s = sym ? lexicon_spelled(lx, p->locale, sym) : NULL;
	struct pnode *alt, *first;

	if (!s && key.n != text.n) {
		if (text.n > 1 && key.p[key.n - 2] == '\'' && key.p[key.n - 1] == 's')
			text.n--;       /* "mum's": messages read the word itself */
		sym = lexicon_find_word(lx, text);
		s = sym ? lexicon_spelled(lx, p->locale, sym) : NULL;
	}
	first = s && s->n_first ? tree_syms(lx, s->first, s->n_first)
	    : tree_sym(lx, word_symbol(p, text));
	if (!s || !s->n_second)
		return first;
	alt = tree_new(lx, NODE_ALT);
	tree_add(lx, alt, first);
	tree_add(lx, alt, tree_syms(lx, s->second, s->n_second));
	return alt;
}

/* "self-harm" is "self harm" and "selfharm". */
static struct pnode *with_joined(struct parser *p, const struct folded *f,
    const struct tokens *t, struct pnode *seq)
{
	struct lexicon *lx = p->lx;
	STR_AUTO joined = STR_INIT;
	struct pnode *alt;

	for (int i = 0; i < t->n; i++) {
		if (i && t->items[i].before != SEP_HYPHEN)
			return seq;
		str_add(&joined, token_text(f, &t->items[i], lx->scratch));
	}
	if (t->n < 2 || joined.n >= WORD_MAX)
		return seq;
	alt = tree_new(lx, NODE_ALT);
	tree_add(lx, alt, seq);
	tree_add(lx, alt, tree_sym(lx, word_symbol(p, str_sv(&joined))));
	return alt;
}

static struct pnode *words_tree(struct parser *p, struct sv chunk)
{
	struct lexicon *lx = p->lx;
	struct pnode *seq = tree_new(lx, NODE_SEQ);
	struct folded f;
	struct tokens t;

	fold(chunk, lx->scratch, &f);
	tokenize(lx, p->locale, &f, lx->scratch, &t);
	for (int i = 0; i < t.n; i++)
		tree_add(lx, seq, token_tree(p, &f, &t.items[i]));
	if (t.n == 0)
		return complain(p, "E302", arena_printf(lx->scratch,
		    "\"%.*s\" is no word -- leave it out", SV_ARG(chunk)));
	return with_joined(p, &f, &t, tree_trim(seq));
}

static size_t letters_of(struct sv s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static struct pnode *prefix_tree(struct parser *p, struct sv stem)
{
	struct sv word = fold_word(stem, p->lx->scratch);

	if (letters_of(word) < 3 || memchr(word.p, ' ', word.n) || memchr(word.p, '*', word.n))
		return complain(p, "E306", "a word beginning needs three letters before "
		    "its * -- write more of the word");
	return tree_sym(p->lx, lexicon_add_prefix(p->lx, word));
}

static struct pnode *verb_tree(struct parser *p, struct sv base)
{
	struct lexicon *lx = p->lx;
	const struct locale *l = &lx->locales[p->locale];
	struct sv word = fold_word(base, lx->scratch);
	uint32_t syms[64];
	size_t n = 0;

	for (uint32_t i = 0; i < l->n_verb_words; i++) {
		const struct verb_word *w = &l->verb_words[i];

		if (w->verb >= 0 && sv_eq(l->verbs[w->verb].forms[VERB_BASE], word)
		    && n < COUNT(syms))
			syms[n++] = word_symbol(p, table_name(l->verb_names, i));
	}
	/* forms that an earlier verb shares ("lay") are in the row, not in the table */
	for (size_t v = 0; v < l->n_verbs; v++)
		if (sv_eq(l->verbs[v].forms[VERB_BASE], word))
			for (int form = 0; form < VERB_FORMS && n < COUNT(syms); form++)
				syms[n++] = word_symbol(p, l->verbs[v].forms[form]);
	if (n == 0)
		return complain(p, "E307", arena_printf(lx->scratch, "\"%.*s~\" is not in "
		    "verbs.tsv -- add its row, or list its forms with |", SV_ARG(base)));
	return tree_set(lx, syms, n);
}

/* Grammar of phrases ------------------------------------------------------- */

static struct pnode *parse_choice(struct parser *p, char close);

static bool at_end(const struct parser *p)
{
	return p->at >= p->text.n;
}

static char peek(const struct parser *p)
{
	return at_end(p) ? '\0' : p->text.p[p->at];
}

static bool ahead(const struct parser *p, const char *z)
{
	return sv_starts(sv_sub(p->text, p->at, p->text.n), sv_from(z));
}

static void skip_space(struct parser *p)
{
	while (!at_end(p) && strchr(" \t\n", peek(p)) && peek(p))
		p->at++;
}

static struct pnode *parse_mark(struct parser *p)
{
	char kind = peek(p), close = kind == '{' ? '}' : '>';
	size_t from = ++p->at;
	struct sv name;
	uint32_t sym;

	while (!at_end(p) && peek(p) != close)
		p->at++;
	if (at_end(p))
		return complain(p, "E303", "a { or < is never closed -- add its } or >");
	name = sv_trim(sv_sub(p->text, from, p->at++));
	sym = lexicon_named(p->lx, kind, p->lx->locales[p->locale].name, name);
	if (!sym)
		return complain(p, "E308", arena_printf(p->lx->scratch, kind == '{'
		    ? "there is no list {%.*s} -- add words/%.*s.json or correct the name"
		    : "there is no class <%.*s> here -- define <%.*s> in grammar.json "
		    "\"marks\", before it is used", SV_ARG(name), SV_ARG(name)));
	return tree_sym(p->lx, sym);
}

static struct pnode *parse_word(struct parser *p)
{
	size_t from = p->at;
	struct sv chunk;
	char last;

	while (!at_end(p) && !strchr(" \t\n()[]|{}<>^$", peek(p)) && !ahead(p, "..."))
		p->at++;
	if (p->at == from) {
		p->at++;
		return complain(p, "E302", "a sign stands here that means nothing "
		    "-- leave it out");
	}
	chunk = sv_sub(p->text, from, p->at);
	last = chunk.p[chunk.n - 1];
	if (last == '*')
		return prefix_tree(p, sv_sub(chunk, 0, chunk.n - 1));
	if (last == '~')
		return verb_tree(p, sv_sub(chunk, 0, chunk.n - 1));
	if (memchr(chunk.p, '*', chunk.n) && chunk.n > 1)
		return complain(p, "E306", "a * stands inside a word -- only the end of a "
		    "word may be left open");
	if (memchr(chunk.p, '~', chunk.n))
		return complain(p, "E307", "a ~ stands inside a word -- it follows the base "
		    "form of a verb");
	return words_tree(p, chunk);
}

static struct pnode *parse_group(struct parser *p)
{
	char open = peek(p), close = open == '(' ? ')' : ']';
	struct pnode *inner, *opt;

	p->at++;
	if (++p->depth > DEPTH_MAX)
		return complain(p, "E303", "brackets stand too deep in each other "
		    "-- split the phrase");
	inner = parse_choice(p, close);
	p->depth--;
	if (!inner)
		return NULL;
	if (peek(p) != close)
		return complain(p, "E303", "a bracket is never closed -- add its partner");
	p->at++;
	if (open == '(')
		return inner;
	opt = tree_new(p->lx, NODE_OPT);
	tree_add(p->lx, opt, inner);
	return opt;
}

static struct pnode *parse_item(struct parser *p)
{
	switch (peek(p)) {
	case '(':
	case '[':
		return parse_group(p);
	case '{':
	case '<':
		return ahead(p, "<3") ? (p->at += 2, words_tree(p, SV("<3"))) : parse_mark(p);
	case '^':
		p->at++;
		return tree_new(p->lx, NODE_FIRST);
	case '$':
		p->at++;
		return tree_new(p->lx, NODE_LAST);
	case ')':
	case ']':
		return complain(p, "E303", "a bracket closes that was never opened "
		    "-- take it away");
	}
	return parse_word(p);
}

/* Outside brackets | binds tighter than a space. */
static struct pnode *parse_tight(struct parser *p)
{
	struct pnode *alt = tree_new(p->lx, NODE_ALT), *item;

	for (;;) {
		item = parse_item(p);
		if (!item)
			return NULL;
		tree_add(p->lx, alt, item);
		if (peek(p) != '|' || p->depth > 0)
			return tree_trim(alt);
		p->at++;
		if (at_end(p) || strchr(" |", peek(p)))
			return complain(p, "E304", "a | has nothing beside it -- write it "
			    "without spaces, or use brackets");
	}
}

static bool parse_gap(struct parser *p, struct pnode *seq)
{
	if (!ahead(p, "..."))
		return false;
	p->at += 3;
	if (seq->n == 0 || ++p->gaps > GAPS_MAX) {
		complain(p, "E305", "\"...\" stands between words, twice at most "
		    "-- take one away or split the phrase");
		return true;
	}
	tree_add(p->lx, seq, tree_new(p->lx, NODE_GAP));
	return true;
}

static struct pnode *parse_sequence(struct parser *p, char close)
{
	struct pnode *seq = tree_new(p->lx, NODE_SEQ), *item;

	for (;;) {
		skip_space(p);
		if (at_end(p) || (close && (peek(p) == close || peek(p) == '|')))
			break;
		if (parse_gap(p, seq)) {
			if (p->bad)
				return NULL;
			continue;
		}
		if (peek(p) == '|')
			return complain(p, "E304", "a | has nothing beside it -- write it "
			    "without spaces, or use brackets");
		item = parse_tight(p);
		if (!item)
			return NULL;
		tree_add(p->lx, seq, item);
	}
	if (seq->n == 0)
		return complain(p, close ? "E304" : "E301", close
		    ? "brackets or a | with nothing in them -- write words there"
		    : "the phrase is empty -- write at least one word");
	if (seq->kids[seq->n - 1]->kind == NODE_GAP)
		return complain(p, "E305", "\"...\" may not stand at an end -- leave it out");
	return tree_trim(seq);
}

/* Inside brackets | parts whole sequences: (kill|end my life) is two. */
static struct pnode *parse_choice(struct parser *p, char close)
{
	struct pnode *alt = tree_new(p->lx, NODE_ALT), *seq;

	for (;;) {
		seq = parse_sequence(p, close);
		if (!seq)
			return NULL;
		tree_add(p->lx, alt, seq);
		if (peek(p) != '|')
			return tree_trim(alt);
		p->at++;
	}
}

/* Choices between single symbols become one set. */
static void tree_simplify(struct lexicon *lx, struct pnode *t)
{
	size_t total = 0, k = 0;
	uint32_t *syms;

	for (size_t i = 0; i < t->n; i++)
		tree_simplify(lx, t->kids[i]);
	if (t->kind != NODE_ALT)
		return;
	for (size_t i = 0; i < t->n; i++) {
		const struct pnode *kid = t->kids[i];

		if (kid->kind != NODE_SYM && kid->kind != NODE_SET)
			return;
		total += kid->kind == NODE_SYM ? 1 : kid->n_set;
	}
	syms = ARENA_ARRAY(lx->scratch, uint32_t, total);
	for (size_t i = 0; i < t->n; i++) {
		const struct pnode *kid = t->kids[i];

		if (kid->kind == NODE_SYM)
			syms[k++] = kid->sym;
		for (size_t j = 0; kid->kind == NODE_SET && j < kid->n_set; j++)
			syms[k++] = kid->set[j];
	}
	*t = *tree_set(lx, syms, k);
}

struct pnode *phrase_parse(struct lexicon *lx, uint16_t locale, struct sv text,
    const struct node *where, bool *whole)
{
	struct parser p = { lx, locale, text, 0, where, 0, 0, false };
	struct pnode *tree;

	arena_reset(lx->scratch);
	skip_space(&p);
	*whole = peek(&p) == '=';
	if (*whole)
		p.at++;
	tree = parse_sequence(&p, '\0');
	if (tree && !p.bad)
		tree_simplify(lx, tree);
	return p.bad ? NULL : tree;
}

/* What a tree stands for --------------------------------------------------- */

struct unroll {
	struct arena *arena;
	struct member *out;
	size_t n, max;
};

static bool is_word(const struct lexicon *lx, uint32_t sym)
{
	return lx->symbols[sym].kind == SYMBOL_WORD || lx->symbols[sym].kind == SYMBOL_PREFIX;
}

/* Appends each of the choices to each of the first n members. */
static bool unroll_by(struct unroll *u, const struct member *tails, size_t n_tails)
{
	size_t n = u->n;
	struct member *heads;

	if (n * n_tails > u->max)
		return false;
	heads = arena_copy(u->arena, u->out, n * sizeof *heads);
	u->n = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n_tails; k++) {
			struct member m = { NULL, heads[i].n + tails[k].n };
			uint32_t *syms = ARENA_ARRAY(u->arena, uint32_t, m.n + 1);

			if (heads[i].n)
				memcpy(syms, heads[i].syms, heads[i].n * sizeof *syms);
			if (tails[k].n)
				memcpy(syms + heads[i].n, tails[k].syms, tails[k].n * sizeof *syms);
			m.syms = syms;
			u->out[u->n++] = m;
		}
	return true;
}

static bool unroll(const struct lexicon *lx, const struct pnode *t, struct unroll *u);

static bool unroll_choice(const struct lexicon *lx, const struct pnode *t, struct unroll *u)
{
	struct member *all = ARENA_ARRAY(u->arena, struct member, u->max + 1);
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct unroll one = { u->arena,
			ARENA_ARRAY(u->arena, struct member, u->max), 1, u->max };

		if (!unroll(lx, t->kids[i], &one) || n + one.n > u->max)
			return false;
		memcpy(all + n, one.out, one.n * sizeof *all);
		n += one.n;
	}
	if (t->kind == NODE_OPT)
		all[n++] = (struct member){ NULL, 0 };
	return unroll_by(u, all, n);
}

static bool unroll(const struct lexicon *lx, const struct pnode *t, struct unroll *u)
{
	struct member one = { &t->sym, 1 };
	struct member *all;

	switch ((enum node_kind)t->kind) {
	case NODE_SYM:
		return is_word(lx, t->sym) && unroll_by(u, &one, 1);
	case NODE_SET:
		all = ARENA_ARRAY(u->arena, struct member, t->n_set);
		for (size_t i = 0; i < t->n_set; i++) {
			all[i] = (struct member){ &t->set[i], 1 };
			if (!is_word(lx, t->set[i]))
				return false;
		}
		return unroll_by(u, all, t->n_set);
	case NODE_SEQ:
		for (size_t i = 0; i < t->n; i++)
			if (!unroll(lx, t->kids[i], u))
				return false;
		return true;
	case NODE_ALT:
	case NODE_OPT:
		return unroll_choice(lx, t, u);
	default:
		return false;
	}
}

bool phrase_members(const struct lexicon *lx, const struct pnode *tree,
    struct arena *a, struct member *out, size_t *n, size_t max)
{
	struct unroll u = { a, out, 1, max };
	size_t k = 0;

	out[0] = (struct member){ NULL, 0 };
	*n = 0;
	if (!unroll(lx, tree, &u))
		return false;
	for (size_t i = 0; i < u.n; i++)
		if (out[i].n)
			out[k++] = out[i];
	*n = k;
	return true;
}

static int level_of(const struct lexicon *lx, uint32_t sym)
{
	if (lx->symbols[sym].kind != SYMBOL_CLASS)
		return -1;
	return lx->classes[lx->symbols[sym].index].level;
}

int phrase_level(const struct lexicon *lx, const struct pnode *t)
{
	int level = t->kind == NODE_SYM ? level_of(lx, t->sym) : -1;

	for (size_t i = 0; i < t->n_set; i++)
		if (level_of(lx, t->set[i]) > level)
			level = level_of(lx, t->set[i]);
	for (size_t i = 0; i < t->n; i++) {
		int l = phrase_level(lx, t->kids[i]);

		if (l > level)
			level = l;
	}
	return level;
}

/* Lengths and keys --------------------------------------------------------- */

enum { FAR = 255 };

struct length { unsigned min, max; };

static unsigned add(unsigned a, unsigned b)
{
	return a + b < FAR ? a + b : FAR;
}

static unsigned longest_symbol(const struct lexicon *lx, const struct pnode *t)
{
	unsigned n = t->kind == NODE_SYM ? lx->symbols[t->sym].longest : 1;

	for (size_t i = 0; i < t->n_set; i++)
		if (lx->symbols[t->set[i]].longest > n)
			n = lx->symbols[t->set[i]].longest;
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
	if (t->kind == NODE_SYM && *n < 4)
		out[(*n)++] = t->sym;
	for (size_t i = 0; t->kind == NODE_SEQ && i < t->n; i++)
		needs_of(lx, t->kids[i], out, n);
}

static bool long_enough(const struct lexicon *lx, uint32_t sym)
{
	return lx->symbols[sym].kind != SYMBOL_WORD
	    || letters_of(lexicon_symbol_name(lx, sym)) >= 3
	    || (unsigned char)lexicon_symbol_name(lx, sym).p[0] >= 0x80;
}

/* Must every match contain a word of three letters, or a mark? */
static bool strong(const struct lexicon *lx, const struct pnode *t)
{
	switch ((enum node_kind)t->kind) {
	case NODE_SYM:
		return long_enough(lx, t->sym);
	case NODE_SET:
		for (size_t i = 0; i < t->n_set; i++)
			if (!long_enough(lx, t->set[i]))
				return false;
		return true;
	case NODE_SEQ:
		for (size_t i = 0; i < t->n; i++)
			if (strong(lx, t->kids[i]))
				return true;
		return false;
	case NODE_ALT:
		for (size_t i = 0; i < t->n; i++)
			if (!strong(lx, t->kids[i]))
				return false;
		return true;
	default:
		return false;
	}
}

void phrase_seal(struct lexicon *lx, struct phrase *p)
{
	struct keys *k;
	uint32_t needs[4];

	if (!p->tree)
		return;
	k = keys_new();
	best_keys(lx, p->tree, (struct length){ 0, 0 }, k);
	p->keys = arena_copy(lx->arena, k->items, k->n * sizeof *k->items);
	p->n_keys = (uint32_t)k->n;
	p->weak = !strong(lx, p->tree);
	free(k);
	needs_of(lx, p->tree, needs, &p->n_needs);
	p->needs = arena_copy(lx->arena, needs, p->n_needs * sizeof *needs);
}

static void count_uses(struct lexicon *lx, const struct pnode *t)
{
	if (t->kind == NODE_SYM)
		lx->symbols[t->sym].uses++;
	for (size_t i = 0; i < t->n_set; i++)
		lx->symbols[t->set[i]].uses++;
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
	size_t at = emit(e, OP_SET, (uint32_t)lx->n_sets, 0);

	e->code[at].n = (uint16_t)t->n_set;
	for (size_t i = 0; i < t->n_set; i++) {
		GROW(lx->sets, lx->n_sets, lx->cap_sets);
		lx->sets[lx->n_sets++] = t->set[i];
		e->code[at].bloom |= (uint8_t)(1U << (t->set[i] & 7));
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

static struct phrase *phrase_new(struct lexicon *lx, uint16_t locale, struct sv text,
    unsigned views, const struct node *where)
{
	struct phrase *p;

	GROW(lx->phrases, lx->n_phrases, lx->cap_phrases);
	p = &lx->phrases[lx->n_phrases++];
	*p = (struct phrase){ .locale = locale, .views = (uint8_t)views };
	p->text = arena_sv(lx->arena, text);
	/* phrases come file by file */
	p->file = sv_from(where->reader->source->path);
	p->file = p > lx->phrases && sv_eq(p[-1].file, p->file) ? p[-1].file
	    : arena_sv(lx->arena, p->file);
	p->place = arena_sv(lx->arena, sv_from(where->path));
	return p;
}

static bool must_contain(const struct lexicon *lx, const struct pnode *tree)
{
	struct keys *k = keys_new();
	bool found = best_keys(lx, tree, (struct length){ 0, 0 }, k)
	    && k->n < COUNT(k->items);

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
	if (e.n > CODE_MAX) {
		node_bad(where, "E314", "\"%.*s\" is too long -- split it", SV_ARG(text));
		free(e.code);
		return PHRASE_NONE;
	}
	count_uses(lx, tree);
	p = phrase_new(lx, at, text, views, where);
	p->tree = tree_copy(lx->arena, tree);
	p->whole = whole;
	p->longest = (uint8_t)length_of(lx, tree).max;
	p->code = arena_copy(lx->arena, e.code, e.n * sizeof *e.code);
	p->n_code = (uint32_t)e.n;
	free(e.code);
	return (uint32_t)(p - lx->phrases);
}

uint32_t lexicon_regex(struct lexicon *lx, struct sv locale, struct sv pattern,
    const struct sv *keys, size_t n_keys, unsigned views, const struct node *where)
{
	uint16_t at = lexicon_locale(lx, locale);
	int error = 0;
	PCRE2_SIZE offset = 0;
	pcre2_code *code;
	struct phrase *p;

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
	p = phrase_new(lx, at, pattern, views, where);
	p->regex = code;
	p->longest = FAR;
	p->n_keys = (uint32_t)n_keys;
	p->keys = ARENA_ARRAY(lx->arena, struct key, n_keys);
	for (size_t i = 0; i < n_keys; i++) {
		struct sv word = fold_word(keys[i], lx->scratch);
		uint32_t sym = lexicon_add_word(lx, word);

		lx->symbols[sym].vocabulary |= 1U << at;
		lx->symbols[sym].uses++;
		p->keys[i] = (struct key){ sym, 0, FAR };
	}
	return (uint32_t)(p - lx->phrases);
}

/* Showing what a phrase takes ---------------------------------------------- */

struct spoken {
	const struct lexicon *lx;
	struct str *out;
	const struct pnode *vary;       /* the choice that takes another branch ... */
	size_t branch;                  /* ... this one */
	int depth;
};

static void speak(struct spoken *s, const struct pnode *t);

static void speak_class(struct spoken *s, const struct class_ *c)
{
	if (c->n == 0 || s->depth > 4)
		return;
	s->depth++;
	speak(s, s->lx->phrases[c->phrases[0]].tree);
	s->depth--;
}

static void speak_word(struct spoken *s, struct sv word)
{
	if (s->out->n && word.n)
		str_addc(s->out, ' ');
	str_add(s->out, word);
}

/* The first member of a list: its row's name may be no member. */
static void speak_list(struct spoken *s, const struct list *l)
{
	if (l->n)
		speak_word(s, l->rows[0]);
}

static void speak_symbol(struct spoken *s, uint32_t sym)
{
	const struct lexicon *lx = s->lx;
	const struct symbol *y = &lx->symbols[sym];
	const struct locale *l;
	struct sv name = lexicon_symbol_name(lx, sym);

	if (y->kind == SYMBOL_WORD) {
		speak_word(s, name);
	} else if (y->kind == SYMBOL_PREFIX) {
		speak_word(s, sv_sub(name, 1, name.n));
	} else if (y->kind == SYMBOL_LIST) {
		speak_list(s, &lx->lists[y->index]);
	} else {
		l = &lx->locales[lx->classes[y->index].locale];
		if (sym == l->own[OWN_NUMBER])
			speak_word(s, SV("3"));
		else
			speak_class(s, &lx->classes[y->index]);
	}
}

static void speak(struct spoken *s, const struct pnode *t)
{
	size_t branch = t == s->vary ? s->branch : 0;

	switch ((enum node_kind)t->kind) {
	case NODE_SYM:
		speak_symbol(s, t->sym);
		break;
	case NODE_SET:
		speak_symbol(s, t->set[branch]);
		break;
	case NODE_SEQ:
		for (size_t i = 0; i < t->n; i++)
			speak(s, t->kids[i]);
		break;
	case NODE_ALT:
		speak(s, t->kids[branch]);
		break;
	case NODE_OPT:
		if (branch)
			speak(s, t->kids[0]);
		break;
	default:
		break;
	}
}

struct texts {
	struct arena *arena;
	struct sv *items;
	size_t n, max;
};

static void say_one(const struct lexicon *lx, const struct pnode *root,
    const struct pnode *vary, size_t branch, struct texts *out)
{
	STR_AUTO text = STR_INIT;
	struct spoken s = { lx, &text, vary, branch, 0 };

	if (out->n == out->max)
		return;
	speak(&s, root);
	for (size_t i = 0; i < out->n; i++)
		if (sv_eq(out->items[i], str_sv(&text)))
			return;
	out->items[out->n++] = arena_sv(out->arena, str_sv(&text));
}

static void say_each(const struct lexicon *lx, const struct pnode *root,
    const struct pnode *t, struct texts *out)
{
	size_t branches = t->kind == NODE_SET ? t->n_set : t->kind == NODE_ALT ? t->n
	    : t->kind == NODE_OPT ? 2 : 1;

	for (size_t i = 1; i < branches; i++)
		say_one(lx, root, t, i, out);
	for (size_t i = 0; i < t->n; i++)
		say_each(lx, root, t->kids[i], out);
}

void lexicon_expand(const struct lexicon *lx, uint32_t phrase, struct arena *a,
    struct sv **texts, size_t *n, size_t max)
{
	struct texts out = { a, ARENA_ARRAY(a, struct sv, max + 1), 0, max };
	const struct pnode *tree = phrase < lx->n_phrases ? lx->phrases[phrase].tree : NULL;

	if (tree) {
		say_one(lx, tree, NULL, 0, &out);
		say_each(lx, tree, tree, &out);
	}
	*texts = out.items;
	*n = out.n;
}
