"""What pictures show, where somebody has said so."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tintype.errors import ConfigError, DataError

FROM_FOLDERS: Final = "folders"


def read_labels(table: Path, names: Sequence[str]) -> list[str | None]:
    """The label of each picture, from a table separated by tabs or commas, without or with a header.

    The first column holds the picture's name, with or without folders and suffix, the last its label; other
    columns are not looked at. Raises `DataError` when it cannot be read, `ConfigError` when it names none of
    the pictures.
    """
    try:
        text = table.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read the labels {table} ({error}); give a .tsv or .csv file") from error
    separator = "\t" if "\t" in text else ","
    rows = [row for row in csv.reader(text.splitlines(), delimiter=separator) if len(row) > 1]
    known = {_key(row[0]): row[-1].strip() for row in rows}
    labels = [known.get(_key(name)) or None for name in names]
    if not any(labels):
        raise ConfigError(
            f"the labels {table} name none of the pictures, such as {names[0]}; their first column must hold "
            "names of pictures, their last the labels"
        )
    return labels


def folder_labels(names: Sequence[str]) -> list[str | None]:
    """The uppermost folder of each picture below the data set's own, if there are several such folders."""
    folders = [name.split("/")[0] if "/" in name else None for name in names]
    several = len(set(folders) - {None}) > 1 and not any(each and each.endswith(".tar") for each in folders)
    return folders if several else [None] * len(names)


def _key(name: str) -> str:
    """A name without folders and suffix."""
    return Path(name).stem
