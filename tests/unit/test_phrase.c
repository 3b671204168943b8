#include "lexicon_help.h"

static struct help help;

static int teardown(void **state)
{
	(void)state;
	help_fini(&help);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	help_init(&help);
	return 0;
}

/* What of the text a phrase matches, as typed; "" when it does not. */
struct row { const char *phrase, *text, *match; unsigned views; };

static const struct row rows[] = {
	/* words */
	{ "want to die", "I want to die.", "want to die", 0 },
	{ "want to die", "i want, to die", "want, to die", 0 },
	{ "want to die", "i want. to die", "", 0 },
	{ "die", "diet soldier", "", 0 },
	{ "Never", "NEVER!", "NEVER", 0 },
	/* choices and brackets */
	{ "make* me laugh|smile", "he makes me smile", "makes me smile", 0 },
	{ "(kill|end) (myself|my life)", "end my life", "end my life", 0 },
	{ "(kill|end) (myself|my life)", "end myself", "end myself", 0 },
	{ "(kill|end) (myself|my life)", "end my house", "", 0 },
	{ "[i] (want|wanna) [to] be dead", "wanna be dead", "wanna be dead", 0 },
	{ "[i] (want|wanna) [to] be dead", "i want to be dead", "i want to be dead", 0 },
	{ "what [have you|did you] keep", "what did you keep", "what did you keep", 0 },
	{ "a|(b c)|d e", "b c e", "b c e", 0 },
	/* gaps */
	{ "he ... never", "he has just about never", "he has just about never", 0 },
	{ "he ... never", "he has just about it never", "", 0 },
	{ "he ... never", "he never", "he never", 0 },
	{ "he ... never ... me", "he just never ever calls me", "he just never ever calls me", 0 },
	/* longest at the leftmost place */
	{ "never [ever]", "never ever", "never ever", 0 },
	{ "you ... never", "you never never", "you never never", 0 },
	/* beginnings and verbs */
	{ "interrupt*", "so interrupting", "interrupting", 0 },
	{ "interrupt*", "interruptedly", "interruptedly", 0 },
	{ "interrupt~ me", "he interrupted me", "interrupted me", 0 },
	{ "come~ late", "he comes late", "comes late", 0 },
	{ "be~ late", "they are late", "are late", 0 },
	/* lists and classes */
	{ "{degree} sad", "a little bit sad", "a little bit sad", 0 },
	{ "my {relation} ... never", "my better half never", "my better half never", 0 },
	{ "<other> never", "my mum never", "my mum never", 0 },
	{ "<us> never", "me and my mum never", "me and my mum never", 0 },
	{ "<number> times", "three times", "three times", 0 },
	{ "<number> times", "3 times", "3 times", 0 },
	/* sentence edges */
	{ "^ never", "never. he", "never", 0 },
	{ "^ never", "he never", "", 0 },
	{ "never $", "he never. ok", "never", 0 },
	{ "never $", "he never does", "", 0 },
	/* whole messages */
	{ "=stop", "Stop!", "Stop", 0 },
	{ "=stop", "ok, stop please", "stop", 0 },
	{ "=stop", "ok. stop. thank you \xf0\x9f\x99\x8f", "stop", 0 },
	{ "=stop", "stop it", "", 0 },
	{ "=thank you", "thank you", "thank you", 0 },
	/* contractions on either side */
	{ "dont want", "I don't want", "don't want", VIEW_EXPANDED },
	{ "don't want", "i do not want", "do not want", VIEW_PLAIN },
	{ "do not want", "i dont want", "dont want", VIEW_EXPANDED },
	{ "wont let me", "he wont let me", "wont let me", VIEW_PLAIN },
	{ "wont let me", "he won't let me", "won't let me", VIEW_EXPANDED },
	{ "its fine", "it's fine", "it's fine", VIEW_EXPANDED },
	{ "it is fine", "its fine", "its fine", VIEW_EXPANDED },
	{ "is fine", "its fine", "its fine", VIEW_EXPANDED },
	{ "he has gone", "he's gone", "he's gone", VIEW_EXPANDED },
	{ "are you", "r u", "r u", VIEW_EXPANDED },
	{ "kill myself", "gonna kms", "kms", VIEW_EXPANDED },
	{ "gonna die", "i am going to die", "going to die", VIEW_PLAIN },
	{ "self-harm", "selfharm", "selfharm", 0 },
	{ "self-harm", "self harm", "self harm", 0 },
	{ "selfharm", "self-harm", "self-harm", VIEW_PLAIN },
	{ "mum is late", "my mum's late", "mum's late", VIEW_EXPANDED },
	{ "my mum late", "my mum's late", "my mum's late", 0 },
	{ "mum's phone", "my mum's phone", "mum's phone", 0 },
	/* typos */
	{ "interrupted", "i was interupted", "interupted", VIEW_REPAIRED },
	{ "listening", "not listneing", "listneing", VIEW_REPAIRED },
	{ "interrupt*", "so itnerrupt", "itnerrupt", VIEW_REPAIRED },
	{ "want to die", "i want \xf0\x9f\x98\xad\xf0\x9f\x98\xad to die",
	  "want \xf0\x9f\x98\xad\xf0\x9f\x98\xad to die", VIEW_PLAIN },
	{ "to die", "\xf0\x9f\x98\xad to die", "to die", VIEW_PLAIN },
	{ "horse", "my house", "", 0 },
	{ "myself", "my self", "my self", VIEW_REPAIRED },
	{ "alone", "soo aaaalooone", "aaaalooone", VIEW_REPAIRED },
	{ "shouting", "Marcus shouting", "shouting", 0 },
	{ "karma", "and Karna said", "", 0 },
	/* disguises */
	{ "suicide", "s u i c i d e", "s u i c i d e", VIEW_FOLDED },
	{ "suicide", "s.u.i.c.i.d.e", "s.u.i.c.i.d.e", VIEW_FOLDED },
	{ "suicide", "s-u-i-c-i-d-e", "s-u-i-c-i-d-e", VIEW_FOLDED },
	{ "suicide", "su1c1de", "su1c1de", VIEW_FOLDED },
	{ "suicide", "5u1c1d3", "5u1c1d3", VIEW_FOLDED },
	{ "kill myself", "k1llmyself", "k1llmyself", VIEW_FOLDED },
	{ "kill", "k i 1 1", "k i 1 1", VIEW_FOLDED },
	{ "will not let", "he w0nt let", "w0nt let", VIEW_FOLDED },
	{ "i die", "\xd1\x96 die", "\xd1\x96 die", VIEW_FOLDED },
	{ "i want", "iwant", "iwant", VIEW_FOLDED },
	{ "suicide", "$uicide", "$uicide", VIEW_FOLDED },
	{ "suicide", "is s  u  i no word", "", 0 },
	{ "kill myself", "k i l l  m y s e l f", "k i l l  m y s e l f", VIEW_FOLDED },
	{ "kill ... myself", "k i l l  j u s t  m y s e l f", "k i l l  j u s t  m y s e l f", VIEW_FOLDED },
	{ "kill myself", "k!ll my$elf", "k!ll my$elf", VIEW_FOLDED },
	{ "kill myself", "k1|l mys*lf", "k1|l mys*lf", VIEW_FOLDED },
	{ "kill myself", "kill\nmyself", "kill\nmyself", VIEW_FOLDED },
	{ "kill myself", "kill. myself", "", 0 },
	{ "suicide", "su*cide", "su*cide", VIEW_FOLDED },
	{ "kill", "k!ll", "k!ll", VIEW_FOLDED },
	{ "kill", "ki11", "ki11", VIEW_FOLDED },
	{ "kill myself", "killmyself", "killmyself", VIEW_FOLDED },
	{ "kill myself", "k i l l m y s e l f", "k i l l m y s e l f", VIEW_FOLDED },
	{ "want to die", "want to d i e", "want to d i e", VIEW_FOLDED },
	{ "die", "d\xd1\x96\xd0\xb5", "d\xd1\x96\xd0\xb5", VIEW_FOLDED },
	{ "die", "\xef\xbd\x84\xef\xbd\x89\xef\xbd\x85", "\xef\xbd\x84\xef\xbd\x89\xef\xbd\x85", VIEW_PLAIN },
	{ "die", "d\xe2\x80\x8bi\xe2\x80\x8b""e", "d\xe2\x80\x8bi\xe2\x80\x8b""e", VIEW_PLAIN },
	{ "die", "d\xcc\xb6i\xcc\xb6""e\xcc\xb6", "d\xcc\xb6i\xcc\xb6""e\xcc\xb6", VIEW_PLAIN },
	{ "suicide", "sui cide", "sui cide", VIEW_FOLDED },
	{ "want to die", "i want2die", "", 0 },
	/* a long text without a stop */
	{ "die alone", "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
	  "a a a a a a a a a a a a a a a a a a a a a die alone", "die alone", 0 },
};

static void phrase__matches__what_it_says(void **state)
{
	uint32_t phrases[COUNT(rows)];
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		phrases[i] = help_phrase(&help, rows[i].phrase);
	lexicon_seal(help.lx, &help.findings);
	help_sound(&help);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct message *m = message_read(help.lx, EN, sv_from(rows[i].text), help.arena);
		struct match x = { .views = 0 };
		struct sv got = { "", 0 };

		if (message_match(m, phrases[i], (struct span){ 0, m->n_words }, &x))
			got = message_quote(m, x.words);
		if (!sv_is(got, rows[i].match) || (rows[i].views && !(x.views & rows[i].views))
		    || (rows[i].views == VIEW_PLAIN && x.views != VIEW_PLAIN)) {
			print_error("%s / %s: \"%.*s\", views %u\n", rows[i].phrase,
			    rows[i].text, SV_ARG(got), x.views);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* The index finds what the matcher finds, and nothing is found beyond the
 * views that were asked for. */
/* The same behind and before many words: places are told by sets of 64 words. */
static void phrase__matches__wherever_it_stands(void **state)
{
	uint32_t phrases[COUNT(rows)];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		phrases[i] = help_phrase(&help, rows[i].phrase);
	lexicon_seal(help.lx, &help.findings);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t n = 1; n < 140 && rows[i].phrase[0] != '='; n += 9) {
			STR_AUTO text = STR_INIT;
			struct message *m;
			struct match x;
			bool found;

			for (size_t k = 0; k < n; k++)
				str_addz(&text, "hm. ");
			str_addz(&text, rows[i].text);
			for (size_t k = 0; k < 130; k++)
				str_addz(&text, ". hm");
			m = message_read(help.lx, EN, str_sv(&text), help.arena);
			found = message_match(m, phrases[i], (struct span){ 0, m->n_words }, &x);
			if (found != (rows[i].match[0] != '\0')
			    || (found && !sv_is(message_quote(m, x.words), rows[i].match)))
				fail_msg("\"%s\" behind %zu words: \"%s\"", rows[i].phrase, n, rows[i].text);
		}
}

static void group__finds__what_the_matcher_finds(void **state)
{
	struct group *g;
	uint32_t phrases[COUNT(rows)];
	size_t wrong = 0;

	(void)state;
	g = lexicon_group(help.lx);
	for (size_t i = 0; i < COUNT(rows); i++) {
		phrases[i] = help_phrase(&help, rows[i].phrase);
		group_add(g, phrases[i], (uint32_t)i);
	}
	lexicon_seal(help.lx, &help.findings);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct message *m = message_read(help.lx, EN, sv_from(rows[i].text), help.arena);
		struct hit *hits;
		size_t n = message_scan(m, g, VIEW_ALL, &hits);

		for (size_t k = 0; k < COUNT(rows); k++) {
			struct match x;
			bool found = false;

			for (size_t h = 0; h < n; h++)
				found = found || hits[h].tag == k;
			if (found != message_match(m, phrases[k],
			    (struct span){ 0, m->n_words }, &x)) {
				print_error("%s / %s: index says %d\n", rows[k].phrase,
				    rows[i].text, found);
				wrong++;
			}
		}
		n = rows[i].views & ~VIEW_PLAIN ? message_scan(m, g, VIEW_PLAIN, &hits) : 0;
		for (size_t h = 0; h < n; h++)
			if (hits[h].tag == i) {
				print_error("%s: found without its view\n", rows[i].text);
				wrong++;
			}
	}
	assert_int_equal(wrong, 0);
}

static void phrase__refuses__what_means_nothing(void **state)
{
	static const struct { const char *phrase, *code; } t[] = {
		{ "", "E301" }, { "=", "E301" }, { "?", "E302" }, { "die ?", "E302" },
		{ "a > b", "E302" }, { "(die", "E303" }, { "die)", "E303" }, { "{degree", "E303" },
		{ "die | now", "E304" }, { "()", "E304" }, { "(die|)", "E304" },
		{ "... die", "E305" }, { "die ...", "E305" }, { "a ... b ... c ... d", "E305" },
		{ "di*", "E306" }, { "di*e", "E306" }, { "fly~", "E307" }, { "d~ie", "E307" },
		{ "{nothing}", "E308" }, { "<nothing>", "E308" }, { "[die]", "E309" },
		{ "[die] ... now", NULL }, { "((((((((((die))))))))))", "E303" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t before = help.findings.n;
		uint32_t phrase = help_phrase(&help, t[i].phrase);

		if (!t[i].code) {
			assert_int_not_equal(phrase, PHRASE_NONE);
			continue;
		}
		if (phrase != PHRASE_NONE || help.findings.n != before + 1)
			print_error("%s\n", t[i].phrase);
		assert_int_equal(phrase, PHRASE_NONE);
		assert_int_equal(help.findings.n, before + 1);
		assert_string_equal(help.findings.items[before].code, t[i].code);
		assert_string_not_equal(help.findings.items[before].fix, "");
	}
}

static void group__hits__once_a_clause_in_text_order(void **state)
{
	struct group *g = lexicon_group(help.lx);
	struct message *m;
	struct hit *hits;
	size_t n;

	(void)state;
	group_add(g, help_phrase(&help, "<other> ... never|always"), 1);
	group_add(g, help_phrase(&help, "milk"), 2);
	lexicon_seal(help.lx, &help.findings);
	m = message_read(help.lx, EN,
	    SV("she always laughs but he never calls. milk, he never buys milk"), help.arena);
	n = message_scan(m, g, VIEW_ALL, &hits);
	assert_int_equal(n, 5);
	assert_int_equal(hits[0].match.words.first, 0);
	assert_int_equal(hits[1].match.words.first, 4);
	assert_int_equal(hits[2].tag, 2);
	assert_int_equal(hits[3].tag, 1);
	assert_int_equal(hits[4].tag, 2);
	assert_int_equal(hits[1].match.anchor, 5);
}

static void whole__leaves__politeness_aside(void **state)
{
	static const struct { const char *phrase, *text; bool fills; } t[] = {
		{ "hurt|angry", "hurt", true }, { "hurt|angry", "ok hurt please", true },
		{ "hurt|angry", "hurt me", false }, { "at work", "at work", true },
		{ "please", "please", true }, { "ok", "ok thanks", true },
	};
	uint32_t phrases[COUNT(t)];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		phrases[i] = help_phrase(&help, t[i].phrase);
	lexicon_seal(help.lx, &help.findings);
	for (size_t i = 0; i < COUNT(t); i++) {
		struct message *m = message_read(help.lx, EN, sv_from(t[i].text), help.arena);

		assert_int_equal(message_match_whole(m, phrases[i],
		    (struct span){ 0, m->n_words }), t[i].fills);
	}
}

static void regex__finds__words_behind_its_keys(void **state)
{
	struct group *g = lexicon_group(help.lx);
	struct node where = help_json(&help, "{}");
	struct sv keys[] = { SV("room"), SV("rooms") };
	struct message *m;
	struct hit *hits;
	uint32_t phrase, slow;

	(void)state;
	phrase = lexicon_regex(help.lx, EN, SV("room \\d+[a-z]?"), keys, 2, VIEW_ALL, &where);
	slow = lexicon_regex(help.lx, EN, SV("(a+)+room(a+)+$"), keys, 2, VIEW_ALL, &where);
	group_add(g, phrase, 0);
	assert_int_equal(lexicon_regex(help.lx, EN, SV("("), keys, 2, VIEW_ALL, &where), PHRASE_NONE);
	assert_int_equal(lexicon_regex(help.lx, EN, SV("x"), NULL, 0, VIEW_ALL, &where), PHRASE_NONE);
	lexicon_seal(help.lx, &help.findings);
	m = message_read(help.lx, EN, SV("He is in Room 12, now"), help.arena);
	assert_int_equal(message_scan(m, g, VIEW_ALL, &hits), 1);
	assert_true(sv_is(message_quote(m, hits[0].match.words), "Room 12"));
	m = message_read(help.lx, EN,
	    SV("aaaaaaaaaaaaaaaaaaaaaaaaaaaaroomaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), help.arena);
	assert_false(message_match(m, slow, (struct span){ 0, m->n_words }, NULL));
	assert_true(m->cut);
}

static void expand__says__each_choice_once(void **state)
{
	uint32_t phrase = help_phrase(&help, "(kill|end) [it|her] {degree} (myself|my life)");
	struct sv *texts;
	size_t n;

	(void)state;
	lexicon_seal(help.lx, &help.findings);
	lexicon_expand(help.lx, phrase, help.arena, &texts, &n, 16);
	/* plain; the other verb; "it", "her"; "my life" */
	assert_int_equal(n, 5);
	for (size_t i = 0; i < n; i++) {
		struct message *m = message_read(help.lx, EN, texts[i], help.arena);

		assert_true(message_match_whole(m, phrase, (struct span){ 0, m->n_words }));
		for (size_t k = 0; k < i; k++)
			assert_false(sv_eq(texts[i], texts[k]));
	}
}

/* Whatever comes, a message is read, its bytes are found again, and work ends. */
static void message__survives__anything(void **state)
{
	static const char *const units[] = {
		"you ", "\xf0\x9f\x98\xad", "\xe2\x80\xae", "", "a", "d i e ", "di3 ", "'", "\"", "'a ",
		"k!", "a.b.", "-a", "\xff", "\xc3", "\xe2\x80", "7", "1.", "\xef\xb7\xba", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "he never ", "<3", "://", "www.", "\xf0\x9f\x87\xa9", "\xe2\x80\x8d",
		"\xf0\x9f\x91\xa8\xe2\x80\x8d", "\xe0\xb8\xb1", "\xe3\x81\x8c", "i am so ", "its ", "\n",
		"...", "thng ", "*", "su*cid ", "\xef\xbf\xbd", "1\xef\xb8\x8f\xe2\x83\xa3", ">", "mum's ",
	};
	struct group *g = lexicon_group(help.lx);
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		group_add(g, help_phrase(&help, rows[i].phrase), (uint32_t)i);
	lexicon_seal(help.lx, &help.findings);
	for (size_t round = 0; round < 400; round++) {
		struct arena *a = arena_create();
		STR_AUTO s = STR_INIT;
		struct message *m;
		struct hit *hits;
		uint32_t end = 0;
		/* first each by itself to 9 kB, then mixtures */
		size_t size = round < COUNT(units) ? 9000 : round * 5;

		while (s.n < size) {
			size_t u = round;

			if (round >= COUNT(units)) {
				seed = seed * 1664525U + 1013904223U;
				u = seed >> 9;
			}
			u %= COUNT(units);
			str_add(&s, units[u][0] ? sv_from(units[u]) : SV("\0"));
		}
		/* a copy of exact size, so that a byte too far is seen */
		m = message_read(help.lx, EN, (struct sv){ memcpy(xmalloc(s.n ? s.n : 1), s.p, s.n), s.n }, a);
		message_scan(m, g, VIEW_ALL, &hits);
		assert_true(m->work <= m->limit + 64);
		for (int w = 0; w < m->n_words; w++) {
			assert_true(m->words[w].begin < m->words[w].end);
			assert_true(m->words[w].end <= m->raw.n);
			assert_true(m->words[w].begin >= end || m->words[w].flags & WORD_JOINED);
			assert_true(m->words[w].sentence < m->n_sentences);
			assert_true(m->words[w].clause < m->n_clauses);
			end = m->words[w].begin;
		}
		free((void *)(uintptr_t)m->raw.p);
		arena_destroy(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(phrase__matches__what_it_says, setup, teardown),
		cmocka_unit_test_setup_teardown(phrase__matches__wherever_it_stands, setup, teardown),
		cmocka_unit_test_setup_teardown(group__finds__what_the_matcher_finds, setup, teardown),
		cmocka_unit_test_setup_teardown(phrase__refuses__what_means_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(group__hits__once_a_clause_in_text_order, setup, teardown),
		cmocka_unit_test_setup_teardown(whole__leaves__politeness_aside, setup, teardown),
		cmocka_unit_test_setup_teardown(regex__finds__words_behind_its_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(expand__says__each_choice_once, setup, teardown),
		cmocka_unit_test_setup_teardown(message__survives__anything, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
