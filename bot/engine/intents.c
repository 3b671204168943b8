/* engine/intents.c - what a message wants, by firm phrases, then by what it resembles, then by structure. */
#include "engine/model.h"
#include "language/examples.h"

/* The heaviest; of equals the match that covers more words; then file order. */
static const struct intent *best_hit(const struct script *s, const struct hit *hits, size_t n)
{
	const struct intent *best = NULL;
	int best_weight = 0, best_words = 0;

	for (size_t i = 0; i < n; i++) {
		const struct intent *in = &s->intents[hits[i].tag];
		int words = span_length(hits[i].match.words);

		if (best && (in->weight < best_weight
		    || (in->weight == best_weight && words < best_words)
		    || (in->weight == best_weight && words == best_words && in >= best)))
			continue;
		best = in;
		best_weight = in->weight;
		best_words = words;
	}
	return best;
}

static bool among(const struct sv *list, size_t n, struct sv action)
{
	for (size_t i = 0; i < n; i++)
		if (sv_eq(list[i], action))
			return true;
	return false;
}

/* The intent that the structure speaks for, NULL none; *alone: also without the examples. */
static const struct intent *by_analysis(const struct script *s, struct reading *r, struct arena *a,
    bool *alone)
{
	for (size_t i = 0; i < s->n_intents; i++) {
		const struct intent *in = &s->intents[i];
		const struct analysis *an = in->analysis.n ? language_analysis(r->language, in->analysis)
		    : NULL;
		struct sv action;

		if (!an)
			continue;
		action = record_action(analysis_run(an, r, NULL, a));
		*alone = among(in->actions, in->n_actions, action);
		if (*alone || among(in->hints, in->n_hints, action))
			return in;
	}
	return NULL;
}

bool intent_is_stop(const struct intent *in)
{
	return in && (sv_is(in->act, "stop") || sv_is(in->name, "stop"));
}

/* A phrase says by "=" that it must be the whole message; the lane takes no
 * other, so that nothing half meant silences it. */
const struct intent *intent_control(const struct script *s, struct message *m, bool marked)
{
	struct hit *hits = NULL;
	size_t n = s->controls ? message_scan(m, s->controls, VIEW_USUAL, &hits) : 0, kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!marked || lexicon_whole(s->lexicon, hits[i].phrase))
			hits[kept++] = hits[i];
	return best_hit(s, hits, kept);
}

const struct intent *intent_correction(const struct script *s, struct message *m, int *behind)
{
	struct hit *hits = NULL;
	size_t n = s->corrections ? message_scan(m, s->corrections, VIEW_USUAL, &hits) : 0;
	const struct intent *in = best_hit(s, hits, n);

	*behind = 0;
	for (size_t i = 0; i < n; i++)
		if (&s->intents[hits[i].tag] == in && hits[i].match.words.last > *behind)
			*behind = hits[i].match.words.last;
	return in;
}

bool intent_is_all(const struct script *s, struct message *m)
{
	struct hit *hits = NULL;
	size_t n = s->intent_firm ? message_scan(m, s->intent_firm, VIEW_USUAL, &hits) : 0;

	for (size_t i = 0; i < n; i++)
		if (lexicon_whole(s->lexicon, hits[i].phrase))
			return true;
	return false;
}

/* built: what the structure speaks for, NULL none.  Over an open question a word
 * or two is a try at an answer. */
static const struct intent *by_examples(const struct script *s, const struct reading *r,
    bool asked, const struct intent *built)
{
	const struct examples *x = r->language->examples;
	struct vote v;

	if (!x || (asked && r->message->n_words < s->limits.vote_words))
		return NULL;
	v = examples_vote(x, r->message, built ? built->name : SV(""), s->limits.vote_structure);
	return v.label < 0 || v.lead < (asked ? s->limits.vote_asked : s->limits.vote) ? NULL
	    : script_intent(s, examples_label(x, v.label));
}

/* Over an open question "because he was late" and "why do you ask" are tries at an
 * answer; what somebody did, told in a sentence of its own, is a new matter. */
static bool tells_anew(const struct reading *r)
{
	for (int i = 0; i < r->n_clauses; i++) {
		const struct clause *c = &r->clauses[i];

		if (c->who == SUBJECT_OTHER && c->link == LINK_MAIN && c->mood == MOOD_STATEMENT && c->told)
			return true;
	}
	return false;
}

const struct intent *intent_judge(const struct script *s, struct reading *r, enum hearing how,
    struct arena *a)
{
	const struct intent *in, *built;
	struct hit *hits;
	size_t n;
	bool alone = false;

	if (!s->intent_firm)
		return NULL;
	in = intent_control(s, r->message, false);
	if (in)
		return in;
	n = message_scan(r->message, s->intent_firm, VIEW_USUAL, &hits);
	in = best_hit(s, hits, n);
	if (in || how == HEAR_FIRM)
		return in;
	built = by_analysis(s, r, a, &alone);
	in = by_examples(s, r, how == HEAR_ASKED, built);
	if (in && (how != HEAR_ASKED || !in->analysis.n || tells_anew(r)))
		return in;
	n = message_scan(r->message, s->intent_any, VIEW_USUAL, &hits);
	in = best_hit(s, hits, n);
	return in || !alone || (how == HEAR_ASKED && !tells_anew(r)) ? in : built;
}

static const struct intent *tied(const struct script *s, const struct hit *hits, size_t n,
    const struct intent *best)
{
	int words = 0;

	for (size_t i = 0; i < n; i++)
		if (&s->intents[hits[i].tag] == best && span_length(hits[i].match.words) > words)
			words = span_length(hits[i].match.words);
	for (size_t i = 0; i < n; i++) {
		const struct intent *in = &s->intents[hits[i].tag];

		if (in != best && in->weight == best->weight && span_length(hits[i].match.words) == words)
			return in;
	}
	return NULL;
}

void intent_tie(const struct script *s, struct message *m, const struct intent **one,
    const struct intent **two)
{
	const struct group *groups[] = { s->controls, s->intent_firm, s->intent_any };

	*one = *two = NULL;
	for (size_t i = 0; i < sizeof groups / sizeof groups[0] && !*one; i++) {
		struct hit *hits = NULL;
		size_t n = groups[i] ? message_scan(m, groups[i], VIEW_USUAL, &hits) : 0;

		*one = best_hit(s, hits, n);
		if (*one)
			*two = tied(s, hits, n, *one);
	}
}
