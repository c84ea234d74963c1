"""A study in one file, and back: rows as JSON lines and image files, whatever database it lies in.

backup.json         format, step of the tables, hashes and counts of all that follows
rows/TABLE.jsonl    the rows, as one state of the database, even while people answer
images/HASH.png     the image files
secrets.json        keys of the server, where there are any, so that people can come back
"""

import gzip
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, ClassVar, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError
from sqlalchemy import URL, delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from tintype import __version__
from tintype.data.writing import whole_folder
from tintype.errors import StudyError
from tintype.photo.atomic import new_file
from tintype.study import migrations, rows
from tintype.study.database import Database, bring_up_to_date, make_tables, shown, url_of
from tintype.study.models import ImageRow, StudyRow
from tintype.study.place import PRIVATE, PRIVATE_FOLDER, SECRETS, Place, Settings, write_private
from tintype.study.service import Study

FORMAT: Final = 1
HEAD: Final = "backup.json"
IMAGE: Final = re.compile(r"images/([0-9a-f]{64})\.png")
LARGEST: Final = 2**31
"""Bytes of a part; more is no part of a back-up."""


@dataclass(frozen=True)
class Head:
    """What a back-up says of itself."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    revision: str
    """Step of the tables, see `migrations`."""
    protocol_sha256: str
    created_at: str
    tintype: str
    rows: dict[str, int]
    """How many rows each table has."""
    files: dict[str, str]
    """sha256 of each part but the images, which have it in their names."""
    format: int = FORMAT


def backup(folder: Path, out: Path, database: str | None = None) -> Head:
    """Write a study into a new file, readable by its owner alone. The study may be in use.

    Raises `StudyError` for the study, `SaveError` when `out` exists or cannot be written.
    """
    with Study.open(folder, database) as study, tempfile.TemporaryDirectory() as scratch:
        parts, counts, images = _dumped(study, Path(scratch))
        if study.place.secrets.is_file():
            parts[SECRETS] = study.place.secrets
        head = Head(
            revision=migrations.head(),
            protocol_sha256=study.protocol_sha256,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            tintype=__version__,
            rows=counts,
            files={name: _hash(path) for name, path in parts.items()},
        )
        parts |= {f"images/{name}.png": study.place.image(name) for name in images}
        for path in parts.values():
            if not path.is_file():
                raise StudyError(f"{path} is gone from the study; put it back, or restore an older back-up")
        with new_file(out, overwrite=False) as descriptor:
            if os.name == "posix":
                os.fchmod(descriptor, PRIVATE)
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                _pack(file, head, parts)
    return head


def restore(file: Path, folder: Path, database: str | None = None) -> Head:
    """Make a study from a back-up in a new folder, whole or not at all, after checking every part.

    `database` is a URL when the rows shall go elsewhere than into a file of the folder; other studies there
    stay as they are. Raises `StudyError` for a file that is no whole back-up, `DataError` when the folder
    exists or cannot be written.
    """
    url = None if database is None else url_of(database, folder)
    numbers: list[int] = []
    try:
        with whole_folder(folder) as partial:
            head, number = _unpack(file, partial)
            stored = None
            if url is not None:
                numbers.append(number := _moved(partial, url))
                stored = url.render_as_string(hide_password=False)
            Place(partial).write(Settings(number, head.protocol_sha256, stored))
            Study.open(partial).close()
    except BaseException:
        if url is not None and numbers:
            _forget(url, numbers)
        raise
    folder.chmod(PRIVATE_FOLDER)
    return head


def _dumped(study: Study, scratch: Path) -> tuple[dict[str, Path], dict[str, int], list[str]]:
    """Write the rows as they are at one moment; gives the parts, their lengths, and the images' hashes."""
    parts: dict[str, Path] = {}
    counts: dict[str, int] = {}
    queries = rows.of_study(study.number)
    with study.database.reading() as session:
        for name, query in queries.items():
            path = parts[f"rows/{name}.jsonl"] = scratch / name
            with path.open("w", encoding="utf-8") as file:
                counts[name] = sum(bool(file.write(line)) for line in rows.lines(session, query))
        images = select(queries["image"].subquery().c.file_sha256).distinct()
        return parts, counts, sorted(session.scalars(images))


def _pack(file: IO[bytes], head: Head, parts: dict[str, Path]) -> None:
    with (
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        text = (json.dumps(asdict(head), indent=1) + "\n").encode()
        info = tarfile.TarInfo(HEAD)
        info.size, info.mode = len(text), PRIVATE
        archive.addfile(info, io.BytesIO(text))
        for name, path in parts.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = path.stat().st_size, PRIVATE
            with path.open("rb") as part:
                archive.addfile(info, part)


def _unpack(file: Path, folder: Path) -> tuple[Head, int]:
    """Put all parts into a folder: images, keys, and the rows into study.db, brought up to date.

    Gives the number of the study, too.
    """
    with tempfile.TemporaryDirectory() as scratch:
        with _opened(file) as archive:
            head = _extract(archive, folder, Path(scratch))
        url = url_of(None, folder)
        migrations.check_known(head.revision)
        _load(url, head, Path(scratch))
        database = Database(url)
        try:
            bring_up_to_date(database)
            with database.reading() as session:
                number = session.scalars(select(StudyRow.id)).one()
                missing = [
                    name
                    for name in session.scalars(select(ImageRow.file_sha256).distinct())
                    if not Place(folder).image(name).is_file()
                ]
        finally:
            database.close()
    if missing:
        raise StudyError(f"{file} lacks {len(missing)} of its images; take another back-up")
    for kept in folder.glob("*.before-upgrade-*"):
        kept.unlink()
    return head, number


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    """A back-up to read from. Raises `StudyError` for a file that is none, or is cut off."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise StudyError(
            f"{file}: {error.strerror}; name a file that `tintype study backup` wrote"
        ) from error
    try:
        with stream, tarfile.open(fileobj=stream, mode="r|gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the file
        raise StudyError(f"{file} is no back-up, or is damaged or cut off; take another one") from error


def _extract(archive: tarfile.TarFile, folder: Path, scratch: Path) -> Head:
    """Write the parts, each by the place that its name stands for, after checking its hash."""
    head: Head | None = None
    seen: set[str] = set()
    for member in archive:
        source = archive.extractfile(member) if member.isfile() and member.size < LARGEST else None
        if source is None:
            raise StudyError(f"{member.name!r} does not belong into a back-up; take another one")
        if head is None:
            head = _head(member.name, source.read())
            continue
        image = IMAGE.fullmatch(member.name)
        wanted = image[1] if image else head.files.get(member.name)
        path = _place_of(member.name, image[1] if image else None, folder, scratch)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            shutil.copyfileobj(source, out)
        if _hash(path) != wanted:
            raise StudyError(f"{member.name!r} in the back-up is damaged; take another one")
        seen.add(member.name)
    if head is None or not set(head.files) <= seen:
        raise StudyError("the back-up is not whole; take another one")
    if SECRETS in seen:
        write_private(folder / SECRETS, (scratch / SECRETS).read_text("utf-8"))
    return head


def _head(name: str, data: bytes) -> Head:
    try:
        head = TypeAdapter(Head).validate_json(data) if name == HEAD else None
    except ValidationError as error:
        raise StudyError(
            f"{HEAD} in the back-up cannot be read; was it made by a newer version of Tintype? Update it"
        ) from error
    if head is None or head.format != FORMAT:
        raise StudyError("the file is no back-up of a study that this version knows; take another one")
    return head


def _place_of(name: str, image: str | None, folder: Path, scratch: Path) -> Path:
    """Where a part goes: images into the study, all else beside it."""
    if image is not None:
        return Place(folder).image(image)
    if name == SECRETS or name in {f"rows/{table}.jsonl" for table in rows.PARENTS}:
        return scratch / name
    raise StudyError(f"{name!r} does not belong into a back-up; take another one")


def _load(url: URL, head: Head, scratch: Path) -> None:
    """Make a database at the back-up's own step, and fill it."""
    database = Database(url)
    try:
        with database.writing() as session:
            migrations.upgrade(session.connection(), head.revision)
        with database.writing() as session:
            for name in rows.PARENTS:
                if name in head.rows:
                    _load_table(session, scratch / "rows" / f"{name}.jsonl", name, head.rows[name])
    finally:
        database.close()


def _load_table(session: Session, path: Path, name: str, count: int) -> None:
    with path.open(encoding="utf-8") as lines:
        try:
            found = rows.load(session, name, lines)
        except SQLAlchemyError as error:
            raise StudyError(
                f"the rows of {name} in the back-up do not go together; take another one"
            ) from error
    if found != count:
        raise StudyError(f"the back-up has {found} rows of {name} and should have {count}; take another one")


def _moved(folder: Path, url: URL) -> int:
    """Move the rows from a folder's study.db to another database; gives the number of the study there."""
    source, target = Database(url_of(None, folder)), Database(url)
    try:
        make_tables(target)
        with source.reading() as old, target.writing() as new:
            number = rows.copy(old, new)
    except IntegrityError as error:
        raise StudyError(
            f"the database {shown(url)} has people of this study already; name another database"
        ) from error
    finally:
        source.close()
        target.close()
    Path(str(source.url.database)).unlink()
    return number


def _forget(url: URL, numbers: list[int]) -> None:
    database = Database(url)
    try:
        with database.writing() as session:
            session.execute(delete(StudyRow).where(StudyRow.id.in_(numbers)))
    finally:
        database.close()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
