"""Making a study: photographs × models → image files, rows of the database, and a protocol that stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL, delete

from tintype.data.pack import Tell
from tintype.data.writing import whole_folder
from tintype.errors import ConfigError, DataError
from tintype.study.database import Database, make_tables, url_of
from tintype.study.draw import ADVICE, READY, Drawn, Photographs, ReadyPictures, Source
from tintype.study.images import rainbow, store, without_color
from tintype.study.models import ImageRow, PictureRow, StudyRow
from tintype.study.place import PRIVATE_FOLDER, Place, Settings
from tintype.study.protocol import GRAY, RAINBOW, TRUTH, Exclusions, Protocol

NAME: Final = "Real or colorized?"
COUNT: Final = 100
"""Pictures of a study, as in the report (R8)."""


@dataclass(frozen=True)
class Asked:
    """What study is to be made."""

    pictures: Path
    """Photographs in color, or the folder `study/` of a reproduction."""
    models: tuple[str, ...] = ()
    """Names or paths; may be left out for a reproduction's folder."""
    vivids: tuple[float, ...] = ()
    count: int | None = None
    """Pictures to judge; None is 100, or all of a reproduction's folder."""
    size: int = 256
    seed: int = 0
    name: str = NAME
    database: str | None = None
    part_one: int = 5
    part_two: int = 5
    practice: int = 2
    attention_every: int = 1
    rounds: int = 3
    exclusions: Exclusions = field(default_factory=Exclusions)
    ask_age: bool = True
    ask_color_vision: bool = True

    def protocol(self, source: Source, count: int) -> Protocol:
        """The protocol, with pictures from a source. Raises `ConfigError`."""
        return Protocol(
            name=self.name,
            pictures=count,
            models=source.models,
            size=source.size,
            seed=self.seed,
            part_one=self.part_one,
            part_two=self.part_two,
            practice=self.practice,
            attention_every=self.attention_every,
            max_rounds=self.rounds,
            exclusions=self.exclusions,
            ask_age=self.ask_age,
            ask_color_vision=self.ask_color_vision,
            drawn_from=source.name,
            left_out=source.left_out,
        )

    @property
    def apart(self) -> int:
        """Pictures that are set apart for practice and attention checks."""
        return self.practice + (-(-self.rounds // self.attention_every) if self.attention_every else 0)


def create(
    asked: Asked,
    folder: Path,
    *,
    looked: Tell | None = None,
    painted: Tell | None = None,
) -> Protocol:
    """Make a study in a new folder, whole or not at all; gives its protocol.

    `looked` gets how many photographs were found good, `painted` how many are colorized. Raises
    `ConfigError`, `ModelError`, `DataError` for what was asked for, `StudyError` when the database cannot be
    used.
    """
    if folder.exists():
        raise DataError(f"{folder} exists already; name another folder or delete it first")
    url = None if asked.database is None else url_of(asked.database, folder)
    source, count = _source(asked, looked or _silent)
    protocol = asked.protocol(source, count)
    drawn = _told(source.take(count + asked.apart), painted or _silent, count + asked.apart)
    if url is None:
        with whole_folder(folder) as partial, opened(url_of(None, partial)) as database:
            _fill(partial, database, protocol, drawn)
    else:
        _create_elsewhere(folder, url, protocol, drawn)
    folder.chmod(PRIVATE_FOLDER)
    return protocol


@contextmanager
def opened(url: URL) -> Iterator[Database]:
    """A database with tables, made where there are none; closed at the end. Raises `StudyError`."""
    database = Database(url)
    try:
        make_tables(database)
        yield database
    finally:
        database.close()


def _create_elsewhere(folder: Path, url: URL, protocol: Protocol, drawn: Iterator[Drawn]) -> None:
    """Make a study whose database does not lie in its folder, and which keeps nothing if that fails."""
    numbers: list[int] = []
    with opened(url) as database:
        try:
            with whole_folder(folder) as partial:
                numbers.append(_fill(partial, database, protocol, drawn, url))
        except BaseException:
            with database.writing() as session:
                session.execute(delete(StudyRow).where(StudyRow.id.in_(numbers)))
            raise


def _fill(
    folder: Path, database: Database, protocol: Protocol, drawn: Iterator[Drawn], url: URL | None = None
) -> int:
    """Write images, rows and study.json; gives the number of the study in its database."""
    place = Place(folder)
    pictures = [_stored(place, each, number, protocol) for number, each in enumerate(drawn, start=1)]
    with database.writing() as session:
        row = StudyRow(
            name=protocol.name,
            created_at=datetime.now(UTC),
            protocol=protocol.text(),
            protocol_sha256=protocol.sha256,
        )
        session.add(row)
        session.flush()
        for picture, images in pictures:
            picture.study_id = row.id
            session.add(picture)
            session.flush()
            for image in images:
                image.picture_id = picture.id
            session.add_all(images)
        number = row.id
        stored = None if url is None else url.render_as_string(hide_password=False)
        place.write(Settings(number, protocol.sha256, stored))
    return number


def _stored(place: Place, drawn: Drawn, number: int, protocol: Protocol) -> tuple[PictureRow, list[ImageRow]]:
    """Write the images of a picture, which is for judging, practice or attention by its number (from 1)."""
    truth = drawn.kinds[TRUTH]
    kinds = drawn.kinds
    role = "scored"
    if number > protocol.pictures + protocol.practice:
        role, kinds = "attention", {GRAY: without_color(truth), RAINBOW: rainbow(truth)}
    elif number > protocol.pictures:
        role = "practice"
    height, width = truth.shape[:2]
    row = PictureRow(
        number=number, role=role, name=drawn.name, sha256=drawn.sha256, width=width, height=height
    )
    return row, [ImageRow(kind=kind, file_sha256=store(place, kinds[kind])) for kind in kinds]


def _source(asked: Asked, looked: Tell) -> tuple[Source, int]:
    """Where the pictures come from, and how many are judged. Raises `DataError` when there are too few."""
    if (asked.pictures / READY).is_file():
        if asked.vivids:
            raise ConfigError("pictures of a reproduction are colorized already; leave --vivid out")
        ready = ReadyPictures(asked.pictures, asked.models, asked.seed)
        _check_enough(asked, ready, asked.count or asked.part_one + asked.part_two)
        return ready, asked.count or ready.available - asked.apart
    count = asked.count or COUNT
    photographs = Photographs(
        asked.pictures, asked.models, asked.vivids, asked.size, asked.seed, count + asked.apart, looked
    )
    _check_enough(asked, photographs, count)
    return photographs, count


def _check_enough(asked: Asked, source: Source, count: int) -> None:
    if source.available < count + asked.apart:
        out = f" ({len(source.left_out)} left out; {_first(source)})" if source.left_out else ""
        raise DataError(
            f"a study of {count} pictures needs {count + asked.apart}, {asked.apart} of them for practice "
            f"and attention checks; {source.name} has {source.available} good ones{out}; {ADVICE}"
        )


def _first(source: Source) -> str:
    first = source.left_out[0]
    return f"the first {first.name}: {first.kind}, {first.reason}"


def _silent(done: int, total: int | None) -> None:
    """Tell nobody."""


def _told(drawn: Iterator[Drawn], tell: Tell, total: int) -> Iterator[Drawn]:
    for done, each in enumerate(drawn, start=1):
        yield each
        tell(done, total)
