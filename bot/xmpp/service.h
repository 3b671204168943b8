/* xmpp/service.h - the bot on a live connection: catch up, take, save, send, confirm.
 *
 * On each connection, in this order: ask the account what the server can do;
 * presence; the archive from the cursor on, with an overlap, while live
 * messages wait; our own messages found there are confirmed; the live ones;
 * what is owed; then normal service.  Presence comes first because what the
 * server archives between a query and the presence would be seen by neither.
 * A little later the archive is asked once more for what a dying session of ours
 * put there after the query.
 *
 * With an archive that is "full": a message is taken once and answered once.
 * Without one it is "basic": stream management makes the server repeat what
 * was not saved, and a reply that was not confirmed is sent again.  Without
 * either it is "weak", and said so. */
#ifndef XMPP_SERVICE_H
#define XMPP_SERVICE_H

#include "app/turn.h"
#include "xmpp/link.h"

struct service;

struct service_config {
	const struct config *config;
	struct app *app;
	struct store *store;
	bool fast;                      /* no typing delay */
	bool unlimited;                 /* no limits on how much people write (xmpp/flood.h) */
	void (*status)(const char *text);       /* what a service manager may show; NULL ok */
};

struct service *service_create(const struct service_config *c);
void service_destroy(struct service *s);
struct link *service_link(struct service *s);
/* now is monotonic, in ms. */
void service_run(struct service *s, int64_t now);
int service_wait(struct service *s, int64_t now);
/* Sends what is owed, waits until the server has it, says goodbye: at most 5 s. */
void service_finish(struct service *s);
bool service_ended(const struct service *s);
int service_exit_code(const struct service *s);  /* enum command_exit */
void service_log_counts(const struct service *s);

#endif
