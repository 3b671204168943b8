#include "term/prompt.h"

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/xalloc.h"

enum {
	LONGEST = 64 * 1024,            /* the rest of a longer line is dropped */
	CHUNK = 4096,
	PROMPT_WIDTH = 2,
};

struct prompt {
	bool tty, color;
	struct prompt_hooks hooks;
	struct str held;                /* read from a pipe, not yet handed over */
	bool dropping;                  /* inside the rest of a line that was too long */
	bool ended;
	bool broken;                    /* Ctrl-C was the last key */
	mbstate_t shift;                /* of a character read by halves */
};

/* What a signal asked for; seen by whoever waits for a key. */
static volatile sig_atomic_t got_break, got_stop, got_resize, got_continue;

static void on_signal(int number)
{
	switch (number) {
	case SIGINT:
		got_break = 1;
		break;
	case SIGWINCH:
		got_resize = 1;
		break;
	case SIGCONT:
		got_continue = 1;
		break;
	default:
		got_stop = 1;
		break;
	}
}

static void catch_signals(bool tty)
{
	/* Without SA_RESTART: poll() must return. */
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (!tty)
		return;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGWINCH, &sa, NULL);
	sigaction(SIGCONT, &sa, NULL);
}

struct prompt *prompt_create(bool tty, bool color, const struct prompt_hooks *hooks)
{
	struct prompt *p = xcalloc(1, sizeof *p);

	p->tty = tty;
	p->color = color;
	p->hooks = *hooks;
	p->held = (struct str)STR_INIT;
	catch_signals(tty);
	return p;
}

void prompt_destroy(struct prompt *p)
{
	if (!p)
		return;
	str_wipe(&p->held);
	free(p);
}

enum waited { WAITED_KEY, WAITED_DUE, WAITED_SIGNAL, WAITED_END };

static enum waited wait_for_input(struct prompt *p)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int n;

	if (got_stop)
		return WAITED_END;
	if (got_break || got_resize || got_continue)
		return WAITED_SIGNAL;
	n = poll(&in, 1, p->hooks.timeout(p->hooks.ctx));
	if (n == 0)
		return WAITED_DUE;
	if (n < 0)
		return errno == EINTR ? got_stop ? WAITED_END : WAITED_SIGNAL : WAITED_END;
	return WAITED_KEY;
}

/* --- from a pipe --- */

/* Hands over the next whole line that was read. */
static bool cut_line(struct prompt *p, struct str *line)
{
	char *end = p->held.n ? memchr(p->held.p, '\n', p->held.n) : NULL;
	size_t n = end ? (size_t)(end - p->held.p) : p->held.n;
	bool dropped = p->dropping;

	if (!end && (p->held.n < LONGEST || dropped) && !p->ended)
		return false;
	if (!end && p->ended && p->held.n == 0)
		return false;
	if (!dropped)
		str_add(line, (struct sv){ p->held.p, n < LONGEST ? n : LONGEST });
	p->dropping = !end;
	n += end != NULL;
	memmove(p->held.p, p->held.p + n, p->held.n - n);
	explicit_bzero(p->held.p + p->held.n - n, n);
	str_cut(&p->held, p->held.n - n);
	while (line->n && line->p[line->n - 1] == '\r')
		str_cut(line, line->n - 1);
	return !dropped;
}

static bool fill(struct prompt *p)
{
	ssize_t n;

	if (p->dropping && !memchr(p->held.p, '\n', p->held.n)) {
		explicit_bzero(p->held.p, p->held.n);
		str_clear(&p->held);
	}
	str_reserve(&p->held, CHUNK);
	n = read(STDIN_FILENO, p->held.p + p->held.n, CHUNK);
	if (n < 0)
		return errno == EINTR;
	p->held.n += (size_t)n;
	p->held.p[p->held.n] = '\0';
	p->ended = n == 0;
	return true;
}

static bool read_pipe(struct prompt *p, struct str *line)
{
	while (!cut_line(p, line)) {
		if (p->ended && p->held.n == 0)
			return false;
		switch (wait_for_input(p)) {
		case WAITED_KEY:
			if (!fill(p))
				return false;
			break;
		case WAITED_DUE:
			if (!p->hooks.due(p->hooks.ctx))
				return false;
			break;
		case WAITED_SIGNAL:
			break;
		case WAITED_END:
			return false;
		}
	}
	return true;
}

/* --- from a terminal --- */

static wchar_t *prompt_text(EditLine *el)
{
	static wchar_t plain[] = L"> ", colored[] = L"\1\033[36m\1>\1\033[0m\1 ";
	struct prompt *p = NULL;

	el_wget(el, EL_CLIENTDATA, &p);
	return p->color ? colored : plain;
}

/* Takes the line off the screen, the cursor to where its prompt began. */
static void erase_line(EditLine *el)
{
	const LineInfoW *l = el_wline(el);
	int width = PROMPT_WIDTH + wcswidth(l->buffer, (size_t)(l->cursor - l->buffer));
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 && width >= w.ws_col)
		fprintf(stdout, "\033[%dA", width / w.ws_col);
	fputs("\r\033[J", stdout);
}

static void empty_line(EditLine *el)
{
	const LineInfoW *l = el_wline(el);
	int all = (int)(l->lastchar - l->buffer);

	erase_line(el);
	fflush(stdout);
	el_cursor(el, (int)(l->lastchar - l->cursor));
	el_deletestr(el, all);
	el_wset(el, EL_REFRESH);
}

/* The first Ctrl-C empties the line, the second one in a row leaves. */
static bool handle_signals(struct prompt *p, EditLine *el)
{
	if (got_resize) {
		got_resize = 0;
		el_resize(el);
	}
	if (got_continue) {
		got_continue = 0;
		el_wset(el, EL_PREP_TERM, 1);
		el_wset(el, EL_REFRESH);
	}
	if (got_break) {
		got_break = 0;
		if (p->broken)
			return false;
		p->broken = true;
		empty_line(el);
	}
	return true;
}

/* What is due is said above the line that is being typed. */
static bool say_due(struct prompt *p, EditLine *el)
{
	bool go_on;

	/* Over the empty line in front of the prompt: a bubble brings its own. */
	erase_line(el);
	fputs("\033[A", stdout);
	go_on = p->hooks.due(p->hooks.ctx);
	fputc('\n', stdout);
	fflush(stdout);
	el_wset(el, EL_REFRESH);
	return go_on;
}

/* One character, which may take several bytes; 0: none yet, -1: the end. */
static int read_key(struct prompt *p, wchar_t *out)
{
	char byte;
	ssize_t n = read(STDIN_FILENO, &byte, 1);

	if (n <= 0)
		return n < 0 && errno == EINTR ? 0 : -1;
	switch (mbrtowc(out, &byte, 1, &p->shift)) {
	case (size_t)-2:
		return 0;
	case (size_t)-1:
		memset(&p->shift, 0, sizeof p->shift);
		*out = 0xFFFD;
		return 1;
	default:
		return 1;
	}
}

static int next_key(EditLine *el, wchar_t *out)
{
	struct prompt *p = NULL;
	int n = 0;

	el_wget(el, EL_CLIENTDATA, &p);
	while (n == 0)
		switch (wait_for_input(p)) {
		case WAITED_KEY:
			n = read_key(p, out);
			break;
		case WAITED_DUE:
			n = say_due(p, el) ? 0 : -1;
			break;
		case WAITED_SIGNAL:
			n = handle_signals(p, el) ? 0 : -1;
			break;
		case WAITED_END:
			n = -1;
			break;
		}
	if (n > 0)
		p->broken = false;
	return n;
}

static void add_wide(struct str *line, const wchar_t *w, int n)
{
	while (n > 0 && (w[n - 1] == L'\n' || w[n - 1] == L'\r'))
		n--;
	for (int i = 0; i < n; i++)
		str_add_utf8(line, (uint32_t)w[i]);
}

static bool read_terminal(struct prompt *p, struct str *line)
{
	/* A new editor for each line: with it go its undo and its cut buffers. */
	EditLine *el = el_init("attune", stdin, stdout, stderr);
	const wchar_t *typed;
	int n = 0;

	if (!el)
		return read_pipe(p, line);
	el_wset(el, EL_CLIENTDATA, p);
	el_wset(el, EL_EDITOR, L"emacs");
	el_wset(el, EL_PROMPT_ESC, prompt_text, L'\1');
	el_wset(el, EL_GETCFN, next_key);
	fputc('\n', stdout);
	fflush(stdout);
	typed = el_wgets(el, &n);
	if (typed && n > 0) {
		add_wide(line, typed, n);
		explicit_bzero((wchar_t *)typed, (size_t)n * sizeof *typed);
	}
	if (!typed || n <= 0)
		fputc('\n', stdout);
	el_end(el);
	return typed && n > 0;
}

bool prompt_read(struct prompt *p, struct str *line)
{
	str_clear(line);
	return p->tty ? read_terminal(p, line) : read_pipe(p, line);
}
