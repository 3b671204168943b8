/* engine/session.h - what is remembered about one person, as the engine sees it.
 *
 * Names, not pointers: a session survives any change of the script.  All of it
 * lives in the session's arena for one turn; between turns it is a packed blob.
 * Answers are kept only in declared slots; a message's text is not. */
#ifndef ENGINE_SESSION_H
#define ENGINE_SESSION_H

#include "base/arena.h"
#include "base/str.h"
#include "engine/step.h"

enum {
	MAX_FRAMES = 12,        /* call depth */
	STEPS_PER_TURN = 64,    /* then a turn stops with a word of excuse */
	MAX_PARKED = 2,
	MAX_BACK = 10,
	MAX_TIMERS = 16,
	MAX_SAVED = 200,
	MAX_PERSONS = 40,
	MAX_WEAK = 16,
};

/* A value: text, and where it is a row of a table, which one. */
struct held {
	struct sv name, text, grid;
	int row;
	int64_t at;             /* when it was set */
};

struct held_list { struct held *items; size_t n, cap; };

struct count { struct sv name; int n; };
struct count_list { struct count *items; size_t n, cap; };

struct frame {
	struct sv dialog, version, step;
	uint64_t fingerprint;
	struct held_list slots;         /* also records: text = the step that analyzed */
	struct count_list visits;       /* per step */
	int rung;                       /* of the open question */
	int64_t started;
};

struct undo {
	int depth;                      /* frame it belongs to */
	struct sv step, slot;
	struct held old;                /* old.name "" when the slot was empty */
	bool blocked;                   /* a gate blocked this answer: not undone */
};

struct talk {
	struct frame frames[MAX_FRAMES];
	int n;                          /* 0: nothing runs */
	struct undo back[MAX_BACK];
	int n_back;
	bool waiting;                   /* the top frame's step is an open question */
	int64_t asked_at;
	bool hushed;                    /* its silence branch was taken */
};

struct person {
	int id;
	struct sv relation, name, pronoun;
	struct sv lock;                 /* lane class that paused words to them; "" none */
	struct held_list more;          /* told, ... */
};

struct saved {
	int id;
	struct sv kind;
	struct held_list fields;
	int64_t at, until;              /* until 0: until deleted */
};

struct timer {
	struct sv dialog, step, late_step;
	int64_t due, late;              /* late: seconds after which late_step is taken */
	struct held_list values;
	bool quiet;
	struct sv again;                /* "weekly sunday 18:00"; "" it comes once */
	int seen, ignored;              /* messages read when it last came, -1 never; times nobody answered */
};

struct weak { int64_t at; int message; int n, set; };

struct lane_now {
	struct sv state, class;         /* "" = none */
	int tier;
	int person;                     /* whom it is about; 0 nobody known */
	int64_t since, until;
	int said;                       /* messages answered in this state */
	int shown;                      /* which service was shown last */
	struct weak weak[MAX_WEAK]; int n_weak;
	int64_t weak_asked;
	struct held_list memory;        /* tag -> message number */
	bool discreet;
	int64_t follow;                 /* when the message that was wanted is due; 0 none */
};

struct session {
	struct arena *arena;
	bool greeted;
	int64_t first_seen, last_seen;
	int64_t active_since;           /* start of the present stretch of talk */
	int messages;                   /* how many were read: for memory of the lane */
	struct sv locale;
	int utc_offset;                 /* INT_MIN unknown */
	struct held_list user;          /* slots of scope user */
	struct person *persons; size_t n_persons, cap_persons;
	struct saved *saved; size_t n_saved, cap_saved;
	struct timer *timers; size_t n_timers, cap_timers;
	struct count_list variants;     /* wordings used, by step */
	struct talk talk;               /* the running one */
	struct talk parked[MAX_PARKED]; int n_parked;
	struct talk lane_talk;          /* a dialog of the lane */
	struct lane_now lane;
	struct sv asking;               /* a question of the engine itself: line key */
	struct sv asking_about;
	int64_t cue_started, cue_due;   /* running cue of the top frame; 0 none */
	int cue_next;                   /* which line comes at cue_due */
	struct sv last_intent;
	int lost;                       /* messages in a row that nothing understood */
	int next_id;
	int64_t due;                    /* when the engine wants a tick; 0 never */
};

/* Lists; strings are copied into the session's arena. */
struct held *held_find(const struct held_list *l, struct sv name);
struct held *held_set(struct session *ss, struct held_list *l, struct sv name, struct sv text,
    int64_t at);
void held_drop(struct held_list *l, struct sv name);
void held_copy(struct session *ss, struct held_list *to, const struct held_list *from);
int count_get(const struct count_list *l, struct sv name);
int count_add(struct session *ss, struct count_list *l, struct sv name);   /* the new count */

struct person *person_by_id(const struct session *ss, int id);
struct person *person_of(const struct session *ss, struct sv slot_text);   /* "p3" */
struct person *person_create(struct session *ss, struct sv relation, struct sv name,
    struct sv pronoun);
/* The known person that "relation|pronoun|name" means, else a new one; parts may be empty. */
struct person *person_meet(const struct script *s, struct session *ss, struct sv spec, int64_t now);
struct saved *saved_by_id(const struct session *ss, int id);
void timer_remove(struct session *ss, size_t i);        /* the others stay in order */

void talk_clear(struct talk *t);
/* They are here now: after a rest of so many seconds a new stretch of talk begins. */
void session_here(struct session *ss, int64_t now, int64_t rest);
/* Gives up what has outlived its keep: slots of a day, old saved things. */
void session_expire(struct session *ss, const struct script *s, int64_t now);

#endif
