#include "xmpp/service.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "app/log.h"
#include "base/xalloc.h"
#include "xmpp/features.h"
#include "xmpp/flood.h"
#include "xmpp/gather.h"
#include "xmpp/inbound.h"
#include "xmpp/ns.h"
#include "xmpp/outbound.h"
#include "xmpp/pace.h"
#include "xmpp/peers.h"
#include "xmpp/roster.h"
#include "xmpp/stanza.h"

enum {
	OVERLAP_S = 15 * 60,    /* an archive may keep A before B and deliver B first */
	QUICK_S = 10,           /* of it is read before going online, the rest after */
	AGAIN_MS = 3000,        /* once online: then what was archived late is in the archive */
	SKEW_S = 60,            /* between the clocks: worth a line */
	ANSWER_MS = 60000,      /* for a page of the archive, or the first query */
	FINISH_MS = 3000,
	CUE_STALE_S = 60,
	REPLY_LATE_S = 60,      /* then its own time is told, and it is counted */
	LATE_S = 10 * 60,       /* older messages of a person are answered together */
	MORE_MS = 1000,         /* so long after one of them another may follow */
	HOLD_MS = 5000,         /* at most, while we are online */
	GATHER_MAX = 1 << 18,   /* bytes of them kept */
	QUEUE_MAX = 1000,       /* new people who wait; more are not answered */
	BUFFER_MAX = 4096,      /* live messages kept while catching up */
	WAITING_MAX = 512,      /* replies handed out and not sent yet */
	QUEUED_MAX = 256,       /* stanzas in libstrophe's queue, which has no limit */
	TICK_MS = 200,
	PROOF_MS = 50,          /* confirmations wait so long for a message to be saved with */
	EAGER_MS = 2000,        /* a pause so short is not worth a second line */
	ID_SIZE = 25,
};

enum phase {
	PHASE_DOWN,
	PHASE_ASKING,           /* what can the server do? */
	PHASE_CATCHING,         /* reading the archive */
	PHASE_SERVING,
	PHASE_GOODBYE,
};

/* To be told after the commit, not before. */
struct courtesy {
	char *to, *who, *id;
	bool receipt, marker;
};

struct sent {
	char *oid;
	unsigned burst;         /* confirmed by the ping after this burst */
};

struct service {
	struct service_config c;
	struct link *link;
	struct roster *roster;
	struct peers *peers;
	struct pace *pace;
	struct gather *gather;          /* late messages, not taken yet */
	int64_t gathered, gather_since;
	struct flood *flood;
	struct gather *queue;           /* new people who wait to be let in */
	enum phase phase;
	int64_t now, phase_since;
	bool archive, archive_bad, stable_ids;
	const char *guarantee;          /* as announced; NULL not yet */

	char disco[ID_SIZE], clock[ID_SIZE], page[ID_SIZE], query[ID_SIZE], ping[ID_SIZE];
	int64_t skew;                   /* the server's clock minus ours */
	bool skew_known;
	int64_t since, until, back;     /* archive: from, to (0 now); where to look later */
	int64_t asked, again;           /* what came since then is asked for again at; 0 not */
	int64_t old;                    /* the cursor's time: receipts only after it */
	struct str after;
	xmpp_stanza_t **buffer;
	size_t n_buffer, cap_buffer;
	bool overflow;
	bool caught_up;                 /* on this connection nothing older is still to come */

	bool open;                      /* something is to be committed */
	int64_t proof;                  /* since when there are confirmations to be; 0 none */
	struct str cursor;              /* the newest archive id taken, "" none */
	int64_t cursor_time;            /* by the server's clock; never goes back */
	struct courtesy *courtesies;
	size_t n_courtesies, cap_courtesies;

	struct sent *sent;
	size_t n_sent, cap_sent;
	unsigned burst, pinged;         /* the burst under way; the one asked about */
	bool pinging;

	int64_t ticked;
	const struct failure *told;     /* why we are offline, as last logged; NULL online */
	bool failed, finishing, conflict;
	int64_t finish_at;
	struct { uint64_t taken, dropped, sent, confirmed, returned, late, connections, held,
	    shed; } count;
};

static void new_id(char id[ID_SIZE])
{
	unsigned char bytes[(ID_SIZE - 1) / 2];

	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2hex(id, ID_SIZE, bytes, sizeof bytes);
}

static void status(struct service *s, const char *text)
{
	if (s->c.status)
		s->c.status(text);
}

static void enter(struct service *s, enum phase phase)
{
	s->phase = phase;
	s->phase_since = s->now;
}

static void store_failed(struct service *s, const struct err *e)
{
	log_event(LOG_LEVEL_ERROR, "store", "error=\"%s\" fix=\"%s\"", e->text,
	    "check the disk and the store's path; nothing was acknowledged");
	s->failed = true;
	turn_rollback(s->c.app);
	s->open = false;
	s->proof = 0;
	link_cut(s->link);
}

static void send(struct service *s, struct str stanza)
{
	link_send(s->link, stanza);
}

/* --- after the commit: receipts, markers, replies --- */

static void courtesy_fini(struct courtesy *c)
{
	free(c->to);
	free(c->who);
	free(c->id);
}

static void add_courtesy(struct service *s, const struct heard *r)
{
	struct sv to = r->archived ? r->in.who : r->from, id = r->in.client_id;

	if ((!r->receipt && !r->markable) || (r->archived && r->archived <= s->old))
		return;
	GROW(s->courtesies, s->n_courtesies, s->cap_courtesies);
	s->courtesies[s->n_courtesies++] = (struct courtesy){
		xstrndup(to.p, to.n), xstrndup(r->in.who.p, r->in.who.n),
		xstrndup(id.p, id.n), r->receipt, r->markable,
	};
}

/* Markers are for the newest message only: it covers those before. */
static bool is_newest(const struct service *s, size_t i)
{
	for (size_t k = i + 1; k < s->n_courtesies; k++)
		if (strcmp(s->courtesies[k].who, s->courtesies[i].who) == 0)
			return false;
	return true;
}

static void send_courtesies(struct service *s)
{
	for (size_t i = 0; i < s->n_courtesies; i++) {
		const struct courtesy *c = &s->courtesies[i];

		if (c->receipt)
			send(s, outbound_received(sv_from(c->to), sv_from(c->id)));
		if (c->marker && is_newest(s, i))
			send(s, outbound_displayed(sv_from(c->who), sv_from(c->id)));
	}
	for (size_t i = 0; i < s->n_courtesies; i++)
		courtesy_fini(&s->courtesies[i]);
	s->n_courtesies = 0;
}

static void note_sent(struct service *s, struct sv oid)
{
	GROW(s->sent, s->n_sent, s->cap_sent);
	s->sent[s->n_sent++] = (struct sent){ xstrndup(oid.p, oid.n), s->burst };
}

static void forget_sent(struct service *s)
{
	for (size_t i = 0; i < s->n_sent; i++)
		free(s->sent[i].oid);
	s->n_sent = 0;
	s->pinging = false;
}

/* The id of a part: the last one has the reply's own, so that seeing it in the
 * archive proves those before it too. */
static struct sv part_id(struct str *buf, struct sv oid, int part, bool last)
{
	str_clear(buf);
	str_add(buf, oid);
	if (!last)
		str_addf(buf, ".%d", part);
	return str_sv(buf);
}

static void send_hide(struct service *s, const struct outbound *o)
{
	struct peer *peer = peers_find(s->peers, o->who);
	STR_AUTO id = STR_INIT;

	for (int i = PEER_NEWEST - 1; peer && i >= 0; i--) {
		if (peer->newest[i].n == 0)
			continue;
		part_id(&id, o->oid, i, i == 0);
		send(s, outbound_retract(o->who, str_sv(&peer->newest[i]), str_sv(&id)));
		str_clear(&peer->newest[i]);
	}
}

static bool older_than(const struct outbound *o, int64_t seconds)
{
	return time(NULL) - o->created > seconds;
}

static bool is_stale(const struct outbound *o)
{
	return (o->flags & SAY_CUE) && older_than(o, CUE_STALE_S);
}

/* The operator's yearly figures: a failure to count it stops no reply. */
static void count_late(struct service *s)
{
	struct err e = { 0 };

	s->count.late++;
	if (!store_count(s->c.store, SV("late"), time(NULL), &e))
		log_event(LOG_LEVEL_WARNING, "counts", "what=\"%s\"", e.text);
}

static void send_text(struct service *s, const struct outbound *o, bool late)
{
	struct peer *peer = peers_get(s->peers, o->who);
	struct manners m = { str_sv(&peer->thread), SV(""), peer->states,
		late ? o->created : 0 };
	struct str clean = STR_INIT;
	STR_AUTO id = STR_INIT;
	struct sv rest, part;

	outbound_clean(o->text, &clean);
	rest = str_sv(&clean);
	for (int n = 1; outbound_part(&rest, &part); n++) {
		part_id(&id, o->oid, n, rest.n == 0);
		send(s, outbound_message(o, str_sv(&id), part, rest.n == 0, &m));
		peer_sent(peer, str_sv(&id));
	}
	str_wipe(&clean);
}

static void send_reply(struct service *s, const struct outbound *o)
{
	bool late = older_than(o, REPLY_LATE_S);

	if (o->hide)
		send_hide(s, o);
	if (o->text.n)
		send_text(s, o, late);
	if (late)
		count_late(s);
	note_sent(s, o->oid);
	flood_replied(s->flood, o->who, s->now);
	s->count.sent++;
}

static void send_composing(struct service *s, struct sv who)
{
	struct peer *peer = peers_find(s->peers, who);

	if (peer && peer->states)
		send(s, outbound_state(who, "composing"));
}

/* Without an archive, what is not confirmed when a connection breaks is said
 * again.  So there one burst at a time is under way; the lane waits for nothing. */
static bool may_send(const struct service *s)
{
	if (link_queued(s->link) >= QUEUED_MAX)
		return false;
	return s->archive || !s->pinging || pace_urgent(s->pace);
}

static void send_due(struct service *s)
{
	struct outbound *o;

	while (may_send(s) && (o = pace_take(s->pace, s->now))) {
		send_reply(s, o);
		if (pace_waits(s->pace, o->who))
			send_composing(s, o->who);
		pace_free(o);
	}
}

/* The answer to a ping proves that all before it on the stream was handled. */
static void ask_for_proof(struct service *s)
{
	if (s->pinging || s->n_sent == 0)
		return;
	new_id(s->ping);
	s->pinging = true;
	s->pinged = s->burst++;
	send(s, outbound_ping(sv_from(s->ping)));
}

static void confirm(struct service *s, struct sv oid)
{
	struct err e = { 0 };

	if (!turn_confirm(s->c.app, oid, &e)) {
		store_failed(s, &e);
		return;
	}
	if (s->proof == 0)
		s->proof = s->now;
	s->count.confirmed++;
}

/* What is not proven stays, and so does what could not be confirmed. */
static void proven(struct service *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n_sent; i++) {
		if (!s->failed && s->sent[i].burst <= s->pinged)
			confirm(s, sv_from(s->sent[i].oid));
		if (s->failed || s->sent[i].burst > s->pinged)
			s->sent[kept++] = s->sent[i];
		else
			free(s->sent[i].oid);
	}
	s->n_sent = kept;
	s->pinging = false;
}

static void hand_out(struct service *s)
{
	struct outbound o;
	int delay;

	while (!s->failed && pace_count(s->pace) < WAITING_MAX && turn_next(s->c.app, &o)) {
		if (is_stale(&o)) {
			confirm(s, o.oid);
			continue;
		}
		delay = s->c.fast || s->finishing || o.hide ? 0 : outbound_delay(o.text, o.flags);
		if (pace_add(s->pace, &o, delay, s->now))
			send_composing(s, o.who);
	}
}

static void deliver(struct service *s)
{
	if (s->phase != PHASE_SERVING)
		return;
	hand_out(s);
	send_due(s);
	ask_for_proof(s);
}

/* --- late messages --- */

static void take_gathered(struct service *s)
{
	const struct inbound *in;
	struct err e = { 0 };
	size_t n, at = 0;

	while (gather_next(s->gather, &at, &in, &n)) {
		if (!turn_take_together(s->c.app, in, n, &e)) {
			store_failed(s, &e);
			break;
		}
		s->open = true;
	}
	gather_clear(s->gather);
	s->gather_since = 0;
}

static void note_gathered(struct service *s)
{
	if (s->gather_since == 0)
		s->gather_since = s->now;
	s->gathered = s->now;
}

/* False: it is to be taken as it came. */
static bool keep_for_later(struct service *s, const struct inbound *in)
{
	bool late = in->written && in->now - in->written > LATE_S;

	if (!gather_add(s->gather, in, late)) {
		if (gather_has(s->gather, in->who))
			take_gathered(s);
		return false;
	}
	note_gathered(s);
	if (gather_bytes(s->gather) > GATHER_MAX)
		take_gathered(s);
	return true;
}

/* --- saving --- */

/* What is only in memory must come again after a crash. */
static bool all_taken(const struct service *s)
{
	return gather_empty(s->gather) && gather_empty(s->queue);
}

/* What is confirmed and lost in a crash is looked up in the archive: so a confirmation needs
 * no commit of its own while messages come.  Without an archive it would be said again. */
static bool proof_is_due(const struct service *s)
{
	return s->proof && (!s->archive || s->phase != PHASE_SERVING || s->finishing ||
	    s->now - s->proof >= PROOF_MS);
}

static bool commit(struct service *s)
{
	struct err e = { 0 };

	if (s->cursor.n && all_taken(s)) {
		if (!turn_set_cursor(s->c.app, str_sv(&s->cursor), s->cursor_time, &e))
			goto fail;
		str_clear(&s->cursor);
		s->open = true;
	}
	if (!s->open && !proof_is_due(s))
		return true;
	if (!turn_commit(s->c.app, &e))
		goto fail;
	s->open = false;
	s->proof = 0;
	return true;
fail:
	store_failed(s, &e);
	return false;
}

static bool more_may_come(const struct service *s)
{
	if (s->phase != PHASE_SERVING || s->query[0])
		return true;
	return s->now - s->gathered < MORE_MS && s->now - s->gather_since < HOLD_MS;
}

static bool save(void *ctx)
{
	struct service *s = ctx;

	if (!s->failed && !gather_empty(s->gather) && !more_may_come(s))
		take_gathered(s);
	if (s->failed || !commit(s))
		return false;
	link_hold_acks(s->link, !all_taken(s));
	if (gather_empty(s->gather))
		send_courtesies(s);
	deliver(s);
	/* Replies that were too old to send are confirmed in a second transaction. */
	return !s->failed && commit(s);
}

/* --- taking --- */

static void move_cursor(struct service *s, const struct heard *r)
{
	int64_t when = r->archived ? r->archived : (int64_t)time(NULL) + s->skew;

	if (r->archive_id.n == 0 || when < s->cursor_time)
		return;
	str_clear(&s->cursor);
	str_add(&s->cursor, r->archive_id);
	s->cursor_time = when;
}

/* Out of the part of the archive that is read while serving: mostly known. */
static bool is_looking_back(const struct service *s, const struct heard *r)
{
	return r->archived && s->phase == PHASE_SERVING;
}

static void take_now(struct service *s, const struct inbound *in)
{
	struct err e = { 0 };

	if (turn_take(s->c.app, in, &e))
		s->open = true;
	else
		store_failed(s, &e);
}

static void take_or_keep(struct service *s, const struct inbound *in)
{
	if (!keep_for_later(s, in) && !s->failed)
		take_now(s, in);
}

/* --- too much (flood.h) --- */

/* The first who wait, with all they wrote meanwhile. */
static void let_in_first(struct service *s)
{
	const struct inbound *in;
	struct err e = { 0 };
	size_t n, at = 0;

	if (!gather_next(s->queue, &at, &in, &n))
		return;
	if (turn_take_together(s->c.app, in, n, &e)) {
		s->open = true;
		gather_drop_first(s->queue);
	} else {
		store_failed(s, &e);
	}
}

static void let_in(struct service *s, bool all)
{
	while (!s->failed && !gather_empty(s->queue) && (all || flood_lets_in(s->flood, s->now)))
		let_in_first(s);
}

/* What is urgent never waits; the person's own words before it go first. */
static enum flood_verdict verdict(struct service *s, const struct heard *r)
{
	const struct inbound *in = &r->in;
	bool own = sv_eq(jid_domain(in->who), jid_domain(link_own(s->link)));
	enum flood_verdict v;

	if (s->c.unlimited || is_looking_back(s, r))
		return FLOOD_TAKE;
	v = gather_has(s->queue, in->who) ? FLOOD_WAIT : flood_ask(s->flood, in->who,
	    turn_knows(s->c.app, in->who), own, r->archived == 0, s->now);
	if (v == FLOOD_TAKE || !turn_is_urgent(s->c.app, in)) {
		s->count.held += v != FLOOD_TAKE;
		return v;
	}
	while (!s->failed && gather_has(s->queue, in->who))
		let_in_first(s);
	if (!s->failed && gather_has(s->gather, in->who))
		take_gathered(s);
	return FLOOD_TAKE;
}

static void take_together(struct service *s, const struct inbound *in)
{
	if (!gather_add(s->gather, in, true)) {
		take_or_keep(s, in);
		return;
	}
	note_gathered(s);
	if (gather_bytes(s->gather) > GATHER_MAX)
		take_gathered(s);
}

/* Known from now on, and not answered. */
static void only_note(struct service *s, const struct inbound *in)
{
	struct inbound passed = *in;
	struct err e = { 0 };

	passed.withdrawn = true;
	if (turn_take_together(s->c.app, &passed, 1, &e))
		s->open = true;
	else
		store_failed(s, &e);
}

static void wait_in_line(struct service *s, const struct inbound *in)
{
	bool room = gather_groups(s->queue) < QUEUE_MAX && gather_bytes(s->queue) < GATHER_MAX;

	if (room && gather_add(s->queue, in, true))
		return;
	if (s->count.shed++ == 0)
		log_event(LOG_LEVEL_WARNING, "flood", "what=\"%s\" fix=\"%s\"",
		    "more new people than can be answered: some are not",
		    "see who sends this; block the domain at the server");
	only_note(s, in);
}

/* For the lane alone: FLOOD also tells them so, MUTED is for who was told. */
static void only_lane(struct service *s, const struct inbound *in, enum event_kind kind)
{
	struct inbound passed = *in;

	passed.kind = kind;
	take_now(s, &passed);
}

static void take_event(struct service *s, const struct heard *r)
{
	struct peer *peer = peers_get(s->peers, r->in.who);

	if (r->target.n && !sv_eq(r->target, str_sv(&peer->newest[0]))) {
		s->count.dropped++;
		return;
	}
	if (!is_looking_back(s, r)) {
		peer_set_thread(peer, r->thread);
		peer->states = r->states;
	}
	switch (verdict(s, r)) {
	case FLOOD_TAKE:
		take_or_keep(s, &r->in);
		break;
	case FLOOD_TOGETHER:
		take_together(s, &r->in);
		break;
	case FLOOD_WAIT:
		wait_in_line(s, &r->in);
		return;
	case FLOOD_SLOW:
		only_lane(s, &r->in, EVENT_FLOOD);
		s->count.taken++;
		return;
	case FLOOD_MUTE:
		only_lane(s, &r->in, EVENT_MUTED);
		return;
	}
	if (s->failed)
		return;
	s->count.taken++;
	add_courtesy(s, r);
	roster_wrote(s->roster, r->in.who);
}

static void log_heard(const struct service *s, const struct heard *r, const char *event)
{
	char tag[LOG_TAG];

	(void)s;
	log_event(r->kind == HEARD_RETURNED ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, event,
	    "who=%s why=%s", log_who(r->in.who, time(NULL), tag), r->why);
}

static void take(struct service *s, xmpp_stanza_t *st)
{
	struct inbound_context c = {
		link_own(s->link), sv_from(s->query), s->stable_ids, (int64_t)time(NULL),
	};
	struct heard r;

	inbound_read(&c, st, &r);
	switch (r.kind) {
	case HEARD_PERSON:
		take_event(s, &r);
		break;
	case HEARD_OWN:
		if (!is_looking_back(s, &r))
			peer_sent(peers_get(s->peers, jid_bare(r.to)), r.in.client_id);
		confirm(s, r.in.client_id);
		break;
	case HEARD_RETURNED:
		s->count.returned++;
		log_heard(s, &r, "returned");
		break;
	case HEARD_DROP:
		s->count.dropped++;
		log_heard(s, &r, "dropped");
		break;
	}
	if (!s->failed)
		move_cursor(s, &r);
	heard_fini(&r);
}

static void clear_buffer(struct service *s)
{
	for (size_t i = 0; i < s->n_buffer; i++)
		xmpp_stanza_release(s->buffer[i]);
	s->n_buffer = 0;
}

/* Nothing of the old connection counts any more: what was handed out is owed. */
static void go_down(struct service *s)
{
	enter(s, PHASE_DOWN);
	s->caught_up = false;
	s->query[0] = '\0';
	s->back = s->again = 0;
	clear_buffer(s);
	forget_sent(s);
	gather_clear(s->gather);
	gather_clear(s->queue);
	s->gather_since = 0;
	pace_clear(s->pace);
	for (size_t i = 0; i < s->n_courtesies; i++)
		courtesy_fini(&s->courtesies[i]);
	s->n_courtesies = 0;
}

static void restart(struct service *s)
{
	go_down(s);
	link_restart(s->link);
}

/* --- the archive --- */

static void ask_page(struct service *s)
{
	new_id(s->page);
	s->phase_since = s->now;
	log_event(LOG_LEVEL_DEBUG, "page", "since=%" PRId64 " until=%" PRId64 " at_ms=%" PRId64,
	    s->since, s->until, s->now);
	send(s, outbound_archive(sv_from(s->page), sv_from(s->query),
	    s->since, s->until, str_sv(&s->after)));
}

static void start_serving(struct service *s)
{
	enter(s, PHASE_SERVING);
	s->told = NULL;
	s->caught_up = true;
	for (size_t i = 0; i < s->n_buffer && !s->failed; i++)
		take(s, s->buffer[i]);
	clear_buffer(s);
	status(s, "online");
	log_event(LOG_LEVEL_INFO, "online", "guarantee=%s owed=%zu", s->guarantee,
	    store_reply_owed(s->c.store));
}

static bool take_older(void *ctx, const struct store_reply *r)
{
	int64_t *when = ctx;

	if (r->created < *when)
		*when = r->created;
	return true;
}

/* When the oldest reply that is still owed was made, or `when`; by the server's clock. */
static int64_t oldest_owed(struct service *s, int64_t when)
{
	struct err e = { 0 };

	when -= s->skew;
	store_reply_each(s->c.store, take_older, &when, &e);
	return when + s->skew;
}

static void open_query(struct service *s, int64_t since, int64_t until)
{
	s->since = since;
	s->until = until;
	str_clear(&s->after);
	new_id(s->query);
	ask_page(s);
}

/* The whole overlap is seldom of use and may be long: where the clocks are
 * known to agree, most of it is read once we are online. */
static void read_archive(struct service *s, int64_t now)
{
	int64_t since = oldest_owed(s, s->old < now ? s->old : now);

	enter(s, PHASE_CATCHING);
	s->asked = now - (s->skew_known ? QUICK_S : OVERLAP_S);
	s->back = s->skew_known ? since - OVERLAP_S : 0;
	open_query(s, since - (s->skew_known ? QUICK_S : OVERLAP_S), 0);
}

static void start_catching(struct service *s)
{
	STR_AUTO id = STR_INIT;
	struct err e = { 0 };
	int64_t now = time(NULL) + s->skew;

	if (store_cursor_get(s->c.store, &id, &s->old, &e) == STORE_FAILED)
		store_failed(s, &e);
	else
		read_archive(s, now);
}

/* The first start: what is old stays unanswered.  On disk before anybody can see
 * that we are here: else a crash now would make the next start the first one, and
 * what was written between them would be old. */
static bool is_first_start(struct service *s)
{
	STR_AUTO id = STR_INIT;
	struct err e = { 0 };
	int64_t now = time(NULL) + s->skew;

	switch (store_cursor_get(s->c.store, &id, &s->old, &e)) {
	case STORE_FOUND:
		return false;
	case STORE_NEW:
		if (turn_set_cursor(s->c.app, SV(""), now, &e) && turn_commit(s->c.app, &e))
			return true;
		break;
	case STORE_FAILED:
		break;
	}
	store_failed(s, &e);
	return true;
}

static void caught_up(struct service *s)
{
	s->query[0] = '\0';
	if (s->phase == PHASE_CATCHING && s->overflow) {
		s->overflow = false;
		start_catching(s);
		return;
	}
	if (s->phase == PHASE_CATCHING) {
		start_serving(s);
		s->again = s->now + AGAIN_MS;
	}
	take_gathered(s);
	if (s->back)
		open_query(s, s->back, s->since);
	s->back = 0;
}

/* What the server was about to give to the stream before this one may reach the archive after
 * we looked, and us not at all. */
static void look_again(struct service *s)
{
	if (!s->again || s->now < s->again || s->query[0] || s->finishing)
		return;
	s->again = 0;
	open_query(s, s->asked, 0);
}

static void page_done(struct service *s, xmpp_stanza_t *fin)
{
	xmpp_stanza_t *set = stanza_child(fin, "set", NS_RSM);
	bool complete = sv_is(stanza_attr(fin, "complete"), "true") ||
	    sv_is(stanza_attr(fin, "complete"), "1"), further;
	STR_AUTO last = STR_INIT;

	stanza_text(stanza_child(set, "last", NS_RSM), &last);
	/* A page that ends where the one before did leads nowhere. */
	further = !complete && last.n && !sv_eq(str_sv(&last), str_sv(&s->after));
	str_clear(&s->after);
	str_add(&s->after, str_sv(&last));
	if (further)
		ask_page(s);
	else
		caught_up(s);
}

static void page_failed(struct service *s, xmpp_stanza_t *iq)
{
	xmpp_stanza_t *e = stanza_child(iq, "error", NS_CLIENT);

	if (s->after.n && stanza_child(e, "item-not-found", NS_STANZAS)) {
		str_clear(&s->after);
		ask_page(s);
		return;
	}
	s->query[0] = '\0';
	if (s->phase == PHASE_SERVING)
		return;
	log_event(LOG_LEVEL_WARNING, "archive", "state=refused fix=\"%s\"",
	    "let the account query its own archive (mod_mam)");
	s->archive_bad = true;
	restart(s);
}

/* --- the first query --- */

static void announce(struct service *s)
{
	const char *level = s->archive ? "full" : link_acks_work(s->link) ? "basic" : "weak";

	if (level == s->guarantee)
		return;
	s->guarantee = level;
	if (s->archive)
		log_event(LOG_LEVEL_INFO, "guarantee",
		    "level=full what=\"each message that the archive keeps is answered once\"");
	else
		log_event(LOG_LEVEL_WARNING, "guarantee", "level=%s what=\"%s\" fix=\"%s\"", level,
		    link_acks_work(s->link)
		    ? "no archive: an answer may come twice after a broken connection"
		    : "neither archive nor stream management: a message may be lost",
		    "turn on mod_mam for the account; attune doctor tells how");
}

static void begin(struct service *s)
{
	bool first;

	announce(s);
	turn_unsend_all(s->c.app);
	first = s->archive && is_first_start(s);
	if (s->failed)
		return;
	send(s, features_presence());
	roster_ask(s->roster);
	if (s->archive && !first)
		start_catching(s);
	else
		start_serving(s);
}

/* With an archive stream management only costs; without one it is needed.
 * Both have to be settled before the stream starts. */
static void server_known(struct service *s, xmpp_stanza_t *query)
{
	s->archive = !s->archive_bad && stanza_has_feature(query, NS_MAM);
	s->stable_ids = s->archive && stanza_has_feature(query, NS_SID);
	if (s->archive == link_has_acks(s->link)) {
		link_want_acks(s->link, !s->archive);
		restart(s);
		return;
	}
	begin(s);
}

static void clock_known(struct service *s, xmpp_stanza_t *time_element)
{
	STR_AUTO utc = STR_INIT;
	int64_t server;

	stanza_text(stanza_child(time_element, "utc", NS_TIME), &utc);
	server = inbound_time(sv_trim(str_sv(&utc)));
	s->skew_known = server > 0;
	s->skew = server > 0 ? server - (int64_t)time(NULL) : 0;
	if (s->skew > SKEW_S || s->skew < -SKEW_S)
		log_event(LOG_LEVEL_WARNING, "clock", "skew_s=%" PRId64 " fix=\"%s\"", s->skew,
		    "set the clock of this machine or of the server");
}

/* --- what comes --- */

static bool from_our_server(const struct service *s, xmpp_stanza_t *st)
{
	struct sv from = stanza_attr(st, "from"), own = link_own(s->link);

	return from.n == 0 || sv_eq(from, own) || sv_eq(from, jid_domain(own)) ||
	    sv_eq(jid_bare(from), own);
}

static void on_answer(struct service *s, xmpp_stanza_t *iq, bool good)
{
	struct sv id = stanza_attr(iq, "id");

	if (id.n == 0 || !from_our_server(s, iq))
		return;
	if (s->pinging && sv_is(id, s->ping)) {
		proven(s);
	} else if (s->phase == PHASE_ASKING && sv_is(id, s->disco)) {
		server_known(s, good ? stanza_child(iq, "query", NS_DISCO_INFO) : NULL);
	} else if (s->phase == PHASE_ASKING && sv_is(id, s->clock)) {
		clock_known(s, good ? stanza_child(iq, "time", NS_TIME) : NULL);
	} else if (s->query[0] && sv_is(id, s->page)) {
		if (good)
			page_done(s, stanza_child(iq, "fin", NS_MAM));
		else
			page_failed(s, iq);
	}
}

static void on_iq(struct service *s, xmpp_stanza_t *iq)
{
	struct sv type = stanza_attr(iq, "type");
	struct str answer;

	if (roster_iq(s->roster, iq))
		return;
	if (sv_is(type, "result") || sv_is(type, "error")) {
		on_answer(s, iq, sv_is(type, "result"));
		return;
	}
	answer = features_answer(iq);
	if (answer.n)
		send(s, answer);
}

static bool is_result(xmpp_stanza_t *st)
{
	return stanza_child(st, "result", NS_MAM) != NULL;
}

static void on_message(struct service *s, xmpp_stanza_t *st)
{
	/* Not the phase: a stop in the middle of catching up must not let what is
	 * live overtake what the archive still has. */
	if (s->caught_up || is_result(st)) {
		take(s, st);
	} else if (s->n_buffer < BUFFER_MAX) {
		GROW(s->buffer, s->n_buffer, s->cap_buffer);
		s->buffer[s->n_buffer++] = xmpp_stanza_clone(st);
	} else {
		/* They are all in the archive as well: read on from there. */
		clear_buffer(s);
		s->overflow = true;
	}
}

static void on_stanza(void *ctx, xmpp_stanza_t *st)
{
	struct service *s = ctx;

	if (s->failed)
		return;
	if (stanza_is(st, "message", NS_CLIENT))
		on_message(s, st);
	else if (stanza_is(st, "presence", NS_CLIENT))
		roster_presence(s->roster, st);
	else if (stanza_is(st, "iq", NS_CLIENT))
		on_iq(s, st);
}

static void on_up(void *ctx)
{
	struct service *s = ctx;

	s->count.connections++;
	enter(s, PHASE_ASKING);
	s->overflow = false;
	log_event(LOG_LEVEL_INFO, "connected", "%s", link_detail(s->link));
	s->skew_known = false;
	new_id(s->clock);
	send(s, outbound_time(jid_domain(link_own(s->link)), sv_from(s->clock)));
	new_id(s->disco);
	send(s, outbound_disco(link_own(s->link), sv_from(s->disco)));
}

/* A server that is being restarted is tried every other second: told once. */
static enum log_level level_of(struct service *s, const struct failure *f, int pause)
{
	bool again = f == s->told && pause >= 0 && pause <= EAGER_MS;

	s->told = f;
	return f->retry != RETRY_SOON ? LOG_LEVEL_ERROR :
	    again ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING;
}

static void on_down(void *ctx, const struct failure *f, const char *detail, int pause)
{
	struct service *s = ctx;
	enum log_level level = level_of(s, f, pause);

	go_down(s);
	s->conflict = pause < 0;
	log_event(level, "offline", "cause=%s what=\"%s\"%s%s%s fix=\"%s\" again_in_ms=%d",
	    f->cause, f->text, detail[0] ? " detail=\"" : "", detail, detail[0] ? "\"" : "",
	    f->fix, pause);
	status(s, f->text);
}

/* --- for the owner --- */

struct service *service_create(const struct service_config *c)
{
	static const struct link_events events = { on_up, on_down, on_stanza, save };
	struct service *s = xcalloc(1, sizeof *s);
	STR_AUTO id = STR_INIT;
	struct err e = { 0 };
	int64_t when;

	s->c = *c;
	s->after = s->cursor = (struct str)STR_INIT;
	s->link = link_create(c->config, &events, s);
	s->roster = roster_create(s->link);
	s->peers = peers_create();
	s->pace = pace_create();
	s->gather = gather_create();
	s->queue = gather_create();
	s->flood = flood_create();
	/* A cursor means that there was an archive the last time. */
	link_want_acks(s->link, store_cursor_get(c->store, &id, &when, &e) == STORE_NEW);
	return s;
}

void service_destroy(struct service *s)
{
	if (!s)
		return;
	go_down(s);
	link_destroy(s->link);
	roster_destroy(s->roster);
	peers_destroy(s->peers);
	pace_destroy(s->pace);
	gather_destroy(s->gather);
	gather_destroy(s->queue);
	flood_destroy(s->flood);
	str_fini(&s->after);
	str_fini(&s->cursor);
	free(s->buffer);
	free(s->courtesies);
	free(s->sent);
	free(s);
}

struct link *service_link(struct service *s)
{
	return s->link;
}

static bool may_tick(const struct service *s)
{
	return s->phase == PHASE_SERVING && !s->finishing && s->now - s->ticked >= TICK_MS;
}

static void tick(struct service *s)
{
	int64_t due = turn_next_due(s->c.app), now = time(NULL);
	struct err e = { 0 };

	if (!may_tick(s) || due == 0 || due > now)
		return;
	s->ticked = s->now;
	if (!turn_tick(s->c.app, now, &e)) {
		store_failed(s, &e);
		return;
	}
	s->open = true;
}

static void say_goodbye(struct service *s)
{
	enter(s, PHASE_GOODBYE);
	send(s, outbound_presence("unavailable", SV("")));
	link_close(s->link);
}

static void finish(struct service *s)
{
	bool done = s->phase != PHASE_SERVING || s->now >= s->finish_at ||
	    (pace_count(s->pace) == 0 && s->n_sent == 0);

	if (s->finish_at == 0) {
		s->finish_at = s->now + FINISH_MS;
		take_gathered(s);
		let_in(s, true);
		if (!save(s))
			return;
		pace_hurry(s->pace);
		deliver(s);
		done = false;
	}
	if (done && s->phase != PHASE_GOODBYE)
		say_goodbye(s);
}

static bool is_overdue(const struct service *s)
{
	return (s->phase == PHASE_ASKING || s->phase == PHASE_CATCHING) &&
	    s->now - s->phase_since > ANSWER_MS;
}

void service_run(struct service *s, int64_t now)
{
	s->now = now;
	link_run(s->link, now);
	if (s->failed || link_ended(s->link))
		return;
	if (is_overdue(s)) {
		log_event(LOG_LEVEL_WARNING, "overdue", "what=\"the server leaves a query open\"");
		restart(s);
	}
	tick(s);
	look_again(s);
	if (s->phase == PHASE_SERVING)
		let_in(s, false);
	if (s->finishing)
		finish(s);
	if (!save(s))
		link_cut(s->link);
}

/* ms until the next session is due, as far as ticking is allowed. */
static int64_t tick_wait(struct service *s, int64_t now)
{
	int64_t due = turn_next_due(s->c.app), wait, rest = TICK_MS - (now - s->ticked);

	if (due == 0)
		return INT64_MAX;
	wait = (due - (int64_t)time(NULL)) * 1000;
	return wait > rest ? wait : rest;
}

static int64_t at_most(int64_t ms, int64_t other)
{
	return other < ms ? other : ms;
}

int service_wait(struct service *s, int64_t now)
{
	int64_t ms = link_wait(s->link, now), due = pace_due(s->pace);

	if (s->phase == PHASE_SERVING) {
		if (due != INT64_MAX && may_send(s))
			ms = at_most(ms, due - now);
		ms = at_most(ms, tick_wait(s, now));
		if (s->again && !s->query[0])
			ms = at_most(ms, s->again - now);
	}
	if (s->proof)
		ms = at_most(ms, s->proof + PROOF_MS - now);
	if (!gather_empty(s->gather))
		ms = at_most(ms, MORE_MS);
	if (!gather_empty(s->queue))
		ms = at_most(ms, flood_wait(s->flood, now));
	if (s->finishing)
		ms = at_most(ms, 20);
	return ms < 0 ? 0 : (int)ms;
}

void service_finish(struct service *s)
{
	s->finishing = true;
}

bool service_ended(const struct service *s)
{
	return s->failed || link_ended(s->link);
}

int service_exit_code(const struct service *s)
{
	return s->failed ? COMMAND_STORE : s->conflict ? COMMAND_CONFIG : COMMAND_OK;
}

void service_log_counts(const struct service *s)
{
	log_event(LOG_LEVEL_INFO, "counts", "connections=%" PRIu64 " taken=%" PRIu64
	    " dropped=%" PRIu64 " sent=%" PRIu64 " confirmed=%" PRIu64 " returned=%" PRIu64
	    " late=%" PRIu64 " held=%" PRIu64 " shed=%" PRIu64 " owed=%zu", s->count.connections, s->count.taken,
	    s->count.dropped, s->count.sent, s->count.confirmed, s->count.returned,
	    s->count.late, s->count.held, s->count.shed, store_reply_owed(s->c.store));
}
