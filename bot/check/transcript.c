#include "check/transcript.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/load.h"
#include "engine/session.h"

enum { START = 1795514400 };    /* 2026-11-24 10:00 UTC */

struct play {
	const struct script *script;
	const struct source *chat;
	struct coverage *coverage;
	struct findings *findings;
	struct session *session;
	struct arena *arena;            /* of the latest turn */
	struct effects effects;
	size_t next;                    /* effect that the next "<" looks at */
	bool draft;                     /* "#draft" stood before */
	int64_t now, written;
	int utc_offset;
	int line;
	bool begun, failed;
	struct given given[16]; size_t n_given;
	struct arena *keep;             /* of the run */
	struct sv dialog;               /* named by @dialog, opened before the first line of talk */
};

static void bad(struct play *p, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void bad(struct play *p, const char *code, const char *fmt, ...)
{
	STR_AUTO s = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_addv(&s, fmt, ap);
	va_end(ap);
	if (!p->failed)         /* the first difference tells; the rest follows from it */
		findings_add(p->findings, code, p->chat->path, "", p->line, "%s", s.p);
	p->failed = true;
}

/* ---- turns -------------------------------------------------------------------- */

static void cover(struct play *p)
{
	const struct trace *t = &p->effects.trace;
	STR_AUTO s = STR_INIT;

	for (size_t i = 0; p->coverage && i < t->n_visits; i++) {
		str_clear(&s);
		str_addf(&s, "%.*s/%.*s", SV_ARG(t->visits[i].dialog), SV_ARG(t->visits[i].step));
		if (t->visits[i].what.n)
			str_addf(&s, "/%.*s", SV_ARG(t->visits[i].what));
		table_add(p->coverage->seen, str_sv(&s));
	}
}

static struct host host_of(void)
{
	return (struct host){ .address = SV(""), .operator_contact = SV("") };
}

/* The session goes through its blob at every turn, as in the program. */
static void through_the_store(struct play *p)
{
	STR_AUTO blob = STR_INIT;

	session_pack(p->session, &blob);
	if (!session_unpack(p->session, str_sv(&blob)))
		bad(p, "T109", "the session does not survive being stored");
}

static void forgets(struct play *p)
{
	for (size_t i = 0; i < p->effects.n; i++)
		if (p->effects.items[i].kind == EFFECT_FORGET) {
			session_destroy(p->session);
			p->session = session_create();
			return;
		}
}

static void before_turn(struct play *p)
{
	if (p->next < p->effects.n && p->begun)
		bad(p, "T104", "nobody expected: \"%.*s\"", SV_ARG(p->effects.items[p->next].text));
	arena_destroy(p->arena);
	p->arena = arena_create();
	p->next = 0;
	p->begun = true;
	through_the_store(p);
}

static void turn(struct play *p, enum event_kind kind, struct sv text)
{
	struct host h = host_of();
	struct event ev = { .kind = kind, .text = text, .now = p->now, .written = p->written,
		.utc_offset = p->utc_offset, .salt = 0, .locale = SV("") };

	before_turn(p);
	engine_step(p->script, p->session, &h, &ev, p->arena, &p->effects);
	p->written = 0;
	cover(p);
	forgets(p);
}

static void open_dialog(struct play *p, struct sv dialog)
{
	struct host h = host_of();
	struct event ev = { .kind = EVENT_OPEN, .now = p->now, .utc_offset = p->utc_offset, .salt = 0,
		.text = SV(""), .locale = SV("") };

	before_turn(p);
	engine_open(p->script, p->session, &h, &ev, dialog, p->given, p->n_given, p->arena, &p->effects);
	cover(p);
}

static bool only_cues(const struct play *p)
{
	for (size_t i = 0; i < p->effects.n; i++)
		if (!(p->effects.items[i].flags & SAY_CUE))
			return false;
	return true;
}

/* Lets time pass: every tick that the session wants comes at its time.  Cues
 * that another cue follows are over; what else is said waits for its "<". */
static void pass(struct play *p, int seconds)
{
	int64_t until = p->now + seconds;

	while (session_due(p->session) && session_due(p->session) <= until) {
		p->now = session_due(p->session) > p->now ? session_due(p->session) : p->now + 1;
		turn(p, EVENT_TICK, SV(""));
		if (p->effects.n && !only_cues(p))
			break;
		if (session_due(p->session) && session_due(p->session) <= until)
			p->next = p->effects.n;
	}
	if (p->now < until)
		p->now = until;
}

/* ---- expectations ---------------------------------------------------------------- */

static const struct effect *next_said(struct play *p)
{
	while (p->next < p->effects.n && p->effects.items[p->next].kind != EFFECT_SAY
	    && p->effects.items[p->next].kind != EFFECT_EXPORT)
		p->next++;
	return p->next < p->effects.n ? &p->effects.items[p->next] : NULL;
}

static void expect(struct play *p, char how, struct sv text)
{
	const struct effect *e = next_said(p);
	bool any = sv_is(text, "*");

	if (!e) {
		bad(p, "T101", "nothing was said; expected: \"%.*s\"", SV_ARG(text));
		return;
	}
	p->next++;
	if (any) {                      /* any text, and all that follows in this turn */
		p->next = p->effects.n;
	} else if (how == '~') {
		if (!memmem(e->text.p, e->text.n, text.p, text.n))
			bad(p, "T102", "expected to find \"%.*s\" in: \"%.*s\"", SV_ARG(text),
			    SV_ARG(e->text));
		if (memchr(text.p, '\n', text.n) == NULL)
			return;
	} else if (!sv_eq(e->text, text)) {
		bad(p, "T102", "expected \"%.*s\", got \"%.*s\"", SV_ARG(text), SV_ARG(e->text));
	}
	if (p->draft && !(e->flags & SAY_DRAFT))
		bad(p, "T103", "this was to be a draft in a bubble of its own");
	p->draft = false;
}

static void expect_is(struct play *p, const char *what, struct sv got, struct sv want)
{
	if (!sv_eq(got, want))
		bad(p, "T105", "%s is \"%.*s\", expected \"%.*s\"", what, SV_ARG(got), SV_ARG(want));
}

static struct held *find_slot(struct play *p, struct sv name)
{
	struct session *ss = p->session;
	const struct talk *t = ss->lane_talk.n ? &ss->lane_talk : &ss->talk;
	struct held *h;

	for (int i = t->n; i-- > 0; )
		if ((h = held_find(&t->frames[i].slots, name)))
			return h;
	return held_find(&ss->user, name);
}

static void expect_slot(struct play *p, struct sv args)
{
	struct sv name, want = args;
	struct held *h;
	struct person *who;

	sv_split(&want, '=', &name);
	h = find_slot(p, sv_trim(name));
	want = sv_trim(want);
	if (!h) {
		/* gone with its frame: the run has ended, nothing to compare */
		if (p->session->talk.n)
			bad(p, "T106", "the slot %.*s is empty", SV_ARG(sv_trim(name)));
		return;
	}
	who = person_of(p->session, h->text);
	if (who) {
		struct sv relation;

		sv_split(&want, ',', &relation);
		expect_is(p, "the person", who->relation, sv_trim(relation));
		return;
	}
	expect_is(p, "the slot", h->text, want);
}

static void expect_lane(struct play *p, struct sv args)
{
	struct sv rest = args, first, class;
	const struct trace *t = &p->effects.trace;

	sv_split(&rest, ' ', &first);
	class = rest.p ? sv_trim(rest) : SV("");
	if (class.n) {
		expect_is(p, "the lane's state", t->lane_state, first);
		expect_is(p, "the lane's class", t->lane_class, class);
	} else if (!sv_eq(t->lane_state, first) && !sv_eq(t->lane_class, first)) {
		bad(p, "T105", "the lane is %.*s %.*s, expected %.*s", SV_ARG(t->lane_state),
		    SV_ARG(t->lane_class), SV_ARG(first));
	}
}

/* ---- directives -------------------------------------------------------------------- */

/* "locked" means the first class of the lane that locks. */
static struct sv first_lock(const struct play *p)
{
	const struct lane *l = &p->script->lane;

	return l->n_locks ? l->locks[0] : SV("locked");
}

/* "boyfriend,he,Sam": a person who is known, and spoken of where not locked. */
static struct person *give_person(struct play *p, struct sv value)
{
	struct sv rest = value, relation = SV(""), pronoun = SV("");

	sv_split(&rest, ',', &relation);
	if (rest.p)
		sv_split(&rest, ',', &pronoun);
	return person_meet(p->script, p->session, sv_from(arena_printf(p->keep, "%.*s|%.*s|%.*s",
	    SV_ARG(relation), SV_ARG(pronoun), rest.p ? (int)rest.n : 0, rest.p ? rest.p : "")), p->now);
}

static struct sv person_id(struct play *p, const struct person *who)
{
	return sv_from(arena_printf(p->keep, "p%d", who->id));
}

static void give_saved(struct play *p, struct sv kind, struct sv text, struct sv to)
{
	struct session *ss = p->session;
	struct saved *more = ARENA_ARRAY(ss->arena, struct saved, ss->n_saved + 1), *s;
	struct sv id = person_id(p, give_person(p, to));

	if (ss->n_saved)
		memcpy(more, ss->saved, ss->n_saved * sizeof *more);
	ss->saved = more;
	s = &ss->saved[ss->n_saved++];
	ss->cap_saved = ss->n_saved;
	*s = (struct saved){ .id = ss->next_id++, .kind = arena_sv(ss->arena, kind), .at = p->now };
	held_set(ss, &s->fields, SV("text"), text, p->now);
	held_set(ss, &s->fields, SV("to"), id, p->now);
}

/* name=value or name="a value"; false at the end. */
static bool next_given(struct sv *rest, struct sv *name, struct sv *value, struct sv *after)
{
	const char *close;

	*rest = sv_trim(*rest);
	if (!rest->n || !sv_split(rest, '=', name) || !rest->p)
		return false;
	*name = sv_trim(*name);
	*after = SV("");
	if (rest->n && rest->p[0] == '"' && (close = memchr(rest->p + 1, '"', rest->n - 1))) {
		size_t n = (size_t)(close - rest->p);

		*value = sv_sub(*rest, 1, n);
		*rest = sv_sub(*rest, n + 1, rest->n);
		if (rest->n && rest->p[0] == ',') {
			*rest = sv_sub(*rest, 1, rest->n);
			sv_split(rest, ' ', after);
			if (!rest->p)
				*rest = SV("");
		}
		return true;
	}
	sv_split(rest, ' ', value);
	if (!rest->p)
		*rest = SV("");
	return true;
}

static void give(struct play *p, struct sv args)
{
	struct sv rest = args, name, value, after;

	while (next_given(&rest, &name, &value, &after)) {
		if (sv_starts(name, SV("saved ")))
			give_saved(p, sv_sub(name, 6, name.n), value, after);
		else if (sv_is(name, "person"))
			held_set(p->session, &p->session->user, name, person_id(p, give_person(p, value)), p->now);
		else if (sv_is(name, "locked"))
			give_person(p, value)->lock = first_lock(p);
		else if (p->n_given < COUNT(p->given))
			p->given[p->n_given++] = (struct given){ name, value };
	}
}

static void set_clock(struct play *p, struct sv args)
{
	static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday",
		"saturday", "sunday" };
	struct sv rest = args, word;
	int64_t day = p->now - p->now % 86400, h = 0, m = 0;

	while (sv_split(&rest, ' ', &word)) {
		struct sv minutes = word, hours;

		for (int i = 0; i < 7; i++)
			while (sv_is(word, days[i]) && (day / 86400 + 3) % 7 != i)
				day += 86400;
		sv_split(&minutes, ':', &hours);
		if (minutes.p && sv_int(hours, &h) && sv_int(minutes, &m))
			p->now = day + h * 3600 + m * 60;
	}
}

/* "@zone unknown", or minutes east of UTC. */
static void set_zone(struct play *p, struct sv args)
{
	int64_t n;

	p->utc_offset = sv_int(args, &n) ? (int)n : INT_MIN;
}

static int seconds_of(struct sv args)
{
	int seconds = 0;

	duration_parse(sv_trim(args), &seconds);
	return seconds;
}

static void at_new(struct play *p, struct sv args)
{
	(void)args;
	p->session->greeted = false;
}

static void at_open(struct play *p, struct sv args)
{
	(void)args;
	turn(p, EVENT_OPEN, SV(""));
}

static void at_dialog(struct play *p, struct sv args)
{
	if (!p->begun && !p->dialog.n)
		p->dialog = args;
	else
		expect_is(p, "the dialog", p->effects.trace.dialog, args);
}

static void at_at(struct play *p, struct sv args)
{
	expect_is(p, "the step", p->effects.trace.step, args);
}

static void at_rung(struct play *p, struct sv args)
{
	int64_t n = 0;

	sv_int(args, &n);
	if (p->effects.trace.rung != n)
		bad(p, "T105", "the rung is %d, expected %d", p->effects.trace.rung, (int)n);
}

static void at_end(struct play *p, struct sv args)
{
	expect_is(p, "the end", p->effects.trace.end, args);
}

static void at_wait(struct play *p, struct sv args)
{
	pass(p, seconds_of(args));
}

static void at_restart(struct play *p, struct sv args)
{
	through_the_store(p);
	p->now += seconds_of(args);
	if (args.n && session_due(p->session) && session_due(p->session) <= p->now)
		turn(p, EVENT_TICK, SV(""));
}

static void at_silent(struct play *p, struct sv args)
{
	(void)args;
	if (next_said(p))
		bad(p, "T104", "nobody expected: \"%.*s\"", SV_ARG(p->effects.items[p->next].text));
}

static void at_country(struct play *p, struct sv args)
{
	held_set(p->session, &p->session->user, SV("country"), args, p->now);
}

static void at_late(struct play *p, struct sv args)
{
	p->written = p->now - seconds_of(args);
}

static void at_edit(struct play *p, struct sv args)
{
	turn(p, EVENT_EDIT, args);
}

static void at_locale(struct play *p, struct sv args)
{
	p->session->locale = arena_sv(p->session->arena, args);
}

static void at_cues(struct play *p, struct sv args)
{
	int64_t n = 0;

	sv_int(args, &n);
	if (p->session->cue_next != n && p->session->cue_started)
		bad(p, "T105", "%d cues have come, expected %d", p->session->cue_next, (int)n);
}

static void at_intent(struct play *p, struct sv args)
{
	expect_is(p, "the intent", p->effects.trace.intent, args);
}

static void at_audio(struct play *p, struct sv args)
{
	(void)args;
	turn(p, EVENT_AUDIO, SV(""));
}

static void at_cipher(struct play *p, struct sv args)
{
	(void)args;
	turn(p, EVENT_CIPHER, SV(""));
}

static void at_flood(struct play *p, struct sv args)
{
	turn(p, EVENT_FLOOD, args);
}

static void at_muted(struct play *p, struct sv args)
{
	turn(p, EVENT_MUTED, args);
}

static const struct directive {
	const char *name;
	void (*run)(struct play *p, struct sv args);
} directives[] = {
	{ "at", at_at }, { "audio", at_audio }, { "cipher", at_cipher }, { "clock", set_clock },
	{ "country", at_country }, { "cues", at_cues }, { "dialog", at_dialog }, { "edit", at_edit },
	{ "end", at_end }, { "flood", at_flood }, { "given", give }, { "intent", at_intent },
	{ "lane", expect_lane },
	{ "late", at_late }, { "locale", at_locale }, { "muted", at_muted }, { "new", at_new },
	{ "open", at_open },
	{ "restart", at_restart }, { "rung", at_rung }, { "silent", at_silent },
	{ "slot", expect_slot }, { "wait", at_wait }, { "zone", set_zone },
};

static void direct(struct play *p, struct sv name, struct sv args)
{
	for (size_t i = 0; i < COUNT(directives); i++)
		if (sv_is(name, directives[i].name)) {
			directives[i].run(p, sv_trim(args));
			return;
		}
	bad(p, "T107", "unknown directive @%.*s", SV_ARG(name));
}

/* The dialog opens when all settings are known: before the first line of talk. */
static void open_pending(struct play *p)
{
	struct sv dialog = p->dialog;

	if (!dialog.n || p->begun)
		return;
	p->dialog = SV("");
	open_dialog(p, dialog);
}

static bool is_setting(struct sv name)
{
	static const char *const settings[] = { "clock", "country", "dialog", "given", "late",
		"locale", "new", "zone" };

	for (size_t i = 0; i < COUNT(settings); i++)
		if (sv_is(name, settings[i]))
			return true;
	return false;
}

/* "@a x  @b y": several on a line. */
static void directive_line(struct play *p, struct sv line)
{
	while (line.n) {
		const char *next = memmem(line.p + 1, line.n - 1, " @", 2);
		struct sv one = next ? sv_sub(line, 0, (size_t)(next - line.p)) : line;
		struct sv rest = one, name;

		line = next ? sv_sub(line, one.n + 1, line.n) : SV("");
		rest = sv_sub(rest, 1, rest.n);
		sv_split(&rest, ' ', &name);
		name = sv_trim(name);
		if (!is_setting(name))
			open_pending(p);
		direct(p, name, rest.p ? rest : SV(""));
	}
}

/* ---- a file ------------------------------------------------------------------------- */

static void run_begin(struct play *p)
{
	p->session = session_create();
	p->session->greeted = true;
	p->keep = arena_create();
	p->arena = arena_create();
	p->effects = (struct effects){ 0 };
	p->next = 0;
	p->draft = p->begun = p->failed = false;
	p->now = START;
	p->utc_offset = 0;
	p->written = 0;
	p->n_given = 0;
	p->dialog = SV("");
}

static void run_end_of(struct play *p)
{
	session_destroy(p->session);
	arena_destroy(p->arena);
	arena_destroy(p->keep);
}

static void do_line(struct play *p, struct sv line, struct sv block)
{
	if (line.p[0] == '>' || line.p[0] == '<')
		open_pending(p);
	if (line.p[0] == '>') {
		turn(p, EVENT_TEXT, sv_trim(sv_sub(block, 1, block.n)));
	} else if (line.p[0] == '<') {
		char how = line.n > 1 && line.p[1] == '~' ? '~' : ' ';

		expect(p, how, sv_trim(sv_sub(block, how == '~' ? 2 : 1, block.n)));
	} else if (line.p[0] == '@') {
		directive_line(p, line);
	} else if (sv_starts(line, SV("#draft"))) {
		p->draft = true;
	} else if (line.p[0] != '#') {
		bad(p, "T108", "a line starts with > < @ or #");
	}
}

/* A line with its continuations, which begin with two blanks. */
static struct sv take_block(struct sv *rest, struct str *block, int *lines)
{
	struct sv line, more;

	sv_split(rest, '\n', &line);
	*lines = 1;
	str_clear(block);
	str_add(block, line);
	while (rest->p && rest->n > 1 && rest->p[0] == ' ' && rest->p[1] == ' '
	    && sv_trim(line).n && line.p[0] != '@') {
		sv_split(rest, '\n', &more);
		str_addc(block, '\n');
		str_add(block, sv_sub(more, 2, more.n));
		++*lines;
	}
	return line;
}

struct transcript_result transcript_run(const struct script *s, const struct source *chat,
    struct coverage *cov, struct findings *f)
{
	struct play p = { .script = s, .chat = chat, .coverage = cov, .findings = f };
	struct transcript_result res = { 1, 0 };
	struct sv rest = chat->text;
	STR_AUTO block = STR_INIT;
	int lines, at = 1;

	run_begin(&p);
	while (rest.p && rest.n) {
		struct sv line = take_block(&rest, &block, &lines);

		p.line = at;
		at += lines;
		if (sv_starts(line, SV("---"))) {
			res.failed += p.failed;
			res.runs++;
			run_end_of(&p);
			run_begin(&p);
		} else if (sv_trim(line).n && !p.failed) {
			do_line(&p, line, str_sv(&block));
		}
	}
	res.failed += p.failed;
	run_end_of(&p);
	return res;
}

/* ---- coverage -------------------------------------------------------------------------- */

static void missing(const struct coverage *cov, const struct dialog *d, const struct step *st,
    const char *what, struct findings *f, size_t *all, size_t *n)
{
	STR_AUTO s = STR_INIT;

	++*all;
	str_addf(&s, "%.*s/%.*s", SV_ARG(d->id), SV_ARG(st->id));
	if (what[0])
		str_addf(&s, "/%s", what);
	if (table_find(cov->seen, str_sv(&s)) != TABLE_NONE)
		return;
	++*n;
	findings_add(f, "T201", d->file.p, st->id.p, st->line, "no transcript reaches %s", s.p);
}

size_t coverage_report(const struct script *s, const struct coverage *cov, struct findings *f,
    size_t *all)
{
	STR_AUTO what = STR_INIT;
	size_t n = 0;

	*all = 0;
	for (size_t i = 0; i < s->n_dialogs; i++) {
		const struct dialog *d = s->dialogs[i];

		for (int k = 0; k < d->n_steps && sv_eq(d->locale, s->base_locale); k++) {
			const struct step *st = &d->steps[k];

			missing(cov, d, st, "", f, all, &n);
			for (size_t c = 0; c < st->n_choices; c++) {
				str_clear(&what);
				str_addf(&what, "choice:%.*s", SV_ARG(st->choices[c].id));
				missing(cov, d, st, what.p, f, all, &n);
			}
			for (size_t g = 0; st->repair && g < st->repair->n_rungs; g++) {
				str_clear(&what);
				str_addf(&what, "rung:%zu", g + 1);
				missing(cov, d, st, what.p, f, all, &n);
			}
		}
	}
	return n;
}
