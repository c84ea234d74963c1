"""Scores on model cards, from results."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tintype.errors import ConfigError
from tintype.evaluate.measures import BY_KEY
from tintype.evaluate.results import Entry, Results, write_text
from tintype.report import wording
from tintype.zoo import Card

ON_CARDS: Final = (
    *("auc", "auc_rebalanced", "accuracy_2", "psnr", "ssim", "ciede2000", "lpips", "fid", "colorfulness"),
)
"""Measures that a card tells."""
DECIMALS: Final = 2
"""Of a score on a card, at least."""
SHARED_PROTOCOL: Final = "protocol"
"""Where cards once told the protocol of all their sets."""


def check(sets: Sequence[Results], folder: Path) -> None:
    """Raise `ConfigError` when no card in a folder is of a model in the results, or two sets share a name."""
    names = [results.data.name for results in _with_room(sets)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ConfigError(
            f"there are results of several protocols, or of several sets, named {twice}, and a card has room "
            "for one; give one of them"
        )
    if not folder.is_dir():
        raise ConfigError(f"there is no folder {folder} with model cards; give another")
    if not _changed(sets, folder):
        raise ConfigError(
            f"no card in {folder} has the sha256 of a model in these results; give the folder of their cards"
        )


def update_cards(sets: Sequence[Results], folder: Path) -> list[Path]:
    """Give the cards (*.json) in a folder their scores from results; gives the paths of those written.

    An entry means the card that has its sha256. Scores on other sets of pictures are kept, those on a set of
    the same name replaced; everything else on a card stays. All cards are read before any is written.

    Raises `ModelError` when a card cannot be read, `ConfigError` as `check`, and `SaveError`.
    """
    check(sets, folder)
    changed = _changed(sets, folder)
    for path, card in changed.items():
        write_text(path, json.dumps(card.to_dict(), indent=2, ensure_ascii=False) + "\n")
    return list(changed)


def _changed(sets: Sequence[Results], folder: Path) -> dict[Path, Card]:
    """The cards that get scores."""
    cards = {path: Card.read(path) for path in sorted(folder.glob("*.json"))}
    found: dict[Path, Card] = {}
    for path, card in cards.items():
        scores = {
            results.data.name: card_scores(results, card.sha256)
            for results in _with_room(sets)
            if any(entry.sha256 == card.sha256 for entry in results.entries)
        }
        if scores:
            found[path] = replace(card, scores=_joined(card.scores, scores))
    return found


def _with_room(sets: Sequence[Results]) -> list[Results]:
    """The sets without those that are there for entries that were told something, where the same set is there
    without such: they are smaller, and cards have the scores of automatic entries alone."""
    plain = {results.data.name for results in sets if not _told(results)}
    return [results for results in sets if not (_told(results) and results.data.name in plain)]


def _told(results: Results) -> bool:
    return any(entry.told for entry in results.entries)


def _joined(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Old scores with new ones in place of those on sets of the same name."""
    scores = dict(old) | dict(new)
    others = [each for each in scores.values() if isinstance(each, Mapping)]
    if all("protocol" in each for each in others):
        scores.pop(SHARED_PROTOCOL, None)
    return scores


def card_scores(results: Results, sha256: str) -> dict[str, Any]:
    """What a card tells of one set: protocol, pictures, the truth's colorfulness, and the main measures.

    A model that was scored at several vividnesses has its measures under the names "vivid 0" and the like.
    Its scores with strokes or a reference are not on a card.
    """
    protocol = f"tintype evaluate {results.versions.get('tintype', '')}".strip()
    found: dict[str, Any] = {
        "protocol": f"{protocol}: {wording.protocol(results.protocol)}",
        "pictures": results.data.pictures,
        "sha256": results.data.sha256,
    }
    if "colorfulness" in results.truth:
        found["colorfulness_of_truth"] = _rounded(results.truth["colorfulness"].value, "colorfulness")
    for entry in results.entries:
        if entry.sha256 == sha256 and not entry.told:
            own = _measures(entry)
            found |= own if entry.vivid is None else {f"vivid {entry.vivid:g}": own}
    return found


def _measures(entry: Entry) -> dict[str, float]:
    return {
        key: value
        for key in ON_CARDS
        if key in entry.sum and (value := _rounded(entry.sum[key].value, key)) is not None
    }


def _rounded(value: float | None, key: str) -> float | None:
    return None if value is None else round(value, max(DECIMALS, BY_KEY[key].decimals))
