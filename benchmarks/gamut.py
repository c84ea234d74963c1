"""What becomes of colors that sRGB cannot show: the gamut rule beside plain clipping.

    python benchmarks/gamut.py --data DIR_or_TAR [--limit N] [--markdown OUT]

See README.md beside this file for the protocol.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray

import results
from pictures import open_set
from tintype import color
from tintype.color import vips
from tintype.errors import TintypeError
from tintype.evaluate.pictures import FloatArray, Picture, into_gamut, to_bytes, to_lab
from tintype.photo.profile import Srgb

SATURATIONS = (1.0, 1.5, 2.0)
STRONG = 100.0
"""Random a* and b* lie within this on either side of 0; the larger part of such colors is outside sRGB."""
PATCH = 16
"""Pixels between the random samples that are enlarged to a smooth picture of strong colors."""
VISIBLE = 5.0
"""C*ab of wanted and of got color below which a hue is not looked at: 8 bits leave it too rough."""
HEADER = ("", "mean ΔL*", "max ΔL*", "ΔL* > 1, %", "mean Δhue, °", "chroma kept, %", "max ΔL*, all pixels")

Rule = Callable[[FloatArray], Picture]
"""From wanted L*a*b* to an 8-bit picture."""


def clipped(lab: FloatArray) -> Picture:
    """Clip R, G and B one by one."""
    return to_bytes(color.lab_to_srgb(lab))


def fitted(lab: FloatArray) -> Picture:
    """The gamut rule."""
    return to_bytes(color.lab_to_srgb(into_gamut(lab)))


def streamed(lab: FloatArray) -> Picture:
    """The gamut rule, as libvips computes it for files."""
    lightness = pyvips.Image.new_from_array(np.ascontiguousarray(lab[..., :1]))
    chroma = np.ascontiguousarray(lab[..., 1:])
    return np.asarray(Srgb().from_lab(vips.recombine(lightness, chroma), 8).numpy())


RULES: dict[str, Rule] = {"clipping": clipped, "gamut rule": fitted, "gamut rule, streamed": streamed}


@dataclass
class Drift:
    """Sums over the pixels that sRGB cannot show as wanted, and the largest change of L* anywhere."""

    pixels: int = 0
    lightness: float = 0.0
    largest: float = 0.0
    largest_anywhere: float = 0.0
    beyond_one: int = 0
    hue: float = 0.0
    hues: int = 0
    wanted_chroma: float = 0.0
    kept_chroma: float = 0.0

    def add(self, wanted: FloatArray, got: FloatArray, outside: NDArray[np.bool_]) -> None:
        """Note a picture in L*a*b* [H, W, 3]; `outside` [H, W] tells which colors sRGB cannot show."""
        anywhere = np.abs(wanted[..., 0] - got[..., 0])
        self.largest_anywhere = max(self.largest_anywhere, float(anywhere.max()))
        self._add(wanted[outside], got[outside])

    def _add(self, wanted: FloatArray, got: FloatArray) -> None:
        """Note pixels [n, 3] outside sRGB."""
        off = np.abs(wanted[:, 0] - got[:, 0])
        before, after = np.hypot(wanted[:, 1], wanted[:, 2]), np.hypot(got[:, 1], got[:, 2])
        seen = (before >= VISIBLE) & (after >= VISIBLE)
        cross = wanted[:, 1] * got[:, 2] - wanted[:, 2] * got[:, 1]
        dot = wanted[:, 1] * got[:, 1] + wanted[:, 2] * got[:, 2]
        turn = np.abs(np.rad2deg(np.arctan2(cross[seen], dot[seen])))
        self.pixels += len(off)
        self.lightness += float(off.sum(dtype=float))
        self.largest = max(self.largest, float(off.max(initial=0)))
        self.beyond_one += int((off > 1).sum())
        self.hue += float(turn.sum(dtype=float))
        self.hues += len(turn)
        self.wanted_chroma += float(before.sum(dtype=float))
        self.kept_chroma += float(after.sum(dtype=float))

    def figures(self) -> list[str]:
        """The cells of the table."""
        anywhere = f"{self.largest_anywhere:.2f}"
        if not self.pixels or not self.hues:
            return [*("" for _ in HEADER[1:-1]), anywhere]
        return [
            f"{self.lightness / self.pixels:.3f}",
            f"{self.largest:.2f}",
            f"{100 * self.beyond_one / self.pixels:.2f}",
            f"{self.hue / self.hues:.2f}",
            f"{100 * self.kept_chroma / self.wanted_chroma:.1f}",
            anywhere,
        ]


def wanted_colors(lab: FloatArray, generator: np.random.Generator) -> dict[str, FloatArray]:
    """The colors asked for: those of a picture, more saturated, and strong random ones on its L*."""
    asked = {}
    for saturation in SATURATIONS:
        factors = np.array([1, saturation, saturation], np.float32)
        asked[f"True color, saturation {saturation:g}"] = lab * factors
    height, width = lab.shape[:2]
    small = generator.uniform(-STRONG, STRONG, (height // PATCH + 1, width // PATCH + 1, 2))
    strong = color.bicubic(small.astype(np.float32), (height, width))
    asked["Strong random color"] = np.concatenate([lab[..., :1], strong], axis=-1)
    return asked


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="The gamut rule beside plain clipping.")
    parser.add_argument("--data", type=Path, required=True, help="folder or tar shard of color pictures")
    parser.add_argument("--limit", type=int, help="take so many pictures, evenly spread")
    parser.add_argument("--markdown", type=Path, help="write the page here, not to standard output")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = parse(arguments)
    data = open_set(options.data, options.limit)
    drifts: dict[str, dict[str, Drift]] = {}
    pixels: dict[str, int] = {}
    generator = np.random.default_rng(0)
    for picture in data.decoded(f"{data.name}: fitting colors"):
        for name, lab in wanted_colors(to_lab(picture), generator).items():
            outside = np.logical_not(color.in_gamut(lab))
            pixels[name] = pixels.get(name, 0) + outside.size
            for rule, render in RULES.items():
                drift = drifts.setdefault(name, {}).setdefault(rule, Drift())
                drift.add(lab, to_lab(render(lab)), outside)
    about = (
        f"{len(data)} pictures of {data.name} at their own size; sha256 of their bytes `{data.sha256()}`. "
        "Figures are of colors rounded to 8 bits against the wanted ones; but for the last column over the "
        "pixels outside sRGB.\n"
    )
    parts = [about]
    for name, by_rule in drifts.items():
        share = 100 * by_rule["gamut rule"].pixels / pixels[name]
        rows = [[rule, *drift.figures()] for rule, drift in by_rule.items()]
        parts.append(f"## {name}: {share:.2f} % outside\n\n" + results.table(HEADER, rows))
    results.publish(results.page("Colors outside sRGB", "gamut.py", arguments, parts), options.markdown)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TintypeError as error:
        sys.exit(f"gamut.py: {error}")
