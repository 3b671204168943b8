/* attune show DIALOG - the dialog as a sheet to review, or as a picture. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/files.h"
#include "command.h"
#include "show/show.h"

struct wish {
	enum { SHEET, SVG, DOT } as;
	const char *dir, *locale, *dialog;
};

static bool parse(int argc, char **argv, struct wish *w)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--sheet") == 0)
			w->as = SHEET;
		else if (strcmp(argv[i], "--svg") == 0)
			w->as = SVG;
		else if (strcmp(argv[i], "--dot") == 0)
			w->as = DOT;
		else if (strcmp(argv[i], "--dialogs") == 0 && i + 1 < argc)
			w->dir = argv[++i];
		else if (strcmp(argv[i], "--locale") == 0 && i + 1 < argc)
			w->locale = argv[++i];
		else if (argv[i][0] != '-' && !w->dialog)
			w->dialog = argv[i];
		else
			return false;
	}
	return true;
}

static int list_dialogs(const struct script *s)
{
	for (size_t i = 0; i < s->n_dialogs; i++)
		if (sv_eq(s->dialogs[i]->locale, s->base_locale))
			printf("%-16.*s %.*s\n", SV_ARG(s->dialogs[i]->id), SV_ARG(s->dialogs[i]->title));
	return COMMAND_OK;
}

static bool feed(int fd, const struct str *text)
{
	for (size_t at = 0; at < text->n; ) {
		ssize_t n = write(fd, text->p + at, text->n - at);

		if (n < 0 && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* Graphviz reads the graph from us and writes the picture to our own output. */
static int draw(const struct str *dot)
{
	char *args[] = { (char *)"dot", (char *)"-Tsvg", NULL };
	extern char **environ;
	posix_spawn_file_actions_t acts;
	int ends[2], error, status = 0;
	pid_t pid;

	if (pipe(ends) != 0) {
		fprintf(stderr, "attune show: %s\n", strerror(errno));
		return COMMAND_FAILED;
	}
	signal(SIGPIPE, SIG_IGN);
	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_adddup2(&acts, ends[0], STDIN_FILENO);
	posix_spawn_file_actions_addclose(&acts, ends[0]);
	posix_spawn_file_actions_addclose(&acts, ends[1]);
	error = posix_spawnp(&pid, args[0], &acts, NULL, args, environ);
	posix_spawn_file_actions_destroy(&acts);
	close(ends[0]);
	if (error) {
		close(ends[1]);
		fprintf(stderr, "attune show: Graphviz' dot cannot be run (%s) -- install it "
		    "(apt-get install graphviz), or use --dot or --sheet\n", strerror(error));
		return COMMAND_FAILED;
	}
	feed(ends[1], dot);
	close(ends[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? COMMAND_OK : COMMAND_FAILED;
}

static int show(const struct script *s, const struct wish *w)
{
	const struct dialog *d;
	STR_AUTO out = STR_INIT;

	if (!w->dialog)
		return list_dialogs(s);
	d = show_find(s, sv_from(w->dialog), sv_from(w->locale));
	if (!d) {
		fprintf(stderr, "attune show: there is no dialog \"%s\" -- attune show lists them\n",
		    w->dialog);
		return COMMAND_FAILED;
	}
	if (w->as == SHEET)
		show_sheet(s, d, &out);
	else
		show_dot(s, d, &out);
	if (w->as == SVG)
		return draw(&out);
	fputs(out.p, stdout);
	return COMMAND_OK;
}

int command_show(int argc, char **argv)
{
	struct findings f = { 0 };
	struct wish w = { SHEET, NULL, "", NULL };
	struct script *s;
	STR_AUTO out = STR_INIT;
	int rc = COMMAND_FAILED;

	if (!parse(argc, argv, &w))
		return COMMAND_USAGE;
	s = files_script(files_dialogs(w.dir), FILES_SCRIPT, NULL, &f);
	if (s) {
		rc = show(s, &w);
	} else {
		findings_print(&f, &out);
		fputs(out.p, stderr);
	}
	script_destroy(s);
	findings_fini(&f);
	return rc;
}
