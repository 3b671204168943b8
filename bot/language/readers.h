/* language/readers.h - reading the answer to a question.
 *
 * dialogs/FORMAT.md section 8.  C owns the shapes (number, range, ordinal, yes/no, date,
 * time, duration, rows of a list, a clause, plain text, listen); the file owns the words. */
#ifndef LANGUAGE_READERS_H
#define LANGUAGE_READERS_H

#include "language/language.h"

enum read_status {
	READ_VALUE,             /* values are filled */
	READ_UNCLEAR,           /* it answers, but not in a way that can be used */
	READ_WHICH,             /* two hits of equal worth: values holds both, ask which */
	READ_NOTHING,           /* it does not speak to the question at all */
};

struct read_value {
	struct sv text;         /* normalized: "hurt", "a bit hurt", "7", "6-7", "tuesday evening", "mother:Ann" */
	struct sv row;          /* list reader: the row; else "" */
	struct sv degree;       /* degree word's row, or "" */
	int64_t number;         /* number x 2 for scales with halves; minutes for durations; minute of day for times */
	struct span words;
};

struct read_result {
	enum read_status status;
	struct read_value *values; size_t n;   /* in the order said; negated ones left out */
	bool corrected;         /* "no wait, ...": only what came after it was read */
};

struct readers *readers_load(struct lexicon *lx, struct sv locale, struct node *file,
    struct arena *a);
bool readers_has(const struct readers *rs, struct sv name);
bool reader_closed(const struct readers *rs, struct sv name);
bool reader_several(const struct readers *rs, struct sv name);

/* now_local: seconds since the epoch plus the person's offset; for dates only. */
struct read_result reader_read(const struct readers *rs, struct sv name,
    const struct reading *r, int64_t now_local, struct arena *a);

/* A menu: labels and words of each choice.  Label, words, ordinal, number,
 * keycap, letter, unique beginning, sense of "both", "none", "any". */
struct option {
	struct sv label;
	const uint32_t *phrases; size_t n_phrases;
	bool unseen;            /* read by its words alone: no number; such stand last */
};
struct option_result {
	enum read_status status;
	int *picks; size_t n;   /* in the order said; READ_VALUE with n = 0: none of them,
	                         * with picks[0] = -1: whichever, "you choose" */
	bool by_position;       /* number or ordinal: belongs to the menu last shown */
	const bool *used;       /* each word of the message: a choice was picked by it */
	int beyond;             /* words that say more than the choices picked */
	const int *at;          /* the word that each was picked by */
	const bool *numbered;   /* each: by number or ordinal, not by its words */
};
/* several: numbers and words may join in one answer; else a number that fills
 * its clause counts, and the words around it do not. */
struct option_result options_read(const struct readers *rs, const struct reading *r,
    const struct option *options, size_t n, bool several, struct arena *a);

/* All values joined as `attune analyze` prints them: "hurt, lonely". */
struct sv read_text(const struct read_result *res, struct arena *a);
/* The same as they are kept and said again: "hurt, a bit lonely". */
struct sv read_said(const struct read_result *res, struct arena *a);

#endif
