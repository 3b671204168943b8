#include "term/clock.h"

#include <limits.h>
#include <string.h>
#include <time.h>

enum { LONGEST = 10 * 366 * 24 * 3600 };

int64_t clock_now(const struct clock *c)
{
	return c->set ? c->at : (int64_t)time(NULL);
}

int clock_utc_offset(const struct clock *c)
{
	time_t now = time(NULL);
	struct tm tm;

	if (c->nowhere)
		return INT_MIN;
	return c->set ? 0 : (int)(localtime_r(&now, &tm)->tm_gmtoff / 60);
}

bool clock_parse(struct clock *c, const char *text)
{
	static const char *const forms[] = { "%H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M" };

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct tm tm = { .tm_year = 126, .tm_mon = 0, .tm_mday = 5 };
		const char *end = strptime(text, forms[i], &tm);

		if (end && *end == '\0') {
			*c = (struct clock){ .set = true, .at = timegm(&tm) };
			return true;
		}
	}
	c->set = sv_int(sv_from(text), &c->at) && c->at > 0;
	return c->set;
}

bool clock_span(struct sv text, int64_t *seconds)
{
	static const struct { char unit; int64_t seconds; } units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 24 * 3600 },
	};
	int64_t factor = 1;

	for (size_t i = 0; text.n && i < sizeof units / sizeof units[0]; i++)
		if (text.p[text.n - 1] == units[i].unit) {
			factor = units[i].seconds;
			text.n--;
			break;
		}
	if (!sv_int(text, seconds) || *seconds < 0 || *seconds > LONGEST / factor)
		return false;
	*seconds *= factor;
	return true;
}
