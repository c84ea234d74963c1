"""One picture, all models: judged, colored, measured. What processes do, and what they give back."""

import base64
import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype import color, metrics
from tintype.evaluate import colorists
from tintype.evaluate.colorists import Colorist
from tintype.evaluate.kinds import Kind
from tintype.evaluate.measures import EPSILONS, NET_SCALE
from tintype.evaluate.nearest import Kept, search
from tintype.evaluate.pictures import Item, Judged, Picture, colored, judge, squared, to_bytes, to_lab
from tintype.evaluate.plain import told_baselines
from tintype.evaluate.results import Chosen
from tintype.evaluate.strokes import simulate
from tintype.evaluate.told import SILENCE, Told

if TYPE_CHECKING:
    from tintype.evaluate.perceptual import FidFeatures, Lpips

FloatArray = NDArray[np.floating[Any]]
Table = tuple[tuple[float, float], ...]
"""a*b* by whole L*."""

EXTRAS: Final = ("lpips", "fid")
"""Measures that are taken only when asked for: they need torch and weights."""


@dataclass(frozen=True)
class Plan:
    """All that decides what is measured of a picture; hashable, so that a process makes its models once."""

    models: tuple[str, ...]
    """Names or paths of models, names of methods."""
    vivids: tuple[float, ...] = ()
    strokes: int | None = None
    """Strokes of each picture for those who take them."""
    references: Kept | None = None
    """Where those who take one have their reference from."""
    tables: tuple[tuple[str, Table], ...] = ()
    """The baselines by name."""
    size: int = 256
    stretch: bool = False
    kept: tuple[Kind, ...] = ()
    """Kinds of pictures that are scored all the same."""
    extras: tuple[str, ...] = ()
    threads: int | None = None
    """Cores of each process for its models; None is all."""


@dataclass(frozen=True)
class Scores:
    """What was measured of one entry on one picture."""

    values: dict[str, float | None]
    """By measure; None where it has no value, such as PSNR of two equal pictures."""
    areas: list[float]
    """`metrics.areas_by_class` of the classes in the picture."""
    features: str = ""
    """Inception features, 2048 float32 in base64, when FID was asked for."""


@dataclass(frozen=True)
class Scored:
    """What a process found out about one picture."""

    name: str
    sha256: str
    pixels: str
    codes: tuple[int, int]
    kind: Kind | None = None
    """Why it is not one to score: unreadable, gray or small; None for a good one."""
    reason: str = ""
    truth: dict[str, float | None] = field(default_factory=dict)
    classes: list[int] = field(default_factory=list)
    """The color classes in it."""
    counts: list[int] = field(default_factory=list)
    """Pixels of each of them."""
    features: str = ""
    """Of the truth."""
    reference: Chosen | None = None
    """The photograph that it has as its reference, if any is asked for."""
    entries: dict[str, Scores] = field(default_factory=dict)
    """By name; empty when it was not scored."""


@dataclass(frozen=True)
class Truth:
    """A picture at the size that is scored, with what is computed of it once for all entries."""

    rgb: Picture
    lab: FloatArray
    classes: NDArray[np.int64]
    """Color class of each pixel."""
    present: NDArray[np.int64]
    """The classes that there are."""

    @classmethod
    def of(cls, rgb: Picture) -> "Truth":
        """Prepare a picture [S, S, 3]."""
        lab = to_lab(rgb)
        classes = metrics.color_classes(lab[..., 1:])
        return cls(rgb, lab, classes, np.unique(classes))


def score_item(plan: Plan, item: Item) -> Scored:
    """Judge a picture and, if it is one to score, measure every entry of a plan on it."""
    judged = judge(item, plan.size)
    found = Scored(judged.name, judged.sha256, judged.pixels, judged.codes, judged.kind, judged.reason)
    picture = judged.wanted(plan.kept)
    if picture is None:
        return found
    truth = Truth.of(squared(picture, plan.size, plan.stretch))
    told, chosen = _tell(plan, judged, truth.rgb)
    _, pixels = metrics.areas_by_class(
        metrics.distance_counts(truth.lab[..., 1:], truth.lab[..., 1:], truth.classes)
    )
    return replace(
        found,
        truth=truth_values(truth),
        classes=truth.present.tolist(),
        counts=pixels[truth.present].astype(int).tolist(),
        features=_features(truth.rgb) if "fid" in plan.extras else "",
        reference=chosen,
        entries={entry.name: score(truth, entry, plan.extras, told) for entry in entries_of(plan)},
    )


def _tell(plan: Plan, judged: Judged, square: Picture) -> tuple[Told, Chosen | None]:
    """What entries that take something are told of a picture, and its reference."""
    strokes = None if plan.strokes is None else simulate(square, plan.strokes)
    if plan.references is None:
        return Told(strokes), None
    searched = search(plan.references)
    chosen = searched.choose(judged, square)
    return Told(strokes, searched.open(chosen)), chosen


@lru_cache(maxsize=1)
def entries_of(plan: Plan) -> tuple[Colorist, ...]:
    """The baselines and models of a plan, made once in each process; raises as `colorists.models`."""
    baselines = [colorists.by_level(name, np.array(table)) for name, table in plan.tables]
    baselines += told_baselines(plan.strokes, plan.references is not None)
    references = plan.references is not None
    return (
        *baselines,
        *colorists.models(plan.models, plan.vivids, plan.threads, plan.strokes, references),
    )


def truth_values(truth: Truth) -> dict[str, float | None]:
    """What is measured of the truth itself."""
    return {
        "colorfulness": metrics.colorfulness(truth.rgb),
        "leakage": _or_none(metrics.leakage(truth.lab[..., 0], truth.lab[..., 1:])),
    }


def score(truth: Truth, entry: Colorist, extras: tuple[str, ...] = (), told: Told = SILENCE) -> Scores:
    """Carry an entry's a*b* to full size and into gamut, and measure how near it comes."""
    lab, rgb = paint(entry, truth.lab[..., 0], told)
    true, predicted = truth.lab[..., 1:], lab[..., 1:]
    areas, pixels = metrics.areas_by_class(metrics.distance_counts(true, predicted, truth.classes))
    values: dict[str, float] = {"auc": metrics.area_from_classes(areas, pixels)}
    for epsilon in EPSILONS:
        values[f"accuracy_{100 * epsilon:g}"] = 100 * metrics.accuracy(true, predicted, epsilon)
    values |= {
        "mse": metrics.mse(true / NET_SCALE, predicted / NET_SCALE),
        "mae": metrics.mae(true / NET_SCALE, predicted / NET_SCALE),
        "chroma_error": metrics.chroma_error(true, predicted),
        "psnr": metrics.psnr(truth.rgb, rgb),
        "ssim": metrics.ssim(truth.rgb, rgb),
        "ciede2000": metrics.mean_ciede2000(truth.lab, to_lab(rgb)),
        "colorfulness": metrics.colorfulness(rgb),
        "edge_error": metrics.edge_error(true, predicted),
        "leakage": metrics.leakage(truth.lab[..., 0], predicted),
    }
    if "lpips" in extras:
        values["lpips"] = lpips()(truth.rgb, rgb)
    return Scores(
        {name: _or_none(value) for name, value in values.items()},
        [float(f"{area:.6g}") for area in areas[truth.present].tolist()],
        _features(rgb) if "fid" in extras else "",
    )


def paint(entry: Colorist, lightness: FloatArray, told: Told = SILENCE) -> tuple[FloatArray, Picture]:
    """What an entry makes of L* [S, S] and of what it uses of what is told: L*a*b* in gamut [S, S, 3], and
    the same as an 8-bit picture."""
    lab = colored(lightness, entry.paint(lightness, told))
    return lab, to_bytes(color.lab_to_srgb(lab))


def read_features(text: str) -> FloatArray:
    """Features [2048] as they were stored."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(float)


@lru_cache(maxsize=1)
def lpips() -> "Lpips":
    """The network of LPIPS, made once in each process; raises as it does."""
    from tintype.evaluate.perceptual import Lpips  # torch

    return Lpips()


@lru_cache(maxsize=1)
def inception() -> "FidFeatures":
    """The network of FID, made once in each process; raises as it does."""
    from tintype.evaluate.perceptual import FidFeatures  # torch

    return FidFeatures()


def _features(rgb: Picture) -> str:
    return base64.b64encode(inception()(rgb).astype("<f4").tobytes()).decode()


def _or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
