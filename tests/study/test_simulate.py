import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from made_up_people import answers, careful, protocol

from study_samples import arrive, make_study
from tintype.errors import ConfigError, StudyError
from tintype.study import records
from tintype.study.crowd import Crowd, World, read_crowd
from tintype.study.service import Study
from tintype.study.simulate import simulate, simulated


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Study]:
    """A study in one file."""
    with not_waiting(tmp_path / "study") as made:
        yield made


def not_waiting(folder: Path) -> Study:
    """A study that does not wait for the disk."""
    make_study(folder, count=15).close()
    return Study.open(folder, durable=False)


def nothing(done: int, total: int | None) -> None:
    """Tell nobody."""


def test_the_crowds_answers_have_the_rates_that_were_asked_for() -> None:
    crowd = careful(leaning=1.0, picture=0.8, image=0.7, skill=0.5, lapses=0.05)
    world = World(crowd, protocol().kinds, seed=0)
    many = 12_000
    for kind in protocol().kinds:
        believed = [world.believes(world.person(), picture, kind) for picture in range(many)]
        stars = [world.rates(world.person(), picture, kind) for picture in range(many)]
        assert np.mean(believed) == pytest.approx(crowd.believed_rate(kind), abs=4 * 0.5 / many**0.5)
        assert np.mean(stars) == pytest.approx(crowd.mean_stars(kind), abs=4 * 1.0 / many**0.5)
        assert set(stars) <= {1, 2, 3, 4}


def test_people_who_answer_alike_and_pictures_that_are_believed_alike_are_in_the_crowd() -> None:
    world = World(careful(leaning=3.0, picture=0, image=0, skill=0, lapses=0), ("truth", "cnn"), 1)
    people = [world.person() for _ in range(200)]
    shares = [np.mean([world.believes(person, picture, "cnn") for picture in range(20)]) for person in people]
    assert np.std(shares) > 0.3
    world = World(careful(leaning=0, picture=0, image=3.0, skill=0, lapses=0), ("truth", "cnn"), 1)
    shares = [
        np.mean([world.believes(world.person(), picture, "cnn") for _ in range(20)]) for picture in range(200)
    ]
    assert np.std(shares) > 0.3


def test_rows_are_balanced_and_nobody_sees_a_picture_twice() -> None:
    rows = answers(40, pictures=30)
    assert Counter(row.part for row in rows) == {"believe": 200, "rate": 200}
    for part in ("believe", "rate"):
        kinds = Counter(row.kind for row in rows if row.part == part)
        assert max(kinds.values()) - min(kinds.values()) <= 1
    seen = Counter((row.participant, row.picture) for row in rows)
    assert set(seen.values()) == {1}
    assert answers(40, pictures=30) == rows
    assert answers(40, pictures=30, seed=1) != rows


def test_people_who_do_not_exist_go_through_a_study_as_people_do(small: Study) -> None:
    told = []
    given = simulate(small, Crowd(careless=0), 8, 0, lambda done, total: told.append((done, total)))
    assert told[-1] == (8, 8)
    assert given == 8 * (2 + 5 + 5 + 1)
    progress = small.progress()
    assert progress["finished"] == progress["consented"] == progress["participants"] == 8
    assert progress["open"] == 0
    assert progress["attention"] == {"passed": 8, "failed": 0}
    rows = records.answers(small)
    assert len(rows) == 8 * 10
    assert all(row.age_band is not None and row.color_vision is not None for row in rows)
    assert all((row.response_ms or 0) > 0 for row in rows)
    assert simulated(small)


def test_who_answers_by_chance_fails_checks_and_is_left_out(small: Study) -> None:
    simulate(small, Crowd(careless=1), 12, 0, nothing)
    rows = records.answers(small)
    assert 0 < small.progress()["attention"]["failed"] < 12
    assert sum(row.excluded == "failed_attention" for row in rows) >= 20


def test_the_same_seed_gives_the_same_answers(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        with not_waiting(tmp_path / name) as study:
            simulate(study, Crowd(), 4, 3, nothing)
            found.append(records.answers(study, scored_only=False))
    assert found[0] == found[1]


def test_more_people_may_be_simulated_later(small: Study) -> None:
    for _ in range(2):
        simulate(small, Crowd(), 2, 0, nothing)
    assert small.progress()["participants"] == 4
    by_person = [
        [row.answer for row in records.answers(small) if row.participant == number] for number in (1, 3)
    ]
    assert len(by_person[0]) == len(by_person[1]) == 10


def test_simulated_answers_are_never_among_those_of_people(small: Study) -> None:
    arrive(small)
    with pytest.raises(StudyError, match="people take part in this study"):
        simulate(small, Crowd(), 3, 0, nothing)
    assert small.progress()["participants"] == 1
    assert not simulated(small)


def test_rates_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rates.json"
    path.write_text(json.dumps({"believed": {"cnn": 0.2}, "stars": {"cnn": 2.5}, "lapses": 0}))
    crowd = read_crowd(path)
    assert crowd.believed_rate("cnn") == 0.2
    assert crowd.mean_stars("cnn") == 2.5
    assert crowd.believed_rate("truth") == 0.87
    assert crowd.lapses == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "Invalid JSON"),
        ('{"belief": {}}', "belief"),
        ('{"believed": {"cnn": 1.5}}', "believed of cnn: 1.5 is not between"),
        ('{"stars": {"gan": 5}}', "stars of gan: 5 is not between"),
        ('{"stars": {"gan": NaN}}', "stars of gan"),
        ('{"leaning": -1}', "standard deviation"),
        ('{"lapses": 1}', "lapses"),
        ('{"noise": "loud"}', "noise"),
    ],
)
def test_rates_that_cannot_be_are_one_clear_error(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "rates.json"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        read_crowd(path)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_rates_that_are_not_there_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_crowd(tmp_path / "none.json")
