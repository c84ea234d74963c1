"""LPIPS of one picture, and the features that FID compares sets of pictures by: measures by trained networks.

PyTorch (`pip install "tintype[perceptual]"`) is loaded when a measure is made; nothing else in `evaluate`
needs it. torchmetrics computes both. The weights of LPIPS's heads come with it; those of the networks below
are published with torchvision and torch-fidelity, downloaded once into PyTorch's hub folder (see TORCH_HOME),
and used only if they have the hash that their names end in.
"""

import hashlib
import sys
from collections.abc import Callable
from http.client import HTTPException
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tintype.errors import ConfigError

Picture = NDArray[np.uint8]
Net = Literal["alex", "squeeze", "vgg"]
"""The network that LPIPS looks through."""

DEFAULT_NET: Final[Net] = "alex"
"""What the authors of LPIPS advise for comparing pictures, and what papers mean unless they name another."""
FEATURES: Final = 2048
"""Length of Inception's features, of its last pooling layer (Heusel et al. 2017)."""
LEAST_SIDE: Final = 31
"""Pixels that AlexNet's pooling needs; the other networks do with less."""
_TORCHVISION: Final[dict[Net, str]] = {
    "alex": "AlexNet_Weights",
    "squeeze": "SqueezeNet1_1_Weights",
    "vgg": "VGG16_Weights",
}


class Lpips:
    """Learned perceptual image patch similarity of two pictures: 0 for equal ones, larger for less alike.

    Zhang, Isola, Efros, Shechtman and Wang 2018, equation 1, version 0.1 of their weights ("lin"), by
    torchmetrics. Values depend on the size of the pictures, which are taken as they are; only those of one
    `net` and one size compare.

    `network` stands in for the published one: called with two batches [1, 3, H, W] in 0..1 and
    `normalize=True`. Raises `ConfigError` when a package or the weights are missing; see `weights_file`.
    """

    def __init__(self, net: Net = DEFAULT_NET, network: Callable[..., Any] | None = None) -> None:
        self._torch = _module("torch", "LPIPS")
        self._network = network if network is not None else _lpips_network(net)

    def __call__(self, true: Picture, predicted: Picture) -> float:
        """The distance of two 8-bit RGB pictures [H, W, 3].

        Raises ValueError when the pictures differ in size, or have a side shorter than `LEAST_SIDE`.
        """
        if true.shape != predicted.shape:
            raise ValueError(
                f"pictures of {true.shape} and {predicted.shape} do not compare; resize one first"
            )
        if min(true.shape[:2]) < LEAST_SIDE:
            raise ValueError(f"LPIPS needs sides of at least {LEAST_SIDE} pixels; give larger pictures")
        first, second = (_batch(self._torch, each).float() / 255 for each in (true, predicted))
        with self._torch.inference_mode():
            return float(self._network(first, second, normalize=True))


class FidFeatures:
    """Features of one picture, by which FID compares sets: `metrics.frechet_distance` of two sets of them.

    The Inception network of Heusel et al. 2017 with their weights, ported by torch-fidelity and called as
    torchmetrics calls it by default: the 8-bit picture is enlarged to 299x299 inside, bilinearly (antialiased
    where it shrinks). FID is known to move with what looks like nothing (Parmar et al. 2022), so values
    compare with those of others only where all of this is the same: pictures that were never stored as JPEG,
    the size they are given in, the way they are resized (TensorFlow's old rule gives other values), the port
    of the weights, and the number of pictures.

    `network` stands in for the published one: called with uint8 [1, 3, H, W], giving [1, F]. Raises
    `ConfigError` when a package or the weights are missing; see `weights_file`.
    """

    def __init__(self, network: Callable[..., Any] | None = None) -> None:
        self._torch = _module("torch", "FID")
        self._network = network if network is not None else _inception()

    def __call__(self, rgb: Picture) -> NDArray[np.float64]:
        """Features [2048] of an 8-bit RGB picture [H, W, 3]."""
        with self._torch.inference_mode():
            features = self._network(_batch(self._torch, rgb))
        return np.asarray(features[0].numpy(), dtype=float)


def weights_file(url: str, measure: str) -> Path:
    """The file of published weights, in PyTorch's hub folder; downloaded if it is not there.

    Its name ends in the beginning of its SHA-256, as is PyTorch's custom. Raises `ConfigError`, saying what
    to put where, when it cannot be had or has another hash.
    """
    hub = _module("torch.hub", measure)
    path = Path(hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]
    prefix = path.stem.rpartition("-")[2]
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            hub.download_url_to_file(url, str(path), prefix, progress=sys.stderr.isatty())
        except (OSError, HTTPException, RuntimeError) as error:
            raise ConfigError(
                f"{measure} needs the weights {path.name}, which cannot be downloaded here; get {url} on a "
                f"machine that is online, put it into {path.parent}, or leave {measure} out"
            ) from error
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not digest.startswith(prefix):
        raise ConfigError(
            f"{path} is damaged or another file: its SHA-256 begins {digest[:8]}; get {url} anew"
        )
    return path


def _lpips_network(net: Net) -> Callable[..., Any]:
    weights_file(_lpips_url(net), "LPIPS")
    metric = _module("torchmetrics.image.lpip", "LPIPS").LearnedPerceptualImagePatchSimilarity(net_type=net)
    network: Callable[..., Any] = metric.net
    return network


def _lpips_url(net: Net) -> str:
    if net not in get_args(Net):
        raise ConfigError(f"LPIPS knows no network {net}; choose one of {', '.join(get_args(Net))}")
    models = _module("torchvision.models", "LPIPS")
    return str(getattr(models, _TORCHVISION[net]).DEFAULT.url)


def _inception() -> Callable[..., Any]:
    path = weights_file(_inception_url(), "FID")
    fid = _module("torchmetrics.image.fid", "FID")
    network: Callable[..., Any] = fid.NoTrainInceptionV3(
        name="inception-v3-compat",
        features_list=[str(FEATURES)],
        feature_extractor_weights_path=str(path),
    )
    return network


def _inception_url() -> str:
    return str(_module("torch_fidelity.feature_extractor_inceptionv3", "FID").URL_INCEPTION_V3)


def _module(name: str, measure: str) -> ModuleType:
    """A module of the extra `perceptual`, imported only now."""
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError(
            f'{measure} needs the package {error.name or name}; pip install "tintype[perceptual]"'
        ) from error


def _batch(torch: ModuleType, rgb: Picture) -> Any:
    """A picture [H, W, 3] as a batch [1, 3, H, W]."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(rgb, -1, 0)))[None]
