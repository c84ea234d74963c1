"""The rows of a study as lines of JSON, in and out of any database: what back-ups hold."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Column, DateTime, MetaData, Select, Table, func, insert, select
from sqlalchemy.orm import Session

from tintype.errors import StudyError
from tintype.study.models import Base

PARENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "study": {},
    "picture": {"study_id": "study"},
    "image": {"picture_id": "picture"},
    "participant": {"study_id": "study"},
    "trial": {"participant_id": "participant", "image_id": "image", "picture_id": "picture"},
}
"""Columns of each table that hold the id of a row of another one; tables that others refer to come first."""
BATCH: Final = 1000

Row = dict[str, Any]
T = TypeVar("T")


def of_study(number: int) -> dict[str, Select[Any]]:
    """For each table the query for the rows of one study, by id."""
    study, picture, image, participant, trial = (Base.metadata.tables[name] for name in PARENTS)
    pictures = select(picture.c.id).where(picture.c.study_id == number)
    people = select(participant.c.id).where(participant.c.study_id == number)
    queries = {
        "study": select(study).where(study.c.id == number),
        "picture": select(picture).where(picture.c.study_id == number),
        "image": select(image).where(image.c.picture_id.in_(pictures)),
        "participant": select(participant).where(participant.c.study_id == number),
        "trial": select(trial).where(trial.c.participant_id.in_(people)),
    }
    return {name: query.order_by(Base.metadata.tables[name].c.id) for name, query in queries.items()}


def lines(session: Session, query: Select[Any]) -> Iterator[str]:
    """A query's rows, each a JSON object in a line; times as ISO 8601 in UTC."""
    for row in session.execute(query).mappings():
        yield json.dumps(dict(row), default=_time, ensure_ascii=False) + "\n"


def load(session: Session, name: str, rows: Iterable[str]) -> int:
    """Put lines into a table of an empty database, whatever step it is at; gives their number.

    Raises `StudyError` for lines that are no rows of it.
    """
    table = Table(name, MetaData(), autoload_with=session.connection())
    count = 0
    for batch in _batches(rows):
        session.execute(insert(table), [_row(table, line) for line in batch])
        count += len(batch)
    return count


def copy(source: Session, target: Session) -> int:
    """Copy the study of a database that holds but one into another; gives its number there.

    All rows get new ids in the same order, so that studies beside it stay as they are.
    """
    ids: dict[str, dict[int, int]] = {}
    for table in TABLES_BY_PARENT:
        known = ids.setdefault(table.name, {})
        rows = (dict(row) for row in source.execute(select(table).order_by(table.c.id)).mappings())
        for batch in _batches(rows):
            old = [row.pop("id") for row in batch]
            for row in batch:
                row |= {column: ids[parent][row[column]] for column, parent in PARENTS[table.name].items()}
            new = target.execute(insert(table).returning(table.c.id, sort_by_parameter_order=True), batch)
            known.update(zip(old, new.scalars(), strict=True))
    (number,) = ids["study"].values()
    return number


def count(session: Session, name: str) -> int:
    """How many rows a table has."""
    return session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) or 0


TABLES_BY_PARENT: Final = tuple(Base.metadata.tables[name] for name in PARENTS)


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _row(table: Table, line: str) -> Row:
    """A row from its line."""
    try:
        found: Any = json.loads(line)
        return {str(name): _value(table.c[name], value) for name, value in found.items()}
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise StudyError(
            f"the back-up has a line that is no row of {table.name}; take another one"
        ) from error


def _value(column: Column[Any], value: Any) -> Any:
    if value is None or not isinstance(column.type, DateTime):
        return value
    return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)


def _time(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{value!r} has no place in a back-up")
