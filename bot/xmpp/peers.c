#include "xmpp/peers.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { SLOTS = 2048 };

struct peers { struct peer *slots[SLOTS]; };

struct peers *peers_create(void)
{
	return xcalloc(1, sizeof(struct peers));
}

static void peer_destroy(struct peer *peer)
{
	if (!peer)
		return;
	str_fini(&peer->who);
	str_fini(&peer->thread);
	for (int i = 0; i < PEER_NEWEST; i++)
		str_fini(&peer->newest[i]);
	free(peer);
}

void peers_destroy(struct peers *p)
{
	if (!p)
		return;
	for (int i = 0; i < SLOTS; i++)
		peer_destroy(p->slots[i]);
	free(p);
}

static struct peer **slot_of(struct peers *p, struct sv who)
{
	return &p->slots[sv_hash(who) % SLOTS];
}

struct peer *peers_find(struct peers *p, struct sv who)
{
	struct peer *peer = *slot_of(p, who);

	return peer && sv_eq(str_sv(&peer->who), who) ? peer : NULL;
}

struct peer *peers_get(struct peers *p, struct sv who)
{
	struct peer **slot = slot_of(p, who), *peer = peers_find(p, who);

	if (peer)
		return peer;
	peer_destroy(*slot);
	*slot = peer = xcalloc(1, sizeof *peer);
	peer->who = peer->thread = (struct str)STR_INIT;
	for (int i = 0; i < PEER_NEWEST; i++)
		peer->newest[i] = (struct str)STR_INIT;
	str_add(&peer->who, who);
	return peer;
}

void peer_set_thread(struct peer *peer, struct sv thread)
{
	str_clear(&peer->thread);
	str_add(&peer->thread, thread);
}

void peer_sent(struct peer *peer, struct sv id)
{
	struct str oldest = peer->newest[PEER_NEWEST - 1];

	memmove(&peer->newest[1], &peer->newest[0], (PEER_NEWEST - 1) * sizeof oldest);
	str_clear(&oldest);
	str_add(&oldest, id);
	peer->newest[0] = oldest;
}
