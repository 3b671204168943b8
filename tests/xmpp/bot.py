"""The program under test: `attune run` with a configuration of its own."""
import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import time

from server import PATIENCE

CONFIG = """[account]
jid = {jid}
password_file = {dir}/password
resource = attune
server = {server}
port = {port}
tls = {tls}
ca_file = {ca}

[store]
path = {dir}/attune.db

[dialogs]
path = {dialogs}

[log]
level = {level}
"""


class Bot:
    def __init__(self, program, folder, dialogs, server, jid="attune@localhost",
                 password="secret", tls="starttls", ca=None, host="127.0.0.1", port=None,
                 options=("--fast", "--unlimited"), level="debug"):
        os.makedirs(folder, exist_ok=True)
        self.program, self.dir, self.options = program, folder, list(options)
        self.log_path = folder + "/log"
        self.process = self.environment = None
        port = port or (server.direct if tls == "direct" else server.port)
        with open(folder + "/password", "w") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(password + "\n")
        with open(folder + "/attune.conf", "w") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(CONFIG.format(jid=jid, dir=folder, server=host, port=port, tls=tls,
                                  ca=server.ca if ca is None else ca, dialogs=dialogs,
                                  level=level))

    def start(self, wait="event=online"):
        self.mark = len(self.log())
        self.process = subprocess.Popen(
            [self.program, "run", "-c", self.dir + "/attune.conf", *self.options],
            stdout=subprocess.DEVNULL, stderr=open(self.log_path, "ab"), env=self.environment)
        if wait:
            self.wait_log(wait)
        return self

    def log(self):
        try:
            with open(self.log_path, errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def wait_log(self, text, seconds=PATIENCE):
        """Waits for a line that was written since the start (or the last mark)."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if re.search(text, self.log()[self.mark:]):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.03)
        raise AssertionError(f"no {text!r} in the log; it ends with: {self.log()[-400:]!r}")

    async def owes_nothing(self, seconds=PATIENCE):
        """Waits until all that it has said is where it should be."""
        end = time.monotonic() + seconds
        while self.owed() and time.monotonic() < end:
            await asyncio.sleep(0.05)
        assert not self.owed(), "something is still owed"

    def owed(self):
        db = sqlite3.connect(f"file:{self.dir}/attune.db?mode=ro", uri=True)
        try:
            return db.execute("SELECT count(*) FROM outbox").fetchone()[0]
        finally:
            db.close()

    def cpu_ms(self):
        with open(f"/proc/{self.process.pid}/stat") as f:
            user, system = f.read().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) * 1000 // os.sysconf("SC_CLK_TCK")

    def send_signal(self, number):
        self.mark = len(self.log())
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM, seconds=PATIENCE):
        """Gives the exit code, None when there was nothing to stop."""
        if not self.process:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
            raise AssertionError("the bot did not end in time")
        finally:
            self.process = None
        return code
