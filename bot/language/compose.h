/* language/compose.h - frames: a text from a person's own pieces, with provenance.
 *
 * dialogs/FORMAT.md section 9.  First row whose slots are filled; a lint hit
 * outside a word that the person chose takes the next row.  With gaps, missing
 * slots stand as "___"; blanks alone make no draft. */
#ifndef LANGUAGE_COMPOSE_H
#define LANGUAGE_COMPOSE_H

#include "language/grammar.h"

struct frames;

struct piece {                  /* what fills one slot of a frame */
	enum { PIECE_NONE, PIECE_TEXT, PIECE_WORDS, PIECE_CLAUSES } kind;
	struct sv source;       /* slot name, for provenance */
	struct sv text;         /* PIECE_TEXT: as typed or as authored */
	const struct sv *words; size_t n_words;       /* PIECE_WORDS: "lonely", "a bit hurt" */
	const struct reading *reading;                /* PIECE_CLAUSES */
	const struct clause *const *clauses; size_t n_clauses;
	bool chosen;            /* the person picked or kept it: lint leaves it alone */
};

struct composed_token { struct sv source; struct span bytes; };   /* of text, in bytes */

struct composed {
	struct sv text;
	struct composed_token *tokens; size_t n;
	int row;                /* of the register's list */
	bool gaps;              /* contains ___ */
};

struct frames *frames_load(struct lexicon *lx, struct sv locale, struct node *file, struct arena *a);
struct sv frames_name(const struct frames *f);
bool frames_register(const struct frames *f, struct sv name);
size_t frames_slots(const struct frames *f);
struct sv frames_slot(const struct frames *f, size_t i);                 /* "o" */
size_t frames_sources(const struct frames *f, size_t i, const struct sv **paths); /* "c.story", "seen.clause" */
/* What its texts name beside its slots: "person". */
size_t frames_extras(const struct frames *f);
struct sv frames_extra(const struct frames *f, size_t i);

/* Beside r, in its language.  Lint rules of the frames run on the outcome.  `extra`
 * supplies what is not a piece ({person:name}); NULL if none. */
typedef bool (*compose_value)(void *ctx, struct sv name, struct sv form, struct str *out);
bool compose(const struct frames *f, const struct reading *r, struct sv reg,
    const struct piece *pieces, bool gaps, const struct voice *v,
    compose_value extra, void *ctx, struct arena *a, struct composed *out);

#endif
