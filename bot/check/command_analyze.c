/* attune analyze - JSON Lines (or plain lines) in, JSON Lines out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/files.h"
#include "command.h"
#include "check/analyze.h"

static json_t *parse_line(const char *line, size_t n)
{
	json_error_t e;
	json_t *o = line[0] == '{' ? json_loadb(line, n, 0, &e) : NULL;

	return o ? o : json_pack("{s:s%}", "text", line, n);
}

static int analyze_lines(const struct script *s, struct sv locale, bool explain)
{
	struct arena *a = arena_create();
	json_t *fields = analyze_fields(s);
	char *line = NULL, *text;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) >= 0) {
		json_t *in, *out;

		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			n--;
		line[n] = '\0';
		in = parse_line(line, (size_t)n);
		if (!in)                /* not UTF-8: say so, keep the lines aligned */
			in = json_object();
		out = analyze(s, fields, locale, in, explain, a);
		text = json_dumps(out, JSON_COMPACT | JSON_SORT_KEYS);
		puts(text ? text : "{}");
		fflush(stdout);
		free(text);
		json_decref(out);
		json_decref(in);
	}
	free(line);
	json_decref(fields);
	arena_destroy(a);
	return 0;
}

int command_analyze(int argc, char **argv)
{
	struct findings f = { 0 };
	struct script *s;
	const char *dir = NULL, *locale = "";
	STR_AUTO out = STR_INIT;
	bool explain = false;
	int rc = COMMAND_FAILED;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--explain") == 0)
			explain = true;
		else if (strcmp(argv[i], "--dialogs") == 0 && i + 1 < argc)
			dir = argv[++i];
		else if (strcmp(argv[i], "--locale") == 0 && i + 1 < argc)
			locale = argv[++i];
		else
			return COMMAND_USAGE;
	}
	s = files_script(files_dialogs(dir), FILES_SCRIPT, NULL, &f);
	if (s) {
		rc = analyze_lines(s, sv_from(locale), explain);
	} else {
		findings_print(&f, &out);
		fputs(out.p, stderr);
	}
	script_destroy(s);
	findings_fini(&f);
	return rc;
}
