import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "nowhere", "--preset", "huge"], "preset 'huge' is not one of"),
        (["--data", "nowhere", "--set", "colour=red"], "colour"),
        (["--data", "nowhere"], "no data set at nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(tintype, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    ended = tintype("reproduce", *arguments, "-o", "out")
    assert ended.code in (1, 2)
    assert said in ended.err.splitlines()[-1]
    assert not (tmp_path / "out" / "data").exists()


def test_a_stopped_training_ends_with_the_signals_code_and_says_how_to_go_on(tintype, tmp_path, monkeypatch):
    from tintype.reproduce import stages

    monkeypatch.setattr(stages, "reproduce", lambda *arguments, **options: "SIGTERM")
    ended = tintype("reproduce", "--data", tmp_path, "-o", tmp_path / "out", "--preset", "tiny")
    assert ended.code == 143
    assert "the same command goes on" in ended.err
