"""What each marketplace's answers tell of a limit by the second, and what the connector's answers mean."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from truestock.marketplaces.amazon.wire import AmazonWire
from truestock.marketplaces.api import Wire
from truestock.marketplaces.connector_limits import ConnectorLimits
from truestock.marketplaces.ebay.wire import EbayWire
from truestock.marketplaces.etsy.wire import EtsyWire
from truestock.marketplaces.sharing import LimitsAway, Pace, Report, Share
from truestock.marketplaces.shopify.wire import ShopifyWire
from truestock.marketplaces.woocommerce.wire import WooCommerceWire

SECOND = timedelta(seconds=1)


def points(asked: Any, available: Any, rate: Any = 100, most: Any = 2000) -> Any:
    status = {"maximumAvailable": most, "currentlyAvailable": available, "restoreRate": rate}
    return {"extensions": {"cost": {"requestedQueryCost": asked, "throttleStatus": status}}}


@pytest.mark.parametrize(
    ("wire", "headers", "content", "pace"),
    [
        (EtsyWire(), {"x-limit-per-second": "10", "x-remaining-this-second": "3"}, {}, Pace(10)),
        (
            EtsyWire(),
            {"x-limit-per-second": "10", "x-remaining-this-second": "0"},
            {},
            Pace(10, used_up=True),
        ),
        (EtsyWire(), {"x-limit-per-second": "0"}, {}, None),
        (EtsyWire(), {"x-limit-per-second": "many"}, {}, None),
        (EtsyWire(), {"x-limit-per-second": "9" * 5000}, {}, None),
        (EtsyWire(), {}, {}, None),
        (AmazonWire(), {"x-amzn-RateLimit-Limit": "5.0"}, {}, Pace(5, bursts=True)),
        (AmazonWire(), {"x-amzn-RateLimit-Limit": "0.016"}, {}, None),
        (AmazonWire(), {"x-amzn-RateLimit-Limit": "inf"}, {}, None),
        (AmazonWire(), {}, {}, None),
        (ShopifyWire(), {}, points(300, 1500), Pace(100, cost=300, bursts=True, roomy=True)),
        (ShopifyWire(), {}, points(300, 999), Pace(100, cost=300, bursts=True)),
        (ShopifyWire(), {}, points(0, 999), Pace(100, cost=1, bursts=True)),
        (ShopifyWire(), {}, points(300, None), None),
        (ShopifyWire(), {}, points(300, 1500, rate=0), None),
        (ShopifyWire(), {}, {"extensions": None}, None),
        (ShopifyWire(), {}, None, None),
        (EbayWire(), {}, {}, None),
        (WooCommerceWire(), {}, {}, None),
    ],
    ids=repr,
)
def test_the_pace_that_an_answer_tells(
    wire: Wire, headers: dict[str, str], content: Any, pace: Pace | None
) -> None:
    assert wire.pace(httpx.Response(200, headers=headers), content) == pace


async def test_times_cross_the_wire_as_durations_rounded_to_the_safe_side() -> None:
    sent: list[dict[str, Any]] = []

    async def ask(body: dict[str, Any]) -> Any:
        sent.append(body)
        return {"per_second": 4, "valid_for_ms": 1500, "closed_for_ms": 250}

    limits = ConnectorLimits(ask, "me")
    share = await limits.share(Report(8, 10, closed_for=timedelta(seconds=2, microseconds=1)))
    assert share == Share(4, 1.5 * SECOND, 0.25 * SECOND)
    assert sent == [{"holder": "me", "wanted": 8, "per_second": 10, "bursts": False, "closed_for_ms": 2001}]


@pytest.mark.parametrize("answer", [None, [], {}, {"per_second": "x"}, {"per_second": 1, "closed_for_ms": 1}])
async def test_an_odd_answer_is_no_answer(answer: Any) -> None:
    async def ask(_: dict[str, Any]) -> Any:
        return answer

    with pytest.raises(LimitsAway, match="odd"):
        await ConnectorLimits(ask, "me").share(Report())
