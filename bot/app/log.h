/* app/log.h - one key=value line per event, on stderr.
 *
 * No message text ever, no JID at any level: a person appears as a short keyed
 * tag that is another one tomorrow.  Bytes that are not printable ASCII come
 * out as \xNN, so that nothing a stranger sent can drive a terminal. */
#ifndef APP_LOG_H
#define APP_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum log_level {
	LOG_LEVEL_ERROR,        /* it stops, or somebody must act */
	LOG_LEVEL_WARNING,      /* it goes on, with less */
	LOG_LEVEL_INFO,         /* start, stop, connections, reloads */
	LOG_LEVEL_DEBUG,        /* each turn: sizes and durations */
};

enum { LOG_TAG = 9 };           /* eight hexadecimal digits and the NUL */

/* The secret keys the tags of people: store_secret().  Before log_init() the
 * level is info and tags are all the same. */
void log_init(enum log_level level, const unsigned char secret[32]);
bool log_wants(enum log_level level);
/* log_event(LOG_LEVEL_INFO, "connect", "server=%s port=%d", host, port);
 * fmt may be NULL.  A value with spaces is for the caller to put in quotes. */
void log_event(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The tag of a person on the day of now: log_event(..., "who=%s", log_who(...)). */
const char *log_who(struct sv who, int64_t now, char tag[LOG_TAG]);

#endif
