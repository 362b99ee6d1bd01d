"""Settings that cannot work are refused; failpoints count."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from truestock.chassis.failpoints import Failpoints, scope
from truestock.chassis.settings import ServiceSettings


def settings(**more: Any) -> ServiceSettings:
    """The least that is needed."""
    values: dict[str, Any] = {
        "port": 1,
        "database_url": "postgresql://app:secret-canary@h/d",
        "system_database_url": "postgresql://h/d",
        "kafka_bootstrap": "h:1",
        "issuer_url": "http://issuer.test",
    }
    return ServiceSettings(**{**values, **more})


def test_the_client_is_named_after_the_service() -> None:
    assert settings().own_client_id == "truestock-service"
    assert settings(client_id="x").own_client_id == "x"


def test_a_secret_comes_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("made-up\n")
    assert settings(client_secret_file=file).own_client_secret() == "made-up"
    with pytest.raises(ValueError, match="TRUESTOCK_CLIENT_SECRET"):
        settings().own_client_secret()


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 70_000},
        {"token_algorithms": ("none",)},
        {"token_algorithms": ("HS256",)},
        {"token_algorithms": ()},
        {"trace_ratio": 2},
        {"consumer_handler_timeout_s": 400},
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**wrong)
    assert "secret-canary" not in str(refused.value)


def test_settings_do_not_print_their_secrets() -> None:
    assert "secret-canary" not in repr(settings())


def test_a_failpoint_fires_at_its_nth_time_and_never_again() -> None:
    fired: list[int] = []
    points = Failpoints("g:step#3", die=lambda: fired.append(1))
    for _ in range(5):
        points.reach("g:step")
        points.reach("other")
    assert fired == [1]


def test_a_step_in_scope_belongs_to_the_group_that_is_handled() -> None:
    fired: list[int] = []
    points = Failpoints("g:after-commit", die=lambda: fired.append(1))
    points.reach_in_scope("after-commit")
    token = scope.set("g")
    points.reach_in_scope("after-commit")
    scope.reset(token)
    assert fired == [1]
