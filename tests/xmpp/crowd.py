"""Many people on one connection: an external component (XEP-0114).

Everybody at people.localhost is somebody: no accounts, no logins, nothing kept
by the server.  What is said to them is kept here, in the order it came."""
import asyncio
import hashlib
import itertools
import time
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from server import PATIENCE

HOST = "people.localhost"
NS = "{jabber:component:accept}"
CLIENT = "{jabber:client}"


def client_names(e):
    """The component's own namespace is the client's, to the tests."""
    for x in e.iter():
        if x.tag.startswith(NS):
            x.tag = CLIENT + x.tag[len(NS):]
    return e


class Member:
    """One of them."""

    def __init__(self, crowd, name, bot):
        self.crowd, self.name, self.bot = crowd, name, bot
        self.jid = f"{name}@{HOST}"
        self.said = []          # (id, text) in order
        self.seen = []          # every message stanza
        self.taken = 0
        self.heard = asyncio.Event()    # set with each thing that is said

    def send(self, text, extra="", id=None, type="chat", to=None, sender=None):
        """A message, with more children as XML when wanted; gives its id."""
        id = id or f"{self.name}-{next(self.crowd.numbers)}"
        body = f"<body>{escape(text)}</body>" if text else ""
        self.crowd.send(f"<message from={quoteattr(sender or self.jid + '/phone')} "
                        f"to={quoteattr(to or self.bot)} type='{type}' id={quoteattr(id)}>"
                        f"{body}{extra}</message>")
        if "urn:xmpp:message-correct" not in extra:
            self.last = id
        return id

    async def ping(self, seconds=PATIENCE):
        id = f"ping-{next(self.crowd.numbers)}"
        answer = self.crowd.answers[id] = asyncio.get_running_loop().create_future()
        self.crowd.send(f"<iq from='{self.jid}/phone' to='{self.bot}/attune' type='get' id='{id}'>"
                        "<ping xmlns='urn:xmpp:ping'/></iq>")
        try:
            return await asyncio.wait_for(answer, seconds)
        finally:
            self.crowd.answers.pop(id, None)

    async def settled(self):
        """All that was sent before has been answered.  A query may be answered
        ahead of the messages that came with it, the next one not."""
        await self.ping()
        await self.ping()
        await asyncio.sleep(self.crowd.patience)

    async def ask(self, text, extra="", due=1):
        """Says something; gives the texts of all replies.  For a bot without typing delay."""
        self.send(text, extra)
        return await self.hear(due)

    async def hear(self, due=1, seconds=PATIENCE):
        """What was said since the last time, when all that was sent is answered.  A reply may
        wait until the one before is acknowledged, or until a bot that comes back has read
        what it missed, which takes longer than two queries: so many are waited for."""
        await self.settled()
        end = time.monotonic() + seconds
        while len(self.said) - self.taken < due and time.monotonic() < end:
            await asyncio.sleep(0.02)
            if len(self.said) - self.taken >= due:
                await self.settled()        # what else was said with it
        return self.take()

    async def edit(self, text, due=1):
        """A correction (XEP-0308) of what was said last."""
        return await self.ask(text, f"<replace xmlns='urn:xmpp:message-correct:0' id='{self.last}'/>", due)

    def take(self):
        texts = [t for _, t in self.said[self.taken:]]
        self.taken = len(self.said)
        return texts


class Crowd:
    def __init__(self, port, secret="secret"):
        self.port, self.secret = port, secret
        self.patience = 0       # s, where a server lets queries overtake messages
        self.members, self.answers = {}, {}
        self.numbers = itertools.count(1)
        self.writer = self.reading = None
        self.lost = asyncio.Event()

    def member(self, name, bot):
        m = self.members[name] = Member(self, name, bot)
        return m

    async def join(self):
        reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.parser = ET.XMLPullParser(["start", "end"])
        self.depth, self.lost = 0, asyncio.Event()
        self.heard = []         # who was spoken to, in order
        self.writer.write(f"<stream:stream xmlns='jabber:component:accept' xmlns:stream="
                          f"'http://etherx.jabber.org/streams' to='{HOST}'>".encode())
        self.ready = asyncio.get_running_loop().create_future()
        self.reading = asyncio.create_task(self.read(reader))
        await asyncio.wait_for(self.ready, PATIENCE)
        return self

    async def read(self, reader):
        try:
            while data := await reader.read(65536):
                self.parser.feed(data)
                for event, e in self.parser.read_events():
                    self.on_event(event, e)
        except (OSError, ET.ParseError):
            pass
        self.writer.close()
        self.lost.set()

    def on_event(self, event, e):
        if event == "start":
            self.depth += 1
            if self.depth == 1:
                self.root = e
                digest = hashlib.sha1((e.get("id") + self.secret).encode()).hexdigest()
                self.writer.write(f"<handshake>{digest}</handshake>".encode())
            return
        self.depth -= 1
        if self.depth == 1:
            self.root.remove(e)
            self.on_stanza(client_names(e))

    def on_stanza(self, e):
        if e.tag == CLIENT + "handshake":
            self.ready.set_result(True)
        elif e.tag == CLIENT + "iq" and e.get("id") in self.answers:
            if not self.answers[e.get("id")].done():
                self.answers[e.get("id")].set_result(e)
        elif e.tag == CLIENT + "message":
            m = self.members.get((e.get("to") or "").split("@")[0])
            if m:
                m.seen.append(e)
                body = e.find(CLIENT + "body")
                if body is not None and e.get("type") != "error":
                    m.said.append((e.get("id"), body.text or ""))
                    m.heard.set()
                    self.heard.append(m)

    def send(self, xml):
        if self.writer and not self.writer.is_closing():
            self.writer.write(xml.encode())

    async def leave(self):
        if self.writer:
            self.writer.close()
        if self.reading:
            self.reading.cancel()
            await asyncio.gather(self.reading, return_exceptions=True)
        self.writer = self.reading = None
