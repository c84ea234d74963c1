"""A study served by its command, in a process of its own."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

COMMAND = (sys.executable, "-m", "tintype", "study", "serve")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass
class Served:
    """A server at work; a context manager that ends it."""

    folder: Path
    process: subprocess.Popen[str]
    url: str
    said: str
    """What it printed at its start."""

    @classmethod
    def start(cls, folder: Path) -> Self:
        """Serve the study in a folder, at a free port."""
        process = subprocess.Popen(
            [*COMMAND, str(folder), "--port", "0"],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        assert process.stderr
        said = "".join(process.stderr.readline() for _ in range(2))
        found = ADDRESS.search(said)
        assert found, said
        return cls(folder, process, found[0], said)

    def kill(self) -> None:
        """End it as a power failure would."""
        self.process.kill()
        self.close()

    def close(self) -> None:
        """Wait for its end."""
        self.process.wait(20)
        assert self.process.stderr
        self.process.stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.close()
