"""Cost points, refusals inside a successful answer, and what a status says about the shop."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from support.marketplace_shop import NOW
from support.shopify_shop import ShopifyShop, product

from truestock.marketplaces.interface import (
    Gone,
    MarketplaceError,
    MissingScope,
    PermanentRefusal,
    RateLimited,
    Temporary,
)


def cost(asked: Any, available: Any, rate: Any = 50.0) -> dict[str, Any]:
    """What Shopify tells about points."""
    status = {"maximumAvailable": 1000.0, "currentlyAvailable": available, "restoreRate": rate}
    return {"cost": {"requestedQueryCost": asked, "actualQueryCost": 20, "throttleStatus": status}}


def telling(asked: Any, available: Any, rate: Any = 50.0) -> Any:
    return lambda _, body: {**body, "extensions": cost(asked, available, rate)}


def refusing(*errors: Any, **more: Any) -> Any:
    return lambda _request, _body: {"errors": list(errors), **more}


def coded(code: str, **more: Any) -> dict[str, Any]:
    return {"message": "said t1", "extensions": {"code": code, **more}}


async def test_the_gate_closes_until_another_such_query_fits() -> None:
    shop = ShopifyShop(intercept=telling(942, 842))
    adapter, api = shop.api()
    await adapter.page(api, None)
    assert shop.waits == []
    await adapter.page(api, None)
    assert shop.waits == [2.0], "100 points at 50 a second"


async def test_a_query_that_fits_waits_for_nothing() -> None:
    shop = ShopifyShop(intercept=telling(942, 942))
    adapter, api = shop.api()
    await adapter.page(api, None)
    await adapter.page(api, None)
    assert shop.waits == []


async def test_a_long_wait_is_told_and_nothing_is_sent() -> None:
    shop = ShopifyShop(intercept=telling(1000, 0, 10))
    adapter, api = shop.api()
    await adapter.page(api, None)
    with pytest.raises(RateLimited) as refused:
        await adapter.page(api, None)
    assert refused.value.until == NOW + timedelta(seconds=100)
    assert len(shop.requests) == 1


@pytest.mark.parametrize(
    ("asked", "available", "rate"),
    [(None, 0, 50), (942, None, 50), (942, 0, 0), (942, 0, None), ("x", "y", "z"), (True, False, True)],
)
async def test_points_that_cannot_be_read_close_nothing(asked: Any, available: Any, rate: Any) -> None:
    shop = ShopifyShop(intercept=telling(asked, available, rate))
    adapter, api = shop.api()
    await adapter.page(api, None)
    await adapter.page(api, None)
    assert shop.waits == []


async def test_throttled_is_rate_limited_until_the_points_are_back() -> None:
    shop = ShopifyShop([product()], intercept=refusing(coded("THROTTLED"), extensions=cost(942, 442)))
    adapter, api = shop.api()
    with pytest.raises(RateLimited) as refused:
        await adapter.page(api, None)
    assert refused.value.until == NOW + timedelta(seconds=10)
    with pytest.raises(RateLimited):
        await adapter.page(api, None)
    assert len(shop.requests) == 1
    shop.now += timedelta(seconds=10)
    shop.intercept = None
    assert len((await adapter.page(api, None)).raws) == 1


async def test_throttled_without_points_waits_what_shopify_recommends() -> None:
    shop = ShopifyShop(intercept=refusing(coded("THROTTLED")))
    adapter, api = shop.api()
    with pytest.raises(RateLimited) as refused:
        await adapter.page(api, None)
    assert refused.value.until == shop.now + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([coded("ACCESS_DENIED")], MissingScope),
        ([coded("INTERNAL_SERVER_ERROR")], Temporary),
        ([coded("MAX_COST_EXCEEDED")], PermanentRefusal),
        ([coded("SHOP_INACTIVE")], PermanentRefusal),
        ([coded("FIELD_NOT_FOUND"), coded("ACCESS_DENIED")], MissingScope),
        ([coded("ACCESS_DENIED"), coded("THROTTLED")], RateLimited),
        ([{"message": "t1"}], PermanentRefusal),
        ([None, 3, "t1"], PermanentRefusal),
    ],
)
async def test_errors_beside_data_have_a_class_and_the_data_is_not_used(
    errors: list[Any], expected: type[MarketplaceError]
) -> None:
    shop = ShopifyShop([product()], intercept=lambda _, body: {**body, "errors": errors})
    adapter, api = shop.api()
    with pytest.raises(expected) as refused:
        await adapter.page(api, None)
    assert type(refused.value) is expected
    assert "t1" not in str(refused.value)


async def test_errors_that_are_no_list_are_a_refusal() -> None:
    adapter, api = ShopifyShop(intercept=lambda _, body: {**body, "errors": "t1"}).api()
    with pytest.raises(PermanentRefusal):
        await adapter.page(api, None)


async def test_a_missing_scope_is_named() -> None:
    denied = coded("ACCESS_DENIED", requiredAccess="`read_locations` access scope.")
    adapter, api = ShopifyShop(intercept=refusing(denied)).api()
    with pytest.raises(MissingScope, match="read_locations") as refused:
        await adapter.settings(api)
    assert refused.value.scopes == ("read_locations",)


async def test_the_check_tells_which_scope_does_not_work() -> None:
    denied = coded("ACCESS_DENIED", requiredAccess="`read_inventory` access scope.")

    def without_inventory(request: httpx.Request, body: Any) -> Any:
        return {"errors": [denied]} if b"inventoryItems" in request.content else body

    adapter, api = ShopifyShop(intercept=without_inventory).api()
    checks = {check.scope: check.works for check in await adapter.check(api)}
    assert checks == {"read_inventory": False, "read_locations": True, "read_products": True}


@pytest.mark.parametrize(
    ("status", "body", "expected", "said"),
    [
        (402, {"errors": "Payment Required"}, PermanentRefusal, "frozen"),
        (403, {"errors": "Forbidden"}, PermanentRefusal, "refuses"),
        (403, {"errors": "merchant approval for read_products scope."}, MissingScope, "read_products"),
        (423, {"errors": "Locked"}, PermanentRefusal, "locked"),
        (404, {"errors": "Not Found"}, Gone, "no such shop"),
        (430, {}, RateLimited, "430"),
        (301, {}, PermanentRefusal, "301"),
    ],
)
async def test_a_status_says_what_is_the_matter(
    status: int, body: Any, expected: type[MarketplaceError], said: str
) -> None:
    adapter, api = ShopifyShop(intercept=lambda _request, _body: httpx.Response(status, json=body)).api()
    with pytest.raises(expected, match=said):
        await adapter.page(api, None)


async def test_each_shop_has_points_of_its_own() -> None:
    adapter, _ = ShopifyShop().api()
    assert adapter.limits_per_account


def test_a_scope_that_writes_also_reads() -> None:
    adapter, _ = ShopifyShop().api()
    assert adapter.missing_scopes(["write_products", "write_inventory", "read_locations"]) == ()
    assert adapter.missing_scopes(["write_orders", "read_products"]) == ("read_inventory", "read_locations")
