/* Findings of this file:
 *   E401 an example that its rule must hit, and does not
 *   E402 an example that no rule of the tag may hit, and one does
 *   E403 two rules of one id
 *   E404 a guard that is not defined here
 *   E405 a value that is not one of those allowed
 *   E406 a rule or guard that can never hit: it has no phrases
 *   E407 a condition on an attribute that clauses do not have
 *   W401 a rule without examples */
#include "language/tagger.h"

#include <string.h>

#include "base/xalloc.h"
#include "language/grammar.h"

enum side { SIDE_EITHER, SIDE_BEFORE, SIDE_AFTER };
enum scope { SCOPE_SENTENCE, SCOPE_CLAUSE, SCOPE_MESSAGE };

struct phrases { uint32_t *items; size_t n; };

struct guard {
	struct sv name;
	struct phrases any, unless;
	struct phrases but;     /* where one of these stands, the guard does not apply */
	uint32_t mark;          /* a class or list over the anchor; SYM_NONE none */
	enum side side;
	int within, lower;      /* words, 0: the whole clause; tiers, 0: removes */
	bool clause;            /* anywhere in it, inside the match too */
	bool sentence;          /* looks at the whole sentence, not only at the clause */
};

struct condition { struct sv attribute, values; };     /* "self|other" */

struct rule_body {
	struct rule rule;
	struct phrases any, all;
	enum scope scope;
	struct condition *where;        size_t n_where;
	const struct guard **unless;    size_t n_unless;
	struct sv *yes, *no;            size_t n_yes, n_no;
};

struct ruleset {
	struct sv name, locale;
	const char *path;
	struct sv *tags;                size_t n_tags;
	struct guard *guards;           size_t n_guards;
	struct rule_body *rules;        size_t n_rules;
	struct group *group;
};

/* Loading ------------------------------------------------------------------ */

struct loader {
	struct lexicon *lx;
	struct arena *arena;
	struct ruleset *set;
};

struct word_value { const char *word; int value; };

/* One word of a closed set: the last row has no word and holds the default. */
static int pick(struct node *object, const char *key, const struct word_value *words)
{
	struct node n = node_get(object, key);
	struct sv text = node_sv(&n);
	size_t i;

	for (i = 0; words[i].word; i++)
		if (sv_is(text, words[i].word))
			return words[i].value;
	if (n.value)
		node_bad(&n, "E405", "\"%.*s\" is not known here -- \"%s\" is one that is",
		    SV_ARG(text), words[0].word);
	return words[i].value;
}

static struct phrases load_phrases(struct loader *ld, struct node *object, const char *key,
    unsigned views)
{
	struct node list = node_get(object, key);
	struct phrases p = { ARENA_ARRAY(ld->arena, uint32_t, node_count(&list) + 1), 0 };

	if (list.value && !node_is(&list, JSON_ARRAY))
		node_bad(&list, "E104", "a list of phrases stands here: [\"...\", \"...\"]");
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node text = node_at(&list, i);
		uint32_t phrase = lexicon_phrase(ld->lx, ld->set->locale, node_sv(&text),
		    views, &text);

		if (phrase != PHRASE_NONE)
			p.items[p.n++] = phrase;
	}
	return p;
}

static struct sv *load_texts(struct loader *ld, struct node *object, const char *key, size_t *n)
{
	struct node list = node_get(object, key);
	struct sv *texts = ARENA_ARRAY(ld->arena, struct sv, node_count(&list) + 1);

	*n = node_count(&list);
	for (size_t i = 0; i < *n; i++) {
		struct node text = node_at(&list, i);

		texts[i] = arena_sv(ld->arena, node_sv(&text));
	}
	return texts;
}

static unsigned load_views(struct node *object)
{
	static const struct word_value names[] = {
		{ "plain", VIEW_PLAIN }, { "expanded", VIEW_EXPANDED },
		{ "repaired", VIEW_REPAIRED }, { "folded", VIEW_FOLDED }, { NULL, 0 },
	};
	struct node list = node_get(object, "views");
	unsigned views = 0;

	for (size_t i = 0; i < node_count(&list); i++) {
		struct node name = node_at(&list, i);
		unsigned view = 0;

		for (size_t k = 0; names[k].word; k++)
			if (sv_is(node_sv(&name), names[k].word))
				view = (unsigned)names[k].value;
		if (!view)
			node_bad(&name, "E405", "no such view -- plain, expanded, repaired, folded");
		views |= view;
	}
	return views ? views : VIEW_ALL;
}

static uint32_t load_mark(struct loader *ld, struct node *object)
{
	struct sv name = node_text(object, "mark", false);
	uint32_t sym;

	if (!name.n)
		return SYM_NONE;
	sym = lexicon_class_symbol(ld->lx, ld->set->locale, name);
	if (!sym)
		sym = lexicon_list_symbol(ld->lx, ld->set->locale, name);
	if (!sym)
		node_bad(object, "E405", "there is no class or list \"%.*s\" -- correct the name",
		    SV_ARG(name));
	return sym;
}

static void load_guard(struct loader *ld, struct guard *g, const char *name, struct node *n)
{
	static const struct word_value sides[] = {
		{ "before", SIDE_BEFORE }, { "after", SIDE_AFTER }, { "either", SIDE_EITHER },
		{ NULL, SIDE_EITHER },
	};
	static const struct word_value scopes[] = {
		{ "clause", SCOPE_CLAUSE }, { "sentence", SCOPE_SENTENCE }, { NULL, SCOPE_CLAUSE },
	};

	g->name = arena_sv(ld->arena, sv_from(name));
	g->any = load_phrases(ld, n, "any", VIEW_ALL);
	g->unless = load_phrases(ld, n, "unless", VIEW_ALL);
	g->but = load_phrases(ld, n, "but", VIEW_ALL);
	g->mark = load_mark(ld, n);
	g->side = (enum side)pick(n, "side", sides);
	g->within = (int)node_int(n, "within", 0);
	g->lower = (int)node_int(n, "lower", 0);
	g->clause = node_bool(n, "clause", false);
	g->sentence = pick(n, "scope", scopes) == SCOPE_SENTENCE;
	if (!g->any.n && !g->mark)
		node_bad(n, "E406", "the guard has neither phrases nor a mark -- add \"any\"");
	node_done(n);
}

static void load_guards(struct loader *ld, struct node *file)
{
	struct node guards = node_get(file, "guards"), n;
	struct ruleset *s = ld->set;
	const char *name;

	s->guards = ARENA_ARRAY(ld->arena, struct guard, node_count(&guards) + 1);
	for (size_t i = 0; node_member(&guards, &i, &name, &n); )
		load_guard(ld, &s->guards[s->n_guards++], name, &n);
}

static const struct guard *find_guard(const struct ruleset *s, struct sv name)
{
	for (size_t i = 0; i < s->n_guards; i++)
		if (sv_eq(s->guards[i].name, name))
			return &s->guards[i];
	return NULL;
}

static void load_unless(struct loader *ld, struct rule_body *b, struct node *n)
{
	struct node list = node_get(n, "unless");

	b->unless = ARENA_ARRAY(ld->arena, const struct guard *, node_count(&list) + 1);
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node name = node_at(&list, i);
		const struct guard *g = find_guard(ld->set, node_sv(&name));

		if (g)
			b->unless[b->n_unless++] = g;
		else
			node_bad(&name, "E404", "there is no guard \"%.*s\" in this file "
			    "-- define it in \"guards\"", SV_ARG(node_sv(&name)));
	}
}

static void load_where(struct loader *ld, struct rule_body *b, struct node *n)
{
	struct node clause = node_get(n, "clause"), value;
	const char *key;

	b->where = ARENA_ARRAY(ld->arena, struct condition, node_count(&clause) + 1);
	for (size_t i = 0; node_member(&clause, &i, &key, &value); ) {
		if (!clause_attribute_known(sv_from(key))) {
			node_bad(&value, "E407", "clauses have no \"%s\" -- subject, verb, "
			    "kind, neg, mood ... (FORMAT.md section 10)", key);
			continue;
		}
		b->where[b->n_where++] = (struct condition){
			arena_sv(ld->arena, sv_from(key)), arena_sv(ld->arena, node_sv(&value)) };
	}
}

static uint16_t tag_number(struct loader *ld, struct sv tag)
{
	struct ruleset *s = ld->set;

	for (size_t i = 0; i < s->n_tags; i++)
		if (sv_eq(s->tags[i], tag))
			return (uint16_t)i;
	s->tags[s->n_tags] = arena_sv(ld->arena, tag);
	return (uint16_t)s->n_tags++;
}

/* {"regex":[{"pattern":"...","keys":["..."],"why":"..."}]} */
static void load_regexes(struct loader *ld, struct rule_body *b, struct node *n, unsigned views)
{
	struct node list = node_get(n, "regex");
	size_t count = node_count(&list);
	uint32_t *all = ARENA_ARRAY(ld->arena, uint32_t, b->any.n + count + 1);

	if (b->any.n)
		memcpy(all, b->any.items, b->any.n * sizeof *all);
	b->any.items = all;
	for (size_t i = 0; i < count; i++) {
		struct node one = node_at(&list, i);
		size_t n_keys;
		struct sv *keys = load_texts(ld, &one, "keys", &n_keys);
		struct sv pattern = node_text(&one, "pattern", true);
		uint32_t phrase;

		node_text(&one, "why", true);
		phrase = lexicon_regex(ld->lx, ld->set->locale, pattern, keys, n_keys, views, &one);
		if (phrase != PHRASE_NONE)
			b->any.items[b->any.n++] = phrase;
		node_done(&one);
	}
}

static void check_rule(struct loader *ld, const struct rule_body *b, struct node *n)
{
	const struct ruleset *s = ld->set;

	for (size_t i = 0; i < s->n_rules; i++)
		if (&s->rules[i] != b && sv_eq(s->rules[i].rule.id, b->rule.id))
			node_bad(n, "E403", "the id \"%.*s\" is used twice -- rename one",
			    SV_ARG(b->rule.id));
	if (!b->any.n && !b->all.n)
		node_bad(n, "E406", "the rule has no phrases -- add \"any\"");
	if (!b->n_yes || !b->n_no)
		node_bad(n, "W401", "the rule lacks examples -- \"yes\": sentences it must "
		    "hit, \"no\": sentences it must not");
}

static void load_rule(struct loader *ld, struct rule_body *b, struct node *n)
{
	static const struct word_value scopes[] = {
		{ "sentence", SCOPE_SENTENCE }, { "clause", SCOPE_CLAUSE },
		{ "message", SCOPE_MESSAGE }, { NULL, SCOPE_SENTENCE },
	};
	unsigned views = load_views(n);
	struct sv tag = node_text(n, "tag", true);

	b->rule.id = arena_sv(ld->arena, node_text(n, "id", true));
	b->rule.tag_index = tag_number(ld, tag);
	b->rule.tag = ld->set->tags[b->rule.tag_index];
	b->rule.weight = (int)node_int(n, "weight", 1);
	b->rule.tier = (int)node_int(n, "tier", 0);
	b->rule.about = arena_sv(ld->arena, node_text(n, "about", false));
	b->any = load_phrases(ld, n, "any", views);
	b->all = load_phrases(ld, n, "all", views);
	b->scope = (enum scope)pick(n, "scope", scopes);
	load_regexes(ld, b, n, views);
	load_where(ld, b, n);
	load_unless(ld, b, n);
	b->yes = load_texts(ld, n, "yes", &b->n_yes);
	b->no = load_texts(ld, n, "no", &b->n_no);
	check_rule(ld, b, n);
	node_done(n);
}

/* A rule with "any" is set off by those; one with "all" alone by the first. */
static void rule_triggers(struct ruleset *s, size_t rule)
{
	const struct rule_body *b = &s->rules[rule];

	for (size_t i = 0; i < b->any.n; i++)
		group_add(s->group, b->any.items[i], (uint32_t)rule);
	if (!b->any.n && b->all.n)
		group_add(s->group, b->all.items[0], (uint32_t)rule);
}

struct ruleset *ruleset_load(struct lexicon *lx, struct sv locale, struct node *file,
    struct arena *a)
{
	struct ruleset *s = ARENA_NEW(a, struct ruleset);
	struct loader ld = { lx, a, s };
	struct node rules = node_get(file, "rules");

	s->name = arena_sv(a, node_text(file, "ruleset", true));
	s->locale = arena_sv(a, locale);
	s->path = arena_str(a, sv_from(file->reader->source->path));
	node_has(file, "format");
	node_has(file, "locale");
	load_guards(&ld, file);
	s->tags = ARENA_ARRAY(a, struct sv, node_count(&rules) + 1);
	s->rules = ARENA_ARRAY(a, struct rule_body, node_count(&rules) + 1);
	s->group = lexicon_group(lx);
	for (size_t i = 0; i < node_count(&rules); i++) {
		struct node n = node_at(&rules, i);

		load_rule(&ld, &s->rules[s->n_rules++], &n);
		rule_triggers(s, s->n_rules - 1);
	}
	node_done(file);
	return s;
}

struct sv ruleset_name(const struct ruleset *s)
{
	return s->name;
}

const char *ruleset_path(const struct ruleset *s)
{
	return s->path;
}

size_t ruleset_tags(const struct ruleset *s)
{
	return s->n_tags;
}

struct sv ruleset_tag(const struct ruleset *s, size_t i)
{
	return i < s->n_tags ? s->tags[i] : (struct sv){ "", 0 };
}

bool ruleset_has_tag(const struct ruleset *s, struct sv tag)
{
	for (size_t i = 0; i < s->n_tags; i++)
		if (sv_eq(s->tags[i], tag))
			return true;
	return false;
}

const struct ruleset *language_ruleset(const struct language *l, struct sv name)
{
	for (size_t i = 0; i < l->n_rulesets; i++)
		if (sv_eq(l->rulesets[i]->name, name))
			return l->rulesets[i];
	return NULL;
}

/* Guards ------------------------------------------------------------------- */

enum { REACH = 60, LONG_PHRASE = 24 /* words */ };

/* The clause of the anchor; a match that began in an earlier one reaches back, and
 * what goes on in the next line is one.
 * What stands far away in a text without an end is said of something else. */
static struct span guarded_words(const struct message *m, const struct guard *g,
    const struct match *x)
{
	struct span s = { m->clauses[m->words[x->words.first].clause].first,
		m->clauses[m->words[x->anchor].clause].last };

	if (g->sentence)
		s = m->sentences[m->words[x->anchor].sentence].words;
	while (m->words[s.first].flags & WORD_LINE)
		s.first = m->clauses[m->words[s.first - 1].clause].first;
	while (s.last < m->n_words && m->words[s.last].flags & WORD_LINE)
		s.last = m->clauses[m->words[s.last].clause].last;
	if (s.first < x->words.first - REACH)
		s.first = x->words.first - REACH;
	if (s.last > x->words.last + REACH)
		s.last = x->words.last + REACH;
	return s;
}

static bool overlap(struct span a, struct span b)
{
	return a.first < b.last && b.first < a.last;
}

static bool stands_right(const struct guard *g, const struct match *x, struct span at)
{
	bool before = at.last <= x->words.first, after = at.first >= x->words.last;
	int gap = before ? x->words.first - at.last : after ? at.first - x->words.last : 0;

	if (g->clause)
		return true;
	if (g->side == SIDE_BEFORE ? !before : g->side == SIDE_AFTER && !after)
		return false;
	return !g->within || gap < g->within;
}

/* Is there a phrase of the set that overlaps this place? */
static bool any_over(struct message *m, const struct phrases *p, struct span within,
    struct span place)
{
	struct match x;

	for (size_t i = 0; i < p->n; i++) {
		struct span rest = within;

		while (!span_empty(rest) && message_match(m, p->items[i], rest, &x)) {
			if (overlap(x.words, place))
				return true;
			rest.first = x.words.first + 1;
		}
	}
	return false;
}

static bool guard_phrase(struct message *m, const struct guard *g, uint32_t phrase,
    const struct match *x, struct span words)
{
	struct match at;

	while (!span_empty(words) && message_match(m, phrase, words, &at)) {
		if (stands_right(g, x, at.words) && !any_over(m, &g->unless,
		    guarded_words(m, g, x), at.words))
			return true;
		words.first = at.words.first + 1;
	}
	return false;
}

static struct span guard_region(const struct message *m, const struct guard *g,
    const struct match *x)
{
	struct span s = guarded_words(m, g, x);

	if (g->clause)
		return s;
	if (g->side == SIDE_BEFORE)
		s.last = x->words.first;
	else if (g->side == SIDE_AFTER)
		s.first = x->words.last;
	/* no phrase that ends or begins so near is longer than this */
	if (g->within && s.first < x->words.first - g->within - LONG_PHRASE)
		s.first = x->words.first - g->within - LONG_PHRASE;
	if (g->within && s.last > x->words.last + g->within + LONG_PHRASE)
		s.last = x->words.last + g->within + LONG_PHRASE;
	return s;
}

static bool any_in(struct message *m, const struct phrases *p, struct span words)
{
	for (size_t i = 0; i < p->n; i++)
		if (message_match(m, p->items[i], words, NULL))
			return true;
	return false;
}

/* A rule set over a message: its guards with no more than what the message may have. */
struct tagging {
	const struct ruleset *set;
	struct message *message;
	struct guard **guards;          /* NULL before it is asked for */
};

static struct phrases that_may_match(struct message *m, const struct phrases *all)
{
	struct phrases p = { NULL, 0 };

	for (size_t i = 0; i < all->n; i++) {
		if (!message_may_match(m, all->items[i]))
			continue;
		if (!p.n)
			p.items = ARENA_ARRAY(m->arena, uint32_t, all->n - i);
		p.items[p.n++] = all->items[i];
	}
	return p;
}

static const struct guard *guard_here(struct tagging *t, const struct guard *g)
{
	struct guard **here = &t->guards[g - t->set->guards];

	if (*here)
		return *here;
	*here = arena_copy(t->message->arena, g, sizeof *g);
	(*here)->any = that_may_match(t->message, &g->any);
	(*here)->unless = that_may_match(t->message, &g->unless);
	(*here)->but = that_may_match(t->message, &g->but);
	return *here;
}

static bool guard_applies(struct message *m, const struct guard *g, const struct match *x)
{
	bool cut = m->cut, applies = false;

	if (g->mark && message_mark_over(m, g->mark, x->anchor))
		applies = !any_over(m, &g->unless, guarded_words(m, g, x), guarded_words(m, g, x));
	for (size_t i = 0; !applies && i < g->any.n; i++)
		applies = guard_phrase(m, g, g->any.items[i], x, guard_region(m, g, x));
	return applies && !any_in(m, &g->but, guarded_words(m, g, x)) && m->cut == cut;
}

/* False when a guard takes the hit away. */
static bool pass_guards(struct tagging *t, const struct rule_body *b, struct tag_hit *h)
{
	for (size_t i = 0; i < b->n_unless; i++) {
		const struct guard *g = guard_here(t, b->unless[i]);
		bool lowers = g->lower > 0;

		/* tier 3 is never lowered, and nothing is lowered twice */
		if (lowers && (b->rule.tier >= 3 || h->guard.n))
			continue;
		if (!guard_applies(t->message, g, &h->match))
			continue;
		h->guard = g->name;
		h->tier -= g->lower;
		if (!lowers || h->tier <= 0)
			return false;
	}
	return true;
}

/* Conditions --------------------------------------------------------------- */

enum { NESTED = 16 };

/* The innermost clause around a word.  The grammar's clauses stand in the order
 * of their first words; one that lies in another follows it. */
static const struct clause *clause_over(const struct reading *r, int word)
{
	int low = 0, high = r->n_clauses;

	while (low < high) {
		int mid = (low + high) / 2;

		if (r->clauses[mid].words.first <= word)
			low = mid + 1;
		else
			high = mid;
	}
	for (int i = low - 1; i >= 0 && i >= low - NESTED; i--)
		if (word < r->clauses[i].words.last)
			return &r->clauses[i];
	return NULL;
}

static bool among(struct sv values, struct sv value)
{
	struct sv one;

	while (sv_split(&values, '|', &one))
		if (sv_eq(one, value))
			return true;
	return false;
}

/* A clause that names no subject is taken for the writer's own. */
static bool fits(const struct reading *r, const struct clause *c, const struct condition *w)
{
	struct sv value = clause_attribute(r, c, w->attribute);

	if (sv_is(w->attribute, "subject") && (!value.n || sv_is(value, "none")))
		value = SV("self");
	return among(w->values, value);
}

static bool in_clause(struct reading *r, const struct rule_body *b, const struct match *x)
{
	const struct clause *c;

	if (!b->n_where)
		return true;
	reading_clauses(r);
	c = clause_over(r, x->anchor);
	for (size_t i = 0; i < b->n_where && c; i++)
		if (!fits(r, c, &b->where[i]))
			return false;
	return true;
}

static struct span scope_of(const struct message *m, enum scope scope, int word)
{
	switch (scope) {
	case SCOPE_CLAUSE:
		return m->clauses[m->words[word].clause];
	case SCOPE_SENTENCE:
		return m->sentences[m->words[word].sentence].words;
	case SCOPE_MESSAGE:
		break;
	}
	return (struct span){ 0, m->n_words };
}

static bool all_there(struct message *m, const struct rule_body *b, const struct match *x)
{
	struct span scope = scope_of(m, b->scope, x->anchor);

	for (size_t i = b->any.n ? 0 : 1; i < b->all.n; i++)
		if (!message_match(m, b->all.items[i], scope, NULL))
			return false;
	return true;
}

/* Running ------------------------------------------------------------------ */

enum { HITS_BACK = 64 };

static struct tag_hit *known_hit(struct tags *t, const struct rule *rule, int clause)
{
	size_t first = t->n > HITS_BACK ? t->n - HITS_BACK : 0;

	for (size_t i = first; i < t->n; i++)
		if (t->hits[i].rule == rule && t->hits[i].clause == clause)
			return &t->hits[i];
	return NULL;
}

/* A rule hits once in a clause, with its highest tier.  Hits come from left to
 * right, so only the last ones can be of this clause. */
static void keep(struct tags *t, const struct tag_hit *h)
{
	struct tag_hit *known = known_hit(t, h->rule, h->clause);

	if (!known)
		t->hits[t->n++] = *h;
	else if (h->tier > known->tier)
		*known = *h;
}

static const struct tags *known(const struct ruleset *s, const struct reading *r, unsigned views)
{
	for (const struct tags *t = r->tags; t; t = t->next)
		if (t->set == s && t->views == views)
			return t;
	return NULL;
}

static struct tags *run(const struct ruleset *s, struct reading *r, unsigned views)
{
	struct message *m = r->message;
	struct tags *t = ARENA_NEW(m->arena, struct tags);
	struct tagging now = { s, m, NULL };
	struct hit *hits;
	size_t n = message_scan(m, s->group, views, &hits);

	*t = (struct tags){ .set = s, .views = views, .next = r->tags };
	t->hits = ARENA_ARRAY(m->arena, struct tag_hit, n + 1);
	now.guards = n ? ARENA_ARRAY(m->arena, struct guard *, s->n_guards) : NULL;
	for (size_t i = 0; i < n; i++) {
		const struct rule_body *b = &s->rules[hits[i].tag];
		struct tag_hit h = { &b->rule, hits[i].match,
			m->words[hits[i].match.anchor].clause, b->rule.tier, { "", 0 } };
		const struct tag_hit *before = known_hit(t, h.rule, h.clause);

		if (before && before->tier == h.tier)
			continue;               /* it cannot get higher */
		if (all_there(m, b, &h.match) && in_clause(r, b, &h.match)
		    && pass_guards(&now, b, &h))
			keep(t, &h);
	}
	t->cut = m->cut;
	r->tags = t;
	return t;
}

const struct tags *ruleset_run(const struct ruleset *s, struct reading *r, unsigned views)
{
	const struct tags *t = known(s, r, views);

	return t ? t : run(s, r, views);
}

struct sv ruleset_counter_example(const struct ruleset *s, size_t n)
{
	for (size_t i = 0; i < s->n_rules; n -= s->rules[i++].n_no)
		if (n < s->rules[i].n_no)
			return s->rules[i].no[n];
	return SV("");
}

/* Proving ------------------------------------------------------------------ */

struct proof {
	const struct ruleset *set;
	struct sv source;
	const struct language *language;
	struct arena *arena;
	struct findings *findings;
};

static const struct tag_hit *hit_of(const struct proof *p, const struct rule_body *b,
    struct sv text, bool same_rule)
{
	struct reading *r = reading_create(p->language, text, p->arena);
	const struct tags *t = ruleset_run(p->set, r, VIEW_ALL);

	for (size_t i = 0; i < t->n; i++)
		if (same_rule ? t->hits[i].rule == &b->rule
		    : t->hits[i].rule->tag_index == b->rule.tag_index)
			return &t->hits[i];
	return NULL;
}

static void complain(const struct proof *p, const struct rule_body *b, const char *code,
    const char *text, const char *fix)
{
	const char *place = arena_printf(p->arena, "rule %.*s", SV_ARG(b->rule.id));
	int line = line_of(p->source,
	    arena_printf(p->arena, "\"%.*s\"", SV_ARG(b->rule.id)));

	findings_add(p->findings, code, p->set->path, place, line, "%s -- %s", text, fix);
}

static void prove_rule(const struct proof *p, const struct rule_body *b)
{
	for (size_t i = 0; i < b->n_yes; i++)
		if (!hit_of(p, b, b->yes[i], true))
			complain(p, b, "E401", arena_printf(p->arena,
			    "\"%.*s\" is not hit", SV_ARG(b->yes[i])),
			    "widen the phrases, or look at its guards and clause");
	for (size_t i = 0; i < b->n_no; i++) {
		const struct tag_hit *h = hit_of(p, b, b->no[i], false);

		if (h)
			complain(p, b, "E402", arena_printf(p->arena,
			    "\"%.*s\" is hit by %.*s", SV_ARG(b->no[i]), SV_ARG(h->rule->id)),
			    "narrow the phrase or add a guard");
	}
}

void ruleset_prove(const struct ruleset *s, struct sv source, const struct language *l,
    struct findings *f)
{
	struct proof p = { s, source, l, arena_create(), f };

	for (size_t i = 0; i < s->n_rules; i++) {
		prove_rule(&p, &s->rules[i]);
		arena_reset(p.arena);
	}
	arena_destroy(p.arena);
}
