"""The report's third approach: U-Net generator and DCGAN discriminator."""

import pytest
import torch
from torch import nn

from tintype.nets.gan import Discriminator, UNet


def test_the_generator_halves_five_times_and_joins_what_it_saw_on_the_way_down() -> None:
    network = UNet(width=12)
    shapes: dict[str, tuple[int, ...]] = {}
    for name, part in network.named_children():
        part.register_forward_hook(
            lambda _part, given, output, name=name: shapes.update({name: (given[0].shape[1], *output.shape)})
        )
    network(torch.rand(2, 1, 64, 96) * 100)
    assert [shapes[f"down{n}"][-1] for n in range(1, 6)] == [48, 24, 12, 6, 3]
    assert [shapes[f"up{n}"][-1] for n in range(5, 0, -1)] == [6, 12, 24, 48, 96]
    for n in range(1, 5):
        joined = shapes[f"up{n + 1}"][2] + shapes[f"down{n}"][2]
        assert shapes[f"up{n}"][0] == joined


def test_kernels_are_4_by_4_with_stride_2_everywhere() -> None:
    for network in (UNet(width=12), Discriminator(64, width=12).stages):
        layers = [part for part in network.modules() if isinstance(part, nn.Conv2d | nn.ConvTranspose2d)]
        assert {(part.kernel_size, part.stride) for part in layers} == {((4, 4), (2, 2))}


@pytest.mark.parametrize("side", [32, 64, 96, 256])
@pytest.mark.parametrize("conditional", [False, True])
def test_the_discriminator_gives_one_number_a_picture(side: int, conditional: bool) -> None:
    judge = Discriminator(side, conditional, width=12)
    luma, chroma = torch.rand(2, 1, side, side) * 100, torch.rand(2, 2, side, side)
    assert judge(luma, chroma).shape == (2,)


def test_the_full_discriminator_is_dcgans() -> None:
    with torch.device("meta"):
        judge = Discriminator()
    channels = [part.out_channels for part in judge.modules() if isinstance(part, nn.Conv2d)]
    assert channels == [64, 128, 256, 512, 512, 512, 1]
    assert judge.last.kernel_size == (4, 4)


def test_only_a_conditional_discriminator_sees_the_gray_picture() -> None:
    chroma, luma = torch.rand(2, 2, 32, 32), torch.rand(2, 1, 32, 32) * 100
    for conditional in (False, True):
        torch.manual_seed(0)
        judge = Discriminator(32, conditional, width=12).eval()
        same = torch.equal(judge(luma, chroma), judge(100 - luma, chroma))
        assert same is not conditional
