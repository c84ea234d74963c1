import numpy as np
import pytest

from tintype.evaluate import colorists
from tintype.evaluate.told import SILENCE
from tiny_models import write_model


def test_models_of_one_name_are_told_apart_by_their_hash(tiny_model, tmp_path):
    other = write_model(tmp_path / "tiny.onnx", factor=2.0)
    first, second = colorists.models([str(tiny_model), str(other)])
    assert first.name != second.name
    assert first.name == f"tiny {first.sha256[:8]}"


def test_baselines_are_the_means_of_what_they_are_fitted_on():
    lab = np.array([[[10, 4, -2], [10, 8, 2], [90, -6, 0]]], np.float32)
    tables = colorists.fit_tables([colorists.level_sums(lab)])
    assert list(tables) == ["gray", "mean a*b*", "mean a*b* by L*"]
    assert not tables["gray"].any()
    np.testing.assert_allclose(tables["mean a*b*"], np.tile([2, 0], (101, 1)))
    by_level = tables["mean a*b* by L*"]
    np.testing.assert_allclose(by_level[[10, 90, 50]], [[6, 0], [-6, 0], [2, 0]])
    painted = colorists.by_level("x", by_level).paint(np.array([[10.4, 89.6]], np.float32), SILENCE)
    np.testing.assert_allclose(painted, [[[6, 0], [-6, 0]]])


def test_baselines_without_a_picture_are_refused():
    with pytest.raises(ValueError, match="at least one picture"):
        colorists.fit_tables([])
