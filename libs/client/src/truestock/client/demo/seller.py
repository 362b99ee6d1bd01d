"""The seller of the demo: agrees at the sandbox's consent page, as a browser would."""

import httpx

from truestock.contracts.problem import Refusal, RefusalKind

LOGIN = "main"
"""The sandbox account that sells the catalogue."""


async def agree(http: httpx.AsyncClient, authorization_url: str, login: str) -> None:
    """Open the authorization URL as ``login``, approve, and follow the redirect to the callback.

    What the callback made of it is the attempt's to tell.
    """
    url = httpx.URL(authorization_url).copy_merge_params({"login": login})
    try:
        response = await http.get(url, follow_redirects=True)
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
