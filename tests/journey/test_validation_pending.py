"""Only inventory changed: it waits to be published, blocks nothing, and is validated once, by itself."""

from collections.abc import Awaitable, Callable

import pytest
from support.journey import Business
from support.validating import Scene, only, sides, told, validated

Change = Callable[[Scene], Awaitable[object]]


@pytest.mark.parametrize(
    ("check", "change", "expected"),
    [
        (
            "title.match",
            lambda scene: scene.edit(title="Blue mug"),
            ("Mug", "Blue mug", "Mug"),
        ),
        (
            "price.intent",
            lambda scene: scene.reprice("14.50"),
            ("12.50 USD", "14.50 USD", "12.50 USD"),
        ),
        ("stock.quantity", lambda scene: scene.move("receipt", 2), ("5", "7", "5")),
        ("stock.quantity", lambda scene: scene.move("sale", -1), ("5", "4", "5")),
    ],
    ids=["title", "price", "receipt", "sale"],
)
async def test_an_edit_of_inventory_waits_to_be_published(
    business: Business, check: str, change: Change, expected: tuple[str, str, str]
) -> None:
    scene = await validated(business)
    assert (scene.seen.verdict, scene.seen.findings) == ("passed", ())

    await change(scene)

    verdict = await scene.next_verdict()
    finding = only(verdict)
    assert verdict.verdict == "passed_with_warnings"
    assert told(finding) == (check, "pending_publish", "warning")
    assert sides(finding) == expected
    assert finding.fix.startswith("Nothing to correct: inventory says")
    assert "when inventory is published" in finding.fix
    await scene.push_allowed(True)


async def test_a_buffer_waits_to_be_published_on_every_listing_of_its_channel(business: Business) -> None:
    scene = await validated(business)
    policies = await business.call("inventory", "GET", "/v1/policies")
    changed = await business.call(
        "inventory",
        "PUT",
        "/v1/policies",
        {"buffers": {"etsy": 2}, "price_rules": {}},
        revision=policies.json()["revision"],
    )
    assert changed.status_code == 200, changed.text
    finding = only(await scene.next_verdict())
    assert told(finding) == ("stock.quantity", "pending_publish", "warning")
    assert sides(finding) == ("5", "3", "5")


async def test_taking_the_edit_back_agrees_again(business: Business) -> None:
    scene = await validated(business)
    await scene.edit(title="Blue mug")
    assert (await scene.next_verdict()).verdict == "passed_with_warnings"
    await scene.edit(title="Mug")
    verdict = await scene.next_verdict()
    assert (verdict.verdict, verdict.findings) == ("passed", ())


async def test_publishing_elsewhere_cures_it_and_moves_the_base(business: Business) -> None:
    """Once the marketplace shows what inventory says, that is the base that later news are told against."""
    scene = await validated(business)
    await scene.move("sale", -1)
    await scene.next_verdict()
    await scene.on_marketplace(quantity=4)
    assert (await scene.read_again()).verdict == "passed"
    await scene.on_marketplace(quantity=3)
    finding = only(await scene.read_again())
    assert told(finding) == ("stock.quantity", "drift", "blocker")
    assert sides(finding) == ("4", "4", "3")
