"""Variants that a seller describes in text only, found by how sellers word a list of choices.

Deliberately narrow, because every finding is a decision that somebody has to take: an option is named
with at least two short choices behind it, choices are announced ("available in …") with at least three,
or sizes are strung together (S / M / L).
"""

import re
from collections.abc import Iterator

from truestock.contracts.listing import BuriedVariants

_OPTIONS = {
    "Size": r"sizes?|größen?|groessen?|tailles?|tallas?",
    "Color": r"colou?rs?|farben?|couleurs?|colores|shades?",
    "Scent": r"scents?|flavou?rs?|düfte|parfums?",
    "Option": r"options?|variants?|variations?|choices?",
}
_VALUES = r"(?P<values>[^\n.;!?()\[\]:]{3,200})"
_AVAILABLE = r"(?:available|offered|comes?|choose|pick|select|choice|erhältlich|lieferbar|disponible)"
_AVAILABLE_WORDS = (
    *("available", "offered", "come", "choose", "pick", "select", "choice"),
    *("lieferbar", "disponible"),
)
"""One of them is in every ASCII text that ``_AVAILABLE`` matches."""
_NAMED = {
    name: re.compile(rf"\b(?:{words})\b(?:\s+(?:available|to choose from|include))?\s*[:=]\s*{_VALUES}", re.I)
    for name, words in _OPTIONS.items()
}
_NAMED_AFTER = {
    name: re.compile(
        rf"\b{_AVAILABLE}\s+(?:in|from|of|your)\s+(?:the\s+|these\s+)?(?:following\s+)?(?:\w+\s+)?"
        rf"(?:{words})\s*(?:[:,–-]\s*)?{_VALUES}",
        re.I,
    )
    for name, words in _OPTIONS.items()
}
_ANNOUNCED = re.compile(rf"\b{_AVAILABLE}\s+(?:in|from|of)\s*:?\s+{_VALUES}", re.I)
_ONE_SIZE = r"(?:x{1,4}s|s|m|l|x{1,4}l|[2-6]xl|small|medium|large|x-large)"
_SEPARATES = re.compile("[/|,]")
_SIZE_RUN = re.compile(
    rf"(?<![\w/])(?P<values>{_ONE_SIZE}(?:\s*[/|,]\s*{_ONE_SIZE}){{1,9}})(?![\w/'’])", re.I
)
_SEPARATOR = re.compile(r"\s*(?:,|/|\||\b(?:or|and|und|oder|et|ou)\b)\s*", re.I)
_LONGEST_VALUE = 30
_MOST_WORDS = 3
_MOST_VALUES = 30
_CONTEXT = 40


def buried_variants(title: str, description: str) -> BuriedVariants | None:
    """The first list of choices in ``title`` or ``description`` (plain text), with the text that says so."""
    for text in (title, description):
        for name, match, least in _candidates(text):
            values = _choices(match["values"])
            if len(values) >= least:
                return BuriedVariants(option_name=name, values=values, evidence=_around(text, match))
    return None


def _around(text: str, match: re.Match[str]) -> str:
    """The place in the text, cut at words."""
    before, after = text[: match.start()][-_CONTEXT:], text[match.end() :][:_CONTEXT]
    if match.start() > _CONTEXT:
        before = before.partition(" ")[2]
    if len(text) - match.end() > _CONTEXT:
        after = after.rpartition(" ")[0]
    return " ".join(f"{before}{match[0]}{after}".split())


def _candidates(text: str) -> Iterator[tuple[str, re.Match[str], int]]:
    # What a pattern cannot do without is looked for first: most texts have none of it.
    announces = _announces(text)
    for patterns, worthwhile in ((_NAMED, ":" in text or "=" in text), (_NAMED_AFTER, announces)):
        for name, pattern in patterns.items() if worthwhile else ():
            for match in pattern.finditer(text):
                yield name, match, 2
    for match in _ANNOUNCED.finditer(text) if announces else ():
        yield "Option", match, 3
    for match in _SIZE_RUN.finditer(text) if _SEPARATES.search(text) else ():
        # "S, M" may be initials or a measure; a slash between sizes is a choice.
        yield "Size", match, 2 if "/" in match["values"] or "|" in match["values"] else 3


def _announces(text: str) -> bool:
    """False where no choice can be announced. Letters beyond ASCII have more forms: the patterns look."""
    if not text.isascii():
        return True
    lowered = text.lower()
    return any(word in lowered for word in _AVAILABLE_WORDS)


def _choices(text: str) -> tuple[str, ...]:
    values: dict[str, str] = {}
    for part in _SEPARATOR.split(text):
        value = part.strip(" \t-–*•\"'")
        if not value:
            continue
        if len(value) > _LONGEST_VALUE or len(value.split()) > _MOST_WORDS:
            break
        values.setdefault(value.casefold(), value)
    return tuple(values.values())[:_MOST_VALUES]
