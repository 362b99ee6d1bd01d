"""What the Kafka client repeats in an outage is a line in ten seconds that says how many it stands for."""

import io
import logging

import orjson
import pytest

from truestock.chassis.telemetry.logs import JsonFormatter, configure_logging
from truestock.chassis.telemetry.repeats import EVERY_S, KINDS, Repeats


class Lines:
    """Log lines that a clock of ours lets through."""

    def __init__(self) -> None:
        self.now = 0.0
        self._written = io.StringIO()
        self._handler = logging.StreamHandler(self._written)
        self._handler.setFormatter(JsonFormatter("test"))
        self._repeats = Repeats("aiokafka", clock=lambda: self.now)
        self._handler.addFilter(self._repeats)

    def say(self, logger: str, message: str, *arguments: object, level: int = logging.ERROR) -> None:
        self._handler.handle(logging.LogRecord(logger, level, __file__, 1, message, arguments, None))

    @property
    def kinds(self) -> int:
        return len(self._repeats)

    @property
    def written(self) -> list[tuple[str, int | None]]:
        lines = map(orjson.loads, self._written.getvalue().splitlines())
        return [(line["message"], line.get("held_back")) for line in lines]


@pytest.fixture
def lines() -> Lines:
    return Lines()


def test_one_line_of_a_kind_passes_at_once_and_the_next_one_counts_those_between(lines: Lines) -> None:
    for node in range(5):
        lines.say("aiokafka.conn", "no answer from %s", node)
    lines.now = EVERY_S
    lines.say("aiokafka.conn", "no answer from %s", 5)
    lines.now = 2 * EVERY_S
    lines.say("aiokafka.conn", "no answer from %s", 6)
    assert lines.written == [("no answer from 0", None), ("no answer from 5", 4), ("no answer from 6", None)]


def test_other_messages_levels_and_loggers_are_other_kinds(lines: Lines) -> None:
    lines.say("aiokafka.conn", "gone")
    lines.say("aiokafka.conn", "back")
    lines.say("aiokafka.conn", "gone", level=logging.WARNING)
    lines.say("aiokafka.consumer", "gone")
    assert [message for message, _ in lines.written] == ["gone", "back", "gone", "gone"]


def test_our_own_lines_always_pass(lines: Lines) -> None:
    for _ in range(3):
        lines.say("truestock.chassis.outbox.relay", "relay cannot publish: %s", "KafkaError")
    assert len(lines.written) == 3


def test_kinds_without_number_are_not_kept(lines: Lines) -> None:
    for number in range(2 * KINDS):
        lines.say("aiokafka.conn", f"a message of its own: {number}")
    assert len(lines.written) == 2 * KINDS
    assert lines.kinds <= KINDS


def test_a_service_logs_this_way() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging("test", "info")
        assert any(isinstance(found, Repeats) for found in root.handlers[0].filters)
    finally:
        root.handlers[:], root.level = handlers, level
