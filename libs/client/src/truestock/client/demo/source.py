"""The catalogue's own figures: from the file, or from the sandbox that made one up."""

from pathlib import Path

import httpx

from truestock.client.demo.figures import Source
from truestock.client.demo.seller import LOGIN
from truestock.client.endpoints import Endpoints
from truestock.client.errors import unreachable, unreadable
from truestock.contracts.problem import Refusal, RefusalKind


async def source_of(http: httpx.AsyncClient, endpoints: Endpoints, catalog: Path | None) -> Source:
    """What the seller has; a file is counted here once more, whatever the sandbox made of it.

    Raises :class:`Refusal` when the file or the sandbox cannot be read.
    """
    if catalog is not None:
        return _counted(catalog)
    address = endpoints.sandbox or ""
    try:
        answer = (await http.get(f"{address}/control/accounts/{LOGIN}")).raise_for_status().json()
        return Source(int(answer["listings"]), int(answer["variants"]), int(answer["stock"]))
    except httpx.TransportError as error:
        raise unreachable("sandbox", address) from error
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError) as error:
        raise unreadable("sandbox", address) from error


async def store_of(http: httpx.AsyncClient, endpoints: Endpoints, marketplace: str) -> str | None:
    """The seller's own address at a marketplace that has one per seller (Shopify, WooCommerce)."""
    address = endpoints.sandbox or ""
    try:
        path = f"{address}/control/accounts/{marketplace}:{LOGIN}"
        store = (await http.get(path)).raise_for_status().json().get("store")
    except httpx.TransportError as error:
        raise unreachable("sandbox", address) from error
    except (httpx.HTTPError, httpx.InvalidURL, AttributeError, ValueError) as error:
        raise unreadable("sandbox", address) from error
    return str(store) if store else None


def _counted(catalog: Path) -> Source:
    # The client's wheel does not depend on the sandbox; only a local stack, which has it, runs the demo.
    from truestock.sandbox.catalog import CatalogError, load_csv

    try:
        totals = load_csv(catalog).totals()
    except CatalogError as error:
        raise Refusal(
            "catalog_unreadable",
            f"The catalogue cannot be used: {error}",
            remedy="Give CATALOG a product CSV file as Shopify exports it.",
            kind=RefusalKind.INVALID,
        ) from None
    return Source(totals.listings, totals.variants, totals.stock)
