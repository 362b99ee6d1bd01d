"""Spans of the running services from one moment on, read as they are written."""

import json
from collections.abc import Iterable
from typing import Any

from truestock.local.stack import Stack

Span = dict[str, Any]


class Spans:
    """What all processes of the stack have finished since this was made: a session writes very many."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._places = {name: _size(stack, name) for name in stack.units}
        self._seen: list[Span] = []

    def __call__(self) -> list[Span]:
        """All of them up to now."""
        for name in self._stack.units:
            path, start = self._stack[name].traces, self._places.setdefault(name, 0)
            if not path.exists():
                continue
            with path.open("rb") as file:
                file.seek(start)
                written = file.read()
            whole = written[: written.rfind(b"\n") + 1]  # the last line may be half written
            self._places[name] = start + len(whole)
            self._seen += [json.loads(line) for line in whole.splitlines()]
        return self._seen


def in_trace(spans: Iterable[Span], trace_id: str) -> list[Span]:
    """The spans of one trace."""
    return [span for span in spans if span["trace_id"] == trace_id]


def step(span: Span) -> tuple[str, str, str]:
    """Service, name and, of a consumer, its group."""
    service = str(span["service"]).removeprefix("truestock-")
    return service, span["name"], span["attributes"].get("messaging.consumer.group.name", "")


def named(spans: Iterable[Span], name: str, **attributes: Any) -> list[Span]:
    """The spans with this name and these ``truestock.`` attributes."""
    wanted = {f"truestock.{key}": value for key, value in attributes.items()}
    return [
        span
        for span in spans
        if span["name"] == name and all(span["attributes"].get(key) == value for key, value in wanted.items())
    ]


def the(spans: Iterable[Span], name: str, **attributes: Any) -> Span:
    """The one span with this name and these attributes; an AssertionError while there is none."""
    found = named(spans, name, **attributes)
    assert len(found) == 1, f"{len(found)} spans {name!r}"
    return found[0]


def linked_traces(span: Span) -> set[str]:
    """The traces that the span links to."""
    return {link["trace_id"] for link in span["links"]}


def _size(stack: Stack, name: str) -> int:
    path = stack[name].traces
    return path.stat().st_size if path.exists() else 0
