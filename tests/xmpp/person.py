"""Somebody with a client (slixmpp), driven by a test."""
import asyncio
import logging
import uuid

logging.disable(logging.CRITICAL)       # before the import: it warns about its own parts

import slixmpp

from server import PATIENCE


class Person(slixmpp.ClientXMPP):
    def __init__(self, name, server, bot="attune@localhost", host="localhost"):
        super().__init__(f"{name}@{host}/{uuid.uuid4().hex[:6]}", "secret")
        self.chat_server, self.bot = server, bot
        self.ca_certs = server.ca
        self.said = asyncio.Queue()         # bodies, in order
        self.seen = []                      # every message stanza
        self.presences = []
        self.iqs = {}
        self.ready = asyncio.Event()
        self.add_event_handler("session_start", self.on_start)
        self.register_handler(slixmpp.xmlstream.handler.Callback(
            "all", slixmpp.xmlstream.matcher.MatchXPath("{jabber:client}message"),
            self.on_any_message))
        self.register_handler(slixmpp.xmlstream.handler.Callback(
            "pres", slixmpp.xmlstream.matcher.MatchXPath("{jabber:client}presence"),
            self.on_any_presence))
        self.register_handler(slixmpp.xmlstream.handler.Callback(
            "iqs", slixmpp.xmlstream.matcher.MatchXPath("{jabber:client}iq"), self.on_any_iq))
        self.auto_authorize = False
        self.auto_subscribe = False

    async def on_start(self, _):
        await self.get_roster()         # else the server keeps subscriptions to itself
        self.send_presence()
        self.ready.set()

    async def join(self):
        self.connect(("127.0.0.1", self.chat_server.port))
        await asyncio.wait_for(self.ready.wait(), PATIENCE)
        return self

    async def leave(self):
        self.disconnect(wait=0.5)
        await asyncio.sleep(0)

    def on_any_message(self, m):
        self.seen.append(m.xml)
        if m["type"] != "error" and m.xml.find("{jabber:client}body") is not None:
            self.said.put_nowait(m.xml)

    def on_any_presence(self, p):
        self.presences.append(p.xml)

    def on_any_iq(self, iq):
        self.iqs[iq["id"]] = iq.xml

    def write(self, text, extra="", id=None, type="chat", to=None):
        """A message, with more children as XML when wanted; gives its id."""
        id = id or uuid.uuid4().hex
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        body = f"<body>{escaped}</body>" if text else ""
        self.send_raw(f"<message to='{to or self.bot}' type='{type}' id='{id}'>"
                      f"{body}{extra}</message>")
        return id

    async def hear(self, seconds=PATIENCE):
        """The next thing the bot says; its text."""
        xml = await asyncio.wait_for(self.said.get(), seconds)
        return xml.find("{jabber:client}body").text or ""

    async def hear_all(self, quiet=0.6, seconds=PATIENCE):
        """Everything until it is quiet for a moment."""
        texts = [await self.hear(seconds)]
        while True:
            try:
                texts.append(await self.hear(quiet))
            except asyncio.TimeoutError:
                return texts

    async def silence(self, seconds=0.8):
        """True when nothing with a body comes."""
        try:
            await self.hear(seconds)
            return False
        except asyncio.TimeoutError:
            return True

    async def until(self, found, among=None, seconds=PATIENCE):
        """Waits for a stanza that found() likes, a message if nothing else is said; gives it."""
        for _ in range(int(seconds / 0.05)):
            for xml in self.seen if among is None else among:
                if found(xml):
                    return xml
            await asyncio.sleep(0.05)
        raise AssertionError("the stanza did not come")

    async def ask(self, inner, type="get", to=None, seconds=PATIENCE):
        """Sends an IQ, gives the answer."""
        id = uuid.uuid4().hex
        self.send_raw(f"<iq to='{to or self.bot + '/attune'}' type='{type}' id='{id}'>{inner}</iq>")
        for _ in range(int(seconds / 0.05)):
            if id in self.iqs:
                return self.iqs[id]
            await asyncio.sleep(0.05)
        raise AssertionError("no answer to the query")
