import importlib
import json

import numpy as np
import onnx
import pytest
from stand_ins import write_convolutions, write_stand_in

from tintype.engine.predictors import OnnxPredictor
from tintype.errors import ConfigError
from tintype.evaluate import colorists


def measured(arguments, tmp_path):
    figures, page = tmp_path / "figures.json", tmp_path / "page.md"
    importlib.import_module("speed").main(
        [*arguments, "--size", "64", "--rounds", "2", "--json", str(figures), "--markdown", str(page)]
    )
    return json.loads(figures.read_text()), page.read_text()


def test_speed_stands_beside_that_of_a_large_network(tiny_model, tmp_path):
    figures, page = measured(["--model", str(tiny_model), "--reference-channels", "4"], tmp_path)
    assert list(figures["models"]) == ["SIGGRAPH-17-sized", "tiny"]
    for name, ratio in figures["models"]["tiny"]["times_faster"].items():
        assert ratio > 0
        assert figures["models"]["tiny"]["milliseconds"][name] > 0
        assert figures["models"]["SIGGRAPH-17-sized"]["times_faster"][name] == 1
    assert "0.1 million parameters" in page
    assert "one core" in page


def test_the_large_network_has_the_size_that_was_published():
    assert 33.5e6 < importlib.import_module("siggraph17").parameters() < 34.5e6


def test_variants_are_made_timed_and_scored(pictures, tmp_path):
    model, kept = write_convolutions(tmp_path / "convolutions.onnx"), tmp_path / "kept"
    figures, page = measured(
        [
            *("--model", str(model), "--reference-channels", "0", "--variants", "--keep", str(kept)),
            *("--calibrate", str(pictures), "--data", str(pictures), "--limit", "2"),
        ],
        tmp_path,
    )
    scores = list(figures["scores"].values())
    assert len(scores) == len(figures["models"]) - 1 == len(list(kept.iterdir())) == 5
    assert scores[0]["difference"] == 0
    assert all(0 < each["difference"] < 1 for each in scores[1:])
    assert "On 2 pictures of pictures" in page
    static = onnx.load(kept / "convolutions-4.onnx")
    assert "QuantizeLinear" in {node.op_type for node in static.graph.node}
    assert "times faster" not in page.split("## On")[0].split("| --- |")[0].splitlines()[-1]


@pytest.mark.parametrize(("way", "share"), [("float16", 0.001), ("int8", 0.05)])
def test_variants_keep_the_contract_and_storing_smaller_can_be_undone(way, share, tmp_path):
    variants = importlib.import_module("variants")
    model, small, back = (tmp_path / f"{name}.onnx" for name in ("model", "small", "back"))
    write_convolutions(model)
    luma = np.random.default_rng(0).uniform(0, 100, (1, 1, 64, 64)).astype(np.float32)
    getattr(variants, way)(model, small)
    variants.float32(small, back)
    wanted, stored, undone = (OnnxPredictor(path, "cpu") for path in (model, small, back))
    assert wanted.contract == stored.contract == undone.contract
    np.testing.assert_allclose(stored.predict(luma).chroma, wanted.predict(luma).chroma, rtol=share, atol=0.5)
    np.testing.assert_array_equal(undone.predict(luma).chroma, stored.predict(luma).chroma)
    assert any(node.op_type == "Cast" for node in onnx.load(small).graph.node)
    assert not any(node.op_type in ("Cast", "Mul") for node in onnx.load(back).graph.node)


def test_only_what_makes_colors_of_features_is_spared_from_8_bits(tmp_path):
    variants = importlib.import_module("variants")
    model = onnx.load(write_convolutions(tmp_path / "convolutions.onnx"))
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"node {number}"
    assert variants.decoding(model) == ["node 4", "conv 3"]


def test_calibration_pictures_come_with_and_without_hints(pictures, tmp_path):
    stored, sets = importlib.import_module("stored"), importlib.import_module("pictures")
    network = colorists.Network(str(write_stand_in(tmp_path / "small.onnx")))
    feeds = list(stored.calibration_feeds(network, sets.open_set(pictures), 64))
    assert [feed["hints"][0, 2].any() for feed in feeds] == [False, True, True]
    assert set(feeds[0]) == {"luma", "hints", "vivid"}


def test_a_size_that_a_model_cannot_take_is_refused(tmp_path):
    model = write_stand_in(tmp_path / "small.onnx")
    with pytest.raises(ConfigError, match="multiples of 32"):
        importlib.import_module("speed").main(
            ["--model", str(model), "--reference-channels", "0", "--size", "40"]
        )


def test_what_is_for_variants_alone_is_refused_without_them(pictures, capsys):
    with pytest.raises(SystemExit):
        importlib.import_module("speed").main(["--data", str(pictures)])
    assert "--variants" in capsys.readouterr().err
