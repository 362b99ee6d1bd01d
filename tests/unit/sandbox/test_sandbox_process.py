"""The command line, and the process as it is really run."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.etsy_seller import APP, CALLBACK, CONNECT, SCOPES, TOKEN, pkce, told

from truestock.sandbox.cli import main

COMMAND = (sys.executable, "-m", "truestock.sandbox")


@pytest.fixture
def address() -> Iterator[str]:
    """A running sandbox; it must end on SIGTERM by itself."""
    arguments = (*COMMAND, "serve", "--port", "0", "--generate", "30", "--accounts", "2")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:  # our own command
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield line.split()[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
    assert process.returncode in {0, -signal.SIGTERM}


def tokens(http: httpx.Client) -> dict[str, str]:
    verifier, challenge = pkce()
    query = {
        "response_type": "code",
        "client_id": APP,
        "redirect_uri": CALLBACK,
        "scope": SCOPES,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login": "main",
    }
    code = told(http.get(CONNECT, params=query))["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": APP,
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": verifier,
    }
    answer: dict[str, str] = http.post(TOKEN, data=form).json()
    return answer


def test_a_lost_answer_breaks_the_connection_after_the_work_was_done(address: str) -> None:
    with httpx.Client(base_url=address) as http:
        first = tokens(http)
        http.post("/control/faults", json={"kind": "lost_token_answer", "account": "main"})
        form = {"grant_type": "refresh_token", "client_id": APP, "refresh_token": first["refresh_token"]}
        with pytest.raises(httpx.RemoteProtocolError):
            http.post(TOKEN, data=form)
        counters = http.get("/control/token-requests").json()["counters"]
        assert {
            "marketplace": "etsy",
            "account": "20000001",
            "grant": "refresh_token",
            "outcome": "ok",
            "count": 1,
        } in counters
        assert http.post(TOKEN, data=form).json()["error"] == "invalid_grant"


def test_a_taken_port_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), "--generate", "1"]) == 2
    told_people = capsys.readouterr()
    assert told_people.out == ""
    assert f"port {port}" in told_people.err
    assert len(told_people.err.splitlines()) == 1


def test_check_prints_what_the_file_adds_up_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "products.csv"
    file.write_text("Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price\na,A,S-1,3,5\nb,B,,,6\n")
    assert main(["check", str(file)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["listings"], figures["variants"], figures["stock"]) == (2, 2, 3)
    assert (figures["unknown_stock"], figures["without_sku"]) == (1, 1)


@pytest.mark.parametrize("command", [["check"], ["serve", "--port", "0", "--catalog"]])
def test_a_refused_catalogue_is_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    file = tmp_path / "products.csv"
    file.write_bytes("Handle,Title\na,Café\n".encode("latin-1"))
    assert main([*command, str(file)]) == 2
    told_people = capsys.readouterr()
    assert told_people.out == ""
    assert told_people.err.startswith(f"{file}: ")
    assert len(told_people.err.splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [
        ("--marketplaces", "etsy,nowhere"),
        ("--webhook-url", "nowhere=http://127.0.0.1/hook"),
        ("--webhook-url", "etsy=ftp://127.0.0.1/hook"),
        ("--webhook-url", "etsy"),
    ],
)
def test_a_marketplace_that_there_is_not_is_refused(
    options: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--port", "0", *options])
    assert ended.value.code == 2
    assert "etsy" in capsys.readouterr().err
