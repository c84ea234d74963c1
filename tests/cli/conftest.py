"""What tests of the command line share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from command_runs import Ended, photograph

from tintype.cli import main


@pytest.fixture
def tintype(capfdbinary: pytest.CaptureFixture[bytes], tiny_zoo: Path) -> Callable[..., Ended]:
    """Runs a command in this process; `tintype("colorize", "old.jpg")` uses the tiny model."""

    def run(*arguments: object) -> Ended:
        words = [str(argument) for argument in arguments]
        if words[0] == "colorize" and not {"--model", "--method"} & set(words):
            words += ["--model", "tiny"]
        with pytest.raises(SystemExit) as end:
            main(words)
        out, err = capfdbinary.readouterr()
        return Ended(int(end.value.code or 0), out, err.decode())

    return run


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with old.jpg and a tree of pictures named scans."""
    place = tmp_path / "place"
    for name in ("old.jpg", "scans/a.jpg", "scans/b.png", "scans/deep/c.tif"):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photograph({".jpg": "JPEG", ".png": "PNG", ".tif": "TIFF"}[path.suffix]))
    monkeypatch.chdir(place)
    return place
