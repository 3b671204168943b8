/* Any words, said to nobody's session: read, asked about by the lane, answered.  Disguised
 * by a character that cannot be seen, they raise the same alarm. */
#include "fuzz.h"

static struct arena *arena;

/* Is the lane open after these words? */
static bool alarm(struct sv text)
{
	static const struct host host;
	struct session *ss = session_create();
	struct event ev = { .kind = EVENT_TEXT, .text = text, .now = 1700000000,
		.utc_offset = INT_MIN, .salt = 7, .locale = SV("") };
	struct effects fx;
	bool open;

	engine_step(the_script("dialogs"), ss, &host, &ev, arena, &fx);
	open = ss->lane.state.n > 0;
	arena_reset(arena);
	session_destroy(ss);
	return open;
}

static bool is_letter(unsigned char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* A zero-width space inside a word. */
static void disguise(struct sv text, struct str *out)
{
	size_t at = text.n / 2;

	while (at > 0 && at < text.n && !(is_letter((unsigned char)text.p[at - 1]) &&
	    is_letter((unsigned char)text.p[at])))
		at++;
	str_add(out, sv_sub(text, 0, at));
	if (at > 0 && at < text.n)
		str_addz(out, "\xE2\x80\x8B");
	str_add(out, sv_sub(text, at, text.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv text = input(data, size);
	STR_AUTO hidden = STR_INIT;

	if (!arena)
		arena = arena_create();
	disguise(text, &hidden);
	/* The engine reads 8 KiB: what stands at the edge may fall off. */
	if (size < 4096)
		MUST(alarm(text) == alarm(str_sv(&hidden)));
	else
		alarm(text);
	return 0;
}
