"""What a person gives beside the photographs to color: a method, strokes, references, swatches.

`check_guidance` finds what does not go together before anything heavy is imported or any picture is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tintype.classical import METHODS, Kind
from tintype.errors import ConfigError
from tintype.zoo import DEFAULT_MODEL

if TYPE_CHECKING:
    from tintype.engine.references import Folder, References


@dataclass(frozen=True)
class Guidance:
    """What the person gave, option by option."""

    model: str | None = None
    method: str | None = None
    hints: str | None = None
    references: tuple[str, ...] = ()
    nearest: int | None = None
    swatches: str | None = None

    @property
    def name(self) -> str:
        """Name of the method, or name or path of the model, that shall color."""
        return self.method or self.model or DEFAULT_MODEL


def check_guidance(given: Guidance, photographs: int) -> None:
    """Raise `ConfigError` when options do not go together, or name a file that is not there."""
    if given.model is not None and given.method is not None:
        raise ConfigError("--model and --method both say what shall color; give one of them")
    _check_needs(given)
    _check_references(given)
    _check_swatches(given, photographs)


def references_of(given: Guidance) -> References | Folder | None:
    """The references, read once for all photographs; None where none are given.

    Raises `UnusableReference` when no colors can be taken from one.
    """
    from tintype.engine.references import as_references

    if not given.references:
        return None
    source = given.references[0] if len(given.references) == 1 else given.references
    return as_references(source, given.nearest)


def notices_of(references: References | Folder | None) -> tuple[str, ...]:
    """What was left out of a folder of references, and why; nothing where none was asked."""
    return getattr(references, "notices", ())


def _check_needs(given: Guidance) -> None:
    """Raise `ConfigError` when a method is not given what it takes its colors from."""
    method = METHODS.get(given.name)
    if method is None:
        return
    if method.kind is Kind.STROKES and given.hints is None:
        raise ConfigError(
            f"the method {given.name} colors only by strokes; add --hints FILE, or take another --method"
        )
    if method.kind is Kind.REFERENCE and not given.references:
        raise ConfigError(
            f"the method {given.name} takes its colors from a photograph; add --reference FILE, "
            "or take another --method"
        )


def _check_references(given: Guidance) -> None:
    """Raise `ConfigError` for references that are not there or no clear choice."""
    if not given.references and given.nearest is not None:
        raise ConfigError("--nearest goes with a folder of references; add --reference FOLDER")
    for reference in given.references:
        if not Path(reference).exists():
            raise ConfigError(f"there is no reference {reference}; check --reference")
    folders = [reference for reference in given.references if Path(reference).is_dir()]
    if folders and len(given.references) > 1:
        raise ConfigError(
            f"--reference {folders[0]} is a folder to choose from, and must be the only --reference; "
            "give it alone, or photographs alone"
        )
    if given.nearest is not None and not folders:
        raise ConfigError("--nearest chooses from a folder; give --reference a folder, or leave it out")


def _check_swatches(given: Guidance, photographs: int) -> None:
    """Raise `ConfigError` unless swatches have their reference and belong to one photograph."""
    if given.swatches is None:
        return
    if not given.references:
        raise ConfigError("--swatches says what to take from a reference; add --reference FILE")
    if not Path(given.swatches).is_file():
        raise ConfigError(f"there is no file of swatches {given.swatches}; check --swatches")
    if photographs > 1:
        raise ConfigError(
            f"the swatches {given.swatches} go with one photograph, not with {photographs}; "
            "color the photographs one by one, each with its own"
        )
