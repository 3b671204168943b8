#include "xmpp/probe.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/xalloc.h"
#include "xmpp/inbound.h"
#include "xmpp/link.h"
#include "xmpp/ns.h"
#include "xmpp/outbound.h"
#include "xmpp/stanza.h"
#include "xmpp/xml.h"

enum {
	STEP_MS = 8000,                 /* for an answer */
	SLOW_MS = 45000,                /* ... where limits are tried */
	QUICK_MS = 2000,
	ITEMS_MAX = 16,                 /* services of a server that are asked */
	ID_SIZE = 17,
};

struct checkup {
	struct probe *p;
	struct link *link;
	size_t step;
	int64_t now, since;
	bool up, over;
	char id[ID_SIZE];               /* of the question that is open */
	char sent[ID_SIZE];             /* of the message that the archive must have */
	struct str items[ITEMS_MAX];
	size_t n_items, item;
};

/* One question; asked one after the other. */
struct step {
	const char *name;
	int ms;
	void (*ask)(struct checkup *v);
	/* good: the answer is no error. */
	void (*got)(struct checkup *v, xmpp_stanza_t *iq, bool good);
	bool archive;                   /* only where there is one */
};

static void new_id(char id[ID_SIZE])
{
	unsigned char bytes[(ID_SIZE - 1) / 2];

	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2hex(id, ID_SIZE, bytes, sizeof bytes);
}

static struct sv own_domain(const struct checkup *v)
{
	return jid_domain(link_own(v->link));
}

static void keep(char *out, size_t size, struct sv s)
{
	snprintf(out, size, "%.*s", SV_ARG(s));
}

static void send_query(struct checkup *v, struct sv to, const char *name, const char *ns)
{
	link_send(v->link, outbound_query(to, sv_from(v->id), name, ns));
}

/* --- who the server is --- */

static void ask_version(struct checkup *v)
{
	send_query(v, own_domain(v), "query", NS_VERSION);
}

static void got_version(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	xmpp_stanza_t *query = good ? stanza_child(iq, "query", NS_VERSION) : NULL;
	STR_AUTO text = STR_INIT;

	stanza_text(stanza_child(query, "name", NS_VERSION), &text);
	str_addc(&text, ' ');
	stanza_text(stanza_child(query, "version", NS_VERSION), &text);
	keep(v->p->software, sizeof v->p->software, sv_trim(str_sv(&text)));
}

static void ask_time(struct checkup *v)
{
	link_send(v->link, outbound_time(own_domain(v), sv_from(v->id)));
}

static void got_time(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	xmpp_stanza_t *t = good ? stanza_child(iq, "time", NS_TIME) : NULL;
	STR_AUTO utc = STR_INIT;
	int64_t server;

	stanza_text(stanza_child(t, "utc", NS_TIME), &utc);
	server = inbound_time(sv_trim(str_sv(&utc)));
	v->p->skew_known = server > 0;
	v->p->skew = server > 0 ? server - (int64_t)time(NULL) : 0;
}

/* --- the archive --- */

static void ask_account(struct checkup *v)
{
	link_send(v->link, outbound_disco(link_own(v->link), sv_from(v->id)));
}

static void got_account(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	xmpp_stanza_t *query = good ? stanza_child(iq, "query", NS_DISCO_INFO) : NULL;

	v->p->archive = stanza_has_feature(query, NS_MAM);
	v->p->stable_ids = stanza_has_feature(query, NS_SID);
}

static void ask_policy(struct checkup *v)
{
	send_query(v, SV(""), "prefs", NS_MAM);
}

static void got_policy(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	if (good)
		keep(v->p->policy, sizeof v->p->policy,
		    stanza_attr(stanza_child(iq, "prefs", NS_MAM), "default"));
}

static void ask_oldest(struct checkup *v)
{
	struct xml x = xml_begin("iq", NULL);

	xml_attr(&x, "type", SV("set"));
	xml_attr(&x, "id", sv_from(v->id));
	xml_open(&x, "query", NS_MAM);
	xml_attr(&x, "queryid", sv_from(v->id));
	xml_open(&x, "set", NS_RSM);
	xml_field(&x, "max", SV("1"));
	link_send(v->link, xml_end(&x));
}

static void got_oldest(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	(void)iq;
	v->p->archive_answers = good;
}

/* To this login only: nothing of it waits for the bot. */
static void ask_message(struct checkup *v)
{
	struct xml x = xml_begin("message", NULL);

	memcpy(v->sent, v->id, sizeof v->sent);
	xml_attr(&x, "type", SV("chat"));
	xml_attr(&x, "id", sv_from(v->sent));
	xml_attr(&x, "to", link_full(v->link));
	xml_field(&x, "body", SV("attune-doctor"));
	xml_leaf(&x, "store", NS_HINTS);
	link_send(v->link, xml_end(&x));
	new_id(v->id);
	link_send(v->link, outbound_ping(sv_from(v->id)));
}

static void got_nothing(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	(void)v, (void)iq, (void)good;
}

static void ask_newest(struct checkup *v)
{
	link_send(v->link, outbound_archive(sv_from(v->id),
	    sv_from(v->id), (int64_t)time(NULL) + v->p->skew - 2, 0, SV("")));
}

static void on_result(struct checkup *v, xmpp_stanza_t *result)
{
	xmpp_stanza_t *forwarded = stanza_child(result, "forwarded", NS_FORWARD);
	xmpp_stanza_t *inner = stanza_child(forwarded, "message", NS_CLIENT);
	int64_t when = inbound_time(stanza_attr(stanza_child(forwarded, "delay", NS_DELAY),
	    "stamp"));

	if (!sv_is(stanza_attr(result, "queryid"), v->id))
		return;
	if (v->sent[0] && sv_is(stanza_attr(inner, "id"), v->sent))
		v->p->archive_keeps = true;
	else if (!v->sent[0])
		v->p->oldest = when;
}

/* --- what else it offers --- */

static void ask_domain(struct checkup *v)
{
	link_send(v->link, outbound_disco(own_domain(v), sv_from(v->id)));
}

static int64_t most_bytes(xmpp_stanza_t *query)
{
	xmpp_stanza_t *x = stanza_child(query, "x", NS_DATA), *field;
	int64_t n = 0;

	for (; x; x = stanza_child_next(x, "x", NS_DATA)) {
		field = stanza_child(x, "field", NS_DATA);
		for (; field; field = stanza_child_next(field, "field", NS_DATA)) {
			STR_AUTO text = STR_INIT;

			stanza_text(stanza_child(field, "value", NS_DATA), &text);
			if (sv_is(stanza_attr(field, "var"), "max-file-size"))
				sv_int(sv_trim(str_sv(&text)), &n);
		}
	}
	return n;
}

static void note_upload(struct checkup *v, xmpp_stanza_t *query, struct sv where)
{
	if (v->p->upload[0] || !stanza_has_feature(query, NS_UPLOAD))
		return;
	keep(v->p->upload, sizeof v->p->upload, where);
	v->p->upload_max = most_bytes(query);
}

static void got_domain(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	xmpp_stanza_t *query = good ? stanza_child(iq, "query", NS_DISCO_INFO) : NULL;

	v->p->offline = stanza_has_feature(query, "msgoffline");
	note_upload(v, query, own_domain(v));
}

static void ask_items(struct checkup *v)
{
	send_query(v, own_domain(v), "query", NS_DISCO_ITEMS);
}

static void got_items(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	xmpp_stanza_t *query = good ? stanza_child(iq, "query", NS_DISCO_ITEMS) : NULL;
	xmpp_stanza_t *item = stanza_child(query, "item", NS_DISCO_ITEMS);

	for (; item && v->n_items < ITEMS_MAX; item = stanza_child_next(item, "item", NS_DISCO_ITEMS)) {
		v->items[v->n_items] = (struct str)STR_INIT;
		str_add(&v->items[v->n_items++], stanza_attr(item, "jid"));
	}
}

/* All items in one step: the answers come one by one. */
static void ask_item(struct checkup *v)
{
	if (v->item == v->n_items) {
		link_send(v->link, outbound_ping(sv_from(v->id)));
		return;
	}
	link_send(v->link, outbound_disco(str_sv(&v->items[v->item]), sv_from(v->id)));
}

static void got_item(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	if (v->item == v->n_items)
		return;
	note_upload(v, good ? stanza_child(iq, "query", NS_DISCO_INFO) : NULL,
	    str_sv(&v->items[v->item]));
	v->item++;
	v->step--;                      /* again, for the next */
}

/* --- limits: a query to ourselves comes back as it is --- */

static void send_sized(struct checkup *v, struct sv id, size_t bytes)
{
	struct xml x = xml_begin("iq", NULL);
	STR_AUTO text = STR_INIT;

	str_reserve(&text, bytes);
	while (text.n < bytes)
		str_addz(&text, "0123456789");
	xml_attr(&x, "type", SV("get"));
	xml_attr(&x, "id", id);
	xml_attr(&x, "to", link_full(v->link));
	xml_open(&x, "query", "urn:attune:doctor");
	xml_text(&x, str_sv(&text));
	link_send(v->link, xml_end(&x));
}

static void ask_small(struct checkup *v)
{
	send_sized(v, sv_from(v->id), PROBE_SMALL - 400);
}

static void got_small(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	(void)iq;
	v->p->small_passes = good;
}

static void ask_burst(struct checkup *v)
{
	for (int i = 1; i < PROBE_BURST; i++)
		send_sized(v, SV("burst"), PROBE_SMALL - 400);
	send_sized(v, sv_from(v->id), PROBE_SMALL - 400);
}

static void got_burst(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	(void)iq;
	v->p->burst_ms = good ? (int)(v->now - v->since) : -1;
}

/* At a server that slows us down it would take a minute and tell little. */
static void ask_large(struct checkup *v)
{
	v->p->large_tried = v->p->burst_ms >= 0 && v->p->burst_ms < QUICK_MS;
	send_sized(v, sv_from(v->id), v->p->large_tried ? PROBE_LARGE : 1);
}

static void got_large(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	(void)iq;
	v->p->large_passes = good && v->p->large_tried;
}

/* ORDER: the clock before what uses it, the archive's oldest before a message of
 * ours is in it, and last what may end the stream. */
static const struct step steps[] = {
	{ "version", STEP_MS, ask_version, got_version, false },
	{ "time", STEP_MS, ask_time, got_time, false },
	{ "account", STEP_MS, ask_account, got_account, false },
	{ "policy", STEP_MS, ask_policy, got_policy, true },
	{ "oldest", STEP_MS, ask_oldest, got_oldest, true },
	{ "message", STEP_MS, ask_message, got_nothing, true },
	{ "newest", STEP_MS, ask_newest, got_nothing, true },
	{ "domain", STEP_MS, ask_domain, got_domain, false },
	{ "items", STEP_MS, ask_items, got_items, false },
	{ "item", STEP_MS, ask_item, got_item, false },
	{ "small", SLOW_MS, ask_small, got_small, false },
	{ "burst", SLOW_MS, ask_burst, got_burst, false },
	{ "large", SLOW_MS, ask_large, got_large, false },
};

/* --- one after the other --- */

static void ask(struct checkup *v)
{
	while (v->step < COUNT(steps) && steps[v->step].archive && !v->p->archive)
		v->step++;
	if (v->step == COUNT(steps)) {
		v->over = true;
		return;
	}
	new_id(v->id);
	v->since = v->now = link_now();
	steps[v->step].ask(v);
}

static void go_on(struct checkup *v, xmpp_stanza_t *iq, bool good)
{
	v->now = link_now();
	steps[v->step].got(v, iq, good);
	v->step++;
	ask(v);
}

static void on_stanza(void *ctx, xmpp_stanza_t *st)
{
	struct checkup *v = ctx;
	xmpp_stanza_t *result = stanza_child(st, "result", NS_MAM);

	if (v->over)
		return;
	if (stanza_is(st, "message", NS_CLIENT) && result)
		on_result(v, result);
	else if (stanza_is(st, "iq", NS_CLIENT) && sv_is(stanza_attr(st, "id"), v->id))
		go_on(v, st, !sv_is(stanza_attr(st, "type"), "error"));
}

static void on_up(void *ctx)
{
	struct checkup *v = ctx;

	v->up = true;
	keep(v->p->login, sizeof v->p->login, sv_from(link_detail(v->link)));
	v->p->cert_end = link_certificate_end(v->link);
	v->p->acks = link_acks_work(v->link);
	ask(v);
}

static void on_down(void *ctx, const struct failure *f, const char *detail, int pause)
{
	struct checkup *v = ctx;

	(void)pause;
	if (!v->up) {
		v->p->failure = f;
		keep(v->p->detail, sizeof v->p->detail, sv_from(detail));
	} else if (v->step < COUNT(steps)) {
		v->p->lost = true;
		v->p->lost_at = steps[v->step].name;
	}
	v->over = true;
}

static bool on_save(void *ctx)
{
	(void)ctx;
	return true;
}

static void run(struct checkup *v)
{
	while (!v->over) {
		int64_t now = link_now();
		struct pollfd f = { link_fd(v->link), link_poll(v->link), 0 };
		int ms = link_wait(v->link, now);

		poll(&f, 1, ms < 200 ? ms : 200);
		link_run(v->link, link_now());
		if (v->up && !v->over && link_now() - v->since > steps[v->step].ms)
			go_on(v, NULL, false);
	}
}

static void leave(struct checkup *v)
{
	int64_t end = link_now() + 2000;

	link_close(v->link);
	while (!link_ended(v->link) && link_is_up(v->link) && link_now() < end)
		link_run(v->link, link_now());
}

void probe_server(const struct config *c, struct probe *p)
{
	static const struct link_events events = { on_up, on_down, on_stanza, on_save };
	struct config own = *c;
	struct checkup v = { .p = p };
	char resource[32];

	*p = (struct probe){ .burst_ms = -1, .lost_at = "" };
	new_id(v.id);
	snprintf(resource, sizeof resource, "doctor-%s", v.id);
	own.account.resource = resource;
	v.link = link_create(&own, &events, &v);
	link_want_acks(v.link, true);
	run(&v);
	leave(&v);
	link_destroy(v.link);
	for (size_t i = 0; i < v.n_items; i++)
		str_fini(&v.items[i]);
}
