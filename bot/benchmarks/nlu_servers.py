"""The two language models as servers: started, asked, weighed and stopped alike."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import aiohttp

from bot.benchmarks.load import BenchmarkFailed, Turn
from bot.benchmarks.memory import Memory, memory_of
from bot.errors import NluUnavailable, SetupError
from bot.local import processes
from bot.local.nlu import READY_S, LocalNlu
from bot.understanding.rasa import RasaClient

LOOK_EVERY_S = 0.05
PATIENCE_S = 30.0


@dataclass(frozen=True)
class _Server:
    process: asyncio.subprocess.Process
    url: str


@dataclass
class Servers:
    """All processes of one model on this machine."""

    nlu: LocalNlu
    model: Path
    most: int
    """How many processes there are when many people write at once."""
    scratch: Path
    http: aiohttp.ClientSession
    running: list[_Server] = field(default_factory=list)

    async def start_one(self) -> float:
        """Start one more process; return how long it took until it answered that it has a model, in seconds.

        Raises:
            SetupError: It does not within three minutes.
        """
        port = processes.free_port()
        log = self.scratch / f"{self.model.name}-{port}.log"
        command = self.nlu.serve_command(self.model, port)
        environment = self.nlu.serve_environment(self.most)
        began = time.perf_counter()
        process = await processes.start(command, env=environment, cwd=self.nlu.folder, log=log)
        server = _Server(process, f"http://127.0.0.1:{port}")
        self.running.append(server)
        while time.perf_counter() - began < READY_S and process.returncode is None:
            if await self._has_model(server):
                return time.perf_counter() - began
            await asyncio.sleep(LOOK_EVERY_S)
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise SetupError(f"a server of {self.model.name} does not start: {' '.join(last)}")

    async def _has_model(self, server: _Server) -> bool:
        with suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError):
            async with self.http.get(f"{server.url}/status", params=self._token) as response:
                if response.status == HTTPStatus.OK:
                    return bool((await response.json()).get("model_file"))
        return False

    async def start_rest(self) -> None:
        """Start as many more as there are when many people write at once."""
        while len(self.running) < self.most:
            await self.start_one()

    async def stop(self) -> None:
        """Stop every process."""
        while self.running:
            await processes.stop(self.running.pop().process)

    async def ask(self, text: str, number: int = 0) -> bytes:
        """Return what one process answers to a message, to the byte.

        Raises:
            BenchmarkFailed: It does not answer, or with an error.
        """
        url = f"{self.running[number].url}/model/parse"
        try:
            async with self.http.post(url, params=self._token, json={"text": text}) as response:
                response.raise_for_status()
                return await response.read()
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise BenchmarkFailed(f"a server of {self.model.name} does not answer.") from exc

    async def warm_up(self, texts: Sequence[str]) -> None:
        """Let every process read all of `texts`."""
        for number in range(len(self.running)):
            for text in texts:
                await self.ask(text, number)

    async def time_each(self, texts: Iterable[str]) -> list[float]:
        """Let the first process read messages one after the other; return the seconds that each took."""
        latencies = []
        for text in texts:
            began = time.perf_counter()
            await self.ask(text)
            latencies.append(time.perf_counter() - began)
        return latencies

    def memory(self) -> Memory:
        """Return what the first process takes now."""
        return memory_of(self.running[0].process.pid)

    @asynccontextmanager
    async def reading(self, texts: Sequence[str]) -> AsyncIterator[Turn]:
        """Yield a turn that has the next of `texts` read, by whichever process Suar would ask."""
        client = RasaClient([server.url for server in self.running], self.nlu.token, PATIENCE_S)
        left = iter(texts)

        async def turn(_: int) -> float:
            text = next(left)
            began = time.perf_counter()
            try:
                await client.parse(text)
            except NluUnavailable as exc:
                raise TimeoutError from exc  # so the load says that nobody answered
            return time.perf_counter() - began

        try:
            yield turn
        finally:
            await client.close()

    @property
    def _token(self) -> dict[str, str]:
        return {"token": self.nlu.token}


@asynccontextmanager
async def connected() -> AsyncIterator[aiohttp.ClientSession]:
    """Yield the connections over which servers are asked."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    # Rasa's server closes what is silent for five seconds.
    connector = aiohttp.TCPConnector(keepalive_timeout=4)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
        yield http
