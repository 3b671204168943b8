/* command.h - the commands of the program; main.c holds their table.
 *
 * A command parses its own options with getopt_long(3) and gives back one of
 * the exit codes below.  main answers --help, and shows the usage after COMMAND_USAGE. */
#ifndef COMMAND_H
#define COMMAND_H

/* The same for every command; the larger ones are those of sysexits.h.  doc/attune.1
 * and the service file know them. */
enum command_exit {
	COMMAND_OK = 0,
	COMMAND_FAILED = 1,     /* it found faults, or could not do it */
	COMMAND_USAGE = 64,     /* a wrong option or command */
	COMMAND_STORE = 74,     /* not saved, so not acknowledged: start it again */
	COMMAND_CONFIG = 78,    /* starting it again does not help */
};

int command_analyze(int argc, char **argv);
int command_help_services(int argc, char **argv);
int command_learn(int argc, char **argv);
int command_show(int argc, char **argv);
int command_test(int argc, char **argv);
int command_chat(int argc, char **argv);
int command_user(int argc, char **argv);

#endif
