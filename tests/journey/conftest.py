"""Fixtures of the journey tests: one client for everything, one fresh business per test."""

from collections.abc import AsyncIterator

import httpx
import pytest
from support.furnished import Furnished, furnish
from support.journey import Business

from truestock.local.stack import Stack


@pytest.fixture(scope="session")
async def http(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A client for people and their browsers, kept for the session."""
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:
        yield client


@pytest.fixture
async def business(stack: Stack, http: httpx.AsyncClient) -> Business:
    """A workspace of this test alone."""
    return await Business.open(stack, http)


@pytest.fixture(scope="session")
async def furnished(stack: Stack, http: httpx.AsyncClient) -> Furnished:
    """A business with one of everything; tests look at it and try to touch it, and never change it."""
    return await furnish(await Business.open(stack, http))
