#include "base/findings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static void finding_fini(struct finding *x)
{
	free(x->file);
	free(x->place);
	free(x->text);
	free(x->fix);
}

void findings_fini(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		finding_fini(&f->items[i]);
	free(f->items);
	*f = (struct findings){ 0 };
}

enum { HEAD = 300, TAIL = 200 /* bytes that are shown of a longer text */ };

static bool inside_character(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* What a file holds is quoted in a fault: nothing in it may steer a terminal, and
 * of a very long text both ends are enough. */
static char *plain_copy(const char *s, size_t n)
{
	size_t head = n > HEAD + TAIL ? HEAD : n, tail = n > HEAD + TAIL ? n - TAIL : n;
	char *copy = xmalloc(n + 4);
	size_t kept;

	while (tail < n && head && inside_character(s[head]))
		head--;
	while (tail < n && inside_character(s[tail]))
		tail++;
	memcpy(copy, s, head);
	memcpy(copy + head, "...", tail < n ? 3 : 0);
	kept = head + (tail < n ? 3 : 0);
	memcpy(copy + kept, s + tail, n - tail);
	kept += n - tail;
	copy[kept] = '\0';
	for (size_t i = 0; i < kept; i++)
		if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7F)
			copy[i] = '?';
	return copy;
}

void findings_add(struct findings *f, const char *code, const char *file,
    const char *place, int line, const char *fmt, ...)
{
	STR_AUTO s = STR_INIT;
	struct finding *x;
	const char *cut;
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&s, fmt, ap);
	va_end(ap);
	cut = strstr(s.p, " -- ");
	n = cut ? (size_t)(cut - s.p) : s.n;
	GROW(f->items, f->n, f->cap);
	x = &f->items[f->n++];
	x->code = code;
	x->file = plain_copy(file ? file : "", file ? strlen(file) : 0);
	x->place = plain_copy(place ? place : "", place ? strlen(place) : 0);
	x->line = line;
	x->text = plain_copy(s.p, n);
	x->fix = cut ? plain_copy(cut + 4, s.n - n - 4) : xstrndup("", 0);
	f->errors += code[0] == 'E';
}

void findings_print(const struct findings *f, struct str *out)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->items[i];

		str_addz(out, x->file);
		if (x->line)
			str_addf(out, ":%d", x->line);
		str_addf(out, ": %s ", x->code);
		if (x->place[0])
			str_addf(out, "%s: ", x->place);
		str_addz(out, x->text);
		if (x->fix[0])
			str_addf(out, "\n    %s", x->fix);
		str_addc(out, '\n');
	}
}

static int finding_order(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int c = strcmp(x->file, y->file);

	if (!c)
		c = (x->line > y->line) - (x->line < y->line);
	if (!c)
		c = strcmp(x->code, y->code);
	if (!c)
		c = strcmp(x->place, y->place);
	return c ? c : strcmp(x->text, y->text);
}

void findings_sort(struct findings *f)
{
	size_t kept = 0;

	if (f->n == 0)
		return;
	qsort(f->items, f->n, sizeof *f->items, finding_order);
	for (size_t i = 1; i < f->n; i++) {
		if (finding_order(&f->items[kept], &f->items[i]) == 0) {
			f->errors -= f->items[i].code[0] == 'E';
			finding_fini(&f->items[i]);
		} else {
			f->items[++kept] = f->items[i];
		}
	}
	f->n = kept + 1;
}

int line_of(struct sv text, const char *needle)
{
	const char *hit = text.n ? memmem(text.p, text.n, needle, strlen(needle)) : NULL;
	int line = 1;

	if (!hit)
		return 0;
	for (const char *p = text.p; p < hit; p++)
		line += *p == '\n';
	return line;
}
