/* table.h - names to small numbers, and back.
 *
 * Interns byte strings: the first gets 0, the next new one 1, and so on.  The
 * numbers are dense, so they index arrays.  The table owns its copies. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdint.h>

#include "base/str.h"

struct table;

#define TABLE_NONE UINT32_MAX

struct table *table_create(void);
void table_destroy(struct table *t);        /* NULL is fine */
uint32_t table_add(struct table *t, struct sv name);
uint32_t table_find(const struct table *t, struct sv name);   /* TABLE_NONE if absent */
struct sv table_name(const struct table *t, uint32_t id);     /* has a NUL after it */
uint32_t table_count(const struct table *t);
void table_seal(struct table *t);           /* gives back room: little is added any more */

#endif
