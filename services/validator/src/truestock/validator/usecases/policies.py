"""The workspace's tolerances, changed by an operator."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from truestock.contracts.problem import stale
from truestock.validator.domain.model import Policies


class KeptPolicies(Struct, frozen=True):
    """The tolerances and their revision; 0: nobody changed the defaults yet."""

    policies: Policies
    revision: int


class PolicyWork(Protocol):
    """The transaction that this use case needs."""

    async def kept_policies(self, workspace_id: UUID, *, lock: bool = False) -> KeptPolicies:
        """The workspace's, or the defaults."""
        ...

    async def save_policies(self, workspace_id: UUID, kept: KeptPolicies) -> None:
        """Store them; raises Transient when another operator stored the first ones meanwhile."""
        ...

    async def audit(
        self,
        actor: Any,
        action: str,
        subject: str,
        *,
        before: Any = None,
        after: Any = None,
        reason: str | None,
    ) -> None:
        """Write a line of the audit trail."""
        ...


class BeginPolicies(Protocol):
    """Opens a transaction that sees exactly these workspaces."""

    def __call__(self, workspaces: Iterable[UUID]) -> AbstractAsyncContextManager[PolicyWork]:
        """One transaction."""
        ...


class ChangePolicies:
    """Change the tolerances. Verdicts that were given stay; the next ones use the new values."""

    def __init__(self, begin: BeginPolicies) -> None:
        self._begin = begin

    async def __call__(
        self, actor: Any, workspace_id: UUID, policies: Policies, *, revision: int, reason: str | None
    ) -> KeptPolicies:
        """Raises Refusal (stale) when ``revision`` is not the current one."""
        async with self._begin([workspace_id]) as work:
            known = await work.kept_policies(workspace_id, lock=True)
            if known.revision != revision:
                raise stale("validation policy", revision, known.revision)
            changed = KeptPolicies(policies, revision + 1)
            await work.save_policies(workspace_id, changed)
            await work.audit(
                actor,
                "change-policies",
                "policies",
                before={"price_tolerance": str(known.policies.price_tolerance)},
                after={"price_tolerance": str(policies.price_tolerance)},
                reason=reason,
            )
        return changed
