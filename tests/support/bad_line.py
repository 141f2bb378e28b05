"""A line as bad as a phone's at the edge of a network: slow, it loses packets, and it breaks off.

Between two ends of one machine no packet is lost, and a kernel that would lose some is not to be had everywhere. So this is what
the two ends notice of it. What is lost is sent again after a second, then after two (RFC 6298), and until then everything behind it
waits; and when the test says so, all connections are gone without a word.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

PACKET_BYTES = 1400


@dataclass
class BadLine:
    """Carries bytes between a port of its own and the server's."""

    server_port: int
    one_way_s: float = 0.15
    loss: float = 0.3
    again_s: float = 1.0
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    port: int = 0
    broken: int = 0
    """How many connections have broken off."""
    lost: int = 0
    """How many packets were lost."""
    bytes_down: int = 0
    carrying: set["asyncio.Task[None]"] = field(default_factory=set)

    async def open(self) -> asyncio.Server:
        """Lay the line."""
        server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def break_off(self) -> None:
        """Break off every connection without a word, with whatever is on its way."""
        ended = tuple(self.carrying)
        self.broken += len(ended)
        for carrying in ended:
            carrying.cancel()
        await asyncio.gather(*ended, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self.carrying.add(task)
        task.add_done_callback(self.carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, server = await asyncio.open_connection("127.0.0.1", self.server_port)
        pours = [
            asyncio.create_task(self._pour(reader, server)),
            asyncio.create_task(self._pour(there, writer, down=True)),
        ]
        try:
            await asyncio.wait(pours, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pour in pours:
                pour.cancel()
            await asyncio.gather(*pours, return_exceptions=True)
            for end in (writer, server):
                end.transport.abort()

    async def _pour(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, down: bool = False
    ) -> None:
        with suppress(ConnectionError):
            while told := await reader.read(PACKET_BYTES):
                await asyncio.sleep(self._on_its_way_s())
                self.bytes_down += len(told) if down else 0
                writer.write(told)
                await writer.drain()
            await asyncio.sleep(self.one_way_s)

    def _on_its_way_s(self) -> float:
        took, again = self.one_way_s, self.again_s
        while self.chance.random() < self.loss:
            self.lost += 1
            took, again = took + again, 2 * again
        return took


@asynccontextmanager
async def bad_line_to(address: str) -> AsyncIterator[BadLine]:
    """Lay a bad line to a server, such as `http://127.0.0.1:8000`."""
    line = BadLine(int(address.rpartition(":")[2]))
    server = await line.open()
    try:
        yield line
    finally:
        server.close()
        await line.break_off()
