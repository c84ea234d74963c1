import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_samples import made_up

from tintype.errors import ConfigError, ModelError
from tintype.evaluate.results import Protocol, Results
from tintype.report.cards import update_cards
from tiny_models import write_card


def models(folder: Path, *names: str) -> dict[str, str]:
    """Write model files (which need not be any) with cards; gives their hashes."""
    found = {}
    for name in names:
        path = folder / f"{name}.onnx"
        path.write_bytes(name.encode())
        write_card(path, scores={"protocol": "old", "val": {"psnr": 1.0}, "train": {"psnr": 2.0}})
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def scored(hashes: dict[str, str], **changes: Any) -> Results:
    results = made_up(**changes)
    entries = [replace(entry, sha256=hashes.get(entry.model or "")) for entry in results.entries]
    return replace(results, entries=entries)


def test_a_card_gets_the_scores_of_its_file_and_keeps_everything_else(tmp_path: Path) -> None:
    hashes = models(tmp_path, "cnn", "tint", "other")
    before = {name: json.loads((tmp_path / f"{name}.json").read_text()) for name in ("cnn", "tint", "other")}
    written = update_cards([scored({name: hashes[name] for name in ("cnn", "tint")})], tmp_path)
    assert [path.name for path in written] == ["cnn.json", "tint.json"]
    after = {name: json.loads((tmp_path / f"{name}.json").read_text()) for name in before}
    assert after["other"] == before["other"]
    val = after["cnn"]["scores"]["val"]
    assert (val["pictures"], val["colorfulness_of_truth"], val["auc"]) == (12, 45.0, 42.5)
    assert val["protocol"] == "tintype evaluate 0.1.0: the largest square of the middle, 256×256 pixels"
    assert after["tint"]["scores"]["val"]["vivid 0"]["auc"] == 45.0
    assert after["tint"]["scores"]["val"]["vivid 1"]["auc"] == 44.0
    for name in ("cnn", "tint"):
        assert {key: after[name][key] for key in before[name] if key != "scores"} == {
            key: before[name][key] for key in before[name] if key != "scores"
        }


def test_scores_on_other_sets_stay_and_their_protocol_with_them(tmp_path: Path) -> None:
    hashes = models(tmp_path, "cnn")
    update_cards([scored(hashes)], tmp_path)
    scores = json.loads((tmp_path / "cnn.json").read_text())["scores"]
    assert (scores["protocol"], scores["train"]) == ("old", {"psnr": 2.0})
    update_cards([scored(hashes, name="train")], tmp_path)
    scores = json.loads((tmp_path / "cnn.json").read_text())["scores"]
    assert set(scores) == {"val", "train"}


def test_cards_are_the_same_when_written_again(tmp_path: Path) -> None:
    hashes = models(tmp_path, "cnn")
    update_cards([scored(hashes)], tmp_path)
    first = (tmp_path / "cnn.json").read_bytes()
    update_cards([scored(hashes)], tmp_path)
    assert (tmp_path / "cnn.json").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cnn.json", "cnn.onnx"]


def test_a_folder_without_a_card_of_these_models_is_refused(tmp_path: Path) -> None:
    models(tmp_path, "cnn")
    with pytest.raises(ConfigError, match=r"no card in .* has the sha256"):
        update_cards([made_up()], tmp_path)
    with pytest.raises(ConfigError, match="there is no folder"):
        update_cards([made_up()], tmp_path / "nowhere")


def test_two_protocols_on_sets_of_one_name_are_refused(tmp_path: Path) -> None:
    hashes = models(tmp_path, "cnn")
    with pytest.raises(ConfigError, match="several protocols, or of several sets, named val"):
        update_cards([scored(hashes), scored(hashes, protocol=Protocol(size=64))], tmp_path)


def test_a_broken_card_stops_before_any_is_written(tmp_path: Path) -> None:
    hashes = models(tmp_path, "cnn", "tint")
    before = (tmp_path / "cnn.json").read_bytes()
    (tmp_path / "tint.json").write_text("{")
    with pytest.raises(ModelError, match="cannot read the model card"):
        update_cards([scored(hashes)], tmp_path)
    assert (tmp_path / "cnn.json").read_bytes() == before
