/* Findings of this file:
 *   E310 a word of the spelling file is not one word
 *   E311 a verb row lacks a column, or repeats a verb
 *   E312 a list is defined twice
 *   E313 a class has no phrases */
#include "text/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct lexicon *lexicon_create(void)
{
	struct lexicon *lx = xcalloc(1, sizeof *lx);

	lx->arena = arena_create_large();
	lx->trees = arena_create_large();
	lx->scratch = arena_create();
	lx->names = table_create();
	GROW(lx->symbols, 0, lx->cap_symbols);
	lx->symbols[0] = (struct symbol){ 0 };
	trie_init(&lx->trie);
	return lx;
}

static void locale_fini(struct locale *l)
{
	free(l->dictionary.slots);
	table_destroy(l->abbreviations);
	table_destroy(l->verb_names);
	table_destroy(l->base_names);
	free(l->bases);
	free(l->verbs);
	free(l->verb_words);
	free(l->levels);
}

static void group_destroy(struct group *g)
{
	free(g->items);
	free(g->slots);
	free(g->runs);
	free(g->keys);
	free(g->postings);
	free(g);
}

void lexicon_destroy(struct lexicon *lx)
{
	if (!lx)
		return;
	for (size_t i = 0; i < lx->n_locales; i++)
		locale_fini(&lx->locales[i]);
	for (size_t i = 0; i < lx->n_lists; i++)
		free(lx->lists[i].rows);
	for (size_t i = 0; i < lx->n_classes; i++)
		free(lx->classes[i].phrases);
	for (size_t i = 0; i < lx->n_phrases; i++)
		pcre2_code_free(lx->phrases[i].regex);
	for (size_t i = 0; i < lx->n_groups; i++)
		group_destroy(lx->groups[i]);
	trie_fini(&lx->trie);
	free(lx->locales);
	free(lx->lists);
	free(lx->classes);
	free(lx->phrases);
	free(lx->written);
	free(lx->groups);
	free(lx->spellings);
	free(lx->sets);
	free(lx->set_slots);
	free(lx->prefix_pool);
	free(lx->near);
	free(lx->near_at);
	free(lx->begin);
	free(lx->row_index.slots);
	free(lx->open);
	free(lx->symbols);
	table_destroy(lx->names);
	arena_drop(lx->arena);
	arena_drop(lx->trees);
	arena_drop(lx->scratch);
	free(lx);
}

void lexicon_slim(struct lexicon *lx)
{
	free(lx->written);
	lx->written = NULL;
	arena_drop(lx->trees);
	lx->trees = NULL;
}

/* Symbols ------------------------------------------------------------------ */

/* Other kinds than words have a control character in front of their name. */
enum { NAME_PREFIX = '\1', NAME_LIST = '\2', NAME_CLASS = '\3' };

static uint32_t intern(struct lexicon *lx, struct sv name, enum symbol_kind kind)
{
	uint32_t known = table_count(lx->names);
	uint32_t sym = table_add(lx->names, name) + 1;

	if (sym > known) {
		GROW(lx->symbols, sym, lx->cap_symbols);
		lx->symbols[sym] = (struct symbol){ .kind = (uint8_t)kind, .longest = 1 };
	}
	return sym;
}

/* Names longer than the buffer are cut: no such name is ever found. */
static struct sv tagged(char *buffer, size_t size, char kind, struct sv a, struct sv b)
{
	size_t n = 0;

	a = sv_sub(a, 0, size / 2 - 2);
	b = sv_sub(b, 0, size / 2 - 2);
	buffer[n++] = kind;
	memcpy(buffer + n, a.p, a.n);
	n += a.n;
	if (kind != NAME_PREFIX)
		buffer[n++] = '/';
	memcpy(buffer + n, b.p, b.n);
	return (struct sv){ buffer, n + b.n };
}

uint32_t lexicon_add_word(struct lexicon *lx, struct sv folded)
{
	return intern(lx, folded, SYMBOL_WORD);
}

uint32_t lexicon_add_prefix(struct lexicon *lx, struct sv folded)
{
	char buffer[256];

	if (folded.n > lx->longest_prefix)
		lx->longest_prefix = folded.n;
	return intern(lx, tagged(buffer, sizeof buffer, NAME_PREFIX, folded, SV("")),
	    SYMBOL_PREFIX);
}

uint32_t lexicon_find_word(const struct lexicon *lx, struct sv folded)
{
	uint32_t id;

	if (folded.n == 0 || (unsigned char)folded.p[0] < 4)
		return SYM_NONE;
	id = table_find(lx->names, folded);
	return id == TABLE_NONE ? SYM_NONE : id + 1;
}

static uint32_t find_named(const struct lexicon *lx, char kind, struct sv locale, struct sv name)
{
	char buffer[256];
	uint32_t id = table_find(lx->names, tagged(buffer, sizeof buffer, kind, locale, name));

	return id == TABLE_NONE ? SYM_NONE : id + 1;
}

uint32_t lexicon_named(const struct lexicon *lx, char kind, struct sv locale, struct sv name)
{
	return find_named(lx, kind == '{' ? NAME_LIST : NAME_CLASS, locale, name);
}

struct sv lexicon_symbol_name(const struct lexicon *lx, uint32_t sym)
{
	return sym ? table_name(lx->names, sym - 1) : (struct sv){ "", 0 };
}

struct sv lexicon_letters(const struct lexicon *lx, uint32_t sym)
{
	struct sv name = lexicon_symbol_name(lx, sym);

	return lx->symbols[sym].kind == SYMBOL_PREFIX ? sv_sub(name, 1, name.n) : name;
}

uint32_t lexicon_list_symbol(const struct lexicon *lx, struct sv locale, struct sv list)
{
	return find_named(lx, NAME_LIST, locale, list);
}

struct sv lexicon_mark_name(const struct lexicon *lx, uint32_t sym, bool *class)
{
	struct sv name = lexicon_symbol_name(lx, sym);

	*class = lx->symbols[sym].kind == SYMBOL_CLASS;
	return sv_sub(name, 1, name.n);
}

uint32_t lexicon_class_symbol(const struct lexicon *lx, struct sv locale, struct sv name)
{
	return find_named(lx, NAME_CLASS, locale, name);
}

bool genitive_ends(const struct locale *l, struct sv folded)
{
	size_t n = l->genitive.n;

	return n && folded.n > n && sv_eq(sv_sub(folded, folded.n - n, folded.n), l->genitive);
}

bool lexicon_genitive(const struct lexicon *lx, struct sv locale, struct sv typed)
{
	int at = lexicon_find_locale(lx, locale);
	STR_AUTO s = STR_INIT;

	for (size_t i = 0; i < typed.n; i++) {
		bool curly = sv_starts(sv_sub(typed, i, typed.n), SV("\xe2\x80\x99"));

		str_addc(&s, curly ? '\'' : typed.p[i]);
		i += curly ? 2 : 0;
	}
	return at >= 0 && genitive_ends(&lx->locales[at], str_sv(&s));
}

/* Locales ------------------------------------------------------------------ */

static uint32_t add_class(struct lexicon *lx, uint16_t locale, struct sv name)
{
	char buffer[256];
	uint32_t known = table_count(lx->names);
	uint32_t sym = intern(lx, tagged(buffer, sizeof buffer, NAME_CLASS,
	    lx->locales[locale].name, name), SYMBOL_CLASS);

	if (sym > known) {
		GROW(lx->classes, lx->n_classes, lx->cap_classes);
		lx->classes[lx->n_classes] = (struct word_class){ .sym = sym, .locale = locale };
		lx->symbols[sym].index = (uint32_t)lx->n_classes++;
	}
	return sym;
}

int lexicon_find_locale(const struct lexicon *lx, struct sv name)
{
	for (size_t i = 0; i < lx->n_locales; i++)
		if (sv_eq(lx->locales[i].name, name))
			return (int)i;
	return -1;
}

uint16_t lexicon_locale(struct lexicon *lx, struct sv name)
{
	int known = lexicon_find_locale(lx, name);
	struct locale *l;
	uint16_t at;

	if (known >= 0)
		return (uint16_t)known;
	at = (uint16_t)(lx->n_locales < LOCALES_MAX ? lx->n_locales++ : LOCALES_MAX - 1);
	lx->locales = xreallocarray(lx->locales, lx->n_locales, sizeof *lx->locales);
	l = &lx->locales[at];
	*l = (struct locale){ .name = arena_sv(lx->arena, name) };
	l->abbreviations = table_create();
	l->verb_names = table_create();
	l->base_names = table_create();
	l->own[OWN_NUMBER] = add_class(lx, at, SV("number"));
	l->own[OWN_QUOTE] = add_class(lx, at, SV("quote"));
	lx->symbols[l->own[OWN_QUOTE]].longest = UINT16_MAX;
	return at;
}

/* Spelling ----------------------------------------------------------------- */

static uint32_t word_of(struct lexicon *lx, uint16_t locale, struct sv folded)
{
	uint32_t sym = lexicon_add_word(lx, folded);

	lx->symbols[sym].vocabulary |= 1U << locale;
	return sym;
}

static struct spelling *spell(struct lexicon *lx, uint16_t locale, struct sv key)
{
	uint32_t sym = lexicon_add_word(lx, key);
	struct spelling *s;

	if (!memchr(key.p, '\'', key.n))
		lx->symbols[sym].vocabulary |= 1U << locale;
	for (uint32_t at = lx->symbols[sym].spelled; at; at = lx->spellings[at].next)
		if (lx->spellings[at].locale == locale)
			return &lx->spellings[at];
	if (lx->n_spellings == 0) {
		GROW(lx->spellings, lx->n_spellings, lx->cap_spellings);
		lx->n_spellings++;
	}
	GROW(lx->spellings, lx->n_spellings, lx->cap_spellings);
	s = &lx->spellings[lx->n_spellings];
	*s = (struct spelling){ .next = lx->symbols[sym].spelled, .locale = locale };
	lx->symbols[sym].spelled = (uint32_t)lx->n_spellings++;
	return s;
}

const struct spelling *lexicon_spelled(const struct lexicon *lx, int locale, uint32_t sym)
{
	for (uint32_t at = lx->symbols[sym].spelled; at; at = lx->spellings[at].next)
		if (lx->spellings[at].locale == locale)
			return &lx->spellings[at];
	return NULL;
}

static struct sv without(struct lexicon *lx, struct sv s, char c)
{
	char *p = arena_alloc(lx->scratch, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != c)
			p[n++] = s.p[i];
	return (struct sv){ p, n };
}

/* The words of a value, as symbols. */
static size_t spelled_words(struct lexicon *lx, uint16_t locale, struct sv value,
    const uint32_t **out)
{
	struct folded f;
	uint32_t syms[16];
	size_t n = 0;
	struct sv rest, part;

	fold(value, lx->scratch, &f);
	rest = (struct sv){ f.text, f.n };
	while (n < COUNT(syms) && sv_split(&rest, ' ', &part))
		if (part.n)
			syms[n++] = word_of(lx, locale, without(lx, part, '\''));
	*out = arena_copy(lx->arena, syms, n * sizeof *syms);
	return n;
}

static bool spelling_key(struct lexicon *lx, struct node *at, const char *key, struct sv *out)
{
	struct folded f;

	fold(sv_from(key), lx->scratch, &f);
	*out = (struct sv){ f.text, f.n };
	for (size_t i = 0; i < f.n; i++)
		if (!(f.kind[i] & (FOLD_LETTER | FOLD_DIGIT | FOLD_APOSTROPHE | FOLD_EMOJI))
		    && f.text[i] != '<')
			out->n = 0;
	if (out->n == 0 || out->n > WORD_MAX)
		node_bad(at, "E310", "\"%s\" is not one word -- only one word can be "
		    "written out; put longer ones in a list", key);
	return out->n > 0 && out->n <= WORD_MAX;
}

static void spell_all(struct lexicon *lx, uint16_t locale, struct node *file,
    const char *name, bool second)
{
	struct node all = node_get(file, name), child;
	const char *k;
	struct sv key;

	for (size_t i = 0; node_member(&all, &i, &k, &child); ) {
		const uint32_t *syms;
		size_t n;
		struct spelling *s;

		arena_reset(lx->scratch);
		if (!spelling_key(lx, &child, k, &key))
			continue;
		n = spelled_words(lx, locale, node_sv(&child), &syms);
		if (n == 0) {
			node_bad(&child, "E310", "no words to write \"%s\" out with", k);
			continue;
		}
		s = spell(lx, locale, key);
		if (second) {
			s->second = syms;
			s->n_second = (uint8_t)n;
			continue;
		}
		s->first = syms;
		s->n_first = (uint8_t)n;
		if (memchr(key.p, '\'', key.n)) {
			/* typed without its apostrophe, unless that is a word too */
			s = spell(lx, locale, without(lx, key, '\''));
			if (!s->n_first && !s->n_second) {
				s->first = syms;
				s->n_first = (uint8_t)n;
			}
		}
	}
}

void lexicon_spelling(struct lexicon *lx, struct sv locale, struct node *file)
{
	uint16_t at = lexicon_locale(lx, locale);
	struct node list;

	node_has(file, "format");
	node_has(file, "locale");
	node_has(file, "spelling");
	spell_all(lx, at, file, "second", true);
	spell_all(lx, at, file, "expand", false);
	spell_all(lx, at, file, "shorthand", false);
	list = node_get(file, "abbreviations");
	for (size_t i = 0; i < node_count(&list); i++) {
		struct node word = node_at(&list, i);

		table_add(lx->locales[at].abbreviations, fold_word(node_sv(&word), lx->scratch));
	}
	lx->locales[at].squeeze = node_bool(file, "squeeze", false);
	lx->locales[at].genitive = arena_sv(lx->arena, node_text(file, "genitive", false));
	node_done(file);
}

/* The plain word list ------------------------------------------------------ */

/* Half of the hash tells a word: of a million unknown ones less than one is taken for known. */
static uint32_t mark_of(uint64_t h)
{
	return (uint32_t)h ? (uint32_t)h : 1;
}

static uint32_t *wordset_slot(const struct wordset *w, struct sv word)
{
	uint64_t h = sv_hash(word);
	uint32_t mark = mark_of(h), at = hash_place(h, w->n_slots);

	while (w->slots[at] && w->slots[at] != mark)
		at = at + 1 < w->n_slots ? at + 1 : 0;
	return &w->slots[at];
}

static bool wordset_has(const struct wordset *w, struct sv word)
{
	return w->slots && *wordset_slot(w, word);
}

static void wordset_add(struct wordset *w, struct sv word)
{
	*wordset_slot(w, word) = mark_of(sv_hash(word));
}

/* A line as messages are read, without apostrophes and blanks; most have none and
 * nothing to fold. */
/* The word of a line as messages are folded. */
static struct sv dictionary_word(struct lexicon *lx, struct sv line)
{
	struct folded f;
	char *word;
	size_t n = 0;

	if (plain_word(line))
		return line;
	arena_reset(lx->scratch);
	fold(line, lx->scratch, &f);
	word = ARENA_ARRAY(lx->scratch, char, f.n + 1);
	for (size_t i = 0; i < f.n; i++)
		if (!(f.kind[i] & FOLD_APOSTROPHE) && f.text[i] != ' ')
			word[n++] = f.text[i];
	return (struct sv){ word, n };
}

void lexicon_dictionary(struct lexicon *lx, struct sv locale, struct sv text)
{
	uint16_t at = lexicon_locale(lx, locale);       /* may move the locales */
	struct wordset *w = &lx->locales[at].dictionary;
	struct sv line, rest = text;
	uint32_t lines = 1;

	while (sv_split(&rest, '\n', &line))
		lines++;
	free(w->slots);
	w->n_slots = lines + lines / 4;
	w->slots = xcalloc(w->n_slots, sizeof *w->slots);
	while (sv_split(&text, '\n', &line)) {
		line = dictionary_word(lx, line);
		if (line.n && line.n < WORD_MAX)
			wordset_add(w, line);
	}
}

bool lexicon_in_dictionary(const struct lexicon *lx, int locale, struct sv folded)
{
	return locale >= 0 && folded.n < WORD_MAX
	    && wordset_has(&lx->locales[locale].dictionary, folded);
}

bool lexicon_has(const struct lexicon *lx, int locale, struct sv folded, uint32_t sym)
{
	if (locale < 0)
		return false;
	if (sym && lx->symbols[sym].vocabulary >> locale & 1)
		return true;
	return lexicon_in_dictionary(lx, locale, folded);
}

bool lexicon_knows(const struct lexicon *lx, struct sv locale, struct sv word)
{
	return lexicon_has(lx, lexicon_find_locale(lx, locale), word,
	    lexicon_find_word(lx, word));
}

/* Verbs -------------------------------------------------------------------- */

enum { FORMS_MAX = 32 };        /* of one verb, with those that are rarer */

struct verb_row {
	struct verb verb;
	int number;
	uint32_t syms[FORMS_MAX]; size_t n;     /* what the row's "verb~" takes */
};

static void verb_form_add(struct lexicon *lx, uint16_t locale, struct verb_row *row,
    enum verb_form form, struct sv word)
{
	struct locale *l = &lx->locales[locale];
	uint32_t id, known = table_count(l->verb_names);
	uint32_t sym;
	bool first = !row->verb.forms[form].n;

	if (word.n == 0)
		return;
	sym = word_of(lx, locale, word);
	if (first)
		row->verb.forms[form] = lexicon_symbol_name(lx, sym);
	lx->symbols[sym].verbs |= 1U << locale;
	id = table_add(l->verb_names, word);
	if (id == known) {
		GROW(l->verb_words, l->n_verb_words, l->cap_verb_words);
		l->verb_words[l->n_verb_words++] = (struct verb_word){ row->number, 0 };
	}
	if (l->verb_words[id].verb == row->number)
		l->verb_words[id].forms |= 1U << form;
	/* forms that an earlier verb has too ("lay") are this one's as well, if they come first */
	if ((first || l->verb_words[id].verb == row->number) && row->n < FORMS_MAX)
		row->syms[row->n++] = sym;
}

/* A cell may hold several, the usual one first: "was|were". */
static void verb_cell(struct lexicon *lx, uint16_t locale, struct verb_row *row,
    enum verb_form form, struct sv cell)
{
	struct sv part, rest = cell;

	while (sv_split(&rest, '|', &part))
		verb_form_add(lx, locale, row, form, fold_word(part, lx->scratch));
}

/* Rows of the same base form are one to those who write "verb~". */
static void verb_base_add(struct lexicon *lx, struct locale *l, const struct verb_row *row)
{
	uint32_t known = table_count(l->base_names);
	uint32_t id = table_add(l->base_names, row->verb.forms[VERB_BASE]);
	struct verb_base *b, old = { NULL, 0 };

	if (id == known) {
		GROW(l->bases, l->n_bases, l->cap_bases);
		l->n_bases++;
	} else {
		old = l->bases[id];
	}
	b = &l->bases[id];
	b->n = old.n + (uint32_t)row->n;
	b->syms = ARENA_ARRAY(lx->trees, uint32_t, b->n);
	if (old.n)
		memcpy(b->syms, old.syms, old.n * sizeof *old.syms);
	memcpy(b->syms + old.n, row->syms, row->n * sizeof *row->syms);
}

static void verb_line(struct lexicon *lx, uint16_t locale, struct sv line,
    const struct source *file, int number, struct findings *f)
{
	struct locale *l = &lx->locales[locale];
	struct sv cells[VERB_FORMS + 1] = { { "", 0 } }, rest = line;
	struct verb_row row = { .number = (int)l->n_verbs };
	size_t n = 0;

	arena_reset(lx->scratch);
	while (n < COUNT(cells) && sv_split(&rest, '\t', &cells[n])) {
		cells[n] = sv_trim(cells[n]);
		n++;
	}
	if (n < COUNT(cells) || !cells[0].n || !cells[VERB_PARTICIPLE].n) {
		findings_add(f, "E311", file->path, "", number,
		    "a verb row has six columns, this has %zu -- base, third, ing, "
		    "past, participle, kind, with a tab between", n);
		return;
	}
	for (int form = 0; form < VERB_FORMS; form++)
		verb_cell(lx, locale, &row, (enum verb_form)form, cells[form]);
	row.verb.kind = arena_sv(lx->arena, cells[VERB_FORMS]);
	GROW(l->verbs, l->n_verbs, l->cap_verbs);
	l->verbs[l->n_verbs++] = row.verb;
	verb_base_add(lx, l, &row);
}

void lexicon_verbs(struct lexicon *lx, struct sv locale, const struct source *file,
    struct findings *f)
{
	uint16_t at = lexicon_locale(lx, locale);
	struct sv rest = file->text, line;
	int number = 0;

	while (sv_split(&rest, '\n', &line)) {
		number++;
		line = line.n && line.p[line.n - 1] == '\r' ? sv_sub(line, 0, line.n - 1) : line;
		if (line.n == 0 || line.p[0] == '#'
		    || (number == 1 && sv_starts(line, SV("base\t"))))
			continue;
		verb_line(lx, at, line, file, number, f);
	}
}

int lexicon_verb(const struct lexicon *lx, struct sv locale, struct sv word, unsigned *forms)
{
	int at = lexicon_find_locale(lx, locale);
	uint32_t id = at < 0 ? TABLE_NONE : table_find(lx->locales[at].verb_names, word);

	if (forms)
		*forms = 0;
	if (id == TABLE_NONE)
		return -1;
	if (forms)
		*forms = lx->locales[at].verb_words[id].forms;
	return lx->locales[at].verb_words[id].verb;
}

static const struct verb *verb_at(const struct lexicon *lx, struct sv locale, int verb)
{
	static const struct verb none = { .forms = { { "", 0 } }, .kind = { "", 0 } };
	int at = lexicon_find_locale(lx, locale);

	if (at < 0 || verb < 0 || (size_t)verb >= lx->locales[at].n_verbs)
		return &none;
	return &lx->locales[at].verbs[verb];
}

struct sv lexicon_verb_form(const struct lexicon *lx, struct sv locale, int verb,
    enum verb_form form)
{
	return verb_at(lx, locale, verb)->forms[form];
}

struct sv lexicon_verb_kind(const struct lexicon *lx, struct sv locale, int verb)
{
	return verb_at(lx, locale, verb)->kind;
}

/* Lists -------------------------------------------------------------------- */

enum { MEMBERS_MAX = 256, PLAIN_MAX = 32 };

static void longest_at_least(struct lexicon *lx, uint32_t sym, size_t n)
{
	if (lx->symbols[sym].longest < n)
		lx->symbols[sym].longest = (uint16_t)n;
}

static void add_member(struct lexicon *lx, uint16_t locale, const struct member *m,
    uint32_t sym, uint32_t row)
{
	trie_add(&lx->trie, trie_root(locale), m->syms, m->n, sym, row);
	lx->symbols[m->syms[0]].starts |= 1U << locale;
	longest_at_least(lx, sym, m->n);
}

static struct sv member_words(const struct lexicon *lx, const struct member *m)
{
	STR_AUTO out = STR_INIT;

	for (size_t i = 0; i < m->n; i++) {
		if (i)
			str_addc(&out, ' ');
		str_add(&out, lexicon_letters(lx, m->syms[i]));
	}
	return arena_sv(lx->arena, str_sv(&out));
}

/* The sequences of words that a member stands for, one in most cases; 0 and a finding
 * when it is unsound.  plain[PLAIN_MAX] holds the words of that one. */
static size_t members_of(struct lexicon *lx, const struct list *l, struct sv text,
    const struct node *where, uint32_t *plain, struct member *members)
{
	size_t n = phrase_plain(lx, l->locale, text, plain, PLAIN_MAX);
	struct pnode *tree;
	bool whole;

	if (n) {
		members[0] = (struct member){ plain, n };
		return 1;
	}
	tree = phrase_parse(lx, l->locale, text, where, lx->scratch, &whole);
	if (!tree || (phrase_members(lx, tree, lx->scratch, members, &n, MEMBERS_MAX) && n))
		return n;
	node_bad(where, "E308", "\"%.*s\" is no member of a list -- write words; "
	    "gaps, {lists} and <classes> belong in a phrase", SV_ARG(text));
	return 0;
}

static void list_member(struct lexicon *lx, struct list *l, uint32_t row,
    struct sv text, const struct node *where)
{
	struct member members[MEMBERS_MAX];
	uint32_t plain[PLAIN_MAX];
	size_t n = members_of(lx, l, text, where, plain, members);

	if (n && !l->first.n)
		l->first = member_words(lx, &members[0]);
	for (size_t i = 0; i < n; i++)
		add_member(lx, l->locale, &members[i], l->sym, row);
}

static void row_index_grow(struct row_index *x)
{
	struct row_index old = *x;

	x->mask = old.slots ? 2 * old.mask + 1 : 1023;
	x->slots = xcalloc(x->mask + 1, sizeof *x->slots);
	for (size_t i = 0; old.slots && i <= old.mask; i++) {
		size_t at = old.slots[i].hash & x->mask;

		while (old.slots[i].row && x->slots[at].row)
			at = (at + 1) & x->mask;
		if (old.slots[i].row)
			x->slots[at] = old.slots[i];
	}
	free(old.slots);
}

static uint32_t list_row(struct lexicon *lx, struct list *l, struct sv name)
{
	struct row_index *x = &lx->row_index;
	uint32_t list = (uint32_t)(l - lx->lists);
	uint64_t both = sv_hash_after(list, name);
	uint32_t hash = (uint32_t)(both ^ both >> 32);
	struct row_slot *s;

	if (!x->slots || x->n > x->mask / 2)
		row_index_grow(x);
	for (size_t at = hash & x->mask; (s = &x->slots[at])->row; at = (at + 1) & x->mask)
		if (s->hash == hash && s->list == list && sv_is(name, l->rows[s->row - 1]))
			return s->row - 1;
	GROW(l->rows, l->n, l->cap);
	l->rows[l->n++] = arena_str(lx->arena, name);
	*s = (struct row_slot){ hash, list, (uint32_t)l->n };
	x->n++;
	return (uint32_t)l->n - 1;
}

static struct list *list_open(struct lexicon *lx, struct sv locale, struct node *file)
{
	struct sv name = node_text(file, "list", true);
	bool more = node_bool(file, "add", false);
	uint16_t at = lexicon_locale(lx, locale);
	char buffer[256];
	uint32_t known = table_count(lx->names);
	uint32_t sym = intern(lx, tagged(buffer, sizeof buffer, NAME_LIST,
	    lx->locales[at].name, name), SYMBOL_LIST);

	if (sym > known) {
		GROW(lx->lists, lx->n_lists, lx->cap_lists);
		lx->lists[lx->n_lists] = (struct list){ .sym = sym, .locale = at };
		lx->symbols[sym].index = (uint32_t)lx->n_lists++;
	} else if (!more) {
		node_bad(file, "E312", "the list \"%.*s\" is defined twice -- give one of "
		    "them another name, or \"add\":true", SV_ARG(name));
	}
	return &lx->lists[lx->symbols[sym].index];
}

void lexicon_list(struct lexicon *lx, struct sv locale, struct node *file)
{
	struct list *l = list_open(lx, locale, file);
	struct node words = node_get(file, "words"), rows = node_get(file, "rows"), row;
	const char *key;

	node_has(file, "format");
	node_has(file, "locale");
	for (size_t i = 0; i < node_count(&words); i++) {
		struct node word = node_at(&words, i);

		list_member(lx, l, list_row(lx, l, node_sv(&word)), node_sv(&word), &word);
	}
	for (size_t i = 0; node_member(&rows, &i, &key, &row); ) {
		uint32_t r = list_row(lx, l, sv_from(key));

		for (size_t k = 0; k < node_count(&row); k++) {
			struct node word = node_at(&row, k);

			list_member(lx, l, r, node_sv(&word), &word);
		}
	}
	node_done(file);
}

size_t lexicon_list_rows(const struct lexicon *lx, uint32_t list)
{
	if (list == SYM_NONE || lx->symbols[list].kind != SYMBOL_LIST)
		return 0;
	return lx->lists[lx->symbols[list].index].n;
}

struct sv lexicon_row(const struct lexicon *lx, uint32_t list, uint32_t row)
{
	if (row >= lexicon_list_rows(lx, list))
		return (struct sv){ "", 0 };
	return sv_from(lx->lists[lx->symbols[list].index].rows[row]);
}

/* Classes ------------------------------------------------------------------ */

static struct group *level_group(struct lexicon *lx, uint16_t locale, size_t level)
{
	while (lx->locales[locale].n_levels < level) {
		struct group *g = lexicon_group(lx);
		struct locale *l = &lx->locales[locale];

		l->levels = xreallocarray(l->levels, l->n_levels + 1, sizeof *l->levels);
		l->levels[l->n_levels++] = g;
	}
	return lx->locales[locale].levels[level - 1];
}

static void class_phrase(struct lexicon *lx, uint32_t sym, uint32_t phrase)
{
	struct word_class *c = &lx->classes[lx->symbols[sym].index];
	const struct phrase *p = &lx->phrases[phrase];
	const struct pnode *tree = lx->written[phrase].tree;
	struct member members[MEMBERS_MAX];
	size_t n = 0, level;

	GROW(c->phrases, c->n, c->cap);
	c->phrases[c->n++] = phrase;
	if (!p->whole && phrase_members(lx, tree, lx->scratch, members, &n, COUNT(members))) {
		for (size_t i = 0; i < n; i++)
			add_member(lx, c->locale, &members[i], sym, 0);
		return;
	}
	level = (size_t)(phrase_level(lx, tree) + 1);
	level = level ? level : 1;
	if (c->level < level)
		c->level = (uint16_t)level;
	longest_at_least(lx, sym, p->longest);
	group_add(level_group(lx, c->locale, level), phrase, sym);
}

void lexicon_marks(struct lexicon *lx, struct sv locale, struct node *marks)
{
	uint16_t at = lexicon_locale(lx, locale);
	struct node phrases;
	const char *name;

	for (size_t i = 0; node_member(marks, &i, &name, &phrases); ) {
		uint32_t numbers[MEMBERS_MAX];
		size_t n = 0;
		uint32_t sym;

		if (node_count(&phrases) == 0)
			node_bad(&phrases, "E313", "the class <%s> has no phrases -- a list "
			    "of phrases stands here", name);
		for (size_t k = 0; k < node_count(&phrases) && n < COUNT(numbers); k++) {
			struct node p = node_at(&phrases, k);

			numbers[n] = lexicon_phrase(lx, locale, node_sv(&p), VIEW_ALL, &p);
			n += numbers[n] != PHRASE_NONE;
		}
		/* after its phrases: a class cannot ask for itself */
		sym = add_class(lx, at, sv_from(name));
		for (size_t k = 0; k < n; k++)
			class_phrase(lx, sym, numbers[k]);
	}
}

/* Groups ------------------------------------------------------------------- */

struct group *lexicon_group(struct lexicon *lx)
{
	struct group *g = xcalloc(1, sizeof *g);

	g->lexicon = lx;
	GROW(lx->groups, lx->n_groups, lx->cap_groups);
	lx->groups[lx->n_groups++] = g;
	return g;
}

void group_add(struct group *g, uint32_t phrase, uint32_t tag)
{
	if (phrase == PHRASE_NONE)
		return;
	GROW(g->items, g->n, g->cap);
	g->items[g->n++] = (struct group_item){ phrase, tag };
}

bool lexicon_whole(const struct lexicon *lx, uint32_t phrase)
{
	return phrase < lx->n_phrases && lx->phrases[phrase].whole;
}

/* Sealing ------------------------------------------------------------------ */

static unsigned bloom_of(struct sv s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	return (p[0] * 31U + p[1] * 7U + p[2]) & 1023;
}

size_t lexicon_prefixes_of(const struct lexicon *lx, struct sv word, uint32_t *out, size_t max)
{
	char buffer[WORD_MAX + 2];
	size_t n = 0, longest = word.n < lx->longest_prefix ? word.n : lx->longest_prefix;
	unsigned b;

	if (word.n < 3)
		return 0;
	b = bloom_of(word);
	if (!(lx->prefix_bloom[b >> 6] >> (b & 63) & 1))
		return 0;
	if (longest > WORD_MAX)
		longest = WORD_MAX;
	buffer[0] = NAME_PREFIX;
	memcpy(buffer + 1, word.p, longest);
	for (size_t len = 3; len <= longest && n < max; len++) {
		uint32_t id = table_find(lx->names, (struct sv){ buffer, len + 1 });

		if (id != TABLE_NONE)
			out[n++] = id + 1;
	}
	return n;
}

static void seal_prefixes(struct lexicon *lx)
{
	uint32_t total = table_count(lx->names);

	for (uint32_t sym = 1; sym <= total; sym++)
		if (lx->symbols[sym].kind == SYMBOL_PREFIX) {
			unsigned b = bloom_of(lexicon_letters(lx, sym));

			lx->prefix_bloom[b >> 6] |= 1ULL << (b & 63);
		}
	for (uint32_t sym = 1; sym <= total; sym++) {
		struct symbol *s = &lx->symbols[sym];
		uint32_t found[16];
		size_t n;

		if (s->kind != SYMBOL_WORD)
			continue;
		n = lexicon_prefixes_of(lx, lexicon_symbol_name(lx, sym), found, COUNT(found));
		s->prefixes = (uint32_t)lx->n_prefix_pool;
		s->n_prefixes = (uint8_t)n;
		for (size_t i = 0; i < n; i++) {
			GROW(lx->prefix_pool, lx->n_prefix_pool, lx->cap_prefix_pool);
			lx->prefix_pool[lx->n_prefix_pool++] = found[i];
		}
	}
}

/* What words begin with ----------------------------------------------------- */

enum { BEGIN_BITS = 1 << 18 };

struct beginning { uint32_t hash; size_t n; };

static void begin_more(struct beginning *b, char c)
{
	b->hash = ((b->n ? b->hash : 2166136261U) ^ (unsigned char)c) * 16777619U;
	b->n++;
}

/* A bit of the letters so far; `open` tells those that are a prefix by themselves. */
static uint64_t *begin_bit(const struct lexicon *lx, const struct beginning *b, bool open,
    uint64_t *bit)
{
	uint32_t h = (open ? b->hash * 31 : b->hash) * 2654435769U >> 14;

	*bit = 1ULL << (h & 63);
	return &lx->begin[h / 64 % (BEGIN_BITS / 64)];
}

static void begin_build(struct lexicon *lx)
{
	uint32_t total = table_count(lx->names);

	lx->begin = xcalloc(BEGIN_BITS / 64, sizeof *lx->begin);
	for (uint32_t sym = 1; sym <= total; sym++) {
		bool prefix = lx->symbols[sym].kind == SYMBOL_PREFIX;
		struct sv name = lexicon_letters(lx, sym);
		struct beginning b = { 0, 0 };
		uint64_t bit;

		if (!prefix && (lx->symbols[sym].kind != SYMBOL_WORD || !lx->symbols[sym].vocabulary))
			continue;
		lx->any_begin = lx->any_begin || (prefix && name.n < BEGIN_LEAST);
		while (b.n < name.n && b.n < BEGIN_MOST) {
			begin_more(&b, name.p[b.n]);
			*begin_bit(lx, &b, false, &bit) |= bit;
			if (prefix && b.n == name.n)
				*begin_bit(lx, &b, true, &bit) |= bit;
		}
	}
}

bool lexicon_may_begin(const struct lexicon *lx, struct sv letters)
{
	struct beginning b = { 0, 0 };
	uint64_t bit;

	while (b.n < letters.n && b.n < BEGIN_MOST && !lx->any_begin) {
		begin_more(&b, letters.p[b.n]);
		if (b.n < BEGIN_LEAST)
			continue;
		if (*begin_bit(lx, &b, true, &bit) & bit)
			return true;
		if (!(*begin_bit(lx, &b, false, &bit) & bit))
			return false;
	}
	return true;
}

/* How common a symbol may be in messages: short words and words that many
 * phrases ask for are common; the rarest element of a phrase becomes its key. */
static void seal_weights(struct lexicon *lx)
{
	uint32_t total = table_count(lx->names);

	for (uint32_t sym = 1; sym <= total; sym++) {
		struct symbol *s = &lx->symbols[sym];
		size_t n = lexicon_symbol_name(lx, sym).n;

		s->weight = s->uses;
		if (s->kind == SYMBOL_WORD)
			s->weight += n < 3 ? 400 : n < 4 ? 150 : n < 5 ? 40 : 4;
		else if (s->kind == SYMBOL_PREFIX)
			s->weight += n < 5 ? 60 : 8;
		else if (s->kind == SYMBOL_LIST)
			s->weight += 40 + 2 * (uint32_t)lx->lists[s->index].n;
		else
			s->weight += 300;
	}
}

/* Words that are two words put together: "my self" may be meant as one. */
static void seal_joins(struct lexicon *lx)
{
	uint32_t total = table_count(lx->names);

	for (uint32_t sym = 1; sym <= total; sym++) {
		struct sv name = lexicon_symbol_name(lx, sym);

		if (lx->symbols[sym].kind != SYMBOL_WORD || !lx->symbols[sym].vocabulary
		    || name.n < 6)
			continue;
		for (size_t cut = 2; cut + 2 <= name.n; cut++) {
			uint32_t left = lexicon_find_word(lx, sv_sub(name, 0, cut));

			if (left)
				lx->symbols[left].joins |= lx->symbols[sym].vocabulary;
		}
	}
}

static void seal_locale(struct lexicon *lx, struct locale *l)
{
	static const struct { char kind; const char *name; enum own_symbol own; } names[] = {
		{ NAME_LIST, "conjunction", OWN_CONJUNCTION },
		{ NAME_LIST, "joiner", OWN_JOINER },
		{ NAME_LIST, "politeness", OWN_POLITENESS },
		{ NAME_LIST, "between", OWN_BETWEEN },
		{ NAME_LIST, "number", OWN_NUMBERS },
		{ NAME_CLASS, "self", OWN_SELF },
		{ NAME_CLASS, "other", OWN_OTHER },
		{ NAME_CLASS, "addressee", OWN_ADDRESSEE },
		{ NAME_CLASS, "subject", OWN_SUBJECT },
	};

	for (size_t i = 0; i < COUNT(names); i++)
		l->own[names[i].own] = find_named(lx, names[i].kind, l->name, sv_from(names[i].name));
	table_destroy(l->base_names);
	l->base_names = NULL;
	SHRINK(l->verbs, l->n_verbs, l->cap_verbs);
	SHRINK(l->verb_words, l->n_verb_words, l->cap_verb_words);
	free(l->bases);
	l->bases = NULL;
}

/* What was grown while it was filled. */
static void seal_arrays(struct lexicon *lx)
{
	table_seal(lx->names);
	SHRINK(lx->symbols, table_count(lx->names) + 1, lx->cap_symbols);
	SHRINK(lx->phrases, lx->n_phrases, lx->cap_phrases);
	SHRINK(lx->written, lx->n_phrases, lx->cap_written);
	SHRINK(lx->sets, lx->n_sets, lx->cap_sets);
	SHRINK(lx->spellings, lx->n_spellings, lx->cap_spellings);
	SHRINK(lx->prefix_pool, lx->n_prefix_pool, lx->cap_prefix_pool);
	for (size_t i = 0; i < lx->n_lists; i++)
		SHRINK(lx->lists[i].rows, lx->lists[i].n, lx->lists[i].cap);
}

void lexicon_seal(struct lexicon *lx, struct findings *f)
{
	trie_seal(&lx->trie);
	seal_prefixes(lx);
	seal_weights(lx);
	seal_joins(lx);
	near_build(lx);
	begin_build(lx);
	free(lx->row_index.slots);
	lx->row_index = (struct row_index){ .slots = NULL };
	for (size_t i = 0; i < lx->n_locales; i++)
		seal_locale(lx, &lx->locales[i]);
	for (size_t i = 0; i < lx->n_phrases; i++)
		phrase_seal(lx, (uint32_t)i);
	for (size_t i = 0; i < lx->n_groups; i++) {
		struct group *g = lx->groups[i];

		for (size_t k = 0; k < g->n; k++) {
			const struct written *w = &lx->written[g->items[k].phrase];

			if (w->place && !lexicon_whole(lx, g->items[k].phrase))
				findings_add(f, "W301", w->file, w->place, 0,
				    "\"%.*s\" has only words of one or two letters, so it is "
				    "tried on almost every message -- add a longer word",
				    SV_ARG(w->text));
		}
		group_seal(g);
	}
	seal_arrays(lx);
	free(lx->set_slots);
	lx->set_slots = NULL;
	arena_drop(lx->scratch);
	lx->scratch = NULL;
	free(lx->open);
	lx->open = NULL;
	lx->sealed = true;
}
