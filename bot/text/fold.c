#include "text/fold.h"

#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

/* A ligature of more than PARTS letters (a whole sentence in one sign) stays one. */
enum { BROKEN = 0xFFFD, DEEP = 8, PARTS = 4, WIDEST = 4 * 18 };

size_t utf8_next(struct sv s, size_t at, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.p + at;
	size_t left = s.n - at;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2
	    : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
	uint32_t v;

	*cp = BROKEN;
	if (n == 0 || n > left)
		return 1;
	v = n == 1 ? p[0] : p[0] & (0x7FU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 1;
		v = v << 6 | (p[i] & 0x3FU);
	}
	if (v < least[n] || v > 0x10FFFF || (v >= 0xD800 && v < 0xE000))
		return 1;
	*cp = v;
	return n;
}

size_t utf8_put(char *p, uint32_t cp)
{
	if (cp < 0x80) {
		p[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		p[0] = (char)(0xC0 | cp >> 6);
		p[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		p[0] = (char)(0xE0 | cp >> 12);
		p[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		p[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	p[0] = (char)(0xF0 | cp >> 18);
	p[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	p[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	p[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

size_t utf8_count(struct sv s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

struct range { uint32_t first, last; };

static bool in_ranges(const struct range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].first && cp <= r[i].last)
			return true;
	return false;
}
#define IN(table, cp) in_ranges((table), sizeof(table) / sizeof(table)[0], (cp))

/* Characters that nobody sees. */
static const struct range invisible[] = {
	{ 0xAD, 0xAD }, { 0x34F, 0x34F }, { 0x61C, 0x61C }, { 0x640, 0x640 },
	{ 0x115F, 0x1160 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },
	{ 0x200B, 0x200F }, { 0x202A, 0x202E }, { 0x2060, 0x206F },
	{ 0x3164, 0x3164 }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },
	{ 0xFFA0, 0xFFA0 }, { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A },
	{ 0xE0000, 0xE0FFF },
};

static const struct range emoji[] = {
	{ 0x231A, 0x231B }, { 0x2328, 0x2328 }, { 0x23E9, 0x23FA },
	{ 0x25AA, 0x25FE }, { 0x2600, 0x27BF }, { 0x2934, 0x2935 },
	{ 0x2B05, 0x2B55 }, { 0x1F000, 0x1F0FF }, { 0x1F170, 0x1F1FF },
	{ 0x1F201, 0x1FAFF },
};

/* Scripts that are written without spaces: each character is a word. */
static const struct range solo[] = {
	{ 0x0E00, 0x0EFF }, { 0x1000, 0x109F }, { 0x1780, 0x17FF },
	{ 0x2E80, 0x2FDF }, { 0x3005, 0x3007 }, { 0x3040, 0x30FF },
	{ 0x31F0, 0x31FF }, { 0x3400, 0x9FFF }, { 0xF900, 0xFAFF },
	{ 0x20000, 0x3FFFF },
};

/* Sorted by cp. */
static const struct { uint32_t cp; const char *as; } written[] = {
	{ 0x60, "'" }, { 0x85, "\n" }, { 0xAB, "\"" }, { 0xB4, "'" }, { 0xBB, "\"" },
	{ 0x2BB, "'" }, { 0x2BC, "'" }, { 0x2BD, "'" }, { 0x2C8, "'" },
	{ 0x60C, "," }, { 0x61B, ";" }, { 0x61F, "?" }, { 0x6D4, "." },
	{ 0x964, "." }, { 0x2010, "-" }, { 0x2011, "-" },
	{ 0x2018, "'" }, { 0x2019, "'" }, { 0x201A, "'" }, { 0x201B, "'" },
	{ 0x201C, "\"" }, { 0x201D, "\"" }, { 0x201E, "\"" }, { 0x201F, "\"" },
	{ 0x2026, "..." }, { 0x2028, "\n" }, { 0x2029, "\n" }, { 0x2032, "'" },
	{ 0x2033, "\"" }, { 0x2044, "/" }, { 0x3001, "," }, { 0x3002, "." },
	{ 0x300C, "\"" }, { 0x300D, "\"" },
};

/* Latin letters that have no decomposition.  Sorted by cp. */
static const struct { uint32_t cp; const char *as; } latin[] = {
	{ 0xDF, "ss" }, { 0xE6, "ae" }, { 0xF0, "d" }, { 0xF8, "o" }, { 0xFE, "th" },
	{ 0x111, "d" }, { 0x127, "h" }, { 0x131, "i" }, { 0x142, "l" },
	{ 0x14B, "n" }, { 0x153, "oe" }, { 0x167, "t" }, { 0x1E9E, "ss" },
};

/* clang-format off */
static const uint8_t ascii[128] = {
	['\t'] = FOLD_SPACE, ['\n'] = FOLD_SPACE, ['\v'] = FOLD_SPACE,
	['\f'] = FOLD_SPACE, ['\r'] = FOLD_SPACE, [' '] = FOLD_SPACE,
	['\''] = FOLD_APOSTROPHE, ['`'] = FOLD_APOSTROPHE,
	['0'] = FOLD_DIGIT, ['1'] = FOLD_DIGIT, ['2'] = FOLD_DIGIT, ['3'] = FOLD_DIGIT,
	['4'] = FOLD_DIGIT, ['5'] = FOLD_DIGIT, ['6'] = FOLD_DIGIT, ['7'] = FOLD_DIGIT,
	['8'] = FOLD_DIGIT, ['9'] = FOLD_DIGIT,
	['A' ... 'Z'] = FOLD_LETTER | FOLD_UPPER,
	['a' ... 'z'] = FOLD_LETTER,
};
/* clang-format on */

struct folder {
	struct folded *out;
	uint32_t from;          /* raw offset of the character being folded */
	uint32_t base;          /* last base character, 0 none: marks belong to it */
	bool joined;            /* a joiner stood before: emoji go on */
	bool flag;              /* half a flag has been read */
};

static void put(struct folder *f, uint32_t cp, unsigned kind)
{
	struct folded *o = f->out;
	size_t n = utf8_put(o->text + o->n, cp);

	for (size_t i = 0; i < n; i++) {
		o->kind[o->n + i] = (uint8_t)(kind & ~(i ? (unsigned)FOLD_START : 0U));
		o->map[o->n + i] = f->from;
	}
	o->n += n;
}

static void put_ascii(struct folder *f, unsigned char c, unsigned extra)
{
	unsigned kind = ascii[c] | FOLD_START | extra;

	if (c >= 'A' && c <= 'Z')
		c |= 0x20;
	else if (c == '`')
		c = '\'';
	else if (kind & FOLD_SPACE)
		c = c == '\n' || c == '\v' || c == '\f' ? '\n' : ' ';
	put(f, c, kind);
}

static bool marks_go(uint32_t base)
{
	return base < 0x530 || (base >= 0x1D00 && base < 0x2070);
}

static void put_string(struct folder *f, const char *s, unsigned extra)
{
	for (; *s; s++)
		put_ascii(f, (unsigned char)*s, extra);
}

/* One decomposed, lower-case character. */
static void put_plain(struct folder *f, uint32_t cp, unsigned extra)
{
	int digit;

	if (cp < 0x80) {
		f->base = cp;
		put_ascii(f, (unsigned char)cp, extra);
		return;
	}
	for (size_t i = 0; i < sizeof latin / sizeof latin[0]; i++)
		if (latin[i].cp == cp) {
			f->base = cp;
			put_string(f, latin[i].as, extra);
			return;
		}
	for (size_t i = 0; i < sizeof written / sizeof written[0]; i++)
		if (written[i].cp == cp) {
			put_string(f, written[i].as, 0);
			return;
		}
	if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_M)) {
		if (!marks_go(f->base))
			put(f, cp, FOLD_LETTER);
		return;
	}
	f->base = cp;
	digit = uc_decimal_value(cp);
	if (digit >= 0)
		put(f, (uint32_t)('0' + digit), FOLD_DIGIT | FOLD_START);
	else if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nl))
		put(f, cp, FOLD_LETTER | FOLD_START | extra | (IN(solo, cp) ? FOLD_SOLO : 0));
	else if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Z))
		put(f, ' ', FOLD_SPACE | FOLD_START);
	else
		put(f, cp, FOLD_START);
}

static void put_decomposed(struct folder *f, uint32_t cp, unsigned extra, int depth)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	int tag, n;
	uint32_t low = uc_tolower(cp);

	if (low != cp)
		extra |= FOLD_UPPER;
	cp = low;
	n = depth < DEEP && cp > 0x9F && !(cp >= 0xAC00 && cp < 0xD7A4)
	    ? uc_decomposition(cp, &tag, parts) : -1;
	if (n < 0 || n > PARTS) {
		put_plain(f, cp, extra);
		return;
	}
	for (int i = 0; i < n; i++)
		put_decomposed(f, parts[i], extra, depth + 1);
}

static bool put_emoji(struct folder *f, uint32_t cp)
{
	bool half = cp >= 0x1F1E6 && cp <= 0x1F1FF;
	bool after = f->out->n && f->out->kind[f->out->n - 1] & FOLD_EMOJI;

	if (after && cp >= 0x1F3FB && cp <= 0x1F3FF)
		return true;    /* the color of a skin says nothing */
	if (!IN(emoji, cp))
		return false;
	after = after && (f->joined || (half && f->flag));
	put(f, cp, FOLD_EMOJI | (after ? 0 : FOLD_START));
	f->flag = half && !f->flag;
	f->base = 0;
	return true;
}

/* Everyday letters of other alphabets, without asking the tables. */
static bool put_common(struct folder *f, uint32_t cp)
{
	if (cp >= 0x410 && cp <= 0x44F && cp != 0x439 && cp != 0x419) {
		f->base = cp;
		put(f, cp < 0x430 ? cp + 0x20 : cp,
		    FOLD_LETTER | FOLD_START | (cp < 0x430 ? FOLD_UPPER : 0));
		return true;
	}
	if (cp >= 0x3400 && cp <= 0x9FFF) {
		f->base = cp;
		put(f, cp, FOLD_LETTER | FOLD_SOLO | FOLD_START);
		return true;
	}
	return false;
}

static void put_wide(struct folder *f, uint32_t cp)
{
	struct folded *o = f->out;
	bool joiner = cp == 0x200D;

	if (cp == BROKEN) {
		put(f, cp, FOLD_START);
	} else if (IN(invisible, cp)) {
		;
	} else if (cp == 0x2212 || (cp >= 0x2012 && cp <= 0x2015)) {
		/* between digits a dash is a range, elsewhere it parts a sentence */
		put_ascii(f, o->n && o->kind[o->n - 1] & FOLD_DIGIT ? '-' : ',', 0);
		f->base = 0;
	} else if (!put_common(f, cp) && !put_emoji(f, cp)) {
		put_decomposed(f, cp, 0, 0);
	}
	f->joined = joiner;
}

/* Room for everything that is not ASCII: no character grows beyond WIDEST. */
static size_t room(struct sv raw)
{
	size_t wide = 0;

	for (size_t i = 0; i < raw.n; i++)
		wide += (unsigned char)raw.p[i] >= 0x80;
	return raw.n + wide * 12 + WIDEST + 1;
}

void fold(struct sv raw, struct arena *a, struct folded *out)
{
	struct folder f = { out, 0, 0, false, false };
	size_t size = room(raw);

	*out = (struct folded){ 0 };
	out->text = arena_alloc(a, size);
	out->kind = arena_alloc(a, size);
	out->map = ARENA_ARRAY(a, uint32_t, size + 1);
	for (size_t i = 0; i < raw.n && out->n + WIDEST < size;) {
		unsigned char c = (unsigned char)raw.p[i];
		uint32_t cp;

		f.from = (uint32_t)i;
		if (c < 0x80) {
			unsigned kind = ascii[c];

			out->text[out->n] = (char)(kind & FOLD_UPPER ? c | 0x20
			    : kind & FOLD_SPACE ? (c == '\n' || c == '\v' || c == '\f' ? '\n' : ' ')
			    : c == '`' ? '\'' : c);
			out->kind[out->n] = (uint8_t)(kind | FOLD_START);
			out->map[out->n++] = f.from;
			f.base = c;
			f.joined = f.flag = false;
			i++;
			continue;
		}
		i += utf8_next(raw, i, &cp);
		if (cp == BROKEN && i == f.from + 1)
			out->broken = true;
		put_wide(&f, cp);
	}
	out->map[out->n] = (uint32_t)raw.n;
}

struct sv fold_word(struct sv raw, struct arena *a)
{
	struct folded f;
	size_t n = 0;

	fold(sv_trim(raw), a, &f);
	for (size_t i = 0; i < f.n; i++)
		if (!(f.kind[i] & FOLD_APOSTROPHE))
			f.text[n++] = f.text[i];
	f.text[n] = '\0';
	return (struct sv){ f.text, n };
}

/* Sorted by cp: letters that look like others, and letters written as signs. */
static const struct alike { uint32_t cp; char first, second; } alikes[] = {
	{ '!', 'i', 'l' }, { '$', 's', 0 }, { '(', 'c', 0 }, { '+', 't', 0 },
	{ '0', 'o', 0 }, { '1', 'i', 'l' }, { '3', 'e', 0 }, { '4', 'a', 0 },
	{ '5', 's', 0 }, { '7', 't', 0 }, { '8', 'b', 0 }, { '9', 'g', 0 },
	{ '@', 'a', 0 }, { '|', 'l', 'i' }, { 0xA1, 'i', 0 }, { 0xA2, 'c', 0 },
	{ 0xA3, 'l', 0 }, { 0x251, 'a', 0 }, { 0x261, 'g', 0 },
	{ 0x3B1, 'a', 0 }, { 0x3B2, 'b', 0 }, { 0x3B3, 'y', 0 }, { 0x3B5, 'e', 0 },
	{ 0x3B7, 'n', 0 }, { 0x3B9, 'i', 0 }, { 0x3BA, 'k', 0 }, { 0x3BD, 'v', 0 },
	{ 0x3BF, 'o', 0 }, { 0x3C1, 'p', 0 }, { 0x3C3, 'o', 0 }, { 0x3C4, 't', 0 },
	{ 0x3C5, 'u', 0 }, { 0x3C7, 'x', 0 }, { 0x3C9, 'w', 0 }, { 0x3F2, 'c', 0 },
	{ 0x430, 'a', 0 }, { 0x432, 'b', 0 }, { 0x433, 'r', 0 }, { 0x435, 'e', 0 },
	{ 0x437, 'e', 0 }, { 0x438, 'u', 0 }, { 0x43A, 'k', 0 }, { 0x43C, 'm', 0 },
	{ 0x43D, 'h', 0 }, { 0x43E, 'o', 0 }, { 0x43F, 'n', 0 }, { 0x440, 'p', 0 },
	{ 0x441, 'c', 0 }, { 0x442, 't', 0 }, { 0x443, 'y', 0 }, { 0x445, 'x', 0 },
	{ 0x455, 's', 0 }, { 0x456, 'i', 0 }, { 0x458, 'j', 0 }, { 0x4BB, 'h', 0 },
	{ 0x4CF, 'l', 0 }, { 0x501, 'd', 0 }, { 0x51B, 'q', 0 }, { 0x51D, 'w', 0 },
	{ 0x570, 'h', 0 }, { 0x57D, 'u', 0 }, { 0x585, 'o', 0 }, { 0x20AC, 'e', 0 },
};

/* The character at byte `at` in another case; its new end. */
static size_t recase(struct str *s, size_t at, ucs4_t (*to)(ucs4_t))
{
	STR_AUTO rest = STR_INIT;
	uint32_t cp;
	size_t end = at + utf8_next(str_sv(s), at, &cp);

	if (to(cp) == cp)
		return end;
	str_add(&rest, sv_sub(str_sv(s), end, s->n));
	str_cut(s, at);
	str_add_utf8(s, to(cp));
	end = s->n;
	str_add(s, str_sv(&rest));
	return end;
}

void fold_capital(struct str *s, size_t at)
{
	if (at < s->n)
		recase(s, at, uc_toupper);
}

void fold_small_at(struct str *s, size_t at)
{
	if (at < s->n)
		recase(s, at, uc_tolower);
}

void fold_small(struct str *s)
{
	for (size_t at = 0; at < s->n; )
		at = recase(s, at, uc_tolower);
}

static const struct alike *find_alike(uint32_t cp)
{
	size_t low = 0, high = sizeof alikes / sizeof alikes[0];

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (alikes[mid].cp < cp)
			low = mid + 1;
		else
			high = mid;
	}
	return low < sizeof alikes / sizeof alikes[0] && alikes[low].cp == cp ? &alikes[low] : NULL;
}

uint32_t fold_alike(uint32_t cp, int choice)
{
	const struct alike *a = cp >= 'A' && cp <= 'z' ? NULL : find_alike(cp);

	return !a ? 0 : (uint32_t)(unsigned char)(choice && a->second ? a->second : a->first);
}
