/* engine/load.c - a tree of files to a script.
 *
 * Order: each locale's words before its phrases, rule sets before analyses,
 * tables before dialogs; the lexicon is sealed last. */
#include "engine/load.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "language/examples.h"
#include "language/leaning.h"
#include "language/weights.h"

/* ---- small readers ------------------------------------------------------ */

bool duration_parse(struct sv s, int *seconds)
{
	static const struct { char unit; int seconds; } units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
	};
	int64_t n;

	if (s.n < 2 || !sv_int(sv_sub(s, 0, s.n - 1), &n) || n < 0 || n > 100000)
		return false;
	for (size_t i = 0; i < COUNT(units); i++)
		if (s.p[s.n - 1] == units[i].unit) {
			*seconds = (int)n * units[i].seconds;
			return true;
		}
	return false;
}

int duration_get(struct node *owner, const char *key, int def)
{
	struct sv s = node_text(owner, key, false);
	int seconds;

	if (!s.n)
		return def;
	if (duration_parse(s, &seconds))
		return seconds;
	node_bad(owner, "E106", "\"%s\" is no length of time: \"%.*s\" -- write 20m, 90s, 72h or 3d",
	    key, SV_ARG(s));
	return def;
}

size_t words_get(struct node *owner, const char *key, struct sv **out, struct arena *a)
{
	struct node list = node_get(owner, key);
	size_t n = node_count(&list);

	*out = NULL;
	if (node_is(&list, JSON_STRING)) {
		*out = ARENA_ARRAY(a, struct sv, 1);
		(*out)[0] = arena_sv(a, node_sv(&list));
		return 1;
	}
	if (list.value && !node_is(&list, JSON_ARRAY)) {
		node_bad(&list, "E104", "this must be a list of words");
		return 0;
	}
	*out = ARENA_ARRAY(a, struct sv, n);
	for (size_t i = 0; i < n; i++) {
		struct node x = node_at(&list, i);

		if (!node_is(&x, JSON_STRING))
			node_bad(&x, "E104", "this must be text in quotes");
		(*out)[i] = arena_sv(a, node_sv(&x));
	}
	return n;
}

/* {"a":"b"} or ["a"] for {"a":"a"}. */
size_t pairs_get(struct node *owner, const char *key, struct pair **out, struct arena *a)
{
	struct node map = node_get(owner, key), child;
	const char *name;
	size_t n = 0;

	*out = ARENA_ARRAY(a, struct pair, node_count(&map));
	if (node_is(&map, JSON_ARRAY)) {
		struct sv *words;

		n = words_get(owner, key, &words, a);
		for (size_t i = 0; i < n; i++)
			(*out)[i] = (struct pair){ words[i], words[i] };
		return n;
	}
	for (size_t i = 0; node_member(&map, &i, &name, &child); n++) {
		if (!node_is(&child, JSON_STRING))
			node_bad(&child, "E104", "this must be text in quotes");
		(*out)[n] = (struct pair){ arena_sv(a, sv_from(name)), arena_sv(a, node_sv(&child)) };
	}
	return n;
}

size_t phrases_get(struct loading *l, struct node *owner, const char *key, struct sv locale,
    unsigned views, struct sv **texts, uint32_t **phrases)
{
	struct node list = node_get(owner, key);
	size_t n = words_get(owner, key, texts, l->arena), kept = 0;

	*phrases = ARENA_ARRAY(l->arena, uint32_t, n);
	for (size_t i = 0; i < n; i++) {
		struct node x = node_is(&list, JSON_ARRAY) ? node_at(&list, i) : list;
		uint32_t p = lexicon_phrase(l->script->lexicon, locale, (*texts)[i], views, &x);

		if (p != PHRASE_NONE) {
			(*texts)[kept] = (*texts)[i];
			(*phrases)[kept++] = p;
		}
	}
	return kept;
}

/* The first source that does not come before the path. */
static size_t source_from(const struct loading *l, const char *path)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(l->sources[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct source *source_find(const struct loading *l, const char *path)
{
	size_t i = source_from(l, path);

	return i < l->n && strcmp(l->sources[i].path, path) == 0 ? &l->sources[i] : NULL;
}

/* Splits "a/b/c.json" after the first slash; false when there is none. */
static bool path_split(const char *path, struct sv *head, const char **tail)
{
	const char *slash = strchr(path, '/');

	if (!slash)
		return false;
	*head = (struct sv){ path, (size_t)(slash - path) };
	*tail = slash + 1;
	return true;
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0;
}

/* Those whose path begins, goes on somewhere, and ends so. */
static size_t count_sources(const struct loading *l, const char *begins, const char *holds, const char *ends)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += strncmp(l->sources[i].path, begins, strlen(begins)) == 0
		    && strstr(l->sources[i].path, holds) && ends_with(l->sources[i].path, ends);
	return n;
}

/* Opens a JSON file of the tree and hands its root to fn. */
static void with_file(struct loading *l, const struct source *src, const char *place,
    void (*fn)(struct loading *, struct node *, void *), void *ctx)
{
	struct reader r;
	struct node root;

	if (!src || !reader_init(&r, src, l->paths, l->findings))
		return;
	r.place = place;
	root = reader_root(&r);
	if (node_is(&root, JSON_OBJECT))
		fn(l, &root, ctx);
	else
		node_bad(&root, "E101", "the file must hold one object { }");
	arena_reset(l->paths);
}

/* ---- languages ---------------------------------------------------------- */

static struct language *language_of(struct loading *l, struct sv locale)
{
	struct script *s = l->script;

	for (size_t i = 0; i < s->n_languages; i++)
		if (sv_eq(s->languages[i].locale, locale))
			return &s->languages[i];
	return NULL;
}

/* Not fewer: sources are sorted, so those of a locale stand together. */
static size_t count_locales(const struct loading *l)
{
	struct sv last = SV("");
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct sv head, locale;
		const char *tail, *file;

		if (path_split(l->sources[i].path, &head, &tail) && sv_is(head, "lang")
		    && path_split(tail, &locale, &file) && !sv_eq(locale, last)) {
			last = locale;
			n++;
		}
	}
	return n;
}

static void find_locales(struct loading *l)
{
	struct script *s = l->script;

	s->languages = ARENA_ARRAY(l->arena, struct language, count_locales(l) + 1);
	for (size_t i = 0; i < l->n; i++) {
		struct sv head, locale;
		const char *tail, *file;

		if (!path_split(l->sources[i].path, &head, &tail) || !sv_is(head, "lang")
		    || !path_split(tail, &locale, &file) || language_of(l, locale))
			continue;
		s->languages[s->n_languages++] = (struct language){
			.locale = arena_sv(l->arena, locale), .lexicon = s->lexicon };
	}
}

/* Every source under lang/<locale>/<folder>/ that ends in .json, in order. */
static const struct source *next_in(struct loading *l, struct sv locale, const char *folder, size_t *i)
{
	const char *prefix = arena_printf(l->scratch, "lang/%.*s/%s/", SV_ARG(locale), folder);

	if (*i == 0)
		*i = source_from(l, prefix);
	while (*i < l->n && strncmp(l->sources[*i].path, prefix, strlen(prefix)) == 0)
		if (ends_with(l->sources[(*i)++].path, ".json"))
			return &l->sources[*i - 1];
	return NULL;
}

static size_t count_in(struct loading *l, struct sv locale, const char *folder)
{
	size_t n = 0;

	for (size_t i = 0; next_in(l, locale, folder, &i); )
		n++;
	return n;
}

static const struct source *lang_file(struct loading *l, struct sv locale, const char *file)
{
	return source_find(l, arena_printf(l->scratch, "lang/%.*s/%s", SV_ARG(locale), file));
}

static void load_spelling(struct loading *l, struct node *root, void *ctx)
{
	struct language *lang = ctx;

	lexicon_spelling(l->script->lexicon, lang->locale, root);
}

static void load_list(struct loading *l, struct node *root, void *ctx)
{
	struct language *lang = ctx;

	lexicon_list(l->script->lexicon, lang->locale, root);
}

static void load_grammar(struct loading *l, struct node *root, void *ctx)
{
	struct language *lang = ctx;
	struct node marks = node_get(root, "marks");

	if (marks.value)
		lexicon_marks(l->script->lexicon, lang->locale, &marks);
	lang->grammar = grammar_load(l->script->lexicon, lang->locale, root, l->arena);
}

static void load_readers(struct loading *l, struct node *root, void *ctx)
{
	struct language *lang = ctx;

	lang->readers = readers_load(l->script->lexicon, lang->locale, root, l->arena);
}

static void load_rules(struct loading *l, struct node *root, void *ctx)
{
	struct language *lang = ctx;
	struct ruleset *set = ruleset_load(l->script->lexicon, lang->locale, root, l->arena);

	if (set)
		lang->rulesets[lang->n_rulesets++] = set;
}

static void load_analysis(struct loading *l, struct node *root, void *ctx)
{
	struct language *lang = ctx;
	struct analysis *an = analysis_load(lang, root, l->arena);

	if (an)
		lang->analyses[lang->n_analyses++] = an;
}

static void load_words(struct loading *l, struct language *lang)
{
	const struct source *src;

	with_file(l, lang_file(l, lang->locale, "spelling.json"), "", load_spelling, lang);
	src = lang_file(l, lang->locale, "dictionary.txt");
	if (src)
		lexicon_dictionary(l->script->lexicon, lang->locale, src->text);
	src = lang_file(l, lang->locale, "verbs.tsv");
	if (src)
		lexicon_verbs(l->script->lexicon, lang->locale, src, l->findings);
	for (size_t i = 0; (src = next_in(l, lang->locale, "words", &i)); )
		with_file(l, src, "", load_list, lang);
}

/* Where only the sentences are there, that is told. */
static void load_weights(struct loading *l, struct language *lang)
{
	const struct source *src = lang_file(l, lang->locale, INTENT_WEIGHTS);

	if (src)
		lang->examples = examples_load(lang->locale, src, l->findings);
	else if ((src = lang_file(l, lang->locale, INTENT_SENTENCES)))
		findings_add(l->findings, "W231", src->path, "", 0,
		    "its weights are missing, so nothing is told by examples -- type: attune learn");
	src = lang_file(l, lang->locale, LANE_WEIGHTS);
	if (src)
		lang->leaning = leaning_load(src, l->findings);
	else if ((src = lang_file(l, lang->locale, LANE_SENTENCES)))
		findings_add(l->findings, "W231", src->path, "", 0,
		    "its weights are missing, so only rules speak -- type: attune learn");
}

static void load_language(struct loading *l, struct language *lang)
{
	const struct source *src;

	load_words(l, lang);
	with_file(l, lang_file(l, lang->locale, "grammar.json"), "", load_grammar, lang);
	with_file(l, lang_file(l, lang->locale, "readers.json"), "", load_readers, lang);
	lang->rulesets = ARENA_ARRAY(l->arena, struct ruleset *, count_in(l, lang->locale, "rules"));
	for (size_t i = 0; (src = next_in(l, lang->locale, "rules", &i)); )
		with_file(l, src, "", load_rules, lang);
	lang->analyses = ARENA_ARRAY(l->arena, struct analysis *,
	    count_in(l, lang->locale, "analyses"));
	for (size_t i = 0; (src = next_in(l, lang->locale, "analyses", &i)); )
		with_file(l, src, "", load_analysis, lang);
	load_weights(l, lang);
}

/* ---- tables ------------------------------------------------------------- */

int grid_column(const struct grid *g, struct sv name)
{
	for (size_t i = 0; i < g->n_columns; i++)
		if (sv_eq(g->columns[i], name))
			return (int)i;
	return -1;
}

const struct cell *grid_cell(const struct grid *g, size_t row, struct sv column)
{
	int c = grid_column(g, column);

	return c < 0 || row >= g->n_rows ? NULL : &g->cells[row * g->n_columns + (size_t)c];
}

static void load_cell(struct loading *l, struct cell *cell, struct node *n, struct sv column,
    struct sv locale)
{
	if (node_is(n, JSON_INTEGER)) {
		cell->is_number = true;
		cell->number = node_number(n);
		cell->text = sv_from(arena_printf(l->arena, "%lld", (long long)cell->number));
		return;
	}
	if (sv_is(column, "words")) {
		size_t count = node_count(n);

		cell->phrases = ARENA_ARRAY(l->arena, uint32_t, count + 1);
		for (size_t i = 0; i < count; i++) {
			struct node x = node_at(n, i);
			uint32_t p = lexicon_phrase(l->script->lexicon, locale, node_sv(&x),
			    VIEW_USUAL, &x);

			if (p != PHRASE_NONE)
				cell->phrases[cell->n_phrases++] = p;
		}
		return;
	}
	if (!node_is(n, JSON_STRING))
		node_bad(n, "E104", "a cell is text or a whole number");
	if (memchr(node_sv(n).p, '{', node_sv(n).n)) {
		struct text *say = ARENA_NEW(l->arena, struct text);

		text_from(say, node_sv(n), l->arena);
		cell->say = say;
		cell->text = say->source;
	} else {
		cell->text = arena_sv(l->arena, node_sv(n));
	}
}

struct grid *grid_load(struct loading *l, struct node *file, struct sv locale)
{
	struct grid *g = ARENA_NEW(l->arena, struct grid);
	struct node rows;

	g->name = arena_sv(l->arena, node_text(file, "table", true));
	g->file = arena_sv(l->arena, sv_from(file->reader->source->path));
	g->n_columns = words_get(file, "columns", &g->columns, l->arena);
	node_int(file, "format", 1);
	rows = node_get(file, "rows");
	g->cells = ARENA_ARRAY(l->arena, struct cell, node_count(&rows) * g->n_columns + 1);
	for (size_t i = 0; i < node_count(&rows); i++) {
		struct node row = node_at(&rows, i);

		if (node_count(&row) != g->n_columns) {
			node_bad(&row, "E201", "the row has %zu cells, the table %zu columns",
			    node_count(&row), g->n_columns);
			continue;
		}
		for (size_t c = 0; c < g->n_columns; c++) {
			struct node cell = node_at(&row, c);

			load_cell(l, &g->cells[g->n_rows * g->n_columns + c], &cell,
			    g->columns[c], locale);
		}
		g->n_rows++;
	}
	node_done(file);
	return g;
}

static void load_grid(struct loading *l, struct node *root, void *ctx)
{
	struct sv *locale = ctx;

	l->script->grids[l->script->n_grids++] = grid_load(l, root, *locale);
}

static void load_grids(struct loading *l)
{
	struct script *s = l->script;

	s->grids = ARENA_ARRAY(l->arena, struct grid *, count_sources(l, "", "/tables/", ".json"));
	for (size_t i = 0; i < l->n; i++) {
		const char *path = l->sources[i].path, *tail, *file;
		struct sv head, locale = s->base_locale;

		if (!ends_with(path, ".json") || !path_split(path, &head, &tail))
			continue;
		if (sv_is(head, "lang") && path_split(tail, &locale, &file)) {
			if (strncmp(file, "tables/", 7) == 0)
				with_file(l, &l->sources[i], "", load_grid, &locale);
		} else if (sv_is(head, "common") && strncmp(tail, "tables/", 7) == 0) {
			with_file(l, &l->sources[i], "", load_grid, &locale);
		}
	}
}

const struct grid *script_grid(const struct script *s, const struct dialog *d, struct sv name)
{
	for (size_t i = 0; d && i < d->n_grids; i++)
		if (sv_eq(d->grids[i]->name, name))
			return d->grids[i];
	for (size_t i = 0; i < s->n_grids; i++)
		if (sv_eq(s->grids[i]->name, name))
			return s->grids[i];
	return NULL;
}

/* ---- common files ------------------------------------------------------- */

static size_t rungs_get(struct node *n, const char *key, struct text **out, struct arena *a)
{
	struct node list = node_get(n, key);
	size_t count = node_count(&list);

	*out = ARENA_ARRAY(a, struct text, count);
	for (size_t i = 0; i < count; i++) {
		struct node rung = node_at(&list, i);

		text_load(&(*out)[i], &rung, a);
	}
	return count;
}

static void load_ladder(struct loading *l, struct ladder *ladder, const char *name, struct node *n)
{
	static const struct { const char *word; int out; } outs[] = {
		{ "skip", OUT_SKIP }, { "value", OUT_VALUE }, { "end", OUT_END },
	};
	struct node heard = node_get(n, "heard"), out = node_get(n, "out"), say;
	struct sv to;
	bool known = false;

	ladder->name = arena_sv(l->arena, sv_from(name));
	ladder->n_rungs = rungs_get(n, "rungs", &ladder->rungs, l->arena);
	ladder->n_told = rungs_get(n, "told", &ladder->told, l->arena);
	if (node_is(&heard, JSON_OBJECT)) {
		ladder->hears = arena_sv(l->arena, node_text(&heard, "reader", true));
		say = node_get(&heard, "say");
		text_load(&ladder->heard, &say, l->arena);
		node_done(&heard);
	}
	if (ladder->n_rungs < 2)
		node_bad(n, "E202", "a ladder needs two rungs or more before its way out");
	say = node_get(&out, "say");
	text_load(&ladder->out_say, &say, l->arena);
	ladder->has_out_say = node_sv(&say).n || node_is(&say, JSON_ARRAY);
	to = node_text(&out, "to", true);
	for (size_t i = 0; i < COUNT(outs); i++)
		if (sv_is(to, outs[i].word)) {
			ladder->out = outs[i].out;
			known = true;
		}
	if (!known)
		node_bad(&out, "E202", "\"to\" is skip, value or end");
	ladder->out_value = arena_sv(l->arena, node_text(&out, "value", ladder->out == OUT_VALUE));
	node_done(&out);
	node_done(n);
}

static void load_ladders(struct loading *l, struct node *root, void *ctx)
{
	struct script *s = l->script;
	struct node all = node_get(root, "ladders"), child;
	struct ladder *more;
	const char *name;

	(void)ctx;
	more = ARENA_ARRAY(l->arena, struct ladder, s->n_ladders + node_count(&all));
	if (s->n_ladders)
		memcpy(more, s->ladders, s->n_ladders * sizeof *more);
	s->ladders = more;
	for (size_t i = 0; node_member(&all, &i, &name, &child); )
		load_ladder(l, &s->ladders[s->n_ladders++], name, &child);
	node_int(root, "format", 1);
	node_done(root);
}

/* The choices of a question that the engine asks by itself: no goto, no set. */
void choices_load(struct loading *l, struct node *list, struct sv locale,
    struct choice_def **choices, size_t *n)
{
	*n = node_count(list);
	*choices = ARENA_ARRAY(l->arena, struct choice_def, *n);
	for (size_t i = 0; i < *n; i++) {
		struct node c = node_at(list, i), say, chip;
		struct choice_def *def = &(*choices)[i];

		say = node_get(&c, "say");
		chip = node_get(&c, "chip");
		def->id = arena_sv(l->arena, node_text(&c, "id", true));
		text_load(&def->say, &say, l->arena);
		text_load(&def->chip, &chip, l->arena);
		def->n_phrases = phrases_get(l, &c, "words", locale, VIEW_USUAL, &def->words,
		    &def->phrases);
		node_done(&c);
	}
}

static void load_line(struct loading *l, const char *key, struct node *n)
{
	struct line *line = &l->script->lines[l->script->n_lines++];
	struct node say, choices;

	line->key = arena_sv(l->arena, sv_from(key));
	if (!node_is(n, JSON_OBJECT) || node_has(n, "any")) {
		wording_load(&line->say, n, l->arena);
		return;
	}
	line->dialog = arena_sv(l->arena, node_text(n, "dialog", false));
	say = node_get(n, "say");
	wording_load(&line->say, &say, l->arena);
	choices = node_get(n, "choices");
	choices_load(l, &choices, l->script->base_locale, &line->choices, &line->n_choices);
	node_done(n);
}

static void load_lines(struct loading *l, struct node *root, void *ctx)
{
	struct script *s = l->script;
	struct node all = node_get(root, "lines"), child;
	const char *key;

	(void)ctx;
	s->lines = ARENA_ARRAY(l->arena, struct line, node_count(&all));
	for (size_t i = 0; node_member(&all, &i, &key, &child); )
		load_line(l, key, &child);
	node_int(root, "format", 1);
	node_text(root, "locale", false);
	node_done(root);
}

static int minute_of(struct node *n)
{
	int minute = 0;

	if (!moment_clock(node_sv(n), &minute))
		node_bad(n, "E108", "an hour of the day is written \"09:00\"");
	return minute;
}

static void load_hours(struct loading *l, struct node *root)
{
	struct hours *h = &l->script->limits.hours;
	struct node map = node_get(root, "hours"), one;
	const char *key;

	h->named = ARENA_ARRAY(l->arena, struct hour, node_count(&map));
	for (size_t i = 0; node_member(&map, &i, &key, &one); ) {
		int minute = minute_of(&one);

		if (strcmp(key, "from") == 0)
			h->from = minute;
		else if (strcmp(key, "to") == 0)
			h->to = minute;
		else if (strcmp(key, "usual") == 0)
			h->usual = minute;
		else
			h->named[h->n++] = (struct hour){ arena_sv(l->arena, sv_from(key)), minute };
	}
}

static void load_limits(struct loading *l, struct node *root, void *ctx)
{
	struct limits *m = &l->script->limits;
	const struct { const char *key; int *value; } numbers[] = {
		{ "bubble", &m->bubble }, { "lane", &m->lane_bubble }, { "draft", &m->draft },
		{ "bubbles", &m->bubbles }, { "preview", &m->preview }, { "label", &m->label },
		{ "chip", &m->chip }, { "choices", &m->choices }, { "menu", &m->menu },
		{ "sentence_words", &m->sentence_words }, { "grade", &m->grade },
		{ "steps", &m->steps }, { "questions_before_draft", &m->questions_before_draft },
		{ "questions", &m->questions }, { "slot_bytes", &m->slot },
		{ "message_bytes", &m->message }, { "message_words", &m->message_words },
		{ "told_words", &m->told_words }, { "told_from", &m->told_from },
		{ "vote", &m->vote }, { "vote_asked", &m->vote_asked }, { "vote_words", &m->vote_words },
		{ "vote_structure", &m->vote_structure },
	};
	const struct { const char *key; int *seconds; } times[] = {
		{ "fresh", &m->fresh }, { "silence", &m->silence }, { "late", &m->late },
		{ "stretch", &m->stretch }, { "rest", &m->rest },
	};
	struct node n = node_get(root, "limits");

	(void)ctx;
	for (size_t i = 0; i < COUNT(numbers); i++)
		*numbers[i].value = (int)node_int(&n, numbers[i].key, *numbers[i].value);
	for (size_t i = 0; i < COUNT(times); i++)
		*times[i].seconds = duration_get(&n, times[i].key, *times[i].seconds);
	m->keep_hours = duration_get(&n, "day", m->keep_hours * 3600) / 3600;
	m->gap_hours = duration_get(&n, "gap", m->gap_hours * 3600) / 3600;
	node_done(&n);
	load_hours(l, root);
	node_int(root, "format", 1);
	node_done(root);
}

static void load_intent(struct loading *l, const char *name, struct node *n)
{
	static const struct { const char *word; enum intent_kind kind; } kinds[] = {
		{ "none", INTENT_NONE }, { "aside", INTENT_ASIDE }, { "switch", INTENT_SWITCH },
		{ "control", INTENT_CONTROL }, { "correction", INTENT_CORRECTION },
	};
	struct script *s = l->script;
	struct intent *in = &s->intents[s->n_intents++];
	struct sv kind = node_text(n, "kind", true), *texts;
	bool known = false;

	in->name = arena_sv(l->arena, sv_from(name));
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (sv_is(kind, kinds[i].word)) {
			in->kind = kinds[i].kind;
			known = true;
		}
	if (!known)
		node_bad(n, "E203", "\"kind\" is aside, switch, control, correction or none");
	in->dialog = arena_sv(l->arena, node_text(n, "dialog", false));
	in->fill = arena_sv(l->arena, node_text(n, "fill", false));
	in->step = arena_sv(l->arena, node_text(n, "step", false));
	in->act = arena_sv(l->arena, node_text(n, "do", false));
	in->weight = (int)node_int(n, "weight", 0);
	in->again = node_bool(n, "again", true);
	in->asked = node_bool(n, "asked", true);
	in->analysis = arena_sv(l->arena, node_text(n, "analysis", false));
	in->n_actions = words_get(n, "actions", &in->actions, l->arena);
	in->n_hints = words_get(n, "hints", &in->hints, l->arena);
	in->n_near = words_get(n, "near", &in->near, l->arena);
	in->n_any = phrases_get(l, n, "any", s->base_locale, VIEW_USUAL, &texts, &in->any);
	in->n_firm = phrases_get(l, n, "firm", s->base_locale, VIEW_USUAL, &texts, &in->firm);
	node_done(n);
}

static void load_intents(struct loading *l, struct node *root, void *ctx)
{
	struct script *s = l->script;
	struct node all = node_get(root, "intents"), child;
	const char *name;

	(void)ctx;
	s->intents = ARENA_ARRAY(l->arena, struct intent, node_count(&all));
	for (size_t i = 0; node_member(&all, &i, &name, &child); )
		load_intent(l, name, &child);
	s->intent_any = lexicon_group(s->lexicon);
	s->intent_firm = lexicon_group(s->lexicon);
	s->controls = lexicon_group(s->lexicon);
	s->corrections = lexicon_group(s->lexicon);
	for (size_t i = 0; i < s->n_intents; i++) {
		const struct intent *in = &s->intents[i];
		struct group *own = in->kind == INTENT_CONTROL ? s->controls
		    : in->kind == INTENT_CORRECTION ? s->corrections : NULL;
		struct group *firm = own ? own : s->intent_firm;

		for (size_t k = 0; k < in->n_any; k++)
			group_add(own ? own : s->intent_any, in->any[k], (uint32_t)i);
		for (size_t k = 0; k < in->n_firm; k++)
			group_add(firm, in->firm[k], (uint32_t)i);
	}
	node_int(root, "format", 1);
	node_done(root);
}

static void load_analyze(struct loading *l, struct node *root, void *ctx)
{
	(void)ctx;
	l->script->analyze = arena_sv(l->arena, root->reader->source->text);
}

/* ---- the lane ----------------------------------------------------------- */

static void load_lane_order(struct loading *l, struct lane *lane, struct node *root)
{
	struct sv *names;

	lane->n_order = words_get(root, "order", &names, l->arena);
	lane->order = ARENA_ARRAY(l->arena, struct lane_order, lane->n_order);
	for (size_t i = 0; i < lane->n_order; i++) {
		struct sv tag = names[i];
		int tier = 0;

		if (tag.n > 1 && tag.p[tag.n - 1] >= '1' && tag.p[tag.n - 1] <= '3') {
			tier = tag.p[tag.n - 1] - '0';
			tag.n--;
		}
		lane->order[i] = (struct lane_order){ tag, tier };
	}
}

static void load_weak(struct loading *l, struct lane_weak *w, struct node *n)
{
	w->n_tags = words_get(n, "tags", &w->tags, l->arena);
	w->sum = (int)node_int(n, "sum", 3);
	w->messages = (int)node_int(n, "messages", 10);
	w->hours = (int)node_int(n, "hours", 24);
	w->class = arena_sv(l->arena, node_text(n, "class", false));
	node_text(n, "then", false);
	node_done(n);
}

/* One kind of them, or a list of kinds. */
static void load_lane_weak(struct loading *l, struct lane *lane, struct node *root)
{
	struct node weak = node_get(root, "weak");
	bool list = node_is(&weak, JSON_ARRAY);
	size_t n = list ? node_count(&weak) : 1;

	if (n > LANE_WEAK_SETS) {
		node_bad(&weak, "E104", "%d kinds of small signs at most", LANE_WEAK_SETS);
		n = LANE_WEAK_SETS;
	}
	lane->weak = ARENA_ARRAY(l->arena, struct lane_weak, n + 1);
	lane->n_weak = n;
	for (size_t i = 0; i < n; i++) {
		struct node one = list ? node_at(&weak, i) : weak;

		load_weak(l, &lane->weak[i], &one);
	}
}

static void load_lane_memory(struct loading *l, struct lane *lane, struct node *root)
{
	struct node memory = node_get(root, "memory"), child;
	const char *tag;

	lane->memory = ARENA_ARRAY(l->arena, struct lane_memory, node_count(&memory));
	for (size_t i = 0; node_member(&memory, &i, &tag, &child); ) {
		struct lane_memory *m = &lane->memory[lane->n_memory++];

		m->tag = arena_sv(l->arena, sv_from(tag));
		m->messages = (int)node_int(&child, "messages", 5);
		m->n_raises = words_get(&child, "raises", &m->raises, l->arena);
		node_done(&child);
	}
}

/* "readers": {"lane-answer": {"values": {"yes": [phrases], ...}, "unclear": "yes"}} */
static void load_lane_readers(struct loading *l, struct lane *lane, struct node *root)
{
	struct node all = node_get(root, "readers"), one, values, list;
	const char *name, *value;
	struct sv *texts;

	lane->readers = ARENA_ARRAY(l->arena, struct lane_reader, node_count(&all));
	for (size_t i = 0; node_member(&all, &i, &name, &one); ) {
		struct lane_reader *r = &lane->readers[lane->n_readers++];

		r->name = arena_sv(l->arena, sv_from(name));
		r->unclear = arena_sv(l->arena, node_text(&one, "unclear", true));
		values = node_get(&one, "values");
		r->values = ARENA_ARRAY(l->arena, struct lane_value, node_count(&values));
		for (size_t k = 0; node_member(&values, &k, &value, &list); ) {
			struct lane_value *v = &r->values[r->n_values++];

			v->name = arena_sv(l->arena, sv_from(value));
			v->n_phrases = phrases_get(l, &values, value, l->script->base_locale,
			    VIEW_USUAL, &texts, &v->phrases);
		}
		node_done(&one);
	}
}

static void load_lane_help(struct loading *l, struct lane *lane, struct node *root)
{
	struct node map = node_get(root, "help"), child;
	const char *name;

	lane->help = ARENA_ARRAY(l->arena, struct lane_help, node_count(&map));
	for (size_t i = 0; node_member(&map, &i, &name, &child); ) {
		struct lane_help *h = &lane->help[lane->n_help++];

		h->class = arena_sv(l->arena, sv_from(name));
		h->n_kinds = words_get(&map, name, &h->kinds, l->arena);
	}
	lane->n_any = words_get(root, "help_any", &lane->any, l->arena);
	lane->n_now = words_get(root, "help_now", &lane->now, l->arena);
	lane->rows = (int)node_int(root, "rows", 2);
}

static void load_lane_heard(struct loading *l, struct lane *lane, struct node *root)
{
	struct node list = node_get(root, "heard");
	struct sv *texts;

	lane->heard = ARENA_ARRAY(l->arena, struct lane_heard, node_count(&list));
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node n = node_at(&list, i);
		struct lane_heard *h = &lane->heard[lane->n_heard++];

		h->name = arena_sv(l->arena, node_text(&n, "id", true));
		h->none = arena_sv(l->arena, node_text(&n, "none", false));
		h->to = arena_sv(l->arena, node_text(&n, "to", false));
		h->next = node_bool(&n, "next", false);
		h->topic = node_bool(&n, "switch", false);
		h->first = node_bool(&n, "first", false);
		h->instead = node_bool(&n, "instead", false);
		h->n_not = words_get(&n, "not", &h->not, l->arena);
		h->n_in = words_get(&n, "in", &h->in, l->arena);
		h->n_phrases = phrases_get(l, &n, "any", l->script->base_locale, VIEW_USUAL, &texts,
		    &h->phrases);
		node_done(&n);
	}
}

static void load_lane_wait(struct loading *l, struct lane *lane, struct node *root)
{
	struct node n = node_get(root, "wait");
	struct lane_wait *w = &lane->wait;

	if (!node_is(&n, JSON_OBJECT))
		return;
	w->tier = (int)node_int(&n, "tier", 3);
	w->duration = duration_get(&n, "for", 0);
	w->unless = arena_sv(l->arena, node_text(&n, "unless", false));
	w->say = arena_sv(l->arena, node_text(&n, "say", true));
	w->to = arena_sv(l->arena, node_text(&n, "to", true));
	w->away = arena_sv(l->arena, node_text(&n, "away", false));
	w->n_states = words_get(&n, "states", &w->states, l->arena);
	node_done(&n);
}

static void load_lane_aside(struct loading *l, struct lane *lane, struct node *root)
{
	struct node n = node_get(root, "aside");

	if (!node_is(&n, JSON_OBJECT))
		return;
	lane->aside.words = (int)node_int(&n, "words", 1);
	lane->aside.n_classes = words_get(&n, "classes", &lane->aside.classes, l->arena);
	node_done(&n);
}

static void load_lane_follow(struct loading *l, struct lane *lane, struct node *root)
{
	struct node n = node_get(root, "follow");
	struct lane_follow *f = &lane->follow;

	if (!node_is(&n, JSON_OBJECT))
		return;
	f->ask = arena_sv(l->arena, node_text(&n, "ask", true));
	f->said = (int)node_int(&n, "said", 1);
	f->promise = arena_sv(l->arena, node_text(&n, "promise", true));
	f->from = duration_get(&n, "from", 20 * 3600);
	f->to = duration_get(&n, "to", 28 * 3600);
	f->then = arena_sv(l->arena, node_text(&n, "then", true));
	f->back = arena_sv(l->arena, node_text(&n, "back", true));
	f->n_not = words_get(&n, "not", &f->not, l->arena);
	node_done(&n);
}

static void load_lane_state(struct loading *l, struct lane_state *st, const char *name, struct node *n)
{
	struct node child;
	const char *key;

	st->name = arena_sv(l->arena, sv_from(name));
	st->reader = arena_sv(l->arena, node_text(n, "reader", false));
	st->duration = duration_get(n, "for", 0);
	st->raise = (int)node_int(n, "raise", 0);
	st->every = (int)node_int(n, "every", 0);
	st->repeat = arena_sv(l->arena, node_text(n, "repeat", false));
	st->holds = node_bool(n, "holds", false);
	st->opens = node_bool(n, "opens", false);
	st->firm = node_bool(n, "firm", false);
	st->late = node_bool(n, "late", false);
	st->lets = node_bool(n, "lets", false);
	st->next = ARENA_ARRAY(l->arena, struct pair, node_count(n));
	for (size_t i = 0; node_member(n, &i, &key, &child); ) {
		static const char *const own[] = { "reader", "for", "raise", "every", "repeat",
			"holds", "opens", "firm", "late", "lets" };
		bool mine = false;

		for (size_t k = 0; k < COUNT(own); k++)
			mine = mine || strcmp(key, own[k]) == 0;
		if (mine)
			continue;
		st->next[st->n_next++] = (struct pair){ arena_sv(l->arena, sv_from(key)),
			arena_sv(l->arena, node_text(n, key, true)) };
	}
	node_done(n);
}

static void load_lane_leaning(struct lane *lane, struct node *root)
{
	static const char *const keys[COUNT(lane->lean)] = { "none", "tier1", "tier2", "tier3" };
	struct node lean = node_get(root, "lean");

	for (size_t i = 0; i < COUNT(keys); i++) {
		struct node at = node_get(&lean, keys[i]);

		lane->lean[i].ask = (int)node_int(&at, "ask", i ? INT_MIN : INT_MAX);
		lane->lean[i].answer = (int)node_int(&at, "answer", i > 1 ? INT_MIN : INT_MAX);
		node_done(&at);
	}
	node_done(&lean);
}

static void load_lane(struct loading *l, struct node *root, void *ctx)
{
	struct lane *lane = &l->script->lane;
	struct node states = node_get(root, "states"), lock = node_get(root, "lock"), child, denied;
	struct sv *texts;
	const char *key;
	size_t n = 0;

	(void)ctx;
	lane->file = arena_sv(l->arena, sv_from(root->reader->source->path));
	node_text(root, "lane", true);
	node_int(root, "format", 1);
	node_text(root, "locale", true);
	lane->n_rulesets = words_get(root, "rules", &lane->rulesets, l->arena);
	words_get(root, "views", &texts, l->arena);
	load_lane_order(l, lane, root);
	load_lane_weak(l, lane, root);
	load_lane_memory(l, lane, root);
	lane->states = ARENA_ARRAY(l->arena, struct lane_state, node_count(&states));
	for (size_t i = 0; node_member(&states, &i, &key, &child); )
		load_lane_state(l, &lane->states[lane->n_states++], key, &child);
	lane->n_dialogs = pairs_get(root, "dialogs", &lane->dialogs, l->arena);
	lane->n_pass = words_get(root, "pass", &lane->pass, l->arena);
	words_get(root, "suspend", &texts, l->arena);
	lane->n_own = words_get(root, "own", &lane->own, l->arena);
	lane->n_others = words_get(root, "about_others", &lane->others, l->arena);
	load_lane_readers(l, lane, root);
	load_lane_help(l, lane, root);
	lane->n_resume = phrases_get(l, root, "resume", l->script->base_locale, VIEW_USUAL, &texts,
	    &lane->resume);
	denied = node_get(root, "denied");
	lane->denied = arena_sv(l->arena, node_text(&denied, "tag", false));
	lane->n_lowered = words_get(&denied, "lowers", &lane->lowered, l->arena);
	node_done(&denied);
	load_lane_heard(l, lane, root);
	load_lane_wait(l, lane, root);
	load_lane_aside(l, lane, root);
	load_lane_follow(l, lane, root);
	load_lane_leaning(lane, root);
	lane->n_gentle = words_get(root, "gentle", &lane->gentle, l->arena);
	lane->topics = arena_sv(l->arena, node_text(root, "topics", false));
	lane->plain = arena_sv(l->arena, node_text(root, "plain", false));
	lane->n_guess = words_get(root, "guess", &lane->guess, l->arena);
	lane->locks = ARENA_ARRAY(l->arena, struct sv, node_count(&lock));
	for (size_t i = 0; node_member(&lock, &i, &key, &child); )
		lane->locks[n++] = arena_sv(l->arena, sv_from(key));
	lane->n_locks = n;
	node_done(root);
}

static void load_lane_cards(struct loading *l, struct node *root, void *ctx)
{
	struct lane *lane = &l->script->lane;
	struct node all = node_get(root, "say"), one, lines;
	const char *locale;

	(void)ctx;
	node_text(root, "cards", false);
	node_int(root, "format", 1);
	lane->cards = ARENA_ARRAY(l->arena, struct lane_card, node_count(&all));
	for (size_t i = 0; node_member(&all, &i, &locale, &one); ) {
		struct lane_card *c = &lane->cards[lane->n_cards++];

		c->locale = arena_sv(l->arena, sv_from(locale));
		c->emergency = arena_sv(l->arena, node_text(&one, "emergency", true));
		lines = node_get(&one, "lines");
		wording_load(&c->say, &lines, l->arena);
		node_done(&one);
	}
	node_done(root);
}

static void load_lane_texts(struct loading *l, struct node *root, void *ctx)
{
	struct lane *lane = &l->script->lane;
	struct node all = node_get(root, "say"), child;
	const char *key;

	(void)ctx;
	lane->texts = ARENA_ARRAY(l->arena, struct line, node_count(&all));
	for (size_t i = 0; node_member(&all, &i, &key, &child); ) {
		struct line *line = &lane->texts[lane->n_texts++];

		line->key = arena_sv(l->arena, sv_from(key));
		wording_load(&line->say, &child, l->arena);
	}
	node_text(root, "lane", false);
	node_text(root, "locale", false);
	node_text(root, "of", false);
	node_int(root, "format", 1);
	node_done(root);
}

const struct lane_state *lane_state(const struct lane *l, struct sv name)
{
	for (size_t i = 0; i < l->n_states; i++)
		if (sv_eq(l->states[i].name, name))
			return &l->states[i];
	return NULL;
}

static bool lane_says(const struct lane *l, struct sv state)
{
	for (size_t i = 0; i < l->n_texts; i++)
		if (sv_eq(l->texts[i].key, state))
			return true;
	return false;
}

/* Where it rests, where a sign of each tier leads, where it watches afterwards,
 * and which kinds of service it shows. */
static void prove_lane_starts(struct loading *l, const struct lane *lane, const char *file)
{
	static const char *const states[] = { "none", "after" };
	static const char *const tiers[] = { "tier1", "tier2", "tier3" };
	const struct lane_state *none = lane_state(lane, SV("none"));

	for (size_t i = 0; i < COUNT(states); i++)
		if (!lane_state(lane, sv_from(states[i])))
			findings_add(l->findings, "E701", file, "", 0,
			    "the lane has no state \"%s\" -- without it nothing may start", states[i]);
	for (size_t i = 0; none && i < COUNT(tiers); i++) {
		bool leads = false;

		for (size_t k = 0; k < none->n_next; k++)
			leads = leads || sv_is(none->next[k].name, tiers[i]);
		if (!leads)
			findings_add(l->findings, "E701", file, "none", 0,
			    "the lane's state \"none\" leads nowhere at \"%s\"", tiers[i]);
	}
	if (!lane->n_any || !lane->n_now)
		findings_add(l->findings, "E701", file, "", 0, "\"help_any\" and \"help_now\" name "
		    "the kinds of service to show -- without them nothing may start");
}

static void prove_lane_says(struct loading *l, const struct lane *lane, const char *file, struct sv key)
{
	if (key.n && !lane_says(lane, key))
		findings_add(l->findings, "E702", file, key.p, 0, "the lane's \"%.*s\" has no text",
		    SV_ARG(key));
}

static void prove_lane_leads(struct loading *l, const struct lane *lane, const char *file, struct sv to)
{
	if (to.n && !lane_state(lane, to))
		findings_add(l->findings, "E703", file, to.p, 0, "the lane has no state \"%.*s\"",
		    SV_ARG(to));
}

static void prove_lane_heard(struct loading *l, const struct lane *lane, const char *file)
{
	const struct lane_wait *w = &lane->wait;

	for (size_t i = 0; i < lane->n_heard; i++) {
		const struct lane_heard *h = &lane->heard[i];

		if (!h->to.n)
			prove_lane_says(l, lane, file, h->name);
		prove_lane_says(l, lane, file, h->none);
		prove_lane_leads(l, lane, file, h->to);
		for (size_t k = 0; k < h->n_in; k++)
			prove_lane_leads(l, lane, file, h->in[k]);
	}
	prove_lane_says(l, lane, file, w->say);
	prove_lane_says(l, lane, file, w->away);
	prove_lane_leads(l, lane, file, w->to);
	prove_lane_leads(l, lane, file, lane->follow.ask);
	prove_lane_leads(l, lane, file, lane->follow.promise);
	prove_lane_leads(l, lane, file, lane->follow.then);
	prove_lane_leads(l, lane, file, lane->follow.back);
	for (size_t i = 0; i < w->n_states; i++)
		prove_lane_leads(l, lane, file, w->states[i]);
}

static void find_lane_sets(struct loading *l, struct lane *lane)
{
	size_t n = l->script->n_languages, each = lane->n_rulesets;

	lane->sets = ARENA_ARRAY(l->arena, const struct ruleset *, n * each);
	for (size_t i = 0; i < n * each; i++)
		lane->sets[i] = language_ruleset(&l->script->languages[i / each], lane->rulesets[i % each]);
}

/* The program does not start, and a reload does not swap, without a sound lane. */
static void prove_lane(struct loading *l)
{
	const struct lane *lane = &l->script->lane;
	const char *file = lane->file.n ? lane->file.p : "lane/lane.json";

	prove_lane_starts(l, lane, file);
	for (size_t i = 0; i < lane->n_states; i++)
		if (!sv_is(lane->states[i].name, "none") && !lane_says(lane, lane->states[i].name))
			findings_add(l->findings, "E702", file, "", 0,
			    "the lane's state \"%.*s\" has no text", SV_ARG(lane->states[i].name));
	for (size_t i = 0; i < lane->n_states; i++)
		for (size_t k = 0; k < lane->states[i].n_next; k++)
			if (!lane_state(lane, lane->states[i].next[k].value))
				findings_add(l->findings, "E703", file, lane->states[i].name.p, 0,
				    "\"%.*s\" leads to \"%.*s\", which is no state",
				    SV_ARG(lane->states[i].next[k].name),
				    SV_ARG(lane->states[i].next[k].value));
	prove_lane_heard(l, lane, file);
	find_lane_sets(l, &l->script->lane);
	for (size_t i = 0; i < lane->n_rulesets; i++) {
		bool found = false;

		for (size_t k = 0; k < l->script->n_languages; k++)
			found = found || lane->sets[k * lane->n_rulesets + i];
		if (!found)
			findings_add(l->findings, "E704", file, "", 0,
			    "the lane's rule set \"%.*s\" does not exist", SV_ARG(lane->rulesets[i]));
	}
	if (!lane->n_rulesets)
		findings_add(l->findings, "E704", file, "", 0, "the lane names no rule set");
}

/* ---- help --------------------------------------------------------------- */

static void load_service(struct loading *l, struct service *sv, struct node *n)
{
	sv->id = arena_sv(l->arena, node_text(n, "id", true));
	sv->kind = arena_sv(l->arena, node_text(n, "kind", true));
	sv->n_lines = words_get(n, "lines", &sv->lines, l->arena);
	sv->row = arena_sv(l->arena, node_text(n, "row", false));
	sv->source = arena_sv(l->arena, node_text(n, "source", false));
	sv->checked_on = arena_sv(l->arena, node_text(n, "checked_on", false));
	if (!sv->row.n && sv->n_lines)
		sv->row = sv->lines[0];
	node_done(n);
}

static void load_country(struct loading *l, struct node *root, void *ctx)
{
	struct country *c = &l->script->countries[l->script->n_countries++];
	struct node rows = node_get(root, "rows");

	(void)ctx;
	c->code = arena_sv(l->arena, node_text(root, "country", true));
	c->name = arena_sv(l->arena, node_text(root, "name", false));
	c->emergency = arena_sv(l->arena, node_text(root, "emergency", false));
	node_text(root, "checked_on", false);
	node_text(root, "source", false);
	node_text(root, "emergency_source", false);
	node_int(root, "format", 1);
	c->n_services = node_count(&rows);
	c->services = ARENA_ARRAY(l->arena, struct service, c->n_services);
	for (size_t i = 0; i < c->n_services; i++) {
		struct node row = node_at(&rows, i);

		load_service(l, &c->services[i], &row);
	}
	node_done(root);
}

/* ---- dialogs ------------------------------------------------------------ */

bool language_has(const struct language *l, struct sv name)
{
	if (sv_is(name, "grammar"))
		return l->grammar != NULL;
	return language_analysis(l, name) || language_ruleset(l, name)
	    || (l->readers && readers_has(l->readers, name));
}

/* A language that lacks what a dialog needs does without the dialog. */
static bool needs_met(struct loading *l, struct node *root, const struct language *lang)
{
	struct sv *needs;
	size_t n = words_get(root, "needs", &needs, l->scratch);

	for (size_t i = 0; i < n; i++)
		if (!language_has(lang, needs[i]))
			return false;
	return true;
}

struct place { struct sv folder; const struct language *language; const char *overlay; };

/* The choice of a step that an overlay names; NULL when there is none. */
static struct jtree *choice_named(const struct jtree *step, const char *id)
{
	const struct jtree *choices = jtree_get(step, "choices");

	for (uint32_t i = 0; choices && choices->type == JSON_ARRAY && i < choices->n; i++)
		if (sv_is(jtree_text(jtree_get(&choices->kids[i], "id")), id))
			return &choices->kids[i];
	return NULL;
}

static void merge_step(struct jtree *step, const struct jtree *over, struct arena *a)
{
	for (uint32_t i = 0; over && over->type == JSON_OBJECT && i < over->n; i++) {
		const struct jtree *value = &over->kids[i];
		struct jtree *choice = value->type == JSON_OBJECT ? choice_named(step, value->key) : NULL;

		for (uint32_t k = 0; choice && k < value->n; k++)
			jtree_put(choice, value->kids[k].key, &value->kids[k], a);
		if (!choice)
			jtree_put(step, value->key, value, a);
	}
}

/* Puts the overlay's texts over the same ids of the base file. */
static void merge(struct jtree *base, const struct jtree *overlay, struct arena *a)
{
	static const char *const heads[] = { "locale", "title" };
	const struct jtree *steps = jtree_get(base, "steps");

	for (uint32_t i = 0; steps && steps->type == JSON_ARRAY && i < steps->n; i++) {
		struct sv id = jtree_text(jtree_get(&steps->kids[i], "id"));

		if (id.n)
			merge_step(&steps->kids[i], jtree_get(overlay, id.p), a);
	}
	for (size_t i = 0; i < COUNT(heads); i++)
		if (jtree_get(overlay, heads[i]))
			jtree_put(base, heads[i], jtree_get(overlay, heads[i]), a);
}

static void load_dialog(struct loading *l, struct node *root, void *ctx)
{
	struct place *p = ctx;
	struct dialog *d;
	struct reader over;

	if (p->overlay && !needs_met(l, root, p->language))
		return;
	if (p->overlay) {
		if (!reader_init(&over, source_find(l, p->overlay), l->paths, l->findings))
			return;
		merge(&root->reader->root, &over.root, l->paths);
	}
	d = dialog_load(l, root, p->folder, p->language);
	if (d)
		l->script->dialogs[l->script->n_dialogs++] = d;
}

static void load_dialogs(struct loading *l)
{
	struct script *s = l->script;

	s->dialogs = ARENA_ARRAY(l->arena, struct dialog *,
	    count_sources(l, "", "/dialog.json", "/dialog.json") * (s->n_languages + 1));
	for (size_t i = 0; i < l->n; i++) {
		const char *path = l->sources[i].path;
		struct sv folder;

		if (!ends_with(path, "/dialog.json"))
			continue;
		folder = (struct sv){ path, strlen(path) - strlen("/dialog.json") };
		for (size_t k = 0; k < s->n_languages; k++) {
			struct place p = { folder, &s->languages[k], NULL };

			if (!sv_eq(s->languages[k].locale, s->base_locale)) {
				p.overlay = arena_printf(l->scratch, "%.*s/text.%.*s.json",
				    SV_ARG(folder), SV_ARG(s->languages[k].locale));
				if (!source_find(l, p.overlay))
					continue;
			}
			with_file(l, &l->sources[i], arena_printf(l->scratch, "dialog %.*s",
			    SV_ARG(folder)), load_dialog, &p);
		}
	}
}

const struct dialog *script_dialog(const struct script *s, struct sv id, struct sv locale)
{
	const struct dialog *base = NULL;

	for (size_t i = 0; i < s->n_dialogs; i++) {
		if (!sv_eq(s->dialogs[i]->id, id))
			continue;
		if (sv_eq(s->dialogs[i]->locale, locale))
			return s->dialogs[i];
		if (!base || sv_eq(s->dialogs[i]->locale, s->base_locale))
			base = s->dialogs[i];
	}
	return base;
}

const struct line *script_line(const struct script *s, struct sv key)
{
	for (size_t i = 0; i < s->n_lines; i++)
		if (sv_eq(s->lines[i].key, key))
			return &s->lines[i];
	return NULL;
}

const struct ladder *script_ladder(const struct script *s, struct sv name)
{
	if (sv_starts(name, SV("ladder.")))
		name = sv_sub(name, 7, name.n);
	for (size_t i = 0; i < s->n_ladders; i++)
		if (sv_eq(s->ladders[i].name, name))
			return &s->ladders[i];
	return NULL;
}

const struct intent *script_intent(const struct script *s, struct sv name)
{
	for (size_t i = 0; i < s->n_intents; i++)
		if (sv_eq(s->intents[i].name, name))
			return &s->intents[i];
	return NULL;
}

const struct country *script_country(const struct script *s, struct sv code)
{
	for (size_t i = 0; i < s->n_countries; i++)
		if (sv_eq(s->countries[i].code, code))
			return &s->countries[i];
	return NULL;
}

const struct language *script_language(const struct script *s, struct sv locale)
{
	const struct language *base = NULL;

	for (size_t i = 0; i < s->n_languages; i++) {
		if (sv_eq(s->languages[i].locale, locale))
			return &s->languages[i];
		if (sv_eq(s->languages[i].locale, s->base_locale))
			base = &s->languages[i];
	}
	return base;
}

/* The locale of lane.json is the base; the loader says when it names none. */
static struct sv find_base(struct loading *l)
{
	const struct source *src = source_find(l, "lane/lane.json");
	struct jtree root;

	if (!src || jtree_read(src->text, l->scratch, &root) != JTREE_READ)
		return SV("");
	return arena_sv(l->arena, jtree_text(jtree_get(&root, "locale")));
}

static const char *const line_keys[] = {
	"greeting", "open", "went-back", "back-nothing", "return-offer", "return-declined",
	"reload-moved", "reload-lost", "which-one", "not-read", "cipher", "stopped", "edited",
	"broken", "no-dialog", "late", "greeted",
};

static void prove_lines(struct loading *l)
{
	for (size_t i = 0; i < COUNT(line_keys); i++)
		if (!script_line(l->script, sv_from(line_keys[i])))
			findings_add(l->findings, "E204", "common/lines.json", "", 0,
			    "the line \"%s\" is missing", line_keys[i]);
}

static void load_common(struct loading *l)
{
	struct script *s = l->script;

	s->limits = (struct limits){
		.bubble = 300, .lane_bubble = 650, .draft = 320, .bubbles = 2, .preview = 60,
		.label = 36, .chip = 20, .choices = 7, .menu = 5, .sentence_words = 20, .grade = 6,
		.steps = 40, .questions_before_draft = 1, .questions = 5, .slot = 4096,
		.message = 1536, .fresh = 1800, .silence = 86400, .late = 600, .stretch = 10800, .rest = 1800, .keep_hours = 24,
		.hours = { .from = 0, .to = 24 * 60 - 1, .usual = 18 * 60 }, .gap_hours = 6, .message_words = 400, .told_words = 2, .told_from = 3, .vote = 40, .vote_asked = 2000, .vote_words = 3, .vote_structure = 4,
	};
	with_file(l, source_find(l, "common/limits.json"), "", load_limits, NULL);
	for (size_t i = 0; i < l->n; i++)
		if (ends_with(l->sources[i].path, "/ladders.json"))
			with_file(l, &l->sources[i], "", load_ladders, NULL);
	if (!source_find(l, "common/lines.json"))
		findings_add(l->findings, "E204", "common/lines.json", "", 0, "the file is missing");
	with_file(l, source_find(l, "common/lines.json"), "", load_lines, NULL);
	with_file(l, source_find(l, "common/analyze.json"), "", load_analyze, NULL);
}

static void load_help(struct loading *l)
{
	l->script->countries = ARENA_ARRAY(l->arena, struct country, count_sources(l, "help/", "", ".json"));
	for (size_t i = 0; i < l->n; i++)
		if (strncmp(l->sources[i].path, "help/", 5) == 0 && ends_with(l->sources[i].path, ".json")
		    && !ends_with(l->sources[i].path, "schema.json"))
			with_file(l, &l->sources[i], "", load_country, NULL);
}

static void keep_chats(struct loading *l)
{
	struct script *s = l->script;
	const struct source *released = source_find(l, "RELEASED.json");

	s->chats = ARENA_ARRAY(l->arena, struct source, count_sources(l, "", "", ".chat"));
	for (size_t i = 0; i < l->n; i++)
		if (ends_with(l->sources[i].path, ".chat"))
			s->chats[s->n_chats++] = (struct source){
				arena_str(l->arena, sv_from(l->sources[i].path)),
				arena_sv(l->arena, l->sources[i].text) };
	if (released)
		s->released = arena_sv(l->arena, released->text);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->path, ((const struct source *)b)->path);
}

static void load_everything(struct loading *l)
{
	struct script *s = l->script;

	s->base_locale = find_base(l);
	find_locales(l);
	if (!language_of(l, s->base_locale))
		s->languages[s->n_languages++] = (struct language){ .locale = s->base_locale,
			.lexicon = s->lexicon };
	for (size_t i = 0; i < s->n_languages; i++)
		load_language(l, &s->languages[i]);
	load_grids(l);
	load_common(l);
	load_help(l);
	load_dialogs(l);
	with_file(l, source_find(l, "common/intents.json"), "", load_intents, NULL);
	if (!source_find(l, "lane/lane.json"))
		findings_add(l->findings, "E701", "lane/lane.json", "", 0,
		    "the file is missing -- without the lane nothing may start");
	with_file(l, source_find(l, "lane/lane.json"), "", load_lane, NULL);
	with_file(l, source_find(l, arena_printf(l->scratch, "lane/text.%.*s.json",
	    SV_ARG(s->base_locale))), "", load_lane_texts, NULL);
	with_file(l, source_find(l, "lane/cards.json"), "", load_lane_cards, NULL);
	prove_lane(l);
	prove_lines(l);
	keep_chats(l);
	lexicon_seal(s->lexicon, l->findings);
}

struct script *script_load(const struct source *sources, size_t n, struct findings *f)
{
	struct script *s = xcalloc(1, sizeof *s);
	struct source *sorted = xcalloc(n + 1, sizeof *sorted);
	struct loading l = { s, sorted, n, f, NULL, arena_create(), arena_create() };
	size_t errors = f->errors;

	memcpy(sorted, sources, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_path);
	s->arena = l.arena = arena_create_large();
	s->written = arena_create_large();
	s->lexicon = lexicon_create();
	load_everything(&l);
	arena_drop(l.scratch);
	arena_drop(l.paths);
	free(sorted);
	if (f->errors > errors) {
		script_destroy(s);
		return NULL;
	}
	return s;
}

void script_slim(struct script *s)
{
	lexicon_slim(s->lexicon);
	for (size_t i = 0; i < s->n_dialogs; i++)
		s->dialogs[i]->source = SV("");
	arena_drop(s->written);
	s->written = NULL;
}

void script_destroy(struct script *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_languages; i++) {
		examples_destroy(s->languages[i].examples);
		leaning_destroy(s->languages[i].leaning);
	}
	lexicon_destroy(s->lexicon);
	arena_drop(s->written);
	arena_drop(s->arena);
	free(s);
}
