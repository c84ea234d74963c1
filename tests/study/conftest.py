"""What tests of user studies share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres_server import INSTALL, Server, binaries, running
from study_samples import make_study, write_ready
from tintype.study.service import Study


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, where the package is installed."""
    programs = binaries()
    if programs is None:
        pytest.skip(INSTALL)
    with running(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """The URL of an empty database."""
    return postgres.empty_database("study")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """None for a file in the study's folder, and the URL of an empty PostgreSQL database."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures that are colorized already: 30 for judging and 5 to be set apart."""
    return write_ready(tmp_path_factory.mktemp("pictures") / "study", 35)


@pytest.fixture
def study(tmp_path: Path, ready: Path, database: str | None) -> Iterator[Study]:
    """A study with pictures for three rounds, in either kind of database."""
    with make_study(tmp_path / "study", database, count=30, ready=ready) as made:
        yield made


@pytest.fixture
def file_study(tmp_path: Path, ready: Path) -> Iterator[Study]:
    """The same in a file of its own."""
    with make_study(tmp_path / "study", count=30, ready=ready) as made:
        yield made
