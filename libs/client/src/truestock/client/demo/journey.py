"""The steps, in order. Each reads back what it shows."""

from collections import Counter
from dataclasses import dataclass

import httpx
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from truestock.client.demo import seller
from truestock.client.demo.operator import Operators
from truestock.client.demo.telling import Teller
from truestock.client.demo.waiting import first, until
from truestock.client.facade import Truestock
from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch, Gate, MappingReport
from truestock.client.show import connecting, connections, importing, validation
from truestock.client.show import inventory as stock
from truestock.client.show.words import counts
from truestock.contracts.problem import Refusal, RefusalKind

ROUNDS = 5
"""How often the demo goes round what approval waits for; each round decides everything that is open."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One marketplace's journey with two people and a seller. ``store``: the seller's own address there."""

    operator: Truestock
    admin: Truestock
    http: httpx.AsyncClient
    teller: Teller
    seller_login: str
    marketplace: str
    store: str | None = None

    async def connect(self) -> Connection:
        """From the first click to a confirmed account."""
        self.teller.step(f"Connect {self.marketplace}")
        attempt = await self.operator.connector.start(self.marketplace, store=self.store)
        self.teller.say(f"The seller {self.seller_login!r} opens {attempt.authorization_url}")
        await seller.agree(self.http, attempt.authorization_url or "", self.seller_login)
        back = await until(
            lambda: self.operator.connector.attempt(attempt.attempt_id),
            lambda one: one.state != "started",
            what="the marketplace's callback",
        )
        self.teller.step("Review the account and its settings")
        self.teller.show(connecting.attempt(back))
        if back.account is None or back.settings_hash is None:
            raise _ended(f"The attempt is {back.state}.", back.failure.remedy if back.failure else "")
        self.teller.decision(
            "operator", f"this is the right account: {back.account.name} ({back.account.id})."
        )
        connection = await self.operator.connector.confirm(
            back.attempt_id,
            account_id=back.account.id,
            settings_hash=back.settings_hash,
            revision=back.revision,
        )
        self.teller.show(connections.connection(connection))
        return connection

    async def refuse_bulk(self, connection: Connection) -> None:
        """Everything at once, before a sample was approved: the gate refuses."""
        self.teller.step("Try to import everything at once")
        self.teller.show(importing.gate(await self._known(connection)))
        try:
            await self.operator.importer.start(connection.connection_id, "bulk")
        except Refusal as refusal:
            if refusal.kind is not RefusalKind.CONFLICT:
                raise
            self.teller.refused("import bulk", refusal)
            return
        raise _ended("A bulk import was accepted before a sample was approved.", "")

    async def sample(self, connection: Connection) -> MappingReport:
        """A small, representative sample, watched until it can be reviewed."""
        self.teller.step("Import a sample")
        started = await self._start(connection, "sample")
        batch = await self.watch(started)
        if batch.state != "awaiting_review":
            raise _ended(f"The sample is {batch.state}: {batch.reason or 'no reason was given'}.", "")
        report = await self.operator.importer.report(batch.batch_id)
        self.teller.step("Sample coverage and mapping report")
        self.teller.show(importing.coverage(report.batch))
        self.teller.show(importing.listings(report.listings))
        self.teller.show(importing.notes(report.listings))
        self.teller.step("Seeding outcomes, verdicts and findings")
        self.teller.say(f"Outcomes: {counts(report.batch.outcomes)}")
        found = await self.operator.validator.report(batch.batch_id)
        self.teller.say(f"Verdicts: {counts(found.verdicts)}")
        self.teller.show(validation.grouped(found.findings))
        return report

    async def approve(self, connection: Connection, report: MappingReport) -> None:
        """Show what approval waits for, decide it, approve, and see the gate open."""
        batch_id = report.batch.batch_id
        self.teller.step("Decide what is open")
        self.teller.show(importing.approval(report))
        if not report.approval.ready:
            await self._refuse_approval(report.batch)
        people = Operators(self.operator, self.admin, self.teller, connection.connection_id)
        for _ in range(ROUNDS):
            report = await self.operator.importer.report(batch_id)
            if report.approval.ready:
                break
            await self._decide(people, report)
        self.teller.step("Approve the sample")
        self.teller.show(importing.approval(report))
        approved = await self.operator.importer.decide(
            batch_id, "approve", revision=report.batch.revision, reason="reviewed in the demo"
        )
        self.teller.decision("operator", f"sample {approved.number} is {approved.state}.")
        self.teller.show(importing.gate(await self.operator.importer.gate(connection.connection_id)))

    async def bulk(self, connection: Connection) -> Batch:
        """Everything, and the decisions that it leaves."""
        self.teller.step("Import everything")
        batch = await self.watch(await self._start(connection, "bulk"))
        if not batch.state.startswith("completed"):
            raise _ended(f"The bulk import is {batch.state}: {batch.reason or 'no reason was given'}.", "")
        self.teller.show(importing.batch(batch))
        people = Operators(self.operator, self.admin, self.teller, connection.connection_id)
        self.teller.step("Decide what the bulk left")
        decided = await people.held(batch.batch_id)
        decided += await people.splits(batch.batch_id)
        unverifiable = [
            one.listing_id
            async for one in self.operator.validator.verdicts(
                connection_id=connection.connection_id, verdict="unverifiable"
            )
        ]
        if unverifiable:
            await people.read_again(batch.batch_id, unverifiable)
        if not decided and not unverifiable:
            self.teller.say("Nothing is left to decide.")
        self.teller.show(validation.by_check(await self.operator.validator.report(batch.batch_id)))
        totals = await self.operator.inventory.summary(connection_id=connection.connection_id)
        self.teller.show(stock.summary(totals))
        return batch

    async def verdicts(self, connection: Connection) -> dict[str, int]:
        """How many listings have which verdict now, as the validator says listing by listing."""
        found = self.operator.validator.verdicts(connection_id=connection.connection_id)
        return dict(Counter([one.verdict async for one in found]))

    async def watch(self, batch: Batch) -> Batch:
        """Progress until the batch waits for a person or has ended."""
        columns = (
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.teller.console) as bars:
            reading, validated = bars.add_task("read", total=None), bars.add_task("validated", total=None)

            def draw(seen: Batch) -> None:
                total = seen.progress.total or seen.progress.read or None
                bars.update(reading, completed=seen.progress.read, total=seen.progress.total)
                bars.update(validated, completed=seen.progress.closed, total=total)

            return await until(
                lambda: self.operator.importer.batch(batch.batch_id),
                lambda one: one.reviewable,
                what=f"the {batch.kind} to finish",
                seen=draw,
            )

    async def _start(self, connection: Connection, kind: str) -> Batch:
        started = await self.operator.importer.start(connection.connection_id, kind)
        self.teller.say(f"Batch {started.batch_id}: {started.kind} {started.number}")
        return started

    async def _known(self, connection: Connection) -> Gate:
        """The gate, once the importer has heard of the connection, which takes moments."""

        async def look() -> Gate | None:
            try:
                return await self.operator.importer.gate(connection.connection_id)
            except Refusal as refusal:
                if refusal.kind is not RefusalKind.NOT_FOUND:
                    raise
                return None

        return await first(look, what="the importer to hear of the connection")

    async def _refuse_approval(self, batch: Batch) -> None:
        try:
            await self.operator.importer.decide(batch.batch_id, "approve", revision=batch.revision)
        except Refusal as refusal:
            self.teller.refused("approve", refusal)
            return
        raise _ended("A sample was approved although decisions are open.", "")

    async def _decide(self, people: Operators, report: MappingReport) -> None:
        batch_id = report.batch.batch_id
        codes = {waiting.code: waiting for waiting in report.approval.waiting_for}
        await people.held(batch_id)
        await people.splits(batch_id)
        if "unverifiable" in codes:
            await people.read_again(batch_id, codes["unverifiable"].listing_ids)
        if "stock_unconfirmed" in codes:
            await people.stock(batch_id)
        before = report.approval

        async def look() -> MappingReport:
            return await self.operator.importer.report(batch_id)

        settled = await until(
            look,
            lambda one: (
                one.approval.ready
                or all(waiting.code.startswith("blocker:") for waiting in one.approval.waiting_for)
                or (one.approval != before and "stock_unconfirmed" not in codes)
            ),
            what="the verdicts that follow from the decisions",
            limit=20.0,
        )
        if any(waiting.code.startswith("blocker:") for waiting in settled.approval.waiting_for):
            await people.waive(settled)


def _ended(detail: str, remedy: str) -> Refusal:
    return Refusal("journey_ended", detail, remedy=remedy or "Look at the services' logs.")
