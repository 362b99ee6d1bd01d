"""Wait for something to become true, bounded: the only place in the tests that pauses."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")
_POLL_SECONDS = 0.05
_SHARE = 3
"""A pause is at least so many times as long as a look took: looking must not slow down what it waits for."""


@overload
async def eventually(
    predicate: Callable[[], Awaitable[T | None]],
    timeout: float = ...,  # noqa: ASYNC109  # the bound is this function's subject
    *,
    message: str | Callable[[], str] = ...,
) -> T: ...


@overload
async def eventually(
    predicate: Callable[[], T | None],
    timeout: float = ...,  # noqa: ASYNC109  # the bound is this function's subject
    *,
    message: str | Callable[[], str] = ...,
) -> T: ...


async def eventually(
    predicate: Callable[[], Any],
    timeout: float = 20.0,  # noqa: ASYNC109  # the bound is this function's subject
    *,
    message: str | Callable[[], str] = "",
) -> Any:
    """Call ``predicate`` until it returns something true and return that.

    An AssertionError inside it counts as not yet. Fails with the last error or value after ``timeout``
    seconds.
    """
    deadline = time.monotonic() + timeout
    last: Any = None
    while True:
        looked = time.monotonic()
        try:
            value = predicate()
            last = await value if inspect.isawaitable(value) else value
            if last:
                return last
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            told = message() if callable(message) else message
            raise AssertionError(f"not true within {timeout:.0f} s: {told or predicate!r}; last: {last!r}")
        await asyncio.sleep(max(_POLL_SECONDS, _SHARE * (time.monotonic() - looked)))


async def never(
    predicate: Callable[[], bool | Awaitable[bool]],
    during: float = 1.0,
    *,
    message: str = "",
) -> None:
    """Watch for ``during`` seconds that ``predicate`` stays false; fails at once when it turns true."""
    deadline = time.monotonic() + during
    while time.monotonic() < deadline:
        value = predicate()
        seen = await value if inspect.isawaitable(value) else value
        assert not seen, f"happened although it must not: {message or repr(predicate)}"
        await asyncio.sleep(_POLL_SECONDS)
