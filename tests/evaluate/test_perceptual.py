import hashlib
import subprocess
import sys
from functools import partial
from http.client import IncompleteRead
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
import torchvision
from torchmetrics.functional.image import learned_perceptual_image_patch_similarity
from torchmetrics.functional.image.lpips import _NoTrainLpips
from torchmetrics.image.fid import FrechetInceptionDistance

from tintype import metrics
from tintype.errors import ConfigError
from tintype.evaluate import perceptual
from tintype.evaluate.perceptual import FidFeatures, Lpips

RNG = np.random.default_rng(0)
PUBLISHED = [
    (Lpips, "alexnet-owt-7be5be79.pth"),
    (partial(Lpips, "squeeze"), "squeezenet1_1-b8a52dc0.pth"),
    (partial(Lpips, "vgg"), "vgg16-397923af.pth"),
    (FidFeatures, "weights-inception-2015-12-05-6726825d.pth"),
]


def picture(height: int = 48, width: int = 64) -> np.ndarray:
    return RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)


def random_network() -> torch.nn.Module:
    """The network of LPIPS by SqueezeNet, with the published heads on weights of chance."""
    torch.manual_seed(0)
    return _NoTrainLpips(net="squeeze", pnet_rand=True)


class ColorMeans(torch.nn.Module):
    """Features of a picture: mean and spread of its channels."""

    num_features = 6

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        assert pictures.dtype == torch.uint8
        values = pictures.double().flatten(2)
        return torch.cat([values.mean(dim=-1), values.std(dim=-1)], dim=1)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for weights."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def offline(hub: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, where nothing can be downloaded."""
    monkeypatch.setattr(torch.hub, "download_url_to_file", fails_with(URLError("no route to host")))
    return hub


def fails_with(error: Exception):
    def download(url, path, prefix, progress):
        raise error

    return download


def downloads(content: bytes):
    def download(url, path, prefix, progress):
        Path(path).write_bytes(content)

    return download


def test_lpips_agrees_with_its_equation_written_out():
    network, true, predicted = random_network(), picture(), picture()
    layers = []
    for each in (true, predicted):
        scaled = 2 * torch.from_numpy(each).permute(2, 0, 1)[None].float() / 255 - 1
        layers.append([layer[0].numpy() for layer in network.net(network.scaling_layer(scaled))])
    expected = 0.0
    for head, first, second in zip(network.lins, *layers, strict=True):
        weights = head.model[-1].weight.numpy().reshape(-1, 1, 1)
        units = [each / np.linalg.norm(each, axis=0) for each in (first, second)]
        expected += (weights * (units[0] - units[1]) ** 2).sum(axis=0).mean()
    assert Lpips(network=network)(true, predicted) == pytest.approx(expected, rel=1e-4)


def test_lpips_of_published_weights_is_that_of_torchmetrics(hub, monkeypatch):
    # Weights of chance under the published name: torchvision takes what lies there.
    torch.manual_seed(1)
    hub.mkdir(parents=True)
    torch.save(torchvision.models.squeezenet1_1().state_dict(), hub / "squeezenet1_1-b8a52dc0.pth")
    monkeypatch.setattr(perceptual, "weights_file", lambda url, measure: hub / Path(url).name)
    true, predicted = picture(), picture()
    tensors = [torch.from_numpy(each).permute(2, 0, 1)[None] / 255 for each in (true, predicted)]
    expected = learned_perceptual_image_patch_similarity(*tensors, net_type="squeeze", normalize=True)
    assert Lpips("squeeze")(true, predicted) == pytest.approx(float(expected))


def test_lpips_is_nothing_for_equal_pictures_and_the_same_in_both_orders():
    measure, true, predicted = Lpips(network=random_network()), picture(), picture()
    assert measure(true, true) == 0
    assert measure(true, predicted) == pytest.approx(measure(predicted, true)) != 0


@pytest.mark.parametrize(
    ("true", "predicted", "advice"),
    [((40, 40), (40, 41), "resize one first"), ((30, 80), (30, 80), "at least 31 pixels; give larger")],
)
def test_lpips_refuses_pictures_that_do_not_compare(true, predicted, advice):
    with pytest.raises(ValueError, match=advice):
        Lpips(network=random_network())(picture(*true), picture(*predicted))


def test_lpips_through_an_unknown_network_is_refused():
    with pytest.raises(ConfigError, match="no network resnet; choose one of alex, squeeze, vgg"):
        Lpips("resnet")


def test_fid_from_features_is_that_of_torchmetrics():
    sets = [[picture(16, 16) for _ in range(12)], [picture(16, 16) // 2 for _ in range(9)]]
    expected = FrechetInceptionDistance(feature=ColorMeans()).set_dtype(torch.float64)
    for real, pictures in zip((True, False), sets, strict=True):
        for each in pictures:
            expected.update(torch.from_numpy(each).permute(2, 0, 1)[None], real=real)
    measure = FidFeatures(network=ColorMeans())
    true, predicted = (np.stack([measure(each) for each in pictures]) for pictures in sets)
    assert true.dtype == np.float64
    assert metrics.frechet_distance(true, predicted) == pytest.approx(float(expected.compute()))


def test_fid_features_of_published_weights_are_those_of_torchmetrics(tmp_path, monkeypatch):
    inception = "torch_fidelity.feature_extractor_inceptionv3.FeatureExtractorInceptionV3.load_state_dict"
    weights = tmp_path / "weights.pth"
    torch.save({}, weights)
    monkeypatch.setattr(inception, lambda self, state: None)  # keeps the weights of chance
    monkeypatch.setattr(perceptual, "weights_file", lambda url, measure: weights)
    rgb = picture()
    torch.manual_seed(0)
    features = FidFeatures()(rgb)
    torch.manual_seed(0)
    expected = FrechetInceptionDistance(feature_extractor_weights_path=str(weights)).inception
    assert features.shape == (2048,)
    np.testing.assert_allclose(
        features, expected(torch.from_numpy(rgb).permute(2, 0, 1)[None])[0].numpy(), rtol=1e-5
    )


@pytest.mark.parametrize(("measure", "name"), PUBLISHED)
def test_weights_that_cannot_be_had_are_named_with_their_place(measure, name, offline):
    with pytest.raises(ConfigError) as caught:
        measure()
    message = str(caught.value)
    assert name in message
    assert f"put it into {offline}, or leave" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "error", [IncompleteRead(b""), RuntimeError("invalid hash value"), PermissionError("read-only")]
)
def test_a_download_that_fails_in_any_way_is_told_in_one_line(error, hub, monkeypatch):
    monkeypatch.setattr(torch.hub, "download_url_to_file", fails_with(error))
    with pytest.raises(ConfigError, match="cannot be downloaded here"):
        FidFeatures()


def test_weights_in_a_place_that_cannot_be_written_are_told_the_same_way(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigError, match="put it into"):
        Lpips()


@pytest.mark.parametrize(("measure", "name"), PUBLISHED)
def test_damaged_weights_are_refused(measure, name, offline):
    offline.mkdir(parents=True)
    (offline / name).write_bytes(b"half a file")
    with pytest.raises(ConfigError, match=f"{name} is damaged or another file"):
        measure()


def test_weights_are_downloaded_once(hub, monkeypatch):
    content = b"weights"
    url = f"https://example.org/models/net-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    monkeypatch.setattr(torch.hub, "download_url_to_file", downloads(content))
    path = perceptual.weights_file(url, "LPIPS")
    assert path.parent == hub
    assert path.read_bytes() == content
    monkeypatch.setattr(torch.hub, "download_url_to_file", fails_with(AssertionError("downloaded twice")))
    assert perceptual.weights_file(url, "LPIPS") == path


@pytest.mark.parametrize(
    ("measure", "package"),
    [(Lpips, "torch"), (Lpips, "torchvision"), (FidFeatures, "torch"), (FidFeatures, "torch_fidelity")],
)
def test_a_package_that_is_missing_is_named(measure, package, offline, monkeypatch):
    for name in [package, *(loaded for loaded in sys.modules if loaded.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(
        ConfigError, match=rf"needs the package {package}.*; pip install \"tintype\[perceptual\]\""
    ):
        measure()


def test_pytorch_is_loaded_only_when_a_measure_is_made():
    code = "import sys, tintype.evaluate.perceptual; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
