/* xmpp/notify.h - the service manager's socket (sd_notify), without its library. */
#ifndef XMPP_NOTIFY_H
#define XMPP_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STATUS=online", "STOPPING=1"; nothing when there is no manager. */
void notify(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Tells the watchdog that the loop turns, as often as it wants to hear it. */
void notify_alive(int64_t now_ms);

#endif
