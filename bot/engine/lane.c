/* engine/lane.c - the lane: asked first, on every message, in every state.
 *
 * C owns that it comes first, that it cannot be shadowed, that a limit counts
 * as a hit for the gentle question, and that it is remembered.  What is
 * recognized and what is said stand in dialogs/lane/ and lang/.../rules/. */
#include <string.h>

#include "base/xalloc.h"
#include "engine/run.h"
#include "language/leaning.h"

enum { OVERLAP = 256, READ_MOST = 65536, /* bytes */
	WORK_BASE = 40000, WORK_PER_WORD = 1500, /* units for the rules of all languages */
	WEAK_PAUSE = 86400, MAX_WEAK_TAGS = 16, MAX_ROUTES = 8 };

/* ---- judging ---------------------------------------------------------------------- */

/* n: it is not there */
static size_t tag_index(const struct sv *tags, size_t n, struct sv tag)
{
	size_t i = 0;

	while (i < n && !sv_eq(tags[i], tag))
		i++;
	return i;
}

static bool tag_in(const struct sv *tags, size_t n, struct sv tag)
{
	return tag_index(tags, n, tag) < n;
}

static int rank_of(const struct lane *l, const struct tag_hit *h)
{
	for (size_t i = 0; i < l->n_order; i++)
		if (sv_eq(l->order[i].tag, h->rule->tag) && h->tier >= l->order[i].tier)
			return (int)i;
	return (int)l->n_order;
}

/* Languages that only the lane reads have no spelling of their own: one reading serves
 * them all, and is not the person's, in which "em" is "them" already.  Its words alone
 * tell whether it is any of those languages. */
static struct message *words_plainly(const struct script *s, const struct language *l,
    const struct reading *known)
{
	return message_begin(s->lexicon, l->locale, known->message->raw, known->message->arena);
}

/* Runs one set of rules with what is left of the work for all: past it they are cut. */
static const struct tags *run_within(const struct ruleset *set, struct reading *r, uint64_t *left)
{
	struct message *m = r->message;
	uint64_t budget = m->budget, before = m->work;
	const struct tags *t;

	m->budget = *left < budget ? *left : budget;
	t = ruleset_run(set, r, VIEW_ALL);
	m->budget = budget;
	*left -= m->work - before < *left ? m->work - before : *left;
	return t;
}

/* Every language's rules; the message has been read in its own already. */
static size_t run_rulesets(const struct script *s, struct reading *known,
    const struct tags **sets)
{
	uint64_t left = WORK_BASE + (uint64_t)known->message->n_words * WORK_PER_WORD;
	struct message *plain = NULL;
	size_t n = 0;

	for (size_t i = 0; i < s->n_languages; i++) {
		const struct language *l = &s->languages[i];
		struct reading *reading = known->language == l ? known : NULL;

		for (size_t k = 0; k < s->lane.n_rulesets; k++) {
			const struct ruleset *set = s->lane.sets[i * s->lane.n_rulesets + k];

			if (!set)
				continue;
			if (!reading && l->readers)
				reading = reading_of(l, known->message);
			if (!reading) {
				if (!message_may_speak(known->message, l->locale))
					break;
				plain = plain ? plain : words_plainly(s, l, known);
				if (!message_speaks(plain, l->locale))
					break;
				message_complete(plain);
				reading = reading_of(l, plain);
			}
			sets[n++] = run_within(set, reading, &left);
		}
	}
	return n;
}

static struct sv locale_of(const struct script *s, const struct ruleset *set)
{
	for (size_t i = 0; i < s->n_languages; i++)
		for (size_t k = 0; k < s->languages[i].n_rulesets; k++)
			if (s->languages[i].rulesets[k] == set)
				return s->languages[i].locale;
	return SV("");
}

/* The order of the file decides; but what only asks never hides what answers. */
static bool outranks(int tier, int rank, int best_tier, int best_rank)
{
	if ((tier > 1) != (best_tier > 1))
		return tier > 1;
	return rank < best_rank || (rank == best_rank && tier > best_tier);
}

static bool clause_has(const struct tags **all, size_t n, struct sv tag, int clause)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i]->n; k++)
			if (all[i]->hits[k].clause == clause && sv_eq(all[i]->hits[k].rule->tag, tag))
				return true;
	return false;
}

/* "I don't want to die, I just ...": a sign of tier 2 that the same clause denies is only
 * asked about, unless another clause says it without that. */
static void lower(const struct lane *l, const struct tags **all, size_t n, const struct tag_hit *hit,
    struct tag_best *best)
{
	if (!hit || hit->tier != 2 || best->tier < 1 || !tag_in(l->lowered, l->n_lowered, best->class))
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i]->n; k++) {
			const struct tag_hit *h = &all[i]->hits[k];

			if (h->tier >= 2 && !clause_has(all, n, l->denied, h->clause))
				return;
		}
	best->tier = 1;
	best->how = l->denied;
}

/* Whom a sign is about is told by the clause: one rule that reads somebody else in it is enough. */
static bool says_other(const struct tags **all, size_t n, struct sv class, int clause)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i]->n; k++) {
			const struct tag_hit *h = &all[i]->hits[k];

			if (h->clause == clause && sv_eq(h->rule->tag, class) && sv_is(h->rule->about, "other"))
				return true;
		}
	return false;
}

static struct span sentences_of(const struct message *m, struct span words)
{
	if (span_empty(words))
		return (struct span){ 0, m->n_words };
	return (struct span){ m->sentences[m->words[words.first].sentence].words.first,
		m->sentences[m->words[words.last - 1].sentence].words.last };
}

/* A few words cannot lean far.  Alone they are like many things: of what is asked about
 * without a rule, one message in a hundred of danger had so few, and every third of
 * ordinary talk.  Beside a grave sign they are mostly the sign itself. */
enum { ALONE_WORDS = 8, ALONE_EACH = 60, SIGN_WORDS = 12, SIGN_EACH = 50 };

static int for_few(int words, int enough, int each)
{
	return words < enough ? (enough - words) * each : 0;
}

/* A message with its signs, and how far the sentences that were asked for last lean. */
struct weighing {
	const struct lane *lane;
	struct reading *r;
	const struct tags **all; size_t n;
	struct span part;
	struct lean lean;
};

/* The classes of the signs in a part of it. */
static uint64_t marks_in(const struct weighing *w, struct span part)
{
	uint64_t marks = 0;

	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < w->all[i]->n; k++) {
			const struct tag_hit *h = &w->all[i]->hits[k];

			if (h->tier >= 1 && h->match.words.first < part.last && h->match.words.last > part.first)
				marks |= leaning_mark(w->r->language->leaning, h->rule->tag);
		}
	return marks;
}

static bool has_class(const struct lane *l, struct sv class)
{
	for (size_t i = 0; i < l->n_order; i++)
		if (sv_eq(l->order[i].tag, class))
			return true;
	return false;
}

/* A class that the lane does not have says nothing. */
static struct lean lean_in(struct weighing *w, struct span part)
{
	if (w->part.first == part.first && w->part.last == part.last)
		return w->lean;
	w->part = part;
	w->lean = leaning_in(w->r->language->leaning, w->r->message, part, marks_in(w, part));
	if (!has_class(w->lane, w->lean.class))
		w->lean.class = SV("");
	return w->lean;
}

/* The sentences are of one language, and say nothing of what another's rules read. */
static bool knows_of(const struct weighing *w, const struct ruleset *set)
{
	return w->r->language->leaning && language_ruleset(w->r->language, ruleset_name(set)) == set;
}

/* What is said plainly is not weighed. */
static bool weighs(const struct weighing *w, const struct ruleset *set)
{
	return knows_of(w, set) && !sv_eq(ruleset_name(set), w->lane->plain);
}

static bool is_gentle(const struct weighing *w, struct sv class)
{
	return tag_in(w->lane->gentle, w->lane->n_gentle, class);
}

/* What the sentences of danger and of none say to a sign.  It is weighed in its own
 * sentences: what stands beside "i want to die" takes nothing back. */
static int weighed(struct weighing *w, const struct ruleset *set, const struct tag_hit *h)
{
	const struct lane_lean *at = &w->lane->lean[h->tier];
	struct span part = sentences_of(w->r->message, h->match.words);
	struct lean lean;

	if (!weighs(w, set))
		return h->tier;
	lean = lean_in(w, part);
	if (!lean.class.n)
		return h->tier;                 /* too little is known of its words */
	if (h->tier > 1)
		lean.lead += for_few(part.last - part.first, SIGN_WORDS, SIGN_EACH);
	if (lean.lead < at->answer || (h->tier == 1 && is_gentle(w, h->rule->tag)))
		return lean.lead >= at->ask;
	return h->tier > 2 ? h->tier : 2;
}

/* Rules that say what a class is about; they are run for this question only. */
static bool is_topic(const struct weighing *w, struct sv class)
{
	const struct ruleset *set = language_ruleset(w->r->language, w->lane->topics);
	const struct tags *t = set ? ruleset_run(set, w->r, VIEW_ALL) : NULL;

	for (size_t k = 0; t && k < t->n; k++)
		if (sv_eq(t->hits[k].rule->tag, class))
			return true;
	return false;
}

/* No rule saw a sign: what people in danger have said in such words is asked about, and
 * answered where it leans far and a rule knows that it is about such a thing. */
static void lean_to(struct weighing *w, struct tag_best *best)
{
	const struct message *m = w->r->message;
	struct lean lean = lean_in(w, (struct span){ 0, m->n_words });

	lean.lead -= for_few(m->n_words, ALONE_WORDS, ALONE_EACH);
	if (!lean.class.n || lean.lead < w->lane->lean[0].ask)
		return;
	*best = (struct tag_best){ .tier = 1, .class = lean.class, .locale = w->r->language->locale,
		.about = lean.other ? SV("other") : SV("self"), .leaned = true };
	if (lean.lead >= w->lane->lean[0].answer && is_topic(w, lean.class) && !is_gentle(w, lean.class)) {
		best->tier = 2;
		best->leaned = false;
	}
}

/* Of which kind a sign is, and about whom, rules and sentences tell together. */
static void name_it(struct weighing *w, const struct ruleset *set, const struct tag_hit *h,
    struct tag_best *best)
{
	struct lean lean = { .class = SV("") };

	best->class = h->rule->tag;
	best->about = says_other(w->all, w->n, h->rule->tag, h->clause) ? SV("other") : h->rule->about;
	if (knows_of(w, set))
		lean = lean_in(w, sentences_of(w->r->message, h->match.words));
	if (lean.class.n) {
		best->class = lean.class;
		best->about = lean.other ? SV("other") : SV("self");
	}
}

struct tag_best lane_judge(const struct script *s, struct reading *r,
    const struct tags **all, size_t *n_all)
{
	struct weighing w = { &s->lane, r, all, .part = { -1, -1 } };
	struct tag_best best = { .class = SV("") };
	const struct tag_hit *hit = NULL;
	const struct ruleset *set = NULL;
	int rank = INT32_MAX;
	bool cut = false;

	w.n = *n_all = run_rulesets(s, r, all);
	for (size_t i = 0; i < *n_all; i++) {
		for (size_t k = 0; k < all[i]->n; k++) {
			const struct tag_hit *h = &all[i]->hits[k];
			int at = rank_of(&s->lane, h);
			int tier = h->tier < 1 ? 0 : weighed(&w, all[i]->set, h);

			if (tier < 1 || !outranks(tier, at, best.tier, rank))
				continue;
			rank = at;
			best.tier = tier;
			hit = h;
			set = all[i]->set;
		}
		cut = cut || all[i]->cut;
	}
	if (hit) {
		best.locale = locale_of(s, set);
		name_it(&w, set, hit, &best);
	} else if (r->language->leaning) {
		lean_to(&w, &best);
	}
	if ((cut || r->message->unread) && best.tier < 1)
		best.tier = 1;
	lower(&s->lane, all, *n_all, hit, &best);
	return best;
}

/* Weak signs: of each kind the heaviest in a clause counts. */
int lane_weak(const struct lane_weak *w, const struct tags **all, size_t n)
{
	unsigned char most[MAX_WEAK_TAGS][64] = { { 0 } };
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i]->n; k++) {
			const struct tag_hit *h = &all[i]->hits[k];
			size_t tag = tag_index(w->tags, w->n_tags, h->rule->tag);
			unsigned char *seen;

			if (tag >= MAX_WEAK_TAGS || tag >= w->n_tags)
				continue;
			seen = &most[tag][h->clause & 63];
			if (h->rule->weight > *seen) {
				sum += h->rule->weight - *seen;
				*seen = (unsigned char)h->rule->weight;
			}
		}
	return sum;
}

/* They count together over the last messages and hours. */
static int weak_sum(struct run *r, int set, int count)
{
	const struct lane_weak *w = &r->s->lane.weak[set];
	struct lane_now *now = &r->ss->lane;
	int sum = 0;

	if (count) {
		if (now->n_weak == MAX_WEAK) {
			memmove(&now->weak[0], &now->weak[1], (MAX_WEAK - 1) * sizeof now->weak[0]);
			now->n_weak--;
		}
		now->weak[now->n_weak++] = (struct weak){ r->ev->now, r->ss->messages, count, set };
	}
	for (int i = 0; i < now->n_weak; i++)
		if (now->weak[i].set == set && r->ss->messages - now->weak[i].message < w->messages
		    && r->ev->now - now->weak[i].at < (int64_t)w->hours * 3600)
			sum += now->weak[i].n;
	return count ? sum : 0;
}

/* What was said a few messages ago changes what a question means. */
static void remember(struct run *r, const struct tags **all, size_t n, struct tag_best *best)
{
	const struct lane *l = &r->s->lane;
	struct held_list *memory = &r->ss->lane.memory;

	for (size_t m = 0; m < l->n_memory; m++) {
		const struct held *h = held_find(memory, l->memory[m].tag);
		int64_t at;
		bool fresh = h && sv_int(h->text, &at)
		    && r->ss->messages - at <= l->memory[m].messages;

		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < all[i]->n; k++) {
				struct sv tag = all[i]->hits[k].rule->tag;

				if (sv_eq(tag, l->memory[m].tag))
					held_set(r->ss, memory, tag, sv_from(arena_printf(r->a, "%d",
					    r->ss->messages)), r->ev->now);
				if (fresh && tag_in(l->memory[m].raises, l->memory[m].n_raises, tag)
				    && best->tier < 3)
					*best = (struct tag_best){ .tier = 3, .class = tag, .about = SV("self"),
						.locale = best->locale };
			}
	}
}

/* What one turn's message says to the lane: part by part, so that nothing hides
 * behind the first, and each part costs no more than a message of its length. */
struct judged {
	struct tag_best best;
	const struct tags **all; size_t n, cap; /* of all parts */
	int weak[LANE_WEAK_SETS];
	struct part { struct sv text; int weak[LANE_WEAK_SETS]; } first, last;
};

/* What is kept of a part when its reading goes. */
static const struct tags *tags_copy(struct arena *a, const struct tags *t)
{
	struct tags *copy = arena_copy(a, t, sizeof *t);

	copy->hits = arena_copy(a, t->hits, t->n * sizeof *t->hits);
	copy->next = NULL;
	return copy;
}

static void add_weak(struct judged *j, const struct part *part)
{
	for (size_t i = 0; i < LANE_WEAK_SETS; i++)
		j->weak[i] += part->weak[i];
}

/* all: room for the tags of a part, which stand in the part's arena. */
static void judge_part(struct run *r, struct reading *part, const struct tags **all,
    struct judged *j)
{
	size_t n;
	struct tag_best best = lane_judge(r->s, part, all, &n);

	if (best.tier > j->best.tier)
		j->best = best;
	j->last.text = part->message->raw;
	for (size_t i = 0; i < r->s->lane.n_weak; i++)
		j->last.weak[i] = lane_weak(&r->s->lane.weak[i], all, n);
	add_weak(j, &j->last);
	for (size_t i = 0; i < n; i++) {
		if (!all[i]->n)
			continue;
		if (j->n == j->cap) {
			const struct tags **old = j->all;

			j->cap = 2 * j->cap + 8;
			j->all = ARENA_ARRAY(r->a, const struct tags *, j->cap);
			if (j->n)
				memcpy(j->all, old, j->n * sizeof *old);
		}
		j->all[j->n++] = tags_copy(r->a, all[i]);
	}
}

/* The part of the text that goes on at a byte, with some words of the part before it. */
static struct sv part_at(const struct run *r, size_t at)
{
	struct sv text = r->ev->text;
	size_t from = at - (at < OVERLAP ? at : OVERLAP), word = from;

	while (word < at && !sv_space(text.p[word]))
		word++;
	return run_part(r, sv_sub(text, word < at ? word : from, text.n));
}

/* Where the text says once more, byte for byte, what that part says, beginning at least
 * OVERLAP bytes before `at`: its end; 0 nowhere. */
static size_t end_of_same(struct sv text, size_t at, struct sv part)
{
	for (size_t back = OVERLAP; back <= 2 * OVERLAP && back <= at; back++)
		if (text.n - (at - back) >= part.n && at - back + part.n > at
		    && memcmp(text.p + at - back, part.p, part.n) == 0)
			return at - back + part.n;
	return 0;
}

/* A text that repeats itself is judged once: the same words say the same. */
static bool judge_same(struct run *r, const struct part *part, size_t *at, struct judged *j)
{
	size_t end = end_of_same(r->ev->text, *at, part->text);

	if (!end)
		return false;
	*at = end;
	add_weak(j, part);
	return true;
}

/* A part that only the lane reads, in the room of the one before it. */
static void judge_apart(struct run *r, struct sv part, const struct tags **all, struct judged *j)
{
	struct arena *a = arena_inner(r->a);

	judge_part(r, reading_for_rules(r->lang, message_read_on(r->msg, part, a)), all, j);
	arena_reset(a);
}

static size_t judge_rest(struct run *r, size_t at, const struct tags **all, struct judged *j)
{
	struct sv text = r->ev->text;

	while (at < text.n && at < READ_MOST) {
		struct sv part;

		if (judge_same(r, &j->first, &at, j) || judge_same(r, &j->last, &at, j))
			continue;
		part = part_at(r, at);
		at = (size_t)(part.p - text.p) + part.n;
		judge_apart(r, part, all, j);
	}
	return at;
}

/* What the dialogs have read of the text is not read again: the rest goes on behind it. */
static struct judged judge_text(struct run *r)
{
	size_t most = r->s->n_languages * r->s->lane.n_rulesets, at;
	struct sv text = r->ev->text, first = r->msg->raw;
	const struct tags **all = ARENA_ARRAY(r->a, const struct tags *, most);
	struct judged j = { .best = { .class = SV("") } };

	if (first.p == text.p) {
		judge_part(r, r->reading, all, &j);
	} else {
		first = run_part(r, text);
		judge_apart(r, first, all, &j);
	}
	j.first = j.last;
	at = judge_rest(r, first.n, all, &j);
	if (at < text.n && j.best.tier < 1)
		j.best.tier = 1;
	return j;
}

bool lane_hears_sign(struct run *r)
{
	return judge_text(r).best.tier > 0;
}

static struct tag_best judge(struct run *r)
{
	struct judged j = judge_text(r);

	remember(r, j.all, j.n, &j.best);
	for (int i = 0; i < (int)r->s->lane.n_weak; i++) {
		if (weak_sum(r, i, j.weak[i]) < r->s->lane.weak[i].sum || j.best.tier >= 1
		    || (r->ss->lane.weak_asked && r->ev->now - r->ss->lane.weak_asked <= WEAK_PAUSE))
			continue;
		r->ss->lane.weak_asked = r->ev->now;
		j.best = (struct tag_best){ .tier = 1, .class = r->s->lane.weak[i].class };
	}
	return j.best;
}

/* ---- texts -------------------------------------------------------------------------- */

static const struct line *text_keyed(const struct lane *l, const char *key)
{
	for (size_t i = 0; i < l->n_texts; i++)
		if (sv_is(l->texts[i].key, key))
			return &l->texts[i];
	return NULL;
}

/* What this lane remembers of the talk: names of things heard, no words. */
static void note(struct run *r, struct sv name, struct sv what)
{
	held_set(r->ss, &r->ss->lane.memory, name, what, r->ev->now);
}

static const struct held *noted(const struct run *r, const char *name)
{
	return held_find(&r->ss->lane.memory, sv_from(name));
}

/* Danger at once: who was with them before it is no longer counted on. */
static void note_danger(struct run *r)
{
	note(r, SV("sign"), SV("1"));
	if (r->s->lane.wait.unless.n)
		held_drop(&r->ss->lane.memory, r->s->lane.wait.unless);
}

static bool about_other(const struct run *r)
{
	const struct held *h = noted(r, "about");

	return h && sv_is(h->text, "other")
	    && !tag_in(r->s->lane.others, r->s->lane.n_others, r->ss->lane.class);
}

static const struct line *text_part(struct run *r, struct sv state, struct sv part, const char *end)
{
	return text_keyed(&r->s->lane, arena_printf(r->a, "%.*s%s%.*s%s", SV_ARG(state),
	    part.n ? "." : "", SV_ARG(part), end));
}

/* About somebody else first: state.class.other, state.other; then state.class, state. */
static const struct line *text_for(struct run *r, struct sv state, struct sv class)
{
	const struct held *how = noted(r, "how");
	const struct line *t = NULL;

	if (how && how->text.n)
		t = text_part(r, state, how->text, "");
	if (!t && class.n && about_other(r)) {
		t = text_part(r, state, class, ".other");
		t = t ? t : text_part(r, state, SV(""), ".other");
	}
	if (!t && class.n)
		t = text_part(r, state, class, "");
	return t ? t : text_part(r, state, SV(""), "");
}

static bool has_question(const struct line *t)
{
	return t && t->say.n && memmem(t->say.variants[0].source.p, t->say.variants[0].source.n,
	    "{question}", 10);
}

/* The talk that waited is picked up again where the text says {question}. */
static void speak_line(struct run *r, const struct line *t)
{
	const struct text *words = t ? wording_pick(r, &t->say, sv_from(arena_printf(r->a,
	    "lane/%.*s", SV_ARG(t->key)))) : NULL;

	r->lane_spoke = true;
	r->flags |= SAY_LANE;
	say_text(r, words, PIECE_LINES);
	if (has_question(t) && r->ss->talk.n) {
		r->talk = &r->ss->talk;
		r->flags &= ~(unsigned)SAY_LANE;
		if (r->talk->waiting)
			run_ask_again(r);
		else                    /* breath was counted there */
			run_on(r);
	}
	say_flush(r, NULL, 0);
}

static void speak(struct run *r, struct sv state, struct sv class)
{
	speak_line(r, text_for(r, state, class));
}

static size_t services(struct run *r, const struct service **list, size_t max)
{
	const struct lane *l = &r->s->lane;
	const struct sv *kinds = l->any;
	size_t n_kinds = l->n_any;

	for (size_t i = 0; i < l->n_help; i++)
		if (sv_eq(l->help[i].class, r->ss->lane.class)) {
			kinds = l->help[i].kinds;
			n_kinds = l->help[i].n_kinds;
		}
	return help_pick(r, kinds, n_kinds, list, max);
}

const struct service *lane_service(struct run *r, size_t n)
{
	const struct lane *l = &r->s->lane;
	const struct service *list[MAX_ROUTES];
	size_t count = services(r, list, l->rows > 0 && l->rows <= MAX_ROUTES ? (size_t)l->rows : 2);

	return n < count ? list[n] : NULL;
}

const struct service *lane_service_now(struct run *r)
{
	const struct service *list[MAX_ROUTES];
	size_t count = services(r, list, MAX_ROUTES), at = (size_t)r->ss->lane.shown;

	return at < count ? list[at] : NULL;
}

/* ---- states -------------------------------------------------------------------------- */

bool lane_open(const struct run *r)
{
	struct sv s = r->ss->lane.state;

	return s.n && !sv_is(s, "none") && !sv_is(s, "after");
}

static struct sv next_of(const struct lane_state *st, const char *key)
{
	for (size_t i = 0; st && i < st->n_next; i++)
		if (sv_is(st->next[i].name, key))
			return st->next[i].value;
	return SV("");
}

static struct sv state_at(const struct run *r, int tier)
{
	return next_of(lane_state(&r->s->lane, SV("none")), tier >= 3 ? "tier3"
	    : tier == 2 ? "tier2" : "tier1");
}

/* The middle of the span, or as near to it as it is within their hours. */
static int64_t follow_time(const struct run *r)
{
	enum { STEP = 1800 };
	const struct lane_follow *f = &r->s->lane.follow;
	struct hours h = run_hours(r);
	int64_t middle = r->ev->now + (f->from + f->to) / 2, room = (f->to - f->from) / 2;

	for (int64_t off = 0; off <= room; off += STEP)
		for (int sign = 1; sign >= -1; sign -= 2) {
			int64_t t = middle + sign * off;
			int64_t minute = run_local(r, t) % 86400 / 60;

			if (minute >= h.from && minute <= h.to)
				return t;
		}
	return middle;
}

static void set_state(struct run *r, struct sv state)
{
	struct lane_now *l = &r->ss->lane;
	const struct lane_state *st = lane_state(&r->s->lane, state);

	if (!sv_eq(l->state, state))
		l->said = 0;
	if (sv_eq(state, state_at(r, 3))) {     /* by a sign, or by a yes to one of its questions */
		l->tier = 3;
		note_danger(r);
	}
	if (r->s->lane.follow.promise.n && sv_eq(state, r->s->lane.follow.promise))
		l->follow = follow_time(r);
	l->state = arena_sv(r->ss->arena, state);
	l->since = r->ev->now;
	l->until = st && st->duration ? r->ev->now + st->duration : 0;
}

static struct sv dialog_of(const struct run *r, struct sv class)
{
	const struct lane *l = &r->s->lane;

	for (size_t i = 0; i < l->n_dialogs; i++)
		if (sv_eq(l->dialogs[i].name, class))
			return l->dialogs[i].value;
	return SV("");
}

/* Opened before for the same sign, it goes on at its step "back", where it has one. */
static struct sv first_step(const struct run *r, struct sv dialog)
{
	const struct dialog *d = script_dialog(r->s, dialog, r->lang->locale);

	return noted(r, "opened") && d && dialog_step_number(d, SV("back")) >= 0 ? SV("back") : SV("");
}

/* A class with a dialog of its own: it speaks instead of the state's text. */
static bool open_dialog(struct run *r, struct sv class)
{
	struct sv dialog = dialog_of(r, class);
	struct person *p = person_by_id(r->ss, r->ss->lane.person);

	if (!dialog.n || about_other(r))
		return false;
	r->talk = &r->ss->lane_talk;
	r->flags |= SAY_LANE;
	r->lane_spoke = true;
	talk_clear(r->talk);
	if (!run_start(r, dialog, first_step(r, dialog), false))
		return false;
	note(r, SV("opened"), SV("1"));
	if (p)
		run_fill(r, SV("person"), sv_from(arena_printf(r->a, "p%d", p->id)));
	run_on(r);
	say_flush(r, NULL, 0);
	return true;
}

static void lock_person(struct run *r, struct sv class)
{
	struct lane_now *l = &r->ss->lane;
	struct person *p = person_by_id(r->ss, l->person);

	if (about_other(r) || !tag_in(r->s->lane.locks, r->s->lane.n_locks, class))
		return;
	if (!p)
		p = run_meet(r, SV("||"));
	l->person = p->id;
	p->lock = arena_sv(r->ss->arena, class);
	if (l->tier >= 3)
		held_set(r->ss, &p->more, SV("grave"), SV("1"), r->ev->now);
}

static void enter_state(struct run *r, struct sv state)
{
	struct lane_now *l = &r->ss->lane;
	const struct line *late = r->ev->written && r->ev->now - r->ev->written > r->s->limits.late
	    ? text_for(r, SV("late"), l->class) : NULL;
	const struct lane_state *st = lane_state(&r->s->lane, state);
	bool full = st && st->opens && (!st->holds || !r->ss->lane_talk.n);

	set_state(r, state);
	if (late && st && st->late) {
		speak(r, SV("late"), l->class);
		return;
	}
	if (full && dialog_of(r, l->class).n && open_dialog(r, l->class))
		return;
	speak(r, state, l->class);
}

/* Who is meant, as far as the message says. */
static int person_meant(struct run *r)
{
	const struct language *lang = r->lang;
	uint32_t list = lexicon_list_symbol(r->s->lexicon, lang->locale, SV("relation"));
	const struct mark *m = list ? message_mark_next(r->msg, list, 0) : NULL;
	struct sv relation = m ? lexicon_row(r->s->lexicon, list, m->row) : SV("");
	struct sv pronoun = lang->grammar ? grammar_other_pronoun(r->reading) : SV("");

	if (!relation.n && !pronoun.n)
		return 0;
	return run_meet(r, sv_from(arena_printf(r->a, "%.*s|%.*s|", SV_ARG(relation),
	    SV_ARG(pronoun))))->id;
}

static void note_sign(struct run *r, struct sv class, int tier, int person)
{
	struct lane_now *l = &r->ss->lane;

	l->class = arena_sv(r->ss->arena, class);
	l->tier = tier;
	l->person = person;
	l->said = l->shown = 0;
	r->out->trace.sign = arena_sv(r->a, class);
	r->out->trace.tier = tier;
	held_drop(&l->memory, SV("opened"));
	note(r, sv_from(arena_printf(r->a, "told.%.*s", SV_ARG(class))), SV("1"));
	if (tag_in(r->s->lane.follow.not, r->s->lane.follow.n_not, class))
		l->follow = 0;
	if (tier >= 2) {
		lock_person(r, class);
		cue_stop(r);
	}
	talk_clear(&r->ss->lane_talk);
}

/* A new opening: what was heard in the last one is over. */
static void forget_heard(struct run *r)
{
	struct held_list *all = &r->ss->lane.memory;
	const struct lane *l = &r->s->lane;

	for (size_t i = all->n; i-- > 0; ) {
		size_t k = 0;

		while (k < l->n_memory && !sv_eq(l->memory[k].tag, all->items[i].name))
			k++;
		if (k == l->n_memory)
			held_drop(all, all->items[i].name);
	}
}

void lane_enter(struct run *r, struct sv class, int tier, int person)
{
	if (!lane_open(r))
		forget_heard(r);
	note(r, SV("about"), SV("self"));
	note_sign(r, class, tier, person);
	enter_state(r, state_at(r, tier));
}

/* Somebody who wrote in another language: its two lines come first. */
static void say_card(struct run *r, struct sv locale)
{
	const struct lane *l = &r->s->lane;

	for (size_t i = 0; i < l->n_cards; i++) {
		if (!sv_eq(l->cards[i].locale, locale) || sv_eq(locale, r->lang->locale))
			continue;
		r->lane_spoke = true;
		r->flags |= SAY_LANE;
		r->emergency = l->cards[i].emergency;
		say_text(r, wording_pick(r, &l->cards[i].say, l->cards[i].locale), PIECE_LINES);
		say_flush(r, NULL, 0);
		r->emergency = SV("");
	}
}

static void enter_sign(struct run *r, const struct tag_best *sign)
{
	int before = lane_open(r) ? r->ss->lane.tier : 0;

	if (!before)
		forget_heard(r);
	note(r, SV("about"), sign->about.n ? sign->about : SV("self"));
	note(r, SV("how"), sign->leaned && tag_in(r->s->lane.guess, r->s->lane.n_guess, sign->class)
	    ? SV("guess") : sign->how);
	note_sign(r, sign->class, sign->tier, person_meant(r));
	say_card(r, sign->locale);
	if (before > sign->tier)        /* what was said before is not unsaid */
		r->ss->lane.tier = before;
	enter_state(r, state_at(r, sign->tier));
}

/* After a sign of this tier nothing else comes back before its time, or before
 * the person says what is named in "unless". */
static bool too_early(const struct run *r)
{
	const struct lane_wait *w = &r->s->lane.wait;
	const struct held *sign = noted(r, "sign");

	if (!w->tier || r->ss->lane.tier < w->tier || !sign)
		return false;
	return r->ev->now - sign->at < w->duration && !(w->unless.n && noted(r, w->unless.p));
}

/* Where the lane goes instead of leading out too early; "" where it may. */
static struct sv kept_in(const struct run *r, struct sv to)
{
	const struct lane_wait *w = &r->s->lane.wait;

	return too_early(r) && tag_in(w->states, w->n_states, to) ? w->to : SV("");
}

/* The lane's own dialog has ended: watch for a while, go back to where we were. */
static void dialog_over(struct run *r)
{
	struct sv stay = kept_in(r, SV("after"));

	if (r->ss->lane_talk.n || r->talk != &r->ss->lane_talk)
		return;
	set_state(r, stay.n ? stay : SV("after"));
	r->talk = &r->ss->talk;
	say_flush(r, NULL, 0);
}

static bool begins_another(struct run *r, enum hearing how)
{
	const struct intent *in = intent_judge(r->s, r->reading, how, r->a);

	return in && in->kind == INTENT_SWITCH && in->fill.n;
}

static bool asks_to_resume(struct run *r)
{
	struct match m;

	for (size_t i = 0; i < r->s->lane.n_resume; i++)
		if (message_match(r->msg, r->s->lane.resume[i], (struct span){ 0, r->msg->n_words }, &m))
			return true;
	return false;
}

/* Things that people say in the middle of this, whatever the state: nobody answers,
 * no numbers, is anybody there. */
static const struct lane_heard *heard(struct run *r, const struct lane_state *st)
{
	const struct lane *l = &r->s->lane;
	struct span all = { 0, r->msg->n_words };
	struct match m;

	for (size_t i = 0; i < l->n_heard; i++) {
		const struct lane_heard *h = &l->heard[i];

		if ((h->first && !r->ss->lane_talk.n) || tag_in(h->not, h->n_not, r->ss->lane.class)
		    || (h->n_in && !tag_in(h->in, h->n_in, st->name)))
			continue;
		for (size_t k = 0; k < h->n_phrases; k++)
			if (message_match(r->msg, h->phrases[k], all, &m))
				return h;
	}
	return NULL;
}

/* What would begin another dialog: said once, and nothing is begun. */
static const struct lane_heard *heard_topic(struct run *r, const struct lane_state *st)
{
	const struct lane *l = &r->s->lane;

	for (size_t i = 0; i < l->n_heard; i++)
		if (l->heard[i].topic && !tag_in(l->heard[i].not, l->heard[i].n_not, r->ss->lane.class)
		    && tag_in(l->heard[i].in, l->heard[i].n_in, st->name)
		    && !noted(r, l->heard[i].name.p) && begins_another(r, HEAR_ASKED))
			return &l->heard[i];
	return NULL;
}

/* name.state, then as any text. */
static const struct line *text_heard(struct run *r, struct sv name, struct sv state)
{
	const struct line *t = text_part(r, name, state, "");

	return t ? t : text_for(r, name, r->ss->lane.class);
}

static void answer_heard(struct run *r, const struct lane_state *st, const struct lane_heard *h)
{
	struct sv name = h->name;

	if (h->next) {
		r->ss->lane.shown++;
		if (!lane_service_now(r) && h->none.n)
			name = h->none;
	}
	note(r, h->name, SV("1"));
	if (!r->ss->lane_talk.n && next_of(st, "heard").n)
		set_state(r, next_of(st, "heard"));
	speak_line(r, text_heard(r, name, st->name));
}

/* One more sign of what is being talked about, or words once more: the question stands. */
static void say_and_ask(struct run *r, struct sv key)
{
	speak(r, key, r->ss->lane.class);
	r->talk = &r->ss->lane_talk;
	r->flags |= SAY_LANE;
	run_ask_again(r);
}

/* What no question takes: a thing heard in every state, one more sign, or repair. */
static void in_dialog_otherwise(struct run *r, const struct lane_state *st,
    const struct lane_heard *h, int tier)
{
	if (answer_read(r, false) == ANSWER_TAKEN)
		return;
	if (h && !h->to.n && !h->first)
		answer_heard(r, st, h);
	else if (tier >= 3)
		speak(r, SV("still"), r->ss->lane.class);
	else if (tier == 2)
		say_and_ask(r, SV("read"));
	else if (asks_to_resume(r) || begins_another(r, HEAR_ASKED))
		say_and_ask(r, SV("insists"));
	else
		answer_repair(r);
}

static void in_dialog(struct run *r, const struct lane_state *st, int tier)
{
	const struct lane_heard *h = heard(r, st);

	r->talk = &r->ss->lane_talk;
	r->flags |= SAY_LANE;
	r->lane_spoke = true;
	if (r->talk->waiting && h && h->first)
		say_and_ask(r, h->name);
	/* under a changed script its question is asked again, with no remark */
	else if (r->talk->waiting && answer_read(r, true) == ANSWER_NOTHING)
		in_dialog_otherwise(r, st, h, tier);
	run_on(r);
	say_flush(r, NULL, 0);
	dialog_over(r);
}

static bool plain_answer(struct sv value)
{
	return sv_is(value, "yes") || sv_is(value, "no");
}

static struct sv read_value(struct run *r, const struct lane_state *st)
{
	const struct lane *l = &r->s->lane;
	struct span all = { 0, r->msg->n_words };
	struct match m;

	for (size_t i = 0; i < l->n_readers; i++) {
		const struct lane_reader *reader = &l->readers[i];

		if (!sv_eq(reader->name, st->reader))
			continue;
		/* whole answers first, then what is more than yes and no anywhere, then the rest */
		for (int pass = 0; pass < 3; pass++)
			for (size_t v = 0; v < reader->n_values; v++)
				for (size_t k = 0; k < reader->values[v].n_phrases; k++) {
					bool whole = message_match_whole(r->msg,
					    reader->values[v].phrases[k], all);

					if (pass == 1 && plain_answer(reader->values[v].name))
						continue;
					if (whole || (pass && message_match(r->msg,
					    reader->values[v].phrases[k], all, &m)
					    && (pass == 1 || m.words.first == 0)))
						return reader->values[v].name;
				}
		return SV("");
	}
	return SV("");
}

static struct sv unclear_of(const struct run *r, const struct lane_state *st)
{
	struct sv own = next_of(st, "unclear");

	if (own.n)
		return own;
	for (size_t i = 0; i < r->s->lane.n_readers; i++)
		if (sv_eq(r->s->lane.readers[i].name, st->reader))
			return next_of(st, arena_str(r->a, r->s->lane.readers[i].unclear));
	return SV("");
}

/* "number.no-numbers": what was heard before changes what is said again. */
static const struct line *text_repeat(struct run *r, struct sv key)
{
	const struct line *t = NULL;

	for (size_t i = 0; i < r->s->lane.n_heard && !t; i++)
		if (noted(r, r->s->lane.heard[i].name.p))
			t = text_part(r, key, r->s->lane.heard[i].name, "");
	return t ? t : text_for(r, key, r->ss->lane.class);
}

/* Asked once in this opening of the lane, and never where somebody else may read it. */
static bool offers_follow(const struct run *r)
{
	const struct lane_follow *f = &r->s->lane.follow;
	const struct lane_now *l = &r->ss->lane;

	return f->ask.n && !l->follow && l->said > f->said && !noted(r, f->ask.p) && !about_other(r)
	    && !tag_in(f->not, f->n_not, l->class);
}

static void hold(struct run *r, const struct lane_state *st)
{
	struct lane_now *l = &r->ss->lane;

	l->said++;
	if (offers_follow(r)) {
		note(r, r->s->lane.follow.ask, SV("1"));
		enter_state(r, r->s->lane.follow.ask);
	} else if (st->every && l->said % st->every == 0 && st->repeat.n)
		speak_line(r, text_repeat(r, st->repeat));
	else
		speak(r, st->name, l->class);
}

/* Nothing leads out of here yet: the way on is said, and where we stay. */
static void stay(struct run *r, struct sv where, struct sv why)
{
	set_state(r, where);
	speak_line(r, text_heard(r, r->s->lane.wait.say, why));
}

static void go(struct run *r, struct sv to, struct sv why)
{
	const struct lane_state *next = lane_state(&r->s->lane, to);
	struct sv where = kept_in(r, to);

	if (where.n) {
		stay(r, where, why);
		return;
	}
	if (sv_is(to, "none")) {
		r->ss->lane.class = SV("");
		r->ss->lane.tier = 0;
	}
	if (!next || !next->holds) {
		enter_state(r, to);
		return;
	}
	set_state(r, to);
	if (!next->opens || !dialog_of(r, r->ss->lane.class).n || !open_dialog(r, r->ss->lane.class))
		hold(r, next);
}

/* Back after a long pause, in the middle of this. */
static bool been_away(struct run *r, const struct lane_state *st)
{
	if (!st->opens || !r->s->lane.wait.away.n || !r->ss->last_seen
	    || r->ev->now - r->ss->last_seen < r->s->lane.wait.duration)
		return false;
	set_state(r, r->s->lane.wait.to);
	speak(r, r->s->lane.wait.away, r->ss->lane.class);
	return true;
}

/* In an open state, with no new and higher sign in the message. */
static void answer_state(struct run *r, const struct lane_state *st)
{
	const struct lane_heard *h = heard(r, st);
	struct sv value, to;

	if (h && !h->to.n) {
		answer_heard(r, st, h);
		return;
	}
	if (h || (next_of(st, "resume").n && asks_to_resume(r))) {
		go(r, h ? h->to : next_of(st, "resume"), h ? h->name : SV("resume"));
		return;
	}
	if (been_away(r, st))
		return;
	value = st->reader.n ? read_value(r, st) : SV("");
	to = value.n ? next_of(st, arena_str(r->a, value)) : SV("");
	h = to.n ? NULL : heard_topic(r, st);
	if (h) {
		answer_heard(r, st, h);
		return;
	}
	if (!to.n)
		to = st->reader.n ? unclear_of(r, st) : next_of(st, "any");
	if (!to.n)
		to = st->name;
	if (sv_eq(to, st->name) && !st->reader.n && !(st->opens && dialog_of(r, r->ss->lane.class).n))
		hold(r, st);
	else
		go(r, to, value);
}

/* The control that the message is, where it still works; NULL. */
static const struct intent *passing(struct run *r)
{
	const struct intent *in = intent_control(r->s, r->msg, true);

	return in && (tag_in(r->s->lane.pass, r->s->lane.n_pass, in->name)
	    || tag_in(r->s->lane.pass, r->s->lane.n_pass, in->act)) ? in : NULL;
}

/* A control that passed has asked ("Do it?"). */
static bool passed_asks(const struct run *r)
{
	const struct talk *t = &r->ss->talk;
	const struct intent *in;

	for (size_t i = 0; t->n && t->waiting && i < r->s->lane.n_pass; i++) {
		in = script_intent(r->s, r->s->lane.pass[i]);
		if (in && in->dialog.n && sv_eq(in->dialog, t->frames[0].dialog))
			return true;
	}
	return false;
}

/* What it came between stands again. */
static void passed_over(struct run *r)
{
	struct session *ss = r->ss;

	talk_clear(&ss->talk);
	ss->asking = SV("");
	if (ss->n_parked)
		ss->talk = ss->parked[--ss->n_parked];
	run_forget_records(r);
}

/* The answer to that question, given at once, passes too.  Anything else and it is
 * over: a later "yes" is for the lane. */
static bool answers_passed(struct run *r)
{
	if (!passed_asks(r))
		return false;
	r->talk = &r->ss->talk;
	if (answer_read(r, true) != ANSWER_TAKEN) {
		passed_over(r);
		return false;
	}
	r->lane_spoke = true;
	run_on(r);
	say_flush(r, NULL, 0);
	if (!passed_asks(r))
		passed_over(r);
	return true;
}

static enum lane_turn passes(struct run *r)
{
	const struct intent *in = passing(r);

	if (intent_is_stop(in) && passed_asks(r))
		passed_over(r);
	if (answers_passed(r))
		return LANE_ANSWERED;
	return in ? LANE_PASSES : LANE_QUIET;
}

/* The name of a country is read at any time while the lane is open. */
static bool names_country(struct run *r)
{
	struct read_result res;

	if (r->msg->n_words > 4 || !r->lang->readers || !readers_has(r->lang->readers, SV("country"))
	    || !text_keyed(&r->s->lane, "country"))
		return false;
	res = reader_read(r->lang->readers, SV("country"), r->reading, 0, r->a);
	if (res.status != READ_VALUE || !res.n || !script_country(r->s, res.values[0].text))
		return false;
	held_set(r->ss, &r->ss->user, SV("country"), res.values[0].text, r->ev->now);
	run_extra(r, "country", script_country(r->s, res.values[0].text)->name);
	speak(r, SV("country"), SV(""));
	return true;
}

/* Its time has come.  Not while somebody may see the screen, and not much later. */
void lane_follow(struct run *r)
{
	const struct lane_follow *f = &r->s->lane.follow;
	struct lane_now *l = &r->ss->lane;
	bool late = r->ev->now - l->follow > (f->to - f->from) / 2;

	l->follow = 0;
	if (late || l->discreet)
		return;
	l->tier = 0;                    /* what is said today counts anew */
	enter_state(r, lane_open(r) ? f->then : f->back);
}

bool lane_stop(struct run *r)
{
	struct sv class = r->ss->lane.class, to = SV("");

	r->ss->lane.follow = 0;
	if (!lane_open(r))
		return false;
	talk_clear(&r->ss->lane_talk);
	speak(r, SV("quiet"), class);
	/* a class with a dialog of its own has paused what matters; the rest only waits */
	if (r->ss->lane.tier >= 3 || (r->ss->lane.tier == 2 && !dialog_of(r, class).n))
		to = next_of(lane_state(&r->s->lane, SV("quiet")), "stopped");
	set_state(r, to.n ? to : SV("after"));
	return true;
}

/* A sign that only asks is answered while it watches; what only leans is still asked. */
static int raised(const struct run *r, const struct lane_state *st, const struct tag_best *sign)
{
	return st && st->raise && sign->tier == 1 && !sign->leaned
	    && sv_is(r->ss->lane.state, "after") ? 1 + st->raise : sign->tier;
}

void lane_expire(struct run *r)
{
	if (r->ss->lane.until && r->ss->lane.until <= r->ev->now)
		set_state(r, SV("none"));
}

/* ---- someone may see the screen ------------------------------------------------------- */

/* What waited unnamed is said now; then the talk goes on. */
static void unveil(struct run *r)
{
	struct lane_now *l = &r->ss->lane;

	l->discreet = false;
	say_line(r, "quiet-off");
	if (!lane_open(r)) {
		r->talk = &r->ss->talk;
		run_ask_again(r);
		return;
	}
	say_flush(r, NULL, 0);
	if (!r->ss->lane_talk.n) {
		enter_state(r, l->state);
		return;
	}
	r->talk = &r->ss->lane_talk;
	r->flags |= SAY_LANE;
	run_ask_again(r);
	say_flush(r, NULL, 0);
}

/* Quiet until the person says that nobody looks: a sign is remembered, danger now
 * is answered without its name, the rest gets one neutral line. */
static enum lane_turn veiled(struct run *r, const struct tag_best *sign)
{
	struct lane_now *l = &r->ss->lane;
	const struct intent *in = intent_control(r->s, r->msg, true);
	enum lane_turn passed = sign ? LANE_QUIET : passes(r);

	if (sign) {
		note(r, SV("about"), sign->about.n ? sign->about : SV("self"));
		note_sign(r, sign->class, sign->tier, person_meant(r));
		set_state(r, state_at(r, sign->tier));
	} else if (in && (sv_is(in->act, "aloud") || sv_is(in->act, "resume"))) {
		unveil(r);
		return LANE_ANSWERED;
	} else if (passed != LANE_QUIET) {
		return passed;
	}
	speak(r, sign && l->tier >= 3 ? SV("veiled-now") : SV("veiled"), SV(""));
	return LANE_ANSWERED;
}

/* A sign of another kind than the one that is being talked about, not yet answered. */
static bool other_kind(struct run *r, const struct tag_best *best)
{
	struct sv full = state_at(r, best->tier);

	return best->tier >= 2 && !sv_eq(best->class, r->ss->lane.class)
	    && text_part(r, full, best->class, "") != text_part(r, full, r->ss->lane.class, "")
	    && !noted(r, arena_printf(r->a, "told.%.*s", SV_ARG(best->class)));
}

/* "I'm afraid of him" is a sign of its own, and the answer to "who is afraid?": a
 * question that expects it takes it, where both kinds have a dialog.  Danger now is
 * no answer. */
static bool was_expected(struct run *r, const struct tag_best *best)
{
	if (!r->ss->lane_talk.n || !r->ss->lane_talk.waiting || best->tier > r->ss->lane.tier
	    || best->tier >= 3 || !dialog_of(r, best->class).n)
		return false;
	r->talk = &r->ss->lane_talk;
	r->flags |= SAY_LANE;
	if (answer_read(r, true) != ANSWER_TAKEN) {
		r->flags &= ~(unsigned)SAY_LANE;
		return false;
	}
	r->lane_spoke = true;
	run_on(r);
	say_flush(r, NULL, 0);
	dialog_over(r);
	return true;
}

/* Does what was read begin the lane, or begin it anew? */
static bool is_sign(struct run *r, const struct lane_state *st, const struct tag_best *best)
{
	const struct lane_heard *h = lane_open(r) ? heard(r, st) : NULL;

	if (h && h->instead && !sv_eq(best->class, r->ss->lane.class))
		return false;
	return best->tier && (!lane_open(r) || best->tier > r->ss->lane.tier
	    || (best->tier == 3 && !st->firm) || other_kind(r, best));
}

/* Neither a yes nor a no to what was asked, and no sign: somebody goes on with their story. */
static bool is_aside(struct run *r, const struct lane_state *st, int tier)
{
	const struct lane_aside *a = &r->s->lane.aside;

	return !tier && next_of(st, "aside").n && r->msg->n_words >= a->words
	    && tag_in(a->classes, a->n_classes, r->ss->lane.class) && !heard(r, st)
	    && !read_value(r, st).n;
}

/* It is asked once more, or the talk takes what was said, and the lane stays watchful. */
static enum lane_turn take_aside(struct run *r, const struct lane_state *st)
{
	set_state(r, next_of(st, "aside"));
	if (!lane_open(r))
		return LANE_QUIET;
	speak(r, r->ss->lane.state, r->ss->lane.class);
	return LANE_ANSWERED;
}

static enum lane_turn answer_open(struct run *r, const struct lane_state *st, int tier)
{
	settle(r, &r->ss->lane_talk);
	if (tier >= 3)
		note_danger(r);
	if (r->ss->lane_talk.n)
		in_dialog(r, st, tier);
	else if (tier >= 3 && st->firm && text_for(r, SV("still"), r->ss->lane.class))
		speak(r, SV("still"), r->ss->lane.class);
	else if (is_aside(r, st, tier))
		return take_aside(r, st);
	else
		answer_state(r, st);
	return LANE_ANSWERED;
}

enum lane_turn lane_first(struct run *r)
{
	struct lane_now *l = &r->ss->lane;
	const struct lane_state *st;
	enum lane_turn passed;
	struct tag_best best;
	bool sign;

	lane_expire(r);
	st = lane_state(&r->s->lane, l->state.n ? l->state : SV("none"));
	if (!st)
		st = lane_state(&r->s->lane, SV("none"));
	best = judge(r);
	best.tier = raised(r, st, &best);
	sign = is_sign(r, st, &best);
	if (sign) {
		cue_stop(r);            /* no breath is counted into this */
		if (passed_asks(r))
			passed_over(r);
	}
	if (l->discreet)
		return veiled(r, sign ? &best : NULL);
	if (sign) {
		if (!was_expected(r, &best))
			enter_sign(r, &best);
		return LANE_ANSWERED;
	}
	if (lane_open(r) && st->lets && begins_another(r, HEAR_IDLE))
		set_state(r, SV("after"));
	if (!lane_open(r))
		return LANE_QUIET;
	passed = passes(r);
	if (passed != LANE_QUIET)
		return passed;
	return names_country(r) ? LANE_ANSWERED : answer_open(r, st, best.tier);
}
