"""How soon somebody is answered again after the bot, the server or the line has died.

What is promised is 2 s (median), for a program as it is shipped on a machine of its own.
The figures are printed, with the bot's own CPU time; the bound is generous, for a build
with a sanitizer on a machine with much other work."""
import asyncio
import statistics
import time

from cases import takes, test
from server import PATIENCE

ROUNDS = 5
BOUND = 40          # s


async def answered(member, text, seconds=PATIENCE):
    """Says it once, and waits until it is answered; gives when."""
    mark = len(member.said)
    member.send(text)
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(member.said) == mark:
        await asyncio.sleep(0.01)
    assert len(member.said) > mark, "not answered"
    return time.monotonic()


def figure(name, times, cpu=()):
    middle = statistics.median(times)
    spent = f", CPU {statistics.median(cpu)} ms" if cpu else ""
    print(f"      served again {name}: median {middle:.2f} s of {len(times)}, longest "
          f"{max(times):.2f} s{spent}", flush=True)
    assert middle < BOUND, times


@test
@takes(0.3)
async def it_serves_again_soon_after_a_kill(world):
    """With an archive, people who wrote before, and one who writes while it is dead."""
    b = world.bot()
    m = await world.member(b)
    for text in ("hi", "my boss yelled at me on monday", "hello"):
        await m.ask(text)
    times, cpu = [], []
    for n in range(ROUNDS):
        b.process.kill()
        b.process.wait()
        start = time.monotonic()
        b.start(wait=None)
        times.append(await answered(m, f"hello {n}") - start)
        cpu.append(b.cpu_ms())
        await m.settled()
    figure("after kill -9", times, cpu)


@test
@takes(0.3)
async def it_serves_again_soon_after_a_restart_of_the_server(world):
    """From the moment at which the server takes connections."""
    b = world.bot()
    m = await world.member(b)
    await m.ask("hi")
    times = []
    for n in range(2):
        b.mark = len(b.log())
        world.server().stop(kill=n == 0)
        b.wait_log("event=offline")
        await asyncio.sleep(6)          # its pauses have become as long as they may
        await world.crowds[True].leave()
        world.server()
        start = time.monotonic()
        await world.crowds[True].join()
        times.append(await answered(m, f"hello {n}") - start)
        await m.settled()
    figure("after a restart of the server", times)
