"""What an evaluation found, as a JSON file: the protocol, the pictures, and all scores, each and in sum.

Everything that a reader needs to doubt a score is in it: hashes of the pictures and of the models, what was
left out and why, the versions of the packages. Numbers have six significant digits.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from tintype.errors import ConfigError, DataError, SaveError
from tintype.evaluate.kinds import Kind
from tintype.photo.atomic import new_file

FORMAT: Final = 2
"""2 added entries that are told something: methods, strokes and references. Files of 1 hold none, and are
read as they are."""
MOST_REFERENCES: Final = 5000
"""Pictures of a set of references that are looked at, unless another number is asked for."""
DIGITS: Final = 6
"""Significant digits that are kept of a number."""

STRICT: Final = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Estimate:
    """A score of a whole set, with its 95 % interval under resampling of the pictures."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    value: float | None
    """None when no picture has a value."""
    low: float | None
    high: float | None
    pictures: int
    """How many pictures have a value."""


@dataclass(frozen=True)
class Protocol:
    """How pictures are prepared and numbers taken; equal protocols give comparable numbers."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    size: int = 256
    """Side in pixels of the square that is scored."""
    shape: Literal["crop", "stretch"] = "crop"
    """The largest square of the picture's middle, or the whole picture stretched to a square."""
    limit: int | None = None
    """Only so many pictures, evenly spread over the sorted names."""
    kept: list[Kind] = field(default_factory=list)
    """What is scored although it is usually left out."""
    fit: str = ""
    """Which pictures the two baselines of mean color are fitted on."""
    resamples: int = 2000
    """Bootstrap samples of the pictures behind each interval."""
    flips: int = 10000
    """Random sign flips behind each p."""
    seed: int = 0


@dataclass(frozen=True)
class LeftOut:
    """A picture that was not scored."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    kind: Kind
    reason: str


@dataclass(frozen=True)
class DataSummary:
    """Which pictures were scored."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    """Name of the folder or shard."""
    found: int
    pictures: int
    """How many were scored."""
    sha256: str
    """Hash over the hashes of all scored pictures, in order."""
    labels: str | None
    """Name of the file that the labels come from, or "folders"."""
    counts: dict[Kind, int]
    """How many pictures of each kind there were, left out or kept."""
    left_out: list[LeftOut]


@dataclass(frozen=True)
class PictureRow:
    """One scored picture."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    sha256: str
    """Of its encoded bytes; of its pixels when it comes from a packed set."""
    label: str | None
    """What it shows, where that is known."""
    colorfulness: float
    """Of the truth."""
    leakage: float | None
    """Of the truth."""


@dataclass(frozen=True)
class Chosen:
    """The photograph that a picture had as its reference."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    """Below the folder of its set."""
    sha256: str
    passed_over: int
    """How many photographs of the set show what the picture itself shows, and so could not be it."""


@dataclass(frozen=True)
class ReferenceSet:
    """Photographs out of which each picture had the nearest as its reference."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    """Name of the folder or shard."""
    most: int
    """How many of its pictures were to be looked at, at most, evenly spread over their names."""
    found: int
    """How many were."""
    pictures: int
    """How many of them could be references: neither unreadable nor gray nor small."""
    left_out: dict[Kind, int]
    sha256: str
    """Hash over the hashes of those that could, in order."""
    model_sha256: str
    """Hash of the model whose features tell which one is nearest."""
    chosen: list[Chosen]
    """The reference of each picture, in the order of the pictures."""


@dataclass(frozen=True)
class Entry:
    """One model at one vividness, or a method or baseline, told something or nothing, and its scores."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    kind: Literal["model", "method", "baseline"]
    """A "method" colors without having learned."""
    model: str | None
    """The model's own name, or the method's."""
    vivid: float | None
    """The vividness asked for; None is the model's own, or one that takes none."""
    sha256: str | None
    """Hash of the model's file."""
    size_mb: float | None
    """Size of that file in 10⁶ bytes."""
    table: list[tuple[float, float]] | None
    """A baseline's a*b* at each whole unit of L*, 0 to 100."""
    sum: dict[str, Estimate]
    """Each measure over all pictures."""
    pictures: dict[str, list[float | None]]
    """Each measure of each picture, in the order of the pictures."""
    strokes: int | None = None
    """How many strokes of each picture's true colors it was given; None for none."""
    references: str | None = None
    """The sha256 of the set that it had each picture's reference from; None for none."""

    @property
    def told(self) -> bool:
        """Whether it was told something of the true colors, or of those of a like photograph."""
        return self.strokes is not None or self.references is not None

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells it from the other entries on the same pictures."""
        return (self.sha256, self.vivid, self.strokes, self.references, "" if self.sha256 else self.name)


@dataclass(frozen=True)
class Comparison:
    """Two entries on the same pictures: `first` minus `second`."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    measure: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float | None
    """Two-sided, by random sign flips of the pictures' differences; None for measures of whole sets."""
    p_adjusted: float | None
    """The same after Holm 1979, over the pairs of this measure."""


@dataclass(frozen=True)
class Results:
    """The content of a results file."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    format: Literal[1, 2]
    versions: dict[str, str]
    protocol: Protocol
    data: DataSummary
    truth: dict[str, Estimate]
    pictures: list[PictureRow]
    entries: list[Entry]
    comparisons: list[Comparison]
    references: list[ReferenceSet] = field(default_factory=list)
    """The sets that entries had references from; most results have none or one."""

    def entry(self, name: str) -> Entry:
        """The entry of a name. Raises KeyError when there is none."""
        return {each.name: each for each in self.entries}[name]

    @property
    def names(self) -> list[str]:
        """The names of all entries, in order."""
        return [each.name for each in self.entries]

    def to_dict(self) -> dict[str, Any]:
        """The results as JSON would hold them, numbers rounded."""
        rounded: dict[str, Any] = _rounded(asdict(self))
        return rounded

    def write(self, path: Path) -> None:
        """Write them whole or not at all, replacing what is there. Raises `SaveError`."""
        write_text(path, json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":")) + "\n")


def read(path: Path) -> Results:
    """Read a results file. Raises `DataError` when it is none, or of another format."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read the results {path} ({error.strerror}); give another file") from error
    try:
        results: Results = TypeAdapter(Results).validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataError(
            f"{path} holds no results of this version of Tintype ({place or 'the file'}: {first['msg']}); "
            "make it with `tintype evaluate`"
        ) from error
    columns: list[Sequence[Any]] = [each for entry in results.entries for each in entry.pictures.values()]
    columns += [each.chosen for each in results.references]
    if any(len(column) != len(results.pictures) for column in columns):
        raise DataError(f"{path} lacks scores of some pictures; make it again with `tintype evaluate`")
    return replace(results, format=FORMAT)


def merge(parts: Sequence[Results]) -> Results:
    """The entries of several results as one; two of the same identity, as `Entry` has it, count once.

    Comparisons between entries of different files are not made up: only those of the files are in it.
    Raises `ConfigError` unless all are of the same pictures and protocol.
    """
    first = parts[0]
    for other in parts[1:]:
        if (other.protocol, other.data.sha256) != (first.protocol, first.data.sha256):
            raise ConfigError(
                f"results of {first.data.name} and of {other.data.name} were made of other pictures or by "
                "another protocol and cannot be set side by side; evaluate the models in one run"
            )
    entries: dict[tuple[object, ...], Entry] = {}
    references: dict[str, ReferenceSet] = {}
    for part in parts:
        for entry in part.entries:
            entries.setdefault(entry.identity, entry)
        for each in part.references:
            references.setdefault(each.sha256, each)
    comparisons: dict[tuple[str, str, str], Comparison] = {}
    for part in parts:
        for pair in part.comparisons:
            comparisons.setdefault((pair.measure, pair.first, pair.second), pair)
    return replace(
        first,
        entries=_distinct(entries.values()),
        comparisons=list(comparisons.values()),
        references=list(references.values()),
    )


def _distinct(entries: Iterable[Entry]) -> list[Entry]:
    """The same entries; of two models with one name the later has the beginning of its hash added."""
    named: list[Entry] = []
    for entry in entries:
        taken = entry.name in {each.name for each in named}
        named.append(replace(entry, name=f"{entry.name} {(entry.sha256 or '')[:8]}") if taken else entry)
    return named


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all. Raises `SaveError` when that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(
            f"cannot write {path} ({error.strerror}); make room, or choose another place"
        ) from error
    with new_file(path, overwrite=True) as descriptor, open(descriptor, "wb", closefd=False) as file:
        file.write(text.encode())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value
