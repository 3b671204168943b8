/* engine/answer.c - the open question reads its answer; gates, repair, back. */
#include <string.h>

#include "base/xalloc.h"
#include "engine/run.h"

/* ---- gates ----------------------------------------------------------------------- */

static struct record *gate_record(struct run *r, const struct gate *g, struct sv on)
{
	struct pair *with = ARENA_ARRAY(r->a, struct pair, g->n_with);

	for (size_t i = 0; i < g->n_with; i++)
		with[i] = (struct pair){ g->with[i], g->with[i] };
	return run_analyze(r, run_frame(r), g->analysis, on, with, g->n_with);
}

/* Whom the text speaks of, so that a lock on them is met. */
static void gate_meets(struct run *r, const struct gate *g, struct sv on)
{
	const struct dialog *d = run_dialog(r, run_frame(r));
	struct record *rec;
	struct value v;

	for (size_t i = 0; i < g->n_with; i++) {
		const struct slot_def *def = dialog_slot(d, g->with[i]);

		if (!def || def->type != SLOT_PERSON || run_person(r, g->with[i]))
			continue;
		rec = gate_record(r, g, on);
		v = rec ? record_get(rec, SV("other")) : (struct value){ 0 };
		if (v.kind == VALUE_TEXT)
			run_store(r, g->with[i], sv_from(arena_printf(r->a, "p%d",
			    run_meet(r, v.text)->id)), SV(""), 0);
	}
}

/* No text yet, and an answer that blocks all the same: "I'm afraid of what he'd do". */
static bool answers_block(struct run *r, const struct gate *g)
{
	struct pair *with = ARENA_ARRAY(r->a, struct pair, g->n_with);
	struct record *rec;
	bool any = false;

	for (size_t i = 0; i < g->n_with; i++) {
		with[i] = (struct pair){ g->with[i], g->with[i] };
		any |= run_held(r, g->with[i]) != NULL;
	}
	if (!any)
		return false;
	rec = run_analyze_text(r, run_frame(r), g->analysis, SV(""), with, g->n_with);
	return rec && sv_is(record_action(rec), "block");
}

static struct sv gate_action(struct run *r, const struct gate *g)
{
	struct sv worst = SV("pass");
	bool read = false;

	for (size_t i = 0; i < g->n_on; i++) {
		struct held *h = run_held(r, g->on[i]);
		struct record *rec;

		if (!h || !h->text.n)
			continue;
		gate_meets(r, g, g->on[i]);
		rec = gate_record(r, g, g->on[i]);
		if (!rec)
			continue;
		read = true;
		if (sv_is(record_action(rec), "block") || record_cut(rec))
			return SV("block");
		if (sv_is(record_action(rec), "ask"))
			worst = SV("ask");
	}
	return !read && answers_block(r, g) ? SV("block") : worst;
}

static bool gate_reads(const struct gate *g, struct sv slot)
{
	for (size_t i = 0; i < g->n_on; i++)
		if (sv_eq(g->on[i], slot))
			return true;
	for (size_t i = 0; i < g->n_with; i++)
		if (sv_eq(g->with[i], slot))
			return true;
	return false;
}

/* The frame is closed and nothing returns to it. */
static void gate_block(struct run *r, const struct gate *g)
{
	struct person *p = run_person(r, SV("person"));
	struct frame *f = run_frame(r);

	run_visit(r, f->dialog, f->step, SV("blocked"));
	if (!g->lane.n) {
		run_goto(r, &g->blocked);
		return;
	}
	talk_clear(r->talk);
	run_forget_records(r);
	/* words that were paused before are paused for the reason of then */
	lane_enter(r, p && p->lock.n ? p->lock : g->lane, 2, p ? p->id : 0);
}

bool gates_pass(struct run *r, struct sv changed)
{
	struct frame *f = run_frame(r);
	const struct dialog *d = f ? run_dialog(r, f) : NULL;

	for (size_t i = 0; d && i < d->n_gates; i++) {
		const struct gate *g = &d->gates[i];
		struct sv action;

		if (changed.n && !gate_reads(g, changed))
			continue;
		action = gate_action(r, g);
		if (sv_is(action, "block")) {
			gate_block(r, g);
			return false;
		}
		if (sv_is(action, "ask") && g->ask >= 0) {
			struct target t = { g->ask, SV(""), true };

			run_goto(r, &t);
			return false;
		}
	}
	return true;
}

/* ---- taking an answer --------------------------------------------------------------- */

static void remember_undo(struct run *r, const struct step *st)
{
	struct talk *t = r->talk;
	const struct held *h = st->into.n ? run_held(r, st->into) : NULL;
	struct undo *u;

	if (t->n_back == MAX_BACK) {
		memmove(&t->back[0], &t->back[1], (MAX_BACK - 1) * sizeof t->back[0]);
		t->n_back--;
	}
	u = &t->back[t->n_back++];
	*u = (struct undo){ .depth = t->n, .step = run_frame(r)->step, .slot = st->into };
	if (h)
		u->old = *h;
	u->slot = arena_sv(r->ss->arena, st->into);
}

void answer_told(struct run *r, struct sv slot)
{
	const struct dialog *d = run_dialog(r, run_frame(r));
	struct frame *f = run_frame(r);
	struct sv now = f->step;

	for (int i = 0; i < d->n_steps; i++)
		if (d->steps[i].verb == DO_ASK && sv_eq(d->steps[i].into, slot)) {
			f->step = d->steps[i].id;
			remember_undo(r, &d->steps[i]);
			f->step = now;
			return;
		}
}

static void set_all(struct run *r, const struct assignment *sets, size_t n)
{
	struct scope scope = run_scope(r);

	for (size_t i = 0; i < n; i++) {
		struct value v = expr_eval(sets[i].expr, &scope);

		if (v.kind == VALUE_NUMBER)
			v.text = sv_from(arena_printf(r->a, "%lld", (long long)v.number));
		run_store(r, sets[i].slot, v.text, SV(""), 0);
	}
}

static void took(struct run *r, const struct step *st, const struct choice_def *c)
{
	r->talk->waiting = false;
	r->ss->lost = 0;
	run_frame(r)->rung = 0;
	if (c) {
		run_visit(r, run_frame(r)->dialog, st->id, sv_from(arena_printf(r->a, "choice:%.*s",
		    SV_ARG(c->id))));
		set_all(r, c->sets, c->n_sets);
	}
	if (st->into.n && !gates_pass(r, st->into))
		return;
	if (c && c->to.set)
		run_goto(r, &c->to);
	else
		run_after(r, st);
}

static struct sv person_slot(struct run *r, struct sv read)
{
	struct sv rest = read, relation = SV(""), name;

	sv_split(&rest, ':', &relation);
	name = rest.p ? rest : SV("");
	return sv_from(arena_printf(r->a, "p%d", run_meet(r, sv_from(arena_printf(r->a,
	    "%.*s||%.*s", SV_ARG(relation), SV_ARG(name))))->id));
}

bool answer_correction(struct run *r)
{
	const struct step *st = run_step(r);

	for (size_t i = 0; st && r->talk->waiting && st->verb == DO_ASK && i < st->n_choices; i++)
		if (st->choices[i].corrects) {
			remember_undo(r, st);
			took(r, st, &st->choices[i]);
			return true;
		}
	return false;
}

/* Whom the message names; where that is not clear ("not my dad my brother") the one
 * whom the talk is not about yet.  "": nobody new. */
static struct sv person_named(struct run *r)
{
	const struct held *now = run_held(r, SV("person"));
	struct sv was = now ? now->text : SV("");

	for (int i = 0; i < r->msg->n_words; i++) {
		struct sv rest = message_quote(r->msg, (struct span){ i, r->msg->n_words });
		struct read_result res = reader_read(r->lang->readers, SV("person"),
		    reading_beside(r->reading, r->lang, rest), 0, r->a);
		struct sv who = res.status == READ_VALUE ? person_slot(r, read_text(&res, r->a)) : SV("");

		if (who.n && (i == 0 || !sv_eq(who, was)))
			return sv_eq(who, was) ? SV("") : who;
	}
	return SV("");
}

bool answer_other_person(struct run *r)
{
	const struct dialog *d = r->talk->n ? run_dialog(r, run_frame(r)) : NULL;
	const struct step *st = run_step(r);
	struct sv who;

	if (!d || !st || !dialog_slot(d, SV("person")) || sv_is(st->reader, "person")
	    || !r->lang->readers || !readers_has(r->lang->readers, SV("person")))
		return false;
	who = person_named(r);
	if (who.n)
		run_store(r, SV("person"), who, SV(""), 0);
	return who.n > 0;
}

/* Words are kept with their degree: "a bit hurt". */
static bool is_words(const struct run *r, const struct step *st)
{
	const struct slot_def *def = dialog_slot(run_dialog(r, run_frame(r)), st->into);

	return def && (def->type == SLOT_WORDS || def->type == SLOT_WORD);
}

static void store_read(struct run *r, const struct step *st, struct sv text)
{
	const struct dialog *d = run_dialog(r, run_frame(r));
	const struct slot_def *def = dialog_slot(d, st->into);

	if (!st->into.n)
		return;
	if (def && def->type == SLOT_PERSON) {
		run_store(r, st->into, person_slot(r, text), SV(""), 0);
		return;
	}
	run_store(r, st->into, text, SV(""), 0);
}

/* Stores one row or choice; the slot's type decides what of it. */
static const struct choice_def *store_pick(struct run *r, const struct step *st,
    const struct options *o, int pick)
{
	size_t first = o->n - st->n_choices;
	const struct choice_def *c = (size_t)pick >= first ? &st->choices[(size_t)pick - first] : NULL;

	if (!st->into.n || (c && c->no_store))
		return c;
	if (!c && st->from.grid && o->rows)
		run_store(r, st->into, o->ids[pick], st->from.grid->name, o->rows[pick]);
	else
		run_store(r, st->into, o->ids[pick], SV(""), 0);
	return c;
}

static bool several(const struct run *r, const struct step *st)
{
	return st->reader.n && r->lang->readers && reader_several(r->lang->readers, st->reader);
}

static void join_item(struct str *s, struct sv item)
{
	str_addf(s, "%s%.*s", s->n ? ", " : "", SV_ARG(item));
}

/* Does the reader read this choice too, or what it was picked by? */
static bool read_as_well(const struct read_result *read, struct sv id, int word, bool numbered)
{
	for (size_t i = 0; i < read->n; i++) {
		const struct read_value *v = &read->values[i];

		if (sv_eq(v->row, id) || (!numbered && word >= v->words.first && word < v->words.last))
			return true;
	}
	return false;
}

/* Numbers, labels and typed values join in one answer, as they were said: "2 and
 * a bit hurt". */
static const struct choice_def *store_several(struct run *r, const struct step *st,
    const struct options *o, const struct option_result *res)
{
	STR_AUTO s = STR_INIT;
	struct read_result read = reader_read(r->lang->readers, st->reader, r->reading,
	    run_local(r, r->ev->now), r->a);
	const struct choice_def *c = NULL;
	size_t first = o->n - st->n_choices, k = 0;

	if (read.status != READ_VALUE)
		read.n = 0;
	for (size_t i = 0; i < res->n; i++) {
		size_t at = (size_t)res->picks[i];

		c = at >= first ? &st->choices[at - first] : NULL;
		if (c && (c->no_store || c->other))
			return c;
		for (; k < read.n && read.values[k].words.first < res->at[i]; k++)
			join_item(&s, read.values[k].text);
		if (!read_as_well(&read, o->ids[at], res->at[i], res->numbered[i]))
			join_item(&s, o->ids[at]);
	}
	for (; k < read.n; k++)
		join_item(&s, read.values[k].text);
	run_store(r, st->into, str_sv(&s), SV(""), 0);
	return res->n == 1 ? c : NULL;
}

/* Of two choices hit, the one that any gate blocks counts; -1 where none reads them. */
static int blocking_pick(struct run *r, const struct step *st, const struct options *o,
    const struct option_result *res)
{
	const struct dialog *d = run_dialog(r, run_frame(r));
	bool reads = false;

	for (size_t k = 0; k < d->n_gates; k++) {
		if (!gate_reads(&d->gates[k], st->into))
			continue;
		reads = true;
		for (size_t i = 0; i < res->n; i++) {
			store_pick(r, st, o, res->picks[i]);
			if (sv_is(gate_action(r, &d->gates[k]), "block"))
				return res->picks[i];
		}
	}
	if (!reads)
		return -1;
	run_unset(r, st->into);
	return res->picks[res->n - 1];
}

static enum answer ask_which(struct run *r)
{
	say_line(r, "which-one");
	run_ask_again(r);
	return ANSWER_TAKEN;
}

static enum answer ask_renumbered(struct run *r)
{
	say_line(r, "reload-moved");
	run_ask_again(r);
	return ANSWER_TAKEN;
}

/* "1, and we meet at four": what stands behind the number, without the word
 * that joins it, goes into the step's own slot for it. */
static void store_rest(struct run *r, const struct step *st, const struct option_result *res)
{
	uint32_t joins = lexicon_list_symbol(r->msg->lexicon, r->lang->locale, SV("joiner"));
	struct span s = { res->at[0] + 1, r->msg->n_words };

	run_unset(r, st->rest);
	if (!res->by_position || res->n != 1)
		return;
	while (joins && s.first < s.last && message_mark(r->msg, joins, s.first))
		s.first++;
	if (s.last - s.first > 1)
		run_store(r, st->rest, message_quote(r->msg, s), SV(""), 0);
}

static enum answer take_picks(struct run *r, const struct step *st, const struct options *o,
    const struct option_result *res)
{
	const struct choice_def *c;
	int pick;

	if (res->picks[0] < 0)
		return ANSWER_NOTHING;  /* "you choose" chooses nothing: asked again */
	pick = res->picks[0];
	if (several(r, st) && st->into.n) {
		remember_undo(r, st);
		c = store_several(r, st, o, res);
		took(r, st, c);
		return ANSWER_TAKEN;
	}
	if (res->n > 1) {
		pick = st->into.n ? blocking_pick(r, st, o, res) : -1;
		if (pick < 0)
			return ask_which(r);
	}
	remember_undo(r, st);
	c = store_pick(r, st, o, pick);
	if (st->rest.n)
		store_rest(r, st, res);
	took(r, st, c);
	return ANSWER_TAKEN;
}

/* So many words are so many bytes at most: one word of a thousand letters is none. */
enum { WORD_MEAN = 10, WORD_SLACK = 40 };

static bool checks_pass(struct run *r, const struct step *st)
{
	if (st->words_min && r->msg->n_words < st->words_min)
		return false;
	if (st->words_max && (r->msg->n_words > st->words_max
	    || r->msg->raw.n > (size_t)st->words_max * WORD_MEAN + WORD_SLACK))
		return false;
	return st->check_not == PHRASE_NONE || !message_match_whole(r->msg, st->check_not,
	    (struct span){ 0, r->msg->n_words });
}

static enum answer read_offer(struct run *r, const struct step *st)
{
	struct read_result res;

	if (!r->lang->readers || !readers_has(r->lang->readers, SV("yesno")))
		return ANSWER_NOTHING;
	res = reader_read(r->lang->readers, SV("yesno"), r->reading, 0, r->a);
	if (res.status != READ_VALUE)
		return ANSWER_NOTHING;
	r->talk->waiting = false;
	if (sv_is(res.values[0].text, "yes"))
		run_call(r, st);
	else
		run_after(r, st);
	return ANSWER_TAKEN;
}

static void listen_on(struct run *r, const struct step *st, struct sv text)
{
	const struct held *h = run_held(r, st->into);
	STR_AUTO s = STR_INIT;

	if (h)
		str_addf(&s, "%.*s\n", SV_ARG(h->text));
	str_add(&s, text);
	run_store(r, st->into, str_sv(&s), SV(""), 0);
}

/* A listening question collects until its end word, alone or at the end of a
 * message; the rest gets a receipt now and then, or nothing. */
static enum answer read_listen(struct run *r, const struct step *st)
{
	struct read_result res = reader_read(r->lang->readers, st->reader, r->reading, 0, r->a);
	const struct read_value *v = res.status == READ_VALUE && res.n ? &res.values[0] : NULL;

	if (v && sv_is(v->row, "done") && v->words.last == r->msg->n_words) {
		remember_undo(r, st);
		if (v->words.first > 0)
			listen_on(r, st, message_quote(r->msg, (struct span){ 0, v->words.first }));
		took(r, st, NULL);
		return ANSWER_TAKEN;
	}
	listen_on(r, st, r->ev->text);
	if (count_add(r->ss, &run_frame(r)->visits, SV("listened")) % 4 == 0)
		say_line(r, "listening");
	say_flush(r, NULL, 0);
	r->asked = true;
	return ANSWER_TAKEN;
}

static enum answer read_open(struct run *r, const struct step *st)
{
	struct read_result res;

	if (!checks_pass(r, st) || !r->msg->n_words)
		return ANSWER_REFUSED;
	if (!st->reader.n) {
		remember_undo(r, st);
		store_read(r, st, sv_trim(r->ev->text));
		took(r, st, NULL);
		return ANSWER_TAKEN;
	}
	res = reader_read(r->lang->readers, st->reader, r->reading, run_local(r, r->ev->now), r->a);
	if (res.status == READ_WHICH)
		return ask_which(r);
	if (res.status != READ_VALUE || !res.n)
		return ANSWER_REFUSED;
	remember_undo(r, st);
	store_read(r, st, is_words(r, st) ? read_said(&res, r->a) : read_text(&res, r->a));
	took(r, st, NULL);
	return ANSWER_TAKEN;
}

/* What fits no row goes to the question that the row "other" leads to. */
static enum answer hand_over(struct run *r, const struct step *st)
{
	for (size_t i = 0; i < st->n_choices; i++) {
		const struct choice_def *c = &st->choices[i];
		struct sv back = run_frame(r)->step;
		int rung = run_frame(r)->rung;

		if (!c->other || !c->to.set || c->to.step < 0 || r->msg->n_words < 2)
			continue;
		run_goto(r, &c->to);
		r->talk->waiting = true;
		if (run_step(r)->verb == DO_ASK && read_open(r, run_step(r)) == ANSWER_TAKEN)
			return ANSWER_TAKEN;
		run_frame(r)->step = back;
		run_frame(r)->rung = rung;
	}
	return ANSWER_NOTHING;
}

static bool leads_on(const struct step *st)
{
	for (size_t i = 0; i < st->n_choices; i++)
		if (st->choices[i].other && !st->choices[i].leftover && st->choices[i].to.set)
			return true;
	return false;
}

/* A question whose rows are only beside it: any text answers. */
static bool takes_text(const struct run *r, const struct step *st)
{
	return st->reader.n && st->into.n && r->lang->readers && !reader_closed(r->lang->readers, st->reader)
	    && !sv_is(st->reader, "listen");
}

/* Beside the row "in 3 days", "in 5 days" is a value of its own: it counts where it
 * takes in a word that the row was not picked by.  Where several count together, it does
 * so beside what was not even offered: "idk, sad i guess". */
static bool value_says_more(const struct run *r, const struct step *st, const struct options *o,
    const struct option_result *res, const struct read_result *value)
{
	bool unseen = res->n == 1 && (size_t)res->picks[0] >= o->n_listed;

	if (res->by_position || value->status != READ_VALUE || (several(r, st) && !unseen)
	    || (value->n != 1 && !unseen))
		return false;
	for (int i = value->values[0].words.first; i < value->values[0].words.last; i++)
		if (!res->used[i])
			return true;
	return false;
}

/* "sad, more than anything": a value with a few words around it tells nothing else. */
static bool value_is_all(const struct option_result *res, const struct read_result *value)
{
	enum { FEW = 4 };

	return res->beyond < FEW && value->status == READ_VALUE;
}

/* What a closed reader makes of it, beside the rows. */
static struct read_result closed_value(struct run *r, const struct step *st)
{
	if (!st->reader.n || !reader_closed(r->lang->readers, st->reader))
		return (struct read_result){ .status = READ_NOTHING };
	return reader_read(r->lang->readers, st->reader, r->reading, run_local(r, r->ev->now), r->a);
}

enum answer answer_read(struct run *r, bool closed)
{
	const struct step *st = run_step(r);
	struct options o;
	struct option_result res;
	bool is_closed;

	if (!st || !r->talk->waiting)
		return ANSWER_NOTHING;
	if (st->verb == DO_OFFER)
		return read_offer(r, st);
	o = run_options(r, st);
	if (o.n && r->lang->readers) {
		bool picked, more, says;
		struct read_result value;

		res = options_read(r->lang->readers, r->reading, o.items, o.n,
		    several(r, st) && st->into.n, r->a);
		if (res.by_position && r->renumbered)
			return ask_renumbered(r);
		/* says more than the row does: intents come first, then the reader of any
		 * text or the question that the row "other" leads to, the row itself last */
		picked = res.status == READ_VALUE && res.n;
		value = picked && !res.by_position ? closed_value(r, st)
		    : (struct read_result){ .status = READ_NOTHING };
		says = picked && value_says_more(r, st, &o, &res, &value);
		more = picked && !res.by_position && !says && res.beyond >= r->s->limits.told_words
		    && !value_is_all(&res, &value) && (leads_on(st) || takes_text(r, st));
		if (more && closed)
			return ANSWER_NOTHING;
		if (more && (takes_text(r, st) ? read_open(r, st) : hand_over(r, st)) == ANSWER_TAKEN)
			return ANSWER_TAKEN;
		if (picked && !says)
			return take_picks(r, st, &o, &res);
		if (res.status == READ_WHICH && closed)
			return res.n ? take_picks(r, st, &o, &res) : ask_which(r);
	}
	if (sv_is(st->reader, "listen"))
		return closed ? ANSWER_NOTHING : read_listen(r, st);
	is_closed = st->reader.n && r->lang->readers && reader_closed(r->lang->readers, st->reader);
	if (closed != is_closed)
		return closed ? ANSWER_NOTHING : hand_over(r, st);
	if (!st->reader.n && o.n)
		return hand_over(r, st);
	return read_open(r, st) == ANSWER_TAKEN ? ANSWER_TAKEN
	    : is_closed ? ANSWER_REFUSED : hand_over(r, st);
}

/* ---- when it did not fit ----------------------------------------------------------------- */

static void out_of_ladder(struct run *r, const struct step *st)
{
	const struct ladder *l = st->repair;

	run_visit(r, run_frame(r)->dialog, st->id, SV("rung:out"));
	if (l->has_out_say)
		say_text(r, &l->out_say, 0);
	if (l->out == OUT_VALUE && st->into.n) {
		remember_undo(r, st);
		run_store(r, st->into, l->out_value, SV(""), 0);
		took(r, st, NULL);
		return;
	}
	r->talk->waiting = false;
	if (l->out == OUT_END)
		run_end(r, SV("left"));
	else if (st->skip.set)
		run_goto(r, &st->skip);
	else
		run_after(r, st);
}

static bool tells_of_others(const struct reading *r)
{
	for (int i = 0; i < r->n_clauses; i++)
		if (r->clauses[i].who == SUBJECT_OTHER && !span_empty(r->clauses[i].subject))
			return true;
	return false;
}

/* "Betrayed", where something else was asked: said back in the words that were typed. */
static bool heard_beside(struct run *r, const struct ladder *l)
{
	enum { SHORT = 6 };             /* words; a longer one is a story */
	struct read_result res;
	struct span words;

	if (!l->hears.n || !r->lang->readers || !readers_has(r->lang->readers, l->hears)
	    || tells_of_others(r->reading))
		return false;
	res = reader_read(r->lang->readers, l->hears, r->reading, 0, r->a);
	if (res.status != READ_VALUE || !res.n)
		return false;
	words = (struct span){ res.values[0].words.first, res.values[res.n - 1].words.last };
	if (span_empty(words) || span_length(words) > SHORT)
		return false;
	run_extra(r, "heard", message_quote(r->msg, words));
	return true;
}

/* What an answer that does not fit is met with: it may have told something all the same. */
static const struct text *rung_text(struct run *r, const struct ladder *l, int rung)
{
	if (!rung && heard_beside(r, l))
		return &l->heard;
	if (l->n_told && r->msg->n_words >= r->s->limits.told_from)
		return &l->told[(size_t)rung < l->n_told ? (size_t)rung : l->n_told - 1];
	return &l->rungs[rung];
}

void answer_repair(struct run *r)
{
	const struct step *st = run_step(r);
	struct frame *f = run_frame(r);
	struct options o;
	const struct ladder *l;

	if (!st || !f)
		return;
	l = st->repair;
	if (st->repair_silent || !l) {
		if (!st->repair_silent)
			run_ask_again(r);
		r->asked = true;
		return;
	}
	if (f->rung >= (int)l->n_rungs) {
		out_of_ladder(r, st);
		return;
	}
	say_text(r, rung_text(r, l, f->rung), 0);
	f->rung++;
	run_visit(r, f->dialog, st->id, sv_from(arena_printf(r->a, "rung:%d", f->rung)));
	o = run_options(r, st);
	run_menu(r, &o);
	say_flush(r, o.shown, o.n_listed);
	r->asked = true;
}

bool answer_skip(struct run *r)
{
	const struct step *st = run_step(r);

	if (!st || !r->talk->waiting)
		return false;
	if (!st->may_skip)
		return false;
	run_visit(r, run_frame(r)->dialog, st->id, SV("skip"));
	remember_undo(r, st);
	r->talk->waiting = false;
	if (st->skip.set)
		run_goto(r, &st->skip);
	else
		run_after(r, st);
	return true;
}

/* The newest answer whose question the script still has. */
static bool newest_answer(struct run *r, struct undo *u)
{
	struct talk *t = r->talk;

	while (t->n && t->n_back) {
		const struct dialog *d;

		*u = t->back[--t->n_back];
		d = u->depth <= t->n ? run_dialog(r, &t->frames[u->depth - 1]) : NULL;
		if (d && dialog_step_number(d, u->step) >= 0)
			return true;
	}
	return false;
}

bool answer_back(struct run *r, bool quietly)
{
	struct talk *t = r->talk;
	struct undo u;

	if (!newest_answer(r, &u))
		return false;
	t->n = u.depth;
	run_forget_records(r);
	if (u.slot.n) {
		if (u.old.name.n)
			run_store(r, u.slot, u.old.text, u.old.grid, u.old.row);
		else
			run_unset(r, u.slot);
	}
	run_frame(r)->step = u.step;
	t->waiting = false;
	if (!quietly)
		say_line(r, "went-back");
	return true;
}
