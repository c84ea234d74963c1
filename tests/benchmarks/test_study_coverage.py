import importlib


def test_coverage_has_a_row_for_each_number_of_each_design(capsys):
    coverage = importlib.import_module("study_coverage")
    coverage.main(["--studies", "2", "--resamples", "40", "--designs", "1"])
    shown = capsys.readouterr().out
    assert "## 34 people, 100 pictures, 5 answers in each part" in shown
    for words in coverage.ROWS.values():
        assert shown.count(f"| {words} |") == 1


def test_a_truth_outside_an_interval_is_counted_on_its_side():
    coverage = importlib.import_module("study_coverage")
    tally = coverage.Tally()
    for interval in ((0.0, 1.0), (0.0, 0.4), (0.6, 1.0), None):
        tally.add("share", interval, 0.5)
    assert tally.row("share")[1:] == ("33.3", "33.3", "33.3", "0.600", "25.0")
