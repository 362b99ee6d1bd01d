"""The workspace's marketplace priority order (rule 2)."""

from collections.abc import Sequence

from truestock.chassis.auth.principal import Principal
from truestock.connector.usecases.ports import Begin, Policy
from truestock.contracts.problem import Refusal, RefusalKind, stale


class SetPolicies:
    """Read and write a workspace's policies."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def read(self, principal: Principal) -> Policy:
        """The policies; until somebody sets an order it is empty, and nothing is out of order."""
        async with self._begin([principal.workspace_id]) as tx:
            return await tx.policy(principal.workspace_id)

    async def write(self, principal: Principal, priority: Sequence[str], revision: int) -> Policy:
        """Replace the order; a marketplace that is not served yet may be in it."""
        if len(set(priority)) != len(priority) or not priority:
            raise Refusal(
                "invalid_priority",
                "The priority order is empty or names a marketplace twice.",
                remedy="Name each marketplace once, the most important first.",
                kind=RefusalKind.INVALID,
            )
        async with self._begin([principal.workspace_id]) as tx:
            before = await tx.lock_workspace(principal.workspace_id)
            if before.revision != revision:
                raise stale("policy", revision, before.revision)
            policy = Policy(tuple(priority), before.revision + 1)
            await tx.save_policy(principal.workspace_id, policy)
            await tx.audit(
                principal,
                "policies.changed",
                principal.workspace_id,
                before={"priority": before.priority},
                after={"priority": policy.priority},
            )
        return policy
