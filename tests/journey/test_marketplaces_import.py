"""The whole journey on every marketplace: what the seller sells there is what inventory holds."""

import pytest
from support.journey import Business, catalogue, product

GOODS = catalogue(
    product("mug", ("", "MUG", 3, "12.50"), body="<p>Stoneware, <b>hand thrown</b>.</p>"),
    product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00"), ("L", "SHIRT-L", 0, "22.0")),
    product("scarf", ("Red", "SCARF-R", 5, "25.00"), ("Blue", "SCARF-B", 4, "25.00"), option="Colour"),
    product("oak-board", ("", "BOARD", 6, "30.00")),
    product("candle", ("", "CANDLE", 12, "9.90")),
    product("basket", ("", "BASKET", 1, "45.00")),
)
TITLES = ["Basket", "Candle", "Mug", "Oak Board", "Scarf", "Shirt"]
STOCK = {
    "BASKET": 1,
    "BOARD": 6,
    "CANDLE": 12,
    "MUG": 3,
    "SCARF-B": 4,
    "SCARF-R": 5,
    "SHIRT-L": 0,
    "SHIRT-M": 1,
    "SHIRT-S": 2,
}


@pytest.mark.parametrize("marketplace", ["woocommerce", "ebay", "amazon", "shopify"])
async def test_a_marketplace_from_consent_to_seeded_stock(business: Business, marketplace: str) -> None:
    seller = await business.seller(GOODS, marketplace=marketplace)
    connection, sample, bulk = await business.journey(seller, size=3)

    assert (connection.marketplace, connection.account.id) == (marketplace, seller.account_id)
    assert connection.state == "active"
    assert sample.state == "approved"
    assert bulk.state == "completed"
    assert sum(bulk.outcomes.values()) == len(TITLES)
    items = await business.items()
    assert [item.title for item in items] == TITLES
    assert {one.sku: one.on_hand for item in items for one in item.variants} == STOCK
    assert {one.price.currency for item in items for one in item.variants if one.price} == {"USD"}
    summary = await business.operator.inventory.summary(connection_id=connection.connection_id)
    assert (summary.items, summary.variants, summary.stock) == (6, 9, sum(STOCK.values()))
    assert (summary.unknown_stock, summary.held, summary.open_splits) == (0, 0, 0)
    listed = {one["listing_id"] for one in await seller.listings()}
    assert {one.marketplace for item in items for one in item.channel_listings} == {marketplace}
    assert len({one.listing_id for item in items for one in item.channel_listings}) == len(listed)
    report = await business.operator.validator.report(bulk.batch_id)
    assert {one.check for one in report.findings} == {"stock.confirmed"}, (
        "the sample's stock alone is attested"
    )
    assert report.verdicts == {"passed_with_warnings": 3}
