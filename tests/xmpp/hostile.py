"""What strangers, and a server that is out of its mind, may send: none of it is answered
wrongly, speaks for somebody else, or stops the bot."""
import asyncio
import calendar
import signal
import time

from again import figure
from bot import Bot
from cases import takes, test, until
from puppet import CLIENT, MAM, OWN, SID, Puppet, text_of

HI = "<body>hi</body>"
EVE, ANA = "eve@evil.example", "ana@localhost"
FORWARD = "urn:xmpp:forward:0"
STAMP = "<delay xmlns='urn:xmpp:delay' stamp='2026-03-01T21:00:00Z'{}/>"


def message(children, who=EVE + "/x", to=OWN, type="chat", id="m", more=""):
    attributes = "".join(f" {k}='{v}'" for k, v in (("from", who), ("to", to), ("type", type),
                                                    ("id", id)) if v is not None)
    return f"<message{attributes}{more}>{children}</message>"


def forwarded(who=ANA + "/phone", body=HI, stamp=STAMP.format("")):
    inner = message(body, who, more=" xmlns='jabber:client'")
    return f"<forwarded xmlns='{FORWARD}'>{stamp}{inner}</forwarded>"


def result(query="@QUERY@", id="a1", inner=None):
    return f"<result xmlns='{MAM}' queryid='{query}' id='{id}'>{inner or forwarded()}</result>"


def carbon(kind, inner=None):
    return f"<{kind} xmlns='urn:xmpp:carbons:2'>{inner or forwarded()}</{kind}>"


def iq(children, who=EVE + "/x", type="get", id="i"):
    return f"<iq type='{type}' id='{id}' from='{who}' to='{OWN}/attune'>{children}</iq>"


def presence(type, who=EVE):
    return f"<presence from='{who}' to='{OWN}'" + (f" type='{type}'" if type else "") + "/>"


ERROR = ("<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
         "</error>")
NOBODY = None           # nothing at all may come of it
NO_WORDS = "no words"   # ... but presence or a refusal

# name, the stanza, and who may be spoken to because of it (NOBODY: not a word to anyone)
FORGED = [
    # copies
    ("a carbon received, from a stranger", message(carbon("received")), NOBODY),
    ("a carbon sent, from a stranger", message(carbon("sent")), NOBODY),
    ("a carbon with words beside it", message(HI + carbon("received")), NOBODY),
    ("a carbon in our own name, bare", message(carbon("received"), OWN), NOBODY),
    ("a carbon in our own name, another device", message(carbon("sent"), OWN + "/y"), NOBODY),
    ("a carbon from our server", message(carbon("received"), "localhost"), NOBODY),
    ("a carbon without a sender", message(carbon("received"), None), NOBODY),
    ("a carbon of an older kind", message(carbon("received").replace(":2'", ":1'")), NOBODY),
    ("a carbon in a carbon", message(carbon("received", forwarded(body=carbon("sent")))), NOBODY),
    ("a message passed on", message(forwarded()), NOBODY),
    ("a message passed on, with words beside it", message(HI + forwarded()), NOBODY),
    ("passed on ten times", message(f"<forwarded xmlns='{FORWARD}'>" * 10 + message(HI, ANA)
                                    + "</forwarded>" * 10), NOBODY),
    # the archive
    ("a result from a stranger", message(result()), NOBODY),
    ("a result from a stranger's bare address", message(result(), EVE), NOBODY),
    ("a result from our domain", message(result(), "localhost"), NOBODY),
    ("a result from another device of ours", message(result(), OWN + "/other"), NOBODY),
    ("a result from one who looks like us", message(result(), OWN + ".evil.example"), NOBODY),
    ("a result nobody asked for", message(result("x"), OWN), NOBODY),
    ("a result without a query", message(result("").replace("queryid='' ", ""), OWN), NOBODY),
    ("a result after the archive was read", message(result(), None, None, None), NOBODY),
    ("a result in a result", message(result(inner=forwarded(body=result()))), NOBODY),
    ("the end of a query nobody made", iq(f"<fin xmlns='{MAM}' complete='true'/>", EVE, "result"),
     NOBODY),
    ("the end of a query in a message", message(f"<fin xmlns='{MAM}' complete='true'/>"), NOBODY),
    # ids, times
    ("an archive id in our name, twice", message(
        HI + f"<stanza-id xmlns='{SID}' by='{OWN}' id='z1'/>" * 2), EVE),
    ("an archive id of somebody else", message(
        HI + f"<stanza-id xmlns='{SID}' by='{EVE}' id='z1'/>"), EVE),
    ("an archive id of a megabyte", message(
        HI + f"<stanza-id xmlns='{SID}' by='{OWN}' id='{'z' * 60000}'/>"), EVE),
    ("an id of 60 kB", message(HI, id="m" * 60000), EVE),
    ("no id at all", message(HI, id=None), EVE),
    ("a delay of a stranger", message(HI + STAMP.format(f" from='{EVE}'")), EVE),
    ("a delay without an origin", message(HI + STAMP.format("")), EVE),
    ("a delay of 1970", message(HI + "<delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:01Z' "
                                "from='localhost'/>"), EVE),
    ("a delay in the year 9999", message(HI + "<delay xmlns='urn:xmpp:delay' "
                                         "stamp='9999-12-31T23:59:59Z' from='localhost'/>"), EVE),
    ("a delay that is none", message(HI + "<delay xmlns='urn:xmpp:delay' stamp='%n%n%s' "
                                     "from='localhost'/>"), EVE),
    # who it is from and to
    ("no sender", message(HI, None), NOBODY),
    ("an empty sender", message(HI, ""), NOBODY),
    ("a sender without a name", message(HI, "@evil.example/x"), NOBODY),
    ("a sender without a domain", message(HI, "eve@/x"), NOBODY),
    ("our server", message(HI, "localhost"), NOBODY),
    ("our server, with a resource", message(HI, "localhost/x"), NOBODY),
    ("ourselves, bare", message(HI, OWN), NOBODY),
    ("ourselves, this device", message(HI, OWN + "/attune"), NOBODY),
    ("ourselves, another device", message(HI, OWN + "/phone"), NOBODY),
    ("ourselves, with a body and a correction", message(
        HI + "<replace xmlns='urn:xmpp:message-correct:0' id='m'/>", OWN), NOBODY),
    ("to somebody else", message(HI, to=ANA), NOBODY),
    ("to our server", message(HI, to="localhost"), NOBODY),
    ("to one who looks like us", message(HI, to=OWN + ".evil.example"), NOBODY),
    ("another sender in a prefix", message(HI, more=f" xmlns:e='urn:e' e:from='{ANA}/p'"), EVE),
    ("another receiver in a prefix", message(HI, more=f" xmlns:e='urn:e' e:to='{ANA}'"), EVE),
    ("another type in a prefix", message(HI, more=" xmlns:e='urn:e' e:type='error'"), EVE),
    ("a body that says who it is from", message(f"<body from='{ANA}'>hi</body>"), EVE),
    ("a resource of 60 kB", message(HI, EVE + "/" + "r" * 60000), EVE),
    ("a resource of spaces and quotes", message(HI, EVE + "/&quot;&lt;x&gt; &apos;"), EVE),
    # types
    ("an error with words", message(HI + ERROR, type="error"), NOBODY),
    ("an error without a reason", message(HI, type="error"), NOBODY),
    ("an error in our own name", message(HI + ERROR, OWN, type="error"), NOBODY),
    ("a headline", message(HI, type="headline"), NOBODY),
    ("a room's message", message(HI, "room@rooms.localhost/eve", type="groupchat"), NOBODY),
    ("a whisper in a room", message(HI + "<x xmlns='http://jabber.org/protocol/muc#user'/>",
                                    "room@rooms.localhost/eve"), NOBODY),
    ("an invitation", message("<x xmlns='http://jabber.org/protocol/muc#user'><invite from='"
                              f"{ANA}'/></x>", "room@rooms.localhost", type=None), NOBODY),
    ("a direct invitation", message(HI + "<x xmlns='jabber:x:conference' jid='r@rooms.x'/>"),
     NOBODY),
    ("a type nobody knows", message(HI, type="shout"), EVE),
    # manners that would go round and round
    ("a receipt", message("<received xmlns='urn:xmpp:receipts' id='m'/>"), NOBODY),
    ("a receipt that asks for a receipt", message(
        "<received xmlns='urn:xmpp:receipts' id='m'/><request xmlns='urn:xmpp:receipts'/>"), NOBODY),
    ("a marker that wants a marker", message(
        "<displayed xmlns='urn:xmpp:chat-markers:0' id='m'/>"
        "<markable xmlns='urn:xmpp:chat-markers:0'/>"), NOBODY),
    ("a receipt asked for nothing", message("<request xmlns='urn:xmpp:receipts'/>"), NOBODY),
    ("a receipt asked without an id", message(HI + "<request xmlns='urn:xmpp:receipts'/>", id=None),
     EVE),
    ("an answer of a receipt from ourselves", message(
        "<received xmlns='urn:xmpp:receipts' id='m'/>", OWN), NOBODY),
    ("typing", message("<composing xmlns='http://jabber.org/protocol/chatstates'/>"), NOBODY),
    ("an event of a node", message(HI + "<event xmlns='http://jabber.org/protocol/pubsub#event'/>"),
     NOBODY),
    ("a reaction to what we never said", message(
        "<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>\U0001F44D</reaction></reactions>"),
     NOBODY),
    ("a withdrawal of what was never said", message(
        "<retract xmlns='urn:xmpp:message-retract:1' id='x'/>"), NO_WORDS),
    # queries and presence
    ("a roster in a stranger's name", iq(
        f"<query xmlns='jabber:iq:roster'><item jid='{EVE}' subscription='both'/></query>",
        type="set"), NO_WORDS),
    ("an answer to a question of ours, from a stranger", iq(
        "<query xmlns='http://jabber.org/protocol/disco#info'/>", type="result"), NOBODY),
    ("an error to a question of ours, from a stranger", iq(ERROR, type="error"), NOBODY),
    ("a query of no type", iq("<query xmlns='jabber:iq:version'/>", type="shout"), "any"),
    ("a query in our own name", iq("<query xmlns='urn:x'/>", OWN + "/x", "set"), "any"),
    ("somebody's presence", presence(None), NOBODY),
    ("a subscription in our own name", presence("subscribe", OWN), NOBODY),
    ("a subscription of our server", presence("subscribe", "localhost"), NOBODY),
    ("a presence of an error", presence("error"), NOBODY),
    ("a presence that probes", presence("probe"), NOBODY),
    ("a stanza of another world", "<order xmlns='urn:other'><body>hi</body></order>", NOBODY),
    ("a body of another world", message("<body xmlns='urn:x'>hi</body>"), NOBODY),
    ("a body in a child", message("<x xmlns='urn:x'><body xmlns='jabber:client'>hi</body></x>"),
     NOBODY),
]


def misled(heard, allowed):
    """What is wrong with what the bot said; None when nothing is."""
    if allowed == "any":
        return None
    words = [h for h in heard if h[1] == "message"]
    if allowed in (NOBODY, NO_WORDS):
        return heard if allowed is NOBODY and heard else words or None
    if not any(to.split("/")[0] == allowed and text for to, _, text in words):
        return "no answer"
    return [h for h in heard if h[0].split("/")[0] not in (allowed, "")] or None


async def bot_at(world, puppet, **more):
    world.n += 1
    b = Bot(world.program, f"{world.folder}/bot{world.n}", world.dialogs, world.server(), jid=OWN,
            port=more.pop("port", puppet.direct), tls=more.pop("tls", "direct"), **more)
    b.jid = OWN
    world.bots.append(b)
    return b


async def is_answered(puppet, who, name):
    heard = await puppet.after(message(HI, who + "/x"), who)
    assert any(text for _, _, text in heard), f"{name}: nobody is answered afterwards"


class With:
    """A puppet and a bot that is online at it."""

    def __init__(self, world, **more):
        self.world, self.more = world, more     # of the bot

    async def __aenter__(self):
        self.puppet = await Puppet(self.world.server()).start()
        self.bot = await bot_at(self.world, self.puppet, **self.more)
        await asyncio.to_thread(self.bot.start, None)
        await asyncio.to_thread(self.bot.wait_log, "event=online")
        assert await until(lambda: any(e.tag == CLIENT + "presence" for e in self.puppet.said))
        self.puppet.said.clear()
        self.puppet.connections = 1     # the first start takes two
        return self.puppet, self.bot

    async def __aexit__(self, *_):
        await asyncio.to_thread(self.bot.stop)
        await self.puppet.stop()


@test
async def no_forged_stanza_is_answered_wrongly(world):
    assert len(FORGED) >= 60 and len({name for name, _, _ in FORGED}) == len(FORGED)
    bad = []
    async with With(world) as (puppet, b):
        for n, (name, stanza, allowed) in enumerate(FORGED):
            # Each stranger is a new one: nobody's conversation, flood or id is in the way.
            eve = f"eve{n}@evil.example"
            stanza = (stanza.replace(EVE, eve).replace("id='m'", f"id='m{n}'")
                      .replace("@QUERY@", puppet.query or "q"))
            heard = await puppet.after(stanza, eve if allowed == EVE else None)
            wrong = misled(heard, eve if allowed == EVE else allowed)
            if wrong:
                bad.append(f"{name}: {str(wrong)[:200]}")
        assert not bad, "\n      ".join(["", *bad])
        await is_answered(puppet, "zoe@evil.example", "all of them")
        assert b.process.poll() is None and puppet.connections == 1


@test
async def no_stanza_is_too_large_too_deep_or_too_wide(world):
    """Straight from a server that has no limits.  Afterwards somebody is answered."""
    shapes = [
        ("240 kB of empty children", message(HI + "<a/>" * 60000)),
        ("240 kB of empty children in a child", message(f"{HI}<x xmlns='urn:x'>{'<a/>' * 60000}</x>")),
        ("100,000 levels", message(HI + "<a>" * 100000 + "</a>" * 100000)),
        ("25,000 attributes", message(HI + "<a " + " ".join(f"a{i}='1'" for i in range(25000)) + "/>")),
        ("a megabyte of text", message(f"<body>{'a' * 1000000}</body>")),
        ("a megabyte of line breaks", message(f"<body>{chr(10) * 1000000}</body>")),
        ("a megabyte of entities", message(f"<body>{'&amp;' * 200000}</body>")),
        ("a thousand bodies", message("<body>hi</body>" * 1000)),
        ("a name of 100 kB", message(HI + f"<{'a' * 100000}/>")),
        ("an attribute of 500 kB", message(HI + f"<a b='{'c' * 500000}'/>")),
        ("10,000 ids of the archive", message(HI + f"<stanza-id xmlns='{SID}' by='{OWN}' id='s'/>"
                                              * 10000)),
        ("10,000 delays", message(HI + STAMP.format(" from='localhost'") * 10000)),
        ("10,000 pieces of a quote", message(
            HI + "<reply xmlns='urn:xmpp:reply:0' to='a' id='o'/>"
            "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>"
            + "<body start='0' end='1'/>" * 10000 + "</fallback>")),
        ("a presence of 60,000 children", f"<presence from='{EVE}'>{'<a/>' * 60000}</presence>"),
        ("a query of 60,000 children", iq("<q xmlns='urn:q'>" + "<a/>" * 60000 + "</q>")),
    ]
    async with With(world) as (puppet, b):
        for n, (name, stanza) in enumerate(shapes):
            before = b.cpu_ms()
            await puppet.after(stanza.replace(EVE, f"big{n}@evil.example"))
            assert b.process.poll() is None, name
            spent = b.cpu_ms() - before
            assert spent < 600, f"{name}: {spent} ms of CPU"
            await is_answered(puppet, f"after{n}@evil.example", name)
        assert puppet.connections == 1, puppet.connections


@test
async def what_is_no_xml_ends_the_connection_and_it_comes_back(world):
    garbage = [
        ("an end of what never began", b"</message></message></stream>"),
        ("bad UTF-8", b"<message from='a@b'><body>\xff\xfe\xc0\x80</body></message>"),
        ("an unknown entity", b"<message from='a@b'><body>&boom;</body></message>"),
        ("a document type", b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><message from='a@b'/>"),
        ("a zero byte", b"<message from='a@b'><body>\0</body></message>"),
        ("a prefix of nobody", b"<message from='a@b'><q:a/></message>"),
        ("two attributes of a name", b"<message from='a@b' from='c@d'><body>hi</body></message>"),
        ("an empty name", b"< message/>"),
    ]
    for name, data in garbage:
        # A fresh one each time: nothing is left of the failure before.
        async with With(world) as (puppet, b):
            b.mark = len(b.log())
            n = puppet.connections
            puppet.send(data)
            await asyncio.to_thread(b.wait_log, "cause=(garbled|lost).*(?s:.)*event=online")
            assert b.process.poll() is None and puppet.connections > n, name
            await is_answered(puppet, f"after{n}@evil.example", name)


def page(ids):
    return [(f"a{i}", STAMP.format("").replace("2026-03-01T21:00:00Z", time.strftime(
        "%Y-%m-%dT%H:%M:%SZ", time.gmtime())) + message(HI, f"old{i}@evil.example/x",
                                                         more=" xmlns='jabber:client'"))
            for i in ids]


@test
async def an_archive_out_of_its_mind_is_read_once_and_left(world):
    """Repeats, no order, gaps, and pages that never end; each message is taken once."""
    async with With(world) as (puppet, b):
        await puppet.after(message(HI))
        puppet.pages = [(page([3, 1, 1, 2]), "a2", False), (page([2, 1, 9]), "a9", False),
                        (page([9, 3]), "a9", False)]
        puppet.writer.close()
        b.mark = len(b.log())
        await asyncio.to_thread(b.wait_log, "event=online")
        await puppet.ask()
        await puppet.ask()
        asked = len(puppet.asked)
        assert asked < 12, f"{asked} pages asked for"
        heard = [(e.get("to"), text_of(e)) for e in puppet.said if text_of(e)]
        for i in (1, 2, 3, 9):
            ids = {e.get("id") for e in puppet.said
                   if (e.get("to") or "").startswith(f"old{i}@") and text_of(e)}
            said = [h for h in heard if h[0].startswith(f"old{i}@")]
            assert said and len(ids) == len(said), (i, said)
        assert b.process.poll() is None


def stamp(when):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


def when(text):
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


def archived(n, at):
    """The n-th message of the archive, each by somebody else, as written then."""
    return (f"z{n}", STAMP.format("").replace("2026-03-01T21:00:00Z", stamp(at)) + message(
        HI, f"zoe{n}@evil.example/x", id=f"z{n}", more=" xmlns='jabber:client'"))


@test
async def a_second_start_within_minutes_looks_back_and_answers_nothing_twice(world):
    """The near part of the archive first, then, while it serves, the rest of a quarter of an
    hour: what the server archived late is found there, and what was answered is known."""
    async with With(world) as (puppet, b):
        for n in (1, 2):
            who = f"zoe{n}@evil.example"
            await puppet.after(message(f"{HI}<stanza-id xmlns='{SID}' by='{OWN}' id='z{n}'/>",
                                       who + "/x", id=f"z{n}"), who)
        newest = time.time()
        await b.owes_nothing()
        puppet.pages = [([archived(1, newest - 2), archived(2, newest - 1)], "z2", True),
                        ([archived(3, newest - 200), archived(1, newest - 2)], "z1", True)]

        async def again():
            """What is said, and the spans of the archive that are asked for."""
            b.stop(signal.SIGKILL)
            mark, asked = len(puppet.said), len(puppet.spans)
            await asyncio.to_thread(b.start)
            assert await until(lambda: len(puppet.spans) == asked + 2)
            await puppet.ask()
            await puppet.ask()
            await asyncio.to_thread(b.wait_log, "event=online")
            await b.owes_nothing()
            return [e for e in puppet.said[mark:] if text_of(e)], puppet.spans[asked:]

        said, ((near, no_end), (back, end)) = await again()
        assert {e.get("to").split("/")[0] for e in said} == {"zoe3@evil.example"}, said
        assert len({e.get("id") for e in said}) == len(said)
        assert no_end is None and when(end) == when(near), (near, no_end, back, end)
        assert when(near) - when(back) in range(880, 900), (near, back)
        assert newest - when(near) < 60 + 10, "it reads more before it serves than it must"
        said, spans = await again()
        assert not said and len(spans) == 2, said


@test
async def what_reaches_the_archive_after_a_look_is_found_soon(world):
    """A server may still be giving something to the stream before, which archives it and is
    dead: only a second look can find it."""
    async with With(world) as (puppet, b):
        await puppet.after(message(HI))
        await b.owes_nothing()
        b.stop(signal.SIGKILL)
        asked, now = len(puppet.spans), time.time()
        puppet.pages = [([], "", True), ([], "", True), ([archived(7, now - 1)], "z7", True)]
        await asyncio.to_thread(b.start)
        assert await until(lambda: any((e.get("to") or "").startswith("zoe7@") and text_of(e)
                                       for e in puppet.said))
        (near, _), _, (again, end) = puppet.spans[asked:]
        assert end is None and when(near) <= when(again) + 1 <= now + 1, (near, again)


@test
@takes(1)
async def a_server_that_says_nothing_is_left(world):
    """After TCP; after a login, to the first question and to a ping: the bot notices and tries
    again.  All at once, since it takes its time."""
    async def mute():
        puppet = await Puppet(world.server()).start()
        b = await bot_at(world, puppet, port=puppet.port, tls="starttls")
        await asyncio.to_thread(b.start, None)
        await asyncio.to_thread(b.wait_log, "cause=mute")
        await puppet.stop()

    async def half_open():
        puppet = await Puppet(world.server()).start()
        b = await bot_at(world, puppet)
        await asyncio.to_thread(b.start)
        puppet.silent = True
        await asyncio.to_thread(b.wait_log, "cause=silent")
        puppet.silent = False
        start = time.monotonic()
        b.mark = len(b.log())
        await asyncio.to_thread(b.wait_log, "event=online")
        await is_answered(puppet, EVE, "a silence")
        figure("after a half-open connection was given up", [time.monotonic() - start])
        await puppet.stop()

    await asyncio.gather(mute(), half_open())

