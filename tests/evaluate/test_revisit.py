import numpy as np
import pytest
from PIL import Image
from scored_pictures import SIZE, scored, write_pictures

from tintype import metrics
from tintype.errors import DataError
from tintype.evaluate.revisit import Revisit


def test_pictures_are_painted_as_they_were_scored(pictures, tiny_model, tmp_path):
    found = scored(pictures, tmp_path / "results.json", tiny_model)
    again = Revisit(found, pictures, [tiny_model])
    for number, row in enumerate(found.pictures):
        truth, gray = again.truth(number), again.gray(number)
        assert truth.shape == gray.shape == (SIZE, SIZE, 3)
        assert metrics.colorfulness(truth) == pytest.approx(row.colorfulness, rel=1e-5)
        for entry in found.entries:
            colored = again.colored(entry.name, number)
            psnr = entry.pictures["psnr"][number]
            assert metrics.psnr(truth, colored) == pytest.approx(psnr, rel=1e-5)
            error = again.chroma_error(entry.name, number)
            assert error.shape == (SIZE, SIZE)
            assert np.mean(error) == pytest.approx(entry.pictures["chroma_error"][number], rel=1e-4)
    assert not np.ptp(again.gray(0).astype(int), axis=-1).max() > 2


def test_models_are_found_by_hash_in_folders_and_in_the_zoo(pictures, tiny_model, tiny_zoo, tmp_path):
    found = scored(pictures, tmp_path / "results.json", "tiny")
    assert Revisit(found, pictures).has("tiny")
    assert Revisit(found, pictures, [tiny_model.parent]).has("tiny")


def test_a_model_that_is_not_at_hand_is_said_by_its_hash(pictures, tiny_model, tmp_path):
    found = scored(pictures, tmp_path / "results.json", tiny_model)
    again = Revisit(found, pictures)
    assert again.has("gray")
    assert not again.has("tiny")
    with pytest.raises(DataError, match=found.entries[3].sha256):
        again.colored("tiny", 0)


def test_other_pictures_are_refused(pictures, tmp_path):
    found = scored(pictures, tmp_path / "results.json")
    with pytest.raises(DataError, match="lacks 2 of the 6 pictures"):
        Revisit(found, write_pictures(tmp_path / "fewer", 4))
    Image.new("RGB", (50, 50), "red").save(pictures / "03.png")
    again = Revisit(found, pictures)
    assert again.truth(2) is not None
    with pytest.raises(DataError, match=r"03\.png is not the picture that was scored"):
        again.truth(3)
