#include "xmpp/guard.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

typedef void (*start_fn)(void *user, const char *name, const char **attrs);
typedef void (*end_fn)(void *user, const char *name);
typedef void (*text_fn)(void *user, const char *s, int len);

/* expat's, declared here: its header is not needed for anything else. */
int XML_Parse(void *parser, const char *s, int len, int is_final);
void XML_SetElementHandler(void *parser, start_fn start, end_fn end);
void XML_SetCharacterDataHandler(void *parser, text_fn text);

/* One parser reads the stream, others come and go with strings. */
static struct guard {
	void *user;
	int depth;              /* of the whole document; a stanza is at 1 */
	int skip;               /* levels below the first element left out */
	int elements, pieces;
	long text;
} guards[4];

static start_fn real_start;
static end_fn real_end;
static text_fn real_text;
static unsigned oldest;
static unsigned long parsed, refused;

static const char xml_lang[] = "http://www.w3.org/XML/1998/namespace\x1Flang";

static struct guard *guard_of(void *user)
{
	struct guard *g;

	for (size_t i = 0; i < COUNT(guards); i++)
		if (guards[i].user == user)
			return &guards[i];
	g = &guards[oldest++ % COUNT(guards)];
	*g = (struct guard){ .user = user };
	return g;
}

static bool too_much(const struct guard *g)
{
	return g->depth > GUARD_DEPTH || g->elements > GUARD_ELEMENTS;
}

static void on_start(void *user, const char *name, const char **attrs)
{
	struct guard *g = guard_of(user);
	const char *kept[2 * GUARD_ATTRIBUTES + 1];
	size_t n = 0;

	if (g->depth == 1)
		g->elements = 0, g->pieces = 0, g->text = 0;
	g->depth++;
	g->elements++;
	if (g->skip || too_much(g)) {
		g->skip++;
		return;
	}
	for (; attrs && attrs[0] && n < 2 * GUARD_ATTRIBUTES; attrs += 2) {
		/* The stream's own tag is not a stanza: nobody but the server writes it. */
		if (g->depth > 1 && strchr(attrs[0], '\x1F') && strcmp(attrs[0], xml_lang) != 0)
			continue;
		kept[n++] = attrs[0];
		kept[n++] = attrs[1];
	}
	kept[n] = NULL;
	real_start(user, name, kept);
}

static void on_end(void *user, const char *name)
{
	struct guard *g = guard_of(user);

	g->depth--;
	if (g->skip)
		g->skip--;
	else
		real_end(user, name);
}

static void on_text(void *user, const char *s, int len)
{
	struct guard *g = guard_of(user);

	g->text += len;
	g->pieces++;
	if (!g->skip && g->text <= GUARD_TEXT && g->pieces <= GUARD_PIECES)
		real_text(user, s, len);
}

static void *next_symbol(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (!p)
		abort();
	return p;
}

void XML_SetElementHandler(void *parser, start_fn start, end_fn end)
{
	void (*set)(void *, start_fn, end_fn);

	*(void **)&set = next_symbol("XML_SetElementHandler");
	/* A fresh or reset parser: libstrophe has set its user data just before. */
	*guard_of(*(void **)parser) = (struct guard){ .user = *(void **)parser };
	real_start = start;
	real_end = end;
	set(parser, on_start, on_end);
}

void XML_SetCharacterDataHandler(void *parser, text_fn text)
{
	void (*set)(void *, text_fn);

	*(void **)&set = next_symbol("XML_SetCharacterDataHandler");
	real_text = text;
	set(parser, on_text);
}

int XML_Parse(void *parser, const char *s, int len, int is_final)
{
	static int (*parse)(void *, const char *, int, int);
	int ok;

	if (!parse)
		*(void **)&parse = next_symbol("XML_Parse");
	ok = parse(parser, s, len, is_final);
	parsed++;
	refused += !ok;
	return ok;
}

static bool hushed;

void guard_hush(bool on)
{
	hushed = on;
}

int xmpp_stanza_to_text(xmpp_stanza_t *st, char **text, size_t *n)
{
	static int (*print)(xmpp_stanza_t *, char **, size_t *);

	if (hushed)
		return XMPP_EMEM;
	if (!print)
		*(void **)&print = next_symbol("xmpp_stanza_to_text");
	return print(st, text, n);
}

unsigned long guard_parsed(void)
{
	return parsed;
}

unsigned long guard_refused(void)
{
	return refused;
}

bool guard_works(xmpp_ctx_t *ctx)
{
	unsigned long before = parsed;
	xmpp_stanza_t *st = xmpp_stanza_new_from_string(ctx,
	    "<message from='a@b' xmlns:e='urn:e'><body e:from='c@d'/></message>");
	xmpp_stanza_t *body = st ? xmpp_stanza_get_child_by_name(st, "body") : NULL;
	bool works = body && !xmpp_stanza_get_attribute(body, "from") && parsed > before;

	if (st)
		xmpp_stanza_release(st);
	return works;
}
