"""A stand-in for Rasa's HTTP API: `/model/parse` and `/status`, answered from a table that a test fills."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

NOTHING: dict[str, Any] = {"intent": "out_of_scope", "confidence": 0.2, "level": "none"}


@dataclass
class NluServer:
    """One running stand-in; what it knows may be changed while it runs."""

    port: int = 0
    table: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By text: `intent`, `confidence`, and of the risk `level`, `kinds`, `subject`."""
    away: bool = False
    """Answers 503 to everything."""
    slow_s: float = 0.0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The value for SUAR_NLU_URL."""
        return f"http://127.0.0.1:{self.port}"

    def tell(self, text: str, intent: str, confidence: float = 0.9, **risk: object) -> None:
        """Say what `text` shall mean."""
        self.table[text] = {"intent": intent, "confidence": confidence, **risk}

    def parse(self, text: str) -> dict[str, Any]:
        """Return what Rasa would, in the shape of its `/model/parse`."""
        self.asked.append(text)
        known = self.table.get(text, NOTHING)
        best = {"name": known["intent"], "confidence": known["confidence"]}
        rest = {"name": "out_of_scope", "confidence": round(1 - known["confidence"], 4)}
        risk = {
            "level": known.get("level", "none"),
            "kinds": list(known.get("kinds", ())),
            "subject": known.get("subject", "unknown"),
        }
        ranking = [best, rest] if best["name"] != rest["name"] else [best]
        return {"text": text, "intent": best, "intent_ranking": ranking, "risk": risk}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True
    nlu: ClassVar[NluServer]

    def do_GET(self) -> None:
        """Answer `/status`."""
        known = self.path.partition("?")[0] == "/status"
        self._answer(200 if known else 404, {"model_id": "stand-in"})

    def do_POST(self) -> None:
        """Answer `/model/parse`."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.partition("?")[0] != "/model/parse":
            self._answer(404, {})
            return
        time.sleep(self.nlu.slow_s)
        self._answer(200, self.nlu.parse(json.loads(body)["text"]))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its own name)
        """Keep quiet."""

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(503 if self.nlu.away else status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_nlu() -> Iterator[NluServer]:
    """Run a stand-in on the loopback interface for as long as the block lasts."""
    nlu = NluServer()
    handler = type("Handler", (_Handler,), {"nlu": nlu})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        nlu.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield nlu
        finally:
            server.shutdown()
            thread.join()
