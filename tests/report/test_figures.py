import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from report_samples import Outline, made_up

from tintype.errors import DataError
from tintype.evaluate.results import Results
from tintype.report import figures, style
from tintype.report.curves import loss_curves
from tintype.report.sheets import ERROR_TOP, error_map, jpeg, save, sheet, shrunk, with_scale

DRAW: dict[str, Callable[[Results], Figure]] = {
    "accuracy": figures.accuracy_bars,
    "distribution": figures.distribution,
    "trade-off": figures.trade_off,
    "kinds": figures.label_map,
}
HEAD = "step,epoch,kind,loss,rate,seconds\n"


@pytest.mark.parametrize("name", DRAW)
def test_figures_are_the_same_bytes_each_time(name: str, tmp_path: Path) -> None:
    for turn in ("a", "b"):
        style.save(DRAW[name](made_up()), tmp_path / turn)
    for suffix in ("png", "pdf"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width > 1000
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert b"CreationDate" not in (tmp_path / "a.pdf").read_bytes()


@pytest.mark.parametrize("name", DRAW)
def test_figures_take_results_in_which_much_is_missing(name: str) -> None:
    results = made_up()
    bare = [
        replace(entry, sum={"auc": entry.sum["auc"]}, pictures={"auc": [None] * 12})
        for entry in results.entries
    ]
    DRAW[name](replace(results, entries=bare, truth={})).draw_without_rendering()


def test_drawing_leaves_the_settings_of_matplotlib_alone() -> None:
    before = dict(matplotlib.rcParams)
    for draw in DRAW.values():
        draw(made_up())
    style.svg(Figure(), "x")
    assert dict(matplotlib.rcParams) == before


def test_accuracy_has_a_panel_for_each_epsilon_and_a_second_axis_as_printed() -> None:
    figure = figures.accuracy_bars(made_up())
    assert len(figure.axes) == 3
    panel = figure.axes[1]
    figure.draw_without_rendering()
    printed = panel.child_axes[0]
    assert np.allclose(np.array(printed.get_xlim()) * 2, panel.get_xlim())
    assert panel.patches[0].get_width() == pytest.approx(40.0)  # gray: 80 / 2


def test_a_drawing_on_a_page_has_ids_of_its_own_and_the_ink_of_the_page() -> None:
    first, second = (style.svg(figures.accuracy_bars(made_up()), name) for name in ("a", "b"))
    outline = Outline(first + second)
    assert len(outline.ids) == len(set(outline.ids))
    assert "http" not in first
    assert "currentColor" in first
    assert style.INK not in first
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', first))
    assert used
    assert used <= set(outline.ids)


def test_a_dollar_in_a_name_is_a_dollar() -> None:
    results = made_up()
    entries = [
        replace(entry, name=f"$a^$ {entry.name}", model=entry.model and "$b_$") for entry in results.entries
    ]
    for draw in DRAW.values():
        draw(replace(results, entries=entries)).draw_without_rendering()


def test_names_in_any_script_are_drawn_without_a_warning(tmp_path: Path) -> None:
    results = made_up()
    entries = [replace(entry, name=f"模型 {entry.name}") for entry in results.entries]
    style.save(figures.distribution(replace(results, entries=entries)), tmp_path / "any")
    assert "模" not in style.svg(figures.distribution(replace(results, entries=entries)), "x")


def write_curve(folder: Path, kinds: dict[str, list[float]]) -> Path:
    folder.mkdir(parents=True)
    rows = [
        f"{10 * step},0,{kind},{loss},0.001,1.0\n"
        for kind, losses in kinds.items()
        for step, loss in enumerate(losses, 1)
    ]
    (folder / "curve.csv").write_text(HEAD + "".join(rows))
    return folder


def test_the_curves_of_a_run_have_one_panel_and_those_of_a_game_two(tmp_path: Path) -> None:
    cnn = write_curve(tmp_path / "cnn", {"train": [3.0, 2.0], "validation": [2.5]})
    gan = write_curve(
        tmp_path / "gan", {"generator": [3.0, 2.0], "discriminator": [1.0], "validation": [0.1]}
    )
    alone = loss_curves({"cnn": cnn})
    assert [axes.get_visible() for axes in alone.axes] == [True]
    assert [line.get_label() for line in alone.axes[0].get_lines()] == ["train", "validation"]
    both = loss_curves({"cnn": cnn, "gan": gan})
    assert sum(axes.get_visible() for axes in both.axes) == 3
    many = loss_curves({str(number): gan for number in range(5)})
    assert sum(axes.get_visible() for axes in many.axes) == 10


def test_a_loss_that_falls_far_is_drawn_by_its_logarithm(tmp_path: Path) -> None:
    figure = loss_curves({"x": write_curve(tmp_path / "x", {"train": [5.0, 0.1]})})
    assert figure.axes[0].get_yscale() == "log"


@pytest.mark.parametrize(
    ("text", "message"), [(None, "no curve"), (HEAD, "no point"), ("a,b\n1,2\n", "not the curve")]
)
def test_a_run_without_a_curve_is_told(text: str | None, message: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "curve.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        loss_curves({"x": tmp_path})


def test_a_sheet_has_a_column_for_each_title_and_names_beside_its_rows() -> None:
    red, blue = (np.full((20, 20, 3), color, np.uint8) for color in ((255, 0, 0), (0, 0, 255)))
    picture = sheet([[red, blue], [blue, red]], ["one", "two"])
    assert picture.size == (20 + 6 + 20, 20 + 20 + 6 + 20)
    assert picture.getpixel((10, 30)) == (255, 0, 0)
    assert picture.getpixel((36, 30)) == (0, 0, 255)
    named = sheet([[red, blue]], ["a long title that is cut", "two"], names=["first"])
    assert named.width > picture.width
    assert with_scale(named, 20).height > named.height


def test_sheets_become_files_of_the_same_bytes(tmp_path: Path) -> None:
    picture = sheet([[np.zeros((20, 20, 3), np.uint8)]], ["x"])
    (tmp_path / "other").mkdir()
    first, second = save(picture, tmp_path / "a"), save(picture, tmp_path / "other" / "a")
    assert [path.suffix for path in first] == [".png", ".pdf"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_error_maps_are_lighter_the_larger_the_error() -> None:
    shown = error_map(np.array([[0.0, ERROR_TOP / 2, ERROR_TOP, 5 * ERROR_TOP]])).sum(axis=-1, dtype=int)[0]
    assert shown[0] < shown[1] < shown[2] == shown[3]


def test_pictures_are_shrunk_but_never_enlarged() -> None:
    picture = np.full((64, 64, 3), 200, np.uint8)
    assert shrunk(picture, 32).shape == (32, 32, 3)
    assert shrunk(picture, 32).min() == 200
    assert shrunk(picture, 128) is picture


def test_pictures_of_a_page_keep_their_colors() -> None:
    stripes = np.zeros((32, 32, 3), np.uint8)
    stripes[:, ::2], stripes[:, 1::2] = (200, 40, 40), (40, 40, 200)
    with Image.open(io.BytesIO(jpeg(stripes))) as read:
        difference = np.abs(np.asarray(read).astype(int) - stripes)
    assert difference.mean() < 12  # with half the chroma samples it is 56
