"""A packed set and settings small enough to train on in a test."""

from pathlib import Path

import pytest

from tintype.data import pack
from tintype.train.config import TrainConfig
from training_pictures import SMALL, write_folder


@pytest.fixture
def small() -> TrainConfig:
    """Settings of a run that takes a second."""
    return TrainConfig().with_settings(SMALL)


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packed set of five pictures: four to train on and one held out."""
    place = tmp_path_factory.mktemp("data")
    return pack(write_folder(place / "pictures", 5), place / "packed", processes=1).folder
