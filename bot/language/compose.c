#include "language/compose.h"

#include <string.h>

#include "base/xalloc.h"
#include "language/tagger.h"
#include "text/fold.h"

static const char gap_text[] = "___";

enum { MAX_SLOTS = 32 };

struct segment {
	struct sv text;         /* literal, or the name of a slot */
	struct sv form;
	int slot;               /* -1: literal, -2: a value of the caller's */
};

struct frame_row {
	uint32_t use;           /* bits: slots that must be filled */
	bool filled_only;       /* never with gaps */
	const struct segment *segments; size_t n;
};

struct frame_register {
	struct sv name;
	const struct frame_row *rows; size_t n;
};

struct frame_slot {
	struct sv name;
	const struct sv *paths; size_t n;
};

struct frames {
	struct sv name;
	struct frame_slot *slots;       size_t n_slots;
	struct frame_register *registers; size_t n_registers;
	const struct sv *lint;          size_t n_lint;
	int64_t max_words;
};

/* ---- loading --------------------------------------------------------------- */

static size_t load_names(struct node *list, const struct sv **out, struct arena *a)
{
	bool one = node_is(list, JSON_STRING);
	size_t n = one ? 1 : node_count(list);
	struct sv *items = ARENA_ARRAY(a, struct sv, n + 1);

	for (size_t i = 0; i < n; i++) {
		struct node x = one ? *list : node_at(list, i);

		items[i] = arena_sv(a, node_sv(&x));
	}
	*out = items;
	return n;
}

static int slot_index(const struct frames *f, struct sv name)
{
	for (size_t i = 0; i < f->n_slots; i++)
		if (sv_eq(f->slots[i].name, name))
			return (int)i;
	return -2;
}

static void load_slots(struct frames *f, struct node *file, struct arena *a)
{
	struct node slots = node_get(file, "slots"), child;
	const char *key;

	f->slots = ARENA_ARRAY(a, struct frame_slot, node_count(&slots) + 1);
	for (size_t i = 0; node_member(&slots, &i, &key, &child); ) {
		struct frame_slot *s = &f->slots[f->n_slots];

		if (f->n_slots == MAX_SLOTS) {
			node_bad(&child, "E321", "more than %d slots", MAX_SLOTS);
			return;
		}
		s->name = arena_sv(a, sv_from(key));
		s->n = load_names(&child, &s->paths, a);
		f->n_slots++;
	}
}

static uint32_t load_use(struct frames *f, struct node *row)
{
	struct sv rest = sv_trim(node_text(row, "use", true)), name;
	uint32_t use = 0;

	while (sv_split(&rest, ' ', &name)) {
		int slot = slot_index(f, name);

		if (slot < 0)
			node_bad(row, "E322", "no slot is called \"%.*s\"", SV_ARG(name));
		else
			use |= 1u << slot;
	}
	return use;
}

static size_t count_braces(struct sv text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '{';
	return n;
}

static void load_place(struct frames *f, struct segment *s, struct sv inner)
{
	struct sv name = { "", 0 };

	sv_split(&inner, ':', &name);
	*s = (struct segment){ name, inner.p ? inner : SV(""), slot_index(f, name) };
}

static void load_text(struct frames *f, struct frame_row *row, struct node *at, struct arena *a)
{
	struct sv text = arena_sv(a, node_text(at, "text", true));
	struct segment *s = ARENA_ARRAY(a, struct segment, 2 * count_braces(text) + 2);

	row->segments = s;
	while (text.n) {
		const char *open = memchr(text.p, '{', text.n), *close;
		size_t n = open ? (size_t)(open - text.p) : text.n;

		if (n)
			s[row->n++] = (struct segment){ sv_sub(text, 0, n), SV(""), -1 };
		if (!open)
			return;
		close = memchr(open, '}', text.n - n);
		if (!close) {
			node_bad(at, "E323", "a { without }");
			return;
		}
		load_place(f, &s[row->n++], (struct sv){ open + 1, (size_t)(close - open - 1) });
		text = sv_sub(text, (size_t)(close + 1 - text.p), text.n);
	}
}

static void load_register(struct frames *f, const char *name, struct node *list, struct arena *a)
{
	struct frame_register *r = &f->registers[f->n_registers++];
	struct frame_row *rows = ARENA_ARRAY(a, struct frame_row, node_count(list) + 1);

	r->name = arena_sv(a, sv_from(name));
	r->rows = rows;
	for (size_t i = 0; i < node_count(list); i++) {
		struct node x = node_at(list, i);

		rows[r->n].use = load_use(f, &x);
		rows[r->n].filled_only = node_bool(&x, "filled", false);
		load_text(f, &rows[r->n], &x, a);
		r->n++;
		node_done(&x);
	}
}

struct frames *frames_load(struct lexicon *lx, struct sv locale, struct node *file, struct arena *a)
{
	static const char *const keys[] = { "frames", "format", "locale", "lint", "max_words", "slots" };
	struct frames *f = ARENA_NEW(a, struct frames);
	struct node lint = node_get(file, "lint"), child;
	const char *key;

	(void)lx;
	(void)locale;
	f->name = arena_sv(a, node_text(file, "frames", true));
	f->n_lint = load_names(&lint, &f->lint, a);
	f->max_words = node_int(file, "max_words", 0);
	load_slots(f, file, a);
	f->registers = ARENA_ARRAY(a, struct frame_register, node_count(file) + 1);
	for (size_t i = 0; node_member(file, &i, &key, &child); ) {
		size_t k = 0;

		while (k < COUNT(keys) && strcmp(keys[k], key) != 0)
			k++;
		node_has(file, key);
		if (k == COUNT(keys) && node_is(&child, JSON_ARRAY))
			load_register(f, key, &child, a);
		else if (k == COUNT(keys))
			node_bad(&child, "E102", "a register is a list of rows");
	}
	node_done(file);
	return f;
}

/* ---- asking ------------------------------------------------------------------ */

struct sv frames_name(const struct frames *f)
{
	return f->name;
}

static const struct frame_register *find_register(const struct frames *f, struct sv name)
{
	for (size_t i = 0; i < f->n_registers; i++)
		if (sv_eq(f->registers[i].name, name))
			return &f->registers[i];
	return NULL;
}

bool frames_register(const struct frames *f, struct sv name)
{
	return find_register(f, name) != NULL;
}

size_t frames_slots(const struct frames *f)
{
	return f->n_slots;
}

struct sv frames_slot(const struct frames *f, size_t i)
{
	return f->slots[i].name;
}

size_t frames_sources(const struct frames *f, size_t i, const struct sv **paths)
{
	*paths = f->slots[i].paths;
	return f->slots[i].n;
}

/* The n-th place of all its texts that no slot fills; NULL at the end. */
static const struct segment *extra_at(const struct frames *f, size_t n)
{
	for (size_t i = 0; i < f->n_registers; i++)
		for (size_t k = 0; k < f->registers[i].n; k++)
			for (size_t j = 0; j < f->registers[i].rows[k].n; j++)
				if (f->registers[i].rows[k].segments[j].slot == -2 && n-- == 0)
					return &f->registers[i].rows[k].segments[j];
	return NULL;
}

size_t frames_extras(const struct frames *f)
{
	size_t n = 0;

	while (extra_at(f, n))
		n++;
	return n;
}

struct sv frames_extra(const struct frames *f, size_t i)
{
	return extra_at(f, i)->text;
}

/* ---- composing ------------------------------------------------------------------ */

struct work {
	const struct reading *r;
	const struct language *l;
	const struct piece *pieces;
	const struct voice *voice;
	compose_value extra;
	void *ctx;
	struct str *out;
	struct composed_token *tokens; size_t n;
	bool gaps, has_gap;
};

static bool say_words(struct work *w, const struct piece *p, struct sv form, struct str *out)
{
	size_t n = sv_is(form, "first") && p->n_words ? 1 : p->n_words;

	if (w->l->grammar)
		grammar_join(w->l->grammar, p->words, n, out);
	else if (n)
		str_add(out, p->words[0]);
	return n > 0;
}

static bool say_piece(struct work *w, const struct piece *p, struct sv form, struct str *out)
{
	switch (p->kind) {
	case PIECE_NONE:
		w->has_gap = true;
		str_addz(out, gap_text);
		return w->gaps;
	case PIECE_TEXT:
		str_add(out, p->text);
		return true;
	case PIECE_WORDS:
		return say_words(w, p, form, out);
	case PIECE_CLAUSES:
		if (!form.n) {
			str_add(out, p->text);
			return true;
		}
		return w->l->grammar && grammar_form(w->l->grammar, p->reading, p->clauses,
		    p->n_clauses, form, w->voice, out) && out->n;
	}
	return false;
}

static bool ends_sentence(char c)
{
	return c == '.' || c == '?' || c == '!';
}

static bool sentence_start(const struct str *s)
{
	size_t n = s->n;

	while (n && (s->p[n - 1] == ' ' || s->p[n - 1] == '\n'))
		n--;
	return !n || (n < s->n && ends_sentence(s->p[n - 1]));
}

static void append(struct work *w, struct sv source, struct sv text)
{
	size_t from = w->out->n;
	bool start = sentence_start(w->out);

	/* a piece that ends its own sentence before a full stop of the frame */
	if (text.n && ends_sentence(text.p[0]) && from && ends_sentence(w->out->p[from - 1]))
		text = sv_sub(text, 1, text.n);
	str_add(w->out, text);
	if (start)
		fold_capital(w->out, from);
	w->tokens[w->n++] = (struct composed_token){ source,
		{ (int)from, (int)w->out->n } };
}

static bool fill_row(struct work *w, const struct frame_row *row)
{
	for (size_t i = 0; i < row->n; i++) {
		const struct segment *s = &row->segments[i];
		STR_AUTO text = STR_INIT;

		if (s->slot == -1) {
			append(w, SV(""), s->text);
			continue;
		}
		if (s->slot >= 0 ? !say_piece(w, &w->pieces[s->slot], s->form, &text) :
		    !w->extra || !w->extra(w->ctx, s->text, s->form, &text))
			return false;
		append(w, s->slot >= 0 ? w->pieces[s->slot].source : s->text, str_sv(&text));
	}
	return true;
}

/* Blanks alone are no draft: one piece at least is the person's own. */
static bool begun(const struct frames *f, const struct piece *pieces, uint32_t use)
{
	for (size_t i = 0; i < f->n_slots; i++)
		if (use & 1u << i && pieces[i].kind != PIECE_NONE)
			return true;
	return !use;
}

static bool filled(const struct frames *f, const struct piece *pieces, uint32_t use)
{
	for (size_t i = 0; i < f->n_slots; i++)
		if (use & 1u << i && pieces[i].kind == PIECE_NONE)
			return false;
	return true;
}

/* A hit that holds a word that the person chose or kept is theirs: "felt ignored". */
static bool is_chosen(const struct frames *f, const struct work *w, struct span bytes)
{
	for (size_t i = 0; i < w->n; i++) {
		struct span t = w->tokens[i].bytes;

		if (bytes.last <= t.first || bytes.first >= t.last)
			continue;
		for (size_t k = 0; k < f->n_slots; k++)
			if (w->pieces[k].chosen && sv_eq(w->pieces[k].source, w->tokens[i].source))
				return true;
	}
	return false;
}

/* A rule of weight 0 names what it finds and forbids nothing. */
static bool clean(const struct frames *f, const struct work *w, struct reading *r)
{
	for (size_t i = 0; i < f->n_lint; i++) {
		const struct ruleset *set = language_ruleset(w->l, f->lint[i]);
		const struct tags *tags = set ? ruleset_run(set, r, VIEW_USUAL) : NULL;

		for (size_t k = 0; tags && k < tags->n; k++) {
			struct span s = tags->hits[k].match.words;
			const struct word *words = r->message->words;

			if (tags->hits[k].rule->weight > 0 && !span_empty(s) && !is_chosen(f, w, (struct span){
			    (int)words[s.first].begin, (int)words[s.last - 1].end }))
				return false;
		}
	}
	return true;
}

enum { WORD_LONGEST = 24 /* bytes */ };

static int64_t count_words(struct sv text)
{
	int64_t n = 0;
	struct sv part;

	/* what is written without spaces is as long as it looks */
	while (sv_split(&text, ' ', &part))
		n += ((int64_t)part.n + WORD_LONGEST - 1) / WORD_LONGEST;
	return n;
}

static bool fits(const struct frames *f, const struct work *w)
{
	struct sv text = str_sv(w->out);

	if (f->max_words && count_words(text) > f->max_words)
		return false;
	return !f->n_lint || clean(f, w, reading_beside(w->r, w->l, text));
}

bool compose(const struct frames *f, const struct reading *r, struct sv reg,
    const struct piece *pieces, bool gaps, const struct voice *v,
    compose_value extra, void *ctx, struct arena *a, struct composed *out)
{
	const struct frame_register *in = find_register(f, reg);
	STR_AUTO text = STR_INIT;

	*out = (struct composed){ 0 };
	for (size_t i = 0; in && i < in->n; i++) {
		const struct frame_row *row = &in->rows[i];
		struct work w = { .r = r, .l = r->language, .pieces = pieces, .voice = v, .extra = extra, .ctx = ctx,
			.out = &text, .gaps = gaps };

		if (gaps ? row->filled_only || !begun(f, pieces, row->use) : !filled(f, pieces, row->use))
			continue;
		str_clear(&text);
		w.tokens = ARENA_ARRAY(a, struct composed_token, row->n + 1);
		if (!fill_row(&w, row) || !fits(f, &w))
			continue;
		*out = (struct composed){ arena_sv(a, str_sv(&text)), w.tokens, w.n, (int)i, w.has_gap };
		return true;
	}
	return false;
}
