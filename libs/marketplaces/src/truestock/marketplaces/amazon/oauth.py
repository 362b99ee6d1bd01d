"""A seller's consent on Seller Central, and Login with Amazon (LWA) for the tokens.

https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from truestock.marketplaces.authorization import (
    LONGEST_CODE,
    Application,
    CallbackRefused,
    OAuthProfile,
    Returned,
    StoreRefused,
)
from truestock.marketplaces.errors import PermanentRefusal

PRODUCT_LISTING = "product_listing"
SELLING_PARTNER_INSIGHTS = "selling_partner_insights"
ROLES = (PRODUCT_LISTING, SELLING_PARTNER_INSIGHTS)
"""Amazon has no scopes: a consent covers the roles that the application is registered with. The roles Product
Listing and Selling Partner Insights open the Listings Items and the Sellers API; they are never sent, and
that a grant holds them is proved by a read, for no call tells it.
https://developer-docs.amazon.com/sp-api/docs/roles-in-the-selling-partner-api"""

YEAR = timedelta(days=365)
SELLER_ID = re.compile(r"[A-Z0-9]{8,20}")
MARKETPLACE_ID = re.compile(r"A[A-Z0-9]{9,19}")
DOMAIN = re.compile(r"(?:www\.)?(amazon\.[a-z]{2,3}(?:\.[a-z]{2})?)")


@dataclass(frozen=True)
class AmazonProfile(OAuthProfile):
    """Differs from RFC 6749 in the names of what is sent to the consent page and comes back from it.

    A draft application needs ``version=beta`` on the consent page: put it into the configured address
    (``https://sellercentral.amazon.com/apps/authorize/consent?version=beta``).
    """

    def store(self, given: str | None) -> str | None:
        """Which of the seller's Amazon marketplaces is meant, by id or domain; None: the first one."""
        name = (given or "").strip()
        if not name:
            return None
        if MARKETPLACE_ID.fullmatch(name.upper()):
            return name.upper()
        domain = DOMAIN.fullmatch(name.lower())
        if domain is None:
            raise StoreRefused("Name an Amazon marketplace by its domain (amazon.de) or id, or leave it out.")
        return f"www.{domain[1]}"

    def consent_url(
        self,
        app: Application,
        *,
        state: str,
        challenge: str,  # noqa: ARG002  # the interface's; Amazon has no PKCE
        store: str | None,  # noqa: ARG002  # the interface's; one consent covers a region's marketplaces
        callback_url: str,  # noqa: ARG002  # the interface's; keys are not posted here
    ) -> str:
        """Seller Central's consent page; PermanentRefusal when the application's id is not set."""
        if not app.application_id:
            raise PermanentRefusal(
                "Amazon's consent page wants the application's id (amzn1.sp.solution.…): set APPLICATION_ID."
            )
        query = {"application_id": app.application_id, "state": state, "redirect_uri": app.redirect_uri}
        return f"{app.authorize_url}{'&' if '?' in app.authorize_url else '?'}{urlencode(query)}"

    def returned(
        self,
        app: Application,  # noqa: ARG002  # the interface's; Amazon signs no callback
        query: Sequence[tuple[str, str]],
        *,
        store: str | None,  # noqa: ARG002  # as above
        now: datetime,  # noqa: ARG002  # as above
    ) -> Returned:
        """The code and the seller's id. The id is unsigned, so it counts only once a read under it works."""
        given = dict(query)
        code, seller = given.get("spapi_oauth_code", ""), given.get("selling_partner_id", "")
        if not code or len(code) > LONGEST_CODE or len(given) != len(query):
            raise CallbackRefused(
                "authorization_failed",
                "Amazon sent no authorization code.",
                "Start a new attempt; if it happens again, check the application's registration.",
            )
        if not SELLER_ID.fullmatch(seller):
            raise CallbackRefused("authorization_failed", "Amazon did not say which seller gave consent.")
        return Returned(code, account_id=seller)


OAUTH = AmazonProfile(
    authorize_url="https://sellercentral.amazon.com/apps/authorize/consent",
    token_url="https://api.amazon.com/auth/o2/token",  # noqa: S106  # an address, not a secret
    required_scopes=ROLES,
    pkce=False,
    refresh_lifetime=None,
    consent_lifetime=YEAR,
    client_authentication="body",
)
