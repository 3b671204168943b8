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

xmpp_stanza_t *stanza_new(xmpp_ctx_t *ctx, const char *name, const char *ns)
{
	xmpp_stanza_t *st = xmpp_stanza_new(ctx);

	if (!st)
		abort();
	xmpp_stanza_set_name(st, name);
	if (ns)
		xmpp_stanza_set_ns(st, ns);
	return st;
}

void stanza_set(xmpp_stanza_t *st, const char *attr, struct sv value)
{
	char *z;

	if (value.n == 0)
		return;
	z = xstrndup(value.p, value.n);
	xmpp_stanza_set_attribute(st, attr, z);
	free(z);
}

void stanza_set_text(xmpp_stanza_t *st, struct sv text)
{
	xmpp_stanza_t *t = xmpp_stanza_new(xmpp_stanza_get_context(st));

	if (!t)
		abort();
	xmpp_stanza_set_text_with_size(t, text.p, text.n);
	xmpp_stanza_add_child_ex(st, t, 0);
}

xmpp_stanza_t *stanza_add(xmpp_stanza_t *parent, const char *name, const char *ns)
{
	xmpp_stanza_t *st = stanza_new(xmpp_stanza_get_context(parent), name, ns);

	xmpp_stanza_add_child_ex(parent, st, 0);
	return st;
}

void stanza_add_text(xmpp_stanza_t *parent, const char *name, struct sv text)
{
	stanza_set_text(stanza_add(parent, name, NULL), text);
}
