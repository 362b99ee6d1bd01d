"""The decisions that the demo takes in the operators' place, each of them printed."""

from collections.abc import Sequence
from dataclasses import dataclass

from truestock.client.decisions import HeldAnswer, answer_held
from truestock.client.demo.telling import Teller
from truestock.client.demo.waiting import until
from truestock.client.facade import Truestock
from truestock.client.models.common import options_text
from truestock.client.models.importer import MappingReport
from truestock.client.models.inventory import Held
from truestock.client.show import inventory as show
from truestock.client.show.importing import shorten
from truestock.client.show.words import several

SHORTEST_TITLE = 40
"""Marketplaces shorten titles; two that agree so far are read as the same by the demo's operator."""
SHOWN = 6
"""Rows shown of a long list of decisions."""


@dataclass(frozen=True, slots=True)
class Operators:
    """Two people of one workspace: only an admin may waive a blocker."""

    operator: Truestock
    admin: Truestock
    teller: Teller
    connection_id: str

    async def splits(self, batch_id: str) -> int:
        """Keep one variant wherever variants are only mentioned in the text: the marketplace sells it so."""
        found = [one async for one in self.operator.inventory.splits(batch_id=batch_id)]
        if not found:
            return 0
        self.teller.show(show.splits(found[:SHOWN]))
        self._more(len(found))
        reason = "sold as one: the marketplace has one quantity for all of them"
        before = await self._versions([one.listing_id for one in found if one.listing_id])
        for one in found:
            await self.operator.inventory.decide_split(
                one.split_id, accept=False, revision=one.revision, reason=reason
            )
        self.teller.decision("operator", f"{several(len(found), 'split')} rejected ({reason}).")
        await self._validated_again(before)
        return len(found)

    async def held(self, batch_id: str) -> int:
        """Link held listings to the item that is the same thing; the others get an item of their own."""
        found = [one async for one in self.operator.inventory.held(batch_id=batch_id)]
        if not found:
            return 0
        self.teller.show(show.held(found[:SHOWN]))
        self._more(len(found))
        before = await self._versions([one.listing_id for one in found])
        linked = await self._same_things(found)
        refused = 0
        for action, reason, answers in (
            (
                "linked",
                "the same goods on another marketplace: one stock",
                [(one, "link", linked[one.held_id]) for one in found if one.held_id in linked],
            ),
            (
                "created",
                "separate offers that share a SKU: each keeps its own stock",
                [(one, "create", None) for one in found if one.held_id not in linked],
            ),
        ):
            refused += await self._answer(action, reason, answers)
        if not refused:
            await self._validated_again(before)
        return len(found)

    async def _answer(self, action: str, reason: str, answers: Sequence[HeldAnswer]) -> int:
        if not answers:
            return 0
        refused = await answer_held(self.operator, answers, reason=reason)
        for line in refused:
            self.teller.say(f"  not decided: {line}")
        done = several(len(answers) - len(refused), "held listing")
        self.teller.decision("operator", f"{done} {action} ({reason}).")
        return len(refused)

    async def _same_things(self, found: Sequence[Held]) -> dict[str, str]:
        """Held listing → the candidate with its title that this connection does not list yet, each once."""
        chosen: dict[str, str] = {}
        for one in found:
            for candidate in one.candidates:
                if candidate.item_id in chosen.values() or not _same_title(one.title, candidate.title):
                    continue
                item = await self.operator.inventory.item(candidate.item_id)
                if all(link.connection_id != self.connection_id for link in item.channel_listings):
                    chosen[one.held_id] = candidate.item_id
                    break
        return chosen

    async def stock(self, batch_id: str) -> None:
        """Count one item on the shelf, attest the rest by name."""
        async for one in self.operator.inventory.items(connection_id=self.connection_id):
            item = await self.operator.inventory.item(one.item_id)
            known = {v.variant_id: v.on_hand for v in item.variants if v.on_hand is not None}
            if len(known) == len(item.variants):
                count = await self.operator.inventory.count(known, reason="counted on the shelf", accept=True)
                self.teller.decision(
                    "operator",
                    f"{shorten(item.title)} counted: "
                    + ", ".join(f"{options_text(v.options)} {known[v.variant_id]}" for v in item.variants)
                    + f" (count {count.state}).",
                )
                break
        statement = "I checked the sample's stock against the shelf; it is as imported."
        done = await self.operator.inventory.attest(batch_id=batch_id, statement=statement)
        self.teller.decision(
            "operator", f"stock of {several(done.variants, 'variant')} attested: “{statement}”"
        )

    async def waive(self, report: MappingReport) -> int:
        """The admin accepts what cannot be cured on the internal record, with a reason."""
        reason = "known and accepted for this catalogue; the seller corrects it at the source"
        revision, waived = report.batch.revision, 0
        for listing in report.listings:
            for blocker in listing.blockers:
                if blocker.state != "open" or blocker.code in ("variants_in_text", "split_open", "held"):
                    continue
                batch = await self.admin.importer.decide_listing(
                    report.batch.batch_id,
                    listing.listing_id,
                    "waive",
                    revision=revision,
                    reason=reason,
                    code=blocker.code,
                )
                revision, waived = batch.revision, waived + 1
                self.teller.decision(
                    "admin",
                    f"{blocker.code} of {listing.listing_id} “{shorten(listing.title)}” waived ({reason}).",
                )
        return waived

    async def read_again(self, batch_id: str, listing_ids: Sequence[str]) -> None:
        """Ask for another live read of listings that could not be verified."""
        before = await self._versions(listing_ids)
        await self.operator.validator.revalidate(
            batch_id, listing_ids=listing_ids, reason="the marketplace did not answer the first time"
        )
        self.teller.decision(
            "operator", f"{several(len(listing_ids), 'unverifiable listing')} read live once more."
        )
        await self._validated_again(before)

    async def _versions(self, listing_ids: Sequence[str]) -> dict[str, int]:
        return {one: await self._version(one) for one in listing_ids}

    async def _version(self, listing_id: str) -> int:
        return (await self.operator.validator.verdict(self.connection_id, listing_id)).version

    async def _validated_again(self, before: dict[str, int]) -> None:
        """Wait until each of these listings has a newer verdict than before the decision."""
        missing = dict(before)

        async def look() -> int:
            for listing_id, version in list(missing.items()):
                if await self._version(listing_id) <= version:
                    break
                del missing[listing_id]
            return len(missing)

        await until(look, lambda left: left == 0, what="the verdicts that follow from the decisions")

    def _more(self, found: int) -> None:
        if found > SHOWN:
            self.teller.say(f"… and {found - SHOWN} more of them.")


def _same_title(one: str, other: str) -> bool:
    """Equal, or one is the other, shortened."""
    short, long = sorted((" ".join(one.split()).casefold(), " ".join(other.split()).casefold()), key=len)
    return short == long or (len(short) >= SHORTEST_TITLE and long.startswith(short))
