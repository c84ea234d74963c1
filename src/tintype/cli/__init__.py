"""The command line."""

from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command in `arguments`, or the one that the process was started with, and exit."""
    from tintype.cli.app import app

    app(args=arguments)
    raise SystemExit
