"""An ASGI application on a free port of this machine, in a thread of its own."""

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

Application = Callable[..., Awaitable[Any]]


@contextmanager
def listening(app: Application, port: int = 0, *, lifespan: bool = False) -> Iterator[int]:
    """Serve on loopback until the block ends; gives the port. `lifespan`: the application starts and stops too."""
    config = uvicorn.Config(
        app,
        "127.0.0.1",
        port,
        log_level="warning",
        timeout_graceful_shutdown=1,
        lifespan="on" if lifespan else "off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server could not start"
            time.sleep(0.005)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
