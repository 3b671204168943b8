"""attune doctor, held against servers that are right and wrong in one way each."""
import os
import re
import subprocess

from bot import Bot
from cases import takes, test
from server import PATIENCE, Server

UPLOAD = """
Component "upload.localhost" "http_file_share"
  http_host = "localhost"
  http_file_share_size_limit = 2097152
"""


def server_of(world):
    """A server of its own, to be set up anew by each test."""
    if "doctor" not in world.servers:
        s = world.servers["doctor"] = Server(world.folder + "/server-doctor")
        s.configure(above="c2s_stanza_size_limit = 65536")
        s.add_user("attune")
        s.add_user("attune", "expired.localhost")
    return world.servers["doctor"]


def examine(world, server=None, **more):
    """Gives (exit code, what was said) of a doctor with a fresh configuration."""
    world.n += 1
    b = Bot(world.program, f"{world.folder}/doctor{world.n}", world.dialogs,
            server or server_of(world), **more)
    return look(b)


def look(b):
    done = subprocess.run([b.program, "doctor", "-c", b.dir + "/attune.conf"],
                          capture_output=True, text=True, timeout=PATIENCE)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def with_server(world, **how):
    """Examines a server that is set up so."""
    s = server_of(world)
    s.stop()
    how.setdefault("above", "c2s_stanza_size_limit = 65536")
    s.configure(**how)
    s.start()
    try:
        return examine(world)
    finally:
        s.stop()


def lines_for_prosody(said, name):
    """What the finding says to put into the configuration, as it stands there."""
    part = said.split(name + ":", 1)[1]
    lines = re.search(r"Prosody, (.*?):\n((?: {10}.*\n)+)", part)
    return lines[1], lines[2]


@test
async def the_doctor_has_nothing_to_mend_where_all_is_well(world):
    code, said = with_server(world, more=UPLOAD)
    assert code == 0 and "nothing to mend" in said and "FAULT" not in said, said
    for word in ("config ", "password ", "store ", "login ", "tls ", "clock ", "shaper ",
                 "stanzas "):
        assert re.search("^ok +" + word, said, re.M), (word, said)
    assert "Prosody" in said and "is in it" in said, said
    assert "upload.localhost, up to 2048 kB" in said, said


# What is wrong with the server, what the doctor must call it, and whether its own
# lines, put where it says, must mend it.
WRONG = [
    ("archive-off", {"archive": False}, True),
    ("archive-policy", {"under": "default_archive_policy = false"}, True),
    ("archive-policy", {"under": 'default_archive_policy = "roster"'}, True),
    ("archive-empty", {"above": 'storage = { archive = "none" }; c2s_stanza_size_limit = 65536'},
     True),
    ("shaper", {"rate": "10kb/s"}, True),
    ("stanza-small", {"above": "c2s_stanza_size_limit = 10000"}, True),
    ("acks-off", {"archive": False, "without": ["smacks"]}, False),
    ("offline-off", {"archive": False, "above": 'modules_disabled = { "s2s", "offline" }'}, False),
]


@test
@takes(0.6)
async def the_doctor_names_what_is_wrong_and_its_lines_mend_it(world):
    for name, how, mends in WRONG:
        code, said = with_server(world, **how)
        assert code == 1 and f" {name}: " in said, (name, code, said)
        where, lines = lines_for_prosody(said, name)
        if not mends:
            continue
        how = dict(how)
        place = "above" if where.startswith("above") else "under"
        how[place] = how.get(place, "") + "\n" + lines
        code, said = with_server(world, **how)
        assert code == 0 and f" {name}: " not in said, (name, where, lines, said)


@test
async def the_doctor_says_why_nobody_gets_in(world):
    s = server_of(world)
    s.configure()
    s.start()
    for cause, code, more in (("wrong-password", 1, {"password": "wrong"}),
                              ("cert-expired", 1, {"jid": "attune@expired.localhost"}),
                              ("ca-file", 78, {"ca": "/nonexistent/ca.pem"}),
                              ("host-unknown", 78, {"jid": "attune@nowhere.example"}),
                              ("no-address", 1, {"host": "no-such-host.invalid"})):
        got, said = examine(world, **more)
        assert got == code and f"FAULT login      {cause}: " in said, (cause, got, said)
        assert "      do: " in said, said
    s.stop()
    code, said = examine(world)
    assert code == 1 and "refused: " in said, said


@test
async def the_doctor_sees_files_that_are_wrong(world):
    def spoil(text, change, code, config=None):
        world.n += 1
        b = Bot(world.program, f"{world.folder}/doctor{world.n}", world.dialogs,
                server_of(world), port=1)
        if config:
            with open(b.dir + "/attune.conf", "r+") as f:
                changed = config(f.read())
                f.seek(0)
                f.truncate()
                f.write(changed)
        change(b)
        got, said = look(b)
        assert got == code and text in said, (text, got, said)

    def store(text, mode=0o600):
        def change(b):
            with open(b.dir + "/attune.db", "w") as f:
                os.fchmod(f.fileno(), mode)
                f.write(text)
        return change

    nothing = lambda b: None        # noqa: E731
    spoil("others may read it", lambda b: os.chmod(b.dir + "/password", 0o644), 78)
    spoil("others may change it", lambda b: os.chmod(b.dir + "/attune.conf", 0o666), 78)
    spoil("attune.conf:2", nothing, 78, lambda t: "[account]\njdi = a@b\n")
    spoil("jid is not set", nothing, 78, lambda t: "[log]\nlevel = info\n")
    spoil("No such file", lambda b: os.unlink(b.dir + "/attune.conf"), 78)
    spoil("not a database", store("this is no database " * 100), 74)
    spoil("others may read it", store("", 0o644), 74)
    spoil("mkdir -m 700", nothing, 74,
          lambda t: re.sub("^path = (.*)/attune.db$", r"path = \1/nowhere/attune.db", t, flags=re.M))
    spoil("errors", nothing, 78, lambda t: t.replace(world.dialogs, "/nonexistent"))
    done = subprocess.run([world.program, "doctor", "--no-such"], capture_output=True, text=True)
    assert done.returncode == 64 and "usage" in done.stderr, done


@test
async def the_doctor_does_not_disturb_a_running_bot(world):
    b = world.bot()
    m = await world.member(b)
    await m.ask("hi")
    b.mark = len(b.log())
    code, said = look(b)
    assert code == 0, said
    assert await m.ask("hi again")
    log = b.log()[b.mark:]
    assert b.process.poll() is None and "offline" not in log and "connected" not in log, log
    assert "reaches back" in said, said
