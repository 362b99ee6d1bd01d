"""Decisions of one kind, taken alike for a whole batch."""

from collections.abc import Sequence

from truestock.client.cli.asking import sure as ask
from truestock.client.cli.decide.choices import ForHeld, ForProposals, ForSplits, even_division
from truestock.client.cli.session import Session
from truestock.client.decisions import answer_held
from truestock.client.facade import Truestock
from truestock.client.models.inventory import Held
from truestock.client.show import inventory as show
from truestock.client.show import proposals
from truestock.client.show.words import several
from truestock.contracts.problem import Refusal


class Bulk:
    """One operator's decisions about one batch, for one reason."""

    def __init__(self, session: Session, client: Truestock, batch_id: str, reason: str) -> None:
        self._session = session
        self._client = client
        self._batch_id = batch_id
        self._reason = reason

    async def splits(self, choice: ForSplits, *, sure: bool) -> None:
        """Accept (dividing stock evenly, after showing how) or reject every open split."""
        found = [one async for one in self._client.inventory.splits(batch_id=self._batch_id)]
        if not found:
            self._say("No split is open.")
            return
        self._session.show(show.splits(found))
        accept = choice is ForSplits.ACCEPT
        if accept and not sure:
            ask("Accept them all, dividing the stock of each as evenly as possible?")
        for one in found:
            variants = even_division(one.on_hand, one.values) if accept else None
            await self._client.inventory.decide_split(
                one.split_id, accept=accept, revision=one.revision, reason=self._reason, variants=variants
            )
        self._say(f"{choice.value.capitalize()}ed {several(len(found), 'split')}.")

    async def held(self, choice: ForHeld) -> None:
        """Decide every held listing alike; one that cannot be linked for sure stays held, and is named."""
        found = [one async for one in self._client.inventory.held(batch_id=self._batch_id)]
        if not found:
            self._say("No listing is held.")
            return
        self._session.show(show.held(found))
        unclear = [one for one in found if choice is ForHeld.LINK and len(one.candidates) != 1]
        for one in unclear:
            self._say(f"{one.listing_id} has {len(one.candidates)} candidates: decide it by itself.")
        answers = [(one, choice.value, _target(one, choice)) for one in found if one not in unclear]
        refused = await answer_held(self._client, answers, reason=self._reason)
        for line in refused:
            self._say(line)
        self._say(f"Decided {len(answers) - len(refused)} of {len(found)} held listings.")

    async def proposals(self, choice: ForProposals) -> None:
        """Take over all that every open proposal offers, or nothing; one that is refused is named."""
        found = [one async for one in self._client.inventory.proposals(batch_id=self._batch_id)]
        if not found:
            self._say("No proposal is open.")
            return
        self._session.show(proposals.proposals(found))
        decided = 0
        for one in found:
            try:
                await self._client.inventory.decide_proposal(
                    one.proposal_id,
                    accept_fields=one.acceptable if choice is ForProposals.ACCEPT else (),
                    revision=one.revision,
                    reason=self._reason,
                )
                decided += 1
            except Refusal as refusal:
                self._say(f"{one.proposal_id}: {refusal.detail} {refusal.remedy}")
        self._say(f"Decided {decided} of {several(len(found), 'proposal')}.")

    async def listings(self, *, exclude: Sequence[str], replace: Sequence[str]) -> None:
        """Leave listings out of the sample, or take others in their place."""
        if exclude:
            batch = await self._client.importer.batch(self._batch_id)
            await self._client.importer.exclude(
                self._batch_id, exclude, revision=batch.revision, reason=self._reason
            )
            self._say(f"Excluded {', '.join(exclude)}.")
        for listing_id in replace:
            batch = await self._client.importer.batch(self._batch_id)
            await self._client.importer.decide_listing(
                self._batch_id, listing_id, "replace", revision=batch.revision, reason=self._reason
            )
            self._say(f"Replaced {listing_id}.")

    async def waive(self, codes: Sequence[str]) -> None:
        """Waive every open blocker of these codes."""
        if not codes:
            return
        report = await self._client.importer.report(self._batch_id)
        revision, waived = report.batch.revision, 0
        for listing in report.listings:
            for blocker in listing.blockers:
                if blocker.state == "open" and blocker.code in codes:
                    batch = await self._client.importer.decide_listing(
                        self._batch_id,
                        listing.listing_id,
                        "waive",
                        revision=revision,
                        reason=self._reason,
                        code=blocker.code,
                    )
                    revision, waived = batch.revision, waived + 1
        self._say(f"Waived {several(waived, 'blocker')}." if waived else "No such blocker is open.")

    def _say(self, text: str) -> None:
        self._session.out.print(text, highlight=False)


def _target(held: Held, choice: ForHeld) -> str | None:
    return held.candidates[0].item_id if choice is ForHeld.LINK else None
