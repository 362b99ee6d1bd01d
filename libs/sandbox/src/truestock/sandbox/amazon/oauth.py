"""Amazon's consent page and Login with Amazon (LWA)."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.oauth.connect import Connect
from truestock.sandbox.oauth.redirects import retold
from truestock.sandbox.oauth.server import Call
from truestock.sandbox.oauth.tokens import Issued
from truestock.sandbox.shop import Shop

PRODUCT_LISTING = "product_listing"
SELLING_PARTNER_INSIGHTS = "selling_partner_insights"
ROLES = frozenset({PRODUCT_LISTING, SELLING_PARTNER_INSIGHTS})
"""The roles that the local application is registered with: a consent covers them all."""


class AmazonConnect(Connect):
    """``application_id`` asks for no scopes; the code comes back as ``spapi_oauth_code``."""

    async def read(self, request: Request) -> Call:
        """A consent request in the standard's words; a token request has them already."""
        call = await super().read(request)
        if "/auth/" in request.url.path:
            return call
        application = call.params.get("application_id")
        if not application:
            raise Refusal(400, "invalid_request", "The consent page needs an application_id.")
        standard = {"client_id": application, "response_type": "code", "scope": " ".join(sorted(ROLES))}
        return replace(call, params={**call.params, **standard})

    def granted(self, response: Response, shop: Shop | None, call: Call) -> Response:  # noqa: ARG002 # the hook's
        """The redirect with Amazon's names."""
        if shop is None:
            return response
        return retold(
            response,
            lambda query: [
                *(("spapi_oauth_code" if name == "code" else name, value) for name, value in query),
                ("selling_partner_id", shop.account_id),
            ],
        )


def lwa_answer(issued: Issued) -> dict[str, object]:
    """LWA writes ``bearer`` small and names no scope."""
    return {**issued.answer(), "token_type": "bearer"}
