"""Coloring many photographs at once, so that one bad file never stops the others."""

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tintype.cli.plan import STANDARD_STREAM, Job
from tintype.engine.colorizer import Colorizer
from tintype.engine.references import Folder, References
from tintype.engine.sitting import Sitting
from tintype.errors import SaveError, TintypeError
from tintype.photo import read_provenance, write_sidecar

POLL_SECONDS: Final = 0.1
"""How soon a request to stop is noticed."""
WAITING_PER_WORKER: Final = 2
"""Jobs handed out ahead of time, so that no worker idles and the list of futures stays short."""


@dataclass(frozen=True)
class Settings:
    """How each photograph of a batch is colored and written."""

    saturation: float = 1.0
    vivid: float | None = None
    references: References | Folder | None = None
    """Read once, for all."""
    swatches: str | None = None
    format: str | None = None
    quality: int | None = None
    sidecar: bool = False
    overwrite: bool = False
    skip_existing: bool = False


@dataclass(frozen=True)
class Result:
    """What became of one photograph; a line of `--json`."""

    input: str
    output: str | None
    status: Literal["done", "skipped", "failed"]
    error: str | None = None
    seconds: float = 0.0
    width: int | None = None
    height: int | None = None
    notices: tuple[str, ...] = ()
    model: str | None = None
    device: str | None = None
    hints: str | None = None
    references: tuple[str, ...] | None = None
    swatches: str | None = None


def run_batch(
    colorizer: Colorizer, jobs: Sequence[Job], settings: Settings, workers: int, stop: threading.Event
) -> Iterator[Result]:
    """Color the photographs with so many threads, and give the results as they come.

    Each worker holds one photograph at a time. Once `stop` is set no further one is begun; those in work are
    finished, and their results still come.
    """
    waiting = iter(jobs)
    running: set[Future[Result]] = set()
    with ThreadPoolExecutor(workers, thread_name_prefix="tintype") as pool:
        exhausted = False
        while True:
            while not exhausted and not stop.is_set() and len(running) < WAITING_PER_WORKER * workers:
                job = next(waiting, None)
                exhausted = job is None
                if job is not None:
                    running.add(pool.submit(color_one, colorizer, job, settings))
            if stop.is_set():
                running = {future for future in running if not future.cancel()}
            if not running:
                return
            done, running = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


def color_one(colorizer: Colorizer, job: Job, settings: Settings) -> Result:
    """Color one photograph; whatever goes wrong with it is told in the result."""
    source, destination = _name(job.source), _name(job.destination)
    start = time.perf_counter()
    sitting: Sitting | None = None
    error: str | None = None
    try:
        if settings.skip_existing and _is_there(job, settings):
            return Result(source, destination, "skipped")
        _check_free(job, settings)
        sitting = colorizer.set_photo(sys.stdin.buffer.read() if job.source is None else job.source)
        sitting.predict(job.hints, settings.vivid, settings.references, settings.swatches or ())
        _write(sitting, job, settings)
    except TintypeError as known:
        error = str(known)
    except MemoryError:
        error = "not enough memory; give fewer --jobs, or close other programs"
    except Exception as unexpected:  # noqa: BLE001  the other photographs must go on, and this one is reported
        error = (
            f"unexpected {type(unexpected).__name__}: {' '.join(str(unexpected).split())}; "
            "this is a bug in Tintype, please report it with this line and, if you can, the photograph"
        )
    return Result(
        source,
        destination,
        "done" if error is None else "failed",
        error,
        round(time.perf_counter() - start, 3),
        sitting.photo.width if sitting else None,
        sitting.photo.height if sitting else None,
        sitting.photo.notices if sitting else (),
        colorizer.model.name,
        colorizer.device,
        None if job.hints is None else str(job.hints),
        None if sitting is None or sitting.references is None else sitting.references.names,
        settings.swatches,
    )


def _is_there(job: Job, settings: Settings) -> bool:
    """Whether the result exists; a sidecar that a stopped run still owed is written."""
    if job.destination is None or not job.destination.exists():
        return False
    if settings.sidecar and not sidecar_of(job.destination).exists():
        provenance = read_provenance(job.destination)
        if provenance is not None:
            write_sidecar(job.destination, provenance)
    return True


def _check_free(job: Job, settings: Settings) -> None:
    """Raise `SaveError` when a file is in the way, before any time is spent on the photograph."""
    if settings.overwrite or job.destination is None:
        return
    for path in (job.destination, *((sidecar_of(job.destination),) if settings.sidecar else ())):
        if path.exists():
            raise SaveError(f"{path} exists already; give --overwrite or --skip-existing, or move it away")


def _write(sitting: Sitting, job: Job, settings: Settings) -> None:
    """Render the photograph and put it where the job says."""
    result = sitting.render(settings.saturation)
    provenance = sitting.provenance(settings.saturation)
    if job.destination is None:
        _pour(result.to_bytes(format=settings.format, quality=settings.quality, provenance=provenance))
        return
    try:
        job.destination.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(
            f"cannot make the folder {job.destination.parent} ({error.strerror}); give -o another"
        ) from error
    result.save(
        job.destination,
        format=settings.format,
        quality=settings.quality,
        overwrite=settings.overwrite,
        provenance=provenance,
    )
    if settings.sidecar:
        write_sidecar(job.destination, provenance, overwrite=settings.overwrite)


def _pour(data: bytes) -> None:
    """Write to standard output, past Python's buffer, which would try again at the end of the program."""
    rest = memoryview(data)
    try:
        sys.stdout.flush()
        while rest:
            rest = rest[os.write(sys.stdout.fileno(), rest) :]
    except OSError as error:
        raise SaveError(
            f"standard output does not take the picture ({error.strerror}); give -o a file"
        ) from error


def sidecar_of(picture: Path) -> Path:
    """Where the sidecar of a picture lies."""
    return picture.with_name(picture.name + ".json")


def _name(path: Path | None) -> str:
    """A path as it is shown."""
    return STANDARD_STREAM if path is None else str(path)
