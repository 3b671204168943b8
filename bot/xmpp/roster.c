#include "xmpp/roster.h"

#include <stdlib.h>

#include "base/table.h"
#include "base/xalloc.h"
#include "xmpp/ns.h"
#include "xmpp/outbound.h"
#include "xmpp/stanza.h"

/* APPROVED: told so by us.  A server that does not keep it says with each item that it is not. */
enum { WE_SEE = 1, THEY_SEE = 2, APPROVED = 4 };

#define ASK_ID "roster"

struct roster {
	struct link *link;
	struct table *names;
	unsigned char *flags;           /* by number in names */
	size_t n, cap;
	bool known;                     /* the server has told us */
};

struct roster *roster_create(struct link *l)
{
	struct roster *r = xcalloc(1, sizeof *r);

	r->link = l;
	r->names = table_create();
	return r;
}

void roster_destroy(struct roster *r)
{
	if (!r)
		return;
	table_destroy(r->names);
	free(r->flags);
	free(r);
}

static unsigned char *flags_of(struct roster *r, struct sv who)
{
	uint32_t id = table_add(r->names, who);

	while (r->n <= id) {
		GROW(r->flags, r->n, r->cap);
		r->flags[r->n++] = 0;
	}
	return &r->flags[id];
}

void roster_ask(struct roster *r)
{
	link_send(r->link, outbound_roster_get(SV(ASK_ID)));
}

static void note_item(struct roster *r, xmpp_stanza_t *item)
{
	static const struct { const char *word; unsigned char flags; } words[] = {
		{ "both", WE_SEE | THEY_SEE },
		{ "to", WE_SEE },
		{ "from", THEY_SEE },
	};
	struct sv subscription = stanza_attr(item, "subscription");
	unsigned char *f = flags_of(r, jid_bare(stanza_attr(item, "jid")));

	*f &= APPROVED;
	for (size_t i = 0; i < COUNT(words); i++)
		if (sv_is(subscription, words[i].word))
			*f |= words[i].flags;
	if (sv_is(stanza_attr(item, "ask"), "subscribe"))
		*f |= WE_SEE;
	if (sv_is(stanza_attr(item, "approved"), "true"))
		*f |= THEY_SEE;
}

/* Only our own server may say what is on our roster. */
bool roster_iq(struct roster *r, xmpp_stanza_t *iq)
{
	xmpp_stanza_t *q = stanza_child(iq, "query", NS_ROSTER), *item;
	struct sv from = stanza_attr(iq, "from"), type = stanza_attr(iq, "type");

	if (!q || (from.n && !sv_eq(from, link_own(r->link))))
		return false;
	if (!sv_is(type, "set") && !sv_is(type, "result"))
		return false;
	item = stanza_child(q, "item", NS_ROSTER);
	for (; item; item = stanza_child_next(item, "item", NS_ROSTER))
		note_item(r, item);
	r->known = true;
	if (sv_is(type, "set"))
		link_send(r->link, outbound_done(SV(""), stanza_attr(iq, "id")));
	return true;
}

static void send_presence(struct roster *r, const char *type, struct sv to)
{
	link_send(r->link, outbound_presence(type, to));
}

static void let_in(struct roster *r, struct sv who)
{
	unsigned char *f = flags_of(r, who);

	send_presence(r, "subscribed", who);
	if (!(*f & WE_SEE))
		send_presence(r, "subscribe", who);
	*f |= WE_SEE | THEY_SEE;
}

static void let_go(struct roster *r, struct sv who)
{
	*flags_of(r, who) = 0;
	send_presence(r, "unsubscribed", who);
	link_send(r->link, outbound_roster_drop(SV("roster-drop"), who));
}

void roster_presence(struct roster *r, xmpp_stanza_t *presence)
{
	struct sv type = stanza_attr(presence, "type");
	struct sv who = jid_bare(stanza_attr(presence, "from"));

	if (!jid_is_person(who) || sv_eq(who, link_own(r->link)))
		return;
	if (sv_is(type, "subscribe"))
		let_in(r, who);
	else if (sv_is(type, "unsubscribe"))
		let_go(r, who);
	else if (sv_is(type, "unsubscribed"))
		*flags_of(r, who) &= (unsigned char)~WE_SEE;
}

void roster_wrote(struct roster *r, struct sv who)
{
	unsigned char *f;

	if (!r->known)
		return;
	f = flags_of(r, who);
	if (!(*f & (THEY_SEE | APPROVED)))
		send_presence(r, "subscribed", who);
	*f |= APPROVED;
}
