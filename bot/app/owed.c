#include "app/owed.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/xalloc.h"

enum { FORMAT = 1, MAX_CHOICES = 64 };

static struct str copy(struct sv s)
{
	struct str c = STR_INIT;

	str_add(&c, s);
	return c;
}

void owed_fini(struct owed *o)
{
	str_wipe(&o->who);
	str_wipe(&o->oid);
	str_wipe(&o->blob);
}

void owed_add(struct owed_queue *q, const struct store_reply *r)
{
	GROW(q->items, q->n, q->cap);
	q->items[q->n++] = (struct owed){ r->k, r->created, copy(r->who), copy(r->oid),
		copy(r->blob), r->first };
	q->urgent += r->first;
}

void owed_append(struct owed_queue *q, struct owed_queue *from)
{
	for (size_t i = 0; i < from->n; i++) {
		GROW(q->items, q->n, q->cap);
		q->items[q->n++] = from->items[i];
	}
	q->urgent += from->urgent;
	from->n = from->urgent = 0;
}

static struct owed take_at(struct owed_queue *q, size_t i)
{
	struct owed o = q->items[i];

	memmove(&q->items[i], &q->items[i + 1], (q->n - i - 1) * sizeof *q->items);
	q->n--;
	q->urgent -= o.first;
	return o;
}

static size_t first_of(const struct owed_queue *q, struct sv who)
{
	size_t i = 0;

	while (!sv_eq(str_sv(&q->items[i].who), who))
		i++;
	return i;
}

bool owed_take(struct owed_queue *q, struct owed *out)
{
	size_t i = 0;

	if (q->n == 0)
		return false;
	if (q->urgent) {
		while (!q->items[i].first)
			i++;
		i = first_of(q, str_sv(&q->items[i].who));
	}
	*out = take_at(q, i);
	return true;
}

void owed_drop_person(struct owed_queue *q, struct sv who)
{
	for (size_t i = q->n; i-- > 0; )
		if (sv_eq(str_sv(&q->items[i].who), who)) {
			struct owed o = take_at(q, i);

			owed_fini(&o);
		}
}

void owed_drop_oid(struct owed_queue *q, struct sv oid)
{
	for (size_t i = 0; i < q->n; i++)
		if (sv_eq(str_sv(&q->items[i].oid), oid)) {
			struct owed o = take_at(q, i);

			owed_fini(&o);
			return;
		}
}

void owed_clear(struct owed_queue *q)
{
	for (size_t i = 0; i < q->n; i++)
		owed_fini(&q->items[i]);
	free(q->items);
	*q = (struct owed_queue){ 0 };
}

void owed_pack(struct str *out, const struct owed_reply *r)
{
	pack_u(out, FORMAT);
	pack_u(out, r->kind);
	pack_u(out, r->flags);
	pack_s(out, r->text);
	pack_u(out, r->n_choices);
	for (size_t i = 0; i < r->n_choices; i++) {
		pack_s(out, r->choices[i].label);
		pack_s(out, r->choices[i].chip);
	}
}

bool owed_unpack(struct sv blob, struct owed_reply *r, struct choice **list, size_t *cap)
{
	struct unpack u = { blob, false };
	bool known = unpack_u(&u) == FORMAT;

	r->kind = (enum owed_kind)unpack_u(&u);
	r->flags = (unsigned)unpack_u(&u);
	r->text = unpack_s(&u);
	r->n_choices = unpack_u(&u);
	if (!known || u.bad || r->n_choices > MAX_CHOICES || r->kind > OWED_HIDE)
		return false;
	for (size_t i = 0; i < r->n_choices; i++) {
		GROW(*list, i, *cap);
		(*list)[i].label = unpack_s(&u);
		(*list)[i].chip = unpack_s(&u);
	}
	r->choices = *list;
	return !u.bad;
}
