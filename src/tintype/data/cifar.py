"""CIFAR-10's binary version (Krizhevsky 2009): files of records of 3,073 bytes, without any header.

A record is one byte for the class, 0 to 9, and 32×32 bytes each of red, green and blue, row by row
(https://www.cs.toronto.edu/~kriz/cifar.html). A record is handed on as PPM, the same bytes under a header, so
that nothing else needs to know of it.
"""

import re
from pathlib import PurePath
from typing import Final

import numpy as np

from tintype.errors import DataError

SIDE: Final = 32
"""Pixels."""
CLASSES: Final = 10
RECORD: Final = 1 + 3 * SIDE * SIDE
"""Bytes of one record."""

_BATCH: Final = re.compile(r"(data_batch_\d+|test_batch)\.bin")
_OTHER_VERSION: Final = re.compile(r"(data_batch_\d+|test_batch|batches\.meta)(\.mat)?")


def is_batch(name: str) -> bool:
    """Whether a file of this name, folders left aside, is one of CIFAR-10's binary version."""
    return _BATCH.fullmatch(PurePath(name).name) is not None


def refuse_other_versions(name: str) -> None:
    """Raise `DataError` when a file of this name is of the Python version, which is pickles, or Matlab's."""
    if _OTHER_VERSION.fullmatch(PurePath(name).name):
        raise DataError(
            f"{name} is of CIFAR-10's Python or Matlab version; such files are not read, since a pickle can "
            "run any program: take the binary version, cifar-10-binary.tar.gz"
        )


def count_records(name: str, size: int) -> int:
    """How many records a file of `size` bytes holds. Raises `DataError` when it was cut off."""
    if size == 0 or size % RECORD:
        raise DataError(
            f"{name} is no whole file of CIFAR-10: {size} bytes are no multiple of {RECORD}; fetch it again"
        )
    return size // RECORD


def record_name(name: str, number: int) -> str:
    """Name for people of a record of the file `name`."""
    return f"{name}/{number:05d}"


def check_min_side(name: str, min_side: int) -> None:
    """Raise `DataError` when the picture `name` is a record that would be left out for its size."""
    if min_side > SIDE and is_batch(str(PurePath(name).parent)):
        raise DataError(
            f"the pictures of CIFAR-10 are {SIDE}×{SIDE} pixels, less than the least side of {min_side}: "
            f"add --min-side {SIDE} to take them, and train with side={SIDE}"
        )


def as_ppm(record: bytes) -> bytes:
    """A record as a PPM file. Raises `DataError` when it is none."""
    if len(record) != RECORD or record[0] >= CLASSES:
        raise DataError("this is no record of CIFAR-10's binary version; fetch the file again")
    planes = np.frombuffer(record, np.uint8, offset=1).reshape(3, SIDE, SIDE)
    return f"P6 {SIDE} {SIDE} 255\n".encode() + planes.transpose(1, 2, 0).tobytes()
