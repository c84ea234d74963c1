"""What `make demo` shows: the examples in color, by the model in the package."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvips
from command_runs import Ended, files

from tintype.engine.naming import FORMAT_OF_SUFFIX
from tintype.photo import Photo
from tintype.zoo import list_models

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = [path.name for path in sorted(EXAMPLES.iterdir()) if path.suffix in FORMAT_OF_SUFFIX]


@pytest.mark.parametrize("model", [card.name for card in list_models()])
def test_every_bundled_model_colors_every_example(
    tintype: Callable[..., Ended], tmp_path: Path, model: str
) -> None:
    ended = tintype("colorize", EXAMPLES, "-o", tmp_path / "out", "--model", model)
    assert ended.code == 0, ended.err
    assert files(tmp_path / "out") == NAMES
    for name in NAMES:
        old, new = Photo.open(EXAMPLES / name), Photo.open(tmp_path / "out" / name)
        assert (new.width, new.height, new.format) == (old.width, old.height, old.format)
        assert (new.bit_depth, new.has_alpha) == (old.bit_depth, old.has_alpha)
        assert share_of_color(tmp_path / "out" / name) > 0.01


def share_of_color(path: Path) -> float:
    """Share of pixels whose channels differ by more than 2 % of white."""
    rgb = pyvips.Image.new_from_file(str(path)).extract_band(0, n=3).numpy()
    return float((np.ptp(rgb.astype(float), axis=-1) > 0.02 * np.iinfo(rgb.dtype).max).mean())
