/* What goes out: stanzas as strings, parts, pace, answers to queries, failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/xalloc.h"
#include "xmpp/failure.h"
#include "xmpp/features.h"
#include "xmpp/ns.h"
#include "xmpp/outbound.h"
#include "xmpp/pace.h"
#include "xmpp/peers.h"
#include "xmpp/stanza.h"
#include "stanza_help.h"

/* Over the wire and back: what a client would read. */
static xmpp_stanza_t *travel(struct str wire)
{
	xmpp_stanza_t *arrived;

	assert_true(wire.n < STANZA_MAX);
	arrived = xmpp_stanza_new_from_string(ctx, wire.p);
	assert_non_null(arrived);
	str_wipe(&wire);
	return arrived;
}

static void has_body(xmpp_stanza_t *st, const char *want)
{
	STR_AUTO body = STR_INIT;

	stanza_text(stanza_child(st, "body", NS_CLIENT), &body);
	assert_string_equal(body.p, want);
}

static void outbound__tells__the_time_of_a_late_message(void **state)
{
	struct outbound o = { .who = SV("ana@example.net"), .oid = SV("oid1") };
	struct manners m = { .thread = SV(""), .locale = SV(""), .late = 1767574800 };
	xmpp_stanza_t *st = travel(outbound_message(&o, o.oid, SV("hi"), true, &m));

	(void)state;
	assert_true(sv_is(stanza_attr(stanza_child(st, "delay", NS_DELAY), "stamp"),
	    "2026-01-05T01:00:00Z"));
	xmpp_stanza_release(st);
	m.late = 0;
	st = travel(outbound_message(&o, o.oid, SV("hi"), true, &m));
	assert_null(stanza_child(st, "delay", NS_DELAY));
	xmpp_stanza_release(st);
}

static void outbound__sends__a_message_with_all_its_parts(void **state)
{
	static const struct choice choices[] = {
		{ { "keep this one", 13 }, { "keep", 4 } },
		{ { "change it", 9 }, { "", 0 } },
	};
	struct outbound o = { .who = SV("ana@example.net"), .oid = SV("oid1"),
		.choices = choices, .n_choices = 2 };
	struct manners m = { SV("t-1"), SV("en"), true, 0 };
	xmpp_stanza_t *st, *r;

	(void)state;
	st = travel(outbound_message(&o, o.oid, SV("a <b> & \"c\" ]]>"), true, &m));
	has_body(st, "a <b> & \"c\" ]]>");
	assert_string_equal(xmpp_stanza_get_type(st), "chat");
	assert_string_equal(xmpp_stanza_get_to(st), "ana@example.net");
	assert_string_equal(xmpp_stanza_get_id(st), "oid1");
	assert_true(sv_is(stanza_attr(st, "lang"), "en"));
	assert_true(sv_is(stanza_attr(stanza_child(st, "origin-id", NS_SID), "id"), "oid1"));
	assert_non_null(stanza_child(st, "active", NS_CHATSTATES));
	assert_non_null(stanza_child(st, "request", NS_RECEIPTS));
	assert_non_null(stanza_child(st, "unstyled", NS_STYLING));
	assert_non_null(stanza_child(st, "thread", NS_CLIENT));
	assert_null(stanza_child(st, "no-store", NS_HINTS));
	r = stanza_child(st, "response", NS_QUICK);
	assert_true(sv_is(stanza_attr(r, "value"), "1") && sv_is(stanza_attr(r, "label"), "keep"));
	r = stanza_child_next(r, "response", NS_QUICK);
	assert_true(sv_is(stanza_attr(r, "value"), "2"));
	assert_true(sv_is(stanza_attr(r, "label"), "change it"));
	xmpp_stanza_release(st);
}

static void outbound__leaves_out__what_a_client_did_not_use(void **state)
{
	struct outbound o = { .who = SV("ana@example.net"), .oid = SV("oid1") };
	struct manners m = { SV(""), SV(""), false, 0 };
	xmpp_stanza_t *st = travel(outbound_message(&o, o.oid, SV("hi"), true, &m));

	(void)state;
	assert_null(stanza_child(st, "active", NS_CHATSTATES));
	assert_null(stanza_child(st, "thread", NS_CLIENT));
	assert_null(stanza_child(st, "response", NS_QUICK));
	xmpp_stanza_release(st);
}

static void outbound__cleans__text(void **state)
{
	static const struct { const char *in, *out; } t[] = {
		{ "plain", "plain" },
		{ "two\nlines\tand a tab", "two\nlines\tand a tab" },
		{ "bell\a esc\x1B[31m del\x7F", "bell esc[31m del" },
		{ "c1\xC2\x85", "c1" },
		{ "\xE2\x80\xAE" "evil\xE2\x80\xAC", "evil" },
		{ "\xE2\x81\xA6iso\xE2\x81\xA9", "iso" },
		{ "non\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xB7\x90", "non" },
		{ "\xEF\xBB\xBF" "bom", "bom" },
		{ "broken \xC3( \xFF", "broken \xEF\xBF\xBD( \xEF\xBF\xBD" },
		{ "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84", "e\xCC\x81\xCC\x82" },
		{ "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D" },
		{ "\xF0\x9F\x91\x8D", "\xF0\x9F\x91\x8D" },
		{ "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		STR_AUTO out = STR_INIT;

		outbound_clean(sv_from(t[i].in), &out);
		assert_string_equal(out.p, t[i].out);
	}
}

/* An id or a thread is somebody else's: whatever it holds, it stays what it is. */
static void outbound__keeps__what_an_attribute_holds(void **state)
{
	struct sv id = SV("a'b\"c<d>&e\nf\tg h]]>");
	struct outbound o = { .who = SV("o'hara@b"), .oid = SV("x") };
	struct manners m = { id, SV(""), false, 0 };
	STR_AUTO thread = STR_INIT;
	xmpp_stanza_t *st = travel(outbound_received(o.who, id));

	(void)state;
	assert_true(sv_eq(stanza_attr(stanza_child(st, "received", NS_RECEIPTS), "id"), id));
	assert_true(sv_eq(stanza_attr(st, "to"), o.who));
	xmpp_stanza_release(st);
	st = travel(outbound_message(&o, id, SV("t"), true, &m));
	assert_true(sv_eq(stanza_attr(st, "id"), id));
	stanza_text(stanza_child(st, "thread", NS_CLIENT), &thread);
	assert_true(sv_eq(str_sv(&thread), id));
	xmpp_stanza_release(st);
}

/* A fixed generator: any bytes must come out as valid XML with the same text. */
static void outbound__survives__any_bytes(void **state)
{
	struct outbound o = { .who = SV("a@b"), .oid = SV("x") };
	struct manners m = { SV(""), SV(""), false, 0 };
	uint64_t x = 88172645463325252ULL;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		STR_AUTO in = STR_INIT;
		STR_AUTO clean = STR_INIT;
		xmpp_stanza_t *st;

		for (int i = 0; i < 40; i++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			str_addc(&in, "<>&\"'] \n"[x % 8] * (x >> 8 & 1) + (char)(x >> 16) *
			    !(x >> 8 & 1));
		}
		outbound_clean(str_sv(&in), &clean);
		st = travel(outbound_message(&o, o.oid, str_sv(&clean), true, &m));
		has_body(st, clean.p);
		xmpp_stanza_release(st);
	}
}

static void outbound__splits__what_does_not_fit(void **state)
{
	static const char *const pieces[] = {
		"A line of words that goes on.\n\n", "word ", "&&&&&&&&", "\xC3\xA9", "x",
	};
	struct outbound o = { .who = SV("a@b"), .oid = SV("x") };
	struct manners m = { SV(""), SV(""), false, 0 };

	(void)state;
	for (size_t p = 0; p < COUNT(pieces); p++) {
		STR_AUTO text = STR_INIT;
		STR_AUTO joined = STR_INIT;
		struct sv rest, part;

		while (text.n < 30000)
			str_addz(&text, pieces[p]);
		for (rest = str_sv(&text); outbound_part(&rest, &part); ) {
			assert_true(part.n > 0);
			str_add(&joined, part);
			xmpp_stanza_release(travel(outbound_message(&o, o.oid, part, true, &m)));
		}
		assert_true(sv_eq(str_sv(&joined), str_sv(&text)));
	}
}

static void outbound__splits__at_a_paragraph(void **state)
{
	STR_AUTO text = STR_INIT;
	struct sv rest, part;

	(void)state;
	while (text.n < 7000)
		str_addz(&text, "some words ");
	str_addz(&text, "\n\n");
	while (text.n < 12000)
		str_addz(&text, "more words ");
	rest = str_sv(&text);
	assert_true(outbound_part(&rest, &part));
	assert_true(memcmp(part.p + part.n - 2, "\n\n", 2) == 0);
	assert_true(sv_starts(rest, SV("more words")));
}

static void outbound__takes__as_long_as_typing(void **state)
{
	STR_AUTO text = STR_INIT;

	(void)state;
	while (text.n < 500)
		str_addc(&text, 'x');
	assert_int_equal(outbound_delay(SV(""), 0), 700);
	assert_int_equal(outbound_delay(SV("0123456789"), 0), 880);
	assert_int_equal(outbound_delay(SV("\xC3\xA9"), 0), 718);
	assert_int_equal(outbound_delay(str_sv(&text), 0), DELAY_MAX_MS);
	assert_int_equal(outbound_delay(str_sv(&text), SAY_LANE), 0);
	assert_int_equal(outbound_delay(str_sv(&text), SAY_CUE), 0);
	assert_int_equal(outbound_delay(SV("0123456789"), SAY_DRAFT), 880);
}

static void outbound__asks__the_archive_by_time_and_by_page(void **state)
{
	xmpp_stanza_t *st = travel(outbound_archive(SV("i"), SV("q"), 1772400000, 0, SV("last")));
	xmpp_stanza_t *q = stanza_child(st, "query", NS_MAM), *form, *f, *set;
	STR_AUTO start = STR_INIT;
	STR_AUTO after = STR_INIT;

	(void)state;
	assert_true(sv_is(stanza_attr(q, "queryid"), "q"));
	form = xmpp_stanza_get_child_by_name(q, "x");
	for (f = xmpp_stanza_get_children(form); f; f = xmpp_stanza_get_next(f))
		if (sv_is(stanza_attr(f, "var"), "start"))
			stanza_text(xmpp_stanza_get_child_by_name(f, "value"), &start);
	assert_string_equal(start.p, "2026-03-01T21:20:00Z");
	set = xmpp_stanza_get_child_by_name(q, "set");
	stanza_text(xmpp_stanza_get_child_by_name(set, "after"), &after);
	assert_string_equal(after.p, "last");
	xmpp_stanza_release(st);
}

/* --- features --- */

static xmpp_stanza_t *ask(const char *type, const char *inner)
{
	STR_AUTO xml = STR_INIT;
	xmpp_stanza_t *iq;
	struct str answer;

	str_addf(&xml, "<iq from='ana@example.net/p' id='i1' type='%s'>%s</iq>", type, inner);
	iq = xmpp_stanza_new_from_string(ctx, xml.p);
	assert_non_null(iq);
	answer = features_answer(iq);
	xmpp_stanza_release(iq);
	return answer.n ? travel(answer) : NULL;
}

static void features__answers__each_query_once(void **state)
{
	static const struct { const char *type, *inner, *answer, *condition; } t[] = {
		{ "get", "<query xmlns='" NS_DISCO_INFO "'/>", "result", NULL },
		{ "get", "<query xmlns='" NS_DISCO_INFO "' node='urn:attune:bot'/>", "result", NULL },
		{ "get", "<query xmlns='" NS_DISCO_INFO "' node='x'/>", "error", "item-not-found" },
		{ "set", "<query xmlns='" NS_DISCO_INFO "'/>", "error", "service-unavailable" },
		{ "get", "<query xmlns='" NS_DISCO_ITEMS "'/>", "result", NULL },
		{ "get", "<query xmlns='" NS_VERSION "'/>", "result", NULL },
		{ "get", "<ping xmlns='" NS_PING "'/>", "result", NULL },
		{ "get", "<ping xmlns='urn:x'/>", "error", "service-unavailable" },
		{ "set", "<query xmlns='" NS_ROSTER "'><item jid='a@b'/></query>", "error",
		    "service-unavailable" },
		{ "get", "", "error", "service-unavailable" },
		{ "get", "<query/>", "error", "service-unavailable" },
		{ "result", "<query xmlns='" NS_VERSION "'/>", NULL, NULL },
		{ "error", "<query xmlns='" NS_VERSION "'/>", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		xmpp_stanza_t *a = ask(t[i].type, t[i].inner);

		if (!t[i].answer) {
			assert_null(a);
			continue;
		}
		assert_string_equal(xmpp_stanza_get_type(a), t[i].answer);
		assert_string_equal(xmpp_stanza_get_to(a), "ana@example.net/p");
		assert_string_equal(xmpp_stanza_get_id(a), "i1");
		if (t[i].condition)
			assert_non_null(stanza_child(stanza_child(a, "error", NS_CLIENT),
			    t[i].condition, NS_STANZAS));
		xmpp_stanza_release(a);
	}
}

/* The hash in our presence must be the one of our answer, or clients distrust it. */
static void features__hash__what_they_answer(void **state)
{
	xmpp_stanza_t *a = ask("get", "<query xmlns='" NS_DISCO_INFO "'/>"), *q, *f, *p, *c;
	unsigned char digest[XMPP_SHA1_DIGEST_SIZE];
	STR_AUTO s = STR_INIT;
	const char *before = "";
	char *ver;

	(void)state;
	q = stanza_child(a, "query", NS_DISCO_INFO);
	str_addz(&s, "client/bot//attune<");
	for (f = stanza_child(q, "feature", NS_DISCO_INFO); f;
	     f = stanza_child_next(f, "feature", NS_DISCO_INFO)) {
		const char *var = xmpp_stanza_get_attribute(f, "var");

		assert_true(strcmp(before, var) < 0);
		str_addf(&s, "%s<", before = var);
	}
	xmpp_sha1_digest((const unsigned char *)s.p, s.n, digest);
	ver = xmpp_base64_encode(ctx, digest, sizeof digest);
	p = travel(features_presence());
	c = stanza_child(p, "c", NS_CAPS);
	assert_true(sv_is(stanza_attr(c, "ver"), ver));
	xmpp_free(ctx, ver);
	xmpp_stanza_release(p);
	xmpp_stanza_release(a);
}

/* --- pace --- */

static struct outbound reply(const char *who, const char *oid)
{
	return (struct outbound){ .who = sv_from(who), .oid = sv_from(oid), .text = SV("t") };
}

static void add(struct pace *p, const char *who, const char *oid, int delay, int64_t now)
{
	struct outbound o = reply(who, oid);

	pace_add(p, &o, delay, now);
}

static void takes(struct pace *p, int64_t now, const char *oid)
{
	struct outbound *o = pace_take(p, now);

	if (!oid) {
		assert_null(o);
		return;
	}
	assert_non_null(o);
	assert_true(sv_is(o->oid, oid));
	pace_free(o);
}

static void pace__keeps__the_order_of_a_person(void **state)
{
	struct pace *p = pace_create();

	(void)state;
	add(p, "a", "a1", 1000, 0);
	add(p, "a", "a2", 1000, 0);
	add(p, "b", "b1", 500, 0);
	assert_int_equal(pace_due(p), 500);
	takes(p, 499, NULL);
	takes(p, 500, "b1");
	takes(p, 1000, "a1");
	takes(p, 1000, NULL);
	assert_true(pace_waits(p, SV("a")) && !pace_waits(p, SV("b")));
	takes(p, 2000, "a2");
	assert_int_equal(pace_count(p), 0);
	pace_destroy(p);
}

static void pace__hurries__the_person_who_must_not_wait(void **state)
{
	struct pace *p = pace_create();

	(void)state;
	add(p, "b", "b1", 1000, 0);
	add(p, "a", "a1", 1000, 0);
	add(p, "a", "a2", 0, 10);
	takes(p, 10, "a1");
	takes(p, 10, "a2");
	takes(p, 10, NULL);
	pace_hurry(p);
	takes(p, 10, "b1");
	pace_destroy(p);
}

static void pace__says__when_typing_begins(void **state)
{
	struct outbound o = reply("a", "1");
	struct pace *p = pace_create();

	(void)state;
	assert_false(pace_add(p, &o, 0, 0));
	takes(p, 0, "1");
	assert_true(pace_add(p, &o, 100, 0));
	assert_false(pace_add(p, &o, 100, 0));
	pace_destroy(p);
}

static void peers__remember__the_newest_messages(void **state)
{
	struct peers *p = peers_create();
	struct peer *a = peers_get(p, SV("a@b"));
	char id[16];

	(void)state;
	assert_null(peers_find(p, SV("c@d")));
	for (int i = 0; i < 20; i++) {
		snprintf(id, sizeof id, "o%d", i);
		peer_sent(a, sv_from(id));
	}
	assert_string_equal(a->newest[0].p, "o19");
	assert_string_equal(a->newest[PEER_NEWEST - 1].p, "o12");
	for (int i = 0; i < 10000; i++) {
		snprintf(id, sizeof id, "p%d@x", i);
		assert_true(sv_is(str_sv(&peers_get(p, sv_from(id))->who), id));
	}
	peers_destroy(p);
}

/* --- failures --- */

static void failure__names__the_cause(void **state)
{
	static const struct { const char *cause; struct clues clues; } t[] = {
		{ "unknown-ca", { .stream_error = -1, .cert = "self-signed certificate" } },
		{ "unknown-ca", { .stream_error = -1, .cert = "unable to get local issuer certificate",
		    .log = "tls connect failed" } },
		{ "wrong-host", { .stream_error = -1, .cert = "hostname mismatch" } },
		{ "cert-expired", { .stream_error = -1, .cert = "certificate has expired" } },
		{ "cert-early", { .stream_error = -1, .cert = "certificate is not yet valid" } },
		{ "bad-cert", { .stream_error = -1, .cert = "refused" } },
		{ "ca-file", { .stream_error = -1, .no_ca_file = true } },
		{ "wrong-password", { .stream_error = -1, .resolved = true, .reached = true,
		    .refused = true, .log = "Cannot authenticate with known methods" } },
		{ "no-mechanism", { .stream_error = -1, .resolved = true, .reached = true,
		    .log = "Cannot authenticate with known methods" } },
		{ "host-unknown", { .stream_error = XMPP_SE_HOST_UNKNOWN, .resolved = true } },
		{ "conflict", { .stream_error = XMPP_SE_CONFLICT, .online = true } },
		{ "server-shutdown", { .stream_error = XMPP_SE_SYSTEM_SHUTDOWN, .online = true } },
		{ "refused", { .stream_error = -1, .resolved = true, .socket_errno = ECONNREFUSED } },
		{ "no-address", { .stream_error = -1 } },
		{ "mute", { .stream_error = -1, .resolved = true, .silent = true } },
		{ "silent", { .stream_error = -1, .resolved = true, .reached = true, .silent = true,
		    .online = true } },
		{ "lost", { .stream_error = -1, .resolved = true, .reached = true, .online = true } },
		{ "closed", { .stream_error = -1, .resolved = true, .reached = true } },
		{ "garbled", { .stream_error = -1, .resolved = true, .garbled = true } },
		{ "no-tls", { .stream_error = -1, .resolved = true, .reached = true,
		    .log = "TLS is not supported, but set as mandatory for this connection" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct failure *f = failure_of(&t[i].clues);

		assert_string_equal(f->cause, t[i].cause);
		assert_true(f->text[0] && f->fix[0]);
	}
}

static void failure__waits__longer_each_time_and_never_for_ever(void **state)
{
	(void)state;
	assert_int_equal(failure_pause(RETRY_SOON, 0, 0xFFFF), 500);
	assert_int_equal(failure_pause(RETRY_SOON, 0, 0), 250);
	assert_int_equal(failure_pause(RETRY_SOON, 1, 0xFFFF), 1000);
	assert_int_equal(failure_pause(RETRY_SOON, 3, 0xFFFF), 2000);
	assert_int_equal(failure_pause(RETRY_SOON, FAILURE_EAGER - 1, 0xFFFF), 2000);
	assert_int_equal(failure_pause(RETRY_SOON, FAILURE_EAGER + 1, 0xFFFF), 4000);
	assert_int_equal(failure_pause(RETRY_SOON, 4000000000u, 0xFFFF), 60000);
	assert_int_equal(failure_pause(RETRY_SLOW, 0, 0), 30000);
	assert_int_equal(failure_pause(RETRY_SLOW, 9, 0xFFFF), 600000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outbound__sends__a_message_with_all_its_parts),
		cmocka_unit_test(outbound__tells__the_time_of_a_late_message),
		cmocka_unit_test(outbound__leaves_out__what_a_client_did_not_use),
		cmocka_unit_test(outbound__cleans__text),
		cmocka_unit_test(outbound__keeps__what_an_attribute_holds),
		cmocka_unit_test(outbound__survives__any_bytes),
		cmocka_unit_test(outbound__splits__what_does_not_fit),
		cmocka_unit_test(outbound__splits__at_a_paragraph),
		cmocka_unit_test(outbound__takes__as_long_as_typing),
		cmocka_unit_test(outbound__asks__the_archive_by_time_and_by_page),
		cmocka_unit_test(features__answers__each_query_once),
		cmocka_unit_test(features__hash__what_they_answer),
		cmocka_unit_test(pace__keeps__the_order_of_a_person),
		cmocka_unit_test(pace__hurries__the_person_who_must_not_wait),
		cmocka_unit_test(pace__says__when_typing_begins),
		cmocka_unit_test(peers__remember__the_newest_messages),
		cmocka_unit_test(failure__names__the_cause),
		cmocka_unit_test(failure__waits__longer_each_time_and_never_for_ever),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
