#include "xmpp/features.h"

#include <sodium.h>

#include "base/xalloc.h"
#include "xmpp/ns.h"
#include "xmpp/outbound.h"
#include "xmpp/stanza.h"
#include "xmpp/xml.h"

#define NODE "urn:attune:bot"
#define NAME PACKAGE_NAME

enum { HASH = 32 };      /* a digest in base64, with the NUL */

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

static struct sv caps_hash(char hash[HASH])
{
	unsigned char digest[XMPP_SHA1_DIGEST_SIZE];
	STR_AUTO s = STR_INIT;

	str_addz(&s, "client/bot//" NAME "<");
	for (size_t i = 0; i < COUNT(features); i++)
		str_addf(&s, "%s<", features[i]);
	xmpp_sha1_digest((const unsigned char *)s.p, s.n, digest);
	return sv_from(sodium_bin2base64(hash, HASH, digest, sizeof digest,
	    sodium_base64_VARIANT_ORIGINAL));
}

struct str features_presence(void)
{
	struct xml x = xml_begin("presence", NULL);
	char hash[HASH];

	xml_open(&x, "c", NS_CAPS);
	xml_attr(&x, "hash", SV("sha-1"));
	xml_attr(&x, "node", SV(NODE));
	xml_attr(&x, "ver", caps_hash(hash));
	return xml_end(&x);
}

static struct xml answer(xmpp_stanza_t *iq, const char *type)
{
	struct xml x = xml_begin("iq", NULL);

	xml_attr(&x, "type", sv_from(type));
	xml_attr(&x, "to", stanza_attr(iq, "from"));
	xml_attr(&x, "id", stanza_attr(iq, "id"));
	return x;
}

static struct str refusal(xmpp_stanza_t *iq, const char *condition)
{
	struct xml x = answer(iq, "error");

	xml_open(&x, "error", NULL);
	xml_attr(&x, "type", SV("cancel"));
	xml_leaf(&x, condition, NS_STANZAS);
	return xml_end(&x);
}

static bool is_our_node(struct sv node)
{
	STR_AUTO full = STR_INIT;
	char hash[HASH];

	str_addz(&full, NODE "#");
	str_add(&full, caps_hash(hash));
	return sv_is(node, NODE) || sv_eq(node, str_sv(&full));
}

static struct str info(xmpp_stanza_t *iq, xmpp_stanza_t *query)
{
	struct sv node = stanza_attr(query, "node");
	struct xml x;

	if (node.n && !is_our_node(node))
		return refusal(iq, "item-not-found");
	x = answer(iq, "result");
	xml_open(&x, "query", NS_DISCO_INFO);
	xml_attr(&x, "node", node);
	xml_open(&x, "identity", NULL);
	xml_attr(&x, "category", SV("client"));
	xml_attr(&x, "type", SV("bot"));
	xml_attr(&x, "name", SV(NAME));
	xml_close(&x);
	for (size_t i = 0; i < COUNT(features); i++)
		xml_mark(&x, "feature", NULL, "var", sv_from(features[i]));
	return xml_end(&x);
}

static struct str items(xmpp_stanza_t *iq, xmpp_stanza_t *query)
{
	struct xml x = answer(iq, "result");

	xml_mark(&x, "query", NS_DISCO_ITEMS, "node", stanza_attr(query, "node"));
	return xml_end(&x);
}

static struct str version(xmpp_stanza_t *iq, xmpp_stanza_t *query)
{
	struct xml x = answer(iq, "result");

	(void)query;
	xml_open(&x, "query", NS_VERSION);
	xml_field(&x, "name", SV(NAME));
	xml_field(&x, "version", SV(PACKAGE_VERSION));
	return xml_end(&x);
}

static struct str pong(xmpp_stanza_t *iq, xmpp_stanza_t *query)
{
	(void)query;
	return outbound_done(stanza_attr(iq, "from"), stanza_attr(iq, "id"));
}

static const struct query {
	const char *name, *ns;
	struct str (*answer)(xmpp_stanza_t *, xmpp_stanza_t *);
} queries[] = {
	{ "query", NS_DISCO_INFO, info },
	{ "query", NS_DISCO_ITEMS, items },
	{ "query", NS_VERSION, version },
	{ "ping", NS_PING, pong },
};

struct str features_answer(xmpp_stanza_t *iq)
{
	struct sv type = stanza_attr(iq, "type");
	xmpp_stanza_t *q;

	if (!sv_is(type, "get") && !sv_is(type, "set"))
		return (struct str)STR_INIT;
	for (size_t i = 0; i < COUNT(queries) && sv_is(type, "get"); i++)
		if ((q = stanza_child(iq, queries[i].name, queries[i].ns)))
			return queries[i].answer(iq, q);
	return refusal(iq, "service-unavailable");
}
