/* lexicon_help.h - a small lexicon for the tests of text/ and language/. */
#ifndef UNIT_LEXICON_HELP_H
#define UNIT_LEXICON_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "text/lexicon.h"
#include "text/message.h"

#define EN SV("en")

struct help {
	struct arena *arena;
	struct lexicon *lx;
	struct findings findings;
	struct source sources[64];
	struct reader readers[64];
	size_t n;
};

static inline struct node help_json(struct help *h, const char *text)
{
	struct source *s = &h->sources[h->n];

	*s = (struct source){ "test.json", sv_from(text) };
	if (!reader_init(&h->readers[h->n], s, h->arena, &h->findings)) {
		STR_AUTO out = STR_INIT;

		findings_print(&h->findings, &out);
		print_error("%s%s\n", out.p, text);
		fail();
	}
	return reader_root(&h->readers[h->n++]);
}

/* Prints and fails when a finding was made. */
static inline void help_sound(struct help *h)
{
	STR_AUTO out = STR_INIT;

	if (h->findings.n == 0)
		return;
	findings_print(&h->findings, &out);
	print_error("%s", out.p);
	fail();
}

static const char help_spelling[] =
    "{\"genitive\":\"'s\",\"expand\":{\"don't\":\"do not\",\"doesn't\":\"does not\",\"won't\":\"will not\","
    "\"i'm\":\"i am\",\"he's\":\"he is\",\"it's\":\"it is\",\"can't\":\"can not\","
    "\"i'll\":\"i will\",\"let's\":\"let us\",\"we're\":\"we are\",\"gonna\":\"going to\","
    "\"didn't\":\"did not\",\"what's\":\"what is\"},"
    "\"second\":{\"its\":\"it is\",\"wont\":\"will not\",\"ill\":\"i will\",\"were\":\"we are\","
    "\"he's\":\"he has\",\"mum's\":\"mum is\"},"
    "\"shorthand\":{\"u\":\"you\",\"r\":\"are\",\"ur\":\"your\",\"kms\":\"kill myself\","
    "\"2day\":\"today\"},"
    "\"abbreviations\":[\"dr\",\"mr\"],\"squeeze\":true}";

static const char help_verbs[] =
    "base\tthird\ting\tpast\tparticiple\tkind\n"
    "be|am|are\tis\tbeing\twas|were\tbeen\t\n"
    "call\tcalls\tcalling\tcalled\tcalled\tcamera\n"
    "listen\tlistens\tlistening\tlistened\tlistened\tinner\n"
    "hate\thates\thating\thated\thated\tinner\n"
    "come\tcomes\tcoming\tcame\tcome\tcamera\n"
    "interrupt\tinterrupts\tinterrupting\tinterrupted\tinterrupted\tspeech\n"
    "shout\tshouts\tshouting\tshouted\tshouted\tspeech\n"
    "want\twants\twanting\twanted\twanted\tinner\n"
    "put\tputs\tputting\tput\tput\tcamera\n";

static const char help_dictionary[] =
    "a\nabout\nalways\nand\nbecause\nhouse\nhorse\nlater\nmilk\nnothing\nplease\n"
    "shed\nsome\nthing\nthink\nwell\nwhere\nthought\nparcel\ndied\ndiet\n";

static const char *const help_lists[] = {
	"{\"list\":\"conjunction\",\"words\":[\"but\",\"because\",\"so\",\"then\",\"when\",\"if\"]}",
	"{\"list\":\"joiner\",\"words\":[\"and\",\"or\"]}",
	"{\"list\":\"between\",\"words\":[\"never\",\"always\",\"just\",\"not\"]}",
	"{\"list\":\"politeness\",\"words\":[\"please\",\"ok\",\"thanks\",\"thank you\"]}",
	"{\"list\":\"number\",\"words\":[\"one\",\"two\",\"three\"]}",
	"{\"list\":\"degree\",\"rows\":{\"a bit\":[\"a bit\",\"a little bit\",\"kinda\",\"kind of\"],"
	"\"very\":[\"very\",\"so\",\"really\"]}}",
	"{\"list\":\"relation\",\"rows\":{\"mother\":[\"mum\",\"mom\",\"mother\"],"
	"\"partner\":[\"partner\",\"ex-boyfriend\",\"better half\"]}}",
	"{\"list\":\"end\",\"words\":[\"die\",\"suicid*\",\"kill myself\",\"not exist\"]}",
	"{\"list\":\"shouting\",\"words\":[\"shout~\",\"raise your voice\"]}",
};

static const char help_marks[] =
    "{\"self\":[\"i|me\"],\"other\":[\"he|she|they|him\",\"my {relation}\"],"
    "\"addressee\":[\"you\"],\"us\":[\"<self> and <other>\",\"we\"]}";

static inline void help_init(struct help *h)
{
	static const struct source verbs = { "verbs.tsv", { help_verbs, sizeof help_verbs - 1 } };
	struct node n;

	*h = (struct help){ .arena = arena_create(), .lx = lexicon_create() };
	n = help_json(h, help_spelling);
	lexicon_spelling(h->lx, EN, &n);
	lexicon_dictionary(h->lx, EN, sv_from(help_dictionary));
	lexicon_verbs(h->lx, EN, &verbs, &h->findings);
	for (size_t i = 0; i < COUNT(help_lists); i++) {
		n = help_json(h, help_lists[i]);
		lexicon_list(h->lx, EN, &n);
	}
	n = help_json(h, help_marks);
	lexicon_marks(h->lx, EN, &n);
}

static inline void help_fini(struct help *h)
{
	findings_fini(&h->findings);
	lexicon_destroy(h->lx);
	arena_destroy(h->arena);
}

/* A phrase out of nowhere, for one-line tests. */
static inline uint32_t help_phrase(struct help *h, const char *text)
{
	struct node n = help_json(h, "{}");

	h->n--;         /* the object is not needed: only its place */
	h->readers[h->n].source = &h->sources[63];
	h->sources[63] = (struct source){ "test.json", { "", 0 } };
	return lexicon_phrase(h->lx, EN, sv_from(text), VIEW_ALL, &n);
}

#endif
