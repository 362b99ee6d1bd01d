"""A made-up installation: every service is one small ASGI application with answers written down."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import httpx
from rich.console import Console
from typer.testing import CliRunner, Result

from truestock.client.cli.session import Session
from truestock.client.endpoints import Endpoints

ENDPOINTS = Endpoints(
    connector="http://connector",
    importer="http://importer",
    inventory="http://inventory",
    validator="http://validator",
    issuer="http://issuer",
    sandbox="http://sandbox",
)
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Call:
    """One request as a service saw it."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


Answer = tuple[int, Any]


@dataclass
class World:
    """Answers by ``METHOD http://service/path``; a list is answered one after another, the last one stays.

    With a status of 3xx the body is the address that it leads to.
    """

    answers: dict[str, Answer | list[Answer] | Callable[[Call], Answer]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def on(self, request: str, *answers: Any, status: int = 200) -> None:
        """Answer ``request`` with these bodies in turn."""
        self.answers[request] = [(status, answer) for answer in answers]

    def refuse(self, request: str, status: int, code: str, detail: str, remedy: str) -> None:
        """Answer ``request`` with a problem."""
        problem = {
            "type": "x",
            "title": "x",
            "status": status,
            "code": code,
            "detail": detail,
            "remedy": remedy,
        }
        self.answers[request] = (status, problem)

    def said(self, request: str) -> list[Call]:
        """The calls of one kind."""
        method, _, url = request.partition(" ")
        return [
            call for call in self.calls if call.method == method and f"http://{call.host}{call.path}" == url
        ]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI application of all services, told apart by host."""
        raw = b""
        while True:
            message = await receive()
            raw += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = dict(httpx.QueryParams(scope["query_string"].decode()))
        body = json.loads(raw) if headers.get("content-type") == "application/json" else raw.decode()
        call = Call(scope["method"], headers["host"], scope["path"], query, headers, body)
        self.calls.append(call)
        answer = self.answers.get(
            f"{call.method} http://{call.host}{call.path}", (404, {"detail": "no answer"})
        )
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        status, content = answer(call) if callable(answer) else answer
        kind = PROBLEM if status >= 400 else "application/json"
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = [(b"content-type", kind.encode())]
        if 300 <= status < 400:
            sent.append((b"location", str(content).encode()))
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": data})


@dataclass
class Terminal:
    """Runs the command as a user would."""

    session: Session

    def run(self, *arguments: str, typed: str = "") -> Result:
        """One command; its output is in :attr:`out` and :attr:`err`."""
        from truestock.client.cli.app import app

        for console in (self.session.out, self.session.err):
            console.file.seek(0)
            console.file.truncate()
        return CliRunner().invoke(app, list(arguments), obj=self.session, input=typed)

    @property
    def out(self) -> str:
        """What the last command printed."""
        return _text(self.session.out)

    @property
    def err(self) -> str:
        """What the last command complained about."""
        return _text(self.session.err)


def _text(console: Console) -> str:
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def batch(**changes: Any) -> dict[str, Any]:
    """A batch as the importer answers it."""
    return {
        "batch_id": "b-1",
        "connection_id": "c-1",
        "marketplace": "etsy",
        "kind": "sample",
        "number": 1,
        "state": "awaiting_review",
        "progress": {"total": 2, "read": 2, "emitted": 2, "unchanged": 0, "closed": 2, "open": 0},
        "outcomes": {"created": 2},
        "verdicts": {"passed": 2},
        "coverage": [{"stratum": "no_sku", "in_catalogue": 3, "in_sample": 1}],
        "revision": 7,
        **changes,
    }


def report(**changes: Any) -> dict[str, Any]:
    """A mapping report as the importer answers it."""
    listing = {
        "listing_id": "1001",
        "title": "Mug",
        "maps": {"quantity": "3", "price": "12.50 EUR", "variants": "1", "photos": "2"},
        "notes": [{"code": "sku_missing", "severity": "warning", "field": "sku", "message": "has no SKU"}],
        "outcome": "created",
        "verdict": "passed",
        "item_id": "i-1",
        "blockers": [{"code": "price_missing", "state": "open", "message": "has no price"}],
    }
    waiting = {
        "code": "blocker:price_missing",
        "detail": "1 listing with the undecided blocker price_missing.",
        "remedy": "Set the price on the item.",
        "listing_ids": ["1001"],
    }
    return {
        "batch": batch(),
        "listings": [listing],
        "blockers_open": 1,
        "approval": {"ready": False, "waiting_for": [waiting]},
        **changes,
    }


def connection(**changes: Any) -> dict[str, Any]:
    """A connection as the connector answers it."""
    return {
        "connection_id": "c-1",
        "marketplace": "etsy",
        "account": {"marketplace": "etsy", "id": "42", "name": "Potter", "url": None},
        "state": "active",
        "granted_scopes": ["shops_r"],
        "revision": 3,
        **changes,
    }


def attempt(**changes: Any) -> dict[str, Any]:
    """An attempt as the connector answers it."""
    return {
        "attempt_id": "a-1",
        "marketplace": "etsy",
        "state": "started",
        "authorization_url": "http://connector/v1/oauth/etsy/start?ticket=t",
        "revision": 1,
        **changes,
    }


def page(*items: Any, cursor: str | None = None) -> dict[str, Any]:
    """One page of a list."""
    return {"items": list(items), "next_cursor": cursor}
