#include "language/analysis.h"

#include <string.h>

#include "base/xalloc.h"
#include "language/readers.h"
#include "language/story.h"

struct selection {
	struct sv name;
	const struct expr *where;
	const struct sv *prefer; size_t n_prefer;  /* verb kinds, "first", "last" */
	const struct ruleset **lint; size_t n_lint; /* no hit in the clause as "form" says it */
	struct sv form;
	const struct expr **topic; size_t n_topic;  /* the clause to keep to, best row first */
	bool all;
};

struct fact {
	struct sv name;
	const struct expr *expr;
};

struct row {
	const struct expr *test;        /* NULL: else */
	struct sv action;
};

struct hand {
	struct sv slot, field;
};

struct analysis {
	struct sv name, into;
	const struct ruleset **sets; size_t n_sets;
	struct selection *selections; size_t n_selections;
	struct fact *facts; size_t n_facts;
	struct row *rows; size_t n_rows;
	struct hand *hands; size_t n_hands;
	const struct sv *with; size_t n_with;
	const struct sv *actions; size_t n_actions;
	const struct sv *keeps; size_t n_keeps;         /* selections that are needed later */
	bool all;
	bool alone;             /* asks for nothing but the text: one record for a reading */
};

struct record {
	const struct analysis *analysis;
	struct reading *reading;
	const struct scope *with;
	struct arena *arena;
	const struct tags **tags;       /* one for each rule set */
	const struct clause ***clauses; size_t *n_clauses;   /* one list for each selection */
	struct value *facts; bool *fact_known;
	struct sv action;
	const struct sv *marks; size_t n_marks;
	struct scope scope;
	const struct clause *current;   /* while a "where" is tested */
	struct record *next;            /* of the same reading, where it is shared */
};

/* ---- loading ---------------------------------------------------------- */

static const char *const measures[] = { "words", "caps", "questions", "text", "action", "cut" };
static const char *const reserved[] = {
	"analysis", "format", "locale", "rules", "facts", "decide", "all", "into", "with", "set", "keep", "//",
};

static bool listed(const char *const *names, size_t n, struct sv name)
{
	for (size_t i = 0; i < n; i++)
		if (sv_is(name, names[i]))
			return true;
	return false;
}

static bool has_name(const struct analysis *an, struct sv w)
{
	for (size_t i = 0; i < an->n_facts; i++)
		if (sv_eq(an->facts[i].name, w))
			return true;
	for (size_t i = 0; i < an->n_with; i++)
		if (sv_eq(an->with[i], w))
			return true;
	return listed(measures, COUNT(measures), w);
}

static bool is_name(void *ctx, struct sv w)
{
	return has_name(ctx, w);
}

static bool is_attribute(void *ctx, struct sv w)
{
	return clause_attribute_known(w) || has_name(ctx, w);
}

static const struct expr *load_expr(const struct node *n, struct sv text,
    bool (*known)(void *, struct sv), struct analysis *an, struct arena *a)
{
	struct err e = { 0 };
	const struct expr *x = expr_parse(text, known, an, a, &e);

	if (!x)
		node_bad(n, "E601", "%s -- write for example \"count > 0 and main.sure = yes\"", e.text);
	return x;
}

static size_t load_words(struct node *owner, const char *key, const struct sv **out, struct arena *a)
{
	struct node list = node_get(owner, key);
	size_t n = node_count(&list);
	struct sv *items = ARENA_ARRAY(a, struct sv, n);
	size_t i = 0;

	*out = items;
	if (node_is(&list, JSON_OBJECT)) {
		struct node child;
		const char *name;
		size_t k = 0;

		for (size_t at = 0; node_member(&list, &at, &name, &child); k++)
			items[k] = arena_sv(a, sv_from(name));
		return k;
	}
	for (; i < n; i++) {
		struct node x = node_at(&list, i);

		items[i] = arena_sv(a, node_sv(&x));
	}
	return n;
}

/* Rule sets by name; an unknown one is a finding. */
static size_t load_sets(const struct language *l, struct node *list, const struct ruleset ***out,
    struct arena *a)
{
	const struct ruleset **sets = ARENA_ARRAY(a, const struct ruleset *, node_count(list) + 1);
	size_t n = 0;

	for (size_t i = 0; i < node_count(list); i++) {
		struct node x = node_at(list, i);

		sets[n] = language_ruleset(l, node_sv(&x));
		if (sets[n])
			n++;
		else
			node_bad(&x, "E604", "no rule set \"%.*s\" in this locale -- see lang/%.*s/rules/",
			    SV_ARG(node_sv(&x)), SV_ARG(l->locale));
	}
	*out = sets;
	return n;
}

static void load_topic(struct analysis *an, struct selection *s, struct node *n, struct arena *a)
{
	struct node list = node_get(n, "topic");

	s->topic = ARENA_ARRAY(a, const struct expr *, node_count(&list) + 1);
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node x = node_at(&list, i);
		const struct expr *e = load_expr(&x, node_sv(&x), is_attribute, an, a);

		if (e)
			s->topic[s->n_topic++] = e;
	}
}

static void load_selection(struct analysis *an, const struct language *l, const char *name,
    struct node *n, struct arena *a)
{
	struct node lint = node_get(n, "lint");
	struct selection *s = &an->selections[an->n_selections++];
	struct sv of = node_text(n, "of", true), where = node_text(n, "where", false);

	s->name = arena_sv(a, sv_from(name));
	if (!sv_is(of, "clauses"))
		node_bad(n, "E602", "only \"of\":\"clauses\" can be picked from");
	if (where.n)
		s->where = load_expr(n, where, is_attribute, an, a);
	s->n_prefer = load_words(n, "prefer", &s->prefer, a);
	s->all = node_bool(n, "all", false);
	s->n_lint = load_sets(l, &lint, &s->lint, a);
	s->form = arena_sv(a, node_text(n, "as", false));
	load_topic(an, s, n, a);
	node_done(n);
}

static void load_facts(struct analysis *an, struct node *file, struct arena *a)
{
	struct node facts = node_get(file, "facts"), child;
	const char *name;

	an->facts = ARENA_ARRAY(a, struct fact, node_count(&facts));
	for (size_t i = 0; node_member(&facts, &i, &name, &child); )
		an->facts[an->n_facts++].name = arena_sv(a, sv_from(name));
	an->n_facts = 0;
	for (size_t i = 0, k = 0; node_member(&facts, &i, &name, &child); k++) {
		an->n_facts = node_count(&facts);
		an->facts[k].expr = load_expr(&child, node_sv(&child), is_name, an, a);
	}
}

static void load_rows(struct analysis *an, struct node *file, struct arena *a)
{
	struct node rows = node_get(file, "decide");
	struct sv *actions = ARENA_ARRAY(a, struct sv, node_count(&rows));

	an->rows = ARENA_ARRAY(a, struct row, node_count(&rows));
	for (size_t i = 0; i < node_count(&rows); i++) {
		struct node n = node_at(&rows, i);
		struct row *row = &an->rows[an->n_rows++];
		struct sv test = node_text(&n, "if", false);
		bool otherwise = node_bool(&n, "else", false);

		row->action = arena_sv(a, node_text(&n, "action", true));
		if (test.n)
			row->test = load_expr(&n, test, is_name, an, a);
		else if (!otherwise)
			node_bad(&n, "E603", "a row needs \"if\" or \"else\":true");
		actions[an->n_actions++] = row->action;
		node_done(&n);
	}
	an->actions = actions;
	if (!an->n_rows)
		node_bad(file, "E603", "\"decide\" is missing: without rows nothing is concluded");
}

/* Is it the name of one of its rule sets, or of a tag in one? */
static bool is_hits(const struct analysis *an, struct sv name)
{
	for (size_t i = 0; i < an->n_sets; i++)
		if (sv_eq(ruleset_name(an->sets[i]), name) || ruleset_has_tag(an->sets[i], name))
			return true;
	return false;
}

/* Does an expression ask for what stands outside the text? */
static void look_outside(void *ctx, struct sv function, struct sv name)
{
	static const char *const own[] = { "has", "on", "count", "rules", "weight", "tags", "quotes", "form",
		"read", "first", "clamp", "max", "min" };
	struct analysis *an = ctx;

	if (function.n ? !listed(own, COUNT(own), function) || sv_starts(name, SV("overlap("))
	    : !clause_attribute_known(name) && !analysis_field_known(an, name))
		an->alone = false;
	if (sv_is(function, "has") && !is_hits(an, name) && !analysis_field_known(an, name))
		an->alone = false;
}

static void look_at(struct analysis *an, const struct expr *x)
{
	if (x)
		expr_names(x, look_outside, an);
}

static bool asks_nothing_else(struct analysis *an)
{
	an->alone = an->n_with == 0;
	for (size_t i = 0; i < an->n_facts; i++)
		look_at(an, an->facts[i].expr);
	for (size_t i = 0; i < an->n_rows; i++)
		look_at(an, an->rows[i].test);
	for (size_t i = 0; i < an->n_selections; i++) {
		const struct selection *s = &an->selections[i];

		look_at(an, s->where);
		for (size_t k = 0; k < s->n_topic; k++)
			look_at(an, s->topic[k]);
	}
	return an->alone;
}

struct analysis *analysis_load(const struct language *l, struct node *file, struct arena *a)
{
	struct analysis *an = ARENA_NEW(a, struct analysis);
	struct node rules = node_get(file, "rules"), set = node_get(file, "set"), child;
	const char *key;

	an->name = arena_sv(a, node_text(file, "analysis", true));
	an->into = arena_sv(a, node_text(file, "into", false));
	an->all = node_bool(file, "all", false);
	node_int(file, "format", 1);
	node_text(file, "locale", false);
	an->n_sets = load_sets(l, &rules, &an->sets, a);
	an->n_with = load_words(file, "with", &an->with, a);
	an->n_keeps = load_words(file, "keep", &an->keeps, a);
	load_facts(an, file, a);
	an->selections = ARENA_ARRAY(a, struct selection, node_count(file));
	for (size_t i = 0; node_member(file, &i, &key, &child); ) {
		if (listed(reserved, COUNT(reserved), sv_from(key)))
			continue;
		if (!jtree_get(child.value, "of"))
			continue;       /* reported as an unknown key */
		node_has(file, key);
		load_selection(an, l, key, &child, a);
	}
	load_rows(an, file, a);
	an->hands = ARENA_ARRAY(a, struct hand, node_count(&set));
	for (size_t i = 0; node_member(&set, &i, &key, &child); )
		an->hands[an->n_hands++] = (struct hand){ arena_sv(a, sv_from(key)),
			arena_sv(a, node_sv(&child)) };
	an->alone = asks_nothing_else(an);
	node_done(file);
	return an;
}

struct sv analysis_name(const struct analysis *an)
{
	return an->name;
}

const struct analysis *language_analysis(const struct language *l, struct sv name)
{
	for (size_t i = 0; i < l->n_analyses; i++)
		if (sv_eq(l->analyses[i]->name, name))
			return l->analyses[i];
	return NULL;
}

size_t analysis_actions(const struct analysis *an, const struct sv **actions)
{
	*actions = an->actions;
	return an->n_actions;
}

size_t analysis_keeps(const struct analysis *an, const struct sv **selections)
{
	*selections = an->keeps;
	return an->n_keeps;
}

static const struct selection *selection_of(const struct analysis *an, struct sv name, size_t *at)
{
	for (size_t i = 0; i < an->n_selections; i++)
		if (sv_eq(an->selections[i].name, name)) {
			if (at)
				*at = i;
			return &an->selections[i];
		}
	return NULL;
}

bool analysis_field_known(const struct analysis *an, struct sv field)
{
	struct sv head, rest = field;

	if (has_name(an, field) || sv_eq(field, an->into) || sv_is(field, "other"))
		return true;
	for (size_t i = 0; i < an->n_actions; i++)
		if (sv_eq(an->actions[i], field))
			return true;
	sv_split(&rest, '.', &head);
	return selection_of(an, head, NULL) && (!rest.p || clause_attribute_known(rest));
}

bool analysis_hand_over(const struct analysis *an, size_t i, struct sv *slot, struct sv *field)
{
	if (i >= an->n_hands)
		return false;
	*slot = an->hands[i].slot;
	*field = an->hands[i].field;
	return true;
}

/* ---- running ---------------------------------------------------------- */

/* Hits that name speaks of: a rule set's, or a tag's in any of the sets. */
static size_t hits_of(struct record *rec, struct sv name, const struct tag_hit ***out)
{
	size_t n = 0, cap = 0;
	const struct tag_hit **hits;

	for (size_t i = 0; i < rec->analysis->n_sets; i++)
		cap += rec->tags[i]->n;
	hits = ARENA_ARRAY(rec->arena, const struct tag_hit *, cap);
	for (size_t i = 0; i < rec->analysis->n_sets; i++) {
		const struct tags *t = rec->tags[i];
		bool whole = sv_eq(ruleset_name(t->set), name);

		for (size_t k = 0; k < t->n; k++)
			if (whole || sv_eq(t->hits[k].rule->tag, name))
				hits[n++] = &t->hits[k];
	}
	*out = hits;
	return n;
}

static struct value quotes(struct record *rec, struct span *spans, size_t n, size_t max)
{
	STR_AUTO s = STR_INIT;
	struct sv *items = ARENA_ARRAY(rec->arena, struct sv, max);
	size_t kept = 0;

	for (size_t i = 0; i < n && kept < max; i++) {
		bool again = span_empty(spans[i]);

		for (size_t k = 0; k < i; k++)
			again = again || (spans[i].first < spans[k].last && spans[k].first < spans[i].last);
		if (!again)
			items[kept++] = sv_trim(message_quote(rec->reading->message, spans[i]));
	}
	if (!kept)
		return (struct value){ 0 };
	for (size_t i = 0; i < kept; i++) {
		struct sv quoted = arena_sv(rec->arena, items[i]);

		str_clear(&s);
		str_addf(&s, "\"%.*s\"", SV_ARG(quoted));
		items[i] = arena_sv(rec->arena, str_sv(&s));
	}
	str_clear(&s);
	if (rec->reading->language->grammar) {
		grammar_join(rec->reading->language->grammar, items, kept, &s);
	} else {
		for (size_t i = 0; i < kept; i++)
			str_addf(&s, "%s%.*s", i ? ", " : "", SV_ARG(items[i]));
	}
	return value_text(arena_sv(rec->arena, str_sv(&s)));
}

/* Two words count as one when they are equal, forms of one verb, or share a
 * stem (all but three letters, at least four). */
static bool same_stem(const struct language *l, struct sv a, struct sv b)
{
	unsigned forms;
	int va, vb;
	size_t n = 0, shorter = a.n < b.n ? a.n : b.n;

	if (sv_eq(a, b))
		return true;
	va = lexicon_verb(l->lexicon, l->locale, a, &forms);
	vb = va < 0 ? -1 : lexicon_verb(l->lexicon, l->locale, b, &forms);
	if (va >= 0 && va == vb)
		return true;
	while (n < shorter && a.p[n] == b.p[n])
		n++;
	return n >= 4 && a.n - n <= 3 && b.n - n <= 3;
}

static bool is_content(const struct message *m, const struct language *l, int word)
{
	uint32_t list = lexicon_list_symbol(m->lexicon, l->locale, SV("function"));

	return !(m->words[word].flags & WORD_JOINED) && m->words[word].text.n > 1
	    && !(list && message_mark(m, list, word));
}

/* Is it one of the other text's content words that was not yet met? */
static bool meets(const struct message *m, int i, const struct message *o, bool *used,
    const struct language *l)
{
	if (!is_content(m, l, i))
		return false;
	for (int k = 0; k < o->n_words; k++)
		if (!used[k] && is_content(o, l, k)
		    && same_stem(l, m->words[i].text, o->words[k].text)) {
			used[k] = true;
			return true;
		}
	return false;
}

/* A quote begins with the article of its first noun. */
static void take_article(const struct message *m, const struct language *l, struct span *s)
{
	uint32_t list = lexicon_list_symbol(m->lexicon, l->locale, SV("article"));

	if (list && s->first > 0 && message_mark(m, list, s->first - 1)
	    && m->words[s->first - 1].sentence == m->words[s->first].sentence)
		s->first--;
}

/* How many content words of the text stand in `other`; the span over those in
 * the sentence that holds most of them. */
static int overlap(struct record *rec, struct sv other, struct span *over)
{
	struct message *m = rec->reading->message;
	const struct language *l = rec->reading->language;
	struct message *o = message_read(l->lexicon, l->locale, other, rec->arena);
	bool *used = ARENA_ARRAY(rec->arena, bool, o->n_words);
	int n = 0, most = 0;

	*over = (struct span){ 0, 0 };
	for (int s = 0; s < m->n_sentences; s++) {
		struct span w = m->sentences[s].words, here = { 0, 0 };
		int met = 0;

		for (int i = w.first; i < w.last; i++) {
			if (!meets(m, i, o, used, l))
				continue;
			here = (struct span){ met ? here.first : i, i + 1 };
			met++;
		}
		n += met;
		if (met > most) {
			most = met;
			*over = here;
		}
	}
	if (n)
		take_article(m, l, over);
	return n;
}

static struct value get_with(struct record *rec, struct sv name)
{
	if (!rec->with)
		return (struct value){ 0 };
	return rec->with->get(rec->with->ctx, name);
}

/* What weighs most is quoted first, of equals what was said first. */
static void heaviest_first(const struct tag_hit **hits, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && hits[k - 1]->rule->weight < hits[k]->rule->weight; k--) {
			const struct tag_hit *h = hits[k];

			hits[k] = hits[k - 1];
			hits[k - 1] = h;
		}
}

static struct value call_quotes(struct record *rec, struct sv what, size_t max)
{
	const struct tag_hit **hits;
	struct span *spans;
	size_t n;

	if (sv_starts(what, SV("overlap("))) {
		struct sv args = sv_sub(what, 8, what.n - 1), first;
		struct span over;
		struct value v;

		sv_split(&args, ',', &first);
		v = get_with(rec, sv_trim(args));
		if (v.kind != VALUE_TEXT || !overlap(rec, v.text, &over))
			return (struct value){ 0 };
		return quotes(rec, &over, 1, 1);
	}
	n = hits_of(rec, what, &hits);
	heaviest_first(hits, n);
	spans = ARENA_ARRAY(rec->arena, struct span, n);
	for (size_t i = 0; i < n; i++)
		spans[i] = hits[i]->match.words;
	return quotes(rec, spans, n, max);
}

/* The same thing said twice is one. */
static int64_t different_rules(struct record *rec, struct sv tag)
{
	const struct tag_hit **hits;
	size_t n = hits_of(rec, tag, &hits);
	int64_t different = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < i && hits[k]->rule != hits[i]->rule)
			k++;
		different += k == i;
	}
	return different;
}

static struct value call_tags(struct record *rec, struct sv what)
{
	const struct tag_hit **hits;
	size_t n = hits_of(rec, what, &hits), kept = 0;
	struct sv *items = ARENA_ARRAY(rec->arena, struct sv, n);

	for (size_t i = 0; i < n; i++) {
		struct value so_far = { VALUE_SET, 0, { "", 0 }, items, kept };

		if (!value_in(hits[i]->rule->tag, &so_far))
			items[kept++] = hits[i]->rule->tag;
	}
	return (struct value){ VALUE_SET, 0, { "", 0 }, items, kept };
}

static struct value call_form(struct record *rec, struct sv selection, struct sv form)
{
	const struct clause *const *cs;
	struct voice voice = { SV("draft"), grammar_other_pronoun(rec->reading), true };
	STR_AUTO s = STR_INIT;
	size_t n = record_clauses(rec, selection, &cs);

	if (!n || !grammar_form(rec->reading->language->grammar, rec->reading, cs, n, form, &voice, &s))
		return (struct value){ 0 };
	return s.n ? value_text(arena_sv(rec->arena, str_sv(&s))) : (struct value){ 0 };
}

static struct value read_value(struct record *rec, struct sv reader, struct reading *r)
{
	const struct language *l = rec->reading->language;
	struct read_result res;

	if (!readers_has(l->readers, reader))
		return (struct value){ 0 };
	res = reader_read(l->readers, reader, r, 0, rec->arena);
	return res.status == READ_VALUE && res.n ? value_text(read_said(&res, rec->arena))
	    : (struct value){ 0 };
}

static struct reading *first_sentence(struct record *rec)
{
	struct message *m = rec->reading->message;
	int n = m->n_words > 0;

	while (n < m->n_words && !(m->words[n].flags & WORD_SENTENCE))
		n++;
	return reading_beside(rec->reading, rec->reading->language, message_quote(m, (struct span){ 0, n }));
}

/* What a reader finds: in what a tag hit, or in the whole text. */
static struct value call_read(struct record *rec, struct sv reader, struct sv tag)
{
	const struct language *l = rec->reading->language;
	struct reading *r = rec->reading;
	STR_AUTO text = STR_INIT;

	if (tag.n) {
		const struct tag_hit **hits;
		size_t n = hits_of(rec, tag, &hits);

		for (size_t i = 0; i < n; i++) {
			struct sv quote = message_quote(r->message, hits[i]->match.words);

			str_addf(&text, "%.*s. ", SV_ARG(quote));
		}
		if (!n)
			return (struct value){ 0 };
		r = reading_beside(r, l, str_sv(&text));
	}
	return read_value(rec, reader, r);
}

/* Does a hit of this rule set or tag touch a word of the clause that is tested? */
static bool touched(struct record *rec, const struct clause *c, struct sv name)
{
	const struct tag_hit **hits;
	size_t n = hits_of(rec, name, &hits);

	for (size_t i = 0; i < n; i++)
		for (int w = hits[i]->match.words.first; w < hits[i]->match.words.last; w++)
			if (clause_owns(rec->reading, c, w))
				return true;
	return false;
}

static struct value scope_get(void *ctx, struct sv name)
{
	struct record *rec = ctx;

	if (rec->current && clause_attribute_known(name)) {
		struct sv v = clause_attribute(rec->reading, rec->current, name);

		return v.n ? value_text(v) : (struct value){ 0 };
	}
	return record_get(rec, name);
}

static struct value scope_call(void *ctx, struct sv function, const struct sv *args, size_t n)
{
	struct record *rec = ctx;
	const struct tag_hit **hits;
	const struct clause *const *clauses;
	struct sv arg = n ? args[0] : SV("");
	struct span over;
	struct value v;
	int64_t number = 0;

	if (sv_is(function, "has")) {
		if (is_hits(rec->analysis, arg))
			return value_number(hits_of(rec, arg, &hits) > 0);
		v = record_get(rec, arg);
		return value_number(v.kind != VALUE_NONE);
	}
	if (sv_is(function, "on"))
		return value_number(rec->current && touched(rec, rec->current, arg));
	if (sv_is(function, "count") && selection_of(rec->analysis, arg, NULL))
		return value_number((int64_t)record_clauses(rec, arg, &clauses));
	if (sv_is(function, "count"))
		return value_number((int64_t)hits_of(rec, arg, &hits));
	if (sv_is(function, "rules"))
		return value_number(different_rules(rec, arg));
	if (sv_is(function, "weight")) {
		size_t k = hits_of(rec, arg, &hits);

		for (size_t i = 0; i < k; i++)
			number += hits[i]->rule->weight;
		return value_number(number);
	}
	if (sv_is(function, "tags"))
		return call_tags(rec, arg);
	if (sv_is(function, "quotes")) {
		if (n < 2 || !sv_int(args[1], &number) || number < 1)
			number = 2;
		return call_quotes(rec, arg, (size_t)number);
	}
	if (sv_is(function, "form"))
		return call_form(rec, arg, n > 1 ? args[1] : SV("fact"));
	if (sv_is(function, "first"))
		return read_value(rec, arg, first_sentence(rec));
	if (sv_is(function, "read"))
		return call_read(rec, arg, n > 1 ? args[1] : SV(""));
	if (sv_is(function, "overlap")) {
		v = get_with(rec, n > 1 ? args[1] : SV(""));
		return value_number(v.kind == VALUE_TEXT ? overlap(rec, v.text, &over) : 0);
	}
	if (sv_is(function, "length")) {
		v = get_with(rec, arg);
		if (v.kind == VALUE_TEXT)
			return value_number(message_read(rec->reading->language->lexicon,
			    rec->reading->language->locale, v.text, rec->arena)->n_words);
		return (struct value){ 0 };
	}
	return rec->with && rec->with->call
	    ? rec->with->call(rec->with->ctx, function, args, n) : (struct value){ 0 };
}

static bool preferred(const struct clause *c, struct sv want)
{
	return sv_eq(c->kind, want);
}

/* The clause a selection of one takes: by the first preference that any
 * candidate meets; "last" and "first" break ties (last by default). */
static const struct clause *best_clause(const struct selection *s, const struct clause **cs, size_t n)
{
	bool first = false;

	for (size_t p = 0; p < s->n_prefer; p++) {
		if (sv_is(s->prefer[p], "first"))
			first = true;
	}
	for (size_t p = 0; p < s->n_prefer; p++) {
		const struct clause *hit = NULL;

		for (size_t i = 0; i < n; i++)
			if (preferred(cs[i], s->prefer[p]) && (!hit || !first))
				hit = cs[i];
		if (hit)
			return hit;
	}
	return n ? (first ? cs[0] : cs[n - 1]) : NULL;
}

/* Is nothing to blame left when the clause is said?  Only one that was touched
 * by a rule is said to find out. */
static bool harmless(struct record *rec, const struct selection *s, const struct clause *c)
{
	const struct voice voice = { SV("draft"), grammar_other_pronoun(rec->reading), true };
	const struct language *l = rec->reading->language;
	struct reading *said;
	STR_AUTO text = STR_INIT;
	bool hit = false;

	for (size_t i = 0; i < rec->analysis->n_sets && !hit; i++)
		for (size_t k = 0; k < rec->tags[i]->n && !hit; k++) {
			struct span w = rec->tags[i]->hits[k].match.words;

			hit = w.first < c->words.last && c->words.first < w.last;
		}
	if (!hit)
		return true;
	if (!grammar_form(l->grammar, rec->reading, &c, 1, s->form, &voice, &text))
		return false;
	said = reading_beside(rec->reading, l, str_sv(&text));
	for (size_t i = 0; i < s->n_lint; i++) {
		const struct tags *t = ruleset_run(s->lint[i], said, VIEW_USUAL);

		for (size_t k = 0; k < t->n; k++)
			if (t->hits[k].rule->weight > 0)
				return false;
	}
	return true;
}

/* A clause that blames in one part only is said without that part. */
static bool mended(struct record *rec, const struct selection *s, struct clause *c)
{
	const struct clause whole = *c;

	while (!harmless(rec, s, c))
		if (!story_shorten(rec->reading, c)) {
			*c = whole;
			return false;
		}
	return true;
}

static size_t rank_of(struct record *rec, const struct selection *s, const struct clause *c)
{
	size_t i = 0;

	rec->current = c;
	while (i < s->n_topic && !expr_true(s->topic[i], &rec->scope))
		i++;
	return i;
}

/* One topic: the latest clause that meets the earliest row, and what hangs on it. */
static size_t keep_topic(struct record *rec, const struct selection *s, const struct clause **cs,
    size_t n)
{
	size_t best = s->n_topic, at = 0;

	for (size_t i = 0; i < n; i++) {
		size_t rank = rank_of(rec, s, cs[i]);

		if (rank <= best && rank < s->n_topic) {
			best = rank;
			at = i;
		}
	}
	return best < s->n_topic ? story_around(rec->reading, cs, n, at) : 0;
}

static void select_clauses(struct record *rec, size_t at)
{
	const struct selection *s = &rec->analysis->selections[at];
	struct reading *r = rec->reading;
	const struct clause **cs = ARENA_ARRAY(rec->arena, const struct clause *, r->n_clauses);
	size_t n = 0;

	for (int i = 0; i < r->n_clauses; i++) {
		rec->current = &r->clauses[i];
		if ((!s->where || expr_true(s->where, &rec->scope)) &&
		    (!s->n_lint || mended(rec, s, &r->clauses[i])))
			cs[n++] = &r->clauses[i];
	}
	if (s->n_topic)
		n = keep_topic(rec, s, cs, n);
	rec->current = NULL;
	if (!s->all && n) {
		cs[0] = best_clause(s, cs, n);
		n = 1;
	}
	rec->clauses[at] = cs;
	rec->n_clauses[at] = n;
}

static void decide(struct record *rec)
{
	const struct analysis *an = rec->analysis;
	struct sv *marks = ARENA_ARRAY(rec->arena, struct sv, an->n_rows);

	for (size_t i = 0; i < an->n_rows; i++) {
		if (an->rows[i].test && !expr_true(an->rows[i].test, &rec->scope))
			continue;
		if (!rec->action.n)
			rec->action = an->rows[i].action;
		marks[rec->n_marks++] = an->rows[i].action;
		if (!an->all)
			break;
	}
	rec->marks = marks;
}

static struct record *run(const struct analysis *an, struct reading *r,
    const struct scope *with, struct arena *a)
{
	struct record *rec = ARENA_NEW(a, struct record);

	rec->analysis = an;
	rec->reading = r;
	rec->with = with;
	rec->arena = a;
	rec->scope = (struct scope){ scope_get, scope_call, rec };
	rec->tags = ARENA_ARRAY(a, const struct tags *, an->n_sets);
	for (size_t i = 0; i < an->n_sets; i++)
		rec->tags[i] = ruleset_run(an->sets[i], r, VIEW_USUAL);
	rec->facts = ARENA_ARRAY(a, struct value, an->n_facts);
	rec->fact_known = ARENA_ARRAY(a, bool, an->n_facts);
	rec->clauses = (const struct clause ***)arena_alloc(a, an->n_selections * sizeof(void *));
	rec->n_clauses = ARENA_ARRAY(a, size_t, an->n_selections);
	for (size_t i = 0; i < an->n_selections; i++)
		select_clauses(rec, i);
	decide(rec);
	return rec;
}

struct record *analysis_run(const struct analysis *an, struct reading *r,
    const struct scope *with, struct arena *a)
{
	struct record *rec = r->records;

	if (!an->alone)
		return run(an, r, with, a);
	while (rec && rec->analysis != an)
		rec = rec->next;
	if (!rec) {
		rec = run(an, r, NULL, r->message->arena);
		rec->next = r->records;
		r->records = rec;
	}
	return rec;
}

struct reading *record_reading(const struct record *rec)
{
	return rec->reading;
}

struct sv record_action(const struct record *rec)
{
	return rec->action;
}

static struct value measure(struct record *rec, struct sv name)
{
	const struct message *m = rec->reading->message;
	int64_t n = 0;

	if (sv_is(name, "action"))
		return rec->action.n ? value_text(rec->action) : (struct value){ 0 };
	if (sv_is(name, "words"))
		return value_number(m->n_words);
	if (sv_is(name, "caps"))
		return value_number(message_caps_percent(m));
	if (sv_is(name, "text"))
		return value_text(m->raw);
	if (sv_is(name, "cut"))
		return value_number(record_cut(rec));
	for (int i = 0; i < m->n_sentences; i++)
		n += m->sentences[i].end == '?';
	return value_number(n);
}

/* Whom the text is about, as far as it says: "relation|pronoun|name"; names are
 * not read here, parts may be empty. */
static struct value other(struct record *rec)
{
	struct message *m = rec->reading->message;
	const struct language *l = rec->reading->language;
	uint32_t relations = lexicon_list_symbol(l->lexicon, l->locale, SV("relation"));
	const struct mark *r = relations ? message_mark_next(m, relations, 0) : NULL;
	struct sv pronoun = grammar_other_pronoun(rec->reading);
	struct sv relation = r ? lexicon_row(l->lexicon, relations, r->row) : SV("");

	if (!relation.n && !pronoun.n)
		return (struct value){ 0 };
	return value_text(sv_from(arena_printf(rec->arena, "%.*s|%.*s|", SV_ARG(relation),
	    SV_ARG(pronoun))));
}

struct value record_get(struct record *rec, struct sv field)
{
	const struct analysis *an = rec->analysis;
	struct sv head, rest = field;
	size_t at;

	for (size_t i = 0; i < an->n_facts; i++) {
		if (!sv_eq(an->facts[i].name, field))
			continue;
		if (!rec->fact_known[i]) {
			rec->fact_known[i] = true;      /* a fact that reads itself is empty */
			rec->facts[i] = an->facts[i].expr
			    ? expr_eval(an->facts[i].expr, &rec->scope) : (struct value){ 0 };
		}
		return rec->facts[i];
	}
	if (listed(measures, COUNT(measures), field))
		return measure(rec, field);
	if (sv_is(field, "other"))
		return other(rec);
	if (an->all && (sv_eq(field, an->into) || sv_is(field, "marks")))
		return (struct value){ VALUE_SET, 0, { "", 0 }, rec->marks, rec->n_marks };
	sv_split(&rest, '.', &head);
	if (selection_of(an, head, &at)) {
		struct sv v;

		if (!rec->clauses[at] || !rec->n_clauses[at])
			return (struct value){ 0 };
		if (!rest.p)
			return value_number((int64_t)rec->n_clauses[at]);
		v = clause_attribute(rec->reading, rec->clauses[at][0], rest);
		return v.n ? value_text(v) : (struct value){ 0 };
	}
	for (size_t i = 0; i < an->n_actions; i++)
		if (sv_eq(an->actions[i], field)) {
			struct value marks = { VALUE_SET, 0, { "", 0 }, rec->marks, rec->n_marks };

			return value_number(value_in(field, &marks));
		}
	return get_with(rec, field);
}

size_t record_clauses(struct record *rec, struct sv selection, const struct clause *const **cs)
{
	size_t at;

	if (!selection_of(rec->analysis, selection, &at))
		return 0;
	*cs = rec->clauses[at];
	return rec->n_clauses[at];
}

bool record_cut(const struct record *rec)
{
	bool cut = rec->reading->message->unread;

	for (size_t i = 0; i < rec->analysis->n_sets; i++)
		cut = cut || rec->tags[i]->cut;
	return cut;
}

size_t record_tags(const struct record *rec, const struct tags ***sets)
{
	*sets = rec->tags;
	return rec->analysis->n_sets;
}
