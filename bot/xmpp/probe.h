/* xmpp/probe.h - what the real server does, asked and tried for attune doctor.
 *
 * Logs in beside a running bot, under a resource of its own and without
 * presence: nobody sees it and nothing is taken from the bot.  What is sent goes
 * to this login itself: queries, some large ones to find the limits, and
 * one message that must turn up in the archive. */
#ifndef XMPP_PROBE_H
#define XMPP_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/config.h"
#include "xmpp/failure.h"

enum {
	PROBE_SMALL = 16000,            /* bytes of a stanza that has to pass */
	PROBE_LARGE = 70000,            /* ... and of one that need not */
	PROBE_BURST = 4,                /* small ones sent at once */
};

struct probe {
	/* The login: NULL when it succeeded.  Without it nothing below is known. */
	const struct failure *failure;
	char detail[240];
	bool lost;                      /* the server closed the stream later ... */
	const char *lost_at;            /* ... at this question */

	char software[80];              /* "Prosody 0.12.3", "" untold */
	char login[80];                 /* "tls=verified" */
	int64_t cert_end;               /* 0 unknown */
	bool acks;                      /* stream management */
	bool skew_known;
	int64_t skew;                   /* the server's clock minus ours, s */

	bool archive, stable_ids;       /* offered to the account */
	char policy[16];                /* what is archived: always, roster, never; "" untold */
	bool archive_answers;
	bool archive_keeps;             /* a message sent now is in it */
	int64_t oldest;                 /* when the oldest in it was written; 0 empty */

	bool offline;                   /* keeps messages for who is away */
	char upload[256];               /* where files can be put, "" nowhere */
	int64_t upload_max;             /* bytes, 0 untold */

	bool small_passes;
	bool large_tried, large_passes; /* not tried where it would take minutes */
	int burst_ms;                   /* for PROBE_BURST small ones to come back; -1 never */
};

/* Takes seconds, half a minute at a server that slows the account down. */
void probe_server(const struct config *c, struct probe *p);

#endif
