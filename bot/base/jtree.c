#include "base/jtree.h"

#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/xalloc.h"

enum { FEW_KEYS = 16 };         /* are compared each with each */

struct parser {
	char *at;               /* in the copy, which ends in a NUL: no value has one */
	struct arena *arena;
	struct jtree *stack;    /* values whose array or object is still open */
	size_t n, cap, values;
	int depth;
	enum jtree_result result;
};

static bool unsound(struct parser *p)
{
	if (p->result == JTREE_READ)
		p->result = JTREE_UNSOUND;
	return false;
}

static void pass_space(struct parser *p)
{
	while (sv_space(*p->at))
		p->at++;
}

/* ---- strings ------------------------------------------------------------------ */

static bool hex4(const char *from, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		char c = from[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
		    : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

/* Behind "\u"; writes no more than it reads. */
static bool code_point(struct parser *p, char **to)
{
	uint32_t c, low;
	int n;

	if (!hex4(p->at, &c) || c == 0)
		return false;
	p->at += 4;
	if (c >= 0xd800 && c < 0xdc00) {
		if (p->at[0] != '\\' || p->at[1] != 'u' || !hex4(p->at + 2, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		p->at += 6;
	}
	n = u8_uctomb((uint8_t *)*to, c, 4);
	*to += n > 0 ? n : 0;
	return n > 0;
}

static bool escaped(struct parser *p, char **to)
{
	static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	char c = *p->at++;
	const char *known = c ? strchr(letters, c) : NULL;

	if (c == 'u')
		return code_point(p, to);
	if (!known)
		return false;
	*(*to)++ = means[known - letters];
	return true;
}

static bool plain(unsigned char c)
{
	return c >= ' ' && c != '"' && c != '\\';
}

/* Behind the first quote.  What is escaped is written over itself. */
static bool string(struct parser *p, const char **text, uint32_t *n)
{
	char *from = p->at, *to;
	unsigned char all = 0;

	for (; plain((unsigned char)*p->at); p->at++)
		all |= (unsigned char)*p->at;
	for (to = p->at; *p->at != '"'; ) {
		if (*p->at == '\\') {
			p->at++;
			if (!escaped(p, &to))
				return unsound(p);
		} else if (plain((unsigned char)*p->at)) {
			all |= (unsigned char)*p->at;
			*to++ = *p->at++;
		} else {
			return unsound(p);
		}
	}
	p->at++;
	*to = '\0';
	*text = from;
	*n = (uint32_t)(to - from);
	return all < 0x80 || !u8_check((const uint8_t *)from, *n) || unsound(p);
}

/* ---- numbers and words ------------------------------------------------------------ */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool digits(struct parser *p)
{
	if (!is_digit(*p->at))
		return unsound(p);
	while (is_digit(*p->at))
		p->at++;
	return true;
}

static bool number(struct parser *p, struct jtree *out)
{
	const char *from = p->at;

	p->at += *p->at == '-';
	if (*p->at == '0' && is_digit(p->at[1]))
		return unsound(p);
	if (!digits(p))
		return false;
	out->type = JSON_INTEGER;
	if (*p->at == '.' || *p->at == 'e' || *p->at == 'E') {
		out->type = JSON_REAL;
		if (*p->at == '.') {
			p->at++;
			if (!digits(p))
				return false;
		}
		if (*p->at == 'e' || *p->at == 'E') {
			p->at++;
			p->at += *p->at == '+' || *p->at == '-';
			return digits(p);
		}
		return true;
	}
	return sv_int((struct sv){ from, (size_t)(p->at - from) }, &out->number) || unsound(p);
}

static bool word(struct parser *p, struct jtree *out)
{
	static const struct { struct sv name; json_type type; } words[] = {
		{ { "true", 4 }, JSON_TRUE }, { { "false", 5 }, JSON_FALSE }, { { "null", 4 }, JSON_NULL },
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (strncmp(p->at, words[i].name.p, words[i].name.n) == 0) {
			p->at += words[i].name.n;
			out->type = words[i].type;
			return true;
		}
	return unsound(p);
}

/* ---- arrays and objects ------------------------------------------------------------ */

static int key_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool key_twice(const struct jtree *kids, size_t n)
{
	const char **keys;
	bool twice = false;

	if (n <= FEW_KEYS) {
		for (size_t i = 1; i < n; i++)
			for (size_t k = 0; k < i; k++)
				if (strcmp(kids[i].key, kids[k].key) == 0)
					return true;
		return false;
	}
	keys = xreallocarray(NULL, n, sizeof *keys);
	for (size_t i = 0; i < n; i++)
		keys[i] = kids[i].key;
	qsort(keys, n, sizeof *keys, key_order);
	for (size_t i = 1; i < n && !twice; i++)
		twice = strcmp(keys[i - 1], keys[i]) == 0;
	free(keys);
	return twice;
}

static bool value(struct parser *p, struct jtree *out);

static bool key(struct parser *p, struct jtree *kid)
{
	uint32_t n;

	if (*p->at != '"')
		return unsound(p);
	p->at++;
	if (!string(p, &kid->key, &n))
		return false;
	pass_space(p);
	if (*p->at != ':')
		return unsound(p);
	p->at++;
	pass_space(p);
	return true;
}

/* Up to the bracket that closes it; the kids of what is open stand on the stack. */
static bool kids(struct parser *p, char close, struct jtree *out)
{
	size_t first = p->n;

	p->at++;
	pass_space(p);
	while (*p->at != close || p->n > first) {
		struct jtree kid = { 0 };

		if ((close == '}' && !key(p, &kid)) || !value(p, &kid))
			return false;
		GROW(p->stack, p->n, p->cap);
		p->stack[p->n++] = kid;
		pass_space(p);
		if (*p->at == close)
			break;
		if (*p->at != ',')
			return unsound(p);
		p->at++;
		pass_space(p);
	}
	p->at++;
	out->n = (uint32_t)(p->n - first);
	if (out->n)
		out->kids = arena_copy(p->arena, p->stack + first, out->n * sizeof *p->stack);
	p->n = first;
	return close == ']' || !key_twice(out->kids, out->n) || unsound(p);
}

static bool value(struct parser *p, struct jtree *out)
{
	bool ok;

	if (p->depth > JTREE_DEPTH || ++p->values > JTREE_VALUES) {
		p->result = JTREE_LARGE;
		return false;
	}
	p->depth++;
	if (*p->at == '"') {
		p->at++;
		out->type = JSON_STRING;
		ok = string(p, &out->text, &out->n);
	} else if (*p->at == '{') {
		out->type = JSON_OBJECT;
		ok = kids(p, '}', out);
	} else if (*p->at == '[') {
		out->type = JSON_ARRAY;
		ok = kids(p, ']', out);
	} else if (*p->at == '-' || is_digit(*p->at)) {
		ok = number(p, out);
	} else {
		ok = word(p, out);
	}
	p->depth--;
	return ok;
}

enum jtree_result jtree_read(struct sv text, struct arena *a, struct jtree *out)
{
	char *copy = arena_alloc(a, text.n + 1);
	struct parser p = { .at = copy, .arena = a };

	if (text.n)
		memcpy(copy, text.p, text.n);
	*out = (struct jtree){ 0 };
	pass_space(&p);
	if ((*p.at != '{' && *p.at != '[') || !value(&p, out))
		unsound(&p);
	pass_space(&p);
	if (p.at != copy + text.n)
		unsound(&p);
	free(p.stack);
	return p.result;
}

/* ---- asking ----------------------------------------------------------------------- */

const struct jtree *jtree_get(const struct jtree *object, const char *name)
{
	for (uint32_t i = 0; object && object->type == JSON_OBJECT && i < object->n; i++)
		if (strcmp(object->kids[i].key, name) == 0)
			return &object->kids[i];
	return NULL;
}

void jtree_put(struct jtree *object, const char *name, const struct jtree *from, struct arena *a)
{
	struct jtree *at = (struct jtree *)jtree_get(object, name), *more;

	if (!at) {
		more = ARENA_ARRAY(a, struct jtree, object->n + 1);
		if (object->n)
			memcpy(more, object->kids, object->n * sizeof *more);
		object->kids = more;
		at = &more[object->n++];
		at->key = name;
	}
	name = at->key;
	*at = *from;
	at->key = name;
}

struct sv jtree_text(const struct jtree *t)
{
	return t && t->type == JSON_STRING ? (struct sv){ t->text, t->n } : SV("");
}
