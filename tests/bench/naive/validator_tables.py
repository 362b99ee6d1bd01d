"""The validator's rows, as ORM classes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bench.naive.tables import Base
from sqlalchemy import BigInteger, DateTime, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column


class Subject(Base):
    """A listing under validation; ``state`` and ``base`` are JSON."""

    __tablename__ = "subjects"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    marketplace: Mapped[str]
    account_id: Mapped[str]
    item_id: Mapped[UUID]
    item_version: Mapped[int]
    epoch: Mapped[int] = mapped_column(BigInteger, default=0)
    fingerprint: Mapped[str]
    state: Mapped[str]
    state_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seeded: Mapped[bool] = mapped_column(default=True)
    batch_id: Mapped[UUID]
    batch_kind: Mapped[str]
    sequence: Mapped[int]
    base: Mapped[str]
    verdict_version: Mapped[int]
    validated_fingerprint: Mapped[str]
    validated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn: Mapped[bool] = mapped_column(default=False)


class Verdict(Base):
    """A batch's newest verdict on a listing."""

    __tablename__ = "verdicts"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    sequence: Mapped[int]
    marketplace: Mapped[str]
    title: Mapped[str]
    item_id: Mapped[UUID | None]
    item_version: Mapped[int | None]
    fingerprint: Mapped[str | None]
    verdict: Mapped[str]
    open_issues: Mapped[list[Any]]
    findings: Mapped[int]
    validated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class FindingLine(Base):
    """A finding of a verdict."""

    __tablename__ = "findings"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rank: Mapped[int] = mapped_column(SmallInteger)
    check_name: Mapped[str]
    finding_class: Mapped[str]
    severity: Mapped[str]
    variant_id: Mapped[UUID | None]
    subject: Mapped[str]
    base: Mapped[str | None]
    inventory: Mapped[str | None]
    marketplace: Mapped[str | None]
    fix: Mapped[str]
