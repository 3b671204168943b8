/* check/codes.c - every code that a tree of dialogs can earn: what it means, what to
 * do.  Codes are stable; dialogs/FORMAT.md section 22 carries the same list, and a
 * test holds the two against each other.  The codes of common/voice.json that are
 * only word lists stand there. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "check/check.h"

static const struct check_code codes[] = {
	{ "E100", "a file or folder cannot be read", "look at its name and permissions" },
	{ "E101", "a file is no JSON, or too large", "look at the line; split what is too large" },
	{ "E102", "a key that nobody knows", "correct its spelling, or write a note as \"//\"" },
	{ "E103", "a key is missing", "add it" },
	{ "E104", "a value of the wrong kind", "write what the message names: text, a number, a list" },
	{ "E105", "variants are written wrong", "write {\"any\": [text, text]}" },
	{ "E106", "no length of time", "write 20m, 90s, 72h or 3d" },
	{ "E107", "a format of another version", "write \"format\": 1" },
	{ "E108", "no hour of the day", "write \"09:00\"" },
	{ "E201", "a row with too few or too many cells", "one cell for each column" },
	{ "E202", "an unsound ladder", "two rungs or more, and a way out: skip, value or end" },
	{ "E203", "an unknown kind of intent", "aside, switch, control, correction or none" },
	{ "E204", "a line of common/lines.json is missing", "add it: the program says it" },
	{ "E301", "an empty or too long phrase", "write at least one word" },
	{ "E302", "a sign or word class that means nothing here", "leave it out, or correct the name" },
	{ "E303", "brackets that do not fit", "close what is open, or split the phrase" },
	{ "E304", "a | with nothing beside it", "write it without spaces, or use brackets" },
	{ "E305", "\"...\" at an end, or more than twice", "take one away, or split the phrase" },
	{ "E306", "a * in the wrong place", "three letters or more, then *, at the end of a word" },
	{ "E307", "a ~ behind no known verb", "add the verb to verbs.tsv, or list its forms" },
	{ "E308", "an unknown {list} or <class>", "add words/NAME.json, or correct the name" },
	{ "E309", "a phrase that no word must be in", "take a word out of its [ ]" },
	{ "E310", "a spelling that cannot be written out", "one word on the left, words on the right" },
	{ "E311", "a row of verbs.tsv without six columns", "base, third, -ing, past, participle, kind" },
	{ "E312", "two lists of one name", "rename one, or add \"add\": true" },
	{ "E313", "a class without phrases", "give it a list of phrases" },
	{ "E314", "a phrase that is too long", "split it" },
	{ "E315", "a regular expression that cannot be used", "mend it, and name its \"keys\"" },
	{ "E321", "frames with too many slots", "split the frames" },
	{ "E322", "a frame uses an unknown slot", "add it to \"slots\" of the frames" },
	{ "E323", "a { without } in a frame", "close it" },
	{ "E331", "a reader names an unknown list", "add the list, or correct the name" },
	{ "E332", "a reader names an unknown shape", "see FORMAT.md section 12" },
	{ "E401", "an example that its rule does not hit", "widen the phrases, or look at guards and clause" },
	{ "E402", "a counter-example that is hit", "narrow the phrase, or add a guard" },
	{ "E403", "two rules of one id", "rename one" },
	{ "E404", "an unknown guard", "define it in \"guards\" of the file" },
	{ "E405", "an unknown word in a rule", "write one of those that the message names" },
	{ "E406", "a rule or guard without phrases", "add \"any\"" },
	{ "E407", "clauses have no such attribute", "see FORMAT.md section 5" },
	{ "E501", "there is no such step", "name a step of this dialog" },
	{ "E502", "goto and end in one place", "keep one of them" },
	{ "E503", "a name that is both column and slot", "rename the slot" },
	{ "E504", "there is no such table", "tables stand in NAME/tables/" },
	{ "E505", "\"from\" without a source", "name a \"table\" or \"saved\" things" },
	{ "E506", "\"words\" of a check written wrong", "write [least, most]" },
	{ "E507", "there is no such ladder", "see common/ladders.json" },
	{ "E508", "there is no such reader", "see lang/LOCALE/readers.json" },
	{ "E509", "a slot that is not declared", "add it to \"slots\"" },
	{ "E510", "there is no such analysis", "see lang/LOCALE/analyses/" },
	{ "E511", "there are no such frames, or no such register", "see NAME/frames.json" },
	{ "E512", "a build without \"else\"", "say where to go when the words do not suffice" },
	{ "E513", "a reminder written wrong", "\"in\" or \"at\"; \"late\": [\"10m\", step]" },
	{ "E514", "a cue written wrong", "[\"4s\", text]; \"stop\": [\"any\", step]" },
	{ "E515", "an unknown \"keep\"", "never, day, kept, or days such as 30d" },
	{ "E516", "a verb that may not stand here", "lane dialogs do not build, call, save, remind or offer" },
	{ "E517", "a row of \"when\" without a condition", "write \"if\", or \"else\": true" },
	{ "E518", "a step without a verb", "see FORMAT.md section 7" },
	{ "E519", "no steps, or two of one id", "rename one" },
	{ "E520", "an unknown type or scope of a slot", "see FORMAT.md section 9" },
	{ "E521", "\"blocked\" leads nowhere", "{\"lane\": class}, {\"goto\": step} or {\"end\": word}" },
	{ "E601", "a condition that cannot be read", "see FORMAT.md section 6" },
	{ "E602", "a selection of something other than clauses", "write \"of\": \"clauses\"" },
	{ "E603", "an analysis without rows, or a row without a condition", "write \"if\", or \"else\": true" },
	{ "E604", "an analysis names an unknown rule set", "see lang/LOCALE/rules/" },
	{ "E701", "the lane or one of its states is missing", "nothing starts without a sound lane" },
	{ "E702", "a state of the lane has no text", "add it to lane/text.LOCALE.json" },
	{ "E703", "a state of the lane leads to none", "name one of its states" },
	{ "E704", "the lane has no rules, or names unknown ones", "see lang/LOCALE/rules/" },

	{ "E801", "no path leads to a step", "lead to it, or remove it" },
	{ "E802", "no path from a step ends the dialog", "add \"end\", or a way to a step that ends" },
	{ "E803", "steps go round without waiting for the person", "put a question into the round" },
	{ "E804", "questions go round with no cap and no way out", "add \"loop\", \"skip\" or a repair that ends" },
	{ "E805", "a call or an offer of a dialog that is not there", "name a folder that has a dialog.json" },
	{ "E806", "more than 12 dialogs lead into each other", "let one of them end first" },
	{ "E807", "a question without repair", "name a ladder, or \"silent\"" },
	{ "E808", "words of the person go out or are kept, and no gate reads them", "add the slot to \"on\" of a gate" },
	{ "E809", "a text names an unknown slot", "declare it in \"slots\"" },
	{ "E810", "a label or chip is too long", "shorten it" },
	{ "E811", "a question offers too many choices", "leave some out" },
	{ "E812", "a call waits for values from a dialog that can lead back", "call it without \"into\", or from elsewhere" },
	{ "E813", "dialogs lead into each other without waiting for the person", "put a question into the round" },
	{ "E814", "a turn may run more steps than the program allows", "put a question between" },
	{ "E815", "a text reads a slot that not every path has filled", "ask for it before, or branch on has(slot)" },
	{ "E816", "a text asks for a form that is not there", "see grammar.json, or FORMAT.md section 10" },
	{ "E817", "a choice is not reached by its label, words, number or ordinal", "add it to \"words\", or choose another label" },
	{ "E818", "what belongs to a choice is taken for another", "part their words" },
	{ "E819", "what belongs to a choice is taken by a control", "choose other words: a control comes before any question" },
	{ "E820", "a text tells people to type what nothing takes", "add it to a control, an intent or the question's choices" },
	{ "E821", "a translation lacks a text or the words of a choice", "translate it: a dialog is offered whole or not at all" },
	{ "E822", "a translation and its base name different slots", "put it in, or leave it out" },
	{ "E823", "a translation of a step or choice that is not there", "correct the id, or take it out" },
	{ "E824", "a dialog needs what the language does not have", "correct the name in \"needs\"" },
	{ "E830", "a step, reminder or dialog that a release knows is gone", "raise \"version\" and say in \"moved\" where it went" },
	{ "E831", "a step that a release knows is of another kind now", "give it another id, and say so in \"moved\"" },
	{ "E832", "a row that a release knows is gone", "raise \"version\" and say in \"moved\" which row takes its place" },
	{ "E833", "\"moved\" of a version above the dialog's own", "raise \"version\"" },
	{ "E834", "RELEASED.json cannot be read", "write it again with attune check --release" },
	{ "E901", "common/voice.json cannot be used", "mend the pattern or its row" },
	{ "W231", "the weights of sentences are missing or cannot be used", "type: attune learn" },
	{ "W232", "sentences have changed since their weights were learned", "type: attune learn" },
	{ "W301", "a phrase of very short words", "add a longer word: it is tried on almost every message" },
	{ "W401", "a rule without examples", "\"yes\": sentences it must hit, \"no\": sentences it must not" },
	{ "W801", "a dialog of more steps than the limit", "split it: a part of its own can be called" },
	{ "W802", "two intents want a label or title alike", "more \"weight\" for one, or narrower phrases" },
	{ "W803", "a translation of texts that have changed since", "read them again, then write the \"of\" that the message shows" },
	{ "W804", "a long message of ordinary words is too much work for the lane", "give phrases that begin with a common word a rarer one" },
	{ "V01", "more than one question in a text or in a turn", "ask one thing" },
	{ "V02", "too many questions before something is shown, or before the result", "show a start with gaps first" },
	{ "V08", "a gate's no ends the turn", "lead to a question with two to four things that help" },
	{ "V07", "a long sentence, or hard to read", "plain words, short lines" },
	{ "V10", "a text, or what a turn says at once, is too long", "shorten or split it" },
};

const struct check_code *check_codes(size_t *n)
{
	*n = COUNT(codes);
	return codes;
}

void check_advise(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; !f->items[i].fix[0] && k < COUNT(codes); k++)
			if (strcmp(codes[k].code, f->items[i].code) == 0) {
				free(f->items[i].fix);
				f->items[i].fix = xstrndup(codes[k].fix, strlen(codes[k].fix));
			}
}
