"""Hints: values, the JSON and the PNG form, and what a network gets of them."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor, ImageDraw

from tintype.color import srgb_to_lab
from tintype.errors import HintError
from tintype.hints import Hint, Hints, Painted, as_hints, painted, rasterize, read_hints
from tintype.hints.colors import css_names, parse_color

SIZE = (600, 400)
"""Width and height of the photograph in these tests."""


def as_json(*hints: dict[str, object], **changes: object) -> bytes:
    """A hint file."""
    return json.dumps({"version": 1, "hints": list(hints)} | changes).encode()


def ab_of(*rgb: int) -> np.ndarray:
    """a*b* of a color in RGB."""
    return srgb_to_lab(np.array(rgb) / 255)[1:]


def layer(size: tuple[int, int] = SIZE, mode: str = "RGBA") -> Image.Image:
    """A transparent picture."""
    return Image.new(mode, size, 0)


def as_png(image: Image.Image, **options: object) -> bytes:
    """A picture as PNG."""
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


# Colors


def test_the_names_are_those_that_pillow_has_from_css() -> None:
    theirs = {name: ImageColor.getrgb(name) for name in list(ImageColor.colormap)}
    assert {name: ImageColor.getrgb(code) for name, code in css_names().items()} == theirs


@pytest.mark.parametrize(
    "color",
    ["#d04030", "#D04030", " #d04030 ", (208, 64, 48), [208, 64, 48], np.array([208, 64, 48], np.uint8)],
)
def test_a_color_in_any_form_of_rgb_gives_the_same_ab(color: object) -> None:
    np.testing.assert_allclose(parse_color(color), ab_of(208, 64, 48), atol=1e-3)  # type: ignore[arg-type]


def test_short_codes_and_names_are_understood_in_any_case() -> None:
    assert parse_color("#d43") == parse_color("#dd4433")
    assert parse_color("Steel Blue") == parse_color("steelblue") == parse_color("#4682b4")


@pytest.mark.parametrize("color", [None, "gray", "black", "white", "#777", (9, 9, 9), {"a": 0, "b": 0}])
def test_gray_in_any_form_is_neutral(color: object) -> None:
    assert parse_color(color) == (0.0, 0.0)  # type: ignore[arg-type]


def test_ab_is_taken_as_it_is() -> None:
    assert parse_color({"a": 12.25, "b": -3}) == parse_color((12.25, -3)) == (12.25, -3.0)


@pytest.mark.parametrize(
    ("color", "message"),
    [
        ("navi", "did you mean 'navy'"),
        ("#12345", "is no color"),
        ("", "is no color"),
        ((1, 2, 256), "between 0 and 255"),
        ((1, 2, -1), "between 0 and 255"),
        ((1, 2, True), "between 0 and 255"),
        ((1, 2, 3, 4), "is no color"),
        (7, "is no color"),
        ({"a": 1}, "exactly the keys a and b"),
        ({"a": 1, "b": 2, "L": 3}, "exactly the keys a and b"),
        ({"a": "1", "b": 2}, "must be numbers"),
        ({"a": float("nan"), "b": 2}, "must be numbers"),
        ((129, 0), "between -128 and 128"),
    ],
)
def test_what_is_no_color_is_refused_with_what_would_be_one(color: object, message: str) -> None:
    with pytest.raises(HintError, match=message):
        parse_color(color)  # type: ignore[arg-type]


# Values


@pytest.mark.parametrize(
    "make",
    [
        lambda: Hint((), (0, 0)),
        lambda: Hint.stroke([], "red"),
        lambda: Hint.stroke([(1, 2, 3)], "red"),
        lambda: Hint.at(float("nan"), 1, "red"),
        lambda: Hint.at(1, 1, "red", radius=-1),
        lambda: Hint.at(1, 1, "red", radius=float("inf")),
        lambda: Hint(((1, 1),), (500, 0)),
    ],
)
def test_impossible_hints_cannot_be_made(make: object) -> None:
    with pytest.raises(HintError):
        make()  # type: ignore[operator]


def test_hints_are_values_that_compare_and_hash() -> None:
    assert Hint.at(1, 2, "red") == Hint.at(1.0, 2.0, "#ff0000")
    assert Hints((Hint.at(1, 2, "red"),)).sha256() == Hints((Hint.at(1.0, 2.0, "red"),)).sha256()
    assert Hints((Hint.at(1, 2, "red"),)).sha256() != Hints((Hint.at(1, 2, "blue"),)).sha256()


# JSON


def test_json_written_by_hand_is_read() -> None:
    data = as_json(
        {"at": [30, 40], "color": "#d04030"},
        {"stroke": [[0, 0], [600, 400.0]], "color": [208, 64, 48], "radius": 7},
        {"at": [1, 2], "color": None},
        {"at": [1, 2], "color": {"a": 5, "b": -6}, "radius": 0},
    )
    red = parse_color("#d04030")
    assert read_hints(data, *SIZE) == Hints(
        (
            Hint(((30.0, 40.0),), red),
            Hint(((0.0, 0.0), (600.0, 400.0)), red, 7),
            Hint(((1.0, 2.0),), (0.0, 0.0)),
            Hint(((1.0, 2.0),), (5.0, -6.0), 0),
        )
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Hint.at(5, 6, "red"), Hint.at(5, 6, "blue")),
        (Hint.at(5, 6, "red", 3), Hint.at(5, 6, "blue", 3)),
        (Hint.at(5, 6, "red", 3), Hint.at(5, 6, None, 4)),
        (Hint.at(5, 6, "red"), Hint.at(5, 6, "blue", 20)),
        (Hint.stroke([(5, 6), (7, 8), (9, 9)], "red"), Hint.stroke([(9, 9), (7, 8), (5, 6)], "blue")),
    ],
)
def test_two_colors_for_the_very_same_place_are_a_contradiction(first: Hint, second: Hint) -> None:
    hints = Hints((Hint.at(1, 1, "green"), first, Hint.at(2, 1, "green"), second))
    message = r"hints 2 and 4 contradict each other: both are at \(5, 6\).*; remove one of them"
    with pytest.raises(HintError, match=message):
        as_hints(hints, *SIZE)
    with pytest.raises(HintError, match=message):
        read_hints(hints.to_json(SIZE).encode(), *SIZE)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Hint.at(5, 6, "red"), Hint.at(5, 6, "red", 3)),
        (Hint.at(5, 6, "red", 3), Hint.at(5, 6, "blue", 2)),
        (Hint.at(5, 6, "red"), Hint.at(5, 6, "blue", 0.5)),
        (Hint.at(5, 6, "red"), Hint.at(5, 6.5, "blue")),
        (Hint.stroke([(5, 6), (9, 9)], "red"), Hint.at(5, 6, "blue")),
        (Hint.stroke([(5, 6), (9, 9)], "red"), Hint.stroke([(5, 6), (9, 10)], "blue")),
    ],
)
def test_hints_that_merely_overlap_are_no_contradiction(first: Hint, second: Hint) -> None:
    hints = Hints((first, second))
    assert as_hints(hints, *SIZE) == hints
    assert read_hints(hints.to_json().encode(), *SIZE) == hints


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"version": 1, "version": 1, "hints": []}', "the key 'version' twice in one object, with 1 and 1"),
        (
            '{"version": 1, "hints": [{"at": [1, 2], "color": null, "at": [3, 4]}]}',
            r"the key 'at' twice in one object, with \[1, 2\] and \[3, 4\]; keep one",
        ),
    ],
)
def test_a_key_that_comes_twice_is_refused_and_not_dropped(text: str, told: str) -> None:
    with pytest.raises(HintError, match=told):
        read_hints(text.encode(), *SIZE)


def test_hints_come_back_from_the_json_they_are_written_as() -> None:
    hints = Hints((Hint.at(1 / 3, 2, "tomato"), Hint.stroke([(5, 6), (7, 8.5), (1, 1)], "gray", 2.5)))
    assert read_hints(hints.to_json().encode(), *SIZE) == hints
    assert read_hints(hints.to_json(SIZE).encode(), *SIZE) == hints


def test_hints_of_a_smaller_copy_are_scaled_to_the_photograph() -> None:
    data = as_json({"stroke": [[30, 20], [60, 40]], "color": "red", "radius": 3}, size=[60, 40])
    assert read_hints(data, *SIZE).hints == (Hint.stroke([(300, 200), (600, 400)], "red", 30),)


def test_the_ratio_may_be_off_by_rounding(tmp_path: Path) -> None:
    for size in ([31, 21], [601, 400], [100, 67]):
        points = read_hints(as_json({"at": size, "color": "red"}, size=size), *SIZE).hints[0].points
        assert points == (SIZE,)


def test_a_file_is_read_by_its_path_and_named_when_something_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "my.json"
    path.write_text("\ufeff" + as_json({"at": [3, 4], "color": "red"}).decode(), encoding="utf-8")
    assert read_hints(path, *SIZE) == read_hints(str(path), *SIZE)
    assert as_hints(path, *SIZE).count == 1
    path.write_text("{}")
    with pytest.raises(HintError, match=r"my\.json: the key 'hints' is missing"):
        read_hints(path, *SIZE)
    with pytest.raises(HintError, match=r"cannot read the hints .*gone\.json .*check the path"):
        read_hints(tmp_path / "gone.json", *SIZE)


RED = {"at": [1, 1], "color": "red"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1, column 1"),
        (b'{"version": 1,\n "hints": [1 2]}', "line 2, column 14"),
        (b"\xff\xd8\xff\xe0", "neither a JSON nor a PNG"),
        (b"[" * 100_000, "absurd"),
        (b'{"version": 1, "hints": [' + b"9" * 5000 + b"]}", "absurd"),
        (b"[]", "must be an object"),
        (as_json(), "no hints"),
        (as_json(hints="red"), "no hints"),
        (as_json(RED, version=2), "version 2"),
        (as_json(RED, version=True), "version True"),
        (as_json(RED, sizes=[1, 2]), "no key 'sizes' .did you mean 'size'"),
        (as_json(RED, size=[600]), r'"size" must be \[width, height\]'),
        (as_json(RED, size=[600, -400]), r'"size" must be'),
        (as_json(RED, size=[600, 500]), "600×500 pixels, .*600×400; make it from the whole"),
        (as_json(RED, size=[400, 600]), "turn it upright"),
        (
            as_json(RED, {"at": [1, 1], "colour": "red"}),
            "hint 2: there is no key 'colour' .did you mean 'color'",
        ),
        (as_json({"at": [1, 1]}), "hint 1: the key 'color' is missing; add it; for gray write null"),
        (as_json(RED, "red"), "hint 2: it must be an object"),
        (as_json({"color": "red"}), 'hint 1: give either "at"'),
        (as_json({"at": [1, 1], "stroke": [[1, 1]], "color": "red"}), 'hint 1: give either "at"'),
        (as_json({"at": [1], "color": "red"}), "hint 1: a point must be two numbers"),
        (as_json({"at": ["1", 2], "color": "red"}), "hint 1: a point must be two numbers"),
        (as_json({"at": 5, "color": "red"}), "hint 1: write"),
        (as_json({"stroke": [1, 2], "color": "red"}), "hint 1: write"),
        (as_json({"stroke": [], "color": "red"}), "hint 1: .*at least one point"),
        (as_json({"at": [1, 1], "color": "rde"}), "hint 1: 'rde' is no color .did you mean 'red'"),
        (as_json({"at": [1, 1], "color": [1, 2]}), r"hint 1: a color in a list must be \[red, green, blue\]"),
        (as_json({"at": [1, 1], "color": "red", "radius": "3"}), "hint 1: a radius"),
        (as_json({"at": [1, 1], "color": "red", "radius": -3}), "hint 1: a radius"),
        (as_json(RED, {"at": [601, 5], "color": "red"}), r"hint 2 lies at \(601, 5\), outside .* 600×400"),
        (as_json({"stroke": [[1, 1], [-0.1, 1]], "color": "red"}), "hint 1 lies at"),
        (as_json({"at": [61, 5], "color": "red"}, size=[60, 40]), "outside the picture of 60×40"),
        (as_json({"at": [float("nan"), 5], "color": "red"}), "NaN"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(HintError, match=message) as caught:
        read_hints(data, *SIZE)
    assert "\n" not in str(caught.value)


def test_hints_that_a_program_gives_must_lie_in_the_photograph_too() -> None:
    assert as_hints([Hint.at(1, 2, "red")], *SIZE) == Hints((Hint.at(1, 2, "red"),))
    assert as_hints([], *SIZE) == Hints()
    with pytest.raises(HintError, match="hint 1 lies"):
        as_hints(Hints((Hint.at(700, 2, "red"),)), *SIZE)
    with pytest.raises(HintError, match="must be given as Hint values"):
        as_hints([(1, 2, "red")], *SIZE)  # type: ignore[list-item]


# Points and strokes on the network's grid


def test_a_dot_marks_the_cells_around_it_with_its_color() -> None:
    plane = rasterize(Hints((Hint.at(300, 200, {"a": 10, "b": -20}, radius=20),)), SIZE, (40, 60))
    y, x = np.mgrid[:40, :60] + 0.5
    inside = np.hypot(x - 30, y - 20) <= 2
    assert plane.dtype == np.float32
    np.testing.assert_array_equal(plane[..., 2], inside)
    np.testing.assert_array_equal(plane[..., 0], 10 * inside)
    np.testing.assert_array_equal(plane[..., 1], -20 * inside)


def test_a_stroke_is_as_wide_as_it_says_from_end_to_end() -> None:
    points = [(50, 50), (550, 150), (300, 380)]
    plane = rasterize(Hints((Hint.stroke(points, "red", radius=15),)), SIZE, (400, 600))
    assert (plane[..., 2] >= drawn(points, 13)).all()
    assert (plane[..., 2] <= drawn(points, 17)).all()


def drawn(points: list[tuple[int, int]], radius: int) -> np.ndarray:
    """Pillow's stroke with round ends, [400, 600], 0 or 1."""
    picture = Image.new("L", SIZE)
    draw = ImageDraw.Draw(picture)
    draw.line(points, fill=1, width=2 * radius)
    for x, y in points:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=1)
    return np.asarray(picture)


@pytest.mark.parametrize("shape", [(256, 384), (32, 32), (1, 1), (800, 1200)])
@pytest.mark.parametrize("radius", [0, None, 0.001, 50])
def test_every_hint_marks_at_least_one_cell_wherever_it_lies(
    shape: tuple[int, int], radius: float | None
) -> None:
    points = [(0, 0), (600, 400), (600, 0), (0, 400), (300, 200), (100, 100), (123.4, 271.8)]
    for x, y in points:
        mask = rasterize(Hints((Hint.at(x, y, "red", radius),)), SIZE, shape)[..., 2]
        assert mask.sum() >= 1
        row, column = min(int(y * shape[0] / 400), shape[0] - 1), min(int(x * shape[1] / 600), shape[1] - 1)
        assert mask[max(row - 1, 0) : row + 1, max(column - 1, 0) : column + 1].any()


def test_a_thin_stroke_has_no_gaps() -> None:
    mask = rasterize(Hints((Hint.stroke([(7, 3), (590, 333)], "red", 0),)), SIZE, (128, 192))[..., 2]
    assert mask[:, 3:188].any(axis=0).all()
    assert mask.sum() < 3 * 192


def test_the_later_hint_counts_where_two_overlap() -> None:
    below, above = (
        Hint.at(300, 200, (50, 0), radius=100),
        Hint.stroke([(0, 200), (600, 200)], (0, 50), radius=20),
    )
    first = rasterize(Hints((below, above)), SIZE, (40, 60))
    assert tuple(first[20, 30]) == (0, 50, 1)
    assert tuple(first[26, 30]) == (50, 0, 1)
    assert tuple(rasterize(Hints((above, below)), SIZE, (40, 60))[20, 30]) == (50, 0, 1)


def test_a_hint_that_names_no_radius_is_as_large_on_every_size_of_the_photograph() -> None:
    small = rasterize(Hints((Hint.at(300, 200, "red"),)), SIZE, (256, 384))
    large = rasterize(Hints((Hint.at(3000, 2000, "red"),)), (6000, 4000), (256, 384))
    np.testing.assert_array_equal(small, large)
    assert 4 <= small[..., 2].sum() <= 16


def test_hints_are_drawn_alike_however_many_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    hints = Hints(
        tuple(
            Hint.stroke(generator.uniform((0, 0), SIZE, (3, 2)), tuple(generator.uniform(-50, 50, 2)), 9)
            for _ in range(60)
        )
    )
    at_once = rasterize(hints, SIZE, (128, 192))
    monkeypatch.setattr("tintype.hints.raster.MOST_AT_ONCE", 300)
    np.testing.assert_array_equal(rasterize(hints, SIZE, (128, 192)), at_once)
    assert len(np.unique(at_once[..., 0])) > 30


def test_no_hints_mark_nothing() -> None:
    assert not rasterize(Hints(), SIZE, (32, 48)).any()


# Paintings


def test_a_painting_marks_what_is_opaque_with_its_color() -> None:
    image = layer()
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 100, 199, 199), fill=(208, 64, 48, 255))
    draw.rectangle((300, 0, 399, 99), fill=(119, 119, 119, 255))
    hints = read_hints(as_png(image), *SIZE)
    assert (hints.count, hints.hints) == (1, ())
    plane = rasterize(hints, SIZE, (40, 60))
    marked = np.zeros((40, 60))
    marked[10:20, 10:20] = marked[0:10, 30:40] = 1
    np.testing.assert_array_equal(plane[..., 2], marked)
    np.testing.assert_allclose(plane[10:20, 10:20, :2] - ab_of(208, 64, 48), 0, atol=0.01)
    np.testing.assert_allclose(plane[0:10, 30:40, :2], 0, atol=0.01)


def test_a_cell_that_is_partly_painted_has_the_mean_of_what_is_painted_alone() -> None:
    image = layer()
    image.putpixel((303, 205), (208, 64, 48, 255))
    image.putpixel((304, 205), (48, 64, 208, 255))
    image.putpixel((305, 205), (0, 255, 0, 10))
    plane = rasterize(read_hints(as_png(image), *SIZE), SIZE, (40, 60))
    assert plane[..., 2].sum() == 1
    np.testing.assert_allclose(plane[20, 30, :2], (ab_of(208, 64, 48) + ab_of(48, 64, 208)) / 2, atol=0.01)


def test_soft_edges_count_from_half_opaque_on() -> None:
    image = layer()
    for x in range(256):
        image.putpixel((x, 7), (208, 64, 48, x))
    hints = read_hints(as_png(image), *SIZE)
    assert hints.painted is not None
    assert hints.painted.pixels == 128


@pytest.mark.parametrize("size", [(60, 40), (75, 50), (1200, 800), (3, 2)])
@pytest.mark.parametrize("shape", [(40, 60), (64, 96), (7, 31)])
def test_a_painting_of_any_size_covers_the_same_part_of_the_photograph(
    size: tuple[int, int], shape: tuple[int, int]
) -> None:
    image = layer(size)
    left = size[0] // 3
    image.paste((208, 64, 48, 255), (0, 0, left, size[1]))
    mask = rasterize(read_hints(as_png(image), *SIZE), SIZE, shape)[..., 2]
    edge = left / size[0] * shape[1]
    assert mask[:, : int(edge)].all()
    assert not mask[:, int(np.ceil(edge)) :].any()


def test_a_large_painting_is_gathered_without_losing_thin_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted, "GRID_SIDE", 100)
    monkeypatch.setattr(painted, "STRIP", 5000)
    image = layer()
    ImageDraw.Draw(image).line([(0, 0), (599, 399)], fill=(208, 64, 48, 255))
    plane = rasterize(read_hints(as_png(image), *SIZE), SIZE, (40, 60))
    assert plane[..., 2].any(axis=0).all()
    np.testing.assert_allclose(plane[plane[..., 2] == 1][:, :2] - ab_of(208, 64, 48), 0, atol=0.01)


def test_all_kinds_of_png_with_transparency_are_read() -> None:
    image = layer()
    ImageDraw.Draw(image).rectangle((100, 100, 199, 199), fill=(208, 64, 48, 255))
    wanted = rasterize(read_hints(as_png(image), *SIZE), SIZE, (40, 60))
    palette = image.quantize(8)
    for data in (as_png(palette), sixteen_bits(image)):
        np.testing.assert_allclose(rasterize(read_hints(data, *SIZE), SIZE, (40, 60)), wanted, atol=0.1)
    gray = rasterize(read_hints(as_png(image.convert("LA")), *SIZE), SIZE, (40, 60))
    np.testing.assert_array_equal(gray[..., 2], wanted[..., 2])
    np.testing.assert_allclose(gray[..., :2], 0, atol=0.01)


def sixteen_bits(image: Image.Image) -> bytes:
    """A picture as PNG with 16 bits a sample."""
    import pyvips

    array = np.asarray(image).astype(np.uint16) * 257
    data: bytes = pyvips.Image.new_from_array(array).copy(interpretation="rgb16").pngsave_buffer()
    return data


def test_a_painting_is_turned_as_its_exif_says() -> None:
    image = layer((400, 600))
    image.paste((208, 64, 48, 255), (0, 0, 40, 60))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise: the upper left corner comes to the upper right
    mask = rasterize(read_hints(as_png(image, exif=exif), *SIZE), SIZE, (40, 60))[..., 2]
    assert mask[:4, 54:].all()
    assert mask.sum() == 24


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (as_png(Image.new("RGB", SIZE)), "no transparency; draw on a transparent layer"),
        (as_png(Image.new("L", SIZE)), "no transparency; draw on a transparent layer"),
        (as_png(layer()), "nothing is painted there; draw"),
        (as_png(Image.new("RGBA", SIZE, (9, 9, 9, 255))), "painted everywhere, as if the photograph"),
        (as_png(Image.linear_gradient("L").resize(SIZE).convert("RGBA"))[:500], "damaged PNG"),
        (b"\x89PNG\r\n\x1a\n", "damaged PNG"),
    ],
)
def test_a_png_that_says_nothing_clear_is_refused_with_what_to_do(data: bytes, message: str) -> None:
    with pytest.raises(HintError, match=message) as caught:
        read_hints(data, *SIZE)
    assert "\n" not in str(caught.value)


def test_a_painting_of_another_ratio_is_refused() -> None:
    image = layer((400, 600))
    image.putpixel((5, 5), (9, 9, 200, 255))
    with pytest.raises(HintError, match="turn it upright"):
        read_hints(as_png(image), *SIZE)
    with pytest.raises(HintError, match="from the whole photograph"):
        read_hints(as_png(image), 600, 600)


def test_a_huge_painting_is_refused_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted, "MAX_PIXELS", 1000)
    with pytest.raises(HintError, match="600×400 pixels; make it as large as the photograph"):
        read_hints(as_png(layer()), *SIZE)


def test_a_program_may_paint_an_array_and_set_points_over_it() -> None:
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[...] = (208, 64, 48, 255)
    hints = Hints((Hint.at(300, 200, (0, 50), 20),), Painted.from_rgba(rgba))
    plane = rasterize(as_hints(hints, *SIZE), SIZE, (40, 60))
    assert plane[..., 2].all()
    assert tuple(plane[20, 30]) == (0, 50, 1)
    np.testing.assert_allclose(plane[0, 0, :2], ab_of(208, 64, 48), atol=0.01)
    assert hints.count == 2
    with pytest.raises(HintError, match="cannot be written as JSON"):
        hints.to_json()
    with pytest.raises(HintError, match="must be an array"):
        Painted.from_rgba(rgba[..., :3])


def test_paintings_are_told_apart_by_their_hash() -> None:
    red, blue = (np.zeros((40, 60, 4), np.uint8) for _ in range(2))
    red[3, 4], blue[3, 4] = (255, 0, 0, 255), (0, 0, 255, 255)
    hashes = [Hints(painted=Painted.from_rgba(each)).sha256() for each in (red, red, blue)]
    assert hashes[0] == hashes[1] != hashes[2]
