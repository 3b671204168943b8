#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/xalloc.h"

bool err_set(struct err *e, enum err_code code, int line, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return false;
	e->code = code;
	e->line = line;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return false;
}

const char *err_name(enum err_code code)
{
	static const char *const names[] = {
#define X(c, text) [c] = text,
		ERR_MAP(X)
#undef X
	};

	return (unsigned)code < COUNT(names) ? names[code] : "unknown error";
}
