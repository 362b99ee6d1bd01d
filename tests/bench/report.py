"""The table for people and the JSON for machines."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import cpu_us, memory, percentile, ratio
from bench.options import Parameters
from bench.rounds import Lane
from bench.world import PIPELINE
from rich.console import Console
from rich.table import Table


def figures(lanes: Mapping[str, Lane], reads_us: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """One entry per mode."""
    return {mode: _mode(lane, lanes, reads_us.get(mode, {}).get("listing")) for mode, lane in lanes.items()}


def _mode(lane: Lane, lanes: Mapping[str, Lane], read_us: float | None) -> dict[str, Any]:
    cpu = cpu_us(lane.rounds)
    both = sum(cpu[service] for service in PIPELINE)
    latencies = lane.latencies_ms
    by_round = memory(lane.rounds)
    most = {service: max(each) for service, each in by_round.items()}
    return {
        "events_per_s": round(median(one.rate for one in lane.rounds), 1),
        "of_handwritten": _of(lane, lanes.get("handwritten")),
        "of_naive": _of(lane, lanes.get("naive")),
        "cpu_us_per_event": round(both - (read_us or 0.0), 1),
        "http_reads_cpu_us_per_event": None if read_us is None else round(read_us, 1),
        "cpu_us_per_event_by_process": {role: round(spent, 1) for role, spent in cpu.items()},
        "p50_ms": percentile(latencies, 0.50) if latencies else None,
        "p99_ms": percentile(latencies, 0.99) if latencies else None,
        "rss_mib": max(most.values()),
        "rss_mib_by_process": most,
        "rss_mib_by_round": by_round,
        "events_per_s_by_round": [round(one.rate, 1) for one in lane.rounds],
    }


def _of(lane: Lane, other: Lane | None) -> float | None:
    return round(ratio(lane.rounds, other.rounds), 3) if other is not None else None


def document(
    parameters: Parameters,
    machine: Mapping[str, Any],
    modes: Mapping[str, Any],
    reads_us: Mapping[str, Mapping[str, float]],
    event_bytes: float,
) -> dict[str, Any]:
    """Everything that the report file holds."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": dict(machine),
        "parameters": {**asdict(parameters), "event_bytes": round(event_bytes)},
        "modes": dict(modes),
        "http_reads_cpu_us": reads_us,
    }


def write(path: Path, content: Mapping[str, Any]) -> None:
    """As indented JSON."""
    path.write_text(json.dumps(content, indent=2) + "\n")


def show(console: Console, content: Mapping[str, Any]) -> None:
    """The table."""
    modes = content["modes"]
    table = Table("", *modes, title="imported → validated")
    rows = (
        ("events/s", "events_per_s", "{:,.0f}"),
        ("of hand-written", "of_handwritten", "{:.0%}"),
        ("of naive", "of_naive", "{:.1f} ×"),
        ("CPU µs/event, both services", "cpu_us_per_event", "{:,.0f}"),
        ("  beside it: HTTP reads", "http_reads_cpu_us_per_event", "{:,.0f}"),
        ("p50 ms", "p50_ms", "{:,.0f}"),
        ("p99 ms", "p99_ms", "{:,.0f}"),
        ("resident MiB, largest process", "rss_mib", "{:,.0f}"),
    )
    for label, key, form in rows:
        table.add_row(label, *(_cell(figures[key], form) for figures in modes.values()))
    for role in next(iter(modes.values()))["cpu_us_per_event_by_process"]:
        spent = (figures["cpu_us_per_event_by_process"].get(role) for figures in modes.values())
        table.add_row(f"CPU µs/event, {role} in all", *(_cell(one, "{:,.0f}") for one in spent))
    console.print(table)


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
