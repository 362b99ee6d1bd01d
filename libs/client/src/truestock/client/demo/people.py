"""The people of the demo, logged in at the local issuer, which approves them by itself."""

import httpx

from truestock.client.errors import login_expired
from truestock.client.login import flow
from truestock.client.tokens import Login


class Person:
    """A token source that logs in when it is first used, and again when its token ends."""

    def __init__(self, http: httpx.AsyncClient, issuer: str, name: str) -> None:
        self._http = http
        self._issuer = issuer
        self._login: Login | None = None
        self.name = name

    async def __call__(self, *, refused: str | None = None) -> str:
        """As :class:`truestock.client.tokens.TokenSource`."""
        login = self._login
        if login is not None and login.access_token == refused:
            raise login_expired()
        if login is None or login.expired():
            login = await flow.login(
                self._http, self._issuer, flow.follow(self._http), person=self.name, wait=15.0
            )
            self._login = login
        return login.access_token
