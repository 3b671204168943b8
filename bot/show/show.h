/* show/show.h - a dialog for people to look at: a sheet to review, a picture.
 *
 * Both are written from the loaded script, so what they show is what runs.  The
 * same script gives the same bytes. */
#ifndef SHOW_SHOW_H
#define SHOW_SHOW_H

#include "engine/model.h"

/* The ways out of a step.  n: which choice or branch. */
enum way_kind {
	WAY_WHEN, WAY_CHOICE, WAY_NONE, WAY_SKIP, WAY_SILENCE, WAY_ELSE, WAY_STOP, WAY_LOOP,
	WAY_ON,                 /* goto, end, or the next step */
	WAY_REPAIR,             /* the ladder ends the dialog */
};
struct way { enum way_kind kind; struct target to; size_t n; };
struct ways { struct way *items; size_t n, cap; };

/* Fills w anew; it may be used again and belongs to the caller. */
void ways_of(const struct dialog *d, const struct step *st, struct ways *w);
void ways_fini(struct ways *w);

/* Plain text, at most 78 columns: every step with its words, answers, ways on,
 * gates, timers and slots, in the order of the file. */
void show_sheet(const struct script *s, const struct dialog *d, struct str *out);
/* The same as a graph in Graphviz' language. */
void show_dot(const struct script *s, const struct dialog *d, struct str *out);

/* What both say alike. */
void show_slot_keep(const struct slot_def *slot, struct str *out);      /* how long it is kept */
void show_seconds(int seconds, struct str *out);                        /* "20 minutes" */
const struct dialog *show_find(const struct script *s, struct sv name, struct sv locale);
/* A text as it reads: of a person it says what is said of somebody whose pronoun
 * is not known, and what is filled in stands in [ ].  A sentence begins large, a label as it is written. */
void show_words(const struct dialog *d, const struct text *t, bool sentence, struct str *out);
/* What a silent step does, in a line: "reads raw: complaint"; nothing for one
 * that speaks or asks. */
void show_deed(const struct step *st, struct str *out);

#endif
