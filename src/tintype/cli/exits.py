"""How a command ends: its exit code and its last words."""

import sys
from typing import Any, Final

import typer
from typer.core import TyperGroup

from tintype.errors import ConfigError, DeviceError, TintypeError, UnknownModel

DONE: Final = 0
FAILED: Final = 1
"""Something could not be done; what could be was."""
MISUSED: Final = 2
"""The command asks for something that does not exist or does not go together; nothing was done."""
INTERRUPTED: Final = 130
"""Stopped by Ctrl-C, as shells count it: 128 + the signal's number."""


def say(message: str) -> None:
    """Write a line for a person to standard error."""
    print(message, file=sys.stderr, flush=True)


class Verbs(TyperGroup):
    """The commands; each ends with one clear line instead of a traceback when it fails on purpose."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; its errors become a line on standard error and an exit code."""
        try:
            return super().invoke(ctx)
        except TintypeError as error:
            say(f"tintype: {error}")
            misused = isinstance(error, ConfigError | UnknownModel | DeviceError)
            raise typer.Exit(MISUSED if misused else FAILED) from error
        except KeyboardInterrupt as error:
            say("tintype: stopped")
            raise typer.Exit(INTERRUPTED) from error
