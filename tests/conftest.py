"""What tests of several rooms share."""

from pathlib import Path

import pytest

from tiny_models import write_card, write_model


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    """The file of a model that works."""
    folder = tmp_path / "models"
    folder.mkdir()
    return write_model(folder / "tiny.onnx")


@pytest.fixture
def tiny_zoo(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, named in TINTYPE_MODELS, with the model "tiny" and its card."""
    write_card(tiny_model)
    monkeypatch.setenv("TINTYPE_MODELS", str(tiny_model.parent))
    return tiny_model.parent
