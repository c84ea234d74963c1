"""Answers of people who do not exist: as rows, or through a study as people would give them."""

from collections.abc import Callable
from typing import Final

import numpy as np
from sqlalchemy import select

from tintype.errors import StudyError
from tintype.study import design, records
from tintype.study.crowd import Crowd, Person, World
from tintype.study.models import ImageRow, PictureRow, TrialRow
from tintype.study.protocol import AGE_BANDS, GRAY, RAINBOW, Protocol, Question
from tintype.study.records import Answer
from tintype.study.service import Study
from tintype.study.states import Trial

LANGUAGE: Final = "qaa-x-madeup"
"""What people who do not exist speak (a private tag, BCP 47): so they are known again."""
PARTS: Final[tuple[Question, ...]] = ("believe", "rate")
COLOR_VISIONS: Final = {"normal": 0.93, "deficient": 0.04, "unsure": 0.03}
"""How often people say so."""

Tell = Callable[[int, int | None], None]
"""Gets how many people are done, and how many there are."""


def simulated(study: Study) -> bool:
    """Whether anybody in a study does not exist."""
    return any(person.language == LANGUAGE for person in records.people(study))


def simulate(study: Study, crowd: Crowd, people: int, seed: int, tell: Tell) -> int:
    """Let so many people take part in a study, one round each; gives how many answers they gave.

    They go through it as people do: enrol, agree, answer what they are shown. The same seed in the same study
    gives the same answers. Raises `StudyError` for a study that real people take part in, and adds nobody.
    """
    before = records.people(study)
    if any(person.language != LANGUAGE for person in before):
        raise StudyError(
            "people take part in this study, and simulated answers must not be among theirs; make a study "
            "of its own for them: tintype study create"
        )
    world = World(crowd, study.protocol.kinds, seed)
    random = np.random.default_rng([seed, 3, len(before)])
    given = 0
    for number in range(people):
        given += _take_part(study, world, random)
        tell(number + 1, people)
    return given


def _take_part(study: Study, world: World, random: np.random.Generator) -> int:
    """One person, from coming to the end of the first round."""
    token = study.enrol(LANGUAGE, order_seed=int(random.integers(2**31)))
    study.consent(token)
    age = str(random.choice(AGE_BANDS[1:])) if study.protocol.ask_age else None
    vision = str(random.choice(list(COLOR_VISIONS), p=list(COLOR_VISIONS.values())))
    study.describe(token, age, vision if study.protocol.ask_color_vision else None)
    person, given = world.person(), 0
    while (trial := study.next_trial(token)) is not None:
        study.image_file(token, trial.token)
        value = _answer(study, world, person, trial)
        study.answer(token, trial.token, value, world.response_ms(person))
        given += 1
    return given


def _answer(study: Study, world: World, person: Person, trial: Trial) -> int:
    """What a person says to a picture."""
    query = (
        select(ImageRow.kind, PictureRow.number)
        .join(PictureRow, PictureRow.id == ImageRow.picture_id)
        .join(TrialRow, TrialRow.image_id == ImageRow.id)
        .where(TrialRow.token == trial.token)
    )
    with study.database.reading() as session:
        kind, picture = session.execute(query).one()
    if kind == GRAY:
        return 1 if world.passes(person) else 3
    if kind == RAINBOW:
        return 0 if world.passes(person) else 1
    believes = trial.question == "believe"
    return world.believes(person, picture, kind) if believes else world.rates(person, picture, kind)


def made_up(protocol: Protocol, crowd: Crowd, people: int, seed: int) -> list[Answer]:
    """The scored answers of one round of so many people, without a database.

    Kinds are balanced as the study balances them; of each kind a person sees one of the pictures that were
    shown least in it, none twice.
    """
    world = World(crowd, protocol.kinds, seed)
    random = np.random.default_rng([seed, 2])
    places = {kind: place for place, kind in enumerate(protocol.kinds)}
    shown = {part: np.zeros((len(places), protocol.pictures)) for part in PARTS}
    rows = []
    for number in range(1, people + 1):
        person, unseen = world.person(), np.zeros(protocol.pictures)
        for part in PARTS:
            kinds = design.part_kinds(protocol, design.Person(number, seed), 1, part)
            for position, kind in enumerate(random.permutation(kinds)):
                counts = shown[part][places[kind]]
                picture = int(np.argmin(counts + unseen + random.random(protocol.pictures) / 2))
                counts[picture] += 1
                unseen[picture] = np.inf
                asked = world.believes if part == "believe" else world.rates
                answer = asked(person, picture, kind)
                rows.append(
                    Answer(
                        participant=number,
                        round=1,
                        part=part,
                        position=position,
                        picture=picture + 1,
                        kind=str(kind),
                        answer=answer,
                        response_ms=world.response_ms(person),
                        attention=False,
                        age_band=None,
                        color_vision=None,
                        excluded="",
                    )
                )
    return rows
