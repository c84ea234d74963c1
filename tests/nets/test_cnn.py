"""The report's first network, row by row of its table."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from tintype.nets.cnn import ColorizationCNN

TABLE_ENCODER = [
    (64, 128, 2),
    (128, 128, 1),
    (128, 64, 2),
    (256, 64, 1),
    (256, 32, 2),
    (512, 32, 1),
    (256, 32, 1),
]
"""Channels, side and stride of conv 1 to conv 7 for a 256×256 picture."""

TABLE_DECODER = [
    ("conv", 128, 32),
    ("up", 128, 64),
    ("conv", 64, 64),
    ("up", 64, 128),
    ("conv", 32, 128),
    ("up", 32, 256),
    ("conv", 16, 256),
    ("conv", 2, 256),
]
"""Kind, channels and side of conv 8 to conv 12 and the up-samplings between."""


def layers(network: nn.Module) -> list[tuple[nn.Module, tuple[int, ...]]]:
    """The convolutions and up-samplings in the order in which they run, each with its output's shape."""
    seen: list[tuple[nn.Module, tuple[int, ...]]] = []

    def note(module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        seen.append((module, tuple(output.shape)))

    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Upsample):
            module.register_forward_hook(note)
    with torch.inference_mode():
        network(torch.rand(1, 1, 256, 256) * 100)
    return seen


@pytest.mark.parametrize("encoder_layers", [7, 8])
def test_every_row_of_the_reports_table_holds(encoder_layers: int) -> None:
    table = list(TABLE_ENCODER)
    if encoder_layers == 8:
        table.insert(6, (512, 32, 1))
    seen = layers(ColorizationCNN(encoder_layers))
    assert len(seen) == len(table) + len(TABLE_DECODER)
    for (module, shape), (channels, side, stride) in zip(seen, table, strict=False):
        assert isinstance(module, nn.Conv2d)
        assert module.stride == (stride, stride)
        assert shape == (1, channels, side, side)
    for (module, shape), (kind, channels, side) in zip(seen[len(table) :], TABLE_DECODER, strict=True):
        assert isinstance(module, nn.Conv2d if kind == "conv" else nn.Upsample)
        assert shape == (1, channels, side, side)


def test_kernels_are_3_by_3_with_padding_and_activations_are_relu_but_tanh_last() -> None:
    network = ColorizationCNN()
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    assert all(module.kernel_size == (3, 3) and module.padding == (1, 1) for module in convolutions)
    kinds = [type(module) for module in network.modules()]
    assert kinds.count(nn.ReLU) == len(convolutions) - 1
    assert kinds.count(nn.Tanh) == 1
    assert kinds[-1] is nn.Tanh
    forbidden = (nn.BatchNorm2d, nn.MaxPool2d)
    assert not any(isinstance(module, forbidden) for module in network.modules())


def test_the_number_of_parameters_is_that_of_the_table() -> None:
    channels = [1, 64, 128, 128, 256, 256, 512, 256, 128, 64, 32, 16, 2]
    expected = sum(9 * i * o + o for i, o in pairwise(channels))
    assert sum(p.numel() for p in ColorizationCNN().parameters()) == expected == 3_859_602


def test_a_pixel_sees_about_91_pixels() -> None:
    torch.manual_seed(0)
    network = ColorizationCNN()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
    luma = torch.full((1, 1, 192, 192), 60.0, requires_grad=True)
    network(luma)[0, 0, 96, 96].backward()
    assert luma.grad is not None
    seen = luma.grad[0, 0].abs().sum(dim=0).nonzero()
    assert 85 <= int(seen.max() - seen.min()) + 1 <= 99


def test_another_number_of_encoder_layers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"7 .* or 8"):
        ColorizationCNN(9)
