"""The report's second network: the plain CNN with a frozen classifier's scores at every place."""

import pytest
import timm
import torch
from torch.nn import functional

from tintype.nets.cnn import ColorizationCNN
from tintype.nets.fusion import Classifier, FusionNet, fuse, is_classifier, resize

SMALL = {"width": 12, "classifier": "test_efficientnet", "classifier_size": 64}


def network() -> FusionNet:
    torch.manual_seed(0)
    return FusionNet(**SMALL)  # type: ignore[arg-type]


def test_the_decoder_gets_code_and_scores_at_every_place() -> None:
    code, scores = torch.randn(2, 5, 3, 4), torch.randn(2, 7)
    fused = fuse(code, scores)
    assert fused.shape == (2, 12, 3, 4)
    assert torch.equal(fused[:, :5], code)
    assert all(torch.equal(fused[:, 5:, row, column], scores) for row in range(3) for column in range(4))


def test_encoder_and_decoder_are_those_of_the_plain_cnn_but_for_the_fused_layer() -> None:
    with torch.device("meta"):
        fusion, plain = FusionNet(classifier="test_efficientnet"), ColorizationCNN()
    theirs = plain.state_dict()
    ours = {name: value for name, value in fusion.state_dict().items() if "classifier" not in name}
    assert ours.keys() == theirs.keys()
    different = [name for name in ours if ours[name].shape != theirs[name].shape]
    assert different == ["decoder.0.0.weight"]
    assert ours["decoder.0.0.weight"].shape == (128, 256 + 1000, 3, 3)


def test_the_classifier_is_inception_at_299_unless_another_is_named() -> None:
    with torch.device("meta"):
        classifier = FusionNet().classifier
    assert type(classifier.network).__name__ == "InceptionResnetV2"
    assert (classifier.size, classifier.classes) == (299, 1000)


def test_the_classifier_gets_what_timm_would_give_it_of_a_gray_picture() -> None:
    torch.manual_seed(0)
    ours = Classifier("test_resnet")
    theirs = timm.create_model("test_resnet")
    theirs.load_state_dict(ours.network.state_dict())
    settings = theirs.pretrained_cfg
    luma = torch.rand(2, 1, 100, 180) * 100
    rgb = functional.interpolate(luma / 100, size=(160, 160), mode="bilinear", antialias=True)
    rgb = rgb.repeat(1, 3, 1, 1) - torch.tensor(settings["mean"]).view(3, 1, 1)
    rgb = rgb / torch.tensor(settings["std"]).view(3, 1, 1)
    with torch.inference_mode():
        assert torch.allclose(ours(luma), theirs.eval()(rgb), atol=1e-4)


@pytest.mark.parametrize("shape", [(2, 1, 64, 96), (1, 3, 100, 300), (1, 1, 40, 33), (1, 1, 64, 64)])
def test_resizing_is_torchs_antialiased_bilinear(shape: tuple[int, int, int, int]) -> None:
    picture = torch.rand(shape, generator=torch.Generator().manual_seed(0))
    expected = functional.interpolate(picture, size=(64, 64), mode="bilinear", antialias=True)
    assert torch.allclose(resize(picture, 64), expected, atol=1e-5)


def test_the_classifier_stays_as_it_is_while_the_rest_is_trained() -> None:
    fusion = network().train()
    before = {name: value.clone() for name, value in fusion.classifier.state_dict().items()}
    assert not any(part.training for part in fusion.classifier.modules())
    assert not any(weight.requires_grad for weight in fusion.classifier.parameters())
    fusion(torch.rand(2, 1, 32, 32) * 100).square().mean().backward()
    after = fusion.classifier.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert all(weight.grad is None for weight in fusion.classifier.parameters())


def test_scores_that_are_known_are_taken_instead_of_computed_ones() -> None:
    fusion = network().eval()
    luma = torch.rand(2, 1, 32, 32) * 100
    with torch.inference_mode():
        scores = fusion.classifier(luma)
        assert torch.equal(fusion(luma), fusion(luma, scores))
        assert not torch.equal(fusion(luma), fusion(luma, scores + 1))


def test_names_of_classifiers_are_known() -> None:
    assert is_classifier("lite2")
    assert is_classifier("resnet50")
    assert not is_classifier("lite1")
