"""The folder of a study: where its parts lie, and what stands in study.json."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from tintype.errors import StudyError

FORMAT: Final = 1
SETTINGS: Final = "study.json"
IMAGES: Final = "images"
SECRETS: Final = "secrets.json"
"""Keys of the server, which makes them when it is first started."""
PRIVATE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700


@dataclass(frozen=True)
class Settings:
    """Which study of which database a folder belongs to."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    study: int
    """Its number in the database."""
    protocol_sha256: str
    database: str | None = None
    """A URL; None for the file in the folder."""
    format: int = FORMAT


@dataclass(frozen=True)
class Place:
    """The folder of one study.

    study.json         which study of which database it is
    study.db           the database, unless it lies elsewhere
    images/ab/….png    all images, each named by the sha256 of its file
    secrets.json       keys of the server
    """

    folder: Path

    def image(self, sha256: str) -> Path:
        """The file of an image."""
        return self.folder / IMAGES / sha256[:2] / f"{sha256}.png"

    @property
    def secrets(self) -> Path:
        """The server's keys."""
        return self.folder / SECRETS

    def write(self, settings: Settings) -> None:
        """Write study.json for its owner's eyes: a URL may hold a password. Raises `OSError`."""
        write_private(self.folder / SETTINGS, json.dumps(asdict(settings), indent=1) + "\n")

    def read(self) -> Settings:
        """What study.json says. Raises `StudyError` when the folder is no study's."""
        path = self.folder / SETTINGS
        try:
            settings = TypeAdapter(Settings).validate_json(path.read_bytes())
        except OSError as error:
            raise StudyError(
                f"{self.folder} is no study ({SETTINGS}: {error.strerror}); name the folder that "
                "`tintype study create` made"
            ) from error
        except ValidationError as error:
            raise StudyError(
                f"{path} cannot be read; restore a back-up, or update Tintype if a newer version made it"
            ) from error
        if settings.format != FORMAT:
            raise StudyError(f"{path} has format {settings.format}, this program {FORMAT}; update Tintype")
        return settings


def write_private(path: Path, text: str) -> None:
    """Write a new file that nobody but its owner may read. Raises `OSError`."""
    with os.fdopen(
        os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
