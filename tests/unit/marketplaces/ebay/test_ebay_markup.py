"""The Trading API's XML becomes plain objects; what could do harm is refused."""

import pytest

from truestock.marketplaces.ebay.markup import parse


def test_elements_attributes_and_lists() -> None:
    found = parse(
        b'<?xml version="1.0"?><R xmlns="urn:ebay:apis:eBLBaseComponents"><Ack>Success</Ack>'
        b'<Item><Price currencyID="EUR">19.90</Price><PictureURL>a</PictureURL></Item>'
        b"<Other>1</Other><Other>2</Other><Other>3</Other><Empty/></R>"
    )
    assert found == {
        "Ack": "Success",
        "Item": [{"Price": {"@currencyID": "EUR", "#": "19.90"}, "PictureURL": ["a"]}],
        "Other": ["1", "2", "3"],
        "Empty": "",
    }


def test_text_is_taken_whole_and_unescaped() -> None:
    assert parse("<R><T>A &amp; B &#252; <![CDATA[<b>ü</b>]]></T></R>".encode()) == {"T": "A & B ü <b>ü</b>"}


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<R><T>broken off",
        b"not xml",
        b"{}",
        b"<R>text only</R>",
        b'<!DOCTYPE R [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><R><T>&b;</T></R>',
        b'<!DOCTYPE R SYSTEM "https://elsewhere.test/x.dtd"><R><T>a</T></R>',
        b'<!DOCTYPE R [<!ENTITY a SYSTEM "file:///etc/hostname">]><R><T>&a;</T></R>',
        b"<R><T>&unknown;</T></R>",
        b"<A>" * 60 + b"</A>" * 60,
    ],
)
def test_anything_else_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"XML|document"):
        parse(document)
