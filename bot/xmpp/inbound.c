#include "xmpp/inbound.h"

#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistr.h>

#include "base/xalloc.h"
#include "xmpp/ns.h"
#include "xmpp/stanza.h"

enum {
	TEXT_MAX = 64 * 1024,
	ID_MAX = 512,           /* an id or thread that is longer is nobody's */
	CUTS_MAX = 8,
};

struct element { const char *name, *ns; };

static bool has_any(xmpp_stanza_t *st, const struct element *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stanza_child(st, e[i].name, e[i].ns))
			return true;
	return false;
}

static struct sv short_attr(xmpp_stanza_t *st, const char *name)
{
	struct sv v = stanza_attr(st, name);

	return v.n > ID_MAX ? SV("") : v;
}

static void drop(struct heard *r, const char *why)
{
	r->kind = HEARD_DROP;
	r->why = why;
}

static void person(struct heard *r, enum event_kind kind)
{
	r->kind = HEARD_PERSON;
	r->in.kind = kind;
}

/* --- time --- */

static bool digits(struct sv *s, size_t n, int *out)
{
	int64_t v;

	if (s->n < n || !sv_int(sv_sub(*s, 0, n), &v) || v < 0 || s->p[0] == '+')
		return false;
	*s = sv_sub(*s, n, s->n);
	*out = (int)v;
	return true;
}

static bool skip(struct sv *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = sv_sub(*s, 1, s->n);
	return true;
}

static bool zone(struct sv s, int *seconds)
{
	int sign = s.n && s.p[0] == '-' ? -1 : 1, h, m;

	*seconds = 0;
	if (sv_is(s, "Z"))
		return true;
	if (!skip(&s, '+') && !skip(&s, '-'))
		return false;
	if (!digits(&s, 2, &h) || !skip(&s, ':') || !digits(&s, 2, &m) || s.n)
		return false;
	*seconds = sign * (h * 3600 + m * 60);
	return h < 24 && m < 60;
}

int64_t inbound_time(struct sv s)
{
	struct tm t = { 0 };
	int offset;

	if (!digits(&s, 4, &t.tm_year) || !skip(&s, '-') || !digits(&s, 2, &t.tm_mon) ||
	    !skip(&s, '-') || !digits(&s, 2, &t.tm_mday) || !skip(&s, 'T') ||
	    !digits(&s, 2, &t.tm_hour) || !skip(&s, ':') || !digits(&s, 2, &t.tm_min) ||
	    !skip(&s, ':') || !digits(&s, 2, &t.tm_sec))
		return 0;
	if (skip(&s, '.'))
		while (s.n && s.p[0] >= '0' && s.p[0] <= '9')
			s = sv_sub(s, 1, s.n);
	if (!zone(s, &offset))
		return 0;
	if (t.tm_year < 1970 || t.tm_mon < 1 || t.tm_mon > 12 || t.tm_mday < 1 ||
	    t.tm_mday > 31 || t.tm_hour > 23 || t.tm_min > 59 || t.tm_sec > 60)
		return 0;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	return (int64_t)timegm(&t) - offset;
}

/* --- what is no text --- */

static bool is_room(xmpp_stanza_t *st)
{
	static const struct element rooms[] = {
		{ "x", NS_MUC_USER },
		{ "x", NS_CONFERENCE },
	};

	return has_any(st, rooms, COUNT(rooms));
}

/* Clients that could not encrypt for us send these instead of the words; they
 * are constants of those programs, not language that we speak. */
static const char *const placeholders[] = {
	"?OTR",
	"-----BEGIN PGP MESSAGE-----",
	"[This message is OMEMO encrypted]",
	"I sent you an OMEMO encrypted message",
	"You received a message encrypted with OMEMO",
	"This message is encrypted with OMEMO",
	"[This message was sent with OMEMO",
};

static bool is_placeholder(struct sv body)
{
	for (size_t i = 0; i < COUNT(placeholders); i++)
		if (sv_starts(body, sv_from(placeholders[i])))
			return true;
	return false;
}

enum cipher { CIPHER_NONE, CIPHER_KEYS, CIPHER_WORDS };

/* An <encrypted/> without payload and body only carries keys: nothing was said. */
static enum cipher cipher_of(xmpp_stanza_t *st, bool body)
{
	static const struct element plain[] = {
		{ "encryption", NS_EME },
		{ "x", "jabber:x:encrypted" },
		{ "openpgp", "urn:xmpp:openpgp:0" },
	};
	static const char *const omemo[] = {
		"eu.siacs.conversations.axolotl", "urn:xmpp:omemo:1", "urn:xmpp:omemo:2",
	};
	xmpp_stanza_t *e;

	for (size_t i = 0; i < COUNT(omemo); i++) {
		if (!(e = stanza_child(st, "encrypted", omemo[i])))
			continue;
		return body || stanza_child(e, "payload", omemo[i]) ?
		    CIPHER_WORDS : CIPHER_KEYS;
	}
	return has_any(st, plain, COUNT(plain)) ? CIPHER_WORDS : CIPHER_NONE;
}

static bool ends_like_media(struct sv url)
{
	static const char *const ends[] = {
		".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".ogg", ".oga", ".opus",
		".m4a", ".mp3", ".wav", ".aac", ".amr", ".mp4", ".mov", ".webm", ".3gp", ".pdf",
	};
	size_t n;

	for (size_t i = 0; i < COUNT(ends); i++) {
		n = strlen(ends[i]);
		if (url.n > n && strncasecmp(url.p + url.n - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

static bool is_media(xmpp_stanza_t *st, struct sv body)
{
	xmpp_stanza_t *oob = stanza_child(st, "x", NS_OOB);
	xmpp_stanza_t *ref = stanza_child(st, "reference", NS_REFERENCE);
	struct sv text = sv_trim(body);
	STR_AUTO url = STR_INIT;

	if (stanza_child(st, "file-sharing", NS_SFS) ||
	    stanza_child(ref, "media-sharing", NS_SIMS))
		return true;
	if (oob) {
		stanza_text(stanza_child(oob, "url", NS_OOB), &url);
		if (text.n == 0 || sv_eq(text, sv_trim(str_sv(&url))))
			return true;
	}
	if (memchr(text.p, ' ', text.n) || memchr(text.p, '\n', text.n))
		return false;
	return sv_starts(text, SV("aesgcm://")) ||
	    (sv_starts(text, SV("https://")) && ends_like_media(text));
}

/* --- reactions --- */

/* The readers of the dialogs know the two thumbs and the digits. */
static const struct { const char *sign, *text; } reactions[] = {
	{ "\xF0\x9F\x91\x8D", "\xF0\x9F\x91\x8D" },        /* thumbs up */
	{ "\xE2\x9C\x94", "\xF0\x9F\x91\x8D" },            /* check mark */
	{ "\xE2\x9C\x85", "\xF0\x9F\x91\x8D" },            /* white check mark */
	{ "\xE2\x98\x91", "\xF0\x9F\x91\x8D" },            /* ballot box with check */
	{ "\xF0\x9F\x91\x8E", "\xF0\x9F\x91\x8E" },        /* thumbs down */
	{ "\xE2\x9D\x8C", "\xF0\x9F\x91\x8E" },            /* cross mark */
	{ "\xE2\x9C\x96", "\xF0\x9F\x91\x8E" },            /* multiplication sign */
	{ "1\xE2\x83\xA3", "1" }, { "2\xE2\x83\xA3", "2" }, { "3\xE2\x83\xA3", "3" },
	{ "4\xE2\x83\xA3", "4" }, { "5\xE2\x83\xA3", "5" }, { "6\xE2\x83\xA3", "6" },
	{ "7\xE2\x83\xA3", "7" }, { "8\xE2\x83\xA3", "8" }, { "9\xE2\x83\xA3", "9" },
	{ "\xF0\x9F\x94\x9F", "10" },                      /* keycap ten */
};

/* Without variation selector (U+FE0F) and skin tones (U+1F3FB to U+1F3FF). */
static void bare_sign(struct sv s, struct str *out)
{
	const uint8_t *p = (const uint8_t *)s.p, *end = p + s.n;
	ucs4_t c;

	while (p < end) {
		p += u8_mbtouc(&c, p, (size_t)(end - p));
		if (c != 0xFE0F && !(c >= 0x1F3FB && c <= 0x1F3FF))
			str_add_utf8(out, c);
	}
}

static const char *reaction_text(xmpp_stanza_t *reaction)
{
	STR_AUTO raw = STR_INIT;
	STR_AUTO sign = STR_INIT;

	stanza_text(reaction, &raw);
	bare_sign(sv_trim(str_sv(&raw)), &sign);
	for (size_t i = 0; i < COUNT(reactions); i++)
		if (sv_is(str_sv(&sign), reactions[i].sign))
			return reactions[i].text;
	return NULL;
}

/* Several that say the same are one answer, several that differ are none. */
static void read_reactions(xmpp_stanza_t *list, struct heard *r)
{
	const char *answer = NULL, *text;
	xmpp_stanza_t *c = stanza_child(list, "reaction", NS_REACTIONS);

	for (; c; c = stanza_child_next(c, "reaction", NS_REACTIONS)) {
		text = reaction_text(c);
		if (text && answer && strcmp(text, answer) != 0) {
			drop(r, "reactions-differ");
			return;
		}
		answer = text ? text : answer;
	}
	if (!answer) {
		drop(r, "reaction-without-meaning");
		return;
	}
	str_addz(&r->text, answer);
	r->target = short_attr(list, "id");
	r->in.text = str_sv(&r->text);
	person(r, EVENT_TEXT);
}

/* --- quoted fallback --- */

struct cut { int64_t start, end; };

/* Ranges count characters (code points), not bytes. */
static size_t read_cuts(xmpp_stanza_t *fallback, const char *ns, struct cut *cuts, size_t n)
{
	xmpp_stanza_t *b = stanza_child(fallback, "body", ns);

	for (; b && n < CUTS_MAX; b = stanza_child_next(b, "body", ns)) {
		struct sv start = stanza_attr(b, "start"), end = stanza_attr(b, "end");
		struct cut c = { 0, INT64_MAX };

		if ((start.n && !sv_int(start, &c.start)) || (end.n && !sv_int(end, &c.end)))
			continue;
		if (c.start >= 0 && c.start < c.end)
			cuts[n++] = c;
	}
	return n;
}

static size_t find_cuts(xmpp_stanza_t *st, struct cut *cuts)
{
	static const char *const spaces[] = { NS_FALLBACK, NS_FALLBACK_OLD };
	size_t n = 0;

	if (!stanza_child(st, "reply", NS_REPLY))
		return 0;
	for (size_t i = 0; i < COUNT(spaces); i++) {
		xmpp_stanza_t *f = stanza_child(st, "fallback", spaces[i]);

		for (; f; f = stanza_child_next(f, "fallback", spaces[i]))
			if (sv_is(stanza_attr(f, "for"), NS_REPLY))
				n = read_cuts(f, spaces[i], cuts, n);
	}
	return n;
}

static bool is_cut(int64_t at, const struct cut *cuts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at >= cuts[i].start && at < cuts[i].end)
			return true;
	return false;
}

static void cut_text(struct sv body, const struct cut *cuts, size_t n, struct str *out)
{
	const uint8_t *p = (const uint8_t *)body.p, *end = p + body.n;
	int64_t at = 0;
	ucs4_t c;
	int len;

	for (; p < end; p += len, at++) {
		len = u8_mbtouc(&c, p, (size_t)(end - p));
		if (!is_cut(at, cuts, n))
			str_add(out, (struct sv){ (const char *)p, (size_t)len });
	}
}

/* Shortens to n bytes, never inside a character. */
static struct sv clip(struct sv s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return sv_sub(s, 0, n);
}

static void take_text(xmpp_stanza_t *st, struct heard *r)
{
	struct cut cuts[CUTS_MAX];
	size_t n = find_cuts(st, cuts);
	struct str own = STR_INIT;

	if (n) {
		cut_text(str_sv(&r->text), cuts, n, &own);
		str_wipe(&r->text);
		r->text = own;
	}
	r->in.text = clip(sv_trim(str_sv(&r->text)), TEXT_MAX);
}

/* --- the message --- */

static const char *const chat_states[] = {
	"active", "composing", "paused", "inactive", "gone",
};

static void read_manners(xmpp_stanza_t *st, struct heard *r)
{
	xmpp_stanza_t *thread = stanza_child(st, "thread", NS_CLIENT), *t;

	for (size_t i = 0; i < COUNT(chat_states); i++)
		r->states |= stanza_child(st, chat_states[i], NS_CHATSTATES) != NULL;
	r->receipt = stanza_child(st, "request", NS_RECEIPTS) && r->in.client_id.n;
	r->markable = stanza_child(st, "markable", NS_MARKERS) && r->in.client_id.n;
	t = thread ? xmpp_stanza_get_children(thread) : NULL;
	if (t && xmpp_stanza_is_text(t))
		r->thread = sv_from(xmpp_stanza_get_text_ptr(t));
	if (r->thread.n > ID_MAX)
		r->thread = SV("");
}

/* Two ids in our server's name cannot both be its own. */
static void read_archive_id(const struct inbound_context *c, xmpp_stanza_t *st, struct heard *r)
{
	xmpp_stanza_t *s = stanza_child(st, "stanza-id", NS_SID);
	int seen = 0;

	for (; c->stable_ids && s; s = stanza_child_next(s, "stanza-id", NS_SID))
		if (sv_eq(stanza_attr(s, "by"), c->own)) {
			r->in.id = seen++ ? SV("") : short_attr(s, "id");
		}
	r->archive_id = r->in.id;
}

static void read_delay(const struct inbound_context *c, xmpp_stanza_t *st, struct heard *r)
{
	xmpp_stanza_t *d = stanza_child(st, "delay", NS_DELAY);

	for (; d; d = stanza_child_next(d, "delay", NS_DELAY)) {
		struct sv from = stanza_attr(d, "from");
		int64_t t = inbound_time(stanza_attr(d, "stamp"));

		if ((sv_eq(from, c->own) || sv_eq(from, jid_domain(c->own))) &&
		    t > 0 && t < c->now)
			r->in.written = t;
	}
}

static bool read_retraction(xmpp_stanza_t *st, struct heard *r)
{
	xmpp_stanza_t *retract = stanza_child(st, "retract", NS_RETRACT);
	xmpp_stanza_t *apply = stanza_child(st, "apply-to", NS_FASTEN);

	if (!retract && stanza_child(apply, "retract", NS_RETRACT_OLD))
		retract = apply;
	if (!retract)
		return false;
	r->in.replaces = short_attr(retract, "id");
	person(r, EVENT_RETRACT);
	return true;
}

static void read_words(xmpp_stanza_t *st, struct heard *r)
{
	xmpp_stanza_t *body = stanza_child(st, "body", NS_CLIENT);
	xmpp_stanza_t *replace = stanza_child(st, "replace", NS_CORRECT);
	xmpp_stanza_t *list = stanza_child(st, "reactions", NS_REACTIONS);
	enum cipher cipher = cipher_of(st, body != NULL);

	r->in.locale = short_attr(body, "lang");
	if (!r->in.locale.n)
		r->in.locale = short_attr(st, "lang");
	if (cipher != CIPHER_NONE) {
		if (cipher == CIPHER_KEYS)
			drop(r, "keys");
		else
			person(r, EVENT_CIPHER);
		return;
	}
	if (read_retraction(st, r))
		return;
	if (list) {
		read_reactions(list, r);
		return;
	}
	stanza_text(body, &r->text);
	if (is_placeholder(sv_trim(str_sv(&r->text)))) {
		person(r, EVENT_CIPHER);
		return;
	}
	if (is_media(st, str_sv(&r->text))) {
		person(r, EVENT_AUDIO);
		return;
	}
	take_text(st, r);
	if (r->in.text.n == 0) {
		drop(r, body ? "empty" : "no-body");
		return;
	}
	person(r, replace ? EVENT_EDIT : EVENT_TEXT);
	r->in.replaces = short_attr(replace, "id");
}

static const char *condition_of(xmpp_stanza_t *st)
{
	xmpp_stanza_t *e = stanza_child(st, "error", NS_CLIENT);
	xmpp_stanza_t *c = e ? xmpp_stanza_get_children(e) : NULL;

	for (; c; c = xmpp_stanza_get_next(c)) {
		const char *ns = xmpp_stanza_get_ns(c), *name = xmpp_stanza_get_name(c);

		if (name && ns && strcmp(ns, NS_STANZAS) == 0 && strcmp(name, "text") != 0)
			return name;
	}
	return "undefined-condition";
}

static const struct element wrappers[] = {
	{ "received", NS_CARBONS }, { "sent", NS_CARBONS },
	{ "forwarded", NS_FORWARD }, { "result", NS_MAM },
	{ "event", "http://jabber.org/protocol/pubsub#event" },
};

/* The message itself, live or out of the archive. */
static void read_message(const struct inbound_context *c, xmpp_stanza_t *st, struct heard *r)
{
	struct sv type = stanza_attr(st, "type");

	r->from = stanza_attr(st, "from");
	r->to = stanza_attr(st, "to");
	r->in.who = jid_bare(r->from);
	r->in.client_id = short_attr(st, "id");
	if (!r->in.client_id.n)
		r->in.client_id = short_attr(stanza_child(st, "origin-id", NS_SID), "id");
	if (sv_is(type, "error")) {
		r->kind = HEARD_RETURNED;
		r->why = condition_of(st);
		return;
	}
	if (sv_is(type, "groupchat") || sv_is(type, "headline")) {
		drop(r, "type");
		return;
	}
	if (sv_eq(r->in.who, c->own)) {
		r->kind = r->archived ? HEARD_OWN : HEARD_DROP;
		r->why = "own";
		return;
	}
	if (r->to.n && !sv_eq(jid_bare(r->to), c->own)) {
		drop(r, "not-to-us");
		return;
	}
	if (!jid_is_person(r->from)) {
		drop(r, "no-person");
		return;
	}
	if (is_room(st)) {
		drop(r, "room");
		return;
	}
	if (has_any(st, wrappers, COUNT(wrappers))) {
		drop(r, "copy");
		return;
	}
	read_manners(st, r);
	read_words(st, r);
}

/* A result counts only from our own archive, and only if we asked. */
static void read_result(const struct inbound_context *c, xmpp_stanza_t *st, xmpp_stanza_t *result,
    struct heard *r)
{
	struct sv from = stanza_attr(st, "from");
	xmpp_stanza_t *forwarded = stanza_child(result, "forwarded", NS_FORWARD);
	xmpp_stanza_t *inner = stanza_child(forwarded, "message", NS_CLIENT);
	xmpp_stanza_t *delay = stanza_child(forwarded, "delay", NS_DELAY);

	if (from.n && !sv_eq(from, c->own)) {
		drop(r, "forged-result");
		return;
	}
	if (!c->query.n || !sv_eq(stanza_attr(result, "queryid"), c->query)) {
		drop(r, "unasked-result");
		return;
	}
	r->archive_id = short_attr(result, "id");
	r->archived = inbound_time(stanza_attr(delay, "stamp"));
	if (!inner || !r->archive_id.n || !r->archived) {
		drop(r, "broken-result");
		return;
	}
	read_message(c, inner, r);
	r->in.id = r->archive_id;
	r->in.written = r->archived < c->now ? r->archived : 0;
}

void inbound_read(const struct inbound_context *c, xmpp_stanza_t *st, struct heard *r)
{
	xmpp_stanza_t *result = stanza_child(st, "result", NS_MAM);

	*r = (struct heard){ .text = STR_INIT, .why = "" };
	r->in.now = c->now;
	r->in.utc_offset = INT_MIN;
	if (result) {
		read_result(c, st, result, r);
		return;
	}
	read_archive_id(c, st, r);
	read_delay(c, st, r);
	read_message(c, st, r);
}

void heard_fini(struct heard *r)
{
	str_wipe(&r->text);
	*r = (struct heard){ .text = STR_INIT, .why = "" };
}
