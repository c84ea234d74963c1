import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import told_stand_ins
from PIL import Image
from scored_pictures import FEW, SIZE, scored, write_bad_pictures, write_pictures

from tintype.engine.references import References
from tintype.errors import ConfigError, DataError
from tintype.evaluate import results as stored
from tintype.evaluate.journal import journal_of
from tintype.evaluate.pictures import open_set, squared
from tintype.evaluate.plain import closest_stroke, reference_levels
from tintype.evaluate.revisit import Revisit
from tintype.evaluate.run import Evaluation, evaluate
from tintype.evaluate.strokes import simulate
from tintype.evaluate.told import Told
from tintype.hints import Hint, Hints
from tiny_models import contract, write_model
from training_pictures import colorful

BASELINES = ["gray", "mean a*b*", "mean a*b* by L*"]


@pytest.fixture(autouse=True)
def stood_in(monkeypatch: pytest.MonkeyPatch) -> None:
    told_stand_ins.set_up(monkeypatch)


@pytest.fixture
def hinted(tmp_path: Path) -> Path:
    """A model that takes hints and a vividness."""
    promise = replace(contract(), name="hinted", hints=True, vivid=0.5)
    return write_model(tmp_path / "hinted.onnx", promise)


@pytest.fixture
def others(tmp_path: Path) -> Path:
    """A folder of photographs to choose references from."""
    folder = tmp_path / "others"
    folder.mkdir()
    for number in range(20, 28):
        Image.fromarray(colorful(number, 48, 48)).save(folder / f"{number}.png")
    return folder


def test_what_takes_strokes_is_scored_with_and_without_and_beside_a_baseline(pictures, hinted, tmp_path):
    found = scored(pictures, tmp_path / "results.json", hinted, "dip", strokes=3)
    assert found.names == [
        *BASELINES,
        "closest stroke (3 strokes)",
        "hinted",
        "hinted (3 strokes)",
        "dip (3 strokes)",
    ]
    assert [entry.kind for entry in found.entries[3:]] == ["baseline", "model", "model", "method"]
    assert [entry.strokes for entry in found.entries[3:]] == [3, None, 3, 3]
    assert not any(entry.references for entry in found.entries)
    dip = found.entry("dip (3 strokes)")
    assert (dip.model, dip.sha256) == ("dip", None)
    without = scored(pictures, tmp_path / "without.json", hinted)
    assert found.entry("hinted") == without.entry("hinted")
    assert found.entry("hinted (3 strokes)").pictures != without.entry("hinted").pictures


def test_a_model_is_told_strokes_at_each_vividness(pictures, hinted, tmp_path):
    found = scored(pictures, tmp_path / "results.json", hinted, strokes=1, vivids=(0.0, 1.0))
    assert found.names[4:] == [
        "hinted (vivid 0)",
        "hinted (vivid 1)",
        "hinted (vivid 0, 1 stroke)",
        "hinted (vivid 1, 1 stroke)",
    ]


def test_methods_paint_with_the_strokes_that_are_drawn_from_the_truth(pictures, tmp_path):
    found = scored(pictures, tmp_path / "results.json", "dip", strokes=4)
    again = Revisit(found, pictures)
    truth = again.truth(2)
    assert again.strokes("dip (4 strokes)", 2) == simulate(truth, 4)
    assert again.strokes("gray", 2) is None
    shown = again.stroked("dip (4 strokes)", 2)
    assert np.ptp(shown.astype(int), axis=-1).max() > 20
    assert np.ptp(again.gray(2).astype(int), axis=-1).max() <= 2


@pytest.mark.parametrize(
    ("models", "told", "said"),
    [
        (["dip"], {}, r"dip takes its colors from strokes; add --strokes 10"),
        (["copy"], {"strokes": 3}, r"copy takes its colors from a photograph; add --references DIR"),
        ([], {"strokes": 3}, "nothing here takes strokes; leave --strokes out"),
        (["copy"], {"references": Path("x")}, None),
        (["dip"], {"strokes": 3, "references": Path("x")}, "nothing here takes a reference"),
        (["dip"], {"strokes": 0}, "0 strokes cannot be drawn"),
        (["dip"], {"strokes": 2, "most_references": 0}, "at least one reference"),
        (["dip"], {"strokes": 2, "vivids": (1.0,)}, "no model here takes a vividness"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_done(pictures, tmp_path, models, told, said):
    out = tmp_path / "out" / "results.json"
    kind, said = (ConfigError, said) if said else (DataError, "no data set at x")
    with pytest.raises(kind, match=said):
        scored(pictures, out, *models, **told)
    assert not out.parent.exists()


def test_what_takes_a_reference_gets_the_nearest_photograph(pictures, others, tmp_path):
    found = scored(pictures, tmp_path / "results.json", "copy", references=others)
    assert found.names == [*BASELINES, "mean a*b* by L* of it (nearest)", "copy (nearest)"]
    (references,) = found.references
    assert (references.name, references.found, references.pictures) == ("others", 8, 8)
    assert found.entry("copy (nearest)").references == references.sha256
    assert len(references.chosen) == len(found.pictures)
    lightness = {each.name: squared(each.load()[0], SIZE).mean() for each in open_set(others).items}
    again = Revisit(found, pictures, references=others)
    for number, chosen in enumerate(references.chosen):
        away = {name: abs(value - again.truth(number).mean()) for name, value in lightness.items()}
        assert away[chosen.name] == pytest.approx(min(away.values()), abs=6)
        assert again.reference("copy (nearest)", number) is not None
        assert chosen.passed_over == 0


def test_a_picture_is_never_its_own_reference(pictures, others, tmp_path):
    for number in range(3):
        picture = Image.fromarray(colorful(number, 48, 56))
        picture.resize((80, 68)).save(others / f"same-{number}.jpg", quality=92)
        Image.fromarray(colorful(number, 48, 56)[:, ::-1].copy()).save(others / f"mirrored-{number}.png")
    found = scored(pictures, tmp_path / "results.json", "copy", references=others)
    chosen = found.references[0].chosen
    assert [each.passed_over for each in chosen] == [2, 2, 2, 0, 0, 0]
    assert not any(f"-{number}." in each.name for number, each in enumerate(chosen))


def test_references_that_all_show_the_picture_are_refused(pictures, tmp_path):
    write_pictures(tmp_path / "one", 1)
    with pytest.raises(DataError, match=r"all references show what 00\.png shows"):
        scored(pictures, tmp_path / "results.json", "copy", references=tmp_path / "one")


def test_what_can_be_no_reference_is_counted_and_left_out(pictures, others, tmp_path):
    write_bad_pictures(others)
    found = scored(pictures, tmp_path / "results.json", "copy", references=others)
    (references,) = found.references
    assert references.left_out == {"gray": 1, "small": 1, "unreadable": 1}
    assert (references.found, references.pictures) == (13, 10)


def test_a_set_without_any_reference_is_refused(pictures, tmp_path):
    (tmp_path / "gray").mkdir()
    Image.new("L", (64, 64), 90).save(tmp_path / "gray" / "a.png")
    with pytest.raises(DataError, match=r"none of the 1 pictures .* a\.png is gray"):
        scored(pictures, tmp_path / "results.json", "copy", references=tmp_path / "gray")


def test_no_more_references_are_looked_at_than_is_said(pictures, others, tmp_path):
    found = scored(pictures, tmp_path / "results.json", "copy", references=others, most_references=4)
    assert found.references[0].found == 4


def test_what_is_found_of_references_is_kept_and_used_again(pictures, others, tmp_path, monkeypatch):
    first = scored(pictures, tmp_path / "first.json", "copy", references=others)
    kept = sorted(path.suffix for path in tmp_path.glob("references-*"))
    assert kept == [".json", ".npz"]
    monkeypatch.setattr(told_stand_ins.nearest, "judge", None)
    again = scored(pictures, tmp_path / "again.json", "copy", references=others)
    assert again.to_dict() == first.to_dict()


def test_references_that_changed_are_looked_at_again(pictures, others, tmp_path):
    first = scored(pictures, tmp_path / "first.json", "copy", references=others)
    Image.fromarray(colorful(40, 48, 48)).save(others / "20.png")
    again = scored(pictures, tmp_path / "again.json", "copy", references=others)
    assert again.references[0].sha256 != first.references[0].sha256
    assert len(list(tmp_path.glob("references-*"))) == 4


def test_what_is_kept_of_references_but_damaged_is_refused(pictures, others, tmp_path):
    scored(pictures, tmp_path / "first.json", "copy", references=others)
    (table,) = tmp_path.glob("references-*.json")
    table.write_text("{}")
    told_stand_ins.nearest.search.cache_clear()
    with pytest.raises(DataError, match="delete both to begin anew"):
        scored(pictures, tmp_path / "again.json", "copy", references=others)


def test_told_entries_are_painted_again_as_they_were_scored(pictures, others, hinted, tmp_path):
    found = scored(pictures, tmp_path / "results.json", hinted, "dip", "copy", strokes=3, references=others)
    again = Revisit(found, pictures, [hinted], others)
    for entry in found.entries:
        assert again.has(entry.name)
        for number in (0, 5):
            error = np.mean(again.chroma_error(entry.name, number))
            assert error == pytest.approx(entry.pictures["chroma_error"][number], rel=1e-4)


def test_without_the_references_it_is_said_what_is_missing(pictures, others, tmp_path):
    found = scored(pictures, tmp_path / "results.json", "dip", "copy", strokes=3, references=others)
    again = Revisit(found, pictures)
    assert again.has("dip (3 strokes)")
    assert "name their folder, others, with --references" in again.lacks("copy (nearest)")
    with pytest.raises(DataError, match="cannot be painted: its references"):
        again.colored("copy (nearest)", 0)


def test_a_reference_that_is_another_picture_now_is_refused(pictures, others, tmp_path):
    found = scored(pictures, tmp_path / "results.json", "copy", references=others)
    Image.fromarray(colorful(41, 48, 48)).save(others / found.references[0].chosen[0].name)
    with pytest.raises(DataError, match="is another picture than then"):
        Revisit(found, pictures, references=others).colored("copy (nearest)", 0)


def test_a_stopped_evaluation_of_told_entries_goes_on_and_ends_the_same(others, hinted, tmp_path):
    data, out = write_pictures(tmp_path / "many", 14), tmp_path / "results.json"
    models = (str(hinted), "dip", "copy")
    settings = {"size": SIZE, "strokes": 2, "references": others, **FEW}
    evaluate(Evaluation(models, data, **settings), tmp_path / "whole.json", say=lambda text: None)

    def stop(done, total):
        if (done, total) == (10, 14):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(Evaluation(models, data, **settings), out, say=lambda text: None, progress=stop)
    for change in ({"strokes": 3}, {"most_references": 5}):
        with pytest.raises(ConfigError, match=r"begun with other"):
            scored(data, out, *models, **(settings | change))
    evaluate(Evaluation(models, data, **settings), out, say=lambda text: None)
    assert out.read_bytes() == (tmp_path / "whole.json").read_bytes()
    assert not journal_of(out).exists()


def test_several_processes_give_the_same_file_for_told_entries(pictures, hinted, tmp_path):
    models = (hinted, "yatziv")
    scored(pictures, tmp_path / "one.json", *models, strokes=3)
    scored(pictures, tmp_path / "two.json", *models, strokes=3, jobs=2)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_results_of_the_first_format_are_still_read(pictures, tmp_path):
    found = scored(pictures, tmp_path / "results.json")
    content = json.loads((tmp_path / "results.json").read_text())
    content["format"] = 1
    del content["references"]
    for entry in content["entries"]:
        del entry["strokes"], entry["references"]
    (tmp_path / "old.json").write_text(json.dumps(content))
    assert stored.read(tmp_path / "old.json") == stored.read(tmp_path / "results.json")
    assert found.references == []


def test_told_entries_of_several_files_stand_side_by_side(pictures, others, hinted, tmp_path):
    parts = [
        scored(pictures, tmp_path / "a.json", hinted),
        scored(pictures, tmp_path / "b.json", hinted, "dip", strokes=2),
        scored(pictures, tmp_path / "c.json", "dip", strokes=3),
        scored(pictures, tmp_path / "d.json", "copy", references=others),
    ]
    both = stored.merge(parts)
    assert [name for name in both.names if "dip" in name] == ["dip (2 strokes)", "dip (3 strokes)"]
    assert both.names.count("hinted") == 1
    assert len(both.references) == 1


def test_the_closest_stroke_colors_each_pixel():
    hints = Hints((Hint.stroke([(1, 1), (1, 3)], (10, 0)), Hint.stroke([(7, 1), (7, 7)], (0, 20))))
    chroma = closest_stroke(np.zeros((8, 8)), Told(hints))
    np.testing.assert_array_equal(chroma[2, :4], [[10, 0]] * 4)
    np.testing.assert_array_equal(chroma[2, 4:], [[0, 20]] * 4)


def test_the_baseline_of_references_has_the_mean_color_of_each_lightness():
    reference = np.zeros((64, 64, 3), np.uint8)
    reference[:, 32:] = (200, 30, 30)
    chroma = reference_levels(np.array([[0.0, 42.9], [0.0, 42.9]]), Told(reference=References(reference)))
    assert np.abs(chroma[:, 0]).max() < 3
    assert chroma[0, 1, 0] > 50
