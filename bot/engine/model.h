/* engine/model.h - a script as structs: what the loader makes, what the engine
 * runs, what check/ and show/ walk.  Private to engine/, check/ and show/.
 *
 * Everything is immutable after script_load() and lives in script->arena.
 * Steps are numbered by position in their dialog, -1 is "no step".  A dialog in
 * another locale is a second struct dialog with the same ids. */
#ifndef ENGINE_MODEL_H
#define ENGINE_MODEL_H

#include "base/table.h"
#include "engine/moment.h"
#include "engine/script.h"
#include "language/analysis.h"
#include "language/compose.h"
#include "language/expression.h"
#include "language/readers.h"

/* ---- texts ------------------------------------------------------------ */

enum segment_kind {
	SEGMENT_LITERAL,
	SEGMENT_VALUE,          /* {path} {path:form} */
	SEGMENT_BY_PERSON,      /* {person|he takes|she takes|they take} */
	SEGMENT_BY_COUNT,       /* {n|one|many} */
};

struct segment {
	enum segment_kind kind;
	uint32_t n_alternatives;        /* three at most */
	struct sv text;         /* literal, or the path */
	struct sv form;         /* "" none; may be a word of the pronoun table */
	struct sv *alternatives;
};

struct text {                   /* one wording */
	struct segment *segments; size_t n;
	struct sv source;       /* as written, lines joined by \n */
	bool lines;             /* written as an array of several lines */
};

struct wording {                /* variants: by hash(salt, step) + visit */
	struct text *variants; size_t n;
	bool in_order;          /* the lane's hold: one after the other */
};

/* ---- tables ----------------------------------------------------------- */

struct cell {
	struct sv text;
	const struct text *say; /* compiled, for cells with a { in them; else NULL */
	int64_t number;
	uint32_t *phrases;      /* column "words" */
	uint32_t n_phrases;
	bool is_number;
};

struct grid {                   /* a table of rows */
	struct sv name, file;
	struct sv *columns; size_t n_columns;
	struct cell *cells; size_t n_rows;     /* n_rows * n_columns */
};

int grid_column(const struct grid *g, struct sv name);      /* -1 if none */
const struct cell *grid_cell(const struct grid *g, size_t row, struct sv column);

/* ---- steps ------------------------------------------------------------ */

enum verb {
	DO_NOTHING,             /* when, goto or end alone */
	DO_SAY, DO_ASK, DO_PICK, DO_SET, DO_DROP, DO_ANALYZE, DO_BUILD, DO_CALL,
	DO_REMIND, DO_CUE, DO_SAVE, DO_OFFER, DO_SHOW, DO_UNLOCK,
};

struct target {                 /* where a step leads */
	int step;               /* -1: not to a step */
	struct sv end;          /* ends the dialog with this word; "" not */
	bool set;               /* false: not written, fall through */
};

struct branch { const struct expr *test; struct target to; struct sv source; };

struct choice_def {
	struct sv id;
	struct text say, chip;
	struct sv *words; uint32_t *phrases; size_t n_phrases;
	struct target to;
	bool other;             /* what fits no row goes to the ask it leads to */
	bool no_store;
	bool unseen;            /* typed, never listed: it has no number; such stand last */
	bool leftover;          /* an "other" for what fits no row at all */
	bool corrects;          /* "that's not what I meant" takes this one */
	struct assignment *sets; size_t n_sets;
};

struct assignment { struct sv slot; const struct expr *expr; struct sv source; };

struct from_def {
	const struct grid *grid;        /* rows of a table */
	struct sv saved;                /* or kept things of a kind; "" neither */
	struct sv show;                 /* column that is the label */
	const struct expr *where;
	int max;                        /* 0: as many as fit */
};

struct ladder {
	struct sv name;
	struct text *rungs; size_t n_rungs;
	struct text *told; size_t n_told;       /* in their place, to who told something; may be none */
	struct sv hears;                        /* the reader whose value is said back first; "" none */
	struct text heard;
	struct text out_say; bool has_out_say;
	enum { OUT_SKIP, OUT_VALUE, OUT_END } out;
	struct sv out_value;
};

struct pair { struct sv name, value; };         /* "with", "into": callee <- caller */

struct cue_line { int at; struct text say; };   /* seconds from the start */

struct step {
	struct sv id;
	int number;
	enum verb verb;
	struct wording say;             /* say, ask, offer, show */
	struct text again; bool has_again;
	bool alone;
	struct sv into;                 /* slot; "" none */
	bool spoken;                    /* the answer is said to somebody else: no intent takes it */
	struct sv rest;                 /* slot for what stands behind a number; "" none */
	/* ask */
	struct sv reader;
	struct choice_def *choices; size_t n_choices;
	size_t n_listed;                /* of them, those that the menu shows */
	struct from_def from; bool has_from;
	struct target none;             /* pick, ask from: no row */
	int words_min, words_max;       /* 0 unchecked */
	uint32_t check_not;             /* phrase it must not be; PHRASE_NONE */
	const struct ladder *repair; bool repair_silent;
	struct target skip; bool may_skip;
	struct target silence; int silence_after;       /* seconds; 0 none */
	/* pick */
	struct sv prefer;
	/* set, choices */
	struct assignment *sets; size_t n_sets;
	/* analyze, build, call, remind, save, offer, unlock, show */
	struct sv name;                 /* analysis, frames, dialog, timer step, kind */
	struct sv on, as;
	struct pair *with; size_t n_with;
	struct pair *out; size_t n_out;         /* call into: caller's slot <- callee's */
	struct sv *names; size_t n_names;       /* drop; show kinds */
	struct sv reg; bool gaps;
	struct target otherwise;                /* build else */
	const struct frames *frames;
	const struct analysis *analysis;
	int in_seconds;                         /* remind */
	struct sv at;                           /* "09:00" or a slot */
	int late_seconds; int late_step;        /* remind late; -1 none */
	bool quiet;
	struct cue_line *cues; size_t n_cues;
	int repeat, every;
	struct target stop;
	int keep_days;                          /* save: KEEP_* or days */
	/* any */
	struct branch *when; size_t n_when;
	int loop_max; struct target loop_then;
	struct target to;               /* goto, end, then; not set: fall through */
	uint64_t fingerprint;           /* verb, into, choice and row ids: not wording */
	bool entry;                     /* a timer may enter here */
	int line;
};

enum { KEEP_NEVER = 0, KEEP_DAY = 1, KEEP_FOREVER = -1 };

enum slot_type {
	SLOT_TEXT, SLOT_WORDS, SLOT_WORD, SLOT_NUMBER, SLOT_SCALE, SLOT_YESNO, SLOT_CHOICE,
	SLOT_WHEN, SLOT_TIME, SLOT_PERSON, SLOT_REQUEST, SLOT_COUNTRY, SLOT_LINE, SLOT_RECORD,
	SLOT_TYPES
};

struct slot_def {
	struct sv name;
	enum slot_type type;
	bool user;              /* scope user: outlives the dialog */
	bool is_private;
	int keep;               /* KEEP_* or days */
	int max;                /* characters, 0 = limits */
	const struct analysis **cut; size_t n_cut;      /* a text keeps only what these keep */
};

struct gate {
	const struct analysis *analysis;
	struct sv name;
	struct sv *on; size_t n_on;
	struct sv *with; size_t n_with;
	int ask;                        /* step, -1 */
	struct sv lane;                 /* blocked: a class of the lane; "" */
	struct target blocked;          /* or a step, or an end */
};

/* from: a step, or "table/row"; row: where the row went. */
struct move { struct sv before, from; int to; bool restart; struct sv row; };

struct dialog {
	struct sv id, version, locale, title, file;
	bool lane;                      /* one of the lane's own */
	struct sv lane_class;
	const struct language *language;
	struct slot_def *slots; size_t n_slots;
	struct gate *gates; size_t n_gates;
	struct step *steps; int n_steps;
	struct move *moves; size_t n_moves;
	struct grid **grids; size_t n_grids;
	struct frames **frames; size_t n_frames;
	struct sv source;               /* the file's text, for line numbers; "" once slim */
	struct sv *needs; size_t n_needs;       /* without these it is not offered in a language */
};

const char *slot_type_name(enum slot_type type);
const struct slot_def *dialog_slot(const struct dialog *d, struct sv name);
int dialog_step_number(const struct dialog *d, struct sv id);   /* -1 */
/* settle.c: where a step or row ("table/row") went since a version; version ""
 * any.  NULL: nowhere. */
const struct move *dialog_move(const struct dialog *d, struct sv from, struct sv version);
bool version_before(struct sv a, struct sv b);                  /* "1.9.0" before "1.10.0" */

/* ---- everything else --------------------------------------------------- */

enum intent_kind { INTENT_NONE, INTENT_ASIDE, INTENT_SWITCH, INTENT_CONTROL, INTENT_CORRECTION };

struct intent {
	struct sv name;
	enum intent_kind kind;
	struct sv dialog;               /* "" where none exists yet */
	struct sv fill;                 /* slot that takes the message */
	struct sv step;                 /* where it starts; "" at the head */
	struct sv act;                  /* control: what the engine does; "" = open the dialog */
	struct sv *near; size_t n_near; /* offers where there is no dialog */
	int weight;                     /* the heavier wins */
	bool again;                     /* aside: the open question is asked again after it */
	bool asked;                     /* may be meant by what is no answer to an open question */
	struct sv analysis;             /* also meant where this analysis ... */
	struct sv *actions; size_t n_actions;   /* ... concludes one of these */
	struct sv *hints; size_t n_hints;       /* ... these only speak for it beside the examples */
	uint32_t *any; size_t n_any;    /* looked for where examples are silent */
	uint32_t *firm; size_t n_firm;
};

/* What the engine says by itself: a text, a question with its own choices, or
 * a dialog to open. */
struct line {
	struct sv key;
	struct wording say;
	struct choice_def *choices; size_t n_choices;
	struct sv dialog;
};

struct service {
	struct sv id, kind, row, source, checked_on;
	struct sv *lines; size_t n_lines;
};

struct country {
	struct sv code, name, emergency;
	struct service *services; size_t n_services;
};

/* Lane: states and their transitions by name; texts keyed "state" or "state.class". */
struct lane_state {
	struct sv name, reader;
	struct pair *next; size_t n_next;       /* "tier3" "yes" "any" "aside" ... -> state */
	int64_t duration;                       /* "for", seconds */
	int raise, every;
	struct sv repeat;                       /* text key said every n-th time */
	bool holds;             /* says its texts one by one, whatever comes */
	bool opens;             /* the dialog of the class opens here */
	bool firm;              /* a new sign of the highest tier changes nothing */
	bool late;              /* what came late is answered by the text "late" */
	bool lets;              /* what begins another dialog leads out */
};

struct lane_order { struct sv tag; int tier; };

/* After a hit of tag, hits of `raises` within so many messages count tier 3. */
struct lane_memory { struct sv tag; struct sv *raises; size_t n_raises; int messages; };

struct lane_value { struct sv name; uint32_t *phrases; size_t n_phrases; };
struct lane_reader {            /* reads an answer to one of the lane's questions */
	struct sv name, unclear;
	struct lane_value *values; size_t n_values;
};

/* Something said in the middle of the lane, in any of its states: answered by the
 * text of its name, and remembered by it. */
struct lane_heard {
	struct sv name, none, to;       /* none: the text when no service is left; to: a state it asks for */
	uint32_t *phrases; size_t n_phrases;
	struct sv *not, *in; size_t n_not, n_in;        /* classes it is not for; its states, none: all */
	bool next;                      /* the next service is the one to show */
	bool instead;                   /* heard before a sign of another kind */
	bool first;                     /* heard in dialogs only, before their question reads */
	bool topic;                     /* heard once, in whatever would begin another dialog */
};

/* After a sign of `tier` nothing leads to `states` before `duration`, unless that was heard. */
struct lane_wait {
	int tier;
	int64_t duration;               /* seconds */
	struct sv unless, say, to, away;
	struct sv *states; size_t n_states;
};

/* A question about one of `classes` answered by so many words about something else. */
struct lane_aside {
	int words;
	struct sv *classes; size_t n_classes;
};

/* Small signs that count together: from `sum` on, over the last messages and hours, it is asked. */
struct lane_weak {
	struct sv *tags; size_t n_tags;
	struct sv class;                /* what they are about; may be empty */
	int sum, messages, hours;
};
enum { LANE_WEAK_SETS = 4 };

/* One message a day later, for who wants it: asked once, in a state that holds. */
struct lane_follow {
	struct sv ask, promise;         /* states: the question; entered, the time is set */
	struct sv then, back;           /* when it is time: in the lane; after it was left */
	int said;                       /* answers in the state that holds before it is asked */
	int64_t from, to;               /* seconds from the promise; later it is not sent */
	struct sv *not; size_t n_not;   /* classes it is never offered for */
};

/* Said before the reply to somebody who wrote in another language, in that language. */
struct lane_card { struct sv locale, emergency; struct wording say; };

struct lane_help { struct sv class; struct sv *kinds; size_t n_kinds; };

/* So far a message leans (language/leaning.h) that is asked about, and that is answered fully. */
struct lane_lean { int ask, answer; };

struct lane {
	struct sv file;
	struct sv *rulesets; size_t n_rulesets;
	const struct ruleset **sets;    /* the same, of each language; NULL where it has none */
	struct lane_order *order; size_t n_order;
	struct lane_weak *weak; size_t n_weak;
	struct lane_memory *memory; size_t n_memory;
	struct lane_reader *readers; size_t n_readers;
	struct lane_state *states; size_t n_states;
	struct pair *dialogs; size_t n_dialogs;         /* class -> dialog */
	struct sv *pass; size_t n_pass;                 /* intents that still work */
	struct sv *locks; size_t n_locks;               /* classes that pause words to the person */
	struct lane_help *help; size_t n_help;          /* class -> kinds of service */
	struct sv *any; size_t n_any;                   /* kinds for every other class */
	struct sv *now; size_t n_now;                   /* kinds for "help now" */
	int rows;                                       /* services shown */
	uint32_t *resume; size_t n_resume;              /* phrases that ask to go on */
	struct sv denied, *lowered; size_t n_lowered;   /* classes that this tag in the same clause lowers */
	struct lane_heard *heard; size_t n_heard;
	struct lane_wait wait;
	struct lane_aside aside;
	struct sv *guess; size_t n_guess;       /* classes: what only leans to them is asked in "guess" */
	struct lane_follow follow;
	struct lane_lean lean[4];                       /* without a sign, and with one of each tier */
	struct sv *gentle; size_t n_gentle;             /* classes whose signs of tier 1 are only ever asked about */
	struct sv topics;                               /* rules that say what a class is about */
	struct sv plain;                                /* rules that say it plainly: no sentences weigh against them */
	struct line *texts; size_t n_texts;             /* base locale */
	struct sv *own; size_t n_own;                   /* classes about the person's own life */
	struct lane_card *cards; size_t n_cards;
	struct sv *others; size_t n_others;             /* classes whose texts speak of somebody else already */
};

struct limits {
	int bubble, lane_bubble, draft;         /* characters */
	int bubbles, preview, label, chip, choices, menu, sentence_words, grade, steps;
	int questions_before_draft, questions;  /* for the linter */
	int slot, message;                      /* bytes kept of an answer, read of a text at once */
	int fresh;                              /* seconds a question counts as fresh */
	int silence;                            /* default seconds */
	int late;                               /* seconds after which an answer names its delay */
	int stretch, rest;                      /* seconds of talk without such a rest, after which we say again what this is */
	int message_words;                      /* of a message that are read, but by the lane */
	int told_from;                          /* words of an answer that does not fit and is no slip */
	int told_words;                         /* so many words beyond a row's tell a thing of their own */
	int vote, vote_asked;                   /* lead of examples that counts, idle and over a question */
	int vote_structure;                     /* words that the analysis of an intent is worth */
	int vote_words;                         /* of a message over a question, at least */
	struct hours hours;                     /* when reminders come */
	int keep_hours;                         /* KEEP_DAY */
	int gap_hours;                          /* after which the recap is said */
};

struct script {
	struct arena *arena;
	struct arena *written;                          /* for linters; NULL once slim */
	struct lexicon *lexicon;
	struct language *languages; size_t n_languages;
	struct sv base_locale;
	struct dialog **dialogs; size_t n_dialogs;      /* all locales, by id then locale */
	struct grid **grids; size_t n_grids;            /* common and lang tables */
	struct ladder *ladders; size_t n_ladders;
	struct intent *intents; size_t n_intents;
	struct group *intent_any, *intent_firm, *controls, *corrections;
	struct line *lines; size_t n_lines;
	struct lane lane;
	struct country *countries; size_t n_countries;
	struct limits limits;
	struct sv analyze;                              /* the text of analyze.json, "" when absent */
	struct source *chats; size_t n_chats;           /* .chat files, copied */
	struct sv released;                             /* RELEASED.json, "" absent */
};

/* "grammar", or the name of an analysis, a rule set or a reader. */
bool language_has(const struct language *l, struct sv name);
const struct dialog *script_dialog(const struct script *s, struct sv id, struct sv locale);
const struct line *script_line(const struct script *s, struct sv key);         /* NULL if absent */
const struct ladder *script_ladder(const struct script *s, struct sv name);
const struct intent *script_intent(const struct script *s, struct sv name);
const struct country *script_country(const struct script *s, struct sv code);
const struct lane_state *lane_state(const struct lane *l, struct sv name);
const struct grid *script_grid(const struct script *s, const struct dialog *d, struct sv name);

/* intents.c: the intent of a message, NULL for none. */
enum hearing {
	HEAR_FIRM,      /* firm phrases only: a question that takes any text is open */
	HEAR_ASKED,     /* a question is open and did not take it: examples must lead clearly */
	HEAR_IDLE,      /* nothing was asked */
};
const struct intent *intent_judge(const struct script *s, struct reading *r, enum hearing how,
    struct arena *a);
bool intent_is_stop(const struct intent *in);           /* NULL is none */
/* The control that a message is, NULL for none; marked: only phrases written with "=". */
const struct intent *intent_control(const struct script *s, struct message *m, bool marked);
/* What takes back how something was read, NULL for none; *behind: the word after it. */
const struct intent *intent_correction(const struct script *s, struct message *m, int *behind);
/* The whole message is a phrase of some intent. */
bool intent_is_all(const struct script *s, struct message *m);

/* For the linter: two intents that only their order in the file parts; NULL, or
 * one alone, where there are none. */
void intent_tie(const struct script *s, struct message *m, const struct intent **one,
    const struct intent **two);

/* template.c: compiling texts.  d may be NULL (lines, ladders). */
void text_load(struct text *t, const struct node *n, struct arena *a);
void wording_load(struct wording *w, const struct node *n, struct arena *a);
void text_from(struct text *t, struct sv source, struct arena *a);

#endif
