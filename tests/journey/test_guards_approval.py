"""What the approval of a sample waits for, and how a person decides it."""

from support.journey import Business, catalogue, product, quantities
from support.refusals import refused
from support.reviewing import approve, blockers, row, waits_for

MUG = product("mug", ("", "MUG", 3, "12.50"))
UNPRICED = product("vase", ("", "VASE", 1, ""))


async def test_uncounted_stock_must_be_counted_or_attested(business: Business) -> None:
    connection = await business.connect(await business.seller(catalogue(MUG)))
    sample = await business.import_(connection, "sample")
    refusal = await refused(approve(business, sample), "approval_not_ready")
    assert [one["code"] for one in refusal.extras["waiting_for"]] == ["stock_unconfirmed"]
    assert (await business.operator.importer.batch(sample.batch_id)).state == "awaiting_review"

    item = await business.item("Mug")
    await business.operator.inventory.count({item.variants[0].variant_id: 4}, reason="counted the shelf")
    await waits_for(business, sample)
    assert quantities(await business.item("Mug")) == [4]
    assert (await approve(business, sample)).state == "approved"


async def test_a_blocker_is_resolved_on_the_internal_record(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, UNPRICED))
    sample = await business.import_(await business.connect(seller), "sample")
    await business.attest(sample)
    await waits_for(business, sample, "blocker:price_missing")
    refusal = await refused(approve(business, sample), "approval_not_ready")
    assert refusal.extras["waiting_for"][0]["listing_ids"] == [await seller.listing_id("Vase")]

    vase = await business.item("Vase")
    price = {"amount": "30.00", "currency": "USD"}
    await business.operator.inventory.edit(
        vase.item_id,
        {"variants": [{"variant_id": vase.variants[0].variant_id, "price": price}]},
        revision=vase.revision,
        reason="as on the label",
    )
    await waits_for(business, sample)
    assert await blockers(business, sample, "Vase") == {"price_missing": "resolved"}
    assert (await approve(business, sample)).state == "approved"


async def test_only_an_admin_waives_and_says_why(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, UNPRICED))
    sample = await business.import_(await business.connect(seller), "sample")
    await business.attest(sample)
    await waits_for(business, sample, "blocker:price_missing")
    vase = await row(business, sample, "Vase")
    revision = (await business.report(sample)).batch.revision
    path = f"/v1/batches/{sample.batch_id}/listings/{vase.listing_id}/waive"
    body = {"code": "price_missing", "reason": "priced at the fair"}

    by_operator = await business.call("importer", "POST", path, body, revision=revision)
    assert by_operator.status_code == 403
    without_reason = await business.call(
        "importer", "POST", path, {"code": "price_missing"}, who="admin", revision=revision
    )
    assert without_reason.status_code == 422
    unknown = await business.call(
        "importer", "POST", path, {**body, "code": "photo_ugly"}, who="admin", revision=revision
    )
    assert (unknown.status_code, unknown.json()["code"]) == (409, "no_such_blocker")
    await refused(approve(business, sample), "approval_not_ready")

    await business.admin.importer.decide_listing(
        sample.batch_id, vase.listing_id, "waive", revision=revision, **body
    )
    assert await blockers(business, sample, "Vase") == {"price_missing": "waived"}
    assert (await approve(business, sample)).state == "approved"


async def test_a_blocked_listing_is_excluded(business: Business) -> None:
    mugs = [product(f"mug-{number}", ("", f"MUG-{number}", 3, "12.50")) for number in range(3)]
    seller = await business.seller(catalogue(UNPRICED, *mugs))
    vase = await seller.listing_id("Vase")
    spare = await seller.listing_id("Mug 2")
    connection = await business.connect(seller)
    sample = await business.import_(connection, "sample", size=3, exclude=[spare])
    assert {one.title for one in (await business.report(sample)).listings} == {"Vase", "Mug 0", "Mug 1"}
    await business.attest(sample)
    await waits_for(business, sample, "blocker:price_missing")

    importer = business.operator.importer
    revision = (await importer.batch(sample.batch_id)).revision
    no_other = importer.decide_listing(
        sample.batch_id, vase, "replace", revision=revision, reason="it has no price yet"
    )
    await refused(no_other, "no_replacement")
    await importer.decide_listing(
        sample.batch_id, vase, "exclude", revision=revision, reason="it has no price yet"
    )
    await waits_for(business, sample)
    assert (await row(business, sample, "Vase")).excluded
    assert (await approve(business, sample)).state == "approved"


async def test_a_replacement_is_read_and_has_to_pass_too(business: Business) -> None:
    mugs = [product(f"mug-{number}", ("", f"MUG-{number}", 3, "12.50")) for number in range(3)]
    # The longest title is a stratum of its own, so the sample surely has it.
    vase = product("vase", ("", "VASE", 1, ""), title="A vase with a long name")
    seller = await business.seller(catalogue(vase, *mugs))
    sample = await business.import_(await business.connect(seller), "sample", size=3)
    titles = {one.title for one in (await business.report(sample)).listings}
    await business.attest(sample)
    await waits_for(business, sample, "blocker:price_missing")

    importer = business.operator.importer
    revision = (await importer.batch(sample.batch_id)).revision
    unpriced = await seller.listing_id("A vase with a long name")
    await importer.decide_listing(
        sample.batch_id, unpriced, "replace", revision=revision, reason="it has no price yet"
    )
    await business.finished(sample)
    [spare] = {"Mug 0", "Mug 1", "Mug 2"} - titles
    assert (await row(business, sample, spare)).outcome == "created"
    await waits_for(business, sample, "stock_unconfirmed")
    await business.attest(sample)
    await waits_for(business, sample)
    assert (await approve(business, sample)).state == "approved"
