/* app/turn.h - the turn: load, step, save in one transaction, then send.
 *
 * The adapters (xmpp/, term/) hand in what arrived and take out what is owed.
 * Nothing is sent before the transaction that decided it is on disk; not
 * saved, not sent.  The text of a message is never stored and never logged.
 * Reply ids are a keyed hash of (inbound id, reply number): a lost transaction
 * run again gives the same replies with the same ids. */
#ifndef APP_TURN_H
#define APP_TURN_H

#include "base/err.h"
#include "engine/step.h"
#include "store/store.h"

struct app;

struct app_config {
	const char *dialogs;            /* directory */
	const char *help;               /* directory put over its help/; NULL or "" none */
	struct sv locale;
	struct host host;
	/* Which variants a person gets; NULL = a keyed hash of the person.  Given by
	 * tests and drivers, so that a conversation can be said word for word. */
	const uint64_t *salt;
	/* What happened in a turn, before it is saved; may be NULL.  Borrowed for
	 * the call. */
	void (*on_trace)(void *ctx, const struct trace *t);
	void *ctx;
};

/* Loads the dialogs; refuses to start (false findings on stderr by the caller)
 * when they or the lane are unsound.  Borrows the store and what host names. */
struct app *app_create(const struct app_config *c, struct store *st, struct findings *f);
void app_destroy(struct app *a);
/* All or nothing: keeps the old dialogs when the new ones are unsound. */
bool app_reload(struct app *a, struct findings *f);
/* All that is kept about a person, as JSON for them. */
enum store_get app_export(struct app *a, struct sv who, struct str *out, struct err *e);

/* The dialogs that run; until the next app_reload(). */
const struct script *app_script(const struct app *a);

struct inbound {
	enum event_kind kind;
	struct sv who;          /* bare JID, or "local" */
	struct sv id;           /* the archive's id for it; "" = none: client_id is used */
	struct sv client_id;    /* the sender's own id; "" = none */
	struct sv replaces;     /* EVENT_EDIT, EVENT_RETRACT: client id of the first version */
	struct sv text;
	struct sv locale;       /* xml:lang; "" = unknown */
	int64_t now, written;   /* written 0 = now */
	int utc_offset;         /* INT_MIN = unknown */
	bool withdrawn;         /* turn_take_together(): taken back; only the lane heeds it */
};

/* Takes one message into the open transaction (opened by the first).  A known
 * id changes nothing.  An edit of anything but the newest message is read as a
 * new message, a withdrawal of it changes nothing.  False: the store failed and
 * what was taken is lost; close the connection. */
bool turn_take(struct app *a, const struct inbound *in, struct err *e);
/* Would the lane have these words?  Nothing is taken. */
bool turn_is_urgent(struct app *a, const struct inbound *in);
bool turn_knows(struct app *a, struct sv who);  /* something is kept about them */
/* Takes what somebody wrote while nobody was there, oldest first, as one message:
 * one answer.  Those known are left out; one without words is only noted.  A
 * control ("stop") among them is taken by itself, a mere "hello" counts only
 * where nothing else was said, and what was taken back only for the lane. */
bool turn_take_together(struct app *a, const struct inbound *in, size_t n, struct err *e);
/* Ticks every session that is due, into the open transaction.  Nobody who is
 * still owed a reply. */
bool turn_tick(struct app *a, int64_t now, struct err *e);
int64_t turn_next_due(struct app *a);           /* 0 = none */
bool turn_set_cursor(struct app *a, struct sv archive_id, int64_t time, struct err *e);
/* Commits what was taken; nothing open is no error.  Only after it are the
 * replies owed. */
bool turn_commit(struct app *a, struct err *e);
void turn_rollback(struct app *a);
/* Erases who has been silent for days, and what else has had its time.  Once a
 * day; what is open is committed before. */
bool turn_sweep(struct app *a, int64_t now, int days, struct err *e);

struct outbound {
	int64_t k;              /* order; goes back to turn_sent/turn_confirm */
	struct sv who, oid;     /* oid: the stanza's id */
	struct sv text;
	unsigned flags;         /* enum say_flag */
	bool export_file, hide;
	const struct choice *choices; size_t n_choices;
	int64_t created;
};

/* The next owed reply not yet handed out on this connection: lane replies
 * first, then by k; never a person's second before their first.  False: none.
 * Borrowed until the next call. */
bool turn_next(struct app *a, struct outbound *out);
/* T2: own id seen by the server.  Into the open transaction, like turn_take():
 * turn_commit() saves it. */
bool turn_confirm(struct app *a, struct sv oid, struct err *e);
/* A new connection: hand out again what is owed.  Drops what is not committed. */
void turn_unsend_all(struct app *a);

#endif
