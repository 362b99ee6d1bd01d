"""Between rows and the domain's values."""

from typing import Any
from uuid import UUID

import orjson

from truestock.chassis.statements import Row
from truestock.contracts.events import BatchKind, SyncState
from truestock.validator.domain.following import Key, Subject
from truestock.validator.domain.model import Base, Pair

DESCRIPTION = {"shared": {"description"}}


def dump_base(base: Base | None) -> str | None:
    """A base as JSON; a pair that agrees is written once."""
    if base is None:
        return None
    values = {
        key: pair.inventory if pair.inventory == pair.marketplace else [pair.inventory, pair.marketplace]
        for key, pair in base.values.items()
    }
    return orjson.dumps({"item": str(base.item_id), "linked": base.linked, "values": values}).decode()


def load_base(text: str | None) -> Base | None:
    """The base that :func:`dump_base` wrote."""
    if text is None:
        return None
    kept = orjson.loads(text)
    return Base(
        item_id=UUID(kept["item"]),
        linked=kept["linked"],
        values={key: _pair(value) for key, value in kept["values"].items()},
    )


def _pair(value: list[str | None] | str | None) -> Pair:
    return Pair(*value) if isinstance(value, list) else Pair(value, value)


def dump_state(state: SyncState | None) -> str | None:
    """A state as JSON, without its description: no check compares it."""
    return None if state is None else state.model_dump_json(exclude=DESCRIPTION)


def load_state(text: str | None) -> SyncState | None:
    """The state that :func:`dump_state` wrote; a later version's additional fields are ignored."""
    return None if text is None else SyncState.model_validate_json(text, extra="ignore")


def load_subject(row: Row) -> Subject:
    """A row of ``subjects``."""
    kept: dict[str, Any] = dict(row)
    return Subject(
        key=Key(_uuid(kept["workspace_id"]), _uuid(kept["connection_id"]), kept["listing_id"]),
        marketplace=kept["marketplace"],
        account_id=kept["account_id"],
        item_id=kept["item_id"] and _uuid(kept["item_id"]),
        item_version=kept["item_version"] or 0,
        epoch=kept["epoch"],
        fingerprint=kept["fingerprint"],
        state=load_state(kept["state"]),
        state_at=kept["state_at"],
        seeded=kept["seeded"],
        batch_id=kept["batch_id"] and _uuid(kept["batch_id"]),
        batch_kind=BatchKind(kept["batch_kind"] or "unknown"),
        sequence=kept["sequence"],
        base=load_base(kept["base"]),
        verdict_version=kept["verdict_version"],
        validated_fingerprint=kept["validated_fingerprint"],
        validated_at=kept["validated_at"],
        withdrawn=kept["withdrawn"],
    )


def _uuid(value: UUID) -> UUID:
    # asyncpg's own UUID subclass is slower to compare and to print than the standard one.
    return UUID(int=value.int)
