"""Inventory's rows, as ORM classes."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bench.naive.tables import Base
from sqlalchemy import BigInteger, DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship


class Item(Base):
    """An item with its variants."""

    __tablename__ = "items"
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    version: Mapped[int]
    state: Mapped[str]
    fields: Mapped[dict[str, Any]]
    match_key: Mapped[str]
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


class Movement(Base):
    """A line of the stock ledger."""

    __tablename__ = "movements"
    movement_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.item_id"))
    item: Mapped[Item] = relationship()
    variant_id: Mapped[UUID]
    kind: Mapped[str]
    quantity: Mapped[int | None]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Claim(Base):
    """What a workspace's listings are found by."""

    __tablename__ = "claims"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


class ChannelListing(Base):
    """An item's listing on a connection."""

    __tablename__ = "channel_listings"
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    marketplace: Mapped[str]
    account_id: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[UUID]
    batch_kind: Mapped[str]
    state: Mapped[str]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.item_id"))
    item: Mapped[Item] = relationship()
    variants: Mapped[list[Any]]
    channel: Mapped[dict[str, Any]]
    currency_missing: Mapped[bool] = mapped_column(default=False)
    fingerprint: Mapped[str]
    push_allowed: Mapped[bool] = mapped_column(default=False)
    verdict_version: Mapped[int] = mapped_column(BigInteger, default=0)
    proposal_digest: Mapped[str] = mapped_column(default="")
    revision: Mapped[int]


class Seeding(Base):
    """A line of the journal: what an import did."""

    __tablename__ = "seedings"
    seeding_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    connection_id: Mapped[UUID]
    listing_id: Mapped[str]
    batch_id: Mapped[UUID]
    item_id: Mapped[UUID]
    outcome: Mapped[str]
    reasons: Mapped[str]
    effects: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
