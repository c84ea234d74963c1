"""The methods by name, and the two small interfaces that they keep.

Nothing heavy is imported before a method is used, so that the methods can be listed and checked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

from tintype.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float32]

Rectangle = tuple[float, float, float, float]
"""x, y, width, height, as shares 0..1 of the picture's width and height."""

PACKAGES: Final = "pip install 'tintype[classical]'"
"""What brings the packages that the methods need."""


class Kind(Enum):
    """What a method takes its colors from."""

    STROKES = "strokes"
    REFERENCE = "reference"


class Canvas(Protocol):
    """A picture that was set up once, to be colored by any number of sets of strokes."""

    def paint(self, hints: FloatArray) -> FloatArray:
        """a*b* [H, W, 2], CIE units, float32, for strokes [H, W, 3]: a*, b* and a mask of 0 or 1, at least
        one of them 1. A call that changes little may use what earlier ones found; the result is the same."""


@dataclass(frozen=True)
class Swatch:
    """A part of the photograph and the part of a reference that it shall take its colors from."""

    photo: Rectangle
    reference: Rectangle
    number: int = 0
    """Which of the references, from 0."""


class Exemplar(Protocol):
    """Colors from photographs."""

    def __call__(
        self, luma: FloatArray, references: Sequence[FloatArray], swatches: Sequence[Swatch]
    ) -> FloatArray:
        """a*b* [H, W, 2], CIE units, float32, for L* [H, W] in 0..100, from references in L*a*b*, [h, w, 3]
        each, at least one."""


@dataclass(frozen=True)
class Method:
    """What is known of a method without importing it."""

    summary: str
    """One line for people."""
    kind: Kind
    working_size: int
    """Side, in pixels, of the square of the area at which it works."""
    home: str
    """Where it is, "module:name": makes a `Canvas` from L* [H, W], or is an `Exemplar`."""
    several: bool = False
    """Whether it uses more than one reference."""
    swatches: bool = False
    """Whether it takes swatches."""


METHODS: Final[dict[str, Method]] = {
    "levin": Method(
        summary="least squares: like lightness, like color (Levin, Lischinski and Weiss 2004)",
        kind=Kind.STROKES,
        working_size=384,
        home="tintype.classical.scribble.levin:Levin",
    ),
    "levin-multigrid": Method(
        summary="the same, solved by multigrid",
        kind=Kind.STROKES,
        working_size=256,
        home="tintype.classical.scribble.multigrid:LevinMultigrid",
    ),
    "huang": Method(
        summary="the same, with edges found first (Huang et al. 2005)",
        kind=Kind.STROKES,
        working_size=384,
        home="tintype.classical.scribble.huang:Huang",
    ),
    "yatziv": Method(
        summary="blending by geodesic distance to each stroke (Yatziv and Sapiro 2006)",
        kind=Kind.STROKES,
        working_size=384,
        home="tintype.classical.scribble.yatziv:Yatziv",
    ),
    "qu": Method(
        summary="a stroke colors the region of its texture (Qu, Wong and Heng 2006)",
        kind=Kind.STROKES,
        working_size=256,
        home="tintype.classical.scribble.qu:Qu",
    ),
    "luan": Method(
        summary="strokes color all regions that are alike (Luan et al. 2007)",
        kind=Kind.STROKES,
        working_size=256,
        home="tintype.classical.scribble.luan:Luan",
    ),
    "welsh": Method(
        summary="pixels like pixels, by lightness and its spread (Welsh, Ashikhmin and Mueller 2002)",
        kind=Kind.REFERENCE,
        working_size=256,
        home="tintype.classical.exemplar.welsh:welsh",
        several=True,
        swatches=True,
    ),
    "charpiat": Method(
        summary="likely colors by local features, one optimum (Charpiat, Hofmann and Schölkopf 2008)",
        kind=Kind.REFERENCE,
        working_size=128,
        home="tintype.classical.exemplar.charpiat:charpiat",
        several=True,
    ),
    "gupta": Method(
        summary="superpixels like superpixels, then spread as strokes (Gupta et al. 2012)",
        kind=Kind.REFERENCE,
        working_size=256,
        home="tintype.classical.exemplar.gupta:gupta",
        several=True,
    ),
    "liu": Method(
        summary="several references with their light taken out (Liu et al. 2008)",
        kind=Kind.REFERENCE,
        working_size=256,
        home="tintype.classical.exemplar.liu:liu",
        several=True,
    ),
}
"""All methods without learning."""


def set_up(name: str, luma: FloatArray) -> Canvas:
    """The canvas of a method of strokes for L* [H, W] in 0..100.

    Raises `ConfigError` when the packages of `tintype[classical]` are missing.
    """
    canvas: Canvas = _load(name)(luma)
    return canvas


def paint_like(
    name: str, luma: FloatArray, references: Sequence[FloatArray], swatches: Sequence[Swatch] = ()
) -> FloatArray:
    """a*b* [H, W, 2] by a method of references; see `Exemplar`.

    Raises `ConfigError` when the packages of `tintype[classical]` are missing, and `UnusableReference` when
    no colors can be taken from a reference.
    """
    chroma: FloatArray = _load(name)(luma, references, swatches)
    return chroma


def require(name: str) -> None:
    """Raise `ConfigError` unless the packages that a method needs are there."""
    _load(name)


def _load(name: str) -> Callable[..., Any]:
    """What a method's `home` names."""
    module, _, attribute = METHODS[name].home.partition(":")
    try:
        found: Callable[..., Any] = getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the method {name} needs the package {error.name}, which is not installed; {PACKAGES} brings it"
        ) from error
    return found
