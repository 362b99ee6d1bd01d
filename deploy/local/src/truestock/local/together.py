"""Do several things at once; when one fails, stop the others and raise its own error."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from truestock.local.errors import StackError


async def together(*steps: Coroutine[Any, Any, object]) -> None:
    """Run all steps concurrently; the first failure cancels the rest, a StackError comes through bare."""
    try:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(step)
    except BaseExceptionGroup as failures:
        known = failures.subgroup(StackError)
        while known is not None and isinstance(known, BaseExceptionGroup):
            first = known.exceptions[0]
            if isinstance(first, StackError):
                raise first from None
            known = first if isinstance(first, BaseExceptionGroup) else None
        raise
