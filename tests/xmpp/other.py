"""The same bot at another server: a private ejabberd, where it is installed."""
import signal

import chat
from bot import Bot
from cases import WORD_FOR_WORD, child, test
from crowd import Crowd
from doctor import look
from ejabberd import Ejabberd, missing


def server_of(world, **how):
    """None where there is no ejabberd."""
    if missing():
        return None
    s = world.servers.get("ejabberd")
    if not s:
        s = world.servers["ejabberd"] = Ejabberd(world.folder + "/ejabberd")
    s.stop()
    s.configure(**how)
    s.start()
    return s


def bot_of(world, server, **more):
    world.n += 1
    server.add_user(f"bot{world.n}")
    b = Bot(world.program, f"{world.folder}/bot{world.n}", world.dialogs, server,
            jid=f"bot{world.n}@localhost", **more)
    b.jid = f"bot{world.n}@localhost"
    world.bots.append(b)
    return b


@test
async def conversations_at_an_ejabberd_go_as_their_transcripts_say(world):
    server = server_of(world)
    if not server:
        return
    b = bot_of(world, server, options=WORD_FOR_WORD).start()
    b.wait_log("event=guarantee level=full")
    crowd = world.crowds["ejabberd"] = await Crowd(server.component).join()
    crowd.patience = 0.3
    async def restart():
        b.stop(signal.SIGKILL)
        b.start()

    runs = [r for r in chat.all_runs(world.dialogs) if r.playable()]
    for n, run in enumerate(runs[:12]):
        await chat.play(run, crowd.member(f"ej{n}", b.jid), restart)
    m = crowd.member("receipts", b.jid)
    await m.ask("hi", "<request xmlns='urn:xmpp:receipts'/>")
    assert any(child(x, "received", "urn:xmpp:receipts") is not None for x in m.seen)
    m.take()
    assert b.stop() == 0
    m.send("are you there?")
    b.start()
    assert await m.hear(), "what was written meanwhile is not answered"
    b.stop()
    b.start()
    assert not await m.hear(0), "answered again"


@test
async def the_doctor_knows_an_ejabberd_and_its_lines_mend_it(world):
    limits = "shaper_rules: { c2s_shaper: [ normal: all ] }"
    server = server_of(world, rules=limits, archive=False)
    if not server:
        return
    b = bot_of(world, server)
    code, said = look(b)
    assert code == 1 and "ejabberd 23" in said and "Prosody" not in said, said
    assert " archive-off: " in said and " shaper: " in said, said
    part = said.split(" shaper: ")[1].split("that are there:\n", 1)[1]
    lines = "".join(line[10:] + "\n" for line in part.splitlines() if line.startswith(" " * 10))
    server_of(world, rules=lines)
    code, said = look(b)
    assert code == 0 and " archive-killed: " in said, (lines, said)
