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
#include "engine/run.h"
#include "language/tagger.h"

/* As the lane reads it: all of its rule sets share one budget. */
static void read_long(const struct tree *t, const struct language *l, struct sv text)
{
	struct arena *a = arena_create();
	struct reading *r = reading_create(l, text, a);
	const struct tags **all = ARENA_ARRAY(a, const struct tags *,
	    t->script->n_languages * t->script->lane.n_rulesets);
	bool cut = r->message->unread;
	size_t n;

	lane_judge(t->script, r, all, &n);
	for (size_t i = 0; i < n; i++)
		cut = cut || all[i]->cut;
	if (cut)
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
