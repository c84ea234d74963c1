"""Making a study: of photographs with models, or of pictures that a reproduction has set aside."""

import json
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select

from study_samples import MODELS, make_study, write_ready
from tintype.errors import ConfigError, DataError, StudyError, TintypeError, UnknownModel
from tintype.evaluate import colorists
from tintype.evaluate.pictures import squared, to_lab
from tintype.evaluate.scoring import paint
from tintype.study import records
from tintype.study.create import Asked, create
from tintype.study.images import png, rainbow, without_color
from tintype.study.models import StudyRow
from tintype.study.protocol import Protocol
from tintype.study.service import Study
from training_pictures import colorful

SMALL = {"count": 4, "size": 32, "part_one": 2, "part_two": 2, "rounds": 1}


def write_photographs(folder: Path, count: int = 10) -> Path:
    """Photographs of 48×56 pixels, and one of each kind that is left out."""
    folder.mkdir()
    for number in range(count):
        Image.fromarray(colorful(number, 48, 56)).save(folder / f"{number:02d}.png")
    return folder


def read(study: Study, sha256: str) -> np.ndarray:
    with Image.open(study.place.image(sha256)) as picture:
        return np.asarray(picture)


def test_pictures_are_squared_and_colorized_as_in_an_evaluation(tmp_path: Path, tiny_model: Path) -> None:
    photographs = write_photographs(tmp_path / "photographs")
    create(Asked(photographs, (str(tiny_model),), **SMALL), tmp_path / "study")  # type: ignore[arg-type]
    entry = colorists.models([str(tiny_model)])[0]
    with Study.open(tmp_path / "study") as study:
        pictures = records.pictures(study)
        assert [picture.role for picture in pictures] == ["scored"] * 4 + ["practice"] * 2 + ["attention"]
        assert study.protocol.kinds == ("truth", "tiny")
        assert study.protocol.models[0].sha256 == entry.sha256
        for picture in pictures[:6]:
            with Image.open(photographs / picture.name) as opened:
                truth = squared(np.asarray(opened.convert("RGB")), 32)
            assert np.array_equal(read(study, picture.images["truth"]), truth)
            painted = paint(entry, to_lab(truth)[..., 0])[1]
            assert np.array_equal(read(study, picture.images["tiny"]), painted)


def test_the_same_seed_draws_the_same_pictures_and_another_one_others(
    tmp_path: Path, tiny_model: Path
) -> None:
    photographs = write_photographs(tmp_path / "photographs")
    drawn = []
    for number, seed in enumerate((3, 3, 4)):
        asked = Asked(photographs, (str(tiny_model),), seed=seed, **SMALL)  # type: ignore[arg-type]
        protocol = create(asked, tmp_path / f"study{number}")
        with Study.open(tmp_path / f"study{number}") as study:
            drawn.append((protocol.sha256, [picture.name for picture in records.pictures(study)]))
    assert drawn[0] == drawn[1]
    assert drawn[0][1] != drawn[2][1]


def test_pictures_that_are_none_to_judge_are_named_and_left_out(tmp_path: Path, tiny_model: Path) -> None:
    photographs = write_photographs(tmp_path / "photographs", count=7)
    (photographs / "broken.png").write_bytes(b"no picture")
    gray = np.repeat(colorful(90, 48, 56)[..., :1], 3, axis=-1)
    Image.fromarray(gray).save(photographs / "gray.png")
    Image.fromarray(colorful(91, 12, 40)).save(photographs / "small.png")
    asked = Asked(photographs, (str(tiny_model),), **SMALL)  # type: ignore[arg-type]
    protocol = create(asked, tmp_path / "study")
    told = {item.name: item.kind for item in protocol.left_out}
    assert set(told.items()) <= {("broken.png", "unreadable"), ("gray.png", "gray"), ("small.png", "small")}
    (photographs / "06.png").unlink()
    with pytest.raises(
        DataError, match=r"a study of 4 pictures needs 7, 3 of them .* has 6 good ones \(3 left out"
    ):
        create(asked, tmp_path / "other")
    Image.fromarray(colorful(0, 48, 56)).save(photographs / "copy.png")
    with pytest.raises(DataError, match="has 6 good ones"):
        create(asked, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_each_vividness_is_a_kind_of_its_own(tmp_path: Path, vivid_model: Path) -> None:
    photographs = write_photographs(tmp_path / "photographs")
    asked = Asked(photographs, (str(vivid_model),), vivids=(0.0, 1.0), **SMALL)  # type: ignore[arg-type]
    protocol = create(asked, tmp_path / "study")
    assert protocol.kinds == ("truth", "vivid (vivid 0)", "vivid (vivid 1)")
    assert [model.vivid for model in protocol.models] == [0.0, 1.0]


@pytest.fixture
def vivid_model(tmp_path: Path) -> Path:
    from tiny_models import contract, write_model

    (tmp_path / "models").mkdir()
    return write_model(tmp_path / "models" / "vivid.onnx", contract(name="vivid", vivid=0.5))


def test_pictures_of_a_reproduction_are_taken_as_they_are(tmp_path: Path, ready: Path) -> None:
    with make_study(tmp_path / "study", count=30, ready=ready) as study:
        rows = json.loads((ready / "pictures.json").read_text())["pictures"]
        numbers = {row["name"]: row["number"] for row in rows}
        assert study.protocol.kinds == ("truth", *MODELS)
        for picture in records.pictures(study)[:32]:
            for kind in study.protocol.kinds:
                with Image.open(ready / kind / f"{numbers[picture.name]:03d}.png") as before:
                    assert np.array_equal(read(study, picture.images[kind]), np.asarray(before))


def test_a_reproductions_pictures_are_all_used_unless_fewer_are_asked_for(
    tmp_path: Path, ready: Path
) -> None:
    assert create(Asked(ready), tmp_path / "all").pictures == 30
    assert create(Asked(ready, ("gan",), count=12), tmp_path / "few").kinds == ("truth", "gan")
    with pytest.raises(DataError, match="a study of 31 pictures needs 36"):
        create(Asked(ready, count=31), tmp_path / "many")
    with pytest.raises(ConfigError, match="has no pictures by tint"):
        create(Asked(ready, ("tint",)), tmp_path / "tint")
    with pytest.raises(ConfigError, match="colorized already"):
        create(Asked(ready, vivids=(0.5,)), tmp_path / "vivid")


@pytest.mark.parametrize("fault", ["changed", "gone", "size", "list"])
def test_a_reproduction_whose_pictures_were_changed_is_refused(tmp_path: Path, fault: str) -> None:
    folder = write_ready(tmp_path / "ready", 16)
    victim = folder / "gan" / "003.png"
    if fault == "changed":
        victim.write_bytes((folder / "cnn" / "003.png").read_bytes())
    elif fault == "gone":
        victim.unlink()
    elif fault == "list":
        (folder / "pictures.json").write_text('{"models": []}')
    else:
        from hashlib import sha256

        Image.fromarray(colorful(3, 24, 24)).save(victim)
        listed = json.loads((folder / "pictures.json").read_text())
        listed["pictures"][3]["files"]["gan"] = sha256(victim.read_bytes()).hexdigest()
        (folder / "pictures.json").write_text(json.dumps(listed))
    with pytest.raises(DataError, match=r"make the folder anew|is no list of pictures"):
        create(Asked(folder, count=11), tmp_path / "study")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ready"]


def test_files_do_not_tell_by_name_size_or_content_which_picture_is_real(file_study: Study) -> None:
    files = sorted((file_study.folder / "images").rglob("*.png"))
    assert len(files) == 32 * 4 + 3 * 2
    assert len({file.stat().st_size for file in files}) == 1
    for file in files:
        assert chunks(file.read_bytes()) == {b"IHDR", b"IDAT", b"IEND"}
    loud, flat = colorful(1, 64, 64), np.zeros((64, 64, 3), np.uint8)
    assert len(png(loud)) == len(png(flat))


def chunks(data: bytes) -> set[bytes]:
    """The kinds of a PNG file's chunks."""
    at, found = 8, set()
    while at < len(data):
        found.add(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return found


@pytest.mark.parametrize("light", [0.05, 1.0])
def test_pictures_of_attention_checks_are_without_color_or_in_strong_colors_of_all_hues(light: float) -> None:
    picture = np.rint(light * colorful(5, 64, 64)).astype(np.uint8)
    gray, many = to_lab(without_color(picture)), to_lab(rainbow(picture))
    assert np.abs(gray[..., 1:]).max() < 0.1
    assert np.abs(gray[..., 0] - to_lab(picture)[..., 0]).max() < 1
    assert np.hypot(many[..., 1], many[..., 2]).mean() > 40
    mean = many.mean(axis=0)
    assert np.ptp(np.arctan2(mean[:, 2], mean[:, 1])) > 6  # nearly the whole circle, 2π


def test_a_study_is_private_to_its_owner(file_study: Study) -> None:
    assert stat.S_IMODE(file_study.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((file_study.folder / "study.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"models": ()}, ConfigError, "name some"),
        ({"models": ("no-such-model",)}, UnknownModel, "no-such-model"),
        ({"part_one": 30}, ConfigError, "shorter parts"),
        ({"rounds": 0}, TintypeError, "rounds"),
        ({"name": ""}, ConfigError, "1 to 200 letters"),
        ({"database": "mysql://x"}, ConfigError, "postgresql"),
        ({"database": "postgresql://me@/study?host=/nowhere"}, StudyError, "see that the server runs"),
    ],
)
def test_what_does_not_go_together_leaves_nothing_behind(
    tmp_path: Path, tiny_model: Path, change: dict[str, object], error: type[Exception], told: str
) -> None:
    photographs = write_photographs(tmp_path / "photographs", 8)
    before = sorted(tmp_path.iterdir())
    asked = Asked(**({"pictures": photographs, "models": (str(tiny_model),)} | SMALL | change))  # type: ignore[arg-type]
    with pytest.raises(error, match=told):
        create(asked, tmp_path / "study")
    assert sorted(tmp_path.iterdir()) == before


def test_no_folder_is_replaced(tmp_path: Path, ready: Path) -> None:
    with pytest.raises(DataError, match="exists already"):
        create(Asked(ready), tmp_path)


def test_a_study_that_cannot_be_finished_leaves_no_rows_in_a_server(
    tmp_path: Path, ready: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_study(tmp_path / "first", postgres_url, count=30, ready=ready).close()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tintype.study.place.Place.write", fail)
    with pytest.raises(DataError, match="No space left"):
        create(Asked(ready, database=postgres_url), tmp_path / "second")
    monkeypatch.undo()
    assert not (tmp_path / "second").exists()
    with Study.open(tmp_path / "first") as study, study.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StudyRow)) == 1


def test_two_studies_share_a_server_and_keep_apart(tmp_path: Path, ready: Path, postgres_url: str) -> None:
    from study_samples import arrive, play_round

    with (
        make_study(tmp_path / "first", postgres_url, count=30, ready=ready) as first,
        make_study(tmp_path / "second", postgres_url, count=12, ready=ready) as second,
    ):
        token = arrive(first)
        play_round(first, token)
        play_round(second, arrive(second))
        assert second.participant(token) is None
        assert first.progress()["participants"] == second.progress()["participants"] == 1
        assert len(records.answers(first)) == len(records.answers(second)) == 10
        assert len(records.pictures(second)) == 17


def test_the_protocol_says_what_was_asked_for(file_study: Study) -> None:
    protocol = file_study.protocol
    assert isinstance(protocol, Protocol)
    assert (protocol.pictures, protocol.size, protocol.max_rounds, protocol.drawn_from) == (
        30,
        16,
        3,
        "study",
    )
