"""A network of the size of Zhang et al. 2017, with random weights, to hold the time of others against.

*Real-Time User-Guided Image Colorization with Learned Deep Priors*, section 3.3 and figure 2: a U-Net of ten
blocks of 3x3 convolutions. Blocks 1 to 4 halve the sides and double the channels, 64 to 512; blocks 5 and 6
keep them and are dilated instead; 7 to 10 come back, each with a shortcut from the block of its size. Every
block ends in batch normalisation. 34 million parameters. Its colors mean nothing, its time does.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tintype.contract import INPUT_LUMA, OUTPUT_CHROMA, Contract

CHANNELS = 64
"""Of the first block, as in the paper; the eighth part of the widest."""
MULTIPLE = 8
SIDE = 256
"""Pixels of the pictures that it was made for."""
OPSET = 18
NAME = "SIGGRAPH-17-sized"
SLOPE = 0.2
"""Of the last leaky ReLU below 0."""


def block(inputs: int, outputs: int, convolutions: int, dilation: int = 1) -> nn.Sequential:
    """So many 3x3 convolutions, each with ReLU, and batch normalisation."""
    layers: list[nn.Module] = []
    for number in range(convolutions):
        taken = outputs if number else inputs
        layers += [nn.Conv2d(taken, outputs, 3, padding=dilation, dilation=dilation), nn.ReLU()]
    return nn.Sequential(*layers, nn.BatchNorm2d(outputs))


class Rise(nn.Module):
    """Twice the size and half the channels, a shortcut added, and convolutions."""

    def __init__(self, inputs: int, outputs: int, shortcut: int, convolutions: int) -> None:
        super().__init__()
        self.enlarge = nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1)
        self.shortcut = nn.Conv2d(shortcut, outputs, 3, padding=1)
        layers: list[nn.Module] = []
        for _ in range(convolutions):
            layers += [nn.ReLU(), nn.Conv2d(outputs, outputs, 3, padding=1)]
        self.convolutions = nn.Sequential(*layers)

    def forward(self, deep: Tensor, across: Tensor) -> Tensor:
        """(B, inputs, H, W) and (B, shortcut, 2H, 2W) to (B, outputs, 2H, 2W)."""
        risen: Tensor = self.convolutions(self.enlarge(deep) + self.shortcut(across))
        return risen


class UNet(nn.Module):
    """Lightness in, a*b* out, at full size."""

    def __init__(self, channels: int = CHANNELS) -> None:
        super().__init__()
        c = channels
        self.block1 = block(4, c, 2)
        self.block2 = block(c, 2 * c, 2)
        self.block3 = block(2 * c, 4 * c, 3)
        self.block4 = block(4 * c, 8 * c, 3)
        self.block5 = block(8 * c, 8 * c, 3, dilation=2)
        self.block6 = block(8 * c, 8 * c, 3, dilation=2)
        self.block7 = block(8 * c, 8 * c, 3)
        self.block8 = Rise(8 * c, 4 * c, 4 * c, 2)
        self.normal8 = nn.Sequential(nn.ReLU(), nn.BatchNorm2d(4 * c))
        self.block9 = Rise(4 * c, 2 * c, 2 * c, 1)
        self.normal9 = nn.Sequential(nn.ReLU(), nn.BatchNorm2d(2 * c))
        self.block10 = Rise(2 * c, 2 * c, c, 1)
        self.last = nn.Conv2d(2 * c, 2, 1)

    def forward(self, luma: Tensor) -> Tensor:
        """L* (B, 1, H, W) to a*b* (B, 2, H, W), hints being zeros; sides are multiples of 8."""
        nothing = torch.zeros_like(luma).expand(-1, 3, -1, -1)
        x1 = self.block1(torch.cat([luma / 100 - 0.5, nothing], dim=1))  # (B, c, H, W)
        x2 = self.block2(x1[:, :, ::2, ::2])  # (B, 2c, H/2, W/2)
        x3 = self.block3(x2[:, :, ::2, ::2])  # (B, 4c, H/4, W/4)
        x4 = self.block4(x3[:, :, ::2, ::2])  # (B, 8c, H/8, W/8)
        x7 = self.block7(self.block6(self.block5(x4)))  # (B, 8c, H/8, W/8)
        x8 = self.normal8(self.block8(x7, x3))  # (B, 4c, H/4, W/4)
        x9 = self.normal9(self.block9(x8, x2))  # (B, 2c, H/2, W/2)
        x10 = functional.leaky_relu(self.block10(x9, x1), SLOPE)  # (B, 2c, H, W)
        return torch.tanh(self.last(x10)) * 110


def parameters(channels: int = CHANNELS) -> int:
    """How many numbers are learned."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in UNet(channels).parameters())


def write(path: Path, channels: int = CHANNELS) -> Contract:
    """Write the network with random weights as an ONNX model that keeps the contract."""
    torch.manual_seed(0)
    network = UNet(channels).eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(module.weight)  # so that values neither vanish nor grow
    import onnx

    contract = Contract(NAME, working_size=SIDE, multiple=MULTIPLE, chroma_stride=1)
    count = torch.export.Dim("pictures", min=1, max=64)
    height, width = (MULTIPLE * torch.export.Dim(name, min=2, max=256) for name in ("height", "width"))
    program = torch.onnx.export(
        network,
        (torch.rand(2, 1, 64, 72) * 100,),
        input_names=[INPUT_LUMA],
        output_names=[OUTPUT_CHROMA],
        dynamic_shapes=({0: count, 2: height, 3: width},),
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    assert program is not None  # as it is with dynamo
    model = program.model_proto
    onnx.helper.set_model_props(model, contract.to_metadata())
    onnx.save(model, str(path))
    return contract
