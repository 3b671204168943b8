/* app/config.h - attune.conf: one commented file with sections, read at start.
 *
 * A key that nobody knows is an error with its line and the nearest known name.
 * A string is "" when it was not set, never NULL; numbers have their defaults.
 * The password is never in this file: it comes from password_file, which must
 * not be readable by the group or the world, or from the service manager's
 * credential "xmpp-password". */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "app/log.h"
#include "base/err.h"
#include "base/str.h"

enum config_tls {
	CONFIG_TLS_STARTTLS,
	CONFIG_TLS_DIRECT,
};

struct config {
	struct {
		char *jid;              /* bare: "attune@example.org" */
		char *password_file;
		char *resource;         /* fixed, "attune": binding it again fences the old stream */
		char *server;           /* host to connect to; "" = as DNS says */
		int port;               /* 0 = as DNS says, or the usual one */
		int tls;                /* enum config_tls */
		char *ca_file;          /* "" = the system's */
	} account;
	struct {
		char *path;
		int retention_days;     /* a session idle for longer is erased */
	} store;
	struct {
		char *path;             /* "" = see files_dialogs() */
		char *help;             /* files put over help/ in it; "" = none */
		char *locale;           /* "" = the base locale */
	} dialogs;
	struct {
		int watched;            /* 0 or 1: the people who run it may read along */
		char *contact;
	} people;
	struct {
		int level;              /* enum log_level */
	} log;
};

/* The file to read: given, else ./attune.conf, else the system's. */
const char *config_find(const char *given);
/* False: *c is to be given to config_fini() all the same. */
bool config_load(struct config *c, const char *path, struct err *e);
bool config_parse(struct config *c, const char *name, struct sv text, struct err *e);
void config_fini(struct config *c);

/* Reads the password into out: use str_wipe() on it as soon as it was used. */
bool config_password(const struct config *c, struct str *out, struct err *e);

#endif
