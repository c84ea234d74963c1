"""How many cores there are to compute on."""

import os
from pathlib import Path
from typing import Final

CPU_TOPOLOGY: Final = Path("/sys/devices/system/cpu")
"""Linux: one folder per logical processor, with the siblings that share its core."""
CPU_QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")
"""Linux control groups, version 2: microseconds of computing allowed, and in which period; or "max"."""


def physical_cores(topology: Path = CPU_TOPOLOGY, quota: Path = CPU_QUOTA) -> int:
    """Physical cores that this process may use, at least 1.

    Two logical processors of one core count once, since arithmetic gains little from the second; affinity
    and, in a container, the quota are honored. Where the system does not tell (outside Linux), logical
    processors count.
    """
    cores = _cores_of(_usable_processors(), topology)
    allowed = _quota(quota)
    return max(1, min(cores, allowed) if allowed else cores)


def _usable_processors() -> set[int]:
    """Numbers of the logical processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _cores_of(processors: set[int], topology: Path) -> int:
    """How many cores the processors lie on; each its own where the system does not tell."""
    siblings: set[str] = set()
    for number in processors:
        try:
            siblings.add((topology / f"cpu{number}" / "topology" / "thread_siblings_list").read_text())
        except OSError:
            siblings.add(str(number))
    return len(siblings)


def _quota(path: Path) -> int:
    """Whole cores that the control group allows, 0 when it sets no limit."""
    try:
        microseconds, period = path.read_text().split()
        return round(int(microseconds) / int(period) + 0.49)
    except (OSError, ValueError):
        return 0
