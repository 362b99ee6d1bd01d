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
from truestock.sandbox.control.accounts import LoginTaken, open_account
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
from truestock.sandbox.control.views import account_view, listing_view
from truestock.sandbox.etsy.marketplace import Etsy
from truestock.sandbox.etsy.shop import EtsyListing, EtsyShop
from truestock.sandbox.faults import FaultKind, Faults
from truestock.sandbox.issuer.server import IssuerServer
from truestock.sandbox.issuer.signing import Signer
from truestock.sandbox.requestlog import RequestLog

B = TypeVar("B", bound=Body)
_MOST = 1_000


class Refused(Exception):
    """A request that cannot be done: status, cause and remedy in words."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class Control:
    """Everything under ``/control``."""

    def __init__(
        self, etsy: Etsy, faults: Faults, log: RequestLog, signer: Signer, issuer: IssuerServer
    ) -> None:
        self._etsy, self._faults, self._log, self._signer, self._issuer = etsy, faults, log, signer, issuer

    def routes(self) -> list[Route]:
        """All paths of the control API."""
        account, listing = "/control/accounts/{account}", "/control/accounts/{account}/listings/{listing_id}"

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

    async def accounts(self, _: Request) -> Any:
        return {"accounts": [account_view(shop) for shop in self._etsy.shops.values()]}

    async def open_account(self, request: Request) -> Any:
        try:
            return account_view(open_account(self._etsy.shops, await _body(request, AccountBody)))
        except (CatalogError, LoginTaken) as error:
            raise Refused(422, str(error)) from None

    async def account(self, request: Request) -> Any:
        return account_view(self._shop(request.path_params["account"]))

    async def change_account(self, request: Request) -> Any:
        shop, body = self._shop(request.path_params["account"]), await _body(request, ShopBody)
        shop.rename(name=body.shop_name, currency=body.currency)
        return account_view(shop)

    async def listings(self, request: Request) -> Any:
        shop, query = self._shop(request.path_params["account"]), request.query_params
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
        shop, listing = self._listing(request)
        edit = await _body(request, Edit)
        try:
            apply_edit(shop, listing, edit, int(time.time()))
        except EditRefused as refused:
            raise Refused(409, str(refused)) from None
        return listing_view(listing)

    async def faults(self, _: Request) -> Any:
        return {"faults": [asdict(fault) for fault in self._faults.waiting()]}

    async def inject(self, request: Request) -> Any:
        body = await _body(request, FaultBody)
        shops = list(self._etsy.shops.values()) if body.account is None else [self._shop(body.account)]
        if not body.kind.immediate:
            return asdict(self._faults.add(body.fault(shops[0].account_id if body.account else None)))
        return {"kind": body.kind, "affected": sum(self._at_once(body.kind, shop) for shop in shops)}

    def _at_once(self, kind: FaultKind, shop: EtsyShop) -> int:
        match kind:
            case FaultKind.EXPIRE_ACCESS:
                return self._etsy.tokens.expire_access(shop.user_id)
            case FaultKind.REVOKE:
                return self._etsy.tokens.revoke(shop.user_id)
            case _:
                return shop.renumber(list(shop))

    async def clear_faults(self, request: Request) -> Any:
        query = request.query_params
        account = self._shop(query["account"]).account_id if "account" in query else None
        kind, fault_id = query.get("kind"), _number(request, "id", 0) or None
        try:
            wanted = FaultKind(kind) if kind else None
        except ValueError:
            raise Refused(422, f"there is no fault {kind!r}") from None
        return {"removed": self._faults.clear(account=account, kind=wanted, fault_id=fault_id)}

    async def token_requests(self, _: Request) -> Any:
        names = ("marketplace", "account", "grant", "outcome")
        counted = sorted(self._log.tokens.items())
        return {
            "counters": [{**dict(zip(names, key, strict=True)), "count": count} for key, count in counted]
        }

    async def requests(self, request: Request) -> Any:
        query = request.query_params
        account = self._shop(query["account"]).account_id if "account" in query else None
        limit = _number(request, "limit", 200)
        found = self._log.entries(account=account, path=query.get("path"), limit=limit)
        return {"total": self._log.total, "requests": [entry.as_dict() for entry in found]}

    async def clear_requests(self, _: Request) -> Any:
        self._log.clear()
        return {}

    async def settings(self, _: Request) -> Any:
        return {**asdict(self._etsy.limits), **asdict(self._etsy.token_settings)}

    async def change_settings(self, request: Request) -> Any:
        body = await _body(request, SettingsBody)
        for name, value in body.model_dump(exclude_none=True).items():
            holder = self._etsy.limits if hasattr(self._etsy.limits, name) else self._etsy.token_settings
            setattr(holder, name, value)
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

    def _shop(self, account: str) -> EtsyShop:
        for shop in self._etsy.shops.values():
            if account in {shop.login, str(shop.user_id), str(shop.shop_id)}:
                return shop
        raise Refused(404, f"there is no account {account!r}; GET /control/accounts lists them")

    def _listing(self, request: Request) -> tuple[EtsyShop, EtsyListing]:
        shop, listing_id = self._shop(request.path_params["account"]), request.path_params["listing_id"]
        listing = shop.get(int(listing_id)) if listing_id.isascii() and listing_id.isdigit() else None
        if listing is None:
            raise Refused(404, f"the account {shop.login!r} has no listing {listing_id!r}")
        return shop, listing


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
