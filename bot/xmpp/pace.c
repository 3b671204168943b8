#include "xmpp/pace.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct waiting {
	struct outbound *o;
	int64_t due;
};

struct pace {
	struct waiting *items;          /* in the order of arrival */
	size_t n, cap;
};

struct pace *pace_create(void)
{
	return xcalloc(1, sizeof(struct pace));
}

void pace_destroy(struct pace *p)
{
	if (!p)
		return;
	pace_clear(p);
	free(p->items);
	free(p);
}

/* --- one block holds the reply and all that it points to --- */

static size_t size_of(const struct outbound *o)
{
	size_t n = sizeof *o + o->who.n + o->oid.n + o->text.n;

	n += o->n_choices * sizeof *o->choices;
	for (size_t i = 0; i < o->n_choices; i++)
		n += o->choices[i].label.n + o->choices[i].chip.n;
	return n;
}

static struct sv put(char **at, struct sv s)
{
	struct sv copy = { *at, s.n };

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static struct outbound *dup_of(const struct outbound *o)
{
	struct outbound *d = xmalloc(size_of(o));
	struct choice *choices = (struct choice *)(d + 1);
	char *at = (char *)(choices + o->n_choices);

	*d = *o;
	for (size_t i = 0; i < o->n_choices; i++) {
		choices[i].label = put(&at, o->choices[i].label);
		choices[i].chip = put(&at, o->choices[i].chip);
	}
	d->choices = choices;
	d->who = put(&at, o->who);
	d->oid = put(&at, o->oid);
	d->text = put(&at, o->text);
	return d;
}

void pace_free(struct outbound *o)
{
	size_t size = o ? size_of(o) : 0;

	if (o)
		explicit_bzero(o, size);
	free(o);
}

/* --- the queue --- */

bool pace_add(struct pace *p, const struct outbound *o, int delay, int64_t now)
{
	int64_t after = now;
	bool first = true;

	for (size_t i = 0; i < p->n; i++) {
		if (!sv_eq(p->items[i].o->who, o->who))
			continue;
		first = false;
		if (delay == 0)
			p->items[i].due = now;
		else if (p->items[i].due > after)
			after = p->items[i].due;
	}
	GROW(p->items, p->n, p->cap);
	p->items[p->n++] = (struct waiting){ dup_of(o), after + delay };
	return first && delay > 0;
}

struct outbound *pace_take(struct pace *p, int64_t now)
{
	struct outbound *o;

	for (size_t i = 0; i < p->n; i++) {
		if (p->items[i].due > now)
			continue;
		o = p->items[i].o;
		memmove(&p->items[i], &p->items[i + 1], (--p->n - i) * sizeof p->items[0]);
		return o;
	}
	return NULL;
}

bool pace_urgent(const struct pace *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i].o->flags & SAY_LANE)
			return true;
	return false;
}

bool pace_waits(const struct pace *p, struct sv who)
{
	for (size_t i = 0; i < p->n; i++)
		if (sv_eq(p->items[i].o->who, who))
			return true;
	return false;
}

void pace_hurry(struct pace *p)
{
	for (size_t i = 0; i < p->n; i++)
		p->items[i].due = 0;
}

void pace_clear(struct pace *p)
{
	for (size_t i = 0; i < p->n; i++)
		pace_free(p->items[i].o);
	p->n = 0;
}

size_t pace_count(const struct pace *p)
{
	return p->n;
}

int64_t pace_due(const struct pace *p)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < p->n; i++)
		if (p->items[i].due < due)
			due = p->items[i].due;
	return due;
}
