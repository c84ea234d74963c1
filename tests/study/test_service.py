"""A person's way through a study, in both kinds of database."""

from collections import Counter

import pytest
from PIL import Image

from study_samples import arrive, attentive, kind_of, play_round
from tintype.errors import StudyError
from tintype.study.service import Study


def test_a_round_is_practice_then_part_one_then_part_two_with_one_attention_check(study: Study) -> None:
    trials = play_round(study, arrive(study))
    assert [trial.part for trial in trials[:2]] == ["practice"] * 2
    assert [trial.question for trial in trials[:2]] == ["believe", "rate"]
    counts = Counter(trial.part for trial in trials)
    assert counts["believe"] + counts["rate"] == 11
    assert [trial.part for trial in trials] == sorted(
        (trial.part for trial in trials), key="practice believe rate".find
    )
    for trial in trials:
        assert trial.of == counts[trial.part]


def test_the_same_trial_waits_until_it_is_answered(study: Study) -> None:
    token = arrive(study)
    first = study.next_trial(token)
    assert first == study.next_trial(token)
    assert first is not None
    study.answer(token, first.token, attentive(study, token, first), None)
    assert study.next_trial(token) != first


def test_the_first_answer_stays(study: Study) -> None:
    token = arrive(study)
    trial = study.next_trial(token)
    assert trial is not None
    assert study.answer(token, trial.token, 1, 700)
    assert not study.answer(token, trial.token, 0, 800)
    play_round(study, token)
    assert study.participant(token).answered["practice"] == 2  # type: ignore[union-attr]


def test_no_picture_comes_twice_to_a_person_over_all_rounds(study: Study) -> None:
    token = arrive(study)
    shown = [study.image_file(token, trial.token) for trial in play_round(study, token)]
    while study.start_round(token):
        shown += [study.image_file(token, trial.token) for trial in play_round(study, token)]
    assert len(shown) == 2 + 3 * 11
    assert len(set(shown)) == len(shown)
    person = study.participant(token)
    assert person is not None
    assert (person.round, person.round_over, person.may_start_round, person.finished) == (
        3,
        True,
        False,
        True,
    )


def test_images_are_the_persons_own_and_have_no_metadata(study: Study) -> None:
    token, other = arrive(study), arrive(study)
    trial = study.next_trial(token)
    assert trial is not None
    with Image.open(study.image_file(token, trial.token)) as picture:
        assert (picture.format, picture.size, picture.info) == ("PNG", (16, 16), {})
    for call in (study.image_file, study.practice_truth):
        with pytest.raises(StudyError, match="no such picture"):
            call(other, trial.token)
    with pytest.raises(StudyError, match="no such picture"):
        study.answer(other, trial.token, 1, None)


def test_an_image_that_is_gone_is_told(study: Study) -> None:
    token = arrive(study)
    trial = study.next_trial(token)
    assert trial is not None
    study.image_file(token, trial.token).unlink()
    with pytest.raises(StudyError, match="restore a back-up"):
        study.image_file(token, trial.token)


@pytest.mark.parametrize("value", [-1, 2, 5, True, "1", None, 1.5])
def test_what_is_no_answer_is_refused_and_the_trial_stays_open(study: Study, value: int) -> None:
    token = arrive(study)
    trial = study.next_trial(token)
    assert trial is not None
    with pytest.raises(StudyError, match="is no answer here; give one of 0, 1"):
        study.answer(token, trial.token, value, None)
    assert study.next_trial(token) == trial


def test_response_times_are_kept_within_a_day(study: Study) -> None:
    from tintype.study import records

    token = arrive(study)
    for milliseconds in (None, 10**12):
        trial = study.next_trial(token)
        assert trial is not None
        with pytest.raises(StudyError, match="negative"):
            study.answer(token, trial.token, 1, -1)
        study.answer(token, trial.token, 1, milliseconds)
    kept = [row.response_ms for row in records.answers(study, scored_only=False)]
    assert kept == [None, 24 * 60 * 60 * 1000]


def test_nobody_sees_a_picture_before_agreeing(study: Study) -> None:
    token = study.enrol("pt-BR")
    with pytest.raises(StudyError, match="consent"):
        study.next_trial(token)
    person = study.participant(token)
    assert person is not None
    assert (person.consented, person.language, person.round_over) == (False, "pt-BR", False)


def test_strangers_and_nonsense_are_refused(study: Study) -> None:
    assert study.participant("nobody") is None
    with pytest.raises(StudyError, match="begin anew"):
        study.next_trial("nobody")
    with pytest.raises(StudyError, match="no language"):
        study.enrol("<script>")
    with pytest.raises(StudyError, match="no seed"):
        study.enrol(order_seed=2**31)
    token = arrive(study)
    for trial in ("", "\0", "x" * 1000, "\ud800", "'; DROP TABLE trial"):
        with pytest.raises(StudyError, match="no such picture"):
            study.answer(token, trial, 1, None)
        assert study.participant(trial) is None
    with pytest.raises(StudyError, match="is no answer"):
        study.describe(token, "42", None)
    with pytest.raises(StudyError, match="is no answer"):
        study.describe(token, None, "excellent")


def test_what_a_person_tells_is_kept_and_may_change(study: Study) -> None:
    token = arrive(study)
    study.describe(token, "18-29", "normal")
    study.describe(token, "30-44", None)
    person = study.participant(token)
    assert person is not None
    assert (person.age_band, person.color_vision) == ("30-44", None)


def test_a_score_counts_part_one_of_rounds_that_are_over(study: Study) -> None:
    token = arrive(study)
    while (trial := study.next_trial(token)) is not None:
        assert study.score(token).asked == 0
        study.answer(token, trial.token, 1, None)  # "real" throughout, and one star
    score = study.score(token)
    assert score.asked == 5
    assert score.right == score.real.right == score.real.asked
    assert score.colorized.right == 0
    assert score.real.asked + score.colorized.asked == 5
    assert sum(told.asked for told in score.kinds.values()) == 5


def test_only_of_an_answered_practice_picture_is_the_truth_told(study: Study) -> None:
    token = arrive(study)
    practice = study.next_trial(token)
    assert practice is not None
    with pytest.raises(StudyError, match="answer it first"):
        study.practice_truth(token, practice.token)
    trials = play_round(study, token)
    assert study.practice_truth(token, practice.token) == (kind_of(study, token, practice) == "truth")
    with pytest.raises(StudyError, match="answer it first"):
        study.practice_truth(token, trials[-1].token)


def test_another_round_begins_only_when_one_is_over(study: Study) -> None:
    token = arrive(study)
    assert not study.start_round(token)
    play_round(study, token)
    assert study.start_round(token)
    assert not study.start_round(token)
    first = study.next_trial(token)
    assert first is not None
    assert (first.round, first.part) == (2, "believe")


def test_who_withdraws_leaves_no_answer_behind(study: Study) -> None:
    token = arrive(study)
    study.describe(token, "18-29", "normal")
    play_round(study, token)
    study.withdraw(token)
    study.withdraw(token)
    person = study.participant(token)
    assert person is not None
    assert (person.withdrawn, person.age_band, person.color_vision) == (True, None, None)
    assert not any(person.answered.values())
    with pytest.raises(StudyError, match="withdrawn"):
        study.next_trial(token)
    progress = study.progress()
    assert (progress["participants"], progress["withdrawn"], progress["finished"]) == (1, 1, 0)


def test_progress_counts_people_and_answers(study: Study) -> None:
    play_round(study, arrive(study))
    study.enrol()
    waiting = arrive(study)
    study.next_trial(waiting)
    progress = study.progress()
    assert [progress[name] for name in ("participants", "consented", "finished", "open")] == [3, 2, 1, 1]
    assert sum(progress["answers"]["believe"].values()) == 5
    assert sum(progress["answers"]["rate"].values()) == 5
    assert progress["attention"] == {"passed": 1, "failed": 0}
    assert progress["excluded"] == {}


def test_only_hashes_of_a_persons_token_are_stored(study: Study) -> None:
    token = arrive(study)
    with study.database.reading() as session:
        for table in ("study", "participant", "trial"):
            rows = session.connection().exec_driver_sql(f"SELECT * FROM {table}").all()
            assert token not in repr(rows)
