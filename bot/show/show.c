#include "show/show.h"

#include "base/xalloc.h"
#include "text/fold.h"

void show_seconds(int seconds, struct str *out)
{
	static const struct { int size; const char *one, *many; } units[] = {
		{ 86400, "a day", "days" }, { 3600, "an hour", "hours" }, { 60, "a minute", "minutes" },
		{ 1, "a second", "seconds" },
	};

	for (size_t i = 0; i < COUNT(units); i++) {
		if (seconds % units[i].size && units[i].size > 1)
			continue;
		if (seconds == units[i].size)
			str_addz(out, units[i].one);
		else
			str_addf(out, "%d %s", seconds / units[i].size, units[i].many);
		return;
	}
}

void show_slot_keep(const struct slot_def *slot, struct str *out)
{
	if (slot->keep == KEEP_NEVER)
		str_addz(out, "gone when this dialog ends");
	else if (slot->keep == KEEP_FOREVER)
		str_addz(out, "until it is deleted");
	else if (slot->keep == KEEP_DAY)
		str_addz(out, "a day after the last message");
	else
		str_addf(out, "%d days after the last message", slot->keep);
}

static bool sentence_begins(const struct str *out)
{
	size_t n = out->n;

	while (n && (out->p[n - 1] == ' ' || out->p[n - 1] == '\n'))
		n--;
	return !n || (n < out->n && (out->p[n - 1] == '.' || out->p[n - 1] == '?' || out->p[n - 1] == ':'));
}

static void put_segment(const struct dialog *d, const struct segment *g, bool sentence,
    struct str *out)
{
	const struct grammar *grammar = d->language ? d->language->grammar : NULL;
	bool begins = sentence && sentence_begins(out);
	size_t from = out->n;

	switch (g->kind) {
	case SEGMENT_LITERAL:
		str_add(out, g->text);
		return;
	case SEGMENT_BY_PERSON: case SEGMENT_BY_COUNT:
		str_add(out, g->n_alternatives ? g->alternatives[g->n_alternatives - 1] : SV(""));
		break;
	case SEGMENT_VALUE:
		if (grammar && grammar_has_role(grammar, g->form))
			str_add(out, grammar_pronoun(grammar, SV(""), g->form));
		else
			str_addf(out, "[%.*s]", SV_ARG(g->text));
		break;
	}
	if (begins)
		fold_capital(out, from);
}

void show_words(const struct dialog *d, const struct text *t, bool sentence, struct str *out)
{
	for (size_t i = 0; i < t->n; i++)
		put_segment(d, &t->segments[i], sentence, out);
}

const struct dialog *show_find(const struct script *s, struct sv name, struct sv locale)
{
	return script_dialog(s, name, locale.n ? locale : s->base_locale);
}

static void put_names(const struct sv *names, size_t n, struct str *out)
{
	for (size_t i = 0; i < n; i++)
		str_addf(out, "%s%.*s", i ? ", " : " ", SV_ARG(names[i]));
}

static void put_sets(const struct step *st, struct str *out)
{
	for (size_t i = 0; i < st->n_sets; i++)
		str_addf(out, "%s%.*s := %.*s", i ? ", " : "sets ", SV_ARG(st->sets[i].slot),
		    SV_ARG(st->sets[i].source));
}

static void put_remind(const struct step *st, struct str *out)
{
	str_addf(out, "writes again at \"%.*s\", ", SV_ARG(st->name));
	if (st->at.n) {
		str_addf(out, "at %.*s", SV_ARG(st->at));
	} else {
		str_addz(out, "in ");
		show_seconds(st->in_seconds, out);
	}
}

void show_deed(const struct step *st, struct str *out)
{
	switch (st->verb) {
	case DO_PICK: str_addf(out, "takes a row of %.*s",
		    SV_ARG(st->from.grid ? st->from.grid->name : st->name)); break;
	case DO_SET: put_sets(st, out); break;
	case DO_DROP: str_addz(out, "forgets"); put_names(st->names, st->n_names, out); break;
	case DO_ANALYZE: str_addf(out, "reads %.*s: %.*s", SV_ARG(st->on), SV_ARG(st->name)); break;
	case DO_BUILD: str_addf(out, "writes %.*s%s%.*s%s", SV_ARG(st->name), st->reg.n ? ", " : "",
		    SV_ARG(st->reg), st->gaps ? ", with gaps" : ""); break;
	case DO_CALL: str_addf(out, "goes through \"%.*s\" and comes back", SV_ARG(st->name)); break;
	case DO_REMIND: put_remind(st, out); break;
	case DO_SAVE: str_addf(out, "keeps a %.*s", SV_ARG(st->name)); break;
	case DO_SHOW: str_addz(out, "shows"); put_names(st->names, st->n_names, out); break;
	case DO_UNLOCK: str_addf(out, "lifts the hold on %.*s", SV_ARG(st->name)); break;
	case DO_NOTHING: case DO_SAY: case DO_ASK: case DO_CUE: case DO_OFFER: break;
	}
}
