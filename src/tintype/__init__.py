"""Tintype gives black-and-white photographs their colors back.

    import tintype
    tintype.colorize("old.jpg")             # writes old.color.jpg beside it

Nothing heavy is imported until one of the names is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tintype.engine.colorizer import Colorizer
    from tintype.engine.references import References
    from tintype.engine.shared import colorize
    from tintype.errors import TintypeError
    from tintype.hints import Hint, Hints, SwatchPair, read_hints
    from tintype.zoo import list_models

__version__ = "0.1.0"

__all__ = [
    "Colorizer",
    "Hint",
    "Hints",
    "References",
    "SwatchPair",
    "TintypeError",
    "__version__",
    "colorize",
    "list_models",
    "read_hints",
]

_HOMES = {
    "Colorizer": "tintype.engine.colorizer",
    "Hint": "tintype.hints",
    "Hints": "tintype.hints",
    "References": "tintype.engine.references",
    "SwatchPair": "tintype.hints",
    "TintypeError": "tintype.errors",
    "colorize": "tintype.engine.shared",
    "list_models": "tintype.zoo",
    "read_hints": "tintype.hints",
}
"""Where each public name lives."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
