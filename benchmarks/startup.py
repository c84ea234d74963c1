"""How long a person waits: for help, and for the first picture.

    python benchmarks/startup.py [--picture PATH] [--rounds 11] [--markdown OUT]

Each figure is the wall time of a fresh process of the Python that runs this script, from its start to its
end, with the files in the system's cache; one run before the measured ones is thrown away.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyvips

import results

TINTYPE = (sys.executable, "-m", "tintype")
COMMANDS = {
    "python -c pass": (sys.executable, "-c", "pass"),
    "python -c 'import tintype'": (sys.executable, "-c", "import tintype"),
    "tintype --version": (*TINTYPE, "--version"),
    "tintype --help": (*TINTYPE, "--help"),
    "tintype colorize --help": (*TINTYPE, "colorize", "--help"),
    "tintype models": (*TINTYPE, "models"),
}
SIZE = (1200, 1600)
"""Height and width of the picture that is made when none is given."""


def seconds(command: Sequence[str], rounds: int) -> list[float]:
    """Wall times of a command, one process each."""
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return times[1:]


def make_picture(path: Path) -> Path:
    """A gray JPEG of soft noise."""
    noise = np.random.default_rng(0).uniform(0, 255, SIZE).astype(np.uint8)
    pyvips.Image.new_from_array(noise).gaussblur(4).write_to_file(str(path))
    return path


def main(arguments: Sequence[str]) -> None:
    """Measure and write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--picture", type=Path, help="photograph to color; else one is made")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--markdown", type=Path, help="file to write; else standard output")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        picture = options.picture or make_picture(Path(folder, "old.jpg"))
        image = pyvips.Image.new_from_file(str(picture))
        colorize = (*TINTYPE, "colorize", str(picture), "-o", str(Path(folder, "out.jpg")), "--overwrite")
        commands = COMMANDS | {f"tintype colorize old.jpg ({image.width} x {image.height})": colorize}
        rows = []
        for name, command in commands.items():
            times = seconds(command, options.rounds)
            rows.append((f"`{name}`", f"{statistics.median(times):.2f}", f"{min(times):.2f}"))
    table = results.table(("", "median, s", "best, s"), rows)
    results.publish(results.page("Start-up", "startup.py", arguments, [table]), options.markdown)


if __name__ == "__main__":
    main(sys.argv[1:])
