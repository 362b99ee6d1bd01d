"""The stored login: who may read it, when it is renewed, what it says when it has ended."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from truestock.client.tokens import Login, LoginFile, StoredToken
from truestock.contracts.problem import Refusal

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def login(minutes: int, access: str = "access-1", refresh: str | None = None) -> Login:
    return Login("http://issuer", access, NOW + timedelta(minutes=minutes), refresh)


async def never(_: Login) -> Login | None:
    raise AssertionError("must not be renewed")


def test_only_its_owner_can_read_the_login(tmp_path: Path) -> None:
    file = LoginFile(tmp_path / "deep" / "login.json")
    file.save(login(5))
    file.save(login(6))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert file.load() == login(6)
    assert [path.name for path in file.path.parent.iterdir()] == ["login.json"]


def test_the_token_is_not_in_its_representation() -> None:
    assert "access-1" not in repr(login(5, refresh="refresh-1"))
    assert "refresh-1" not in repr(login(5, refresh="refresh-1"))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"issuer": 1, "expires_at": "soon"}'])
def test_a_damaged_file_is_no_login(tmp_path: Path, content: str) -> None:
    path = tmp_path / "login.json"
    path.write_text(content)
    assert LoginFile(path).load() is None


def test_forgetting_tells_whether_there_was_a_login(tmp_path: Path) -> None:
    file = LoginFile(tmp_path / "login.json")
    file.save(login(5))
    assert [file.forget(), file.forget()] == [True, False]


async def test_a_valid_token_is_given_as_it_is(tmp_path: Path) -> None:
    file = LoginFile(tmp_path / "login.json")
    file.save(login(5))
    assert await StoredToken(file, never, lambda: NOW)() == "access-1"


async def test_an_ended_token_is_renewed_and_kept(tmp_path: Path) -> None:
    async def renew(old: Login) -> Login | None:
        assert old.refresh_token == "refresh-1"
        return login(10, "access-2", "refresh-2")

    file = LoginFile(tmp_path / "login.json")
    file.save(login(0, refresh="refresh-1"))
    assert await StoredToken(file, renew, lambda: NOW)() == "access-2"
    assert file.load() == login(10, "access-2", "refresh-2")


async def test_a_refused_token_is_not_given_again(tmp_path: Path) -> None:
    file = LoginFile(tmp_path / "login.json")
    file.save(login(5))
    with pytest.raises(Refusal, match="truestock login"):
        await StoredToken(file, never, lambda: NOW)(refused="access-1")


@pytest.mark.parametrize("stored", [None, login(0)])
async def test_without_a_valid_login_the_command_to_run_is_named(
    tmp_path: Path, stored: Login | None
) -> None:
    file = LoginFile(tmp_path / "login.json")
    if stored:
        file.save(stored)
    with pytest.raises(Refusal, match="truestock login"):
        await StoredToken(file, never, lambda: NOW)()
