"""Results for tests of reports: made up ones, which need no model, and how a page is taken apart."""

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np

from tintype.evaluate.measures import MEASURES
from tintype.evaluate.results import (
    FORMAT,
    Chosen,
    Comparison,
    DataSummary,
    Entry,
    Estimate,
    LeftOut,
    PictureRow,
    Protocol,
    ReferenceSet,
    Results,
)

SHA = {name: f"{number:x}" * 64 for number, name in enumerate(("data", "tint", "cnn", "truth", "ground"), 10)}
LEVELS = {"gray": 80.0, "cnn": 85.0, "tint (vivid 0)": 90.0, "tint (vivid 1)": 88.0}
"""AuC of the entries; everything else follows from it."""
VOID = {"meta", "link", "img", "br", "hr", "input"}


def estimate(value: float, width: float = 1.0, pictures: int = 12) -> Estimate:
    """An estimate with an interval around it."""
    return Estimate(value, value - width, value + width, pictures)


def made_up(pictures: int = 12, name: str = "val", **changes: Any) -> Results:
    """Results of two models, one at two vividnesses, and gray, on pictures of three kinds."""
    random = np.random.default_rng(pictures)
    rows = [
        PictureRow(f"{number:04d}.webp", f"{number:064x}", _label(number), 40.0 + number, 0.25)
        for number in range(pictures)
    ]
    noise = random.normal(0, 2, pictures)
    entries = [_entry(entry, level, noise) for entry, level in LEVELS.items()]
    data = DataSummary(
        name=name,
        found=pictures + 1,
        pictures=pictures,
        sha256=SHA["data"],
        labels="labels.tsv",
        counts={"unreadable": 0, "gray": 1, "small": 0, "duplicate": 0},
        left_out=[LeftOut("bad <b>.webp", "gray", "mean chroma 2.8")],
    )
    results = Results(
        format=FORMAT,
        versions={"python": "3.11.7", "tintype": "0.1.0"},
        protocol=Protocol(size=256, fit="the scored pictures"),
        data=data,
        truth={"colorfulness": estimate(45.0), "leakage": estimate(0.25, 0.01)},
        pictures=rows,
        entries=entries,
        comparisons=list(_comparisons(entries)),
    )
    return replace(results, **changes)


def made_up_told(pictures: int = 12, **changes: Any) -> Results:
    """The same, with tint and a method given 10 strokes, tint and another one given references, and the
    baselines of both."""
    results = made_up(pictures)
    noise = np.random.default_rng(1).normal(0, 2, pictures)
    chosen = [Chosen(f"{number}.webp", f"{number:064x}", number % 2) for number in range(pictures)]
    references = ReferenceSet(
        "ground", 5000, 90, 80, {"gray": 9, "unreadable": 1}, SHA["ground"], SHA["tint"], chosen
    )
    more = [
        replace(_entry("gray", 84.0, noise), name="closest stroke (10 strokes)", table=None, strokes=10),
        replace(_entry("tint (vivid 0)", 95.0, noise), name="tint (vivid 0, 10 strokes)", strokes=10),
        replace(_method("levin", 93.0, noise), name="levin (10 strokes)", strokes=10),
        replace(
            _entry("tint (vivid 0)", 91.0, noise), name="tint (vivid 0, nearest)", references=SHA["ground"]
        ),
        replace(_method("welsh", 82.0, noise), name="welsh (nearest)", references=SHA["ground"]),
    ]
    entries = [*results.entries, *more]
    told = replace(results, entries=entries, comparisons=list(_comparisons(entries)), references=[references])
    return replace(told, **changes)


def _method(name: str, level: float, noise: np.ndarray) -> Entry:
    return replace(_entry(name, level, noise), kind="method", sha256=None, size_mb=None)


def _label(number: int) -> str | None:
    return ("people", "people", "birds", None)[number % 4] if number else "once"


def _entry(name: str, level: float, noise: np.ndarray) -> Entry:
    model = None if name == "gray" else name.split(" ")[0]
    values = {
        measure.key: _value(measure.key, level) for measure in MEASURES if measure.key not in ("lpips", "fid")
    }
    return Entry(
        name=name,
        kind="model" if model else "baseline",
        model=model,
        vivid=float(name[-2]) if "vivid" in name else None,
        sha256=SHA.get(model) if model else None,
        size_mb=10.8 if model else None,
        table=None if model else [(0.0, 0.0)] * 101,
        sum={key: estimate(value) for key, value in values.items()},
        pictures={
            measure.key: [float(values[measure.key] + each) for each in noise]
            for measure in MEASURES
            if measure.key in values and measure.per_picture
        },
    )


def _value(key: str, level: float) -> float:
    """High for measures where high is better, low for others; colorful entries are less accurate."""
    if key == "accuracy_1":
        return 100 - level  # gray is the best
    if key in ("auc", "auc_rebalanced", "psnr", "ssim") or key.startswith("accuracy"):
        return level / 4 if "printed" in key else level / 2
    if key == "colorfulness":
        return {80.0: 0.0, 85.0: 20.0, 90.0: 30.0, 88.0: 46.0}.get(level, 25.0)
    return 100 - level


def _comparisons(entries: list[Entry]) -> Any:
    for key in ("auc", "auc_rebalanced", "psnr", "ciede2000", "accuracy_2"):
        for number, first in enumerate(entries):
            for second in entries[number + 1 :]:
                difference = (first.sum[key].value or 0) - (second.sum[key].value or 0)
                p = None if key == "auc_rebalanced" else 0.0004 if abs(difference) > 1.5 else 0.4
                yield Comparison(
                    key, first.name, second.name, difference, difference - 1.2, difference + 1.2, p, p
                )


class Outline(HTMLParser):
    """What is in a page; raises AssertionError where tags are not closed as they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [str(found["id"])] if "id" in found else []
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [str(found["id"])] if "id" in found else []

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> was never opened"
        assert self._open[-1] == tag, f"<{self._open[-1]}> is closed by </{tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of all tags of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        """All text, in one line."""
        return " ".join(" ".join(self.words).split())
