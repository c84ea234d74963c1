"""Pictures for people to judge: of each the truth and what the models made of it (R8)."""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from tintype.data.writing import write_json
from tintype.evaluate.pictures import Picture
from tintype.evaluate.results import Results
from tintype.evaluate.revisit import Revisit
from tintype.reproduce.plan import REPORTED

LIST: Final = "pictures.json"
TRUTH: Final = "truth"


def write(results: Results, revisit: Revisit, folder: Path, count: int, seed: int) -> None:
    """Draw so many of the scored pictures by a seed, and write truth/000.png, cnn/000.png and so on.

    `pictures.json` lists them with the names and hashes of the scored pictures and the hashes of all files.
    """
    total = len(results.pictures)
    drawn = np.random.default_rng(seed).permutation(total)[: min(count, total)].tolist()
    for kind in (TRUTH, *REPORTED):
        (folder / kind).mkdir()
    rows: list[dict[str, Any]] = []
    for place, number in enumerate(drawn):
        row = results.pictures[number]
        pictures = {TRUTH: revisit.truth(number)}
        pictures |= {name: revisit.colored(name, number) for name in REPORTED}
        files = {
            kind: _save(picture, folder / kind / f"{place:03d}.png") for kind, picture in pictures.items()
        }
        rows.append({"number": place, "name": row.name, "sha256": row.sha256, "files": files})
    models = {name: results.entry(name).sha256 for name in REPORTED}
    write_json(
        folder / LIST,
        {"seed": seed, "drawn_from": results.data.sha256, "models": models, "pictures": rows},
    )


def _save(picture: Picture, path: Path) -> str:
    """Write a PNG; gives its sha256."""
    Image.fromarray(picture).save(path, optimize=True)
    return sha256(path.read_bytes()).hexdigest()
