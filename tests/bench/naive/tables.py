"""The rows, as ORM classes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """All of them."""

    type_annotation_map = {dict[str, Any]: JSONB, list[Any]: JSONB}  # noqa: RUF012  # SQLAlchemy's own way


class Item(Base):
    """An item with its variants."""

    __tablename__ = "items"
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    version: Mapped[int]
    state: Mapped[str]
    fields: Mapped[dict[str, Any]]
    match_key: Mapped[str] = mapped_column(default="")
    touches: Mapped[int] = mapped_column(default=0)
    split_digest: Mapped[str] = mapped_column(default="")
    variants: Mapped[list["Variant"]] = relationship(lazy="selectin", order_by="Variant.position")


class Variant(Base):
    """A variant."""

    __tablename__ = "variants"
    variant_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.item_id"))
    position: Mapped[int]
    sku: Mapped[str | None]
    gtin: Mapped[str | None]
    options: Mapped[list[Any]]
    on_hand: Mapped[int | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    price_amount: Mapped[Decimal | None]
    price_currency: Mapped[str | None]


class Seen(Base):
    """An event that was handled."""

    __tablename__ = "inbox"
    consumer: Mapped[str] = mapped_column(primary_key=True)
    event_hash: Mapped[bytes] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    content_hash: Mapped[bytes]


class Sent(Base):
    """An event that is published after the commit; the row stays."""

    __tablename__ = "outbox"
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[UUID]
    aggregatetype: Mapped[str]
    aggregateid: Mapped[str]
    type: Mapped[str]
    topic: Mapped[str]
    partition_key: Mapped[str]
    payload: Mapped[bytes]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Verdict(Base):
    """A verdict."""

    __tablename__ = "verdicts"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    sequence: Mapped[int]
    marketplace: Mapped[str]
    title: Mapped[str]
    item_id: Mapped[UUID]
    item_version: Mapped[int]
    fingerprint: Mapped[str]
    verdict: Mapped[str]
    open_issues: Mapped[list[Any]] = mapped_column(default=list)
    findings: Mapped[int]
    validated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))
