"""What is kept, handed over, copied and forgotten; searched for in the files themselves."""
import glob
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess

from cases import takes, test, until
from server import PATIENCE

MARKERS = 1000


def files_hold(bot, word):
    """The files of the store that hold it: the database, its log, its index, anything beside."""
    found = []
    for path in glob.glob(bot.dir + "/attune.db*"):
        with open(path, "rb") as f:
            if word.encode() in f.read():
                found.append(os.path.basename(path))
    return found


def user(bot, *args, code=0):
    done = subprocess.run([bot.program, "user", *args, "--config", bot.dir + "/attune.conf"],
                          capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == code, (args, done)
    return done.stdout


async def write_markers(m, first, last):
    """Markers everywhere: in what is kept, in what is not, in the middle of dialogs."""
    for n in range(first, last, 4):
        for text in (f"about to text my ex zqm{n}z", f"i miss you zqm{n + 1}z so much",
                     f"zqm{n + 2}z never listens to me", f"she said zqm{n + 3}z to me on monday"):
            m.send(text)
        m.send("stop")
        await m.settled()


async def leave_something(m):
    for text in ("about to text my ex", "i miss you zqmlast so much"):
        await m.ask(text)


@test
@takes(0.6)
async def forget_me_leaves_no_byte_of_a_thousand_markers_and_no_log_had_one(world):
    b = world.bot(archive=False)
    m = await world.member(b, archive=False)
    await write_markers(m, 0, MARKERS // 2)
    b.stop(signal.SIGKILL)
    b.start()
    await write_markers(m, MARKERS // 2, MARKERS)
    await leave_something(m)
    await b.owes_nothing()
    for word in ("zqmlast", m.jid):
        assert files_hold(b, word), f"{word} is not even kept: this test sees nothing"
    m.take()
    await m.ask("delete my data")
    texts = await m.ask("delete it all")
    assert any("Gone on my side" in t for t in texts), texts
    # They are erased with the confirmation of the last word; whoever reads may delay it.
    await until(lambda: not files_hold(b, m.jid))
    for word in ("zqm", m.jid, "i miss you"):
        assert not files_hold(b, word), (word, files_hold(b, word))
    assert b.stop() == 0
    for word in ("zqm", m.jid):
        assert not files_hold(b, word), (word, files_hold(b, word))
    log = b.log()
    assert "level=debug" in log
    for word in ("zqm", m.jid, "miss you", "listens"):
        assert word not in log, word
    assert m.jid not in user(b, "list")


@test
async def a_copy_of_ones_data_is_the_same_in_the_chat_and_for_the_operator(world):
    b = world.bot(archive=False)
    m = await world.member(b, archive=False)
    other = await world.member(b, archive=False)
    await leave_something(m)
    await other.ask("about to text my ex")
    await other.ask("i hate you zqmother")
    await m.ask("show my data")
    said = "\n".join(await m.ask("a copy for me", due=3))
    assert "zqmlast" in said and "zqmother" not in said, said
    kept = json.loads(user(b, "export", m.jid))
    assert "zqmlast" in json.dumps(kept) and "zqmother" not in json.dumps(kept), kept
    user(b, "export", "nobody@example.org", code=1)
    assert {line.split()[1] for line in user(b, "list").splitlines()} == {m.jid, other.jid}
    user(b, "erase", other.jid)
    assert not files_hold(b, "zqmother") and not files_hold(b, other.jid)
    assert files_hold(b, "zqmlast"), "the other person's is left alone"
    assert await m.ask("hi"), "it goes on meanwhile"


@test
async def who_is_silent_for_too_long_is_erased_at_the_next_start(world):
    b = world.bot(archive=False)
    old, new = await world.member(b, archive=False), await world.member(b, archive=False)
    for m in (old, new):
        await leave_something(m)
    assert b.stop() == 0
    db = sqlite3.connect(b.dir + "/attune.db")
    db.execute("UPDATE session SET changed = changed - 29 * 86400")
    db.commit()
    b.start()
    assert old.jid in user(b, "list"), "29 days are not 30"
    assert b.stop() == 0
    db.execute("UPDATE session SET changed = changed - 2 * 86400 WHERE person ="
               " (SELECT id FROM person WHERE address = CAST(? AS BLOB))", (old.jid,))
    db.commit()
    db.close()
    b.start()
    await new.ask("hi")
    people = user(b, "list")
    assert old.jid not in people and new.jid in people, people
    assert not files_hold(b, old.jid) and files_hold(b, new.jid)


@test
async def a_copy_of_the_store_is_made_while_it_runs_and_can_take_its_place(world):
    b = world.bot(archive=False)
    m = await world.member(b, archive=False)
    await leave_something(m)
    copy = b.dir + "/copy.db"
    user(b, "backup", copy)
    user(b, "backup", copy, code=1)         # never over another
    assert os.stat(copy).st_mode & 0o777 == 0o600
    db = sqlite3.connect(copy)
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    db.close()
    await m.ask("hi")
    assert b.stop() == 0
    for path in glob.glob(b.dir + "/attune.db*"):
        os.unlink(path)
    shutil.copy(copy, b.dir + "/attune.db")
    b.start()
    assert re.search(r"^\d{4}-\d\d-\d\d " + re.escape(m.jid), user(b, "list"), re.M)
    assert "zqmlast" in user(b, "export", m.jid)
    assert await m.ask("hi")
