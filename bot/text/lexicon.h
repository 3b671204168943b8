/* text/lexicon.h - everything that recognizes words, for all locales of a tree.
 *
 * A lexicon is filled while the files of a tree are loaded and sealed once;
 * from then on it is immutable and shared by all messages.  Words, word
 * beginnings ("interrupt*"), lists and classes are *symbols* in one number
 * space, so that a phrase element is just a set of symbols.
 *
 * Order of filling, for each locale: spelling, verbs, lists, marks (classes
 * made of phrases, in file order: a later one may use an earlier one), then any
 * number of phrases.  Unknown {list} or <class> in a phrase is a finding.
 *
 * Phrase language (dialogs/FORMAT.md section 3): a|b binds tighter than a space,
 * but inside ( ) and [ ] it parts whole sequences: (kill|end my life); [optional];
 * "..." = 0-3 words, at most two, never at an end; word* = word beginning, at
 * least three letters; verb~ = all forms of a verb of verbs.tsv; {list} and
 * <class> match a mark; ^ $ = sentence edge; a leading = means the whole message
 * but for the list "politeness".  Phrases go through the same normalizer as
 * messages, so "dont", "don't" and "do not" are one. */
#ifndef TEXT_LEXICON_H
#define TEXT_LEXICON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/str.h"

struct lexicon;

#define SYM_NONE 0u
#define PHRASE_NONE UINT32_MAX

enum view {
	VIEW_PLAIN = 1,         /* case, width and apostrophes folded */
	VIEW_EXPANDED = 2,      /* contractions and chat shorthand written out */
	VIEW_REPAIRED = 4,      /* typos of known words mended */
	VIEW_FOLDED = 8,        /* confusables, leet, spaced and stretched letters */
	VIEW_USUAL = VIEW_PLAIN | VIEW_EXPANDED | VIEW_REPAIRED,
	VIEW_ALL = VIEW_USUAL | VIEW_FOLDED,
};

struct lexicon *lexicon_create(void);
void lexicon_destroy(struct lexicon *lx);          /* NULL is fine */

/* spelling.json: {"expand":{"don't":"do not"}, "second":{"its":"it is"},
 * "shorthand":{"u":"you","kms":"kill myself"}, "abbreviations":["dr"],
 * "squeeze":true}.  A key with an apostrophe is also known without it, unless
 * that stands under "second"; {"second":{"mum's":"mum is"}} leaves the genitive
 * as it is and adds a reading; squeeze mends stretched letters of known words. */
void lexicon_spelling(struct lexicon *lx, struct sv locale, struct node *file);
/* The plain word list that tells a typo from a word: one word a line. */
void lexicon_dictionary(struct lexicon *lx, struct sv locale, struct sv text);
/* verbs.tsv: base third ing past participle kind, tabs between; a cell may hold
 * several, the usual one first ("was|were").  Rows keep their number. */
void lexicon_verbs(struct lexicon *lx, struct sv locale, const struct source *file,
    struct findings *f);
/* words/NAME.json: {"list":"degree","rows":{"a bit":["a bit","kinda"]}} or
 * {"list":"end","words":["die","not exist"]}; a member is words, the last may
 * end in * or ~, brackets are allowed, gaps and marks are not.  Several files may
 * add to one list with "add":true.
 * Four lists say where clauses begin and what is small talk, and may be missing:
 * "conjunction" (a clause begins), "joiner" (one begins when a subject or verb
 * follows: and, or, so), "between" (may stand between subject and verb),
 * "politeness"; "number" adds words to the class <number>. */
void lexicon_list(struct lexicon *lx, struct sv locale, struct node *file);
/* grammar.json "marks": {"other":["he|she|they","my {relation}"], ...}.
 * <number> and <quote> are there already.  A clause begins at a <subject> with a
 * verb behind it; without that class at <self>, <other> or <addressee>. */
void lexicon_marks(struct lexicon *lx, struct sv locale, struct node *marks);

/* Compiles text and gives its number; PHRASE_NONE and a finding at `where` when
 * it is unsound.  `views` is the set of views it may match in. */
uint32_t lexicon_phrase(struct lexicon *lx, struct sv locale, struct sv text,
    unsigned views, const struct node *where);
/* A raw regex over the plain text of a sentence (lang/ only): needs key words. */
uint32_t lexicon_regex(struct lexicon *lx, struct sv locale, struct sv pattern,
    const struct sv *keys, size_t n_keys, unsigned views, const struct node *where);

/* A group is a set of phrases that are looked for together through one word
 * index: a rule set, the intents, the controls. */
struct group;
struct group *lexicon_group(struct lexicon *lx);
void group_add(struct group *g, uint32_t phrase, uint32_t tag); /* tag: the caller's */

void lexicon_seal(struct lexicon *lx, struct findings *f);
/* Forgets what only lexicon_expand() asks for: it finds nothing afterwards. */
void lexicon_slim(struct lexicon *lx);

/* Asking afterwards. */
uint32_t lexicon_list_symbol(const struct lexicon *lx, struct sv locale, struct sv list);
uint32_t lexicon_class_symbol(const struct lexicon *lx, struct sv locale, struct sv name);
size_t lexicon_list_rows(const struct lexicon *lx, uint32_t list);
/* Of a mark: "en/other", one name for a list and a class. */
struct sv lexicon_mark_name(const struct lexicon *lx, uint32_t sym, bool *class);
struct sv lexicon_row(const struct lexicon *lx, uint32_t list, uint32_t row); /* canonical word */
/* Verb row and form of a plain word; -1 when it is no verb form.  A word can
 * be several ("put"): forms is a bit set of enum verb_form. */
enum verb_form { VERB_BASE, VERB_THIRD, VERB_ING, VERB_PAST, VERB_PARTICIPLE, VERB_FORMS };
/* Does a typed word end as owners do ("mum's"), as spelling.json says? */
bool lexicon_genitive(const struct lexicon *lx, struct sv locale, struct sv typed);
int lexicon_verb(const struct lexicon *lx, struct sv locale, struct sv word, unsigned *forms);
struct sv lexicon_verb_form(const struct lexicon *lx, struct sv locale, int verb, enum verb_form form);
struct sv lexicon_verb_kind(const struct lexicon *lx, struct sv locale, int verb);
bool lexicon_knows(const struct lexicon *lx, struct sv locale, struct sv word); /* dictionary or vocabulary */
bool lexicon_whole(const struct lexicon *lx, uint32_t phrase);     /* an =phrase */
/* Every sentence a phrase can match is too many; these few prove choices and
 * examples: each alternative once, gaps empty, lists by their first member. */
void lexicon_expand(const struct lexicon *lx, uint32_t phrase, struct arena *a,
    struct sv **texts, size_t *n, size_t max);

#endif
