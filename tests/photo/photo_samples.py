"""Pictures and profiles that the tests of photographs are made of; nothing here is read from a disk."""

import io
import struct
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

from tintype.color import srgb_to_lab
from tintype.color.lab import WHITE
from tintype.photo.profile import BRADFORD, ICC_WHITE

Array = NDArray[Any]
Primaries = tuple[tuple[float, float], ...]

ADOBE_GAMMA = 2.19921875
ADOBE_PRIMARIES = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
P3_PRIMARIES = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
D50_TO_D65 = np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ WHITE) / (BRADFORD @ ICC_WHITE)) @ BRADFORD


def gray_scene(height: int, width: int, dtype: Any = np.uint8, seed: int = 0) -> Array:
    """Smooth shades from black to white with grain: every level of 8 bits occurs, [height, width]."""
    rng = np.random.default_rng(seed)
    shade = np.linspace(0, 1, width)[np.newaxis] * np.ones((height, 1)) + rng.normal(0, 0.02, (height, width))
    return np.round(np.clip(shade, 0, 1) * np.iinfo(dtype).max).astype(dtype)


def color_scene(height: int, width: int, dtype: Any = np.uint8, seed: int = 0) -> Array:
    """All sorts of colors, dark ones and saturated ones among them, [height, width, 3]."""
    rng = np.random.default_rng(seed)
    return np.round(rng.random((height, width, 3)) ** 1.5 * np.iinfo(dtype).max).astype(dtype)


def strong_chroma(height: int = 6, width: int = 8, seed: int = 0) -> NDArray[np.float32]:
    """a*b* of which much lies far outside sRGB."""
    return np.random.default_rng(seed).uniform(-120, 120, (height, width, 2)).astype(np.float32)


def lightness(samples: Array) -> NDArray[np.float64]:
    """L* of sRGB samples [H, W] or [H, W, 1 or 3], whole numbers or floats, by the NumPy formula."""
    scale = np.iinfo(samples.dtype).max if samples.dtype.kind == "u" else 1
    rgb = samples if samples.ndim == 3 else samples[:, :, np.newaxis]
    result: NDArray[np.float64] = srgb_to_lab(np.broadcast_to(rgb / scale, (*rgb.shape[:2], 3)))[..., 0]
    return result


def vips_picture(samples: Array, icc: bytes | None = None) -> pyvips.Image:
    """A libvips picture of an array, marked as gray or RGB, maybe with alpha and a profile."""
    image = pyvips.Image.new_from_array(samples)
    deep = samples.dtype == np.uint16
    kind = ("grey16" if deep else "b-w") if image.bands < 3 else ("rgb16" if deep else "srgb")
    image = image.copy(interpretation=kind)
    if icc is not None:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    return image


def encoded(samples: Array, suffix: str, icc: bytes | None = None, **options: Any) -> bytes:
    """A picture file by libvips."""
    data: bytes = vips_picture(samples, icc).write_to_buffer(suffix, **options)
    return data


def pillow_file(samples: Array | Image.Image, kind: str, **options: Any) -> bytes:
    """A picture file by Pillow."""
    image = samples if isinstance(samples, Image.Image) else Image.fromarray(samples)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def decoded(data: bytes) -> Array:
    """Samples of a picture file, [H, W, C]."""
    array: Array = pyvips.Image.new_from_buffer(data, "").numpy()
    return array if array.ndim == 3 else array[:, :, np.newaxis]


def rgb_matrix(primaries: Primaries) -> NDArray[np.float64]:
    """From linear RGB of these primaries, white D65, to XYZ (Lindbloom, "RGB/XYZ matrices")."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    return columns * np.linalg.solve(columns, WHITE)


def rgb_profile(primaries: Primaries, gamma: float) -> bytes:
    """A version 2 ICC profile of an RGB space with one gamma."""
    colorants = np.linalg.inv(D50_TO_D65) @ rgb_matrix(primaries)
    tags = {name: _xyz(colorants[:, i]) for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    return _profile(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(gamma)))


def gray_profile(gamma: float) -> bytes:
    """A version 2 ICC profile of gray with a gamma."""
    return _profile(b"GRAY", {b"kTRC": _gamma(gamma)})


def tagged_lightness(samples: Array, primaries: Primaries, gamma: float) -> NDArray[np.float64]:
    """L* of samples [H, W, 1 or 3] under such a profile, by formula."""
    return linear_lightness((samples / np.iinfo(samples.dtype).max) ** gamma, primaries)


def linear_lightness(linear: Array, primaries: Primaries) -> NDArray[np.float64]:
    """L* of linear light [H, W, 1 or 3] of these primaries (CIE 15:2004, 8.2.1)."""
    luminance = np.broadcast_to(linear, (*linear.shape[:2], 3)) @ rgb_matrix(primaries)[1]
    return np.where(luminance > 216 / 24389, 116 * np.cbrt(luminance) - 16, luminance * 24389 / 27)


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """ICC.1:2001, 6: header, table of tags, tags."""
    tags = {b"wtpt": _xyz(ICC_WHITE), b"cprt": b"text\0\0\0\0none\0", **tags}
    tags = {name: data + b"\0" * (-len(data) % 4) for name, data in tags.items()}
    place = 132 + 12 * len(tags)
    table = struct.pack(">I", len(tags))
    for name, data in tags.items():
        table += struct.pack(">4sII", name, place, len(data))
        place += len(data)
    header = struct.pack(">I4sI4s4s4s", place, b"\0" * 4, 0x02400000, b"mntr", space, b"XYZ ")
    header += struct.pack(">6H4s28x", 2020, 1, 1, 0, 0, 0, b"acsp") + _xyz(ICC_WHITE)[8:]
    return header.ljust(128, b"\0") + table + b"".join(tags.values())


def _xyz(values: Any) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _gamma(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
