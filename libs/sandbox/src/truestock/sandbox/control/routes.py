"""The control API's HTTP endpoints; the package's docstring documents them."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from truestock.sandbox.catalog import CatalogError
from truestock.sandbox.control.accounts import Account, Accounts
from truestock.sandbox.control.bodies import (
    AccountBody,
    Body,
    Edit,
    FaultBody,
    SettingsBody,
    ShopBody,
    TokenBody,
)
from truestock.sandbox.control.edits import EditRefused, apply_edit
from truestock.sandbox.control.refused import Refused
from truestock.sandbox.control.tuning import tune, tuning
from truestock.sandbox.control.views import account_view, listing_view
from truestock.sandbox.faults import FaultKind, Faults
from truestock.sandbox.issuer.server import IssuerServer
from truestock.sandbox.issuer.signing import Signer
from truestock.sandbox.requestlog import RequestLog
from truestock.sandbox.shop import Listing

B = TypeVar("B", bound=Body)
_MOST = 1_000


class Control:
    """Everything under ``/control``."""

    def __init__(
        self, accounts: Accounts, faults: Faults, log: RequestLog, signer: Signer, issuer: IssuerServer
    ) -> None:
        self._accounts, self._faults, self._log = accounts, faults, log
        self._signer, self._issuer = signer, issuer

    def routes(self) -> list[Route]:
        """All paths of the control API."""
        account = "/control/accounts/{account}"
        listing = f"{account}/listings/{{listing_id:path}}"  # where SKUs name listings they may hold slashes

        def route(path: str, method: str, action: Callable[[Request], Awaitable[Any]]) -> Route:
            return Route(path, _answering(action), methods=[method])

        return [
            route("/control/accounts", "GET", self.accounts),
            route("/control/accounts", "POST", self.open_account),
            route(account, "GET", self.account),
            route(account, "POST", self.change_account),
            route(f"{account}/listings", "GET", self.listings),
            route(listing, "GET", self.listing),
            route(f"{listing}/edits", "POST", self.edit),
            route("/control/faults", "GET", self.faults),
            route("/control/faults", "POST", self.inject),
            route("/control/faults", "DELETE", self.clear_faults),
            route("/control/token-requests", "GET", self.token_requests),
            route("/control/requests", "GET", self.requests),
            route("/control/requests", "DELETE", self.clear_requests),
            route("/control/settings", "GET", self.settings),
            route("/control/settings", "POST", self.change_settings),
            route("/control/issuer/token", "POST", self.issue_token),
            route("/control/issuer/rotate", "POST", self.rotate_keys),
        ]

    async def accounts(self, request: Request) -> Any:
        found = self._accounts.all(request.query_params.get("marketplace"))
        return {"accounts": [account_view(one.marketplace, one.shop) for one in found]}

    async def open_account(self, request: Request) -> Any:
        try:
            opened = self._accounts.open(await _body(request, AccountBody))
        except CatalogError as error:
            raise Refused(422, str(error)) from None
        return account_view(opened.marketplace, opened.shop)

    async def account(self, request: Request) -> Any:
        account = self._account(request)
        return account_view(account.marketplace, account.shop)

    async def change_account(self, request: Request) -> Any:
        account, body = self._account(request), await _body(request, ShopBody)
        account.shop.rename(name=body.shop_name, currency=body.currency)
        return account_view(account.marketplace, account.shop)

    async def listings(self, request: Request) -> Any:
        shop, query = self._account(request).shop, request.query_params
        state, words = query.get("state"), query.get("q", "").casefold()
        found = [
            listing
            for listing in shop
            if (state is None or listing.state == state) and words in listing.title.casefold()
        ]
        offset, limit = _number(request, "offset", 0), min(_MOST, _number(request, "limit", 100))
        return {
            "count": len(found),
            "listings": [listing_view(one) for one in found[offset : offset + limit]],
        }

    async def listing(self, request: Request) -> Any:
        return listing_view(self._listing(request)[1])

    async def edit(self, request: Request) -> Any:
        account, listing = self._listing(request)
        edit = await _body(request, Edit)
        try:
            apply_edit(account.marketplace, account.shop, listing, edit, int(time.time()))
        except EditRefused as refused:
            raise Refused(409, str(refused)) from None
        return listing_view(listing)

    async def faults(self, _: Request) -> Any:
        return {"faults": [asdict(fault) for fault in self._faults.waiting()]}

    async def inject(self, request: Request) -> Any:
        body = await _body(request, FaultBody)
        one = self._accounts.find(body.account) if body.account else None
        marketplace = one.marketplace.name if one else body.marketplace
        accounts = [one] if one else self._accounts.all(marketplace)
        if not body.kind.immediate:
            fault = body.fault(marketplace, one.shop.account_id if one else None)
            return asdict(self._faults.add(fault))
        return {
            "kind": body.kind,
            "affected": sum([await _at_once(body.kind, account) for account in accounts]),
        }

    async def clear_faults(self, request: Request) -> Any:
        query = request.query_params
        marketplace, account = self._filter(request)
        kind, fault_id = query.get("kind"), _number(request, "id", 0) or None
        try:
            wanted = FaultKind(kind) if kind else None
        except ValueError:
            raise Refused(422, f"there is no fault {kind!r}") from None
        removed = self._faults.clear(marketplace=marketplace, account=account, kind=wanted, fault_id=fault_id)
        return {"removed": removed}

    async def token_requests(self, _: Request) -> Any:
        names = ("marketplace", "account", "grant", "outcome")
        counted = sorted(self._log.tokens.items())
        return {
            "counters": [{**dict(zip(names, key, strict=True)), "count": count} for key, count in counted]
        }

    async def requests(self, request: Request) -> Any:
        marketplace, account = self._filter(request)
        limit, path = _number(request, "limit", 200), request.query_params.get("path")
        found = self._log.entries(marketplace=marketplace, account=account, path=path, limit=limit)
        return {"total": self._log.total, "requests": [entry.as_dict() for entry in found]}

    async def clear_requests(self, _: Request) -> Any:
        self._log.clear()
        return {}

    async def settings(self, request: Request) -> Any:
        return tuning(self._accounts.marketplace(request.query_params.get("marketplace")))

    async def change_settings(self, request: Request) -> Any:
        body, name = await _body(request, SettingsBody), request.query_params.get("marketplace")
        tune(self._accounts.marketplace(name), body)
        if body.canary is not None and name is None:
            for marketplace in self._accounts.marketplaces(None):
                marketplace.token_settings.canary = body.canary
        return await self.settings(request)

    async def issue_token(self, request: Request) -> Any:
        body = await _body(request, TokenBody)
        person = self._issuer.people.get(body.login) if body.login else None
        if body.login and person is None:
            raise Refused(404, f"there is no local user {body.login!r}")
        claims = {**(person.claims() if person else {}), **body.claims}
        token = self._signer.issue(claims, audience=body.audience, ttl=body.ttl, foreign_key=body.foreign_key)
        return {"access_token": token, "token_type": "Bearer", "expires_in": int(body.ttl)}

    async def rotate_keys(self, _: Request) -> Any:
        self._signer.rotate()
        return {}

    def _account(self, request: Request) -> Account:
        return self._accounts.find(request.path_params["account"])

    def _listing(self, request: Request) -> tuple[Account, Listing]:
        account, listing_id = self._account(request), request.path_params["listing_id"]
        listing = account.shop.get(listing_id)
        if listing is None:
            raise Refused(404, f"the account {account.shop.login!r} has no listing {listing_id!r}")
        return account, listing

    def _filter(self, request: Request) -> tuple[str | None, str | None]:
        """Marketplace and account id that ``?marketplace&account`` ask for."""
        query = request.query_params
        if "account" in query:
            account = self._accounts.find(query["account"])
            return account.marketplace.name, account.shop.account_id
        if "marketplace" in query:
            return self._accounts.marketplace(query["marketplace"]).name, None
        return None, None


async def _at_once(kind: FaultKind, account: Account) -> int:
    marketplace, shop = account.marketplace, account.shop
    match kind:
        case FaultKind.EXPIRE_ACCESS:
            return marketplace.expire_access(shop)
        case FaultKind.REVOKE:
            return marketplace.revoke(shop)
        case FaultKind.UNINSTALL:
            revoked = marketplace.revoke(shop)
            await marketplace.removed(shop)
            return revoked
        case FaultKind.CLOSE_ACCOUNT:
            revoked = marketplace.revoke(shop)
            await marketplace.closed(shop)
            return revoked
        case _:
            return marketplace.renumber(shop)


def _answering(action: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await action(request))
        except Refused as refused:
            return JSONResponse({"error": refused.detail}, refused.status)

    return answer


async def _body(request: Request, model: type[B]) -> B:
    try:
        return model.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        told = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in wrong)
        raise Refused(422, told) from None


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise Refused(422, f"{name} must be a whole number")
    return int(text)
