"""The wire between a browser and a server of this machine: it can be cut, and mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Wire:
    """Carries bytes between a port of its own and the server's."""

    server_port: int
    port: int = 0
    _listening: asyncio.Server | None = None
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    async def mend(self) -> None:
        """Let connections through (again)."""
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End every connection, and refuse new ones."""
        if self._listening is not None:
            self._listening.close()
        for end in tuple(self._ends):
            end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, server = await asyncio.open_connection("127.0.0.1", self.server_port)
        self._ends |= {writer, server}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pour(reader, server))
                both.create_task(_pour(there, writer))
        finally:
            self._ends -= {writer, server}
            writer.close()
            server.close()


@asynccontextmanager
async def wire_to(address: str) -> AsyncIterator[Wire]:
    """Lay a wire to a server, such as `http://127.0.0.1:8000`."""
    wire = Wire(int(address.rpartition(":")[2]))
    await wire.mend()
    try:
        yield wire
    finally:
        await wire.cut()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while told := await reader.read(65536):
            writer.write(told)
            await writer.drain()
    with suppress(ConnectionError, OSError):
        writer.write_eof()
