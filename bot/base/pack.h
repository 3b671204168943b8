/* pack.h - small binary records: what the store keeps as an opaque blob.
 *
 * Integers are varints (signed ones zigzag), strings are length + bytes.  A
 * reader never runs past its end: after the first short read it is bad, gives
 * zeros and empty slices, and the caller looks at .bad once, at the end. */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

void pack_u(struct str *out, uint64_t v);
void pack_i(struct str *out, int64_t v);
void pack_s(struct str *out, struct sv s);

struct unpack {
	struct sv rest;
	bool bad;
};

uint64_t unpack_u(struct unpack *u);
int64_t unpack_i(struct unpack *u);
struct sv unpack_s(struct unpack *u);       /* borrowed from the input */

#endif
