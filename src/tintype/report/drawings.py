"""The figures of a page with their words: captions, and what they show for people who do not see them."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from matplotlib.figure import Figure

from tintype.evaluate.results import Results
from tintype.report import figures, labels, scores, sections, style, wording
from tintype.report.sections import Section

KINDS: Final = "kinds"
"""Key of the figure that results without labels lack."""


@dataclass(frozen=True)
class Drawing:
    """A figure with its words."""

    key: str
    title: str
    alt: str
    caption: str
    figure: Figure

    @property
    def svg(self) -> Markup:
        """The figure as part of the page."""
        return Markup(style.svg(self.figure, self.key))  # noqa: S704  # drawn here, its letters are outlines


def drawings(results: Results) -> list[Drawing]:
    """The figures of every page: those of automatic entries, and one for each section of told ones."""
    own = sections.automatic(results)
    return [*_of_automatic(own), *(_of_told(section) for section in sections.told(results))]


def told_key(section: Section) -> str:
    """Key of a section's figure."""
    return f"trade-off-{section.key}"


def _of_told(section: Section) -> Drawing:
    return Drawing(
        told_key(section),
        f"Accuracy against colorfulness, {section.title[:1].lower()}{section.title[1:]}",
        "Points by colorfulness and accuracy. "
        f"{_best(section.results, 'ciede2000')} {_best(section.results, 'auc_rebalanced')}",
        "Colorfulness against accuracy of those that were told, of the same models without, and of trivial "
        "baselines. The dashed line is the colorfulness of the truth; crosses are 95 % intervals, taken over "
        "the pictures.",
        figures.trade_off(section.results),
    )


def _of_automatic(results: Results) -> list[Drawing]:
    found = [
        Drawing(
            "accuracy",
            "Accuracy",
            f"Bars of the share of pixels within 1, 2 and 5 percent. {_best(results, 'accuracy_2')}",
            "Share of pixels whose a* and b* both lie within 1, 2 and 5 % of the axis of the truth "
            "(equation 9 and Figure 15 of the 2019 report), with 95 % intervals; hatched: baselines. Lower "
            "axes are normalized by 1/HW, so that a perfect prediction has 100 %; upper axes by 1/2HW, as "
            "the equation is printed.",
            figures.accuracy_bars(results),
        ),
        Drawing(
            "trade-off",
            "Accuracy against colorfulness",
            "Points by colorfulness and accuracy. "
            f"{_best(results, 'ciede2000')} {_best(results, 'auc_rebalanced')}",
            "Colorfulness against accuracy. The dashed line is the colorfulness of the truth. Points of one "
            "model at several vividnesses are joined, the vividness beside each; crosses are 95 % intervals, "
            "taken over the pictures.",
            figures.trade_off(results),
        ),
        Drawing(
            "distribution",
            "Spread over pictures",
            f"Boxes of the pictures' AuC for each entry. {_best(results, 'auc')}",
            "How the AuC of single pictures is spread: line and diamond are median and mean, the box holds "
            "the middle half, the whiskers 90 %; ticks are the worst and the best picture.",
            figures.distribution(results),
        ),
    ]
    if labels.by_label(results):
        found.append(
            Drawing(
                KINDS,
                "Error by kind",
                "Heat map of the mean CIEDE2000 of each entry by kind; its numbers are in a table.",
                "Mean CIEDE2000 by kind of picture, with the number of pictures; dark is better.",
                figures.label_map(results),
            )
        )
    return found


def _best(results: Results, key: str) -> str:
    """Who is best by a measure, for people who do not see the figure."""
    measure = scores.measure(key)
    best = scores.best_models(results, measure)
    if not best:
        return ""
    value = results.entry(best[0]).sum[key].value
    return f"Best by {measure.title}: {wording.listed(best)}, {wording.number(value, measure.decimals)}."
