#include "term/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void driver_init(struct driver *d, struct chat *c)
{
	*d = (struct driver){ .chat = c, .texts = json_array(), .dialog = STR_INIT,
		.step = STR_INIT, .reader = STR_INIT, .lane = STR_INIT, .lane_class = STR_INIT,
		.intent = STR_INIT, .end = STR_INIT };
}

void driver_fini(struct driver *d)
{
	struct str *all[] = { &d->dialog, &d->step, &d->reader, &d->lane, &d->lane_class,
		&d->intent, &d->end };

	for (size_t i = 0; i < COUNT(all); i++)
		str_fini(all[i]);
	json_decref(d->texts);
}

static void keep(struct str *s, struct sv v)
{
	str_clear(s);
	str_add(s, v);
}

void driver_trace(void *driver, const struct trace *t)
{
	struct driver *d = driver;

	keep(&d->dialog, t->dialog);
	keep(&d->step, t->step);
	keep(&d->reader, t->reader);
	keep(&d->lane, t->lane_state);
	keep(&d->lane_class, t->lane_class);
	keep(&d->intent, t->intent);
	keep(&d->end, t->end);
	d->rung = t->rung;
}

static json_t *string(struct sv s)
{
	json_t *j = json_stringn(s.n ? s.p : "", s.n);

	return j ? j : json_string("");         /* not UTF-8 */
}

bool driver_show(void *driver, const struct outbound *o)
{
	static const struct { unsigned flag; const char *name; } flags[] = {
		{ SAY_DRAFT, "draft" }, { SAY_LANE, "lane" }, { SAY_CUE, "cue" },
		{ SAY_LATE, "late" },
	};
	struct driver *d = driver;
	json_t *text = json_object(), *choices = json_array();

	json_object_set_new(text, "text", string(o->text));
	for (size_t i = 0; i < COUNT(flags); i++)
		json_object_set_new(text, flags[i].name, json_boolean(o->flags & flags[i].flag));
	if (o->export_file)
		json_object_set_new(text, "export", json_true());
	if (o->hide)
		json_object_set_new(text, "hide", json_true());
	for (size_t i = 0; i < o->n_choices; i++)
		json_array_append_new(choices, string(o->choices[i].label));
	json_object_set_new(text, "choices", choices);
	json_array_append_new(d->texts, text);
	return true;
}

bool driver_answer(struct driver *d)
{
	int64_t due = turn_next_due(d->chat->app);
	json_t *o = json_object();
	bool ok;

	json_object_set_new(o, "dialog", string(str_sv(&d->dialog)));
	json_object_set_new(o, "step", string(str_sv(&d->step)));
	json_object_set_new(o, "reader", string(str_sv(&d->reader)));
	json_object_set_new(o, "rung", json_integer(d->rung));
	json_object_set_new(o, "lane", string(str_sv(&d->lane)));
	json_object_set_new(o, "class", string(str_sv(&d->lane_class)));
	json_object_set_new(o, "intent", string(str_sv(&d->intent)));
	json_object_set_new(o, "texts", d->texts);
	json_object_set_new(o, "end", string(str_sv(&d->end)));
	json_object_set_new(o, "due", due
	    ? json_integer(due - clock_now(&d->chat->clock)) : json_null());
	d->texts = json_array();
	ok = json_dumpf(o, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF &&
	    fflush(stdout) == 0;
	json_decref(o);
	return ok;
}

static bool wait_for(struct driver *d, const json_t *span)
{
	int64_t seconds = json_integer_value(span);

	if (json_is_string(span) && !clock_span(sv_from(json_string_value(span)), &seconds))
		seconds = 0;
	return chat_wait(d->chat, seconds > 0 ? seconds : 0);
}

static struct sv text_of(const json_t *s)
{
	return (struct sv){ json_string_value(s), json_string_length(s) };
}

/* Not an object of ours: *known is false, and it is a message like any other. */
static bool driver_object(struct driver *d, const json_t *o, bool *known)
{
	static const struct { const char *key; enum event_kind kind; } events[] = {
		{ "text", EVENT_TEXT }, { "edit", EVENT_EDIT }, { "retract", EVENT_RETRACT },
		{ "audio", EVENT_AUDIO }, { "cipher", EVENT_CIPHER },
	};
	const json_t *value = json_object_get(o, "wait");

	*known = true;
	if (value)
		return wait_for(d, value);
	for (size_t i = 0; i < COUNT(events); i++) {
		value = json_object_get(o, events[i].key);
		if (json_is_string(value))
			return chat_take(d->chat, events[i].kind, text_of(value));
		if (json_is_true(value))
			return chat_take(d->chat, events[i].kind, SV(""));
	}
	*known = false;
	return true;
}

bool driver_line(struct driver *d, struct sv line)
{
	json_t *o = line.n && line.p[0] == '{'
	    ? json_loadb(line.p, line.n, JSON_ALLOW_NUL, NULL) : NULL;
	bool known = false, ok = true;

	if (json_is_object(o))
		ok = driver_object(d, o, &known);
	json_decref(o);
	return known ? ok : chat_take(d->chat, EVENT_TEXT, line);
}
