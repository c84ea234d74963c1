"""A photograph's file, bytes or array, and the way back with color: everything else about it is kept."""

from tintype.photo.formats import FORMATS
from tintype.photo.photo import ColorPhoto, Photo
from tintype.photo.provenance import Provenance, read_provenance, write_sidecar

__all__ = [
    "FORMATS",
    "ColorPhoto",
    "Photo",
    "Provenance",
    "read_provenance",
    "write_sidecar",
]
