/* Stanzas from strings: what a person said, and sixty ways not to be one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/xalloc.h"
#include "xmpp/guard.h"
#include "xmpp/inbound.h"
#include "xmpp/ns.h"
#include "xmpp/stanza.h"
#include "stanza_help.h"

#define NOW 1772400000          /* 2026-03-01T21:20:00Z */
#define OWN "attune@example.org"
#define FROM " from='ana@example.net/phone' to='" OWN "' id='m1'"
#define CHAT(children) "<message type='chat'" FROM ">" children "</message>"
#define HI "<body>hi</body>"
#define STAMP "2026-03-01T21:00:00Z"
#define STAMP_TIME (NOW - 1200)

#define RESULT(outer, query, inner)                                            \
	"<message" outer "><result xmlns='" NS_MAM "' queryid='" query "' id='a1'>" \
	"<forwarded xmlns='" NS_FORWARD "'><delay xmlns='" NS_DELAY "' stamp='" STAMP "'/>" \
	inner "</forwarded></result></message>"
#define INNER "<message xmlns='jabber:client' type='chat'" FROM ">" HI "</message>"
#define INNER_OWN "<message xmlns='jabber:client' type='chat' from='" OWN "/attune' "  \
		  "to='ana@example.net' id='o1'>" HI "</message>"
#define STANZA_ID(by, id) "<stanza-id xmlns='" NS_SID "' by='" by "' id='" id "'/>"
#define REPLY(cut, body) "<reply xmlns='" NS_REPLY "' to='" OWN "' id='o1'/>"   \
	"<fallback xmlns='" NS_FALLBACK "' for='" NS_REPLY "'>" cut "</fallback>" \
	"<body>" body "</body>"
#define REACT(list) "<reactions xmlns='" NS_REACTIONS "' id='o1'>" list "</reactions>"
#define R(sign) "<reaction>" sign "</reaction>"
#define UP "\xF0\x9F\x91\x8D"
#define DOWN "\xF0\x9F\x91\x8E"

static const struct inbound_context context = {
	{ OWN, sizeof OWN - 1 }, { "q1", 2 }, true, NOW,
};

static xmpp_stanza_t *parse(const char *name, const char *xml)
{
	xmpp_stanza_t *st = xmpp_stanza_new_from_string(ctx, xml);

	if (!st)
		fail_msg("%s: does not parse", name);
	return st;
}

static void is_text(const char *name, const char *what, struct sv got, const char *want)
{
	if (!sv_is(got, want))
		fail_msg("%s: %s is '%.*s', not '%s'", name, what, SV_ARG(got), want);
}

/* --- dropped: none of these is ever answered --- */

static const struct { const char *name, *xml, *why; } dropped[] = {
	{ "groupchat", "<message type='groupchat'" FROM ">" HI "</message>", "type" },
	{ "headline", "<message type='headline'" FROM ">" HI "</message>", "type" },
	{ "groupchat with encryption", "<message type='groupchat'" FROM ">"
	    "<encryption xmlns='" NS_EME "'/>" HI "</message>", "type" },
	{ "ourselves", "<message type='chat' from='" OWN "/other' id='1'>" HI "</message>", "own" },
	{ "ourselves, bare", "<message type='chat' from='" OWN "' id='1'>" HI "</message>", "own" },
	{ "nobody", "<message type='chat' id='1'>" HI "</message>", "no-person" },
	{ "the server", "<message from='example.org'>" HI "</message>", "no-person" },
	{ "a component", "<message from='news.example.org/x'>" HI "</message>", "no-person" },
	{ "an empty local part", "<message from='@example.org'>" HI "</message>", "no-person" },
	{ "an empty domain", "<message from='ana@'>" HI "</message>", "no-person" },
	{ "to somebody else", "<message type='chat' from='ana@example.net' to='bob@example.org'>"
	    HI "</message>", "not-to-us" },
	{ "no body", CHAT(""), "no-body" },
	{ "empty body", CHAT("<body/>"), "empty" },
	{ "blank body", CHAT("<body> \n\t </body>"), "empty" },
	{ "body of another namespace", CHAT("<body xmlns='urn:x'>hi</body>"), "no-body" },
	{ "XHTML body only", CHAT("<html xmlns='http://jabber.org/protocol/xhtml-im'>"
	    "<body xmlns='http://www.w3.org/1999/xhtml'>hi</body></html>"), "no-body" },
	{ "body of a child", CHAT("<x xmlns='urn:x'><body xmlns='jabber:client'>hi</body></x>"),
	    "no-body" },
	{ "chat state", CHAT("<composing xmlns='" NS_CHATSTATES "'/>"), "no-body" },
	{ "receipt", CHAT("<received xmlns='" NS_RECEIPTS "' id='o1'/>"), "no-body" },
	{ "marker", CHAT("<displayed xmlns='" NS_MARKERS "' id='o1'/>"), "no-body" },
	{ "subject only", CHAT("<subject>hi</subject>"), "no-body" },
	{ "whisper in a room", CHAT("<x xmlns='" NS_MUC_USER "'/>" HI), "room" },
	{ "mediated invitation", "<message" FROM "><x xmlns='" NS_MUC_USER "'>"
	    "<invite from='bob@example.net'><reason>come</reason></invite></x></message>", "room" },
	{ "direct invitation", CHAT("<x xmlns='" NS_CONFERENCE "' jid='r@rooms.example.net'/>" HI),
	    "room" },
	{ "carbon received", CHAT("<received xmlns='" NS_CARBONS "'><forwarded xmlns='" NS_FORWARD
	    "'>" INNER "</forwarded></received>"), "copy" },
	{ "carbon sent", CHAT("<sent xmlns='" NS_CARBONS "'><forwarded xmlns='" NS_FORWARD "'>"
	    INNER "</forwarded></sent>"), "copy" },
	{ "carbon with a body beside it", CHAT(HI "<received xmlns='" NS_CARBONS "'>"
	    "<forwarded xmlns='" NS_FORWARD "'>" INNER "</forwarded></received>"), "copy" },
	{ "carbon in our name", "<message type='chat' from='" OWN "' to='" OWN "/attune'>"
	    "<received xmlns='" NS_CARBONS "'><forwarded xmlns='" NS_FORWARD "'>" INNER
	    "</forwarded></received></message>", "own" },
	{ "forwarded", CHAT(HI "<forwarded xmlns='" NS_FORWARD "'>" INNER "</forwarded>"), "copy" },
	{ "event of a node", CHAT(HI "<event xmlns='http://jabber.org/protocol/pubsub#event'/>"),
	    "copy" },
	{ "result from a stranger", RESULT(" from='eve@example.net'", "q1", INNER),
	    "forged-result" },
	{ "result from a stranger's device", RESULT(" from='eve@example.net/x'", "q1", INNER),
	    "forged-result" },
	{ "result from our domain", RESULT(" from='example.org'", "q1", INNER), "forged-result" },
	{ "result from another of our devices", RESULT(" from='" OWN "/x'", "q1", INNER),
	    "forged-result" },
	{ "result from one who looks like us", RESULT(" from='attune@example.org.evil'", "q1",
	    INNER), "forged-result" },
	{ "result nobody asked for", RESULT(" from='" OWN "'", "q2", INNER), "unasked-result" },
	{ "result without a query", "<message from='" OWN "'><result xmlns='" NS_MAM "' id='a1'>"
	    "<forwarded xmlns='" NS_FORWARD "'><delay xmlns='" NS_DELAY "' stamp='" STAMP "'/>"
	    INNER "</forwarded></result></message>", "unasked-result" },
	{ "result without an id", "<message><result xmlns='" NS_MAM "' queryid='q1'>"
	    "<forwarded xmlns='" NS_FORWARD "'><delay xmlns='" NS_DELAY "' stamp='" STAMP "'/>"
	    INNER "</forwarded></result></message>", "broken-result" },
	{ "result without a time", "<message><result xmlns='" NS_MAM "' queryid='q1' id='a1'>"
	    "<forwarded xmlns='" NS_FORWARD "'>" INNER "</forwarded></result></message>",
	    "broken-result" },
	{ "result with a bad time", "<message><result xmlns='" NS_MAM "' queryid='q1' id='a1'>"
	    "<forwarded xmlns='" NS_FORWARD "'><delay xmlns='" NS_DELAY "' stamp='soon'/>"
	    INNER "</forwarded></result></message>", "broken-result" },
	{ "result that holds nothing", RESULT("", "q1", ""), "broken-result" },
	{ "result that holds presence", RESULT("", "q1", "<presence xmlns='jabber:client'/>"),
	    "broken-result" },
	{ "result that holds a headline", RESULT("", "q1", "<message xmlns='jabber:client' "
	    "type='headline'" FROM ">" HI "</message>"), "type" },
	{ "result in a result", RESULT("", "q1", RESULT(" xmlns='jabber:client'" FROM, "q1", INNER)),
	    "copy" },
	{ "result of room history", RESULT("", "q1", "<message xmlns='jabber:client' "
	    "type='groupchat'" FROM ">" HI "</message>"), "type" },
	{ "result to somebody else", RESULT("", "q1", "<message xmlns='jabber:client' type='chat' "
	    "from='ana@example.net' to='bob@example.org'>" HI "</message>"), "not-to-us" },
	{ "keys alone", CHAT("<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/>"
	    "</encrypted>"), "keys" },
	{ "keys alone, newer", CHAT("<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/>"
	    "</encrypted>"), "keys" },
	{ "no reaction left", CHAT(REACT("")), "reaction-without-meaning" },
	{ "a smile", CHAT(REACT(R("\xF0\x9F\x98\x80"))), "reaction-without-meaning" },
	{ "a plain letter", CHAT(REACT(R("x"))), "reaction-without-meaning" },
	{ "a digit that is no keycap", CHAT(REACT(R("1"))), "reaction-without-meaning" },
	{ "yes and no", CHAT(REACT(R(UP) R(DOWN))), "reactions-differ" },
	{ "two options", CHAT(REACT(R("1\xE2\x83\xA3") R("2\xE2\x83\xA3"))), "reactions-differ" },
	{ "a smile with a fallback body", CHAT(REACT(R("\xF0\x9F\x98\x80")) HI),
	    "reaction-without-meaning" },
	{ "nothing but a quote", CHAT(REPLY("<body/>", "&gt; all of it")), "empty" },
	{ "a quote by numbers", CHAT(REPLY("<body start='0' end='99'/>", "&gt; all")), "empty" },
	{ "call", CHAT("<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>"), "no-body" },
	{ "unknown child", CHAT("<x xmlns='urn:nobody:knows'>hi</x>"), "no-body" },
	{ "sender by another namespace", "<message type='chat' xmlns:e='urn:e' "
	    "e:from='ana@example.net'>" HI "</message>", "no-person" },
};

static void inbound__drops__what_is_not_a_persons_words(void **state)
{
	struct heard h;

	(void)state;
	for (size_t i = 0; i < COUNT(dropped); i++) {
		xmpp_stanza_t *st = parse(dropped[i].name, dropped[i].xml);

		inbound_read(&context, st, &h);
		if (h.kind != HEARD_DROP)
			fail_msg("%s: not dropped but %d", dropped[i].name, h.kind);
		is_text(dropped[i].name, "why", sv_from(h.why), dropped[i].why);
		heard_fini(&h);
		xmpp_stanza_release(st);
	}
}

/* --- kept --- */

static const struct {
	const char *name, *xml;
	enum event_kind kind;
	const char *text;
} kept[] = {
	{ "chat", CHAT(HI), EVENT_TEXT, "hi" },
	{ "normal", "<message" FROM ">" HI "</message>", EVENT_TEXT, "hi" },
	{ "a type nobody knows", "<message type='x'" FROM ">" HI "</message>", EVENT_TEXT, "hi" },
	{ "entities", CHAT("<body>&lt;a&gt; &amp; &quot;b&quot;</body>"), EVENT_TEXT, "<a> & \"b\"" },
	{ "CDATA", CHAT("<body><![CDATA[<b>]]></body>"), EVENT_TEXT, "<b>" },
	{ "white space around", CHAT("<body>\n hi \n</body>"), EVENT_TEXT, "hi" },
	{ "markup in a body", CHAT("<body>h<b>x</b>i</body>"), EVENT_TEXT, "hi" },
	{ "first of two bodies", CHAT("<body>one</body><body xml:lang='de'>zwei</body>"),
	    EVENT_TEXT, "one" },
	{ "foreign body before it", CHAT("<body xmlns='urn:x'>no</body>" HI), EVENT_TEXT, "hi" },
	{ "correction", CHAT("<replace xmlns='" NS_CORRECT "' id='m0'/>" HI), EVENT_EDIT, "hi" },
	{ "retraction", CHAT("<retract xmlns='" NS_RETRACT "' id='m0'/><body>I took it back</body>"),
	    EVENT_RETRACT, "" },
	{ "older retraction", CHAT("<apply-to xmlns='" NS_FASTEN "' id='m0'><retract xmlns='"
	    NS_RETRACT_OLD "'/></apply-to><body>I took it back</body>"), EVENT_RETRACT, "" },
	{ "axolotl", CHAT("<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>x</payload>"
	    "</encrypted><body>I sent you</body>"), EVENT_CIPHER, "" },
	{ "axolotl without body", CHAT("<encrypted xmlns='eu.siacs.conversations.axolotl'>"
	    "<payload>x</payload></encrypted>"), EVENT_CIPHER, "" },
	{ "omemo 1", CHAT("<encrypted xmlns='urn:xmpp:omemo:1'><payload/></encrypted>"),
	    EVENT_CIPHER, "" },
	{ "omemo 2", CHAT("<encrypted xmlns='urn:xmpp:omemo:2'><payload/></encrypted>"),
	    EVENT_CIPHER, "" },
	{ "marked encryption, placeholder only", CHAT("<encryption xmlns='" NS_EME "' "
	    "namespace='eu.siacs.conversations.axolotl'/><body>[OMEMO]</body>"), EVENT_CIPHER, "" },
	{ "old PGP", CHAT("<x xmlns='jabber:x:encrypted'>abc</x><body>This is encrypted</body>"),
	    EVENT_CIPHER, "" },
	{ "OX", CHAT("<openpgp xmlns='urn:xmpp:openpgp:0'>abc</openpgp>"), EVENT_CIPHER, "" },
	{ "OTR", CHAT("<body>?OTR:AAMDAQ=</body>"), EVENT_CIPHER, "" },
	{ "OTR question", CHAT("<body>?OTRv23?</body>"), EVENT_CIPHER, "" },
	{ "PGP in the body", CHAT("<body>-----BEGIN PGP MESSAGE-----\nabc</body>"), EVENT_CIPHER, "" },
	{ "placeholder body", CHAT("<body>I sent you an OMEMO encrypted message but your client "
	    "doesn\xE2\x80\x99t seem to support that.</body>"), EVENT_CIPHER, "" },
	{ "a question about OMEMO", CHAT("<body>how do I turn off OMEMO?</body>"), EVENT_TEXT,
	    "how do I turn off OMEMO?" },
	{ "encrypted and corrected", CHAT("<replace xmlns='" NS_CORRECT "' id='m0'/>"
	    "<encryption xmlns='" NS_EME "'/>" HI), EVENT_CIPHER, "" },
	{ "file with its address", CHAT("<x xmlns='" NS_OOB "'><url>https://u/1</url></x>"
	    "<body>https://u/1</body>"), EVENT_AUDIO, "" },
	{ "file without body", CHAT("<x xmlns='" NS_OOB "'><url>https://u/1</url></x>"),
	    EVENT_AUDIO, "" },
	{ "link beside words", CHAT("<x xmlns='" NS_OOB "'><url>https://u/1</url></x>"
	    "<body>look at https://u/1</body>"), EVENT_TEXT, "look at https://u/1" },
	{ "encrypted file", CHAT("<body>aesgcm://u/1.m4a#00ff</body>"), EVENT_AUDIO, "" },
	{ "picture", CHAT("<body>https://u/1/photo.JPG</body>"), EVENT_AUDIO, "" },
	{ "voice", CHAT("<body> https://u/1/note.opus </body>"), EVENT_AUDIO, "" },
	{ "an article", CHAT("<body>https://example.org/advice</body>"), EVENT_TEXT,
	    "https://example.org/advice" },
	{ "a picture and words", CHAT("<body>https://u/a.png see?</body>"), EVENT_TEXT,
	    "https://u/a.png see?" },
	{ "file sharing", CHAT("<file-sharing xmlns='" NS_SFS "'/><body>https://u/1</body>"),
	    EVENT_AUDIO, "" },
	{ "media sharing", CHAT("<reference xmlns='" NS_REFERENCE "'><media-sharing xmlns='" NS_SIMS
	    "'/></reference><body>https://u/1</body>"), EVENT_AUDIO, "" },
	{ "a mention", CHAT("<reference xmlns='" NS_REFERENCE "' type='mention'/>" HI), EVENT_TEXT,
	    "hi" },
	{ "reply to a quote", CHAT(REPLY("<body start='0' end='7'/>", "&gt; yes?\nno")),
	    EVENT_TEXT, "no" },
	{ "quote in another script", CHAT(REPLY("<body start='0' end='6'/>",
	    "&gt; \xC3\xA9\xE2\x82\xAC\xF0\x9F\x91\x8D\nno")), EVENT_TEXT, "no" },
	{ "quote at the end", CHAT(REPLY("<body start='3'/>", "no\n&gt; yes?")), EVENT_TEXT, "no" },
	{ "quote in two parts", CHAT(REPLY("<body start='0' end='2'/><body start='4' end='6'/>",
	    "ab12cd34")), EVENT_TEXT, "1234" },
	{ "parts that overlap", CHAT(REPLY("<body start='0' end='4'/><body start='2' end='6'/>",
	    "abcdefno")), EVENT_TEXT, "no" },
	{ "a range that runs backwards", CHAT(REPLY("<body start='5' end='2'/>", "abcdef")),
	    EVENT_TEXT, "abcdef" },
	{ "a range below zero", CHAT(REPLY("<body start='-4' end='2'/>", "abcdef")), EVENT_TEXT,
	    "abcdef" },
	{ "a range that is no number", CHAT(REPLY("<body start='x' end='2'/>", "abcdef")),
	    EVENT_TEXT, "abcdef" },
	{ "a range past the end", CHAT(REPLY("<body start='4' end='999999999999'/>", "abcdef")),
	    EVENT_TEXT, "abcd" },
	{ "fallback without a reply", CHAT("<fallback xmlns='" NS_FALLBACK "' for='" NS_REPLY "'>"
	    "<body start='0' end='4'/></fallback><body>abcdef</body>"), EVENT_TEXT, "abcdef" },
	{ "fallback for something else", CHAT("<reply xmlns='" NS_REPLY "' id='o1'/><fallback xmlns='"
	    NS_FALLBACK "' for='urn:x'><body/></fallback><body>abc</body>"), EVENT_TEXT, "abc" },
	{ "older fallback", CHAT("<reply xmlns='" NS_REPLY "' id='o1'/><fallback xmlns='"
	    NS_FALLBACK_OLD "' for='" NS_REPLY "'><body start='0' end='3'/></fallback>"
	    "<body>abcdef</body>"), EVENT_TEXT, "def" },
	{ "reply without a quote", CHAT("<reply xmlns='" NS_REPLY "' id='o1'/>" HI), EVENT_TEXT,
	    "hi" },
	{ "correction of a reply", CHAT("<replace xmlns='" NS_CORRECT "' id='m0'/>"
	    REPLY("<body start='0' end='4'/>", "&gt; a\nno")), EVENT_EDIT, "no" },
	{ "thumbs up", CHAT(REACT(R(UP))), EVENT_TEXT, UP },
	{ "thumbs up in a skin tone", CHAT(REACT(R(UP "\xF0\x9F\x8F\xBD"))), EVENT_TEXT, UP },
	{ "check mark", CHAT(REACT(R("\xE2\x9C\x94\xEF\xB8\x8F"))), EVENT_TEXT, UP },
	{ "two ways to say yes", CHAT(REACT(R(UP) R("\xE2\x9C\x85"))), EVENT_TEXT, UP },
	{ "yes and a heart", CHAT(REACT(R("\xE2\x9D\xA4") R(UP))), EVENT_TEXT, UP },
	{ "thumbs down", CHAT(REACT(R(DOWN))), EVENT_TEXT, DOWN },
	{ "cross", CHAT(REACT(R("\xE2\x9D\x8C"))), EVENT_TEXT, DOWN },
	{ "keycap two", CHAT(REACT(R("2\xEF\xB8\x8F\xE2\x83\xA3"))), EVENT_TEXT, "2" },
	{ "keycap without selector", CHAT(REACT(R("9\xE2\x83\xA3"))), EVENT_TEXT, "9" },
	{ "keycap ten", CHAT(REACT(R("\xF0\x9F\x94\x9F"))), EVENT_TEXT, "10" },
	{ "to our device", "<message type='chat' from='ana@example.net' to='" OWN "/attune' id='1'>"
	    HI "</message>", EVENT_TEXT, "hi" },
	{ "result without from", RESULT("", "q1", INNER), EVENT_TEXT, "hi" },
	{ "result from our account", RESULT(" from='" OWN "' to='" OWN "/attune'", "q1", INNER),
	    EVENT_TEXT, "hi" },
};

static void inbound__keeps__what_a_person_said(void **state)
{
	struct heard h;

	(void)state;
	for (size_t i = 0; i < COUNT(kept); i++) {
		const char *name = kept[i].name;
		xmpp_stanza_t *st = parse(name, kept[i].xml);

		inbound_read(&context, st, &h);
		if (h.kind != HEARD_PERSON || h.in.kind != kept[i].kind)
			fail_msg("%s: heard %d (%s), event %d", name, h.kind, h.why, h.in.kind);
		is_text(name, "text", h.in.text, kept[i].text);
		is_text(name, "who", h.in.who, "ana@example.net");
		heard_fini(&h);
		xmpp_stanza_release(st);
	}
}

/* --- ids, times, manners: what is believed and what is not --- */

static const struct {
	const char *name, *xml, *id, *client_id;
	int64_t written, archived;
} facts[] = {
	{ "client id", CHAT(HI), "", "m1", 0, 0 },
	{ "no id", "<message from='a@b'>" HI "</message>", "", "", 0, 0 },
	{ "origin id for want of another", "<message from='a@b'>" HI "<origin-id xmlns='" NS_SID
	    "' id='x'/></message>", "", "x", 0, 0 },
	{ "id before origin id", CHAT(HI "<origin-id xmlns='" NS_SID "' id='x'/>"), "", "m1", 0, 0 },
	{ "our server's id", CHAT(HI STANZA_ID(OWN, "s1")), "s1", "m1", 0, 0 },
	{ "another server's id", CHAT(HI STANZA_ID("ana@example.net", "s1")), "", "m1", 0, 0 },
	{ "our domain's id", CHAT(HI STANZA_ID("example.org", "s1")), "", "m1", 0, 0 },
	{ "our device's id", CHAT(HI STANZA_ID(OWN "/attune", "s1")), "", "m1", 0, 0 },
	{ "one of ours, one not", CHAT(HI STANZA_ID("x@y", "s0") STANZA_ID(OWN, "s1")), "s1", "m1",
	    0, 0 },
	{ "two in our name", CHAT(HI STANZA_ID(OWN, "s1") STANZA_ID(OWN, "s2")), "", "m1", 0, 0 },
	{ "archive id by result", RESULT("", "q1", INNER), "a1", "m1", STAMP_TIME, STAMP_TIME },
	{ "late, says our server", CHAT(HI "<delay xmlns='" NS_DELAY "' from='example.org' stamp='"
	    STAMP "'/>"), "", "m1", STAMP_TIME, 0 },
	{ "late, says our account", CHAT(HI "<delay xmlns='" NS_DELAY "' from='" OWN "' stamp='"
	    STAMP "'/>"), "", "m1", STAMP_TIME, 0 },
	{ "late, says the sender", CHAT(HI "<delay xmlns='" NS_DELAY "' from='ana@example.net' "
	    "stamp='" STAMP "'/>"), "", "m1", 0, 0 },
	{ "late, says nobody", CHAT(HI "<delay xmlns='" NS_DELAY "' stamp='" STAMP "'/>"), "", "m1",
	    0, 0 },
	{ "from the future", CHAT(HI "<delay xmlns='" NS_DELAY "' from='example.org' "
	    "stamp='2036-01-01T00:00:00Z'/>"), "", "m1", 0, 0 },
};

static void inbound__believes__only_our_own_server(void **state)
{
	struct heard h;

	(void)state;
	for (size_t i = 0; i < COUNT(facts); i++) {
		const char *name = facts[i].name;
		xmpp_stanza_t *st = parse(name, facts[i].xml);

		inbound_read(&context, st, &h);
		is_text(name, "id", h.in.id, facts[i].id);
		is_text(name, "client id", h.in.client_id, facts[i].client_id);
		if (h.in.written != facts[i].written || h.archived != facts[i].archived)
			fail_msg("%s: written %lld, archived %lld", name, (long long)h.in.written,
			    (long long)h.archived);
		assert_int_equal(h.in.utc_offset, INT_MIN);
		heard_fini(&h);
		xmpp_stanza_release(st);
	}
}

static void inbound__ignores__stanza_ids_of_a_server_that_does_not_vouch(void **state)
{
	struct inbound_context c = context;
	xmpp_stanza_t *st = parse("sid", CHAT(HI STANZA_ID(OWN, "s1")));
	struct heard h;

	(void)state;
	c.stable_ids = false;
	inbound_read(&c, st, &h);
	assert_int_equal(h.in.id.n, 0);
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__refuses__results_when_no_query_runs(void **state)
{
	struct inbound_context c = context;
	xmpp_stanza_t *st = parse("result", "<message><result xmlns='" NS_MAM "' queryid='' id='a'>"
	    "<forwarded xmlns='" NS_FORWARD "'><delay xmlns='" NS_DELAY "' stamp='" STAMP "'/>"
	    INNER "</forwarded></result></message>");
	struct heard h;

	(void)state;
	c.query = SV("");
	inbound_read(&c, st, &h);
	assert_int_equal(h.kind, HEARD_DROP);
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__finds__our_own_messages_in_the_archive(void **state)
{
	xmpp_stanza_t *st = parse("own", RESULT("", "q1", INNER_OWN));
	struct heard h;

	(void)state;
	inbound_read(&context, st, &h);
	assert_int_equal(h.kind, HEARD_OWN);
	is_text("own", "id", h.in.client_id, "o1");
	is_text("own", "to", h.to, "ana@example.net");
	is_text("own", "archive id", h.archive_id, "a1");
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__reports__what_came_back(void **state)
{
	xmpp_stanza_t *st = parse("error", "<message type='error' from='ana@example.net' id='o1'>"
	    HI "<error type='cancel'><text xmlns='" NS_STANZAS "'>no</text>"
	    "<service-unavailable xmlns='" NS_STANZAS "'/></error></message>");
	struct heard h;

	(void)state;
	inbound_read(&context, st, &h);
	assert_int_equal(h.kind, HEARD_RETURNED);
	is_text("error", "condition", sv_from(h.why), "service-unavailable");
	is_text("error", "id", h.in.client_id, "o1");
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__sees__how_a_client_wants_it(void **state)
{
	xmpp_stanza_t *st = parse("manners", "<message type='chat' xml:lang='de'" FROM ">" HI
	    "<thread>t</thread><active xmlns='" NS_CHATSTATES "'/><request xmlns='" NS_RECEIPTS "'/>"
	    "<markable xmlns='" NS_MARKERS "'/><replace xmlns='" NS_CORRECT "' id='m0'/></message>");
	struct heard h;

	(void)state;
	inbound_read(&context, st, &h);
	assert_true(h.states && h.receipt && h.markable);
	is_text("manners", "thread", h.thread, "t");
	is_text("manners", "lang", h.in.locale, "de");
	is_text("manners", "replaces", h.in.replaces, "m0");
	is_text("manners", "from", h.from, "ana@example.net/phone");
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__promises__no_receipt_without_an_id(void **state)
{
	xmpp_stanza_t *st = parse("no id", "<message from='a@b'>" HI "<request xmlns='" NS_RECEIPTS
	    "'/></message>");
	struct heard h;

	(void)state;
	inbound_read(&context, st, &h);
	assert_false(h.receipt);
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__takes__the_language_of_the_body_first(void **state)
{
	xmpp_stanza_t *st = parse("lang", "<message xml:lang='en'" FROM ">"
	    "<body xml:lang='fr'>salut</body></message>");
	struct heard h;

	(void)state;
	inbound_read(&context, st, &h);
	is_text("lang", "lang", h.in.locale, "fr");
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__cuts__an_endless_text_between_characters(void **state)
{
	STR_AUTO xml = STR_INIT;
	xmpp_stanza_t *st;
	struct heard h;

	(void)state;
	str_addz(&xml, "<message" FROM "><body>a");
	for (int i = 0; i < 40000; i++)
		str_addz(&xml, "\xC3\xA9");
	str_addz(&xml, "</body></message>");
	st = parse("long", xml.p);
	inbound_read(&context, st, &h);
	assert_int_equal(h.in.text.n, 64 * 1024 - 1);
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__ignores__an_id_of_unusual_length(void **state)
{
	STR_AUTO xml = STR_INIT;
	xmpp_stanza_t *st;
	struct heard h;

	(void)state;
	str_addz(&xml, "<message from='a@b' id='");
	for (int i = 0; i < 1000; i++)
		str_addc(&xml, 'x');
	str_addz(&xml, "'>" HI "</message>");
	st = parse("long id", xml.p);
	inbound_read(&context, st, &h);
	assert_int_equal(h.in.client_id.n, 0);
	heard_fini(&h);
	xmpp_stanza_release(st);
}

static void inbound__reads__times(void **state)
{
	static const struct { const char *stamp; int64_t time; } t[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01T00:00:01Z", 1 },
		{ STAMP, STAMP_TIME },
		{ "2026-03-01T21:00:00.123456Z", STAMP_TIME },
		{ "2026-03-01T22:00:00+01:00", STAMP_TIME },
		{ "2026-03-01T15:30:00-05:30", STAMP_TIME },
		{ "2026-03-01T21:00:00", 0 },
		{ "2026-03-01 21:00:00Z", 0 },
		{ "2026-13-01T21:00:00Z", 0 },
		{ "2026-03-01T25:00:00Z", 0 },
		{ "2026-03-01T21:00:00Zx", 0 },
		{ "20260301T21:00:00", 0 },
		{ "-026-03-01T21:00:00Z", 0 },
		{ "2026-03-01T21:00:00+99:00", 0 },
		{ "", 0 },
		{ "soon", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (inbound_time(sv_from(t[i].stamp)) != t[i].time)
			fail_msg("%s", t[i].stamp);
}

/* --- the guard in front of libstrophe --- */

static void guard__works__here(void **state)
{
	(void)state;
	assert_true(guard_works(ctx));
}

static void guard__hushes__the_library(void **state)
{
	xmpp_stanza_t *st = parse("any", "<message from='a@b'><body>hi</body></message>");
	char *text = NULL;
	size_t n;

	(void)state;
	guard_hush(true);
	assert_int_not_equal(xmpp_stanza_to_text(st, &text, &n), XMPP_EOK);
	assert_null(text);
	guard_hush(false);
	assert_int_equal(xmpp_stanza_to_text(st, &text, &n), XMPP_EOK);
	assert_non_null(strstr(text, "hi"));
	xmpp_free(ctx, text);
	xmpp_stanza_release(st);
}

static void guard__keeps__the_server_stamp(void **state)
{
	static const char *const forged[] = {
		"<message from='eve@x' xmlns:e='u' e:from='ana@x'/>",
		"<message xmlns:e='u' e:from='ana@x' from='eve@x'/>",
		"<message from='eve@x' xml:from='ana@x'/>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(forged); i++) {
		xmpp_stanza_t *st = parse("forged", forged[i]);

		assert_string_equal(xmpp_stanza_get_from(st), "eve@x");
		xmpp_stanza_release(st);
	}
}

static void guard__shortens__what_is_too_deep_or_too_wide(void **state)
{
	STR_AUTO xml = STR_INIT;
	xmpp_stanza_t *st, *c;
	int n = 0;

	(void)state;
	str_addz(&xml, "<message from='a@b'><x>");
	for (int i = 0; i < 70000; i++)
		str_addz(&xml, "<a>");
	str_addz(&xml, "lost");
	for (int i = 0; i < 70000; i++)
		str_addz(&xml, "</a>");
	for (int i = 0; i < 70000; i++)
		str_addz(&xml, "<b/>");
	str_addz(&xml, "</x></message>");
	st = parse("hostile", xml.p);
	c = xmpp_stanza_get_children(st);
	for (c = xmpp_stanza_get_children(c); c; c = xmpp_stanza_get_next(c))
		n++;
	assert_true(n <= GUARD_ELEMENTS);
	xmpp_stanza_release(st);
	st = parse("the next one", CHAT(HI));
	assert_non_null(stanza_child(st, "body", NS_CLIENT));
	xmpp_stanza_release(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inbound__drops__what_is_not_a_persons_words),
		cmocka_unit_test(inbound__keeps__what_a_person_said),
		cmocka_unit_test(inbound__believes__only_our_own_server),
		cmocka_unit_test(inbound__ignores__stanza_ids_of_a_server_that_does_not_vouch),
		cmocka_unit_test(inbound__refuses__results_when_no_query_runs),
		cmocka_unit_test(inbound__finds__our_own_messages_in_the_archive),
		cmocka_unit_test(inbound__reports__what_came_back),
		cmocka_unit_test(inbound__sees__how_a_client_wants_it),
		cmocka_unit_test(inbound__promises__no_receipt_without_an_id),
		cmocka_unit_test(inbound__takes__the_language_of_the_body_first),
		cmocka_unit_test(inbound__cuts__an_endless_text_between_characters),
		cmocka_unit_test(inbound__ignores__an_id_of_unusual_length),
		cmocka_unit_test(inbound__reads__times),
		cmocka_unit_test(guard__works__here),
		cmocka_unit_test(guard__hushes__the_library),
		cmocka_unit_test(guard__keeps__the_server_stamp),
		cmocka_unit_test(guard__shortens__what_is_too_deep_or_too_wide),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
