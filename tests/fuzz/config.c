/* Anything as attune.conf: refused with a line, or taken whole. */
#include "app/config.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c;
	struct err e = { 0 };

	if (config_parse(&c, "etc/attune.conf", input(data, size), &e)) {
		MUST(c.account.jid && c.account.resource && c.store.path);
		MUST(c.store.retention_days >= 1 && c.store.retention_days <= 365);
		MUST(c.account.port >= 0 && c.account.port <= 65535);
	} else {
		MUST(e.code == ERR_CONFIG && e.text[0]);
	}
	config_fini(&c);
	return 0;
}
