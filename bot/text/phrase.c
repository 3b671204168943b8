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

enum { DEPTH_MAX = 8, GAPS_MAX = 2 };

struct parser {
	struct lexicon *lx;
	struct arena *arena;    /* of the tree */
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

/* A symbol has no kids, and needs no room for them. */
static struct pnode *tree_new(struct parser *p, enum node_kind kind)
{
	struct pnode *t = arena_alloc(p->arena, kind == NODE_SYM ? offsetof(struct pnode, kids) : sizeof *t);

	t->kind = (uint8_t)kind;
	return t;
}

static struct pnode *tree_sym(struct parser *p, uint32_t sym)
{
	struct pnode *t = tree_new(p, NODE_SYM);

	t->sym = sym;
	return t;
}

/* A kid of what is open. */
static void tree_push(struct parser *p, struct pnode *kid)
{
	struct lexicon *lx = p->lx;

	GROW(lx->open, lx->n_open, lx->cap_open);
	lx->open[lx->n_open++] = kid;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* All of them, sorted; syms are sorted in place. */
static struct pnode *tree_set(struct parser *p, uint32_t *syms, size_t n)
{
	struct pnode *t = tree_new(p, NODE_SET);
	size_t k = 0;

	qsort(syms, n, sizeof *syms, by_number);
	for (size_t i = 0; i < n; i++)
		if (k == 0 || syms[i] != syms[k - 1])
			syms[k++] = syms[i];
	t->set = arena_copy(p->arena, syms, k * sizeof *syms);
	t->n_set = (uint32_t)k;
	return t;
}

/* A choice between single symbols is one set; NULL when it is more than that. */
static struct pnode *set_of(struct parser *p, struct pnode *const *kids, size_t n)
{
	size_t total = 0, k = 0;
	const uint32_t *one;
	uint32_t *syms;

	for (size_t i = 0; i < n; i++) {
		if (kids[i]->kind != NODE_SYM && kids[i]->kind != NODE_SET)
			return NULL;
		total += pnode_syms(kids[i], &one);
	}
	syms = ARENA_ARRAY(p->lx->scratch, uint32_t, total);
	for (size_t i = 0; i < n; i++) {
		uint32_t m = pnode_syms(kids[i], &one);

		memcpy(syms + k, one, m * sizeof *syms);
		k += m;
	}
	return tree_set(p, syms, total);
}

/* What was pushed since becomes the kids of a tree; a sequence or choice of one is
 * that one. */
static struct pnode *tree_close(struct parser *p, enum node_kind kind, size_t since)
{
	struct pnode *const *kids = p->lx->open + since;
	size_t n = p->lx->n_open - since;
	struct pnode *t = NULL;

	p->lx->n_open = since;
	if (n == 1 && (kind == NODE_SEQ || kind == NODE_ALT))
		return kids[0];
	if (kind == NODE_ALT)
		t = set_of(p, kids, n);
	if (t)
		return t;
	t = tree_new(p, kind);
	t->n = (uint16_t)n;
	t->kids = arena_copy(p->arena, kids, n * sizeof *kids);
	return t;
}

static struct pnode *tree_pair(struct parser *p, struct pnode *a, struct pnode *b)
{
	size_t since = p->lx->n_open;

	tree_push(p, a);
	tree_push(p, b);
	return tree_close(p, NODE_ALT, since);
}

static struct pnode *tree_syms(struct parser *p, const uint32_t *syms, size_t n)
{
	size_t since = p->lx->n_open;

	for (size_t i = 0; i < n; i++)
		tree_push(p, tree_sym(p, syms[i]));
	return tree_close(p, NODE_SEQ, since);
}

/* Words -------------------------------------------------------------------- */

static uint32_t word_symbol(struct parser *p, struct sv folded)
{
	uint32_t sym = lexicon_add_word(p->lx, folded);

	p->lx->symbols[sym].vocabulary |= 1U << p->locale;
	return sym;
}

static uint32_t known_symbol(struct parser *p, struct sv folded, uint32_t sym)
{
	return sym && p->lx->symbols[sym].vocabulary >> p->locale & 1 ? sym : word_symbol(p, folded);
}

static const struct spelling *spelled(const struct parser *p, uint32_t sym)
{
	return sym ? lexicon_spelled(p->lx, p->locale, sym) : NULL;
}

/* A word as messages would read it: written out, both ways where it has two. */
static struct pnode *spelled_tree(struct parser *p, struct sv text, uint32_t sym,
    const struct spelling *s)
{
	struct pnode *first;

	if (s && s->n_first)
		first = tree_syms(p, s->first, s->n_first);
	else
		first = tree_sym(p, known_symbol(p, text, sym));
	if (!s || !s->n_second)
		return first;
	return tree_pair(p, first, tree_syms(p, s->second, s->n_second));
}

static struct pnode *token_tree(struct parser *p, const struct folded *f, const struct token *t)
{
	struct lexicon *lx = p->lx;
	struct sv key = { f->text + t->from, t->to - t->from };
	struct sv text = token_text(f, t, lx->scratch);
	uint32_t sym = lexicon_find_word(lx, key);
	const struct spelling *s = spelled(p, sym);

	if (!(s && s->n_first) && key.n != text.n) {
		if (genitive_ends(&lx->locales[p->locale], key))        /* "mum's" is read as mum */
			text.n -= lx->locales[p->locale].genitive.n - 1;
		sym = lexicon_find_word(lx, text);
		s = s ? s : spelled(p, sym);
	}
	return spelled_tree(p, text, key.n == text.n ? sym : SYM_NONE, s);
}

/* "self-harm" is "self harm" and "selfharm". */
static struct pnode *with_joined(struct parser *p, const struct folded *f,
    const struct tokens *t, struct pnode *seq)
{
	struct lexicon *lx = p->lx;
	STR_AUTO joined = STR_INIT;

	for (int i = 0; i < t->n; i++) {
		if (i && t->items[i].before != SEP_HYPHEN)
			return seq;
		str_add(&joined, token_text(f, &t->items[i], lx->scratch));
	}
	if (t->n < 2 || joined.n >= WORD_MAX)
		return seq;
	return tree_pair(p, seq, tree_sym(p, word_symbol(p, str_sv(&joined))));
}

bool plain_word(struct sv s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'a' || s.p[i] > 'z')
			return false;
	return true;
}

static struct pnode *words_tree(struct parser *p, struct sv chunk)
{
	struct lexicon *lx = p->lx;
	size_t since = lx->n_open;
	struct folded f;
	struct tokens t;

	if (plain_word(chunk)) {
		uint32_t sym = lexicon_find_word(lx, chunk);

		return spelled_tree(p, chunk, sym, spelled(p, sym));
	}
	fold(chunk, lx->scratch, &f);
	tokenize(lx, p->locale, &f, lx->scratch, &t);
	for (int i = 0; i < t.n; i++)
		tree_push(p, token_tree(p, &f, &t.items[i]));
	if (t.n == 0)
		return complain(p, "E302", arena_printf(lx->scratch,
		    "\"%.*s\" is no word -- leave it out", SV_ARG(chunk)));
	return with_joined(p, &f, &t, tree_close(p, NODE_SEQ, since));
}

static struct pnode *prefix_tree(struct parser *p, struct sv stem)
{
	struct sv word = fold_word(stem, p->lx->scratch);
	uint32_t sym;

	if (utf8_count(word) < 3 || memchr(word.p, ' ', word.n) || memchr(word.p, '*', word.n))
		return complain(p, "E306", "a word beginning needs three letters before "
		    "its * -- write more of the word");
	sym = lexicon_add_prefix(p->lx, word);
	p->lx->symbols[sym].vocabulary |= 1U << p->locale;
	return tree_sym(p, sym);
}

static struct pnode *verb_tree(struct parser *p, struct sv base)
{
	struct lexicon *lx = p->lx;
	const struct locale *l = &lx->locales[p->locale];
	uint32_t known = table_find(l->base_names, fold_word(base, lx->scratch));

	if (known == TABLE_NONE)
		return complain(p, "E307", arena_printf(lx->scratch, "\"%.*s~\" is not in "
		    "verbs.tsv -- add its row, or list its forms with |", SV_ARG(base)));
	return tree_set(p, arena_copy(lx->scratch, l->bases[known].syms,
	    l->bases[known].n * sizeof *l->bases[known].syms), l->bases[known].n);
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

static bool at_gap(const struct parser *p)
{
	return peek(p) == '.' && ahead(p, "...");
}

static void skip_space(struct parser *p)
{
	while (!at_end(p) && (peek(p) == ' ' || peek(p) == '\t' || peek(p) == '\n'))
		p->at++;
}

/* Does a word end at this character?  strchr() would find NUL as well, and so it is. */
static bool ends_word(char c)
{
	return (c < 'a' || c > 'z') && strchr(" \t\n()[]|{}<>^$", c);
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
	return tree_sym(p, sym);
}

static struct pnode *parse_word(struct parser *p)
{
	size_t from = p->at;
	struct sv chunk;
	char last;

	while (!at_end(p) && !ends_word(peek(p)) && !at_gap(p))
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
	struct pnode *inner;

	p->at++;
	if (++p->depth > DEPTH_MAX)
		return complain(p, "E303", "brackets stand too deep in each other "
		    "-- split the phrase");
	inner = parse_choice(p, close);
	p->depth--;
	if (!inner)
		return NULL;
	if (peek(p) != close)
		return complain(p, "E303", "a bracket is never closed -- close it");
	p->at++;
	if (open == '(')
		return inner;
	tree_push(p, inner);
	return tree_close(p, NODE_OPT, p->lx->n_open - 1);
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
		return tree_new(p, NODE_FIRST);
	case '$':
		p->at++;
		return tree_new(p, NODE_LAST);
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
	struct pnode *item = parse_item(p);
	size_t since = p->lx->n_open;

	if (!item || peek(p) != '|' || p->depth > 0)
		return item;
	for (;;) {
		tree_push(p, item);
		if (peek(p) != '|')
			return tree_close(p, NODE_ALT, since);
		p->at++;
		if (at_end(p) || strchr(" |", peek(p)))
			return complain(p, "E304", "a | has nothing beside it -- write it "
			    "without spaces, or use brackets");
		item = parse_item(p);
		if (!item)
			return NULL;
	}
}

static bool parse_gap(struct parser *p, bool first)
{
	if (!at_gap(p))
		return false;
	p->at += 3;
	if (first || ++p->gaps > GAPS_MAX) {
		complain(p, "E305", "\"...\" stands between words, twice at most "
		    "-- take one away or split the phrase");
		return true;
	}
	tree_push(p, tree_new(p, NODE_GAP));
	return true;
}

static struct pnode *parse_sequence(struct parser *p, char close)
{
	size_t since = p->lx->n_open;
	struct pnode *item;

	for (;;) {
		skip_space(p);
		if (at_end(p) || (close && (peek(p) == close || peek(p) == '|')))
			break;
		if (parse_gap(p, p->lx->n_open == since)) {
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
		tree_push(p, item);
	}
	if (p->lx->n_open == since)
		return complain(p, close ? "E304" : "E301", close
		    ? "brackets or a | with nothing in them -- write words there"
		    : "the phrase is empty -- write at least one word");
	if (p->lx->open[p->lx->n_open - 1]->kind == NODE_GAP)
		return complain(p, "E305", "\"...\" may not stand at an end -- leave it out");
	return tree_close(p, NODE_SEQ, since);
}

/* Inside brackets | parts whole sequences: (kill|end my life) is two. */
static struct pnode *parse_choice(struct parser *p, char close)
{
	struct pnode *seq = parse_sequence(p, close);
	size_t since = p->lx->n_open;

	if (!seq || peek(p) != '|')
		return seq;
	tree_push(p, seq);
	while (peek(p) == '|') {
		p->at++;
		seq = parse_sequence(p, close);
		if (!seq)
			return NULL;
		tree_push(p, seq);
	}
	return tree_close(p, NODE_ALT, since);
}

struct pnode *phrase_parse(struct lexicon *lx, uint16_t locale, struct sv text,
    const struct node *where, struct arena *a, bool *whole)
{
	struct parser p = { .lx = lx, .arena = a, .locale = locale, .text = text, .where = where };
	struct pnode *tree;

	arena_reset(lx->scratch);
	lx->n_open = 0;
	skip_space(&p);
	*whole = peek(&p) == '=';
	if (*whole)
		p.at++;
	tree = parse_sequence(&p, '\0');
	return p.bad ? NULL : tree;
}

/* Plain words -------------------------------------------------------------- */

static bool add_symbols(uint32_t *syms, size_t *n, size_t max, const uint32_t *more, size_t n_more)
{
	if (*n + n_more > max)
		return false;
	memcpy(syms + *n, more, n_more * sizeof *syms);
	*n += n_more;
	return true;
}

size_t phrase_plain(struct lexicon *lx, uint16_t locale, struct sv text, uint32_t *syms, size_t max)
{
	struct parser p = { .lx = lx, .locale = locale };
	struct sv word;
	size_t n = 0;

	while (sv_split(&text, ' ', &word)) {
		uint32_t sym = lexicon_find_word(lx, word);
		const struct spelling *s = spelled(&p, sym);
		bool fits;

		if (!word.n || !plain_word(word) || (s && s->n_second))
			return 0;
		if (s && s->n_first) {
			fits = add_symbols(syms, &n, max, s->first, s->n_first);
		} else {
			sym = known_symbol(&p, word, sym);
			fits = add_symbols(syms, &n, max, &sym, 1);
		}
		if (!fits)
			return 0;
	}
	return n;
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
	struct unroll one = { u->arena, ARENA_ARRAY(u->arena, struct member, u->max), 1, u->max };
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		one.out[0] = (struct member){ NULL, 0 };
		one.n = 1;
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
	const uint32_t *syms;
	int level = -1;

	for (uint32_t i = pnode_syms(t, &syms); i-- > 0; )
		if (level_of(lx, syms[i]) > level)
			level = level_of(lx, syms[i]);
	for (size_t i = 0; i < t->n; i++) {
		int l = phrase_level(lx, t->kids[i]);

		if (l > level)
			level = l;
	}
	return level;
}
