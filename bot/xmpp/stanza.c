#include "xmpp/stanza.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "xmpp/ns.h"

struct sv jid_bare(struct sv jid)
{
	const char *slash = jid.n ? memchr(jid.p, '/', jid.n) : NULL;

	return slash ? sv_sub(jid, 0, (size_t)(slash - jid.p)) : jid;
}

struct sv jid_domain(struct sv jid)
{
	struct sv bare = jid_bare(jid);
	const char *at = bare.n ? memchr(bare.p, '@', bare.n) : NULL;

	return at ? sv_sub(bare, (size_t)(at - bare.p) + 1, bare.n) : bare;
}

bool jid_is_person(struct sv jid)
{
	struct sv bare = jid_bare(jid);
	const char *at = bare.n ? memchr(bare.p, '@', bare.n) : NULL;

	return at && at > bare.p && at + 1 < bare.p + bare.n;
}

bool stanza_is(xmpp_stanza_t *st, const char *name, const char *ns)
{
	const char *n = xmpp_stanza_get_name(st), *x;

	if (!n || strcmp(n, name) != 0)
		return false;
	x = xmpp_stanza_get_ns(st);
	return strcmp(x ? x : NS_CLIENT, ns) == 0;
}

static xmpp_stanza_t *find(xmpp_stanza_t *st, const char *name, const char *ns)
{
	while (st && !stanza_is(st, name, ns))
		st = xmpp_stanza_get_next(st);
	return st;
}

xmpp_stanza_t *stanza_child(xmpp_stanza_t *parent, const char *name, const char *ns)
{
	return parent ? find(xmpp_stanza_get_children(parent), name, ns) : NULL;
}

xmpp_stanza_t *stanza_child_next(xmpp_stanza_t *child, const char *name, const char *ns)
{
	return find(xmpp_stanza_get_next(child), name, ns);
}

struct sv stanza_attr(xmpp_stanza_t *st, const char *name)
{
	return sv_from(st ? xmpp_stanza_get_attribute(st, name) : NULL);
}

void stanza_text(xmpp_stanza_t *st, struct str *out)
{
	xmpp_stanza_t *c = st ? xmpp_stanza_get_children(st) : NULL;

	for (; c; c = xmpp_stanza_get_next(c))
		if (xmpp_stanza_is_text(c))
			str_addz(out, xmpp_stanza_get_text_ptr(c));
}

bool stanza_has_feature(xmpp_stanza_t *query, const char *var)
{
	xmpp_stanza_t *f = stanza_child(query, "feature", NS_DISCO_INFO);

	for (; f; f = stanza_child_next(f, "feature", NS_DISCO_INFO))
		if (sv_is(stanza_attr(f, "var"), var))
			return true;
	return false;
}
