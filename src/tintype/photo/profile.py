"""Color profiles: from a photograph's samples to L*a*b*, and from color back to samples of the same profile.

Most profiles say what they mean with a curve for each channel and a matrix (ICC.1:2022, 8.3 and F.3). These
are computed here from the profile's own numbers, since LittleCMS, as libvips calls it with 16-bit samples,
resamples even these into a table of 33 steps: measured on gray ramps, L* was off by up to 0.16, and by 1.4
on colors, where the exact way is off by 0.002. Profiles that are tables themselves (CMYK, some scanners)
go through LittleCMS. The rendering is relative colorimetric; white is kept white.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color import vips as color
from tintype.color.lab import EPSILON, KAPPA, RGB_TO_XYZ, WHITE, XYZ_TO_RGB, linear_to_srgb, srgb_to_linear

FloatArray = NDArray[np.float64]
Curve = Callable[[FloatArray], FloatArray]

ICC_FIELD: Final = "icc-profile-data"
ICC_WHITE: Final = np.array([0.9642, 1.0, 0.8249])
"""XYZ of D50, the white of every profile's connection space (ICC.1:2022, 7.2.16)."""
BRADFORD: Final = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""Cone responses for chromatic adaptation (ICC.1:2022, annex E)."""
LINEAR_LEVELS: Final = np.linspace(0, 1, 65536)
LEVELS: Final = {"uchar": 256, "ushort": 65536}


class Profile(Protocol):
    """How samples and color belong together in one photograph."""

    @property
    def embedded(self) -> bytes | None:
        """The ICC profile that a color photograph made with `from_lab` carries; None for plain sRGB."""

    def to_lab(self, image: pyvips.Image) -> pyvips.Image:
        """Samples of 8 or 16 bits without alpha to L*, or to L*, a*, b*; float."""

    def from_lab(self, lab: pyvips.Image, depth: int) -> pyvips.Image:
        """Float Lab to RGB samples of 8 or 16 bits, rounded once."""


class Srgb:
    """No profile, which means sRGB, for gray pictures as well."""

    embedded: bytes | None = None

    def to_lab(self, image: pyvips.Image) -> pyvips.Image:
        """See `Profile`."""
        return color.lightness(image) if image.bands == 1 else image.colourspace("lab")

    def from_lab(self, lab: pyvips.Image, depth: int) -> pyvips.Image:
        """See `Profile`."""
        if depth == 16:
            return lab.colourspace("rgb16")
        return _rounded(lab.colourspace("scrgb"), linear_to_srgb(LINEAR_LEVELS))


class GrayCurve(Srgb):
    """A gray picture whose profile gives the luminance of each level; its color photograph is sRGB."""

    def __init__(self, luminance: Curve) -> None:
        self._luminance = luminance
        self.embedded = srgb_profile()

    def to_lab(self, image: pyvips.Image) -> pyvips.Image:
        """See `Profile`."""
        levels = np.linspace(0, 1, LEVELS[image.format])
        return image.maplut(_table(lightness_of(self._luminance(levels))))


@dataclass(frozen=True)
class MatrixCurves:
    """RGB with a curve for each channel and a matrix; the profile is kept."""

    embedded: bytes
    curves: tuple[Curve, Curve, Curve]
    to_linear_srgb: FloatArray
    """[3, 3], from the profile's linear RGB to linear sRGB."""

    def to_lab(self, image: pyvips.Image) -> pyvips.Image:
        """See `Profile`; a gray picture is one whose three channels are alike."""
        levels = np.linspace(0, 1, LEVELS[image.format])
        linear = np.stack([curve(levels) for curve in self.curves], axis=-1)
        if image.bands == 1:
            luminance = linear @ (RGB_TO_XYZ @ self.to_linear_srgb)[1]
            return image.maplut(_table(lightness_of(luminance)))
        return _recombined(image.maplut(_table(linear)), self.to_linear_srgb).colourspace("lab")

    def from_lab(self, lab: pyvips.Image, depth: int) -> pyvips.Image:
        """See `Profile`; 16 bits are looked up by their sRGB code, whose steps are even to the eye."""
        inverse = np.asarray(np.linalg.inv(self.to_linear_srgb), np.float64)
        linear = _recombined(lab.colourspace("scrgb"), inverse)
        if depth == 8:
            return _rounded(linear, self._coded(LINEAR_LEVELS))
        table = self._coded(srgb_to_linear(LINEAR_LEVELS)) * 65535 + 0.5
        coded = linear.colourspace("rgb16").maplut(_table(table, np.uint16))
        return coded.copy(interpretation="rgb16")

    def _coded(self, linear: FloatArray) -> FloatArray:
        """Codes (0..1) of the three channels, [N, 3], for linear light [N]."""
        return np.stack([_inverse(curve, linear) for curve in self.curves], axis=-1)


@dataclass(frozen=True)
class LittleCms:
    """RGB with a profile of tables; the profile is kept."""

    embedded: bytes

    def to_lab(self, image: pyvips.Image) -> pyvips.Image:
        """See `Profile`."""
        rgb = image.bandjoin([image, image]) if image.bands == 1 else image
        tagged = with_profile(rgb, self.embedded)
        return tagged.icc_import(embedded=True, intent="relative", pcs="xyz").colourspace("lab")

    def from_lab(self, lab: pyvips.Image, depth: int) -> pyvips.Image:
        """See `Profile`."""
        tagged = with_profile(lab.colourspace("xyz"), self.embedded)
        return tagged.icc_export(intent="relative", pcs="xyz", depth=depth)


class Cmyk(Srgb):
    """Ink, by its own profile or else libvips' general one; its color photograph is sRGB."""

    def __init__(self, profile: bytes | None) -> None:
        self._profile = profile
        self.embedded = srgb_profile()

    def to_lab(self, image: pyvips.Image) -> pyvips.Image:
        """See `Profile`."""
        tagged = image if self._profile is None else with_profile(image, self._profile)
        imported = tagged.icc_import(
            embedded=self._profile is not None, input_profile="cmyk", intent="relative", pcs="xyz"
        )
        return imported.colourspace("lab")


def read_profile(icc: bytes | None, bands: int) -> Profile | None:
    """The way to handle samples of 1 (gray), 3 (RGB) or 4 (CMYK) bands, with or without an embedded profile.

    None when the profile is damaged or made for another kind of picture.
    """
    if icc is None:
        return Cmyk(None) if bands == 4 else Srgb()
    try:
        space, tags = _tags(icc)
        if bands == 4:
            return Cmyk(icc) if space == b"CMYK" else None
        if space == b"GRAY" and bands == 1:
            return GrayCurve(_gray_luminance(icc, tags))
        if space != b"RGB ":
            return None
        if tags.keys() & {b"A2B0", b"A2B1"}:
            return LittleCms(icc)
        red, green, blue = (_rising(_parse_curve(tags[name])) for name in (b"rTRC", b"gTRC", b"bTRC"))
        return MatrixCurves(icc, (red, green, blue), _matrix(tags))
    except (KeyError, ValueError, IndexError, struct.error, np.linalg.LinAlgError):
        return None


def srgb_profile() -> bytes:
    """An sRGB profile, as libvips carries one."""
    profile: bytes = pyvips.Operation.call("profile_load", "srgb")
    return profile


def with_profile(image: pyvips.Image, icc: bytes) -> pyvips.Image:
    """A copy that carries that profile."""
    copy = image.copy()
    copy.set_type(pyvips.GValue.blob_type, ICC_FIELD, icc)
    return copy


def lightness_of(luminance: FloatArray) -> FloatArray:
    """L* of Y (1 is white); CIE 15:2004, 8.2.1."""
    return np.where(luminance > EPSILON, 116 * np.cbrt(luminance) - 16, KAPPA * luminance)


def _table(values: FloatArray, dtype: type[np.generic] = np.float32) -> pyvips.Image:
    """A table for `maplut` of [N] or [N, bands] values."""
    return pyvips.Image.new_from_array(np.ascontiguousarray(values[np.newaxis], dtype=dtype))


def _rounded(linear: pyvips.Image, codes: FloatArray) -> pyvips.Image:
    """Samples of 8 bits of linear light, by the codes (0..1) of 65,536 even steps of light.

    libvips' own way is off by up to 0.9 of a step of 8 bits where this one is off by 0.53.
    """
    index = linear.linear(65535, 0.5).cast("ushort")
    return index.maplut(_table(codes * 255 + 0.5, np.uint8)).copy(interpretation="srgb")


def _recombined(linear: pyvips.Image, matrix: FloatArray) -> pyvips.Image:
    return linear.recomb(pyvips.Image.new_from_array(matrix.tolist())).copy(interpretation="scrgb")


def _tags(icc: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Color space and tags of a profile (ICC.1:2022, 7.2 and 7.3)."""
    if icc[36:40] != b"acsp":
        raise ValueError("no ICC profile")
    (count,) = struct.unpack_from(">I", icc, 128)
    entries = [struct.unpack_from(">4sII", icc, 132 + 12 * index) for index in range(min(count, 200))]
    return icc[16:20], {name: icc[start : start + size] for name, start, size in entries}


def _gray_luminance(icc: bytes, tags: dict[bytes, bytes]) -> Curve:
    curve = _rising(_parse_curve(tags[b"kTRC"]))
    if icc[20:24] != b"Lab ":
        return curve

    def luminance(levels: FloatArray) -> FloatArray:
        root = (100 * curve(levels) + 16) / 116
        return np.where(root**3 > EPSILON, root**3, (116 * root - 16) / KAPPA)

    return luminance


def _matrix(tags: dict[bytes, bytes]) -> FloatArray:
    """From the profile's linear RGB to linear sRGB: its colorants, D50 adapted to D65, and our matrix."""
    colorants = np.stack([_parse_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")], axis=-1)
    cones = (BRADFORD @ WHITE) / (BRADFORD @ ICC_WHITE)
    adapted = np.linalg.inv(BRADFORD) @ np.diag(cones) @ BRADFORD @ colorants
    matrix: FloatArray = XYZ_TO_RGB @ adapted
    np.linalg.inv(matrix)
    return matrix


def _parse_xyz(tag: bytes) -> FloatArray:
    if tag[:4] != b"XYZ ":
        raise ValueError("no XYZ numbers")
    return np.array(struct.unpack_from(">3i", tag, 8)) / 65536


def _parse_curve(tag: bytes) -> Curve:
    """A curve from coded to linear, both 0..1: `curv` or `para` (ICC.1:2022, 10.6 and 10.18)."""
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return lambda x: x
        numbers = np.array(struct.unpack_from(f">{count}H", tag, 12), dtype=np.float64)
        if count == 1:
            gamma = float(numbers[0]) / 256
            return lambda x: x**gamma
        steps = np.linspace(0, 1, count)
        return lambda x: np.interp(x, steps, numbers / 65535)
    if tag[:4] == b"para":
        return _parametric(tag)
    raise ValueError("no curve")


def _rising(curve: Curve) -> Curve:
    dark, bright = curve(np.array([0.0, 1.0]))
    if not dark < bright:
        raise ValueError("a curve that does not rise")
    return curve


def _parametric(tag: bytes) -> Curve:
    """Y = (aX + b)^g + e above d, cX + f below, with what each kind leaves out (ICC.1:2022, table 68)."""
    (kind,) = struct.unpack_from(">H", tag, 8)
    count = (1, 3, 4, 5, 7)[kind]
    given = [number / 65536 for number in struct.unpack_from(f">{count}i", tag, 12)]
    g, a, b, c, d, e, f = given[0], 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if kind in (1, 2):
        a, b = given[1:3]
        d = -b / a
        e = f = given[3] if kind == 2 else 0.0
    elif kind in (3, 4):
        a, b, c, d = given[1:5]
        e, f = given[5:7] if kind == 4 else (0.0, 0.0)
    return lambda x: np.clip(np.where(x >= d, np.maximum(a * x + b, 0) ** g + e, c * x + f), 0, 1)


def _inverse(curve: Curve, linear: FloatArray) -> FloatArray:
    """The code (0..1) of linear light, interpolated between 65,536 samples of the curve."""
    return np.interp(linear, np.maximum.accumulate(curve(LINEAR_LEVELS)), LINEAR_LEVELS)
