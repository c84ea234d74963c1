"""From what a person typed to a list of photographs with the file that each becomes.

Nothing is read or written here beside folder listings. All that can be known to go wrong is found before any
work begins: two photographs that would become one file, or a result that would replace an input.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tintype.engine.naming import FORMAT_OF_SUFFIX, beside, is_colored_copy, suffix_of
from tintype.errors import ConfigError

STANDARD_STREAM: Final = "-"
"""Stands for standard input or standard output."""

WILDCARD: Final = re.compile(r"[*?\[]")

HIDDEN: Final = "hidden"
NO_PICTURE: Final = "no picture by its name"
COLORED_COPY: Final = "colored copy of an earlier run"
FOLDER: Final = "folder, see --recursive"


@dataclass(frozen=True)
class Job:
    """One photograph to color."""

    source: Path | None
    """The file; None for standard input."""
    destination: Path | None
    """The file that it becomes; None for standard output."""
    hints: Path | None = None
    """The file with its hints, if there is one."""


@dataclass(frozen=True)
class Problem:
    """An input of which nothing can be made; the others go on."""

    source: str
    message: str


@dataclass(frozen=True)
class Plan:
    """What a command line comes to."""

    jobs: tuple[Job, ...]
    problems: tuple[Problem, ...] = ()
    left_out: Counter[str] = field(default_factory=Counter)
    """How many files in folders are no inputs, by reason."""


@dataclass(frozen=True)
class _Found:
    """An input file, and where it lies below the folder or glob that brought it."""

    source: Path
    relative: Path
    named: bool
    """Whether the person named this very file."""


class _Places:
    """Brings paths into the one form in which two spellings of one place are equal.

    Links to folders are followed, links to files are not. It remembers folders, since there are far fewer of
    them than of files.
    """

    def __init__(self) -> None:
        self._folders: dict[Path, Path] = {}

    def key(self, path: Path) -> str:
        """The one form of a file's path."""
        folder = path.parent
        if folder not in self._folders:
            self._folders[folder] = folder.resolve()
        return os.path.normcase(self._folders[folder] / path.name)


def make_plan(inputs: Sequence[str], *, output: str | None, recursive: bool, format: str | None) -> Plan:
    """Find the photographs that `inputs` name and the file that each becomes.

    An input is a file, a folder (its pictures; those of its subfolders too when `recursive`), a glob, which
    may hold `**`, or "-". `output` is a folder in which the inputs' tree is mirrored, a file if there is one
    input file, "-" for standard output, or None: `name.color.suffix` beside each input. `format` brings its
    own suffix.

    Raises `ConfigError` when inputs and output do not go together, when two inputs would become one file,
    and when a result would replace an input.
    """
    if STANDARD_STREAM in inputs:
        return _plan_stream(inputs, output)
    left_out: Counter[str] = Counter()
    found: list[_Found] = []
    problems: list[Problem] = []
    for each in inputs:
        try:
            found.extend(_find(each, output, recursive, left_out))
        except ConfigError as error:
            problems.append(Problem(each, str(error)))
    places = _Places()
    found = _once_each(found, places)
    jobs = [
        Job(each.source, destination) for each, destination in _destinations(found, inputs, output, format)
    ]
    jobs = _without_own_copies(jobs, places, left_out) if output is None else jobs
    _check(jobs, places)
    return Plan(tuple(jobs), tuple(problems), left_out)


def _plan_stream(inputs: Sequence[str], output: str | None) -> Plan:
    """The plan for "-": one photograph from standard input."""
    if len(inputs) > 1:
        raise ConfigError(
            "'-' (standard input) must be the only input; color the files in a command of their own"
        )
    if output is None or output == STANDARD_STREAM:
        return Plan((Job(None, None),))
    if not _names_a_file(output):
        raise ConfigError(f"-o {output} is a folder; standard input needs a file, such as new.jpg")
    return Plan((Job(None, Path(output)),))


def _find(text: str, output: str | None, recursive: bool, left_out: Counter[str]) -> list[_Found]:
    """The files that one input stands for; `ConfigError` when there are none."""
    path = Path(text)
    if path.is_dir():
        base, files = path, _scan(path, recursive, left_out)
        nothing = "the folder holds no pictures; give another, or --recursive to look into its folders"
    elif WILDCARD.search(text) and not os.path.lexists(path):
        base = _base(text)
        files = iter(sorted(base.glob(str(Path(text).relative_to(base)))))
        nothing = "no picture matches; check the pattern, and quote it"
    else:
        return [_Found(path, Path(path.name), True)]
    avoided = None if output is None else _results_inside(base, output)
    taken = [
        _Found(file, file.relative_to(base), False)
        for file in files
        if file.is_file() and _is_input(file, base, avoided, left_out)
    ]
    if not taken:
        raise ConfigError(nothing)
    return taken


def _scan(folder: Path, recursive: bool, left_out: Counter[str]) -> Iterator[Path]:
    """The files of a folder in the order of their names; links to folders are not followed."""
    for place, folders, files in os.walk(folder):
        visible = [name for name in folders if not name.startswith(".")]
        left_out[FOLDER] += 0 if recursive else len(visible)
        folders[:] = sorted(visible) if recursive else []
        yield from (Path(place, name) for name in sorted(files))


def _results_inside(base: Path, output: str) -> Path | None:
    """The output folder if it lies below `base`, so that its files must not be taken for inputs."""
    inner, outer = Path(output).resolve(), base.resolve()
    return inner if inner.is_relative_to(outer) and inner != outer else None


def _is_input(file: Path, base: Path, avoided: Path | None, left_out: Counter[str]) -> bool:
    """Whether a file that nobody named is taken; counts the reason when it is not."""
    if any(part.startswith(".") for part in file.relative_to(base).parts):
        left_out[HIDDEN] += 1
    elif file.suffix.lower() not in FORMAT_OF_SUFFIX:
        left_out[NO_PICTURE] += 1
    elif is_colored_copy(file) or (avoided is not None and file.resolve().is_relative_to(avoided)):
        left_out[COLORED_COPY] += 1
    else:
        return True
    return False


def _base(pattern: str) -> Path:
    """The folder that a glob starts from: its parts before the first one with a wildcard."""
    parts = Path(pattern).parts
    fixed = next(index for index, part in enumerate(parts) if WILDCARD.search(part))
    return Path(*parts[:fixed])


def _once_each(found: list[_Found], places: _Places) -> list[_Found]:
    """The files in their order, each once though several inputs may stand for it."""
    unique: dict[str, _Found] = {}
    for each in found:
        unique.setdefault(places.key(each.source), each)
    return list(unique.values())


def _destinations(
    found: list[_Found], inputs: Sequence[str], output: str | None, format: str | None
) -> Iterator[tuple[_Found, Path | None]]:
    """Each file with what it becomes."""
    if output is None:
        yield from ((each, beside(each.source, format)) for each in found)
        return
    lone = len(inputs) == 1 and all(each.named for each in found)
    if output == STANDARD_STREAM:
        if not lone:
            raise ConfigError("only one file can go to standard output ('-o -'); give -o a folder")
        yield from ((each, None) for each in found)
        return
    target = Path(output)
    if lone and _names_a_file(output):
        if format is not None and FORMAT_OF_SUFFIX.get(target.suffix.lower()) != format:
            raise ConfigError(f"-o {output} does not go with --format {format}; leave one of them out")
        yield from ((each, target) for each in found)
        return
    if target.is_file() or (target.suffix.lower() in FORMAT_OF_SUFFIX and not target.is_dir()):
        raise ConfigError(f"-o {output} is a file, but there may be several photographs; give -o a folder")
    for each in found:
        place = target / each.relative
        yield each, place if format is None else place.with_suffix(suffix_of(format))


def _names_a_file(output: str) -> bool:
    """Whether -o means a file: it has a suffix, and is neither a folder nor written as one."""
    separators = tuple(separator for separator in (os.sep, os.altsep) if separator)
    return bool(Path(output).suffix) and not output.endswith(separators) and not Path(output).is_dir()


def _without_own_copies(jobs: list[Job], places: _Places, left_out: Counter[str]) -> list[Job]:
    """The jobs less those whose input is another's result, as when `*.jpg` is colored a second time."""
    results = {places.key(job.destination) for job in jobs if job.destination is not None}
    kept = [job for job in jobs if job.source is None or places.key(job.source) not in results]
    left_out[COLORED_COPY] += len(jobs) - len(kept)
    return kept


def _check(jobs: list[Job], places: _Places) -> None:
    """Raise `ConfigError` when two jobs write one file, or one writes what another (or itself) reads."""
    sources = {places.key(job.source): job.source for job in jobs if job.source is not None}
    writers: dict[str, Path | None] = {}
    for job in jobs:
        if job.destination is None:
            continue
        key = places.key(job.destination)
        if key in writers:
            raise ConfigError(
                f"{writers[key]} and {job.source} would both become {job.destination}; "
                "color them in two commands, or into two folders with -o"
            )
        writers[key] = job.source
        if key in sources or _same_file(job.source, job.destination):
            raise ConfigError(
                f"{job.destination} is an input and would be replaced by a result; give -o another folder"
            )


def _same_file(source: Path | None, destination: Path) -> bool:
    """Whether both names stand for one existing file, through a link or otherwise."""
    return source is not None and destination.exists() and source.exists() and destination.samefile(source)
