/* engine/step.h - one event in, a list of effects out.
 *
 * Pure: what the engine may know is in the event and the host facts, what it
 * wants done is an effect.  Same script, session and event give the same bytes. */
#ifndef ENGINE_STEP_H
#define ENGINE_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "engine/script.h"

enum event_kind {
	EVENT_TEXT,             /* a message */
	EVENT_EDIT,             /* the newest message, corrected by its writer */
	EVENT_RETRACT,          /* the newest message, withdrawn */
	EVENT_TICK,             /* time has passed: do what is due */
	EVENT_AUDIO,            /* a voice message, picture or file: cannot be read */
	EVENT_CIPHER,           /* encrypted for somebody else: cannot be read */
	/* More than can be answered: only the lane reads and answers it.  Else they are told
	 * so (FLOOD), or were told before (MUTED). */
	EVENT_FLOOD, EVENT_MUTED,
	EVENT_OPEN,             /* the person is here, nothing typed yet (a terminal) */
};

struct event {
	enum event_kind kind;
	struct sv text;         /* any bytes */
	int64_t now;            /* seconds since the epoch */
	int64_t written;        /* when it was typed; 0 = now */
	int utc_offset;         /* minutes east of UTC, INT_MIN unknown */
	uint64_t salt;          /* varies the wording: stable for a person */
	struct sv locale;       /* wanted; "" = the base locale */
};

/* Facts about this installation, for the true sentences. */
struct host {
	bool watched;           /* the people who run it may read along */
	struct sv address;      /* how to reach attune, for "share"; "" none */
	struct sv operator_contact;  /* "" none */
	bool can_hide;          /* the channel can retract its own messages */
	bool volatile_memory;   /* nothing is kept when the program ends */
};

enum effect_kind {
	EFFECT_SAY,
	EFFECT_FORGET,          /* erase everything about this person, then say the texts after it */
	EFFECT_EXPORT,          /* text: the person's data, JSON, to hand over as a message */
	EFFECT_HIDE,            /* retract the newest messages of ours, where the channel can */
};

enum say_flag {
	SAY_DRAFT = 1,          /* stands alone so that a long press copies it */
	SAY_LANE = 2,           /* no delay, before all other people's replies */
	SAY_CUE = 4,            /* timed: no typing delay, not worth sending late */
	SAY_LATE = 8,           /* answers something written a while ago */
};

struct choice { struct sv label, chip; };     /* chip: <= 20 characters */

struct effect {
	enum effect_kind kind;
	struct sv text;         /* a bubble, its menu lines included ("1 keep") */
	unsigned flags;
	const struct choice *choices; size_t n_choices;   /* for channels with buttons */
};

/* What happened, for --json, transcripts, coverage and counters. */
struct trace {
	struct sv dialog, step;       /* where the open question is; "" none */
	struct sv reader;             /* of the open question */
	int rung;
	struct sv lane_state, lane_class;
	struct sv sign; int tier;     /* what the lane heard in this message; "" nothing */
	struct sv intent;             /* that was recognized, "" none */
	struct sv end;                /* the last frame that ended: its end word */
	const struct visit { struct sv dialog, step, what; } *visits; size_t n_visits;
	/* what: "" the step ran; "choice:ID", "rung:N", "skip", "silence", "blocked" */
};

struct effects {
	struct effect *items; size_t n, cap;
	struct trace trace;
};

struct session;

struct session *session_create(void);
void session_destroy(struct session *ss);             /* wipes it */
/* False when the blob is not one of ours; the session is then empty. */
bool session_unpack(struct session *ss, struct sv blob);
void session_pack(const struct session *ss, struct str *out);
/* When the engine wants an EVENT_TICK; 0 = never. */
int64_t session_due(const struct session *ss);
/* Everything that is stored about the person, in JSON, for them.  Names no
 * reason why a topic is paused. */
void session_export(const struct session *ss, const struct script *s, struct str *out);

/* Effects and their texts live in the arena.  The lane is asked first, always. */
void engine_step(const struct script *s, struct session *ss, const struct host *h,
    const struct event *ev, struct arena *a, struct effects *out);

/* What a message is as a whole, whatever is going on.  Changes nothing. */
enum engine_alone {
	ALONE_NOT,              /* words that say something */
	ALONE_SMALL,            /* an intent that is its whole message ("hello") */
	ALONE_CONTROL,          /* "stop" */
	ALONE_LANE,             /* the lane would speak */
};

enum engine_alone engine_alone(const struct script *s, struct session *ss,
    const struct event *ev, struct arena *a);

/* Opens a dialog as a call would, with given values: for transcripts. */
struct given { struct sv slot, text; };
void engine_open(const struct script *s, struct session *ss, const struct host *h,
    const struct event *ev, struct sv dialog, const struct given *given, size_t n,
    struct arena *a, struct effects *out);

#endif
