"""What several scripts read from the command line: numbers, checked as they are read, and common options."""

import argparse
from pathlib import Path


def positive(text: str) -> int:
    """A whole number of at least 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 1")
    return number


def not_negative(text: str) -> int:
    """A whole number of at least 0."""
    return 0 if text.strip() == "0" else positive(text)


def size(text: str) -> float:
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} must be a number above 0")
    return number


def share(text: str) -> float:
    """A number in 0..1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number between 0 and 1")
    return number


def add_extent_and_results(parser: argparse.ArgumentParser) -> None:
    """Options of scripts that score sets of pictures: on how many, by how many, and where figures go."""
    parser.add_argument("--limit", type=positive, help="so many pictures of each set, evenly spread")
    parser.add_argument("--jobs", type=positive, default=1, help="processes; figures stay the same")
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--markdown", type=Path, help="write the page here, not to standard output")
