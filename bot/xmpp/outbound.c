#include "xmpp/outbound.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unictype.h>
#include <unistr.h>

#include "base/xalloc.h"
#include "xmpp/ns.h"
#include "xmpp/xml.h"

#define PAGE "100"     /* messages of the archive at a time */

enum {
	BODY_MAX = 8000,        /* escaped bytes: leaves room for the rest of the stanza */
	CHOICES_MAX = 9,
	LABEL_MAX = 60,
	MARKS_MAX = 2,
	STAMP = 40,
};

/* --- text --- */

static bool is_wanted(ucs4_t c)
{
	if (c == '\n' || c == '\t')
		return true;
	if (c < 0x20 || (c >= 0x7F && c < 0xA0))
		return false;
	if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
		return false;
	return c != 0xFEFF && (c & 0xFFFE) != 0xFFFE && !(c >= 0xFDD0 && c <= 0xFDEF);
}

/* How much of it is wanted as it is, without a look at what the characters mean. */
static size_t plain(const uint8_t *p, const uint8_t *end)
{
	size_t n = 0;

	while (p + n < end && p[n] < 0x7F && (p[n] >= 0x20 || p[n] == '\n' || p[n] == '\t'))
		n++;
	return n;
}

void outbound_clean(struct sv text, struct str *out)
{
	const uint8_t *p = (const uint8_t *)text.p, *end = text.n ? p + text.n : p;
	int marks = 0;
	ucs4_t c;
	size_t n;

	while (p < end) {
		if ((n = plain(p, end)) > 0) {
			str_add(out, (struct sv){ (const char *)p, n });
			p += n;
			marks = 0;
			continue;
		}
		p += u8_mbtouc(&c, p, (size_t)(end - p));
		if (!is_wanted(c))
			continue;
		marks = uc_combining_class(c) ? marks + 1 : 0;
		if (marks <= MARKS_MAX)
			str_add_utf8(out, c);
	}
}

static size_t escaped_size(char c)
{
	switch (c) {
	case '&': return 5;
	case '<':
	case '>': return 4;
	default: return 1;
	}
}

/* How many bytes of s fit into max when escaped. */
static size_t fitting(struct sv s, size_t max)
{
	size_t i, used = 0;

	for (i = 0; i < s.n; i++) {
		used += escaped_size(s.p[i]);
		if (used > max)
			break;
	}
	while (i < s.n && i && ((unsigned char)s.p[i] & 0xC0) == 0x80)
		i--;
	return i;
}

/* The last place before n where a part may end; never in its first half. */
static size_t good_end(struct sv s, size_t n)
{
	static const char *const breaks[] = { "\n\n", "\n", ". ", ", ", " " };
	size_t len;

	for (size_t b = 0; b < COUNT(breaks); b++) {
		len = strlen(breaks[b]);
		for (size_t i = n; i > n / 2; i--)
			if (i >= len && memcmp(s.p + i - len, breaks[b], len) == 0)
				return i;
	}
	return n;
}

bool outbound_part(struct sv *rest, struct sv *part)
{
	size_t n = fitting(*rest, BODY_MAX);

	if (rest->n == 0)
		return false;
	if (n < rest->n)
		n = good_end(*rest, n);
	*part = sv_sub(*rest, 0, n);
	*rest = sv_sub(*rest, n, rest->n);
	return true;
}

int outbound_delay(struct sv text, unsigned flags)
{
	size_t chars = 0;
	long ms;

	if (flags & (SAY_LANE | SAY_CUE))
		return 0;
	for (size_t i = 0; i < text.n; i++)
		chars += ((unsigned char)text.p[i] & 0xC0) != 0x80;
	ms = 700 + 18 * (long)(chars < DELAY_MAX_MS ? chars : DELAY_MAX_MS);
	return (int)(ms < DELAY_MAX_MS ? ms : DELAY_MAX_MS);
}

/* --- messages --- */

static struct xml chat(struct sv to, struct sv id)
{
	struct xml x = xml_begin("message", NULL);

	xml_attr(&x, "type", SV("chat"));
	xml_attr(&x, "to", to);
	xml_attr(&x, "id", id);
	return x;
}

/* XEP-0082, in UTC.  False: not a time. */
static bool stamp_of(int64_t when, char stamp[STAMP])
{
	time_t t = (time_t)when;
	struct tm tm;

	return when > 0 && gmtime_r(&t, &tm) && strftime(stamp, STAMP, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* XEP-0203: a client shows it at its own time, with a mark. */
static void add_delay(struct xml *x, int64_t when)
{
	char stamp[STAMP];

	if (stamp_of(when, stamp))
		xml_mark(x, "delay", NS_DELAY, "stamp", sv_from(stamp));
}

/* XEP-0439: labels and values must differ, or clients may refuse the lot. */
static void add_choices(struct xml *x, const struct outbound *o)
{
	STR_AUTO label = STR_INIT;
	char value[24];

	if (o->n_choices > CHOICES_MAX)
		return;
	for (size_t i = 0; i < o->n_choices; i++) {
		const struct choice *c = &o->choices[i];
		struct sv text = c->chip.n ? c->chip : c->label;

		str_clear(&label);
		outbound_clean(text, &label);
		if (label.n == 0 || label.n > LABEL_MAX)
			continue;
		snprintf(value, sizeof value, "%zu", i + 1);
		xml_open(x, "response", NS_QUICK);
		xml_attr(x, "value", sv_from(value));
		xml_attr(x, "label", str_sv(&label));
		xml_close(x);
	}
}

struct str outbound_message(const struct outbound *o, struct sv id, struct sv text, bool last,
    const struct manners *m)
{
	struct xml x = chat(o->who, id);

	xml_attr(&x, "xml:lang", m->locale);
	xml_field(&x, "body", text);
	xml_leaf(&x, "unstyled", NS_STYLING);           /* the gaps of "I felt ___." are no emphasis */
	if (m->states)
		xml_leaf(&x, "active", NS_CHATSTATES);
	xml_mark(&x, "origin-id", NS_SID, "id", id);
	xml_leaf(&x, "request", NS_RECEIPTS);
	if (m->thread.n)
		xml_field(&x, "thread", m->thread);
	add_delay(&x, m->late);
	if (last)
		add_choices(&x, o);
	return xml_end(&x);
}

struct str outbound_state(struct sv to, const char *state)
{
	struct xml x = chat(to, SV(""));

	xml_leaf(&x, state, NS_CHATSTATES);
	xml_leaf(&x, "no-store", NS_HINTS);
	return xml_end(&x);
}

/* What is said about a message, which the archive keeps with it. */
static struct str about(struct sv to, struct sv id, const char *what, const char *ns,
    struct sv target)
{
	struct xml x = chat(to, id);

	xml_mark(&x, what, ns, "id", target);
	xml_leaf(&x, "store", NS_HINTS);
	return xml_end(&x);
}

struct str outbound_received(struct sv to, struct sv id)
{
	return about(to, SV(""), "received", NS_RECEIPTS, id);
}

struct str outbound_displayed(struct sv to, struct sv id)
{
	return about(to, SV(""), "displayed", NS_MARKERS, id);
}

struct str outbound_retract(struct sv to, struct sv target, struct sv id)
{
	return about(to, id, "retract", NS_RETRACT, target);
}

/* --- presence and queries --- */

struct str outbound_presence(const char *type, struct sv to)
{
	struct xml x = xml_begin("presence", NULL);

	xml_attr(&x, "type", sv_from(type));
	xml_attr(&x, "to", to);
	return xml_end(&x);
}

static struct xml iq(const char *type, struct sv to, struct sv id)
{
	struct xml x = xml_begin("iq", NULL);

	xml_attr(&x, "type", sv_from(type));
	xml_attr(&x, "to", to);
	xml_attr(&x, "id", id);
	return x;
}

struct str outbound_query(struct sv to, struct sv id, const char *name, const char *ns)
{
	struct xml x = iq("get", to, id);

	xml_leaf(&x, name, ns);
	return xml_end(&x);
}

/* Without "to" it is for our own account: our server answers. */
struct str outbound_ping(struct sv id)
{
	return outbound_query(SV(""), id, "ping", NS_PING);
}

struct str outbound_disco(struct sv to, struct sv id)
{
	return outbound_query(to, id, "query", NS_DISCO_INFO);
}

struct str outbound_time(struct sv to, struct sv id)
{
	return outbound_query(to, id, "time", NS_TIME);
}

struct str outbound_roster_get(struct sv id)
{
	return outbound_query(SV(""), id, "query", NS_ROSTER);
}

struct str outbound_roster_drop(struct sv id, struct sv who)
{
	struct xml x = iq("set", SV(""), id);

	xml_open(&x, "query", NS_ROSTER);
	xml_open(&x, "item", NULL);
	xml_attr(&x, "jid", who);
	xml_attr(&x, "subscription", SV("remove"));
	return xml_end(&x);
}

struct str outbound_done(struct sv to, struct sv id)
{
	struct xml x = iq("result", to, id);

	return xml_end(&x);
}

static void add_value(struct xml *x, const char *name, const char *type, struct sv value)
{
	xml_open(x, "field", NULL);
	xml_attr(x, "var", sv_from(name));
	xml_attr(x, "type", sv_from(type));
	xml_field(x, "value", value);
	xml_close(x);
}

static void add_time(struct xml *x, const char *name, int64_t when)
{
	char stamp[STAMP];

	if (stamp_of(when, stamp))
		add_value(x, name, "", sv_from(stamp));
}

struct str outbound_archive(struct sv id, struct sv query, int64_t start, int64_t end,
    struct sv after)
{
	struct xml x = iq("set", SV(""), id);

	xml_open(&x, "query", NS_MAM);
	xml_attr(&x, "queryid", query);
	xml_open(&x, "x", NS_DATA);
	xml_attr(&x, "type", SV("submit"));
	add_value(&x, "FORM_TYPE", "hidden", SV(NS_MAM));
	add_time(&x, "start", start);
	add_time(&x, "end", end);
	xml_close(&x);
	xml_open(&x, "set", NS_RSM);
	xml_field(&x, "max", SV(PAGE));
	if (after.n)
		xml_field(&x, "after", after);
	return xml_end(&x);
}
