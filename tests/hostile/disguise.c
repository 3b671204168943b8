/* disguise - does the lane still see what is written so that a filter would not?
 *
 *   disguise DIALOGS LINES [-v]
 *
 * LINES: tier TAB text.  Every line that is a sign, and that the lane sees as it
 * stands, is written in each of the disguises below; the share that is still seen
 * is what counts.  Lines that are no sign go through the same: a disguise must
 * not make an alarm of them.  All is seeded: the same lines give the same text.
 * Fails below the floors that stand here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "engine/run.h"

enum { LINES_MAX = 1000, VARIANTS = 2 };
static const double floor_kept = 0.994;         /* of the signs seen in plain text */
static const double floor_one = 0.953;          /* and in the worst single disguise */
static const double most_alarms = 0.0035;       /* of lines that are none, beyond plain */

/* ---- chance ----------------------------------------------------------------- */

static uint32_t seed;

static uint32_t chance(uint32_t n)
{
	seed = seed * 1664525U + 1013904223U;
	return n ? (seed >> 9) % n : 0;
}

/* ---- words of a line ----------------------------------------------------------- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_vowel(char c)
{
	return c && strchr("aeiouAEIOU", c);
}

/* The next run of letters at or after *at. */
static bool next_word(struct sv s, size_t *at, struct sv *word)
{
	size_t from = *at;

	while (from < s.n && !is_letter(s.p[from]))
		from++;
	for (*at = from; *at < s.n && is_letter(s.p[*at]); )
		++*at;
	*word = sv_sub(s, from, *at);
	return word->n > 0;
}

/* One of the words of `least` letters or more; empty when there is none. */
static struct sv pick_word(struct sv s, size_t least)
{
	struct sv word, found = SV("");
	uint32_t seen = 0;

	for (size_t at = 0; next_word(s, &at, &word); )
		if (word.n >= least && chance(++seen) == 0)
			found = word;
	return found;
}

static struct sv longest_word(struct sv s)
{
	struct sv word, found = SV("");

	for (size_t at = 0; next_word(s, &at, &word); )
		if (word.n > found.n)
			found = word;
	return found;
}

/* s with one word of it replaced. */
static void replace(struct sv s, struct sv word, struct sv with, struct str *out)
{
	size_t at = (size_t)(word.p - s.p);

	str_add(out, sv_sub(s, 0, at));
	str_add(out, with);
	str_add(out, sv_sub(s, at + word.n, s.n));
}

/* ---- disguises ------------------------------------------------------------------ */

/* `mark` behind every letter of each word. */
static void behind_letters(struct sv s, const char *mark, struct str *out)
{
	for (size_t i = 0; i < s.n; i++) {
		str_addc(out, s.p[i]);
		if (is_letter(s.p[i]) && i + 1 < s.n && is_letter(s.p[i + 1]))
			str_addz(out, mark);
	}
}

static void zero_width(struct sv s, struct str *out) { behind_letters(s, "\xe2\x80\x8b", out); }
static void joiner(struct sv s, struct str *out) { behind_letters(s, "\xe2\x80\x8d", out); }
static void soft_hyphen(struct sv s, struct str *out) { behind_letters(s, "\xc2\xad", out); }
static void struck_out(struct sv s, struct str *out) { behind_letters(s, "\xcc\xb6", out); }
static void zalgo(struct sv s, struct str *out) { behind_letters(s, "\xcc\x8d\xcd\x99\xcd\x93", out); }

struct letter { char c; const char *as; };

static bool alone(struct sv s, size_t i)
{
	return (i == 0 || s.p[i - 1] == ' ') && (i + 1 == s.n || s.p[i + 1] == ' ');
}

/* Each letter of the table is written so with a chance of one in `odds`; a word of
 * one letter is left as it is. */
static void substitute(struct sv s, const struct letter *t, uint32_t odds, struct str *out)
{
	for (size_t i = 0; i < s.n; i++) {
		const struct letter *l = t;
		char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];

		while (l->c && l->c != c)
			l++;
		if (l->c && !alone(s, i) && chance(odds) == 0)
			str_addz(out, l->as);
		else
			str_addc(out, s.p[i]);
	}
}

static void look_alike(struct sv s, struct str *out)
{
	static const struct letter cyrillic[] = {
		{ 'a', "\xd0\xb0" }, { 'e', "\xd0\xb5" }, { 'o', "\xd0\xbe" }, { 'c', "\xd1\x81" },
		{ 'p', "\xd1\x80" }, { 'x', "\xd1\x85" }, { 'y', "\xd1\x83" }, { 'i', "\xd1\x96" },
		{ 's', "\xd1\x95" }, { 0, NULL },
	};

	substitute(s, cyrillic, 2, out);
}

static void accents(struct sv s, struct str *out)
{
	static const struct letter accented[] = {
		{ 'a', "\xc3\xa4" }, { 'e', "\xc3\xa9" }, { 'o', "\xc3\xb4" }, { 'i', "\xc3\xac" },
		{ 'u', "\xc3\xbb" }, { 0, NULL },
	};

	substitute(s, accented, 2, out);
}

static void leet(struct sv s, struct str *out)
{
	static const struct letter figures[] = {
		{ 'a', "4" }, { 'e', "3" }, { 'i', "1" }, { 'o', "0" }, { 's', "5" }, { 't', "7" },
		{ 0, NULL },
	};

	substitute(s, figures, 3, out);
}

static void signs(struct sv s, struct str *out)
{
	static const struct letter marks[] = {
		{ 'a', "@" }, { 'i', "!" }, { 's', "$" }, { 'l', "|" }, { 0, NULL },
	};

	substitute(s, marks, 3, out);
}

/* Letters moved into another block of the same order. */
static void block(struct sv s, uint32_t small, uint32_t capital, struct str *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			str_add_utf8(out, small + (uint32_t)(s.p[i] - 'a'));
		else if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			str_add_utf8(out, capital + (uint32_t)(s.p[i] - 'A'));
		else
			str_addc(out, s.p[i]);
}

static void full_width(struct sv s, struct str *out) { block(s, 0xFF41, 0xFF21, out); }
static void bold_sign(struct sv s, struct str *out) { block(s, 0x1D41A, 0x1D400, out); }
static void circled(struct sv s, struct str *out) { block(s, 0x24D0, 0x24B6, out); }

/* "k i l l   m y s e l f": every letter apart, words further apart. */
static void spaced(struct sv s, struct str *out)
{
	for (size_t i = 0; i < s.n; i++) {
		str_addc(out, s.p[i]);
		if ((is_letter(s.p[i]) || (s.p[i] >= '0' && s.p[i] <= '9')) && i + 1 < s.n)
			str_addc(out, ' ');
	}
}

/* One word with something between its letters. */
static void apart(struct sv s, const char *mark, struct str *out)
{
	struct sv word = longest_word(s);
	STR_AUTO with = STR_INIT;

	if (word.n < 4) {
		str_add(out, s);
		return;
	}
	behind_letters(word, mark, &with);
	replace(s, word, str_sv(&with), out);
}

static void spaced_word(struct sv s, struct str *out) { apart(s, " ", out); }
static void dotted(struct sv s, struct str *out) { apart(s, ".", out); }
static void hyphened(struct sv s, struct str *out) { apart(s, "-", out); }
static void underlined(struct sv s, struct str *out) { apart(s, "_", out); }
static void starred_apart(struct sv s, struct str *out) { apart(s, "*", out); }

/* The last vowel of each longer word, again and again. */
static void stretched(struct sv s, struct str *out)
{
	struct sv word;
	size_t done = 0;

	for (size_t at = 0; next_word(s, &at, &word); ) {
		size_t vowel = word.n;

		for (size_t i = 0; i < word.n && word.n >= 4; i++)
			if (is_vowel(word.p[i]))
				vowel = i;
		if (vowel == word.n)
			continue;
		vowel += (size_t)(word.p - s.p);
		str_add(out, sv_sub(s, done, vowel + 1));
		for (uint32_t k = 3 + chance(4); k; k--)
			str_addc(out, s.p[vowel]);
		done = vowel + 1;
	}
	str_add(out, sv_sub(s, done, s.n));
}

static void mixed_case(struct sv s, struct str *out)
{
	for (size_t i = 0; i < s.n; i++)
		str_addc(out, is_letter(s.p[i]) && chance(2) ? s.p[i] ^ 0x20 : s.p[i]);
}

static void upper_case(struct sv s, struct str *out)
{
	for (size_t i = 0; i < s.n; i++)
		str_addc(out, s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] ^ 0x20 : s.p[i]);
}

/* Every space written as something else; `odds` 1: all of them. */
static void spaces(struct sv s, const char *as, uint32_t odds, struct str *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' && chance(odds) == 0)
			str_addz(out, as);
		else
			str_addc(out, s.p[i]);
}

static void doubled_spaces(struct sv s, struct str *out) { spaces(s, "  ", 1, out); }
static void hard_spaces(struct sv s, struct str *out) { spaces(s, "\xc2\xa0", 1, out); }
static void one_newline(struct sv s, struct str *out) { spaces(s, "\n", 8, out); }
static void faces(struct sv s, struct str *out) { spaces(s, " \xf0\x9f\x98\xad ", 3, out); }
static void dots_for_pauses(struct sv s, struct str *out) { spaces(s, "... ", 6, out); }
static void unspaced_dots(struct sv s, struct str *out) { spaces(s, "...", 5, out); }
static void joined_words(struct sv s, struct str *out) { spaces(s, "", 8, out); }

static void tight_punctuation(struct sv s, struct str *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] == ' ' && i && strchr(",.!?;", s.p[i - 1])))
			str_addc(out, s.p[i]);
}

/* ---- slips of the finger: in one word of five letters or more ------------------------- */

enum slip { SWAP, DROP, DOUBLE, NEXT_KEY };

static char neighbour(char c)
{
	static const char rows[] = "qwertyuiop asdfghjkl zxcvbnm ";
	const char *at = strchr(rows, c);

	return at && at[1] != ' ' && at[1] ? at[1] : 'e';
}

static void slip(struct sv s, enum slip how, struct str *out)
{
	struct sv word = pick_word(s, 5);
	STR_AUTO with = STR_INIT;
	size_t at;

	if (!word.n) {
		str_add(out, s);
		return;
	}
	at = 1 + chance((uint32_t)word.n - 2);          /* never the first nor the last */
	for (size_t i = 0; i < word.n; i++) {
		if (how == SWAP && i == at && at + 1 < word.n) {
			str_addc(&with, word.p[i + 1]);
			str_addc(&with, word.p[i++]);
		} else if (how == NEXT_KEY && i == at) {
			str_addc(&with, neighbour(word.p[i]));
		} else if (how != DROP || i != at) {
			str_addc(&with, word.p[i]);
			if (how == DOUBLE && i == at)
				str_addc(&with, word.p[i]);
		}
	}
	replace(s, word, str_sv(&with), out);
}

static void swapped(struct sv s, struct str *out) { slip(s, SWAP, out); }
static void dropped(struct sv s, struct str *out) { slip(s, DROP, out); }
static void doubled(struct sv s, struct str *out) { slip(s, DOUBLE, out); }
static void next_key(struct sv s, struct str *out) { slip(s, NEXT_KEY, out); }

/* "su*cide": a vowel of the longest word. */
static void starred(struct sv s, struct str *out)
{
	struct sv word = longest_word(s);
	STR_AUTO with = STR_INIT;
	bool done = word.n < 5;

	for (size_t i = 0; i < word.n; i++) {
		bool here = !done && i && is_vowel(word.p[i]);

		str_addc(&with, here ? '*' : word.p[i]);
		done = done || here;
	}
	replace(s, word, str_sv(&with), out);
}

/* ---- around words ------------------------------------------------------------------------ */

static void apostrophes(struct sv s, const char *as, struct str *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\'')
			str_addz(out, as);
		else
			str_addc(out, s.p[i]);
}

static void no_apostrophe(struct sv s, struct str *out) { apostrophes(s, "", out); }
static void curly_apostrophe(struct sv s, struct str *out) { apostrophes(s, "\xe2\x80\x99", out); }
static void entity(struct sv s, struct str *out) { apostrophes(s, "&#39;", out); }

static void styled(struct sv s, struct str *out)
{
	static const char *const marks[] = { "*", "_", "~", "**", "||" };
	const char *m = marks[chance(COUNT(marks))];
	struct sv word = pick_word(s, 3);
	STR_AUTO with = STR_INIT;

	str_addf(&with, "%s%.*s%s", m, SV_ARG(word), m);
	replace(s, word.n ? word : sv_sub(s, 0, 0), word.n ? str_sv(&with) : SV(""), out);
}

static void right_to_left(struct sv s, struct str *out)
{
	str_addz(out, "\xe2\x80\xae");
	spaces(s, " \xe2\x80\x8f", 2, out);
	str_addz(out, "\xe2\x80\xac");
}

static void noise_behind(struct sv s, struct str *out)
{
	static const char *const noise[] = { " lol", "!!!!1!", "......", " \xf0\x9f\x98\x82\xf0\x9f\x98\x82",
		" asdfghjk", " /s", " :(", " idk", "\n\n\n", " ???" };

	str_add(out, s);
	str_addz(out, noise[chance(COUNT(noise))]);
}

static void noise_before(struct sv s, struct str *out)
{
	static const char *const noise[] = { "idk ", "... ", "> ", "lol ", "\xf0\x9f\x98\xad ", "- ", "\"", "(" , "so ", "hey, " };

	str_addz(out, noise[chance(COUNT(noise))]);
	str_add(out, s);
}

static const struct disguise {
	const char *name;
	void (*put_on)(struct sv s, struct str *out);
} disguises[] = {
	{ "accents", accents },
	{ "bold signs", bold_sign },
	{ "capitals", upper_case },
	{ "circled letters", circled },
	{ "curly apostrophe", curly_apostrophe },
	{ "dots between letters", dotted },
	{ "dots for pauses", dots_for_pauses },
	{ "dots for spaces", unspaced_dots },
	{ "doubled spaces", doubled_spaces },
	{ "emoji between words", faces },
	{ "full width", full_width },
	{ "hard spaces", hard_spaces },
	{ "HTML apostrophe", entity },
	{ "hyphens between letters", hyphened },
	{ "leet", leet },
	{ "letter doubled", doubled },
	{ "letter dropped", dropped },
	{ "letters swapped", swapped },
	{ "look-alikes", look_alike },
	{ "marks on letters", zalgo },
	{ "mixed case", mixed_case },
	{ "new lines", one_newline },
	{ "next key", next_key },
	{ "no apostrophe", no_apostrophe },
	{ "noise before", noise_before },
	{ "noise behind", noise_behind },
	{ "right-to-left marks", right_to_left },
	{ "signs for letters", signs },
	{ "soft hyphens", soft_hyphen },
	{ "space left out", joined_words },
	{ "spaced letters", spaced },
	{ "spaced word", spaced_word },
	{ "star for a vowel", starred },
	{ "stars between letters", starred_apart },
	{ "stretched letters", stretched },
	{ "struck out", struck_out },
	{ "styled", styled },
	{ "tight punctuation", tight_punctuation },
	{ "underlines", underlined },
	{ "zero-width joiners", joiner },
	{ "zero-width spaces", zero_width },
};

/* ---- counting -------------------------------------------------------------------------------- */

struct example { int tier; struct sv text; bool seen; };

struct lane_test {
	struct script *script;
	struct arena *arena;
	const struct tags **all;
	struct example lines[LINES_MAX];
	size_t n;
	bool verbose;
};

static bool seen(struct lane_test *t, struct sv text)
{
	struct reading *r = reading_create(script_language(t->script, SV("en")), text, t->arena);
	size_t n;
	bool hit = lane_judge(t->script, r, t->all, &n).tier > 0;

	arena_reset(t->arena);
	return hit;
}

struct tally { int signs, kept, plain, alarms; };

static struct tally try_on(struct lane_test *t, const struct disguise *d)
{
	struct tally c = { 0 };
	STR_AUTO text = STR_INIT;

	seed = 20240117;
	for (size_t i = 0; i < t->n; i++)
		for (int k = 0; k < VARIANTS; k++) {
			const struct example *l = &t->lines[i];
			bool hit;

			str_clear(&text);
			d->put_on(l->text, &text);
			hit = seen(t, str_sv(&text));
			if (l->tier && l->seen) {
				c.signs++;
				c.kept += hit;
			} else if (!l->tier && !l->seen) {
				c.plain++;
				c.alarms += hit;
			}
			if (t->verbose && l->seen != hit)
				printf("  %s: %s  [%.*s]\n", l->seen ? "missed" : "alarm",
				    text.p, SV_ARG(l->text));
		}
	return c;
}

static bool report(const char *name, struct tally c)
{
	double kept = (double)c.kept / c.signs, alarms = (double)c.alarms / c.plain;

	printf("%-26s %5d of %5d kept, %6.2f %%   %4d of %5d alarms, %5.2f %%\n", name, c.kept,
	    c.signs, 100 * kept, c.alarms, c.plain, 100 * alarms);
	return kept >= floor_one;
}

static void read_lines(struct lane_test *t, char *text)
{
	for (char *line = strtok(text, "\n"); line && t->n < LINES_MAX; line = strtok(NULL, "\n")) {
		char *tab = strchr(line, '\t');

		if (!tab)
			continue;
		t->lines[t->n] = (struct example){ atoi(line), sv_from(tab + 1), false };
		t->lines[t->n].seen = seen(t, t->lines[t->n].text);
		t->n++;
	}
}

static char *whole_file(const char *path)
{
	static char text[1 << 20];
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return n ? text : NULL;
}

static bool all_disguises(struct lane_test *t)
{
	struct tally sum = { 0 };
	bool good = true;

	for (size_t i = 0; i < COUNT(disguises); i++) {
		struct tally c = try_on(t, &disguises[i]);

		good = report(disguises[i].name, c) && good;
		sum.signs += c.signs;
		sum.kept += c.kept;
		sum.plain += c.plain;
		sum.alarms += c.alarms;
	}
	report("all", sum);
	return good && sum.kept >= floor_kept * sum.signs && sum.alarms <= most_alarms * sum.plain;
}

int main(int argc, char **argv)
{
	static struct lane_test t;
	struct findings f = { 0 };
	struct files fs = { 0 };
	char *text = argc > 2 ? whole_file(argv[2]) : NULL;
	bool good;

	if (!text || !files_read(&fs, argv[1], FILES_SCRIPT, &f)
	    || !(t.script = script_load(fs.items, fs.n, &f))) {
		fprintf(stderr, "usage: disguise DIALOGS LINES [-v]\n");
		return 1;
	}
	t.arena = arena_create();
	t.all = xcalloc(t.script->n_languages * t.script->lane.n_rulesets, sizeof *t.all);
	t.verbose = argc > 3;
	read_lines(&t, text);
	good = all_disguises(&t);
	free(t.all);
	arena_destroy(t.arena);
	script_destroy(t.script);
	files_fini(&fs);
	findings_fini(&f);
	return good ? 0 : 1;
}
