"""The gate: a bulk import is allowed only after an approved sample (rule: importer 1)."""

from dataclasses import dataclass, replace

from truestock.contracts.problem import Refusal
from truestock.importer.domain.batch import Batch, BatchState
from truestock.importer.domain.connection import Connection, ConnectionState


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a bulk may start, and why (not)."""

    bulk_allowed: bool
    code: str
    because: str
    sample: Batch | None
    mapping_version: str


def needs_remapping(sample: Batch | None, account_id: str, mapping_version: str) -> bool:
    """Whether the sample's stored payloads must be mapped again to know if its approval carries over."""
    return (
        sample is not None
        and sample.state is BatchState.APPROVED
        and sample.undone_at is None
        and sample.account_id == account_id
        and sample.mapping_version != mapping_version
    )


def gate(
    sample: Batch | None, account_id: str, mapping_version: str, *, remapped_equal: bool | None = None
) -> Gate:
    """Judge the newest decided sample of a connection.

    ``remapped_equal``: whether mapping the sample's stored payloads with ``mapping_version`` gives what
    was approved; asked only if :func:`needs_remapping`.
    """

    def closed(code: str, because: str) -> Gate:
        return Gate(False, code, because, sample, mapping_version)

    if sample is None:
        return closed("no_sample", "No sample of this connection was decided yet.")
    name = f"Sample {sample.number}"
    if sample.undone_at is not None:
        return closed("sample_undone", f"{name} was undone by {sample.undone_by}.")
    if sample.state is not BatchState.APPROVED:
        return closed("sample_rejected", f"{name} was rejected by {sample.decided_by}.")
    if sample.account_id != account_id:
        return closed("other_account", f"{name} was approved for another account.")
    because = f"{name} was approved by {sample.decided_by}."
    if sample.mapping_version != mapping_version:
        if not remapped_equal:
            return closed(
                "mapping_changed",
                f"{name} was approved for mapping {sample.mapping_version}; "
                f"mapping {mapping_version} gives other results for it.",
            )
        because += f" Mapping {mapping_version} gives the same results as {sample.mapping_version}."
    return Gate(True, "sample_approved", because, sample, mapping_version)


def with_access(found: Gate, connection: Connection) -> Gate:
    """What an operator is shown: without access nothing may start, whatever was approved."""
    if connection.state is ConnectionState.ACTIVE:
        return found
    because = f"{connection.account_name} is {connection.state.replace('_', ' ')}. {found.because}"
    return replace(found, bulk_allowed=False, code=connection.state.value, because=because)


def check_bulk_allowed(found: Gate) -> None:
    """Refuse a bulk while the gate is closed."""
    if not found.bulk_allowed:
        raise Refusal(
            "bulk_needs_approved_sample",
            f"A bulk import is not allowed: {found.because}",
            remedy="Import a sample, review it, and approve it.",
            gate=found.code,
            sample_batch_id=str(found.sample.batch_id) if found.sample else None,
        )
