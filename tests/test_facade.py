import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tintype
from tintype.engine import shared
from tintype.engine.colorizer import Colorizer


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Models of one test must not serve another."""
    shared._colorizer.cache_clear()
    yield
    shared._colorizer.cache_clear()


def test_importing_tintype_loads_nothing_else() -> None:
    script = (
        "import sys; before = set(sys.modules); import tintype; dir(tintype); tintype.__version__\n"
        "after = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(after - set(sys.stdlib_module_names)))"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert ended.stdout == "['tintype']\n"


def test_every_public_name_is_there() -> None:
    assert dir(tintype) == sorted(tintype.__all__)
    for name in tintype.__all__:
        assert getattr(tintype, name) is not None
    assert tintype.Colorizer is Colorizer


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'colour'"):
        tintype.colour  # type: ignore[attr-defined]  # noqa: B018


def test_colorize_gives_back_what_it_is_given(tiny_zoo: Path, tmp_path: Path) -> None:
    array = np.tile(np.arange(0, 240, 4, dtype=np.uint8), (40, 1))
    assert tintype.colorize(array, model="tiny").shape == (40, 60, 3)
    image = Image.fromarray(array)
    assert tintype.colorize(image, model="tiny").mode == "RGB"  # type: ignore[attr-defined]
    file = io.BytesIO()
    image.save(file, "PNG")
    assert isinstance(tintype.colorize(file.getvalue(), model="tiny"), bytes)
    path = tmp_path / "old.png"
    path.write_bytes(file.getvalue())
    assert tintype.colorize(path, model="tiny") == tmp_path / "old.color.png"


def test_a_model_is_loaded_once(tiny_zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[object, ...]] = []
    real = Colorizer.__init__

    def count(self: Colorizer, *arguments: object) -> None:
        made.append(arguments)
        real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Colorizer, "__init__", count)
    array = np.zeros((20, 30), np.uint8)
    for model, device in (
        ("tiny", "auto"),
        ("tiny", "auto"),
        ("tiny", "cpu"),
        (tiny_zoo / "tiny.onnx", "cpu"),
    ):
        tintype.colorize(array, model=model, device=device)
    assert len(made) == 3


def test_errors_can_be_caught_by_their_base() -> None:
    with pytest.raises(tintype.TintypeError):
        tintype.colorize("gone.jpg", model="nobody")


def test_models_are_listed(tiny_zoo: Path) -> None:
    assert "tiny" in [card.name for card in tintype.list_models()]
