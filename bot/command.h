/* command.h - the commands of the program; main.c holds their table.
 *
 * A command parses its own options with getopt_long(3) and gives back one of
 * the exit codes below.  --help is answered by main. */
#ifndef COMMAND_H
#define COMMAND_H

enum command_exit {
	COMMAND_OK = 0,
	COMMAND_FAILED = 1,     /* it found faults, or could not do it */
	COMMAND_USAGE = 2,
	COMMAND_CONFIG = 78,    /* starting it again does not help */
};

int command_analyze(int argc, char **argv);
int command_help_services(int argc, char **argv);
int command_show(int argc, char **argv);
int command_test(int argc, char **argv);
int command_chat(int argc, char **argv);
int command_user(int argc, char **argv);

#endif
