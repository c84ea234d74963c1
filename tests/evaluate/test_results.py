import json
from dataclasses import replace

import pytest
from scored_pictures import scored, write_pictures

from tintype.errors import ConfigError, DataError, SaveError
from tintype.evaluate.measures import BY_KEY, MEASURES
from tintype.evaluate.results import merge, read
from tiny_models import contract, write_model


def test_results_are_read_as_they_were_written(pictures, tiny_model, tmp_path):
    found = scored(pictures, tmp_path / "results.json", tiny_model)
    again = read(tmp_path / "results.json")
    assert again.to_dict() == found.to_dict()
    again.write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "results.json").read_bytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content | {"format": 3}, "format"),
        (lambda content: content | {"more": 1}, "more"),
        (lambda content: {key: content[key] for key in content if key != "protocol"}, "protocol"),
        (lambda content: content | {"pictures": content["pictures"][1:]}, "lacks scores"),
        (lambda content: [], "no results"),
    ],
)
def test_files_that_hold_no_results_are_refused(pictures, tmp_path, change, said):
    path = tmp_path / "results.json"
    scored(pictures, path)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(DataError, match=said):
        read(path)


def test_what_is_no_json_or_not_there_is_refused(tmp_path):
    (tmp_path / "text.json").write_text("{")
    with pytest.raises(DataError, match="tintype evaluate"):
        read(tmp_path / "text.json")
    with pytest.raises(DataError, match="give another file"):
        read(tmp_path / "nowhere.json")


def test_results_of_several_runs_become_one(pictures, tiny_model, tmp_path):
    other = write_model(tmp_path / "other.onnx", replace(contract(), name="other"), factor=0.5)
    first = scored(pictures, tmp_path / "first.json", tiny_model)
    second = scored(pictures, tmp_path / "second.json", other, tiny_model)
    both = merge([first, second])
    assert both.names == ["gray", "mean a*b*", "mean a*b* by L*", "tiny", "other"]
    pairs = {(each.first, each.second) for each in both.comparisons if each.measure == "auc"}
    assert {("gray", "tiny"), ("other", "tiny")} <= pairs
    assert merge([first]) == first


def test_two_models_of_one_name_are_told_apart(pictures, tiny_model, tmp_path):
    other = write_model(tmp_path / "tiny.onnx", factor=0.5)
    first = scored(pictures, tmp_path / "first.json", tiny_model)
    second = scored(pictures, tmp_path / "second.json", other)
    both = merge([first, second])
    assert both.names[3:] == ["tiny", f"tiny {second.entries[3].sha256[:8]}"]


def test_results_of_other_pictures_or_another_protocol_do_not_mix(pictures, tmp_path):
    first = scored(pictures, tmp_path / "first.json")
    larger = scored(pictures, tmp_path / "larger.json", size=40)
    fewer = scored(write_pictures(tmp_path / "fewer", 4), tmp_path / "fewer.json")
    for other in (larger, fewer):
        with pytest.raises(ConfigError, match="in one run"):
            merge([first, other])


def test_results_that_cannot_be_written_leave_nothing(pictures, tmp_path):
    found = scored(pictures, tmp_path / "results.json")
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match="another place"):
        found.write(tmp_path / "file" / "results.json")


def test_every_measure_says_what_it_is():
    assert len(BY_KEY) == len(MEASURES)
    for measure in MEASURES:
        assert measure.title
        assert measure.definition
        assert measure.better in ("high", "low", "truth")
