"""Reading a seller's catalogue, in the importer's words, and what can go wrong with it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from truestock.contracts.listing import CanonicalListing, Evidence
from truestock.contracts.values import Marketplace
from truestock.importer.domain.batch import Batch
from truestock.importer.usecases.values import Payload, SampledPayload

L = TypeVar("L")


class ReadProblem(Exception):
    """Reading cannot go on now. Messages are public and hold no secret."""


class AccessDead(ReadProblem):
    """Only a person can bring the access back, by reauthorizing."""


class AccessGone(ReadProblem):
    """The connection was disconnected."""


class Throttled(ReadProblem):
    """The marketplace or the connector asks to wait until ``until``."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Unavailable(ReadProblem):
    """The marketplace gave no usable answer; it may come later."""


class Interrupted(ReadProblem):
    """A service of our own did not answer. It will, and no batch is given up for it."""


class Unreadable(ReadProblem):
    """Repeating is pointless. ``code`` is what the batch fails with, such as ``partial_read``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class ReadListing:
    """A listing as it was read: mapped, with independent evidence, raw payload and hashes of both."""

    listing: CanonicalListing
    evidence: Evidence
    payload: Payload
    mapped_hash: bytes
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class CataloguePage(Generic[L]):
    """A page of the whole catalogue, fetched; ``next_cursor`` None ends it.

    ``mapped`` makes its listings. That is no part of fetching, so that the next page is asked for before it.
    """

    mapped: Callable[[], Awaitable[Sequence[L]]]
    total: int | None
    next_cursor: str | None


class Catalogue(Protocol):
    """One account's catalogue, opened for one batch. All methods raise :class:`ReadProblem`."""

    @property
    def mapping_version(self) -> str: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def account_id(self) -> str: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def currency(self) -> str | None: ...

    async def page(self, cursor: str | None) -> CataloguePage[ReadListing]: ...
    async def scan(self, cursor: str | None) -> CataloguePage[CanonicalListing]: ...
    async def read(self, listing_ids: Sequence[str]) -> dict[str, ReadListing | None]: ...


class OpenCatalogue(Protocol):
    """Lease access and open the catalogue; raises :class:`ReadProblem`."""

    async def __call__(self, batch: Batch) -> Catalogue: ...


class Mappings(Protocol):
    """The mappers of this release."""

    def version(self, marketplace: Marketplace) -> str:
        """The mapping version; raises Refusal for a marketplace that is not served."""
        ...

    def same(
        self, marketplace: Marketplace, settings: Mapping[str, Any], payloads: Sequence[SampledPayload]
    ) -> bool:
        """Whether mapping these payloads gives exactly what was mapped from them before."""
        ...


class ConnectionAccess(Protocol):
    """The connector's word on a connection whose copy is not here yet, or says that it is dead."""

    async def ask(self, workspace_id: UUID, connection_id: UUID) -> tuple[Marketplace, str]:
        """(marketplace, account id) of an active connection; raises Refusal."""
        ...
