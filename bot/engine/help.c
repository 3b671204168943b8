/* engine/help.c - which services are shown: the person's country, or what
 * works anywhere; numbers exactly as the file has them. */
#include <string.h>

#include "base/xalloc.h"
#include "engine/run.h"

enum { STALE_DAYS = 365, DEAD_DAYS = 2 * 365 };

/* Days since 1970-01-01 of "2026-11-24"; -1 when it is no date. */
static int64_t days_of(struct sv date)
{
	int64_t y, m, d, era, yoe, doy;

	if (date.n != 10 || !sv_int(sv_sub(date, 0, 4), &y) || !sv_int(sv_sub(date, 5, 7), &m)
	    || !sv_int(sv_sub(date, 8, 10), &d) || m < 1 || m > 12)
		return -1;
	y -= m <= 2;                    /* the year starts in March */
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t age_days(const struct run *r, const struct service *s)
{
	int64_t checked = days_of(s->checked_on);

	return checked < 0 ? DEAD_DAYS + 1 : r->ev->now / 86400 - checked;
}

static const struct country *country_of(const struct run *r)
{
	const struct held *h = held_find(&r->ss->user, SV("country"));
	const struct country *c = h ? script_country(r->s, h->text) : NULL;

	return c ? c : script_country(r->s, SV("international"));
}

static size_t collect(struct run *r, const struct country *c, struct sv kind, bool old,
    const struct service **out, size_t n, size_t max)
{
	for (size_t i = 0; c && i < c->n_services && n < max; i++) {
		const struct service *s = &c->services[i];
		bool dead = age_days(r, s) > DEAD_DAYS, have = false;

		for (size_t k = 0; k < n; k++)
			have = have || out[k] == s;
		if (!have && sv_eq(s->kind, kind) && (sv_is(kind, "directory") || dead == old))
			out[n++] = s;
	}
	return n;
}

static bool any_stale(const struct run *r, const struct service *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!sv_is(list[i]->kind, "directory") && age_days(r, list[i]) > STALE_DAYS)
			return true;
	return false;
}

/* By kind, fresh before old; then what is for everybody; then the directory, which
 * also stands beside every entry that is a year old. */
size_t help_pick(struct run *r, const struct sv *kinds, size_t n_kinds,
    const struct service **out, size_t max)
{
	const struct country *c = country_of(r), *any = script_country(r->s, SV("international"));
	const struct lane *l = &r->s->lane;
	size_t n = 0;

	for (size_t i = 0; i < n_kinds && n < max; i++)
		n = collect(r, c, kinds[i], false, out, n, max);
	for (size_t i = 0; i < n_kinds && !n; i++)
		n = collect(r, c, kinds[i], true, out, n, max);
	for (size_t i = 0; i < l->n_any && n < max; i++)
		n = collect(r, c, l->any[i], false, out, n, max);
	for (size_t i = 0; i < l->n_any && !n; i++)
		n = collect(r, c, l->any[i], true, out, n, max);
	if (n && any_stale(r, out, n) && n == max)
		n--;
	if (n < max)
		n = collect(r, c, SV("directory"), false, out, n, max);
	if (n < max)
		n = collect(r, any, SV("directory"), false, out, n, max);
	return n;
}

struct sv help_emergency(struct run *r)
{
	const struct country *c = country_of(r), *any = script_country(r->s, SV("international"));

	if (c && c->emergency.n)
		return c->emergency;
	return any ? any->emergency : SV("");
}

void help_say(struct run *r, const struct sv *kinds, size_t n_kinds, size_t rows)
{
	const struct service *list[8];
	size_t n = help_pick(r, kinds, n_kinds, list, rows < COUNT(list) ? rows : COUNT(list));

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i]->n_lines; k++)
			say(r, list[i]->lines[k], PIECE_LINES);
}

/* The same words every time: people must recognize them. */
void help_now(struct run *r)
{
	const struct held *h = held_find(&r->ss->user, SV("country"));
	const struct country *c = h ? script_country(r->s, h->text) : NULL;

	run_extra(r, "country", c ? c->name : SV(""));
	if (!c) {
		say_line(r, "help-now");
		return;
	}
	say_line(r, "help-now-country");
	r->bubble_lines = true;
	help_say(r, r->s->lane.now, r->s->lane.n_now, 3);
}
