"""Hints carried to what looks alike: nothing without hints, their color in their place, not everywhere."""

import pytest
import torch
from torch import Tensor

from tintype.color import bins
from tintype.nets.spreading import FEATURES, HintSpread
from tintype.nets.tint import TintNet, hint_pyramid, mean_color

CENTERS = torch.tensor(bins.centers(), dtype=torch.float32)


def hints_at(height: int, width: int, *places: tuple[int, int, float, float]) -> Tensor:
    """Hints (1, 3, height, width) of 4×4 pixels at (row, column, a*, b*)."""
    hints = torch.zeros(1, 3, height, width)
    for row, column, a, b in places:
        hints[0, :, row : row + 4, column : column + 4] = torch.tensor([a, b, 1.0])[:, None, None]
    return hints


@pytest.fixture
def two_halves() -> tuple[HintSpread, Tensor]:
    """A spread that compares cells by their first two features, and features (1, 4, 16, 24) of a picture
    whose left and right half differ in them."""
    spread = HintSpread(4)
    with torch.no_grad():
        spread.features.weight.zero_()
        for index in range(2):
            spread.features.weight[index, index, 1, 1] = 1
    x = torch.zeros(1, 4, 16, 24)
    x[:, 0, :, :12] = 1
    x[:, 1, :, 12:] = 1
    return spread, x


def colors(spread: HintSpread, x: Tensor, hints: Tensor) -> Tensor:
    """a*b* (2, h, w) where nothing else is known."""
    with torch.inference_mode():
        return mean_color(spread(x, hint_pyramid(hints)[0]), CENTERS)[0]


def test_without_hints_nothing_is_added() -> None:
    added = HintSpread(8)(torch.randn(2, 8, 16, 24), torch.zeros(2, 4, 16, 24))
    assert torch.count_nonzero(added) == 0


def test_a_hint_colors_what_looks_like_its_place_and_nothing_else(
    two_halves: tuple[HintSpread, Tensor],
) -> None:
    given = colors(*two_halves, hints_at(64, 96, (20, 12, 60.0, 40.0)))
    none = colors(*two_halves, hints_at(64, 96))
    color = torch.tensor([60.0, 40.0])[:, None, None]
    assert float((given[:, :, :12] - color).norm(dim=0).max()) < 20
    assert float((given[:, :, 12:] - none[:, :, 12:]).norm(dim=0).max()) < 1


def test_two_hints_keep_their_sides_without_a_leak(two_halves: tuple[HintSpread, Tensor]) -> None:
    given = colors(*two_halves, hints_at(64, 96, (20, 12, 60.0, 40.0), (40, 72, -30.0, -40.0)))
    for half, color in ((given[:, :, :12], (60.0, 40.0)), (given[:, :, 12:], (-30.0, -40.0))):
        assert float((half - torch.tensor(color)[:, None, None]).norm(dim=0).max()) < 20


def test_of_two_hints_on_one_thing_the_nearer_counts_more(two_halves: tuple[HintSpread, Tensor]) -> None:
    given = colors(*two_halves, hints_at(64, 96, (0, 12, 60.0, 0.0), (60, 12, -60.0, 0.0)))
    assert given[0, 0, 3] > 40
    assert given[0, 15, 3] < -40


def test_a_hint_of_gray_makes_gray() -> None:
    torch.manual_seed(0)
    spread = HintSpread(4)
    x = torch.randn(1, 4, 16, 24)
    prior = torch.zeros(226)
    prior[int(CENTERS[:, 0].argmax())] = 4
    hints = hint_pyramid(hints_at(64, 96, (20, 12, 0.0, 0.0)))[0]
    with torch.inference_mode():
        logits = prior[None, :, None, None] + spread(x, hints)
        assert float(mean_color(logits, CENTERS)[0, :, 5, 3].norm()) < 5


def test_a_network_that_learned_nothing_honors_a_hint_in_its_place() -> None:
    torch.manual_seed(0)
    network = TintNet().eval()
    luma = torch.rand(1, 1, 128, 96) * 100
    with torch.inference_mode():
        given = mean_color(network(luma, hints_at(128, 96, (40, 48, 60.0, -30.0))), CENTERS)
    assert float((given[0, :, 10, 12] - torch.tensor([60.0, -30.0])).norm()) < 4


def test_cells_are_compared_by_directions_of_features() -> None:
    torch.manual_seed(0)
    spread = HintSpread(4)
    features = spread._comparable(torch.randn(2, 4, 8, 8))
    assert features.shape == (2, FEATURES, 8, 8)
    assert torch.allclose(features.norm(dim=1), torch.ones(2, 8, 8), atol=1e-4)
