"""From scores of pictures, one by one, to the results of a set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tintype import metrics
from tintype.color import bins
from tintype.evaluate import statistics
from tintype.evaluate.kinds import KINDS, Kind
from tintype.evaluate.measures import EPSILONS, MEASURES
from tintype.evaluate.repeats import Repeats
from tintype.evaluate.results import Chosen, Comparison, Estimate, LeftOut, PictureRow
from tintype.evaluate.scoring import Scored, read_features
from tintype.evaluate.statistics import ClassAreas, Draws

FloatArray = NDArray[np.floating[Any]]
REBALANCED: Final = "auc_rebalanced"


class Tally:
    """Takes pictures in order, and finds those that show what an earlier one shows."""

    def __init__(self, entries: list[str], kept: tuple[Kind, ...]) -> None:
        self.rows: list[PictureRow] = []
        self.chosen: list[Chosen] = []
        """The reference of each row, where there are references."""
        self.left_out: list[LeftOut] = []
        self.counts: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        self.seen = 0
        self._kept = kept
        self._repeats = Repeats()
        self._values: dict[str, dict[str, list[float]]] = {name: {} for name in entries}
        self._classes: list[tuple[NDArray[np.int16], NDArray[np.int32]]] = []
        self._areas: dict[str, list[NDArray[np.float32]]] = {name: [] for name in entries}
        self._features: dict[str | None, list[str]] = {name: [] for name in (None, *entries)}

    def take(self, scored: Scored) -> None:
        """Add a picture, or note why it does not count."""
        self.seen += 1
        kind, reason = scored.kind, scored.reason
        if kind is None and (other := self._repeats.find(scored.name, scored.pixels, scored.codes)):
            kind, reason = "duplicate", other
        if kind is not None:
            self.counts[kind] += 1
            if kind not in self._kept or not scored.entries:
                self.left_out.append(LeftOut(scored.name, kind, reason))
                return
        self._add(scored)

    def _add(self, scored: Scored) -> None:
        truth = scored.truth
        colorfulness = truth["colorfulness"] or 0.0
        self.rows.append(PictureRow(scored.name, scored.sha256, None, colorfulness, truth["leakage"]))
        self.chosen += [] if scored.reference is None else [scored.reference]
        self._classes.append((np.array(scored.classes, np.int16), np.array(scored.counts, np.int32)))
        self._features[None].append(scored.features)
        for name, scores in scored.entries.items():
            for key, value in scores.values.items():
                self._values[name].setdefault(key, []).append(np.nan if value is None else value)
            self._areas[name].append(np.array(scores.areas, np.float32))
            self._features[name].append(scores.features)

    def label(self, labels: Mapping[str, str | None]) -> None:
        """Say what each picture shows, by name."""
        self.rows = [replace(row, label=labels[row.name]) for row in self.rows]

    def columns(self, name: str) -> dict[str, list[float | None]]:
        """Each measure of each picture for one entry, in the order of tables."""
        values = self._values[name]
        return {
            measure.key: [None if np.isnan(value) else value for value in values[measure.key]]
            for measure in MEASURES
            if measure.key in values
        }

    def truth(self, draws: Draws) -> dict[str, Estimate]:
        """What the truth itself has."""
        leakage = [np.nan if row.leakage is None else row.leakage for row in self.rows]
        return statistics.estimates(
            {"colorfulness": self._colorfulness(), "leakage": np.array(leakage)}, draws
        )

    def sums(self, draws: Draws) -> tuple[dict[str, dict[str, Estimate]], list[Comparison]]:
        """Each measure of each entry over all pictures, and all comparisons of two entries."""
        arrays = {
            name: {key: np.array(values) for key, values in columns.items()}
            for name, columns in self._values.items()
        }
        rebalanced, drawn = statistics.rebalanced_draws(self._class_areas(), draws)
        sums = {}
        for name, columns in arrays.items():
            found = statistics.estimates(columns, draws)
            found[REBALANCED] = statistics.estimate(rebalanced[name], drawn[name], len(self.rows))
            found |= _as_printed(found)
            found["colorfulness_difference"] = statistics.distance_estimate(
                columns["colorfulness"], self._colorfulness(), draws
            )
            if self._features[None][0]:
                found["fid"] = self._fid(name)
            sums[name] = {measure.key: found[measure.key] for measure in MEASURES if measure.key in found}
        return sums, self._comparisons(arrays, rebalanced, drawn, draws)

    def _comparisons(
        self,
        arrays: dict[str, dict[str, FloatArray]],
        rebalanced: dict[str, float],
        drawn: dict[str, FloatArray],
        draws: Draws,
    ) -> list[Comparison]:
        comparisons: list[Comparison] = []
        taken = next(iter(arrays.values()))
        for measure in MEASURES:
            if measure.key == REBALANCED:
                comparisons += statistics.compare_drawn(REBALANCED, rebalanced, drawn)
            elif measure.key in taken and measure.better != "truth":
                columns = {name: values[measure.key] for name, values in arrays.items()}
                comparisons += statistics.compare(measure.key, columns, draws)
        return comparisons

    def _colorfulness(self) -> FloatArray:
        return np.array([row.colorfulness for row in self.rows])

    def _class_areas(self) -> ClassAreas:
        """The rows of classes that were kept, spread out to all classes."""

        def spread(parts: list[Any]) -> FloatArray:
            whole = np.zeros((len(parts), len(bins.centers())))
            for row, (classes, _), part in zip(whole, self._classes, parts, strict=True):
                row[classes] = part
            return whole

        pixels = spread([counts for _, counts in self._classes])
        return ClassAreas(pixels, {name: spread(areas) for name, areas in self._areas.items()})

    def _fid(self, name: str) -> Estimate:
        true, predicted = (
            np.stack([read_features(text) for text in self._features[each]]) for each in (None, name)
        )
        return Estimate(metrics.frechet_distance(true, predicted), None, None, len(true))


def _as_printed(sums: dict[str, Estimate]) -> dict[str, Estimate]:
    """The accuracies as equation 9 is printed: halves."""
    return {
        f"accuracy_printed_{100 * epsilon:g}": _half(sums[f"accuracy_{100 * epsilon:g}"])
        for epsilon in EPSILONS
    }


def _half(whole: Estimate) -> Estimate:
    value, low, high = (None if each is None else each / 2 for each in (whole.value, whole.low, whole.high))
    return Estimate(value, low, high, whole.pictures)
