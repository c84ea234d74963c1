"""`tintype models`: the cards."""

import json

from tintype.zoo import DEFAULT_MODEL, Card, list_models


def run(*, as_json: bool) -> None:
    """Print every card: as JSON, one a line, or for people."""
    cards = list_models()
    for card in cards:
        print(json.dumps(card.to_dict(), ensure_ascii=False) if as_json else describe(card))


def describe(card: Card) -> str:
    """A card in a few lines."""
    mark = " (used when no --model is given)" if card.name == DEFAULT_MODEL else ""
    lines = [
        f"{card.name}{mark}: {card.summary}",
        f"  license     {card.license}",
        f"  size        {card.parameters / 1e6:.1f} million parameters, {card.size_mb:.1f} MB",
        f"  network     {card.network}, works best at {card.working_size}×{card.working_size} pixels",
        f"  data        {card.data}",
        *(f"  score       {name}: {value}" for name, value in card.scores.items()),
        *(f"  fails on    {failure}" for failure in card.known_failures),
    ]
    return "\n".join(lines)
