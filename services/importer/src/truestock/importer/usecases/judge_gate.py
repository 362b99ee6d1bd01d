"""Ask the gate, re-mapping the stored payloads of the approved sample where that decides."""

from truestock.importer.domain.connection import Connection
from truestock.importer.domain.gate import Gate, gate, needs_remapping
from truestock.importer.usecases.catalogue import Mappings
from truestock.importer.usecases.ports import Tx


class JudgeGate:
    """Inside the caller's transaction: what is judged is what is committed."""

    def __init__(self, mappings: Mappings) -> None:
        self._mappings = mappings

    async def __call__(self, tx: Tx, connection: Connection) -> Gate:
        """Judge the newest decided sample of a connection."""
        version = self._mappings.version(connection.marketplace)
        sample = await tx.batches.newest_decided_sample(connection.connection_id)
        if sample is None or not needs_remapping(sample, connection.account_id, version):
            return gate(sample, connection.account_id, version)
        payloads = await tx.payloads.of_batch(sample.batch_id)
        settings = await tx.batches.settings(sample.batch_id)
        equal = bool(payloads) and self._mappings.same(connection.marketplace, settings, payloads)
        return gate(sample, connection.account_id, version, remapped_equal=equal)
