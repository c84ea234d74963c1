from pathlib import Path

import pytest

from tintype import photo
from tintype.engine.naming import (
    FORMAT_OF_SUFFIX,
    SUFFIX_OF_FORMAT,
    beside,
    is_colored_copy,
    suffix_of,
)
from tintype.errors import ConfigError


@pytest.mark.parametrize(
    ("source", "format", "expected"),
    [
        ("a/old.jpg", None, "a/old.color.jpg"),
        ("a/old.JPEG", None, "a/old.color.JPEG"),
        ("a/old.v2.tif", None, "a/old.v2.color.tif"),
        ("old.jpg", "png", "old.color.png"),
        ("old", None, "old.color"),
    ],
)
def test_the_colored_copy_lies_beside_its_source(source: str, format: str | None, expected: str) -> None:
    assert beside(Path(source), format) == Path(expected)


@pytest.mark.parametrize("name", ["old.jpg", "old.v2.tif", "scan.PNG"])
@pytest.mark.parametrize("format", [None, *SUFFIX_OF_FORMAT])
def test_a_colored_copy_is_known_by_its_name(name: str, format: str | None) -> None:
    assert is_colored_copy(beside(Path(name), format))
    assert not is_colored_copy(Path(name))


def test_every_format_has_a_suffix_that_means_it() -> None:
    assert {FORMAT_OF_SUFFIX[suffix_of(format)]: format for format in SUFFIX_OF_FORMAT} == {
        format: format for format in SUFFIX_OF_FORMAT
    }


def test_the_suffixes_are_those_that_photo_reads_and_writes() -> None:
    assert FORMAT_OF_SUFFIX == photo.FORMATS


def test_an_unknown_format_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="jpeg, png, tiff"):
        suffix_of("gif")
