"""Why a picture is not one to score."""

from typing import Final, Literal

Kind = Literal["unreadable", "gray", "small", "duplicate"]
KINDS: Final[tuple[Kind, ...]] = ("unreadable", "gray", "small", "duplicate")
"""Bytes that are no picture; one without colors; one that would have to be enlarged more than twice; one that
shows what an earlier one shows."""
