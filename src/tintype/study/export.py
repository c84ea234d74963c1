"""A study's answers for other programs: CSV and JSON, with a dictionary that describes every column.

Nothing in them names a person: people have running numbers. Cells of text cannot be taken for formulas.
"""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tintype import __version__
from tintype.data.writing import whole_folder, write_json
from tintype.study import records
from tintype.study.exclusions import RULES
from tintype.study.protocol import AGE_BANDS, COLOR_VISIONS
from tintype.study.records import Answer, Person, Picture
from tintype.study.service import Study

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or for one hidden behind a break."""
DICTIONARY: Final = "data-dictionary"

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, what stands in it, and where that comes from."""

    name: str
    type: str
    """integer, number, text or boolean."""
    meaning: str
    value: Callable[[Any], Value]


def _field(name: str, kind: str, meaning: str) -> Column:
    return Column(name, kind, meaning, lambda row: getattr(row, name))


ANSWERS: Final = (
    _field("participant", "integer", "Running number of the person, from 1, in the order of arrival."),
    _field("round", "integer", "Round of the person in which the answer was given, from 1."),
    _field(
        "part",
        "text",
        "practice: before the first round, does not count; believe: part one, real or colorized?; rate: part "
        "two, one to four stars.",
    ),
    _field("position", "integer", "Place of the trial in its part, from 0, attention checks counted."),
    _field("picture", "integer", "Number of the picture, as in pictures.csv."),
    _field(
        "kind",
        "text",
        "What was shown: truth, the photograph itself; the name of a model, what it made of it; gray or "
        "rainbow, an attention check (the photograph without color, or in all hues from left to right).",
    ),
    _field(
        "answer",
        "integer",
        "In part believe 1 for real and 0 for colorized; in part rate 1 to 4 stars, whose meanings stand in "
        "study.json. A practice trial is one of the two: the first half of them believe, the rest rate.",
    ),
    _field(
        "response_ms",
        "integer",
        "Milliseconds from the picture's being seen to the answer, as the person's browser measured them; a "
        "day at most; empty when unknown.",
    ),
    _field(
        "attention",
        "boolean",
        "true for an attention check, which is passed by 1 star for gray and by colorized for rainbow.",
    ),
    _field("age_band", "text", f"{', '.join(AGE_BANDS)}; empty when not asked or not told."),
    _field("color_vision", "text", f"{', '.join(COLOR_VISIONS)}; empty when not asked or not told."),
    _field(
        "excluded",
        "text",
        f"Rule of the protocol by which an analysis leaves it out ({', '.join(RULES)}); empty for one "
        "that counts. Practice trials carry none and never count.",
    ),
)

PEOPLE: Final = (
    _field("participant", "integer", "Running number of the person, from 1, in the order of arrival."),
    _field("language", "text", "Language in which the pages were shown, as a BCP 47 tag."),
    _field("age_band", "text", f"{', '.join(AGE_BANDS)}; empty when not asked or not told."),
    _field("color_vision", "text", f"{', '.join(COLOR_VISIONS)}; empty when not asked or not told."),
    _field("consented", "boolean", "Whether the person agreed to take part."),
    _field("rounds", "integer", "The round that the person is in or ended with."),
    _field("finished", "boolean", "Whether the person answered a whole round."),
    _field("withdrawn", "boolean", "Whether the person withdrew; their answers are deleted."),
    _field("answers", "integer", "Answers in parts believe and rate, attention checks not counted."),
    _field(
        "minutes", "number", "Minutes from agreeing to the newest answer; empty for a person without answers."
    ),
)

PICTURES: Final = (
    _field("picture", "integer", "Running number of the picture, from 1."),
    _field("role", "text", "scored: it is judged; practice or attention: set apart for these."),
    _field("name", "text", "Path of the photograph below the folder that it was drawn from."),
    _field(
        "sha256",
        "text",
        "Hash of the photograph's file, or of its pixels when it comes from a packed set.",
    ),
    _field("width", "integer", "Pixels across, as shown."),
    _field("height", "integer", "Pixels down, as shown."),
    Column(
        "images",
        "text",
        "Hashes of the image files that were shown: kind=sha256, one after the other, with a space between.",
        lambda row: " ".join(f"{kind}={sha256}" for kind, sha256 in row.images.items()),
    ),
)

TABLES: Final[dict[str, tuple[str, tuple[Column, ...]]]] = {
    "answers": ("One row for each answer, practice trials and attention checks among them.", ANSWERS),
    "people": ("One row for each person who ever began.", PEOPLE),
    "pictures": ("One row for each photograph.", PICTURES),
}


def export(folder: Path, out: Path, database: str | None = None) -> dict[str, int]:
    """Write a study's tables into a new folder, whole or not at all; gives the number of rows of each.

    answers, people, pictures as .csv and .json; study.json, the protocol; data-dictionary.md and .json.
    Raises `StudyError` for the study, `DataError` when `out` exists or cannot be written.
    """
    with Study.open(folder, database) as study, whole_folder(out) as partial:
        found: dict[str, Sequence[Answer | Person | Picture]] = {
            "answers": records.answers(study, scored_only=False),
            "people": records.people(study),
            "pictures": records.pictures(study),
        }
        for name, rows in found.items():
            columns = TABLES[name][1]
            _write_csv(partial / f"{name}.csv", columns, rows)
            listed = [{column.name: column.value(row) for column in columns} for row in rows]
            write_json(partial / f"{name}.json", {name: listed})
        write_json(
            partial / "study.json",
            {
                "protocol_sha256": study.protocol_sha256,
                "protocol": json.loads(study.protocol_text),
                "exported_by": f"tintype {__version__}",
            },
        )
        write_json(partial / f"{DICTIONARY}.json", dictionary())
        (partial / f"{DICTIONARY}.md").write_text(dictionary_text(), "utf-8")
    return {name: len(rows) for name, rows in found.items()}


def dictionary() -> dict[str, Any]:
    """What every column means, for programs."""
    return {
        name: {
            "rows": what,
            "columns": [
                {"name": column.name, "type": column.type, "meaning": column.meaning} for column in columns
            ],
        }
        for name, (what, columns) in TABLES.items()
    }


def dictionary_text() -> str:
    """The same for people, as Markdown."""
    parts = [
        "# Data dictionary\n\nTables are in UTF-8, with a comma between cells, as .csv, and with the same "
        "columns as .json. In .csv true and false are words, unknown values are empty, and text that a "
        "spreadsheet would take for a formula has an apostrophe before it. study.json is the protocol: all "
        "settings of the study, and the hash by which it is known. No table holds anything that names a "
        "person.\n"
    ]
    for name, (what, columns) in TABLES.items():
        parts.append(f"\n## {name}\n\n{what}\n\n| column | type | meaning |\n| --- | --- | --- |\n")
        parts += [f"| `{column.name}` | {column.type} | {column.meaning} |\n" for column in columns]
    return "".join(parts)


def cell(value: Value) -> str:
    """A value as it stands in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return str(value)


def _write_csv(path: Path, columns: Sequence[Column], rows: Sequence[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        writer.writerows([cell(column.value(row)) for column in columns] for row in rows)
