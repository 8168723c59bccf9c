"""What all tests share: storage, fresh for each test, always on SQLite and on a real PostgreSQL."""

import shutil
import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from hypothesis import settings

from bot.bench import postgres
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.lending.policy import Policies
from bot.locale import Catalogues
from bot.settings import ROOT
from bot.storage import engine
from bot.storage.engine import Database
from bot.web import staff
from tests.kept import Kept
from tests.trained import kept_in, needs_it, train_beside, trained

# How long one example takes depends on what else the machine does; the runner's own limits are for slowness.
settings.register_profile("any_machine", deadline=None)
settings.load_profile("any_machine")

# Hundreds of colleagues are hired; that the real parameters are slow is for whoever guesses passwords.
staff._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# No test cuts the power; a process that is killed loses nothing that it has handed to the system.
engine._PRAGMAS = (*engine._PRAGMAS, "PRAGMA synchronous=OFF")

KEY = b"only for tests, 32 bytes or more"


def pytest_configure(config: pytest.Config) -> None:
    # xdist's workers are given the run's folder by whoever started them.
    if not hasattr(config, "workerinput"):
        run = postgres.Run()
        config.add_cleanup(run.close)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=needs_it)  # stable: the others keep their order, and are done while the model is trained


def pytest_collection_finish(session: pytest.Session) -> None:
    worker = getattr(session.config, "workerinput", {"workerid": None})["workerid"]
    if worker == "gw0" and any(map(needs_it, session.items)):
        train_beside(kept_in(session.config._tmp_path_factory.getbasetemp()))  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much the property tests drove through the application, and the figures that tests measured."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    ended = [report for report in reports if getattr(report, "when", None) == "teardown"]
    told = [told for report in ended for told in report.user_properties]
    driven = [value for name, value in told if name == "driven"]
    for figure in (value for name, value in told if name == "figure"):
        terminalreporter.write_line(str(figure))
    if driven:
        conversations, inputs = (sum(counts) for counts in zip(*driven, strict=True))
        terminalreporter.write_line(f"property tests: {inputs:,} inputs in {conversations:,} conversations")


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> LocalUnderstanding:
    """Trained on the repository's own examples."""
    return trained(kept_in(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session")
def trained_folder(tmp_path_factory: pytest.TempPathFactory, model: LocalUnderstanding) -> Path:
    """To be copied to where a process looks for its model, which then trains none itself."""
    return kept_in(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session", autouse=True)
def loaded_once() -> Iterator[None]:
    """What is immutable: a hundred applications in one process may share the repository's own."""
    with pytest.MonkeyPatch.context() as patch:
        for part in (Policies, Dialogue, Catalogues):
            patch.setattr(part, "load", _own_kept(part.load))
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))  # reads all authorities
        yield


def _own_kept(load: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """`load`, but the repository's folders once only; those that tests write may change in between."""
    kept = cache(load)
    return lambda folder: kept(folder) if folder.is_relative_to(ROOT) else load(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    # The last to leave writes everything into the one file.
    with closing(Database(f"sqlite:///{path}", KEY)) as database:
        database.migrate()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.Engine]:
    url = sa.make_url(postgres.server_url()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: sa.Engine) -> Iterator[str]:
    with new_database(postgresql_server) as name:
        with closing(Database(url_of(postgresql_server, name), KEY)) as database:
            database.migrate()
        yield name


@pytest.fixture(scope="session")
def kept_postgresql(postgresql_server: sa.Engine, postgresql_template: str) -> Iterator[tuple[str, Kept]]:
    """The worker's own database, migrated and empty, and what puts it back."""
    with new_database(postgresql_server, postgresql_template) as name:
        url = url_of(postgresql_server, name)
        with closing(Kept(url)) as kept:
            yield url, kept


@pytest.fixture
def empty_postgresql_url(postgresql_server: sa.Engine) -> Iterator[str]:
    with new_database(postgresql_server) as name:
        yield url_of(postgresql_server, name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """For tests of what no database decides."""
    path = tmp_path / "bot.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a migrated, empty database: a test that takes it runs once on each of the two.

    It may not change the tables: PostgreSQL's database is the worker's, and has its rows put back for each test.
    """
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    url, kept = request.getfixturevalue("kept_postgresql")
    kept.put_back()
    return str(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url, KEY)) as database:
        yield database


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """For tests of what is decided before anything is stored."""
    with closing(Database(sqlite_url, KEY)) as database:
        yield database


@contextmanager
def new_database(server: sa.Engine, template: str = "template0") -> Iterator[str]:
    """The name of a database that is dropped again."""
    name = f"test_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
    try:
        yield name
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(server: sa.Engine, name: str) -> str:
    return server.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
