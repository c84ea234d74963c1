"""What every registered network must keep; a new one is tested by being registered."""

import pytest
import torch
from torch import Tensor, nn

from tintype.nets import NETWORKS, Network
from tintype.nets.tint import BINS

EVERY = pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS.keys())
BESIDE = {"classes"}
"""Parts that no color comes from: Iizuka's branch for classes."""
QUICK: dict[str, int | str] = {"classifier": "test_efficientnet", "classifier_size": 64}
"""A small classifier of timm's, where a network has one; Inception would take seconds for each picture."""


def make(spec: Network, **options: int | str) -> nn.Module:
    """The network with its defaults, but for `QUICK` and these options."""
    return spec.make({name: value for name, value in QUICK.items() if name in spec.options} | options)


def inputs(spec: Network, count: int, height: int, width: int) -> tuple[Tensor, ...]:
    """Random L* and, for networks that take them, hints on every second pixel."""
    luma = torch.rand(count, 1, height, width) * 100
    if not spec.hints:
        return (luma,)
    mask = (torch.rand(count, 1, height, width) < 0.5).float()
    return luma, torch.cat([(torch.rand(count, 2, height, width) * 80 - 40) * mask, mask], dim=1)


@EVERY
@pytest.mark.parametrize("stretch", [(2, 3), (5, 2)])
def test_the_output_has_the_promised_size_and_range(spec: Network, stretch: tuple[int, int]) -> None:
    torch.manual_seed(0)
    height, width = (spec.multiple * factor for factor in stretch)
    with torch.inference_mode():
        output = make(spec).eval()(*inputs(spec, 3, height, width))
    channels = BINS if spec.distribution else 2
    assert output.shape == (3, channels, height // spec.chroma_stride, width // spec.chroma_stride)
    assert bool(output.isfinite().all())
    assert spec.distribution or float(output.abs().max()) <= 1


@EVERY
def test_every_option_builds_a_network(spec: Network) -> None:
    for name, values in spec.options.items():
        for value in values:
            assert spec.allows(name, value)
            with torch.device("meta"):  # without the time that random weights take
                assert isinstance(make(spec, **{name: value}), nn.Module)


@EVERY
def test_the_working_size_is_a_multiple(spec: Network) -> None:
    assert spec.working_size % spec.multiple == 0
    assert spec.multiple % spec.chroma_stride == 0


@EVERY
def test_fresh_weights_neither_die_nor_saturate(spec: Network) -> None:
    torch.manual_seed(0)
    network = make(spec)
    side = spec.working_size
    output = network(*inputs(spec, 2, side, side))
    assert float(output.detach().std()) > 1e-4
    assert spec.distribution or float(output.detach().abs().max()) < 0.9
    output.square().mean().backward()
    gradients = {name: weight.grad for name, weight in network.named_parameters() if weight.requires_grad}
    still = [name for name, gradient in gradients.items() if gradient is None or not bool(gradient.any())]
    assert {name.split(".")[0] for name in still} <= BESIDE
