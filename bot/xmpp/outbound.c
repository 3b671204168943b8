#include "xmpp/outbound.h"

#include <string.h>
#include <time.h>
#include <unictype.h>
#include <unistr.h>

#include "base/xalloc.h"
#include "xmpp/ns.h"
#include "xmpp/stanza.h"

enum {
	BODY_MAX = 8000,        /* escaped bytes: leaves room for the rest of the stanza */
	CHOICES_MAX = 9,
	LABEL_MAX = 60,
	PAGE = 100,
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
	const uint8_t *p = (const uint8_t *)text.p, *end = p + text.n;
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
	case '"': return 6;
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

static xmpp_stanza_t *chat(xmpp_ctx_t *ctx, struct sv to, struct sv id)
{
	xmpp_stanza_t *st = stanza_new(ctx, "message", NULL);

	stanza_set(st, "type", SV("chat"));
	stanza_set(st, "to", to);
	stanza_set(st, "id", id);
	return st;
}

/* XEP-0082, in UTC.  False: not a time. */
static bool stamp_of(int64_t when, char stamp[STAMP])
{
	time_t t = (time_t)when;
	struct tm tm;

	return when > 0 && gmtime_r(&t, &tm) && strftime(stamp, STAMP, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* XEP-0203: a client shows it at its own time, with a mark. */
static void add_delay(xmpp_stanza_t *st, int64_t when)
{
	char stamp[STAMP];

	if (stamp_of(when, stamp))
		stanza_set(stanza_add(st, "delay", NS_DELAY), "stamp", sv_from(stamp));
}

/* XEP-0439: labels and values must differ, or clients may refuse the lot. */
static void add_choices(xmpp_stanza_t *st, const struct outbound *o)
{
	STR_AUTO label = STR_INIT;
	xmpp_stanza_t *r;
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
		r = stanza_add(st, "response", NS_QUICK);
		stanza_set(r, "value", sv_from(value));
		stanza_set(r, "label", str_sv(&label));
	}
}

xmpp_stanza_t *outbound_message(xmpp_ctx_t *ctx, const struct outbound *o, struct sv id,
    struct sv text, bool last, const struct manners *m)
{
	xmpp_stanza_t *st = chat(ctx, o->who, id);

	stanza_set(st, "xml:lang", m->locale);
	stanza_add_text(st, "body", text);
	stanza_add(st, "unstyled", NS_STYLING);         /* the gaps of "I felt ___." are no emphasis */
	if (m->states)
		stanza_add(st, "active", NS_CHATSTATES);
	stanza_set(stanza_add(st, "origin-id", NS_SID), "id", id);
	stanza_add(st, "request", NS_RECEIPTS);
	if (m->thread.n)
		stanza_add_text(st, "thread", m->thread);
	add_delay(st, m->late);
	if (last)
		add_choices(st, o);
	return st;
}

xmpp_stanza_t *outbound_state(xmpp_ctx_t *ctx, struct sv to, const char *state)
{
	xmpp_stanza_t *st = chat(ctx, to, SV(""));

	stanza_add(st, state, NS_CHATSTATES);
	stanza_add(st, "no-store", NS_HINTS);
	return st;
}

xmpp_stanza_t *outbound_received(xmpp_ctx_t *ctx, struct sv to, struct sv id)
{
	xmpp_stanza_t *st = chat(ctx, to, SV(""));

	stanza_set(stanza_add(st, "received", NS_RECEIPTS), "id", id);
	stanza_add(st, "store", NS_HINTS);
	return st;
}

xmpp_stanza_t *outbound_displayed(xmpp_ctx_t *ctx, struct sv to, struct sv id)
{
	xmpp_stanza_t *st = chat(ctx, to, SV(""));

	stanza_set(stanza_add(st, "displayed", NS_MARKERS), "id", id);
	stanza_add(st, "store", NS_HINTS);
	return st;
}

xmpp_stanza_t *outbound_retract(xmpp_ctx_t *ctx, struct sv to, struct sv target, struct sv id)
{
	xmpp_stanza_t *st = chat(ctx, to, id);

	stanza_set(stanza_add(st, "retract", NS_RETRACT), "id", target);
	stanza_add(st, "store", NS_HINTS);
	return st;
}

/* --- presence and queries --- */

xmpp_stanza_t *outbound_presence(xmpp_ctx_t *ctx, const char *type, struct sv to)
{
	xmpp_stanza_t *st = stanza_new(ctx, "presence", NULL);

	stanza_set(st, "type", sv_from(type));
	stanza_set(st, "to", to);
	return st;
}

static xmpp_stanza_t *iq(xmpp_ctx_t *ctx, const char *type, struct sv id)
{
	xmpp_stanza_t *st = stanza_new(ctx, "iq", NULL);

	stanza_set(st, "type", sv_from(type));
	stanza_set(st, "id", id);
	return st;
}

/* Without "to" it is for our own account: our server answers. */
xmpp_stanza_t *outbound_ping(xmpp_ctx_t *ctx, struct sv id)
{
	xmpp_stanza_t *st = iq(ctx, "get", id);

	stanza_add(st, "ping", NS_PING);
	return st;
}

xmpp_stanza_t *outbound_disco(xmpp_ctx_t *ctx, struct sv to, struct sv id)
{
	xmpp_stanza_t *st = iq(ctx, "get", id);

	stanza_set(st, "to", to);
	stanza_add(st, "query", NS_DISCO_INFO);
	return st;
}

xmpp_stanza_t *outbound_time(xmpp_ctx_t *ctx, struct sv to, struct sv id)
{
	xmpp_stanza_t *st = iq(ctx, "get", id);

	stanza_set(st, "to", to);
	stanza_add(st, "time", NS_TIME);
	return st;
}

xmpp_stanza_t *outbound_roster_get(xmpp_ctx_t *ctx, struct sv id)
{
	xmpp_stanza_t *st = iq(ctx, "get", id);

	stanza_add(st, "query", NS_ROSTER);
	return st;
}

xmpp_stanza_t *outbound_roster_drop(xmpp_ctx_t *ctx, struct sv id, struct sv who)
{
	xmpp_stanza_t *st = iq(ctx, "set", id);
	xmpp_stanza_t *item = stanza_add(stanza_add(st, "query", NS_ROSTER), "item", NULL);

	stanza_set(item, "jid", who);
	stanza_set(item, "subscription", SV("remove"));
	return st;
}

static void add_field(xmpp_stanza_t *form, const char *name, const char *type, struct sv value)
{
	xmpp_stanza_t *field = stanza_add(form, "field", NULL);

	stanza_set(field, "var", sv_from(name));
	stanza_set(field, "type", sv_from(type));
	stanza_add_text(field, "value", value);
}

static void add_time(xmpp_stanza_t *form, const char *name, int64_t when)
{
	char stamp[STAMP];

	if (stamp_of(when, stamp))
		add_field(form, name, "", sv_from(stamp));
}

xmpp_stanza_t *outbound_archive(xmpp_ctx_t *ctx, struct sv id, struct sv query, int64_t start,
    int64_t end, struct sv after)
{
	xmpp_stanza_t *st = iq(ctx, "set", id), *q, *form, *set;
	char max[16];

	q = stanza_add(st, "query", NS_MAM);
	stanza_set(q, "queryid", query);
	form = stanza_add(q, "x", NS_DATA);
	stanza_set(form, "type", SV("submit"));
	add_field(form, "FORM_TYPE", "hidden", SV(NS_MAM));
	add_time(form, "start", start);
	add_time(form, "end", end);
	set = stanza_add(q, "set", NS_RSM);
	snprintf(max, sizeof max, "%d", PAGE);
	stanza_add_text(set, "max", sv_from(max));
	if (after.n)
		stanza_add_text(set, "after", after);
	return st;
}
