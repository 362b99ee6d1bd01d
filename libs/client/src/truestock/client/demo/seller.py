"""The seller of the demo: agrees at the sandbox's consent page, as a browser would."""

import httpx

from truestock.contracts.problem import Refusal, RefusalKind

LOGIN = "main"
"""The sandbox account that sells the catalogue."""


async def agree(http: httpx.AsyncClient, authorization_url: str, login: str, **more: str) -> None:
    """Open an attempt's link, approve as ``login`` at the marketplace, follow the redirect to the callback.

    ``more`` goes to the consent page (``grant_scopes``, ``deny``). What the callback made of it is the
    attempt's to tell. ``http`` keeps cookies: the attempt is bound to the browser that opened its link.
    """
    try:
        opened = await http.get(authorization_url, follow_redirects=False)
        if not opened.is_redirect:
            raise _failed(f"{opened.url.path} answered {opened.status_code}")
        consent = httpx.URL(opened.headers["location"]).copy_merge_params({"login": login, **more})
        response = await http.get(consent, follow_redirects=True)
    except httpx.TransportError as error:
        raise _failed(f"no answer: {type(error).__name__}") from error
    if not response.is_success and not response.url.path.endswith("/callback"):
        raise _failed(f"{response.url.path} answered {response.status_code}")


def _failed(why: str) -> Refusal:
    return Refusal(
        "consent_failed",
        f"The seller's consent did not reach Truestock ({why}).",
        remedy="Look at the connector's and the sandbox's logs.",
        kind=RefusalKind.UNAVAILABLE,
    )
