#include "language/readers.h"

#include <string.h>

#include "base/xalloc.h"
#include "language/shapes.h"

/* ---- loading ------------------------------------------------------------------ */

struct load {
	struct lexicon *lx;
	struct readers *rs;
	struct arena *a;
};

static size_t strings(const struct node *n)
{
	return node_is(n, JSON_STRING) ? 1 : node_count(n);
}

static struct node string_at(struct node *n, size_t i)
{
	return node_is(n, JSON_STRING) ? *n : node_at(n, i);
}

static size_t add_sayings(struct load *l, struct node *list, struct sv is, struct saying *out)
{
	size_t n = 0;

	for (size_t i = 0; i < strings(list); i++) {
		struct node x = string_at(list, i);
		uint32_t phrase = lexicon_phrase(l->lx, l->rs->locale, node_sv(&x), VIEW_ALL, &x);

		if (phrase != PHRASE_NONE)
			out[n++] = (struct saying){ phrase, is };
	}
	return n;
}

/* ["phrase", ...] or {"meaning": ["phrase", ...]} */
static void load_sayings(struct load *l, struct node *owner, const char *key, struct sayings *out)
{
	struct node n = node_get(owner, key), child;
	struct saying *items;
	size_t total = strings(&n);
	const char *name;

	if (node_is(&n, JSON_OBJECT)) {
		total = 0;
		for (size_t i = 0; node_member(&n, &i, &name, &child); )
			total += strings(&child);
	}
	items = ARENA_ARRAY(l->a, struct saying, total + 1);
	out->items = items;
	if (!node_is(&n, JSON_OBJECT)) {
		out->n = add_sayings(l, &n, SV(""), items);
		return;
	}
	for (size_t i = 0; node_member(&n, &i, &name, &child); )
		out->n += add_sayings(l, &child, arena_sv(l->a, sv_from(name)), items + out->n);
}

static void load_parts(struct load *l, struct node *owner, struct shape *s)
{
	struct node n = node_get(owner, "parts");
	struct sayings *parts = ARENA_ARRAY(l->a, struct sayings, node_count(&n) + 1);

	s->parts = parts;
	for (size_t i = 0; i < node_count(&n); i++) {
		struct node x = node_at(&n, i);

		load_sayings(l, &x, "rows", &parts[s->n_parts]);
		parts[s->n_parts].share = node_bool(&x, "share", false);
		parts[s->n_parts++].otherwise = node_bool(&x, "otherwise", false);
		node_done(&x);
	}
}

static uint32_t list_of(struct load *l, const struct node *at, struct sv name)
{
	uint32_t sym = name.n ? lexicon_list_symbol(l->lx, l->rs->locale, name) : SYM_NONE;

	if (name.n && sym == SYM_NONE)
		node_bad(at, "E331", "no list is called \"%.*s\"", SV_ARG(name));
	return sym;
}

static void load_lists(struct load *l, struct node *owner, struct shape *s)
{
	static const char *const keys[] = { "list", "also" };

	for (size_t k = 0; k < COUNT(keys); k++) {
		struct node n = node_get(owner, keys[k]);

		for (size_t i = 0; i < strings(&n) && s->n_lists < COUNT(s->lists); i++) {
			struct node x = string_at(&n, i);
			uint32_t sym = list_of(l, &x, node_sv(&x));

			if (sym != SYM_NONE)
				s->lists[s->n_lists++] = sym;
		}
	}
	s->degree = list_of(l, owner, node_text(owner, "degree", false));
}

static struct read_result keep_words(const struct shape *s, const struct reading *r,
    struct span words, struct sv text, struct arena *a)
{
	struct read_value v = { .words = words, .text = text };

	if (span_empty(words) || (s->nothing.n && said_at(r->message, &s->nothing, words.first, words.last)))
		return read_status_only(READ_NOTHING);
	return read_one(v, a);
}

/* A line is kept as it was typed, its full stop too. */
static struct read_result shape_text(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	(void)rs;
	return keep_words(s, r, words, sv_trim(r->message->raw), a);
}

/* "word": the last word, without what is said around it. */
static struct read_result shape_word(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	struct message *m = r->message;

	while (words.first < words.last && (role_at(rs, m, LIST_POLITE, words.first) ||
	    role_at(rs, m, LIST_FILLER, words.first) || role_at(rs, m, LIST_MAYBE, words.first)))
		words.first++;
	while (words.first < words.last && (role_at(rs, m, LIST_POLITE, words.last - 1) ||
	    role_at(rs, m, LIST_MAYBE, words.last - 1) || m->words[words.last - 1].flags & WORD_EMOJI))
		words.last--;
	if (span_length(words) > 3)
		return read_status_only(READ_UNCLEAR);
	return keep_words(s, r, words, sv_trim(message_quote(r->message, words)), a);
}

/* Collects; its rows are the words that end it. */
static struct read_result shape_listen(const struct readers *rs, const struct shape *s,
    const struct reading *r, struct span words, struct arena *a)
{
	struct read_value v = { .words = words };

	(void)rs;
	for (size_t i = 0; i < s->rows.n; i++) {
		struct match hit = { .words = words };

		if (message_match_whole(r->message, s->rows.items[i].phrase, words)
		    || (message_match(r->message, s->rows.items[i].phrase, words, &hit)
		    && hit.words.last == words.last)) {
			v.words = hit.words;
			v.row = v.text = s->rows.items[i].is;
			return read_one(v, a);
		}
	}
	v.text = sv_trim(message_quote(r->message, words));
	return v.text.n ? read_one(v, a) : read_status_only(READ_NOTHING);
}

static const struct {
	const char *name;
	struct read_result (*read)(const struct readers *, const struct shape *,
	    const struct reading *, struct span, struct arena *);
} shapes[] = {
	{ "clause", shape_clause },
	{ "list", shape_list },
	{ "listen", shape_listen },
	{ "number", shape_scale },
	{ "parts", shape_parts },
	{ "person", shape_person },
	{ "text", shape_text },
	{ "word", shape_word },
	{ "yesno", shape_yesno },
};

static void set_shape(struct shape *s, struct node *n)
{
	struct sv name = node_text(n, "shape", false);

	s->read = name.n ? NULL : shape_list;
	for (size_t i = 0; i < COUNT(shapes); i++)
		if (sv_is(name, shapes[i].name))
			s->read = shapes[i].read;
	if (!s->read) {
		node_bad(n, "E332", "no shape is called \"%.*s\"", SV_ARG(name));
		s->read = shape_text;
	}
}

static void load_shape(struct load *l, const char *name, struct node *n)
{
	struct shape *s = &l->rs->shapes[l->rs->n_shapes++];
	struct node range = node_get(n, "range"), lo = node_at(&range, 0), hi = node_at(&range, 1);

	s->name = arena_sv(l->a, sv_from(name));
	set_shape(s, n);
	load_lists(l, n, s);
	s->several = node_bool(n, "several", false);
	s->closed = node_bool(n, "closed", false);
	s->form = arena_sv(l->a, node_text(n, "form", false));
	s->has_range = node_count(&range) == 2;
	if (s->has_range) {
		s->lo = (int)node_number(&lo);
		s->hi = (int)node_number(&hi);
	}
	load_sayings(l, n, "rows", &s->rows);
	load_sayings(l, n, "reject", &s->reject);
	load_sayings(l, n, "prefer", &s->prefer);
	load_sayings(l, n, "avoid", &s->avoid);
	load_sayings(l, n, "lead", &s->lead);
	load_sayings(l, n, "nothing", &s->nothing);
	load_sayings(l, n, "past", &s->past);
	load_sayings(l, n, "verbless", &s->verbless);
	load_parts(l, n, s);
	node_done(n);
}

static const char *const roles[LISTS] = {
	"correction", "negation", "number", "ordinal", "both", "none", "any", "other", "unsure",
	"maybe", "yes", "no", "politeness", "filler", "names", "no-number", "joiner",
};

struct readers *readers_load(struct lexicon *lx, struct sv locale, struct node *file,
    struct arena *a)
{
	struct readers *rs = ARENA_NEW(a, struct readers);
	struct load l = { lx, rs, a };
	struct node lists = node_get(file, "lists"), list = node_get(file, "readers"), child;
	const char *name;

	rs->lx = lx;
	rs->locale = arena_sv(a, locale);
	node_has(file, "format");
	for (size_t i = 0; i < LISTS; i++)
		if (node_is(&lists, JSON_OBJECT))
			rs->lists[i] = list_of(&l, &lists, node_text(&lists, roles[i], false));
	if (node_is(&lists, JSON_OBJECT))
		node_done(&lists);
	load_sayings(&l, file, "clock", &rs->clock_words);
	load_sayings(&l, file, "first_only", &rs->first_only);
	load_sayings(&l, file, "position", &rs->position);
	load_sayings(&l, file, "senses", &rs->senses);
	load_sayings(&l, file, "asking", &rs->asking);
	rs->alphabet = arena_sv(a, node_text(file, "alphabet", false));
	rs->writer = arena_sv(a, node_text(file, "writer", false));
	rs->clock = lexicon_class_symbol(lx, rs->locale, SV("clock"));
	rs->shapes = ARENA_ARRAY(a, struct shape, node_count(&list) + 1);
	for (size_t i = 0; node_member(&list, &i, &name, &child); )
		load_shape(&l, name, &child);
	node_done(file);
	return rs;
}

/* ---- asking ---------------------------------------------------------------------- */

static const struct shape *find_shape(const struct readers *rs, struct sv name)
{
	for (size_t i = 0; rs && i < rs->n_shapes; i++)
		if (sv_eq(rs->shapes[i].name, name))
			return &rs->shapes[i];
	return NULL;
}

bool readers_has(const struct readers *rs, struct sv name)
{
	return find_shape(rs, name) != NULL;
}

bool reader_closed(const struct readers *rs, struct sv name)
{
	const struct shape *s = find_shape(rs, name);

	return s && s->closed;
}

bool reader_several(const struct readers *rs, struct sv name)
{
	const struct shape *s = find_shape(rs, name);

	return s && s->several;
}

const struct mark *role_mark(const struct readers *rs, const struct message *m,
    enum role_list role, int word)
{
	return rs->lists[role] == SYM_NONE ? NULL : message_mark(m, rs->lists[role], word);
}

bool role_at(const struct readers *rs, const struct message *m, enum role_list role, int word)
{
	return role_mark(rs, m, role, word) != NULL;
}

/* The "not" of "I don't know" denies nothing behind it. */
static bool within_unsure(const struct readers *rs, const struct message *m, int word)
{
	for (int i = word; i >= 0 && i > word - 4; i--) {
		const struct mark *k = role_mark(rs, m, LIST_UNSURE, i);

		if (k && k->words.last > word)
			return true;
	}
	return false;
}

bool negated_before(const struct readers *rs, const struct message *m, int word, int from)
{
	for (int i = word - 1; i >= from && i >= word - 4; i--) {
		if (m->words[i + 1].flags & (WORD_COMMA | WORD_SENTENCE))
			return false;           /* "no, used": it insists */
		if (role_at(rs, m, LIST_NEGATION, i) && !within_unsure(rs, m, i))
			return true;
	}
	return false;
}

bool said_before(struct message *m, const struct sayings *s, int word, int from)
{
	struct match hit;

	for (size_t i = 0; i < s->n; i++)
		for (int k = word - 1; k >= from && k >= word - 5; k--)
			if (message_match(m, s->items[i].phrase, (struct span){ k, word }, &hit) &&
			    hit.words.last == word)
				return true;
	return false;
}

bool said_at(struct message *m, const struct sayings *s, int word, int last)
{
	struct match hit;

	for (size_t i = 0; i < s->n; i++)
		if (message_match_at(m, s->items[i].phrase, (struct span){ word, last }, &hit))
			return true;
	return false;
}

/* The leftmost match of any; of two at one place the longer. */
const struct saying *saying_in(struct message *m, const struct sayings *s, struct span within,
    struct match *out)
{
	const struct saying *best = NULL;

	for (size_t i = 0; i < s->n; i++) {
		struct match hit;

		if (!message_match(m, s->items[i].phrase, within, &hit))
			continue;
		if (best && (hit.words.first > out->words.first || (hit.words.first == out->words.first &&
		    hit.words.last <= out->words.last)))
			continue;
		best = &s->items[i];
		*out = hit;
	}
	return best;
}

struct read_result read_one(struct read_value v, struct arena *a)
{
	struct read_result res = { .status = READ_VALUE, .n = 1 };

	res.values = arena_copy(a, &v, sizeof v);
	return res;
}

struct read_result read_status_only(enum read_status status)
{
	return (struct read_result){ .status = status };
}

/* A question back is no answer. */
bool asks_back(const struct readers *rs, const struct shape *s, const struct reading *r)
{
	const struct message *m = r->message;

	if (said_at(r->message, &s->nothing, 0, m->n_words) || said_at(r->message, &rs->asking, 0, m->n_words))
		return true;
	for (int i = 0; i < r->n_clauses; i++) {
		const struct clause *c = &r->clauses[i];

		if (c->mood == MOOD_QUESTION && c->words.first == 0 && c->wh >= 0)
			return true;
		if (c->mood == MOOD_QUESTION && c->words.first == 0 && m->n_sentences &&
		    (m->sentences[0].end == '?' || c->who == SUBJECT_ADDRESSEE || c->who == SUBJECT_SELF))
			return true;
		if (c->mood == MOOD_QUESTION && c->wh >= 0 && c->who == SUBJECT_ADDRESSEE)
			return true;
	}
	return false;
}

/* After the last "no wait" that something follows. */
static struct span corrected(const struct readers *rs, const struct message *m)
{
	struct span all = { 0, m->n_words };

	for (int i = m->n_words - 1; i >= 0; i--) {
		const struct mark *k = role_mark(rs, m, LIST_CORRECTION, i);

		if (k && k->words.last < m->n_words)
			return (struct span){ k->words.last, m->n_words };
	}
	return all;
}

struct span taken_back(const struct readers *rs, const struct message *m)
{
	enum { SHORT = 6, EDGE = WORD_COMMA | WORD_SENTENCE | WORD_CLAUSE };

	for (int i = m->n_words - 2; i > 0; i--) {
		const struct mark *k = role_mark(rs, m, LIST_NO, i);

		if (k && m->words[i].text.n > 1 && k->words.last < m->n_words && (m->n_words <= SHORT || m->words[i].flags & EDGE ||
		    m->words[k->words.last].flags & EDGE))
			return (struct span){ k->words.last, m->n_words };
	}
	return (struct span){ 0, 0 };
}

/* Is it yes or no, in the words that say just that?  "No, it's fine" takes nothing back. */
static bool plain_answer(const struct readers *rs, const struct message *m, int word)
{
	const struct mark *yes = role_mark(rs, m, LIST_YES, word), *no = role_mark(rs, m, LIST_NO, word);

	return (yes && yes->row == 0) || (no && no->row == 0);
}

struct read_result reader_read(const struct readers *rs, struct sv name,
    const struct reading *r, int64_t now_local, struct arena *a)
{
	const struct shape *s = find_shape(rs, name);
	struct span all = { 0, r->message->n_words }, after;
	struct read_result res;

	(void)now_local;
	if (!s || span_empty(all))
		return read_status_only(READ_NOTHING);
	after = s->read == shape_text || s->read == shape_listen ? all : corrected(rs, r->message);
	if (after.first > 0 && (s->read != shape_yesno || plain_answer(rs, r->message, after.first))) {
		res = s->read(rs, s, r, after, a);
		if (res.status == READ_VALUE) {
			res.corrected = true;
			return res;
		}
	}
	after = s->read == shape_list || s->read == shape_scale || s->read == shape_parts ?
	    taken_back(rs, r->message) : (struct span){ 0, 0 };
	if (!span_empty(after)) {
		res = s->read(rs, s, r, after, a);
		if (res.status == READ_VALUE &&
		    s->read(rs, s, r, (struct span){ 0, after.first - 1 }, a).status == READ_VALUE) {
			res.corrected = true;
			return res;
		}
	}
	return s->read(rs, s, r, all, a);
}

static struct sv joined(const struct read_result *res, struct arena *a, bool said)
{
	STR_AUTO s = STR_INIT;

	for (size_t i = 0; i < res->n; i++) {
		const struct read_value *v = &res->values[i];

		str_addf(&s, "%s%.*s", i ? ", " : "", SV_ARG(!said && v->row.n ? v->row : v->text));
	}
	return arena_sv(a, str_sv(&s));
}

struct sv read_text(const struct read_result *res, struct arena *a)
{
	return joined(res, a, false);
}

struct sv read_said(const struct read_result *res, struct arena *a)
{
	return joined(res, a, true);
}
