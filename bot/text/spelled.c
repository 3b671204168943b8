/* Words that are written so that a filter would not see them, where it is plain
 * what is meant: "k i l l", "s.u.i.c.i.d.e", "hu$band", "mys3lf", "su*cide".
 *
 * Where words stand further apart than letters, each group is a word.  Where all
 * gaps are alike, the letters are one when they part into words that somebody
 * knows.  Figures and signs are letters when that makes a known word of one that
 * is none.  What is not plain stays as it is, and mend.c offers what it may hold. */
#include "text/inner.h"

#include <string.h>

enum { RUN_LEAST = 4, RUN_MOST = 400, PART_MOST = 20, PART_GOOD = 4, SIGNED_LEAST = 3 };

struct spelled {
	const struct lexicon *lx;
	const struct folded *f;
	struct tokens *t;
	struct memo *memo;
	struct arena *a;
	int locale;
	int kept;               /* tokens written back so far */
};

/* What stands between a token and the one before it. */
struct gap { char sign; bool wide; };

static bool is_letter(const struct token *t)
{
	return t->flags & TOKEN_SINGLE && !(t->flags & TOKEN_EMOJI);
}

static bool known(const struct spelled *s, struct sv word)
{
	return lexicon_has(s->lx, s->locale, word, lexicon_find_word(s->lx, word));
}

/* Spaces, or one sign, or a sign per gap with spaces between words: `sign` is that
 * of the gaps before, 0 at the first.  False where a run cannot go on. */
static bool gap_before(const struct spelled *s, int i, char sign, struct gap *out)
{
	int spaces = 0, signs = 0;
	char c = 0;

	for (size_t k = s->t->items[i - 1].to; k < s->t->items[i].from; k++) {
		if (s->f->kind[k] & FOLD_APOSTROPHE)
			continue;
		c = s->f->text[k];
		if (c == ' ')
			spaces++;
		else if (c && strchr(".-_*/|+~,", c))
			signs++;
		else
			return false;
	}
	if (spaces + signs == 0 || signs > 1 || (signs && spaces))
		return false;
	*out = (struct gap){ c, spaces > 1 || (spaces && sign && sign != ' ') };
	return !sign || out->wide || out->sign == sign;
}

/* The letter of token i, or what a figure there looks like. */
static size_t put_letter(const struct spelled *s, int i, bool alike, char *out)
{
	const struct token *t = &s->t->items[i];
	uint32_t cp, as;

	utf8_next((struct sv){ s->f->text + t->from, t->to - t->from }, 0, &cp);
	as = alike ? fold_alike(cp, 0) : 0;
	return utf8_put(out, as ? as : cp);
}

/* Tokens a..b become one, which is read as `meant`. */
static void keep_as(struct spelled *s, int a, int b, struct sv meant)
{
	struct token t = s->t->items[a];
	const struct token *second = &s->t->items[a < b ? a + 1 : a];

	t.to = s->t->items[b].to;
	t.flags &= (uint16_t)~(TOKEN_SINGLE | TOKEN_NUMBER | TOKEN_DIGITS | TOKEN_WIDE);
	t.flags |= TOKEN_SPELLED;
	if (t.flags & TOKEN_CAPITAL && second->flags & TOKEN_CAPITAL)
		t.flags |= TOKEN_CAPS;
	t.meant = meant;
	s->t->items[s->kept++] = t;
}

/* The letters of tokens a..b are a word. */
static void keep_word(struct spelled *s, int a, int b)
{
	char *text;
	size_t n = 0;
	int numbers = 0;

	if (a == b) {
		s->t->items[s->kept++] = s->t->items[a];
		return;
	}
	text = arena_alloc(s->a, (size_t)(b - a + 1) * 4);
	for (int i = a; i <= b; i++) {
		numbers += s->t->items[i].flags & TOKEN_NUMBER ? 1 : 0;
		n += put_letter(s, i, false, text + n);
	}
	if (numbers && numbers <= b - a && !known(s, (struct sv){ text, n })) {
		n = 0;
		for (int i = a; i <= b; i++)
			n += put_letter(s, i, true, text + n);
	}
	keep_as(s, a, b, (struct sv){ text, n });
	if (numbers > b - a)
		s->t->items[s->kept - 1].flags |= TOKEN_NUMBER;
}

/* Parts the letters of tokens a..b, all one byte, into known words; cut[k] is set
 * where one ends behind letter k. */
static bool part_letters(const struct spelled *s, struct sv letters, uint8_t *cut)
{
	size_t n = letters.n;
	uint16_t *cost = ARENA_ARRAY(s->a, uint16_t, n + 1), *from = ARENA_ARRAY(s->a, uint16_t, n + 1);
	bool good = false;

	for (size_t end = 1; end <= n; end++) {
		cost[end] = UINT16_MAX;
		for (size_t k = end > PART_MOST ? end - PART_MOST : 0; k < end; k++) {
			struct sv word = sv_sub(letters, k, end);
			unsigned more = word.n > 2 ? 2 : word.n == 2 ? 3 : 4;

			if (cost[k] == UINT16_MAX || cost[k] + more >= cost[end]
			    || !known(s, word))
				continue;
			cost[end] = (uint16_t)(cost[k] + more);
			from[end] = (uint16_t)k;
		}
	}
	if (cost[n] == UINT16_MAX)
		return false;
	for (size_t end = n; end > 0; end = from[end]) {
		cut[end - 1] = 1;
		good = good || end - from[end] >= PART_GOOD;
	}
	return good;
}

/* Tokens a..b, letters with gaps of one kind. */
static bool keep_parts(struct spelled *s, int a, int b)
{
	int n = b - a + 1, letters = 0, first = a;
	char *text = arena_alloc(s->a, (size_t)n + 4);
	uint8_t *cut = arena_alloc(s->a, (size_t)n);

	if (n < RUN_LEAST || n > RUN_MOST || s->locale < 0)
		return false;
	for (int i = a; i <= b; i++) {
		if (put_letter(s, i, true, text + (i - a)) != 1)
			return false;
		letters += !(s->t->items[i].flags & TOKEN_NUMBER);
	}
	if (2 * letters < n || !part_letters(s, (struct sv){ text, (size_t)n }, cut))
		return false;
	for (int i = a; i <= b; i++)
		if (cut[i - a]) {
			keep_word(s, first, i);
			first = i + 1;
		}
	return true;
}

/* Tokens a..b, with wide gaps among them: each group is a word. */
static void keep_groups(struct spelled *s, int a, int b, char sign)
{
	int first = a;

	for (int i = a + 1; i <= b; i++) {
		struct gap gap;

		if (gap_before(s, i, sign, &gap) && gap.wide) {
			keep_word(s, first, i - 1);
			first = i;
		}
	}
	keep_word(s, first, b);
}

/* Where the run of letters that begins at token a ends; what its gaps are. */
static int run_end(const struct spelled *s, int a, char *sign, bool *grouped)
{
	int b = a, tight = 0, longest = 0;

	*sign = 0;
	*grouped = false;
	while (b + 1 < s->t->n && is_letter(&s->t->items[b + 1])) {
		struct gap gap;

		if (!gap_before(s, b + 1, *sign, &gap))
			break;
		if (!gap.wide)
			*sign = gap.sign;
		*grouped = *grouped || gap.wide;
		tight = gap.wide ? 0 : tight + 1;
		longest = tight > longest ? tight : longest;
		b++;
	}
	/* "a  b c": only where some word has three letters */
	*grouped = *grouped && longest >= 2;
	return b;
}

/* What text says when its figures and signs are letters; nothing when that is no
 * word.  A word that rules ask for goes before one of the dictionary. */
static struct sv unsigned_word(const struct spelled *s, struct sv text)
{
	struct sv found = { "", 0 };
	char out[WORD_MAX];
	size_t n;
	int open = 0;

	for (int choice = 0; choice < 1 << open || !choice; choice++) {
		struct sv word = { out, 0 };
		uint32_t sym;

		if (!undisguise(text, choice, out, &n, &open))
			break;
		word.n = n;
		sym = lexicon_find_word(s->lx, word);
		if (sym && s->lx->symbols[sym].vocabulary >> s->locale & 1)
			return arena_sv(s->a, word);
		if (!found.n && lexicon_in_dictionary(s->lx, s->locale, word))
			found = arena_sv(s->a, word);
	}
	return found;
}

/* The one word that fits, or nothing. */
static struct sv starless_word(const struct spelled *s, struct sv text)
{
	struct near_words all;
	struct sv found = { "", 0 };
	char out[WORD_MAX];
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '*')
			out[n++] = text.p[i];
	if (n + 1 != text.n)
		return found;
	near_all(s->lx, s->locale, (struct sv){ out, n }, &all);
	for (size_t i = 0; i < all.n; i++) {
		struct sv word = lexicon_letters(s->lx, all.items[i].sym);

		if (!fits_star(text, word))
			continue;
		if (found.n)
			return SV("");
		found = word;
	}
	return found;
}

static bool has_ascii_letter(struct sv text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'a' && text.p[i] <= 'z')
			return true;
	return false;
}

/* What text says; nothing where it is a word as it is, or is none without its signs. */
static struct sv said_by(struct spelled *s, struct sv text)
{
	void **at = memo_at(s->memo, MEMO_SIGNED, text);
	struct sv *said = *at;

	if (!said) {
		*at = said = ARENA_NEW(s->a, struct sv);
		*said = known(s, text) ? SV("") : memchr(text.p, '*', text.n)
		    ? starless_word(s, text) : unsigned_word(s, text);
	}
	return *said;
}

/* "hu$band" is two tokens with a sign between: where the cluster ends. */
static int cluster_end(const struct spelled *s, int a)
{
	int b = a;

	while (b + 1 < s->t->n && b - a < 6 && s->t->items[b + 1].before & SEP_SIGN
	    && !(s->t->items[b + 1].before & (SEP_SPACE | SEP_LINE | SEP_OTHER))
	    && !((s->t->items[b].flags | s->t->items[b + 1].flags) & (TOKEN_EMOJI | TOKEN_LINK)))
		b++;
	return b;
}

/* Figures and signs for letters, from token a on; the last token taken, or -1. */
static int keep_signed(struct spelled *s, int a)
{
	struct token *first = &s->t->items[a];
	int b = cluster_end(s, a);
	uint32_t from = first->from, to = s->t->items[b].to;
	struct sv text, meant;
	bool bang;              /* "!s": no sentence ends there */

	while (sign_before(s->f, from))
		from--;
	while (sign_behind(s->f, to))
		to++;
	text = (struct sv){ s->f->text + from, to - from };
	bang = from < first->from && s->f->text[from] == '!';
	if (text.n >= WORD_MAX || text.n < (bang ? 2 : SIGNED_LEAST) || first->flags & (TOKEN_EMOJI | TOKEN_LINK)
	    || (a == b && from == first->from && to == first->to
	    && !(first->flags & (TOKEN_DIGITS | TOKEN_WIDE))) || !has_ascii_letter(text))
		return -1;
	meant = said_by(s, text);
	if (!meant.n)
		return -1;
	keep_as(s, a, b, meant);
	if (bang)
		s->t->items[s->kept - 1].before &= (uint16_t)~(SEP_EXCLAIM | SEP_SIGN);
	s->t->items[s->kept - 1].from = from;
	s->t->items[s->kept - 1].to = to;
	return b;
}

void join_spelled(const struct lexicon *lx, int locale, const struct folded *f, struct memo *memo,
    struct tokens *t)
{
	struct spelled s = { .lx = lx, .f = f, .t = t, .memo = memo, .a = memo->arena,
		.locale = locale };

	for (int i = 0; i < t->n; i++) {
		char sign;
		bool grouped;
		int b = is_letter(&t->items[i]) ? run_end(&s, i, &sign, &grouped) : i, last;

		if (b - i + 1 >= RUN_LEAST && grouped) {
			keep_groups(&s, i, b, sign);
		} else if (s.locale >= 0 && (last = keep_signed(&s, i)) >= 0) {
			b = last;
		} else if (b - i + 1 < RUN_LEAST || !keep_parts(&s, i, b)) {
			/* another run may begin with the last of them */
			b = b > i ? b - 1 : b;
			for (int k = i; k <= b; k++)
				t->items[s.kept++] = t->items[k];
		}
		i = b;
	}
	t->n = s.kept;
}
