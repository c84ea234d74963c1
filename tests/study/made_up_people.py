"""Protocols and answers without a database, for tests of what answers tell."""

from collections.abc import Sequence
from dataclasses import replace

from tintype.study.crowd import Crowd
from tintype.study.protocol import Protocol, StudyModel
from tintype.study.records import Answer
from tintype.study.simulate import made_up

MODELS = ("cnn", "fusion", "gan")


def protocol(pictures: int = 100, models: Sequence[str] = MODELS, per_part: int = 5) -> Protocol:
    """A study of so many pictures."""
    named = tuple(StudyModel(name, "0" * 64) for name in models)
    return Protocol("Do people believe?", pictures, named, part_one=per_part, part_two=per_part)


def careful(**given: float) -> Crowd:
    """People of whom none answers all by chance."""
    return replace(Crowd(careless=0), **given)  # type: ignore[arg-type]


def answers(people: int, pictures: int = 100, seed: int = 0, **given: float) -> list[Answer]:
    """The answers of so many of them."""
    return made_up(protocol(pictures), careful(**given), people, seed)


def said(person: int, picture: int, kind: str, answer: int, part: str = "believe", **given: object) -> Answer:
    """One answer."""
    row = Answer(
        participant=person,
        round=1,
        part=part,  # type: ignore[arg-type]
        position=0,
        picture=picture,
        kind=kind,
        answer=answer,
        response_ms=2000,
        attention=False,
        age_band=None,
        color_vision=None,
        excluded="",
    )
    return replace(row, **given)  # type: ignore[arg-type]
