"""Checkpoints: exact, atomic, never a pickle."""

import os
from pathlib import Path

import pytest
import torch

from tintype.errors import TrainingError
from tintype.train import checkpoint


def test_tensors_and_state_come_back_exactly(tmp_path: Path) -> None:
    tensors = {"a/b": torch.randn(3, 4), "step": torch.tensor(7), "channels": torch.randn(2, 3, 4, 4)}
    tensors["channels"] = tensors["channels"].to(memory_format=torch.channels_last)
    checkpoint.save(tmp_path / "x.safetensors", tensors, {"best": 0.1, "none": None})
    loaded, state = checkpoint.load(tmp_path / "x.safetensors")
    assert loaded.keys() == tensors.keys()
    assert all(torch.equal(loaded[name], tensors[name]) for name in tensors)
    assert state == {"best": 0.1, "none": None}


@pytest.mark.parametrize("content", [None, b"", b"garbage" * 100])
def test_what_is_no_checkpoint_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrainingError, match="no whole checkpoint"):
        checkpoint.load(path)


def test_a_truncated_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, {"a": torch.randn(100)}, {})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(TrainingError, match="no whole checkpoint"):
        checkpoint.load(path)


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.save(path, {"a": torch.ones(3)}, {})

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TrainingError, match=r"No space left.*--resume"):
        checkpoint.save(path, {"a": torch.zeros(3)}, {})
    assert torch.equal(checkpoint.load(path)[0]["a"], torch.ones(3))
    assert [file.name for file in tmp_path.iterdir()] == ["x.safetensors"]


def test_an_optimizer_goes_on_exactly_where_it_was() -> None:
    def steps(optimizer: torch.optim.Optimizer, weight: torch.nn.Parameter, count: int) -> None:
        for _ in range(count):
            optimizer.zero_grad()
            (weight**2).sum().backward()
            optimizer.step()

    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.Adam([weight], lr=0.1)
    steps(optimizer, weight, 3)
    twin = torch.nn.Parameter(weight.detach().clone())
    other = torch.optim.Adam([twin], lr=0.1)
    remembered = {name: tensor.clone() for name, tensor in checkpoint.optimizer_tensors(optimizer).items()}
    checkpoint.restore_optimizer(other, remembered)
    steps(optimizer, weight, 3)
    steps(other, twin, 3)
    assert torch.equal(weight, twin)
