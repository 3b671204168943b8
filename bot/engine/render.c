/* engine/render.c - texts with their slots filled, and bubbles made of them. */
#include <string.h>
#include <unistr.h>

#include "base/xalloc.h"
#include "engine/run.h"
#include "text/fold.h"

enum { MAX_NESTED = 4 };

/* ---- values as text ---------------------------------------------------------- */

static struct sv number_text(struct run *r, int64_t n)
{
	return sv_from(arena_printf(r->a, "%lld", (long long)n));
}

struct sv set_text(struct run *r, const struct value *v)
{
	STR_AUTO s = STR_INIT;

	for (size_t i = 0; i < v->n; i++)
		str_addf(&s, "%s%.*s", i ? ", " : "", SV_ARG(v->items[i]));
	return arena_sv(r->a, str_sv(&s));
}

static size_t split_list(struct run *r, struct sv text, struct sv **items)
{
	struct sv part, rest = text;
	size_t n = 0;

	*items = ARENA_ARRAY(r->a, struct sv, 16);
	while (n < 16 && sv_split(&rest, ',', &part))
		if (sv_trim(part).n)
			(*items)[n++] = sv_trim(part);
	return n;
}

/* Forms of a list of words: and, first, echo ("lonely, and a bit hurt."). */
static bool words_form(struct run *r, struct sv text, struct sv form, struct str *out)
{
	struct sv *items;
	size_t n;

	if (!sv_is(form, "and") && !sv_is(form, "first") && !sv_is(form, "echo"))
		return false;
	n = split_list(r, text, &items);
	if (!n)
		return true;
	if (sv_is(form, "first")) {
		str_add(out, items[0]);
	} else if (sv_is(form, "and") || n == 1) {
		if (r->lang && r->lang->grammar)
			grammar_join(r->lang->grammar, items, n, out);
		else
			str_add(out, text);
		if (sv_is(form, "echo"))
			str_addc(out, '.');
	} else {
		STR_AUTO two = STR_INIT;
		struct sv last[2] = { SV(""), items[n - 1] };

		for (size_t i = 0; i + 1 < n; i++)
			str_addf(out, "%s%.*s", i ? ", " : "", SV_ARG(items[i]));
		/* "a, and b": the joiner of the locale behind a comma */
		if (r->lang && r->lang->grammar)
			grammar_join(r->lang->grammar, last, 2, &two);
		str_addz(out, ",");
		str_add(out, str_sv(&two));
		str_addc(out, '.');
	}
	return true;
}

static bool day_form(struct run *r, const struct value *v, struct sv form, struct str *out)
{
	uint32_t list;
	size_t from = out->n;

	if (v->kind != VALUE_NUMBER || (!sv_is(form, "day") && !sv_is(form, "time")))
		return false;
	if (sv_is(form, "time")) {
		str_addf(out, "%02d:%02d", (int)(v->number / 3600 % 24), (int)(v->number / 60 % 60));
		return true;
	}
	list = r->lang ? lexicon_list_symbol(r->s->lexicon, r->lang->locale, SV("weekday")) : SYM_NONE;
	if (!list)
		return false;
	str_add(out, lexicon_row(r->s->lexicon, list, (uint32_t)((v->number / 86400 + 3) % 7)));
	fold_capital(out, from);
	return true;
}

/* The words of a time as the locale writes them. */
struct sv render_time(struct run *r, struct sv text)
{
	struct voice voice = { SV(""), SV(""), true };
	STR_AUTO s = STR_INIT;
	struct reading *reading = reading_beside(r->reading, r->lang, text);

	if (!r->lang || !r->lang->grammar || !grammar_span(r->lang->grammar, reading,
	    (struct span){ 0, reading->message->n_words }, &voice, &s))
		return text;
	return arena_sv(r->a, str_sv(&s));
}

static bool grammar_form_of(struct run *r, struct sv text, struct sv form, struct str *out)
{
	const struct clause *cs[4];
	struct reading *reading;
	struct voice voice = { SV("draft"), SV(""), true };
	size_t n = 0;

	if (!r->lang || !r->lang->grammar || !grammar_has_form(r->lang->grammar, form))
		return false;
	reading = run_reading(r, r->lang, text);
	for (int i = 0; i < reading->n_clauses && n < COUNT(cs); i++)
		cs[n++] = &reading->clauses[i];
	return n && grammar_form(r->lang->grammar, reading, cs, n, form, &voice, out);
}

/* ---- segments ------------------------------------------------------------------ */

/* Is a capital due where the next character goes? */
static bool at_sentence_start(const struct str *s)
{
	size_t n = s->n;
	bool gap = false;

	while (n && (s->p[n - 1] == ' ' || s->p[n - 1] == '\n' || s->p[n - 1] == '"'
	    || s->p[n - 1] == '\'' || s->p[n - 1] == '(')) {
		gap = gap || s->p[n - 1] == '\n' || s->p[n - 1] == ' ';
		n--;
	}
	if (!n)
		return true;
	return gap && (s->p[n - 1] == '.' || s->p[n - 1] == '?' || s->p[n - 1] == '!'
	    || s->p[s->n - 1] == '\n');
}

/* No control, nothing invisible, nothing that turns the direction of writing. */
static bool is_shown(ucs4_t c)
{
	return c == '\n' || (c >= 0x20 && (c < 0x7F || c > 0x9F) && (c < 0x200B || c > 0x200F)
	    && (c < 0x202A || c > 0x202E) && (c < 0x2066 || c > 0x2069));
}

/* Puts in what a slot holds: the characters that can be shown, a capital where a sentence
 * starts. */
static void put_value(struct str *out, struct sv v)
{
	const uint8_t *p = (const uint8_t *)v.p;
	size_t from = out->n;
	bool capital = at_sentence_start(out);
	ucs4_t c;

	for (size_t i = 0; i < v.n; ) {
		int n = u8_mbtoucr(&c, p + i, v.n - i);

		if (n > 0 && is_shown(c))
			str_add(out, sv_sub(v, i, i + (size_t)n));
		i += n > 0 ? (size_t)n : 1;
	}
	if (capital) {
		while (from < out->n && (out->p[from] == '"' || out->p[from] == '\''))
			from++;
		fold_capital(out, from);
	}
}

static void render_value(struct run *r, const struct segment *g, struct str *out)
{
	STR_AUTO s = STR_INIT;
	struct value v;
	const struct held *h = run_held(r, g->text);
	const struct person *p = h ? person_of(r->ss, h->text) : NULL;
	struct err e;
	const struct expr *x;

	if (p || (!h && !memchr(g->text.p, '.', g->text.n) && g->form.n && r->lang && r->lang->grammar
	    && grammar_has_role(r->lang->grammar, g->form)
	    && !grammar_has_form(r->lang->grammar, g->form))) {
		put_value(out, person_word(r, p, g->form));
		return;
	}
	if (memchr(g->text.p, '(', g->text.n)) {
		struct scope scope = run_scope(r);

		x = expr_parse(g->text, NULL, NULL, r->a, &e);
		v = x ? expr_eval(x, &scope) : (struct value){ 0 };
	} else {
		v = run_get(r, g->text);
	}
	if (v.kind == VALUE_NONE)
		return;
	if (day_form(r, &v, g->form, &s)) {
		put_value(out, str_sv(&s));
		return;
	}
	if (v.kind == VALUE_NUMBER)
		v = value_text(number_text(r, v.number));
	if (v.kind == VALUE_SET)
		v = value_text(set_text(r, &v));
	p = person_of(r->ss, v.text);
	if (p) {
		put_value(out, person_word(r, p, g->form));
		return;
	}
	if (g->form.n && (words_form(r, v.text, g->form, &s) || grammar_form_of(r, v.text, g->form, &s)))
		put_value(out, str_sv(&s));
	else
		put_value(out, v.text);
}

static void render_alternative(struct run *r, struct sv text, struct str *out)
{
	struct text t;

	if (!memchr(text.p, '{', text.n)) {
		str_add(out, text);
		return;
	}
	text_from(&t, text, r->a);
	render(r, &t, out);
}

static void render_by_person(struct run *r, const struct segment *g, struct str *out)
{
	const struct person *p = run_person(r, g->text);
	int at = r->lang && r->lang->grammar
	    ? grammar_pronoun_index(r->lang->grammar, p ? p->pronoun : SV("")) : (int)g->n_alternatives - 1;

	if (at < 0 || at >= (int)g->n_alternatives)
		at = (int)g->n_alternatives - 1;
	render_alternative(r, g->alternatives[at], out);
}

static void render_by_count(struct run *r, const struct segment *g, struct str *out)
{
	struct value v = run_get(r, g->text);
	int64_t n = v.number;

	if (v.kind == VALUE_TEXT)
		sv_int(v.text, &n);
	render_alternative(r, g->alternatives[n == 1 ? 0 : g->n_alternatives - 1], out);
}

static bool render_special(struct run *r, const struct segment *g, struct str *out)
{
	const struct line *line;

	if (sv_is(g->text, "operator")) {
		line = script_line(r->s, r->host->watched ? SV("operator-watched")
		    : SV("operator-unwatched"));
		if (line)
			str_add(out, render_sv(r, &line->say.variants[0]));
		return true;
	}
	if (sv_starts(g->text, SV("help."))) {
		int64_t n = 0;
		const struct service *sv = sv_is(g->text, "help.now") ? lane_service_now(r)
		    : sv_int(sv_sub(g->text, 5, g->text.n), &n) && n > 0
		    ? lane_service(r, (size_t)n - 1) : NULL;

		if (sv && sv_is(g->form, "row"))
			str_add(out, sv->row);
		for (size_t i = 0; sv && !g->form.n && i < sv->n_lines; i++)
			str_addf(out, "%s%.*s", i ? "\n" : "", SV_ARG(sv->lines[i]));
		return true;
	}
	if (sv_is(g->text, "question"))
		return true;            /* the lane asks it again behind its text */
	if (sv_is(g->text, "emergency")) {
		str_add(out, help_emergency(r));
		return true;
	}
	if (sv_is(g->text, "address")) {
		put_value(out, r->host->address);
		return true;
	}
	return false;
}

/* "{echo}. A start": an empty value takes its full stop along. */
static struct sv without_stop(struct sv text)
{
	return text.n && strchr(".,;:", text.p[0]) ? sv_sub(text, 1, text.n) : text;
}

void render(struct run *r, const struct text *t, struct str *out)
{
	bool nothing = false;           /* the value before was empty */

	for (size_t i = 0; i < t->n; i++) {
		const struct segment *g = &t->segments[i];
		size_t begin = out->n;

		if (g->kind == SEGMENT_LITERAL)
			str_add(out, nothing ? without_stop(g->text) : g->text);
		else if (g->kind == SEGMENT_BY_PERSON)
			render_by_person(r, g, out);
		else if (g->kind == SEGMENT_BY_COUNT)
			render_by_count(r, g, out);
		else if (!render_special(r, g, out))
			render_value(r, g, out);
		nothing = g->kind == SEGMENT_VALUE && out->n == begin;
	}
}

/* An empty value leaves its blank behind. */
static void tidy(struct str *s)
{
	size_t to = 0;

	for (size_t i = 0; i < s->n; i++) {
		char c = s->p[i];

		if (c == ' ' && (to == 0 || s->p[to - 1] == ' ' || s->p[to - 1] == '\n'))
			continue;
		if (c == '\n' && (to == 0 || s->p[to - 1] == '\n'))
			continue;
		if (c == '.' && (to == 0 || s->p[to - 1] == '\n') && i + 1 < s->n && s->p[i + 1] == ' ')
			continue;
		s->p[to++] = c;
	}
	while (to && (s->p[to - 1] == ' ' || s->p[to - 1] == '\n'))
		to--;
	str_cut(s, to);
}

struct sv render_cell(struct run *r, const struct cell *c)
{
	return c->say ? render_sv(r, c->say) : c->text;
}

struct sv render_sv(struct run *r, const struct text *t)
{
	STR_AUTO s = STR_INIT;

	render(r, t, &s);
	tidy(&s);
	return arena_sv(r->a, str_sv(&s));
}

const struct text *wording_pick(struct run *r, const struct wording *w, struct sv key)
{
	uint64_t start = w->in_order ? 0 : sv_hash(key) ^ r->ev->salt;
	int n;

	if (w->n < 2)
		return w->n ? &w->variants[0] : NULL;
	n = count_add(r->ss, &r->ss->variants, key);
	return &w->variants[(start + (uint64_t)n - 1) % w->n];
}

/* ---- bubbles ------------------------------------------------------------------- */

void effect_add(struct run *r, enum effect_kind kind, struct sv text, unsigned flags,
    const struct choice *choices, size_t n)
{
	struct effects *o = r->out;

	if (o->n == o->cap) {
		size_t cap = o->cap ? 2 * o->cap : 8;
		struct effect *more = ARENA_ARRAY(r->a, struct effect, cap);

		if (o->n)
			memcpy(more, o->items, o->n * sizeof *more);
		o->items = more;
		o->cap = cap;
	}
	o->items[o->n++] = (struct effect){ kind, arena_sv(r->a, text), flags | r->flags, choices, n };
}

void say_flush(struct run *r, const struct choice *choices, size_t n)
{
	if (!r->bubble.n)
		return;
	effect_add(r, EFFECT_SAY, str_sv(&r->bubble), 0, choices, n);
	str_clear(&r->bubble);
	r->bubble_lines = false;
}

void say(struct run *r, struct sv text, unsigned how)
{
	if (!text.n)
		return;
	if (how & (PIECE_ALONE | PIECE_DRAFT)) {
		say_flush(r, NULL, 0);
		effect_add(r, EFFECT_SAY, text, how & PIECE_DRAFT ? SAY_DRAFT : 0, NULL, 0);
		return;
	}
	if (r->bubble.n)
		str_addc(&r->bubble, r->bubble_lines ? '\n' : ' ');
	str_add(&r->bubble, text);
	r->bubble_lines = (how & PIECE_LINES) != 0;
}

void say_text(struct run *r, const struct text *t, unsigned how)
{
	if (t)
		say(r, render_sv(r, t), how | (t->lines ? PIECE_LINES : 0));
}

bool say_line(struct run *r, const char *key)
{
	const struct line *line = script_line(r->s, sv_from(key));
	const struct text *t = line ? wording_pick(r, &line->say, line->key) : NULL;

	if (!t || !t->source.n)
		return false;
	say_text(r, t, 0);
	return true;
}
