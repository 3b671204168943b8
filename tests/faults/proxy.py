"""Between the bot and its server: a line that can be bad in many ways."""
import asyncio
import socket
import struct

UP, DOWN = "up", "down"         # bot to server, server to bot


class Line:
    """One connection through the proxy."""

    def __init__(self, proxy, reader, writer):
        self.proxy, self.bot = proxy, (reader, writer)
        self.tasks = []

    async def run(self):
        try:
            self.server = await asyncio.open_connection("127.0.0.1", self.proxy.target)
        except OSError:
            self.reset(self.bot[1])
            return
        self.tasks = [asyncio.create_task(self.pump(UP, self.bot[0], self.server[1])),
                      asyncio.create_task(self.pump(DOWN, self.server[0], self.bot[1]))]
        await asyncio.wait(self.tasks)

    async def pump(self, way, reader, writer):
        p = self.proxy
        try:
            while data := await reader.read(4096):
                if way in p.swallowed:
                    continue
                if way in p.stalled:
                    await p.flowing.wait()
                if p.slow:
                    for i in range(0, len(data)):
                        writer.write(data[i:i + 1])
                        await writer.drain()
                        if i % 50 == 0:
                            await asyncio.sleep(0.001)
                else:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        try:
            writer.close()
        except OSError:
            pass

    @staticmethod
    def reset(writer):
        s = writer.get_extra_info("socket")
        if s and s.fileno() >= 0:       # else it is closed already
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    def cut(self, gently):
        for task in self.tasks:
            task.cancel()
        for end in (self.bot, getattr(self, "server", None)):
            if end and gently:
                end[1].close()
            elif end:
                self.reset(end[1])


class Proxy:
    def __init__(self, target):
        self.target = target            # a port here
        self.lines = set()
        self.closed = False             # nobody gets through
        self.heal()

    async def start(self):
        self.listener = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        self.port = self.listener.sockets[0].getsockname()[1]
        return self

    async def accept(self, reader, writer):
        line = Line(self, reader, writer)
        if self.closed:
            Line.reset(writer)
            return
        self.lines.add(line)
        try:
            await line.run()
        finally:
            self.lines.discard(line)

    def stall(self, ways):
        """Nothing moves and nothing is lost."""
        self.stalled = set(ways)
        self.flowing.clear()

    def swallow(self, ways):
        """What is sent is lost: a cut must follow."""
        self.swallowed = set(ways)

    def heal(self):
        self.stalled, self.swallowed, self.slow = set(), set(), False
        if not hasattr(self, "flowing"):
            self.flowing = asyncio.Event()
        self.flowing.set()

    def cut(self, gently=False):
        for line in list(self.lines):
            line.cut(gently)
        self.lines.clear()

    async def stop(self):
        self.cut()
        self.listener.close()
