/* A library to preload: it is $LATER seconds later than it is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

time_t time(time_t *out)
{
	static long later = -1;
	struct timespec now;

	if (later < 0)
		later = getenv("LATER") ? atol(getenv("LATER")) : 0;
	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec + later;
	return now.tv_sec + later;
}
