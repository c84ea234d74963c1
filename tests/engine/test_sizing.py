import math

import pytest

from tintype.engine.sizing import working_shape


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (256, 256, (256, 256)),
        (6000, 4000, (208, 320)),
        (4000, 6000, (320, 208)),
        (1, 1, (256, 256)),
        (30000, 30000, (256, 256)),
    ],
)
def test_known_sizes_have_known_shapes(width: int, height: int, expected: tuple[int, int]) -> None:
    assert working_shape(width, height, 256, 16) == expected


@pytest.mark.parametrize("multiple", [8, 16, 32])
@pytest.mark.parametrize("ratio", [0.1, 0.25, 0.5, 0.66, 1.0, 1.33, 1.5, 1.78, 2.4, 6.0, 16.0])
def test_ratio_and_area_are_kept_as_far_as_rounding_lets_them(ratio: float, multiple: int) -> None:
    height, width = working_shape(round(1000 * ratio), 1000, 256, multiple)
    assert height % multiple == width % multiple == 0
    sides = (256 / math.sqrt(ratio), 256 * math.sqrt(ratio))
    assert abs(height - sides[0]) <= max(multiple / 2, multiple - sides[0])
    assert abs(width - sides[1]) <= max(multiple / 2, multiple - sides[1])


@pytest.mark.parametrize(("width", "height"), [(100_000, 10), (10, 100_000), (65_535, 1), (1, 65_535)])
def test_no_side_of_an_extreme_panorama_grows_without_bound(width: int, height: int) -> None:
    shape = working_shape(width, height, 256, 16)
    assert max(shape) == 1024
    assert min(shape) == 64
    assert (shape[1] > shape[0]) == (width > height)


def test_the_shape_does_not_depend_on_how_large_the_photograph_is() -> None:
    assert working_shape(600, 400, 256, 16) == working_shape(6000, 4000, 256, 16)
