/* A stanza of a stranger, to what was said and to the reply that carries it back. */
#include "fuzz.h"
#include "xmpp/guard.h"
#include "xmpp/inbound.h"
#include "xmpp/outbound.h"
#include "xmpp/stanza.h"

#define OWN "attune@example.org"

static xmpp_ctx_t *ctx;

/* What is built and read again is the same. */
static void there_and_back(const struct inbound *in)
{
	struct outbound o = { .who = in->who, .oid = SV("o1"), .text = in->text };
	struct manners m = { .states = true };
	STR_AUTO clean = STR_INIT;
	STR_AUTO again = STR_INIT;
	struct sv rest, part;
	xmpp_stanza_t *read;
	struct str xml;

	outbound_clean(in->text, &clean);
	rest = str_sv(&clean);
	if (!outbound_part(&rest, &part))
		return;
	xml = outbound_message(&o, SV("o1"), part, true, &m);
	read = xmpp_stanza_new_from_string(ctx, xml.p);
	MUST(read);
	stanza_text(stanza_child(read, "body", "jabber:client"), &again);
	MUST(sv_eq(str_sv(&again), part));
	MUST(sv_eq(stanza_attr(read, "to"), in->who));
	str_wipe(&xml);
	xmpp_stanza_release(read);
}

static void hear(xmpp_stanza_t *st, struct sv query)
{
	struct inbound_context c = { SV(OWN), query, true, 1772400000 };
	struct heard r;

	inbound_read(&c, st, &r);
	if (r.kind == HEARD_PERSON) {
		MUST(jid_is_person(r.in.who) && !sv_is(r.in.who, OWN));
		MUST(r.in.text.n <= 64 * 1024);
		MUST(r.in.kind != EVENT_TEXT || r.in.text.n > 0);
		there_and_back(&r.in);
	}
	if (r.kind == HEARD_OWN)
		MUST(r.archived);
	heard_fini(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *z = xstrndup((const char *)data, size);
	xmpp_stanza_t *st;

	if (!ctx) {
		xmpp_initialize();
		ctx = xmpp_ctx_new(NULL, NULL);
		MUST(guard_works(ctx));
	}
	st = xmpp_stanza_new_from_string(ctx, z);
	if (st) {
		hear(st, SV("q1"));
		hear(st, SV(""));
		xmpp_stanza_release(st);
	}
	free(z);
	return 0;
}
