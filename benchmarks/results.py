"""How measurements are written down: Markdown tables, with the command and the versions used."""

import platform
import shlex
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("tintype", "numpy", "onnxruntime", "pyvips")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, the first column of text, the others of numbers."""
    lines = [header, ["---", *("---:" for _ in header[1:])], *rows]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return text.replace("*", r"\*") + "\n"


def versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Versions of Python and of the packages that the figures depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def command_line(script: str, arguments: Sequence[str]) -> str:
    """The command that was run, with outside paths cut to their names: machines differ."""
    here = Path.cwd()
    shown = []
    for argument in arguments:
        path = Path(argument)
        outside = path.is_absolute() and not path.is_relative_to(here)
        shown.append(path.name if outside or argument.startswith("..") else argument)
    return shlex.join(["python", f"benchmarks/{script}", *shown])


def page(
    title: str,
    script: str,
    arguments: Sequence[str],
    sections: Iterable[str],
    packages: Sequence[str] = PACKAGES,
) -> str:
    """A whole page: title, how it was made, sections."""
    used = ", ".join(f"{name} {number}" for name, number in versions(packages).items())
    made = f"Written by\n\n```\n{command_line(script, arguments)}\n```\n\nwith {used}.\n"
    return "\n".join([f"# {title}\n", made, *sections])


def publish(text: str, destination: Path | None) -> None:
    """Print a page, or write it to a file."""
    if destination is None:
        sys.stdout.write(text)
    else:
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_text(text, encoding="utf-8")
