#include "text/inner.h"

#include <string.h>

#include "base/xalloc.h"

enum {
	WORK_BASE = 20000, WORK_PER_WORD = 1500, WORK_MAX = 400000,
	TRIE_DEPTH = 24,
	WORD_TELLS = 4,         /* bytes of a word that tells a language */
};

/* Everything message_read() carries from step to step. */
struct intake {
	struct message *m;
	const struct lexicon *lx;
	const struct locale *l;         /* NULL where the locale is unknown */
	int locale;
	struct folded f;
	struct tokens t;
	int cap_words;
	struct memo *memo;
	const uint64_t *own[OWN_COUNT]; /* where the symbols begin that the reading asks for */
};

/* Words -------------------------------------------------------------------- */

static struct word *new_word(struct intake *r)
{
	struct message *m = r->m;

	if (m->n_words == r->cap_words) {
		struct word *old = m->words;

		r->cap_words = 2 * r->cap_words + 16;
		m->words = ARENA_ARRAY(m->arena, struct word, r->cap_words);
		if (m->n_words)
			memcpy(m->words, old, (size_t)m->n_words * sizeof *old);
	}
	return &m->words[m->n_words++];
}

static unsigned word_flags(const struct token *t)
{
	static const struct { uint16_t token, word; } same[] = {
		{ TOKEN_NUMBER, WORD_NUMBER }, { TOKEN_EMOJI, WORD_EMOJI },
		{ TOKEN_CAPITAL, WORD_CAPITAL }, { TOKEN_CAPS, WORD_CAPS },
		{ TOKEN_QUOTED, WORD_QUOTED }, { TOKEN_GENITIVE, WORD_POSSESSIVE },
	};
	unsigned flags = 0;

	for (size_t i = 0; i < COUNT(same); i++)
		if (t->flags & same[i].token)
			flags |= same[i].word;
	return flags;
}

static void add_word(struct intake *r, struct token *t, struct sv text, uint32_t sym,
    unsigned flags)
{
	struct word *w = new_word(r);

	*w = (struct word){ .begin = r->f.map[t->from], .end = r->f.map[t->to],
		.text = text, .sym = sym,
		.flags = (uint16_t)(word_flags(t) | flags | (t->n_words ? WORD_JOINED : 0)) };
	t->n_words++;
}

static void add_words(struct intake *r, struct token *t, const uint32_t *syms, size_t n,
    unsigned flags)
{
	for (size_t i = 0; i < n; i++)
		add_word(r, t, lexicon_symbol_name(r->lx, syms[i]), syms[i], flags);
}

static const struct spelling *spelled(const struct intake *r, uint32_t sym)
{
	return sym && r->l ? lexicon_spelled(r->lx, r->locale, sym) : NULL;
}

/* Typos are looked for in plain words that nobody knows and that are no names. */
static uint32_t look_for_typo(const struct intake *r, const struct token *t, bool first)
{
	struct typed *y = t->typed;
	uint32_t found = SYM_NONE;

	if (r->l->squeeze)
		found = squeeze_find(r->lx, r->locale, y->text);
	if (!found && (first || !(t->flags & TOKEN_CAPITAL) || t->flags & TOKEN_CAPS))
		found = near_best(near_of(r->lx, r->locale, y, r->memo->arena), y->text);
	return found;
}

static uint32_t mended(const struct intake *r, const struct token *t, bool first)
{
	struct typed *y = t->typed;

	if (!r->l || t->flags & (TOKEN_NUMBER | TOKEN_EMOJI | TOKEN_LINK | TOKEN_DIGITS)
	    || y->text.n < 3 || y->text.n >= WORD_MAX || y->known)
		return SYM_NONE;
	if (!(y->looked & (1 << first))) {
		y->looked |= (uint8_t)(1 << first);
		y->mended[first] = look_for_typo(r, t, first);
	}
	return y->mended[first];
}

/* The token's plain text, its symbol, and how it is written out.  "mum's" is mum,
 * beside what the spelling file has to say about the whole ("mum is"). */
static void resolve(const struct intake *r, const struct token *t, struct sv key, struct typed *y)
{
	const struct spelling *s;

	y->text = t->flags & TOKEN_APOSTROPHE ? token_text(&r->f, t, r->memo->arena)
	    : arena_sv(r->memo->arena, key);
	y->sym = lexicon_find_word(r->lx, key);
	y->spelling = spelled(r, y->sym);
	if (!(t->flags & TOKEN_APOSTROPHE) || (y->spelling && y->spelling->n_first))
		return;
	if (r->l && genitive_ends(r->l, key)) {
		y->text.n -= r->l->genitive.n - 1;
		y->possessive = true;
	}
	y->sym = lexicon_find_word(r->lx, y->text);
	s = spelled(r, y->sym);
	if (!y->spelling)
		y->spelling = s;
}

/* In which locales may the token be a word?  In any, where it is none of this one or
 * its letters may be read in another way. */
static uint32_t speaks(const struct intake *r, const struct token *t, const struct typed *y)
{
	struct sv whole = y->text;
	uint32_t sym = y->sym;

	if (t->flags & (TOKEN_SPELLED | TOKEN_LINK | TOKEN_DIGITS)
	    || (t->flags & TOKEN_WIDE && !(t->flags & TOKEN_EMOJI)))
		return UINT32_MAX;
	if (!(t->flags & (TOKEN_NUMBER | TOKEN_EMOJI)) && !y->spelling && !y->known)
		return UINT32_MAX;
	if (y->possessive)
		whole.n += r->l->genitive.n - 1;
	if (t->flags & TOKEN_APOSTROPHE)
		sym = lexicon_find_word(r->lx, whole);
	return sym && whole.n >= WORD_TELLS ? r->lx->symbols[sym].vocabulary : 0;
}

static struct typed *typed_as(struct intake *r, const struct token *t)
{
	struct sv key = t->flags & TOKEN_SPELLED ? t->meant
	    : (struct sv){ r->f.text + t->from, t->to - t->from };
	void **at = memo_at(r->memo, MEMO_TYPED | (t->flags & ~(unsigned)TOKEN_QUOTED), key);
	struct typed *y = *at;

	if (y)
		return y;
	*at = y = ARENA_NEW(r->memo->arena, struct typed);
	resolve(r, t, key, y);
	y->known = lexicon_has(r->lx, r->locale, y->text, y->sym);
	y->speaks = speaks(r, t, y);
	return y;
}

static void read_token(struct intake *r, struct token *t, bool first)
{
	const struct typed *y = t->typed = typed_as(r, t);
	const struct spelling *s = y->spelling;
	unsigned flags = y->possessive ? WORD_POSSESSIVE : 0;
	uint32_t mend;

	t->text = y->text;
	t->sym = y->sym;
	t->spelling = s;
	t->word = r->m->n_words;
	r->m->elsewhere |= t->before & SEP_SIGN || (t > r->t.items && t->flags & t[-1].flags & TOKEN_SINGLE)
	    ? UINT32_MAX : y->speaks;
	if (s && s->n_first) {
		add_words(r, t, s->first, s->n_first, flags);
		return;
	}
	mend = mended(r, t, first);
	s = spelled(r, mend);
	if (s && s->n_first)
		add_words(r, t, s->first, s->n_first, WORD_REPAIRED);
	else if (mend)
		add_word(r, t, lexicon_letters(r->lx, mend),
		    lexicon_find_word(r->lx, lexicon_letters(r->lx, mend)), flags | WORD_REPAIRED);
	else
		add_word(r, t, y->text, y->sym, flags);
}

/* Sentences ---------------------------------------------------------------- */

static bool one_letter(const struct token *t)
{
	return t->flags & TOKEN_SINGLE && !(t->flags & (TOKEN_NUMBER | TOKEN_EMOJI));
}

/* "him.he never calls" ends a sentence; "attune.org", "e.g" and "3.5" do not. */
static bool tight_dot_ends(const struct token *a, const struct token *b)
{
	return !one_letter(a) && !one_letter(b) && a->typed->known && b->typed->known;
}

static bool dot_ends(const struct intake *r, int i)
{
	const struct token *a = &r->t.items[i - 1], *b = &r->t.items[i];

	if (!(b->before & (SEP_SPACE | SEP_LINE | SEP_OTHER)))
		return tight_dot_ends(a, b);
	if (r->l && table_find(r->l->abbreviations, a->text) != TABLE_NONE)
		return false;
	/* "at 8 a.m. he" */
	return !(one_letter(a) && a->before == SEP_DOT && i > 1);
}

static char end_of(unsigned seps)
{
	return seps & SEP_QUESTION ? '?' : seps & SEP_EXCLAIM ? '!'
	    : seps & (SEP_DOT | SEP_DOTS) ? '.' : seps & SEP_LINE ? '\n' : 0;
}

/* Does a sentence end before token i, and how? */
static char sentence_end(const struct intake *r, int i)
{
	const struct token *t = &r->t.items[i];
	unsigned seps = t->before;

	if (i == 0 || r->m->lattice->glued[t->word])
		return 0;
	if (seps & (SEP_LINE | SEP_QUESTION | SEP_EXCLAIM))
		return end_of(seps);
	if (seps & SEP_DOTS)
		return t->flags & TOKEN_CAPITAL ? '.' : 0;
	return seps & SEP_DOT && dot_ends(r, i) ? '.' : 0;
}

static bool parts_clause(const struct token *t)
{
	return t->before & (SEP_COMMA | SEP_DOTS)
	    || (t->before & SEP_HYPHEN && t->before & SEP_SPACE);
}

static void close_sentence(struct message *m, int first, int last, char end)
{
	struct sentence *s = &m->sentences[m->n_sentences];

	if (first == last)
		return;
	*s = (struct sentence){ { first, last }, end };
	m->words[first].flags |= WORD_SENTENCE;
	for (int w = first; w < last; w++)
		m->words[w].sentence = (uint16_t)m->n_sentences;
	m->n_sentences++;
}

static void find_sentences(struct intake *r)
{
	struct message *m = r->m;
	int first = 0, count = 1;

	for (int i = 0; i < r->t.n; i++)
		count += sentence_end(r, i) != 0;
	m->sentences = ARENA_ARRAY(m->arena, struct sentence, count);
	for (int i = 0; i < r->t.n; i++) {
		const struct token *t = &r->t.items[i];
		char end = sentence_end(r, i);

		if (end) {
			close_sentence(m, first, t->word, end);
			first = t->word;
		} else if (parts_clause(t)) {
			m->words[t->word].flags |= WORD_COMMA;
		}
	}
	close_sentence(m, first, m->n_words, end_of(r->t.after));
}

/* Marks of lists and plain classes ----------------------------------------- */

struct pending { uint32_t sym, row; int to; unsigned views; };

/* Steps of the trie that were asked for not long ago: what is said comes again. */
enum { STEPS = 512 };
struct step { uint32_t state, sym, next; };

struct walk {
	struct intake *r;
	struct step *steps;
	struct pending found[64];
	int n;
};

static void walk_found(struct walk *w, uint32_t state, int to, unsigned views)
{
	const struct trie *t = &w->r->lx->trie;

	for (uint32_t o = t->outs[state]; o < t->outs[state + 1]; o++)
		if (w->n < (int)COUNT(w->found))
			w->found[w->n++] = (struct pending){ t->pool[o].sym, t->pool[o].row, to, views };
}

static uint32_t step_from(struct walk *w, uint32_t state, uint32_t sym)
{
	struct step *s = &w->steps[(state * 31 + sym) % STEPS];

	if (s->state != state || s->sym != sym)
		*s = (struct step){ state, sym, trie_step(&w->r->lx->trie, state, sym) };
	return s->next;
}

static void walk_from(struct walk *w, int node, uint32_t state, unsigned views, int depth)
{
	struct message *m = w->r->m;
	const struct lattice *g = m->lattice;

	if (depth == TRIE_DEPTH)
		return;
	if (++m->work > m->limit) {
		m->cut = true;
		return;
	}
	/* a member lies inside one sentence, or goes on in the next line */
	if (depth && node < m->n_words && m->words[node].flags & WORD_SENTENCE) {
		if (!message_line_ends(m, m->words[node].sentence - 1))
			return;
		views |= VIEW_FOLDED;
	}
	for (int i = g->head[node]; i >= 0; i = g->edges[i].next) {
		const struct edge *e = &g->edges[i];
		uint32_t next;

		if (e->mark || (depth == 0 && e->over) || (depth == 0
		    && !(w->r->lx->symbols[e->sym].starts >> w->r->locale & 1)))
			continue;
		next = step_from(w, state, e->sym);
		if (!next)
			continue;
		walk_found(w, next, e->to, views | e->views);
		walk_from(w, e->to, next, views | e->views, depth + 1);
	}
}

/* Those found at one node whose symbols may be the same: few are. */
enum { ALIKE_SLOTS = 64, ALIKE_END = UINT8_MAX };
struct alike { uint8_t first[ALIKE_SLOTS], next[COUNT(((struct walk *)0)->found)]; };

static void find_alike(const struct walk *w, struct alike *a)
{
	memset(a->first, ALIKE_END, sizeof a->first);
	for (int i = 0; i < w->n; i++) {
		uint8_t *first = &a->first[w->found[i].sym % ALIKE_SLOTS];

		a->next[i] = *first;
		*first = (uint8_t)i;
	}
}

/* Is there a longer one of the same symbol that needs no view more, or the same again? */
static bool outdone(const struct lattice *g, const struct walk *w, const struct alike *a, int i)
{
	const struct pending *p = &w->found[i];
	int place = lattice_place(g, p->to);

	for (int k = a->first[p->sym % ALIKE_SLOTS]; k != ALIKE_END; k = a->next[k]) {
		const struct pending *q = &w->found[k];
		int other;

		if (q->sym != p->sym || k == i || q->views & ~p->views)
			continue;
		other = lattice_place(g, q->to);
		if (other > place || (other == place && (q->views != p->views || k < i)))
			return true;
	}
	return false;
}

static void find_members(struct intake *r)
{
	struct message *m = r->m;
	struct lattice *g = m->lattice;
	struct walk w = { .r = r, .steps = ARENA_ARRAY(m->arena, struct step, STEPS) };
	struct alike alike;

	for (int node = 0; node < g->n_nodes; node++) {
		if (node == m->n_words)
			continue;
		w.n = 0;
		walk_from(&w, node, trie_root((uint16_t)r->locale), 0, 0);
		if (!w.n)
			continue;
		find_alike(&w, &alike);
		for (int i = 0; i < w.n; i++)
			if (!outdone(g, &w, &alike, i))
				lattice_edge(m, node, w.found[i].to, w.found[i].sym,
				    w.found[i].row, w.found[i].views, true);
	}
}

static void find_shapes(struct intake *r)
{
	struct message *m = r->m;
	const uint32_t *own = r->l->own;
	int quote = -1;

	for (int w = 0; w <= m->n_words; w++) {
		unsigned flags = w < m->n_words ? m->words[w].flags : 0;

		if (flags & WORD_NUMBER)
			lattice_edge(m, w, w + 1, own[OWN_NUMBER], 0, VIEW_PLAIN, true);
		if (quote >= 0 && !(flags & WORD_QUOTED)) {
			lattice_edge(m, quote, w, own[OWN_QUOTE], 0, VIEW_PLAIN, true);
			quote = -1;
		} else if (quote < 0 && flags & WORD_QUOTED) {
			quote = w;
		}
		for (int i = m->lattice->head[w]; own[OWN_NUMBERS] && i >= 0;
		    i = m->lattice->edges[i].next) {
			struct edge e = m->lattice->edges[i];

			if (e.sym == own[OWN_NUMBERS] && !e.over)
				lattice_edge(m, w, e.to, own[OWN_NUMBER], e.row, e.views, true);
		}
	}
}

static int by_length(const struct mark *a, const struct mark *b)
{
	int x = span_length(a->words), y = span_length(b->words);

	return x != y ? y - x : (a->sym > b->sym) - (a->sym < b->sym);
}

/* *placed: a bloom of the symbols that this word has marks of. */
static void place_mark(struct message *m, int first, struct mark mark, uint64_t *placed)
{
	int at = m->n_marks;

	for (int i = *placed & sym_bit(mark.sym) ? first : at; i < m->n_marks; i++)
		if (m->marks[i].sym == mark.sym && m->marks[i].row == mark.row
		    && m->marks[i].words.last == mark.words.last)
			return;
	for (; at > first && by_length(&m->marks[at - 1], &mark) > 0; at--)
		m->marks[at] = m->marks[at - 1];
	m->marks[at] = mark;
	m->n_marks++;
	*placed |= sym_bit(mark.sym);
}

static void place_marks_of(struct message *m, int node, int first, uint64_t *placed)
{
	const struct lattice *g = m->lattice;

	for (int i = g->head[node]; i >= 0; i = g->edges[i].next) {
		const struct edge *e = &g->edges[i];
		struct span s = { g->home[node],
			e->to <= g->n_words ? e->to : g->home[e->to] + 1 };

		if (e->mark && !e->over)
			place_mark(m, first, (struct mark){ e->sym, e->row, s, e->views }, placed);
	}
}

static void list_marks(struct message *m)
{
	const struct lattice *g = m->lattice;
	int total = 0;

	for (int i = 0; i < g->n_edges; i++)
		total += g->edges[i].mark && !g->edges[i].over;
	m->marks = ARENA_ARRAY(m->arena, struct mark, total + 1);
	m->marks_at = ARENA_ARRAY(m->arena, int, m->n_words + 2);
	for (int w = 0; w < m->n_words; w++) {
		int first = m->marks_at[w] = m->n_marks;
		uint64_t placed = 0;

		place_marks_of(m, w, first, &placed);
		for (int node = g->inside[w]; node >= 0; node = g->more[node])
			place_marks_of(m, node, first, &placed);
	}
	m->marks_at[m->n_words] = m->n_marks;
}

/* Clauses ------------------------------------------------------------------ */

static const struct mark *own_mark(const struct intake *r, enum own_symbol own, int word)
{
	const uint64_t *places = r->own[own];

	return places && places[word / 64] >> (word & 63) & 1
	    ? message_mark(r->m, r->l->own[own], word) : NULL;
}

static bool is_verb(const struct intake *r, int word)
{
	uint32_t sym = word < r->m->n_words ? r->m->words[word].sym : SYM_NONE;

	return sym && r->lx->symbols[sym].verbs >> r->locale & 1;
}

/* Past the words that may stand between a subject and its verb. */
static int past_between(const struct intake *r, int word)
{
	for (int i = 0; i < 3; i++) {
		const struct mark *mk = word < r->m->n_words
		    ? own_mark(r, OWN_BETWEEN, word) : NULL;

		if (!mk)
			break;
		word = mk->words.last;
	}
	return word;
}

static const enum own_symbol doers[] = { OWN_SELF, OWN_OTHER, OWN_ADDRESSEE };

/* The class "subject" where the locale has one, else any of the persons. */
static const struct mark *subject_at(const struct intake *r, int word)
{
	const struct mark *mk = own_mark(r, OWN_SUBJECT, word);

	for (size_t i = 0; !mk && !r->l->own[OWN_SUBJECT] && i < COUNT(doers); i++)
		mk = own_mark(r, doers[i], word);
	return mk;
}

static bool subject_with_verb(const struct intake *r, int word)
{
	const struct mark *mk = subject_at(r, word);

	return mk && is_verb(r, past_between(r, mk->words.last));
}

/* Is the word the inside of a subject or conjunction that began before it? */
static bool inside_another(const struct intake *r, int word, int first)
{
	for (int w = word - 1; w >= first && w >= word - 3; w--) {
		const struct mark *mk[] = { subject_at(r, w), own_mark(r, OWN_CONJUNCTION, w),
			own_mark(r, OWN_JOINER, w) };

		for (size_t i = 0; i < COUNT(mk); i++)
			if (mk[i] && mk[i]->words.last > word)
				return true;
	}
	return false;
}

/* "because he": a conjunction and the subject behind it are one clause. */
static bool behind_conjunction(const struct intake *r, int word, int first)
{
	const struct mark *mk = own_mark(r, OWN_CONJUNCTION, first);

	mk = mk ? mk : own_mark(r, OWN_JOINER, first);
	return mk && mk->words.last == word;
}

/* Does a clause begin here?  `first` is where the present one began. */
static bool clause_starts(const struct intake *r, int word, int first)
{
	const struct mark *mk;

	if (r->m->words[word].flags & WORD_COMMA)
		return true;
	if (!r->l || r->m->words[word].flags & WORD_JOINED || inside_another(r, word, first)
	    || behind_conjunction(r, word, first))
		return false;
	if (own_mark(r, OWN_CONJUNCTION, word))
		return true;
	mk = own_mark(r, OWN_JOINER, word);
	if (mk && mk->words.last < r->m->n_words)
		return subject_with_verb(r, mk->words.last)
		    || is_verb(r, past_between(r, mk->words.last));
	return subject_with_verb(r, word);
}

static void find_clauses(struct intake *r)
{
	struct message *m = r->m;
	int first = 0;

	for (int i = 0; i < OWN_COUNT && r->l; i++)
		r->own[i] = r->l->own[i] ? index_symbol(m, r->l->own[i]) : NULL;
	m->clauses = ARENA_ARRAY(m->arena, struct span, m->n_words + 1);
	for (int w = 0; w < m->n_words; w++) {
		bool sentence = m->words[w].flags & WORD_SENTENCE;
		bool clause = w == 0 || clause_starts(r, w, first);

		if (sentence && !clause && message_line_ends(m, m->words[w].sentence - 1))
			m->words[w].flags |= WORD_LINE;
		if (clause || sentence) {
			m->words[w].flags |= WORD_CLAUSE;
			if (m->n_clauses)
				m->clauses[m->n_clauses - 1].last = w;
			m->clauses[m->n_clauses++] = (struct span){ w, m->n_words };
			first = w;
		}
		m->words[w].clause = (uint16_t)(m->n_clauses - 1);
	}
}

/* Reading ------------------------------------------------------------------ */

static void find_words(struct intake *r)
{
	struct message *m = r->m;

	r->cap_words = r->t.n + r->t.n / 2 + 4;
	m->words = ARENA_ARRAY(m->arena, struct word, r->cap_words);
	if (r->t.after & SEP_SIGN)
		m->elsewhere = UINT32_MAX;
	for (int i = 0; i < r->t.n; i++) {
		const struct token *t = &r->t.items[i];

		read_token(r, &r->t.items[i], i == 0
		    || t->before & (SEP_DOT | SEP_LINE | SEP_QUESTION | SEP_EXCLAIM));
	}
}

static void find_edges(struct intake *r)
{
	struct message *m = r->m;

	lattice_init(m, m->n_words);
	for (int i = 0; i < r->t.n; i++) {
		const struct token *t = &r->t.items[i];
		const struct word *w = &m->words[t->word];
		const struct spelling *s = t->spelling;
		bool repaired = w->flags & WORD_REPAIRED;
		unsigned views = t->flags & TOKEN_SPELLED ? VIEW_FOLDED : repaired ? VIEW_REPAIRED
		    : s && s->n_first ? VIEW_EXPANDED : VIEW_PLAIN;

		for (int k = 0; k < t->n_words; k++)
			lattice_word(m, t->word + k, t->word + k + 1, w[k].text, w[k].sym, views);
		if (repaired)
			lattice_word(m, t->word, t->word + t->n_words, t->text, t->sym, VIEW_PLAIN);
		if (s && s->n_second)
			lattice_path(m, t->word, t->word + t->n_words, t->word, s->second,
			    s->n_second, t->flags & TOKEN_SPELLED ? VIEW_FOLDED : VIEW_EXPANDED);
	}
}

static uint64_t work_limit(int n_words)
{
	uint64_t limit = WORK_BASE + (uint64_t)n_words * WORK_PER_WORD;

	return limit < WORK_MAX ? limit : WORK_MAX;
}

static struct message *begin(const struct lexicon *lx, int locale, struct sv raw, struct arena *a,
    struct memo *memo)
{
	struct message *m = ARENA_NEW(a, struct message);
	struct intake *r = ARENA_NEW(a, struct intake);

	r->m = m;
	r->lx = lx;
	r->locale = locale;
	r->l = locale >= 0 ? &lx->locales[locale] : NULL;
	r->memo = memo;
	m->lexicon = lx;
	m->arena = a;
	m->raw = sv_clip(raw, MESSAGE_BYTES);
	m->locale = locale;
	m->memo = memo;
	m->intake = r;
	fold(m->raw, a, &r->f);
	m->broken = r->f.broken;
	tokenize(lx, locale, &r->f, a, &r->t);
	join_spelled(lx, locale, &r->f, memo, &r->t);
	find_words(r);
	m->limit = m->budget = work_limit(m->n_words);
	return m;
}

struct message *message_begin(const struct lexicon *lx, struct sv locale, struct sv raw,
    struct arena *a)
{
	return begin(lx, lexicon_find_locale(lx, locale), raw, a, memo_create(a));
}

void message_complete(struct message *m)
{
	struct intake *r = m->intake;

	if (!r)
		return;
	m->intake = NULL;
	find_edges(r);
	if (r->l)
		mend_tokens(m, r->locale, &r->f, r->memo, &r->t);
	lattice_over_emoji(m);
	find_sentences(r);
	if (r->l) {
		find_members(r);
		find_shapes(r);
		lattice_over_emoji(m);
	}
	index_build(m);
	if (r->l)
		match_classes(m, r->l);
	list_marks(m);
	find_clauses(r);
	m->unread = m->cut;
}

struct message *message_read(const struct lexicon *lx, struct sv locale, struct sv raw,
    struct arena *a)
{
	struct message *m = message_begin(lx, locale, raw, a);

	message_complete(m);
	return m;
}

struct message *message_read_on(const struct message *before, struct sv raw, struct arena *a)
{
	struct message *m = begin(before->lexicon, before->locale, raw, a, before->memo);

	message_complete(m);
	return m;
}

/* Asking ------------------------------------------------------------------- */

const struct mark *message_mark(const struct message *m, uint32_t sym, int word)
{
	if (word < 0 || word >= m->n_words || !sym)
		return NULL;
	for (int i = m->marks_at[word]; i < m->marks_at[word + 1]; i++)
		if (m->marks[i].sym == sym)
			return &m->marks[i];
	return NULL;
}

const struct mark *message_mark_over(const struct message *m, uint32_t sym, int word)
{
	int back = sym ? m->lexicon->symbols[sym].longest : 0;

	if (word < 0 || word >= m->n_words || (back == UINT16_MAX
	    && !(m->words[word].flags & WORD_QUOTED)))
		return NULL;
	/* contractions and spaced letters make a mark longer than its symbols */
	for (int w = word; w >= 0 && w > word - back * (m->lattice->widest + 1); w--) {
		const struct mark *mk = message_mark(m, sym, w);

		if (mk && mk->words.last > word)
			return mk;
	}
	return NULL;
}

const struct mark *message_mark_next(const struct message *m, uint32_t sym, int word)
{
	for (int w = word < 0 ? 0 : word; w < m->n_words; w++) {
		const struct mark *mk = message_mark(m, sym, w);

		if (mk)
			return mk;
	}
	return NULL;
}

struct sv message_quote(const struct message *m, struct span s)
{
	if (span_empty(s) || s.first < 0 || s.last > m->n_words)
		return (struct sv){ "", 0 };
	return sv_sub(m->raw, m->words[s.first].begin, m->words[s.last - 1].end);
}

struct sv message_words(const struct message *m, struct span s)
{
	size_t n = 0;
	char *p;

	if (span_empty(s) || s.first < 0 || s.last > m->n_words)
		return (struct sv){ "", 0 };
	for (int w = s.first; w < s.last; w++)
		n += m->words[w].text.n + 1;
	p = arena_alloc(m->arena, n);
	n = 0;
	for (int w = s.first; w < s.last; w++) {
		struct sv text = m->words[w].text;

		if (w > s.first)
			p[n++] = ' ';
		memcpy(p + n, text.p, text.n);
		n += text.n;
	}
	return (struct sv){ p, n };
}

bool message_may_speak(const struct message *m, struct sv locale)
{
	int at = lexicon_find_locale(m->lexicon, locale);

	return at >= 0 && m->elsewhere >> at & 1;
}

bool message_speaks(const struct message *m, struct sv locale)
{
	const struct lexicon *lx = m->lexicon;
	int at = lexicon_find_locale(lx, locale);

	for (int i = 0; i < m->n_words && at >= 0; i++)
		if (m->words[i].sym && m->words[i].text.n >= WORD_TELLS
		    && lx->symbols[m->words[i].sym].vocabulary >> at & 1)
			return true;
	return false;
}

int message_caps_percent(const struct message *m)
{
	int caps = 0, words = 0;

	for (int w = 0; w < m->n_words; w++) {
		if (m->words[w].flags & (WORD_JOINED | WORD_NUMBER | WORD_EMOJI)
		    || m->words[w].end - m->words[w].begin < 2)
			continue;
		words++;
		caps += (m->words[w].flags & WORD_CAPS) != 0;
	}
	return words ? 100 * caps / words : 0;
}
