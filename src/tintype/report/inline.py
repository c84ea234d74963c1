"""Pictures inside a page: the gallery as its template takes it."""

import base64
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from tintype.evaluate.results import Entry
from tintype.report import figures, sheets, style, wording
from tintype.report.gallery import Example, Gallery
from tintype.report.sheets import Pixels

DATA_COMMAND: Final = "tintype report RESULTS.json -o OUT --data DIR"


@dataclass(frozen=True)
class Image:
    """A picture inside the page."""

    src: str
    alt: str
    width: int
    height: int


def pictures(gallery: Gallery | None) -> dict[str, Any]:
    """What the part about pictures needs."""
    if gallery is None:
        note = (
            "Pictures are left out, since the photographs were not given. To see them here, make the page "
            "again with the folder that was evaluated:"
        )
        return {"gallery": None, "picture_notes": [note], "command": DATA_COMMAND, "top": 0, "color_bar": ""}
    notes = [f"{entry.name} is left out: {_reason(gallery, entry)}." for entry in gallery.missing]
    names = wording.slugs(f"pictures {name}" for name in gallery.examples)
    shown = sheet(gallery) | {
        "models": [
            {
                "name": name,
                "id": names[f"pictures {name}"],
                "examples": [_example(name, each) for each in examples],
            }
            for name, examples in gallery.examples.items()
        ],
    }
    top = sheets.ERROR_TOP
    bar = Markup(style.svg(figures.color_bar(top, sheets.COLORMAP), "bar"))  # noqa: S704  # drawn here
    return {"gallery": shown, "picture_notes": notes, "command": "", "top": f"{top:g}", "color_bar": bar}


def sheet(gallery: Gallery) -> dict[str, Any]:
    """The sheet of a gallery."""
    rows = [
        {
            "name": row.name,
            "pictures": [
                _image(picture, _alt(row.name, title))
                for picture, title in zip(row.pictures, gallery.titles, strict=True)
            ],
        }
        for row in gallery.rows
    ]
    return {"titles": gallery.titles, "rows": rows}


def _reason(gallery: Gallery, entry: Entry) -> str:
    """What an entry lacks to be painted."""
    return gallery.reasons.get(entry.name) or (
        f"no model with the sha256 {entry.sha256} is at hand; name it with --models"
    )


def _example(model: str, example: Example) -> dict[str, Any]:
    pictures = [
        _image(example.colored, _alt(example.name, model)),
        _image(example.truth, _alt(example.name, "truth")),
        _image(example.errors, f"{example.name}: where the colors of {model} are wrong"),
    ]
    error = wording.number(example.error, 1)
    return {"rank": example.rank, "name": example.name, "error": error, "pictures": pictures}


def _alt(name: str, title: str) -> str:
    words = {
        "gray": "in gray",
        "truth": "in its own colors",
        "strokes": "in gray with the strokes that were given",
        "reference": "beside the photograph that was its reference",
    }
    return f"{name} {words.get(title, f'as colored by {title}')}"


def _image(picture: Pixels, alt: str) -> Image:
    src = f"data:image/jpeg;base64,{base64.b64encode(sheets.jpeg(picture)).decode()}"
    return Image(src, alt, picture.shape[1], picture.shape[0])
