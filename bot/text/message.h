/* text/message.h - a message, read once: words, sentences, clauses, marks.
 *
 * The unit is the *word* after contractions are written out ("don't" is two
 * words that share their bytes).  Typos, disguises and second readings are
 * further edges between the same words, so every span is counted in words and
 * leads back to the person's own characters.  A message lives in the arena of
 * its turn and borrows raw.
 *
 * Work is counted in units, never in time.  Reading and each scan have a budget
 * of their own, so that a message may be shared by all who ask about it: past
 * it, matching stops, and `cut` is set until the next scan.  The lane takes cut
 * for a hit of the gentle question; a guard takes it for "does not apply"; all
 * others for no match. */
#ifndef TEXT_MESSAGE_H
#define TEXT_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "text/lexicon.h"

struct span { int first, last; };                  /* words, last is past the end */

static inline bool span_empty(struct span s) { return s.first >= s.last; }
static inline struct span span_join(struct span a, struct span b)       /* from the first word to the last */
{
	return (struct span){ a.first < b.first ? a.first : b.first, a.last > b.last ? a.last : b.last };
}
static inline int span_length(struct span s) { return s.last - s.first; }

enum word_flag {
	WORD_CAPITAL = 1,       /* Starts with a capital */
	WORD_CAPS = 2,          /* ALL capitals, two letters or more */
	WORD_NUMBER = 4,        /* digits, with . , : - / or % inside */
	WORD_EMOJI = 8,
	WORD_QUOTED = 16,       /* inside quotation marks */
	WORD_SENTENCE = 32,     /* first of a sentence */
	WORD_CLAUSE = 64,       /* first of a clause */
	WORD_POSSESSIVE = 128,  /* typed with 's or s' that may be a genitive */
	WORD_JOINED = 256,      /* second part of a contraction: same bytes as the word before */
	WORD_REPAIRED = 512,    /* text is a guess for a typo */
	WORD_LINE = 2048,       /* but for the end of a line, no clause would begin here */
	WORD_COMMA = 1024,      /* a comma, colon, dash or bracket stands before it */
};

struct word {
	uint32_t begin, end;    /* bytes in raw */
	struct sv text;         /* canonical: lower case, no apostrophe, repaired */
	uint32_t sym;           /* in the lexicon, SYM_NONE when unknown there */
	uint16_t sentence, clause;   /* indexes */
	uint16_t flags;
};

struct sentence {
	struct span words;
	char end;               /* '.', '?', '!', '\n' or 0; '?' wins over '!' */
};

struct mark {
	uint32_t sym;           /* a list or a class */
	uint32_t row;           /* list: the member's row; class: 0 */
	struct span words;
	unsigned views;
};

struct message {
	const struct lexicon *lexicon;
	struct arena *arena;
	struct sv raw;
	struct word *words;     int n_words;
	struct sentence *sentences; int n_sentences;
	struct span *clauses;   int n_clauses;      /* by conjunction, comma and new subject */
	struct mark *marks;     int n_marks;        /* by first word, longest first */
	int *marks_at;          /* n_words + 1 indexes into marks */
	struct lattice *lattice;                    /* private to text/ */
	struct memo *memo;                          /* the same */
	struct intake *intake;                      /* of one that was only begun; private to message.c */
	int locale;                                 /* number in the lexicon, -1 unknown there */
	uint32_t elsewhere;     /* locales of which it may have a word, as a bit set */
	uint64_t work;                              /* so far, in all */
	uint64_t limit;                             /* where the present budget ends */
	uint64_t budget;
	bool cut;
	bool unread;            /* cut while it was read: stays so */
	bool broken;            /* raw was not valid UTF-8 (read with U+FFFD) */
};

/* Never fails: empty, broken and huge texts give an honest message.  At most
 * 8,192 bytes are read; the engine reads less at once, and the lane part by part. */
struct message *message_read(const struct lexicon *lx, struct sv locale, struct sv raw,
    struct arena *a);
/* The words alone, which may be enough; the rest when it is asked for. */
struct message *message_begin(const struct lexicon *lx, struct sv locale, struct sv raw,
    struct arena *a);
void message_complete(struct message *m);

/* Reads more of a text, in the locale of the part before and with what was found out
 * about its words, which must still be there. */
struct message *message_read_on(const struct message *before, struct sv raw, struct arena *a);

/* The longest mark of this symbol that starts at / covers the word; NULL if none. */
const struct mark *message_mark(const struct message *m, uint32_t sym, int word);
const struct mark *message_mark_over(const struct message *m, uint32_t sym, int word);
/* Next mark of sym at or after word, left to right. */
const struct mark *message_mark_next(const struct message *m, uint32_t sym, int word);

/* The person's own characters under a span, from first byte to last. */
struct sv message_quote(const struct message *m, struct span s);
/* Canonical words of a span, joined by spaces (arena). */
struct sv message_words(const struct message *m, struct span s);
int message_caps_percent(const struct message *m);
/* Is one of its words, of four bytes or more (shorter ones are of many languages), one
 * that a phrase of that locale has?  message_may_speak() tells it of a message read in
 * another locale: no, when a reading in that one could find no such word. */
bool message_speaks(const struct message *m, struct sv locale);
bool message_may_speak(const struct message *m, struct sv locale);

struct match {
	struct span words;
	int anchor;             /* the last fixed word: guards look at its clause */
	unsigned views;         /* the views its path needed */
};

/* False only where no part of the message matches: asked once, where many are. */
bool message_may_match(struct message *m, uint32_t phrase);
/* First match, left to right, longest at that place. */
bool message_match(struct message *m, uint32_t phrase, struct span within, struct match *out);
/* The longest match that begins with the first word of the span. */
bool message_match_at(struct message *m, uint32_t phrase, struct span within, struct match *out);
/* Does the phrase fill the whole span (but for politeness words)? */
bool message_match_whole(struct message *m, uint32_t phrase, struct span within);

struct hit { uint32_t phrase, tag; struct match match; };
/* All matches of a group, within a new budget (for one phrase at most one in each clause: a guard may
 * remove one and leave the next), in the order of the text; the array is in the
 * message's arena.  A =phrase is looked for in the whole message. */
size_t message_scan(struct message *m, const struct group *g, unsigned views,
    struct hit **hits);
/* Does the sentence go on in the next line?  Only VIEW_FOLDED reads across: people
 * press return in the middle of what they say. */
static inline bool message_line_ends(const struct message *m, int sentence)
{
	return m->sentences[sentence].end == '\n';
}

#endif
