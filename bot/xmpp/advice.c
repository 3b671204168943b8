#include "xmpp/advice.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define HOST "under VirtualHost \"@DOMAIN@\""
#define GLOBAL "above the first VirtualHost"
#define MODULES "under modules"

static const struct advice rows[] = {
	{ "archive-off",
	  "the account has no archive (XEP-0313): after a broken connection an answer may come"
	  " twice, and what a dying server held is lost",
	  "turn the archive on for the bot's domain; what an ejabberd archived just before it is"
	  " killed may be forgotten, with SQL less of it",
	  HOST " (a line modules_enabled there: add \"mam\" to it)",
	  "modules_enabled = { \"mam\" }\n"
	  "default_archive_policy = true\n"
	  "archive_expires_after = \"1w\"",
	  MODULES " (with \"sql_type: sqlite\" above them and the package erlang-p1-sqlite3)",
	  "  mod_mam:\n"
	  "    db_type: sql\n"
	  "    default: always" },
	{ "archive-killed",
	  "an ejabberd that is killed may forget the last that it archived: then an answer comes"
	  " twice, or a message is lost; what it held for a broken connection may come after what"
	  " is newer",
	  "keep the archive in SQL: it forgets less than ejabberd's own storage",
	  "", "",
	  MODULES " (with \"sql_type: sqlite\" above them and the package erlang-p1-sqlite3)",
	  "  mod_mam:\n"
	  "    db_type: sql\n"
	  "    default: always" },
	{ "archive-policy",
	  "the archive leaves out people who are not contacts: their messages can be lost",
	  "let everything be archived; if a client of yours set this for the account, undo it there",
	  HOST,
	  "default_archive_policy = true",
	  MODULES,
	  "  mod_mam:\n"
	  "    default: always" },
	{ "archive-refused",
	  "the account may not read its own archive",
	  "look into the server's log: storage that is broken or forbidden",
	  "", "", "", "" },
	{ "archive-empty",
	  "a message sent just now is not in the archive: it would not save what is lost",
	  "look into the server's log and at its disk; storage \"none\" keeps nothing",
	  GLOBAL, "storage = \"internal\"",
	  MODULES,
	  "  mod_mam:\n"
	  "    default: always" },
	{ "archive-short",
	  "the archive reaches back less than three days: right for a new account, else a longer"
	  " outage loses messages",
	  "let it keep a week: nobody needs more",
	  HOST, "archive_expires_after = \"1w\"",
	  "in a daily cron job, as the user ejabberd",
	  "ejabberdctl delete_old_mam_messages all 7" },
	{ "ids-off",
	  "the server does not vouch for the ids of its archive (XEP-0359): a message that comes"
	  " by two ways is known by its sender's id only",
	  "use a server that offers urn:xmpp:sid:0: Prosody 0.10, ejabberd 16.09 or newer",
	  "", "", "", "" },
	{ "acks-off",
	  "no stream management (XEP-0198): without an archive, what is on its way when a"
	  " connection breaks is lost",
	  "turn stream management on, or better the archive",
	  HOST " (a line modules_enabled there: add \"smacks\" to it)",
	  "modules_enabled = { \"smacks\" }",
	  MODULES, "  mod_stream_mgmt:\n"
	  "    resend_on_timeout: true" },
	{ "offline-off",
	  "messages to the bot are refused while it is away, and there is no archive",
	  "let the server keep them, or better turn the archive on",
	  GLOBAL " (where \"offline\" stands in modules_disabled, take it out)",
	  "modules_disabled = { }",
	  MODULES, "  mod_offline: {}" },
	{ "offline-quota",
	  "without an archive the server's offline quota bounds how much may be written while the"
	  " bot is away; a server does not tell it (ejabberd: 100 messages, if not changed)",
	  "raise it for the bot (and at ejabberd set resend_on_timeout of mod_stream_mgmt to true, or"
	  " what is on its way when the bot comes back is dropped), or better turn the archive on",
	  "", "",
	  "instead of the lines that are there",
	  "acl:\n"
	  "  bots:\n"
	  "    user: \"@JID@\"\n"
	  "shaper_rules:\n"
	  "  max_user_offline_messages:\n"
	  "    - 5000: admin\n"
	  "    - 5000: bots\n"
	  "    - 100: all" },
	{ "shaper",
	  "the server slows the account down: answers to several people at once wait",
	  "exempt the bot's account",
	  GLOBAL, "unlimited_jids = { \"@JID@\" }",
	  "instead of the lines that are there",
	  "acl:\n"
	  "  bots:\n"
	  "    user: \"@JID@\"\n"
	  "shaper_rules:\n"
	  "  c2s_shaper:\n"
	  "    - none: admin\n"
	  "    - none: bots\n"
	  "    - normal: all" },
	{ "stanza-small",
	  "a stanza of 16 kB ends the stream: so does a long message of somebody who is upset",
	  "let 64 KiB pass",
	  GLOBAL, "c2s_stanza_size_limit = 65536",
	  "in the entry of ejabberd_c2s under listen",
	  "    max_stanza_size: 65536" },
	{ "stanza-large",
	  "stanzas above 64 KiB pass; attune shortens them, but the server's work is its own",
	  "64 KiB is enough for people; the one value holds for all accounts",
	  GLOBAL, "c2s_stanza_size_limit = 65536",
	  "in the entry of ejabberd_c2s under listen",
	  "    max_stanza_size: 65536" },
	{ "cert-soon",
	  "the server's certificate expires in less than two weeks: then the bot stays away",
	  "renew it on the server and see why that did not happen by itself",
	  "as root", "prosodyctl --root cert import /etc/letsencrypt/live",
	  "as root", "ejabberdctl reload_config" },
	{ "clock",
	  "the clocks of this machine and of the server differ by more than a minute",
	  "let both follow the network's time (systemd-timesyncd, chrony)",
	  "", "", "", "" },
	{ "stream-lost",
	  "the server closed the stream in the middle of the questions",
	  "look into the server's log at this minute, then try again",
	  "", "", "", "" },
};

const struct advice *advice_find(const char *name)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	abort();
}

static void fill_in(struct sv line, struct sv jid, struct sv domain, struct str *out)
{
	static const struct { struct sv mark; int which; } marks[] = {
		{ { "@JID@", 5 }, 0 }, { { "@DOMAIN@", 8 }, 1 },
	};

	while (line.n) {
		size_t i = 0;

		while (i < COUNT(marks) && !sv_starts(line, marks[i].mark))
			i++;
		if (i < COUNT(marks))
			str_add(out, marks[i].which ? domain : jid);
		else
			str_addc(out, line.p[0]);
		line = sv_sub(line, i < COUNT(marks) ? marks[i].mark.n : 1, line.n);
	}
}

void advice_lines(const char *lines, struct sv jid, struct sv domain, const char *indent,
    struct str *out)
{
	struct sv rest = sv_from(lines), line;

	while (sv_split(&rest, '\n', &line)) {
		str_addz(out, indent);
		fill_in(line, jid, domain, out);
		str_addc(out, '\n');
	}
}
