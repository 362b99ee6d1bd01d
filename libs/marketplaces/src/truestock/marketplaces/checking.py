"""Trying one read per scope."""

from collections.abc import Awaitable

from truestock.marketplaces.errors import MissingScope, PermanentRefusal
from truestock.marketplaces.interface import ScopeCheck


async def checked(scope: str, read: Awaitable[object]) -> ScopeCheck:
    """Whether ``read`` works; a refusal is a finding, everything else (expiry, rate limit, …) is raised."""
    try:
        await read
    except (MissingScope, PermanentRefusal) as refused:
        return ScopeCheck(scope, works=False, detail=str(refused))
    return ScopeCheck(scope, works=True, detail="works")
