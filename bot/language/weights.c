#include "language/weights.h"

#include <stdlib.h>

#include "base/xalloc.h"

enum { MOST_DIGITS = 18 };

/* Takes a whole number off the line, and the sign that ends it; the line may end it too.
 * There are a million of them: each byte is looked at once. */
static bool take_number(struct sv *line, char end, int64_t *value)
{
	const char *p = line->p, *stop = p + line->n, *from;
	bool minus = p < stop && *p == '-';
	uint64_t v = 0;

	p += minus || (p < stop && *p == '+');
	for (from = p; p < stop && (unsigned char)(*p - '0') < 10; p++)
		v = v * 10 + (unsigned char)(*p - '0');
	if (p == from || p - from > MOST_DIGITS || (p < stop && *p != end))
		return false;
	*value = minus ? -(int64_t)v : (int64_t)v;
	*line = p < stop ? (struct sv){ p + 1, (size_t)(stop - p - 1) } : (struct sv){ NULL, 0 };
	return true;
}

bool weights_number(struct sv *line, int least, int most, int *value)
{
	int64_t v;

	if (!take_number(line, '\t', &v) || v < least || v > most)
		return false;
	*value = (int)v;
	return true;
}

bool weights_of_label(const struct weights *w, struct sv *line, int64_t least, int64_t most,
    uint32_t *label, int64_t *value)
{
	int64_t at;

	if (!take_number(line, ':', &at) || !take_number(line, '\t', value)
	    || at < 0 || at >= table_count(w->labels) || *value < least || *value > most)
		return false;
	*label = (uint32_t)at;
	return true;
}

static bool read_head(struct weights *w, const char *head, struct sv *text)
{
	struct sv line, start = sv_from(head);

	if (!sv_split(text, '\n', &line) || !sv_starts(line, start))
		return false;
	line = sv_sub(line, start.n, line.n);
	w->hash_text = xstrndup(line.p, line.n);
	w->hash = (struct sv){ w->hash_text, line.n };
	return true;
}

static bool read_label(struct weights *w, const struct weights_form *form, struct sv line)
{
	struct sv name;
	uint32_t at;

	if (!sv_split(&line, '\t', &name) || !name.n || table_count(w->labels) == form->labels)
		return false;
	at = table_add(w->labels, name);
	return weights_number(&line, form->least, form->most, &w->numbers[at]) && !line.n;
}

int weights_read(struct weights *w, const struct weights_form *form, struct sv text, void *ctx)
{
	struct sv line;
	int at = 1;
	bool ok, labels = true;

	*w = (struct weights){ .labels = table_create() };
	ok = read_head(w, form->head, &text);
	while (ok && sv_split(&text, '\n', &line)) {
		at++;
		if (!line.n)
			labels = false;
		else
			ok = labels ? read_label(w, form, line) : form->row(ctx, line);
	}
	return ok && table_count(w->labels) ? 0 : at;
}

void weights_fini(struct weights *w)
{
	table_destroy(w->labels);
	free(w->hash_text);
}
