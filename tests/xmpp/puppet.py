"""A server that does what a test wants, also what no server should: TLS, login and
the queries of a bot, and then any bytes."""
import asyncio
import ssl
import time
import xml.etree.ElementTree as ET

from server import PATIENCE

CLIENT = "{jabber:client}"
OWN = "attune@localhost"
DATA = "{jabber:x:data}"
MAM, SID = "urn:xmpp:mam:2", "urn:xmpp:sid:0"
FEATURES = {
    "login": "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>"
             "</mechanisms>",
    "bind": "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>",
}


def text_of(stanza):
    body = stanza.find(CLIENT + "body")
    return None if body is None else body.text or ""


class Puppet:
    """One connection at a time; the newest counts."""

    def __init__(self, server):
        self.certificate = f"{server.dir}/certs/localhost"
        self.silent = False             # says nothing after the TCP connection
        self.pages = []                 # of the archive: (list of XML, last id, complete)
        self.spans = []                 # (start, end) of each page asked for, as text
        self.connections = 0
        self.said = []                  # stanzas of the bot that are no answers to us
        self.answers = {}
        self.numbers = 0

    async def start(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate + ".crt", self.certificate + ".key")
        self.tls = await asyncio.start_server(self.accept, "127.0.0.1", 0, ssl=context)
        self.dumb = await asyncio.start_server(self.accept_dumb, "127.0.0.1", 0)
        self.direct = self.tls.sockets[0].getsockname()[1]
        self.port = self.dumb.sockets[0].getsockname()[1]
        return self

    async def stop(self):
        for listener in (self.tls, self.dumb):
            listener.close()
        if self.connections:
            self.writer.close()

    async def accept_dumb(self, reader, writer):
        """The port of STARTTLS: somebody is there and says nothing."""
        await reader.read()
        writer.close()

    async def accept(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.connections += 1
        self.page, self.asked, self.query = 0, [], None
        self.online = asyncio.Event()
        self.state = "login"
        self.restart()
        try:
            while data := await reader.read(65536):
                if self.writer is not writer:           # the last words of an older connection
                    break
                if b"<?xml" in data and self.depth:     # a new stream on this connection
                    self.restart()
                self.parser.feed(data)
                for event, e in self.parser.read_events():
                    self.on_event(event, e)
        except (OSError, ET.ParseError):
            pass
        writer.close()

    def restart(self):
        self.parser = ET.XMLPullParser(["start", "end"])
        self.depth = 0

    def send(self, data):
        self.writer.write(data if isinstance(data, bytes) else data.encode())

    def on_event(self, event, e):
        if event == "start":
            self.depth += 1
            if self.depth == 1:
                self.root = e
                self.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' "
                          "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' "
                          f"from='localhost'><stream:features>{FEATURES[self.state]}"
                          "</stream:features>")
            return
        self.depth -= 1
        if self.depth == 0:
            self.send("</stream:stream>")
            self.writer.close()
        elif self.depth == 1:
            self.root.remove(e)
            self.on_stanza(e)

    def on_stanza(self, e):
        if e.tag.endswith("}auth"):
            self.state = "bind"
            self.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
        elif e.tag == CLIENT + "iq" and e.get("type") in ("get", "set") and not self.silent:
            self.answer(e)
        elif e.tag == CLIENT + "iq" and e.get("id") in self.answers:
            self.answers.pop(e.get("id")).set_result(e)
        else:
            self.said.append(e)

    def answer(self, iq):
        child = iq[0].tag
        inner = {
            "{urn:ietf:params:xml:ns:xmpp-bind}bind":
                f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{OWN}/attune</jid></bind>",
            "{http://jabber.org/protocol/disco#info}query":
                "<query xmlns='http://jabber.org/protocol/disco#info'>"
                f"<feature var='{MAM}'/><feature var='{SID}'/></query>",
            "{urn:xmpp:time}time": "<time xmlns='urn:xmpp:time'><utc>"
                + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) + "</utc></time>",
            "{jabber:iq:roster}query": "<query xmlns='jabber:iq:roster'/>",
        }.get(child, "")
        if child == f"{{{MAM}}}query":
            inner = self.next_page(iq)
        self.send(f"<iq type='result' id='{iq.get('id')}'>{inner}</iq>")
        if child == f"{{{MAM}}}query":
            self.online.set()

    def next_page(self, iq):
        self.query = iq[0].get("queryid")
        self.asked.append(time.monotonic())
        form = {f.get("var"): f.findtext(DATA + "value") for f in iq.iter(DATA + "field")}
        self.spans.append((form.get("start"), form.get("end")))
        stanzas, last, complete = (self.pages[min(self.page, len(self.pages) - 1)]
                                   if self.pages else ([], "", True))
        self.page += 1
        for n, (id, inner) in enumerate(stanzas):
            self.send(f"<message><result xmlns='{MAM}' queryid='{self.query}' id='{id}'>"
                      f"<forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></result></message>")
        end = "complete='true'" if complete else ""
        return (f"<fin xmlns='{MAM}' {end}><set xmlns='http://jabber.org/protocol/rsm'>"
                f"<last>{last}</last></set></fin>")

    # --- for tests ---

    async def ask(self, seconds=PATIENCE):
        """A ping; its answer comes after all that the bot had been sent was read."""
        self.numbers += 1
        id, end = f"puppet{self.numbers}", time.monotonic() + seconds
        answer = self.answers[id] = asyncio.get_running_loop().create_future()
        while not answer.done():        # asked again where a connection has come between
            self.send(f"<iq type='get' id='{id}' from='localhost' to='{OWN}/attune'>"
                      "<ping xmlns='urn:xmpp:ping'/></iq>")
            asked = self.writer
            while self.writer is asked and not answer.done():
                if time.monotonic() > end:
                    raise asyncio.TimeoutError(f"no answer to {id}, connection {self.connections}")
                await asyncio.wait([answer], timeout=0.5)
        return answer.result()

    def asks(self, tag):
        """The ids of the queries that were left unanswered while it was silent."""
        return [e.get("id") for e in self.said
                if e.tag == CLIENT + "iq" and e.get("type") == "get" and e[0].tag == tag]

    async def after(self, stanza, who=None, seconds=PATIENCE):
        """What the bot says because of it: [(to, kind, words)].  With who, until it has said
        something to them."""
        def heard():
            return [(e.get("to") or "", e.tag.replace(CLIENT, ""), text_of(e))
                    for e in self.said[mark:]]

        mark, end = len(self.said), time.monotonic() + seconds
        self.send(stanza)
        await self.ask()
        await self.ask()        # what is owed is sent once it is saved, which is about now
        while who and time.monotonic() < end and not any(
                to.split("/")[0] == who and text for to, _, text in heard()):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.04)
        return heard()
