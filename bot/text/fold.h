/* text/fold.h - a person's bytes as folded characters that know where they came from.
 *
 * Lower case, compatibility forms decomposed, combining marks dropped on Latin,
 * Greek and Cyrillic, invisible characters dropped, quotes, dashes, digits and
 * spaces of all kinds written as the ASCII ones.  What is dropped belongs to
 * the character before it, so map[] leads back to whole characters. */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum fold_kind {
	FOLD_LETTER = 1,        /* letters, and marks that are kept */
	FOLD_DIGIT = 2,         /* 0-9, of any script */
	FOLD_UPPER = 4,         /* was a capital */
	FOLD_SPACE = 8,         /* ' ' or '\n' */
	FOLD_APOSTROPHE = 16,
	FOLD_EMOJI = 32,
	FOLD_SOLO = 64,         /* a letter that is a word by itself (Han, kana, Thai) */
	FOLD_START = 128,       /* first byte of a character (or of an emoji sequence) */
};

struct folded {
	char *text;             /* n bytes and a NUL */
	uint8_t *kind;          /* of each byte of text; 0 is punctuation */
	uint32_t *map;          /* n + 1 offsets into raw */
	size_t n;
	bool broken;            /* raw was not valid UTF-8 */
};

void fold(struct sv raw, struct arena *a, struct folded *out);
/* Just the characters, without apostrophes: for names, keys and lists. */
struct sv fold_word(struct sv raw, struct arena *a);

/* Writes the letter at byte `at` large, in any alphabet; nothing happens where
 * none stands. */
void fold_capital(struct str *s, size_t at);
void fold_small_at(struct str *s, size_t at);
void fold_small(struct str *s);         /* all letters small */

/* One character of folded text as its look-alike in ASCII, for the folded view;
 * `choice` 1 takes the second reading (1 and ! as l).  0 when there is none. */
uint32_t fold_alike(uint32_t cp, int choice);

/* Reads one character; broken bytes give U+FFFD, one at a time. */
size_t utf8_next(struct sv s, size_t at, uint32_t *cp);
size_t utf8_put(char *p, uint32_t cp);
size_t utf8_count(struct sv s);                    /* characters, marks included */

#endif
