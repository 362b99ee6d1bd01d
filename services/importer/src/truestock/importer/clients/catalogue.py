"""Reading catalogues through the marketplace adapters."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import httpx
import orjson
import zstandard

from truestock.chassis.delivery import Transient
from truestock.contracts.listing import CanonicalListing
from truestock.contracts.problem import Refusal, RefusalKind
from truestock.contracts.values import Marketplace
from truestock.importer.clients.connector import ConnectorClient, LeasedTokens
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.mapping import content_hash, mapped_hash, payload_hash
from truestock.importer.usecases.catalogue import (
    AccessDead,
    CataloguePage,
    Interrupted,
    ReadListing,
    Throttled,
    Unavailable,
    Unreadable,
)
from truestock.importer.usecases.values import Payload, SampledPayload
from truestock.marketplaces import errors, registry
from truestock.marketplaces.interface import AccountSettings, Api, MarketplaceAdapter, RawListing
from truestock.marketplaces.limits import Gates
from truestock.marketplaces.registration import Registration

L = TypeVar("L")
WAIT = timedelta(minutes=2)
"""A page may take several requests: giving up between them would begin it again, and again run dry."""


class Catalogues:
    """Opens catalogues; what a marketplace counts together (an application or an account) shares a gate."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        connector: ConnectorClient,
        endpoints: Mapping[str, Registration],
        now: Callable[[], datetime],
    ) -> None:
        self._http, self._connector, self._endpoints, self._now = http, connector, endpoints, now
        self._gates = Gates(longest_wait=WAIT)

    async def __call__(self, batch: Batch) -> "AccountCatalogue":
        """Lease access and open the account's catalogue; raises ReadProblem."""
        endpoint = self._endpoints.get(batch.marketplace.value)
        if endpoint is None:
            raise Unreadable("marketplace_not_configured", f"{batch.marketplace} is not configured here")
        adapter = registry.get(batch.marketplace)
        tokens = LeasedTokens(self._connector, batch.workspace_id, batch.connection_id, self._now)
        lease = await tokens.open()
        api = adapter.api(
            self._http,
            base_url=endpoint.api_at(adapter),
            client_id=endpoint.client_id,
            tokens=tokens,
            account_id=lease.account_id,
            store=lease.settings.get("store"),
            gate=self._gates.of(
                batch.marketplace.value,
                lease.account_id,
                per_account=adapter.limits_per_account,
                shared=lambda: self._connector.limits(batch.workspace_id, batch.connection_id),
            ),
        )
        return AccountCatalogue(adapter, api, lease.account_id, lease.settings)


class AccountCatalogue:
    """See the port ``Catalogue``."""

    def __init__(
        self, adapter: MarketplaceAdapter, api: Api, account_id: str, settings: Mapping[str, Any]
    ) -> None:
        self._adapter, self._api, self.account_id = adapter, api, account_id
        self._settings = account_settings(settings)
        self._deflate = zstandard.ZstdCompressor(level=3)

    @property
    def mapping_version(self) -> str:
        """Of the marketplace's mapper."""
        return self._adapter.mapping_version

    @property
    def batch_size(self) -> int:
        """Listings per read by id."""
        return self._adapter.batch_size

    @property
    def settings(self) -> Mapping[str, Any]:
        """What listings are mapped with."""
        return self._settings.model_dump(mode="json")

    @property
    def currency(self) -> str | None:
        """The account's currency."""
        return self._settings.currency

    async def page(self, cursor: str | None) -> CataloguePage[ReadListing]:
        """The next page."""
        return await self._fetch(cursor, self._prepare)

    async def scan(self, cursor: str | None) -> CataloguePage[CanonicalListing]:
        """The next page, without what only an import needs."""
        return await self._fetch(cursor, self._map)

    async def read(self, listing_ids: Sequence[str]) -> dict[str, ReadListing | None]:
        """These listings, mapped; None for one that is gone."""
        async with _translated():
            found = await self._adapter.read(self._api, listing_ids)
        return {listing_id: None if raw is None else self._prepare(raw) for listing_id, raw in found.items()}

    async def _fetch(self, cursor: str | None, work: Callable[[RawListing], L]) -> CataloguePage[L]:
        async with _translated():
            page = await self._adapter.page(self._api, cursor)
        return CataloguePage(partial(_each, work, page.raws), page.total, page.next_cursor)

    def _map(self, raw: RawListing) -> CanonicalListing:
        return self._adapter.to_listing(raw, self._settings)

    def _prepare(self, raw: RawListing) -> ReadListing:
        listing = self._map(raw)
        evidence = self._adapter.evidence(raw)
        payload = orjson.dumps(dict(raw.payload), option=orjson.OPT_SORT_KEYS)
        mapped = mapped_hash(listing)
        return ReadListing(
            listing=listing,
            evidence=evidence,
            payload=Payload(payload_hash(payload), self._deflate.compress(payload), len(payload)),
            mapped_hash=mapped,
            content_hash=content_hash(mapped, evidence),
        )


class ReleaseMappings:
    """See the port ``Mappings``: the mappers of this release."""

    def version(self, marketplace: Marketplace) -> str:
        """The mapping version of a marketplace."""
        try:
            return registry.get(marketplace).mapping_version
        except registry.UnknownMarketplace as error:
            raise Refusal(
                "marketplace_not_served",
                str(error),
                remedy="Connect one of the marketplaces that are served.",
                kind=RefusalKind.INVALID,
            ) from None

    def same(
        self, marketplace: Marketplace, settings: Mapping[str, Any], payloads: Sequence[SampledPayload]
    ) -> bool:
        """Whether every payload still maps to exactly what it mapped to."""
        adapter = registry.get(marketplace)
        account = account_settings(settings)
        return all(
            mapped_hash(adapter.to_listing(_raw(stored), account)) == stored.mapped_hash
            for stored in payloads
        )


def account_settings(settings: Mapping[str, Any]) -> AccountSettings:
    """The settings that mapping needs, from a lease or a batch; what else is said there is left out."""
    known = AccountSettings.model_fields
    return AccountSettings.model_validate({name: settings[name] for name in known if settings.get(name)})


def _raw(stored: SampledPayload) -> RawListing:
    return RawListing(stored.listing_id, orjson.loads(stored.payload))


async def _each(work: Callable[[RawListing], L], raws: Sequence[RawListing]) -> list[L]:
    done = []
    for raw in raws:
        done.append(work(raw))
        await asyncio.sleep(0)  # the request for the next page is sent meanwhile, and others have their turn
    return done


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """A marketplace's errors in the importer's words: what decides what happens next."""
    try:
        yield
    except errors.AccessRevoked as error:
        raise AccessDead(str(error)) from error
    except errors.MissingScope as error:
        raise AccessDead(f"{error} Reauthorize and grant what is missing.") from error
    except errors.RateLimited as error:
        raise Throttled(str(error), error.until) from error
    except errors.PartialRead as error:
        raise Unreadable("partial_read", str(error)) from error
    except Transient as error:
        raise Interrupted(str(error)) from error
    except (errors.Temporary, errors.AccessExpired) as error:
        raise Unavailable(str(error)) from error
    except errors.MarketplaceError as error:
        raise Unreadable("marketplace_refused", str(error)) from error
