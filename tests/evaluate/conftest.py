"""What tests of evaluation share."""

from pathlib import Path

import pytest
from scored_pictures import write_pictures


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of six pictures."""
    return write_pictures(tmp_path / "pictures")
