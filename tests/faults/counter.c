/* `attune run` with an engine that counts: what is told apart here is whether
 * each message was taken once, in order, and each reply came once.
 *
 * A reply is "<count>:<text>".  Words in the text: "two" gives two replies,
 * "urgent" a reply that overtakes other people's, "later" a reminder a second
 * later ("tick <number>"), "forget" starts anew. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/help.h"
#include "engine/step.h"
#include "xmpp/run.h"

struct script { int unused; };
struct session { long count, due, ticks; };

struct script *script_load(const struct source *sources, size_t n, struct findings *f)
{
	(void)sources, (void)n, (void)f;
	return xcalloc(1, sizeof(struct script));
}

void script_slim(struct script *s)
{
	(void)s;
}

void script_destroy(struct script *s)
{
	free(s);
}

struct session *session_create(void)
{
	return xcalloc(1, sizeof(struct session));
}

void session_destroy(struct session *ss)
{
	free(ss);
}

bool session_unpack(struct session *ss, struct sv blob)
{
	*ss = (struct session){ 0 };
	return sscanf(blob.n ? blob.p : "", "%ld %ld %ld", &ss->count, &ss->due, &ss->ticks) == 3;
}

void session_pack(const struct session *ss, struct str *out)
{
	str_addf(out, "%ld %ld %ld ", ss->count, ss->due, ss->ticks);
}

int64_t session_due(const struct session *ss)
{
	return ss->due;
}

void session_export(const struct session *ss, const struct script *s, struct str *out)
{
	(void)s;
	str_addf(out, "{\"count\":%ld}", ss->count);
}

size_t help_old(const struct script *s, int64_t now, size_t *countries)
{
	(void)s, (void)now;
	*countries = 0;
	return 0;
}

static void add(struct effects *out, struct arena *a, enum effect_kind kind, unsigned flags,
    const char *text)
{
	if (!out->items)
		out->items = ARENA_ARRAY(a, struct effect, 8);
	out->items[out->n++] = (struct effect){ .kind = kind, .flags = flags,
		.text = sv_from(text) };
}

static bool says(const struct event *ev, const char *word)
{
	return memmem(ev->text.p, ev->text.n, word, strlen(word)) != NULL;
}

enum engine_alone engine_alone(const struct script *s, struct session *ss,
    const struct event *ev, struct arena *a)
{
	(void)s, (void)ss, (void)ev, (void)a;
	return ALONE_NOT;
}

void engine_step(const struct script *s, struct session *ss, const struct host *h,
    const struct event *ev, struct arena *a, struct effects *out)
{
	unsigned flags;

	(void)s, (void)h;
	*out = (struct effects){ 0 };
	if (ev->kind == EVENT_TICK) {
		ss->due = 0;
		add(out, a, EFFECT_SAY, 0, arena_printf(a, "tick %ld", ++ss->ticks));
		return;
	}
	flags = says(ev, "urgent") ? SAY_LANE : 0;
	ss->count++;
	if (says(ev, "later") && ss->due == 0)
		ss->due = ev->now + 1;
	if (says(ev, "forget"))
		add(out, a, EFFECT_FORGET, 0, "");
	add(out, a, EFFECT_SAY, flags, arena_printf(a, "%ld:%.*s", ss->count, SV_ARG(ev->text)));
	if (says(ev, "two"))
		add(out, a, EFFECT_SAY, flags, arena_printf(a, "%ld:and", ss->count));
}

int main(int argc, char **argv)
{
	return command_run(argc - 1, argv + 1);
}
