/* language/expression.h - one-line conditions and sums, parsed at load.
 *
 *   c.action = keep and not has(person.told)      clamp(heat + r.hot - 1, 0, 10)
 *
 * dialogs/FORMAT.md section 6.  Operators by weight: or, and, not, comparison
 * (= != < <= > >= in), + and -, a constant factor *.  A "-" between letters is
 * part of a name ("gave-in"); minus stands between spaces.  An empty value
 * fails every comparison; in a sum it counts 0.  No loops, no user functions. */
#ifndef LANGUAGE_EXPRESSION_H
#define LANGUAGE_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_TEXT, VALUE_SET };

struct value {
	enum value_kind kind;
	int64_t number;
	struct sv text;
	const struct sv *items; size_t n;       /* VALUE_SET */
};

struct expr;

/* What names mean.  get: a slot or field; call: a function with its argument
 * texts as written ("has(c.main)": {"c.main"}).  Unknown names: VALUE_NONE. */
struct scope {
	struct value (*get)(void *ctx, struct sv name);
	struct value (*call)(void *ctx, struct sv function, const struct sv *args, size_t n);
	void *ctx;
};

/* is_name tells a slot or field from a literal word ("draft"); a dotted word is
 * always a name. */
struct expr *expr_parse(struct sv text, bool (*is_name)(void *ctx, struct sv word), void *ctx,
    struct arena *a, struct err *e);
struct value expr_eval(const struct expr *x, const struct scope *s);
bool expr_true(const struct expr *x, const struct scope *s);
/* Every name and every function with its first argument, for the linter:
 * name "has(person)" comes as function "has", name "person". */
void expr_names(const struct expr *x, void (*fn)(void *ctx, struct sv function, struct sv name),
    void *ctx);

struct value value_number(int64_t n);
struct value value_text(struct sv s);
bool value_true(const struct value *v);     /* number not 0; text but "no" and ""; set not empty */
bool value_in(struct sv item, const struct value *set);   /* a set, or "a, b" as text */

#endif
