"""What the numbers of a study say in plain words, and no more than that."""

from collections.abc import Sequence
from typing import Final

from tintype.evaluate.results import Comparison
from tintype.report import wording
from tintype.study.analysis import BELIEVED, Analysis, Detection
from tintype.study.estimates import Estimate
from tintype.study.exclusions import FAILED_ATTENTION, RULES, STRAIGHT_LINING, TOO_FAST
from tintype.study.people import Counts
from tintype.study.protocol import Exclusions

INTERVALS: Final = "Small: 95 % intervals over people and pictures."
METHOD: Final = (
    "Answers of one person resemble each other, and so do answers about one picture. Intervals are "
    "therefore taken over people and pictures: {resamples:,} draws of the pigeonhole bootstrap (Owen 2007; "
    "people and pictures drawn anew at once) give their shape; their spread is set to the two-way "
    "variance, by people plus by pictures minus by single answers (Cameron, Gelbach and Miller 2011), with "
    "Student's quantile for as many degrees of freedom as there are people or pictures, whichever are "
    "fewer, less one. Shares have Wilson's interval at the number of independent answers that this "
    "variance is worth. Seed {seed}.",
    "Comparisons are differences between kinds that the same people judged, drawn in the same way; p is "
    "how often the draws lie on the other side of 0, both sides together, adjusted for the number of pairs "
    "(Holm 1979). They are no mixed-effects models: nothing is assumed of how people and pictures are "
    "distributed.",
    "d′ is how far people tell a model's pictures from real ones, in standard deviations (0: not at all), "
    "c which way they lean (below 0: towards “real”); rates have half an answer added on each side (Hautus "
    "1995), which draws d′ towards 0 when answers are few. All answers are taken together, so d′ is that "
    "of the crowd, not the mean of people.",
    "Krippendorff's alpha is 1 when people agree always and 0 when they agree as often as chance would "
    "have it; it needs images with two answers or more.",
)


def percent(value: float | None, decimals: int = 0) -> str:
    """A share as a percentage."""
    return wording.NOTHING if value is None else f"{wording.number(100 * value, decimals)} %"


def percent_span(estimate: Estimate, decimals: int = 0) -> str:
    """The interval of a share."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{wording.span(100 * estimate.low, 100 * estimate.high, decimals)} %"


def span(estimate: Estimate, decimals: int = 2) -> str:
    """An interval."""
    return wording.span(estimate.low, estimate.high, decimals)


def rule(name: str, exclusions: Exclusions) -> str:
    """What a rule leaves out."""
    checks = wording.count(exclusions.failed_attention, "attention check")
    told = {
        FAILED_ATTENTION: f"all answers of a person who failed {checks} or more",
        STRAIGHT_LINING: "all answers of a person who said the same all through both parts",
        TOO_FAST: f"single answers that came faster than {exclusions.min_response_ms:,} ms",
    }
    return told.get(name, name)


def rules(exclusions: Exclusions) -> list[str]:
    """The rules that are in force."""
    return [rule(name, exclusions) for name in RULES if getattr(exclusions, name)]


def answered(counts: Counts) -> str:
    """How many answers of how many people there are, before and after the rules."""
    before, after = sum(counts.answers.values()), sum(counts.answers_kept.values())
    return (
        f"{wording.count(after, 'answer')} of {people(counts.people_kept)} count, of {before:,} answers of "
        f"{people(counts.people)}"
    )


def findings(analysis: Analysis) -> list[str]:
    """What was found, a sentence for each model and what sets models apart."""
    if not sum(analysis.counts.answers_kept.values()):
        return ["There are no answers yet that count; let people take part, then make this report again."]
    found = [_truth(analysis)] if analysis.believed.shares["truth"].estimate.value is not None else []
    found += [
        sentence
        for model in analysis.kinds[1:]
        if (sentence := _model(model, analysis.believed.detection[model], analysis))
    ]
    found.append(_apart("believed more often than", analysis.believed.comparisons, analysis.kinds[1:]))
    found.append(_apart("given more stars than", analysis.stars.comparisons, analysis.kinds[1:]))
    return [each for each in found if each]


def _truth(analysis: Analysis) -> str:
    share = analysis.believed.shares["truth"].estimate
    taken = percent(None if share.value is None else 1 - share.value)
    inner = "" if share.low is None or share.high is None else percent_span(_turned(share))
    return f"Real pictures were taken for colorized ones in {taken} of the answers{_interval(inner)}."


def _turned(share: Estimate) -> Estimate:
    """The share of the other answers."""
    low = None if share.high is None else 1 - share.high
    high = None if share.low is None else 1 - share.low
    return Estimate(None, low, high, share.answers, share.people, share.pictures)


def _model(model: str, detection: Detection, analysis: Analysis) -> str:
    share, stars = analysis.believed.shares[model].estimate, analysis.stars.means[model]
    parts = []
    if share.value is not None:
        parts.append(f"believed in {percent(share.value)} of the answers{_interval(percent_span(share))}")
    if stars.value is not None:
        parts.append(f"{wording.number(stars.value, 2)} stars{_interval(span(stars))}")
    if not parts:
        return f"{model}: nobody was asked."
    return f"{model}: {', '.join(parts)}. {_told(detection.sensitivity)}".strip()


def _told(sensitivity: Estimate) -> str:
    """Whether people tell a model's pictures from real ones."""
    if sensitivity.value is None:
        return ""
    if sensitivity.low is None or sensitivity.high is None:
        return "The answers are too few or too alike to say whether people tell its pictures from real ones."
    number = f"d′ {wording.number(sensitivity.value, 2)}, 95 % interval {span(sensitivity)}"
    if sensitivity.low > 0:
        return f"People tell its pictures from real ones ({number})."
    if sensitivity.high < 0:
        return f"People take its pictures for real more often than real ones ({number})."
    return f"These answers do not show that people tell its pictures from real ones ({number})."


def _apart(how: str, comparisons: Sequence[Comparison], models: Sequence[str]) -> str:
    """Which models are told apart by a measure."""
    between = [each for each in comparisons if each.first in models and each.second in models]
    if not between:
        return ""
    told = [each for each in between if wording.told_apart(each)]
    what = "share believed" if between[0].measure == BELIEVED else "mean stars"
    if not told:
        pairs = "The two models are" if len(between) == 1 else "No two models are"
        negated = " not" if len(between) == 1 else ""
        return f"{pairs}{negated} told apart by their {what}; that does not show that they are alike."
    sentences = [
        f"{first} is {how} {second} (adjusted {wording.probability(each.p_adjusted or 0)})"
        for each in told
        for first, second in [(each.first, each.second) if each.difference > 0 else (each.second, each.first)]
    ]
    rest = len(between) - len(told)
    others = f"; {wording.count(rest, 'other pair')} of models {'is' if rest == 1 else 'are'} not told apart"
    return f"{wording.listed(sentences)}{others if rest else ''}."


def _interval(text: str) -> str:
    return f" (95 % interval {text})" if text else ""


def people(count: int) -> str:
    """ "1 person", "2 people"."""
    return f"{count:,} {'person' if count == 1 else 'people'}"
