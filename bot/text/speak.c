#include "text/inner.h"

/* Showing what a phrase takes ---------------------------------------------- */

struct spoken {
	const struct lexicon *lx;
	struct str *out;
	const struct pnode *vary;       /* the choice that takes another branch ... */
	size_t branch;                  /* ... this one */
	int depth;
};

static void speak(struct spoken *s, const struct pnode *t);

static void speak_class(struct spoken *s, const struct word_class *c)
{
	if (c->n == 0 || s->depth > 4)
		return;
	s->depth++;
	speak(s, s->lx->written[c->phrases[0]].tree);
	s->depth--;
}

static void speak_word(struct spoken *s, struct sv word)
{
	if (s->out->n && word.n)
		str_addc(s->out, ' ');
	str_add(s->out, word);
}

static void speak_symbol(struct spoken *s, uint32_t sym)
{
	const struct lexicon *lx = s->lx;
	const struct symbol *y = &lx->symbols[sym];
	const struct locale *l;

	if (y->kind == SYMBOL_WORD || y->kind == SYMBOL_PREFIX) {
		speak_word(s, lexicon_letters(lx, sym));
	} else if (y->kind == SYMBOL_LIST) {
		speak_word(s, lx->lists[y->index].first);
	} else {
		l = &lx->locales[lx->classes[y->index].locale];
		if (sym == l->own[OWN_NUMBER])
			speak_word(s, SV("3"));
		else
			speak_class(s, &lx->classes[y->index]);
	}
}

/* Does the choice that varies stand inside t? */
static bool holds(const struct pnode *t, const struct pnode *vary)
{
	if (t == vary)
		return true;
	for (size_t i = 0; i < t->n; i++)
		if (holds(t->kids[i], vary))
			return true;
	return false;
}

/* Which branch of a choice to say: the one that varies, or leads to it. */
static size_t branch_of(const struct spoken *s, const struct pnode *t)
{
	if (t == s->vary)
		return s->branch;
	for (size_t i = 0; s->vary && i < t->n; i++)
		if (holds(t->kids[i], s->vary))
			return t->kind == NODE_OPT ? 1 : i;
	return 0;
}

static void speak(struct spoken *s, const struct pnode *t)
{
	size_t branch = t->kind == NODE_SEQ ? 0 : branch_of(s, t);

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
	const struct pnode *tree = phrase < lx->n_phrases && lx->written
	    ? lx->written[phrase].tree : NULL;

	if (tree) {
		say_one(lx, tree, NULL, 0, &out);
		say_each(lx, tree, tree, &out);
	}
	*texts = out.items;
	*n = out.n;
}
