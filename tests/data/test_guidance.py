"""Simulated hints say the truth, where and as often as promised."""

import numpy as np
import pytest
import torch

from tintype.data.guidance import LARGEST, simulate_hints


def test_a_hint_carries_the_mean_of_the_truth_under_it() -> None:
    chroma = torch.randn(40, 2, 48, 48) * 30
    hints = simulate_hints(chroma, 1.0, np.random.default_rng(0))
    lone = [picture for picture in range(40) if 0 < float(hints[picture, 2].sum()) <= LARGEST**2]
    checked = 0
    for picture in lone:
        rows, columns = torch.nonzero(hints[picture, 2], as_tuple=True)
        top, left, side = int(rows.min()), int(columns.min()), int(rows.max() - rows.min()) + 1
        if len(rows) != side**2 or int(columns.max()) - left + 1 != side:
            continue  # two squares
        square = (picture, slice(0, 2), slice(top, top + side), slice(left, left + side))
        assert torch.allclose(
            hints[square], chroma[square].mean(dim=(1, 2), keepdim=True).expand_as(hints[square])
        )
        checked += 1
    assert checked >= 2


def test_outside_of_hints_all_planes_are_zero_and_the_mask_is_0_or_1() -> None:
    hints = simulate_hints(torch.full((30, 2, 32, 32), 25.0), 0.5, np.random.default_rng(0))
    mask = hints[:, 2]
    assert set(mask.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(hints[:, 0], 25 * mask)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_share_of_pictures_with_hints(share: float) -> None:
    hints = simulate_hints(torch.ones(500, 2, 16, 16), share, np.random.default_rng(0))
    hinted = float((hints[:, 2].amax(dim=(1, 2)) > 0).float().mean())
    assert hinted == pytest.approx(share, abs=0.06)


def test_the_same_random_numbers_give_the_same_hints() -> None:
    chroma = torch.randn(8, 2, 32, 32)
    first, again = (simulate_hints(chroma, 0.5, np.random.default_rng(3)) for _ in range(2))
    assert torch.equal(first, again)
