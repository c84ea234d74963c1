"""From photographs as they lie about to sets to train on: read, judged, de-duplicated, split, packed.

A prepared folder has a packed set for each side of the split that got pictures, and beside the sets

    prepared.json       sources, settings, counts, what was left out and why, hashes of the sets and of all
    SET/pictures.tsv    of each picture its number, its name, the sha256 of its file, its perceptual hash
"""

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tintype.data.duplicates import MOST_BITS, Code, Nearby, perceptual_hashes
from tintype.data.pack import Keep, LeftOut, Tell, check_any_left, examine, told
from tintype.data.packed import PREPARED, PackedSet
from tintype.data.sources import Held, Picture, Place
from tintype.data.supply import spread, supply
from tintype.data.writing import SetWriter, whole_folder, write_json
from tintype.errors import ConfigError, DataError

FORMAT: Final = 1
TRAIN, VAL, TEST = "train", "val", "test"
PICTURES_TABLE: Final = "pictures.tsv"
NEAR_BITS: Final = 6
"""Hashes that differ in at most so many of 64 bits are near-duplicates. Measured on 965 photographs: one and
the same scaled to half, at JPEG quality 40 or with another gamma differs in 4 at most, cropped by 5 % in 6,
and by 10 % in 10 (medians); the 465,130 pairs of unlike ones differ in at least 12, on average in 31."""


@dataclass(frozen=True)
class Shares:
    """How pictures are divided. Raises `ConfigError` when made with impossible shares."""

    val: float = 0.05
    """Share of the pictures for validation."""
    test: float = 0.05
    """Share of the pictures for the last test."""
    seed: int = 0
    """Another seed gives another division."""

    def __post_init__(self) -> None:
        if not (self.val >= 0 and self.test >= 0 and self.val + self.test < 1):
            raise ConfigError(
                f"shares of {self.val:g} for validation and {self.test:g} for the test are impossible; give "
                "smaller shares, of 0 or more, that leave something for training"
            )

    def side(self, content: str) -> str:
        """Where a picture belongs, told by the hash of its content and the seed alone.

        So a picture stays where it is, whatever is added to it, and a larger share takes from training alone.
        """
        drawn = sha256(f"{self.seed}:{content}".encode()).digest()
        place = int.from_bytes(drawn[:7], "big") / 2**56
        if place < self.test:
            return TEST
        return VAL if place >= 1 - self.val else TRAIN


@dataclass(frozen=True)
class Prepared:
    """A prepared folder."""

    folder: Path
    manifest: dict[str, Any]
    """The content of `prepared.json`."""

    def __getitem__(self, side: str) -> PackedSet:
        return PackedSet(self.folder / side)


@dataclass(frozen=True)
class Candidate:
    """A picture that may be kept, if nothing like it was."""

    name: str
    picture: Picture
    content: str
    """sha256 of the encoded bytes, in hexadecimal digits."""
    samples: bytes
    """sha256 of the decoded picture."""
    code: Code
    mirrored: Code


def prepare(
    sources: Sequence[Path],
    out: Path,
    *,
    keep: Keep | None = None,
    shares: Shares | None = None,
    near_bits: int = NEAR_BITS,
    exclude: tuple[str, ...] = (),
    processes: int | None = None,
    progress: Tell | None = None,
) -> Prepared:
    """Turn folders, archives and tar shards into packed sets `out`/train, `out`/val and `out`/test.

    Of pictures that are alike the first is kept: the same file, the same pixels, or perceptual hashes that
    differ in at most `near_bits` bits, mirrored or not (0: the hashes are not compared). So no picture is
    near one on another side. `exclude`, `processes` and `progress` are those of `pack`; the result does not
    depend on the number of processes.

    Raises `DataError` when `out` exists, when a source is missing, damaged or empty, when nothing is left for
    training, or when writing fails; nothing is left then. Raises `ConfigError` for an impossible
    `near_bits`.
    """
    if not 0 <= near_bits <= MOST_BITS:
        raise ConfigError(
            f"near-duplicates within {near_bits} bits cannot be searched; give 0 to {MOST_BITS}"
        )
    checked, divided = keep or Keep(), shares or Shares()
    with whole_folder(out) as folder:
        found = supply(sources, exclude, checked.min_side)
        results = spread(partial(study, keep=checked), found.places, processes or os.cpu_count() or 1)
        sorting = Sorting(folder, divided, near_bits)
        with sorting.writers:
            for result in told(results, found.total, progress):
                sorting.take(result)
            sets = sorting.finish()
        manifest = {
            "format": FORMAT,
            "sources": [source.name for source in sources],
            "keep": asdict(checked),
            "split": asdict(divided),
            "near_bits": near_bits,
            "exclude": list(exclude),
            "sets": sets,
            "sha256": sha256(
                "".join(f"{name}:{each['sha256']}\n" for name, each in sets.items()).encode()
            ).hexdigest(),
            "counts": sorting.counts(),
            "left_out": [asdict(item) for item in sorting.left_out],
        }
        write_json(folder / PREPARED, manifest)
    return Prepared(out, manifest)


def study(place: Place, keep: Keep) -> Candidate | LeftOut:
    """Decode and judge one picture, and compute what tells whether another one is alike."""
    try:
        data = place.read()
    except DataError as error:
        return LeftOut(place.name, f"unreadable: {error}")
    picture = examine(Held(place.name, data), keep)
    if isinstance(picture, LeftOut):
        return picture
    samples = sha256(f"{picture.shape}".encode() + picture.tobytes()).digest()
    return Candidate(place.name, picture, sha256(data).hexdigest(), samples, *perceptual_hashes(picture))


class Sorting:
    """Pictures that come one by one, each going into its set or being left out."""

    def __init__(self, folder: Path, shares: Shares, near_bits: int) -> None:
        self.folder, self.shares = folder, shares
        self.left_out: list[LeftOut] = []
        self.writers = ExitStack()
        """Closes the sets' files."""
        self._sets: dict[str, SetWriter] = {}
        self._rows: dict[str, list[str]] = {}
        self._known: dict[str | bytes, str] = {}
        self._nearby = Nearby(near_bits) if near_bits else None

    def take(self, result: Candidate | LeftOut) -> None:
        """Store a picture on its side, or note why not."""
        if isinstance(result, Candidate):
            reason = self._alike(result)
            if not reason:
                self._store(result)
                return
            result = LeftOut(result.name, reason)
        self.left_out.append(result)

    def _alike(self, candidate: Candidate) -> str:
        """Why this picture is left out for one that was kept, or an empty string."""
        same = self._known.get(candidate.content) or self._known.get(candidate.samples)
        if same:
            return f"duplicate: of {same}"
        if self._nearby is None:
            return ""
        for code, how in ((candidate.code, ""), (candidate.mirrored, ", mirrored")):
            near = self._nearby.find(code)
            if near:
                return f"near-duplicate: of {near[0]} ({near[1]} bits differ{how})"
        return ""

    def _store(self, candidate: Candidate) -> None:
        name = candidate.name
        self._known |= {candidate.content: name, candidate.samples: name}
        if self._nearby is not None:
            self._nearby.add(candidate.code, name)
        side = self.shares.side(candidate.content)
        if side not in self._sets:
            (self.folder / side).mkdir()
            self._sets[side] = self.writers.enter_context(SetWriter(self.folder / side))
            self._rows[side] = ["number\tname\tsha256\tperceptual hash"]
        rows = self._rows[side]
        rows.append(f"{len(rows) - 1}\t{name}\t{candidate.content}\t{candidate.code:016x}")
        self._sets[side].add(candidate.picture)

    def finish(self) -> dict[str, dict[str, Any]]:
        """Complete the sets; gives the count and the hash of each. Raises `DataError` without one to train
        on."""
        check_any_left(len(self._known), self.left_out)
        if TRAIN not in self._sets:
            raise DataError(
                "no picture is left for training; give more pictures or smaller shares to the others"
            )
        sets = {}
        for side in (TRAIN, VAL, TEST):
            if side in self._sets:
                table = "\n".join(self._rows[side]) + "\n"
                (self.folder / side / PICTURES_TABLE).write_bytes(table.encode("utf-8", "backslashreplace"))
                manifest = self._sets[side].finish(
                    {"side": side, "split": asdict(self.shares), "left_out": []}
                )
                sets[side] = {"pictures": manifest["pictures"], "sha256": manifest["sha256"]}
        return sets

    def counts(self) -> dict[str, int]:
        """How many pictures were found, how many kept, and how many left out for each reason."""
        kept = sum(len(writer) for writer in self._sets.values())
        reasons = Counter(item.kind for item in self.left_out)
        return {"found": kept + len(self.left_out), "kept": kept, **dict(sorted(reasons.items()))}
