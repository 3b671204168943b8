#include "language/expression.h"

#include <ctype.h>

#include "base/xalloc.h"

enum op {
	OP_NUMBER, OP_WORD, OP_NAME, OP_CALL,
	OP_OR, OP_AND, OP_NOT,
	OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN,
	OP_ADD, OP_SUB, OP_MUL,
};

enum { MAX_ARGS = 3, MAX_DEPTH = 32 };

struct expr {
	enum op op;
	uint32_t n_args;
	int64_t number;
	struct sv text;                 /* word, name or function */
	struct sv *arg_text;            /* of a call */
	const struct expr *args[];
};

struct parser {
	struct sv all, rest;
	bool (*is_name)(void *ctx, struct sv word);
	void *ctx;
	struct arena *arena;
	struct err *err;
	int depth;
};

struct value value_number(int64_t n)
{
	return (struct value){ .kind = VALUE_NUMBER, .number = n };
}

struct value value_text(struct sv s)
{
	return (struct value){ .kind = VALUE_TEXT, .text = s };
}

bool value_true(const struct value *v)
{
	switch (v->kind) {
	case VALUE_NUMBER: return v->number != 0;
	case VALUE_TEXT: return v->text.n && !sv_is(v->text, "no");
	case VALUE_SET: return v->n > 0;
	case VALUE_NONE: break;
	}
	return false;
}

/* "hurt" is in "lonely, a bit hurt". */
static bool ends_in(struct sv part, struct sv item)
{
	size_t before = part.n - item.n;

	if (part.n < item.n || !sv_eq(sv_sub(part, before, part.n), item))
		return false;
	return !before || part.p[before - 1] == ' ';
}

bool value_in(struct sv item, const struct value *set)
{
	struct sv rest = set->text, part;

	if (set->kind == VALUE_SET) {
		for (size_t i = 0; i < set->n; i++)
			if (sv_eq(set->items[i], item))
				return true;
		return false;
	}
	if (set->kind != VALUE_TEXT)
		return false;
	while (sv_split(&rest, ',', &part))
		if (ends_in(sv_trim(part), item))
			return true;
	return false;
}

static struct expr *node(struct parser *p, enum op op, const struct expr *const *args, size_t n)
{
	struct expr *x = arena_alloc(p->arena, sizeof *x + n * sizeof x->args[0]);

	x->op = op;
	x->n_args = (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		x->args[i] = args[i];
	return x;
}

static struct expr *fail(struct parser *p, const char *what)
{
	err_set(p->err, ERR_SYNTAX, 0, "%s at column %zu of \"%.*s\"", what,
	    p->all.n - p->rest.n + 1, SV_ARG(p->all));
	return NULL;
}

static void blank(struct parser *p)
{
	p->rest = sv_trim(p->rest);
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || (c & 0x80);
}

/* A word may hold "-" where letters stand on both sides of it. */
static struct sv peek_word(const struct parser *p)
{
	size_t n = 0;

	while (n < p->rest.n && (word_char(p->rest.p[n])
	    || (p->rest.p[n] == '-' && n && n + 1 < p->rest.n
	        && isalpha((unsigned char)p->rest.p[n + 1]))))
		n++;
	return sv_sub(p->rest, 0, n);
}

static bool eat(struct parser *p, const char *token)
{
	struct sv t = sv_from(token);

	blank(p);
	if (isalpha((unsigned char)token[0])) {
		if (!sv_eq(peek_word(p), t))
			return false;
	} else if (!sv_starts(p->rest, t)) {
		return false;
	}
	p->rest = sv_sub(p->rest, t.n, p->rest.n);
	return true;
}

static struct expr *parse_or(struct parser *p);

/* Arguments are kept both as text (names of tags, steps) and, where they parse,
 * as expressions (clamp, max, min). */
static struct expr *parse_call(struct parser *p, struct sv name)
{
	const struct expr *args[MAX_ARGS];
	struct sv texts[MAX_ARGS];
	struct expr *x;
	size_t n = 0;

	blank(p);
	while (!eat(p, ")")) {
		struct sv before;

		if (n == MAX_ARGS)
			return fail(p, "too many arguments");
		if (n && !eat(p, ","))
			return fail(p, "a comma or ) is missing");
		blank(p);
		before = p->rest;
		args[n] = parse_or(p);
		if (!args[n])
			return NULL;
		texts[n++] = sv_trim(sv_sub(before, 0, before.n - p->rest.n));
	}
	x = node(p, OP_CALL, args, n);
	x->text = name;
	x->arg_text = arena_copy(p->arena, texts, n * sizeof *texts);
	return x;
}

static struct expr *parse_atom(struct parser *p)
{
	struct sv word;
	struct expr *x;
	int64_t n;

	blank(p);
	if (eat(p, "(")) {
		x = parse_or(p);
		if (x && !eat(p, ")"))
			return fail(p, ") is missing");
		return x;
	}
	word = peek_word(p);
	if (word.n == 0) {
		if (p->rest.n > 1 && p->rest.p[0] == '-' && isdigit((unsigned char)p->rest.p[1])) {
			p->rest = sv_sub(p->rest, 1, p->rest.n);
			x = parse_atom(p);
			if (x && x->op == OP_NUMBER)
				x->number = -x->number;
			return x;
		}
		return fail(p, "a value is missing");
	}
	p->rest = sv_sub(p->rest, word.n, p->rest.n);
	if (p->rest.n && p->rest.p[0] == '(') {
		p->rest = sv_sub(p->rest, 1, p->rest.n);
		return parse_call(p, word);
	}
	if (sv_int(word, &n)) {
		x = node(p, OP_NUMBER, NULL, 0);
		x->number = n;
		return x;
	}
	x = node(p, OP_WORD, NULL, 0);
	x->text = word;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '.')
			x->op = OP_NAME;
	if (x->op == OP_WORD && p->is_name && p->is_name(p->ctx, word))
		x->op = OP_NAME;
	return x;
}

static struct expr *binary(struct parser *p, enum op op, struct expr *a, struct expr *b)
{
	const struct expr *both[] = { a, b };

	return a && b ? node(p, op, both, COUNT(both)) : NULL;
}

static struct expr *parse_term(struct parser *p)
{
	struct expr *x = parse_atom(p);

	while (x && eat(p, "*"))
		x = binary(p, OP_MUL, x, parse_atom(p));
	return x;
}

static struct expr *parse_sum(struct parser *p)
{
	struct expr *x = parse_term(p);

	while (x) {
		if (eat(p, "+"))
			x = binary(p, OP_ADD, x, parse_term(p));
		else if (eat(p, "- "))
			x = binary(p, OP_SUB, x, parse_term(p));
		else
			break;
	}
	return x;
}

static struct expr *parse_compare(struct parser *p)
{
	static const struct { const char *token; enum op op; } ops[] = {
		/* ORDER: longer before shorter */
		{ "!=", OP_NE }, { "<=", OP_LE }, { ">=", OP_GE },
		{ "=", OP_EQ }, { "<", OP_LT }, { ">", OP_GT }, { "in", OP_IN },
	};
	struct expr *x = parse_sum(p);

	for (size_t i = 0; x && i < COUNT(ops); i++)
		if (eat(p, ops[i].token))
			return binary(p, ops[i].op, x, parse_sum(p));
	return x;
}

static struct expr *parse_not(struct parser *p)
{
	const struct expr *inner;

	if (!eat(p, "not"))
		return parse_compare(p);
	if (++p->depth > MAX_DEPTH)
		return fail(p, "nested too deeply");
	inner = parse_not(p);
	p->depth--;
	return inner ? node(p, OP_NOT, &inner, 1) : NULL;
}

static struct expr *parse_and(struct parser *p)
{
	struct expr *x = parse_not(p);

	while (x && eat(p, "and"))
		x = binary(p, OP_AND, x, parse_not(p));
	return x;
}

static struct expr *parse_or(struct parser *p)
{
	struct expr *x;

	if (++p->depth > MAX_DEPTH)
		return fail(p, "nested too deeply");
	x = parse_and(p);
	while (x && eat(p, "or"))
		x = binary(p, OP_OR, x, parse_and(p));
	p->depth--;
	return x;
}

struct expr *expr_parse(struct sv text, bool (*is_name)(void *ctx, struct sv word), void *ctx,
    struct arena *a, struct err *e)
{
	struct sv own = arena_sv(a, text);
	struct parser p = { own, own, is_name, ctx, a, e, 0 };
	struct expr *x = parse_or(&p);

	blank(&p);
	if (x && p.rest.n)
		return fail(&p, "this was not expected:");
	return x;
}

static int64_t as_number(const struct value *v)
{
	int64_t n;

	if (v->kind == VALUE_NUMBER)
		return v->number;
	if (v->kind == VALUE_TEXT && sv_int(v->text, &n))
		return n;
	return v->kind == VALUE_TEXT && sv_is(v->text, "yes");
}

static bool numeric(const struct value *v)
{
	int64_t n;

	return v->kind == VALUE_NUMBER || (v->kind == VALUE_TEXT && sv_int(v->text, &n));
}

/* Text equals text, number equals number; "yes" is 1 and "no" is 0. */
static bool equal(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_SET || b->kind == VALUE_SET) {
		const struct value *set = a->kind == VALUE_SET ? a : b;
		const struct value *one = set == a ? b : a;

		return one->kind == VALUE_TEXT && value_in(one->text, set);
	}
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT)
		return sv_eq(a->text, b->text);
	return as_number(a) == as_number(b);
}

static bool compare(enum op op, const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_NONE || b->kind == VALUE_NONE)
		return false;
	switch (op) {
	case OP_EQ: return equal(a, b);
	case OP_NE: return !equal(a, b);
	case OP_IN: return a->kind == VALUE_TEXT && value_in(a->text, b);
	default: break;
	}
	if (!numeric(a) || !numeric(b))
		return false;
	switch (op) {
	case OP_LT: return as_number(a) < as_number(b);
	case OP_LE: return as_number(a) <= as_number(b);
	case OP_GT: return as_number(a) > as_number(b);
	default: return as_number(a) >= as_number(b);
	}
}

static struct value eval_builtin(const struct expr *x, const struct scope *s, bool *known)
{
	int64_t v[MAX_ARGS] = { 0 };

	*known = sv_is(x->text, "clamp") || sv_is(x->text, "max") || sv_is(x->text, "min");
	if (!*known || x->n_args < 2)
		return (struct value){ 0 };
	for (size_t i = 0; i < x->n_args; i++) {
		struct value a = expr_eval(x->args[i], s);

		v[i] = as_number(&a);
	}
	if (sv_is(x->text, "max"))
		return value_number(v[0] > v[1] ? v[0] : v[1]);
	if (sv_is(x->text, "min"))
		return value_number(v[0] < v[1] ? v[0] : v[1]);
	return value_number(v[0] < v[1] ? v[1] : v[0] > v[2] ? v[2] : v[0]);
}

struct value expr_eval(const struct expr *x, const struct scope *s)
{
	struct value a, b;
	bool known;

	switch (x->op) {
	case OP_NUMBER: return value_number(x->number);
	case OP_WORD: return value_text(x->text);
	case OP_NAME: return s->get(s->ctx, x->text);
	case OP_CALL:
		a = eval_builtin(x, s, &known);
		return known ? a : s->call(s->ctx, x->text, x->arg_text, x->n_args);
	case OP_OR: return value_number(expr_true(x->args[0], s) || expr_true(x->args[1], s));
	case OP_AND: return value_number(expr_true(x->args[0], s) && expr_true(x->args[1], s));
	case OP_NOT: return value_number(!expr_true(x->args[0], s));
	default: break;
	}
	a = expr_eval(x->args[0], s);
	b = expr_eval(x->args[1], s);
	switch (x->op) {
	case OP_ADD: return value_number(as_number(&a) + as_number(&b));
	case OP_SUB: return value_number(as_number(&a) - as_number(&b));
	case OP_MUL: return value_number(as_number(&a) * as_number(&b));
	default: return value_number(compare(x->op, &a, &b));
	}
}

bool expr_true(const struct expr *x, const struct scope *s)
{
	struct value v = expr_eval(x, s);

	return value_true(&v);
}

void expr_names(const struct expr *x, void (*fn)(void *ctx, struct sv function, struct sv name),
    void *ctx)
{
	if (x->op == OP_NAME)
		fn(ctx, SV(""), x->text);
	if (x->op == OP_CALL)
		fn(ctx, x->text, x->n_args ? x->arg_text[0] : SV(""));
	/* A function's own arguments are names only for the sums. */
	if (x->op == OP_CALL && !sv_is(x->text, "clamp") && !sv_is(x->text, "max")
	    && !sv_is(x->text, "min"))
		return;
	for (size_t i = 0; i < x->n_args; i++)
		expr_names(x->args[i], fn, ctx);
}
