"""A bot's own end of a webhook, that answers as a test wants it to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from threading import Thread
from typing import Any


@dataclass
class Hook:
    """`statuses` are answered in turn, then 200; `answer` is the body of every answer."""

    statuses: list[int] = field(default_factory=list)
    answer: bytes = b""
    received: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    url: str = ""

    def take(self, update: dict[str, Any], secret: str | None) -> int:
        self.received.append(update)
        self.secrets.append(secret)
        return self.statuses.pop(0) if self.statuses else 200

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.received]


@contextmanager
def answering(hook: Hook) -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = hook.take(body, self.headers.get("X-Telegram-Bot-Api-Secret-Token"))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(hook.answer)))
            self.end_headers()
            self.wfile.write(hook.answer)

        def log_message(self, format: str, *args: object) -> None:
            """Tests say what matters themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
