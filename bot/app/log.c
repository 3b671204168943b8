#include "app/log.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 24 * 3600 };

static struct {
	enum log_level level;
	unsigned char secret[32];
} logger = { .level = LOG_LEVEL_INFO };

static const struct {
	const char *name;
	int priority;                   /* as the service manager counts */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", 3 },
	[LOG_LEVEL_WARNING] = { "warning", 4 },
	[LOG_LEVEL_INFO] = { "info", 6 },
	[LOG_LEVEL_DEBUG] = { "debug", 7 },
};

void log_init(enum log_level level, const unsigned char secret[32])
{
	logger.level = level;
	memcpy(logger.secret, secret, sizeof logger.secret);
}

bool log_wants(enum log_level level)
{
	return level <= logger.level;
}

static void add_printable(struct str *out, struct sv s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= ' ' && c <= '~')
			str_addc(out, (char)c);
		else
			str_addf(out, "\\x%02x", c);
	}
}

/* The journal stamps its lines itself; a terminal or a file wants the time. */
static void add_head(struct str *out, enum log_level level)
{
	time_t now = time(NULL);
	char stamp[32];
	struct tm tm;

	if (getenv("JOURNAL_STREAM")) {
		str_addf(out, "<%d>", levels[level].priority);
		return;
	}
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	str_addf(out, "time=%s level=%s ", stamp, levels[level].name);
}

void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	STR_AUTO line = STR_INIT;
	STR_AUTO pairs = STR_INIT;
	va_list ap;

	if (!log_wants(level))
		return;
	add_head(&line, level);
	str_addf(&line, "event=%s", event);
	if (fmt) {
		va_start(ap, fmt);
		str_addv(&pairs, fmt, ap);
		va_end(ap);
		str_addc(&line, ' ');
		add_printable(&line, str_sv(&pairs));
	}
	str_addc(&line, '\n');
	fwrite(line.p, 1, line.n, stderr);
	fflush(stderr);
}

const char *log_who(struct sv who, int64_t now, char tag[LOG_TAG])
{
	crypto_generichash_state h;
	int64_t day = now / DAY;
	unsigned char hash[16];

	crypto_generichash_init(&h, logger.secret, sizeof logger.secret, sizeof hash);
	crypto_generichash_update(&h, (const unsigned char *)"log", 3);
	crypto_generichash_update(&h, (const unsigned char *)&day, sizeof day);
	crypto_generichash_update(&h, (const unsigned char *)who.p, who.n);
	crypto_generichash_final(&h, hash, sizeof hash);
	return sodium_bin2hex(tag, LOG_TAG, hash, (LOG_TAG - 1) / 2);
}
