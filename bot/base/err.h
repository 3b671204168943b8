/* err.h - one failure on its way up: what is wrong, where, what to do.
 *
 * A function that can fail returns false (or NULL) and fills *e; expected
 * outcomes are values of their own, never errors. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#define ERR_MAP(X)                          \
	X(ERR_NONE, "no error")             \
	X(ERR_SYNTAX, "syntax error")       \
	X(ERR_LIMIT, "over a limit")        \
	X(ERR_IO, "input/output error")     \
	X(ERR_STORE, "store error")         \
	X(ERR_CONFIG, "configuration error")\
	X(ERR_NETWORK, "network error")     \
	X(ERR_TLS, "TLS error")             \
	X(ERR_AUTH, "login refused")

enum err_code {
#define X(code, text) code,
	ERR_MAP(X)
#undef X
};

struct err {
	enum err_code code;
	int line;               /* 0 where no line is known */
	char text[240];         /* what and where, lower case, no full stop */
};

/* Always false, so that a caller can write: return err_set(e, ...);  e may be NULL. */
bool err_set(struct err *e, enum err_code code, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
const char *err_name(enum err_code code);

#endif
