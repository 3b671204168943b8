#include "text/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void near_build(struct lexicon *lx)
{
	(void)lx;
}

uint32_t near_find(const struct lexicon *lx, int locale, struct sv word)
{
	(void)lx, (void)locale, (void)word;
	return SYM_NONE;
}

uint32_t squeeze_find(const struct lexicon *lx, int locale, struct sv word)
{
	(void)lx, (void)locale, (void)word;
	return SYM_NONE;
}

void mend_tokens(struct message *m, int locale, const struct folded *f, struct tokens *t)
{
	(void)m, (void)locale, (void)f, (void)t;
}
