#include "xmpp/flood.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "xmpp/stanza.h"

enum {
	PEOPLE = 4096, DOMAINS = 512,   /* slots */
	HUMAN_MS = 3000,                /* nobody reads and types for long in less */
	LOOP = 30,                      /* so quick, so many times in a row */
	SILENCE_MS = 30000,             /* ends it */
};

/* A measure that refills with time; full at first. */
struct rate { int64_t burst, every_ms; };

static const struct rate of_person = { 10, 1000 }, of_domain = { 100, 100 }, of_new = { 60, 1000 };

struct bucket {
	int64_t used_ms;                /* what was taken, in ms of refilling */
	int64_t at;
};

struct person {
	uint64_t key;
	struct bucket bucket;
	int64_t last;                   /* the newest word, theirs or ours; 0 none */
	int row;
	bool muted;
};

struct domain {
	uint64_t key;
	struct bucket bucket;
};

struct flood {
	struct person people[PEOPLE];
	struct domain domains[DOMAINS];
	struct bucket new;
};

struct flood *flood_create(void)
{
	return xcalloc(1, sizeof(struct flood));
}

void flood_destroy(struct flood *f)
{
	free(f);
}

static void refill(struct bucket *b, int64_t now)
{
	b->used_ms -= now - b->at;
	if (b->used_ms < 0)
		b->used_ms = 0;
	b->at = now;
}

static bool draw(struct bucket *b, const struct rate *r, int64_t now)
{
	refill(b, now);
	if (b->used_ms + r->every_ms > r->burst * r->every_ms)
		return false;
	b->used_ms += r->every_ms;
	return true;
}

static struct person *person_of(struct flood *f, struct sv who)
{
	uint64_t key = sv_hash(who);
	struct person *p = &f->people[key % PEOPLE];

	if (p->key != key)
		*p = (struct person){ .key = key };
	return p;
}

static struct bucket *domain_of(struct flood *f, struct sv who)
{
	uint64_t key = sv_hash(jid_domain(who));
	struct domain *d = &f->domains[key % DOMAINS];

	if (d->key != key)
		*d = (struct domain){ .key = key };
	return &d->bucket;
}

static enum flood_verdict in_a_row(struct person *p, int64_t now)
{
	int64_t gap = p->last ? now - p->last : INT64_MAX;

	p->last = now;
	if (p->muted && gap < SILENCE_MS)
		return FLOOD_MUTE;
	p->muted = false;
	p->row = gap < HUMAN_MS ? p->row + 1 : 0;
	if (p->row < LOOP)
		return FLOOD_TAKE;
	p->muted = true;
	return FLOOD_SLOW;
}

enum flood_verdict flood_ask(struct flood *f, struct sv who, bool known, bool own, bool live,
    int64_t now)
{
	struct person *p = person_of(f, who);
	enum flood_verdict v = live ? in_a_row(p, now) : FLOOD_TAKE;
	bool room = own || draw(domain_of(f, who), &of_domain, now);

	if (v != FLOOD_TAKE)
		return v;
	if (!known && (!room || !draw(&f->new, &of_new, now)))
		return FLOOD_WAIT;
	return draw(&p->bucket, &of_person, now) ? FLOOD_TAKE : FLOOD_TOGETHER;
}

/* Whoever is muted must be silent by themselves: our own word does not count then. */
void flood_replied(struct flood *f, struct sv who, int64_t now)
{
	struct person *p = person_of(f, who);

	if (!p->muted)
		p->last = now;
}

bool flood_lets_in(struct flood *f, int64_t now)
{
	return draw(&f->new, &of_new, now);
}

int64_t flood_wait(const struct flood *f, int64_t now)
{
	int64_t ms = f->new.used_ms - (now - f->new.at) - (of_new.burst - 1) * of_new.every_ms;

	return ms > 0 ? ms : 0;
}
