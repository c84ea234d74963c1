import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scored_pictures import FEW, SIZE, scored, write_bad_pictures, write_pictures

from tintype import metrics
from tintype.data import Keep, pack
from tintype.errors import ConfigError, DataError, UnknownModel
from tintype.evaluate import results as stored
from tintype.evaluate.colorists import Colorist
from tintype.evaluate.journal import journal_of
from tintype.evaluate.measures import BY_KEY, MEASURES
from tintype.evaluate.pictures import open_set, squared
from tintype.evaluate.run import Evaluation, evaluate
from tintype.evaluate.scoring import Truth, score
from tiny_models import contract, write_model


def quiet(text):
    pass


def test_baselines_stand_beside_every_model(pictures, tiny_model, tmp_path):
    found = scored(pictures, tmp_path / "results.json", tiny_model)
    assert found.names == ["gray", "mean a*b*", "mean a*b* by L*", "tiny"]
    assert [entry.kind for entry in found.entries] == ["baseline"] * 3 + ["model"]
    gray, mean, table, _ = (entry.sum for entry in found.entries)
    assert gray["colorfulness"].value < 0.1
    assert gray["chroma_error"].value > mean["chroma_error"].value > table["chroma_error"].value
    assert gray["colorfulness_difference"].value == pytest.approx(
        found.truth["colorfulness"].value - gray["colorfulness"].value, rel=1e-5
    )


def test_every_measure_of_the_table_is_there_unless_it_must_be_asked_for(pictures, tiny_model, tmp_path):
    found = scored(pictures, tmp_path / "results.json", tiny_model)
    wanted = [measure.key for measure in MEASURES if measure.key not in ("lpips", "fid")]
    for entry in found.entries:
        assert list(entry.sum) == wanted
        assert list(entry.pictures) == [key for key in wanted if BY_KEY[key].per_picture]
        assert all(len(column) == 6 for column in entry.pictures.values())
    model = found.entry("tiny")
    for key, estimate in model.sum.items():
        assert estimate.low <= estimate.high
        if BY_KEY[key].per_picture:
            assert estimate.low <= estimate.value <= estimate.high
            there = [value for value in model.pictures[key] if value is not None]
            assert estimate.value == pytest.approx(np.mean(there), rel=1e-4)
    assert model.sum["accuracy_printed_2"].value == pytest.approx(model.sum["accuracy_2"].value / 2, rel=1e-5)


def test_true_colors_are_perfect(pictures):
    rgb, _ = open_set(pictures).items[0].load()
    truth = Truth.of(squared(rgb, SIZE))
    values = score(truth, Colorist("truth", lambda lightness, told: truth.lab[..., 1:])).values
    assert values["auc"] == pytest.approx(100, abs=0.01)
    assert values["accuracy_1"] == 100
    assert values["ssim"] == pytest.approx(1)
    assert values["psnr"] is None or values["psnr"] > 60
    assert values["ciede2000"] < 0.01
    assert values["mse"] == values["mae"] == pytest.approx(0, abs=1e-6)


def test_sums_over_pictures_are_those_of_the_plain_definitions(pictures, tiny_model, tmp_path):
    found = scored(pictures, tmp_path / "results.json", tiny_model)
    counts = 0
    for item in open_set(pictures).items:
        truth = Truth.of(squared(item.load()[0], SIZE))
        gray = np.zeros((*truth.lab.shape[:2], 2), np.float32)
        counts = counts + metrics.distance_counts(truth.lab[..., 1:], gray)
    sums = found.entry("gray").sum
    assert sums["auc"].value == pytest.approx(metrics.area_under_curve(counts), rel=1e-5)
    assert sums["auc_rebalanced"].value == pytest.approx(
        metrics.rebalanced_area_under_curve(counts), rel=1e-5
    )


def test_a_folder_a_shard_and_a_packed_set_give_the_same_scores(pictures, tiny_model, tmp_path):
    with tarfile.open(tmp_path / "shard.tar", "w") as archive:
        for path in sorted(pictures.iterdir()):
            archive.add(path, path.name)
    pack(pictures, tmp_path / "packed", keep=Keep(min_side=16), processes=1)
    folder, shard, packed = (
        scored(tmp_path / name, tmp_path / f"{name}.json", tiny_model)
        for name in ("pictures", "shard.tar", "packed")
    )
    assert folder.entries == shard.entries == packed.entries
    assert folder.data.sha256 == shard.data.sha256
    assert shard.pictures[0].name == "shard.tar/00.png"


def test_several_processes_give_the_same_file(pictures, tiny_model, tmp_path):
    scored(pictures, tmp_path / "one.json", tiny_model)
    scored(pictures, tmp_path / "two.json", tiny_model, jobs=2)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_bad_pictures_are_counted_named_and_left_out(pictures, tmp_path):
    alone = scored(pictures, tmp_path / "alone.json")
    write_bad_pictures(pictures)
    found = scored(pictures, tmp_path / "results.json")
    kinds = {item.name: item.kind for item in found.data.left_out}
    assert kinds == {
        "x-unreadable.png": "unreadable",
        "x-gray.png": "gray",
        "x-small.png": "small",
        "x-mirrored.png": "duplicate",
        "x-same.webp": "duplicate",
    }
    assert found.data.counts == {"unreadable": 1, "gray": 1, "small": 1, "duplicate": 2}
    assert (found.data.found, found.data.pictures) == (11, 6)
    reasons = {item.name: item.reason for item in found.data.left_out}
    assert reasons["x-same.webp"] == "the same as 01.png"
    assert "00.png" in reasons["x-mirrored.png"]
    assert found.entries == alone.entries
    assert found.data.sha256 == alone.data.sha256


def test_kinds_that_are_kept_are_scored_and_counted_all_the_same(pictures, tmp_path):
    write_bad_pictures(pictures)
    found = scored(pictures, tmp_path / "results.json", kept=("gray", "duplicate"))
    assert {row.name for row in found.pictures} >= {"x-gray.png", "x-mirrored.png", "x-same.webp"}
    assert found.data.counts == {"unreadable": 1, "gray": 1, "small": 1, "duplicate": 2}
    assert [item.kind for item in found.data.left_out] == ["small", "unreadable"]
    assert found.protocol.kept == ["gray", "duplicate"]


def test_pictures_of_which_none_can_be_scored_are_refused(tmp_path):
    folder = tmp_path / "gray"
    folder.mkdir()
    Image.new("L", (64, 64), 90).save(folder / "a.png")
    with pytest.raises(DataError, match="no picture of gray can be scored"):
        scored(folder, tmp_path / "results.json")
    assert not (tmp_path / "results.json").exists()


def test_missing_models_and_data_are_said_before_anything_is_written(pictures, tmp_path):
    with pytest.raises(UnknownModel, match="choose one of"):
        scored(pictures, tmp_path / "results.json", "nothing")
    with pytest.raises(DataError, match="no data set at"):
        scored(tmp_path / "nowhere", tmp_path / "results.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pictures"]


def test_results_that_exist_are_not_replaced_unasked(pictures, tmp_path):
    out = tmp_path / "results.json"
    out.write_text("mine")
    with pytest.raises(ConfigError, match="--overwrite"):
        scored(pictures, out)
    assert out.read_text() == "mine"
    evaluate(Evaluation((), pictures, size=SIZE, **FEW), out, overwrite=True, say=quiet)
    assert stored.read(out).data.pictures == 6


class Stopped(Exception):
    pass


def stop_at(count):
    def tell(done, total):
        if done >= count:
            raise Stopped

    return tell


def stopped_at_ten(data, out, *models):
    with pytest.raises(Stopped):
        asked = Evaluation(tuple(map(str, models)), data, size=SIZE, **FEW)
        evaluate(asked, out, say=quiet, progress=stop_at(10))


def test_a_stopped_evaluation_goes_on_and_ends_the_same(tmp_path, tiny_model):
    data, out = write_pictures(tmp_path / "many", 14), tmp_path / "results.json"
    whole = scored(data, tmp_path / "whole.json", tiny_model)
    stopped_at_ten(data, out, tiny_model)
    assert journal_of(out).exists()
    assert not out.exists()
    lines = []
    evaluate(Evaluation((str(tiny_model),), data, size=SIZE, **FEW), out, say=lines.append)
    assert lines == ["going on after 10 of 14 pictures (results.json.partial.jsonl)"]
    assert out.read_bytes() == (tmp_path / "whole.json").read_bytes()
    assert not journal_of(out).exists()
    assert whole.data.pictures == 14


def test_a_line_that_was_not_finished_is_done_again(tmp_path, tiny_model):
    data, out = write_pictures(tmp_path / "many", 14), tmp_path / "results.json"
    scored(data, tmp_path / "whole.json", tiny_model)
    stopped_at_ten(data, out, tiny_model)
    journal = journal_of(out)
    journal.write_bytes(journal.read_bytes()[:-40])
    scored(data, out, tiny_model)
    assert out.read_bytes() == (tmp_path / "whole.json").read_bytes()


def test_a_journal_of_another_evaluation_is_refused_and_kept(tmp_path, tiny_model):
    data, out = write_pictures(tmp_path / "many", 14), tmp_path / "results.json"
    stopped_at_ten(data, out, tiny_model)
    before = journal_of(out).read_bytes()
    for settings, named in (({"size": 40}, "size"), ({"stretch": True}, "shape")):
        with pytest.raises(ConfigError, match=f"begun with other {named}"):
            scored(data, out, tiny_model, **settings)
    other = write_model(tmp_path / "other.onnx", replace(contract(), name="other"))
    with pytest.raises(ConfigError, match="begun with other models"):
        scored(data, out, other)
    assert journal_of(out).read_bytes() == before


def test_a_damaged_journal_says_so(tmp_path):
    data, out = write_pictures(tmp_path / "many", 14), tmp_path / "results.json"
    stopped_at_ten(data, out)
    journal = journal_of(out)
    journal.write_bytes(journal.read_bytes().replace(b'"pixels"', b'"pixxls"'))
    with pytest.raises(ConfigError, match="is damaged in line 2"):
        scored(data, out)


def test_a_killed_evaluation_loses_no_picture_that_was_scored(tmp_path, tiny_model):
    data, out = write_pictures(tmp_path / "many", 40), tmp_path / "results.json"
    command = [
        sys.executable,
        "-m",
        "tintype",
        "evaluate",
        tiny_model,
        "--data",
        data,
        "-o",
        out,
        "--size",
        SIZE,
    ]
    words = [str(word) for word in command]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    journal = journal_of(out)
    while not journal.is_file() or journal.read_bytes().count(b"\n") < 6:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = journal.read_bytes().count(b"\n") - 1
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    assert f"going on after {done} of 40 pictures" in ended.stderr
    scored(data, tmp_path / "whole.json", tiny_model, resamples=2000, flips=10000)
    assert out.read_bytes() == (tmp_path / "whole.json").read_bytes()


def test_a_model_is_scored_at_each_vividness_asked_for(pictures, tmp_path):
    vivid = write_model(tmp_path / "strong.onnx", replace(contract(), name="strong", vivid=0.5))
    found = scored(pictures, tmp_path / "results.json", vivid, vivids=(0.0, 1.0))
    pale, strong = found.entries[3:]
    assert (pale.name, strong.name) == ("strong (vivid 0)", "strong (vivid 1)")
    assert (pale.vivid, strong.vivid) == (0, 1)
    assert pale.sum["colorfulness"].value < strong.sum["colorfulness"].value
    default = scored(pictures, tmp_path / "default.json", vivid)
    assert default.names[3:] == ["strong"]


def test_vividness_that_no_model_takes_is_refused(pictures, tiny_model, tmp_path):
    with pytest.raises(ConfigError, match="leave --vivid out"):
        scored(pictures, tmp_path / "results.json", tiny_model, vivids=(1.0,))


def test_a_limit_takes_pictures_evenly(pictures, tmp_path):
    found = scored(pictures, tmp_path / "results.json", limit=3)
    assert [row.name for row in found.pictures] == ["00.png", "02.png", "04.png"]
    assert found.protocol.limit == 3


def test_stretching_scores_whole_pictures(pictures, tmp_path):
    crop = scored(pictures, tmp_path / "crop.json")
    stretched = scored(pictures, tmp_path / "stretch.json", stretch=True)
    assert stretched.protocol.shape == "stretch"
    assert stretched.entry("gray").sum["chroma_error"] != crop.entry("gray").sum["chroma_error"]


def test_baselines_can_be_fitted_on_other_pictures(pictures, tmp_path):
    others = write_pictures(tmp_path / "others", 3)
    own, fitted = (
        scored(pictures, tmp_path / f"{name}.json", fit=fit)
        for name, fit in (("own", None), ("other", others))
    )
    assert own.protocol.fit == "the scored pictures"
    assert fitted.protocol.fit == "3 pictures of others"
    assert own.entry("mean a*b*").sum["mse"].value < fitted.entry("mean a*b*").sum["mse"].value


def test_labels_come_from_folders_or_a_table(tmp_path):
    data = tmp_path / "data"
    for kind in ("cats", "dogs"):
        write_pictures(data / kind, 2 if kind == "cats" else 4)
    for path in (data / "dogs").glob("0[01].png"):
        path.unlink()  # they are those of the cats
    by_folder = scored(data, tmp_path / "folders.json")
    assert [row.label for row in by_folder.pictures] == ["cats", "cats", "dogs", "dogs"]
    assert by_folder.data.labels == "folders"
    table = tmp_path / "kinds.tsv"
    table.write_text("name\tsource\tkind\n02\tweb\tblue things\n")
    told = scored(data, tmp_path / "table.json", labels=table)
    assert [row.label for row in told.pictures] == [None, None, "blue things", None]
    table.write_text("name\tkind\nzebra\tanimal\n")
    with pytest.raises(ConfigError, match="name none of the pictures"):
        scored(data, tmp_path / "wrong.json", labels=table)


def test_results_hold_what_is_needed_to_doubt_them(pictures, tiny_model, tmp_path):
    scored(pictures, tmp_path / "results.json", tiny_model)
    found = json.loads((tmp_path / "results.json").read_text())
    assert found["protocol"]["size"] == SIZE
    assert found["entries"][3]["sha256"] == stored.read(tmp_path / "results.json").entries[3].sha256
    assert set(found["versions"]) == {"python", "tintype", "numpy", "onnxruntime", "pillow"}
    assert str(tmp_path) not in (tmp_path / "results.json").read_text()


def test_what_is_missing_for_perceptual_measures_is_said_at_once(pictures, tmp_path, monkeypatch):
    from tintype.evaluate import run

    monkeypatch.setattr(run, "lpips", partial(_fail, DataError("no weights")))
    with pytest.raises(DataError, match="no weights"):
        scored(pictures, tmp_path / "results.json", extras=("lpips",))
    assert not journal_of(tmp_path / "results.json").exists()


def _fail(error):
    raise error


def test_perceptual_measures_are_kept_per_picture_and_in_sum(pictures, tmp_path, monkeypatch):
    from tintype.evaluate import run, scoring

    def distance(true: np.ndarray, predicted: np.ndarray) -> float:
        return float(np.abs(true.astype(float) - predicted).mean())

    def features(rgb: np.ndarray) -> np.ndarray:
        return rgb[::8, ::8].astype(float).ravel()

    for module in (run, scoring):
        monkeypatch.setattr(module, "lpips", lambda: distance)
        monkeypatch.setattr(module, "inception", lambda: features)
    found = scored(pictures, tmp_path / "results.json", extras=("lpips", "fid"))
    gray, mean = found.entry("gray"), found.entry("mean a*b* by L*")
    assert len(gray.pictures["lpips"]) == 6
    assert gray.sum["lpips"].value > 0
    assert gray.sum["fid"].value > 0
    assert gray.sum["fid"].value != mean.sum["fid"].value
    assert "fid" not in gray.pictures
    assert Path(tmp_path / "results.json").stat().st_size < 100_000
