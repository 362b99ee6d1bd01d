"""Several steps at once: the first failure is what a person reads."""

import asyncio

import pytest

from truestock.local.errors import StackError
from truestock.local.together import together


async def fail(error: Exception) -> None:
    raise error


async def test_the_error_of_a_step_comes_through_bare_and_the_others_stop() -> None:
    stopped: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append("wait")
            raise

    with pytest.raises(StackError, match="no Java"):
        await together(wait(), fail(StackError("no Java", "install one")))
    assert stopped == ["wait"]


async def test_also_out_of_nested_steps() -> None:
    with pytest.raises(StackError, match="no Java"):
        await together(together(fail(StackError("no Java", "install one"))))


async def test_an_unforeseen_error_is_not_hidden() -> None:
    with pytest.raises(ExceptionGroup) as failures:
        await together(fail(ValueError("a defect")))
    assert failures.group_contains(ValueError)
