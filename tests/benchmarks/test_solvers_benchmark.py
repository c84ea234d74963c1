import importlib

import pytest

pytest.importorskip("scipy")
pytest.importorskip("pyamg")


def test_solvers_are_timed_and_held_against_one_another(pictures, tmp_path):
    page = tmp_path / "page.md"
    importlib.import_module("solvers").main(
        ["--data", str(pictures), *("--limit", "2", "--given", "3", "--sizes", "48", "--markdown", str(page))]
    )
    rows = {
        cells[0]: cells[1:]
        for cells in (
            [cell.strip() for cell in line.strip("|").split("|")] for line in page.read_text().splitlines()
        )
        if len(cells) == 5
    }
    assert all(float(figure) >= 0 for name in ("SuperLU", "multigrid") for figure in rows[name][:2])
    assert float(rows["elimination by tiles"][2]) == 0
    assert float(rows["SuperLU"][2]) < 1e-3
    assert float(rows["multigrid"][2]) < 0.01
    assert rows["multigrid"][3].endswith("of 2")
