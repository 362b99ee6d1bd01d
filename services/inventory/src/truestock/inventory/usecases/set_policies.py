"""Buffers and price rules; what changes for items by them is published and validated again."""

from itertools import islice
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.contracts.problem import stale
from truestock.inventory.domain.policies import Policies
from truestock.inventory.domain.sync import changed, refreshed
from truestock.inventory.usecases.ports import Begin, Work
from truestock.inventory.usecases.publishing import publish

CHUNK = 500


class SetPolicies:
    """Replace the workspace's policies."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(self, who: Principal, revision: int, wanted: Policies, reason: str | None) -> Policies:
        """The policies at their next revision; raises Refusal when they changed meanwhile."""
        async with self._begin([who.workspace_id]) as work:
            before = await work.policies(who.workspace_id)
            after = Policies(wanted.buffers, wanted.price_rules, before.revision + 1)
            if before.revision != revision or not await work.save_policies(who.workspace_id, after):
                raise stale("policy", revision, before.revision)
            await self._spread(work, who, before, after)
            await work.audit(
                who,
                "policies.set",
                f"workspace:{who.workspace_id}",
                before=_plain(before),
                after=_plain(after),
                reason=reason,
            )
            return after

    async def _spread(self, work: Work, who: Principal, before: Policies, after: Policies) -> None:
        marketplaces = {
            name
            for name in before.buffers.keys() | after.buffers.keys()
            if before.buffers.get(name, 0) != after.buffers.get(name, 0)
        }
        connections = {
            each
            for each in before.price_rules.keys() | after.price_rules.keys()
            if before.rule(each) != after.rule(each)
        }
        found = await work.item_ids_of_channels(who.workspace_id, connections, marketplaces)
        correlation_id: UUID = work.mint.new_id()
        ids = iter(found)
        while chunk := list(islice(ids, CHUNK)):
            known = await work.for_items(who.workspace_id, chunk)
            for item in list(known.items.values()):
                if refreshed(item, after)[0] != item:
                    known.put(changed(item, after)[0])
            await work.save(known)
            publish(work, known, work.changed_items(known), correlation_id)


def _plain(policies: Policies) -> dict[str, object]:
    return {
        "buffers": dict(policies.buffers),
        "price_rules": {
            str(connection_id): {
                "kind": rule.rule.kind.value,
                "value": str(rule.rule.value) if rule.rule.value is not None else None,
                "tolerance": str(rule.tolerance),
            }
            for connection_id, rule in policies.price_rules.items()
        },
    }
