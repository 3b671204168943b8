/* term/prompt.h - one message after another from whoever types.
 *
 * On a terminal with line editing and without history: nothing typed is kept
 * once the line is handed over.  From a pipe a line is a message.  While it
 * waits, it calls due() whenever timeout() says so. */
#ifndef TERM_PROMPT_H
#define TERM_PROMPT_H

#include <stdbool.h>

#include "base/str.h"

struct prompt_hooks {
	int (*timeout)(void *ctx);      /* milliseconds, -1 = for ever */
	bool (*due)(void *ctx);         /* may print; false: give up */
	void *ctx;
};

struct prompt;

struct prompt *prompt_create(bool tty, bool color, const struct prompt_hooks *hooks);
void prompt_destroy(struct prompt *p);
/* False: nobody is there any more.  The caller wipes the line. */
bool prompt_read(struct prompt *p, struct str *line);

#endif
