/* A library to preload: the n-th call of a kind fails, or is the last one.
 *
 * BREAK=KIND:N:WHAT   KIND: sync write send recv alloc
 *                     WHAT: before, after (killed there), EIO, ENOSPC, null,
 *                     with "*" behind it from the n-th on for ever
 * BREAK_COUNT=FILE    at the end the number of calls of each kind is written there
 * BREAK_FIRED=FILE    is made when the fault came */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { SYNC, WRITE, SEND, RECV, ALLOC, KINDS };
enum what { NOTHING, BEFORE, AFTER, FAIL };

static const char *const names[] = { "sync", "write", "send", "recv", "alloc" };
static long counts[KINDS];
static int the_kind = -1, the_errno;
static long the_n;
static enum what the_what;
static bool for_ever, ready;

__attribute__((constructor)) static void read_order(void)
{
	const char *order = getenv("BREAK");
	char kind[16], what[16];

	ready = true;
	if (!order || sscanf(order, "%15[a-z]:%ld:%15s", kind, &the_n, what) != 3)
		return;
	for (int i = 0; i < KINDS; i++)
		if (strcmp(kind, names[i]) == 0)
			the_kind = i;
	for_ever = what[strlen(what) - 1] == '*';
	the_what = strncmp(what, "before", 6) == 0 ? BEFORE : strncmp(what, "after", 5) == 0 ? AFTER
	    : FAIL;
	the_errno = strncmp(what, "ENOSPC", 6) == 0 ? ENOSPC : strncmp(what, "null", 4) == 0 ? ENOMEM
	    : EIO;
}

__attribute__((destructor)) static void write_counts(void)
{
	const char *path = getenv("BREAK_COUNT");
	char text[200];
	int n = 0, fd;

	if (!path)
		return;
	for (int i = 0; i < KINDS; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s %ld\n", names[i], counts[i]);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd >= 0 && syscall(SYS_write, fd, text, n) == n)
		close(fd);
}

static void fired(void)
{
	const char *path = getenv("BREAK_FIRED");

	if (path)
		close((int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0600));
}

static void die(void)
{
	fired();
	syscall(SYS_kill, getpid(), SIGKILL);
}

/* What is to happen at this call. */
static enum what now(enum kind k)
{
	long n = ++counts[k];

	if (!ready || (int)k != the_kind || n < the_n || (n > the_n && !for_ever))
		return NOTHING;
	if (the_what == BEFORE)
		die();
	if (the_what == FAIL)
		fired();
	return the_what;
}

static void *real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

#define REAL(type, name, params) \
	static type (*f) params; \
	if (!f) \
		*(void **)&f = real(name)

#define CALL(kind, call) \
	do { \
		enum what w = now(kind); \
		if (w == FAIL) { errno = the_errno; return -1; } \
		__typeof__(call) r = call; \
		if (w == AFTER) die(); \
		return r; \
	} while (0)

static bool is_file(int fd)
{
	struct stat st;

	return fd > 2 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_socket(int fd)
{
	struct stat st;

	return fd > 2 && fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

int fsync(int fd)
{
	REAL(int, "fsync", (int));
	CALL(SYNC, f(fd));
}

int fdatasync(int fd)
{
	REAL(int, "fdatasync", (int));
	CALL(SYNC, f(fd));
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	REAL(ssize_t, "pwrite", (int, const void *, size_t, off_t));
	CALL(WRITE, f(fd, p, n, at));
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	REAL(ssize_t, "pwrite64", (int, const void *, size_t, off64_t));
	CALL(WRITE, f(fd, p, n, at));
}

ssize_t write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, "write", (int, const void *, size_t));
	if (is_file(fd))
		CALL(WRITE, f(fd, p, n));
	if (is_socket(fd))
		CALL(SEND, f(fd, p, n));
	return f(fd, p, n);
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	REAL(ssize_t, "send", (int, const void *, size_t, int));
	CALL(SEND, f(fd, p, n, flags));
}

ssize_t read(int fd, void *p, size_t n)
{
	REAL(ssize_t, "read", (int, void *, size_t));
	if (is_socket(fd))
		CALL(RECV, f(fd, p, n));
	return f(fd, p, n);
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
	REAL(ssize_t, "recv", (int, void *, size_t, int));
	CALL(RECV, f(fd, p, n, flags));
}

/* dlsym() itself allocates: glibc's own names need none. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static bool no_memory(void)
{
	bool no = now(ALLOC) == FAIL;

	if (no)
		errno = ENOMEM;
	return no;
}

void *malloc(size_t n)
{
	return no_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return no_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return no_memory() ? NULL : __libc_realloc(p, n);
}
