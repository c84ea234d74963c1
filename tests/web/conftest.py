"""What the tests of the pages share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from study_samples import make_study
from tintype.study.service import Study
from tintype.web.settings import Settings
from tintype.web.study import create_app


@pytest.fixture(scope="session")
def made_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that nobody took part in; not to be used, only copied."""
    folder = tmp_path_factory.mktemp("made") / "study"
    make_study(folder, count=20, rounds=2, attention_every=2).close()
    return folder


@pytest.fixture
def folder(made_study: Path, tmp_path: Path) -> Path:
    """The folder of a fresh study."""
    return Path(shutil.copytree(made_study, tmp_path / "study"))


@pytest.fixture
def study(folder: Path) -> Iterator[Study]:
    """A fresh study."""
    with Study.open(folder) as opened:
        yield opened


@pytest.fixture
def settings() -> Settings:
    return Settings(cookie_key="k" * 43, admin_token="the-token-of-the-admin")


@pytest.fixture
def browser(study: Study, settings: Settings) -> Iterator[TestClient]:
    """A browser without JavaScript, which does not follow redirects."""
    with TestClient(create_app(study, settings), follow_redirects=False) as client:
        yield client
