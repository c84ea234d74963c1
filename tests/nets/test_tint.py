"""Tintype's own network: timm's encoder unchanged, hints at every scale, one distribution, many decodings."""

import numpy as np
import pytest
import timm
import torch
from torch import nn

from tintype.color import bins
from tintype.nets.lite import ENCODERS
from tintype.nets.tint import BINS, Decoding, TintNet, hint_pyramid, judge, mean_color


@pytest.mark.parametrize("encoder", list(ENCODERS))
def test_the_encoder_computes_what_timms_does(encoder: int) -> None:
    torch.manual_seed(0)
    ours = TintNet(encoder).eval().encoder
    theirs = timm.create_model(ENCODERS[encoder], features_only=True, in_chans=1, out_indices=(1, 2, 3, 4))
    theirs.load_state_dict(ours.state_dict())
    picture = torch.randn(2, 1, 96, 64)
    with torch.inference_mode():
        for mine, expected in zip(ours(picture), theirs.eval()(picture), strict=True):
            assert torch.equal(mine, expected)


def test_statistics_of_the_encoder_stay_while_training() -> None:
    network = TintNet().train()
    before = {name: value.clone() for name, value in network.encoder.state_dict().items()}
    network(torch.rand(2, 1, 64, 64) * 100, torch.zeros(2, 3, 64, 64))
    assert all(torch.equal(value, before[name]) for name, value in network.encoder.state_dict().items())
    decoder = [part for part in network.blocks.modules() if isinstance(part, nn.BatchNorm2d)]
    assert decoder
    assert all(part.training for part in decoder)


def test_half_precision_gives_the_same_picture() -> None:
    torch.manual_seed(0)
    network = TintNet().eval()
    luma, hints = torch.rand(1, 1, 64, 96) * 100, torch.zeros(1, 3, 64, 96)
    hints[0, :, 7, 7] = torch.tensor([40.0, -20.0, 1.0])
    with torch.inference_mode():
        exact = network(luma, hints)
        with torch.autocast("cpu", torch.bfloat16):
            rough = network(luma, hints)
    assert float((rough.float() - exact).abs().mean()) < 0.05 * float(exact.std())


def test_a_hint_keeps_its_color_at_every_scale() -> None:
    hints = torch.zeros(1, 3, 64, 64)
    hints[0, :, 9, 42] = torch.tensor([30.0, -50.0, 1.0])
    for level, planes in enumerate(hint_pyramid(hints)):
        stride = 4 << level
        assert planes.shape == (1, 4, 64 // stride, 64 // stride)
        cell = planes[0, :, 9 // stride, 42 // stride]
        expected = torch.tensor([30 / 128, -50 / 128, 1.0, 1 / stride**2])
        assert torch.allclose(cell, expected)
        assert float(planes.abs().sum()) == pytest.approx(float(expected.abs().sum()))


def test_two_hints_in_a_cell_are_averaged() -> None:
    hints = torch.zeros(1, 3, 32, 32)
    hints[0, :, 0, 0] = torch.tensor([20.0, 0.0, 1.0])
    hints[0, :, 3, 3] = torch.tensor([40.0, 10.0, 1.0])
    assert torch.allclose(hint_pyramid(hints)[0][0, :2, 0, 0], torch.tensor([30.0, 5.0]) / 128)


def test_hints_change_the_answer_and_far_cells_hear_of_them() -> None:
    torch.manual_seed(0)
    network = TintNet().eval()
    luma, hints = torch.rand(1, 1, 128, 128) * 100, torch.zeros(1, 3, 128, 128)
    with torch.inference_mode():
        without = network(luma, hints)
        hints[0, :, 2, 2] = torch.tensor([60.0, 40.0, 1.0])
        change = (network(luma, hints) - without).abs().sum(dim=1)[0]
    assert float(change[0, 0]) > 10 * float(change[-1, -1]) > 0


def test_vividness_0_is_the_plain_mean_and_1_the_annealed_one() -> None:
    logits = torch.randn(2, BINS, 3, 4, generator=torch.Generator().manual_seed(0))
    decoding = Decoding(temperature=0.38, rarity=0.0)
    p = logits.softmax(dim=1).numpy()
    plain = decoding(logits, torch.zeros(2)).numpy()
    sharp = decoding(logits, torch.ones(2)).numpy()
    assert np.allclose(plain, bins.decode(p, temperature=1.0, axis=1), atol=1e-3)
    assert np.allclose(sharp, bins.decode(p, temperature=0.38, axis=1), atol=1e-3)


def test_vividness_belongs_to_each_picture() -> None:
    logits = torch.randn(1, BINS, 2, 2, generator=torch.Generator().manual_seed(0)).expand(2, -1, -1, -1)
    both = Decoding(0.38, 0.0)(logits, torch.tensor([0.0, 1.0]))
    alone = Decoding(0.38, 0.0)(logits[:1], torch.zeros(1))
    assert torch.allclose(both[:1], alone, atol=1e-3)
    assert not torch.allclose(both[0], both[1], atol=0.1)


def test_a_gain_makes_vivid_and_unsure_colors_stronger_alone() -> None:
    logits = torch.randn(2, BINS, 2, 2, generator=torch.Generator().manual_seed(0))
    logits[:, 17, 0, 0] = 1e3  # this cell is certain
    plain, strong = (Decoding(0.38, 0.0, gain=gain)(logits, torch.tensor([0.0, 1.0])) for gain in (1.0, 1.5))
    assert torch.allclose(strong[0], plain[0])
    assert torch.allclose(strong[1, :, 0, 0], plain[1, :, 0, 0])
    ratio = strong[1, :, 1] / plain[1, :, 1]
    assert float(ratio.min()) > 1.05
    assert float(ratio.max()) < 1.5


def test_rarity_moves_colors_away_from_gray() -> None:
    centers = torch.tensor(bins.centers(), dtype=torch.float32)
    radius = centers.norm(dim=1)
    logits = (-radius / 20)[None, :, None, None] + (centers[:, 0] > 0)[None, :, None, None]
    weights = radius / 40
    plain = Decoding(1.0, 0.0, weights)(logits, torch.ones(1))
    rare = Decoding(1.0, 1.0, weights)(logits, torch.ones(1))
    assert float(rare.norm()) > 1.2 * float(plain.norm())


def test_a_certain_color_is_decoded_exactly() -> None:
    centers = torch.tensor(bins.centers(), dtype=torch.float32)
    logits = torch.full((1, BINS, 1, 1), -1e4)
    logits[0, 17] = 0
    assert torch.allclose(mean_color(logits, centers)[0, :, 0, 0], centers[17])


def test_confidence_is_1_where_certain_and_0_where_all_is_possible() -> None:
    certain = torch.full((1, BINS, 1, 1), -1e4)
    certain[0, 5] = 0
    assert float(judge(certain)[0]) == pytest.approx(1)
    assert float(judge(torch.zeros(1, BINS, 1, 1))[0]) == pytest.approx(0, abs=1e-6)


def test_the_distribution_keeps_cells_in_their_places() -> None:
    logits = torch.randn(2, BINS, 3, 4, generator=torch.Generator().manual_seed(0))
    sure, distribution = judge(logits)
    assert torch.allclose(distribution, logits.softmax(dim=1), atol=1e-6)
    assert sure.shape == (2, 1, 3, 4)
    entropy = -(distribution * distribution.log()).sum(dim=1, keepdim=True)
    assert torch.allclose(sure, 1 - entropy / np.log(BINS), atol=1e-5)
