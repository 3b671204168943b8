"""A private Prosody on loopback: own folder, own authority, free ports."""
import os
import random
import re
import shutil
import socket
import subprocess
import time

# What only tells that something hangs: a machine with other work may be ten times slower.
PATIENCE = 150          # s

CONFIG = """
local D = "{dir}"
run_as_root = true
pidfile = D.."/prosody.pid"; data_path = D.."/data"; certificates = D.."/certs"
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = D.."/prosody.log" }} }}
interfaces = {{ "127.0.0.1" }}; local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}; c2s_direct_tls_ports = {{ {direct} }}; s2s_ports = {{ }}
http_ports = {{ }}; https_ports = {{ }}; component_ports = {{ {component} }}
modules_disabled = {{ "s2s" }}
modules_enabled = {{ "roster", "saslauth", "tls", "disco", "posix", "ping", "carbons", "smacks",
  "pep", "blocklist", "time", "version", "offline", "limits"{extra} }}
c2s_require_encryption = true; authentication = "internal_hashed"; storage = "internal"
limits = {{ c2s = {{ rate = "{rate}" }} }}
{above}
ssl = {{ key = D.."/certs/localhost.key"; certificate = D.."/certs/localhost.crt" }}
VirtualHost "localhost"
{under}
{hosts}
Component "rooms.localhost" "muc"
Component "people.localhost"
  component_secret = "secret"
"""

HOST = """
VirtualHost "{name}.localhost"
  ssl = {{ key = D.."/bad/{name}.key"; certificate = D.."/bad/{name}.crt" }}
"""


given = set()           # none twice: a server binds its ports only after all are chosen


def free_port():
    """Below those that the kernel gives to outgoing connections: between this look
    and the server's own nobody takes it by chance."""
    while True:
        port = random.SystemRandom().randrange(10000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in given:
            given.add(port)
            return port


def wait_for_port(port, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Authority:
    """Signs certificates; several may live side by side."""

    def __init__(self, folder, name):
        self.key, self.crt = f"{folder}/{name}.key", f"{folder}/{name}.crt"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key,
                "-out", self.crt, "-days", "3650", "-subj", f"/CN={name}")

    def sign(self, path, names, days=30):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", path + ".key",
                "-out", path + ".csr", "-subj", "/CN=" + names[0])
        with open(path + ".ext", "w") as f:
            f.write("subjectAltName=" + ",".join("DNS:" + n for n in names) + "\n")
        openssl("x509", "-req", "-in", path + ".csr", "-CA", self.crt, "-CAkey", self.key,
                "-set_serial", str(abs(hash(path)) % 10**9), "-days", str(days),
                "-extfile", path + ".ext", "-out", path + ".crt")


class Stoppable:
    """A server in a folder of its own: self.process while it runs, self.dir."""
    patience = 10           # seconds for it to end when it is asked to

    def stop(self, kill=False):
        if self.process:
            (self.process.kill if kill else self.process.terminate)()
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


class Server(Stoppable):
    def __init__(self, folder, archive=True, stanza_ids=True):
        self.dir = folder
        self.port, self.direct, self.component = free_port(), free_port(), free_port()
        self.process = None
        for sub in ("data", "certs", "bad", "ca"):
            os.makedirs(f"{folder}/{sub}", exist_ok=True)
        authority = Authority(f"{folder}/ca", "ours")
        stranger = Authority(f"{folder}/ca", "stranger")
        self.ca = authority.crt
        authority.sign(f"{folder}/certs/localhost", ["localhost", "rooms.localhost"])
        authority.sign(f"{folder}/bad/wronghost", ["elsewhere.example"])
        authority.sign(f"{folder}/bad/expired", ["expired.localhost"], days=-1)
        stranger.sign(f"{folder}/bad/unknown", ["unknown.localhost"])
        self.config = f"{folder}/prosody.cfg.lua"
        self.configure(archive=archive)

    def configure(self, archive=True, without=(), rate="100mb/s", above="", under="", more=""):
        """Before a start: modules left out, lines above the hosts, under the host, at the end."""
        hosts = "".join(HOST.format(name=n) for n in ("wronghost", "expired", "unknown"))
        text = CONFIG.format(dir=self.dir, port=self.port, direct=self.direct,
                             component=self.component, hosts=hosts, rate=rate, above=above,
                             under=under, extra=', "mam"' if archive else "")
        for name in without:
            text = re.sub(f'"{name}",\\s*', "", text)
        with open(self.config, "w") as f:
            f.write(text + more)

    def add_user(self, name, host="localhost", password="secret"):
        subprocess.run(["prosodyctl", "--config", self.config, "register", name, host, password],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        self.process = subprocess.Popen(["prosody", "-F", "--config", self.config],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not (wait_for_port(self.port, PATIENCE) and wait_for_port(self.component, PATIENCE)):
            raise RuntimeError("prosody did not start: see " + self.dir + "/prosody.log")
