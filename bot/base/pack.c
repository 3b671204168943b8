#include "base/pack.h"

void pack_u(struct str *out, uint64_t v)
{
	while (v >= 0x80) {
		str_addc(out, (char)(0x80 | (v & 0x7f)));
		v >>= 7;
	}
	str_addc(out, (char)v);
}

void pack_i(struct str *out, int64_t v)
{
	pack_u(out, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

void pack_s(struct str *out, struct sv s)
{
	pack_u(out, s.n);
	str_add(out, s);
}

uint64_t unpack_u(struct unpack *u)
{
	uint64_t v = 0;

	for (int shift = 0; shift < 64 && u->rest.n && !u->bad; shift += 7) {
		unsigned char c = (unsigned char)u->rest.p[0];

		u->rest = sv_sub(u->rest, 1, u->rest.n);
		v |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return v;
	}
	u->bad = true;
	return 0;
}

int64_t unpack_i(struct unpack *u)
{
	uint64_t v = unpack_u(u);

	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

struct sv unpack_s(struct unpack *u)
{
	uint64_t n = unpack_u(u);
	struct sv s;

	if (u->bad || n > u->rest.n) {
		u->bad = true;
		return (struct sv){ "", 0 };
	}
	s = sv_sub(u->rest, 0, n);
	u->rest = sv_sub(u->rest, n, u->rest.n);
	return s;
}
