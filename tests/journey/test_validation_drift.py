"""Only the marketplace changed: a blocker, until it is recorded, accepted or restored."""

from typing import Any

import pytest
from support.journey import Business, product, quantities
from support.validating import only, sides, told, validated

TEE = product("tee", ("S", "TEE-S", 2, "20.00"), ("M", "TEE-M", 4, "20.00"), photos=2)


async def test_a_sale_on_the_marketplace_is_drift_and_recording_it_cures(business: Business) -> None:
    scene = await validated(business)
    await scene.on_marketplace(quantity=3)
    verdict = await scene.read_again()
    finding = only(verdict)
    assert verdict.verdict == "failed"
    assert told(finding) == ("stock.quantity", "drift", "blocker")
    assert sides(finding) == ("5", "5", "3")
    assert finding.item_id == scene.item_id
    assert finding.variant_id == (await scene.item()).variants[0].variant_id
    assert finding.fix == (
        "The marketplace went to 3 while inventory stayed at 5: record what was sold or received of SKU MUG,"
        " or count it."
    )
    await scene.push_allowed(False)

    await scene.move("sale", -2)
    verdict = await scene.next_verdict()
    assert (verdict.verdict, verdict.findings) == ("passed", ())
    await scene.push_allowed(True)
    assert quantities(await scene.item()) == [3]


@pytest.mark.parametrize(
    ("change", "check", "expected", "fix", "accept"),
    [
        (
            {"price": "13.50"},
            "price.intent",
            ("12.50 USD", "12.50 USD", "13.50 USD"),
            "The price was changed on the marketplace to 13.50 USD: set the item's price to accept it",
            lambda scene: scene.reprice("13.50"),
        ),
        (
            {"title": "Mug, blue"},
            "title.match",
            ("Mug", "Mug", "Mug, blue"),
            "The title changed on the marketplace only: edit the item to accept it, or restore it there",
            lambda scene: scene.edit(title="Mug, blue"),
        ),
        (
            {"sku": "MUG-2"},
            "listing.linkage",
            ("MUG", "MUG", "MUG-2"),
            "The SKU of SKU MUG was changed on the marketplace to MUG-2: give the item's variant that SKU",
            None,
        ),
    ],
    ids=["price", "title", "sku"],
)
async def test_what_the_seller_changes_there_is_drift_and_can_be_accepted(
    business: Business, change: dict[str, Any], check: str, expected: tuple[str, ...], fix: str, accept: Any
) -> None:
    scene = await validated(business)
    await scene.on_marketplace(**change)
    verdict = await scene.read_again()
    [finding] = [one for one in verdict.findings if one.severity == "blocker"]
    assert verdict.verdict == "failed"
    assert told(finding) == (check, "drift", "blocker")
    assert sides(finding) == expected
    assert finding.fix.startswith(fix)
    if accept is None:
        variant = (await scene.item()).variants[0].variant_id
        await scene.edit(variants=[{"variant_id": variant, "sku": "MUG-2"}])
    else:
        await accept(scene)
    verdict = await scene.next_verdict()
    assert (verdict.verdict, verdict.findings) == ("passed", ())


async def test_photos_in_another_order_are_drift_and_restoring_them_cures(business: Business) -> None:
    scene = await validated(business, TEE, title="Tee")
    assert scene.seen.verdict == "passed"
    await scene.on_marketplace(photos="reverse")
    verdict = await scene.read_again()
    finding = only(verdict)
    assert told(finding) == ("photos.match", "drift", "blocker")
    assert finding.subject == "primary photo"
    assert finding.base == finding.inventory != finding.marketplace
    assert finding.fix.startswith("The photos changed on the marketplace only")
    await scene.on_marketplace(photos="reverse")
    assert (await scene.read_again()).verdict == "passed"
    await scene.on_marketplace(photos=1)
    assert only(await scene.read_again()).subject == "number of photos"


async def test_only_the_variant_that_moved_is_found(business: Business) -> None:
    scene = await validated(business, TEE, title="Tee")
    await scene.on_marketplace(variant="TEE-M", quantity=1)
    finding = only(await scene.read_again())
    [medium] = [one for one in (await scene.item()).variants if one.sku == "TEE-M"]
    assert told(finding) == ("stock.quantity", "drift", "blocker")
    assert (finding.variant_id, finding.subject) == (medium.variant_id, "Size: M")
    await scene.seller.fault("renumber_variants")
    assert only(await scene.read_again()) == finding, "renumbered ids are the same variants"
    await business.operator.inventory.count({medium.variant_id: 1}, reason="recounted after the sale")
    assert (await scene.next_verdict()).verdict == "passed"


async def test_a_deleted_listing_fails_by_its_linkage(business: Business) -> None:
    scene = await validated(business)
    await scene.on_marketplace(delete=True)
    verdict = await scene.read_again()
    finding = only(verdict)
    assert verdict.verdict == "failed"
    assert told(finding) == ("listing.linkage", "drift", "blocker")
    assert finding.subject == f"Listing {scene.listing_id} is gone from the marketplace"
    assert finding.fix == "Archive the item, or list it again and import it."
    await scene.push_allowed(False)


async def test_a_broken_photo_is_a_warning(business: Business) -> None:
    seller_sees = product("poster", ("", "POSTER", 4, "15.00"), photos=1)
    scene = await validated(business, seller_sees, title="Poster", break_photos=True)
    verdict = scene.seen
    finding = only(verdict)
    assert verdict.verdict == "passed_with_warnings"
    assert told(finding) == ("photos.match", "attention", "warning")
    assert finding.subject == "1 of 1 photos cannot be reached"
    assert finding.fix == "Replace the photos on the item, or restore them where they are served."
    notes = {
        note.code: note.severity
        for row in (await business.report(scene.batch)).listings
        for note in row.notes
    }
    assert notes["photo_unreachable"] == "warning"
    await scene.push_allowed(True)
