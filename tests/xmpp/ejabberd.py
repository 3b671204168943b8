"""A private ejabberd on loopback, with the face of server.Server: same calls, same accounts.

As the doctor says it should be: the archive in SQLite (Debian's erlang-p1-sqlite3), since
Mnesia forgets its last seconds when the server is killed; what was on its way to a bot that
has come back meanwhile is sent again.  What arrives in the very moment in which ejabberd 23.01
opens its SQL store, at the first use after a start, is not archived ("not an already existing
atom" in its log): so it is used once before anybody is let in."""
import glob
import json
import os
import shutil
import subprocess
import time
import urllib.request

from server import PATIENCE, Authority, Stoppable, free_port, wait_for_port

CONFIG = """
hosts: [localhost]
loglevel: warning
sql_type: sqlite
sql_database: "{dir}/ej.db"
certfiles: ["{dir}/ej.pem"]
listen:
  - {{ port: {port}, ip: "127.0.0.1", module: ejabberd_c2s, starttls_required: true,
      max_stanza_size: {size}, shaper: c2s_shaper }}
  - {{ port: {direct}, ip: "127.0.0.1", module: ejabberd_c2s, tls: true }}
  - {{ port: {component}, ip: "127.0.0.1", module: ejabberd_service, access: all,
      hosts: {{ "people.localhost": {{ password: "secret" }} }} }}
  - {{ port: {http}, ip: "127.0.0.1", module: ejabberd_http,
      request_handlers: {{ /api: mod_http_api }} }}
auth_password_format: scram
auth_scram_hash: sha256
api_permissions: {{ "local": {{ who: {{ ip: 127.0.0.1/8 }}, what: ["*"] }} }}
shaper: {{ normal: {{ rate: 3000, burst_size: 20000 }} }}
{rules}
modules:
  mod_disco: {{}}
  mod_ping: {{}}
  mod_roster: {{}}
  mod_time: {{}}
  mod_version: {{}}
  mod_offline: {{}}
  mod_carboncopy: {{}}
  mod_stream_mgmt: {{ resend_on_timeout: true }}
{mam}
"""
LIBS = "/usr/lib/x86_64-linux-gnu"
ERLANG = "/usr/lib/erlang/lib"


def missing():
    return None if shutil.which("erl") and shutil.which("ejabberdctl") else "ejabberd"


class Ejabberd(Stoppable):
    kind, patience = "ejabberd", 15

    def __init__(self, folder, archive=True):
        self.dir, self.process = folder, None
        self.port, self.direct, self.component, self.http = (free_port() for _ in range(4))
        os.makedirs(folder + "/certs")
        authority = Authority(folder, "ours")
        self.ca = authority.crt
        authority.sign(folder + "/certs/localhost", ["localhost", "people.localhost"])
        with open(folder + "/ej.pem", "w") as f:
            for end in ("crt", "key"):
                with open(f"{folder}/certs/localhost.{end}") as part:
                    f.write(part.read())
        self.configure(archive)

    def configure(self, archive=True, size=65536, rules="shaper_rules: { c2s_shaper: [ none: all ] }"):
        """Before a start."""
        self.archive = archive
        sql = "db_type: sql, " if glob.glob(ERLANG + "/p1_sqlite3*") else ""
        mam = (f"  mod_mam: {{ {sql}default: always, request_activates_archiving: false }}"
               if archive else "")
        with open(self.dir + "/ejabberd.yml", "w") as f:
            f.write(CONFIG.format(dir=self.dir, port=self.port, direct=self.direct, http=self.http,
                                  component=self.component, mam=mam, size=size, rules=rules))

    def call(self, name, **arguments):
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}/api/{name}",
                                         json.dumps(arguments).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def add_user(self, name, host="localhost", password="secret"):
        """Only while it runs; started for it when it does not."""
        asleep = self.process is None
        if asleep:
            self.start()
        self.call("register", user=name, host=host, password=password)

    def start(self):
        if self.process:
            return
        env = {**os.environ, "EJABBERD_CONFIG_PATH": self.dir + "/ejabberd.yml", "HOME": self.dir,
               "EJABBERD_LOG_PATH": self.dir + "/ejabberd.log", "ERL_LIBS": LIBS}
        self.process = subprocess.Popen(
            ["erl", "-noinput", "+S", "1:1", "-mnesia", "dir", f'"{self.dir}/spool"',
             "-s", "ejabberd"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for port in (self.port, self.component, self.http):
            if not wait_for_port(port, PATIENCE):
                raise RuntimeError("ejabberd did not start: see " + self.dir + "/ejabberd.log")
        time.sleep(0.3)
        if self.archive:
            self.call("delete_old_mam_messages", type="all", days=365)


async def read_archive(server, name):
    """What the archive of an account has of its own messages: [(id, to whom, words)]."""
    from person import Person
    p = await Person(name, server, server.kind).join()
    result, forward, last, found = "{urn:xmpp:mam:2}result", "{urn:xmpp:forward:0}forwarded", "", []
    rsm = "http://jabber.org/protocol/rsm"
    try:
        while True:
            mark = len(p.seen)
            after = f"<after>{last}</after>" if last else ""
            answer = await p.ask(f"<query xmlns='urn:xmpp:mam:2'><set xmlns='{rsm}'><max>100</max>"
                                 f"{after}</set></query>", "set", to=f"{name}@localhost", seconds=20)
            for xml in p.seen[mark:]:
                m = xml.find(f"{result}/{forward}/{{jabber:client}}message")
                to = "" if m is None else m.get("to", "").split("@")[0]
                if m is not None and m.get("from", "").startswith(name + "@localhost") and \
                        m.find("{jabber:client}body") is not None:
                    found.append((m.get("id"), to, m.find("{jabber:client}body").text))
            fin = answer.find("{urn:xmpp:mam:2}fin")
            last = fin.findtext(f"{{{rsm}}}set/{{{rsm}}}last") if fin is not None else None
            if fin is None or fin.get("complete") == "true" or not last:
                return found
    finally:
        await p.leave()
