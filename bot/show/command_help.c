/* attune help-services [COUNTRY] - what people there would be shown, so that
 * somebody can call the numbers and look at the dates. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "app/files.h"
#include "command.h"
#include "engine/help.h"
#include "engine/load.h"
#include "engine/model.h"

enum { MOST = 4 };

static const char *age_note(const struct service *s, int64_t now)
{
	int64_t days = help_age(s, now);

	if (sv_is(s->kind, "directory"))
		return "";
	return days > HELP_DEAD_DAYS ? "  ! over two years old: shown only where nothing fresher is"
	    : days > HELP_STALE_DAYS ? "  ! over a year old: shown beside a directory"
	    : days > HELP_WARN_DAYS ? "  over half a year old: call it" : "";
}

static void print_service(const struct service *s, int64_t now)
{
	struct sv checked = s->checked_on.n ? s->checked_on : SV("never");

	for (size_t i = 0; i < s->n_lines; i++)
		printf("    %.*s\n", SV_ARG(s->lines[i]));
	printf("      [%.*s, checked %.*s, %.*s]%s\n", SV_ARG(s->id), SV_ARG(checked),
	    SV_ARG(s->source), age_note(s, now));
}

static bool same_kinds(const struct lane_help *a, const struct lane_help *b)
{
	if (a->n_kinds != b->n_kinds)
		return false;
	for (size_t i = 0; i < a->n_kinds; i++)
		if (!sv_eq(a->kinds[i], b->kinds[i]))
			return false;
	return true;
}

/* Classes that are shown the same services stand together. */
static void print_class(const struct script *s, const struct country *c, size_t at, int64_t now)
{
	const struct lane *l = &s->lane;
	const struct service *list[MOST];
	size_t n;

	for (size_t i = 0; i < at; i++)
		if (same_kinds(&l->help[i], &l->help[at]))
			return;
	printf("\n  ");
	for (size_t i = at, first = 1; i < l->n_help; i++)
		if (same_kinds(&l->help[i], &l->help[at])) {
			printf("%s%.*s", first ? "" : ", ", SV_ARG(l->help[i].class));
			first = 0;
		}
	puts(":");
	n = help_services(s, c, now, l->help[at].kinds, l->help[at].n_kinds, list,
	    l->rows > 0 && l->rows <= MOST ? (size_t)l->rows : 2);
	for (size_t i = 0; i < n; i++)
		print_service(list[i], now);
}

static void print_country(const struct script *s, const struct country *c, int64_t now)
{
	struct sv emergency = help_emergency_of(s, c);

	printf("%.*s (%.*s)\n\n  at once: %.*s\n", SV_ARG(c->name), SV_ARG(c->code), SV_ARG(emergency));
	for (size_t i = 0; i < s->lane.n_help; i++)
		print_class(s, c, i, now);
	puts("\nCall each number once before you run this for others, and set its checked_on.");
}

static void print_countries(const struct script *s, int64_t now)
{
	for (size_t i = 0; i < s->n_countries; i++) {
		const struct country *c = &s->countries[i];
		size_t old = 0;

		for (size_t k = 0; k < c->n_services; k++)
			old += *age_note(&c->services[k], now) != '\0';
		printf("%-14.*s %-20.*s %2zu entries", SV_ARG(c->code), SV_ARG(c->name), c->n_services);
		if (old)
			printf(", %zu to call again", old);
		putchar('\n');
	}
}

static const struct country *country_named(const struct script *s, struct sv name)
{
	for (size_t i = 0; i < s->n_countries; i++) {
		const struct country *c = &s->countries[i];

		if ((c->code.n == name.n && strncasecmp(c->code.p, name.p, name.n) == 0)
		    || (c->name.n == name.n && strncasecmp(c->name.p, name.p, name.n) == 0))
			return c;
	}
	return NULL;
}

static int show(const struct script *s, const char *name)
{
	const struct country *c = name ? country_named(s, sv_from(name)) : NULL;
	int64_t now = (int64_t)time(NULL);

	if (!name) {
		print_countries(s, now);
		return COMMAND_OK;
	}
	if (!c) {
		fprintf(stderr, "attune: no file help/%s.json; people there are shown:\n\n", name);
		c = script_country(s, SV("international"));
	}
	if (!c)
		return COMMAND_FAILED;
	print_country(s, c, now);
	return COMMAND_OK;
}

int command_help_services(int argc, char **argv)
{
	const char *dir = NULL, *over = NULL, *country = NULL;
	struct findings f = { 0 };
	struct script *s;
	STR_AUTO out = STR_INIT;
	int rc = COMMAND_FAILED;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--dialogs") == 0 && i + 1 < argc) {
			dir = argv[++i];
		} else if (strcmp(argv[i], "--help-dir") == 0 && i + 1 < argc) {
			over = argv[++i];
		} else if (argv[i][0] == '-' || country) {
			return COMMAND_USAGE;
		} else {
			country = argv[i];
		}
	}
	s = files_script(files_dialogs(dir), FILES_SCRIPT, over, &f);
	if (s)
		rc = show(s, country);
	findings_print(&f, &out);
	fputs(out.p, stderr);
	script_destroy(s);
	findings_fini(&f);
	return rc;
}
