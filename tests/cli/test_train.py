"""The verbs of the training side, from pictures to a model that the engine runs."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_runs import Ended

from tintype.cli import train as verbs
from tintype.data import PackedSet, pack
from tintype.zoo.card import Card
from training_pictures import SMALL, colorful, encoded, write_folder

Command = Callable[..., Ended]


def settings(*more: str) -> list[str]:
    return [word for setting in (*SMALL, *more) for word in ("--set", setting)]


def test_pictures_become_a_packed_set_a_run_a_model_and_a_colored_photograph(
    tintype: Command, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "pictures", 5)
    packed, run, model = tmp_path / "packed", tmp_path / "run", tmp_path / "mine.onnx"

    ended = tintype("data", "pack", folder, "-o", packed, "--jobs", 1)
    assert (ended.code, ended.err.splitlines()[-1]) == (0, f"packed 5 pictures into {packed}, left out 0")

    ended = tintype("train", "cnn", "--data", packed, "--out", run, *settings())
    assert ended.code == 0
    assert ended.err.splitlines()[-1].startswith("ended by epochs after 4 steps")

    ended = tintype("export", run, "-o", model, "--working-size", 64, "--name", "mine")
    assert (ended.code, ended.err.strip()) == (0, f"wrote {model}: model mine, best at 64×64 pixels")

    said = tmp_path / "said.json"
    said.write_text(json.dumps({"summary": "for a test", "license": "MIT", "data": "made up"}))
    ended = tintype("export", run, "-o", model, "--card", said)
    assert (ended.code, ended.err.splitlines()[1:]) == (0, [f"wrote {model.with_suffix('.json')}, its card"])
    assert Card.read(model.with_suffix(".json")).training["steps"] == 4

    photo = tmp_path / "old.png"
    photo.write_bytes(encoded(colorful(1)))
    ended = tintype("colorize", photo, "--model", model, "-o", tmp_path / "new.png")
    assert ended.code == 0
    assert (tmp_path / "new.png").is_file()


def test_class_scores_are_stored_once_and_trained_with(tintype: Command, tmp_path: Path) -> None:
    packed = pack(write_folder(tmp_path / "pictures", 3), tmp_path / "packed", processes=1).folder
    words = ("train", "fusion", "--data", packed, "--out", tmp_path / "run", "--preset", "tiny")
    options = [*settings("classifier=lite0", "classifier_size=64", "embedded=true", "epochs=1")]
    ended = tintype(*words, *options)
    assert ended.code == 1
    asked = ended.err.strip().split("make them: tintype ")[1].split()
    assert asked == ["data", "embed", str(packed), "--classifier", "lite0", "--size", "64"]
    for _ in range(2):
        ended = tintype(*asked)
        assert ended.code == 0
        assert ended.err.endswith(f"{packed / 'scores-lite0-64'} holds the scores of 3 pictures\n")
    assert tintype(*words, *options).code == 0


def test_without_a_folder_a_run_lies_under_its_name(
    tintype: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "pictures", 3)
    monkeypatch.chdir(tmp_path)
    ended = tintype("train", "gan", "--data", "pictures", "--preset", "tiny", "--set", "epochs=1")
    assert ended.code == 0
    assert ended.err.startswith(f"training gan in {Path('runs', 'gan')}\n")
    assert (tmp_path / "runs" / "gan" / "last.safetensors").is_file()


def test_packing_lists_what_it_leaves_out(tintype: Command, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pictures", 2)
    (folder / "bad.jpg").write_bytes(b"no picture")
    ended = tintype("data", "pack", folder, "-o", tmp_path / "packed", "--exclude", "deep", "--jobs", 1)
    assert ended.code == 0
    assert "left out bad.jpg: unreadable" in ended.err
    assert ended.err.endswith("packed 1 pictures into " + str(tmp_path / "packed") + ", left out 1\n")


def test_preparing_tells_what_became_of_the_pictures(tintype: Command, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pictures", 12)
    (folder / "bad.jpg").write_bytes(b"no picture")
    (folder / "twin.png").write_bytes(encoded(colorful(1)))
    out = tmp_path / "out"
    ended = tintype("data", "prepare", folder, "-o", out, "--val", 0.3, "--test", 0, "--jobs", 1)
    assert ended.code == 0
    lines = ended.err.splitlines()
    assert "left out bad.jpg: unreadable: bad.jpg is of no known picture format" in lines
    assert "left out twin.png: duplicate: of deep/001.png" in lines
    assert "kept 12 of 14 pictures, 1 duplicate, 1 unreadable" in lines
    counts = [len(PackedSet(out / side)) for side in ("train", "val")]
    assert sum(counts) == 12
    assert lines[-2:] == [
        f"packed {count} pictures into {out / side}"
        for count, side in zip(counts, ("train", "val"), strict=True)
    ]


def test_a_share_that_no_picture_fell_to_is_said(tintype: Command, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pictures", 2)
    ended = tintype(
        "data", "prepare", folder, "-o", tmp_path / "out", "--val", 1e-9, "--test", 0, "--jobs", 1
    )
    assert ended.err.splitlines()[-1] == "no picture fell to val: there are too few for a share of 1e-09"
    assert not (tmp_path / "out" / "val").exists()


def test_training_again_needs_resume(tintype: Command, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "pictures", 5)
    words = ("train", "cnn", "--data", folder, "--out", tmp_path / "run", *settings("epochs=1"))
    assert tintype(*words).code == 0
    again = tintype(*words)
    assert (again.code, len(again.err.splitlines())) == (2, 1)
    assert "add --resume" in again.err
    more = tintype(*words, "--set", "epochs=2", "--resume")
    assert more.code == 0
    assert "resumed at step 2, epoch 2" in more.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("train", "gnn", "--data", ".", "--out", "run"), 2, "network='gnn' is not one of cnn"),
        (("train", "cnn", "--data", "nothing", "--out", "run"), 1, "no data set at nothing"),
        (("train", "cnn", "--data", ".", "--out", "run", "--set", "epoch=3"), 2, "did you mean 'epochs'"),
        (("export", "nothing", "-o", "x.onnx"), 1, "no whole checkpoint"),
        (("export", "nothing", "-o", "x.onnx", "--card", "said.json"), 2, "cannot read the description"),
        (("data", "pack", "nothing", "-o", "packed"), 1, "no data set at nothing"),
        (("data", "embed", "nothing"), 1, "no whole packed set"),
        (("data", "embed", "nothing", "--classifier", "lite1"), 2, "lite0, lite2 or"),
        (("data", "prepare", "nothing", "-o", "out"), 1, "no data set at nothing"),
        (("data", "prepare", ".", "-o", "out", "--val", "0.6", "--test", "0.4"), 2, "smaller shares"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(
    tintype: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = tintype(*words)
    assert ended.code == code
    assert ended.err.startswith("tintype: ")
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("verb", ["train", "export", "data pack", "data prepare", "data embed"])
def test_without_the_training_side_a_verb_says_what_to_install(
    tintype: Command, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setattr(verbs, "find_spec", lambda _name: None)
    rest = {
        "train": ("cnn", "--data", "d", "--out", "o"),
        "export": ("run", "-o", "x.onnx"),
        "data pack": ("d", "-o", "o"),
        "data prepare": ("d", "-o", "o"),
        "data embed": ("d",),
    }[verb]
    ended = tintype(*verb.split(), *rest)
    assert ended.code == 2
    assert 'pip install "tintype[train]"' in ended.err


def test_the_verbs_are_described_without_loading_torch() -> None:
    script = (
        "import sys\nfrom tintype.cli import main\n"
        "try:\n    main(['train', '--help'])\nexcept SystemExit:\n    pass\n"
        "import json; print(json.dumps(sorted({'torch', 'onnx', 'lightning', 'PIL'} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []
