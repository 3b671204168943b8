#include "language/grammar.h"

#include <string.h>

#include "base/xalloc.h"
#include "language/parse.h"

enum { BUCKETS = 1024, PAIRS = 4096, MAX_UNIT = 14 };

struct fixed {                  /* a phrase of two words or more */
	const struct slot **words;
	int n;
	uint32_t order;         /* in the file */
	struct entry e;
	struct fixed *next;     /* of one bucket, longest first */
};

struct slot {                   /* a word of the file */
	struct sv word;
	struct entry e;
	uint32_t number;
	bool begins;            /* a fixed phrase begins with it */
	struct slot *next;
};

/* While a file is read. */
struct load {
	struct grammar *g;
	struct arena *a;
	struct sv words[MAX_UNIT];
	int n;
	const struct node *at;
};

typedef void (*visit_entry)(struct entry *e, const void *ctx);

/* ---- words and fixed phrases -------------------------------------------- */

static struct slot *find_slot(const struct grammar *g, struct sv word)
{
	struct slot *s = g->words[sv_hash(word) % BUCKETS];

	while (s && !sv_eq(s->word, word))
		s = s->next;
	return s;
}

static struct slot *add_slot(struct load *l, struct sv word)
{
	struct slot **at = &l->g->words[sv_hash(word) % BUCKETS];
	struct slot *s = find_slot(l->g, word);

	if (s)
		return s;
	s = ARENA_NEW(l->a, struct slot);
	s->word = word;
	s->number = l->g->n_words++;
	s->next = *at;
	*at = s;
	return s;
}

/* Fixed phrases are found by their first two words. */
static struct fixed **pair_at(const struct grammar *g, const struct slot *a, const struct slot *b)
{
	return &g->pairs[(a->number * 2654435761U ^ b->number * 40503U) % PAIRS];
}

static bool same_words(const struct fixed *f, const struct slot **words, int n)
{
	return f->n == n && memcmp(f->words, words, (size_t)n * sizeof *words) == 0;
}

static struct entry *entry_of(struct load *l)
{
	struct slot *s = add_slot(l, l->words[0]);
	const struct slot *words[MAX_UNIT];
	struct fixed **at, *f;

	if (l->n == 1)
		return &s->e;
	for (int i = 0; i < l->n; i++)
		words[i] = add_slot(l, l->words[i]);
	s->begins = true;
	for (at = pair_at(l->g, words[0], words[1]); *at && (*at)->n >= l->n; at = &(*at)->next)
		if (same_words(*at, words, l->n))
			return &(*at)->e;
	f = ARENA_NEW(l->a, struct fixed);
	f->words = (const struct slot **)arena_copy(l->a, words, sizeof words[0] * (size_t)l->n);
	f->n = l->n;
	f->order = l->g->n_fixed++;
	f->next = *at;
	*at = f;
	return &f->e;
}

const struct slot *grammar_slot(const struct grammar *g, struct sv word)
{
	return find_slot(g, word);
}

const struct entry *grammar_entry(const struct grammar *g, const struct slot *s)
{
	return s ? &s->e : &g->plain;
}

const struct entry *grammar_word(const struct grammar *g, struct sv word)
{
	return grammar_entry(g, find_slot(g, word));
}

/* Where the phrase at word i ends, its second word being at `at`; -1 where it does
 * not stand.  An opener may hold words that are dropped. */
static int fixed_end(const struct parse *p, const struct fixed *f, int at, int end)
{
	bool opener = (f->e.is & IS_OPENER) != 0;
	int k = 1;

	for (; k < f->n && at < end; at++) {
		const struct slot *word = p->t[at].slot;

		if (word == f->words[k])
			k++;
		else if (!opener || !word || !(word->e.is & IS_DROP))
			break;
	}
	return k == f->n ? at : -1;
}

const struct entry *grammar_fixed(const struct parse *p, int i, int end, bool opener, int *last)
{
	const struct slot *first = p->t[i].slot, *second;
	const struct fixed *best = NULL;

	if (!first || !first->begins)
		return NULL;
	for (int at = i + 1; at < end && (second = p->t[at].slot); at++) {
		for (const struct fixed *f = *pair_at(p->g, first, second); f; f = f->next) {
			int stop;

			if (f->words[0] != first || f->words[1] != second
			    || opener != ((f->e.is & IS_OPENER) != 0) || (best && (f->n < best->n
			    || (f->n == best->n && f->order > best->order)))
			    || (stop = fixed_end(p, f, at, end)) < 0)
				continue;
			best = f;
			*last = stop;
		}
		if (!opener || !(second->e.is & IS_DROP))
			break;
	}
	return best ? &best->e : NULL;
}

/* Lower case is the author's duty; apostrophes go, as they do in messages. */
static struct sv plain_word(struct load *l, struct sv w)
{
	char *p = arena_alloc(l->a, w.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < w.n; i++)
		if (w.p[i] != '\'')
			p[n++] = w.p[i];
	return (struct sv){ p, n };
}

static void expand(struct load *l, struct sv rest, visit_entry visit, const void *ctx);

static void expand_word(struct load *l, struct sv w, struct sv rest, visit_entry visit,
    const void *ctx)
{
	int row;

	if (l->n == MAX_UNIT) {
		node_bad(l->at, "E301", "more than %d words -- shorten it", MAX_UNIT);
		return;
	}
	if (w.n && w.p[w.n - 1] == '~') {
		w.n--;
		row = lexicon_verb(l->g->lx, l->g->locale, w, NULL);
		for (int f = 0; row >= 0 && f < VERB_FORMS; f++) {
			l->words[l->n++] = arena_sv(l->a,
			    lexicon_verb_form(l->g->lx, l->g->locale, row, (enum verb_form)f));
			expand(l, rest, visit, ctx);
			l->n--;
		}
		return;
	}
	l->words[l->n++] = plain_word(l, w);
	expand(l, rest, visit, ctx);
	l->n--;
}

static void expand(struct load *l, struct sv rest, visit_entry visit, const void *ctx)
{
	struct sv part = { "", 0 }, word;
	bool optional;

	rest = sv_trim(rest);
	if (!rest.n) {
		if (l->n)
			visit(entry_of(l), ctx);
		return;
	}
	sv_split(&rest, ' ', &part);
	optional = part.n > 2 && part.p[0] == '[' && part.p[part.n - 1] == ']';
	if (optional) {
		part = sv_sub(part, 1, part.n - 1);
		expand(l, rest, visit, ctx);
	}
	while (sv_split(&part, '|', &word))
		if (word.n)
			expand_word(l, word, rest, visit, ctx);
}

static void add_pattern(struct load *l, const struct node *at, struct sv pattern,
    visit_entry visit, const void *ctx)
{
	l->n = 0;
	l->at = at;
	expand(l, pattern, visit, ctx);
}

static void add_patterns(struct load *l, struct node *list, visit_entry visit, const void *ctx)
{
	if (node_is(list, JSON_STRING))
		add_pattern(l, list, node_sv(list), visit, ctx);
	for (size_t i = 0; i < node_count(list); i++) {
		struct node x = node_at(list, i);

		add_pattern(l, &x, node_sv(&x), visit, ctx);
	}
}

/* ---- the tables of the file --------------------------------------------- */

static const struct { const char *name; uint32_t is; } classes[] = {
	{ "object", IS_OBJECT },
	{ "possessive", IS_POSSESSIVE },
	{ "determiner", IS_DETERMINER },
	{ "preposition", IS_PREPOSITION },
	{ "conjunction", IS_CONJUNCTION },
	{ "relative", IS_RELATIVE },
	{ "question", IS_QUESTION },
	{ "infinitive", IS_INFINITIVE },
	{ "adverb", IS_ADVERB },
	{ "filler", IS_FILLER },
	{ "reflexive", IS_REFLEXIVE },
	{ "particle", IS_PARTICLE },
	{ "causative", IS_CAUSE },
	{ "noun", IS_NOUN },
	{ "exclaim", IS_EXCLAIM },
	{ "someone", IS_SOMEONE },
	{ "span", IS_SPAN },
	{ "agent", IS_AGENT },
	{ "state", IS_STATE },
	{ "by", IS_MARKER },
	{ "time", IS_TIME },
};

static void set_class(struct entry *e, const void *ctx)
{
	e->is |= *(const uint32_t *)ctx;
}

static void load_classes(struct load *l, struct node *words)
{
	const char *key;
	struct node list;

	for (size_t i = 0; node_member(words, &i, &key, &list); ) {
		size_t k = 0;

		while (k < COUNT(classes) && strcmp(classes[k].name, key) != 0)
			k++;
		if (k == COUNT(classes))
			node_bad(&list, "E302", "no class of words is called \"%s\"", key);
		else
			add_patterns(l, &list, set_class, &classes[k].is);
	}
}

static const char *const who_names[] = { "none", "self", "addressee", "other", "we", "thing" };
static const char *const person_names[] = { "self", "many", "one" };
static const char *const link_names[] = {
	"main", "joined", "time", "if", "cause", "that", "which", "contrast",
};

static int index_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

static void set_who(struct entry *e, const void *ctx)
{
	e->is |= IS_SUBJECT;
	e->who = (uint8_t)*(const int *)ctx;
}

static void set_person(struct entry *e, const void *ctx)
{
	e->person = (uint8_t)*(const int *)ctx;
}

static void set_link(struct entry *e, const void *ctx)
{
	e->is |= IS_SUBORDINATOR;
	e->link = (uint8_t)*(const int *)ctx;
}

static void load_named(struct load *l, struct node *file, const char *key,
    const char *const *names, size_t n, visit_entry visit)
{
	struct node object = node_get(file, key), list;
	const char *name;

	for (size_t i = 0; node_member(&object, &i, &name, &list); ) {
		int value = index_of(names, n, name);

		if (value < 0)
			node_bad(&list, "E302", "\"%s\" cannot stand in \"%s\"", name, key);
		else
			add_patterns(l, &list, visit, &value);
	}
}

static void set_drop(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->is |= IS_DROP;
}

static void set_habit(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->is |= IS_DROP | IS_HABIT;
}

static void set_negation(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->is |= IS_NEGATION;
}

static void set_due(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->is |= IS_STATE;
	e->turn = true;
}

static void set_future(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->is |= IS_STATE;
	e->tense = TENSE_FUTURE;
}

static void set_to(struct entry *e, const void *ctx)
{
	e->to = ctx;
}

/* { pattern: text } */
static void load_texts(struct load *l, struct node *file, const char *name, visit_entry visit)
{
	struct node object = node_get(file, name), child;
	const char *key;

	for (size_t i = 0; node_member(&object, &i, &key, &child); ) {
		struct sv *to = ARENA_NEW(l->a, struct sv);

		*to = arena_sv(l->a, node_sv(&child));
		add_pattern(l, &child, sv_from(key), visit, to);
	}
}

static void set_front(struct entry *e, const void *ctx)
{
	e->front = ctx;
}

static void set_capital(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->capital = true;
}

static void set_no(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->no = true;
}

static void set_have(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->have = true;
}

static void set_epithet(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->epithet = true;
}

static void set_stay(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->stay = true;
}

static void set_limit(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->limit = true;
}

static void set_gives(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->gives = true;
}

static void set_senses(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->senses = true;
}

static void set_acted(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->acted = true;
}

static void set_witness(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->witness = true;
}

static void set_bare(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->bare = true;
}

static void set_sake(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->sake = true;
}

static void set_whole(struct entry *e, const void *ctx)
{
	e->to = ctx;
	e->whole = true;
}

static void set_doubt(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->doubt = true;
}

static void set_anything(struct entry *e, const void *ctx)
{
	e->anything = ctx;
}

static void set_wish(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->wish = true;
}

static void set_simile(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->simile = true;
}

static void set_fused(struct entry *e, const void *ctx)
{
	const struct entry *from = ctx;

	e->fused = from->fused;
	e->stands = from->stands;
	e->weak = from->weak;
	e->who = from->who;
	e->person = from->person;
}

static void set_undergoes(struct entry *e, const void *ctx)
{
	(void)ctx;
	e->undergoes = true;
}

static void load_lists(struct load *l, struct node *file)
{
	static const struct { const char *key; visit_entry visit; } lists[] = {
		{ "drop", set_drop },
		{ "habit", set_habit },
		{ "keep_neg", set_negation },
		{ "due", set_due },
		{ "future", set_future },
		{ "capitals", set_capital },
		{ "negative", set_no },
		{ "misheard", set_have },
		{ "simile", set_simile },
		{ "wish", set_wish },
		{ "doubt", set_doubt },
		{ "epithet", set_epithet },
		{ "stay", set_stay },
		{ "limit", set_limit },
		{ "gives", set_gives },
		{ "senses", set_senses },
		{ "sake", set_sake },
		{ "witness", set_witness },
		{ "bare", set_bare },
		{ "acted", set_acted },
		{ "undergoes", set_undergoes },
	};

	for (size_t i = 0; i < COUNT(lists); i++) {
		struct node list = node_get(file, lists[i].key);

		add_patterns(l, &list, lists[i].visit, NULL);
	}
}

/* "ill": {"subject":"i", "aux":"will"}: a pronoun and its auxiliary in one word. */
static void load_fused(struct load *l, struct node *file)
{
	struct node object = node_get(file, "fused"), child;
	const char *key;

	for (size_t i = 0; node_member(&object, &i, &key, &child); ) {
		struct sv *subject = ARENA_NEW(l->a, struct sv);
		struct entry e;

		*subject = arena_sv(l->a, node_text(&child, "subject", true));
		e = *grammar_word(l->g, *subject);
		e.stands = subject;
		e.fused = grammar_word(l->g, node_text(&child, "aux", true));
		e.weak = node_bool(&child, "weak", false);
		add_pattern(l, &child, sv_from(key), set_fused, &e);
		node_done(&child);
	}
}

static void set_gender(struct entry *e, const void *ctx)
{
	e->gender = *(const struct sv *)ctx;
}

static void load_genders(struct load *l, struct node *file)
{
	struct node object = node_get(file, "genders"), list;
	const char *key;

	for (size_t i = 0; node_member(&object, &i, &key, &list); ) {
		struct sv gender = arena_sv(l->a, sv_from(key));

		add_patterns(l, &list, set_gender, &gender);
	}
}

static void load_pronouns(struct load *l, struct node *file)
{
	struct node object = node_get(file, "pronouns"), list;
	struct grammar *g = l->g;
	const char *key;

	g->pronouns = arena_alloc(l->a, (node_count(&object) + 1) * sizeof *g->pronouns);
	for (size_t i = 0; node_member(&object, &i, &key, &list); g->n_pronouns++) {
		struct sv gender = arena_sv(l->a, sv_from(key));

		for (size_t k = 0; k < node_count(&list) && k < 4; k++) {
			struct node x = node_at(&list, k);
			struct sv w = arena_sv(l->a, node_sv(&x));

			g->pronouns[g->n_pronouns][k] = w;
			add_pattern(l, &x, w, set_gender, &gender);
		}
		g->pronouns[g->n_pronouns][0] = gender;
	}
}

static const char *const role_names[] = { "none", "copula", "perfect", "support", "modal" };

static void set_role(struct entry *e, const void *ctx)
{
	const struct entry *from = ctx;

	e->is |= IS_AUX;
	e->role = from->role;
	e->tense = from->tense;
	e->form = from->form;
	e->turn |= from->turn;
	e->turn_perfect |= from->turn_perfect;
}

static void load_finite(struct load *l, struct node *of, int role, const char *key, int past)
{
	struct node list = node_get(of, key);
	struct entry e = { .role = (uint8_t)role, .tense = past ? TENSE_PAST : TENSE_PRESENT,
		.form = past ? VERB_PAST : VERB_THIRD };

	for (size_t i = 0; i < node_count(&list) && i < PERSONS; i++) {
		struct node x = node_at(&list, i);

		l->g->agree[role][i][past] = arena_sv(l->a, node_sv(&x));
	}
	add_patterns(l, &list, set_role, &e);
}

/* A present form that is the base form as well ("have") is stored as base last. */
static void load_role(struct load *l, struct node *of, int role)
{
	static const struct { const char *key; int form; } forms[] = {
		{ "ing", VERB_ING }, { "participle", VERB_PARTICIPLE }, { "base", VERB_BASE },
	};

	load_finite(l, of, role, "present", 0);
	load_finite(l, of, role, "past", 1);
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct sv w = arena_sv(l->a, node_text(of, forms[i].key, false));
		struct entry e = { .role = (uint8_t)role, .form = (uint8_t)forms[i].form };
		const struct entry *old = grammar_word(l->g, w);
		struct node at = node_get(of, forms[i].key);

		if (old->role)
			e.tense = old->tense;
		l->g->role_forms[role][forms[i].form] = w;
		if (w.n && !(old->role && forms[i].form != VERB_BASE))
			add_pattern(l, &at, w, set_role, &e);
	}
	node_done(of);
}

static void load_modals(struct load *l, struct node *of)
{
	static const struct { const char *key; int tense; bool turn, perfect; } kinds[] = {
		{ "present", TENSE_PRESENT, false, false },
		{ "past", TENSE_PAST, false, false },
		{ "turn", TENSE_PRESENT, true, true },
		{ "turn_perfect", 0, false, true },
	};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct node list = node_get(of, kinds[i].key);
		struct entry e = { .role = ROLE_MODAL, .tense = (uint8_t)kinds[i].tense,
			.turn = kinds[i].turn, .turn_perfect = kinds[i].perfect };

		if (!e.tense)
			e.tense = TENSE_PAST;
		add_patterns(l, &list, set_role, &e);
	}
	node_done(of);
}

static void load_aux(struct load *l, struct node *file)
{
	struct node aux = node_get(file, "aux"), child;

	for (int role = ROLE_COPULA; role <= ROLE_MODAL; role++) {
		child = node_get(&aux, role_names[role]);
		if (node_is(&child, JSON_OBJECT) && role == ROLE_MODAL)
			load_modals(l, &child);
		else if (node_is(&child, JSON_OBJECT))
			load_role(l, &child, role);
	}
	node_done(&aux);
}

static size_t load_strings(struct load *l, struct node *file, const char *key, struct sv **out)
{
	struct node list = node_get(file, key);
	size_t n = node_count(&list);

	*out = ARENA_ARRAY(l->a, struct sv, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct node x = node_at(&list, i);

		(*out)[i] = arena_sv(l->a, node_sv(&x));
	}
	return n;
}

static size_t count_words(struct sv key)
{
	size_t n = 1;

	for (size_t i = 0; i < key.n; i++)
		n += key.p[i] == '|';
	return n;
}

/* "he|she": "you"; a "+" at the end of a key: where a noun follows. */
static void load_map(struct load *l, struct node *object, struct map *map)
{
	size_t n = 0;
	const char *key;
	struct node child;

	for (size_t i = 0; node_member(object, &i, &key, &child); )
		n += count_words(sv_from(key));
	map->pairs = ARENA_ARRAY(l->a, struct pair, n);
	for (size_t i = 0; node_member(object, &i, &key, &child); ) {
		struct sv rest = sv_from(key), from;

		while (sv_split(&rest, '|', &from)) {
			struct pair *p = &map->pairs[map->n++];

			p->before = from.n && from.p[from.n - 1] == '+';
			from.n -= p->before;
			p->from = plain_word(l, from);
			p->to = arena_sv(l->a, node_sv(&child));
		}
	}
}

static void load_maps(struct load *l, struct node *file)
{
	struct node maps = node_get(file, "maps"), child;
	struct grammar *g = l->g;
	const char *key;

	g->maps = ARENA_ARRAY(l->a, struct map, node_count(&maps));
	for (size_t i = 0; node_member(&maps, &i, &key, &child); g->n_maps++) {
		g->maps[g->n_maps].name = arena_sv(l->a, sv_from(key));
		load_map(l, &child, &g->maps[g->n_maps]);
	}
}

static size_t load_pairs(struct load *l, struct node *object, struct pair **out)
{
	size_t n = 0;
	const char *key;
	struct node child;

	*out = ARENA_ARRAY(l->a, struct pair, node_count(object));
	for (size_t i = 0; node_member(object, &i, &key, &child); n++) {
		(*out)[n].from = arena_sv(l->a, sv_from(key));
		(*out)[n].to = arena_sv(l->a, node_sv(&child));
	}
	return n;
}

static void load_lifts(struct load *l, struct node *file)
{
	struct node list = node_get(file, "lift");

	l->g->lifts = ARENA_ARRAY(l->a, struct lift, node_count(&list));
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node x = node_at(&list, i);
		struct lift *f = &l->g->lifts[l->g->n_lifts++];

		f->verb = arena_sv(l->a, node_text(&x, "verb", true));
		f->next = arena_sv(l->a, node_text(&x, "next", true));
		f->turn = node_bool(&x, "turn", false);
		f->habit = node_bool(&x, "habit", false);
		f->command = node_bool(&x, "command", false);
		node_done(&x);
	}
}

/* { "verbs": ["nick", ...], "say": "take" }: one record for each verb. */
static void load_plainer(struct load *l, struct node *file)
{
	struct node list = node_get(file, "plainer");
	size_t n = 0;

	for (size_t i = 0; i < node_count(&list); i++) {
		struct node row = node_at(&list, i), verbs = node_get(&row, "verbs");

		n += node_count(&verbs);
	}
	l->g->plainer = ARENA_ARRAY(l->a, struct plainer, n + 1);
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node row = node_at(&list, i);
		struct plainer x = { .say = arena_sv(l->a, node_text(&row, "say", true)),
			.drop = arena_sv(l->a, node_text(&row, "drop", false)),
			.turn = node_bool(&row, "turn", false),
			.quote = node_bool(&row, "quote", false) };
		struct sv *verbs, *of;
		size_t n_verbs = load_strings(l, &row, "verbs", &verbs);

		x.n_of = load_strings(l, &row, "of", &of);
		x.of = of;
		x.after = x.say;
		sv_split(&x.after, ' ', &x.say);
		for (size_t k = 0; k < n_verbs; k++) {
			x.verb = verbs[k];
			l->g->plainer[l->g->n_plainer++] = x;
		}
		node_done(&row);
	}
}

static const char *const form_names[] = { "base", "third", "ing", "past", "participle" };

static void load_endings(struct load *l, struct node *file)
{
	struct node object = node_get(file, "endings");
	struct grammar *g = l->g;

	for (int f = 0; f < VERB_FORMS; f++) {
		struct node list = node_get(&object, form_names[f]);

		g->endings[f] = ARENA_ARRAY(l->a, struct ending, node_count(&list));
		for (size_t i = 0; i < node_count(&list); i++) {
			struct node pair = node_at(&list, i);
			struct node from = node_at(&pair, 0), to = node_at(&pair, 1);

			g->endings[f][g->n_endings[f]].from = arena_sv(l->a, node_sv(&from));
			g->endings[f][g->n_endings[f]++].to = arena_sv(l->a, node_sv(&to));
		}
	}
	g->doubling = arena_sv(l->a, node_text(&object, "double", false));
	g->vowels = arena_sv(l->a, node_text(&object, "vowels", false));
	node_done(&object);
}

static void set_opener(struct entry *e, const void *ctx)
{
	const struct entry *from = ctx;

	e->is |= IS_OPENER;
	e->opener_past = from->opener_past;
	e->opener_who = from->opener_who;
	e->command = from->command;
	e->deny = from->deny;
	e->infinitive = from->infinitive;
	e->asked = from->asked;
}

static void load_openers(struct load *l, struct node *file)
{
	struct node list = node_get(file, "openers");

	for (size_t i = 0; i < node_count(&list); i++) {
		struct node x = node_at(&list, i), say = node_get(&x, "say");
		struct entry e = { .deny = node_bool(&x, "deny", false) };
		struct sv who = node_text(&x, "who", false);

		e.opener_past = node_bool(&x, "past", false);
		e.opener_who = sv_is(who, "other") ? SUBJECT_OTHER : sv_is(who, "self") ? SUBJECT_SELF :
		    SUBJECT_ADDRESSEE;
		e.asked = node_bool(&x, "asked", false);
		e.command = node_bool(&x, "command", false);
		e.infinitive = node_bool(&x, "infinitive", false);
		add_patterns(l, &say, set_opener, &e);
		node_done(&x);
	}
}

static void load_forms(struct load *l, struct node *file)
{
	struct node object = node_get(file, "forms"), child;
	struct grammar *g = l->g;
	const char *key;

	g->forms = ARENA_ARRAY(l->a, struct form, node_count(&object));
	for (size_t i = 0; node_member(&object, &i, &key, &child); ) {
		struct form *f = &g->forms[g->n_forms++];

		f->name = arena_sv(l->a, sv_from(key));
		f->joint = g->join_clauses;
		if (node_is(&child, JSON_STRING)) {
			f->text = arena_sv(l->a, node_sv(&child));
			continue;
		}
		f->text = arena_sv(l->a, node_text(&child, "text", true));
		f->settle = node_bool(&child, "settle", false);
		f->sentence = node_bool(&child, "sentence", false);
		f->noun = node_bool(&child, "noun", false);
		f->alone = node_bool(&child, "alone", false);
		f->guess = node_bool(&child, "guess", false);
		f->one = node_bool(&child, "one", false);
		f->map = arena_sv(l->a, node_text(&child, "map", false));
		if (f->sentence)
			f->joint = g->join_sentences;
		if (node_has(&child, "join"))
			f->joint = arena_sv(l->a, node_text(&child, "join", false));
		node_done(&child);
	}
}

static void load_tests(struct load *l, struct node *test, struct rewrite *w)
{
	const char *key;
	struct node child;

	for (size_t k = 0; node_member(test, &k, &key, &child) && w->n < COUNT(w->attr); w->n++) {
		w->attr[w->n] = arena_sv(l->a, sv_from(key));
		w->value[w->n] = arena_sv(l->a, node_is(&child, JSON_TRUE) ? SV("yes") :
		    node_is(&child, JSON_FALSE) ? SV("no") : node_sv(&child));
		if (!clause_attribute_known(w->attr[w->n]))
			node_bad(&child, "E303", "a clause has no \"%s\"", key);
	}
}

static void load_rewrites(struct load *l, struct node *file)
{
	struct node list = node_get(file, "rewrite"), ranks = node_get(file, "rank");
	struct grammar *g = l->g;

	g->rewrites = ARENA_ARRAY(l->a, struct rewrite, node_count(&list));
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node x = node_at(&list, i), test = node_get(&x, "if");
		struct rewrite *w = &g->rewrites[g->n_rewrites++];

		load_tests(l, &test, w);
		w->to = arena_sv(l->a, node_text(&x, "to", true));
		node_done(&x);
	}
	g->ranks = ARENA_ARRAY(l->a, struct rewrite, node_count(&ranks));
	for (size_t i = 0; i < node_count(&ranks); i++) {
		struct node x = node_at(&ranks, i);

		load_tests(l, &x, &g->ranks[g->n_ranks++]);
	}
}

static struct sv text_or(struct load *l, struct node *object, const char *key, struct sv def)
{
	struct sv s = node_is(object, JSON_OBJECT) ? node_text(object, key, false) : SV("");

	return s.n ? arena_sv(l->a, s) : def;
}

static void load_joints(struct load *l, struct node *file)
{
	struct node join = node_get(file, "join");
	struct grammar *g = l->g;

	g->join_items = text_or(l, &join, "items", SV(", "));
	g->join_last = text_or(l, &join, "last", SV(", "));
	g->join_clauses = text_or(l, &join, "clauses", SV(", "));
	g->join_sentences = text_or(l, &join, "sentences", SV(". "));
	g->quote_open = text_or(l, &join, "quote", SV("\""));
	g->quote_close = text_or(l, &join, "unquote", SV("\""));
	if (node_is(&join, JSON_OBJECT))
		node_done(&join);
}

static void load_people(struct load *l, struct node *file)
{
	struct sv *names;
	size_t n = load_strings(l, file, "people", &names);
	struct grammar *g = l->g;

	g->people = ARENA_ARRAY(l->a, uint32_t, n);
	for (size_t i = 0; i < n; i++) {
		uint32_t sym = lexicon_list_symbol(g->lx, g->locale, names[i]);

		if (sym != SYM_NONE)
			g->people[g->n_people++] = sym;
	}
}

static struct sv first_word(struct load *l, struct node *object, const char *key)
{
	struct node list = node_get(object, key), first = node_at(&list, 0);

	return node_count(&list) ? arena_sv(l->a, node_sv(&first)) : SV("");
}

static void load_words(struct load *l, struct node *file)
{
	struct node words = node_get(file, "words"), subjects;
	struct grammar *g = l->g;

	load_classes(l, &words);
	g->infinitive = first_word(l, &words, "infinitive");
	subjects = node_get(file, "subjects");
	g->addressee = first_word(l, &subjects, "addressee");
	g->writer = first_word(l, &subjects, "self");
	g->negation = arena_sv(l->a, node_text(file, "negation", false));
	g->learner_negation = arena_sv(l->a, node_text(file, "learner_negation", false));
	load_named(l, file, "subjects", who_names, COUNT(who_names), set_who);
	load_named(l, file, "persons", person_names, COUNT(person_names), set_person);
	load_named(l, file, "links", link_names, COUNT(link_names), set_link);
}

static void set_one(struct entry *e, const void *ctx)
{
	(void)ctx;
	if (!e->person)
		e->person = PERSON_ONE;
}

/* Subjects that "persons" does not name are one. */
static void default_persons(struct load *l, struct node *file)
{
	struct node object = node_get(file, "subjects"), list;
	const char *key;

	for (size_t i = 0; node_member(&object, &i, &key, &list); )
		if (strcmp(key, "self") != 0)
			add_patterns(l, &list, set_one, NULL);
}

struct grammar *grammar_load(struct lexicon *lx, struct sv locale, struct node *file,
    struct arena *a)
{
	static const char *const read_by_others[] = { "format", "marks", "ask", "kinds" };
	struct grammar *g = ARENA_NEW(a, struct grammar);
	struct load l = { .g = g, .a = a };
	struct node contract;

	g->lx = lx;
	g->locale = arena_sv(a, locale);
	g->words = ARENA_ARRAY(a, struct slot *, BUCKETS);
	g->pairs = ARENA_ARRAY(a, struct fixed *, PAIRS);
	g->plain.person = PERSON_ONE;
	g->name = arena_sv(a, node_text(file, "grammar", true));
	for (size_t i = 0; i < COUNT(read_by_others); i++)
		node_has(file, read_by_others[i]);
	load_joints(&l, file);
	load_words(&l, file);
	load_pronouns(&l, file);
	load_genders(&l, file);
	load_lists(&l, file);
	load_texts(&l, file, "swap", set_to);
	load_texts(&l, file, "swap_others", set_whole);
	load_texts(&l, file, "anything", set_anything);
	load_texts(&l, file, "front", set_front);
	load_aux(&l, file);
	load_openers(&l, file);
	default_persons(&l, file);
	load_fused(&l, file);
	load_maps(&l, file);
	contract = node_get(file, "contract");
	g->n_contract = load_pairs(&l, &contract, &g->contract);
	load_lifts(&l, file);
	load_plainer(&l, file);
	load_endings(&l, file);
	g->n_agent_endings = load_strings(&l, file, "agent_endings", &g->agent_endings);
	g->n_prefixes = load_strings(&l, file, "prefixes", &g->prefixes);
	g->n_manner = load_strings(&l, file, "manner", &g->manner);
	g->n_apart = load_strings(&l, file, "apart", &g->apart);
	g->n_visible = load_strings(&l, file, "visible", &g->visible);
	g->n_inner = load_strings(&l, file, "takes_clause", &g->inner);
	load_people(&l, file);
	g->names = lexicon_list_symbol(lx, g->locale, node_text(file, "first_names", false));
	load_forms(&l, file);
	load_rewrites(&l, file);
	g->time = lexicon_class_symbol(lx, g->locale, SV("time"));
	g->number = lexicon_class_symbol(lx, g->locale, SV("number"));
	g->copula_row = lexicon_verb(lx, g->locale, g->role_forms[ROLE_COPULA][VERB_BASE], NULL);
	g->self = lexicon_class_symbol(lx, g->locale, SV("self"));
	node_done(file);
	return g;
}

/* ---- small questions ---------------------------------------------------- */

struct sv grammar_map(const struct grammar *g, struct sv map, struct sv word, bool before)
{
	struct sv to = { "", 0 };

	for (size_t i = 0; i < g->n_maps; i++) {
		const struct map *m = &g->maps[i];

		if (!sv_eq(m->name, map))
			continue;
		for (size_t k = 0; k < m->n; k++)
			if (sv_eq(m->pairs[k].from, word) && (!m->pairs[k].before || before)) {
				to = m->pairs[k].to;
				if (m->pairs[k].before == before)
					return to;
			}
	}
	return to;
}

struct sv grammar_contract(const struct grammar *g, struct sv left, struct sv right)
{
	for (size_t i = 0; i < g->n_contract; i++) {
		struct sv from = g->contract[i].from;

		if (from.n == left.n + right.n + 1 && sv_starts(from, left) &&
		    from.p[left.n] == ' ' && sv_eq(sv_sub(from, left.n + 1, from.n), right))
			return g->contract[i].to;
	}
	return SV("");
}

const struct form *grammar_find_form(const struct grammar *g, struct sv name)
{
	for (size_t i = 0; g && i < g->n_forms; i++)
		if (sv_eq(g->forms[i].name, name))
			return &g->forms[i];
	return NULL;
}

bool grammar_has_form(const struct grammar *g, struct sv form)
{
	return grammar_find_form(g, form) != NULL;
}

bool grammar_kind_in(const struct sv *kinds, size_t n, struct sv kind)
{
	for (size_t i = 0; i < n; i++)
		if (sv_eq(kinds[i], kind))
			return true;
	return false;
}

static bool ends_with(struct sv s, struct sv end)
{
	return s.n >= end.n && sv_eq(sv_sub(s, s.n - end.n, s.n), end);
}

static bool in_set(struct sv set, char c)
{
	return memchr(set.p, c, set.n) != NULL;
}

/* One vowel, then one letter of "double": "slam" -> "slammed". */
static bool doubles(const struct grammar *g, struct sv base)
{
	return base.n >= 3 && base.n <= 4 && in_set(g->doubling, base.p[base.n - 1]) &&
	    in_set(g->vowels, base.p[base.n - 2]) && !in_set(g->vowels, base.p[base.n - 3]);
}

void grammar_inflect(const struct grammar *g, struct sv base, enum verb_form f, struct str *out)
{
	for (size_t i = 0; i < g->n_endings[f]; i++) {
		const struct ending *e = &g->endings[f][i];

		if (!ends_with(base, e->to) || base.n < e->to.n + 2)
			continue;
		str_add(out, sv_sub(base, 0, base.n - e->to.n));
		if (f != VERB_THIRD && !e->to.n && doubles(g, base))
			str_addc(out, base.p[base.n - 1]);
		str_add(out, e->from);
		return;
	}
	str_add(out, base);
}

static bool known_base(const struct grammar *g, struct sv base)
{
	if (lexicon_verb(g->lx, g->locale, base, NULL) >= 0 || lexicon_knows(g->lx, g->locale, base))
		return true;
	for (size_t i = 0; i < g->n_prefixes; i++)
		if (sv_starts(base, g->prefixes[i]) &&
		    lexicon_verb(g->lx, g->locale, sv_sub(base, g->prefixes[i].n, base.n), NULL) >= 0)
			return true;            /* "rewash" */
	return false;
}

static bool derive_form(const struct grammar *g, struct sv word, enum verb_form f,
    struct arena *a, struct sv *base)
{
	for (size_t i = 0; i < g->n_endings[f]; i++) {
		const struct ending *e = &g->endings[f][i];
		struct sv stem;

		if (!e->from.n || !ends_with(word, e->from) || word.n < e->from.n + 2)
			continue;
		stem = sv_sub(word, 0, word.n - e->from.n);
		*base = sv_from(arena_printf(a, "%.*s%.*s", SV_ARG(stem), SV_ARG(e->to)));
		if (known_base(g, *base))
			return true;
		if (stem.n > 3 && stem.p[stem.n - 1] == stem.p[stem.n - 2]) {
			*base = arena_sv(a, sv_sub(stem, 0, stem.n - 1));
			if (known_base(g, *base))
				return true;
		}
	}
	return false;
}

unsigned grammar_derive(const struct grammar *g, struct sv word, struct arena *a, struct sv *base)
{
	unsigned forms = 0;
	struct sv found;

	for (int f = VERB_THIRD; f < VERB_FORMS; f++)
		if (derive_form(g, word, (enum verb_form)f, a, &found)) {
			forms |= 1u << f;
			*base = found;
		}
	return forms;
}

int grammar_pronoun_index(const struct grammar *g, struct sv pronoun)
{
	int last = (int)g->n_pronouns - 1;

	for (int i = 0; i < last; i++)
		if (sv_eq(g->pronouns[i][0], pronoun))
			return i;
	return last < 0 ? 0 : last;
}

bool grammar_has_role(const struct grammar *g, struct sv role)
{
	for (int k = 0; g->n_pronouns && k < 4; k++)
		if (sv_eq(g->pronouns[0][k], role))
			return true;
	return false;
}

/* The roles are called by the first row's own words, so that authors write
 * {person:him} for every person. */
struct sv grammar_pronoun(const struct grammar *g, struct sv pronoun, struct sv role)
{
	int row = grammar_pronoun_index(g, pronoun);

	if (!g->n_pronouns)
		return role;
	for (int k = 0; k < 4; k++)
		if (sv_eq(g->pronouns[0][k], role))
			return g->pronouns[row][k];
	return g->pronouns[row][role.n ? 0 : 1];
}

void grammar_join(const struct grammar *g, const struct sv *items, size_t n, struct str *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			str_add(out, i + 1 == n ? g->join_last : g->join_items);
		str_add(out, items[i]);
	}
}

struct sv grammar_other_pronoun(const struct reading *r)
{
	return r->parse ? r->parse->other : SV("");
}

bool grammar_noun(const struct reading *r, int word)
{
	const struct token *t;

	if (!r->parse || word < 0 || word >= r->message->n_words)
		return false;
	t = &r->parse->t[word];
	return !(t->is & ~(uint32_t)(IS_NOUN | IS_AGENT | IS_PERSON)) && t->group < 0 &&
	    !(r->message->words[word].flags & (WORD_NUMBER | WORD_EMOJI | WORD_COMMA | WORD_SENTENCE));
}

bool grammar_told(const struct reading *r, int word)
{
	for (int i = 0; i < r->n_clauses; i++) {
		const struct clause *c = &r->clauses[i];

		if (word >= c->words.first && word < c->words.last && c->head >= 0 &&
		    c->who != SUBJECT_NONE && (c->tense == TENSE_PAST || c->tense == TENSE_PERFECT))
			return true;
	}
	return false;
}
