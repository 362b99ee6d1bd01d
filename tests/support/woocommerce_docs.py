"""WooCommerce's REST API documentation, as far as it is kept: samples and tables."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PRODUCTS, VARIATIONS = "_products.md", "_product-variations.md"
INTRODUCTION, AUTHENTICATION = "_introduction.md", "_authentication.md"
_SAMPLE = re.compile(r"^```(?:json)?\n(?P<json>[\[{].*?)^```", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"^\|\s*`(?P<name>\w+)`\s*\|\s*(?P<type>[\w-]+)\s*\|(?P<text>.*)\|\s*$", re.MULTILINE)
_SECTION = re.compile(r"^#+ (?P<title>.*?) #*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Documentation:
    """The documentation's files by name."""

    files: dict[str, str]

    def samples(self, name: str) -> list[Any]:
        """Every JSON sample of a file, in its order."""
        return [json.loads(found["json"]) for found in _SAMPLE.finditer(self.files[name])]

    def objects(self, name: str) -> Iterator[dict[str, Any]]:
        """Every product or variation that a file's samples show, also those inside of lists and batches."""
        for sample in self.samples(name):
            parts = sample.values() if isinstance(sample, dict) and "id" not in sample else [sample]
            for part in parts:
                yield from part if isinstance(part, list) else [part]

    def table(self, name: str, title: str, *, after: str = "") -> dict[str, tuple[str, str]]:
        """Type and description by name, from the first table under a title (behind another title)."""
        text = self.files[name]
        starts = {found.end(): found["title"] for found in _SECTION.finditer(text)}
        begun = not after
        for at, found in starts.items():
            if begun and found == title:
                end = min((one for one in starts if one > at), default=len(text))
                return {row["name"]: (row["type"], row["text"]) for row in _ROW.finditer(text, at, end)}
            begun = begun or found == after
        raise AssertionError(f"{name} has no section {title}")
