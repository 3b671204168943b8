"""scripts/bench xmpp: what a whole turn over XMPP costs, beside bare echo bots.

A private Prosody without an archive; the bots in turns, the same people, the same
lines.  Figures: CPU of the bot for a message under load (20 people), the round trip of
one person at an idle bot, what of it the disk takes, and how long a killed attune takes to
answer again."""
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, TOP + "/tests/xmpp")
sys.dont_write_bytecode = True
LINES = ["hi", "my boss yelled at me on monday", "in front of everybody", "he never listens to me",
         "yesterday he looked at his phone while i talked", "hurt", "to be heard", "menu", "2",
         "i am about to text my ex", "i miss you", "7", "stop", "what can you do?", "1", "help"]
ROUNDS, PEOPLE = 3, 20


def cpu_us(pid):
    with open(f"/proc/{pid}/schedstat") as f:
        return int(f.read().split()[0]) / 1000


def resident_mb(pid):
    with open(f"/proc/{pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def ask(m, text):
    """Until something is said.  Without looking all the time: the bots need the processor."""
    m.heard.clear()
    m.send(text)
    try:
        await asyncio.wait_for(m.heard.wait(), 3)
    except asyncio.TimeoutError:
        pass


async def talk(m, n, offset):
    """Closed loop: the next line once something was said."""
    for i in range(n):
        await ask(m, LINES[(i + offset) % len(LINES)])


async def load(crowd, jid, pid, messages, name):
    people = [crowd.member(f"{name}{i}", jid) for i in range(PEOPLE)]
    await asyncio.gather(*(talk(m, 5, i) for i, m in enumerate(people)))       # warm
    cpu, start = cpu_us(pid), time.time()
    await asyncio.gather(*(talk(m, messages // PEOPLE, i) for i, m in enumerate(people)))
    return (cpu_us(pid) - cpu) / messages, messages / (time.time() - start)


async def idle(crowd, jid, name):
    m, times = crowd.member(name + "idle", jid), []
    for i in range(120):
        start = time.perf_counter()
        await ask(m, "menu")
        times.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(0.02)
    return statistics.median(times)


def flush_ms(folder):
    """Before a reply leaves, one of these: nobody who promises to keep it can be quicker."""
    times = []
    with open(folder + "/flush", "wb", buffering=0) as f:
        for _ in range(50):
            f.write(b"x" * 24576)
            start = time.perf_counter()
            os.fdatasync(f.fileno())
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


async def with_archive(folder, build):
    """The round trip where the server keeps what is said: attune's, and a bare echo's."""
    from bot import Bot
    from crowd import Crowd
    from server import Server
    server = Server(folder + "/keeping")
    for name in ("attune", "echo"):
        server.add_user(name)
    server.start()
    crowd = await Crowd(server.component).join()
    attune = Bot(build + "/attune", folder + "/kept", TOP + "/dialogs", server, level="info").start()
    echo = subprocess.Popen([build + "/tests/bench/echo", "echo@localhost", "secret", str(server.port),
                             server.ca])
    await asyncio.sleep(1)
    try:
        return [await idle(crowd, name + "@localhost", name) for name in ("attune", "echo")]
    finally:
        echo.kill()
        attune.process.kill()
        await crowd.leave()
        server.stop()


async def again(bot, crowd, jid, times):
    """From kill -9 until somebody is answered."""
    m, taken = crowd.member("again", jid), []
    for i in range(times):
        bot.process.kill()
        bot.process.wait()
        start, mark = time.time(), len(m.said)
        bot.start(wait=None)
        m.send("menu")
        while len(m.said) == mark and time.time() - start < 20:
            await asyncio.sleep(0.005)
        taken.append(time.time() - start)
        await asyncio.sleep(0.3)
    return taken


def node_modules(build):
    folder = build + "/bench-peers"
    os.makedirs(folder, exist_ok=True)
    if not os.path.isdir(folder + "/node_modules/@xmpp/client") and shutil.which("npm"):
        if not os.path.exists(folder + "/package.json"):
            with open(folder + "/package.json", "w") as f:
                f.write('{"private": true}\n')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent",
                        "@xmpp/client@0.14.0"], cwd=folder, timeout=300, capture_output=True)
    return folder if os.path.isdir(folder + "/node_modules/@xmpp/client") else None


async def main(build, quick):
    from bot import Bot
    from crowd import Crowd
    from server import Server
    folder = tempfile.mkdtemp(prefix="attune-bench-")
    messages = 400 if quick else 2000
    server = Server(folder + "/server", archive=False)
    bare = {"C on libstrophe, echo": lambda j: [build + "/tests/bench/echo", j, "secret",
                                                str(server.port), server.ca],
            "slixmpp, echo": lambda j: ["/usr/bin/python3", TOP + "/tests/bench/echo.py", j, "secret",
                                        str(server.port), server.ca]}
    modules = node_modules(build)
    if modules:
        bare["@xmpp/client, echo"] = lambda j: [
            "node", TOP + "/tests/bench/echo.js", modules, j, "secret", str(server.port), server.ca]
    for i in range(len(bare)):
        server.add_user(f"echo{i}")
    server.add_user("attune")
    server.start()
    env = {**os.environ, "NODE_EXTRA_CA_CERTS": server.ca}
    crowd = await Crowd(server.component).join()
    attune = Bot(build + "/attune", folder + "/attune", TOP + "/dialogs", server, level="info")
    attune.start()
    others = {}
    for i, (name, command) in enumerate(bare.items()):
        others[name] = (f"echo{i}@localhost", subprocess.Popen(command(f"echo{i}@localhost"), env=env))
    await asyncio.sleep(4)
    bots = {"attune, the whole durable turn": ("attune@localhost", attune.process), **others}
    figures = {name: [] for name in bots}
    try:
        for r in range(1 if quick else ROUNDS):
            for n, (name, (jid, process)) in enumerate(bots.items()):
                if process.poll() is not None:
                    print(f"{name}: ended with {process.returncode}")
                    continue
                cpu, rate = await load(crowd, jid, process.pid, messages, f"r{r}b{n}p")
                figures[name].append((cpu, rate, await idle(crowd, jid, f"r{r}b{n}"),
                                      resident_mb(process.pid)))
        print(f"{'':34} {'CPU us':>8} {'msg/s':>7} {'idle ms':>8} {'MB':>6}   medians of "
              f"{1 if quick else ROUNDS} rounds of {messages}")
        for name, rows in figures.items():
            if rows:
                cpu, rate, trip, mb = (statistics.median(c) for c in zip(*rows))
                print(f"{name:34} {cpu:8.0f} {rate:7.0f} {trip:8.2f} {mb:6.1f}")
        print("with an archive: attune {:.2f} ms idle, C echo {:.2f} ms".format(
            *await with_archive(folder, build)))
        print(f"a flush of this disk: median {flush_ms(folder):.2f} ms")
        taken = await again(attune, crowd, "attune@localhost", 5 if quick else 15)
        print(f"answers again after kill -9: median {statistics.median(taken):.2f} s, "
              f"slowest {max(taken):.2f} s of {len(taken)}")
    finally:
        for _, process in others.values():
            process.kill()
        attune.process.kill()
        await crowd.leave()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main(os.path.abspath(sys.argv[1]), "--quick" in sys.argv))
