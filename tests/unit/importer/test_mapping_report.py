"""How listings map, in words, and which differences the hashes notice."""

from support.importer_values import listing, note, read_listing

from truestock.contracts.listing import NoteCode
from truestock.importer.domain.mapping import content_hash, maps_of


def test_unknown_is_never_shown_as_zero() -> None:
    assert maps_of(listing("1", quantity=None))["quantity"] == "unknown"
    assert maps_of(listing("1", quantity=0))["quantity"] == "0"


def test_prices_are_amounts_with_currency() -> None:
    assert maps_of(listing("1", price="12.50"))["price"] == "12.50 EUR"
    assert maps_of(listing("1", price=None))["price"] == "missing"


def test_variants_name_their_options_and_what_the_text_suggests() -> None:
    assert maps_of(listing("1", skus=("A", "B")))["variants"].startswith("2 variants")
    assert "Size S, M" in maps_of(listing("1", buried=True))["variants"]


def test_the_content_hash_notices_mapping_and_evidence() -> None:
    one, same = read_listing(listing("1")), read_listing(listing("1"))
    assert one.content_hash == same.content_hash
    assert one.content_hash != read_listing(listing("1", price="13.00")).content_hash
    noted = read_listing(listing("1", notes=(note(NoteCode.FIELD_DROPPED),)))
    assert one.content_hash != noted.content_hash
    elsewhere = one.evidence.model_copy(update={"title": "another"})
    assert one.content_hash != content_hash(one.mapped_hash, elsewhere)
