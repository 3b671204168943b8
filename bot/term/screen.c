#include "term/screen.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unilbrk.h>
#include <unistd.h>
#include <unistr.h>

#include "base/xalloc.h"

enum {
	WIDEST = 76,                    /* longer lines are hard to read */
	NARROWEST = 24,
	INDENT = 2,                     /* what is said */
	INDENT_DRAFT = 4,
	PAUSE_MS = 300,                 /* and more for each letter */
	PAUSE_LETTER_MS = 12,
	PAUSE_MOST_MS = 1500,
};

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define CYAN "\033[36m"
#define PLAIN "\033[0m"
#define CLEAR "\033[H\033[2J\033[3J"    /* the lines that scrolled away too */
#define CLEAR_LINE "\r\033[K"

void screen_init(struct screen *s, bool fast)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	s->tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	s->color = s->tty && !(no && *no) && term && strcmp(term, "dumb") != 0;
	s->fast = fast || !s->tty;
	s->columns = 0;
}

static int columns(const struct screen *s)
{
	struct winsize w;
	int n = s->columns;

	if (n == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0)
		n = w.ws_col;
	if (n <= 0)
		n = 80;
	n -= INDENT;
	return n > WIDEST ? WIDEST : n < NARROWEST ? NARROWEST : n;
}

/* --- one line of a bubble --- */

/* What could drive the terminal is left out, whoever wrote it. */
static void clean(struct sv line, struct str *out)
{
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		bool c1 = c == 0xC2 && i + 1 < line.n && (unsigned char)line.p[i + 1] < 0xA0;

		if (c1)
			i++;
		else if (c >= ' ' && c != 0x7F)
			str_addc(out, (char)c);
	}
}

static void add_spaces(struct str *out, int n)
{
	while (n-- > 0)
		str_addc(out, ' ');
}

/* Breaks where Unicode allows it; further lines hang under the first. */
static void wrap(struct sv line, int hang, int width, struct str *out)
{
	char *breaks;

	if (u8_check((const uint8_t *)line.p, line.n) || line.n == 0) {
		str_add(out, line);
		return;
	}
	breaks = xmalloc(line.n);
	u8_width_linebreaks((const uint8_t *)line.p, line.n, width - hang, 0, 0, NULL, "UTF-8",
	    breaks);
	for (size_t i = 0; i < line.n; i++) {
		if (breaks[i] == UC_BREAK_POSSIBLE || breaks[i] == UC_BREAK_MANDATORY) {
			while (out->n && out->p[out->n - 1] == ' ')
				str_cut(out, out->n - 1);
			str_addc(out, '\n');
			add_spaces(out, hang);
		}
		str_addc(out, line.p[i]);
	}
	free(breaks);
}

/* "3 keep": the length of the number and its space, 0 for other lines. */
static size_t number_of(struct sv line)
{
	size_t i = 0;

	while (i < line.n && line.p[i] >= '0' && line.p[i] <= '9')
		i++;
	return i > 0 && i < 3 && i < line.n && line.p[i] == ' ' ? i + 1 : 0;
}

static void add_styled(const struct screen *s, const char *style, struct sv text, struct str *out)
{
	if (s->color)
		str_addz(out, style);
	str_add(out, text);
	if (s->color)
		str_addz(out, PLAIN);
}

static void add_choice(const struct screen *s, struct sv line, size_t number, struct str *out)
{
	int hang = INDENT + 2 + (int)number;

	add_spaces(out, INDENT + 2);
	add_styled(s, CYAN, sv_sub(line, 0, number), out);
	wrap(sv_sub(line, number, line.n), hang, columns(s), out);
}

static void add_line(const struct screen *s, const struct outbound *o, struct sv line,
    struct str *out)
{
	int indent = o->flags & SAY_DRAFT ? INDENT_DRAFT : INDENT;
	size_t number = o->n_choices ? number_of(line) : 0;
	STR_AUTO wrapped = STR_INIT;

	if (number) {
		add_choice(s, line, number, out);
		return;
	}
	if (line.n == 0)
		return;
	wrap(line, indent, columns(s), &wrapped);
	add_spaces(out, indent);
	if (o->flags & SAY_DRAFT)
		add_styled(s, BOLD, str_sv(&wrapped), out);
	else
		str_add(out, str_sv(&wrapped));
}

void screen_format(const struct screen *s, const struct outbound *o, struct str *out)
{
	struct sv rest = o->text, line;
	STR_AUTO cleaned = STR_INIT;

	if (s->tty)
		str_addc(out, '\n');
	while (sv_split(&rest, '\n', &line)) {
		str_clear(&cleaned);
		clean(line, &cleaned);
		if (s->tty && !o->export_file)
			add_line(s, o, str_sv(&cleaned), out);
		else
			str_add(out, str_sv(&cleaned));
		str_addc(out, '\n');
	}
	if (!s->tty)
		str_addc(out, '\n');
}

/* --- saying it --- */

void screen_hold_keys(const struct screen *s, bool hold)
{
	struct termios t;

	if (!s->tty || tcgetattr(STDIN_FILENO, &t) != 0)
		return;
	if (hold)
		t.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
	else
		t.c_lflag |= ECHO | ICANON;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

static int pause_ms(const struct outbound *o)
{
	size_t ms = PAUSE_MS + o->text.n * PAUSE_LETTER_MS;

	if (o->flags & (SAY_LANE | SAY_CUE) || o->hide)
		return 0;
	return ms > PAUSE_MOST_MS ? PAUSE_MOST_MS : (int)ms;
}

/* Somebody who types on has read enough: a key ends the pause. */
static void pause_before(const struct screen *s, const struct outbound *o)
{
	struct pollfd key = { .fd = STDIN_FILENO, .events = POLLIN };
	int ms = pause_ms(o);

	if (s->fast || ms == 0)
		return;
	fputs(s->color ? "\n  " DIM "..." PLAIN : "\n  ...", stdout);
	fflush(stdout);
	poll(&key, 1, ms);
	fputs(s->color ? CLEAR_LINE "\033[A" : "\r     \n", stdout);
}

static bool hide(const struct screen *s)
{
	if (s->color)
		fputs(CLEAR, stdout);
	return fflush(stdout) == 0;
}

bool screen_say(const struct screen *s, const struct outbound *o)
{
	STR_AUTO out = STR_INIT;
	bool ok;

	if (o->hide)
		return hide(s);
	pause_before(s, o);
	screen_format(s, o, &out);
	ok = fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
	explicit_bzero(out.p, out.cap);
	return ok;
}
