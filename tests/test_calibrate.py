"""Calibration: the most vivid decoding becomes as colorful as the photographs, by measuring."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tintype import metrics
from tintype.calibrate import LARGEST_GAIN, STRONGEST, Calibration, calibrate, calibrate_run
from tintype.color import bins
from tintype.errors import ConfigError
from tintype.nets import NETWORKS
from tintype.train import checkpoint
from tintype.train.config import TrainConfig
from training_pictures import write_folder


class Undecided(nn.Module):
    """Says everywhere: gray most likely, one strong red possible."""

    def __init__(self, gray: float) -> None:
        super().__init__()
        centers = torch.tensor(bins.centers(), dtype=torch.float32)
        self.logits = torch.full((226,), -20.0)
        self.logits[int(centers.norm(dim=1).argmin())] = gray
        self.logits[int((centers - torch.tensor([60.0, 40.0])).norm(dim=1).argmin())] = 0

    def forward(self, luma: Tensor, hints: Tensor) -> Tensor:
        assert not hints.any()
        size = (len(luma), 226, luma.shape[2] // 4, luma.shape[3] // 4)
        return self.logits[None, :, None, None].expand(size)


class Photographs:
    """Pictures of a gray and a red half, as many of one as of the other."""

    content_hash = "test"

    def __len__(self) -> int:
        return 3

    def __getitem__(self, number: int) -> np.ndarray:
        picture = np.full((64, 64, 3), 120, np.uint8)
        picture[:, 32:] = (150, 90, 90)
        return picture


def test_a_network_that_is_too_gray_is_made_more_vivid_by_rarity() -> None:
    found = calibrate(Undecided(gray=0.5), Photographs(), 64)
    assert 0.05 < found.rarity < STRONGEST - 0.05
    assert found.temperature == bins.TEMPERATURE
    assert sum(found.shares) == pytest.approx(1)


def test_a_network_that_is_vivid_enough_gets_no_rarity() -> None:
    assert calibrate(Undecided(gray=-9.0), Photographs(), 64).rarity < 0.05


def test_more_colorful_photographs_ask_for_more_rarity() -> None:
    class Pale(Photographs):
        def __getitem__(self, number: int) -> np.ndarray:
            vivid = super().__getitem__(number).astype(float)
            return (vivid.mean(axis=2, keepdims=True) * 0.5 + vivid * 0.5).astype(np.uint8)

    assert metrics.colorfulness(Pale()[0]) < metrics.colorfulness(Photographs()[0])
    network = Undecided(gray=0.5)
    assert calibrate(network, Pale(), 64).rarity < calibrate(network, Photographs(), 64).rarity


def test_a_network_that_stays_too_gray_gets_a_gain() -> None:
    found = calibrate(Undecided(gray=6.0), Photographs(), 64)
    assert found.rarity == STRONGEST
    assert 1.05 < found.gain <= LARGEST_GAIN
    assert calibrate(Undecided(gray=0.5), Photographs(), 64).gain == 1


def test_shares_count_the_photographs_colors() -> None:
    shares = np.array(calibrate(Undecided(gray=1.0), Photographs(), 64).shares)
    gray = int(np.linalg.norm(bins.centers(), axis=1).argmin())
    assert 0.1 < shares[gray] < 0.5
    assert (shares > 0.001).sum() < 20


def test_rare_bins_weigh_more() -> None:
    shares = np.full(226, 0.1 / 225)
    shares[100] = 0.9
    weights = Calibration(0.38, 1.0, shares=tuple(shares)).log_weights()
    assert weights[100] == weights.min()
    assert weights.max() > weights.min() + 1


def test_calibration_without_pictures_or_without_a_distribution_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least one picture"):
        calibrate(Undecided(1.0), Photographs(), 64, limit=0)
    weights = checkpoint.under("network", NETWORKS["cnn"].make({}).state_dict())
    checkpoint.save(tmp_path / "last.safetensors", weights, {"config": TrainConfig().to_dict()})
    with pytest.raises(ConfigError, match="one color only"):
        calibrate_run(tmp_path, write_folder(tmp_path / "pictures", 2))
