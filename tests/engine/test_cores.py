import os
from pathlib import Path

import pytest

from tintype.engine import cores
from tintype.engine.cores import physical_cores

NOWHERE = Path("/nowhere")


def topology(folder: Path, siblings: dict[int, str]) -> Path:
    """A folder like Linux's, with the siblings of each processor."""
    for number, text in siblings.items():
        place = folder / f"cpu{number}" / "topology"
        place.mkdir(parents=True)
        (place / "thread_siblings_list").write_text(text + "\n")
    return folder


@pytest.fixture
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of eight logical processors."""
    monkeypatch.setattr(cores, "_usable_processors", lambda: set(range(8)))


def test_two_processors_of_one_core_count_once(eight: None, tmp_path: Path) -> None:
    pairs = {number: f"{number % 4},{number % 4 + 4}" for number in range(8)}
    assert physical_cores(topology(tmp_path, pairs), NOWHERE) == 4


def test_processors_count_where_the_system_does_not_tell(eight: None) -> None:
    assert physical_cores(NOWHERE, NOWHERE) == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("20000 100000", 1), ("broken", 8)],
)
def test_the_quota_of_a_container_is_honored(eight: None, tmp_path: Path, text: str, expected: int) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(text)
    assert physical_cores(NOWHERE, quota) == expected


def test_this_machine_has_at_least_one_core() -> None:
    assert 1 <= physical_cores() <= (os.cpu_count() or 1)
