"""What comes at its time: breath cues, and a pause over restarts."""
import asyncio
import json
import os
import re
import signal
import subprocess
import time

from cases import takes, test
from server import PATIENCE

PULL = "The pull now, 0 to 10?"


def cue_of(dialogs, dialog, step):
    with open(f"{dialogs}/{dialog}/dialog.json") as f:
        return next(s for s in json.load(f)["steps"] if s["id"] == step)


async def arrivals(m, n, seconds):
    """When each of the next n messages came, and what it said."""
    found, end = [], time.monotonic() + seconds
    while len(found) < n and time.monotonic() < end:
        found += [(time.monotonic(), text) for text in m.take()]
        await asyncio.sleep(0.01)
    return found


@test
@takes(0.7)
async def breath_cues_come_within_a_second_of_their_time(world):
    b = world.bot(archive=False, options=("--unlimited",))      # with the typing delay of others
    m = await world.member(b, archive=False)
    cue = cue_of(world.dialogs, "calm", "minute")
    every = int(cue["every"].rstrip("s"))
    due = [(n * every + int(at.rstrip("s")), text) for n in range(3) for at, text in cue["cue"]]
    m.send("my heart is racing, i need to calm down")
    assert len(await arrivals(m, 2, PATIENCE)) == 2             # greeted, and the ways to choose from
    m.send("one minute of breath")
    came = await arrivals(m, len(due), due[-1][0] + PATIENCE)
    assert [text for _, text in came] == [text for _, text in due], came
    late = [at - came[0][0] - wanted for (at, _), (wanted, _) in zip(came, due)]
    assert all(abs(s) < 1 for s in late), late
    m.send("stop")
    told = await arrivals(m, 1, PATIENCE)
    assert len(told) == 1 and told[0][1].startswith("Stopped."), told
    assert not await arrivals(m, 1, every), "a cue after stop"


def later(world, b, seconds, **more):
    """Starts it again with a clock that is ahead."""
    library = f"{world.folder}/later.so"
    if not os.path.exists(library):
        here = os.path.dirname(os.path.abspath(__file__))
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, here + "/later.c"], check=True)
    b.program = world.terminal          # a sanitizer lets no library in
    b.environment = dict(os.environ, LD_PRELOAD=library, LATER=str(seconds))
    return b.start(**more)


@test
@takes(0.4)
async def a_pause_of_twenty_minutes_survives_restarts_and_is_asked_about_once(world):
    b = world.bot(archive=False, wait=None)
    later(world, b, 0)
    m = await world.member(b, archive=False)
    for text in ("about to text my ex", "i miss you so much", "9"):
        await m.ask(text)
    told = await m.ask("wait 20 minutes")
    begun = time.time()
    assert "20 minutes" in told[-1], told
    for gone, how in ((600, signal.SIGKILL), (900, signal.SIGTERM)):
        b.stop(how)
        later(world, b, gone)
        assert await m.hear(due=0) == [], "it is not time"
    b.stop(signal.SIGKILL)
    ahead = 1200 - int(time.time() - begun) - 6         # it falls due in some seconds
    later(world, b, ahead)
    asked = await arrivals(m, 1, PATIENCE)
    gone = time.time() - begun + ahead
    assert len(asked) == 1 and PULL in asked[0][1], asked
    assert 1199 <= gone < 1202, gone
    b.stop(signal.SIGKILL)
    later(world, b, 1500)
    assert await m.hear(due=0) == [], "asked a second time"
    told = await m.ask("6")
    assert re.search("From 9 to 6", told[0]), told
