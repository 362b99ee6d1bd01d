"""TLS and SASL of all Kafka clients: what is set is used, what would be ignored is refused."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from faststream.kafka.security import parse_security
from pydantic import ValidationError

from truestock.chassis import topics
from truestock.chassis.kafka_security import broker_security, client_options
from truestock.chassis.kafka_settings import KafkaSettings

SASL = {"kafka_username": "ada", "kafka_password": "made-up"}


def settings(**more: Any) -> KafkaSettings:
    """The least that is needed."""
    return KafkaSettings(**{"kafka_bootstrap": "a:1,b:2", **more})


def test_without_settings_nothing_is_encrypted_or_authenticated() -> None:
    assert client_options(settings()) == {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "PLAINTEXT",
        "ssl_context": None,
    }
    assert parse_security(broker_security(settings())) == {
        "security_protocol": "PLAINTEXT",
        "ssl_context": None,
    }


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_consumers_get_what_producers_get(protocol: str, mechanism: str) -> None:
    chosen = settings(kafka_security_protocol=protocol, kafka_sasl_mechanism=mechanism, **SASL)
    options = client_options(chosen)
    assert (options["security_protocol"], options["sasl_mechanism"]) == (protocol, mechanism)
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("ada", "made-up")
    same = parse_security(broker_security(chosen))
    for given in (options, same):
        context = given.pop("ssl_context")
        assert (context is not None) == (protocol == "SASL_SSL")
    assert same == {name: value for name, value in options.items() if name != "bootstrap_servers"}


def test_tls_checks_the_brokers_certificate_and_name() -> None:
    context = client_options(settings(kafka_security_protocol="SSL"))["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_the_password_is_read_from_its_file_each_time(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("first\n")
    chosen = settings(
        kafka_security_protocol="SASL_PLAINTEXT", kafka_username="ada", kafka_password_file=file
    )
    assert client_options(chosen)["sasl_plain_password"] == "first"
    file.write_text("second\n")
    assert client_options(chosen)["sasl_plain_password"] == "second"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kafka_security_protocol": "SASL_SSL"}, "needs kafka_username"),
        ({"kafka_security_protocol": "SASL_SSL", "kafka_username": "ada"}, "needs kafka_username"),
        (SASL, "PLAINTEXT sends none"),
        ({"kafka_security_protocol": "SSL", **SASL}, "SSL sends none"),
        ({"kafka_ca_file": "/ca.pem"}, "uses no TLS"),
        ({"kafka_security_protocol": "SSL", "kafka_key_file": "/key.pem"}, "belong together"),
        ({"kafka_security_protocol": "TLS"}, "PLAINTEXT"),
        ({"kafka_security_protocol": "SASL_SSL", "kafka_sasl_mechanism": "GSSAPI", **SASL}, "SCRAM"),
    ],
)
def test_what_would_be_ignored_is_refused_without_telling_it(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as refused:
        settings(**wrong)
    assert "made-up" not in str(refused.value)


def test_the_topics_tool_names_an_unusable_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["topics"])
    monkeypatch.setenv("TRUESTOCK_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("TRUESTOCK_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    assert topics.main() == 1
    assert "needs kafka_username" in capsys.readouterr().err
    monkeypatch.setenv("TRUESTOCK_KAFKA_SECURITY_PROTOCOL", "SSL")
    monkeypatch.setenv("TRUESTOCK_KAFKA_CA_FILE", str(tmp_path / "none.pem"))
    assert topics.main() == 1
    assert "not usable" in capsys.readouterr().err
