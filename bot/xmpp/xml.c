#include "xmpp/xml.h"

#include <stdlib.h>

enum { USUAL = 768 };   /* bytes of a reply */

/* Line breaks and tabs would be read as blanks in an attribute. */
static const char *escape(char c, bool attr)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '\'': return attr ? "&apos;" : NULL;
	case '\n': return attr ? "&#10;" : NULL;
	case '\t': return attr ? "&#9;" : NULL;
	case '\r': return "&#13;";
	default: return NULL;
	}
}

static void add_escaped(struct str *s, struct sv v, bool attr)
{
	size_t from = 0;
	const char *e;

	for (size_t i = 0; i < v.n; i++) {
		if (!(e = escape(v.p[i], attr)))
			continue;
		str_add(s, sv_sub(v, from, i));
		str_addz(s, e);
		from = i + 1;
	}
	str_add(s, sv_sub(v, from, v.n));
}

static void end_tag(struct xml *x)
{
	if (x->in_tag)
		str_addc(&x->s, '>');
	x->in_tag = false;
}

void xml_open(struct xml *x, const char *name, const char *ns)
{
	if (x->depth == XML_DEPTH)
		abort();
	end_tag(x);
	str_addc(&x->s, '<');
	str_addz(&x->s, name);
	x->open[x->depth++] = name;
	x->in_tag = true;
	if (ns)
		xml_attr(x, "xmlns", sv_from(ns));
}

struct xml xml_begin(const char *name, const char *ns)
{
	struct xml x = { .s = STR_INIT };

	str_reserve(&x.s, USUAL);
	xml_open(&x, name, ns);
	return x;
}

void xml_attr(struct xml *x, const char *name, struct sv value)
{
	if (value.n == 0)
		return;
	str_addc(&x->s, ' ');
	str_addz(&x->s, name);
	str_add(&x->s, SV("='"));
	add_escaped(&x->s, value, true);
	str_addc(&x->s, '\'');
}

void xml_text(struct xml *x, struct sv text)
{
	end_tag(x);
	add_escaped(&x->s, text, false);
}

void xml_close(struct xml *x)
{
	const char *name = x->open[--x->depth];

	if (x->in_tag) {
		str_add(&x->s, SV("/>"));
		x->in_tag = false;
		return;
	}
	str_add(&x->s, SV("</"));
	str_addz(&x->s, name);
	str_addc(&x->s, '>');
}

void xml_leaf(struct xml *x, const char *name, const char *ns)
{
	xml_open(x, name, ns);
	xml_close(x);
}

void xml_mark(struct xml *x, const char *name, const char *ns, const char *attr, struct sv value)
{
	xml_open(x, name, ns);
	xml_attr(x, attr, value);
	xml_close(x);
}

void xml_field(struct xml *x, const char *name, struct sv text)
{
	xml_open(x, name, NULL);
	xml_text(x, text);
	xml_close(x);
}

struct str xml_end(struct xml *x)
{
	struct str s;

	while (x->depth > 0)
		xml_close(x);
	s = x->s;
	x->s = (struct str)STR_INIT;
	return s;
}
