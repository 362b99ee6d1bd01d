"""What cannot be read live is unverifiable, never a pass; reading it again cures that."""

from typing import Any

import pytest
from support.journey import Business
from support.validating import only, told, validated
from support.waiting import eventually


@pytest.mark.parametrize(
    ("fault", "fix"),
    [
        ({"kind": "server_error", "status": 503}, "Wait until the marketplace answers"),
        ({"kind": "timeout", "seconds": 0.1}, "Wait until the marketplace answers"),
    ],
    ids=["server-error", "timeout"],
)
async def test_an_unreachable_marketplace_is_unverifiable_until_it_is_read_again(
    business: Business, fault: dict[str, Any], fix: str
) -> None:
    scene = await validated(business)
    await scene.push_allowed(True)
    await scene.seller.fault(**fault, times=None)
    await scene.edit(title="Blue mug")

    verdict = await scene.next_verdict()
    finding = only(verdict)
    assert verdict.verdict == "unverifiable"
    assert told(finding) == ("listing.linkage", "unreadable", "blocker")
    assert finding.subject.startswith(f"Listing {scene.listing_id} could not be read")
    assert finding.fix.startswith(fix)
    await scene.push_allowed(False)

    async def approval_waits() -> bool:
        return "unverifiable" in " ".join(await business.waiting(scene.batch))

    await eventually(approval_waits, message="approval does not wait for the unverifiable listing")

    assert (await scene.read_again()).verdict == "unverifiable"
    await scene.seller.heal()
    verdict = await scene.read_again()
    assert verdict.verdict == "passed_with_warnings"
    assert told(only(verdict)) == ("title.match", "pending_publish", "warning"), "the base did not move"
    await scene.push_allowed(True)


async def test_a_short_disturbance_is_waited_out(business: Business) -> None:
    scene = await validated(business)
    await scene.seller.fault("server_error", times=1)
    await scene.seller.fault("rate_limited", times=1, retry_after=1)
    await scene.edit(title="Blue mug")
    verdict = await scene.next_verdict()
    assert told(only(verdict)) == ("title.match", "pending_publish", "warning")


async def test_dead_access_is_unverifiable_with_its_own_fix(business: Business) -> None:
    scene = await validated(business)
    await scene.seller.fault("revoke")
    await scene.edit(title="Blue mug")
    verdict = await scene.next_verdict()
    finding = only(verdict)
    assert verdict.verdict == "unverifiable"
    assert told(finding) == ("listing.linkage", "unreadable", "blocker")
    assert finding.fix.startswith("Reauthorize the connection")
