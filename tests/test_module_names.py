from collections import Counter
from pathlib import Path


def test_no_two_modules_of_the_tests_share_a_name() -> None:
    names = Counter(path.name for path in Path(__file__).parent.rglob("*.py") if path.name != "conftest.py")
    assert [name for name, count in names.items() if count > 1] == []
