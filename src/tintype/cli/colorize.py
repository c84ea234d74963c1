"""`tintype colorize`: plan, load the model, color, tell."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

from tintype.cli.exits import DONE, FAILED
from tintype.cli.guidance import Guidance, check_guidance, notices_of, references_of
from tintype.cli.hint_files import with_hints
from tintype.cli.plan import STANDARD_STREAM, make_plan
from tintype.engine.cores import physical_cores
from tintype.engine.naming import suffix_of
from tintype.errors import ConfigError

MOST_JOBS: Final = 4
"""Photographs in work at once unless more are asked for; each needs memory of its own."""
SIGNAL_BASE: Final = 128
"""Shells tell of a process that a signal ended by this plus the signal's number."""


STOPPING: Final = b"tintype: finishing the photographs in work; press Ctrl-C again to stop at once\n"


@dataclass(frozen=True)
class Request:
    """What the person asked for, option by option."""

    inputs: tuple[str, ...]
    output: str | None
    guidance: Guidance
    vivid: float | None
    saturation: float
    recursive: bool
    skip_existing: bool
    overwrite: bool
    format: str | None
    quality: int | None
    sidecar: bool
    device: str
    jobs: int | None
    as_json: bool


def run(request: Request) -> int:
    """Do what was asked; gives the exit code.

    Raises `ConfigError` when the request does not go together, `ModelError` or `DeviceError` when the model
    cannot be used, and `UnusableReference` when a reference cannot, all before any photograph is touched.
    """
    _check(request)
    start = time.perf_counter()
    plan = make_plan(
        request.inputs, output=request.output, recursive=request.recursive, format=request.format
    )
    given = request.guidance
    check_guidance(given, len(plan.jobs))
    plan = with_hints(plan, given.hints)
    if request.as_json and any(job.destination is None for job in plan.jobs):
        raise ConfigError("--json and a picture cannot both go to standard output; give -o a file")
    workers, threads = share_cores(physical_cores(), len(plan.jobs), request.jobs)
    os.environ.setdefault("VIPS_CONCURRENCY", str(threads))  # read once, when the next import loads libvips
    from tintype.cli.batch import Settings, run_batch
    from tintype.cli.report import Report
    from tintype.engine.colorizer import Colorizer
    from tintype.engine.sitting import check_saturation

    check_saturation(request.saturation)
    colorizer = Colorizer(given.name, request.device, threads)
    colorizer.check(
        hinted=given.hints is not None,
        vivid=request.vivid,
        referenced=bool(given.references),
        swatched=given.swatches is not None,
    )
    references = references_of(given)
    settings = Settings(
        saturation=request.saturation,
        vivid=request.vivid,
        references=references,
        swatches=given.swatches,
        format=request.format,
        quality=request.quality,
        sidecar=request.sidecar,
        overwrite=request.overwrite,
        skip_existing=request.skip_existing,
    )
    stop = threading.Event()
    with Report(plan, as_json=request.as_json) as report, _stopped_by_signals(stop) as caught:
        for result in run_batch(colorizer, plan.jobs, settings, workers, stop):
            report.add(result)
        report.finish(time.perf_counter() - start, notices_of(references))
    if caught:
        return SIGNAL_BASE + caught[0]
    return FAILED if report.failed else DONE


def share_cores(cores: int, photographs: int, jobs: int | None) -> tuple[int, int]:
    """How many photographs to have in work at once, and how many threads each gets; both at least 1."""
    workers = max(1, min(photographs, jobs or min(cores, MOST_JOBS)))
    return workers, max(1, cores // workers)


def _check(request: Request) -> None:
    """Raise `ConfigError` for options that exclude each other."""
    if request.skip_existing and request.overwrite:
        raise ConfigError("--skip-existing and --overwrite exclude each other; give one of them")
    to_stream = request.output == STANDARD_STREAM or (
        request.output is None and STANDARD_STREAM in request.inputs
    )
    if request.format is not None:
        suffix_of(request.format)
    if STANDARD_STREAM in request.inputs and sys.stdin.isatty():
        raise ConfigError("standard input is a terminal; add '< old.jpg', or name a file")
    if to_stream and sys.stdout.isatty():
        raise ConfigError(
            "a picture will not be written to a terminal; add '> colored.jpg', or give -o a file"
        )
    if to_stream and request.sidecar:
        raise ConfigError("--sidecar goes with files; give -o a file")


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[list[int]]:
    """While it lasts, the first Ctrl-C or termination request sets `stop`, a second one ends the process at
    once.

    Gives the list that the number of the signal is put into. Results are written whole or not at all, so
    that even the abrupt end leaves no half of a file.
    """
    caught: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if caught:
            os._exit(SIGNAL_BASE + number)
        caught.append(number)
        stop.set()
        os.write(2, STOPPING)  # unlike print it may be called while a print is interrupted

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
