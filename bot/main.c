/* attune - a bot that runs written dialogs: a table of commands. */
#include <stdio.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"
#include "command.h"
#include "xmpp/doctor.h"
#include "xmpp/run.h"

/* A new command is one row here and one file command_*.c with its function. */
static const struct command {
	const char *name, *synopsis, *summary;
	const char *options;            /* a line each */
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "analyze", "[--explain] [--dialogs DIR] [--locale NAME]",
	  "JSON Lines in, JSON Lines out: what is understood of a message",
	  "  --explain       which rule matched which words\n"
	  "  --dialogs DIR   the dialogs to use\n"
	  "  --locale NAME   the language of the input\n",
	  command_analyze },
	{ "chat", "[--fast] [--forget | --store FILE] [--json]",
	  "talk in this terminal: no server, no account",
	  "  --fast          no pause before a reply\n"
	  "  --forget        keep nothing when it ends\n"
	  "  --json          JSON Lines in and out, for programs\n"
	  "  --dialogs DIR   the dialogs to run\n"
	  "  --store FILE    where to keep what is kept\n"
	  "  --locale NAME   the language wanted\n"
	  "  --clock TIME    start at 01:04, or 2026-01-05T01:04, and stand still\n"
	  "  --no-zone       do not know the time zone, as over XMPP\n"
	  "  --salt NUMBER   choose the same wordings each time\n",
	  command_chat },
	{ "check", "[--codes | --strict | --release] [PATH]",
	  "prove a tree of dialogs sound",
	  "  --codes         list every code with what to do\n"
	  "  --strict        a warning fails as an error does\n"
	  "  --release       write RELEASED.json when all is sound\n",
	  command_check },
	{ "doctor", "[--config FILE]",
	  "look into the configuration, the files and the server; say what to do",
	  "  --config FILE   attune.conf to read\n",
	  command_doctor },
	{ "help-services", "[--dialogs DIR] [--help-dir DIR] [COUNTRY]",
	  "the help services that people in a country are shown",
	  "  --dialogs DIR   the dialogs\n"
	  "  --help-dir DIR  files put over their help/ (see attune.conf)\n",
	  command_help_services },
	{ "learn", "[PATH]",
	  "write the weights of the sentences of a tree of dialogs beside them",
	  "",
	  command_learn },
	{ "run", "[--config FILE] [--fast]",
	  "run the bot on its XMPP account",
	  "  --config FILE   attune.conf to read\n"
	  "  --fast          no pause before a reply\n"
	  "  --unlimited     no limits on how much people write: for tests\n"
	  "  --salt NUMBER   choose the same wordings for everybody\n",
	  command_run },
	{ "show", "[--sheet | --svg | --dot] [--dialogs DIR] [DIALOG]",
	  "a dialog as a sheet to review, or as a picture",
	  "  --sheet         plain text, every step with its words (the usual)\n"
	  "  --svg           a picture, drawn by Graphviz\n"
	  "  --dot           Graphviz' source\n"
	  "  --dialogs DIR   the dialogs\n"
	  "  --locale NAME   the language to show\n",
	  command_show },
	{ "test", "[--uncovered] [PATH]",
	  "run the transcripts of a tree of dialogs",
	  "  --uncovered     list what no transcript reaches, and fail if there is any\n",
	  command_test },
	{ "user", "list | export WHO | erase WHO | backup FILE | counts",
	  "what is kept about people: show it, hand it over, erase it, copy it, count",
	  "  --config FILE   attune.conf that names the store\n"
	  "  --store FILE    the store itself\n"
	  "  --dialogs DIR   the dialogs (for export)\n",
	  command_user },
};

static void help(FILE *to)
{
	fputs("usage: attune COMMAND [OPTION...]\n\n", to);
	for (size_t i = 0; i < COUNT(commands); i++)
		fprintf(to, "  %-13s %s\n", commands[i].name, commands[i].summary);
	fputs("\nattune COMMAND --help tells its options; attune --version the version.\n", to);
}

static void help_command(const struct command *c, FILE *to)
{
	fprintf(to, "usage: attune %s %s\n%s\n\n%s", c->name, c->synopsis, c->summary, c->options);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static int run(int argc, char **argv)
{
	const struct command *c = find(argv[0]);
	int code;

	if (!c) {
		fprintf(stderr, "attune: there is no command \"%s\"\n\n", argv[0]);
		help(stderr);
		return COMMAND_USAGE;
	}
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0) {
			help_command(c, stdout);
			return COMMAND_OK;
		}
	code = c->run(argc, argv);
	if (code == COMMAND_USAGE)
		help_command(c, stderr);
	return code;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return COMMAND_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("attune " PACKAGE_VERSION);
		return COMMAND_OK;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return COMMAND_OK;
	}
	return run(argc - 1, argv + 1);
}
