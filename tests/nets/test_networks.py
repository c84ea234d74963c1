"""What every registered network must keep; a new one is tested by being registered."""

import pytest
import torch
from torch import nn

from tintype.nets import NETWORKS, Network

EVERY = pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS.keys())


@EVERY
@pytest.mark.parametrize("stretch", [(2, 3), (5, 2)])
def test_chroma_has_the_promised_size_and_range(spec: Network, stretch: tuple[int, int]) -> None:
    torch.manual_seed(0)
    height, width = (spec.multiple * factor for factor in stretch)
    with torch.inference_mode():
        chroma_net = spec.make({}).eval()(torch.rand(3, 1, height, width) * 100)
    assert chroma_net.shape == (3, 2, height // spec.chroma_stride, width // spec.chroma_stride)
    assert float(chroma_net.abs().max()) <= 1


@EVERY
def test_every_option_builds_a_network(spec: Network) -> None:
    for name, values in spec.options.items():
        for value in values:
            assert isinstance(spec.make({name: value}), nn.Module)


@EVERY
def test_the_working_size_is_a_multiple(spec: Network) -> None:
    assert spec.working_size % spec.multiple == 0
    assert spec.multiple % spec.chroma_stride == 0


@EVERY
def test_fresh_weights_neither_die_nor_saturate(spec: Network) -> None:
    torch.manual_seed(0)
    network = spec.make({})
    side = spec.working_size
    chroma_net = network(torch.rand(2, 1, side, side) * 100)
    assert float(chroma_net.detach().std()) > 1e-4
    assert float(chroma_net.detach().abs().max()) < 0.9
    chroma_net.square().mean().backward()
    gradients = [parameter.grad for parameter in network.parameters()]
    assert all(gradient is not None and bool((gradient != 0).any()) for gradient in gradients)
