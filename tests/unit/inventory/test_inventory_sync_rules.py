"""SyncState, fingerprint, open issues, price rules."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.inventory_values import ETSY, euro, imported, listing, mint, shown

from truestock.contracts.events import OpenIssue, PriceRule, PriceRuleKind, SyncState
from truestock.contracts.listing import CanonicalVariant
from truestock.inventory.domain.counting import attest
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.model import Item
from truestock.inventory.domain.policies import ChannelRule, Policies
from truestock.inventory.domain.pricing import channel_price, price_intent, prices_differ
from truestock.inventory.domain.seeding import seed
from truestock.inventory.domain.sync import changed, refreshed, sync_state

MARKUP = PriceRule(kind=PriceRuleKind.MARKUP, value=Decimal("1.10"))
FIXED = PriceRule(kind=PriceRuleKind.FIXED, value=Decimal("2.50"))


def seeded(*variants: CanonicalVariant, **fields: Any) -> Item:
    item = seed(imported(listing("1", *variants, **fields)), Known(), mint()).item
    assert item is not None
    return item


def state(item: Item, policies: Policies | None = None) -> SyncState:
    return sync_state(item, item.listings[0], policies or Policies())


@pytest.mark.parametrize(
    ("rule", "intent", "on_channel"),
    [(PriceRule(), "10.00", "10.00"), (MARKUP, "9.99", "10.99"), (FIXED, "10.00", "12.50")],
)
def test_price_rules_there_and_back(rule: PriceRule, intent: str, on_channel: str) -> None:
    assert channel_price(euro(intent), rule) == euro(on_channel)
    assert price_intent(euro(on_channel), rule) == euro(intent)


def test_prices_differ_beyond_tolerance_or_in_currency() -> None:
    assert not prices_differ(euro("10.00"), euro("10"), Decimal(0))
    assert not prices_differ(euro("10.00"), euro("10.01"), Decimal("0.01"))
    assert prices_differ(euro("10.00"), euro("10.02"), Decimal("0.01"))
    assert prices_differ(euro("10.00"), euro("10.00").model_copy(update={"currency": "USD"}), Decimal(1))
    assert prices_differ(None, euro("10.00"), Decimal(1))


def test_the_state_shows_the_channel_s_own_view() -> None:
    policies = Policies(buffers={"etsy": 2}, price_rules={ETSY: ChannelRule(MARKUP)})
    shown_state = state(seeded(shown("A", 5, "10.00")), policies)
    assert [(v.available, v.price) for v in shown_state.variants] == [(3, euro("11.00"))]
    assert "category_id" in shown_state.channel_keys


def test_the_fingerprint_follows_what_validation_depends_on_and_nothing_else() -> None:
    item = seeded(shown("A", 5, "10.00"))
    before = state(item).fingerprint
    sold = item.with_variant(replace(item.variants[0], on_hand=4))
    assert state(sold).fingerprint != before
    assert state(attest(item)).fingerprint != before
    assert state(item, Policies(buffers={"etsy": 1})).fingerprint != before
    same_price = item.with_variant(replace(item.variants[0], price=euro("10.0")))
    assert state(same_price).fingerprint == before
    assert state(replace(item, version=item.version + 1)).fingerprint == before
    described = replace(item, fields=item.fields.model_copy(update={"description": "Other"}))
    assert state(described).fingerprint == before


def test_a_new_fingerprint_withdraws_push_allowed() -> None:
    item = seeded(shown("A", 5))
    allowed = item.with_listing(replace(item.listings[0], push_allowed=True))
    same, _ = refreshed(allowed, Policies())
    assert same.listings[0].push_allowed
    sold, states = changed(allowed.with_variant(replace(item.variants[0], on_hand=4)), Policies())
    assert not sold.listings[0].push_allowed
    assert sold.version == item.version + 1
    assert states[sold.listings[0].key].item_version == sold.version


def test_open_issues_name_what_is_open() -> None:
    item = seeded(shown(None, None, None), buried=("S", "M"))
    assert set(state(item).open_issues) == {
        OpenIssue.SPLIT_OPEN,
        OpenIssue.PRICE_MISSING,
        OpenIssue.QUANTITY_UNKNOWN,
        OpenIssue.STOCK_UNCONFIRMED,
    }
    assert state(attest(seeded(shown("A", 5)))).open_issues == ()
