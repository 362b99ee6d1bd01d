"""Rows as arrays, one per column: what the set-based statements take."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import orjson

from truestock.validator.domain.following import Key, Subject
from truestock.validator.domain.judge import rank
from truestock.validator.store.codec import dump_base, dump_state
from truestock.validator.usecases.ports import VerdictRecord


def key_of(workspace_id: UUID, connection_id: UUID, listing_id: str) -> Key:
    """A key of standard UUIDs."""
    return Key(UUID(int=workspace_id.int), UUID(int=connection_id.int), listing_id)


def key_columns(keys: Collection[Key]) -> dict[str, Any]:
    """The parameters that name listings."""
    return {
        "workspace_ids": [key.workspace_id for key in keys],
        "connection_ids": [key.connection_id for key in keys],
        "listing_ids": [key.listing_id for key in keys],
    }


def subject_columns(subjects: Collection[Subject]) -> dict[str, Any]:
    """The parameters of rows of ``subjects``."""
    return {
        **key_columns([one.key for one in subjects]),
        "marketplaces": [one.marketplace for one in subjects],
        "account_ids": [one.account_id for one in subjects],
        "item_ids": [one.item_id for one in subjects],
        "item_versions": [one.item_version for one in subjects],
        "epochs": [one.epoch for one in subjects],
        "fingerprints": [one.fingerprint for one in subjects],
        "states": [dump_state(one.state) for one in subjects],
        "state_ats": [one.state_at for one in subjects],
        "seededs": [one.seeded for one in subjects],
        "batch_ids": [one.batch_id for one in subjects],
        "batch_kinds": [str(one.batch_kind) for one in subjects],
        "sequences": [one.sequence for one in subjects],
        "bases": [dump_base(one.base) for one in subjects],
        "verdict_versions": [one.verdict_version for one in subjects],
        "validated_fingerprints": [one.validated_fingerprint for one in subjects],
        "validated_ats": [one.validated_at for one in subjects],
        "withdrawns": [one.withdrawn for one in subjects],
    }


def batch_key_columns(records: Sequence[VerdictRecord]) -> dict[str, Any]:
    """The parameters that name verdicts."""
    return {
        "workspace_ids": [one.event.workspace_id for one in records],
        "batch_ids": [one.event.batch_id for one in records],
        "connection_ids": [one.event.connection_id for one in records],
        "listing_ids": [one.event.listing_id for one in records],
    }


def verdict_columns(records: Sequence[VerdictRecord]) -> dict[str, Any]:
    """The parameters of rows of ``verdicts``."""
    return {
        **batch_key_columns(records),
        "versions": [one.event.version for one in records],
        "sequences": [one.event.sequence for one in records],
        "marketplaces": [str(one.event.marketplace) for one in records],
        "titles": [_text(one.title) for one in records],
        "item_ids": [one.event.item_id for one in records],
        "item_versions": [one.event.item_version for one in records],
        "fingerprints": [one.event.fingerprint for one in records],
        "verdicts": [str(one.event.verdict) for one in records],
        "open_issues": [_json(one.event.open_issues) for one in records],
        "findings": [len(one.event.findings) for one in records],
        "validated_ats": [one.validated_at for one in records],
    }


def finding_columns(records: Sequence[VerdictRecord]) -> dict[str, list[Any]]:
    """The parameters of rows of ``findings``."""
    rows = [(one.event, ordinal, finding) for one in records for ordinal, finding in enumerate(one.findings)]
    return {
        "workspace_ids": [event.workspace_id for event, _, _ in rows],
        "batch_ids": [event.batch_id for event, _, _ in rows],
        "connection_ids": [event.connection_id for event, _, _ in rows],
        "listing_ids": [event.listing_id for event, _, _ in rows],
        "ordinals": [ordinal for _, ordinal, _ in rows],
        "ranks": [rank(finding) for _, _, finding in rows],
        "checks": [str(finding.check) for _, _, finding in rows],
        "classes": [str(finding.finding_class) for _, _, finding in rows],
        "severities": [str(finding.severity) for _, _, finding in rows],
        "variant_ids": [finding.variant_id for _, _, finding in rows],
        "subjects": [_text(finding.subject) for _, _, finding in rows],
        "bases": [_text(finding.base) for _, _, finding in rows],
        "inventories": [_text(finding.inventory) for _, _, finding in rows],
        "marketplaces": [_text(finding.marketplace) for _, _, finding in rows],
        "fixes": [_text(finding.fix) for _, _, finding in rows],
    }


def _json(names: Collection[str]) -> str:
    return orjson.dumps([str(name) for name in names]).decode()


def _text(value: str | None) -> str | None:
    # PostgreSQL stores no NUL; a title from outside may hold one, and it means nothing.
    return value.replace("\x00", "") if value is not None and "\x00" in value else value
