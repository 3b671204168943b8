#include "text/inner.h"

#include <string.h>

struct scanner {
	const struct folded *f;
	const struct lexicon *lx;
	int locale;
	struct tokens *out;
	size_t at;
	uint16_t seps;
	bool line_start;        /* nothing but space since the line began */
	bool line_quoted;       /* the line began with > */
	size_t quote_end;       /* inside double quotes until here */
	size_t single_end;      /* the same for single ones */
	size_t single_from;     /* no closing single quote is before this */
};

static unsigned kind_at(const struct scanner *s, size_t i)
{
	return i < s->f->n ? s->f->kind[i] : (unsigned)FOLD_SPACE;
}

/* The last letter of "'s": an owner who ends in it has just the apostrophe. */
static bool genitive_letter(const struct scanner *s, char c)
{
	struct sv g = s->locale >= 0 ? s->lx->locales[s->locale].genitive : SV("");

	return g.n && g.p[g.n - 1] == c;
}

static bool wordy(unsigned kind)
{
	return kind & (FOLD_LETTER | FOLD_DIGIT);
}

static size_t next_char(const struct scanner *s, size_t i)
{
	do
		i++;
	while (i < s->f->n && !(s->f->kind[i] & FOLD_START));
	return i;
}

/* digits with . , : / - inside, and a % behind */
static size_t scan_number(const struct scanner *s, size_t i)
{
	while (kind_at(s, i) & FOLD_DIGIT
	    || (i < s->f->n && strchr(".,:/-", s->f->text[i]) && s->f->text[i]
	    && kind_at(s, i + 1) & FOLD_DIGIT))
		i++;
	if (i < s->f->n && s->f->text[i] == '%')
		i++;
	return i;
}

static size_t scan_run(const struct scanner *s, size_t i)
{
	while (wordy(kind_at(s, i)) && !(kind_at(s, i) & FOLD_SOLO)
	    && i < s->f->n)
		i++;
	return i;
}

static size_t scan_link(const struct scanner *s, size_t i)
{
	while (i < s->f->n && !(kind_at(s, i) & FOLD_SPACE))
		i++;
	return i;
}

static bool text_is(const struct scanner *s, size_t i, const char *z)
{
	size_t n = strlen(z);

	return i + n <= s->f->n && memcmp(s->f->text + i, z, n) == 0;
}

/* "8pm" is a number and a word, "2day" may be a word of the spelling file. */
static size_t scan_digits_first(const struct scanner *s, size_t i)
{
	size_t end = scan_number(s, i), run = scan_run(s, i);
	struct sv text = { s->f->text + i, run - i };

	if (run > end && text.n < WORD_MAX
	    && lexicon_has(s->lx, s->locale, text, lexicon_find_word(s->lx, text)))
		return run;
	return end;
}

static size_t scan_word(const struct scanner *s, size_t i, uint16_t *flags)
{
	for (;;) {
		i = scan_run(s, i);
		if (!(kind_at(s, i) & FOLD_APOSTROPHE) || i >= s->f->n
		    || !(kind_at(s, i + 1) & FOLD_LETTER)
		    || kind_at(s, i + 1) & FOLD_SOLO)
			return i;
		*flags |= TOKEN_APOSTROPHE;
		i++;
	}
}

static void flag_token(const struct scanner *s, struct token *t)
{
	size_t chars = 0, upper = 0, letters = 0, digits = 0;

	for (uint32_t i = t->from; i < t->to; i++) {
		unsigned k = s->f->kind[i];

		if (!(k & FOLD_START))
			continue;
		chars++;
		letters += (k & FOLD_LETTER) != 0;
		digits += (k & FOLD_DIGIT) != 0;
		upper += (k & FOLD_UPPER) != 0;
		if ((unsigned char)s->f->text[i] >= 0x80)
			t->flags |= TOKEN_WIDE;
	}
	if (s->f->kind[t->from] & FOLD_UPPER)
		t->flags |= TOKEN_CAPITAL;
	if (letters >= 2 && upper == letters)
		t->flags |= TOKEN_CAPS;
	if (chars == 1)
		t->flags |= TOKEN_SINGLE;
	if (digits && letters)
		t->flags |= TOKEN_DIGITS;
	if (s->line_quoted || t->from < s->quote_end || t->from < s->single_end)
		t->flags |= TOKEN_QUOTED;
}

static void add_token(struct scanner *s, size_t from, size_t to, unsigned flags)
{
	struct token *t = &s->out->items[s->out->n++];

	*t = (struct token){ .from = (uint32_t)from, .to = (uint32_t)to,
		.before = s->seps, .flags = (uint16_t)flags };
	flag_token(s, t);
	s->seps = 0;
	s->line_start = false;
	s->at = to;
}

static void scan_token(struct scanner *s)
{
	size_t i = s->at, end;
	unsigned kind = kind_at(s, i);
	uint16_t flags = 0;

	if (kind & FOLD_SOLO) {
		add_token(s, i, next_char(s, i), 0);
		return;
	}
	if (kind & FOLD_DIGIT) {
		end = scan_digits_first(s, i);
		add_token(s, i, end, end == scan_number(s, i) ? TOKEN_NUMBER : 0);
		return;
	}
	end = scan_word(s, i, &flags);
	if (text_is(s, end, "://") || (end == i + 3 && text_is(s, i, "www."))) {
		add_token(s, i, scan_link(s, i), TOKEN_LINK);
		return;
	}
	if (end < s->f->n && kind_at(s, end) & FOLD_APOSTROPHE
	    && genitive_letter(s, s->f->text[end - 1]) && !wordy(kind_at(s, end + 1))
	    && end >= s->single_end)
		flags |= TOKEN_GENITIVE;
	add_token(s, i, end, flags);
}

static void scan_emoji(struct scanner *s)
{
	size_t end = s->at;

	do
		end++;
	while (end < s->f->n && !(s->f->kind[end] & FOLD_START)
	    && s->f->kind[end] & FOLD_EMOJI);
	add_token(s, s->at, end, TOKEN_EMOJI);
}

/* A single quote opens when a closing one follows before the line ends. */
static void open_single(struct scanner *s)
{
	size_t i = s->single_from > s->at ? s->single_from : s->at + 1;

	if (s->single_from == SIZE_MAX || !(kind_at(s, s->at + 1) & FOLD_LETTER))
		return;
	for (; i < s->f->n && s->f->text[i] != '\n'; i++)
		if (s->f->kind[i] & FOLD_APOSTROPHE && i > s->at + 1
		    && !(kind_at(s, i - 1) & FOLD_SPACE) && !wordy(kind_at(s, i + 1))) {
			s->single_end = i;
			s->single_from = i;
			return;
		}
	s->single_from = i < s->f->n ? i : SIZE_MAX;
}

static void open_double(struct scanner *s)
{
	const char *end = memchr(s->f->text + s->at + 1, '"', s->f->n - s->at - 1);

	s->quote_end = end ? (size_t)(end - s->f->text) : s->at;
}

static void scan_dots(struct scanner *s)
{
	size_t end = s->at;

	while (end < s->f->n && s->f->text[end] == '.')
		end++;
	s->seps |= end - s->at > 1 ? SEP_DOTS : SEP_DOT;
	s->at = end;
}

static void scan_sep(struct scanner *s)
{
	char c = s->f->text[s->at];
	unsigned kind = s->f->kind[s->at];

	if (kind & FOLD_SPACE) {
		s->seps |= c == '\n' ? SEP_LINE : SEP_SPACE;
		if (c == '\n') {
			s->line_start = true;
			s->line_quoted = false;
		}
	} else if (c == '.') {
		scan_dots(s);
		return;
	} else if (c == '"') {
		s->seps |= SEP_OTHER;
		if (s->at != s->quote_end || s->at == 0)
			open_double(s);
	} else if (kind & FOLD_APOSTROPHE) {
		if (s->at >= s->single_end && (s->at == 0 || !wordy(kind_at(s, s->at - 1))))
			open_single(s);
	} else if (c == '?' || c == '!') {
		s->seps |= c == '?' ? SEP_QUESTION : SEP_EXCLAIM | SEP_SIGN;
	} else if (c == '-') {
		s->seps |= SEP_HYPHEN;
	} else if (c && strchr(",;:()[]{}", c)) {
		s->seps |= c == '(' ? SEP_COMMA | SEP_SIGN : SEP_COMMA;
	} else if (c && strchr("$@|+*", c)) {
		s->seps |= SEP_SIGN;
	} else {
		s->seps |= SEP_OTHER;
		if (c == '>' && s->line_start)
			s->line_quoted = true;
	}
	s->at = next_char(s, s->at);
}

void tokenize(const struct lexicon *lx, int locale, const struct folded *f,
    struct arena *a, struct tokens *out)
{
	struct scanner s = { .f = f, .lx = lx, .locale = locale, .out = out,
		.line_start = true };
	size_t max = 1;

	for (size_t i = 0; i < f->n; i++) {
		unsigned k = f->kind[i];
		unsigned before = i ? f->kind[i - 1] : (unsigned)FOLD_SPACE;

		/* an upper bound: wherever a token might begin */
		max += (k & (FOLD_SOLO | FOLD_EMOJI)) != 0 || (wordy(k)
		    && (!wordy(before) || before & FOLD_SOLO || (k ^ before) & FOLD_DIGIT));
	}
	*out = (struct tokens){ ARENA_ARRAY(a, struct token, max), 0, 0 };
	while (s.at < f->n) {
		unsigned kind = f->kind[s.at];

		if (wordy(kind))
			scan_token(&s);
		else if (kind & FOLD_EMOJI)
			scan_emoji(&s);
		else if (text_is(&s, s.at, "<3") && !wordy(kind_at(&s, s.at + 2)))
			add_token(&s, s.at, s.at + 2, TOKEN_EMOJI);
		else
			scan_sep(&s);
	}
	out->after = s.seps;
}

struct sv token_text(const struct folded *f, const struct token *t, struct arena *a)
{
	struct sv s = { f->text + t->from, t->to - t->from };
	char *p;
	size_t n = 0;

	if (t->flags & TOKEN_SPELLED)
		return t->meant;
	if (!(t->flags & TOKEN_APOSTROPHE))
		return s;
	p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\'')
			p[n++] = s.p[i];
	return (struct sv){ p, n };
}
