"""What people write, and who they are, at every level of the log and through every failure:
none of it may stand in a log."""
import asyncio
import signal
import sqlite3

from cases import takes, test, until
from hostile import ERROR, STAMP, bot_at, forwarded, iq, message, result
from puppet import CLIENT, OWN, SID, Puppet, text_of
from server import PATIENCE

LEVELS = ("error", "warning", "info", "debug")
MARKERS = 1000          # at each level
MARK = "zqm"
PING = "{urn:xmpp:ping}ping"


def words(n):
    return f"{MARK}{n}z she never listens to me"


def said_by(n, children, **more):
    """Every name in it is a marker: of the sender, the device, the message, the thread."""
    who = f"{MARK}{n}z@evil.example/{MARK}{n}z"
    return message(f"{children}<thread>{MARK}{n}z</thread>", who, id=f"{MARK}{n}z", **more)


# What a person's words may come in, and what no server should let through.
SHAPES = [
    lambda n: said_by(n, f"<body>{words(n)}</body>"),
    lambda n: said_by(n, f"<body>{words(n)} i want to die</body>"),
    lambda n: said_by(n, f"<body>delete my data {words(n)}</body>"),
    lambda n: said_by(n, f"<body>{words(n) * 600}</body>"),
    lambda n: said_by(n, f"<body>{words(n)}</body><stanza-id xmlns='{SID}' by='{OWN}' id='{MARK}{n}z'/>"),
    lambda n: said_by(n, f"<body>{words(n)}</body><replace xmlns='urn:xmpp:message-correct:0' "
                         f"id='{MARK}{n - 4}z'/>"),
    lambda n: said_by(n, f"<body>{words(n)}</body><delay xmlns='urn:xmpp:delay' stamp='{words(n)}' "
                         "from='localhost'/>"),
    lambda n: said_by(n, f"<body>{words(n)}</body><encrypted xmlns='eu.siacs.conversations.axolotl'>"
                         f"<payload>{words(n)}</payload></encrypted>"),
    lambda n: said_by(n, f"<body>{words(n)}</body>" + ERROR, type="error"),
    lambda n: said_by(n, f"<body>{words(n)}</body>", type="groupchat"),
    lambda n: said_by(n, f"<received xmlns='urn:xmpp:carbons:2'>"
                         f"{forwarded(body=f'<body>{words(n)}</body>')}</received>"),
    lambda n: said_by(n, result(inner=forwarded(body=f"<body>{words(n)}</body>"))),
    lambda n: said_by(n, f"<body>{words(n)}</body><a>{'<b>' * 200}{words(n)}{'</b>' * 200}</a>"),
    lambda n: iq(f"<query xmlns='{MARK}{n}z'>{words(n)}</query>", f"{MARK}{n}z@evil.example/x",
                 id=f"{MARK}{n}z"),
    lambda n: f"<presence from='{MARK}{n}z@evil.example/x'><status>{words(n)}</status></presence>",
    lambda n: f"<presence from='{MARK}{n}z@evil.example' type='subscribe'><status>{words(n)}"
              "</status></presence>",
]


def archived(n):
    return (f"{MARK}{n}z", STAMP.format("") + said_by(n, f"<body>{words(n)}</body>",
                                                      more=" xmlns='jabber:client'"))


async def comes_back(puppet, b, break_it, name):
    """Something ends the connection; somebody is answered on the next."""
    n = puppet.connections
    break_it()
    assert await until(lambda: puppet.connections > n), name
    assert await until(puppet.online.is_set), name


def lock_store(b):
    """As a disk does that does not answer: the store cannot be written."""
    db = sqlite3.connect(b.dir + "/attune.db", isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    return db


def spoil_sessions(b):
    db = sqlite3.connect(b.dir + "/attune.db")
    db.execute(f"UPDATE session SET state = CAST('{MARK}' || state AS BLOB)")
    db.commit()
    db.close()


async def tell_everything(world, level):
    puppet = await Puppet(world.server()).start()
    b = await bot_at(world, puppet, level=level, options=("--fast",))
    try:
        await asyncio.to_thread(b.start, None)
        # Its presence: a log of errors only does not tell that it is online.
        assert await until(lambda: any(e.tag == CLIENT + "presence" for e in puppet.said)), \
            f"{level}: never online"
        for n in range(MARKERS):
            puppet.send(SHAPES[n % len(SHAPES)](n))
        await puppet.ask()
        assert any(text_of(e) for e in puppet.said), "nobody was answered: this test sees nothing"
        puppet.pages = [([archived(n) for n in range(MARKERS, MARKERS + 40)], "", True)]
        for name, break_it in (
                ("no XML", lambda: puppet.send(f"<message><body>{words(1)}</b><x {MARK}&".encode())),
                ("cut off", lambda: (puppet.send(f"<message><body>{words(2)}".encode()),
                                     puppet.writer.close())),
                ("a stream error", lambda: puppet.send(
                    "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                    f"<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{words(3)}</text>"
                    "</stream:error></stream:stream>"))):
            await comes_back(puppet, b, break_it, name)
            puppet.send(SHAPES[0](4))
            await puppet.ask()
        for number in (signal.SIGUSR1, signal.SIGHUP):
            b.process.send_signal(number)
        await puppet.ask()
        assert b.stop(signal.SIGKILL) == -signal.SIGKILL, f"{level}: had ended by itself"
        spoil_sessions(b)
        n = puppet.connections
        b.start(wait=None)
        assert await until(lambda: puppet.connections > n), f"{level}: did not come back"
        assert await until(puppet.online.is_set), f"{level}: did not ask for the archive"
        for n in range(0, len(SHAPES)):         # whose sessions cannot be read any more
            puppet.send(SHAPES[0](n))
        await puppet.ask()
        locked = lock_store(b)
        puppet.send(SHAPES[0](MARKERS + 99))
        assert await asyncio.to_thread(b.process.wait, PATIENCE) == 74, f"{level}: ended otherwise"
        locked.close()
        return b.log()
    finally:
        await puppet.stop()


@test
@takes(0.8)
async def a_thousand_markers_at_each_level_through_each_failure_stand_in_no_log(world):
    for level in LEVELS:
        log = await tell_everything(world, level)
        assert "event=store" in log, log[-300:]
        if level == "debug":
            assert "event=session state=unreadable" in log and "event=turn" in log
        for secret in (MARK, "listens", "evil.example", "secret"):
            at = log.find(secret)
            assert at < 0, (level, secret, log[max(0, at - 200):at + 100])


@test
async def what_cannot_be_confirmed_is_still_owed(world):
    """The answer that proves a reply comes while the store cannot be written: the bot ends
    as it does when a disk fails, and the reply is found in the archive at the next start."""
    puppet = await Puppet(world.server()).start()
    b = await bot_at(world, puppet, options=("--fast",))
    try:
        await asyncio.to_thread(b.start)
        puppet.silent = True
        puppet.send(said_by(1, f"<body>{words(1)}</body>"))
        assert await until(lambda: any(text_of(e) for e in puppet.said)), "not answered"
        assert await until(lambda: puppet.asks(PING)), "no proof was asked for"
        owed = b.owed()
        locked = lock_store(b)
        puppet.send(f"<iq type='result' id='{puppet.asks(PING)[-1]}'/>")
        assert await asyncio.to_thread(b.process.wait, PATIENCE) == 74, b.log()[-300:]
        locked.close()
        assert b.owed() == owed > 0, (b.owed(), owed)
    finally:
        await puppet.stop()
