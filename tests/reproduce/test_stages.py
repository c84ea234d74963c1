import json
import re
import shutil
from hashlib import sha256
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from tintype.data import PackedSet, prepare
from tintype.errors import ConfigError, DataError
from tintype.evaluate.results import read
from tintype.reproduce.figures import CAPTIONS
from tintype.reproduce.place import Place
from tintype.reproduce.plan import APPROACHES, REPORTED, SCALES, Plan
from tintype.reproduce.stages import Telling, reproduce
from tintype.zoo.card import Card
from training_pictures import write_folder

NAMES = ["simple", "cnn", "fusion", "gan", "fusion-gan"]


def silent():
    return Telling(lambda text: None)


def test_a_stopped_reproduction_goes_on_with_what_is_missing(reproduced):
    assert reproduced.stopped == "SIGINT"
    assert reproduced.models_when_stopped == ["simple"]
    assert "training simple" not in reproduced.said
    assert "training cnn" in reproduced.said


def test_all_approaches_are_trained_exported_and_scored(reproduced):
    found = read(reproduced.folder / "results.json")
    assert [entry.name for entry in found.entries if entry.kind == "model"] == NAMES
    for name in NAMES:
        card = Card.read(reproduced.folder / "models" / f"{name}.json")
        assert card.sha256 == found.entry(name).sha256
        assert card.scores, "the card has no scores"
        record = json.loads((reproduced.folder / "runs" / name / "record.json").read_text())
        assert record["progress"]["ended"] == "epochs"
    assert found.protocol.size == SCALES["tiny"].size


def test_the_gan_with_class_scores_begins_with_the_trained_fusion(reproduced):
    record = json.loads((reproduced.folder / "runs" / "fusion-gan" / "record.json").read_text())
    assert record["started_from"]["config"]["network"] == "fusion"
    assert record["config"]["embedded"]


def test_pictures_of_training_and_test_are_not_the_same(reproduced):
    sets = [PackedSet(reproduced.folder / "data" / name) for name in ("train", "val", "test")]
    hashes = [{sha256(each[number].tobytes()).digest() for number in range(len(each))} for each in sets]
    assert sum(map(len, hashes)) == len(set.union(*hashes)) == 16


def test_every_figure_of_the_report_is_drawn(reproduced):
    figures = reproduced.folder / "figures"
    assert set(CAPTIONS) == {"01", "02", "05", "06", "09", "10", "13", "14", "15"}
    for number in CAPTIONS:
        assert (figures / f"figure-{number}.pdf").read_bytes().startswith(b"%PDF")
        with Image.open(figures / f"figure-{number}.png") as picture:
            assert np.ptp(np.asarray(picture.convert("L"))) > 100
    assert len(list(figures.iterdir())) == 2 * len(CAPTIONS)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.sources, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        found = dict(attrs)
        if tag == "img":
            assert found["alt"]
            self.sources.append(found["src"])
        if tag == "a":
            self.links.append(found["href"])


def test_one_page_sets_each_number_beside_the_reports(reproduced):
    text = (reproduced.folder / "index.html").read_text()
    page = Page(text)
    assert len(page.sources) == len(CAPTIONS)
    assert len(text) < 8_000_000
    assert all(source.startswith("data:image/") for source in page.sources)
    assert "http" not in re.sub(r'base64,[^"]+', "", text).replace("http-equiv", "")
    for link in page.links:
        assert link.startswith("#") or (reproduced.folder / link).is_file()
    for said in ("25,000 steps", "about 0.002", "fusion wins", "975", "equation 9"):
        assert said in text
    found = read(reproduced.folder / "results.json")
    for name in REPORTED:
        assert f"{name} {found.entry(name).sum['accuracy_2'].value:.1f} %" in text


def test_pictures_for_people_are_the_truth_and_the_three_results(reproduced):
    study = reproduced.folder / "study"
    told = json.loads((study / "pictures.json").read_text())
    found = read(reproduced.folder / "results.json")
    assert {row["name"] for row in told["pictures"]} == {row.name for row in found.pictures}
    assert told["models"] == {name: found.entry(name).sha256 for name in REPORTED}
    for row in told["pictures"]:
        for kind, digest in row["files"].items():
            path = study / kind / f"{row['number']:03d}.png"
            assert sha256(path.read_bytes()).hexdigest() == digest
        truth, *results = (
            np.asarray(Image.open(study / kind / f"{row['number']:03d}.png")) for kind in row["files"]
        )
        assert len(results) == 3
        assert all(result.shape == truth.shape and (result != truth).any() for result in results)


def test_a_finished_reproduction_is_not_done_again(reproduced):
    files = {path: path.stat().st_mtime_ns for path in reproduced.folder.rglob("*") if path.is_file()}
    said = []
    reproduce(Plan("tiny"), [reproduced.data], reproduced.folder, Telling(said.append))
    again = {path: path.stat().st_mtime_ns for path in reproduced.folder.rglob("*") if path.is_file()}
    changed = {path.name for path in files if files[path] != again[path]}
    assert changed <= {"index.html", ".lock"}
    assert files.keys() == again.keys()
    assert said == [f"wrote {reproduced.folder / 'index.html'}"]


def test_what_is_deleted_is_made_again_the_same(reproduced, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(reproduced.folder, folder)
    (folder / "results.json").unlink()
    shutil.rmtree(folder / "study")
    (folder / ".study.abc.partial").mkdir()  # as a killed process leaves it
    reproduce(Plan("tiny"), [reproduced.data], folder, silent())
    assert (folder / "results.json").read_bytes() == (reproduced.folder / "results.json").read_bytes()
    name = "study/pictures.json"
    assert (folder / name).read_bytes() == (reproduced.folder / name).read_bytes()
    assert not list(folder.glob(".*.partial"))


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan("tiny", seed=1), "begun with seed 0"),
        (Plan("tiny", ("epochs=3",)), r"begun with settings \[\]"),
        (Plan("small"), "begun with preset 'tiny'"),
    ],
)
def test_another_reproduction_in_the_same_folder_is_refused(reproduced, plan, said):
    with pytest.raises(ConfigError, match=said):
        reproduce(plan, [reproduced.data], reproduced.folder, silent())


def test_a_folder_of_something_else_is_left_alone(tmp_path, reproduced):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear diary")
    with pytest.raises(ConfigError, match="no reproduction"):
        reproduce(Plan("tiny"), [reproduced.data], tmp_path / "mine", silent())
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["diary.txt"]


def test_two_processes_do_not_work_in_one_folder(reproduced):
    place = Place(reproduced.folder)
    state = json.loads((reproduced.folder / "reproduction.json").read_text())
    with place.taken(state), pytest.raises(ConfigError, match="another process"):
        reproduce(Plan("tiny"), [reproduced.data], reproduced.folder, silent())


def test_too_few_pictures_are_said(tmp_path):
    data = write_folder(tmp_path / "few", 2)
    with pytest.raises(DataError, match=r"too few|left for training"):
        reproduce(Plan("tiny"), [data], tmp_path / "out", silent())


def test_photographs_that_were_prepared_are_used_where_they_lie(tmp_path, reproduced):
    prepared = tmp_path / "prepared"
    prepare([reproduced.data], prepared, shares=Plan("tiny").shares, processes=1)
    stop = Telling(_stop_at("training simple"))
    with pytest.raises(InterruptedError):
        reproduce(Plan("tiny"), [prepared], tmp_path / "out", stop)
    assert not (tmp_path / "out" / "data").exists()
    assert len(PackedSet(tmp_path / "out" / "data-simple")) == 4


def _stop_at(text):
    def say(line):
        if line == text:
            raise InterruptedError

    return say


@pytest.mark.parametrize("preset", SCALES)
def test_every_preset_has_settings_for_every_training(preset):
    plan = Plan(preset, ("max_minutes=3",), seed=5)
    for name in plan.names:
        config = plan.config(name)
        assert config.seed == 5
        assert config.max_minutes == 3
        assert config.embedded == name.startswith("fusion")
    assert plan.names == ("simple", *APPROACHES)
    assert plan.config("simple").options["width"] < 100


def test_wrong_presets_and_settings_are_refused_before_anything_is_done():
    with pytest.raises(ConfigError, match="not one of"):
        Plan("huge")
    with pytest.raises(ConfigError):
        Plan("tiny", ("colour=red",))
