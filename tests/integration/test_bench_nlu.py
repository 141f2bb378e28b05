"""`suar bench nlu` from the first start to the last answer, on servers that answer at once."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.progress import Progress
from typing_extensions import override

from bot.benchmarks.load import BenchmarkFailed
from bot.benchmarks.nlu import Contender, Size, compare, cut
from bot.benchmarks.nlu_report import Findings, Taught, print_report
from bot.benchmarks.nlu_servers import Servers, connected
from bot.benchmarks.progress import Steps
from bot.errors import SetupError
from bot.local.nlu import LocalNlu

SERVER = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KIND, PORT = sys.argv[1], int(sys.argv[2])
if KIND == "absent":
    sys.exit("error: no model here")

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({"model_file": "some.tar.gz"})

    def do_POST(self):
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        said = {"text": text, "intent_ranking": [{"name": "greet", "confidence": 1.0}]}
        self.answer(said | ({"process": os.getpid()} if KIND == "moody" else {}))

    def answer(self, data):
        body = json.dumps(data).encode()
        self.send_response(500 if KIND == "broken" and self.command == "POST" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
"""
"""Stands in for Rasa: quick, or one whose answers differ, fail, or never come."""
SIZE = Size(warming=2, alone=10, alone_rounds=2, at_once=12, rounds=2, again=3)
DECK = cut([f"message {number}" for number in range(100)], SIZE)


@dataclass
class StandIn(LocalNlu):
    """Starts `SERVER` where Rasa would be started."""

    kind: str = "quick"

    @property
    @override
    def folder(self) -> Path:
        return self.root

    @override
    def serve_command(self, model: Path, port: int) -> list[str]:
        return [sys.executable, str(model), self.kind, str(port)]

    @override
    def serve_environment(self, processes_in_all: int) -> dict[str, str]:
        return dict(os.environ)


@dataclass
class Told(Steps):
    """Steps nobody looks at, kept."""

    lines: list[str] = field(default_factory=list)
    begun: int = 0

    @override
    def next(self, doing: str) -> None:
        self.begun += 1

    @override
    def say(self, line: str) -> None:
        self.lines.append(line)


async def compared(folder: Path, *kinds: str) -> tuple[list[Contender], Told]:
    """Compare stand-ins, the first with two processes and the others with one; stop them afterwards."""
    model = folder / "server.py"
    model.write_text(SERVER)
    progress = Progress(disable=True)
    told = Told(progress, progress.add_task(""))
    async with connected() as http:
        both = [
            Contender(
                f"{number} {kind}",
                Servers(StandIn(folder, folder, kind=kind), model, 2 - number, folder, http),
                Taught("nothing", 1.0),
            )
            for number, kind in enumerate(kinds)
        ]
        try:
            await compare(both, DECK, SIZE, told)
        finally:
            for each in both:
                await each.servers.stop()
    return both, told


async def test_both_are_asked_the_same_and_restarted(tmp_path: Path) -> None:
    """Every line of the report has its figure, and an answer that differs after a restart is noticed."""
    both, told = await compared(tmp_path, "quick", "moody")
    quick, moody = (each.figures for each in both)
    for figures in (quick, moody):
        assert len(figures.starts_s) == 2
        assert len(figures.alone_s) == SIZE.alone
        assert [len(each.latencies_s) >= 12 for each in figures.at_once.samples] == [True, True]
        assert figures.memory.resident_mb > 1
    assert (quick.asked_again, quick.same_answers) == (3, 3)
    assert (moody.asked_again, moody.same_answers) == (3, 0)
    report = print_report(Findings(quick, moody, "a machine", 0.0, 8))
    assert "nan" not in report
    assert told.begun == SIZE.steps - 2, "each step of the bar but the two trainings"
    assert any("0 quick: started in" in line for line in told.lines)


async def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    """Nobody waits three minutes for a process that is gone."""
    with pytest.raises(SetupError, match="no model here"):
        await compared(tmp_path, "absent")


async def test_a_server_that_fails_ends_the_benchmark(tmp_path: Path) -> None:
    """Errors are not measured as if they were answers."""
    with pytest.raises(BenchmarkFailed):
        await compared(tmp_path, "broken")
