/* language/analysis.h - what is concluded from a text: a decision list.
 *
 * dialogs/FORMAT.md section 5.  An analysis names rule sets, picks clauses
 * ("main", "story"), states facts and decides: the first row that holds, or,
 * with "all", every row.  A record is its outcome for one reading; fields are
 * computed when asked for and live in the turn's arena. */
#ifndef LANGUAGE_ANALYSIS_H
#define LANGUAGE_ANALYSIS_H

#include "language/expression.h"
#include "language/grammar.h"
#include "language/language.h"
#include "language/tagger.h"

struct record;

/* Rule sets are looked up by name in l, so they are loaded first. */
struct analysis *analysis_load(const struct language *l, struct node *file, struct arena *a);
struct sv analysis_name(const struct analysis *an);
const struct analysis *language_analysis(const struct language *l, struct sv name);
/* The actions its rows can give, for the linter. */
size_t analysis_actions(const struct analysis *an, const struct sv **actions);
/* The selections whose clauses are read again after the turn ("keep"). */
size_t analysis_keeps(const struct analysis *an, const struct sv **selections);
bool analysis_field_known(const struct analysis *an, struct sv field);
/* {"set":{"person":"c.other"}}: which slot takes which field; false at the end. */
bool analysis_hand_over(const struct analysis *an, size_t i, struct sv *slot, struct sv *field);

/* with: the values of the slots it may read, by name; kept by reference.  An analysis
 * that asks for nothing but the text runs once for a reading. */
struct record *analysis_run(const struct analysis *an, struct reading *r,
    const struct scope *with, struct arena *a);
struct reading *record_reading(const struct record *rec);
bool record_cut(const struct record *rec);              /* a limit was met: see message.h */
struct sv record_action(const struct record *rec);      /* "" when no row held */
/* "action", a fact, "main.verb", "marks", an action name of an "all" list. */
struct value record_get(struct record *rec, struct sv field);
/* The clauses of a selection ("main", "story"). */
size_t record_clauses(struct record *rec, struct sv selection, const struct clause *const **cs);
/* All hits, for --explain: rule sets in order. */
size_t record_tags(const struct record *rec, const struct tags ***sets);

#endif
