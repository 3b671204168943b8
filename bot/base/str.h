/* str.h - borrowed slices and owned strings.
 *
 * Input is struct sv everywhere: a message may hold NUL bytes and broken
 * UTF-8.  struct str owns its bytes, keeps a NUL after them and is never NULL. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sv {
	const char *p;
	size_t n;
};

#define SV(literal) ((struct sv){ (literal), sizeof(literal) - 1 })
#define SV_ARG(v) (int)(v).n, (v).p         /* for "%.*s" */

struct sv sv_from(const char *s);           /* NULL gives an empty slice */
struct sv sv_sub(struct sv s, size_t from, size_t to);   /* clamped */
/* Asked all the time, and mostly answered by the first letter. */
static inline bool sv_eq(struct sv a, struct sv b)
{
	return a.n == b.n && (a.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0));
}
static inline bool sv_is(struct sv a, const char *b)
{
	if (!b)
		return a.n == 0;
	for (size_t i = 0; i < a.n; i++)
		if (a.p[i] != b[i] || !b[i])
			return false;
	return !b[a.n];
}
int sv_cmp(struct sv a, struct sv b);
bool sv_starts(struct sv s, struct sv prefix);
static inline bool sv_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
/* At most so many bytes: whole words where they are short, else whole characters. */
struct sv sv_clip(struct sv s, size_t most);
struct sv sv_trim(struct sv s);             /* ASCII white space at both ends */
/* Cuts the part before sep off *rest and returns it; false when *rest is used up. */
bool sv_split(struct sv *rest, char sep, struct sv *part);
bool sv_int(struct sv s, int64_t *value);   /* whole slice, optional sign */
uint64_t sv_hash(struct sv s);              /* FNV-1a: stable across runs and machines */
uint64_t sv_hash_after(uint64_t before, struct sv s);   /* of words in a row: order counts */
/* Where a hash belongs among n places, well spread also where its highest bits are not. */
static inline uint32_t hash_place(uint64_t h, uint32_t n)
{
	return (uint32_t)((h * 0x9E3779B97F4A7C15ULL >> 32) * n >> 32);
}

struct str {
	char *p;
	size_t n, cap;
};

extern char str_empty[1];
#define STR_INIT { .p = str_empty }
#define STR_AUTO __attribute__((cleanup(str_fini))) struct str

void str_fini(struct str *s);
void str_clear(struct str *s);              /* keeps the memory */
void str_reserve(struct str *s, size_t more);
void str_add(struct str *s, struct sv v);
void str_addc(struct str *s, char c);
void str_addz(struct str *s, const char *z);
void str_addf(struct str *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void str_addv(struct str *s, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
void str_add_utf8(struct str *s, uint32_t code_point);
void str_cut(struct str *s, size_t n);      /* shortens to n bytes */
char *str_take(struct str *s);              /* caller frees; s is empty again */
struct sv str_sv(const struct str *s);      /* borrowed until s changes */
/* Overwrites before freeing: for what a person wrote. */
void str_wipe(struct str *s);

#endif
