"""What processes cost: CPU time and resident memory, from /proc."""

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20
_UTIME, _STIME = 11, 12
"""Fields of /proc/<pid>/stat behind the program's name (proc(5): 14 and 15, counted from 1)."""


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far; its ended threads included, its children not."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) * _TICK_S


def resident_mib(pid: int) -> float:
    """Resident memory now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MIB


def tree(pid: int) -> list[int]:
    """A process and all that descend from it: a PostgreSQL server has one per connection."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(one := waiting.pop())
        waiting += children.get(one, ())
    return found


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds by role (``inventory``, ``validator``, …), all processes of a role together."""

    seconds: Mapping[str, float]

    @classmethod
    def of(cls, roles: Mapping[str, Iterable[int]]) -> "Usage":
        """Now."""
        return cls({role: sum(_seconds(pid) for pid in pids) for role, pids in roles.items()})

    def since(self, earlier: "Usage") -> dict[str, float]:
        """What was used since then."""
        return {role: spent - earlier.seconds.get(role, 0.0) for role, spent in self.seconds.items()}


def _seconds(pid: int) -> float:
    try:
        return cpu_seconds(pid)
    except OSError:
        return 0.0  # a connection's process that has ended


def machine() -> dict[str, str | int | float]:
    """What the figures were measured on."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return {
        "cpu": cpu,
        "cores": os.cpu_count() or 1,
        "memory_gib": round(int(memory) / 2**20, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
