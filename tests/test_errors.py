import inspect

import pytest

from tintype import errors

CLASSES = [each for _, each in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_can_be_caught_by_the_one_base(kind: type[Exception]) -> None:
    assert issubclass(kind, errors.TintypeError)


@pytest.mark.parametrize("kind", CLASSES)
def test_the_tree_at_the_top_of_the_file_shows_every_error_under_its_parent(kind: type[Exception]) -> None:
    lines = (errors.__doc__ or "").splitlines()
    at = next(index for index, line in enumerate(lines) if kind.__name__ in line.split())
    if kind is errors.TintypeError:
        return
    depth = lines[at].index(kind.__name__)
    parent = next(line for line in reversed(lines[:at]) if line.strip("│ ├└─") and _depth(line) < depth)
    assert kind.__base__ is not None
    assert kind.__base__.__name__ in parent


def _depth(line: str) -> int:
    """How far in the first letter of a line of the tree stands."""
    return next(index for index, letter in enumerate(line) if letter.isalpha())


def test_errors_are_picked_by_kind() -> None:
    assert issubclass(errors.UnreadablePhoto, errors.PhotoError)
    assert issubclass(errors.SaveError, errors.PhotoError)
    assert issubclass(errors.UnknownModel, errors.ModelError)
    assert not issubclass(errors.DeviceError, errors.ModelError)
