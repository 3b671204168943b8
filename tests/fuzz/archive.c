/* What an archive tells, a stanza a line: in any order, again and again.  What belongs
 * together is kept together, and nothing of it is made up. */
#include "fuzz.h"
#include "xmpp/gather.h"
#include "xmpp/guard.h"
#include "xmpp/inbound.h"

static xmpp_ctx_t *ctx;

static void tell(struct gather *g, struct sv line, size_t *most)
{
	struct inbound_context c = { SV("attune@example.org"), SV("q1"), true, 1772400000 };
	char *z = xstrndup(line.p, line.n);
	xmpp_stanza_t *st = xmpp_stanza_new_from_string(ctx, z);
	struct heard r;

	free(z);
	if (!st)
		return;
	inbound_read(&c, st, &r);
	if (r.kind == HEARD_PERSON) {
		bool had = gather_has(g, r.in.who);
		bool added = gather_add(g, &r.in, r.in.now - r.in.written > 600 && r.in.written);

		MUST(added || r.in.kind != EVENT_TEXT || !had);
		*most += r.in.text.n;
	}
	heard_fini(&r);
	xmpp_stanza_release(st);
}

static void look(const struct gather *g, size_t most)
{
	const struct inbound *in;
	size_t n, at = 0, sum = 0;

	while (gather_next(g, &at, &in, &n)) {
		MUST(n > 0);
		for (size_t i = 0; i < n; i++) {
			MUST(sv_eq(in[i].who, in[0].who));
			sum += in[i].text.n;
		}
	}
	MUST(sum == gather_bytes(g) && sum <= most);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gather *g = gather_create();
	struct sv rest = input(data, size), line;
	size_t most = 0;

	if (!ctx) {
		xmpp_initialize();
		ctx = xmpp_ctx_new(NULL, NULL);
		MUST(guard_works(ctx));
	}
	while (sv_split(&rest, '\n', &line))
		tell(g, line, &most);
	look(g, most);
	while (!gather_empty(g)) {
		gather_drop_first(g);
		look(g, most);
	}
	gather_destroy(g);
	return 0;
}
