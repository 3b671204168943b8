"""The tests: each is a coroutine that gets the world, in the order of the file."""
import asyncio
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import chat
from bot import Bot
from crowd import Crowd
from person import Person
from server import PATIENCE, Server, free_port

ALL = []

CHATSTATES = "http://jabber.org/protocol/chatstates"
RECEIPT = "<request xmlns='urn:xmpp:receipts'/>"
PING = "<ping xmlns='urn:xmpp:ping'/>"


def test(f):
    ALL.append((f.__name__.replace("_", " "), f))
    return f


def takes(minutes):
    """A test that takes long, roughly: it is begun before the others."""
    def mark(f):
        f.minutes = minutes
        return f
    return mark


async def until(found, seconds=PATIENCE):
    """Waits until it is so, at most for so long; gives whether it is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not found():
        await asyncio.sleep(0.02)
    return found()


class World:
    """One server with an archive and one without, made when first needed; a
    fresh bot and fresh people for each test."""

    def __init__(self, program, dialogs, folder, terminal=None):
        self.program, self.folder = program, folder
        self.terminal = terminal or program     # says the same, and may be quicker
        self.dialogs = folder + "/dialogs"      # a copy: nobody edits it meanwhile
        shutil.copytree(dialogs, self.dialogs)
        self.servers, self.bots, self.people, self.crowds = {}, [], [], {}
        self.n = 0

    def server(self, archive=True):
        if archive not in self.servers:
            s = Server(f"{self.folder}/server-{'mam' if archive else 'plain'}", archive)
            for host in ("localhost", "wronghost.localhost", "expired.localhost",
                         "unknown.localhost"):
                s.add_user("attune", host)
            s.start()
            self.servers[archive] = s
        s = self.servers[archive]
        if s.process is None:
            s.start()
        return s

    def bot(self, archive=True, wait="event=online", own_account=True, **more):
        """Each bot has an account of its own: no test sees the archive of another."""
        self.n += 1
        server = self.server(archive)
        if own_account and "jid" not in more:
            server.add_user(f"bot{self.n}")
            more["jid"] = f"bot{self.n}@localhost"
        dialogs = more.pop("dialogs", self.dialogs)
        b = Bot(self.program, f"{self.folder}/bot{self.n}", dialogs, server, **more)
        b.jid = more.get("jid", "attune@localhost")
        self.bots.append(b)
        return b.start(wait) if wait else b

    async def person(self, bot, archive=True):
        self.n += 1
        server = self.server(archive)
        server.add_user(f"p{self.n}")
        p = Person(f"p{self.n}", server, bot.jid)
        self.people.append(p)
        return await p.join()

    async def member(self, bot, archive=True):
        """Somebody of the crowd: quicker to have than a person with a client."""
        self.n += 1
        server = self.server(archive)
        if archive not in self.crowds:
            self.crowds[archive] = await Crowd(server.component).join()
        return self.crowds[archive].member(f"m{self.n}", bot.jid)

    async def clean(self):
        for p in self.people:
            try:
                await p.leave()
            except Exception:
                pass
        for c in self.crowds.values():
            await c.leave()
        self.people, self.crowds = [], {}
        await asyncio.sleep(0.1)
        for b in self.bots:
            try:
                b.stop()
            except AssertionError:
                pass
        self.bots = []

    def stop(self):
        for s in self.servers.values():
            s.stop()


def child(xml, name, ns):
    return xml.find(f"{{{ns}}}{name}")


async def starts(world, text, **more):
    """Starts a bot that cannot connect; its log must say why."""
    b = world.bot(wait=None, **more)
    b.start(wait=None)
    b.wait_log(text)
    return b


# --- talking ---

WORD_FOR_WORD = ("--fast", "--unlimited", "--salt", "0")


@test
async def a_conversation_over_starttls(world):
    """With a client that people use; the others here are of the crowd."""
    b = world.bot(options=WORD_FOR_WORD)
    p = await world.person(b)
    run = next(r for r in chat.all_runs(world.dialogs) if r.playable())
    for kind, text, n in run.steps:
        if kind == ">":
            p.write(text)
        elif kind in "<~":
            got = await p.hear()
            assert text in got, f"{run.path}:{n}: expected {text!r}, got {got!r}"


@test
async def whole_conversations_go_as_their_transcripts_say(world):
    b = world.bot(options=WORD_FOR_WORD)
    runs = [r for r in chat.all_runs(world.dialogs) if r.playable()]
    assert len(runs) >= 8, runs

    async def restart():
        b.stop(signal.SIGKILL)
        b.start()

    for run in runs:
        await chat.play(run, await world.member(b), restart)


# A terminal takes no line back that it has shown.
NO_TERMINAL_CAN = {"hide"}


def alike(text, bot):
    """Without what cannot be the same: where to find the bot, which a terminal does not say,
    and the minute, which may end between the two."""
    return re.sub(r"\b\d\d:\d\d\b", "hh:mm", re.sub(" " + re.escape(bot.jid), "", text, flags=re.I))


async def compared(world, bot, member, lines, store):
    """What differs when all that is typed goes both ways."""
    # The terminal says hello by itself.
    there = await asyncio.to_thread(chat.in_terminal, world.terminal, world.dialogs, lines[1:], store)
    there = [[alike(t, bot) for t in y] for y in there]
    here = [[alike(t, bot) for t in await member.ask(line, due=len(y))]
            for line, y in zip(lines, there)]
    return [f"to {line!r} XMPP says {x!r}, the terminal {y!r}"
            for line, x, y in zip(lines, here, there) if x != y and line not in NO_TERMINAL_CAN]


@test
@takes(2)
async def what_anybody_types_is_answered_as_in_the_terminal(world):
    """The people of all transcripts, from a hello on; word for word the same.  Without an
    archive, which Prosody's plain files make slow; several people at a time."""
    b = world.bot(archive=False, options=WORD_FOR_WORD)
    files, differ, at_once = {}, [], asyncio.Semaphore(5)
    for run in chat.all_runs(world.dialogs):
        files.setdefault(run.path, []).extend(["hi", *filter(None, run.lines()),
                                               "delete my data", "delete it all"])

    async def one(n, path, lines):
        m = await world.member(b, archive=False)
        async with at_once:
            found = await compared(world, b, m, lines, f"{b.dir}/{n}.db")
        differ.extend(f"{path}: {what}" for what in found)

    await world.member(b, archive=False)        # the crowd is there
    longest = sorted(files.items(), key=lambda f: -len(f[1]))
    await asyncio.gather(*(one(n, *file) for n, file in enumerate(longest)))
    assert not differ, f"{len(differ)} answers differ: " + "; ".join(differ[:20])


async def soon_after_a_query(p):
    """The next thing it says, which must not come later than an answer that nothing delays:
    the machine may be slow, but then for both."""
    await p.ask(PING)
    return await p.hear(1)


@test
async def a_first_message_in_a_crisis_is_answered_at_once_and_alone(world):
    """With typing delay, and with a client that would see it."""
    b = world.bot(options=("--salt", "0"))
    p = await world.person(b)
    p.write("i want to die", f"<active xmlns='{CHATSTATES}'/>")
    first = await soon_after_a_query(p)
    run = next(r for r in chat.all_runs(world.dialogs)
               if r.playable() and r.lines()[0] == "i want to die")
    assert first == next(text for kind, text, _ in run.steps if kind == "<"), first
    assert not any(child(x, "composing", CHATSTATES) is not None for x in p.seen), "typing shown"
    assert await p.silence(1), "something was said after it"


@test
async def a_crisis_does_not_wait_for_what_is_being_typed(world):
    b = world.bot(options=("--salt", "0"))
    p = await world.person(b)
    p.write("hi")
    await p.hear_all(quiet=3)
    p.write("my boss yelled at me on monday")
    await asyncio.sleep(0.2)
    p.write("i want to die")
    texts = [await soon_after_a_query(p)]
    while "take it seriously" not in texts[-1]:
        texts.append(await p.hear(1))


@test
async def a_conversation_over_direct_tls(world):
    b = world.bot(tls="direct")
    p = await world.person(b)
    p.write("hi")
    assert await p.hear()


@test
async def the_log_names_nobody_and_holds_no_words(world):
    b = world.bot()
    p = await world.person(b)
    p.write("marker-sentence-31337 he hid my keys")
    await p.hear_all()
    b.send_signal(signal.SIGUSR1)
    b.wait_log("event=counts")
    log = b.log()
    for secret in ("marker-sentence", "hid my keys", p.boundjid.bare, "secret"):
        assert secret not in log, f"{secret!r} is in the log"


@test
async def two_people_at_once_are_kept_apart(world):
    b = world.bot()
    one, two = await world.person(b), await world.person(b)
    for i in range(5):
        one.write(f"one {i}")
        two.write(f"two {i}")
    heard_one, heard_two = await one.hear_all(), await two.hear_all()
    assert heard_one and heard_two
    for p in (one, two):
        for xml in p.seen:
            assert xml.get("from", "").split("/")[0] in (b.jid, p.boundjid.bare)
            assert xml.get("to", "").split("/")[0] == p.boundjid.bare


@test
async def replies_carry_what_they_should(world):
    b = world.bot()
    p = await world.person(b)
    p.write("hi", f"<active xmlns='{CHATSTATES}'/><thread>t-1</thread>")
    await p.hear()
    m = next(x for x in p.seen if x.find("{jabber:client}body") is not None)
    assert m.get("type") == "chat" and m.get("id")
    assert child(m, "origin-id", "urn:xmpp:sid:0").get("id") == m.get("id")
    assert child(m, "active", CHATSTATES) is not None
    assert child(m, "request", "urn:xmpp:receipts") is not None
    assert child(m, "thread", "jabber:client").text == "t-1"


@test
async def receipts_and_markers_come_after_saving(world):
    b = world.bot()
    p = await world.person(b)
    id = p.write("hi", RECEIPT + "<markable xmlns='urn:xmpp:chat-markers:0'/>")
    await p.until(lambda x: (r := child(x, "received", "urn:xmpp:receipts")) is not None
                  and r.get("id") == id)
    await p.until(lambda x: (r := child(x, "displayed", "urn:xmpp:chat-markers:0")) is not None
                  and r.get("id") == id)
    await p.hear()
    kinds = ["receipt" if child(x, "received", "urn:xmpp:receipts") is not None else
             "words" if x.find("{jabber:client}body") is not None else "other" for x in p.seen]
    assert kinds.index("receipt") < kinds.index("words"), kinds


@test
async def typing_is_shown_and_takes_a_moment(world):
    b = world.bot(options=())
    p = await world.person(b)
    start = time.monotonic()
    p.write("hi", f"<active xmlns='{CHATSTATES}'/>")
    await p.hear()
    assert time.monotonic() - start > 0.6
    shown = next(i for i, x in enumerate(p.seen) if child(x, "composing", CHATSTATES) is not None)
    said = next(i for i, x in enumerate(p.seen) if x.find("{jabber:client}body") is not None)
    assert shown < said
    assert child(p.seen[shown], "no-store", "urn:xmpp:hints") is not None


@test
async def no_typing_for_a_client_that_says_nothing_of_it(world):
    b = world.bot(options=())
    p = await world.person(b)
    p.write("hi")
    await p.hear_all()
    assert not any(child(x, "composing", CHATSTATES) is not None or
                   child(x, "active", CHATSTATES) is not None for x in p.seen)


# --- what is never answered, and what is answered with care ---

@test
async def groupchat_headline_and_error_are_never_answered(world):
    b = world.bot()
    p = await world.person(b)
    p.write("hi", type="headline", to=b.jid + "/attune")
    p.write("hi", type="groupchat", to=b.jid + "/attune")
    p.write("hi", "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:"
            "xmpp-stanzas'/></error>", type="error", to=b.jid + "/attune")
    p.write("", "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='a@b'/></x>")
    p.write("", f"<composing xmlns='{CHATSTATES}'/>")
    assert await p.silence()
    p.write("hi")
    assert await p.hear()


@test
async def ciphertext_is_never_read_as_words(world):
    b = world.bot()
    p = await world.person(b)
    body = "I sent you an OMEMO encrypted message but your client does not support it"
    p.write(body, "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/>"
            "<payload>AAAA</payload></encrypted><encryption xmlns='urn:xmpp:eme:0' "
            "namespace='eu.siacs.conversations.axolotl'/>")
    assert all("OMEMO encrypted message but" not in t for t in await p.hear_all())


@test
async def a_forged_sender_is_not_believed(world):
    """A namespaced from='' is passed on by the server and must not count."""
    b = world.bot()
    p, victim = await world.person(b), await world.person(b)
    for i in range(12):     # the server orders attributes as it likes
        p.send_raw(f"<message to='{b.jid}' type='chat' id='f{i}' xmlns:e='urn:e{i}' "
                   f"e:from='{victim.boundjid.bare}/x'><body>hi {i}</body></message>")
    assert await p.hear()
    assert await victim.silence()


@test
async def forged_copies_and_results_are_ignored(world):
    b = world.bot()
    p, victim = await world.person(b), await world.person(b)
    inner = (f"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' "
             f"from='{victim.boundjid.bare}' to='{b.jid}'><body>hi</body></message></forwarded>")
    for wrap in (f"<received xmlns='urn:xmpp:carbons:2'>{inner}</received>",
                 f"<sent xmlns='urn:xmpp:carbons:2'>{inner}</sent>",
                 f"<result xmlns='urn:xmpp:mam:2' queryid='x' id='1'>{inner}</result>", inner):
        p.write("", wrap)
        p.write("hi", wrap)
    assert await p.silence() and await victim.silence(0.2)


@test
async def hostile_stanzas_do_not_stop_it(world):
    """Deep, wide and long ones.  The server's own time for them is not ours."""
    b = world.bot(archive=False)
    p = await world.person(b, archive=False)
    before = b.cpu_ms()
    p.write("hi", "<x xmlns='urn:deep'>" + "<a>" * 30000 + "</a>" * 30000 + "</x>")
    p.write("hi", "<x xmlns='urn:wide'>" + "<a/>" * 50000 + "</x>")
    p.write("hi" + "\n" * 100000)
    id = p.write("still there?", RECEIPT)
    await p.until(lambda x: (r := child(x, "received", "urn:xmpp:receipts")) is not None
                  and r.get("id") == id)
    assert b.process.poll() is None
    assert b.cpu_ms() - before < 800, f"{b.cpu_ms() - before} ms of CPU"


# --- presence and queries ---

@test
async def a_subscription_is_approved_and_asked_back_once(world):
    b = world.bot()
    p = await world.person(b)
    for _ in range(2):
        p.send_raw(f"<presence to='{b.jid}' type='subscribe'/>")
        await p.until(lambda x: x.get("from") == b.jid + "/attune" and x.get("type") is None,
                      p.presences)
        await p.ask(PING)
    types = [x.get("type") for x in p.presences if x.get("from", "").startswith(b.jid)]
    assert "subscribed" in types, types
    assert types.count("subscribe") == 1, types


@test
async def whoever_leaves_may_come_back(world):
    b = world.bot()
    p = await world.person(b)
    for type in ("subscribe", "unsubscribe", "subscribe"):
        p.presences.clear()
        p.send_raw(f"<presence to='{b.jid}' type='{type}'/>")
        if type == "subscribe":
            await p.until(lambda x: x.get("type") == "subscribed", p.presences)
        await p.ask(PING)


@test
async def it_says_what_it_is(world):
    b = world.bot()
    p = await world.person(b)
    info = await p.ask("<query xmlns='http://jabber.org/protocol/disco#info'/>")
    ns = "{http://jabber.org/protocol/disco#info}"
    identity = info.find(f"{ns}query/{ns}identity")
    assert (identity.get("category"), identity.get("type")) == ("client", "bot")
    features = {f.get("var") for f in info.iter(ns + "feature")}
    assert "urn:xmpp:receipts" in features and "jabber:iq:version" in features
    version = await p.ask("<query xmlns='jabber:iq:version'/>")
    assert version.find(".//{jabber:iq:version}name").text == "attune"
    assert (await p.ask(PING)).get("type") == "result"
    assert (await p.ask("<query xmlns='http://jabber.org/protocol/disco#items'/>")
            ).get("type") == "result"


@test
async def every_other_query_is_refused(world):
    b = world.bot()
    p = await world.person(b)
    for type, inner in (("get", "<query xmlns='jabber:iq:last'/>"),
                        ("set", "<query xmlns='jabber:iq:roster'><item jid='a@b'/></query>"),
                        ("set", "<x xmlns='urn:nobody:knows'/>"),
                        ("get", "<vCard xmlns='vcard-temp:x'/>")):
        answer = await p.ask(inner, type)
        assert answer.get("type") == "error", inner
        assert answer.find(".//{urn:ietf:params:xml:ns:xmpp-stanzas}service-unavailable") \
            is not None, inner


# --- failures, said plainly ---

@test
async def a_wrong_password_is_said_plainly(world):
    await starts(world, "cause=wrong-password.*password", password="wrong")


@test
async def an_unknown_authority_is_said_plainly(world):
    await starts(world, "cause=unknown-ca.*ca_file", jid="attune@unknown.localhost")


@test
async def a_wrong_host_is_said_plainly(world):
    await starts(world, "cause=wrong-host.*another name", jid="attune@wronghost.localhost")


@test
async def an_expired_certificate_is_said_plainly(world):
    await starts(world, "cause=cert-expired.*expired", jid="attune@expired.localhost")


@test
async def a_refused_connection_is_said_plainly(world):
    await starts(world, "cause=refused.*nothing listens", port=free_port())


@test
async def an_unserved_domain_is_said_plainly(world):
    await starts(world, "cause=host-unknown.*does not serve", jid="attune@nowhere.example")


@test
async def a_name_without_address_is_said_plainly(world):
    await starts(world, "cause=no-address.*DNS", host="no-such-host.invalid")


@test
async def an_unreadable_ca_file_is_said_plainly(world):
    await starts(world, "cause=ca-file.*cannot be read", ca="/nonexistent/ca.pem")


@test
async def direct_tls_with_a_bad_certificate_is_refused(world):
    await starts(world, "cause=(unknown-ca|wrong-host)", tls="direct",
                 jid="attune@unknown.localhost")


@test
async def whatever_fails_at_the_server_is_tried_again_and_ends_cleanly(world):
    for more in ({"password": "wrong"}, {"jid": "attune@expired.localhost"},
                 {"jid": "attune@nowhere.example"}, {"port": free_port()},
                 {"host": "no-such-host.invalid"}):
        b = await starts(world, "event=offline.*fix=.*again_in_ms=[1-9]", **more)
        assert b.process.poll() is None, more
        assert b.stop() == 0, more


@test
async def what_is_wrong_here_ends_it_with_a_code_and_a_line(world):
    """78: restarting does not help until somebody has mended it; 74: it may."""
    def spoil(b, name, text, mode=0o600):
        with open(f"{b.dir}/{name}", "w") as f:
            os.fchmod(f.fileno(), mode)
            f.write(text)

    def config(b):
        with open(b.dir + "/attune.conf") as f:
            return f.read()

    cases = [
        ("no-such-file.conf", lambda b: os.unlink(b.dir + "/attune.conf")),
        ("attune.conf:2", lambda b: spoil(b, "attune.conf", "[account]\njdi = a@b\n")),
        ("jid is not set", lambda b: spoil(b, "attune.conf", "[account]\n")),
        ("attune.db", lambda b: spoil(b, "attune.db", "this is no database " * 100)),
        ("zz/dialog.json", lambda b: broken_dialogs(world, b)),
    ]
    for text, break_it in cases:
        b = world.bot(wait=None)
        name = b.dir + "/attune.conf"
        spoil(b, "attune.conf", config(b))
        break_it(b)
        done = subprocess.run([world.program, "run", "-c", name], capture_output=True, text=True,
                              timeout=PATIENCE)
        assert done.returncode == (74 if text == "attune.db" else 78), (text, done)
        assert text in done.stderr or text == "no-such-file.conf" and name in done.stderr, done.stderr
    done = subprocess.run([world.program, "run", "--no-such"], capture_output=True, text=True)
    assert done.returncode == 64 and "usage" in done.stderr, done


def broken_dialogs(world, b):
    tree = b.dir + "/dialogs"
    shutil.copytree(world.dialogs, tree)
    os.mkdir(tree + "/zz")
    with open(tree + "/zz/dialog.json", "w") as f:
        f.write("{ this is no dialog")
    with open(b.dir + "/attune.conf") as f:
        text = f.read().replace(world.dialogs, tree)
    with open(b.dir + "/attune.conf", "w") as f:
        f.write(text)


# --- coming back ---

@test
async def a_server_restart_is_survived(world):
    b = world.bot()
    p = await world.person(b)
    p.write("hi")
    await p.hear_all()
    b.mark = len(b.log())
    world.server().stop()
    b.wait_log("event=offline")
    world.server()
    b.wait_log("event=online")
    q = await world.person(b)
    q.write("hi")
    assert await q.hear()


@test
async def a_killed_server_is_survived(world):
    b = world.bot(archive=False)
    b.mark = len(b.log())
    world.server(False).stop(kill=True)
    b.wait_log("event=offline")
    world.server(False)
    b.wait_log("event=online")
    p = await world.person(b, archive=False)
    p.write("hi")
    assert await p.hear()


@test
@takes(0.5)
async def what_was_written_while_it_was_away_is_answered_once(world):
    for archive in (True, False):
        b = world.bot(archive=archive)
        p = await world.person(b, archive)
        p.write("hi")
        await p.hear_all()
        assert b.stop() == 0
        p.write("are you there?")
        await asyncio.sleep(0.3)
        b.start()
        assert await p.hear()
        while not await p.silence(0.6):
            pass
        b.stop()
        b.start()
        assert await p.silence(1), "answered again"


@test
async def a_kill_loses_nothing_and_says_nothing_twice(world):
    b = world.bot()
    p = await world.person(b)
    for i in range(4):
        p.write(f"message {i}")
        await asyncio.sleep(0.05)
        b.stop(signal.SIGKILL)
        b.start()
    p.write("last")
    for _ in range(5):
        await p.hear()
    while not await p.silence(1.5):
        pass
    ids = [x.get("id") for x in p.seen if x.find("{jabber:client}body") is not None]
    assert len(ids) == len(set(ids)), "said twice"


# --- written while nobody was there ---

def age(server, name, minutes):
    """Makes all that the server keeps for an account older; it must be down."""
    for store in ("archive", "offline"):
        path = f"{server.dir}/data/localhost/{store}/{name}.list"
        if not os.path.exists(path):
            continue
        with open(path) as f:
            text = f.read()
        text = re.sub(r'(\["when"\] = )(\d+)', lambda m: m[1] + str(int(m[2]) - 60 * minutes), text)
        with open(path, "w") as f:
            f.write(text)


def age_cursor(bot, minutes):
    db = sqlite3.connect(bot.dir + "/attune.db")
    db.execute("UPDATE cursor SET time = time - ?", (60 * minutes,))
    db.commit()
    db.close()


async def away(world, bot, archive, minutes, write):
    """The bot is away while write() is done, and comes back so much later."""
    assert bot.stop() == 0
    await write()
    await asyncio.sleep(0.3)
    world.servers[archive].stop()
    age(world.servers[archive], bot.jid.split("@")[0], minutes)
    age_cursor(bot, minutes)
    world.server(archive)
    await world.crowds[archive].leave()
    await world.crowds[archive].join()
    for m in world.crowds[archive].members.values():
        m.take()
    bot.start()


@test
@takes(0.5)
async def who_wrote_much_while_it_was_away_gets_one_answer_that_says_so(world):
    for archive in (True, False):
        b = world.bot(archive=archive)
        m = await world.member(b, archive)
        await m.ask("hi")

        async def write():
            for text in ("my boss yelled at me on monday", "in front of everybody", "hello?"):
                m.send(text)
        await away(world, b, archive, 180, write)
        texts = await m.hear()
        assert "away for 3 hours" in texts[0] and "monday" in texts[0].lower(), texts
        assert len(texts) <= 2 and sum("away" in t for t in texts) == 1, texts
        assert await m.ask("hi") and b.stop() == 0
        b.start()
        await asyncio.sleep(1.2)
        assert not await m.hear(0), "answered again"


@test
async def a_crisis_written_while_it_was_away_is_answered_first_and_says_so(world):
    b = world.bot()
    one, two = await world.member(b), await world.member(b)
    for m in (one, two):
        await m.ask("hi")

    async def write():
        for text in ("my boss yelled at me on monday", "hello?"):
            one.send(text)
        for text in ("i want to die", "are you there", "ok never mind"):
            two.send(text)
    await away(world, b, True, 180, write)
    assert "only now" in (await two.hear())[0]
    assert len(await one.hear()) <= 2
    assert world.crowds[True].heard[0] is two, "somebody else was answered first"


@test
async def a_correction_of_what_was_written_meanwhile_counts_from_the_start(world):
    b = world.bot()
    m = await world.member(b)
    await m.ask("hi")

    async def write():
        m.send("she never listens to me")
        m.send("my boss yelled at me on monday",
               f"<replace xmlns='urn:xmpp:message-correct:0' id='{m.last}'/>")
    await away(world, b, True, 180, write)
    texts = " ".join(await m.hear())
    assert "onday" in texts and "listen" not in texts, texts


@test
async def what_was_taken_back_meanwhile_is_still_read_by_the_lane(world):
    b = world.bot()
    m = await world.member(b)
    await m.ask("hi")

    async def write():
        m.send("i want to die")
        m.send("never mind", f"<replace xmlns='urn:xmpp:message-correct:0' id='{m.last}'/>")
    await away(world, b, True, 180, write)
    assert "take it seriously" in " ".join(await m.hear())


@test
async def delete_my_data_written_meanwhile_is_heeded(world):
    b = world.bot()
    m = await world.member(b)
    await m.ask("my boss yelled at me on monday")

    async def write():
        for text in ("delete my data", "delete it all", "hello?"):
            m.send(text)
    await away(world, b, True, 180, write)
    texts = await m.hear()
    assert any("Do it?" in t for t in texts) or any("Gone on my side" in t for t in texts), texts


@test
async def old_messages_of_an_account_are_not_answered_by_a_first_start(world):
    b = world.bot()
    m = await world.member(b)
    await m.ask("hi")
    assert b.stop() == 0
    for name in os.listdir(b.dir):
        if name.startswith("attune.db"):
            os.unlink(f"{b.dir}/{name}")
    b.start()
    await asyncio.sleep(1)
    texts = await m.hear(0)
    assert not texts, texts


@test
async def it_says_which_guarantee_it_gives(world):
    world.bot().wait_log("event=guarantee level=full")
    world.bot(archive=False).wait_log("event=guarantee level=basic")


@test
async def term_ends_it_cleanly(world):
    b = world.bot(options=())
    p = await world.person(b)
    p.send_raw(f"<presence to='{b.jid}' type='subscribe'/>")
    await p.until(lambda x: x.get("type") == "subscribed", p.presences)
    p.write("hi")
    await p.ask(PING)
    start = time.monotonic()
    code = b.stop()
    assert code == 0 and time.monotonic() - start < 20, (code, time.monotonic() - start)
    assert await p.hear(), "the reply that was owed"
    await p.until(lambda x: x.get("type") == "unavailable", p.presences)


@test
async def reloading_keeps_the_old_dialogs_when_the_new_ones_are_unsound(world):
    tree = f"{world.folder}/dialogs-{world.n}"
    shutil.copytree(world.dialogs, tree)
    b = world.bot(dialogs=tree)
    p = await world.person(b)
    p.write("hi")
    await p.hear_all()
    os.mkdir(tree + "/zz-broken")
    with open(tree + "/zz-broken/dialog.json", "w") as f:
        f.write("{ this is no dialog")
    b.send_signal(signal.SIGHUP)
    b.wait_log("event=reload dialogs=kept")
    assert "zz-broken/dialog.json" in b.log()[b.mark:], "which file?"
    p.write("hello")
    assert await p.hear()
    shutil.rmtree(tree + "/zz-broken")
    b.send_signal(signal.SIGHUP)
    b.wait_log("event=reload dialogs=new")
    p.write("hello again")
    assert await p.hear()


@test
async def a_second_bot_does_not_fight_the_first(world):
    b = world.bot()
    other = Bot(world.program, b.dir + "-2", world.dialogs, world.server(), jid=b.jid)
    other.jid = b.jid
    world.bots.append(other)
    b.mark = len(b.log())
    other.start()
    b.wait_log("cause=conflict")
    assert await asyncio.to_thread(b.process.wait, PATIENCE) == 78
