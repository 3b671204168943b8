/* text/inner.h - what the files of text/ share; nobody else includes it.
 *
 *   fold.c     bytes -> folded characters
 *   token.c    folded characters -> tokens and what stands between them
 *   spelled.c  letters with something between them -> words
 *   lexicon.c  symbols, lists, verbs, spelling, word list, sealing
 *   phrase.c   phrase language -> tree
 *   program.c  tree -> program, and the keys it is found by
 *   speak.c    tree -> sentences that it takes
 *   trie.c     lists and plain classes: sequences of symbols -> marks
 *   memo.c     texts of a message -> what is known of them
 *   mend.c     typos, disguises, joined and parted words -> further edges
 *   lattice.c  nodes and edges
 *   message.c  tokens -> words, sentences, clauses, marks
 *   index.c    where symbols stand, and where a phrase may begin
 *   match.c    programs over the lattice; groups; scanning */
#ifndef TEXT_INNER_H
#define TEXT_INNER_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/table.h"
#include "text/fold.h"
#include "text/lexicon.h"
#include "text/message.h"

enum { LOCALES_MAX = 32, WORD_MAX = 48 /* bytes of a word worth looking up */,
	MESSAGE_BYTES = 8192 /* of a message that are read */ };

enum symbol_kind { SYMBOL_WORD, SYMBOL_PREFIX, SYMBOL_LIST, SYMBOL_CLASS };

/* All sets of locales are bit sets, bit = number of the locale. */
struct symbol {
	uint8_t kind;
	uint8_t n_prefixes;
	uint16_t longest;       /* words a list or class may cover */
	uint32_t vocabulary;    /* word, prefix: some phrase, list or verb has it */
	uint32_t starts;        /* word, prefix: a member begins with it */
	uint32_t joins;         /* word: with the next word it may be one */
	uint32_t verbs;         /* word: a verb form */
	uint32_t spelled;       /* word: chain in lexicon.spellings, 0 none */
	uint32_t prefixes;      /* word: first in lexicon.prefix_pool */
	uint32_t uses;          /* how often phrases ask for it */
	uint32_t weight;        /* how common it is in messages, about */
	uint32_t index;         /* list: in lexicon.lists; class: in lexicon.classes */
};

/* How a word is written out, in one locale. */
struct spelling {
	uint32_t next;
	uint16_t locale;
	uint8_t n_first, n_second;      /* 0: none */
	const uint32_t *first;          /* instead of the word */
	const uint32_t *second;         /* as well as the word */
};

/* Words that are known, none to be had back: a mark of each, 0 free. */
struct wordset {
	uint32_t *slots, n_slots;
};

struct verb { struct sv forms[VERB_FORMS], kind; };
struct verb_word { int verb; unsigned forms; };
struct verb_base { uint32_t *syms; uint32_t n; };      /* all that "verb~" takes */

struct list {
	uint32_t sym;
	uint16_t locale;
	struct sv first;        /* words of its first member */
	const char **rows;
	size_t n, cap;
};

/* While loading: a row by its list and name. */
struct row_index {
	struct row_slot { uint32_t hash, list, row; } *slots;   /* row: + 1, 0 is free */
	size_t mask, n;
};

struct word_class {
	uint32_t sym;
	uint16_t locale, level; /* 0: no phrases beyond plain words */
	uint32_t *phrases;      /* all of its phrases, for lexicon_expand */
	size_t n, cap;
};

/* Lists and classes the reading itself asks for; absent ones are SYM_NONE. */
enum own_symbol {
	OWN_CONJUNCTION, OWN_JOINER, OWN_POLITENESS, OWN_BETWEEN,       /* lists */
	OWN_NUMBERS,
	OWN_SELF, OWN_OTHER, OWN_ADDRESSEE, OWN_SUBJECT,                /* classes */
	OWN_NUMBER, OWN_QUOTE,
	OWN_COUNT
};

struct locale {
	struct sv name;
	struct wordset dictionary;
	struct table *abbreviations;
	struct verb *verbs;     size_t n_verbs, cap_verbs;
	struct table *verb_names;       /* plain word -> verb_words */
	struct verb_word *verb_words;   size_t n_verb_words, cap_verb_words;
	struct table *base_names;       /* while loading: base form -> bases */
	struct verb_base *bases;        size_t n_bases, cap_bases;
	struct group **levels;  size_t n_levels;        /* classes beyond plain words */
	uint32_t own[OWN_COUNT];
	bool squeeze;
	struct sv genitive;             /* "'s" behind an owner; "" none */
};

/* A phrase: its tree while loading, its program for ever. */
enum node_kind { NODE_SEQ, NODE_ALT, NODE_OPT, NODE_SYM, NODE_SET, NODE_GAP, NODE_FIRST, NODE_LAST };

struct pnode {
	uint8_t kind;           /* enum node_kind */
	uint16_t n;             /* kids */
	union {
		uint32_t sym;   /* SYM */
		uint32_t n_set; /* SET: sorted; one choice for each member */
	};
	union {                 /* a SYM ends here */
		uint32_t *set;
		struct pnode **kids;
	};
};
/* The symbols that a SYM or SET takes; none for the other kinds. */
static inline uint32_t pnode_syms(const struct pnode *t, const uint32_t **syms)
{
	*syms = t->kind == NODE_SYM ? &t->sym : t->set;
	return t->kind == NODE_SYM ? 1 : t->kind == NODE_SET ? t->n_set : 0;
}

enum op { OP_SYM, OP_SET, OP_ANY, OP_SPLIT, OP_JUMP, OP_FIRST, OP_LAST, OP_MATCH };

/* Packed, for there are many. */
struct inst {
	uint64_t first;         /* bloom of the symbols that a path from here begins with */
	uint32_t op : 8;
	uint32_t x : 24;        /* SYM: sym; SET: first in sets; SPLIT: what else than the next; JUMP: target */
} __attribute__((packed, aligned(4)));

/* Something that every match of a phrase has, or every one in this way where it is a
 * choice of several: a symbol of a set that begins min to max words behind the one
 * before it (`from`, in the same way), the first of a way behind the start. */
struct must {
	uint32_t set;           /* n of them: first in lexicon.sets; 0: the symbol itself */
	uint16_t n;
	uint8_t from, min, max;
	uint8_t of;             /* first of a way: how many it has; else 0 */
};
enum { MUSTS_MAX = 8, MUST_FAR = 255 };

/* What an author wrote, while loading and for linters: gone after lexicon_slim(). */
struct written {
	struct sv text;
	const char *file, *place;       /* of a weak one: no element of three letters or more */
	const struct pnode *tree;       /* NULL: regex */
	uint32_t *keys;         uint32_t n_keys;        /* symbols of which it has one */
};

struct phrase {
	pcre2_code *regex;
	struct inst *code;
	struct must *musts;
	uint32_t n_code, n_musts;
	uint16_t locale;
	uint8_t views;
	uint8_t longest;        /* words, 255 = that or more */
	bool whole;             /* =phrase */
};

/* need: a further symbol of the phrase, so that most candidates fall without a look at
 * the phrase; its key again where it has none. */
struct posting { uint32_t phrase, tag, need; };

struct group {
	struct lexicon *lexicon;
	struct group_item { uint32_t phrase, tag; } *items;
	size_t n, cap;
	/* sealed: symbol -> run of postings */
	uint32_t *slots;        /* sym, 0 free */
	struct run { uint32_t first, n; } *runs;
	uint32_t mask;
	uint64_t *keys;         /* bit set of all symbols up to the last that is a key */
	uint32_t n_keys;
	struct posting *postings;
	size_t n_postings;
};

/* Sequences of symbols. */
struct trie_out { uint32_t sym, row; };
struct trie_way { uint32_t sym, to; };
struct trie {
	/* while it is filled: a hash table */
	struct trie_step { uint32_t state, sym, to; } *steps;   /* state 0 is free */
	uint32_t mask, n;
	struct trie_end { uint32_t next, sym, row; } *ends;     uint32_t n_ends, cap_ends;
	/* sealed: the ways out of state s, by symbol, begin at first[s] */
	struct trie_way *ways;
	uint32_t *first;
	/* outs of state s begin at outs[s] in the pool; before: its last end + 1 */
	uint32_t *outs;
	uint32_t n_states, cap_states;
	struct trie_out *pool;
};

/* Words one letter apart: every word under its own hash and those of the words
 * that are left when one letter goes.  The hash finds a bucket, and its highest eight
 * bits most of the words there that are none of these. */
struct near { uint32_t sym : 24, check : 8; };

struct lexicon {
	struct arena *arena;
	struct arena *trees;    /* of phrases, and what struct written points to */
	struct arena *scratch;  /* while one phrase is parsed */
	struct pnode **open;    size_t n_open, cap_open;        /* so far kids of none */
	struct table *names;    /* symbol + 1 = name's number */
	struct symbol *symbols; size_t cap_symbols;
	struct locale *locales; size_t n_locales;
	struct list *lists;     size_t n_lists, cap_lists;
	struct row_index row_index;
	struct word_class *classes; size_t n_classes, cap_classes;
	struct phrase *phrases; size_t n_phrases, cap_phrases;
	struct written *written; size_t cap_written;    /* of each phrase; NULL once slim */
	struct group **groups;  size_t n_groups, cap_groups;
	struct spelling *spellings; size_t n_spellings, cap_spellings;
	uint32_t *sets;         size_t n_sets, cap_sets;       /* each behind its length */
	uint32_t *set_slots;    uint32_t set_mask, n_set_slots; /* until it is sealed */
	struct trie trie;
	uint32_t *prefix_pool;  size_t n_prefix_pool, cap_prefix_pool;
	uint64_t prefix_bloom[16];      /* of the first three bytes */
	size_t longest_prefix;
	struct near *near;      uint32_t *near_at; uint32_t near_mask;
	uint64_t *begin;        /* bloom of what words begin with, for lexicon_may_begin() */
	bool any_begin;         /* a prefix is so short that anything may */
	bool sealed;
};

/* lexicon.c */
uint16_t lexicon_locale(struct lexicon *lx, struct sv name);           /* makes it */
int lexicon_find_locale(const struct lexicon *lx, struct sv name);     /* -1 */
uint32_t lexicon_add_word(struct lexicon *lx, struct sv folded);
uint32_t lexicon_add_prefix(struct lexicon *lx, struct sv folded);
uint32_t lexicon_find_word(const struct lexicon *lx, struct sv folded);
uint32_t lexicon_named(const struct lexicon *lx, char kind, struct sv locale, struct sv name);
struct sv lexicon_symbol_name(const struct lexicon *lx, uint32_t sym);
struct sv lexicon_letters(const struct lexicon *lx, uint32_t sym);     /* of a word or prefix */
const struct spelling *lexicon_spelled(const struct lexicon *lx, int locale, uint32_t sym);
bool lexicon_in_dictionary(const struct lexicon *lx, int locale, struct sv folded);
bool lexicon_has(const struct lexicon *lx, int locale, struct sv folded, uint32_t sym);
/* Prefix symbols that a word outside the vocabulary begins with. */
size_t lexicon_prefixes_of(const struct lexicon *lx, struct sv word, uint32_t *out, size_t max);

enum { BEGIN_LEAST = 3, BEGIN_MOST = 5 /* letters that are looked at */ };
/* False only where no word of any vocabulary begins with these letters, or is begun by
 * them: whatever follows, it is none. */
bool lexicon_may_begin(const struct lexicon *lx, struct sv letters);

/* Does folded text end as the locale's owners do? */
bool genitive_ends(const struct locale *l, struct sv folded);

/* memo.c */
struct memo { struct arena *arena; struct memo_slot *slots; uint32_t mask, n; };
struct memo *memo_create(struct arena *a);       /* in which all that is known stands too */
/* The place for what is known of a text, for one kind of question: NULL stands there
 * at first.  It moves when more is asked. */
void **memo_at(struct memo *m, uint32_t kind, struct sv text);
enum memo_kind { MEMO_TYPED = 1 << 16 /* and the token's flags */, MEMO_SIGNED = 2 << 16,
	MEMO_OFFER = 3 << 16, MEMO_CLUSTER = 4 << 16,
	MEMO_STRETCH = 5 << 16 /* and how many letters it has at least */ };

/* token.c */
enum token_sep {
	SEP_SPACE = 1, SEP_LINE = 2, SEP_DOT = 4, SEP_DOTS = 8, SEP_QUESTION = 16,
	SEP_EXCLAIM = 32, SEP_COMMA = 64, SEP_HYPHEN = 128, SEP_SIGN = 256, SEP_OTHER = 512,
};
enum token_flag {
	TOKEN_NUMBER = 1, TOKEN_EMOJI = 2, TOKEN_CAPITAL = 4, TOKEN_CAPS = 8,
	TOKEN_APOSTROPHE = 16, TOKEN_QUOTED = 32, TOKEN_GENITIVE = 64, TOKEN_WIDE = 128,
	TOKEN_DIGITS = 256,     /* digits among letters */
	TOKEN_SINGLE = 512,     /* one character */
	TOKEN_LINK = 1024,
	TOKEN_SPELLED = 2048,   /* its letters stand apart, or are figures and signs */
};
struct token {
	uint32_t from, to;      /* in folded text */
	uint16_t before;        /* seps before it */
	uint16_t flags;
	int word, n_words;      /* the rest is filled by message.c */
	struct sv text;         /* without apostrophes */
	struct sv meant;        /* TOKEN_SPELLED: instead of what stands there */
	uint32_t sym;           /* of its own text, without repair */
	const struct spelling *spelling;        /* NULL where it is written as it is */
	struct typed *typed;
};
/* What a token says, found once for all that are typed alike. */
struct typed {
	struct sv text;
	uint32_t sym;
	const struct spelling *spelling;
	bool known;             /* a word of the locale */
	bool possessive;
	uint8_t looked;         /* bits: for which of these a repair was looked for */
	uint32_t mended[2];     /* inside a sentence, and as its first word */
	uint32_t speaks;        /* locales of which it may be a word, by itself */
	const struct near_words *near;          /* NULL before it is asked for */
	struct meant *meant;    /* by mend.c, of the token alone; NULL before */
};
struct tokens {
	struct token *items;
	int n;
	uint16_t after;         /* seps behind the last */
};
void tokenize(const struct lexicon *lx, int locale, const struct folded *f,
    struct arena *a, struct tokens *out);
/* Letters that stand apart, or are figures and signs, become the words they spell:
 * in what people write, not in phrases, whose authors mean what they write. */
void join_spelled(const struct lexicon *lx, int locale, const struct folded *f, struct memo *memo,
    struct tokens *t);
/* The token's text without apostrophes. */
struct sv token_text(const struct folded *f, const struct token *t, struct arena *a);

/* phrase.c, program.c */
struct member { const uint32_t *syms; size_t n; };
struct pnode *phrase_parse(struct lexicon *lx, uint16_t locale, struct sv text,
    const struct node *where, struct arena *a, bool *whole);
/* Nothing but a to z, as nearly all words are: nothing to fold, one token. */
bool plain_word(struct sv s);
/* The symbols of a text that is nothing but words of a to z with one blank between,
 * as phrase_parse() reads them, without a tree: most members of lists are.  0 where
 * it is more than that, or a word of it may be read in two ways. */
size_t phrase_plain(struct lexicon *lx, uint16_t locale, struct sv text, uint32_t *syms, size_t max);
/* All sequences of words a tree stands for; false when it has gaps, lists or
 * classes, or stands for more than max. */
bool phrase_members(const struct lexicon *lx, const struct pnode *tree,
    struct arena *a, struct member *out, size_t *n, size_t max);
/* Its first in lexicon.sets; the same symbols, sorted, have one place. */
uint32_t lexicon_set(struct lexicon *lx, const uint32_t *syms, size_t n);
/* The highest class level a tree asks for, -1 none. */
int phrase_level(const struct lexicon *lx, const struct pnode *tree);
void phrase_seal(struct lexicon *lx, uint32_t phrase);

/* trie.c */
uint32_t trie_root(uint16_t locale);
void trie_init(struct trie *t);
void trie_fini(struct trie *t);
void trie_add(struct trie *t, uint32_t root, const uint32_t *syms, size_t n,
    uint32_t sym, uint32_t row);
void trie_seal(struct trie *t);         /* nothing is added any more */
uint32_t trie_step(const struct trie *t, uint32_t state, uint32_t sym);  /* sealed; 0 none */

/* lattice.c */
struct edge {
	uint32_t sym, row;
	int to, next;
	uint8_t views;
	bool mark;
	bool over;              /* passes over emoji first: nothing begins with it */
};
struct lattice {
	struct edge *edges;     int n_edges, cap_edges;
	int *head;              /* first edge of each node, -1 */
	uint64_t *out;          /* bloom of the symbols on the edges of each node */
	int *home;              /* word of a node; nodes beyond n_words lie inside it */
	int n_nodes, cap_nodes;
	int n_words;
	int *inside;            /* first inner node of each word, -1; chained by more */
	int *more;
	bool odd;               /* inner nodes or wide edges exist */
	int widest;             /* words the widest edge covers */
	uint8_t *glued;         /* of each word: no sentence ends before it */
	int over_from;          /* edges from here on have not been led over emoji */
	uint64_t seen[32];      /* bloom of all symbols */
	struct index *index;    /* private to index.c; NULL while words are found */
	uint32_t scans;         /* so far */
	bool disguised;         /* signs or figures stood for letters somewhere */
	unsigned mends, partings;   /* look-ups for disguises so far */
};
void lattice_init(struct message *m, int n_words);
int lattice_node(struct message *m, int word);
void lattice_edge(struct message *m, int from, int to, uint32_t sym, uint32_t row,
    unsigned views, bool mark);
/* A word and the prefixes it begins with. */
void lattice_word(struct message *m, int from, int to, struct sv text, uint32_t sym,
    unsigned views);
/* Words behind emoji follow the word before them as well, and so do marks: asked
 * for again when there are new ones. */
void lattice_over_emoji(struct message *m);
/* Several words one after the other, through inner nodes of `word`. */
void lattice_path(struct message *m, int from, int to, int word, const uint32_t *syms,
    size_t n, unsigned views);
/* A node as a place: words x 2, inner nodes between. */
static inline int lattice_place(const struct lattice *g, int node)
{
	return node <= g->n_words ? 2 * node : 2 * g->home[node] + 1;
}
/* Blooms of symbols, to pass over most of what cannot be: in 64 bits for a step of
 * a program and for the edges of a node, in 2,048 for a whole lattice.  ANY_SYMBOL
 * is in those of all nodes, and of all steps that may go on without a symbol; the
 * few symbols that share its bit are never passed over. */
#define ANY_SYMBOL (1ULL << 63)
static inline uint64_t sym_bit(uint32_t sym)
{
	return 1ULL << (sym & 63);
}
static inline void lattice_see(struct lattice *g, uint32_t sym)
{
	g->seen[sym >> 6 & 31] |= 1ULL << (sym & 63);
}
static inline bool lattice_saw(const struct lattice *g, uint32_t sym)
{
	return g->seen[sym >> 6 & 31] >> (sym & 63) & 1;
}

/* mend.c */
/* The look-alike of text, letter by letter, into out[WORD_MAX]; false when nothing
 * changed.  Bit k of `choice` says how the k-th letter is read that may be one of
 * two; *open counts them. */
bool undisguise(struct sv text, int choice, char *out, size_t *n, int *open);
/* Is it the word, but for one letter that is a star? */
bool fits_star(struct sv starred, struct sv word);
/* May the sign before, or at, this byte be a letter of the word beside it? */
bool sign_before(const struct folded *f, size_t at);
bool sign_behind(const struct folded *f, size_t at);
void near_build(struct lexicon *lx);
/* How a word differs from what was typed, likeliest slip first. */
enum slip { SLIP_SWAP, SLIP_DOUBLE = SLIP_SWAP, SLIP_MISSING, SLIP_OTHER, SLIP_FIRST, SLIP_NONE };
enum { NEAR_WORDS = 12 };
struct near_words {
	struct near_word { uint32_t sym; enum slip slip; } items[NEAR_WORDS];
	size_t n;
};
/* All words and prefixes that are one slip away, or the first dozen of them. */
void near_all(const struct lexicon *lx, int locale, struct sv word, struct near_words *out);
const struct near_words *near_of(const struct lexicon *lx, int locale, struct typed *t,
    struct arena *a);
/* Of all words near what was typed, the one that is likeliest: a word or prefix. */
uint32_t near_best(const struct near_words *all, struct sv typed);
uint32_t squeeze_find(const struct lexicon *lx, int locale, struct sv word);
void mend_tokens(struct message *m, int locale, const struct folded *f, struct memo *memo,
    struct tokens *t);

/* index.c */
struct places {
	uint32_t scan;
	uint64_t *bits;         /* one for each word */
	struct found *found;    /* of each bit, in their order; NULL before it is asked for */
	uint16_t *before;       /* bits in the words before each 64 of them */
};
/* The longest match that begins there, within its sentence, and the place where the
 * shortest ends. */
struct found { int last, place, least; uint8_t views, state; };
enum { FOUND_UNKNOWN, FOUND_NONE, FOUND_MATCH };
void index_build(struct message *m);
/* Later edges: each is added, then what was known of sets and phrases is forgotten. */
void index_add(struct message *m, uint32_t sym, int word);
void index_settle(struct message *m);
size_t index_symbols(const struct message *m, const uint32_t **all);
const uint64_t *index_symbol(const struct message *m, uint32_t sym);    /* NULL: nowhere */
/* Where the phrase may begin, found once for a message; NULL nowhere, no bit for a regex.
 * `scan` is the caller's: the last scan that has asked. */
struct places *index_phrase(struct message *m, uint32_t phrase);
int index_next(const uint64_t *bits, int from, int end);                /* -1 none */
struct found *index_found(struct message *m, struct places *p, int word);

/* match.c */
void group_seal(struct group *g);
/* Marks of the classes beyond plain words. */
void match_classes(struct message *m, const struct locale *l);

#endif
