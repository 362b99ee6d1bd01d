"""Edits of the internal record, proposals and splits."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from truestock.chassis.auth.principal import Principal
from truestock.contracts.problem import Refusal, not_found, stale
from truestock.inventory.domain import splitting
from truestock.inventory.domain.editing import Edit, accept_proposal, edit
from truestock.inventory.domain.model import Item, Movement
from truestock.inventory.domain.records import Decision, Proposal, Split
from truestock.inventory.usecases.commands import by, finish, one_item, summary
from truestock.inventory.usecases.ports import Begin


class EditItem:
    """Change shared fields, prices or SKUs by hand."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(self, who: Principal, item_id: UUID, revision: int, change: Edit, reason: str) -> Item:
        """The item's next version; raises Refusal (unknown, stale, SKU taken)."""
        async with self._begin([who.workspace_id]) as work:
            known, item = await one_item(work, who, item_id, revision, skus=change.skus())
            after = edit(item, change)
            (done,) = await finish(work, who, known, [after], work.mint.new_id())
            await work.audit(
                who,
                "item.edit",
                f"item:{item_id}",
                before=summary(item),
                after=summary(done),
                reason=reason,
            )
            return done


class DecideProposal:
    """Accept some, all or none of a proposal's differences; that closes it."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(
        self, who: Principal, proposal_id: UUID, revision: int, accept: Sequence[str], reason: str
    ) -> Proposal:
        """The decided proposal; raises Refusal (unknown, stale, decided, not acceptable, SKU taken)."""
        async with self._begin([who.workspace_id]) as work:
            proposal = _open("proposal", proposal_id, revision, await work.proposal(proposal_id))
            skus = [
                str(each.value)
                for each in proposal.differences
                if each.key in accept and each.key.endswith(".sku")
            ]
            skus += [
                each.value["sku"]
                for each in proposal.differences
                if each.key in accept and each.key.startswith("variants.added.") and each.value.get("sku")
            ]
            known, item = await one_item(work, who, proposal.item_id, None, skus=skus)
            _open("proposal", proposal_id, revision, await work.proposal(proposal_id))
            rule = known.policies_of(who.workspace_id).rule(proposal.connection_id)
            after, movements = accept_proposal(item, proposal, accept, rule, by(who), work.mint)
            await finish(work, who, known, [after], proposal_id, movements)
            decision = f"accepted: {', '.join(accept)}" if accept else "kept as inventory has it"
            await work.close([proposal_id], Decision.DECIDED, decision=decision)
            await work.audit(
                who,
                "proposal.decide",
                f"proposal:{proposal_id}",
                before=summary(item),
                after={"accepted": list(accept)},
                reason=reason,
            )
            return replace(proposal, state=Decision.DECIDED, revision=proposal.revision + 1)


class DecideSplit:
    """Divide a variant that the listing's text splits, or keep it as one."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(
        self,
        who: Principal,
        split_id: UUID,
        revision: int,
        accept: bool,
        parts: Sequence[splitting.Part],
        reason: str,
    ) -> tuple[Split, Item]:
        """The decided split and the item; raises Refusal (stale, decided, does not add up, SKU taken)."""
        async with self._begin([who.workspace_id]) as work:
            split = _open("split", split_id, revision, await work.split(split_id))
            skus = [part.sku for part in parts if part.sku] if accept else []
            if len(set(skus)) < len(skus):
                raise Refusal("sku_taken", "Two parts have the same SKU.", remedy="Give each its own.")
            known, item = await one_item(work, who, split.item_id, None, skus=skus)
            _open("split", split_id, revision, await work.split(split_id))
            movements: tuple[Movement, ...] = ()
            if accept:
                chosen = parts or splitting.suggested_parts(split, item)
                after, movements = splitting.accept(item, split, chosen, by(who), reason, work.mint)
            else:
                after = splitting.reject(item)
            (done,) = await finish(work, who, known, [after], split_id, movements)
            await work.close([split_id], Decision.DECIDED, decision="accepted" if accept else "rejected")
            await work.audit(
                who,
                "split.decide",
                f"split:{split_id}",
                before=summary(item),
                after=summary(done),
                reason=reason,
            )
            return replace(split, state=Decision.DECIDED, revision=split.revision + 1), done


D = TypeVar("D", Proposal, Split)


def _open(what: str, identifier: UUID, seen: int, found: D | None) -> D:
    """What an operator decides, still as it was shown; asked again once its item is locked."""
    if found is None:
        raise not_found(what, identifier)
    if seen != found.revision:
        raise stale(what, seen, found.revision)
    if found.state is not Decision.OPEN:
        raise Refusal(
            "already_decided",
            f"The {what} {identifier} is {found.state.value}.",
            remedy=f"List the {what}s that are open.",
        )
    return found
