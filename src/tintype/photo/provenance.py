"""What was done to a photograph, written into it and read back.

The record is JSON in a property of the XMP packet, beside the mark that the press agencies' council defined
for pictures that an algorithm enhanced (IPTC Photo Metadata Standard 2023.1, Digital Source Type).
"""

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from tintype.errors import SaveError
from tintype.photo.atomic import new_file
from tintype.photo.reading import open_path, read_header
from tintype.photo.xmp import Packet

XMP_FIELD: Final = "xmp-data"
NAMESPACE: Final = "urn:x-tintype:provenance:1#"
PREFIX: Final = "tintype"
IPTC_NAMESPACE: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
IPTC_PREFIX: Final = "Iptc4xmpExt"
ENHANCED: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"


@dataclass(frozen=True)
class Provenance:
    """Who colored a photograph, and how."""

    tool: str
    version: str
    model: str
    model_sha256: str
    settings: dict[str, Any]
    """Whatever else decides the result; JSON values."""

    def to_json(self) -> str:
        """One line of JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Provenance":
        """The record back from JSON; raises `ValueError` when it is none."""
        stored: Any = json.loads(text)
        if not isinstance(stored, dict) or stored.keys() != {field.name for field in fields(cls)}:
            raise ValueError("no record of a coloring")
        return cls(**stored)


def record(packet: Packet, provenance: Provenance) -> None:
    """Write the record and the mark into an XMP packet; a mark that was there is kept beside them."""
    former = packet.get(IPTC_NAMESPACE, "DigitalSourceType")
    packet.set(NAMESPACE, PREFIX, "Provenance", provenance.to_json())
    if former not in (None, ENHANCED):
        packet.set(NAMESPACE, PREFIX, "FormerDigitalSourceType", str(former))
    packet.set(IPTC_NAMESPACE, IPTC_PREFIX, "DigitalSourceType", ENHANCED)


def read_provenance(path: str | os.PathLike[str]) -> Provenance | None:
    """How a photograph was colored, from its XMP; None when it does not say.

    Raises `PhotoError` when the file is no picture.
    """
    header = read_header(open_path(path))
    if not header.get_typeof(XMP_FIELD):
        return None
    try:
        text = Packet(header.get(XMP_FIELD)).get(NAMESPACE, "Provenance")
        return None if text is None else Provenance.from_json(text)
    except ValueError:
        return None


def write_sidecar(path: str | os.PathLike[str], provenance: Provenance, *, overwrite: bool = False) -> Path:
    """Write the record beside a photograph, `old.color.jpg` → `old.color.jpg.json`, and give the file's path.

    Raises `SaveError` when it cannot be written, or is there already without `overwrite`.
    """
    target = Path(path).with_name(Path(path).name + ".json")
    with new_file(target, overwrite) as descriptor:
        _write_all(descriptor, (provenance.to_json() + "\n").encode(), target)
    return target


def _write_all(descriptor: int, data: bytes, target: Path) -> None:
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError as error:
        raise SaveError(f"{target}: {error.strerror}; make room or choose another folder") from error
