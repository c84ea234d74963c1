"""What picture files are called, and what the colored copy of one is called."""

from pathlib import Path
from typing import Final

from tintype.errors import ConfigError

FORMAT_OF_SUFFIX: Final = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".jpe": "jpeg",
    ".jfif": "jpeg",
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".webp": "webp",
    ".avif": "avif",
    ".heic": "heic",
    ".heif": "heic",
}
"""Suffixes of the files that are taken from folders, with their formats; that of `photo`, without libvips."""

SUFFIX_OF_FORMAT: Final = {
    "jpeg": ".jpg",
    "png": ".png",
    "tiff": ".tif",
    "webp": ".webp",
    "avif": ".avif",
    "heic": ".heic",
}
"""The formats that can be asked for, with the suffix that a result then gets."""

HINT_SUFFIXES: Final = (".json", ".png")
"""Suffixes of hint files that are taken from folders; what one holds is told by how it begins."""

MARK: Final = ".color"
"""Stands between name and suffix of a colored copy: old.jpg becomes old.color.jpg."""


def suffix_of(format: str) -> str:
    """The suffix of a format's files; `ConfigError` for a format that cannot be asked for."""
    if format not in SUFFIX_OF_FORMAT:
        raise ConfigError(
            f"there is no format {format!r} to write; choose one of: {', '.join(SUFFIX_OF_FORMAT)}"
        )
    return SUFFIX_OF_FORMAT[format]


def beside(source: Path, format: str | None = None) -> Path:
    """The path of the colored copy beside its source; its suffix is the source's or the format's."""
    suffix = source.suffix if format is None else suffix_of(format)
    return source.with_name(source.stem + MARK + suffix)


def is_colored_copy(path: Path) -> bool:
    """Whether a file is, by its name, the colored copy of another."""
    return Path(path.stem).suffix.lower() == MARK
