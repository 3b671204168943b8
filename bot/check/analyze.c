#include "check/analyze.h"

#include <string.h>

#include "base/xalloc.h"
#include "engine/run.h"
#include "language/leaning.h"

struct job {
	const struct script *script;
	const struct language *lang;
	const json_t *input;
	struct arena *arena;
	struct message *msg;
	struct reading *reading;
	struct tag_best best;           /* of the lane */
	const struct tags **lane_sets; size_t n_lane_sets;
	bool explain;
	json_t *out;
};

static json_t *text_json(struct sv s)
{
	json_t *t = json_stringn(s.p, s.n);

	return t ? t : json_string("");
}

static struct sv text_at(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? (struct sv){ json_string_value(v), json_string_length(v) } : SV("");
}

static json_t *value_json(const struct value *v)
{
	json_t *list;

	switch (v->kind) {
	case VALUE_NUMBER: return json_integer(v->number);
	case VALUE_TEXT: return text_json(v->text);
	case VALUE_SET:
		list = json_array();
		for (size_t i = 0; i < v->n; i++)
			json_array_append_new(list, text_json(v->items[i]));
		return list;
	case VALUE_NONE: break;
	}
	return NULL;
}

/* {"first":FIELD,"else":TEXT}: a set reads as its first member. */
static json_t *first_json(struct record *rec, const json_t *spec)
{
	struct value v = record_get(rec, text_at(spec, "first"));

	if (v.kind == VALUE_SET && v.n)
		return text_json(v.items[0]);
	return text_json(v.kind == VALUE_TEXT ? v.text : text_at(spec, "else"));
}

/* ---- the lane ------------------------------------------------------------------ */

static json_t *hits_json(const struct job *j, const struct tags *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->n; i++) {
		const struct tag_hit *h = &t->hits[i];
		json_t *o = json_object();

		json_object_set_new(o, "rule", text_json(h->rule->id));
		json_object_set_new(o, "tag", text_json(h->rule->tag));
		json_object_set_new(o, "tier", json_integer(h->tier));
		json_object_set_new(o, "quote", text_json(message_quote(j->msg, h->match.words)));
		if (h->guard.n)
			json_object_set_new(o, "guard", text_json(h->guard));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *lane_json(struct job *j)
{
	json_t *o = json_object(), *rules = json_array();

	json_object_set_new(o, "tier", json_integer(j->best.tier));
	json_object_set_new(o, "class", text_json(j->best.class));
	if (j->explain && j->lang->leaning)
		json_object_set_new(o, "lean", json_integer(leaning_of(j->lang->leaning, j->msg).lead));
	json_object_set_new(o, "about", text_json(!j->best.tier ? SV("none")
	    : j->best.about.n ? j->best.about : SV("self")));
	for (size_t i = 0; i < j->n_lane_sets; i++)
		for (size_t k = 0; k < j->lane_sets[i]->n; k++)
			json_array_append_new(rules, text_json(j->lane_sets[i]->hits[k].rule->id));
	json_object_set_new(o, "rules", rules);
	if (j->explain) {
		json_t *why = json_array();

		for (size_t i = 0; i < j->n_lane_sets; i++)
			json_array_append_new(why, hits_json(j, j->lane_sets[i]));
		json_object_set_new(o, "explain", why);
	}
	return o;
}

/* ---- intents --------------------------------------------------------------------- */

static struct sv intent_name(struct job *j, const json_t *spec)
{
	const struct intent *in;
	struct sv lane = text_at(spec, "lane");

	if (lane.n && j->best.tier >= 2)
		return lane;
	in = intent_judge(j->script, j->reading, HEAR_IDLE, j->arena);
	return in ? in->name : SV("none");
}

/* ---- analyses --------------------------------------------------------------------- */

static const struct frames *frames_named(const struct script *s, struct sv name)
{
	for (size_t i = 0; i < s->n_dialogs; i++)
		for (size_t k = 0; k < s->dialogs[i]->n_frames; k++)
			if (sv_eq(frames_name(s->dialogs[i]->frames[k]), name))
				return s->dialogs[i]->frames[k];
	return NULL;
}

/* "input.KEY" through its reader: words where it reads several, else text. */
static void piece_from_input(struct job *j, const json_t *spec, struct sv slot, struct sv key,
    struct piece *p)
{
	struct sv text = text_at(j->input, arena_str(j->arena, key));
	struct sv reader = text_at(json_object_get(spec, "readers"), arena_str(j->arena, slot));
	struct read_result res;

	if (!text.n)
		return;
	p->reading = reading_beside(j->reading, j->lang, text);
	p->text = text;
	p->kind = PIECE_TEXT;
	if (reader.n && j->lang->readers && readers_has(j->lang->readers, reader)) {
		res = reader_read(j->lang->readers, reader, p->reading, 0, j->arena);
		if (res.status != READ_VALUE || !res.n) {
			p->kind = PIECE_NONE;
			return;
		}
		if (reader_several(j->lang->readers, reader)) {
			struct sv *words = ARENA_ARRAY(j->arena, struct sv, res.n);

			for (size_t i = 0; i < res.n; i++)
				words[i] = res.values[i].text;
			p->kind = PIECE_WORDS;
			p->words = words;
			p->n_words = res.n;
			p->chosen = true;
			return;
		}
		p->text = read_text(&res, j->arena);
		p->reading = reading_beside(j->reading, j->lang, p->text);
	}
	if (p->reading->n_clauses) {
		const struct clause **cs = ARENA_ARRAY(j->arena, const struct clause *,
		    p->reading->n_clauses);

		for (int i = 0; i < p->reading->n_clauses; i++)
			cs[i] = &p->reading->clauses[i];
		p->clauses = cs;
		p->n_clauses = (size_t)p->reading->n_clauses;
		if (cs[0]->head < 0)
			p->kind = PIECE_CLAUSES;        /* no act: a form may refuse it */
	}
}

static json_t *draft_json(struct job *j, struct record *rec, const json_t *spec)
{
	const struct frames *fr = frames_named(j->script, text_at(spec, "frames"));
	const json_t *sources = json_object_get(spec, "pieces");
	size_t n = fr ? frames_slots(fr) : 0;
	struct piece *pieces = ARENA_ARRAY(j->arena, struct piece, n);
	struct voice voice = { SV("draft"), grammar_other_pronoun(j->reading), true };
	struct composed c = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct sv slot = frames_slot(fr, i);
		struct sv path = text_at(sources, arena_str(j->arena, slot));

		pieces[i].source = slot;
		if (sv_starts(path, SV("input.")))
			piece_from_input(j, spec, slot, sv_sub(path, 6, path.n), &pieces[i]);
		else if ((pieces[i].n_clauses = record_clauses(rec, path, &pieces[i].clauses))) {
			pieces[i].kind = PIECE_CLAUSES;
			pieces[i].reading = j->reading;
			pieces[i].text = j->msg->raw;
		}
	}
	if (!fr || !compose(fr, j->reading, text_at(spec, "register"), pieces, false, &voice, NULL, NULL,
	    j->arena, &c))
		return NULL;
	return text_json(c.text);
}

static json_t *ask_json(struct job *j, const json_t *spec)
{
	const struct dialog *d = script_dialog(j->script, text_at(spec, "dialog"), j->lang->locale);
	int n = d ? dialog_step_number(d, text_at(spec, "step")) : -1;

	return n < 0 || !d->steps[n].say.n ? NULL : text_json(d->steps[n].say.variants[0].source);
}

/* One reason a kind that was found, with the words that showed it. */
static json_t *why_json(struct job *j, struct record *rec, const json_t *spec)
{
	const struct dialog *d = script_dialog(j->script, text_at(spec, "dialog"), j->lang->locale);
	const struct grid *g = script_grid(j->script, d, text_at(spec, "table"));
	struct sv key = text_at(spec, "key"), column = text_at(spec, "text"), set = text_at(spec, "quotes");
	json_t *list = json_array();
	const struct tags **sets;
	size_t n = record_tags(rec, &sets);

	for (size_t i = 0; i < n; i++) {
		if (!sv_eq(ruleset_name(sets[i]->set), set))
			continue;
		for (size_t k = 0; k < sets[i]->n && json_array_size(list) < 2; k++)
			for (size_t row = 0; g && row < g->n_rows; row++) {
				const struct cell *c = grid_cell(g, row, key), *t = grid_cell(g, row, column);
				json_t *o;

				if (!c || !t || !sv_eq(c->text, sets[i]->hits[k].rule->tag))
					continue;
				o = json_object();
				json_object_set_new(o, "kind", text_json(c->text));
				json_object_set_new(o, "quote", text_json(message_quote(j->msg,
				    sets[i]->hits[k].match.words)));
				json_object_set_new(o, "text", text_json(t->text));
				json_array_append_new(list, o);
				break;
			}
	}
	return list;
}

static struct sv gate_outcome(struct job *j, const json_t *gate)
{
	const struct analysis *an = language_analysis(j->lang, text_at(gate, "analysis"));
	struct record *rec = an ? analysis_run(an, j->reading, NULL, j->arena) : NULL;

	return rec ? text_at(gate, arena_str(j->arena, record_action(rec))) : SV("");
}

/* {"with":{"wish":"input.rehearse.ask"}}: the slots that the rows may read. */
struct heard { const struct job *job; const json_t *with; };

static struct value heard_value(void *ctx, struct sv name)
{
	const struct heard *g = ctx;
	struct sv path = text_at(g->with, arena_str(g->job->arena, name)), key;
	const json_t *at = g->job->input;

	sv_split(&path, '.', &key);               /* "input" */
	while (json_is_object(at) && sv_split(&path, '.', &key))
		at = json_object_get(at, arena_str(g->job->arena, key));
	return json_is_string(at)
	    ? value_text((struct sv){ json_string_value(at), json_string_length(at) })
	    : (struct value){ 0 };
}

/* {"field":"marks","lane":"unsafe"}: one field is the whole answer; what the
 * lane answers fully is the one word that "lane" gives. */
static json_t *field_json(struct job *j, struct record *rec, const json_t *spec)
{
	struct sv lane = text_at(spec, "lane");
	struct value got = record_get(rec, text_at(spec, "field"));

	if (lane.n && j->best.tier >= 2)
		return json_pack("[o]", text_json(lane));
	return value_json(&got);
}

static json_t *analysis_json(struct job *j, json_t *spec)
{
	static const char *const own[] = { "analysis", "action", "gate", "ask", "draft", "why", "needs",
		"lane", "with", "//" };
	const struct analysis *an = language_analysis(j->lang, text_at(spec, "analysis"));
	struct heard given = { j, json_object_get(spec, "with") };
	struct scope with = { .get = heard_value, .ctx = &given };
	struct record *rec = an ? analysis_run(an, j->reading, given.with ? &with : NULL, j->arena) : NULL;
	struct sv action, gated;
	json_t *o, *v, *value;
	const char *key;

	if (!rec)
		return NULL;
	if (json_object_get(spec, "field"))
		return field_json(j, rec, spec);
	o = json_object();
	action = record_action(rec);
	gated = gate_outcome(j, json_object_get(spec, "gate"));
	if (text_at(spec, "lane").n && j->best.tier >= 2)
		gated = text_at(spec, "lane");
	json_object_set_new(o, "action", gated.n ? text_json(gated) : text_json(action));
	json_object_foreach(spec, key, v) {
		bool mine = false;

		for (size_t i = 0; i < COUNT(own); i++)
			mine = mine || strcmp(key, own[i]) == 0;
		if (!mine && json_is_string(v)) {
			struct value got = record_get(rec, text_at(spec, key));

			if ((value = value_json(&got)))
				json_object_set_new(o, key, value);
		} else if (!mine && json_object_get(v, "first")) {
			json_object_set_new(o, key, first_json(rec, v));
		}
	}
	if (sv_is(action, "draft") && !gated.n
	    && (value = draft_json(j, rec, json_object_get(spec, "draft"))))
		json_object_set_new(o, "draft", value);
	if (sv_is(action, "ask") && !gated.n && (value = ask_json(j, json_object_get(spec, "ask"))))
		json_object_set_new(o, "ask", value);
	if (json_object_get(spec, "why"))
		json_object_set_new(o, "why", why_json(j, rec, json_object_get(spec, "why")));
	if (j->explain) {
		const struct tags **sets;
		size_t n = record_tags(rec, &sets);
		json_t *why = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(why, hits_json(j, sets[i]));
		json_object_set_new(o, "explain", why);
	}
	return o;
}

/* ---- readers ------------------------------------------------------------------------ */

static json_t *options_json(struct job *j, const json_t *labels)
{
	size_t n = json_array_size(labels);
	struct option *options = ARENA_ARRAY(j->arena, struct option, n);
	struct option_result res;
	STR_AUTO s = STR_INIT;

	for (size_t i = 0; i < n; i++) {
		const json_t *l = json_array_get(labels, i);

		options[i].label = (struct sv){ json_string_value(l), json_string_length(l) };
	}
	res = options_read(j->lang->readers, j->reading, options, n, true, j->arena);
	if (res.status != READ_VALUE)
		return NULL;
	for (size_t i = 0; i < res.n; i++)
		str_addf(&s, "%s%.*s", i ? ", " : "", res.picks[i] < 0
		    ? 3 : (int)options[res.picks[i]].label.n,
		    res.picks[i] < 0 ? "any" : options[res.picks[i]].label.p);
	return res.n ? text_json(str_sv(&s)) : json_string("none");
}

static json_t *read_json(struct job *j, const json_t *spec)
{
	struct sv name = text_at(j->input, "read"), lane = text_at(spec, "lane");
	const json_t *labels = json_object_get(j->input, "options"),
	    *other = json_object_get(spec, "names");
	const struct intent *in;
	struct read_result res;
	json_t *v = NULL;

	if (text_at(other, arena_str(j->arena, name)).n)
		name = text_at(other, arena_str(j->arena, name));
	if (!j->lang->readers)
		return NULL;
	if (j->best.tier >= 2 && lane.n)
		return json_sprintf("digression:%.*s", SV_ARG(lane));
	if (json_is_array(labels)) {
		v = options_json(j, labels);
	} else if (readers_has(j->lang->readers, name)) {
		res = reader_read(j->lang->readers, name, j->reading, 0, j->arena);
		if (res.status == READ_VALUE && res.n
		    && (reader_closed(j->lang->readers, name)
		        || !intent_judge(j->script, j->reading, HEAR_FIRM, j->arena)))
			v = text_json(read_text(&res, j->arena));
	}
	if (v)
		return v;
	in = intent_judge(j->script, j->reading, HEAR_ASKED, j->arena);
	return in ? json_sprintf("digression:%.*s", SV_ARG(in->name)) : json_string("unclear");
}

/* ---- a line -------------------------------------------------------------------------- */

static void fill(struct job *j, const char *field, json_t *spec)
{
	struct sv needs = text_at(spec, "needs");
	json_t *v = NULL;

	if (needs.n && !json_object_get(j->input, arena_str(j->arena, needs)))
		return;
	if (json_is_true(json_object_get(spec, "lane")))
		v = lane_json(j);
	else if (json_object_get(spec, "intents"))
		v = text_json(intent_name(j, spec));
	else if (json_object_get(spec, "reader"))
		v = read_json(j, spec);
	else if (json_object_get(spec, "analysis"))
		v = analysis_json(j, spec);
	if (v)
		json_object_set_new(j->out, field, v);
}

json_t *analyze_fields(const struct script *s)
{
	json_t *file = json_loadb(s->analyze.p, s->analyze.n, 0, NULL);
	json_t *fields = json_incref(json_object_get(file, "analyze"));

	json_decref(file);
	return fields;
}

json_t *analyze(const struct script *s, json_t *fields, struct sv locale, const json_t *input,
    bool explain, struct arena *a)
{
	struct job j = { .script = s, .input = input, .explain = explain, .out = json_object(),
		.arena = a };
	const char *field;
	json_t *spec;

	j.lang = script_language(s, locale);
	j.msg = message_read(s->lexicon, j.lang->locale, text_at(input, "text"), j.arena);
	j.reading = reading_of(j.lang, j.msg);
	j.lane_sets = ARENA_ARRAY(j.arena, const struct tags *, s->n_languages * s->lane.n_rulesets);
	j.best = lane_judge(s, j.reading, j.lane_sets, &j.n_lane_sets);
	for (size_t i = 0; i < s->lane.n_weak && j.best.tier < 1; i++)
		if (lane_weak(&s->lane.weak[i], j.lane_sets, j.n_lane_sets) >= s->lane.weak[i].sum)
			j.best = (struct tag_best){ .tier = 1, .class = s->lane.weak[i].class };
	if (json_object_get(input, "id"))
		json_object_set(j.out, "id", json_object_get(input, "id"));
	json_object_foreach(fields, field, spec)
		fill(&j, field, spec);
	arena_reset(a);
	return j.out;
}
