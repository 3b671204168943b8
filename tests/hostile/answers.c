/* answers - whatever is written, at whatever question, is answered kindly.
 *
 *   answers DIALOGS [BYTES [ROUNDS]]
 *
 * Opens every dialog at every question, the lane's states too, and writes texts
 * that nobody should write there.  Each must be answered: with valid text of the
 * length that bubbles have, without the marks of a template or a name of ours, in
 * work that does not grow without end.  Nothing may crash: run it with sanitizers.
 * BYTES is the size of a text, ROUNDS the share of texts tried at a question. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "engine/run.h"

enum { START = 1700000000, MORE = 5, COMPLAINTS = 40 };

static const char *const units[] = {
	"you ", "i am so ", "he never listens and ", "\xf0\x9f\x98\xad", "\xe2\x80\xae\xe2\x80\xab",
	"a", "d i e ", "its ", "\xd0\xb6\xd0\xb8\xd0\xb7\xd0\xbd\xd1\x8c ", "e\xcc\x81\xcc\xb6\xcd\x99",
	"\"", "'a ", "...", "k!ll ", "\xff\xfe", "\xed\xa0\x80", "\xf4\x90\x80\x80", "7", "1.", "1 ",
	"{person:him} ", "{{", "}", "%s%n", "___ ", "<b>&amp;", "\\u0000", "\x01\x02\x1b[31m", "\t",
	" ", "\n", "\r\n", "?!", "not ", "because ", "\xe2\x80\x8b", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d ",
	"\xe6\x88\x91", "a b c d ", "$$$", "k i l l m y s e l f ", "i'm can't ", "hurt, lonely, ",
	"\xef\xb7\xba", "\xef\xbd\x81", "xq zv ", "mum dad ", "> ", "no yes ", "1,2,3,", "stop ",
	"2147483648 ", "-1 ", "99999999999999999999 ", "5:00 ", "tomorrow ", "/help ", "p1 ", "s1 ",
	"\xf0\x9f\x87\xac\xf0\x9f\x87\xa7", "i want to ", "nobody ", "@", "\xe2\x80\x9c", "\xc2\xad",
};

struct trial {
	const struct script *script;
	struct arena *arena;
	struct host host;
	size_t bytes;
	int turns, complaints;
	const char *dialog, *step, *unit;
};

static void complain(struct trial *t, const char *what, struct sv text)
{
	if (t->complaints++ < COMPLAINTS)
		fprintf(stderr, "%s/%s, \"%s\": %s: \"%.*s\"\n", t->dialog, t->step, t->unit, what,
		    (int)(text.n < 300 ? text.n : 300), text.p);
}

/* ---- what a kind answer is ------------------------------------------------------ */

static size_t characters(struct sv s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static bool controls(struct sv s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\n') || c == 0x7F)
			return true;
		/* marks that turn the direction of what follows */
		if (i + 2 < s.n && c == 0xE2 && (((unsigned char)s.p[i + 1] == 0x80
		    && (unsigned char)s.p[i + 2] >= 0xAA && (unsigned char)s.p[i + 2] <= 0xAE)
		    || ((unsigned char)s.p[i + 1] == 0x81 && (unsigned char)s.p[i + 2] >= 0xA6
		    && (unsigned char)s.p[i + 2] <= 0xA9)))
			return true;
	}
	return false;
}

/* The person's own words may hold what ours must not. */
static bool theirs(const struct trial *t, const char *mark)
{
	return strstr(t->unit, mark) != NULL;
}

static bool has(struct sv s, const char *mark)
{
	return memmem(s.p, s.n, mark, strlen(mark)) != NULL;
}

static void look_at(struct trial *t, const struct effect *e)
{
	const struct limits *m = &t->script->limits;
	size_t most = (size_t)(e->flags & SAY_LANE ? m->lane_bubble : e->flags & SAY_DRAFT ? m->draft
	    : m->bubble);

	/* a menu stands under its bubble */
	for (size_t i = 0; i < e->n_choices; i++)
		most += characters(e->choices[i].label) + 4;
	if (u8_check((const uint8_t *)e->text.p, e->text.n))
		complain(t, "is not valid UTF-8", e->text);
	if (controls(e->text))
		complain(t, "holds control characters", e->text);
	if (!sv_trim(e->text).n)
		complain(t, "is empty", e->text);
	if (characters(e->text) > most)
		complain(t, "is too long", e->text);
	if ((has(e->text, "{") && !theirs(t, "{")) || (has(e->text, "}") && !theirs(t, "}")))
		complain(t, "shows a template", e->text);
	if (has(e->text, "(null)") || has(e->text, "  ,") || has(e->text, " ."))
		complain(t, "has a hole", e->text);
}

/* A dialog that no intent opens ends in the one that called it, which goes on. */
static bool called_only(const struct trial *t)
{
	for (size_t i = 0; i < t->script->n_intents; i++)
		if (sv_is(t->script->intents[i].dialog, t->dialog))
			return false;
	return true;
}

static bool may_be_quiet(const struct trial *t, const struct step *st, const struct effects *fx)
{
	return (fx->trace.end.n && called_only(t)) || (st && (st->repair_silent || sv_is(st->reader, "listen"))) || fx->n > 0 || t->bytes == 0;
}

static void look_at_all(struct trial *t, const struct step *st, const struct effects *fx)
{
	int said = 0;

	for (size_t i = 0; i < fx->n; i++) {
		if (fx->items[i].kind != EFFECT_SAY)
			continue;
		look_at(t, &fx->items[i]);
		said++;
	}
	if (!may_be_quiet(t, st, fx))
		complain(t, "is met with silence", SV(""));
	if (said > t->script->limits.bubbles + 3)
		complain(t, "is met with too many bubbles", fx->items[0].text);
}

/* ---- at a question ---------------------------------------------------------------- */

/* The question that stands open. */
static const struct step *open_step(const struct trial *t, const struct session *ss)
{
	const struct talk *talk = ss->lane_talk.n ? &ss->lane_talk : &ss->talk;
	const struct frame *f = talk->n ? &talk->frames[talk->n - 1] : NULL;
	const struct dialog *d = f ? script_dialog(t->script, f->dialog, SV("en")) : NULL;
	int n = d ? dialog_step_number(d, f->step) : -1;

	return n < 0 ? NULL : &d->steps[n];
}

static void write_to(struct trial *t, struct session *ss, struct sv text, int64_t at)
{
	const struct step *st = open_step(t, ss);
	struct event ev = { .kind = EVENT_TEXT, .text = text, .now = at, .utc_offset = INT_MIN,
		.salt = 7, .locale = SV("") };
	struct effects fx;

	engine_step(t->script, ss, &t->host, &ev, t->arena, &fx);
	look_at_all(t, st, &fx);
	t->turns++;
	arena_reset(t->arena);
}

/* A value that a person might have given. */
static struct sv value_for(enum slot_type type)
{
	static const char *const values[SLOT_TYPES] = {
		[SLOT_TEXT] = "he shouted at me", [SLOT_WORDS] = "hurt", [SLOT_WORD] = "hurt",
		[SLOT_NUMBER] = "3", [SLOT_SCALE] = "3", [SLOT_YESNO] = "yes", [SLOT_CHOICE] = "",
		[SLOT_WHEN] = "1700003600", [SLOT_TIME] = "09:00", [SLOT_PERSON] = "p1",
		[SLOT_REQUEST] = "call me", [SLOT_COUNTRY] = "GB", [SLOT_LINE] = "", [SLOT_RECORD] = "",
	};

	return sv_from(values[type]);
}

static struct session *session_at(const struct dialog *d, const struct step *st)
{
	struct session *ss = session_create();
	struct talk *talk = d->lane ? &ss->lane_talk : &ss->talk;
	struct frame *f = &talk->frames[0];

	ss->greeted = true;
	ss->first_seen = ss->last_seen = START;
	ss->next_id = 2;
	ss->last_intent = SV("asked");
	person_create(ss, SV("partner"), SV(""), SV("he"));
	*f = (struct frame){ .dialog = d->id, .version = d->version, .step = st->id,
		.fingerprint = st->fingerprint, .started = START };
	for (size_t i = 0; i < d->n_slots; i++)
		if (!sv_eq(d->slots[i].name, st->into) && value_for(d->slots[i].type).n)
			held_set(ss, &f->slots, d->slots[i].name, value_for(d->slots[i].type), START);
	talk->n = 1;
	talk->waiting = true;
	talk->asked_at = START;
	if (d->lane) {
		ss->lane.state = SV("crisis");
		ss->lane.class = d->lane_class;
		ss->lane.tier = 2;
		ss->lane.since = START;
	}
	return ss;
}

static void fill(char *text, size_t bytes, const char *unit)
{
	size_t n = strlen(unit);

	for (size_t i = 0; i < bytes; i++)
		text[i] = n ? unit[i % n] : '\0';
}

static void try_text(struct trial *t, const struct dialog *d, const struct step *st, char *text,
    const char *unit)
{
	struct session *ss = session_at(d, st);

	t->dialog = arena_str(t->script->arena, d->id);
	t->step = arena_str(t->script->arena, st->id);
	t->unit = unit;
	fill(text, t->bytes, unit);
	write_to(t, ss, (struct sv){ text, t->bytes }, START + 20);
	/* and again, through every rung of its ladder */
	for (int i = 1; i < MORE; i++)
		write_to(t, ss, (struct sv){ text, 40 < t->bytes ? 40 : t->bytes },
		    START + 20 + i * 20);
	session_destroy(ss);
}

static void try_states(struct trial *t, char *text, const char *unit)
{
	const struct lane *l = &t->script->lane;

	for (size_t i = 0; i < l->n_states; i++)
		for (size_t k = 0; k <= l->n_order; k++) {
			struct session *ss = session_create();

			ss->greeted = true;
			ss->lane.state = l->states[i].name;
			ss->lane.class = k < l->n_order ? l->order[k].tag : SV("");
			ss->lane.tier = 2;
			ss->lane.since = START;
			t->dialog = "lane";
			t->step = arena_str(t->script->arena, l->states[i].name);
			t->unit = unit;
			fill(text, 60, unit);
			write_to(t, ss, (struct sv){ text, 60 }, START + 20);
			write_to(t, ss, (struct sv){ text, 60 }, START + 40);
			session_destroy(ss);
		}
}

static void try_all(struct trial *t, int share)
{
	char *text = xmalloc(t->bytes + 64);
	size_t at = 0;

	for (size_t i = 0; i < t->script->n_dialogs; i++) {
		const struct dialog *d = t->script->dialogs[i];

		for (int k = 0; k < d->n_steps; k++)
			for (size_t u = 0; d->steps[k].verb == DO_ASK && u < COUNT(units); u++)
				if (at++ % (size_t)share == 0)
					try_text(t, d, &d->steps[k], text, units[u]);
	}
	for (size_t u = 0; u < COUNT(units); u++)
		if (u % (size_t)share == 0)
			try_states(t, text, units[u]);
	free(text);
}

/* One very long line, read in windows by the lane: nothing hides behind it. */
static void try_long(struct trial *t)
{
	enum { LONG = 60000 };
	struct session *ss = session_create();
	struct event ev = { .kind = EVENT_TEXT, .now = START, .utc_offset = INT_MIN, .salt = 7,
		.locale = SV("") };
	struct effects fx;
	char *text = xmalloc(LONG);
	static const char sign[] = " i want to kill myself ";

	t->dialog = "long";
	t->step = "start";
	t->unit = "la ";
	fill(text, LONG, "la ");
	memcpy(text + LONG - 2000, sign, sizeof sign - 1);
	ev.text = (struct sv){ text, LONG };
	engine_step(t->script, ss, &t->host, &ev, t->arena, &fx);
	if (!ss->lane.tier)
		complain(t, "hides a sign at its end", SV(""));
	look_at_all(t, NULL, &fx);
	arena_reset(t->arena);
	free(text);
	session_destroy(ss);
}

int main(int argc, char **argv)
{
	struct findings f = { 0 };
	struct files fs = { 0 };
	struct script *s = argc > 1 && files_read(&fs, argv[1], FILES_SCRIPT, &f)
	    ? script_load(fs.items, fs.n, &f) : NULL;
	struct trial t = { .script = s, .host = { .address = SV(""), .operator_contact = SV("") },
		.bytes = argc > 2 ? (size_t)atoi(argv[2]) : 8192 };

	if (!s) {
		fprintf(stderr, "usage: answers DIALOGS [BYTES [SHARE]]\n");
		return 1;
	}
	t.arena = arena_create();
	try_long(&t);
	try_all(&t, argc > 3 ? atoi(argv[3]) : 1);
	printf("%d turns, %d complaints\n", t.turns, t.complaints);
	arena_destroy(t.arena);
	script_destroy(s);
	files_fini(&fs);
	findings_fini(&f);
	return t.complaints || !t.turns;
}
