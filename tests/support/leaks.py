"""Looks for secrets wherever none may be: logs, spans, events, databases, answers.

A secret may hide as it is, in base64 of either alphabet and at any offset, or in hexadecimal (which is how
a database shows bytes). Compressed bytes are looked into.
"""

import base64
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import asyncpg
import zstandard
from support.topics import everything_on

from truestock.contracts.topics import ALL_TOPICS
from truestock.local.stack import Stack


@dataclass(frozen=True, slots=True)
class Place:
    """Something that may hold a leak: where it is, and all of its text."""

    name: str
    text: str


def forms(secret: str) -> set[str]:
    """How the secret may be written."""
    raw = secret.encode()
    found = {secret, raw.hex(), raw.hex().upper()}
    for offset in range(3):
        # What stands before it shifts the letters: three alignments, without the ends that it shares.
        coded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        inner = coded[(offset * 8 + 5) // 6 : len(raw + b"\0" * offset) * 8 // 6]
        found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return found


def leaks(secrets: Iterable[str], places: Iterable[Place]) -> list[str]:
    """The names of the places that hold one of the secrets in any form."""
    wanted = {form for secret in secrets for form in forms(secret)}
    return sorted(place.name for place in places if any(form in place.text for form in wanted))


async def everywhere(stack: Stack, topics: Iterable[str] = ()) -> list[Place]:
    """All places of the stack; ``topics`` beside those of the contracts' list."""
    places = [*_files(stack), *[place async for place in _rows(stack)]]
    names = [*(topic.name for topic in ALL_TOPICS), *topics]
    for record in await everything_on(stack.broker.bootstrap, names):
        headers = b" ".join(name.encode() + b"=" + value for name, value in record.headers)
        text = b" ".join((record.key or b"", headers, record.value or b"")).decode(errors="replace")
        places.append(Place(f"event {record.topic}/{record.partition}@{record.offset}", text))
    return places


def _files(stack: Stack) -> Iterator[Place]:
    for name, unit in stack.units.items():
        yield Place(f"log of {name}", unit.logs())
        if unit.traces.exists():
            yield Place(f"spans of {name}", unit.traces.read_text(errors="replace"))


async def _rows(stack: Stack) -> AsyncIterator[Place]:
    """Every row of every table of every service, past row-level security."""
    for service in stack.databases:
        database = await asyncpg.connect(stack.superuser_url(service))
        try:
            tables = await database.fetch(
                "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
            for table in (row["name"] for row in tables):
                for number, row in enumerate(await database.fetch(f"SELECT t.* FROM {table} t")):  # noqa: S608  # quoted by format()
                    text = " ".join(_text(value) for value in row.values())
                    yield Place(f"{service}: {table} row {number}", text)
        finally:
            await database.close()


def _text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    text = value.decode(errors="replace")
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16):
        with suppress(zlib.error):
            text += " " + zlib.decompress(value, window).decode(errors="replace")
    with suppress(zstandard.ZstdError):
        text += " " + zstandard.ZstdDecompressor().decompress(value).decode(errors="replace")
    return text
