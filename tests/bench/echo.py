"""A bare echo bot on slixmpp.  usage: echo.py JID PASSWORD PORT CA_FILE"""
import asyncio
import logging
import sys

logging.disable(logging.CRITICAL)
import slixmpp


class Echo(slixmpp.ClientXMPP):
    def __init__(self, jid, password, port, ca):
        super().__init__(jid, password)
        self.ca_certs = ca
        self.add_event_handler("session_start", lambda _: self.send_presence())
        self.add_event_handler("message", self.on_message)
        self.connect(("127.0.0.1", int(port)))

    def on_message(self, m):
        if m["body"]:
            m.reply(m["body"]).send()


asyncio.set_event_loop(asyncio.new_event_loop())
Echo(*sys.argv[1:]).process(forever=True)
