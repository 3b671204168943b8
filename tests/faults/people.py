"""Who writes to the bot, and what must come of it."""
import asyncio
import functools
import re
import sys

WORDS = ["plain"] * 12 + ["two", "two", "urgent", "later", "forget"]


class Writer:
    def __init__(self, member, rng):
        self.m, self.rng = member, rng
        self.sent = []          # [text, maybe]

    def write(self):
        text = f"{len(self.sent) + 1} {self.rng.choice(WORDS)}"
        self.m.send(text)
        self.sent.append([text, False])

    def unanswered(self):
        heard = {t.split(":", 1)[1] for _, t in self.m.said if ":" in t}
        return [s for s in self.sent if s[0] not in heard]

    async def write_on(self, may_write):
        while True:
            await asyncio.sleep(self.rng.uniform(0.05, 0.5))
            if may_write() and len(self.unanswered()) < 3:
                self.write()

    def expected(self, count, text):
        return [f"{count}:{text}"] + ([f"{count}:and"] if "two" in text else [])


class Verdict:
    def __init__(self):
        self.sent = self.replies = self.lost = self.missing = self.doubled = self.wrong = 0
        self.overtaken = 0      # came whole and once, but before one that was sent earlier
        self.kept_only = 0      # the server has the reply, its death kept it from the person
        self.notes = []

    def add(self, other):
        for k in ("sent", "replies", "lost", "missing", "doubled", "wrong", "overtaken",
                  "kept_only"):
            setattr(self, k, getattr(self, k) + getattr(other, k))
        self.notes += other.notes

    def good(self, doubles=0, overtaken=0):
        return not (self.lost or self.missing or self.wrong) and self.doubled <= doubles \
            and self.overtaken <= overtaken

    def __str__(self):
        return (f"sent {self.sent}, replies {self.replies}, lost {self.lost}, missing "
                f"{self.missing}, doubled {self.doubled}, out of order or twice {self.wrong}"
                + (f", overtaken {self.overtaken}" if self.overtaken else "")
                + (f", only in the archive {self.kept_only}" if self.kept_only else ""))


SWAPPED = 4             # more are not looked for: a server may let one overtake some


def explain(writer, said, archived):
    """The cheapest account of what was said: for each message what became of it, and how
    many of what was said is left over.
    A reply may be missing at the person if the server's death kept it (it stands
    in the archive), or if a later "forget" erased what was still owed; a message
    may have got lost with the server.  All else costs."""
    sys.setrecursionlimit(20000)
    sent = writer.sent

    @functools.lru_cache(None)
    def best(i, count, at):
        if i == len(sent):
            return 1000 * (len(said) - at), None, i, count, at
        text, maybe = sent[i]
        wanted = writer.expected(count + 1, text)
        after = 0 if "forget" in text else count + 1
        here = sum(1 for k, reply in enumerate(wanted) if said[at + k:at + k + 1] == (reply,))
        there = sum(1 for reply in wanted[here:] if reply in archived)
        erased = forgotten(i)
        ways = []
        if here + there == len(wanted):
            ways.append((there, "kept" if there else "said", i + 1, after, at + here))
        elif erased:
            ways.append((1, "erased", i + 1, after, at + here))
        elif here:
            ways.append((100, "missing", i + 1, after, at + here))
        if maybe:
            ways.append((0.5, "never came", i + 1, count, at))
        for k in range(i + 1, min(i + SWAPPED, len(sent))):
            for order in ((k, *range(i, k)), (*range(i + 1, k + 1), i)):
                turned, left = turned_round(order, count)
                for words in (turned, left) if forgotten(k) else (turned,):
                    if said[at:at + len(words)] == words:
                        ways.append((500 * (k - i), "overtaken", k + 1, count + k - i + 1,
                                     at + len(words)))
        ways.append((1000, "lost", i + 1, count, at))
        return min((cost + best(n, c, a)[0], what, n, c, a) for cost, what, n, c, a in ways)

    def forgotten(k):
        return any("forget" in t for t, _ in sent[k + 1:k + 4])

    def turned_round(order, count):
        """What is said when they come in this order; and without the answer to the last,
        for when it was still owed when the person had all forgotten."""
        said = [writer.expected(count + n + 1, sent[i][0]) for n, i in enumerate(order)]
        return tuple(sum(said, [])), tuple(sum(said[:-1], []))

    accounts, i, count, at = [], 0, 0, 0
    while i < len(sent):
        _, what, n, count, at = best(i, count, at)
        accounts += [what] + ["said"] * (n - i - 1)
        i = n
    return accounts, at


def judge(writer, archived):
    """archived: what the server has of replies to this person, where that counts."""
    v = Verdict()
    ids = [id for id, _ in writer.m.said]
    first = {}
    for id, text in writer.m.said:
        first.setdefault(id, text)
    v.sent, v.replies, v.doubled = len(writer.sent), len(first), len(ids) - len(first)
    ticks = [t for t in first.values() if t.startswith("tick ")]
    said = tuple(t for t in first.values() if not t.startswith("tick "))
    accounts, at = explain(writer, said, archived)
    v.lost, v.missing = accounts.count("lost"), accounts.count("missing")
    v.kept_only = accounts.count("kept")
    v.wrong, v.overtaken = len(said) - at, accounts.count("overtaken")
    if v.lost or v.missing or v.wrong or v.overtaken:
        story = [f"{t[0]}: {a}" for t, a in zip(writer.sent, accounts) if a != "said"]
        v.notes.append(f"{writer.m.jid}: {story}, left over {said[at:at + 4]}, all {said}")
    if len(ticks) != len(set(ticks)) and not any("forget" in t for t, _ in writer.sent):
        v.wrong += 1
        v.notes.append(f"{writer.m.jid}: ticks {ticks}")
    return v


class Archive:
    """The bot's archive: its replies, as (id, to whom, words)."""

    def __init__(self, replies):
        self.ids, self.to = [], {}
        for id, to, words in replies:
            self.ids.append(id)
            self.to.setdefault(to, set()).add(words)

    @classmethod
    def of_prosody(cls, path):
        """From Prosody's own file."""
        replies = []
        with open(path) as f:
            items = f.read().split("item({")[1:]
        for item in items:
            to = re.search(r'\["to"\] = "([^"@/]*)@people', item)
            body = re.search(r'^\t\t"([^"]*)";', item, re.M)
            id = re.search(r'\["id"\] = "([0-9a-f]{32})"', item)
            if to and body and id:
                replies.append((id.group(1), to.group(1), body.group(1)))
        return cls(replies)
