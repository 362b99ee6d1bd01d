"""A browser opens the link of a started attempt: from now on the callback must come from that browser."""

import secrets
from dataclasses import dataclass, field

from truestock.connector.domain.attempts import AttemptState
from truestock.connector.usecases.ports import Begin, Clock, Gateway, Secret, Seller, SystemStore
from truestock.connector.usecases.start_attempt import one_way


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the browser goes, and what it has to bring back (a cookie)."""

    url: str = field(repr=False)
    browser: str = field(repr=False)


class OpenConsent:
    """Binds an attempt to the first browser that opens its link (RFC 9700 §4.7: state bound to the agent)."""

    def __init__(self, begin: Begin, system: SystemStore, gateway: Gateway, now: Clock) -> None:
        self._begin = begin
        self._system = system
        self._gateway = gateway
        self._now = now

    async def __call__(self, marketplace: str, ticket: str, browser: str | None) -> Consent | None:
        """None when the link is unknown, over, or was opened in another browser. ``browser``: its cookie."""
        browser = browser or secrets.token_urlsafe(32)
        bound = await self._system.bind_browser(one_way(ticket), one_way(browser))
        if bound is None or bound.marketplace != marketplace:
            return None
        async with self._begin([bound.workspace_id]) as tx:
            attempt = await tx.attempt(bound.attempt_id)
            state = await tx.unseal(bound.attempt_id, Secret.STATE)
            verifier = await tx.unseal(bound.attempt_id, Secret.VERIFIER)
        if attempt is None or attempt.state is not AttemptState.STARTED or state is None or verifier is None:
            return None
        if not attempt.under_way(self._now()):
            return None
        seller = Seller(attempt.marketplace, attempt.store)
        return Consent(self._gateway.consent_url(seller, state=state, verifier=verifier), browser)
