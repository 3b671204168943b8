/* One file of a small tree is anything: it is refused with a finding, or it talks. */
#include "fuzz.h"

static struct files tree;

static void talk(const struct script *s)
{
	static const struct host host;
	struct session *ss = session_create();
	struct arena *a = arena_create();
	struct event ev = { .kind = EVENT_TEXT, .text = SV("hello there"), .now = 1700000000,
		.utc_offset = INT_MIN, .salt = 7, .locale = SV("") };
	struct effects fx;

	for (int i = 0; i < 3; i++) {
		engine_step(s, ss, &host, &ev, a, &fx);
		arena_reset(a);
	}
	arena_destroy(a);
	session_destroy(ss);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct findings f = { 0 };
	struct source whole, *at;
	struct script *s;

	if (!tree.n)
		MUST(files_read(&tree, source_folder("tests/check/tree"), FILES_SCRIPT, &f));
	if (size == 0)
		return 0;
	at = &tree.items[data[0] % tree.n];
	whole = *at;
	at->text = input(data + 1, size - 1);
	s = script_load(tree.items, tree.n, &f);
	MUST(s || f.errors);
	if (s)
		talk(s);
	script_destroy(s);
	*at = whole;
	findings_fini(&f);
	return 0;
}
