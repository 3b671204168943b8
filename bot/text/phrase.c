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
	struct pnode *t = ARENA_NEW(lx->trees, struct pnode);

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
		t->kids = ARENA_ARRAY(lx->trees, struct pnode *, t->cap);
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

	t->set = arena_copy(lx->trees, syms, n * sizeof *syms);
	qsort(t->set, n, sizeof *t->set, by_number);
	for (size_t i = 0; i < n; i++)
		if (k == 0 || t->set[i] != t->set[k - 1])
			t->set[k++] = t->set[i];
	t->n_set = (uint32_t)k;
	return t;
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
	struct lexicon *lx = p->lx;
	struct pnode *alt, *first;

	if (s && s->n_first)
		first = tree_syms(lx, s->first, s->n_first);
	else
		first = tree_sym(lx, known_symbol(p, text, sym));
	if (!s || !s->n_second)
		return first;
	alt = tree_new(lx, NODE_ALT);
	tree_add(lx, alt, first);
	tree_add(lx, alt, tree_syms(lx, s->second, s->n_second));
	return alt;
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
	struct pnode *seq;
	struct folded f;
	struct tokens t;

	if (plain_word(chunk)) {
		uint32_t sym = lexicon_find_word(lx, chunk);

		return spelled_tree(p, chunk, sym, spelled(p, sym));
	}
	seq = tree_new(lx, NODE_SEQ);
	fold(chunk, lx->scratch, &f);
	tokenize(lx, p->locale, &f, lx->scratch, &t);
	for (int i = 0; i < t.n; i++)
		tree_add(lx, seq, token_tree(p, &f, &t.items[i]));
	if (t.n == 0)
		return complain(p, "E302", arena_printf(lx->scratch,
		    "\"%.*s\" is no word -- leave it out", SV_ARG(chunk)));
	return with_joined(p, &f, &t, tree_trim(seq));
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
	return tree_sym(p->lx, sym);
}

static struct pnode *verb_tree(struct parser *p, struct sv base)
{
	struct lexicon *lx = p->lx;
	const struct locale *l = &lx->locales[p->locale];
	uint32_t known = table_find(l->base_names, fold_word(base, lx->scratch));

	if (known == TABLE_NONE)
		return complain(p, "E307", arena_printf(lx->scratch, "\"%.*s~\" is not in "
		    "verbs.tsv -- add its row, or list its forms with |", SV_ARG(base)));
	return tree_set(lx, l->bases[known].syms, l->bases[known].n);
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
	return tree_sym(p->lx, sym);
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
		return complain(p, "E303", "a bracket is never closed -- close it");
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
	struct pnode *item = parse_item(p), *alt;

	if (!item || peek(p) != '|' || p->depth > 0)
		return item;
	alt = tree_new(p->lx, NODE_ALT);
	for (;;) {
		tree_add(p->lx, alt, item);
		if (peek(p) != '|')
			return alt;
		p->at++;
		if (at_end(p) || strchr(" |", peek(p)))
			return complain(p, "E304", "a | has nothing beside it -- write it "
			    "without spaces, or use brackets");
		item = parse_item(p);
		if (!item)
			return NULL;
	}
}

static bool parse_gap(struct parser *p, struct pnode *seq)
{
	if (!at_gap(p))
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
	struct pnode *seq = parse_sequence(p, close), *alt;

	if (!seq || peek(p) != '|')
		return seq;
	alt = tree_new(p->lx, NODE_ALT);
	tree_add(p->lx, alt, seq);
	while (peek(p) == '|') {
		p->at++;
		seq = parse_sequence(p, close);
		if (!seq)
			return NULL;
		tree_add(p->lx, alt, seq);
	}
	return alt;
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
