"""CIE units and network scale."""

import torch

from tintype.nets.scale import chroma_from_net, chroma_to_net, luma_to_net


def test_lightness_is_centered_and_has_about_unit_deviation() -> None:
    assert luma_to_net(torch.tensor([0.0, 50.0, 100.0])).tolist() == [-2, 0, 2]


def test_chroma_is_divided_by_128_and_comes_back() -> None:
    chroma = torch.tensor([-128.0, 0.0, 64.0])
    assert chroma_to_net(chroma).tolist() == [-1, 0, 0.5]
    assert torch.equal(chroma_from_net(chroma_to_net(chroma)), chroma)
