"""Expect a refusal, and look at what it says."""

from collections.abc import Awaitable
from typing import Any

import pytest

from truestock.contracts.problem import Refusal


async def refused(command: Awaitable[Any], code: str, status: int = 409) -> Refusal:
    """Await a command that must be refused with this code and status; returns the refusal."""
    with pytest.raises(Refusal) as caught:
        await command
    refusal = caught.value
    assert (refusal.code, refusal.status) == (code, status), str(refusal)
    assert refusal.detail, code
    assert refusal.remedy, code
    return refusal
