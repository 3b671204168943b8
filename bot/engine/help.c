/* engine/help.c - which services are shown: the person's country, or what
 * works anywhere; numbers exactly as the file has them. */
#include <string.h>

#include "base/xalloc.h"
#include "engine/help.h"
#include "engine/run.h"

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

int64_t help_age(const struct service *s, int64_t now)
{
	int64_t checked = days_of(s->checked_on);

	return checked < 0 ? HELP_DEAD_DAYS + 1 : now / 86400 - checked;
}

static const struct country *country_of(const struct run *r)
{
	const struct held *h = held_find(&r->ss->user, SV("country"));

	return h ? script_country(r->s, h->text) : NULL;
}

struct picking {
	int64_t now;
	const struct service **out;
	size_t n, max;
};

static void collect(struct picking *p, const struct country *c, struct sv kind, bool old)
{
	for (size_t i = 0; c && i < c->n_services && p->n < p->max; i++) {
		const struct service *s = &c->services[i];
		bool dead = help_age(s, p->now) > HELP_DEAD_DAYS, have = false;

		for (size_t k = 0; k < p->n; k++)
			have = have || p->out[k] == s;
		if (!have && sv_eq(s->kind, kind) && (sv_is(kind, "directory") || dead == old))
			p->out[p->n++] = s;
	}
}

/* The fresh of each kind; the old where it has none. */
static void collect_kinds(struct picking *p, const struct country *c, const struct sv *kinds,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t before = p->n;

		collect(p, c, kinds[i], false);
		if (p->n == before)
			collect(p, c, kinds[i], true);
	}
}

static bool any_stale(const struct picking *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!sv_is(p->out[i]->kind, "directory")
		    && help_age(p->out[i], p->now) > HELP_STALE_DAYS)
			return true;
	return false;
}

size_t help_services(const struct script *s, const struct country *c, int64_t now,
    const struct sv *kinds, size_t n_kinds, const struct service **out, size_t max)
{
	const struct country *any = script_country(s, SV("international"));
	struct picking p = { now, out, 0, max };

	if (!c)
		c = any;
	collect_kinds(&p, c, kinds, n_kinds);
	collect_kinds(&p, c, s->lane.any, s->lane.n_any);
	if (p.n && p.n == max && any_stale(&p))
		p.n--;
	collect(&p, c, SV("directory"), false);
	collect(&p, any, SV("directory"), false);
	return p.n;
}

size_t help_old(const struct script *s, int64_t now, size_t *countries)
{
	size_t n = 0;

	*countries = 0;
	for (size_t i = 0; i < s->n_countries; i++) {
		const struct country *c = &s->countries[i];
		size_t here = 0;

		for (size_t k = 0; k < c->n_services; k++)
			here += !sv_is(c->services[k].kind, "directory")
			    && help_age(&c->services[k], now) > HELP_WARN_DAYS;
		n += here;
		*countries += here > 0;
	}
	return n;
}

struct sv help_emergency_of(const struct script *s, const struct country *c)
{
	const struct country *any = script_country(s, SV("international"));

	return c && c->emergency.n ? c->emergency : any ? any->emergency : SV("");
}

size_t help_pick(struct run *r, const struct sv *kinds, size_t n_kinds,
    const struct service **out, size_t max)
{
	return help_services(r->s, country_of(r), r->ev->now, kinds, n_kinds, out, max);
}

struct sv help_emergency(struct run *r)
{
	const struct country *c = country_of(r);

	return !c && r->emergency.n ? r->emergency : help_emergency_of(r->s, c);
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
	const struct country *c = country_of(r);

	run_extra(r, "country", c ? c->name : SV(""));
	if (!c) {
		say_line(r, "help-now");
		return;
	}
	say_line(r, "help-now-country");
	r->bubble_lines = true;
	help_say(r, r->s->lane.now, r->s->lane.n_now, 3);
}
