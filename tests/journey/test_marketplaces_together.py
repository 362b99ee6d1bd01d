"""The same goods on two marketplaces are one stock: linked by SKU, by a person where there is none."""

from support.journey import Business, catalogue, product, quantities
from support.waiting import eventually

WITH_SKU = (
    product("mug", ("", "MUG", 3, "12.50")),
    product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00")),
    product("candle", ("", "CANDLE", 12, "9.90")),
    product("basket", ("", "BASKET", 1, "45.00")),
)
WITHOUT_SKU = (
    product("oak-board", ("", "", 4, "30.00")),
    product("ash-board", ("", "", 7, "32.00")),
)
GOODS = catalogue(*WITH_SKU, *WITHOUT_SKU)
STOCK = {
    "Ash Board": [7],
    "Basket": [1],
    "Candle": [12],
    "Mug": [3],
    "Oak Board": [4],
    "Shirt": [2, 1],
}


async def stock(business: Business) -> dict[str, list[int | None]]:
    """On-hand by title."""
    return {item.title: quantities(item) for item in await business.items()}


async def test_the_same_goods_on_shopify_and_woocommerce_are_one_stock(business: Business) -> None:
    inventory = business.operator.inventory
    shopify = await business.seller(GOODS, marketplace="shopify")
    first, _, _ = await business.journey(shopify)
    await business.sample_known(first)
    assert await stock(business) == STOCK

    woocommerce = await business.seller(GOODS, marketplace="woocommerce")
    second = await business.connect(woocommerce)
    sample = await business.import_(second, "sample")
    assert sample.outcomes == {"linked": len(WITH_SKU), "held": len(WITHOUT_SKU)}
    assert await stock(business) == STOCK

    held = [one async for one in inventory.held(connection_id=second.connection_id)]
    assert [len(one.candidates) for one in held] == [1, 1]
    decisions = [
        {
            "held_id": one.held_id,
            "revision": one.revision,
            "action": "link",
            "item_id": one.candidates[0].item_id,
        }
        for one in held
    ]
    done = await inventory.decide_held(decisions, reason="the same boards")
    assert [one.outcome for one in done.results] == ["linked", "linked"]

    async def decided() -> bool:
        return not {"held"} & await business.waiting(sample)

    await eventually(decided, message="the sample still waits for the decisions")
    await business.approve(sample)
    bulk = await business.import_(second, "bulk")
    assert bulk.state == "completed"
    assert await stock(business) == STOCK
    items = await business.items()
    assert [sorted(one.marketplace for one in item.channel_listings) for item in items] == [
        ["shopify", "woocommerce"]
    ] * len(STOCK)
    ledger = {one.kind for item in items async for one in inventory.movements(item.item_id)}
    assert ledger == {"opening"}, "the second marketplace's quantities never become movements"
    summary = await inventory.summary()
    assert (summary.items, summary.variants, summary.stock, summary.held) == (6, 7, 30, 0)
