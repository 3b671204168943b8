"""The dialogs' transcripts (*.chat), played by somebody with a real client."""
import glob
import itertools
import json
import os
import subprocess

# What a transcript may do that a person cannot: these runs start elsewhere.
SETTINGS = {"given", "country", "clock", "late", "locale", "open", "wait", "cues"}


class Run:
    def __init__(self, path, line):
        self.path, self.line, self.steps = path, line, []

    def __str__(self):
        return f"{os.path.basename(self.path)}:{self.line}"

    def directives(self):
        return {arg.split(" ")[0] for kind, arg, _ in self.steps if kind == "@"}

    def playable(self):
        """From the very first message of a person on, with nothing set up."""
        return "new" in self.directives() and not self.directives() & SETTINGS

    def lines(self):
        """What the person types."""
        return [text for kind, text, _ in self.steps if kind == ">"]


def blocks(path):
    """(number, text) of each line with its continuations."""
    number = 0
    block = None
    with open(path, encoding="utf-8") as f:
        for n, line in enumerate(f.read().split("\n"), 1):
            if block and line.startswith("  ") and len(line) > 2 and block[0] != "@":
                block += "\n" + line[2:]
                continue
            if block:
                yield number, block
            number, block = n, line.rstrip() if line.strip() else None
    if block:
        yield number, block


def read(path):
    run, runs = Run(path, 1), []
    for n, text in blocks(path):
        if text.startswith("---"):
            runs.append(run)
            run = Run(path, n + 1)
        elif text[0] == ">":
            run.steps.append((">", text[1:].strip(), n))
        elif text[0] == "<":
            contains = text[1:2] == "~"
            run.steps.append(("~" if contains else "<", text[1 + contains:].strip(), n))
        elif text[0] == "@":
            for one in text[1:].split(" @"):
                run.steps.append(("@", one.strip(), n))
    runs.append(run)
    return [r for r in runs if r.steps]


def all_runs(dialogs):
    for path in sorted(glob.glob(dialogs + "/**/*.chat", recursive=True)):
        yield from read(path)


async def play(run, member, restart):
    """Over XMPP; what is said must be what the transcript says."""
    heard = []

    def where(n):
        return f"{os.path.basename(run.path)}:{n}"

    for i, (kind, text, n) in enumerate(run.steps):
        # among many who talk at once a reply may come after the query behind it
        due = len(list(itertools.takewhile(lambda s: s[0] in "<~", run.steps[i + 1:])))
        if kind == ">":
            assert not heard, f"{where(n)}: nobody expected {heard[0]!r}"
            heard = await member.ask(text, due=due)
        elif kind == "@" and text == "silent":
            assert not heard, f"{where(n)}: nobody expected {heard[0]!r}"
        elif kind == "@" and text == "restart":
            await restart()
        elif kind == "@" and text.startswith("edit "):
            heard = await member.edit(text[5:], due)
        elif kind in "<~":
            assert heard, f"{where(n)}: nothing was said; expected {text!r}"
            got = heard.pop(0)
            if kind == "<" and text == "*":
                heard = []
            elif kind == "~":
                assert text in got, f"{where(n)}: expected {text!r} in {got!r}"
            else:
                assert text == got, f"{where(n)}: expected {text!r}, got {got!r}"
    assert not heard, f"{run}: nobody expected {heard[0]!r} at its end"


def in_terminal(program, dialogs, lines, store):
    """The same lines in the terminal: the texts of the replies to each."""
    done = subprocess.run(
        [program, "chat", "--json", "--no-zone", "--salt", "0", "--dialogs", dialogs, "--store", store],
        input="".join(json.dumps({"text": line}) + "\n" for line in lines),
        capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return [[t["text"] for t in json.loads(o)["texts"]] for o in done.stdout.splitlines()]
