/* check/analyze.h - what the bot understands of a text, as JSON: for measuring.
 *
 * common/analyze.json says which analysis, reader or frames fill which field of
 * the answer; C knows none of the fields.  A field with "needs" appears only
 * when the input has that key; "field" makes one field of the analysis the whole
 * answer, "with" gives its rows texts of the input.  Nothing is written anywhere. */
#ifndef CHECK_ANALYZE_H
#define CHECK_ANALYZE_H

#include <jansson.h>

#include "engine/model.h"

/* The fields that analyze.json asks for: a new reference, NULL where there are none. */
json_t *analyze_fields(const struct script *s);
/* A new reference; a is used for it and reset. */
json_t *analyze(const struct script *s, json_t *fields, struct sv locale, const json_t *input,
    bool explain, struct arena *a);

#endif
