"""How the distribution of a network is turned into one color: chosen on pictures, not by hand.

The most vivid decoding (vividness 1) shall be as colorful as photographs are, no more and no less. Zhang 2016
rebalances the loss and takes T = 0.38; here the network is trained without rebalancing, and rare colors are
favored when decoding, by the power β of their rarity. β is what is searched for, up to 1, which stands for
Zhang's loss; what is still lacking then, a gain of all colors gives: more of β makes them false rather than
strong.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tintype import metrics
from tintype.color import bins, enlarge, lab_to_srgb, reduce_chroma
from tintype.data import PictureSet, open_dataset
from tintype.data.batches import cut_center, to_lab
from tintype.errors import ConfigError, TrainingError
from tintype.nets import NETWORKS
from tintype.nets.tint import BINS, Decoding
from tintype.train.config import TrainConfig
from tintype.train.folder import read_weights

FloatArray = NDArray[np.float64]

STRONGEST: Final = 1.0
"""Largest power of rarity that is tried."""
LARGEST_GAIN: Final = 4.0
"""Largest gain that is tried."""
ROUNDS: Final = 7
"""Halvings of the interval in which a number is searched: to 0.008."""


@dataclass(frozen=True)
class Calibration:
    """How a distribution becomes a color at vividness 1; at 0 it is always the plain mean."""

    temperature: float = bins.TEMPERATURE
    """T of the annealed mean."""
    rarity: float = 0.0
    """Power of the rarity weights, β."""
    gain: float = 1.0
    """What the mean is multiplied with where the distribution is uniform; see `Decoding`."""
    shares: tuple[float, ...] = field(default=(1 / BINS,) * BINS, repr=False)
    """How often each bin occurs in photographs."""

    def log_weights(self) -> FloatArray:
        """Logarithms of the rarity weights, [226]."""
        return np.log(bins.rarity_weights(np.asarray(self.shares)))

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def calibrate_run(run: Path, pictures: Path, side: int | None = None) -> Calibration:
    """`calibrate` for the weights of a run, at its network's working size unless `side` is given.

    Raises `ConfigError` when the network has nothing to calibrate, `TrainingError` and `DataError` when run
    or pictures cannot be read.
    """
    config, network = load_network(run)
    spec = NETWORKS[config.network]
    if not (spec.distribution and spec.hints):
        raise ConfigError(f"the network {config.network} gives one color only; leave the calibration out")
    return calibrate(network, open_dataset(pictures), side or spec.working_size)


def load_network(run: Path) -> tuple[TrainConfig, nn.Module]:
    """The settings and the network, in eval mode, of a run folder or a checkpoint.

    Raises `TrainingError` when there is no whole checkpoint.
    """
    config, weights = read_weights(run)
    network = NETWORKS[config.network].make(config.options)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise TrainingError(
            f"{run} holds other weights than its settings say; take another checkpoint"
        ) from error
    return config, network.eval()


@dataclass(frozen=True)
class _Example:
    """One picture with what the network says of it."""

    luma: Tensor
    """L* (1, 1, H, W)."""
    logits: Tensor
    """(1, 226, h, w)."""


def calibrate(
    network: nn.Module, pictures: PictureSet, side: int, *, limit: int = 128, temperature: float | None = None
) -> Calibration:
    """Find the power of rarity, and if need be the gain, at which colors are as strong as the pictures' own,
    on average.

    `network` maps L* and hints to logits over the bins and is in evaluation mode. Of `pictures` so many as
    `limit` are taken, evenly spread, as squares of `side` pixels. `temperature` is Zhang's 0.38 unless given.

    Raises `ConfigError` when there are no pictures.
    """
    if len(pictures) == 0 or limit < 1:
        raise ConfigError("calibration needs at least one picture; give more")
    temperature = bins.TEMPERATURE if temperature is None else temperature
    numbers = np.unique(np.linspace(0, len(pictures) - 1, min(limit, len(pictures))).round().astype(int))
    shares = np.zeros(BINS)
    truth = 0.0
    examples = []
    for number in numbers:
        square = cut_center(pictures[int(number)], side)[None]  # (1, 3, H, W)
        luma, chroma = to_lab(square)
        shares += _shares(chroma)
        truth += metrics.colorfulness(square[0].permute(1, 2, 0).numpy())
        examples.append(_Example(luma, _logits(network, luma)))
    shares /= shares.sum()
    plain = Calibration(temperature, 0.0, shares=tuple(shares.tolist()))

    def too_gray(tried: Calibration) -> bool:
        return sum(_colorfulness(example, tried) for example in examples) < truth

    rarest = replace(plain, rarity=STRONGEST)
    if not too_gray(rarest):
        return replace(plain, rarity=_boundary(lambda x: too_gray(replace(plain, rarity=x)), 0.0, STRONGEST))
    return replace(rarest, gain=_boundary(lambda x: too_gray(replace(rarest, gain=x)), 1.0, LARGEST_GAIN))


def _boundary(too_low: Callable[[float], bool], low: float, high: float) -> float:
    """The number between `low` and `high` at which `too_low` turns false."""
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if too_low(middle) else (low, middle)
    return (low + high) / 2


def _shares(chroma: Tensor) -> FloatArray:
    """How much of a picture's a*b* (1, 2, H, W) falls to each bin, [226]."""
    indices, weights = bins.encode(chroma, axis=1)
    counted = np.bincount(indices.flatten().numpy(), weights.flatten().numpy(), minlength=BINS)
    return np.asarray(counted, dtype=np.float64)


@torch.inference_mode()
def _logits(network: nn.Module, luma: Tensor) -> Tensor:
    none = luma.new_zeros((1, 3, *luma.shape[-2:]))
    logits: Tensor = network(luma, none)
    return logits


@torch.inference_mode()
def _colorfulness(example: _Example, calibration: Calibration) -> float:
    """Colorfulness of the picture in the most vivid decoding."""
    weights = torch.tensor(calibration.log_weights(), dtype=torch.float32)
    decoding = Decoding(calibration.temperature, calibration.rarity, weights, calibration.gain)
    small = decoding(example.logits, torch.ones(1))[0].permute(1, 2, 0).numpy()
    lightness = example.luma[0, 0].numpy()[..., None]
    lab = np.concatenate([lightness, enlarge(small, lightness.shape[:2])], axis=-1)
    rgb = lab_to_srgb(reduce_chroma(lab)).clip(0, 1)
    return metrics.colorfulness(np.round(255 * rgb).astype(np.uint8))
