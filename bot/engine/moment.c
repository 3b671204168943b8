/* engine/moment.c - when "tomorrow 20:00" is. */
#include "engine/moment.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, NIGHT_ENDS = 5 * 60, SOON = 60 };

enum base { BASE_NONE, BASE_EXACT, BASE_DAY, BASE_COUNTED, BASE_WEEKDAYS };

struct wanted {
	enum base base;
	int64_t exact;          /* BASE_EXACT: seconds from now */
	int ahead;              /* days from today */
	int weekday, date;      /* 0 = Monday, 1-31; -1 none */
	int minute;             /* of the day; -1 none */
};

static int64_t midnight(int64_t t)
{
	return t - t % DAY;
}

static int weekday(int64_t t)
{
	return (int)((t / DAY + 3) % 7);
}

/* Day of the month (days since 1970 -> civil date, Hinnant's algorithm). */
static int date(int64_t t)
{
	int64_t z = t / DAY + 719468, of_era = z % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	return (int)(of_year - (153 * month + 2) / 5 + 1);
}

bool moment_clock(struct sv s, int *minute)
{
	int64_t h, m;
	struct sv rest = s, hour;

	sv_split(&rest, ':', &hour);
	if (!rest.p || !sv_int(hour, &h) || !sv_int(sv_sub(rest, 0, 2), &m) || h < 0 || h > 23
	    || m < 0 || m > 59)
		return false;
	*minute = (int)(h * 60 + m);
	return true;
}

static bool read_weekday(struct sv word, int *n)
{
	static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday",
		"saturday", "sunday" };

	for (int i = 0; i < 7; i++)
		if (sv_is(word, days[i])) {
			*n = i;
			return true;
		}
	return false;
}

/* "20m" is exact, "3d" a day that is counted out. */
static bool read_span(struct sv word, struct wanted *w)
{
	static const struct { const char *unit; int seconds, days; } units[] = {
		{ "m", MINUTE, 0 }, { "h", HOUR, 0 }, { "d", 0, 1 }, { "w", 0, 7 }, { "mo", 0, 30 },
	};
	size_t digits = 0;
	int64_t n;

	while (digits < word.n && word.p[digits] >= '0' && word.p[digits] <= '9')
		digits++;
	if (!sv_int(sv_sub(word, 0, digits), &n) || n > 10000)
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (sv_is(sv_sub(word, digits, word.n), units[i].unit)) {
			w->base = units[i].days ? BASE_COUNTED : BASE_EXACT;
			w->exact = n * units[i].seconds;
			w->ahead = (int)n * units[i].days;
			return true;
		}
	return false;
}

static bool read_hour(const struct hours *h, struct sv word, int *minute)
{
	for (size_t i = 0; i < h->n; i++)
		if (sv_eq(word, h->named[i].name)) {
			*minute = h->named[i].minute;
			return true;
		}
	return moment_clock(word, minute);
}

static bool read_day(struct sv word, int64_t now, struct wanted *w)
{
	int64_t n;

	w->base = BASE_DAY;
	if (sv_is(word, "today"))
		w->ahead = 0;
	else if (sv_is(word, "tomorrow") || sv_is(word, "any"))
		w->ahead = now % DAY / MINUTE < NIGHT_ENDS ? 0 : 1;     /* whoever is still up */
	else if (sv_is(word, "daily"))
		w->ahead = 0;
	else if (sv_is(word, "weekdays"))
		w->base = BASE_WEEKDAYS;
	else if (sv_starts(word, SV("day")) && sv_int(sv_sub(word, 3, word.n), &n) && n > 0 && n < 32)
		w->date = (int)n;
	else
		return read_weekday(word, &w->weekday);
	return true;
}

static bool read_wanted(const struct hours *h, struct sv text, int64_t now, struct wanted *w)
{
	struct sv rest = text, word;

	*w = (struct wanted){ .weekday = -1, .date = -1, .minute = -1 };
	while (sv_split(&rest, ' ', &word)) {
		if (!word.n || sv_is(word, "in") || sv_is(word, "weekly") || sv_is(word, "every"))
			continue;
		if (!read_hour(h, word, &w->minute) && !read_span(word, w) && !read_day(word, now, w))
			return false;
	}
	if (w->base == BASE_NONE && w->minute >= 0)
		w->base = BASE_DAY;
	return w->base != BASE_NONE;
}

static bool fits(const struct wanted *w, int64_t day)
{
	return (w->weekday < 0 || weekday(day) == w->weekday)
	    && (w->date < 0 || date(day) == w->date)
	    && (w->base != BASE_WEEKDAYS || weekday(day) < 5);
}

static int clamp(int n, int least, int most)
{
	return n < least ? least : n > most ? most : n;
}

int64_t moment_next(const struct hours *h, struct sv text, int64_t now)
{
	struct wanted w;
	int64_t day;
	int minute;

	if (!read_wanted(h, text, now, &w))
		return 0;
	if (w.base == BASE_EXACT)
		return now + w.exact;
	minute = w.minute >= 0 ? w.minute : w.base == BASE_COUNTED
	    ? clamp((int)(now % DAY / MINUTE), h->from, h->to) : h->usual;
	day = midnight(now) + (int64_t)w.ahead * DAY;
	if (w.minute < 0 && sv_is(text, "today") && day + minute * MINUTE <= now)
		return now + SOON * MINUTE;
	while (!fits(&w, day) || day + (int64_t)minute * MINUTE <= now)
		day += DAY;
	return day + (int64_t)minute * MINUTE;
}

bool moment_again(struct sv text)
{
	static const char *const words[] = { "daily", "weekdays", "weekly", "every" };
	struct sv rest = text, first;

	sv_split(&rest, ' ', &first);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (sv_is(first, words[i]))
			return true;
	return false;
}

int moment_offset(int minute, int64_t utc)
{
	int off = minute - (int)(utc % DAY / MINUTE);

	off = (off + (off < 0 ? -7 : 7)) / 15 * 15;
	/* of the two sides of the date line, the one where people live */
	return off > 13 * 60 ? off - 24 * 60 : off <= -11 * 60 ? off + 24 * 60 : off;
}
