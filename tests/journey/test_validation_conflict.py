"""Both sides changed since they agreed: decided on the internal record."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from support.journey import Business
from support.validating import Scene, only, sides, told, validated

Change = Callable[[Scene], Awaitable[object]]


@pytest.mark.parametrize(
    ("check", "ours", "theirs", "expected", "decide"),
    [
        (
            "stock.quantity",
            lambda scene: scene.move("sale", -1),
            {"quantity": 2},
            ("5", "4", "2"),
            lambda scene: scene.move("sale", -2),
        ),
        (
            "title.match",
            lambda scene: scene.edit(title="Blue mug"),
            {"title": "Mug, blue"},
            ("Mug", "Blue mug", "Mug, blue"),
            lambda scene: scene.edit(title="Mug, blue"),
        ),
        (
            "price.intent",
            lambda scene: scene.reprice("14.50"),
            {"price": "13.50"},
            ("12.50 USD", "14.50 USD", "13.50 USD"),
            lambda scene: scene.reprice("13.50"),
        ),
    ],
    ids=["stock", "title", "price"],
)
async def test_changes_on_both_sides_are_a_conflict_until_the_record_is_decided(
    business: Business,
    check: str,
    ours: Change,
    theirs: dict[str, Any],
    expected: tuple[str, str, str],
    decide: Change,
) -> None:
    scene = await validated(business)
    await scene.on_marketplace(**theirs)
    await ours(scene)

    verdict = await scene.next_verdict()

    finding = only(verdict)
    assert verdict.verdict == "failed"
    assert told(finding) == (check, "conflict", "blocker")
    assert sides(finding) == expected
    assert finding.fix.startswith("Both sides changed since they last agreed. Decide ")
    assert "on the item" in finding.fix
    await scene.push_allowed(False)

    await decide(scene)
    verdict = await scene.next_verdict()
    assert (verdict.verdict, verdict.findings) == ("passed", ())
    await scene.push_allowed(True)


async def test_the_same_change_on_both_sides_is_agreement(business: Business) -> None:
    scene = await validated(business)
    await scene.on_marketplace(quantity=4)
    await scene.move("sale", -1)
    verdict = await scene.next_verdict()
    assert (verdict.verdict, verdict.findings) == ("passed", ())
