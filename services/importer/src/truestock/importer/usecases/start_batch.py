"""Start a sample or a bulk."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from truestock.contracts.events import BatchKind
from truestock.importer.domain.actor import Actor
from truestock.importer.domain.batch import Batch, BatchState, first_phase
from truestock.importer.domain.connection import Connection, ConnectionState, check_readable
from truestock.importer.domain.gate import check_bulk_allowed
from truestock.importer.domain.quiescence import check_quiet
from truestock.importer.usecases import announce, tracing
from truestock.importer.usecases.catalogue import ConnectionAccess, Mappings
from truestock.importer.usecases.judge_gate import JudgeGate
from truestock.importer.usecases.ports import Begin, Clock, Nudge, Tx


class StartBatch:
    """Refused while access is dead, an earlier batch is unfinished, or (a bulk) the gate is closed."""

    def __init__(
        self,
        begin: Begin,
        access: ConnectionAccess,
        mappings: Mappings,
        judge_gate: JudgeGate,
        now: Clock,
        nudge: Nudge,
    ) -> None:
        self._begin, self._access, self._mappings = begin, access, mappings
        self._judge_gate, self._now, self._nudge = judge_gate, now, nudge

    async def __call__(
        self,
        actor: Actor,
        connection_id: UUID,
        kind: BatchKind,
        *,
        size: int,
        seed: int,
        exclude: Sequence[str],
    ) -> UUID:
        """Queue the batch and return its id; raises Refusal."""
        connection = await self._connection(actor.workspace_id, connection_id)
        check_readable(connection)
        with tracing.batch_span(connection.traceparent, kind.value) as traceparent:
            async with self._begin([actor.workspace_id]) as tx:
                number = await self._check(tx, connection, kind)
                batch = Batch(
                    batch_id=uuid4(),
                    workspace_id=actor.workspace_id,
                    connection_id=connection_id,
                    marketplace=connection.marketplace,
                    account_id=connection.account_id,
                    kind=kind,
                    number=number,
                    state=BatchState.QUEUED,
                    phase=first_phase(kind),
                    size=size if kind is BatchKind.SAMPLE else 0,
                    seed=seed,
                    exclude=tuple(dict.fromkeys(exclude)),
                    mapping_version=self._mappings.version(connection.marketplace),
                    created_at=self._now(),
                    created_by=actor.name,
                    traceparent=traceparent,
                )
                await tx.batches.add(announce.started(tx, batch, batch.created_at))
                await tx.work.enqueue(batch)
                after = {"kind": kind.value, "number": number, "size": batch.size, "seed": seed}
                await tx.audit(actor, "batch.start", batch.batch_id, None, after, None)
        self._nudge()
        return batch.batch_id

    async def _connection(self, workspace_id: UUID, connection_id: UUID) -> Connection:
        """The copy; where it is missing or says that access is dead, the connector has the newer word."""
        async with self._begin([workspace_id]) as tx:
            known = await tx.connections.get(connection_id)
        if known is not None and known.state is ConnectionState.ACTIVE:
            return known
        marketplace, account_id = await self._access.ask(workspace_id, connection_id)
        if known is not None:
            return replace(known, state=ConnectionState.ACTIVE)
        fresh = Connection(
            connection_id=connection_id,
            workspace_id=workspace_id,
            marketplace=marketplace,
            account_id=account_id,
            account_name=account_id,
            state=ConnectionState.ACTIVE,
            version=0,  # any event of the connector is newer
        )
        async with self._begin([workspace_id]) as tx:
            await tx.connections.save(fresh)
        return fresh

    async def _check(self, tx: Tx, connection: Connection, kind: BatchKind) -> int:
        """The batch's number, if it may start now."""
        await tx.batches.lock_connection(connection.connection_id)
        earlier = await tx.batches.newest(connection.connection_id)
        if earlier is not None:
            progress = (await tx.rows.progress([earlier]))[earlier.batch_id]
            check_quiet(earlier, progress.open, progress.read)
        if kind is BatchKind.BULK:
            check_bulk_allowed(await self._judge_gate(tx, connection))
        return earlier.number + 1 if earlier else 1
