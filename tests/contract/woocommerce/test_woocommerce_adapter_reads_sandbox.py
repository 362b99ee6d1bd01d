"""The adapter against the sandbox in process: a whole generated catalogue, every listing twice read."""

from support.catalogue_reading import read_all
from support.woocommerce_seller import BASE, WooCommerceSeller

from truestock.contracts.values import Money


async def test_the_store_is_the_account(seller: WooCommerceSeller) -> None:
    adapter, api = await seller.api("second")
    account, settings = await adapter.account(api), await adapter.settings(api)
    assert account.id == account.url == settings.store == f"{BASE}/woocommerce/second"
    assert (account.name, settings.currency, settings.locale) == ("NordlichtKeramik", "EUR", "en-US")
    known = await seller.control("GET", "/accounts/woocommerce:second")
    assert (known["account"], known["shop_name"]) == (account.id, account.name)
    assert all(one.works for one in await adapter.check(api))


async def test_a_generated_catalogue_is_read_whole_and_twice_the_same(seller: WooCommerceSeller) -> None:
    adapter, api = await seller.api()
    raws = await read_all(adapter, api)
    known = (await seller.control("GET", "/accounts/woocommerce:main/listings?limit=1000"))["listings"]
    assert sorted(raw.listing_id for raw in raws) == sorted(one["listing_id"] for one in known)
    assert len(raws) == 300
    assert {raw.listing_id: raw for raw in raws} == await adapter.read(api, [one.listing_id for one in raws])


async def test_mapper_evidence_and_the_sandboxs_own_words_agree(seller: WooCommerceSeller) -> None:
    adapter, api = await seller.api()
    settings = await adapter.settings(api)
    views = (await seller.control("GET", "/accounts/woocommerce:main/listings?limit=1000"))["listings"]
    truth = {one["listing_id"]: one for one in views}
    for raw in await read_all(adapter, api):
        mapped, seen, true = adapter.to_listing(raw, settings), adapter.evidence(raw), truth[raw.listing_id]
        assert seen.title == mapped.title
        assert seen.state == mapped.channel.state == true["state"]
        assert seen.photos == tuple(photo.url for photo in mapped.photos)
        assert len(seen.photos) == len(true["photos"])
        facts = [(v.sku, v.signature, v.quantity, v.price) for v in mapped.variants]
        assert facts == [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants]
        assert [_facts(v.sku, v.quantity, v.price, v.enabled) for v in mapped.variants] == [
            _facts(one["sku"], one["quantity"], one["price"], one["enabled"]) for one in true["variants"]
        ]
        assert [{one.name: one.value for one in v.options} for v in mapped.variants] == [
            one["options"] for one in true["variants"]
        ]


def _facts(
    sku: str | None, quantity: int | None, price: Money | str | None, enabled: bool
) -> tuple[object, ...]:
    amount = price.amount if isinstance(price, Money) else price
    return (sku or None, quantity, None if amount is None else str(amount), enabled)


async def test_what_the_seller_changes_is_seen(seller: WooCommerceSeller) -> None:
    adapter, api = await seller.api()
    settings = await adapter.settings(api)
    first, second, *_ = await read_all(adapter, api)
    path = "/accounts/woocommerce:main/listings"
    changes = {"quantity": 3, "price": "7.25", "title": "Changed"}
    await seller.control("POST", f"{path}/{first.listing_id}/edits", changes)
    await seller.control("POST", f"{path}/{second.listing_id}/edits", {"delete": True})
    found = await adapter.read(api, [first.listing_id, second.listing_id])
    assert found[second.listing_id] is None
    raw = found[first.listing_id]
    assert raw is not None
    mapped = adapter.to_listing(raw, settings)
    assert mapped.title == "Changed"
    assert {(v.quantity, str(v.price)) for v in mapped.variants} == {(3, f"7.25 {settings.currency}")}
