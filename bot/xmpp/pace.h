/* xmpp/pace.h - replies on their way out: each waits as long as typing it would take.
 *
 * A person's replies keep their order.  What must not wait (SAY_LANE, SAY_CUE)
 * takes the person's earlier ones along. */
#ifndef XMPP_PACE_H
#define XMPP_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/turn.h"

struct pace;

struct pace *pace_create(void);
void pace_destroy(struct pace *p);
/* Copies o; delay in ms.  True: the person sees nothing yet and should see that
 * somebody is typing. */
bool pace_add(struct pace *p, const struct outbound *o, int delay, int64_t now);
/* The next one that is due, or NULL; the caller frees it with pace_free(). */
struct outbound *pace_take(struct pace *p, int64_t now);
void pace_free(struct outbound *o);
bool pace_urgent(const struct pace *p);         /* a reply of the lane waits */
bool pace_waits(const struct pace *p, struct sv who);
void pace_hurry(struct pace *p);                /* all are due */
void pace_clear(struct pace *p);
size_t pace_count(const struct pace *p);
int64_t pace_due(const struct pace *p);         /* INT64_MAX = nothing waits */

#endif
