/* xmpp/gather.h - what somebody wrote while we were away, until all of it is here.
 *
 * Whoever wrote five messages to nobody gets one answer, not five: late messages
 * of a person are kept until the archive or the offline storage has no more,
 * then taken together.  A correction or a withdrawal among them is applied.  In
 * memory only: until they are taken, nothing of them may be acknowledged and
 * the cursor must not move, so that a crash brings them again. */
#ifndef XMPP_GATHER_H
#define XMPP_GATHER_H

#include "app/turn.h"

struct gather;

struct gather *gather_create(void);
void gather_destroy(struct gather *g);
/* Copies what belongs to the messages kept: a late text, or whatever comes from
 * somebody of whom there are some already.  False: it is none of ours; if
 * gather_has() the person, take those kept first. */
bool gather_add(struct gather *g, const struct inbound *in, bool late);
bool gather_has(const struct gather *g, struct sv who);
size_t gather_bytes(const struct gather *g);    /* of text; 0 does not mean empty */
bool gather_empty(const struct gather *g);
/* The messages that belong together, in the order of their first; false: no
 * more.  Start with *at = 0.  Borrowed until something is added or cleared. */
bool gather_next(const struct gather *g, size_t *at, const struct inbound **in, size_t *n);
void gather_drop_first(struct gather *g);       /* of those that gather_next() gives */
size_t gather_groups(const struct gather *g);
void gather_clear(struct gather *g);            /* wipes the texts */

#endif
