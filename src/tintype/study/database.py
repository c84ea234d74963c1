"""The database of a study: opened from a URL, brought up to date, and used in whole transactions.

SQLite (one file, the default) and PostgreSQL keep the same promises: a transaction that has ended without an
error is on the disk, and those that write do not tread on each other.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from tintype.errors import ConfigError, StudyError
from tintype.study import migrations

FILE: Final = "study.db"
WAIT_SECONDS: Final = 30
"""How long a transaction waits for another one before it gives up."""
CONNECTIONS: Final = 20
"""Connections that are kept; as many more are opened for a rush."""
WRITES: Final = "tintype_writes"
"""Execution option: begin at once as a writer, so that SQLite makes others wait instead of failing late."""


class Database:
    """Connections to one database. Raises `StudyError` where it cannot be reached or does not answer."""

    def __init__(self, url: URL, *, durable: bool = True, foreign_keys: bool = True) -> None:
        self.url = url
        self.is_file = url.get_backend_name() == "sqlite"
        self._lock: AbstractContextManager[Any] = Lock() if self.is_file else nullcontext()
        self.engine: Engine = create_engine(
            url, pool_size=CONNECTIONS, max_overflow=CONNECTIONS, pool_pre_ping=not self.is_file
        )
        if self.is_file:
            event.listen(self.engine, "connect", _set_up_sqlite(durable, foreign_keys))
            event.listen(self.engine, "begin", _begin)
        else:
            event.listen(self.engine, "connect", _set_up_postgresql(durable))
        self._writer = self.engine.execution_options(**{WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state of the database, and changes nothing."""
        engine = self.engine if self.is_file else self.engine.execution_options(**READ_ONLY)
        with self._told(), Session(engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is stored when the block ends, and undone when it fails.

        `sqlalchemy.exc.IntegrityError` goes through.
        """
        with self._told(), self._lock, Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database could not do into one line; faults of the program go through."""
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise self._unreachable(error) from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise
            raise self._unreachable(error) from error

    def _unreachable(self, error: SQLAlchemyError) -> StudyError:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
        if self.is_file:
            advice = "see that the disk has room and may be written, or restore a back-up"
        else:
            advice = (
                "see that the server runs and lets you in (PGPASSWORD or ~/.pgpass may hold the password)"
            )
        return StudyError(f"the database {shown(self.url)} does not do its work: {cause[0]}; {advice}")


READ_ONLY: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _set_up_sqlite(durable: bool, foreign_keys: bool) -> Any:
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver's own rules
        for pragma in (
            f"busy_timeout = {1000 * WAIT_SECONDS}",
            "journal_mode = WAL",
            f"synchronous = {'FULL' if durable else 'OFF'}",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return set_up


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_up_postgresql(durable: bool) -> Any:
    def set_up(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
        if not durable:
            connection.execute("SET synchronous_commit = off")
        connection.commit()

    return set_up


def url_of(database: str | None, folder: Path) -> URL:
    """The URL of a study's database: as asked for, else that of the file in its folder.

    Raises `ConfigError` for a URL that is none, or of another kind of database than SQLite and PostgreSQL.
    """
    if database is None:
        return URL.create("sqlite", database=str(folder / FILE))
    advice = "give postgresql+psycopg://USER@HOST/NAME, or leave --database out for a file"
    try:
        url = make_url(database)
    except ArgumentError as error:
        raise ConfigError(f"the URL of the database cannot be read; {advice}") from error
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    if url.drivername != "postgresql+psycopg":
        raise ConfigError(f"{url.drivername} is no database for a study; {advice}")
    if find_spec("psycopg") is None:
        raise ConfigError('PostgreSQL needs psycopg; install it: pip install "tintype[study]"')
    return url


def shown(url: URL) -> str:
    """A URL for people: without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string()


def make_tables(database: Database, folder: Path = migrations.FOLDER) -> None:
    """Make the tables where there are none; elsewhere bring them up to date. Raises `StudyError`."""
    with database.reading() as session:
        empty = migrations.current(session.connection()) is None
    if empty:
        _migrate(database, folder)
    else:
        bring_up_to_date(database, folder)


def bring_up_to_date(database: Database, folder: Path = migrations.FOLDER) -> Path | None:
    """Take the tables to the newest step; gives the back-up that was made of an SQLite file before.

    Raises `StudyError` when there are no tables of a study, or those of a newer program.
    """
    with database.reading() as session:
        revision = migrations.current(session.connection())
    if revision is None:
        raise StudyError(
            f"the database {shown(database.url)} holds no study; see that --database is the one it was "
            "made with, or restore a back-up"
        )
    migrations.check_known(revision, folder)
    if revision == migrations.head(folder):
        return None
    kept = _keep(Path(str(database.url.database)), revision) if database.is_file else None
    _migrate(database, folder)
    return kept


def _migrate(database: Database, folder: Path) -> None:
    """Run the steps that are missing, in one transaction; one process does, others wait and find it done."""
    unchecked = Database(database.url, foreign_keys=False)  # SQLite changes a table by making it anew
    try:
        with unchecked.writing() as session:
            connection = session.connection()
            if not database.is_file:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(8465437)")
            migrations.upgrade(connection, folder=folder)
            if database.is_file and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise StudyError(
                    f"the database {shown(database.url)} has rows that belong to nothing; restore a back-up"
                )
    finally:
        unchecked.close()


def _keep(path: Path, revision: str) -> Path:
    """A copy of an SQLite file as it is now, beside it; an older copy of the same step stays."""
    kept = path.with_name(f"{path.name}.before-upgrade-from-{revision}")
    if not kept.exists():
        partial = kept.with_name(f".{kept.name}.partial")
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
        partial.rename(kept)
    return kept
