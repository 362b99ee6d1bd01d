"""The Trading API's XML."""

from typing import Any
from xml.etree import ElementTree

from starlette.responses import Response

from truestock.sandbox.ebay.errors import invalid
from truestock.sandbox.errors import Refusal

NAMESPACE = "urn:ebay:apis:eBLBaseComponents"
_TYPE = "text/xml; charset=utf-8"
_CODES = {"1001": "21917053", "1100": "21916984", "2001": "518"}
"""The Trading API's own numbers for a token that is not accepted, lacks a scope, or a limit."""


def read(document: bytes) -> tuple[str, dict[str, Any]]:
    """The call that a request names and what it says. Raises Refusal."""
    if b"<!" in document:
        raise invalid("XML Parse error.", 5)
    try:
        # Document types, and with them entities, were refused above.
        root = ElementTree.fromstring(document)  # noqa: S314  # without document types and entities
    except ElementTree.ParseError:
        raise invalid("XML Parse error.", 5) from None
    name, said = _local(root.tag), _content(root)
    if not name.endswith("Request") or not root.tag.startswith(f"{{{NAMESPACE}}}"):
        raise invalid("XML Parse error.", 5)
    return name.removesuffix("Request"), said if isinstance(said, dict) else {}


def answer(name: str, content: dict[str, Any], ack: str = "Success") -> Response:
    """``<name>Response``: objects become elements, ``@name`` an attribute, ``#`` the text beside them."""
    root = ElementTree.Element(f"{name}Response", {"xmlns": NAMESPACE})
    _fill(root, {"Ack": ack, "Version": "1349", **content})
    return Response(ElementTree.tostring(root, "utf-8", xml_declaration=True), media_type=_TYPE)


def failure(error: Refusal, name: str = "Error") -> Response:
    """``Ack`` = ``Failure``; the status is a success all the same."""
    shown = {
        "ShortMessage": error.description or error.error,
        "LongMessage": error.description or error.error,
        "ErrorCode": _CODES.get(error.error, error.error if error.error.isdigit() else "518"),
        "SeverityCode": "Error",
        "ErrorClassification": "RequestError",
    }
    return answer(name, {"Errors": shown}, "Failure")


def _fill(element: ElementTree.Element, value: Any) -> None:
    if not isinstance(value, dict):
        element.text = _legal(str(value))
        return
    for name, content in value.items():
        if name == "#":
            element.text = _legal(str(content))
        elif name.startswith("@"):
            element.set(name[1:], str(content))
        elif content is not None:
            for one in content if isinstance(content, list) else [content]:
                _fill(ElementTree.SubElement(element, name), one)


def _legal(text: str) -> str:
    """Without what XML 1.0 §2.2 cannot hold."""
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )


def _content(element: ElementTree.Element) -> Any:
    children = list(element)
    return {_local(child.tag): _content(child) for child in children} if children else element.text or ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
