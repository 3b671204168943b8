/* check/worst.c - long ordinary messages are read whole.
 *
 * Work is bounded by a limit, in units and not in time, so the worst string of all
 * costs no more than that.  But a message cut short counts for the lane's gentle
 * question: a limit that ordinary words can reach would ask it of everybody.  The
 * hardest ordinary words that a tree knows are its counter-examples: sentences near
 * the rules that no rule may hit. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"
#include "language/tagger.h"

static bool of_lane(const struct script *s, const struct ruleset *set)
{
	for (size_t i = 0; i < s->lane.n_rulesets; i++)
		if (sv_eq(s->lane.rulesets[i], ruleset_name(set)))
			return true;
	return false;
}

/* As the lane reads it: its rule sets, in all views. */
static void read_long(const struct tree *t, const struct language *l, struct sv text)
{
	struct arena *a = arena_create();
	struct reading *r = reading_create(l, text, a);

	for (size_t i = 0; i < l->n_rulesets; i++)
		if (of_lane(t->script, l->rulesets[i]))
			ruleset_run(l->rulesets[i], r, VIEW_ALL);
	if (r->message->cut)
		findings_add(t->findings, "W804", "lane/lane.json", arena_printf(a, "language %.*s",
		    SV_ARG(l->locale)), 0, "a long message of ordinary words is not read whole: \"%.*s ...\" "
		    "-- look for phrases of its words that begin with a common one, and give them a rarer",
		    40, text.p);
	arena_destroy(a);
}

void check_worst(const struct tree *t)
{
	size_t most = (size_t)t->script->limits.message;

	for (size_t i = 0; i < t->script->n_languages; i++) {
		const struct language *l = &t->script->languages[i];
		STR_AUTO text = STR_INIT;

		for (size_t k = 0; k < l->n_rulesets; k++) {
			struct sv no;

			for (size_t n = 0; (no = ruleset_counter_example(l->rulesets[k], n)).n; n++) {
				if (text.n + no.n + 2 > most) {
					read_long(t, l, str_sv(&text));
					str_clear(&text);
				}
				str_addf(&text, "%.*s. ", SV_ARG(no));
			}
		}
	}
}
