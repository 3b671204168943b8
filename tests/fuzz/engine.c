/* Any bytes as a session, then lines said to it.  After each the session is packed, read
 * and packed again: the same bytes.  Input: two bytes of length, the session, the lines. */
#include "fuzz.h"

static struct arena *arena;

static void round_trip(const struct session *ss)
{
	struct session *again = session_create();
	STR_AUTO one = STR_INIT;
	STR_AUTO two = STR_INIT;

	session_pack(ss, &one);
	MUST(session_unpack(again, str_sv(&one)));
	session_pack(again, &two);
	MUST(sv_eq(str_sv(&one), str_sv(&two)));
	session_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct host host;
	struct session *ss;
	struct sv rest = input(data, size), blob, line;
	size_t n = size < 2 ? 0 : data[0] | (size_t)data[1] << 8;
	int64_t now = 1700000000;

	if (size < 2)
		return 0;
	if (!arena)
		arena = arena_create();
	rest = sv_sub(rest, 2, rest.n);
	blob = sv_sub(rest, 0, n);
	rest = sv_sub(rest, n, rest.n);
	ss = session_create();
	if (!session_unpack(ss, blob)) {
		session_destroy(ss);
		ss = session_create();
	}
	for (int i = 0; i < 12 && sv_split(&rest, '\n', &line); i++) {
		struct event ev = { .kind = line.n ? EVENT_TEXT : EVENT_TICK, .text = line,
			.now = now += 40, .utc_offset = INT_MIN, .salt = 7, .locale = SV("") };
		struct effects fx;

		engine_step(the_script("dialogs"), ss, &host, &ev, arena, &fx);
		arena_reset(arena);
		round_trip(ss);
	}
	session_destroy(ss);
	return 0;
}
