"""Hints, vividness and suggestions, from Python."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tintype
from tintype.color import bins, srgb_to_lab
from tintype.engine import shared
from tintype.engine.colorizer import Colorizer
from tintype.engine.suggestions import suggest
from tintype.errors import ConfigError, HintError
from tintype.hints import Hint, Hints
from tintype.photo import read_provenance
from tiny_models import contract, write_model

GRAY = np.full((40, 60), 120, np.uint8)


def likely(*shares: tuple[float, float, float]) -> np.ndarray:
    """A distribution [226] made of bins: a*, b* and share."""
    found = np.zeros(len(bins.centers()))
    for a, b, share in shares:
        found[np.flatnonzero((bins.centers() == (a, b)).all(axis=1))] += share
    return found


@pytest.fixture
def guided(tmp_path: Path) -> Path:
    """A model that takes hints and vividness, and finds orange likelier than blue."""
    promise = contract(hints=True, confidence=True, vivid=0.25, distribution=True)
    return write_model(
        tmp_path / "guided.onnx", promise, likely=likely((30, 40, 0.7), (0, -40, 0.2), (0, 0, 0.1))
    )


@pytest.fixture
def colorizer(guided: Path) -> Colorizer:
    return Colorizer(guided, "cpu", 1)


def ab(colored: np.ndarray) -> np.ndarray:
    """a*b* [H, W, 2] of a colored array."""
    return srgb_to_lab(colored[..., :3] / np.iinfo(colored.dtype).max)[..., 1:]


def test_a_hint_changes_the_color_of_its_place_and_only_that(colorizer: Colorizer) -> None:
    plain = ab(colorizer.colorize(GRAY))
    guided = ab(colorizer.colorize(GRAY, hints=[Hint.at(15, 20, {"a": -30, "b": 20}, radius=6)]))
    difference = guided - plain
    assert difference[20, 15, 0] < -20
    assert difference[20, 15, 1] > 10
    np.testing.assert_allclose(difference[:, 40:], 0, atol=1)


def test_hints_are_taken_in_every_form(colorizer: Colorizer, tmp_path: Path) -> None:
    hints = Hints((Hint.at(15, 20, "green", 5),))
    path = tmp_path / "green.json"
    path.write_text(hints.to_json((60, 40)))
    wanted = colorizer.colorize(GRAY, hints=hints)
    for form in (hints.hints, list(hints.hints), path, str(path), path.read_bytes()):
        np.testing.assert_array_equal(colorizer.colorize(GRAY, hints=form), wanted)
    assert (colorizer.colorize(GRAY) != wanted).any()


def test_no_hints_are_as_none(colorizer: Colorizer, tiny_model: Path) -> None:
    np.testing.assert_array_equal(colorizer.colorize(GRAY, hints=[]), colorizer.colorize(GRAY))
    assert Colorizer(tiny_model).colorize(GRAY, hints=Hints()).shape == (40, 60, 3)


def test_hints_outside_the_picture_are_refused(colorizer: Colorizer) -> None:
    with pytest.raises(HintError, match="outside the picture of 60×40"):
        colorizer.colorize(GRAY, hints=[Hint.at(20, 50, "red")])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_hints_refer_to_the_upright_picture(colorizer: Colorizer, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(GRAY).save(file, "PNG", exif=exif)
    width, height = (60, 40) if orientation < 5 else (40, 60)
    data = colorizer.colorize(file.getvalue(), hints=[Hint.at(width - 5, 5, (-60, 60), 4)])
    with Image.open(io.BytesIO(data)) as image:
        colored = ab(np.asarray(image))
    assert colored.shape[:2] == (height, width)
    y, x = np.unravel_index(colored[..., 0].argmin(), colored.shape[:2])
    assert x > width - 12
    assert y < 12


def test_vividness_is_the_models_own_unless_asked_for(colorizer: Colorizer) -> None:
    sitting = colorizer.set_photo(GRAY)
    own, pale, vivid = (sitting.predict(vivid=each).chroma for each in (None, 0, 1))
    np.testing.assert_allclose(own, 1.25 * pale, rtol=1e-4)
    np.testing.assert_allclose(vivid, 2 * pale, rtol=1e-4)
    with pytest.raises(ConfigError, match="between 0 and 1"):
        colorizer.colorize(GRAY, vivid=1.5)


def test_what_the_model_cannot_do_is_refused_and_not_ignored(tiny_model: Path) -> None:
    plain = Colorizer(tiny_model)
    with pytest.raises(ConfigError, match="'tiny' takes no hints; "):
        plain.colorize(GRAY, hints=[Hint.at(1, 1, "red")])
    with pytest.raises(ConfigError, match="'tiny' takes no vividness; "):
        plain.colorize(GRAY, vivid=0.5)
    with pytest.raises(ConfigError, match="'tiny' suggests no colors; "):
        plain.suggest(GRAY, 1, 1)


def test_the_result_says_which_hints_and_vividness_made_it(colorizer: Colorizer, tmp_path: Path) -> None:
    source = tmp_path / "old.png"
    Image.fromarray(GRAY).save(source)
    hints = Hints((Hint.at(15, 20, "green"), Hint.at(3, 3, "gray")))
    found = read_provenance(colorizer.colorize(source, hints=hints, vivid=1))
    assert found is not None
    assert found.settings["hints"] == {"count": 2, "sha256": hints.sha256()}
    assert found.settings["vivid"] == 1.0
    plain = read_provenance(colorizer.colorize(source, overwrite=True))
    assert plain is not None
    assert plain.settings["vivid"] == 0.25
    assert "hints" not in plain.settings


def test_the_one_call_passes_hints_and_vividness_on(colorizer: Colorizer, guided: Path) -> None:
    hints = [tintype.Hint.at(15, 20, "green")]
    np.testing.assert_array_equal(
        tintype.colorize(GRAY, model=guided, device="cpu", hints=hints, vivid=0.75),
        colorizer.colorize(GRAY, hints=hints, vivid=0.75),
    )
    shared._colorizer.cache_clear()


# Suggestions


def test_the_likely_colors_come_with_their_weights_the_most_likely_first(colorizer: Colorizer) -> None:
    found = colorizer.suggest(GRAY, 30, 20)
    assert [each.color for each in found] == [(30, 40), (0, -40), (0, 0)]
    np.testing.assert_allclose([each.weight for each in found], [0.7, 0.2, 0.1], atol=1e-5)
    assert found[2].rgb == (120, 120, 120)
    assert found[2].hex == "#787878"
    lab = srgb_to_lab(np.array(found[0].rgb) / 255)
    np.testing.assert_allclose(lab, [srgb_to_lab(np.full(3, 120 / 255))[0], 30, 40], atol=1)
    assert len(colorizer.suggest(GRAY, 30, 20, count=2)) == 2


def test_a_suggestion_is_taken_as_a_hint(colorizer: Colorizer) -> None:
    best = colorizer.suggest(GRAY, 0, 0)[0]
    assert Hint.at(0, 0, best.color).color == (30, 40)


def test_suggestions_know_of_hints_and_the_model_runs_once_for_all_points(
    colorizer: Colorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = colorizer.set_photo(GRAY)
    runs: list[object] = []
    real = colorizer._predictor.predict
    monkeypatch.setattr(
        colorizer._predictor, "predict", lambda *given, **more: runs.append(given) or real(*given, **more)
    )
    plain = [sitting.suggest(x, y) for x, y in ((0, 0), (60, 40), (30, 20))]
    assert plain[0] == plain[1] == plain[2]
    assert len(runs) == 1
    hinted = sitting.suggest(30, 20, hints=[Hint.at(30, 20, "red", 20)])
    assert len(hinted) == 5  # of the uniform distribution that the tiny model then gives
    assert len(runs) == 2


@pytest.mark.parametrize("point", [(-1, 5), (61, 5), (5, 41), (float("nan"), 5)])
def test_a_point_outside_the_picture_is_refused(colorizer: Colorizer, point: tuple[float, float]) -> None:
    with pytest.raises(ConfigError, match="outside the picture of 60×40"):
        colorizer.suggest(GRAY, *point)


@pytest.mark.parametrize("count", [0, -1, 51])
def test_an_impossible_number_of_suggestions_is_refused(colorizer: Colorizer, count: int) -> None:
    with pytest.raises(ConfigError, match="between 1 and 50"):
        colorizer.suggest(GRAY, 5, 5, count)


def test_a_color_between_the_bins_is_found_where_it_lies() -> None:
    for color in ((33.0, 27.0), (-12.0, 44.0), (4.0, 4.0)):
        indices, weights = bins.encode(np.array(color))
        best = suggest(bins.to_dense(indices, weights), 60, 5)
        assert best[0].weight > 0.9
        np.testing.assert_allclose(best[0].color, color, atol=2.5)


@pytest.mark.parametrize("seed", range(10))
def test_suggestions_are_apart_ordered_and_sum_to_1_at_most(seed: int) -> None:
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.full(len(bins.centers()), 0.05))
    found = suggest(probabilities, 60, 10)
    colors = np.array([each.color for each in found])
    distances = np.hypot(*(colors[:, None] - colors[None]).transpose(2, 0, 1))
    assert distances[~np.eye(len(found), dtype=bool)].min() >= 15
    weights = [each.weight for each in found]
    assert weights == sorted(weights, reverse=True)
    assert 0 < sum(weights) <= 1.01
