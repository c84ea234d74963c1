import importlib
import re

import numpy as np
import pytest
import skimage.data
from PIL import Image


@pytest.fixture
def matching():
    return importlib.import_module("matching")


@pytest.fixture
def photographs(tmp_path):
    """Two photographs in color."""
    folder = tmp_path / "photographs"
    folder.mkdir()
    for name in ("astronaut", "coffee"):
        Image.fromarray(getattr(skimage.data, name)()).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def references(tmp_path):
    """One of them turned around, which counts as the same, and another one."""
    folder = tmp_path / "references"
    folder.mkdir()
    Image.fromarray(skimage.data.astronaut()[:, ::-1]).save(folder / "astronaut.png")
    Image.fromarray(skimage.data.chelsea()).save(folder / "chelsea.png")
    return folder


def test_a_changed_copy_helps_and_another_photograph_changes_little(
    matching, photographs, references, capsys
):
    matching.main(["--data", str(photographs), "--references", str(references)])
    shown = capsys.readouterr().out
    rows = [line.strip("| ").split(" | ") for line in shown.splitlines() if line.startswith("| ")][2:]
    assert [row[0].split()[0] for row in rows] == ["none", "the", "the", "any"]
    none, itself, nearest, another = (float(row[2]) for row in rows)
    assert itself < none / 1.5
    assert nearest == pytest.approx(none, abs=3)
    assert another == pytest.approx(none, abs=3)
    assert float(rows[1][1]) > 90
    assert "Of 2 photographs of photographs, 2 were found" in shown


def test_what_shows_the_same_is_never_the_nearest(matching, photographs, references, tmp_path):
    subjects = matching.subjects(photographs, 2, 64)
    shelf = matching.nearest.Shelf(references, 2, 64, False, tmp_path)
    chosen, count, hashed = matching.chosen(subjects, shelf)
    assert count == 2
    assert re.fullmatch("[0-9a-f]{64}", hashed)
    cat = matching.squared(skimage.data.chelsea(), 64)
    assert chosen[0].sha256 == matching.References(cat).sha256


def test_a_changed_copy_is_mirrored_cropped_and_darker(matching):
    ramp = np.tile(np.arange(100, dtype=np.uint8)[:, np.newaxis], (60, 1, 3)) + 80
    copy = matching.changed(ramp, matching.DARKER)
    assert copy.shape == (53, 53, 3)
    assert (np.diff(copy[0, :, 0].astype(int)) <= 0).all()
    assert copy.max() < ramp[:, 20:80].max()


def test_a_set_with_one_photograph_is_refused(matching, references):
    with pytest.raises(matching.DataError, match="fewer than two color photographs"):
        matching.subjects(references, 1, 64)
