#include "xmpp/features.h"

#include "base/xalloc.h"
#include "xmpp/ns.h"
#include "xmpp/stanza.h"

#define NODE "urn:attune:bot"
#define NAME PACKAGE_NAME

/* Sorted: the caps hash is made of them in this order. */
static const char *const features[] = {
	NS_CAPS,
	NS_CHATSTATES,
	NS_DISCO_INFO,
	NS_DISCO_ITEMS,
	NS_VERSION,
	NS_MARKERS,
	NS_EME,
	NS_FALLBACK,
	NS_CORRECT,
	NS_RETRACT,
	NS_PING,
	NS_REACTIONS,
	NS_RECEIPTS,
	NS_REPLY,
};

static char *caps_hash(xmpp_ctx_t *ctx)
{
	unsigned char digest[XMPP_SHA1_DIGEST_SIZE];
	STR_AUTO s = STR_INIT;

	str_addz(&s, "client/bot//" NAME "<");
	for (size_t i = 0; i < COUNT(features); i++)
		str_addf(&s, "%s<", features[i]);
	xmpp_sha1_digest((const unsigned char *)s.p, s.n, digest);
	return xmpp_base64_encode(ctx, digest, sizeof digest);
}

void features_add_caps(xmpp_stanza_t *presence)
{
	xmpp_ctx_t *ctx = xmpp_stanza_get_context(presence);
	xmpp_stanza_t *c = stanza_add(presence, "c", NS_CAPS);
	char *ver = caps_hash(ctx);

	stanza_set(c, "hash", SV("sha-1"));
	stanza_set(c, "node", SV(NODE));
	stanza_set(c, "ver", sv_from(ver));
	xmpp_free(ctx, ver);
}

static xmpp_stanza_t *answer(xmpp_ctx_t *ctx, xmpp_stanza_t *iq, const char *type)
{
	xmpp_stanza_t *st = stanza_new(ctx, "iq", NULL);

	stanza_set(st, "type", sv_from(type));
	stanza_set(st, "to", stanza_attr(iq, "from"));
	stanza_set(st, "id", stanza_attr(iq, "id"));
	return st;
}

static xmpp_stanza_t *refusal(xmpp_ctx_t *ctx, xmpp_stanza_t *iq, const char *condition)
{
	xmpp_stanza_t *st = answer(ctx, iq, "error");
	xmpp_stanza_t *e = stanza_add(st, "error", NULL);

	stanza_set(e, "type", SV("cancel"));
	stanza_add(e, condition, NS_STANZAS);
	return st;
}

static bool is_our_node(xmpp_ctx_t *ctx, struct sv node)
{
	STR_AUTO full = STR_INIT;
	char *ver = caps_hash(ctx);

	str_addf(&full, NODE "#%s", ver);
	xmpp_free(ctx, ver);
	return sv_is(node, NODE) || sv_eq(node, str_sv(&full));
}

static xmpp_stanza_t *info(xmpp_ctx_t *ctx, xmpp_stanza_t *iq, xmpp_stanza_t *query)
{
	struct sv node = stanza_attr(query, "node");
	xmpp_stanza_t *st, *q, *identity;

	if (node.n && !is_our_node(ctx, node))
		return refusal(ctx, iq, "item-not-found");
	st = answer(ctx, iq, "result");
	q = stanza_add(st, "query", NS_DISCO_INFO);
	stanza_set(q, "node", node);
	identity = stanza_add(q, "identity", NULL);
	stanza_set(identity, "category", SV("client"));
	stanza_set(identity, "type", SV("bot"));
	stanza_set(identity, "name", SV(NAME));
	for (size_t i = 0; i < COUNT(features); i++)
		stanza_set(stanza_add(q, "feature", NULL), "var", sv_from(features[i]));
	return st;
}

static xmpp_stanza_t *items(xmpp_ctx_t *ctx, xmpp_stanza_t *iq, xmpp_stanza_t *query)
{
	xmpp_stanza_t *st = answer(ctx, iq, "result");

	stanza_set(stanza_add(st, "query", NS_DISCO_ITEMS), "node", stanza_attr(query, "node"));
	return st;
}

static xmpp_stanza_t *version(xmpp_ctx_t *ctx, xmpp_stanza_t *iq, xmpp_stanza_t *query)
{
	xmpp_stanza_t *st = answer(ctx, iq, "result");
	xmpp_stanza_t *q = stanza_add(st, "query", NS_VERSION);

	(void)query;
	stanza_add_text(q, "name", SV(NAME));
	stanza_add_text(q, "version", SV(PACKAGE_VERSION));
	return st;
}

static xmpp_stanza_t *pong(xmpp_ctx_t *ctx, xmpp_stanza_t *iq, xmpp_stanza_t *query)
{
	(void)query;
	return answer(ctx, iq, "result");
}

static const struct query {
	const char *name, *ns;
	xmpp_stanza_t *(*answer)(xmpp_ctx_t *, xmpp_stanza_t *, xmpp_stanza_t *);
} queries[] = {
	{ "query", NS_DISCO_INFO, info },
	{ "query", NS_DISCO_ITEMS, items },
	{ "query", NS_VERSION, version },
	{ "ping", NS_PING, pong },
};

xmpp_stanza_t *features_answer(xmpp_ctx_t *ctx, xmpp_stanza_t *iq)
{
	struct sv type = stanza_attr(iq, "type");
	xmpp_stanza_t *q;

	if (!sv_is(type, "get") && !sv_is(type, "set"))
		return NULL;
	for (size_t i = 0; i < COUNT(queries) && sv_is(type, "get"); i++)
		if ((q = stanza_child(iq, queries[i].name, queries[i].ns)))
			return queries[i].answer(ctx, iq, q);
	return refusal(ctx, iq, "service-unavailable");
}
