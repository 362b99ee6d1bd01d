"""Whatever a listing holds, mapping it never fails, shows no markup, and the evidence agrees."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.catalogue_reading import at, copy, places, read_all, replaced
from support.marketplace_worlds import WORLDS, Entry

from truestock.contracts.listing import CanonicalListing
from truestock.marketplaces import registry
from truestock.marketplaces.interface import AccountSettings, RawListing

HOSTILE = (
    "",
    " ",
    "\x00\x1b[31m",
    "\ud800",
    "<script>alert(1)</script>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "'; DROP TABLE listings; --",
    "${jndi:ldap://x}",
    "‮gnihtyna",
    "👨‍👩‍👧" * 500,
    "x" * 300_000,
    "9" * 400,
    "-1",
    "1e999",
    "javascript:alert(1)",
    "https://i.test/\ud800\x00.jpg",
    "http://i.test/a b",
)
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    float("inf"),
    "text",
    [],
    [None],
    [[]],
    {},
    {"": None},
)


async def _ordinary(entry: Entry, variants: int = 2) -> tuple[RawListing, AccountSettings]:
    adapter, api = entry.world(1, variants).api()
    (raw,) = await read_all(adapter, api)
    return raw, await adapter.settings(api)


def _mapped(entry: Entry, raw: RawListing, settings: AccountSettings, payload: Any) -> CanonicalListing:
    """Maps and extracts; both must stay within what events may hold."""
    adapter = registry.get(entry.name)
    changed = RawListing(raw.listing_id, payload)
    adapter.evidence(changed).model_dump_json()
    found = adapter.to_listing(changed, settings)
    found.model_dump_json()
    return found


async def test_an_ordinary_listing_maps_without_remarks_and_the_evidence_agrees(entry: Entry) -> None:
    raw, account = await _ordinary(entry)
    found = _mapped(entry, raw, account, raw.payload)
    assert found.notes == ()
    assert found.channel.state == "active"
    assert len(found.photos) == 2
    assert [photo.rank for photo in found.photos] == [0, 1]
    assert all(variant.sku and variant.quantity and variant.price for variant in found.variants)
    assert len({variant.signature for variant in found.variants}) == 2
    seen = registry.get(entry.name).evidence(raw)
    assert (seen.title, seen.state) == (found.title, found.channel.state)
    assert seen.photos == tuple(photo.url for photo in found.photos)
    assert [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants] == [
        (v.sku, v.signature, v.quantity, v.price) for v in found.variants
    ]


async def test_mapping_and_extracting_change_nothing(entry: Entry) -> None:
    raw, account = await _ordinary(entry)
    before = copy(raw.payload)
    _mapped(entry, raw, account, raw.payload)
    assert raw.payload == before


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_anything_in_the_place_of_anything(entry: Entry, odd: Any) -> None:
    raw, account = await _ordinary(entry)
    for path in places(raw.payload):
        _mapped(entry, raw, account, replaced(raw.payload, path, odd))


async def test_whatever_is_missing(entry: Entry) -> None:
    raw, account = await _ordinary(entry)
    for path in places(raw.payload):
        payload = copy(raw.payload)
        del at(payload, path[:-1])[path[-1]]
        _mapped(entry, raw, account, payload)
    _mapped(entry, raw, account, {})


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
async def test_hostile_text_is_made_harmless(entry: Entry, text: str) -> None:
    raw, account = await _ordinary(entry)
    for path in places(raw.payload):
        if isinstance(at(raw.payload, path), str):
            found = _mapped(entry, raw, account, replaced(raw.payload, path, text))
            for shown in (found.title, found.description, *(option.name for option in found.options)):
                assert "<script" not in shown
                assert "<img" not in shown
                assert "\0" not in shown
            assert found.url is None or found.url.startswith(("https://", "http://"))
            assert all(photo.url.startswith(("https://", "http://")) for photo in found.photos)


async def test_a_quantity_that_is_not_a_count_is_unknown_and_never_made_up(entry: Entry) -> None:
    raw, account = await _ordinary(entry, variants=1)
    known = registry.get(entry.name).to_listing(raw, account).variants[0].quantity
    for path in places(raw.payload):
        odd: Any
        for odd in (None, "many", {}, []):
            found = _mapped(entry, raw, account, replaced(raw.payload, path, odd))
            assert {variant.quantity for variant in found.variants} <= {known, None}, path


async def test_unknown_fields_change_nothing(entry: Entry) -> None:
    raw, account = await _ordinary(entry)
    plain = _mapped(entry, raw, account, raw.payload)
    more = _mapped(entry, raw, account, _with_unknown_fields(raw.payload))
    assert (more.title, more.photos, more.variants, more.notes) == (
        plain.title,
        plain.photos,
        plain.variants,
        plain.notes,
    )
    world = entry.world(3)
    adapter, api = world.api()
    ids = [one.listing_id for one in await read_all(adapter, api)]
    world.intercept = lambda _, body: _with_unknown_fields(body)
    assert [one.listing_id for one in await read_all(adapter, api)] == ids
    assert None not in (await adapter.read(api, ids)).values()


def _with_unknown_fields(value: Any) -> Any:
    if isinstance(value, dict):
        known = {name: _with_unknown_fields(inner) for name, inner in value.items()}
        return {**known, "xUnknown": {"deep": [None, 1]}}
    return [_with_unknown_fields(inner) for inner in value] if isinstance(value, list) else value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200)
@given(st.sampled_from(WORLDS), st.dictionaries(st.text(max_size=12), json_values, max_size=4))
def test_no_payload_at_all_makes_a_mapper_or_an_extractor_fail(entry: Entry, payload: dict[str, Any]) -> None:
    _mapped(entry, RawListing("1", payload), AccountSettings(currency="EUR"), payload)
