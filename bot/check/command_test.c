/* attune test [PATH] - runs the transcripts of a tree. */
#include <stdio.h>
#include <string.h>

#include "app/files.h"
#include "base/xalloc.h"
#include "command.h"
#include "check/transcript.h"

int command_test(int argc, char **argv)
{
	struct findings f = { 0 };
	struct coverage cov = { table_create() };
	struct transcript_result sum = { 0, 0 };
	STR_AUTO out = STR_INIT;
	const char *path = NULL;
	bool list = false;
	struct script *s;
	size_t all = 0, open = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--uncovered") == 0)
			list = true;
		else if (argv[i][0] == '-' || path)
			return COMMAND_USAGE;
		else
			path = argv[i];
	}
	s = files_script(files_dialogs(path), FILES_SCRIPT " chat", NULL, &f);
	for (size_t i = 0; s && i < s->n_chats; i++) {
		struct transcript_result r = transcript_run(s, &s->chats[i], &cov, &f);

		sum.runs += r.runs;
		sum.failed += r.failed;
	}
	if (s && !f.errors) {
		struct findings gaps = { 0 };

		open = coverage_report(s, &cov, list ? &f : &gaps, &all);
		findings_fini(&gaps);
	}
	findings_print(&f, &out);
	fputs(out.p, stdout);
	if (s)
		printf("transcripts: %zu of %zu steps, choices and rungs reached\n"
		    "%zu passed, %zu failed\n", all - open, all, sum.runs - sum.failed, sum.failed);
	else
		puts("0 passed, 1 failed");
	script_destroy(s);
	findings_fini(&f);
	table_destroy(cov.seen);
	return !s || sum.failed || (list && open) ? COMMAND_FAILED : COMMAND_OK;
}
