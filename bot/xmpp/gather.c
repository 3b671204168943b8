#include "xmpp/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { TOGETHER_MAX = 4000 };   /* bytes read as one message: half of what the engine takes */

struct item { struct str who, id, client_id, replaces, locale, text; };

struct group {
	struct inbound *in;             /* borrows from items of the same number */
	struct item *items;
	size_t n, cap_in, cap_items, bytes;
};

struct gather {
	struct group *groups;
	size_t n, cap, bytes;
};

struct gather *gather_create(void)
{
	return xcalloc(1, sizeof(struct gather));
}

void gather_destroy(struct gather *g)
{
	if (!g)
		return;
	gather_clear(g);
	free(g->groups);
	free(g);
}

static struct str copy(struct sv s)
{
	struct str c = STR_INIT;

	str_add(&c, s);
	return c;
}

static void item_fini(struct item *it)
{
	str_fini(&it->who);
	str_fini(&it->id);
	str_fini(&it->client_id);
	str_fini(&it->replaces);
	str_fini(&it->locale);
	str_wipe(&it->text);
}

static struct group *newest_of(const struct gather *g, struct sv who)
{
	for (size_t i = g->n; i-- > 0; )
		if (sv_eq(str_sv(&g->groups[i].items[0].who), who))
			return &g->groups[i];
	return NULL;
}

static struct group *open_group(struct gather *g)
{
	GROW(g->groups, g->n, g->cap);
	g->groups[g->n] = (struct group){ 0 };
	return &g->groups[g->n++];
}

static void append(struct gather *g, struct group *to, const struct inbound *in, struct sv text)
{
	struct item *it;

	GROW(to->in, to->n, to->cap_in);
	GROW(to->items, to->n, to->cap_items);
	it = &to->items[to->n];
	*it = (struct item){ copy(in->who), copy(in->id), copy(in->client_id),
		copy(in->replaces), copy(in->locale), copy(text) };
	to->in[to->n] = *in;
	to->in[to->n].who = str_sv(&it->who);
	to->in[to->n].id = str_sv(&it->id);
	to->in[to->n].client_id = str_sv(&it->client_id);
	to->in[to->n].locale = str_sv(&it->locale);
	to->in[to->n].text = str_sv(&it->text);
	to->in[to->n].replaces = str_sv(&it->replaces);
	to->n++;
	to->bytes += text.n;
	g->bytes += text.n;
}

/* The old words stay, marked, so that they are known when they come again and
 * the lane may read them.  A second correction names the first message too. */
static bool correct(struct gather *g, struct group *of, const struct inbound *in)
{
	bool found = false;

	for (size_t i = 0; in->replaces.n && i < of->n; i++)
		if (sv_eq(of->in[i].client_id, in->replaces) ||
		    sv_eq(of->in[i].replaces, in->replaces)) {
			of->in[i].withdrawn = true;
			found = true;
		}
	if (found)
		append(g, of, in, in->text);
	return found;
}

/* The offline storage repeats what stands in the archive. */
static bool is_there(const struct gather *g, const struct inbound *in)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = 0; k < g->groups[i].n; k++) {
			const struct inbound *it = &g->groups[i].in[k];

			if (!sv_eq(it->who, in->who) || it->kind != in->kind)
				continue;
			if ((in->id.n && sv_eq(it->id, in->id)) || (in->client_id.n &&
			    sv_eq(it->client_id, in->client_id) && sv_eq(it->text, in->text)))
				return true;
		}
	return false;
}

bool gather_add(struct gather *g, const struct inbound *in, bool late)
{
	struct group *of = newest_of(g, in->who);

	if (of && is_there(g, in))
		return true;
	if (of && (in->kind == EVENT_EDIT || in->kind == EVENT_RETRACT) && correct(g, of, in))
		return true;
	if (in->kind != EVENT_TEXT || !(of || late))
		return false;
	if (!of || of->bytes + in->text.n > TOGETHER_MAX)
		of = open_group(g);
	append(g, of, in, in->text);
	return true;
}

bool gather_has(const struct gather *g, struct sv who)
{
	return newest_of(g, who) != NULL;
}

size_t gather_bytes(const struct gather *g)
{
	return g->bytes;
}

bool gather_empty(const struct gather *g)
{
	return g->n == 0;
}

bool gather_next(const struct gather *g, size_t *at, const struct inbound **in, size_t *n)
{
	if (*at >= g->n)
		return false;
	*in = g->groups[*at].in;
	*n = g->groups[*at].n;
	++*at;
	return true;
}

static void group_fini(struct group *of)
{
	for (size_t k = 0; k < of->n; k++)
		item_fini(&of->items[k]);
	free(of->items);
	free(of->in);
}

void gather_drop_first(struct gather *g)
{
	g->bytes -= g->groups[0].bytes;
	group_fini(&g->groups[0]);
	memmove(&g->groups[0], &g->groups[1], --g->n * sizeof g->groups[0]);
}

size_t gather_groups(const struct gather *g)
{
	return g->n;
}

void gather_clear(struct gather *g)
{
	for (size_t i = 0; i < g->n; i++)
		group_fini(&g->groups[i]);
	g->n = g->bytes = 0;
}
