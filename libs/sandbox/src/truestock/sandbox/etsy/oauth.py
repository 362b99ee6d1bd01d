"""Etsy's OAuth: its scopes and how its tokens look (``<user id>.<opaque>``)."""

from truestock.sandbox.oauth.tokens import Family

SCOPES = frozenset(
    (
        "address_r", "address_w", "billing_r", "cart_r", "cart_w", "email_r", "favorites_r", "favorites_w",
        "feedback_r", "listings_d", "listings_r", "listings_w", "profile_r", "profile_w", "recommend_r",
        "recommend_w", "shops_r", "shops_w", "transactions_r", "transactions_w",
    )
)  # fmt: skip


class EtsyTokens:
    """Both kinds of token begin with the id of the user who granted them."""

    def access(self, family: Family, opaque: str) -> str:
        """An access token."""
        return f"{family.user_id}.{opaque}"

    def refresh(self, family: Family, opaque: str) -> str:
        """A refresh token."""
        return f"{family.user_id}.{opaque}"
