/* check/voice.c - every text a person may read, against limits and word lists. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"
#include "text/fold.h"

struct pattern {
	const char *code;               /* static */
	pcre2_code *re;
	char *is, *why;                 /* what was found; why it is not wanted */
	int first;                      /* characters looked at; 0 all */
};

struct voice_check {
	const struct tree *tree;
	const struct script *script;
	const struct dialog *dialog;    /* NULL outside dialogs */
	struct findings *findings;
	struct pattern *patterns; size_t n, cap;
	char *vowels, *silent, *but_not;        /* of the reading grade; "" is none */
};

/* ---- the file of patterns --------------------------------------------------- */

/* Findings keep a code without copying it: these are all there are. */
static const char *code_of(struct sv name)
{
	static const char *const codes[] = { "V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08",
		"V09", "V10", "V11", "V12", "V13", "V14", "V15", "V16", "V17", "V18", "V19" };

	for (size_t i = 0; i < COUNT(codes); i++)
		if (sv_is(name, codes[i]))
			return codes[i];
	return NULL;
}

static void load_pattern(struct voice_check *v, struct node *n)
{
	struct sv name = node_text(n, "code", true), text = node_text(n, "pattern", true);
	struct sv is = node_text(n, "is", true), why = node_text(n, "why", true);
	struct pattern p = { .code = code_of(name), .first = (int)node_int(n, "first", 0) };
	PCRE2_SIZE at;
	int error = 0;

	p.re = pcre2_compile((PCRE2_SPTR)text.p, text.n, PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS,
	    &error, &at, NULL);
	node_done(n);
	if (!p.re || !p.code || !text.n) {
		node_bad(n, "E901", "the pattern or its code cannot be used -- codes are V01 to V19");
		pcre2_code_free(p.re);
		return;
	}
	p.is = xstrndup(is.p, is.n);
	p.why = xstrndup(why.p, why.n);
	GROW(v->patterns, v->n, v->cap);
	v->patterns[v->n++] = p;
}

/* How syllables are counted; without it no grade is reckoned. */
static void load_grade(struct voice_check *v, struct node *root)
{
	static const char *const keys[] = { "vowels", "silent", "but_not" };
	char **to[] = { &v->vowels, &v->silent, &v->but_not };
	struct node grade = node_get(root, "grade");

	for (size_t i = 0; i < COUNT(keys) && node_is(&grade, JSON_OBJECT); i++) {
		struct sv s = node_text(&grade, keys[i], false);

		*to[i] = xstrndup(s.p, s.n);
	}
}

static void load_patterns(struct voice_check *v, const struct source *src)
{
	struct arena *a = arena_create();
	struct reader r;
	struct node root, list;

	if (reader_init(&r, src, a, v->findings)) {
		root = reader_root(&r);
		node_int(&root, "format", 1);
		load_grade(v, &root);
		list = node_get(&root, "voice");
		for (size_t i = 0; i < node_count(&list); i++) {
			struct node n = node_at(&list, i);

			load_pattern(v, &n);
		}
		node_done(&root);
	}
	arena_destroy(a);
}

/* ---- one text ------------------------------------------------------------------ */

static size_t characters(struct sv s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static struct sv first_characters(struct sv s, int n)
{
	size_t i = 0;

	for (; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xC0) != 0x80 && n-- == 0)
			break;
	return sv_sub(s, 0, i);
}

/* A whole service, "{help.1}", is more than a lock screen shows. */
static const char service[] = "xxxxxx, xxxxxx, xxxxxx, xxxxxx, xxxxxx, xxxxxx, xxxxxx, xxxxxx";

/* What is left outside double quotes; a slot counts as one short word. */
static void plain_text(struct str *out, struct sv s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		const char *close = s.p[i] == '{' ? memchr(s.p + i, '}', s.n - i) : NULL;

		if (s.p[i] == '"') {
			quoted = !quoted;
			continue;
		}
		if (close) {
			bool whole = sv_starts(sv_sub(s, i, s.n), SV("{help."));

			i = (size_t)(close - s.p);
			if (!quoted)
				str_addz(out, whole ? service : "x");
		} else if (!quoted) {
			str_addc(out, s.p[i]);
		}
	}
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'' || (unsigned char)c > 127;
}

static bool ends_with(struct sv w, const char *end)
{
	size_t n = end ? strlen(end) : 0;

	return n && w.n >= n && memcmp(w.p + w.n - n, end, n) == 0;
}

static int syllables(const struct voice_check *v, struct sv word)
{
	STR_AUTO low = STR_INIT;
	bool before = false;
	struct sv w;
	int n = 0;

	str_add(&low, word);
	fold_small(&low);
	w = str_sv(&low);
	for (size_t i = 0; i < w.n; i++) {
		bool vowel = strchr(v->vowels, w.p[i]) != NULL;

		n += vowel && !before;
		before = vowel;
	}
	if (n > 1 && ends_with(w, v->silent) && !ends_with(w, v->but_not))
		n--;
	return n > 0 ? n : 1;
}

struct counts { int words, sentences, syllables, longest; };

static struct counts count(const struct voice_check *v, struct sv s)
{
	struct counts c = { 0, 0, 0, 0 };
	int here = 0;

	for (size_t i = 0; i <= s.n; ) {
		size_t from = i;

		while (i < s.n && is_letter(s.p[i]))
			i++;
		if (i > from) {
			c.words++;
			here++;
			c.syllables += v->vowels ? syllables(v, sv_sub(s, from, i)) : 0;
			continue;
		}
		if (i == s.n || strchr(".?!:;\n", s.p[i])) {
			c.sentences += here > 0;
			c.longest = here > c.longest ? here : c.longest;
			here = 0;
		}
		i++;
	}
	return c;
}

/* Flesch-Kincaid grade times ten; texts under eight words are not judged. */
static int grade_tenths(const struct counts *c)
{
	if (c->words < 8 || !c->sentences || !c->syllables)
		return 0;
	return (int)(3.9 * c->words / c->sentences + 118.0 * c->syllables / c->words - 155.9);
}

static const char *file_of(const struct voice_check *v)
{
	return v->dialog ? v->dialog->file.p : "common/lines.json";
}

static void match_patterns(struct voice_check *v, struct sv s, bool quiet, const char *file,
    const char *place, int line)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct pattern *p = &v->patterns[i];
		struct sv part = p->first ? first_characters(s, p->first) : s;
		pcre2_match_data *md = pcre2_match_data_create_from_pattern(p->re, NULL);

		if ((!p->first || quiet) && pcre2_match(p->re, (PCRE2_SPTR)part.p, part.n, 0, 0, md, NULL) > 0) {
			PCRE2_SIZE *at = pcre2_get_ovector_pointer(md);

			findings_add(v->findings, p->code, file, place, line, "%s: \"%.*s\" -- %s",
			    p->is, (int)(at[1] - at[0]), part.p + at[0], p->why);
		}
		pcre2_match_data_free(md);
	}
}

static void check_text(struct voice_check *v, const struct text *t, int limit, bool quiet,
    const char *file, const char *place, int line)
{
	const struct limits *m = &v->script->limits;
	STR_AUTO plain = STR_INIT;
	struct counts c;
	int questions = 0, grade;

	plain_text(&plain, t->source);
	for (size_t i = 0; i < plain.n; i++)
		questions += plain.p[i] == '?';
	c = count(v, str_sv(&plain));
	grade = grade_tenths(&c);
	if (questions > 1)
		findings_add(v->findings, "V01", file, place, line, "%d questions -- ask one", questions);
	if (limit > 0 && characters(t->source) > (size_t)limit)
		findings_add(v->findings, "V10", file, place, line,
		    "%zu characters, the limit is %d -- shorten or split it", characters(t->source), limit);
	if (m->sentence_words > 0 && c.longest > m->sentence_words)
		findings_add(v->findings, "V07", file, place, line,
		    "a sentence of %d words -- %d at most", c.longest, m->sentence_words);
	if (m->grade > 0 && grade > m->grade * 10)
		findings_add(v->findings, "V07", file, place, line,
		    "reading grade %d.%d -- %d at most: shorter words, shorter lines",
		    grade / 10, grade % 10, m->grade);
	match_patterns(v, str_sv(&plain), quiet, file, place, line);
}

static void check_wording(struct voice_check *v, const struct wording *w, int limit, bool quiet,
    const char *file, const char *place, int line)
{
	for (size_t i = 0; i < w->n; i++)
		check_text(v, &w->variants[i], limit, quiet, file, place, line);
}

/* ---- where texts stand ------------------------------------------------------------ */

static void check_label(struct voice_check *v, const struct text *t, int limit, const char *place,
    int line)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->segments[i].kind == SEGMENT_LITERAL)
			n += characters(t->segments[i].text);
		else if (t->segments[i].kind == SEGMENT_BY_PERSON && t->segments[i].n_alternatives)
			n += characters(t->segments[i].alternatives[t->segments[i].n_alternatives - 1]);
	if (limit > 0 && n > (size_t)limit)
		findings_add(v->findings, "E810", file_of(v), place, line,
		    "\"%.*s\" has %zu characters, the limit is %d", SV_ARG(t->source), n, limit);
}

static void check_step(struct voice_check *v, const struct step *st)
{
	const struct limits *m = &v->script->limits;
	int limit = v->dialog->lane ? m->lane_bubble : m->bubble;
	STR_AUTO place = STR_INIT;

	str_addf(&place, "dialog %.*s, step %.*s", SV_ARG(v->dialog->id), SV_ARG(st->id));
	check_wording(v, &st->say, limit, st->entry || v->dialog->lane, file_of(v), place.p, st->line);
	if (st->has_again)
		check_text(v, &st->again, limit, st->entry || v->dialog->lane, file_of(v), place.p, st->line);
	for (size_t i = 0; i < st->n_cues; i++)
		check_text(v, &st->cues[i].say, limit, false, file_of(v), place.p, st->line);
	for (size_t i = 0; i < st->n_choices; i++) {
		check_label(v, &st->choices[i].say, m->label, place.p, st->line);
		check_label(v, &st->choices[i].chip, m->chip, place.p, st->line);
	}
}

static void check_line(struct voice_check *v, const struct wording *w, int limit, bool quiet,
    const char *file, const char *what, struct sv key)
{
	STR_AUTO place = STR_INIT;

	str_addf(&place, "%s %.*s", what, SV_ARG(key));
	check_wording(v, w, limit, quiet, file, place.p, tree_line(v->tree, file, key));
}

static void check_common(struct voice_check *v)
{
	const struct script *s = v->script;
	const struct limits *m = &s->limits;
	struct arena *a = arena_create();
	const char *lane = tree_lane_text(v->tree, a);

	v->dialog = NULL;
	for (size_t i = 0; i < s->n_lines; i++)
		check_line(v, &s->lines[i].say, m->bubble, true, "common/lines.json", "line",
		    s->lines[i].key);
	for (size_t i = 0; i < s->lane.n_texts; i++)
		check_line(v, &s->lane.texts[i].say, m->lane_bubble, true, lane, "text",
		    s->lane.texts[i].key);
	for (size_t i = 0; i < s->n_ladders; i++) {
		struct wording rungs = { s->ladders[i].rungs, s->ladders[i].n_rungs, false };

		struct wording told = { s->ladders[i].told, s->ladders[i].n_told, false };
		struct wording heard = { &s->ladders[i].heard, s->ladders[i].hears.n > 0, false };

		check_line(v, &rungs, m->bubble, true, "common/ladders.json", "ladder",
		    s->ladders[i].name);
		check_line(v, &told, m->bubble, true, "common/ladders.json", "ladder",
		    s->ladders[i].name);
		check_line(v, &heard, m->bubble, true, "common/ladders.json", "ladder",
		    s->ladders[i].name);
	}
	arena_destroy(a);
}

static void load_voice(struct voice_check *v, const struct source *sources, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(sources[i].path, "common/voice.json") == 0)
			load_patterns(v, &sources[i]);
}

static void voice_fini(struct voice_check *v)
{
	for (size_t i = 0; i < v->n; i++) {
		pcre2_code_free(v->patterns[i].re);
		free(v->patterns[i].is);
		free(v->patterns[i].why);
	}
	free(v->patterns);
	free(v->vowels);
	free(v->silent);
	free(v->but_not);
}

void check_voice(const struct tree *t)
{
	const struct script *s = t->script;
	struct voice_check v = { .tree = t, .script = s, .findings = t->findings };

	load_voice(&v, t->sources, t->n);
	for (size_t i = 0; i < s->n_dialogs; i++) {
		v.dialog = s->dialogs[i];
		for (int k = 0; k < v.dialog->n_steps; k++)
			check_step(&v, &v.dialog->steps[k]);
	}
	check_common(&v);
	voice_fini(&v);
}

void check_print_voice(const struct source *sources, size_t n, struct str *out)
{
	struct findings unsound = { 0 };
	struct voice_check v = { .findings = &unsound };

	load_voice(&v, sources, n);
	for (size_t i = 0; i < v.n; i++)
		str_addf(out, "%s  %s -- %s\n", v.patterns[i].code, v.patterns[i].is, v.patterns[i].why);
	voice_fini(&v);
	findings_fini(&unsound);
}
