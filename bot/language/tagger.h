/* language/tagger.h - rule sets: phrases that carry a tag, with guards and examples.
 *
 * dialogs/FORMAT.md section 4.  A guard belongs to the clause of the phrase's
 * last fixed word; it removes the hit, or lowers its tier by one where the rule
 * set says so (never from tier 3).  Each rule carries sentences it must hit and
 * sentences no rule of its tag may hit; ruleset_prove() runs them. */
#ifndef LANGUAGE_TAGGER_H
#define LANGUAGE_TAGGER_H

#include "language/language.h"

struct rule {
	struct sv id, tag;
	uint16_t tag_index;     /* in the rule set */
	int weight, tier;       /* tier 0 where the set has no tiers */
	struct sv about;        /* "self", "other" or "" */
};

struct tag_hit {
	const struct rule *rule;
	struct match match;
	int clause;             /* of match.anchor */
	int tier;               /* after guards */
	struct sv guard;        /* the guard that lowered it, or "" */
};

struct tags {
	const struct ruleset *set;
	unsigned views;
	struct tags *next;      /* of the same reading */
	struct tag_hit *hits;   size_t n;    /* in text order; guarded-off hits are left out */
	bool cut;               /* a limit was met: see message.h */
};

struct ruleset *ruleset_load(struct lexicon *lx, struct sv locale, struct node *file,
    struct arena *a);
struct sv ruleset_name(const struct ruleset *s);
const char *ruleset_path(const struct ruleset *s);         /* of its file in the tree */
size_t ruleset_tags(const struct ruleset *s);
struct sv ruleset_tag(const struct ruleset *s, size_t i);
bool ruleset_has_tag(const struct ruleset *s, struct sv tag);
const struct ruleset *language_ruleset(const struct language *l, struct sv name);

/* Runs once for a reading and views; lives as long as the reading's message. */
const struct tags *ruleset_run(const struct ruleset *s, struct reading *r, unsigned views);
/* The n-th "no" of all its rules, for the linter; "" at the end. */
struct sv ruleset_counter_example(const struct ruleset *s, size_t n);
/* Runs every rule's yes and no sentences; a failure is a finding (E4xx), whose line
 * is looked for in the text of the set's file ("": without a line). */
void ruleset_prove(const struct ruleset *s, struct sv source, const struct language *l,
    struct findings *f);

#endif
