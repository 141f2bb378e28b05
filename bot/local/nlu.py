"""The language model on this machine: trains it when it is stale, serves it in as many processes as asked for."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import NluUnavailable, SetupError
from bot.local import processes
from bot.understanding.rasa import RasaClient

READY_S = 180.0


@dataclass
class LocalNlu:
    """Rasa, in its own environment `nlu/.venv`."""

    root: Path
    """The checkout, which holds `nlu/`."""
    data_dir: Path
    say: Callable[[str], None] = lambda _: None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def folder(self) -> Path:
        """The Rasa project."""
        return self.root / "nlu"

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.folder / ".venv" / "bin" / "python"

    def check(self) -> None:
        """Make sure that the environment is there.

        Raises:
            SetupError: It is not; says how to make it.
        """
        if not self.python.exists():
            raise SetupError("the language model's environment is missing; run `make install`.")

    async def train(self) -> Path:
        """Return the model that fits the present data and code, trained now if there is none yet.

        Raises:
            SetupError: Training failed; with the line that says why.
        """
        return await self.learn("suar_nlu.train", "--out", str(self.models))

    async def learn(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> Path:
        """Run a module of the Rasa project that trains, and return the model whose path it prints last.

        Args:
            module: Its progress goes to stderr, and is said here.
            arguments: Of its command line.
            environment: Variables beside the usual ones.

        Raises:
            SetupError: It failed; with the line that says why.
        """
        self.check()
        process = await asyncio.create_subprocess_exec(
            str(self.python),
            "-m",
            module,
            *arguments,
            cwd=self.folder,
            env={**self._environment(threads=2), **(environment or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=processes.die_with_parent(),
        )
        assert process.stdout is not None
        assert process.stderr is not None
        last = ""
        async for raw in process.stderr:
            last = raw.decode(errors="replace").strip() or last
            self.say(last)
        output = (await process.stdout.read()).decode().split()
        if await process.wait() != 0 or not output:
            raise SetupError(f"the language model cannot be trained: {last}")
        return Path(output[-1])

    @property
    def models(self) -> Path:
        """Where trained models lie."""
        return self.data_dir.resolve() / "models"

    def serve_command(self, model: Path, port: int) -> list[str]:
        """Return the command that serves `model` on a port of this machine."""
        return [
            str(self.python), "-m", "suar_nlu.serve", "--model", str(model.resolve()), "--port", str(port),
        ]  # fmt: skip

    def serve_environment(self, processes_in_all: int) -> dict[str, str]:
        """Return the environment of a serving process."""
        threads = max(1, (os.cpu_count() or 1) // processes_in_all)
        return {**self._environment(threads=threads), "SUAR_NLU_TOKEN": self.token}

    def _environment(self, *, threads: int) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SUAR_")}
        return {
            **kept,
            "PYTHONPATH": str(self.folder),
            "OMP_NUM_THREADS": str(threads),
            "RASA_TELEMETRY_ENABLED": "false",
        }


async def _warm(client: RasaClient) -> None:
    """Let the model read one word: the first message of all takes several times as long as any other."""
    with contextlib.suppress(NluUnavailable):
        await client.parse("halo")


async def wait_ready(urls: Sequence[str], token: str | None) -> None:
    """Wait until every language model process answers.

    Raises:
        SetupError: One does not within three minutes.
    """
    for url in urls:
        client = RasaClient([url], token, deadline_s=20.0)
        try:
            for _ in range(int(READY_S / 0.5)):
                if await client.ready():
                    await _warm(client)
                    break
                await asyncio.sleep(0.5)
            else:
                raise SetupError("the language model does not start; see data/nlu.log")
        finally:
            await client.close()
