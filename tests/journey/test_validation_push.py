"""push_allowed follows the newest verdict for the fingerprint of now, and no other."""

from datetime import UTC, datetime
from uuid import uuid4

from support.journey import Business
from support.publishing import publish
from support.validating import validated

from truestock.contracts.events import SyncValidated, Verdict
from truestock.contracts.values import Marketplace


async def test_push_allowed_follows_the_verdicts(business: Business) -> None:
    scene = await validated(business)
    await scene.push_allowed(True)
    agreed = (await scene.channel()).fingerprint

    edited = await scene.edit(title="Blue mug")
    assert not edited.channel_listings[0].push_allowed, "the new fingerprint has no verdict yet"
    assert (await scene.next_verdict()).verdict == "passed_with_warnings"
    await scene.push_allowed(True)

    await scene.on_marketplace(quantity=1)
    assert (await scene.read_again()).verdict == "failed"
    await scene.push_allowed(False)

    await scene.edit(title="Mug")
    await scene.next_verdict()
    assert (await scene.channel()).fingerprint == agreed, "the same content has the same fingerprint"
    assert scene.seen.verdict == "failed"
    await scene.move("sale", -4)
    assert (await scene.next_verdict()).verdict == "passed"
    await scene.push_allowed(True)


async def test_a_verdict_on_another_fingerprint_allows_nothing(business: Business) -> None:
    scene = await validated(business)
    agreed = (await scene.channel()).fingerprint
    await scene.on_marketplace(quantity=1)
    await scene.edit(title="Blue mug")
    assert (await scene.next_verdict()).verdict == "failed"
    await scene.push_allowed(False)

    late = SyncValidated(
        workspace_id=business.workspace,
        occurred_at=datetime.now(UTC),
        correlation_id=uuid4(),
        connection_id=scene.connection.connection_id,
        marketplace=Marketplace.ETSY,
        listing_id=scene.listing_id,
        batch_id=scene.batch.batch_id,
        version=scene.seen.version + 1,
        sequence=1,
        item_id=scene.item_id,
        item_version=1,
        fingerprint=agreed,
        verdict=Verdict.PASSED,
        findings=(),
        open_issues=(),
    )
    await publish(business.stack.broker.bootstrap, late)
    # The next verdict follows it on the same key: once it was applied, the late one was seen before it.
    await scene.move("sale", -4)
    assert (await scene.next_verdict()).verdict == "passed_with_warnings"
    await scene.push_allowed(True)
