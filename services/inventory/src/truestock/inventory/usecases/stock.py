"""Movements, counts and attestations."""

from collections.abc import Mapping, Sequence
from itertools import islice
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from truestock.chassis.auth.principal import Principal
from truestock.contracts.problem import Refusal, not_found, stale
from truestock.inventory.domain.counting import Count, CountLine, accept, attest
from truestock.inventory.domain.ledger import move
from truestock.inventory.domain.model import Item, Movement, MovementKind
from truestock.inventory.usecases.commands import active, by, finish, one_item, summary
from truestock.inventory.usecases.ports import Begin, Work

CHUNK = 500


class RecordMovement:
    """A sale, a receipt or an adjustment."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(
        self,
        who: Principal,
        item_id: UUID,
        revision: int,
        variant_id: UUID,
        kind: MovementKind,
        quantity: int,
        reason: str,
    ) -> tuple[Item, Movement]:
        """Append to the ledger; raises Refusal (unknown, stale, negative, stock unknown)."""
        async with self._begin([who.workspace_id]) as work:
            known, item = await one_item(work, who, item_id, revision)
            variant = item.variant(variant_id)
            if variant is None:
                raise not_found("variant", variant_id)
            moved = move(variant, kind, quantity)
            movement = Movement(
                work.mint.new_id(),
                who.workspace_id,
                item_id,
                variant_id,
                kind,
                quantity,
                reason,
                by(who),
                work.mint.now,
            )
            after = replace(item.with_variant(moved), touches=item.touches + 1)
            (done,) = await finish(work, who, known, [after], movement.movement_id, [movement])
            await work.audit(
                who,
                "stock.move",
                f"item:{item_id}",
                before=summary(item),
                after=summary(done),
                reason=reason,
            )
            return done, movement


class CountStock:
    """Count, and accept what was counted."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def record(self, who: Principal, lines: Mapping[UUID, int], reason: str, accept_now: bool) -> Count:
        """Write down what was counted; with ``accept_now`` differences become movements at once."""
        async with self._begin([who.workspace_id]) as work:
            places = await work.item_ids_of_variants(list(lines))
            for variant_id in lines:
                if variant_id not in places:
                    raise not_found("variant", variant_id)
            known = await work.for_items(who.workspace_id, set(places.values()))
            stock = {v.variant_id: v.on_hand for item in known.items.values() for v in item.variants}
            count = Count(
                work.mint.new_id(),
                who.workspace_id,
                tuple(CountLine(v, counted, stock.get(v)) for v, counted in sorted(lines.items())),
                reason,
                by(who),
                work.mint.now,
            )
            if accept_now:
                return await _accept(work, who, count)
            await work.save_count(count)
            await work.audit(who, "count.record", f"count:{count.count_id}", reason=reason)
            return count

    async def accept(self, who: Principal, count_id: UUID, revision: int | None) -> Count:
        """Turn an open count's differences into movements; accepting it again changes nothing."""
        async with self._begin([who.workspace_id]) as work:
            count = await work.count(count_id)
            if count is None:
                raise not_found("count", count_id)
            if count.accepted_by is not None:
                return count
            if revision is not None and revision != count.revision:
                raise stale("count", revision, count.revision)
            return await _accept(work, who, replace(count, revision=count.revision + 1))


async def _accept(work: Work, who: Principal, count: Count) -> Count:
    places = await work.item_ids_of_variants([line.variant_id for line in count.lines])
    lines: dict[UUID, list[CountLine]] = {}
    for line in count.lines:
        if line.variant_id not in places:
            raise Refusal(
                "count_outdated",
                f"Variant {line.variant_id} is no longer part of an item.",
                remedy="Count again.",
            )
        lines.setdefault(places[line.variant_id], []).append(line)
    known = await work.for_items(who.workspace_id, list(lines))
    after: list[Item] = []
    movements: list[Movement] = []
    for item_id, counted in lines.items():
        item, made = accept(active(known, item_id), counted, by(who), count.reason, work.mint)
        after.append(item)
        movements += made
    await finish(work, who, known, after, count.count_id, movements)
    count = replace(count, accepted_by=by(who))
    await work.save_count(count)
    await work.audit(
        who,
        "count.accept",
        f"count:{count.count_id}",
        before=[[str(line.variant_id), line.on_hand] for line in count.lines],
        after=[[str(line.variant_id), line.counted] for line in count.lines],
        reason=count.reason,
    )
    return count


class Attested(Struct, frozen=True):
    """Who attested what; ``unknown`` variants were attested as not tracked: their stock stays unknown."""

    attestation_id: UUID
    items: tuple[UUID, ...]
    variants: int
    unknown: tuple[UUID, ...]


class AttestStock:
    """Somebody says by name: as imported, I checked."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(
        self, who: Principal, item_ids: Sequence[UUID], batch_id: UUID | None, statement: str
    ) -> Attested:
        """Confirm the stock of these items, or of all items of a batch."""
        async with self._begin([who.workspace_id]) as work:
            chosen = list(item_ids)
            if batch_id is not None:
                chosen = await work.item_ids_of_batch(who.workspace_id, batch_id)
                if not chosen:
                    raise not_found("batch with items", batch_id)
            attestation_id = work.mint.new_id()
            variants, unknown = 0, []
            ids = iter(sorted(set(chosen)))
            while chunk := list(islice(ids, CHUNK)):
                known = await work.for_items(who.workspace_id, chunk)
                after = []
                for item_id in chunk:
                    item = active(known, item_id)
                    variants += len(item.variants)
                    unknown += [v.variant_id for v in item.variants if v.on_hand is None]
                    confirmed = attest(item)
                    if confirmed != item:
                        after.append(confirmed)
                await finish(work, who, known, after, attestation_id)
            await work.save_attestation(attestation_id, who.workspace_id, statement, by(who), chosen)
            await work.audit(
                who,
                "stock.attest",
                f"attestation:{attestation_id}",
                after={"items": len(chosen), "batch_id": str(batch_id) if batch_id else None},
                reason=statement,
            )
            return Attested(attestation_id, tuple(sorted(set(chosen))), variants, tuple(unknown))
