"""Iizuka 2016, row by row of its table, and how its branches hang together."""

import torch
from torch import Tensor, nn

from tintype.nets.iizuka import CLASSES, IizukaNet

LOW = [(64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1)]
MIDDLE = [(512, 1), (256, 1)]
AROUND = [(512, 2), (512, 1), (512, 2), (512, 1)]
COLOR = [(128, 1), (64, 1), (64, 1), (32, 1), (2, 1)]
"""Channels and stride of each part's convolutions (Table 1)."""


def network(**options: int) -> IizukaNet:
    torch.manual_seed(0)
    return IizukaNet(**{"width": 12, "global_size": 64} | options)


def luma(side: int = 64) -> Tensor:
    return torch.rand(2, 1, side, side, generator=torch.Generator().manual_seed(0)) * 100


def test_every_row_of_the_papers_table_holds() -> None:
    with torch.device("meta"):
        full = IizukaNet()
    for part, rows in ((full.low, LOW), (full.middle, MIDDLE), (full.around, AROUND), (full.color, COLOR)):
        layers = [layer for layer in part.modules() if isinstance(layer, nn.Conv2d)]
        assert [(layer.out_channels, layer.stride[0]) for layer in layers] == rows
        assert all(layer.kernel_size == (3, 3) for layer in layers)
    linear = [layer for layer in full.around.modules() if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [(512 * 7 * 7, 1024), (1024, 512)]
    assert full.vector[0].out_features == 256
    assert [full.classes[0][0].out_features, full.classes[1].out_features] == [256, CLASSES]
    assert full.fusion[0].in_channels == 512


def test_the_whole_picture_decides_about_each_place() -> None:
    net = network().eval()
    far = luma(128).clone()
    far[:, :, :32, :32] = 0
    with torch.inference_mode():
        changed = (net(far) - net(luma(128)))[..., -8:, -8:].abs().max()
        net.vector = nn.Sequential(nn.Flatten(), nn.Linear(61, 30))
        nn.init.zeros_(net.vector[1].weight)
        alone = (net(far) - net(luma(128)))[..., -8:, -8:].abs().max()
    assert changed > 0
    assert alone == 0


def test_colors_with_classes_are_the_same_as_without() -> None:
    net = network().eval()
    with torch.inference_mode():
        chroma_net, scores = net.with_classes(luma())
        assert torch.equal(chroma_net, net(luma()))
    assert scores.shape == (2, CLASSES)


def test_a_picture_of_the_global_size_is_seen_once_while_training_with_the_same_result() -> None:
    seen = []
    for threshold in (64, 0):
        net = network().train()
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        count = 0

        def note(*_of: object) -> None:
            nonlocal count
            count += 1

        net.low.register_forward_hook(note)
        if not threshold:
            net.eval()
        with torch.no_grad():
            seen.append(net(luma()))
        assert count == (1 if threshold else 2)
    assert torch.allclose(seen[0], seen[1], atol=1e-6)


def test_the_branch_for_classes_moves_the_shared_features_alone() -> None:
    net = network()
    net.with_classes(luma())[1].square().mean().backward()
    moved = {name.split(".")[0] for name, weight in net.named_parameters() if weight.grad is not None}
    assert moved == {"low", "around", "classes"}
