"""The Trading API's XML as plain objects, and nothing of XML that could do harm.

An element becomes its text, or an object of its children; attributes are there under ``@name`` and the text
beside them under ``#``. A child that repeats, or is named in ``MANY``, is a list. Document types are
refused, and with them entities of any kind.
"""

from typing import Any

# Expat itself does not resolve external entities, and this parser stops at any document type.
from xml.parsers import expat

MANY = frozenset(("Errors", "Item", "NameValueList", "PictureURL", "Value", "Variation"))
"""Elements that the Trading API's schema allows more than once."""
DEEPEST = 50


class _Builder:
    """Collects elements; each open one is (its attributes and children, its text)."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[tuple[dict[str, Any], list[str]]] = []

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise ValueError("The document is nested too deeply.")
        self._open.append(({f"@{key}": value for key, value in attributes.items() if key != "xmlns"}, []))

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1][1].append(text)

    def end(self, name: str) -> None:
        children, texts = self._open.pop()
        text = "".join(texts)
        value: Any = text
        if children:
            value = {**children, "#": text} if all(key.startswith("@") for key in children) else children
        if not self._open:
            self.root = value
            return
        parent = self._open[-1][0]
        if name in MANY:
            parent.setdefault(name, []).append(value)
        elif name in parent:
            before = parent[name]
            parent[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            parent[name] = value


def parse(document: bytes) -> dict[str, Any]:
    """The root element's content; ValueError when the document is not complete or carries a document type."""
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise ValueError(f"The XML cannot be read: {expat.ErrorString(error.code)}.") from None
    if not isinstance(builder.root, dict):
        raise ValueError("The XML holds no object.")
    return builder.root


def _refuse(*_: object) -> None:
    raise ValueError("A document type is not accepted.")
