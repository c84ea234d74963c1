import importlib

import numpy as np
import pytest


@pytest.fixture
def references(monkeypatch):
    module = importlib.import_module("references")
    monkeypatch.setattr(module, "NAMES", ["welsh"])
    return module


@pytest.fixture
def pair(references):
    return references.halves("skimage:coffee")


def test_a_reference_of_the_same_picture_beats_gray(references, pair):
    error, area, chroma, _ = map(float, references.score([pair], references.by_method("welsh")))
    gray = list(map(float, references.score([pair], lambda luma, _: np.zeros((*luma.shape, 2), np.float32))))
    assert error < gray[0] / 2
    assert area > gray[1]
    assert chroma > gray[2] == 0


def test_the_section_on_colors_has_a_row_for_each_way(references, pair):
    rows = [line for line in references.scores([pair]).splitlines() if line.startswith("| ")]
    names = [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]]
    assert names == ["gray", "welsh", "welsh, lightness: mean and deviation", "welsh, lightness: as it is"]


def test_sheets_have_a_square_for_reference_gray_methods_and_truth(references, pair):
    picture = references.sheet([pair, pair])
    assert picture.size == (4 * references.SIZE, 2 * references.SIZE)


def test_pictures_and_references_go_together(references, capsys):
    with pytest.raises(SystemExit):
        references.parse(["--data", "somewhere"])
    assert "--data and --references go together" in capsys.readouterr().err


def test_numbers_are_spread_evenly_and_never_twice(references):
    assert references.spread(3, 10) == [0, 1, 2]
    assert references.spread(101, 3) == [0, 50, 100]
