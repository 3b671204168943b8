"""Who writes more than can be read, and programs that answer answers."""
import asyncio
import time

from cases import test, until
from hostile import With, message
from puppet import text_of
from server import PATIENCE

LIMITED = {"options": ("--fast", "--salt", "0")}
CRISIS = "<body>i want to die</body>"


def words(text):
    return f"<body>{text}</body>"


def said_to(puppet, who, mark=0):
    return [text_of(e) for e in puppet.said[mark:]
            if (e.get("to") or "").split("/")[0] == who and text_of(e)]


@test
async def who_writes_much_at_once_gets_few_answers_and_a_crisis_is_not_held_back(world):
    async with With(world, **LIMITED) as (puppet, b):
        who = "ann@a.example"
        await puppet.after(message(words("hi"), who + "/x"), who)
        mark = len(puppet.said)
        for i in range(25):
            puppet.send(message(words(f"and then he went number {i}"), who + "/x", id=f"f{i}"))
        puppet.send(message(CRISIS, who + "/x", id="crisis"))
        await puppet.ask()
        start = time.monotonic()
        assert await until(lambda: any("take it seriously" in t
                                       for t in said_to(puppet, who, mark)))
        assert time.monotonic() - start < 0.9, "the crisis waited with the others"
        await asyncio.sleep(1.5)
        assert len(said_to(puppet, who, mark)) <= 26, said_to(puppet, who, mark)


@test
async def what_is_too_much_at_once_is_read_together(world):
    async with With(world, **LIMITED) as (puppet, b):
        who = "bea@a.example"
        await puppet.after(message(words("hi"), who + "/x"), who)
        mark = len(puppet.said)
        for i in range(28):
            puppet.send(message(words(f"my sister took my car {i}"), who + "/x", id=f"t{i}"))
        assert await until(lambda: len(said_to(puppet, who, mark)) >= 3)
        await asyncio.sleep(2.5)
        ids = {e.get("id") for e in puppet.said[mark:] if text_of(e)}
        assert len(ids) == len([e for e in puppet.said[mark:] if text_of(e)])
        assert len(said_to(puppet, who, mark)) <= 22, len(said_to(puppet, who, mark))


@test
async def new_people_wait_their_turn_and_a_crisis_among_them_does_not(world):
    async with With(world, **LIMITED) as (puppet, b):
        known = "old@a.example"
        await puppet.after(message(words("hi"), known + "/x"), known)
        people = [f"n{i}@d{i % 40}.example" for i in range(75)]
        start = time.monotonic()
        for i, who in enumerate(people):
            puppet.send(message(CRISIS if i == 74 else words("hi"), who + "/x", id=f"n{i}"))
        await puppet.ask()
        await puppet.ask()
        waiting = [w for w in people if not said_to(puppet, w)]
        assert people[74] not in waiting, "the crisis waited"
        assert "take it seriously" in said_to(puppet, people[74])[0]
        assert 14 - (time.monotonic() - start) < len(waiting) <= 16, len(waiting)
        mark = len(puppet.said)
        await puppet.after(message(words("hi again"), known + "/x", id="k"), known)
        assert said_to(puppet, known, mark), "who is known waits for nobody"
        assert await until(lambda: all(said_to(puppet, w) for w in people)), "forgotten"
        assert time.monotonic() - start > 8, "nobody waited"
        first = [next(n for n, e in enumerate(puppet.said) if (e.get("to") or "").startswith(w)
                      and text_of(e)) for w in waiting]
        assert first == sorted(first), "not in the order of their coming"


@test
async def two_programs_do_not_talk_for_ever(world):
    """The other one answers every answer at once."""
    async with With(world, **LIMITED) as (puppet, b):
        who, answered, n = "robot@a.example", 0, 0
        puppet.send(message(words("hi"), who + "/x", id="r"))
        end = time.monotonic() + PATIENCE
        quiet = time.monotonic()
        while n < 60 and time.monotonic() < end and not (
                answered and "lot at once" in said[-1] and time.monotonic() - quiet > 3):
            said = said_to(puppet, who)
            if len(said) > answered:
                answered, n, quiet = len(said), n + 1, time.monotonic()
                puppet.send(message(words(f"thank you for message {n}"), who + "/x", id=f"r{n}"))
            await asyncio.sleep(0.01)
        assert n < 60, f"{n} rounds"
        assert "lot at once" in said[-1] and sum("lot at once" in t for t in said) == 1, said[-3:]
        puppet.send(message(CRISIS, who + "/x", id="rc"))
        assert await until(lambda: "take it seriously" in said_to(puppet, who)[-1]), \
            "not even a crisis is read"
