"""The page that sets each number of the report beside what was found, with all figures in it."""

import base64
from dataclasses import dataclass
from typing import Final

import numpy as np
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from PIL import Image

from tintype import __version__
from tintype.evaluate.results import Results
from tintype.report import sheets
from tintype.reproduce.figures import CAPTIONS, GRIDS, stem
from tintype.reproduce.numbers import Records, Row, rows
from tintype.reproduce.place import Place
from tintype.reproduce.plan import Plan

VERDICTS: Final = {True: "came out so", False: "did not come out so", None: ""}
PHOTOGRAPHS: Final = ("01", *GRIDS)
"""Figures that show photographs."""
OPEN: Final = (
    "Figures 16 and 17 are what people believe. They need people: the pictures to show them lie in study/, "
    "drawn with the seed of this reproduction; tintype study create makes a study of them."
)


@dataclass(frozen=True)
class Shown:
    """A figure on the page."""

    number: str
    caption: str
    src: str


def render(plan: Plan, results: Results, records: Records, training_pictures: int, place: Place) -> str:
    """The page. Raises OSError when a figure cannot be read."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("tintype.reproduce"), PackageLoader("tintype.report")]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    found: list[Row] = rows(results, records, training_pictures)
    claims = [row.holds for row in found if row.holds is not None]
    return environment.get_template("reproduction.html.j2").render(
        title="Deep Colorization (2019), reproduced",
        generator=f"tintype reproduce {__version__}",
        preset=plan.preset,
        settings=", ".join(plan.settings),
        seed=plan.seed,
        rows=found,
        verdicts=VERDICTS,
        confirmed=sum(claims),
        claims=len(claims),
        figures=[
            Shown(number.lstrip("0"), caption, _src(place, number)) for number, caption in CAPTIONS.items()
        ],
        data=results.data,
        versions=", ".join(f"{name} {number}" for name, number in results.versions.items()),
        models=[entry for entry in results.entries if entry.kind == "model"],
        open=OPEN,
    )


def _src(place: Place, number: str) -> str:
    """A figure as a data: URI; one of photographs as JPEG, which takes a fifth of the room."""
    path = place.figures / f"{stem(number)}.png"
    kind, data = "png", path.read_bytes()
    if number in PHOTOGRAPHS:
        with Image.open(path) as picture:
            kind, data = "jpeg", sheets.jpeg(np.asarray(picture.convert("RGB")))
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
