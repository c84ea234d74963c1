"""EfficientNet-Lite of timm's as networks here take it: trained well on CPUs, and exported for any size."""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

ENCODERS: Final = {0: "tf_efficientnet_lite0", 2: "tf_efficientnet_lite2"}
"""EfficientNet-Lite by its number, as timm calls it."""


class _Conv2d(nn.Conv2d):
    """A convolution with TensorFlow's 'same' padding, depthwise ones always in float32.

    timm computes that padding from the picture's size; for sides that are multiples of the stride it is
    constant. In bfloat16 the backward pass of depthwise convolutions with stride 2 takes ten times as long on
    CPUs (torch 2.6 to 2.15), and there is nothing to gain in so few products.
    """

    def forward(self, x: Tensor) -> Tensor:
        excess = self.kernel_size[0] - self.stride[0]
        x = functional.pad(x, (excess // 2, excess - excess // 2) * 2)
        if self.groups == 1:
            return super().forward(x)
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(x.float())


def replace_convolutions(module: nn.Module) -> None:
    """Replace timm's convolutions with stride or groups, in place, by `_Conv2d` with the same weights."""
    for name, child in module.named_children():
        if isinstance(child, nn.Conv2d) and (child.stride != (1, 1) or child.groups > 1):
            # torch types the sizes of a convolution that was made more loosely than those that it takes
            replacement = _Conv2d(
                child.in_channels,
                child.out_channels,
                child.kernel_size,  # type: ignore[arg-type]
                stride=child.stride,  # type: ignore[arg-type]
                groups=child.groups,
                bias=False,
            )
            replacement.weight = child.weight
            setattr(module, name, replacement)
        else:
            replace_convolutions(child)
