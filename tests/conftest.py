"""Fixtures for every test: the embedded servers, databases per test, and no network but loopback."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings
from support.broker import broker, new_topic, topics  # noqa: F401  # fixtures
from support.loopback import only_loopback
from support.postgres import database, empty_database, module_database, postgres  # noqa: F401  # fixtures
from support.run import run  # noqa: F401  # fixture
from support.stack import sandbox, stack  # noqa: F401  # fixtures

# The same examples in every run: a merge is not decided by chance. --hypothesis-profile=search looks further.
settings.register_profile("steady", derandomize=True)
settings.register_profile("search", max_examples=2_000)
settings.load_profile("steady")

# Modules and collected tests live until the end: looking at them again and again for garbage would be a good
# part of a quick test's work.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is looked for among what tests make."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with only_loopback():
        yield
