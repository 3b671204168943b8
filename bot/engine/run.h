/* engine/run.h - one turn in the making.  Private to engine/.
 *
 * step.c decides who gets the message; answer.c reads an answer; steps.c runs
 * steps until a question waits; render.c makes the bubbles; lane.c comes first;
 * times.c does what is due; settle.c meets a changed script. */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "engine/model.h"
#include "engine/session.h"

struct cached { const struct frame *frame; struct sv name; struct record *record; };

struct run {
	const struct script *s;
	struct session *ss;
	const struct host *host;
	const struct event *ev;
	struct arena *a;
	struct effects *out;
	const struct language *lang;
	struct talk *talk;              /* the one that runs: ss->talk or ss->lane_talk */
	struct message *msg;            /* of the event's text */
	struct reading *reading;
	struct str bubble;              /* pending text */
	bool bubble_lines;              /* its last piece had several lines */
	unsigned flags;                 /* of every bubble of this turn */
	int budget;                     /* steps left */
	int asked;                      /* a question stands: nothing is said after it */
	bool lane_spoke;
	struct sv emergency;            /* said instead while the country is unknown; "" the usual words */
	bool renumbered;                /* the open question's menu is not the one last shown */
	struct cached cache[24]; int n_cache;
	struct extra { const char *name; struct sv text; } extra[12]; int n_extra;
	struct visit *visits; size_t n_visits, cap_visits;
};

/* values.c */
const struct dialog *run_dialog(const struct run *r, const struct frame *f);
struct frame *run_frame(const struct run *r);           /* NULL when nothing runs */
const struct step *run_step(const struct run *r);       /* of the top frame; NULL */
struct scope run_scope(struct run *r);
struct value run_get(struct run *r, struct sv path);
struct held *run_held(const struct run *r, struct sv slot);     /* frame's or user's */
void run_store(struct run *r, struct sv slot, struct sv text, struct sv grid, int row);
void run_unset(struct run *r, struct sv slot);
/* The first limits.message bytes of a text, in whole words: so much is read at once. */
struct sv run_part(const struct run *r, struct sv text);
/* What is read of it but by the lane, which reads on: of these the first
 * limits.message_words. */
struct sv run_heard(const struct run *r, struct sv text);
/* The text as the running language reads it; the same one for the same text. */
struct reading *run_reading(struct run *r, const struct language *l, struct sv text);
struct record *run_record(struct run *r, const struct frame *f, struct sv name);
void run_forget_records(struct run *r);                 /* after a slot changed */
struct record *run_analyze_text(struct run *r, const struct frame *f, const struct analysis *an,
    struct sv text, const struct pair *with, size_t n_with);
struct record *run_analyze(struct run *r, const struct frame *f, const struct analysis *an,
    struct sv on, const struct pair *with, size_t n_with);
struct person *run_person(const struct run *r, struct sv slot);
struct person *run_meet(struct run *r, struct sv spec); /* "relation|pronoun|name" */
struct sv person_word(struct run *r, const struct person *p, struct sv form);
/* Rows of a table or kept things, at most max; in row order, or newest first. */
size_t run_rows(struct run *r, const struct from_def *from, size_t max, int *rows);
size_t run_saved(struct run *r, const struct from_def *from, size_t max, struct saved **out);
int64_t run_local(const struct run *r, int64_t t);
void run_extra(struct run *r, const char *name, struct sv text);
void run_extra_number(struct run *r, const char *name, int64_t n);

/* render.c */
void render(struct run *r, const struct text *t, struct str *out);
struct sv render_sv(struct run *r, const struct text *t);
struct sv render_cell(struct run *r, const struct cell *c);
struct sv set_text(struct run *r, const struct value *v);        /* "a, b" */
struct sv render_time(struct run *r, struct sv text);   /* "friday" -> "Friday" */
const struct text *wording_pick(struct run *r, const struct wording *w, struct sv key);
enum { PIECE_ALONE = 1, PIECE_DRAFT = 2, PIECE_LINES = 4 };
void say(struct run *r, struct sv text, unsigned how);
void say_text(struct run *r, const struct text *t, unsigned how);
bool say_line(struct run *r, const char *key);          /* false: no such line, or empty */
void say_flush(struct run *r, const struct choice *choices, size_t n);
void effect_add(struct run *r, enum effect_kind kind, struct sv text, unsigned flags,
    const struct choice *choices, size_t n);

/* help.c: services for the person's country, or the ones that work anywhere. */
size_t help_pick(struct run *r, const struct sv *kinds, size_t n_kinds,
    const struct service **out, size_t max);
struct sv help_emergency(struct run *r);
void help_say(struct run *r, const struct sv *kinds, size_t n_kinds, size_t rows);
void help_now(struct run *r);

/* steps.c */
void run_on(struct run *r);                             /* until a question waits or all has ended */
bool run_start(struct run *r, struct sv dialog, struct sv step, bool park);
void run_fill(struct run *r, struct sv slot, struct sv text);   /* given at entry */
void run_goto(struct run *r, const struct target *t);   /* not set: the next step */
void run_end(struct run *r, struct sv word);
void run_after(struct run *r, const struct step *st);   /* its when, goto, end, or the next step */
void run_call(struct run *r, const struct step *st);    /* opens the dialog a step names */
void run_ask_again(struct run *r);                      /* the open question, short form */
void run_leave_own(struct run *r);                      /* a question of the engine's, unanswered, is over */
void run_visit(struct run *r, struct sv dialog, struct sv step, struct sv what);
struct options {                                        /* the menu of the open question */
	struct option *items; size_t n, n_listed;       /* the unseen ones stand last */
	int *rows; size_t n_rows;                       /* first come the table's rows */
	struct saved **saved; size_t n_saved;           /* or kept things */
	struct sv *ids;
	struct choice *shown;
};
struct options run_options(struct run *r, const struct step *st);
void run_menu(struct run *r, const struct options *o);  /* "1 label" lines */

/* settle.c: before a message is read.  The key of the line to say when the talk
 * no longer stands where it stood; NULL when it goes on silently. */
const char *settle(struct run *r, struct talk *t);
void settle_mark(struct run *r, struct talk *t);        /* this is the script it stands in now */

/* answer.c */
enum answer { ANSWER_TAKEN, ANSWER_REFUSED, ANSWER_NOTHING };
/* closed: only a menu or a closed reader may take it. */
enum answer answer_read(struct run *r, bool closed);
void answer_repair(struct run *r);
bool answer_back(struct run *r, bool quietly);
bool answer_skip(struct run *r);
/* What came with the intent answered the question for that slot: "back" leads there. */
void answer_told(struct run *r, struct sv slot);
/* Takes the choice that is there for what was misread, if the open question has one. */
bool answer_correction(struct run *r);
/* "No, my sister": who the talk is about is stored anew; false: nobody new was named. */
bool answer_other_person(struct run *r);
/* Runs the gates of the top frame's dialog; false: it was blocked or sent to a
 * question, and the talk already stands elsewhere. */
bool gates_pass(struct run *r, struct sv changed);

/* lane.c */
enum lane_turn {
	LANE_QUIET,             /* not the lane's: go on as ever */
	LANE_ANSWERED,          /* the lane has answered: nothing else may */
	LANE_PASSES,            /* open, but this is a control that still works */
};
enum lane_turn lane_first(struct run *r);
bool lane_hears_sign(struct run *r);    /* would it answer? nothing is remembered */
bool lane_stop(struct run *r);          /* one neutral line, then silence; false: not open */
const struct service *lane_service(struct run *r, size_t n);    /* {help.1} */
const struct service *lane_service_now(struct run *r);  /* {help.now}: after "nobody answers" the next */
void lane_enter(struct run *r, struct sv class, int tier, int person);
bool lane_open(const struct run *r);
void lane_follow(struct run *r);        /* the message that was wanted */
void lane_expire(struct run *r);        /* the watch after it ends by itself */
struct tag_best {
	int tier;
	struct sv class, about, how;    /* how: the tag that lowered it */
	struct sv locale;               /* whose rules read it */
	bool leaned;                    /* no rule did: it is only like what people in danger write */
};
struct tag_best lane_judge(const struct script *s, struct reading *r,
    const struct tags **all, size_t *n_all);
/* The sum of the weak signs of a kind in one message, for the sets that lane_judge filled. */
int lane_weak(const struct lane_weak *w, const struct tags **all, size_t n);

/* times.c */
void times_due(struct run *r);
int64_t times_next(struct run *r);                      /* 0 never */
bool cue_running(const struct run *r);
void cue_start(struct run *r, const struct step *st);
void cue_stop(struct run *r);
struct hours run_hours(const struct run *r);
struct sv time_words(struct run *r, struct sv at);      /* "09:00", or what "{slot}" holds */
int64_t time_of(struct run *r, struct sv words);        /* the next such moment (moment.h); 0 none */

#endif
