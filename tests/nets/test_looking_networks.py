"""Networks that give features beside their logits."""

import pytest
import torch

from tintype.nets import NETWORKS

LOOKING = sorted(name for name, spec in NETWORKS.items() if spec.features_stride is not None)


def test_tint_is_one_of_them() -> None:
    assert "tint" in LOOKING


@pytest.mark.parametrize("name", LOOKING)
def test_features_come_beside_the_same_logits_and_are_of_the_photograph_alone(name: str) -> None:
    spec = NETWORKS[name]
    assert spec.features_stride is not None
    network = spec.make({}).eval()
    height, width = 2 * spec.multiple, 3 * spec.multiple
    luma = 100 * torch.rand((2, 1, height, width), generator=torch.Generator().manual_seed(0))
    hints = torch.zeros((2, 3, height, width))
    hints[:, :, 8:12, 8:12] = torch.tensor([30.0, -20.0, 1.0])[:, None, None]
    with torch.inference_mode():
        logits, features = network.look(luma, hints)  # type: ignore[operator]
        _, without = network.look(luma, torch.zeros_like(hints))  # type: ignore[operator]
        assert torch.equal(logits, network(luma, hints))
    assert torch.equal(features, without)
    assert (len(features), *features.shape[2:]) == (
        2,
        height // spec.features_stride,
        width // spec.features_stride,
    )
