#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config.h"

static const char whole[] =
    "# a comment\n"
    "[account]\n"
    "jid = coach@example.org\n"
    "  password_file = secret   ; indented, and a remark\n"
    "resource = night\n"
    "server = 10.0.0.1\n"
    "port = 5223\r\n"
    "tls = direct\n"
    "ca_file = /etc/ca.pem\n"
    "\n"
    "[store]\n"
    "path = data/attune.db\n"
    "retention_days = 7\n"
    "[dialogs]\n"
    "path = /srv/dialogs\n"
    "locale = de\n"
    "[people]\n"
    "watched = yes\n"
    "contact = xmpp:admin@example.org\n"
    "[log]\n"
    "level = debug\n";

static void config__reads__every_key(void **state)
{
	struct config c;
	struct err e = { 0 };

	(void)state;
	if (!config_parse(&c, "/etc/attune/attune.conf", sv_from(whole), &e))
		fail_msg("%s", e.text);
	assert_string_equal(c.account.jid, "coach@example.org");
	assert_string_equal(c.account.password_file, "/etc/attune/secret");
	assert_string_equal(c.account.resource, "night");
	assert_string_equal(c.account.server, "10.0.0.1");
	assert_int_equal(c.account.port, 5223);
	assert_int_equal(c.account.tls, CONFIG_TLS_DIRECT);
	assert_string_equal(c.account.ca_file, "/etc/ca.pem");
	assert_string_equal(c.store.path, "/etc/attune/data/attune.db");
	assert_int_equal(c.store.retention_days, 7);
	assert_string_equal(c.dialogs.path, "/srv/dialogs");
	assert_string_equal(c.dialogs.locale, "de");
	assert_int_equal(c.people.watched, 1);
	assert_string_equal(c.people.contact, "xmpp:admin@example.org");
	assert_int_equal(c.log.level, LOG_LEVEL_DEBUG);
	config_fini(&c);
}

static void config__has__defaults_for_all(void **state)
{
	struct config c;
	struct err e;

	(void)state;
	unsetenv("STATE_DIRECTORY");
	assert_true(config_parse(&c, "attune.conf", SV(""), &e));
	assert_string_equal(c.account.jid, "");
	assert_string_equal(c.account.resource, "attune");
	assert_int_equal(c.account.port, 0);
	assert_int_equal(c.account.tls, CONFIG_TLS_STARTTLS);
	assert_string_equal(c.store.path, "/var/lib/attune/attune.db");
	assert_int_equal(c.store.retention_days, 30);
	assert_int_equal(c.people.watched, 0);
	assert_int_equal(c.log.level, LOG_LEVEL_INFO);
	config_fini(&c);
}

static void config__accepts__the_example(void **state)
{
	const char *srcdir = getenv("srcdir");
	char path[512];
	struct config c;
	struct err e;

	(void)state;
	snprintf(path, sizeof path, "%s/attune.conf.example", srcdir ? srcdir : ".");
	if (access(path, R_OK) != 0)
		skip();
	if (!config_load(&c, path, &e))
		fail_msg("%s", e.text);
	assert_string_equal(c.account.jid, "attune@example.org");
	config_fini(&c);
}

static void config__says__where_and_what_is_near(void **state)
{
	static const struct { const char *text, *why; } t[] = {
		{ "[account]\njidd = a@b\n", "c:2: unknown key \"jidd\" under [account];"
		    " the nearest is \"jid\"" },
		{ "\n\n[acount]\n", "c:3: unknown section [acount]; the nearest is [account]" },
		{ "[acount]\njid = a@b\n", "c:1: unknown section [acount]; the nearest is [account]" },
		{ "[store]\nport = 1\n", "c:2: \"port\" belongs under [account]" },
		{ "colour = red\n", "c:1: \"colour\" stands before the first [section]" },
		{ "jid = a@b\n", "c:1: \"jid\" belongs under [account]" },
		{ "[account]\nport = 0\n", "c:2: port is a number from 1 to 65535, not \"0\"" },
		{ "[account]\nport = x\n", "c:2: port is a number from 1 to 65535, not \"x\"" },
		{ "[account]\ntls = none\n", "c:2: tls is one of: starttls direct; not \"none\"" },
		{ "[account]\njid = a@b/c\n", "c:2: jid looks like name@example.org, not \"a@b/c\"" },
		{ "[account]\njid = ab\n", "c:2: jid looks like name@example.org, not \"ab\"" },
		{ "[people]\nwatched = no\n\nwatched = yes\n", "c:4: \"watched\" is given twice" },
		{ "[account]\nhello\n", "c:2: neither [section] nor key = value" },
		{ "[account\njid = a@b\n", "c:1: the [section] has no ]" },
		{ "[people]\ncontact = xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		  "c:2: the line is longer than 198 characters" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct config c;
		struct err e = { 0 };

		assert_false(config_parse(&c, "c", sv_from(t[i].text), &e));
		assert_string_equal(e.text, t[i].why);
		assert_int_equal(e.code, ERR_CONFIG);
		config_fini(&c);
	}
}

static void config__refuses__bytes_that_are_no_text(void **state)
{
	struct config c;
	struct err e = { 0 };

	(void)state;
	assert_false(config_parse(&c, "c", SV("[log]\nlevel = in\0fo\n"), &e));
	assert_string_equal(e.text, "c:2: the line holds a zero byte");
	config_fini(&c);
	assert_false(config_load(&c, "/nowhere/attune.conf", &e));
	assert_string_equal(e.text, "/nowhere/attune.conf: No such file or directory");
	config_fini(&c);
	assert_false(config_load(&c, "/tmp", &e));
	assert_string_equal(e.text, "/tmp: Is a directory");
	config_fini(&c);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static void password__comes__from_a_private_file_only(void **state)
{
	static const struct { const char *text; mode_t mode; const char *expect, *why; } t[] = {
		{ "open sesame\nmore\n", 0600, "open sesame", NULL },
		{ "no newline", 0400, "no newline", NULL },
		{ "dos\r\n", 0600, "dos", NULL },
		{ "secret\n", 0640, NULL, "others may read it" },
		{ "secret\n", 0604, NULL, "others may read it" },
		{ "\nsecret\n", 0600, NULL, "first line is empty" },
		{ "", 0600, NULL, "first line is empty" },
	};
	char path[64] = "/tmp/attune-password-XXXXXX";
	struct config c;
	struct err e;

	(void)state;
	close(mkstemp(path));
	assert_true(config_parse(&c, "c", SV(""), &e));
	free(c.account.password_file);
	c.account.password_file = strdup(path);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		STR_AUTO got = STR_INIT;

		unlink(path);
		write_file(path, t[i].text, t[i].mode);
		assert_int_equal(config_password(&c, &got, &e), t[i].expect != NULL);
		if (t[i].expect)
			assert_string_equal(got.p, t[i].expect);
		else
			assert_non_null(strstr(e.text, t[i].why));
	}
	unlink(path);
	config_fini(&c);
}

static void password__comes__from_the_service_manager(void **state)
{
	char dir[64] = "/tmp/attune-credentials-XXXXXX", path[96];
	STR_AUTO got = STR_INIT;
	struct config c;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/xmpp-password", dir);
	write_file(path, "from outside\n", 0440);
	assert_true(config_parse(&c, "c", SV(""), &e));
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_false(config_password(&c, &got, &e));
	assert_non_null(strstr(e.text, "password_file"));
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	assert_true(config_password(&c, &got, &e));
	assert_string_equal(got.p, "from outside");
	unsetenv("CREDENTIALS_DIRECTORY");
	unlink(path);
	rmdir(dir);
	config_fini(&c);
}

static void log__shows__people_as_tags_of_a_day(void **state)
{
	unsigned char secret[32] = { 7 };
	char a[LOG_TAG], b[LOG_TAG], c[LOG_TAG];

	(void)state;
	log_init(LOG_LEVEL_WARNING, secret);
	assert_true(log_wants(LOG_LEVEL_ERROR));
	assert_false(log_wants(LOG_LEVEL_INFO));
	log_who(SV("anna@example.org"), 86400, a);
	log_who(SV("anna@example.org"), 86400 + 86399, b);
	log_who(SV("anna@example.org"), 2 * 86400, c);
	assert_int_equal(strlen(a), 8);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
}

static void log__escapes__what_could_drive_a_terminal(void **state)
{
	char path[64] = "/tmp/attune-log-XXXXXX", line[256] = "";
	int keep = dup(STDERR_FILENO), fd = mkstemp(path);
	FILE *f;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	dup2(fd, STDERR_FILENO);
	log_event(LOG_LEVEL_ERROR, "test", "text=\"%s\"", "a\033[2J\nb\xc3\xa9");
	dup2(keep, STDERR_FILENO);
	f = fopen(path, "r");
	assert_non_null(fgets(line, sizeof line, f));
	assert_non_null(strstr(line, "level=error event=test text=\"a\\x1b[2J\\x0ab\\xc3\\xa9\"\n"));
	fclose(f);
	close(fd);
	close(keep);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config__reads__every_key),
		cmocka_unit_test(config__has__defaults_for_all),
		cmocka_unit_test(config__accepts__the_example),
		cmocka_unit_test(config__says__where_and_what_is_near),
		cmocka_unit_test(config__refuses__bytes_that_are_no_text),
		cmocka_unit_test(password__comes__from_a_private_file_only),
		cmocka_unit_test(password__comes__from_the_service_manager),
		cmocka_unit_test(log__shows__people_as_tags_of_a_day),
		cmocka_unit_test(log__escapes__what_could_drive_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
