"""Cheng, Yang and Sheng 2015, "Deep colorization": a small network for every pixel, from hand-made features.

Each pixel is described by three kinds of numbers (section 3.2): the 7×7 pixels of luminance around it, the 32
numbers by which DAISY tells the edges there (`tintype.nets.daisy`), and what a network trained to recognize
things sees at its place. A network of three hidden layers, each about half as wide as the input, makes U and
V of them. Its errors follow no edges, so a joint bilateral filter guided by Y smooths them (section 3.3):

    Û(p) = Σ_q w_pq U(q) / Σ_q w_pq,   w_pq = exp(−|p − q|² / 2σ_s² − (Y(p) − Y(q))² / 2σ_r²)

It is trained on single pixels (equation 1: the sum of ‖F(x_p) − c_p‖² over sampled pixels p); `at` colors
those, `forward` the whole picture.

What differs from the paper:

- The semantic features are 112 numbers of a frozen EfficientNet-Lite0 at 1/16, as ImageNet made it, enlarged
  bilinearly; the paper has the scores of a fully convolutional network for 47 categories of scene parts.
- There is one network for all photographs. The paper groups its 2688 pictures by a global descriptor
  and trains one network for each group (section 3.4).
- Training photographs are not sorted by hand; Adam trains it.
- U and V are turned into a*b* by way of sRGB with Y from L* alone; what falls out of sRGB is clipped.
"""

from typing import Any, Final

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from tintype.color import linear_to_srgb, srgb_to_lab, yuv_to_rgb
from tintype.color.lab import inverse_f
from tintype.nets.cnn import initialize_relu
from tintype.nets.daisy import NUMBERS, Daisy
from tintype.nets.lite import ENCODERS, replace_convolutions
from tintype.nets.scale import chroma_to_net

PATCH: Final = 7
"""Side of the square of luminance that a pixel is described by (section 3.2)."""
TRUNK_STAGES: Final = 5
"""Stages of EfficientNet-Lite0 up to 1/16; those after it are two thirds of its weights."""
SEMANTIC: Final = 112
"""Channels of the last of them."""
SEMANTIC_SPREAD: Final = 5.7
"""Their deviation over photographs; the network sees them in this unit."""
INPUTS: Final = PATCH * PATCH + NUMBERS + SEMANTIC
"""Numbers that describe a pixel: 193."""
SPREAD: Final = 0.25
"""Deviation of Y over photographs, about; the network sees its patch in this unit."""
WINDOW: Final = 7
"""Places of the bilateral filter in each direction."""
DILATION: Final = 2
"""Pixels between two of them: the filter reaches 6 pixels."""
SIGMA_SPACE: Final = 3.0
"""σ_s in pixels."""
SIGMA_RANGE: Final = 0.1
"""σ_r in units of Y."""


class ChengNet(nn.Module):
    """L* to chroma. `hidden` is the width of each hidden layer."""

    def __init__(self, hidden: int = 96) -> None:
        super().__init__()
        self.trunk = Trunk()
        self.daisy = Daisy()
        self.patch = Neighbors(PATCH)
        self.filter = JointBilateral(WINDOW, DILATION, SIGMA_SPACE, SIGMA_RANGE)
        self.layers = nn.Sequential(  # (B, 193, …)
            nn.Conv2d(INPUTS, hidden, kernel_size=1),  # (B, 96, …)
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, hidden, kernel_size=1),  # (B, 96, …)
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, hidden, kernel_size=1),  # (B, 96, …)
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, 2, kernel_size=1),  # (B, 2, …), U and V
        )
        nn.init.normal_(initialize_relu(self.layers)[-1].weight, std=0.01)

    def forward(self, luma: Tensor) -> Tensor:
        """Map L* (B, 1, H, W) in 0..100 to a*, b* ÷ 128 (B, 2, H, W) in -1..1; H and W multiples of 16."""
        y = luma_to_y(luma)  # (B, 1, H, W)
        near, seen = self._near(y), self._seen(luma)  # (B, 81, H, W), (B, 112, H/16, W/16)
        seen = functional.interpolate(seen, scale_factor=16.0, mode="bilinear")  # (B, 112, H, W)
        uv = self.layers(torch.cat([near, seen], dim=1))  # (B, 2, H, W)
        return uv_to_net(y, self.filter(uv.float(), y))

    def at(self, luma: Tensor, places: Tensor) -> Tensor:
        """U and V (B, 2, N, 1), not filtered, of the pixels `places` (B, N), numbers from 0 to H·W - 1, of L*
        (B, 1, H, W)."""
        height, width = luma.shape[-2:]
        near = self._near(luma_to_y(luma)).flatten(2)  # (B, 81, HW)
        near = near.gather(2, places[:, None].expand(-1, near.shape[1], -1))[..., None]  # (B, 81, N, 1)
        down, right = places // width, places % width
        where = torch.stack([(2 * right + 1) / width - 1, (2 * down + 1) / height - 1], dim=2)  # (B, N, 2)
        seen = functional.grid_sample(  # bilinear between the same places as in `forward`
            self._seen(luma), where[:, :, None], padding_mode="border", align_corners=False
        )  # (B, 112, N, 1)
        uv: Tensor = self.layers(torch.cat([near, seen], dim=1))
        return uv

    @torch.no_grad()
    def _near(self, y: Tensor) -> Tensor:
        """Patch and DAISY of each pixel of Y (B, 1, H, W): (B, 81, H, W)."""
        return torch.cat([self.patch((y - 0.5) / SPREAD), self.daisy(y) * NUMBERS], dim=1)

    @torch.no_grad()
    def _seen(self, luma: Tensor) -> Tensor:
        """Semantic features (B, 112, H/16, W/16) of L* (B, 1, H, W)."""
        features: Tensor = self.trunk(luma)
        return features.float() / SEMANTIC_SPREAD


class Trunk(nn.Module):
    """EfficientNet-Lite0 up to 1/16, frozen, always in evaluation mode."""

    network: Any

    def __init__(self) -> None:
        super().__init__()
        self.network = timm.create_model(
            ENCODERS[0], pretrained=False, features_only=True, in_chans=1, out_indices=(3,)
        )
        self.network.blocks = self.network.blocks[:TRUNK_STAGES]
        replace_convolutions(self.network)
        self.requires_grad_(False)
        self.eval()

    def forward(self, luma: Tensor) -> Tensor:
        """Features (B, 112, H/16, W/16) of L* (B, 1, H, W)."""
        features: Tensor
        (features,) = self.network(luma / 50 - 1)
        return features

    def train(self, mode: bool = True) -> "Trunk":  # noqa: ARG002  torch's signature
        """Stay in evaluation mode: the statistics of batch normalization are ImageNet's."""
        return super().train(False)


class Neighbors(nn.Module):
    """The pixels of a square window around each pixel, as channels; beyond the edge its last pixels go on."""

    chooser: Tensor

    def __init__(self, window: int, dilation: int = 1) -> None:
        super().__init__()
        self.dilation = dilation
        self.reach = window // 2 * dilation
        choose = torch.eye(window * window).view(-1, 1, window, window)
        self.register_buffer("chooser", choose, persistent=False)  # (n², 1, n, n), one 1 each

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, 1, H, W) to (B, n², H, W), row by row, in float32."""
        with torch.autocast(x.device.type, enabled=False):
            padded = functional.pad(x.float(), (self.reach,) * 4, mode="replicate")
            return functional.conv2d(padded, self.chooser, dilation=self.dilation)


class JointBilateral(nn.Module):
    """The joint bilateral filter of the module's docstring, over `window`² places `dilation` pixels apart."""

    distances: Tensor

    def __init__(self, window: int, dilation: int, sigma_space: float, sigma_range: float) -> None:
        super().__init__()
        self.neighbors = Neighbors(window, dilation)
        self.sigma_range = sigma_range
        steps = (torch.arange(window) - window // 2) * dilation / sigma_space
        squared = steps.square()[:, None] + steps.square()  # (n, n)
        self.register_buffer(
            "distances", squared.flatten()[:, None, None] / 2, persistent=False
        )  # (n², 1, 1)

    def forward(self, x: Tensor, guide: Tensor) -> Tensor:
        """Smooth (B, 2, H, W) where the guide (B, 1, H, W) is alike."""
        unlike = (self.neighbors(guide) - guide) / self.sigma_range  # (B, n², H, W)
        weights = torch.exp(-self.distances - unlike.square() / 2)
        total = weights.sum(dim=1, keepdim=True)  # (B, 1, H, W), at least 1
        sums = [(self.neighbors(plane) * weights).sum(dim=1, keepdim=True) for plane in x.chunk(2, dim=1)]
        return torch.cat(sums, dim=1) / total


def luma_to_y(luma: Tensor) -> Tensor:
    """L* in 0..100 to the Y of that gray, in 0..1, any shape."""
    y: Tensor = linear_to_srgb(inverse_f(torch, (luma + 16) / 116))
    return y


def uv_to_net(y: Tensor, uv: Tensor) -> Tensor:
    """Y (B, 1, H, W) in 0..1 and U, V (B, 2, H, W) to a*, b* ÷ 128, (B, 2, H, W)."""
    rgb = yuv_to_rgb(torch.cat([y, uv], dim=1), axis=-3).clamp(0, 1)
    return chroma_to_net(srgb_to_lab(rgb, axis=-3)[:, 1:])
