"""A real PostgreSQL server for tests: started in a folder of its own, reached by a socket there."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

INSTALL = "PostgreSQL is not installed here; on Debian: apt-get install -y postgresql"
PLACES = Path("/usr/lib/postgresql")
USER = "postgres"
PORT = 5432
"""Part of the socket's name; no network port is opened."""


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    folder: Path

    def empty_database(self, name: str) -> str:
        """A database with nothing in it, made if it is not there; gives its URL.

        The same few are emptied again and again, since making and deleting many takes longer than the tests.
        """
        with self._connected(USER) as link:
            link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with self._connected(name) as link:
            link.execute("DROP SCHEMA public CASCADE")
            link.execute("CREATE SCHEMA public")
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}&port={PORT}"

    def _connected(self, name: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), port=PORT, user=USER, dbname=name, autocommit=True)


def binaries() -> Path | None:
    """Where initdb and pg_ctl are, the newest version of Debian's packages, or those on the path."""
    found = sorted(PLACES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A new server, stopped and deleted at the end. It refuses to run as root, who becomes another user."""
    # A short path: the name of a socket may have 107 letters.
    folder = Path(tempfile.mkdtemp(prefix="tintype-pg-", dir="/tmp"))
    user = USER if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user, user)
    data = folder / "data"

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )

    try:
        call("initdb", "-U", USER, "-A", "trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        options = f"-k {folder} -p {PORT} -c listen_addresses='' -c max_connections=200 -c fsync=off"
        call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Server(folder)
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
