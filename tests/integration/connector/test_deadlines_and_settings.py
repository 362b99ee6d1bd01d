"""What marketplaces let end is shown and told in time; what changed there is seen without being asked."""

from datetime import UTC, datetime, timedelta

import pytest
from support.connector_events import told_until
from support.connector_rows import Rows
from support.connector_sellers import SECRET_ENDS, connected
from support.connector_world import Operator
from support.waiting import eventually

from truestock.local.broker import Broker

APPROACHING = "ConnectionDeadlineApproaching"


@pytest.mark.parametrize(
    ("marketplace", "days"),
    [
        ("etsy", {"refresh_token": 90}),
        ("shopify", {"refresh_token": 90}),
        ("ebay", {"refresh_token": 547}),
        ("amazon", {"client_secret": 100, "consent": 365}),
        ("woocommerce", {}),
    ],
)
async def test_every_connection_shows_what_will_end(
    marketplace: str, days: dict[str, int], olga: Operator
) -> None:
    _, connection_id = await connected(olga, marketplace)
    shown = (await olga.get(f"/v1/connections/{connection_id}"))["deadlines"]
    today = datetime.now(UTC)
    found = {
        one["kind"]: round((datetime.fromisoformat(one["ends_at"]) - today) / timedelta(days=1))
        for one in shown
    }
    assert found == days
    assert [one["kind"] for one in shown] == sorted(found, key=found.__getitem__), "the nearest comes first"
    for one in shown:
        assert days[one["kind"]] - 1 <= one["days_left"] <= days[one["kind"]]
        assert one["remedy"]
    if marketplace == "amazon":
        assert datetime.fromisoformat(shown[0]["ends_at"]) == SECRET_ENDS


async def test_using_ebays_refresh_token_does_not_make_it_live_longer(olga: Operator) -> None:
    seller, connection_id = await connected(olga, "ebay")
    path = f"/v1/connections/{connection_id}"
    before = await olga.get(path)
    assert (await olga.lease(connection_id, refused=1)).json()["token_version"] == 2
    after = await olga.get(path)
    assert await olga.refreshes(seller.account) == 1
    assert after["refresh_expires_at"] == before["refresh_expires_at"]
    assert after["access_expires_at"] > before["access_expires_at"]


async def test_a_deadline_is_told_once_by_all_who_sweep(olga: Operator, rows: Rows, broker: Broker) -> None:
    _, connection_id = await connected(olga, "amazon")

    async def looked() -> bool:
        return await rows.looked(connection_id)

    await rows.look_now(connection_id, consented=timedelta(days=365 - 29, hours=-1))
    await eventually(looked, message="nobody looked after the connection")
    for _ in range(3):
        await rows.look_now(connection_id)
        await eventually(looked, message="nobody looked again")
    await rows.look_now(connection_id, consented=timedelta(days=366))
    await eventually(looked, message="nobody looked on the day after")
    await olga.disconnect(connection_id)
    told = await told_until(broker.bootstrap, connection_id, "ConnectionDisconnected")
    assert [kind for kind, _ in told] == ["ConnectionConfirmed", APPROACHING, "ConnectionDisconnected"]
    warning = told[1][1]
    assert warning["kind"] == "consent"
    left = datetime.fromisoformat(warning["ends_at"]) - datetime.now(UTC)
    assert timedelta(days=29) < left < timedelta(days=30)
    assert "Reauthorize" in warning["remedy"]


async def test_settings_that_changed_at_the_marketplace_are_shown_without_being_asked(
    olga: Operator, rows: Rows
) -> None:
    seller, connection_id = await connected(olga, "shopify")
    path = f"/v1/connections/{connection_id}"
    before = await olga.get(path)
    currency = "SEK" if before["settings"]["currency"] != "SEK" else "NOK"
    await olga.http.post(f"{olga.sandbox}/control/accounts/{seller.name}", json={"currency": currency})
    await rows.look_now(connection_id)

    async def seen() -> bool:
        return bool((await olga.get(path))["settings"]["currency"] == currency)

    await eventually(seen, message="the new currency was not seen")
    after = await olga.get(path)
    assert after["settings_hash"] != before["settings_hash"]
    assert after["settings"]["store"] == seller.store
    trail = (await olga.get(f"{path}/audit"))["items"]
    [change] = [line for line in trail if line["action"] == "connection.settings_changed"]
    assert (change["before"]["currency"], change["after"]["currency"]) == (
        before["settings"]["currency"],
        currency,
    )
