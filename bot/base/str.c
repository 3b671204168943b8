#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/xalloc.h"

enum { FORMATTED = 48 };         /* bytes, of most of what is formatted */

char str_empty[1] = "";

struct sv sv_from(const char *s)
{
	return s ? (struct sv){ s, strlen(s) } : (struct sv){ "", 0 };
}

struct sv sv_sub(struct sv s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct sv){ s.p + from, to - from };
}

int sv_cmp(struct sv a, struct sv b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool sv_starts(struct sv s, struct sv prefix)
{
	return s.n >= prefix.n && sv_eq(sv_sub(s, 0, prefix.n), prefix);
}

struct sv sv_clip(struct sv s, size_t most)
{
	enum { WORD = 64, CHARACTER = 3 };      /* bytes to go back for the end of one */
	size_t at = most;

	if (s.n <= most)
		return s;
	while (at && most - at < WORD && !sv_space(s.p[at]))
		at--;
	if (!at || !sv_space(s.p[at]))
		for (at = most; at && most - at < CHARACTER && ((unsigned char)s.p[at] & 0xC0) == 0x80; )
			at--;
	s.n = at;
	return s;
}

struct sv sv_trim(struct sv s)
{
	while (s.n && sv_space(s.p[0]))
		s.p++, s.n--;
	while (s.n && sv_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool sv_split(struct sv *rest, char sep, struct sv *part)
{
	const char *end;

	if (!rest->p)
		return false;
	end = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
	if (!end) {
		*part = *rest;
		*rest = (struct sv){ NULL, 0 };
		return true;
	}
	*part = (struct sv){ rest->p, (size_t)(end - rest->p) };
	*rest = (struct sv){ end + 1, rest->n - part->n - 1 };
	return true;
}

bool sv_int(struct sv s, int64_t *value)
{
	bool minus = s.n && s.p[0] == '-';
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');
	int64_t v = 0;

	if (i == s.n || s.n - i > 18)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*value = minus ? -v : v;
	return true;
}

uint64_t sv_hash(struct sv s)
{
	uint64_t h = 14695981039346656037ULL;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211ULL;
	return h;
}

uint64_t sv_hash_after(uint64_t before, struct sv s)
{
	uint64_t h = (before ^ sv_hash(s)) * 0x9e3779b97f4a7c15ULL;

	return h ^ h >> 29;
}

void str_fini(struct str *s)
{
	if (s->cap)
		free(s->p);
	*s = (struct str)STR_INIT;
}

void str_clear(struct str *s)
{
	s->n = 0;
	if (s->cap)
		s->p[0] = '\0';
}

void str_reserve(struct str *s, size_t more)
{
	size_t want = s->n + more + 1;

	if (want <= s->cap)
		return;
	if (want < 2 * s->cap)
		want = 2 * s->cap;
	if (want < 32)
		want = 32;
	s->p = xreallocarray(s->cap ? s->p : NULL, want, 1);
	s->cap = want;
	s->p[s->n] = '\0';
}

void str_add(struct str *s, struct sv v)
{
	if (v.n == 0)
		return;
	str_reserve(s, v.n);
	memcpy(s->p + s->n, v.p, v.n);
	s->n += v.n;
	s->p[s->n] = '\0';
}

void str_addc(struct str *s, char c)
{
	str_add(s, (struct sv){ &c, 1 });
}

void str_addz(struct str *s, const char *z)
{
	str_add(s, sv_from(z));
}

/* Most of what is written is short: it is tried in the room that there is. */
void str_addv(struct str *s, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	str_reserve(s, FORMATTED);
	va_copy(again, ap);
	n = vsnprintf(s->p + s->n, s->cap - s->n, fmt, again);
	va_end(again);
	if (n >= 0 && (size_t)n >= s->cap - s->n) {
		str_reserve(s, (size_t)n);
		n = vsnprintf(s->p + s->n, (size_t)n + 1, fmt, ap);
	}
	if (n > 0)
		s->n += (size_t)n;
	s->p[s->n] = '\0';
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_addv(s, fmt, ap);
	va_end(ap);
}

void str_add_utf8(struct str *s, uint32_t code_point)
{
	uint8_t buf[6];
	int n = u8_uctomb(buf, code_point, sizeof buf);

	if (n > 0)
		str_add(s, (struct sv){ (const char *)buf, (size_t)n });
}

void str_cut(struct str *s, size_t n)
{
	if (n < s->n) {
		s->n = n;
		s->p[n] = '\0';
	}
}

char *str_take(struct str *s)
{
	char *p = s->cap ? s->p : xstrndup("", 0);

	*s = (struct str)STR_INIT;
	return p;
}

struct sv str_sv(const struct str *s)
{
	return (struct sv){ s->p, s->n };
}

void str_wipe(struct str *s)
{
	if (s->cap)
		explicit_bzero(s->p, s->cap);
	str_fini(s);
}
