/* app/owed.h - the replies that were saved and not yet handed out.
 *
 * A queue by k that lets urgent ones overtake other people's, never the same
 * person's; and the record a reply is stored as. */
#ifndef APP_OWED_H
#define APP_OWED_H

#include "engine/step.h"
#include "store/store.h"

struct owed {
	int64_t k, created;
	struct str who, oid, blob;
	bool first;
};

struct owed_queue {
	struct owed *items;
	size_t n, cap, urgent;          /* urgent: how many have first set */
};

void owed_add(struct owed_queue *q, const struct store_reply *r);
/* Moves all of from behind the end of q. */
void owed_append(struct owed_queue *q, struct owed_queue *from);
/* The next to hand out; false: none.  The caller gives it to owed_fini(). */
bool owed_take(struct owed_queue *q, struct owed *out);
void owed_drop_person(struct owed_queue *q, struct sv who);
void owed_drop_oid(struct owed_queue *q, struct sv oid);
void owed_clear(struct owed_queue *q);          /* keeps no memory */
void owed_fini(struct owed *o);                 /* wipes it */

/* The record. */
enum owed_kind {
	OWED_TEXT,
	OWED_EXPORT,
	OWED_HIDE,
};

struct owed_reply {
	enum owed_kind kind;
	unsigned flags;
	struct sv text;
	const struct choice *choices;
	size_t n_choices;
};

void owed_pack(struct str *out, const struct owed_reply *r);
/* False: not one of ours.  Text is borrowed from the blob, choices go into *list,
 * grown as needed. */
bool owed_unpack(struct sv blob, struct owed_reply *r, struct choice **list, size_t *cap);

#endif
