"""The benchmark runs from end to end against Apache Kafka, on very little, and its checker is content."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LITTLE = (
    *("--broker", "kafka"),
    *("--events", "50", "--naive-events", "10", "--rounds", "1", "--listings", "50", "--partitions", "2"),
    *("--stored", "100", "--workspaces", "10", "--latency-events", "10"),
)


@pytest.mark.kafka_only
@pytest.mark.timeout(300)
def test_every_mode_delivers_and_is_reported(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", *LITTLE],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "tests"),
            "TRUESTOCK_LOCAL_DIR": str(tmp_path / "local"),
            "REPORT": str(report),
        },
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(report.read_text())
    assert found["problems"] == []
    assert found["parameters"]["events"] == 50
    for mode in ("ours", "handwritten", "naive"):
        figures = found["modes"][mode]
        named = ("events_per_s", "of_handwritten", "of_naive", "p50_ms", "p99_ms", "rss_mib")
        assert all(figures[name] > 0 for name in named), figures
        assert figures["cpu_us_per_event_by_process"]["inventory"] >= 0
