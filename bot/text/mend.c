#include "text/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum {
	NEAR_LEAST = 5,         /* a typo has at least so many letters */
	NEAR_MOST = 20,
	JOIN_LEAST = 6,         /* of a word typed as two */
	SPLIT_LEAST = 5, SPLIT_PARTS = 4,
	LETTERS_LEAST = 3, LETTERS_MOST = 14,   /* of a word spelled with spaces */
	OPEN_MOST = 3,          /* letters of a word that may be one of two */
	PIECE_MOST = 2,         /* letters of what is left beside a star */
	FIGURES_MOST = 3,       /* of a number that may be a word */
	LOOKUPS_MAX = 4096,     /* for disguises, in one message; past it, it is cut */
	PARTINGS_MAX = 2000,    /* for words without their spaces; past it, no more */
};

/* Words as characters: edits count letters, not bytes. */
struct letters { uint32_t at[NEAR_MOST + 2]; size_t n; };

static bool letters_of(struct sv word, struct letters *out)
{
	out->n = 0;
	for (size_t i = 0; i < word.n; ) {
		if (out->n > NEAR_MOST)
			return false;
		i += utf8_next(word, i, &out->at[out->n++]);
	}
	return out->n <= NEAR_MOST;
}

static uint32_t hash_letters(const struct letters *w, size_t skip)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < w->n; i++)
		if (i != skip)
			h = (h ^ w->at[i]) * 16777619U;
	return h ^ h >> 15;
}

/* One letter apart --------------------------------------------------------- */

static bool may_be_meant(const struct lexicon *lx, uint32_t sym, struct letters *w)
{
	const struct symbol *s = &lx->symbols[sym];
	struct sv name = lexicon_letters(lx, sym);

	return (s->kind == SYMBOL_WORD || s->kind == SYMBOL_PREFIX) && s->vocabulary
	    && name.n && (unsigned char)name.p[0] > '9' && letters_of(name, w)
	    && w->n + 1 >= NEAR_LEAST + (s->kind == SYMBOL_PREFIX);
}

struct hashed { uint32_t hash, sym; };

/* Every hash under which a word can be found; deleting one of two equal neighbours
 * gives the same word twice, which does no harm. */
static struct hashed *near_hashes(const struct lexicon *lx, size_t *n)
{
	struct hashed *all = NULL;
	size_t cap = 0;
	uint32_t total = table_count(lx->names);

	*n = 0;
	for (uint32_t sym = 1; sym <= total; sym++) {
		struct letters w;

		if (!may_be_meant(lx, sym, &w))
			continue;
		for (size_t skip = 0; skip <= w.n; skip++) {
			GROW(all, *n, cap);
			all[(*n)++] = (struct hashed){ hash_letters(&w, skip), sym };
		}
	}
	return all;
}

/* Counted, then each put in its place. */
void near_build(struct lexicon *lx)
{
	size_t n;
	struct hashed *all = near_hashes(lx, &n);
	uint32_t sum = 0;

	for (lx->near_mask = 255; lx->near_mask < table_count(lx->names); )
		lx->near_mask = 2 * lx->near_mask + 1;
	lx->near_at = xcalloc((size_t)lx->near_mask + 2, sizeof *lx->near_at);
	for (size_t i = 0; i < n; i++)
		lx->near_at[all[i].hash & lx->near_mask]++;
	for (uint32_t i = 0; i <= lx->near_mask; i++) {
		sum += lx->near_at[i];
		lx->near_at[i] = sum;
	}
	lx->near_at[lx->near_mask + 1] = sum;
	lx->near = xcalloc(n + 1, sizeof *lx->near);
	for (size_t i = 0; i < n; i++)
		lx->near[--lx->near_at[all[i].hash & lx->near_mask]] =
		    (struct near){ all[i].sym & 0xffffff, all[i].hash >> 24 };
	free(all);
}

static enum slip slip_longer(const struct letters *shorter, const struct letters *longer)
{
	size_t i = 0;

	while (i < shorter->n && shorter->at[i] == longer->at[i])
		i++;
	if (memcmp(shorter->at + i, longer->at + i + 1, (shorter->n - i) * sizeof *shorter->at) != 0)
		return SLIP_NONE;
	if (i > 0 && longer->at[i] == longer->at[i - 1])
		return SLIP_DOUBLE;
	return i == 0 ? SLIP_FIRST : SLIP_MISSING;
}

static enum slip slip_same(const struct letters *a, const struct letters *b)
{
	size_t i = 0, tail;

	while (i < a->n && a->at[i] == b->at[i])
		i++;
	if (i == a->n)
		return SLIP_NONE;
	tail = a->n - i - 1;
	if (memcmp(a->at + i + 1, b->at + i + 1, tail * sizeof *a->at) == 0)
		return i == 0 ? SLIP_FIRST : SLIP_OTHER;
	if (tail && a->at[i] == b->at[i + 1] && a->at[i + 1] == b->at[i]
	    && memcmp(a->at + i + 2, b->at + i + 2, (tail - 1) * sizeof *a->at) == 0)
		return SLIP_SWAP;
	return SLIP_NONE;
}

static enum slip slip_of(const struct letters *typed, const struct letters *meant)
{
	if (typed->n == meant->n)
		return slip_same(typed, meant);
	if (typed->n + 1 == meant->n)
		return slip_longer(typed, meant);
	return typed->n == meant->n + 1 ? slip_longer(meant, typed) : SLIP_NONE;
}

/* A usual typo is in the vocabulary too: what is meant is what it is written out as. */
static uint32_t meant_by(const struct lexicon *lx, int locale, uint32_t sym)
{
	const struct spelling *s = lexicon_spelled(lx, locale, sym);

	return s && s->n_first == 1 ? s->first[0] : sym;
}

static void add_near(const struct lexicon *lx, struct near_words *out, uint32_t sym, enum slip slip)
{
	for (size_t i = 0; i < out->n; i++)
		if (sv_eq(lexicon_letters(lx, out->items[i].sym), lexicon_letters(lx, sym))) {
			if (slip < out->items[i].slip)
				out->items[i].slip = slip;
			return;
		}
	if (out->n < NEAR_WORDS)
		out->items[out->n++] = (struct near_word){ sym, slip };
}

static void weigh(const struct lexicon *lx, int locale, const struct letters *typed,
    uint32_t sym, struct near_words *out)
{
	struct letters meant;
	enum slip slip;

	if (!(lx->symbols[sym].vocabulary >> locale & 1)
	    || !letters_of(lexicon_letters(lx, sym), &meant)
	    || (slip = slip_of(typed, &meant)) == SLIP_NONE)
		return;
	add_near(lx, out, meant_by(lx, locale, sym), slip);
}

void near_all(const struct lexicon *lx, int locale, struct sv word, struct near_words *out)
{
	struct letters typed;

	out->n = 0;
	if (!letters_of(word, &typed) || typed.n + 1 < NEAR_LEAST)
		return;
	for (size_t skip = 0; skip <= typed.n; skip++) {
		uint32_t h = hash_letters(&typed, skip), at = h & lx->near_mask;

		for (uint32_t i = lx->near_at[at]; i < lx->near_at[at + 1]; i++)
			if (lx->near[i].check == h >> 24)
				weigh(lx, locale, &typed, lx->near[i].sym, out);
	}
}

const struct near_words *near_of(const struct lexicon *lx, int locale, struct typed *t,
    struct arena *a)
{
	if (!t->near) {
		struct near_words *all = ARENA_NEW(a, struct near_words);

		near_all(lx, locale, t->text, all);
		t->near = all;
	}
	return t->near;
}

/* Of several kinds of slip the likeliest counts, and of two words of that kind neither. */
uint32_t near_best(const struct near_words *all, struct sv typed)
{
	const struct near_word *best = NULL;
	bool several = false;

	if (utf8_count(typed) < NEAR_LEAST)
		return SYM_NONE;
	for (size_t i = 0; i < all->n; i++) {
		if (best && all->items[i].slip > best->slip)
			continue;
		several = best && all->items[i].slip == best->slip;
		best = &all->items[i];
	}
	return best && !several ? best->sym : SYM_NONE;
}

/* Stretched letters -------------------------------------------------------- */

/* Writes word with runs of three or more letters cut to `keep`, and, when
 * `pairs` is set, runs of two to one as well.  False when there is no long run. */
static bool squeeze(struct sv word, size_t keep, bool pairs, char *out, size_t *n)
{
	bool any = false;

	*n = 0;
	for (size_t i = 0; i < word.n; ) {
		size_t end = i;

		while (end < word.n && word.p[end] == word.p[i] && (unsigned char)word.p[i] < 0x80)
			end++;
		if (end == i)
			end++;
		any = any || end - i >= 3;
		for (size_t k = 0; k < end - i; k++)
			if (k < (end - i >= 3 ? keep : pairs ? 1 : end - i))
				out[(*n)++] = word.p[i];
		i = end;
	}
	return any;
}

uint32_t squeeze_find(const struct lexicon *lx, int locale, struct sv word)
{
	static const struct { size_t keep; bool pairs; } ways[] = {
		{ 1, false }, { 2, false }, { 1, true },
	};
	char out[WORD_MAX];
	size_t n;

	if (word.n > sizeof out)
		return SYM_NONE;
	for (size_t i = 0; i < COUNT(ways); i++) {
		uint32_t sym;

		if (!squeeze(word, ways[i].keep, ways[i].pairs, out, &n))
			return SYM_NONE;
		sym = lexicon_find_word(lx, (struct sv){ out, n });
		if (sym && lx->symbols[sym].vocabulary >> locale & 1)
			return sym;
	}
	return SYM_NONE;
}

/* Disguises ---------------------------------------------------------------- */

/* A word, or the words a text is parted into, or a prefix that it begins with. */
struct offered { struct sv word; uint32_t sym; const uint32_t *path; size_t n_path; bool prefix; };

/* What a text may mean, all of it, in the order in which it was offered: of a stretch
 * of letters, the first tokens of it. */
struct meaning { struct meaning *next; const struct offered *what; unsigned views; int more; };
struct meant { struct meaning *first, **end; };

struct mender {
	struct message *m;
	const struct lexicon *lx;
	int locale;
	const struct folded *f;
	struct memo *memo;
	struct tokens *t;
	struct meant *meant;    /* where what is offered is noted, NULL nowhere */
};

static bool may_look(const struct mender *d)
{
	struct lattice *g = d->m->lattice;

	if (g->mends < LOOKUPS_MAX) {
		g->mends++;
		return true;
	}
	d->m->cut = true;
	return false;
}

static const struct token *token_at(const struct mender *d, int i)
{
	return &d->t->items[i];
}

static int end_word(const struct token *t)
{
	return t->word + t->n_words;
}

/* The word as it is looked for; NULL by nobody. */
static const struct offered *look_up(const struct mender *d, struct sv word)
{
	static const struct offered nothing;
	void **at = memo_at(d->memo, MEMO_OFFER, word);
	struct offered *o = *at;
	uint32_t sym, found[8];

	if (o)
		return o != &nothing ? o : NULL;
	if (!may_look(d))
		return NULL;
	*at = (void *)(uintptr_t)&nothing;
	sym = lexicon_find_word(d->lx, word);
	if (sym && !(d->lx->symbols[sym].vocabulary >> d->locale & 1))
		sym = SYM_NONE;
	if (!sym && lexicon_prefixes_of(d->lx, word, found, COUNT(found)) == 0)
		return NULL;
	*at = o = ARENA_NEW(d->memo->arena, struct offered);
	o->sym = sym;
	o->word = sym ? lexicon_symbol_name(d->lx, sym) : arena_sv(d->memo->arena, word);
	return o;
}

/* Adds what is offered to the words from token a to token b. */
static void place(const struct mender *d, int a, int b, const struct offered *o, unsigned views)
{
	struct message *m = d->m;
	int from = token_at(d, a)->word, to = end_word(token_at(d, b));
	const struct spelling *s = o->sym && !o->prefix ? lexicon_spelled(d->lx, d->locale, o->sym) : NULL;

	if (d->meant) {
		struct meaning *note = ARENA_NEW(d->memo->arena, struct meaning);

		*note = (struct meaning){ NULL, o, views, b - a };
		*d->meant->end = note;
		d->meant->end = &note->next;
	}
	if (o->prefix) {
		lattice_edge(m, from, to, o->sym, 0, views, false);
		return;
	}
	if (o->n_path)
		lattice_path(m, from, to, from, o->path, o->n_path, views);
	else if (s && s->n_first)
		lattice_path(m, from, to, from, s->first, s->n_first, views);
	else
		lattice_word(m, from, to, o->word, o->sym, views);
	if (s && s->n_second)
		lattice_path(m, from, to, from, s->second, s->n_second, views);
	for (int w = from + 1; w < to; w++)
		m->lattice->glued[w] = 1;
}

/* Once more what was found for the same text before. */
static void place_all(const struct mender *d, int a, const struct meant *all)
{
	for (const struct meaning *x = all->first; x; x = x->next)
		place(d, a, a + x->more, x->what, x->views);
}

static void note_begin(struct mender *d)
{
	d->meant = ARENA_NEW(d->memo->arena, struct meant);
	d->meant->end = &d->meant->first;
}

/* What was noted; NULL where the work ended before all was looked up. */
static struct meant *note_end(struct mender *d)
{
	const struct lattice *g = d->m->lattice;
	struct meant *all = d->meant;

	d->meant = NULL;
	return g->mends < LOOKUPS_MAX && g->partings <= PARTINGS_MAX ? all : NULL;
}

/* The words from token a to token b may be this word.  True when somebody
 * looks for it. */
static bool offer(const struct mender *d, int a, int b, struct sv word, unsigned views)
{
	const struct offered *o = word.n && word.n < WORD_MAX ? look_up(d, word) : NULL;

	if (o)
		place(d, a, b, o, views);
	return o;
}

bool undisguise(struct sv text, int choice, char *out, size_t *n, int *open)
{
	bool changed = false;

	*n = 0;
	*open = 0;
	for (size_t i = 0; i < text.n; ) {
		size_t from = i;
		uint32_t cp, as;

		i += utf8_next(text, i, &cp);
		as = fold_alike(cp, choice >> *open & 1);
		if (*open < OPEN_MOST)
			*open += as != fold_alike(cp, ~choice >> *open & 1);
		changed = changed || as;
		if (*n + 4 >= WORD_MAX)
			return false;
		if (as) {
			out[(*n)++] = (char)as;
		} else {
			memcpy(out + *n, text.p + from, i - from);
			*n += i - from;
		}
	}
	return changed;
}

static bool offer_squeezed(const struct mender *d, int a, int b, struct sv text)
{
	char out[WORD_MAX];
	size_t n;

	for (size_t keep = 1; keep <= 2; keep++)
		if (text.n < WORD_MAX && squeeze(text, keep, false, out, &n)
		    && offer(d, a, b, (struct sv){ out, n }, VIEW_FOLDED))
			return true;
	return false;
}

/* The words that make up text, longest first, all of them looked for:
 * "killmyself", "iveovereaten". */
struct parts { uint32_t syms[4 * SPLIT_PARTS]; size_t n; };

/* What a part stands for: itself, or what it is written out as; 0 when nobody
 * looks for it. */
static size_t part_words(const struct mender *d, struct sv text, const uint32_t **syms,
    uint32_t *own)
{
	const struct spelling *s;

	*own = lexicon_find_word(d->lx, text);
	if (!*own || !(d->lx->symbols[*own].vocabulary >> d->locale & 1))
		return 0;
	s = lexicon_spelled(d->lx, d->locale, *own);
	if (s && s->n_first && s->n_first <= 4 && text.n > 2) {
		*syms = s->first;
		return s->n_first;
	}
	*syms = own;
	return d->lx->symbols[*own].uses > 0;
}

/* No word that begins as text does is longer. */
static size_t longest_part(const struct lexicon *lx, struct sv text)
{
	for (size_t n = BEGIN_LEAST; n <= BEGIN_MOST && n <= text.n; n++)
		if (!lexicon_may_begin(lx, sv_sub(text, 0, n)))
			return n - 1;
	return text.n;
}

static bool part(const struct mender *d, struct sv text, size_t depth, struct parts *p)
{
	size_t before = p->n;

	if (text.n == 0)
		return depth > 1;
	if (depth == SPLIT_PARTS)
		return false;
	for (size_t n = longest_part(d->lx, text); n > 0; n--) {
		const uint32_t *syms;
		uint32_t own;
		size_t words;

		/* single letters only in front: "iwant" */
		if (n == 1 && depth > 0)
			break;
		if (d->m->lattice->partings++ > PARTINGS_MAX)
			return false;
		words = part_words(d, sv_sub(text, 0, n), &syms, &own);
		if (!words)
			continue;
		memcpy(p->syms + before, syms, words * sizeof *syms);
		p->n = before + words;
		if (part(d, sv_sub(text, n, text.n), depth + 1, p))
			return true;
		p->n = before;
	}
	return false;
}

static void offer_parted(const struct mender *d, int a, int b, struct sv text)
{
	struct parts p = { .n = 0 };
	struct offered *o;

	if (text.n < SPLIT_LEAST || text.n >= WORD_MAX || !part(d, text, 0, &p))
		return;
	o = ARENA_NEW(d->memo->arena, struct offered);
	o->path = arena_copy(d->memo->arena, p.syms, p.n * sizeof *p.syms);
	o->n_path = p.n;
	place(d, a, b, o, VIEW_FOLDED);
}

/* Text as written, with look-alikes read as letters. */
static void offer_disguised(const struct mender *d, int a, int b, struct sv text)
{
	char out[WORD_MAX];
	size_t n;
	int open = 0;

	if (text.n >= WORD_MAX)
		return;
	for (int choice = 0; choice < 1 << open || !choice; choice++) {
		struct sv plain = { out, 0 };

		if (!undisguise(text, choice, out, &n, &open))
			break;
		plain.n = n;
		if (offer(d, a, b, plain, VIEW_FOLDED) || offer_squeezed(d, a, b, plain))
			d->m->lattice->disguised = true;
		else
			offer_parted(d, a, b, plain);
	}
}

/* "i w4nt 70 d1e": where other words are disguised, a number may be one. */
static void mend_numbers(const struct mender *d)
{
	for (int i = 0; i < d->t->n && d->m->lattice->disguised; i++) {
		const struct token *t = token_at(d, i);

		if (t->flags & TOKEN_NUMBER && t->to - t->from <= FIGURES_MOST)
			offer_disguised(d, i, i, t->text);
	}
}

bool fits_star(struct sv starred, struct sv word)
{
	for (size_t i = 0; i < starred.n; i++)
		if (starred.p[i] != '*' && (i >= word.n || starred.p[i] != word.p[i]))
			return false;
	return starred.n == word.n;
}

/* One letter is a star: "su*cide".  Without it, the words that are one missing
 * letter away may be meant. */
static void offer_starred(const struct mender *d, int a, int b, struct sv text)
{
	char out[WORD_MAX];
	size_t n = 0, stars = 0;
	struct near_words all;

	if (text.n >= WORD_MAX || text.n < NEAR_LEAST)
		return;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '*')
			stars++;
		else
			out[n++] = text.p[i];
	if (stars != 1 || !may_look(d))
		return;
	near_all(d->lx, d->locale, (struct sv){ out, n }, &all);
	for (size_t i = 0; i < all.n; i++)
		if (fits_star(text, lexicon_letters(d->lx, all.items[i].sym)))
			offer(d, a, b, lexicon_letters(d->lx, all.items[i].sym), VIEW_FOLDED);
}

static bool has_letter(struct sv text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((text.p[i] >= 'a' && text.p[i] <= 'z') || (unsigned char)text.p[i] >= 0x80)
			return true;
	return false;
}

static bool letters_or_figures(const struct token *t)
{
	return !(t->flags & (TOKEN_EMOJI | TOKEN_LINK));
}

static bool letters_only(const struct token *t)
{
	return letters_or_figures(t) && !(t->flags & TOKEN_NUMBER);
}

/* What is left of a word with a star in it, "cr*sh", is no word of its own. */
static void no_word(const struct mender *d, int i)
{
	const struct token *t = token_at(d, i);

	if (t->text.n <= PIECE_MOST && t->n_words == 1)
		d->m->lattice->head[t->word] = -1;
}

/* Signs that may be the first or last letter of a word; "!" only the first. */
bool sign_behind(const struct folded *f, size_t at)
{
	return at < f->n && f->text[at] && strchr("$@|", f->text[at]);
}

bool sign_before(const struct folded *f, size_t at)
{
	if (at == 0)
		return false;
	return sign_behind(f, at - 1) || (f->text[at - 1] == '!'
	    && (at == 1 || f->kind[at - 2] & FOLD_SPACE));
}

/* Tokens a..b stand in one piece with signs between: "k!ll", "$uicide". */
static void mend_signs(struct mender *d, int a, int b)
{
	uint32_t from = token_at(d, a)->from, to = token_at(d, b)->to;
	struct sv text;
	const struct meant *known;

	while (sign_before(d->f, from))
		from--;
	while (sign_behind(d->f, to))
		to++;
	text = (struct sv){ d->f->text + from, to - from };
	if (memchr(text.p, '*', text.n))
		for (int i = a; i <= b; i++)
			no_word(d, i);
	known = *memo_at(d->memo, MEMO_CLUSTER, text);
	if (known) {
		place_all(d, a, known);
		return;
	}
	note_begin(d);
	if (memchr(text.p, '*', text.n))
		offer_starred(d, a, b, text);
	else if (has_letter(text))
		offer_disguised(d, a, b, text);
	*memo_at(d->memo, MEMO_CLUSTER, text) = note_end(d);
}

/* "k!ll" is two tokens with a sign between, "4live" a number and a word. */
static bool goes_on(const struct mender *d, int i)
{
	const struct token *a = token_at(d, i - 1), *b = token_at(d, i);

	if (b->before == 0)
		return (a->flags | b->flags) & TOKEN_NUMBER && letters_or_figures(a)
		    && letters_or_figures(b);
	return b->before & SEP_SIGN && !(b->before & ~(SEP_SIGN | SEP_EXCLAIM | SEP_COMMA));
}

static void mend_clusters(struct mender *d)
{
	for (int a = 0; a < d->t->n; a++) {
		int b = a;

		while (b + 1 < d->t->n && b - a < 6 && goes_on(d, b + 1))
			b++;
		if (b > a || sign_before(d->f, token_at(d, a)->from)
		    || sign_behind(d->f, token_at(d, b)->to))
			mend_signs(d, a, b);
		a = b;
	}
}

/* Spelled with spaces ------------------------------------------------------ */

/* One letter, or a figure that looks like one. */
static bool one_letter(const struct mender *d, const struct token *t)
{
	char c = d->f->text[t->from];

	return t->flags & TOKEN_SINGLE && !(t->flags & TOKEN_EMOJI)
	    && (!(t->flags & TOKEN_NUMBER) || fold_alike((unsigned char)c, 0));
}

/* Writes the letter of token i behind the others; true when it could be another. */
static bool spell_letter(const struct mender *d, int i, int choice, char *out, size_t *n)
{
	const struct token *t = token_at(d, i);
	uint32_t cp, as;

	utf8_next((struct sv){ d->f->text + t->from, t->to - t->from }, 0, &cp);
	as = fold_alike(cp, choice);
	*n += utf8_put(out + *n, as ? as : cp);
	return as != fold_alike(cp, !choice);
}

/* Every stretch that begins at token i may be a word. */
static void mend_stretches(const struct mender *d, int i, int last, int least)
{
	for (int choice = 0; choice < 2; choice++) {
		char out[LETTERS_MOST * 4];
		size_t n = 0;
		bool other = false;

		for (int k = i; k <= last && k - i < LETTERS_MOST; k++) {
			other = spell_letter(d, k, choice, out, &n) || other;
			if (k - i + 1 >= least && (other || !choice))
				offer(d, i, k, (struct sv){ out, n }, VIEW_FOLDED);
			if (k - i < BEGIN_MOST && !lexicon_may_begin(d->lx, (struct sv){ out, n }))
				break;
		}
		if (!other)
			break;
	}
}

/* The letters of a run as they are typed; ends[k]: where letter k ends. */
static struct sv run_letters(const struct mender *d, int a, int b, uint32_t *ends)
{
	char *text = arena_alloc(d->m->arena, 4 * (size_t)(b - a + 1));
	size_t n = 0;

	for (int i = a; i <= b; i++) {
		const struct token *t = token_at(d, i);
		uint32_t cp;

		utf8_next((struct sv){ d->f->text + t->from, t->to - t->from }, 0, &cp);
		n += utf8_put(text + n, cp);
		ends[i - a] = (uint32_t)n;
	}
	return (struct sv){ text, n };
}

/* Stretches of two letters count only where the run may be a sentence. */
static void mend_run(struct mender *d, int a, int b)
{
	int least = b - a >= 4 ? 2 : LETTERS_LEAST;
	uint32_t *ends = ARENA_ARRAY(d->m->arena, uint32_t, b - a + 1);
	struct sv letters = run_letters(d, a, b, ends);

	for (int i = a; i <= b && d->m->lattice->mends < LOOKUPS_MAX; i++) {
		int last = b - i < LETTERS_MOST ? b : i + LETTERS_MOST - 1;
		struct sv text = sv_sub(letters, i > a ? ends[i - a - 1] : 0, ends[last - a]);
		unsigned kind = MEMO_STRETCH | (unsigned)least;
		const struct meant *known = *memo_at(d->memo, kind, text);

		if (known) {
			place_all(d, i, known);
			continue;
		}
		note_begin(d);
		mend_stretches(d, i, last, least);
		*memo_at(d->memo, kind, text) = note_end(d);
	}
	if (d->m->lattice->mends >= LOOKUPS_MAX)
		d->m->cut = true;
}

static void mend_spaced(struct mender *d)
{
	for (int a = 0; a < d->t->n; a++) {
		int b = a;

		if (!one_letter(d, token_at(d, a)))
			continue;
		while (b + 1 < d->t->n && one_letter(d, token_at(d, b + 1))
		    && !(token_at(d, b + 1)->before & SEP_LINE))
			b++;
		if (b - a + 1 >= LETTERS_LEAST)
			mend_run(d, a, b);
		a = b;
	}
}

/* Joined and parted words -------------------------------------------------- */

static bool joined(const struct mender *d, int i, char *out, size_t *n)
{
	const struct token *a = token_at(d, i), *b = token_at(d, i + 1);

	*n = a->text.n + b->text.n;
	if (*n >= WORD_MAX)
		return false;
	memcpy(out, a->text.p, a->text.n);
	memcpy(out + a->text.n, b->text.p, b->text.n);
	return true;
}

/* "my self", "sui cide", "self-harm" as one word. */
static void mend_joined(const struct mender *d)
{
	char out[WORD_MAX];
	size_t n;

	for (int i = 0; i + 1 < d->t->n; i++) {
		const struct token *a = token_at(d, i), *b = token_at(d, i + 1);
		bool hyphen = b->before == SEP_HYPHEN;
		bool broken = (a->text.n > 1 && !a->typed->known)
		    || (b->text.n > 1 && !b->typed->known);
		bool may = a->sym && d->lx->symbols[a->sym].joins >> d->locale & 1;

		if (!(hyphen || (b->before == SEP_SPACE && (broken || may)))
		    || !letters_only(a) || !letters_only(b) || !joined(d, i, out, &n))
			continue;
		if (hyphen || n >= JOIN_LEAST)
			offer(d, i, i + 1, (struct sv){ out, n },
			    hyphen ? VIEW_PLAIN : may ? VIEW_REPAIRED : VIEW_FOLDED);
	}
}

/* Words that a slip of the finger may have meant, all of them: only the lane looks
 * at these. */
static void offer_near(const struct mender *d, int i)
{
	struct sv text = token_at(d, i)->text;
	size_t letters = utf8_count(text);
	const struct near_words *all;

	if (!may_look(d))
		return;
	all = near_of(d->lx, d->locale, token_at(d, i)->typed, d->memo->arena);
	for (size_t k = 0; k < all->n; k++) {
		uint32_t sym = all->items[k].sym;
		struct sv word = lexicon_letters(d->lx, sym);

		/* of four letters only where one of five is left out */
		if (letters < NEAR_LEAST && (word.n <= text.n || all->items[k].slip > SLIP_MISSING))
			continue;
		if (d->lx->symbols[sym].kind == SYMBOL_PREFIX) {
			struct offered *o = ARENA_NEW(d->memo->arena, struct offered);

			*o = (struct offered){ .sym = sym, .prefix = true };
			place(d, i, i, o, VIEW_FOLDED);
		} else {
			offer(d, i, i, word, VIEW_FOLDED);
		}
	}
}

/* A token that is no known word, by itself. */
static void mend_token(struct mender *d, int i)
{
	const struct token *t = token_at(d, i);

	if (t->typed->meant) {
		place_all(d, i, t->typed->meant);
		return;
	}
	note_begin(d);
	if (t->flags & (TOKEN_DIGITS | TOKEN_WIDE))
		offer_disguised(d, i, i, t->text);
	offer_squeezed(d, i, i, t->text);
	offer_parted(d, i, i, t->text);
	if (!(t->flags & TOKEN_CAPITAL) || t->flags & TOKEN_CAPS)
		offer_near(d, i);
	t->typed->meant = note_end(d);
}

void mend_tokens(struct message *m, int locale, const struct folded *f, struct memo *memo,
    struct tokens *t)
{
	struct mender d = { m, m->lexicon, locale, f, memo, t, NULL };

	mend_joined(&d);
	mend_clusters(&d);
	mend_spaced(&d);
	for (int i = 0; i < t->n; i++) {
		const struct token *k = &t->items[i];

		if (letters_only(k) && !(k->flags & TOKEN_SINGLE && !(k->flags & TOKEN_WIDE))
		    && !k->typed->known)
			mend_token(&d, i);
	}
	mend_numbers(&d);
}
