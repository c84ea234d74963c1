"""Methods without learning, and references, from Python."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tintype
import tiny_methods
from tintype.color import lab_to_srgb, srgb_to_lab
from tintype.engine import seats, shared
from tintype.engine.colorizer import Colorizer
from tintype.engine.methods import load, predictor_for
from tintype.engine.references import References
from tintype.engine.seats import over, widened
from tintype.errors import (
    ConfigError,
    DeviceError,
    HintError,
    ModelError,
    UnknownModel,
    UnusableReference,
)
from tintype.hints import Hint, SwatchPair
from tintype.photo import read_provenance
from tiny_models import contract, write_model

GRAY = np.full((40, 60), 120, np.uint8)
GREEN = [Hint.at(15, 20, {"a": -20, "b": 15}, radius=4)]


@pytest.fixture(autouse=True)
def methods() -> Iterator[None]:
    """Only the methods of `tiny_methods`."""
    with tiny_methods.installed():
        yield


def flat(a: float, b: float, size: tuple[int, int] = (60, 40), lightness: float = 60) -> np.ndarray:
    """A picture [H, W, 3] of one color."""
    rgb = lab_to_srgb(np.array([lightness, a, b]))
    return np.tile(np.round(rgb * 255).astype(np.uint8), (size[1], size[0], 1))


def ab(colored: np.ndarray) -> np.ndarray:
    """a*b* [H, W, 2] of a colored array."""
    return srgb_to_lab(colored[..., :3] / 255)[..., 1:]


def test_strokes_color_a_photograph_by_the_method_asked_for() -> None:
    colored = Colorizer("flat").colorize(GRAY, hints=GREEN)
    np.testing.assert_allclose(ab(colored), np.broadcast_to((-20, 15), (40, 60, 2)), atol=1)
    np.testing.assert_allclose(
        srgb_to_lab(colored / 255)[..., 0], srgb_to_lab(np.full(3, 120 / 255))[0], atol=0.5
    )


def test_a_reference_colors_a_photograph_by_the_method_asked_for() -> None:
    colored = Colorizer("like").colorize(GRAY, references=flat(20, -15))
    np.testing.assert_allclose(ab(colored), np.broadcast_to((20, -15), (40, 60, 2)), atol=1)


def test_references_are_taken_in_every_form(tmp_path: Path) -> None:
    path = tmp_path / "blue.png"
    array = flat(5, -30)
    Image.fromarray(array).save(path)
    colorizer = Colorizer("like")
    wanted = colorizer.colorize(GRAY, references=path)
    for form in (str(path), path.read_bytes(), array, Image.fromarray(array), [path], References(path)):
        np.testing.assert_array_equal(colorizer.colorize(GRAY, references=form), wanted)
    both = colorizer.colorize(GRAY, references=[path, flat(5, 30)])
    np.testing.assert_allclose(ab(both)[0, 0], (5, 0), atol=1)


def test_a_changed_stroke_goes_to_the_canvas_that_is_there() -> None:
    sitting = Colorizer("flat").set_photo(GRAY)
    first = sitting.predict(GREEN)
    second = sitting.predict([Hint.at(15, 20, {"a": 30, "b": 10})])
    np.testing.assert_allclose(first.chroma[0, 0], (-20, 15))
    np.testing.assert_allclose(second.chroma[0, 0], (30, 10))
    assert len(tiny_methods.painted) == 2
    assert tiny_methods.painted[0] is tiny_methods.painted[1]
    np.testing.assert_allclose(ab(sitting.render().to_array())[5, 5], (30, 10), atol=1)


def test_a_method_of_strokes_without_strokes_says_what_to_do() -> None:
    sitting = Colorizer("flat").set_photo(GRAY)
    for hints in (None, []):
        with pytest.raises(HintError, match=r"flat colors only by strokes, .* give hints"):
            sitting.predict(hints)
    with pytest.raises(HintError, match="flat colors only by strokes"):
        sitting.render()


def test_a_method_of_references_without_one_says_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"like takes its colors from a photograph; .*--reference"):
        Colorizer("like").colorize(GRAY)


def test_more_references_than_a_method_uses_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"like-one uses one reference, and there are 2; .* take: like$"):
        Colorizer("like-one").colorize(GRAY, references=[flat(20, 20), flat(20, -20)])


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("flat", {"vivid": 0.5}, "the method 'flat' takes no vividness"),
        (
            "flat",
            {"references": flat(20, 20)},
            "'flat' takes no reference; choose one that does: .*like, like-one",
        ),
        ("like", {"hints": GREEN, "references": flat(20, 20)}, "'like' takes no hints; choose one .*flat"),
        ("like", {"vivid": 1.0, "references": flat(20, 20)}, "'like' takes no vividness"),
        (
            "like-one",
            {"references": flat(20, 20), "swatches": [SwatchPair((0, 0, 9, 9), (0, 0, 9, 9))]},
            "'like-one' takes no swatches; choose one that does: like$",
        ),
        ("flat", {"hints": GREEN, "swatches": [SwatchPair((0, 0, 9, 9), (0, 0, 9, 9))]}, "takes no swatches"),
    ],
)
def test_what_a_method_cannot_do_is_refused_with_the_names_of_those_that_can(
    name: str, given: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        Colorizer(name).colorize(GRAY, **given)  # type: ignore[call-overload]


def test_a_method_suggests_no_colors() -> None:
    for name in ("flat", "like"):
        with pytest.raises(
            ConfigError, match=f"the method '{name}' suggests no colors; choose one that does: "
        ):
            Colorizer(name).suggest(GRAY, 3, 3)


def test_a_model_that_cannot_take_references_names_those_that_can(tiny_model: Path) -> None:
    with pytest.raises(ConfigError, match=r"the model 'tiny' takes no reference; choose .*like, like-one"):
        Colorizer(tiny_model).colorize("gone.jpg", references=flat(20, 20))
    with pytest.raises(ConfigError, match=r"the model 'tiny' takes no swatches; choose one that does: like$"):
        Colorizer(tiny_model).check(swatched=True)


def test_a_missing_package_is_told_before_any_photograph_is_read() -> None:
    with pytest.raises(
        ConfigError, match=r"absent needs .*no_such_package.*pip install 'tintype\[classical\]'"
    ):
        Colorizer("absent")


def test_an_unusable_reference_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "gray.png"
    Image.fromarray(np.full((50, 50), 99, np.uint8)).save(path)
    with pytest.raises(UnusableReference, match=r"gray\.png.* gray"):
        Colorizer("like").colorize(GRAY, references=path)
    with pytest.raises(UnusableReference, match="reference 1"):
        Colorizer("like").colorize(GRAY, references=flat(20, 20, (31, 60)))
    with pytest.raises(UnusableReference, match=r"gone\.png"):
        Colorizer("like").colorize(GRAY, references=tmp_path / "gone.png")


def test_what_a_method_gives_is_checked() -> None:
    with pytest.raises(ModelError, match="broken gave chroma that is not finite"):
        Colorizer("broken").colorize(GRAY, hints=GREEN)


def test_methods_compute_on_the_processor() -> None:
    assert Colorizer("flat").device == "cpu"
    assert Colorizer("like", "cpu").device == "cpu"
    with pytest.raises(DeviceError, match="'flat' computes on the CPU alone"):
        Colorizer("flat", "cuda")
    with pytest.raises(DeviceError, match="there is no device 'tpu'"):
        Colorizer("flat", "tpu")


def test_a_name_is_that_of_a_method_or_of_a_model(tiny_zoo: Path) -> None:
    assert load("tiny").sha256 == tintype.Colorizer("tiny").model.sha256 != ""
    assert load("flat").sha256 == ""
    assert predictor_for("flat").contract.hints
    assert not predictor_for("like").contract.hints
    with pytest.raises(
        UnknownModel, match=r"no model 'flet'.* methods without learning: flat, .*\(did you mean 'flat'\?\)"
    ):
        load("flet")
    with pytest.raises(UnknownModel):
        load(Path("flat"))


def test_the_record_tells_method_strokes_references_and_swatches(tmp_path: Path) -> None:
    source = tmp_path / "old.png"
    Image.fromarray(GRAY).save(source)
    found = read_provenance(Colorizer("flat").colorize(source, hints=GREEN))
    assert found is not None
    assert (found.model, found.model_sha256, found.settings["method"]) == ("flat", "", "flat")
    assert found.settings["hints"]["count"] == 1
    assert "references" not in found.settings
    references = References([flat(20, 20), flat(20, -20)])
    pairs = [SwatchPair((0, 0, 10, 10), (5, 5, 20, 20), 1)]
    found = read_provenance(
        Colorizer("like").colorize(source, references=references, swatches=pairs, overwrite=True)
    )
    assert found is not None
    assert found.settings["references"] == {"count": 2, "sha256": references.sha256}
    assert found.settings["swatches"]["count"] == 1
    assert "hints" not in found.settings


def test_swatches_in_pixels_are_found_at_any_working_size() -> None:
    reference = np.concatenate([flat(40, 20, (300, 200)), flat(-30, 20, (100, 200))], axis=1)
    pairs = [SwatchPair(photo=(30, 0, 30, 20), reference=(320, 10, 60, 60))]
    colored = Colorizer("like").colorize(GRAY, references=reference, swatches=pairs)
    np.testing.assert_allclose(ab(colored)[10, 45], (-30, 20), atol=1)
    np.testing.assert_allclose(ab(colored)[35, 5], (22.5, 20), atol=2)


def test_swatches_need_a_reference_and_must_fit() -> None:
    colorizer = Colorizer("like")
    with pytest.raises(ConfigError, match="swatches go with a reference"):
        colorizer.colorize(GRAY, swatches=[SwatchPair((0, 0, 9, 9), (0, 0, 9, 9))])
    with pytest.raises(HintError, match="outside the reference of 60×40"):
        colorizer.colorize(GRAY, references=flat(20, 20), swatches=[SwatchPair((0, 0, 9, 9), (50, 0, 11, 9))])


def test_several_photographs_share_a_method_and_its_references() -> None:
    strokes, example = Colorizer("flat"), Colorizer("like")
    references = References(flat(20, -15))

    def color(index: int) -> tuple[np.ndarray, np.ndarray]:
        array = np.full((20 + index, 30), 100 + index, np.uint8)
        hint = Hint.at(5, 5, {"a": -20 + index, "b": index})
        return strokes.colorize(array, hints=[hint]), example.colorize(array, references=references)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(color, range(12)))
    for index, (painted, like) in enumerate(found):
        np.testing.assert_allclose(ab(painted)[0, 0], (-20 + index, index), atol=1)
        np.testing.assert_allclose(ab(like)[0, 0], (20, -15), atol=1)


def test_the_one_call_passes_references_and_swatches_on() -> None:
    pairs = [tintype.SwatchPair((0, 0, 30, 20), (0, 0, 30, 20))]
    np.testing.assert_array_equal(
        tintype.colorize(GRAY, model="like", references=flat(9, 30), swatches=pairs),
        Colorizer("like").colorize(GRAY, references=flat(9, 30), swatches=pairs),
    )
    shared._colorizer.cache_clear()


def test_a_method_takes_every_kind_of_photograph(tmp_path: Path) -> None:
    colorizer = Colorizer("flat")
    file = io.BytesIO()
    Image.fromarray(GRAY).save(file, "PNG")
    assert isinstance(colorizer.colorize(file.getvalue(), hints=GREEN), bytes)
    assert colorizer.colorize(Image.fromarray(GRAY), hints=GREEN).mode == "RGB"  # type: ignore[attr-defined]
    narrow = np.full((3, 900), 90, np.uint8)
    assert colorizer.colorize(narrow, hints=[Hint.at(5, 1, "red")]).shape == (3, 900, 3)


def test_a_persons_hints_lie_over_those_that_were_found() -> None:
    found, own = np.zeros((2, 1, 3, 2, 2), np.float32)
    found[:, 0], found[:, 2, 0] = 9, 1
    own[0, :, 0, 0] = (-4, 5, 1)
    together = over(found, own)
    assert together[0, :, 0, 0].tolist() == [-4, 5, 1]
    assert together[0, 2].tolist() == [[1, 1], [0, 0]]
    assert together[0, 0, 0, 1] == 9


@pytest.mark.parametrize("cells", [0, 1, 3])
def test_a_marked_place_is_widened_by_so_many_cells(cells: int) -> None:
    marked = np.zeros((9, 12), bool)
    marked[4, 5] = marked[0, 11] = True
    y, x = np.indices(marked.shape)
    near = np.maximum(abs(y - 4), abs(x - 5)) <= cells
    corner = np.maximum(y, 11 - x) <= cells
    np.testing.assert_array_equal(widened(marked, cells), near | corner)


@pytest.fixture
def matching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Colorizer:
    """A model that takes hints and references, of which it takes the mean color for everything."""

    def everywhere(_predictor: object, luma: np.ndarray, references: References) -> np.ndarray:
        mean = np.mean([lab.mean(axis=(0, 1))[1:] for lab in references.lab(64)], axis=0)
        planes = np.array([*mean, 1], np.float32)[np.newaxis, :, np.newaxis, np.newaxis]
        return planes * np.ones_like(luma)

    monkeypatch.setattr(seats, "reference_hints", everywhere)
    promise = contract(hints=True, features=True, features_stride=8)
    return Colorizer(write_model(tmp_path / "matching.onnx", promise), "cpu", 1)


def test_a_model_with_hints_and_features_takes_colors_from_a_reference(matching: Colorizer) -> None:
    plain = ab(matching.colorize(GRAY)).mean(axis=(0, 1))
    like = ab(matching.colorize(GRAY, references=flat(-30, 30))).mean(axis=(0, 1))
    assert like[0] < plain[0] - 5
    assert like[1] > plain[1] + 5


def test_a_persons_hints_count_where_they_reach_and_the_reference_elsewhere(matching: Colorizer) -> None:
    sitting = matching.set_photo(GRAY)
    reference = References(flat(-30, 30))
    hint = [Hint.at(5, 20, {"a": 60, "b": -50}, radius=5)]
    own, like = sitting.predict(hint), sitting.predict(references=reference)
    both = sitting.predict(hint, references=reference)
    reached = np.hypot(*(own.chroma - sitting.predict().chroma).transpose(2, 0, 1)) > 5
    assert 0 < reached.sum() < reached.size / 3
    np.testing.assert_array_equal(both.chroma[reached], own.chroma[reached])
    far = np.s_[:, -4:]
    np.testing.assert_array_equal(both.chroma[far], like.chroma[far])
    assert (both.chroma[far] != own.chroma[far]).any()


def test_the_record_of_a_model_tells_references_and_hints(matching: Colorizer) -> None:
    sitting = matching.set_photo(GRAY)
    reference = References(flat(-30, 30))
    sitting.predict(GREEN, references=reference)
    stored = sitting.provenance().settings
    assert (stored["references"]["sha256"], stored["hints"]["count"]) == (reference.sha256, 1)
    assert "method" not in stored
    sitting.predict()
    assert not {"references", "hints"} & sitting.provenance().settings.keys()
