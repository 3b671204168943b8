/* xmpp/peers.h - small facts about the people we talk with now.
 *
 * A cache of fixed size, in memory only: whoever falls out loses niceties (the
 * thread, answering by reaction), never a message. */
#ifndef XMPP_PEERS_H
#define XMPP_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { PEER_NEWEST = 8 };

struct peer {
	struct str who;
	struct str thread;
	struct str newest[PEER_NEWEST]; /* ids of our last messages, newest first */
	bool states;                    /* their last message had a chat state */
};

struct peers;

struct peers *peers_create(void);
void peers_destroy(struct peers *p);
struct peer *peers_find(struct peers *p, struct sv who);        /* NULL if unknown */
struct peer *peers_get(struct peers *p, struct sv who);         /* made if unknown */
void peer_set_thread(struct peer *peer, struct sv thread);
void peer_sent(struct peer *peer, struct sv id);

#endif
