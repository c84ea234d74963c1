"""Pictures and endings for tests of the command line."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.decode().splitlines()]


def photograph(format: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A gray ramp as a picture file."""
    file = io.BytesIO()
    ramp = np.tile(np.linspace(20, 230, size[0]).astype(np.uint8), (size[1], 1))
    Image.fromarray(ramp).save(file, format)
    return file.getvalue()


def is_colored(picture: Path | bytes) -> bool:
    """Whether a picture has the tiny model's hue."""
    with Image.open(io.BytesIO(picture) if isinstance(picture, bytes) else picture) as image:
        red, green, blue = (np.asarray(image.convert("RGB"))[..., index].mean() for index in range(3))
    return bool(red > green < blue)


def files(folder: Path) -> list[str]:
    """All files below a folder, hidden ones too."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
