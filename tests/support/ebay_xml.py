"""The Trading API's XML, written without the adapter's parser."""

from typing import Any
from xml.etree import ElementTree

import httpx

NAMESPACE = "urn:ebay:apis:eBLBaseComponents"


def rendered(name: str, value: Any) -> bytes:
    """An answer: objects become elements, ``@name`` an attribute, ``#`` the text beside attributes."""
    root = ElementTree.Element(name, {"xmlns": NAMESPACE})
    _fill(root, value)
    document: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return document


def asked(request: httpx.Request) -> tuple[str, dict[str, Any]]:
    """The call that a request names, and what it says."""
    # What a test receives here was written by the adapter a moment ago.
    root = ElementTree.fromstring(request.content)  # noqa: S314  # the adapter wrote it
    name = root.tag.removeprefix(f"{{{NAMESPACE}}}").removesuffix("Request")
    assert request.headers["x-ebay-api-call-name"] == name
    return name, _read(root)


def _fill(element: ElementTree.Element, value: Any) -> None:
    if not isinstance(value, dict):
        element.text = "" if value is None else str(value)
        return
    for name, content in value.items():
        if name == "#":
            element.text = str(content)
        elif name.startswith("@"):
            element.set(name[1:], str(content))
        else:
            for one in content if isinstance(content, list) else [content]:
                _fill(ElementTree.SubElement(element, name), one)


def _read(element: ElementTree.Element) -> Any:
    children = list(element)
    if not children:
        return element.text or ""
    return {child.tag.removeprefix(f"{{{NAMESPACE}}}"): _read(child) for child in children}
