#include "lexicon_help.h"

static struct help help;

static int setup(void **state)
{
	(void)state;
	help_init(&help);
	help_phrase(&help, "suicide|interrupted|together");
	help_phrase(&help, "self-harm");
	lexicon_seal(help.lx, &help.findings);
	help_sound(&help);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	help_fini(&help);
	return 0;
}

static struct message *message(const char *text)
{
	return message_read(help.lx, EN, sv_from(text), help.arena);
}

/* Words joined by spaces, / before a clause, # before a sentence. */
static const char *shown(const struct message *m)
{
	STR_AUTO out = STR_INIT;

	for (int w = 0; w < m->n_words; w++) {
		if (w)
			str_addc(&out, ' ');
		if (w && m->words[w].flags & WORD_SENTENCE)
			str_addz(&out, "# ");
		else if (w && m->words[w].flags & WORD_CLAUSE)
			str_addz(&out, "/ ");
		str_add(&out, m->words[w].text);
	}
	return arena_str(help.arena, str_sv(&out));
}

static void message__reads__words_sentences_and_clauses(void **state)
{
	static const struct { const char *text, *words; } t[] = {
		{ "", "" },
		{ "   \n ", "" },
		{ "You NEVER call!", "you never call" },
		{ "I don't know", "i do not know" },
		{ "I dont know", "i do not know" },
		{ "I don\xe2\x80\x99t know", "i do not know" },
		{ "its fine, well", "its fine / well" },
		{ "u r late", "you are late" },
		{ "see you 2day at 8pm", "see you today at 8 pm" },
		{ "it took 3.5 hours, 50% of 6-7", "it took 3.5 hours / 50% of 6-7" },
		{ "mum's phone", "mum phone" },
		{ "my mum. she left", "my mum # she left" },
		{ "dr. who came", "dr who came" },
		{ "at 8 a.m. he came", "at 8 a m / he came" },
		{ "where is milk.please come", "where is milk # please come" },
		{ "see attune.org today", "see attune org today" },
		{ "see https://a.b/c?d!e now", "see https://a.b/c?d!e now" },
		{ "i just... want it", "i just / want it" },
		{ "i just... Want it", "i just # want it" },
		{ "what? really?!\nok", "what # really # ok" },
		{ "i am sad because he hates me", "i am sad / because he hates me" },
		{ "he came and shouted", "he came / and shouted" },
		{ "sad and lonely", "sad and lonely" },
		{ "i think he hates me", "i think / he hates me" },
		{ "i think my mum never listens", "i think / my mum never listens" },
		{ "caf\xc3\xa9 na\xc3\xafve", "cafe naive" },
		{ "cafe\xcc\x81", "cafe" },
		{ "\xef\xbd\x84\xef\xbd\x89\xef\xbd\x85", "die" },
		{ "d\xe2\x80\x8bi\xc2\xad""e", "die" },
		{ "\xf0\x9f\x98\xad\xf0\x9f\x98\xad ok", "\xf0\x9f\x98\xad \xf0\x9f\x98\xad ok" },
		{ "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\xf0\x9f\x91\x8d" },
		{ "1\xef\xb8\x8f\xe2\x83\xa3", "1" },
		{ "\xd0\x99\xd0\xbe\xd0\xb4", "\xd0\xb8\xd0\xbe\xd0\xb4" },
		{ "\xe6\x83\xb3\xe6\xad\xbb", "\xe6\x83\xb3 \xe6\xad\xbb" },
		{ "i <3 you", "i <3 you" },
		{ "'tis what he said", "tis what he said" },
		{ "rock'n'roll", "rocknroll" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_string_equal(shown(message(t[i].text)), t[i].words);
}

/* Words that come again read as they did, in the same message and in what goes on. */
static void message__reads_on__with_what_it_knows(void **state)
{
	static const char *const texts[] = { "you nevr call me Toghether", "k i l l him, k!ll him",
		"su*cide di3 thng", "its 2day, mum's toghether", "s u i c i d e" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		for (size_t k = 0; k < COUNT(texts); k++) {
			struct message *before = message(texts[i]);
			struct message *alone = message(texts[k]);
			struct message *on = message_read_on(before, sv_from(texts[k]), help.arena);

			assert_string_equal(shown(on), shown(alone));
			assert_int_equal(on->n_marks, alone->n_marks);
			for (int w = 0; w < on->n_words; w++) {
				assert_int_equal(on->words[w].sym, alone->words[w].sym);
				assert_int_equal(on->words[w].flags, alone->words[w].flags);
			}
		}
}

static void message__quotes__the_bytes_as_typed(void **state)
{
	static const struct { const char *text; struct span span; const char *quote; } t[] = {
		{ "I DON\xe2\x80\x99T know", { 1, 3 }, "DON\xe2\x80\x99T" },
		{ "I DON\xe2\x80\x99T know", { 1, 2 }, "DON\xe2\x80\x99T" },
		{ "a  b", { 0, 2 }, "a  b" },
		{ "cafe\xcc\x81 now", { 0, 1 }, "cafe\xcc\x81" },
		{ "x \xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd y", { 1, 2 }, "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd" },
		{ "\xff\xfe die \xc3", { 0, 1 }, "die" },
		{ "so \xef\xbd\x84ie.", { 1, 2 }, "\xef\xbd\x84ie" },
		{ "a", { 0, 0 }, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct message *m = message(t[i].text);
		struct sv q = message_quote(m, t[i].span);

		assert_string_equal(arena_str(help.arena, q), t[i].quote);
	}
	assert_true(message("\xff")->broken);
	assert_false(message("\xef\xbf\xbd")->broken);
}

static void message__flags__words(void **state)
{
	static const struct { const char *text; int word; unsigned flags; } t[] = {
		{ "He LEFT", 0, WORD_CAPITAL | WORD_SENTENCE | WORD_CLAUSE },
		{ "He LEFT", 1, WORD_CAPITAL | WORD_CAPS },
		{ "he don't", 2, WORD_JOINED },
		{ "he 12", 1, WORD_NUMBER },
		{ "he, she", 1, WORD_COMMA | WORD_CLAUSE },
		{ "he \"hates me\"", 2, WORD_QUOTED },
		{ "he 'hates me' so", 1, WORD_QUOTED },
		{ "> he said\nno", 1, WORD_QUOTED },
		{ "mum's car", 0, WORD_POSSESSIVE | WORD_SENTENCE | WORD_CLAUSE },
		{ "my friends' car", 1, WORD_POSSESSIVE },
		{ "i am interupted", 2, WORD_REPAIRED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		unsigned got = message(t[i].text)->words[t[i].word].flags;

		if (got != t[i].flags)
			print_error("%s: %u, not %u\n", t[i].text, got, t[i].flags);
		assert_int_equal(got, t[i].flags);
	}
}

/* "list:row@first-last" or "class@first-last" for each mark of the message. */
static void message__marks__lists_and_classes(void **state)
{
	static const struct { const char *text, *name; bool class; int first, last; const char *row; } t[] = {
		{ "i am a little bit sad", "degree", false, 2, 5, "a bit" },
		{ "a bit sad", "degree", false, 0, 2, "a bit" },
		{ "my ex-boyfriend", "relation", false, 1, 3, "partner" },
		{ "my ex boyfriend", "relation", false, 1, 3, "partner" },
		{ "my exboyfriend", "relation", false, 1, 2, "partner" },
		{ "my mum's car", "other", true, 0, 2, NULL },
		{ "she left", "other", true, 0, 1, NULL },
		{ "me and my mum", "us", true, 0, 4, NULL },
		{ "at 7:30", "number", true, 1, 2, NULL },
		{ "two of them", "number", true, 0, 1, NULL },
		{ "he said \"i am off\" now", "quote", true, 2, 5, NULL },
		{ "suicidal", "end", false, 0, 1, "suicid*" },
		{ "i wanna kms", "end", false, 2, 4, "kill myself" },
		{ "he kept shouting", "shouting", false, 2, 3, "shout~" },
		{ "do i not exist", "end", false, 2, 4, "not exist" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct message *m = message(t[i].text);
		uint32_t sym = t[i].class ? lexicon_class_symbol(help.lx, EN, sv_from(t[i].name))
		    : lexicon_list_symbol(help.lx, EN, sv_from(t[i].name));
		const struct mark *mk = message_mark_next(m, sym, 0);

		if (!mk || mk->words.first != t[i].first || mk->words.last != t[i].last)
			print_error("%s: %s\n", t[i].text, t[i].name);
		assert_non_null(mk);
		assert_int_equal(mk->words.first, t[i].first);
		assert_int_equal(mk->words.last, t[i].last);
		if (t[i].row)
			assert_true(sv_is(lexicon_row(help.lx, sym, mk->row), t[i].row));
		assert_ptr_equal(message_mark_over(m, sym, t[i].last - 1), mk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message__reads__words_sentences_and_clauses),
		cmocka_unit_test(message__reads_on__with_what_it_knows),
		cmocka_unit_test(message__quotes__the_bytes_as_typed),
		cmocka_unit_test(message__flags__words),
		cmocka_unit_test(message__marks__lists_and_classes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
