"""The rows that both programs have, as ORM classes: events that were handled, events to be published."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All of them."""

    type_annotation_map = {dict[str, Any]: JSONB, list[Any]: JSONB}  # noqa: RUF012  # SQLAlchemy's own way


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
    headers: Mapped[dict[str, Any]]
    traceparent: Mapped[str | None]
    tracestate: Mapped[str | None]
