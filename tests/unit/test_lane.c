/* The lane as it is shipped, by machine: plain words in every language that it
 * reads, the first characters of all it says, what it never says, and one line of
 * danger at every question of every dialog. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "engine/model.h"
#include "engine/session.h"
#include "engine/step.h"

enum { NOW = 1764000000, PREVIEW = 60, LONGEST = 650 };

static struct script *shipped;

static struct str in_source(const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct str path = STR_INIT;

	str_addf(&path, "%s/%s", srcdir ? srcdir : ".", name);
	return path;
}

/* A table of the tests, behind its head. */
static FILE *rows_of(const char *file)
{
	STR_AUTO path = in_source(file);
	FILE *f = fopen(path.p, "r");
	char head[512];

	assert_non_null(f);
	assert_non_null(fgets(head, sizeof head, f));
	return f;
}

static int load(void **state)
{
	STR_AUTO dir = in_source("dialogs");
	struct findings f = { 0 };

	(void)state;
	shipped = files_script(dir.p, FILES_SCRIPT, "", &f);
	findings_fini(&f);
	return shipped ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	script_destroy(shipped);
	return 0;
}

/* ---- a talk ------------------------------------------------------------------------ */

struct talk_now {
	struct session *ss;
	struct arena *arena;
	struct effects out;
	int64_t at;
};

static struct talk_now talk_begin(const char *country)
{
	struct talk_now t = { session_create(), arena_create(), { 0 }, NOW };

	t.ss->greeted = true;
	if (country)
		held_set(t.ss, &t.ss->user, SV("country"), sv_from(country), NOW);
	return t;
}

static void talk_end(struct talk_now *t)
{
	session_destroy(t->ss);
	arena_destroy(t->arena);
}

static void say_to(struct talk_now *t, const char *text)
{
	struct host host = { 0 };
	struct event ev = { EVENT_TEXT, sv_from(text), t->at += 60, 0, 0, 7, SV("") };

	engine_step(shipped, t->ss, &host, &ev, t->arena, &t->out);
}

/* So many bytes of small talk, a sign, and so many again. */
static char *story(size_t before, const char *sign, size_t behind)
{
	static const char talk[] = "we had lunch in the park and it was nice. ";
	STR_AUTO s = STR_INIT;

	while (s.n < before)
		str_addz(&s, talk);
	str_addz(&s, sign);
	behind += s.n;
	while (s.n < behind)
		str_addz(&s, talk);
	return str_take(&s);
}

static struct sv said(const struct talk_now *t, size_t n)
{
	for (size_t i = 0; i < t->out.n; i++)
		if (t->out.items[i].kind == EFFECT_SAY && n-- == 0)
			return t->out.items[i].text;
	return SV("");
}

static bool has(struct sv text, const char *word)
{
	return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

static size_t characters(struct sv s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static struct sv beginning(struct sv s)
{
	size_t i = 0, left = PREVIEW;

	for (; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xC0) != 0x80 && left-- == 0)
			break;
	return sv_sub(s, 0, i);
}

/* ---- patterns ------------------------------------------------------------------------ */

static bool matches(const char *pattern, struct sv text, struct sv *what)
{
	int error;
	PCRE2_SIZE at;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &error, &at, NULL);
	pcre2_match_data *md;
	bool hit;

	assert_non_null(re);
	md = pcre2_match_data_create_from_pattern(re, NULL);
	hit = pcre2_match(re, (PCRE2_SPTR)text.p, text.n, 0, 0, md, NULL) > 0;
	if (hit)
		*what = sv_sub(text, pcre2_get_ovector_pointer(md)[0], pcre2_get_ovector_pointer(md)[1]);
	pcre2_match_data_free(md);
	pcre2_code_free(re);
	return hit;
}

/* What a lock screen must not show. */
static const char topic[] = "\\b(abus|violen|suicid|hurt|harm|danger|safe|dying|die\\b|kill|hotline|helpline|police|scared|"
    "afraid|rape|sexual|self.harm|cut\\b|hits?\\b|overdos|wound|weapon|samaritans|lifeline|childline|findahelpline)";

/* Never in a reply: shouting, verdicts, promises, guilt, bargains,
 * numbers of its own, levels, amounts. */
static const char *const never[] = {
	"!", "[\\x{1F300}-\\x{1FAFF}\\x{2600}-\\x{27BF}]", "commit(ted)? suicide|successful|failed attempt",
	"\\bi promise\\b|\\bpromise me\\b|\\byou promise\\b|contract", "always here|i('ll| will) (get help|be here|save|protect)|stay with you",
	"think of (your|the) (family|kids|children|mother|parents)|selfish|ashamed|shame on",
	"\\b(god|sin|hell|pray|bless)\\b", "it will be (fine|ok|okay|alright)|others have it worse|cheer up|calm down",
	"\\b(low|medium|high) risk\\b|risk level|diagnos|depressed|disorder|borderline|bipolar",
	"\\b(mg|milligram|calorie|calories|kilos?|pounds|bmi)\\b", "\\b(rope|bridge|razor|blade|gun|noose|bleach|paracetamol|hanging)\\b",
	"why did(n't)? you", "\\bjust leave\\b|you (should|must|have to) leave", "streak|well done|proud of you",
};

/* ---- what is said in other languages ---------------------------------------------------- */

static int expect_read(const char *locale, const char *class, const char *text)
{
	struct talk_now t = talk_begin(NULL);
	bool none = strcmp(class, "none") == 0, card = false, wrong;

	say_to(&t, text);
	for (size_t i = 0; i < shipped->lane.n_cards; i++)
		if (sv_is(shipped->lane.cards[i].locale, locale)) {
			struct sv first = shipped->lane.cards[i].say.variants[0].source;

			card = said(&t, 0).n > 20 && memcmp(said(&t, 0).p, first.p, 20) == 0;
		}
	wrong = none ? card || t.out.trace.lane_class.n : !card || !sv_is(t.out.trace.lane_class, class);
	if (wrong)
		print_error("%s \"%s\": %.*s, card %d, expected %s\n", locale, text,
		    SV_ARG(t.out.trace.lane_class), card, class);
	talk_end(&t);
	return wrong;
}

static void languages__are_read__with_their_card(void **state)
{
	FILE *f = rows_of("tests/corpora/lane-languages.tsv");
	char line[512];
	int n = 0, wrong = 0;

	(void)state;
	while (fgets(line, sizeof line, f)) {
		char *locale = strtok(line, "\t"), *class = strtok(NULL, "\t"), *text = strtok(NULL, "\n");

		assert_non_null(text);
		wrong += expect_read(locale, class, text);
		n++;
	}
	fclose(f);
	assert_true(n >= 12 * 8);
	assert_int_equal(wrong, 0);
	assert_int_equal(shipped->lane.n_cards, 12);
}

/* ---- every text ----------------------------------------------------------------------------- */

/* Danger to one's own life now: the number comes first, whatever the screen shows. */
static bool may_begin_with_help(struct sv key)
{
	return sv_starts(key, SV("urgent")) || sv_starts(key, SV("still")) || sv_is(key, "veiled-now");
}

/* What comes before the first slot, and a slot as a word that gives the topic away. */
static void with_services(struct str *out, struct sv source)
{
	for (size_t i = 0; i < source.n; i++) {
		const char *close = source.p[i] == '{' ? memchr(source.p + i, '}', source.n - i) : NULL;
		struct sv rest = sv_sub(source, i, source.n);

		if (!close) {
			str_addc(out, source.p[i]);
			continue;
		}
		str_addz(out, sv_starts(rest, SV("{help.")) ? "hotline" : sv_starts(rest, SV("{emergency"))
		    ? "112" : "x");
		i = (size_t)(close - source.p);
	}
}

static int look_at(struct sv key, struct sv source)
{
	STR_AUTO plain = STR_INIT;
	struct sv what;
	int wrong = 0;

	with_services(&plain, source);
	if (!may_begin_with_help(key) && matches(topic, beginning(str_sv(&plain)), &what)) {
		print_error("%.*s begins with a topic: \"%.*s\"\n", SV_ARG(key), SV_ARG(what));
		wrong++;
	}
	for (size_t i = 0; i < COUNT(never); i++)
		if (matches(never[i], str_sv(&plain), &what)) {
			print_error("%.*s says \"%.*s\"\n", SV_ARG(key), SV_ARG(what));
			wrong++;
		}
	if (matches("[0-9]{3}", source, &what)) {
		print_error("%.*s has a number of its own: %.*s\n", SV_ARG(key), SV_ARG(what));
		wrong++;
	}
	return wrong;
}

static void texts__keep_the_rules__first_words_and_never(void **state)
{
	const struct lane *l = &shipped->lane;
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < l->n_texts; i++)
		for (size_t k = 0; k < l->texts[i].say.n; k++)
			wrong += look_at(l->texts[i].key, l->texts[i].say.variants[k].source);
	for (size_t i = 0; i < l->n_cards; i++)
		for (size_t k = 0; k < l->cards[i].say.n; k++)
			wrong += look_at(l->cards[i].locale, l->cards[i].say.variants[k].source);
	for (size_t d = 0; d < shipped->n_dialogs; d++) {
		const struct dialog *dialog = shipped->dialogs[d];

		for (int i = 0; dialog->lane && i < dialog->n_steps; i++)
			for (size_t k = 0; k < dialog->steps[i].say.n; k++)
				wrong += look_at(sv_is(dialog->steps[i].id, "now") ? SV("urgent") : dialog->steps[i].id,
				    dialog->steps[i].say.variants[k].source);
	}
	assert_int_equal(wrong, 0);
}

/* ---- every reply, in every country ----------------------------------------------------------------- */

static const struct { const char *class; int tier; const char *text; } signs[] = {
	{ "si_active", 2, "i want to die" }, { "si_active", 3, "im going to kill myself tonight" },
	{ "self_harm", 2, "i cut myself again" }, { "ipv", 2, "my husband hits me" },
	{ "ipv", 3, "he choked me last night" }, { "sexual", 2, "i was raped" }, { "child", 2, "my dad hits me" },
	{ "medical", 3, "i took too many pills" }, { "threat", 2, "i want to hurt him so bad, i cant hold it" },
	{ "perpetrator", 2, "i hit my wife" }, { "worry_other", 2, "my friend wants to die" },
	{ "self_harm", 2, "my sister cuts herself" }, { "ed", 2, "my sister makes herself sick after eating" },
	{ "psychosis", 2, "my flatmate hears voices" }, { "sexual", 2, "my friend was raped last year" },
	{ "ipv", 2, "my neighbour beats his wife" }, { "si_active", 2, "quiero morir" }, { "si_active", 2, "मैं मरना चाहता हूँ" },
};

static int questions(struct sv s)
{
	bool quoted = false;
	int n = 0;

	for (size_t i = 0; i < s.n; i++) {
		quoted = quoted != (s.p[i] == '"');
		n += s.p[i] == '?' && !quoted;
	}
	return n;
}

/* A service may be called "Need to talk?". */
static int questions_of_names(const struct country *c, struct sv text)
{
	int n = 0;

	for (size_t i = 0; i < c->n_services; i++)
		for (size_t k = 0; k < c->services[i].n_lines; k++) {
			struct sv line = c->services[i].lines[k];

			if (memmem(text.p, text.n, line.p, line.n))
				n += questions(line);
		}
	return n;
}

static int look_at_reply(const struct talk_now *t, const char *country, const char *text, int tier)
{
	struct sv emergency = script_country(shipped, sv_from(country))->emergency;
	int asked = 0, wrong = 0;

	for (size_t i = 0; said(t, i).n; i++) {
		struct sv s = said(t, i);

		asked += questions(s) - questions_of_names(script_country(shipped, sv_from(country)), s);
		if (characters(s) > LONGEST) {
			print_error("%s, \"%s\": %zu characters\n", country, text, characters(s));
			wrong++;
		}
	}
	if (tier == 3 && !memmem(said(t, 0).p, said(t, 0).n, emergency.p, emergency.n)) {
		print_error("%s, \"%s\": no emergency number\n", country, text);
		wrong++;
	}
	if (asked > 1 || !said(t, 0).n) {
		print_error("%s, \"%s\": %d questions\n", country, text, asked);
		wrong++;
	}
	return wrong;
}

static void replies__fit__in_every_country(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t c = 0; c < shipped->n_countries; c++)
		for (size_t i = 0; i < COUNT(signs); i++) {
			const char *code = shipped->countries[c].code.p;
			struct talk_now t = talk_begin(code);

			say_to(&t, signs[i].text);
			if (!sv_is(t.out.trace.lane_class, signs[i].class)) {
				print_error("\"%s\" is %.*s\n", signs[i].text, SV_ARG(t.out.trace.lane_class));
				wrong++;
			}
			wrong += look_at_reply(&t, code, signs[i].text, signs[i].tier);
			talk_end(&t);
		}
	assert_int_equal(wrong, 0);
}

/* ---- in the middle of it -------------------------------------------------------------------------------- */

static void hold__varies__and_leads_nowhere_by_itself(void **state)
{
	static const char *const murmur[] = { "ok", "hm", "its so dark", "i cant sleep", "hfjdk", "ok", "yeah",
		"its raining", "hm", "ok", "so tired", "hm" };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(signs); i++) {
		struct talk_now t = talk_begin("GB");
		STR_AUTO before = STR_INIT;

		say_to(&t, signs[i].text);
		for (size_t k = 0; k < COUNT(murmur); k++) {
			say_to(&t, murmur[k]);
			if (said(&t, 0).n && sv_eq(said(&t, 0), str_sv(&before))) {
				print_error("\"%s\", then \"%s\": twice \"%.*s\"\n", signs[i].text, murmur[k],
				    SV_ARG(said(&t, 0)));
				wrong++;
			}
			str_clear(&before);
			str_add(&before, said(&t, 0));
			wrong += sv_is(t.out.trace.lane_state, "none");
		}
		talk_end(&t);
	}
	assert_int_equal(wrong, 0);
}

/* ---- at every question of every dialog -------------------------------------------------------------------- */

static int interrupt(const struct dialog *d, const struct step *st)
{
	struct talk_now t = talk_begin("GB");
	struct host host = { 0 };
	struct event ev = { EVENT_OPEN, SV(""), NOW, 0, 0, 7, SV("") };
	struct frame *f;
	int wrong;

	engine_open(shipped, t.ss, &host, &ev, d->id, NULL, 0, t.arena, &t.out);
	if (!t.ss->talk.n) {            /* it ends at once without what it is called with */
		t.ss->talk.n = 1;
		t.ss->talk.frames[0] = (struct frame){ .dialog = d->id, .version = d->version };
	}
	f = &t.ss->talk.frames[t.ss->talk.n - 1];
	f->dialog = d->id;
	f->version = d->version;
	f->step = st->id;
	f->fingerprint = st->fingerprint;
	t.ss->talk.waiting = true;
	say_to(&t, "im going to kill myself tonight");
	wrong = !has(said(&t, 0), "999") || !has(said(&t, 0), "Samaritans 116 123")
	    || !sv_is(t.out.trace.lane_state, "urgent");
	if (wrong)
		print_error("%.*s, %.*s: \"%.*s\"\n", SV_ARG(d->id), SV_ARG(st->id), SV_ARG(said(&t, 0)));
	talk_end(&t);
	return wrong;
}

static void danger__comes_first__at_every_question(void **state)
{
	int n = 0, wrong = 0;

	(void)state;
	for (size_t i = 0; i < shipped->n_dialogs; i++)
		for (int k = 0; k < shipped->dialogs[i]->n_steps; k++) {
			const struct step *st = &shipped->dialogs[i]->steps[k];

			if (st->verb != DO_ASK || shipped->dialogs[i]->lane)
				continue;
			wrong += interrupt(shipped->dialogs[i], st);
			n++;
		}
	assert_true(n > 50);
	assert_int_equal(wrong, 0);
}

/* In the lane's own questions it is read, not repaired. */
static void danger__is_answered__at_every_question_of_the_lane(void **state)
{
	static const char *const more[] = { "he has a knife and he is at the door", "im going to kill myself tonight" };
	int n = 0;

	(void)state;
	for (size_t i = 0; i < shipped->n_dialogs; i++)
		for (int k = 0; k < shipped->dialogs[i]->n_steps; k++)
			for (size_t m = 0; m < COUNT(more); m++) {
				const struct dialog *d = shipped->dialogs[i];
				struct talk_now t = talk_begin("GB");

				if (d->lane && d->steps[k].verb == DO_ASK) {
					say_to(&t, sv_is(d->lane_class, "ipv") ? "my husband hits me" : "i hit my wife");
					assert_int_equal(t.ss->lane_talk.n, 1);
					t.ss->lane_talk.frames[0].step = d->steps[k].id;
					t.ss->lane_talk.frames[0].fingerprint = d->steps[k].fingerprint;
					t.ss->lane_talk.waiting = true;
					say_to(&t, more[m]);
					if (!has(said(&t, 0), "999"))
						fail_msg("%.*s, %.*s, \"%s\": \"%.*s\"", SV_ARG(d->id),
						    SV_ARG(d->steps[k].id), more[m], SV_ARG(said(&t, 0)));
					n++;
				}
				talk_end(&t);
			}
	assert_true(n > 10);
}

/* ---- the numbered behaviors -------------------------------------------------------------------------------- */

static bool stands_in(const char *file, const char *words)
{
	STR_AUTO path = in_source(file);
	struct str all = STR_INIT;
	FILE *f = fopen(path.p, "r");
	char block[4096];
	size_t n;
	bool there;

	while (f && (n = fread(block, 1, sizeof block, f)) > 0)
		str_add(&all, (struct sv){ block, n });
	there = f && all.n && has(str_sv(&all), words);
	if (f)
		fclose(f);
	str_fini(&all);
	return there;
}

/* Each of the 48 has its proof, or says why it has none. */
static void behaviors__have__their_proof(void **state)
{
	FILE *f = rows_of("tests/behaviors.tsv");
	char line[512];
	int n = 0, missing = 0;

	(void)state;
	while (fgets(line, sizeof line, f)) {
		char *number = strtok(line, "\t"), *file = strtok(NULL, "\t"), *words = strtok(NULL, "\n");

		assert_non_null(words);
		assert_int_equal(atoi(number), ++n);
		if (strcmp(file, "missing") == 0)
			missing++;
		else if (!stands_in(file, words))
			fail_msg("behavior %s: \"%s\" is not in %s", number, words, file);
	}
	fclose(f);
	assert_int_equal(n, 48);
	assert_int_equal(missing, 0);
}

/* Each of the 50 things that coaching should do has its proof, or says what it waits
 * for; what is accepted of each family stands below them. */
static void coaching__has__its_proof(void **state)
{
	FILE *f = rows_of("tests/coaching.tsv");
	char line[512];
	int n = 0, later = 0;

	(void)state;
	while (fgets(line, sizeof line, f)) {
		char *number = strtok(line, "\t"), *what = strtok(NULL, "\t"), *file = strtok(NULL, "\t"),
		    *words = strtok(NULL, "\n");

		assert_non_null(words);
		if (n < 50)
			assert_int_equal(atoi(number), ++n);
		if (strcmp(file, "later") == 0)
			later++;
		else if (!stands_in(file, words))
			fail_msg("%s, %s: \"%s\" is not in %s", number, what, words, file);
	}
	fclose(f);
	assert_int_equal(n, 50);
	assert_true(later <= 6);
}

/* What stands behind the part that everything else reads, on its edge, or at the end. */
static void long_messages__are_read__to_their_end(void **state)
{
	static const struct { const char *sign, *class; } t[] = {
		{ "i want to kill myself. ", "si_active" },
		{ "i took 40 pills. ", "medical" },
		{ "", "" },
	};
	size_t edge = (size_t)shipped->limits.message;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		for (size_t before = 0; before < 9000; before += before < edge - 60 || before > edge + 60
		    ? 700 : 7) {
			struct talk_now now = talk_begin("GB");
			char *text = story(before, t[i].sign, 2000);

			say_to(&now, text);
			if (!sv_is(now.ss->lane.class, t[i].class))
				fail_msg("\"%s\" behind %zu bytes: %.*s", t[i].sign, before,
				    SV_ARG(now.ss->lane.class));
			free(text);
			talk_end(&now);
		}
}

/* A text that repeats itself is judged once; what stands between, and what is cut off by
 * the end of it, is not lost. */
static void repeated_text__hides__nothing(void **state)
{
	static const char *const fills[] = { "hello ", "you and me and the cat, ", "u r so nice. ",
		"we went to the market on monday and bought some fish for my aunt, who likes it\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(fills); i++)
		for (size_t before = 0; before < 8000; before += 389) {
			struct talk_now now = talk_begin("GB");
			STR_AUTO s = STR_INIT;

			while (s.n < before)
				str_addz(&s, fills[i]);
			str_addz(&s, "\ni want to kill myself.\n");
			while (s.n < 8192)
				str_addz(&s, fills[i]);
			say_to(&now, s.p);
			if (!sv_is(now.ss->lane.class, "si_active"))
				fail_msg("behind %zu bytes of \"%s\"", before, fills[i]);
			talk_end(&now);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages__are_read__with_their_card),
		cmocka_unit_test(texts__keep_the_rules__first_words_and_never),
		cmocka_unit_test(replies__fit__in_every_country),
		cmocka_unit_test(hold__varies__and_leads_nowhere_by_itself),
		cmocka_unit_test(danger__comes_first__at_every_question),
		cmocka_unit_test(danger__is_answered__at_every_question_of_the_lane),
		cmocka_unit_test(long_messages__are_read__to_their_end),
		cmocka_unit_test(repeated_text__hides__nothing),
		cmocka_unit_test(behaviors__have__their_proof),
		cmocka_unit_test(coaching__has__its_proof),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
