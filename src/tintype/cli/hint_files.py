"""Which hints belong to which photograph of a batch."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tintype.cli.plan import Job, Plan
from tintype.engine.naming import HINT_SUFFIXES
from tintype.errors import ConfigError

UNMATCHED: Final = "hint file without its photograph"


def with_hints(plan: Plan, given: str | None) -> Plan:
    """The plan whose photographs know their hint files, as --hints says.

    `given` is a file, for a single photograph, or a folder, in which the hints of old.jpg are old.json or
    old.png; a photograph that has none there goes without. Nothing is read but the folder's listing.

    Raises `ConfigError` when hints and photographs do not go together, or when it is not clear how.
    """
    if given is None:
        return plan
    place = Path(given)
    if place.is_dir():
        return _matched(plan, place)
    if not place.exists():
        raise ConfigError(f"there is no hint file {given}; check --hints")
    if len(plan.jobs) > 1:
        raise ConfigError(
            f"the hints {given} go with one photograph, not with {len(plan.jobs)}; give --hints a folder in "
            "which those of old.jpg are called old.json or old.png"
        )
    return replace(plan, jobs=tuple(replace(job, hints=place) for job in plan.jobs))


def _matched(plan: Plan, folder: Path) -> Plan:
    """The plan with the hint files of a folder, each given to the photograph of its name."""
    files = sorted(
        path for path in folder.iterdir() if path.suffix.lower() in HINT_SUFFIXES and path.is_file()
    )
    photographs = {job.source.resolve() for job in plan.jobs if job.source is not None}
    jobs = tuple(_with_own(job, files, photographs, folder) for job in plan.jobs)
    users: dict[Path, Job] = {}
    for job in jobs:
        if job.hints is None:
            continue
        if job.hints in users:
            raise ConfigError(
                f"{users[job.hints].source} and {job.source} would both take the hints {job.hints}; "
                "color them in two commands"
            )
        users[job.hints] = job
    if jobs and not users:
        raise ConfigError(
            f"no hint file in {folder} is called as a photograph is; that of old.jpg is old.json or old.png"
        )
    unmatched = len([path for path in files if path not in users and path.resolve() not in photographs])
    return replace(plan, jobs=jobs, left_out=plan.left_out + Counter({UNMATCHED: unmatched}))


def _with_own(job: Job, files: Sequence[Path], photographs: set[Path], folder: Path) -> Job:
    """A job with the one hint file of its photograph's name, if there is any."""
    if job.source is None:
        raise ConfigError("standard input has no name to find its hints by; give --hints a file")
    own = [path for path in files if path.stem == job.source.stem and path.resolve() != job.source.resolve()]
    if not own:
        return job
    if len(own) > 1:
        raise ConfigError(f"{own[0]} and {own[1]} are both hints of {job.source}; move one of them away")
    if own[0].resolve() in photographs:
        raise ConfigError(
            f"{own[0]} is both a photograph to color and the hints of {job.source}; "
            f"keep hints in a folder of their own, not in {folder}"
        )
    return replace(job, hints=own[0])
