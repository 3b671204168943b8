/* language/shapes.h - the shapes of answers; private to the readers.
 *
 *   readers.c         loading, which shape reads what
 *   read_list.c       rows of lists, yes or no, persons
 *   read_number.c     numbers, ranges, scales
 *   read_parts.c      phrases and what they mean: dates, times, durations
 *   read_options.c    menus
 *   read_clause.c     what somebody should do
 *
 * Every word that is looked for stands in readers.json or in a list it names. */
#ifndef LANGUAGE_SHAPES_H
#define LANGUAGE_SHAPES_H

#include "language/grammar.h"
#include "language/readers.h"

enum role_list {                /* lists by what they are used for */
	LIST_CORRECTION, LIST_NEGATION, LIST_NUMBER, LIST_ORDINAL, LIST_BOTH, LIST_NONE,
	LIST_ANY, LIST_OTHER, LIST_UNSURE, LIST_MAYBE, LIST_YES, LIST_NO, LIST_POLITE,
	LIST_FILLER, LIST_NAMES, LIST_NO_NUMBER, LIST_JOINER, LISTS
};

struct saying {                 /* a phrase and what it stands for */
	uint32_t phrase;
	struct sv is;
};

struct sayings {
	const struct saying *items; size_t n;
	bool share;             /* a part that may read words another has read */
	bool otherwise;         /* a part that is tried when the one before gave nothing */
};

struct shape {
	struct sv name;
	struct read_result (*read)(const struct readers *rs, const struct shape *s,
	    const struct reading *r, struct span words, struct arena *a);
	uint32_t lists[6]; size_t n_lists;
	uint32_t degree;
	bool several, closed;
	int lo, hi;
	bool has_range;
	/* what it finds at all, and what a value must or must not stand by */
	struct sayings rows, reject, prefer, avoid, lead, nothing, past, verbless;
	const struct sayings *parts; size_t n_parts;
	struct sv form;         /* of the grammar */
};

struct readers {
	const struct lexicon *lx;
	struct sv locale;
	struct shape *shapes; size_t n_shapes;
	uint32_t lists[LISTS];
	uint32_t clock;         /* the grammar's class of times of day */
	struct sayings clock_words, first_only, position, senses, asking;
	size_t n_groups;
	struct sv alphabet;     /* letters of a menu, in order */
	struct sv writer;       /* "i": no initial of a name */
};

/* Last mark of the role that starts in the span; NULL if none. */
bool role_at(const struct readers *rs, const struct message *m, enum role_list role, int word);
const struct mark *role_mark(const struct readers *rs, const struct message *m,
    enum role_list role, int word);
/* A negation within three words before, with no comma or value between. */
bool negated_before(const struct readers *rs, const struct message *m, int word, int from);
/* A phrase of the set that ends right before / starts right at the word. */
bool said_before(struct message *m, const struct sayings *s, int word, int from);
bool said_at(struct message *m, const struct sayings *s, int word, int last);
const struct saying *saying_in(struct message *m, const struct sayings *s, struct span within,
    struct match *out);
/* A number at the word: digits, or a word of the number list; its end, or word. */
int number_at(const struct readers *rs, const struct message *m, int word, double *value);
int clock_minutes(const struct readers *rs, struct message *m, struct span s, struct span all);

struct read_result read_one(struct read_value v, struct arena *a);
struct read_result read_status_only(enum read_status status);
bool asks_back(const struct readers *rs, const struct shape *s, const struct reading *r);
/* "six. no. five": the words behind a "no" that takes back what was said; empty if none. */
struct span taken_back(const struct readers *rs, const struct message *m);

struct read_result shape_list(const struct readers *, const struct shape *,
    const struct reading *, struct span, struct arena *);
struct read_result shape_yesno(const struct readers *, const struct shape *,
    const struct reading *, struct span, struct arena *);
struct read_result shape_person(const struct readers *, const struct shape *,
    const struct reading *, struct span, struct arena *);
struct read_result shape_scale(const struct readers *, const struct shape *,
    const struct reading *, struct span, struct arena *);
struct read_result shape_parts(const struct readers *, const struct shape *,
    const struct reading *, struct span, struct arena *);
struct read_result shape_clause(const struct readers *, const struct shape *,
    const struct reading *, struct span, struct arena *);

#endif
