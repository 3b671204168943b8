#include "xmpp/notify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

static void send_to(const char *path, struct sv text)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	int fd;

	if (n == 0 || n >= sizeof a.sun_path)
		return;
	memcpy(a.sun_path, path, n);
	if (path[0] == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, text.p, text.n, MSG_NOSIGNAL, (struct sockaddr *)&a,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

void notify(const char *fmt, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	STR_AUTO text = STR_INIT;
	va_list ap;

	if (!path)
		return;
	va_start(ap, fmt);
	str_addv(&text, fmt, ap);
	va_end(ap);
	send_to(path, str_sv(&text));
}

void notify_alive(int64_t now_ms)
{
	static int64_t last, every = -1;
	const char *usec;

	if (every < 0) {
		usec = getenv("WATCHDOG_USEC");
		every = usec ? atoll(usec) / 1000 / 3 : 0;
	}
	if (every == 0 || now_ms - last < every)
		return;
	last = now_ms;
	notify("WATCHDOG=1");
}
