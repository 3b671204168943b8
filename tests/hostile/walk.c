/* walk - every question is reached by talking; at each, stop and danger are heard.
 *
 *   walk DIALOGS LINES [WAYS]
 *
 * Talks its way through the dialogs, to the rarest question first: at each it gives the
 * numbers of the menu, a few words that anybody types, and all that people type in
 * the transcripts of that dialog; and it lets time pass where something is due.  In
 * each state so found
 *
 *   - "stop" is one message, after which nothing runs and nothing is asked;
 *   - a line of the highest tier gets, as the very next message, the reply that it
 *     gets from somebody who says nothing else;
 *   - where words to somebody are paused, some way leads to where that is lifted.
 *
 * On the way, each refusal must carry choices, and what the lane says, what comes
 * unasked and what comes late must show no topic on a lock screen.
 *
 * LINES are those of disguise.  A question that is never reached is a fault, unless
 * `unreached` names it with its reason.  WAYS is written for tests/hostile/walked:
 * what leads to each state, to be said again in the terminal. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <jansson.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "engine/run.h"

enum { START = 1767574800, SAME = 3, OTHER = 5, SHORT = 8, COMPLAINTS = 40, TRIED = 6, LONGEST = 400, LATE = 4 * 3600, TICKS = 10, DAY = 86400, TYPED = -1, OPENED = -2 };

/* Questions that talk alone does not lead to. */
static const struct { const char *step, *why; } unreached[] = {
	{ "rehearsal/too-hot", "only heated replies lead there, one after the other" },
	{ "check-my-text/good-day", "only by day, and the walk begins at night" },
	{ "check-my-text/calm-day", "only by day, and the walk begins at night" },
	{ "boundary/unsaid", "only three answers that nobody can read lead there" },
	{ "boundary-act/unsaid", "only three answers that nobody can read lead there" },
	{ "hard-conversation/unsaid", "only three answers that nobody can read lead there" },
};

/* What anybody may type at any question. */
static const char *const anything[] = {
	"1", "2", "3", "4", "5", "6", "7", "0", "8", "10", "skip", "done", "yes", "no", "idk", "go",
	"go on", "tomorrow at 9", "in 20 minutes", "uk", "my mother", "friday evening",
};

static const char *const stops[] = { "stop", "Stop.", "STOP" };

struct state {
	struct sv blob, key;
	struct sv said;                 /* what led here from the one before; "" let time pass */
	int64_t at;
	int64_t waited;                 /* seconds, where time passed; negative: nothing was done in it */
	int from;                       /* TYPED, OPENED: the beginning */
	struct sv step;                 /* of the open question; "" none */
	int dialogs[MAX_FRAMES], n_dialogs;     /* the last one asks it, for those before */
	size_t timers, paused;
	int same;                       /* how many stand there already */
	bool walked, lane, next_day;    /* lane: it speaks */
};

struct walk {
	const struct script *script;
	struct arena *keep, *turn;
	struct host host;
	struct effects fx;
	struct state *states; size_t n, cap, n_typed;
	struct table *keys, *edges, *reached;
	int *per_key; size_t cap_keys;
	struct sv *danger; size_t n_danger;
	struct sv *lines; size_t n_lines;       /* typed in some transcript */
	struct sv **of_dialog; size_t *n_of_dialog;
	struct way { uint32_t from, to; } *ways; size_t n_ways, cap_ways;
	pcre2_code *topic; size_t first;        /* in so many characters of what a lock screen shows */
	uint32_t start, lifted;         /* keys: nothing said yet; a pause was lifted */
	int complaints, turns, tries;
};

/* ---- a turn --------------------------------------------------------------------- */

static void take(struct walk *w, struct session *ss, enum event_kind kind, struct sv text,
    int64_t now)
{
	struct event ev = { .kind = kind, .text = text, .now = now, .utc_offset = 0, .salt = 0,
		.locale = SV("") };

	arena_reset(w->turn);
	engine_step(w->script, ss, &w->host, &ev, w->turn, &w->fx);
	w->turns++;
}

static struct session *session_in(const struct state *s)
{
	struct session *ss = session_create();

	if (s)
		session_unpack(ss, s->blob);
	return ss;
}

static const struct effect *said_first(const struct effects *fx)
{
	for (size_t i = 0; i < fx->n; i++)
		if (fx->items[i].kind == EFFECT_SAY)
			return &fx->items[i];
	return NULL;
}

static int bubbles(const struct effects *fx)
{
	int n = 0;

	for (size_t i = 0; i < fx->n; i++)
		n += fx->items[i].kind == EFFECT_SAY;
	return n;
}

/* ---- what is wrong ---------------------------------------------------------------- */

static void print_path(const struct walk *w, int at, FILE *out)
{
	const struct state *s = &w->states[at];

	if (s->from >= 0)
		print_path(w, s->from, out);
	if (s->waited)
		fprintf(out, "\t(%lld)", (long long)s->waited);
	else
		fprintf(out, "\t%.*s", SV_ARG(s->said));
}

static void complain(struct walk *w, int at, struct sv said, const char *what)
{
	const struct effect *e = said_first(&w->fx);

	if (w->complaints++ >= COMPLAINTS)
		return;
	fprintf(stderr, "%.*s: \"%.*s\" %s: \"%.*s\"\n", at < 0 ? 0 : (int)w->states[at].key.n,
	    at < 0 ? "" : w->states[at].key.p, SV_ARG(said), what, e ? (int)e->text.n : 0,
	    e ? e->text.p : "");
	if (at >= 0)
		print_path(w, at, stderr);
	fputc('\n', stderr);
}

/* Danger to one's own life shows its number first. */
static bool shows_topic(const struct walk *w, const struct effect *e, bool unasked)
{
	pcre2_match_data *md;
	size_t n = 0, seen = 0;
	bool hit;

	if (e->flags & SAY_CUE || !(unasked || e->flags & (SAY_LANE | SAY_LATE))
	    || sv_is(w->fx.trace.lane_state, "urgent"))
		return false;
	for (; n < e->text.n && (seen < w->first || ((unsigned char)e->text.p[n] & 0xC0) == 0x80); n++)
		seen += ((unsigned char)e->text.p[n] & 0xC0) != 0x80;
	md = pcre2_match_data_create_from_pattern(w->topic, NULL);
	hit = pcre2_match(w->topic, (PCRE2_SPTR)e->text.p, n, 0, 0, md, NULL) > 0;
	pcre2_match_data_free(md);
	return hit;
}

/* What any turn must be: a refusal offers something, a lock screen shows no topic. */
static void look_at(struct walk *w, int from, struct sv said, bool unasked)
{
	const struct effect *last = NULL;
	bool blocked = false;

	for (size_t i = 0; i < w->fx.n; i++) {
		if (w->fx.items[i].kind != EFFECT_SAY)
			continue;
		last = &w->fx.items[i];
		if (shows_topic(w, last, unasked))
			complain(w, from, said, "shows a topic");
	}
	for (size_t i = 0; i < w->fx.trace.n_visits; i++)
		blocked = blocked || sv_is(w->fx.trace.visits[i].what, "blocked");
	if (blocked && (!last || (!last->n_choices && !(last->flags & SAY_LANE))))
		complain(w, from, said, "is refused with no offer");
}

static bool runs(const struct session *ss)
{
	return ss->talk.n || ss->lane_talk.n || ss->asking.n || ss->n_parked || ss->cue_due;
}

static bool lane_speaks(const struct session *ss)
{
	return ss->lane.state.n && !sv_is(ss->lane.state, "none") && !sv_is(ss->lane.state, "after");
}

/* A cue is a thing of its own to stop: then its dialog goes on without it.  What the
 * lane has paused stays where it was. */
static void try_stop(struct walk *w, int at)
{
	struct session *ss = session_in(&w->states[at]);
	struct sv said = sv_from(stops[(size_t)at % COUNT(stops)]);
	bool cue = ss->cue_due != 0, lane = lane_speaks(ss);

	take(w, ss, EVENT_TEXT, said, w->states[at].at);
	if (lane ? ss->lane_talk.n != 0 : cue ? ss->cue_due != 0 : runs(ss))
		complain(w, at, said, "does not stop it");
	if (bubbles(&w->fx) != 1)
		complain(w, at, said, "is not met with one message");
	session_destroy(ss);
	w->tries++;
}

/* Whether a line of danger gets the same reply here as in a talk of its own. */
static void try_danger(struct walk *w, int at, struct sv line)
{
	struct session *ss = session_in(&w->states[at]), *alone = session_create();
	struct held *country = held_find(&ss->user, SV("country"));
	bool open = ss->lane.state.n && !sv_is(ss->lane.state, "none");     /* or watches */
	const struct effect *e;
	struct sv expected;

	alone->greeted = true;
	alone->lane.discreet = ss->lane.discreet;
	if (country)
		held_set(alone, &alone->user, country->name, country->text, START);
	take(w, alone, EVENT_TEXT, line, w->states[at].at);
	e = said_first(&w->fx);
	expected = e ? arena_sv(w->keep, e->text) : SV("");
	take(w, ss, EVENT_TEXT, line, w->states[at].at);
	e = said_first(&w->fx);
	if (!e || !(e->flags & SAY_LANE))
		complain(w, at, line, "is not answered by the lane");
	else if (!open && !sv_eq(e->text, expected))
		complain(w, at, line, "gets another reply than alone");
	else if (!sv_is(w->fx.trace.lane_state, "urgent") && !sv_is(w->fx.trace.lane_state, "hold"))
		complain(w, at, line, "is not urgent");
	session_destroy(ss);
	session_destroy(alone);
	w->tries++;
}

static void try_state(struct walk *w, int at)
{
	try_stop(w, at);
	for (size_t i = 0; i < TRIED; i++)
		try_danger(w, at, w->danger[((size_t)at * TRIED + i) % w->n_danger]);
}

/* ---- where a talk stands ------------------------------------------------------------- */

static const struct talk *open_talk(const struct session *ss)
{
	return ss->lane_talk.n ? &ss->lane_talk : &ss->talk;
}

static size_t paused(const struct session *ss)
{
	size_t n = 0;

	for (size_t i = 0; i < ss->n_persons; i++)
		n += ss->persons[i].lock.n > 0;
	return n;
}

/* The question alone, whoever asked for its dialog; while the lane speaks, its state.
 * timers: those that were set before; next_day: a day ago it was no other. */
static struct sv key_of(struct walk *w, const struct session *ss, size_t timers, bool next_day)
{
	const struct talk *t = open_talk(ss);
	bool lane = lane_speaks(ss);
	STR_AUTO s = STR_INIT;

	if (lane)
		str_addf(&s, "%.*s %.*s ", SV_ARG(ss->lane.state), SV_ARG(ss->lane.class));
	if (t->n && (!lane || ss->lane_talk.n))
		str_addf(&s, "%.*s/%.*s ", SV_ARG(t->frames[t->n - 1].dialog),
		    SV_ARG(t->frames[t->n - 1].step));
	str_addf(&s, "%.*s%s%s", SV_ARG(ss->asking), ss->cue_due ? " cue" : "",
	    ss->lane.discreet ? " quiet" : "");
	/* with nothing open, what will come and what is kept make the difference */
	for (size_t i = t->n ? timers : 0; !lane && i < ss->n_timers; i++)
		str_addf(&s, " %.*s/%.*s in time", SV_ARG(ss->timers[i].dialog),
		    SV_ARG(ss->timers[i].step));
	for (size_t i = 0; !lane && !t->n && i < ss->n_saved; i++)
		str_addf(&s, " %.*s", SV_ARG(ss->saved[i].kind));
	if ((lane || !t->n) && paused(ss))
		str_addz(&s, lane && next_day ? " paused, the next day" : " paused");
	return arena_sv(w->keep, sv_trim(str_sv(&s)));
}

static bool new_way(struct walk *w, uint32_t from, uint32_t to)
{
	uint32_t before = table_count(w->edges);
	STR_AUTO edge = STR_INIT;

	str_addf(&edge, "%u %u", from, to);
	if (table_add(w->edges, str_sv(&edge)) < before)
		return false;
	GROW(w->ways, w->n_ways, w->cap_ways);
	w->ways[w->n_ways++] = (struct way){ from, to };
	return true;
}

static int dialog_number(const struct walk *w, struct sv id)
{
	for (size_t i = 0; i < w->script->n_dialogs; i++)
		if (sv_eq(w->script->dialogs[i]->id, id))
			return (int)i;
	return -1;
}

/* What was chosen on the way: other choices lead elsewhere from the same question. */
static void chosen(const struct walk *w, const struct session *ss, uint32_t key, struct str *out)
{
	const struct talk *t = open_talk(ss);

	str_addf(out, "%u:", key);
	for (int i = 0; i < t->n; i++) {
		int n = dialog_number(w, t->frames[i].dialog);
		const struct dialog *d = n < 0 ? NULL : w->script->dialogs[n];

		for (size_t k = 0; d && k < d->n_slots; k++) {
			const struct held *h = held_find(&t->frames[i].slots, d->slots[k].name);

			if (h && (d->slots[k].type == SLOT_CHOICE || d->slots[k].type == SLOT_WORD
			    || d->slots[k].type == SLOT_YESNO))
				str_addf(out, " %.*s", SV_ARG(h->text));
		}
	}
	for (size_t i = 0; !t->n && i < ss->n_timers; i++)
		for (size_t k = 0; k < ss->timers[i].values.n; k++)
			if (ss->timers[i].values.items[k].text.n < SHORT)
				str_addf(out, " %.*s", SV_ARG(ss->timers[i].values.items[k].text));
}

/* How many such states there are; -1: enough, or much like one of them. */
static int worth(struct walk *w, struct sv key, const struct session *ss, int from)
{
	uint32_t k = table_add(w->keys, key), before;
	STR_AUTO how = STR_INIT;
	bool like;
	uint32_t f = from < 0 ? w->start : table_find(w->keys, w->states[from].key);

	while (k >= w->cap_keys) {
		size_t more = w->cap_keys ? 2 * w->cap_keys : 256;

		w->per_key = xreallocarray(w->per_key, more, sizeof *w->per_key);
		memset(w->per_key + w->cap_keys, 0, (more - w->cap_keys) * sizeof *w->per_key);
		w->cap_keys = more;
	}
	before = table_count(w->edges);
	chosen(w, ss, k, &how);
	like = table_add(w->edges, str_sv(&how)) < before;
	return (new_way(w, f, k) && w->per_key[k] < SAME) || (!like && w->per_key[k] < OTHER)
	    ? w->per_key[k]++ : -1;
}

static void keep_state(struct walk *w, const struct session *ss, int from, struct sv said,
    int64_t waited, int64_t at)
{
	bool next_day = llabs(waited) >= DAY || (from >= 0 && w->states[from].next_day);
	struct sv key = key_of(w, ss, from < 0 ? 0 : w->states[from].timers, next_day);
	const struct talk *t = open_talk(ss);
	STR_AUTO blob = STR_INIT, name = STR_INIT;
	int same = worth(w, key, ss, from);
	struct state *s;

	if (lane_speaks(ss) && ss->cue_due)
		complain(w, from, said, "counts breath into danger");
	if (from >= 0 && paused(ss) < w->states[from].paused)
		new_way(w, table_find(w->keys, w->states[from].key), w->lifted);
	if (same < 0)
		return;
	session_pack(ss, &blob);
	GROW(w->states, w->n, w->cap);
	s = &w->states[w->n++];
	*s = (struct state){ .blob = arena_sv(w->keep, str_sv(&blob)), .key = key,
		.said = arena_sv(w->keep, said), .at = at, .waited = waited, .from = from,
		.step = SV(""), .same = same, .timers = ss->n_timers,
		.paused = paused(ss), .lane = lane_speaks(ss), .next_day = next_day && lane_speaks(ss) };
	for (int i = 0; i < t->n; i++)
		s->dialogs[s->n_dialogs++] = dialog_number(w, t->frames[i].dialog);
	if (!t->n || !t->waiting)
		return;
	s->step = arena_sv(w->keep, t->frames[t->n - 1].step);
	str_addf(&name, "%.*s/%.*s", SV_ARG(t->frames[t->n - 1].dialog), SV_ARG(s->step));
	table_add(w->reached, str_sv(&name));
}

/* ---- the walk --------------------------------------------------------------------------- */

static bool forgot(const struct effects *fx)
{
	for (size_t i = 0; i < fx->n; i++)
		if (fx->items[i].kind == EFFECT_FORGET)
			return true;
	return false;
}

static void say_there(struct walk *w, int from, struct sv text)
{
	struct session *ss = session_in(from < 0 ? NULL : &w->states[from]);
	int64_t at = from < 0 ? START : w->states[from].at;

	take(w, ss, EVENT_TEXT, text, at);
	look_at(w, from, text, false);
	if (!forgot(&w->fx))
		keep_state(w, ss, from, text, 0, at);
	session_destroy(ss);
}

/* Till something due is said; longer: and so much later, as if nobody had been there. */
static void wait_there(struct walk *w, int from, int longer)
{
	struct session *ss = session_in(&w->states[from]);
	int64_t start = w->states[from].at, at = start;

	for (int i = 0; i < TICKS && session_due(ss); i++) {
		at = (session_due(ss) > at ? session_due(ss) : at + 1) + longer;
		take(w, ss, EVENT_TICK, SV(""), at);
		look_at(w, from, SV("(time passes)"), true);
		if (bubbles(&w->fx) || longer)
			break;
	}
	if (at > start)
		keep_state(w, ss, from, SV(""), longer ? -(at - start) : at - start, at);
	session_destroy(ss);
}

static void wait_a_day(struct walk *w, int from)
{
	struct session *ss = session_in(&w->states[from]);

	take(w, ss, EVENT_TICK, SV(""), w->states[from].at + DAY);
	look_at(w, from, SV("(a day passes)"), true);
	keep_state(w, ss, from, SV(""), -DAY, w->states[from].at + DAY);
	session_destroy(ss);
}

/* As a menu would, with nothing told. */
static void open_there(struct walk *w, const struct dialog *d)
{
	struct session *ss = session_create();
	struct event ev = { .kind = EVENT_OPEN, .now = START, .text = SV(""), .locale = SV("") };

	arena_reset(w->turn);
	engine_open(w->script, ss, &w->host, &ev, d->id, NULL, 0, w->turn, &w->fx);
	keep_state(w, ss, OPENED, d->id, 0, START);
	session_destroy(ss);
}

static void walk_on(struct walk *w, int at)
{
	const struct state s = w->states[at];
	bool nothing = !s.n_dialogs && !s.same && !s.lane;

	for (size_t i = 0; i < COUNT(anything); i++)
		say_there(w, at, sv_from(anything[i]));
	for (int d = 0; d < s.n_dialogs; d++)
		for (size_t i = 0; i < w->n_of_dialog[s.dialogs[d]]; i++)
			say_there(w, at, w->of_dialog[s.dialogs[d]][i]);
	for (size_t i = 0; nothing && i < w->n_lines; i++)
		say_there(w, at, w->lines[i]);
	wait_there(w, at, 0);
	if (nothing)
		wait_there(w, at, LATE);
	if (s.lane && s.paused)
		wait_a_day(w, at);
}

/* The rarest of those that wait; -1 none. */
static int next_state(const struct walk *w)
{
	int best = -1;

	for (size_t i = 0; i < w->n; i++)
		if (!w->states[i].walked && (best < 0 || w->states[i].same < w->states[best].same))
			best = (int)i;
	return best;
}

static void walk_rest(struct walk *w)
{
	for (int at; (at = next_state(w)) >= 0; ) {
		w->states[at].walked = true;
		walk_on(w, at);
	}
}

/* First all that talk alone leads to. */
static void walk_all(struct walk *w)
{
	for (size_t i = 0; i < w->n_lines; i++)
		say_there(w, TYPED, w->lines[i]);
	walk_rest(w);
	w->n_typed = w->n;
	for (size_t i = 0; i < w->script->n_dialogs; i++)
		if (!w->script->dialogs[i]->lane)
			open_there(w, w->script->dialogs[i]);
	walk_rest(w);
}

/* ---- what people type ---------------------------------------------------------------------- */

/* The transcripts of a dialog lie in its folder. */
static bool lies_beside(struct sv chat, const struct dialog *d)
{
	const char *slash = memrchr(d->file.p, '/', d->file.n);

	return slash && sv_starts(chat, sv_sub(d->file, 0, (size_t)(slash - d->file.p) + 1));
}

static void add_line(struct walk *w, struct sv chat, struct sv line, struct table *seen)
{
	for (size_t i = 0; i < w->script->n_dialogs; i++) {
		size_t n = w->n_of_dialog[i];

		if (!lies_beside(chat, w->script->dialogs[i]))
			continue;
		if ((n & (n - 1)) == 0)
			w->of_dialog[i] = xreallocarray(w->of_dialog[i], n ? 2 * n : 1,
			    sizeof **w->of_dialog);
		w->of_dialog[i][w->n_of_dialog[i]++] = line;
	}
	if (table_find(seen, line) != TABLE_NONE)
		return;
	table_add(seen, line);
	if ((w->n_lines & (w->n_lines - 1)) == 0)
		w->lines = xreallocarray(w->lines, w->n_lines ? 2 * w->n_lines : 1, sizeof *w->lines);
	w->lines[w->n_lines++] = line;
}

static void read_chats(struct walk *w)
{
	struct table *seen = table_create();

	w->of_dialog = xcalloc(w->script->n_dialogs, sizeof *w->of_dialog);
	w->n_of_dialog = xcalloc(w->script->n_dialogs, sizeof *w->n_of_dialog);
	for (size_t i = 0; i < w->script->n_chats; i++) {
		struct sv rest = w->script->chats[i].text, line;

		while (rest.n && sv_split(&rest, '\n', &line))
			if (line.n > 1 && line.n < LONGEST && line.p[0] == '>')
				add_line(w, sv_from(w->script->chats[i].path), sv_trim(sv_sub(line, 1, line.n)), seen);
	}
	table_destroy(seen);
}

/* The lines that are urgent when nothing else is said. */
static void read_danger(struct walk *w, struct sv text)
{
	struct sv line, tier;

	while (text.n && sv_split(&text, '\n', &line)) {
		struct session *ss;

		if (!sv_split(&line, '\t', &tier) || !sv_is(tier, "3") || !line.p)
			continue;
		ss = session_create();
		take(w, ss, EVENT_TEXT, line, START);
		if (sv_is(w->fx.trace.lane_state, "urgent")) {
			w->danger = xreallocarray(w->danger, w->n_danger + 1, sizeof *w->danger);
			w->danger[w->n_danger++] = line;
		}
		session_destroy(ss);
	}
}

static bool read_file(const char *path, struct str *out)
{
	FILE *f = fopen(path, "r");
	char part[4096];
	size_t n;

	while (f && (n = fread(part, 1, sizeof part, f)) > 0)
		str_add(out, (struct sv){ part, n });
	if (f)
		fclose(f);
	return out->n > 0;
}

/* ---- the account ------------------------------------------------------------------------------ */

/* The row of common/voice.json that looks at the first characters only. */
static bool read_topic(struct walk *w, const char *dialogs)
{
	STR_AUTO path = STR_INIT;
	json_t *file, *row;
	size_t i, offset;
	int error;

	str_addf(&path, "%s/common/voice.json", dialogs);
	file = json_load_file(path.p, 0, NULL);
	json_array_foreach(json_object_get(file, "voice"), i, row)
		if (json_object_get(row, "first")) {
			w->first = (size_t)json_integer_value(json_object_get(row, "first"));
			w->topic = pcre2_compile((PCRE2_SPTR)json_string_value(json_object_get(row, "pattern")),
			    PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_CASELESS, &error, &offset, NULL);
		}
	json_decref(file);
	return w->topic != NULL;
}

static const char *excuse(struct sv step)
{
	for (size_t i = 0; i < COUNT(unreached); i++)
		if (sv_is(step, unreached[i].step))
			return unreached[i].why;
	return NULL;
}

/* Every question of every dialog; false when one was not reached without a reason. */
static bool account(const struct walk *w, int *questions, int *found)
{
	bool good = true;

	for (size_t i = 0; i < w->script->n_dialogs; i++) {
		const struct dialog *d = w->script->dialogs[i];

		for (int k = 0; k < d->n_steps; k++) {
			STR_AUTO name = STR_INIT;
			const char *why;

			if (d->steps[k].verb != DO_ASK && d->steps[k].verb != DO_OFFER)
				continue;
			++*questions;
			str_addf(&name, "%.*s/%.*s", SV_ARG(d->id), SV_ARG(d->steps[k].id));
			why = excuse(str_sv(&name));
			if (table_find(w->reached, str_sv(&name)) != TABLE_NONE) {
				++*found;
				if (why)
					fprintf(stderr, "%s: reached, though it is said: %s\n", name.p, why);
				good = good && !why;
			} else if (!why) {
				fprintf(stderr, "%s: nothing leads there\n", name.p);
				good = false;
			}
		}
	}
	return good;
}

/* From each state in which words are paused; false when one is a dead end. */
static bool lifts(const struct walk *w)
{
	bool *leads = xcalloc(table_count(w->keys), sizeof *leads), more = true, good = true;

	for (leads[w->lifted] = true; more; ) {
		more = false;
		for (size_t i = 0; i < w->n_ways; i++)
			if (leads[w->ways[i].to] && !leads[w->ways[i].from])
				leads[w->ways[i].from] = more = true;
	}
	for (size_t i = 0; i < w->n; i++) {
		const struct state *s = &w->states[i];

		if (!s->paused || leads[table_find(w->keys, s->key)])
			continue;
		good = false;
		fprintf(stderr, "%.*s: what is paused stays so\n", SV_ARG(s->key));
	}
	free(leads);
	return good;
}

static json_t *string(struct sv s)
{
	return json_stringn(s.n ? s.p : "", s.n);
}

/* What leads there, as the terminal takes it; false where time has passed unheeded. */
static bool way_to(const struct walk *w, int at, json_t *way)
{
	const struct state *s = &w->states[at];

	if (s->waited < 0 || s->from == OPENED || (s->from >= 0 && !way_to(w, s->from, way)))
		return false;
	json_array_append_new(way, s->waited ? json_pack("{s:I}", "wait", (json_int_t)s->waited)
	    : json_pack("{s:o}", "text", string(s->said)));
	return true;
}

static json_t *said_then(struct walk *w, int at, struct sv text)
{
	struct session *ss = session_in(&w->states[at]);
	json_t *all = json_array();

	take(w, ss, EVENT_TEXT, text, w->states[at].at);
	for (size_t i = 0; i < w->fx.n; i++)
		if (w->fx.items[i].kind == EFFECT_SAY)
			json_array_append_new(all, string(w->fx.items[i].text));
	session_destroy(ss);
	return all;
}

/* The first way to each state, and what is said there, to be compared. */
static bool write_ways(struct walk *w, const char *path)
{
	FILE *out = fopen(path, "w");

	for (size_t i = 0; out && i < w->n_typed; i++) {
		const struct state *s = &w->states[i];
		struct sv danger = w->danger[i % w->n_danger];
		json_t *way = json_array(), *line;

		if (!s->same && way_to(w, (int)i, way)) {
			line = json_pack("{s:o, s:O, s:s, s:o, s:o, s:o}", "at", string(s->key), "way", way,
			    "stop", stops[i % COUNT(stops)],
			    "stopped", said_then(w, (int)i, sv_from(stops[i % COUNT(stops)])),
			    "danger", string(danger), "heard", said_then(w, (int)i, danger));
			json_dumpf(line, out, JSON_COMPACT);
			fputc('\n', out);
			json_decref(line);
		}
		json_decref(way);
	}
	return out && fclose(out) == 0;
}

static void fini(struct walk *w)
{
	for (size_t i = 0; i < w->script->n_dialogs; i++)
		free(w->of_dialog[i]);
	free(w->of_dialog);
	free(w->n_of_dialog);
	free(w->lines);
	free(w->danger);
	free(w->states);
	free(w->ways);
	pcre2_code_free(w->topic);
	free(w->per_key);
	table_destroy(w->keys);
	table_destroy(w->edges);
	table_destroy(w->reached);
	arena_destroy(w->keep);
	arena_destroy(w->turn);
}

int main(int argc, char **argv)
{
	struct findings f = { 0 };
	struct script *s = argc > 2 ? files_script(argv[1], FILES_SCRIPT " chat", NULL, &f) : NULL;
	struct walk w = { .script = s, .host = { .address = SV(""), .operator_contact = SV(""),
		.volatile_memory = true } };
	STR_AUTO lines = STR_INIT;
	int questions = 0, found = 0;
	bool good;

	if (!s || !read_topic(&w, argv[1]) || !read_file(argv[2], &lines)) {
		fprintf(stderr, "usage: walk DIALOGS LINES [WAYS]\n");
		return 1;
	}
	w.keep = arena_create();
	w.turn = arena_create();
	w.keys = table_create();
	w.edges = table_create();
	w.reached = table_create();
	w.start = table_add(w.keys, SV("start"));
	w.lifted = table_add(w.keys, SV("lifted"));
	read_danger(&w, str_sv(&lines));
	read_chats(&w);
	walk_all(&w);
	for (size_t i = 0; i < w.n; i++)
		try_state(&w, (int)i);
	good = account(&w, &questions, &found);
	good = lifts(&w) && good && w.n_danger && !w.complaints;
	printf("%d of %d questions reached in %zu states, %d turns; %d tries, %d complaints\n", found,
	    questions, w.n, w.turns, w.tries, w.complaints);
	good = (argc <= 3 || write_ways(&w, argv[3])) && good;
	fini(&w);
	script_destroy(s);
	findings_fini(&f);
	return good ? 0 : 1;
}
