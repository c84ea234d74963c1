import json
from dataclasses import replace

import pytest

from tintype.evaluate.results import read
from tintype.reproduce.numbers import rows


@pytest.fixture
def results(reproduced):
    return read(reproduced.folder / "results.json")


@pytest.fixture
def records(reproduced):
    return {
        name: json.loads((reproduced.folder / "runs" / name / "record.json").read_text())
        for name in ("cnn", "fusion", "gan")
    }


def with_scores(results, **scores):
    """The results with other sums: `cnn={"accuracy_2": 20}`."""
    entries = []
    for entry in results.entries:
        sums = dict(entry.sum)
        for key, value in scores.get(entry.name, {}).items():
            sums[key] = replace(sums[key], value=value)
        entries.append(replace(entry, sum=sums))
    return replace(results, entries=entries)


def verdicts(results, records):
    return {row.item: row.holds for row in rows(results, records, 5)}


def test_the_reports_statements_hold_where_the_numbers_say_so(results, records):
    as_reported = with_scores(
        results,
        cnn={"accuracy_2": 20.0, "colorfulness": 15.0},
        fusion={"accuracy_2": 24.0, "colorfulness": 20.0},
        gan={"accuracy_2": 21.0, "colorfulness": 33.0},
    )
    found = verdicts(as_reported, records)
    assert found["order by accuracy"] is True
    assert found["fusion against cnn"] is True
    assert found["saturation"] is True


def test_they_do_not_hold_where_the_numbers_say_otherwise(results, records):
    otherwise = with_scores(
        results,
        cnn={"accuracy_2": 22.0, "colorfulness": 25.0},
        fusion={"accuracy_2": 24.0, "colorfulness": 20.0},
        gan={"accuracy_2": 23.0, "colorfulness": 19.0},
    )
    found = verdicts(otherwise, records)
    assert found["order by accuracy"] is True
    assert found["fusion against cnn"] is False
    assert found["saturation"] is False
    last = with_scores(results, gan={"accuracy_2": 1.0}, cnn={"accuracy_2": 2.0}, fusion={"accuracy_2": 3.0})
    assert verdicts(last, records)["order by accuracy"] is False


def test_reliability_is_that_of_the_bad_pictures(results, records):
    def spoil(name):
        return replace(
            results,
            entries=[
                replace(entry, pictures=entry.pictures | {"auc": [1.0] * len(results.pictures)})
                if entry.name == name
                else entry
                for entry in results.entries
            ],
        )

    assert verdicts(spoil("gan"), records)["reliability"] is True
    assert verdicts(spoil("cnn"), records)["reliability"] is False


def test_losses_lie_together_within_a_tenth(results, records):
    near = records | {
        "cnn": records["cnn"] | {"losses": {"train": [(4, 0.0200)]}, "validation": [{"loss": 0.0211}]}
    }
    far = records | {
        "cnn": records["cnn"] | {"losses": {"train": [(4, 0.0200)]}, "validation": [{"loss": 0.0311}]}
    }
    assert verdicts(results, near)["its training and validation loss"] is True
    assert verdicts(results, far)["its training and validation loss"] is False


def test_numbers_are_those_of_the_records(results, records):
    found = {row.item: row.found for row in rows(results, records, 1234)}
    assert found["pictures for training"] == "1,234"
    assert found["training of cnn"].startswith("5 pictures at 64×64, batches of 2, 1.6 epochs, 4 steps")
    assert "(0." in found["accuracy within 2 %, by 1/HW (as printed, by 1/2HW)"]
