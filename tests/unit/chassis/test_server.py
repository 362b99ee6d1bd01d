"""How a service listens."""

import httpx
from fastapi import FastAPI

from truestock.chassis.app.server import config_of


def test_who_calls_gives_an_idle_connection_up_before_the_service_does() -> None:
    expiry = httpx.Limits().keepalive_expiry
    assert expiry is not None
    assert config_of(FastAPI()).timeout_keep_alive > 2 * expiry
