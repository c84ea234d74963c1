"""The networks, by name. One file tells one network whole; to add one, write its file and its line here.

A network is a module `forward(luma) -> chroma_net`: L* (B, 1, H, W) in 0..100 to a*, b* ÷ 128 (B, 2, H /
chroma_stride, W / chroma_stride); see `tintype.nets.scale`. Those that take `hints` have them, (B, 3, H, W),
as a second argument; those that give a `distribution` give logits (B, 226, H / chroma_stride, W /
chroma_stride) over the bins of `tintype.color.bins` instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from torch import nn

from tintype.nets.cheng import ChengNet
from tintype.nets.cnn import ColorizationCNN
from tintype.nets.fusion import INCEPTION, LITE, FusionNet, is_classifier
from tintype.nets.gan import UNet
from tintype.nets.iizuka import IizukaNet
from tintype.nets.tint import TintNet
from tintype.nets.zhang import ZhangNet

Option = int | str
"""A value of an argument of a network's builder."""

WIDTHS: Final = (100, 75, 50, 38, 25, 12)
"""Per cent of the report's channels that a narrower network may have."""


@dataclass(frozen=True)
class Network:
    """What the trainer and the export must know of a network beside its weights."""

    summary: str
    """One line for people."""
    build: Callable[..., nn.Module]
    """Makes the network with fresh weights; its keyword arguments are `options`."""
    options: dict[str, tuple[Option, ...]]
    """Arguments of `build` and the values they may have, the default first; a configuration may set them."""
    multiple: int
    """H and W of the input must be multiples of this."""
    chroma_stride: int
    """Input height / chroma height."""
    working_size: int
    """Side, in pixels, of the square whose area the network colors best, unless an export says otherwise."""
    hints: bool = False
    """Whether it takes hints."""
    distribution: bool = False
    """Whether it gives a distribution over bins."""
    features_stride: int | None = None
    """Input height / height of the features that its method `look` gives beside the logits; None: it has no
    such method. See `tintype.nets.tint`."""
    approaches: tuple[str, ...] = ("regression", "adversarial")
    """How it can be trained; see `tintype.train.approaches`."""
    others: dict[str, Callable[[str], bool]] = field(default_factory=dict)
    """For options that may have other values than those listed: whether one will do."""

    def make(self, options: Mapping[str, Option]) -> nn.Module:
        """Build the network with fresh weights; `options` that are not given have their defaults."""
        return self.build(**{name: values[0] for name, values in self.options.items()} | dict(options))

    def allows(self, name: str, value: Option) -> bool:
        """Whether the option `name` may have this value."""
        other = self.others.get(name)
        return value in self.options[name] or (other is not None and other(str(value)))


NETWORKS: Final[dict[str, Network]] = {
    "cnn": Network(
        summary="plain encoder-decoder CNN, the report's first approach",
        build=ColorizationCNN,
        options={"encoder_layers": (7, 8), "width": WIDTHS},
        multiple=8,
        chroma_stride=1,
        working_size=128,
    ),
    "fusion": Network(
        summary="the plain CNN with the scores of an ImageNet classifier, the report's second approach",
        build=FusionNet,
        options={
            "encoder_layers": (7, 8),
            "width": WIDTHS,
            "classifier": (INCEPTION, *LITE),
            "classifier_size": (0, 64, 96, 128, 160, 192, 224, 256),
        },
        others={"classifier": is_classifier},
        multiple=8,
        chroma_stride=1,
        working_size=128,
    ),
    "unet": Network(
        summary="U-Net, the generator of the report's third approach",
        build=UNet,
        options={"width": WIDTHS},
        multiple=32,
        chroma_stride=1,
        working_size=128,
    ),
    "tint": Network(
        summary="pretrained EfficientNet-Lite encoder, light decoder, hints, a distribution over colors",
        build=TintNet,
        options={"encoder": (0, 2)},
        multiple=32,
        chroma_stride=4,
        working_size=192,
        hints=True,
        distribution=True,
        features_stride=16,
        approaches=("classification",),
    ),
    "zhang": Network(
        summary="a distribution over colors by a loss that favors rare ones, after Zhang et al. 2016",
        build=ZhangNet,
        options={"width": WIDTHS},
        multiple=8,
        chroma_stride=4,
        working_size=128,
        distribution=True,
        approaches=("classification",),
    ),
    "iizuka": Network(
        summary="local, global and classification branches trained together, after Iizuka et al. 2016",
        build=IizukaNet,
        options={"width": WIDTHS, "global_size": (224, 160, 128, 96, 64)},
        multiple=8,
        chroma_stride=2,
        working_size=128,
        approaches=("joint",),
    ),
    "cheng": Network(
        summary="one small network for all pixels: patch, DAISY, semantic features, after Cheng et al. 2015",
        build=ChengNet,
        options={"hidden": (96, 48, 192)},
        multiple=16,
        chroma_stride=1,
        working_size=128,
        approaches=("sampled",),
    ),
}
