"""What several tests of the chassis need."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def no_search_for_cycles() -> Iterator[None]:
    """Python does not look for objects that hold each other."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
