/* engine/help.h - which services are shown for a country, and how old they are.
 *
 * Numbers stand as the file has them; nothing here writes one.  An entry is
 * *stale* a year after it was checked and then stands beside a directory link;
 * past two years it is shown only where nothing fresher of its kind exists. */
#ifndef ENGINE_HELP_H
#define ENGINE_HELP_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct script;
struct country;
struct service;

enum { HELP_WARN_DAYS = 182, HELP_STALE_DAYS = 365, HELP_DEAD_DAYS = 2 * 365 };

/* Of the first kind that the country has, fresh before old; then what helps with
 * anything; then the directories.  c may be NULL: what works anywhere.  At most
 * max, in the order in which they are shown. */
size_t help_services(const struct script *s, const struct country *c, int64_t now,
    const struct sv *kinds, size_t n_kinds, const struct service **out, size_t max);
/* Days since an entry was checked; HELP_DEAD_DAYS + 1 when nobody says when. */
int64_t help_age(const struct service *s, int64_t now);
/* Entries not checked for HELP_WARN_DAYS, and in how many countries. */
size_t help_old(const struct script *s, int64_t now, size_t *countries);
/* What dials for help at once there. */
struct sv help_emergency_of(const struct script *s, const struct country *c);

#endif
