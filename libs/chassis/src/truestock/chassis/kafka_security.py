"""The settings of :mod:`truestock.chassis.kafka_settings` as aiokafka's and FastStream's arguments."""

import ssl
from typing import Any

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from truestock.chassis.kafka_settings import KafkaSettings, Mechanism

_SASL: dict[Mechanism, type[SASLPlaintext] | type[SASLScram256] | type[SASLScram512]] = {
    Mechanism.PLAIN: SASLPlaintext,
    Mechanism.SCRAM_SHA_256: SASLScram256,
    Mechanism.SCRAM_SHA_512: SASLScram512,
}


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """What every aiokafka client is given: addresses and security."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap.split(","),
        "security_protocol": settings.kafka_security_protocol.value,
        "ssl_context": tls_context(settings),
    }
    if settings.kafka_security_protocol.has_sasl:
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism.value,
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.own_kafka_password(),
        }
    return options


def broker_security(settings: KafkaSettings) -> BaseSecurity:
    """The same for FastStream's broker."""
    protocol = settings.kafka_security_protocol
    context = tls_context(settings)
    if not protocol.has_sasl:
        return BaseSecurity(ssl_context=context, use_ssl=protocol.has_tls)
    sasl = _SASL[settings.kafka_sasl_mechanism]
    return sasl(
        settings.kafka_username,
        settings.own_kafka_password(),
        ssl_context=context,
        use_ssl=protocol.has_tls,
    )


def tls_context(settings: KafkaSettings) -> ssl.SSLContext | None:
    """Checks the broker's certificate and name; None without TLS. Raises OSError for an unusable file."""
    if not settings.kafka_security_protocol.has_tls:
        return None
    context = ssl.create_default_context(cafile=settings.kafka_ca_file)
    if settings.kafka_certificate_file is not None:
        context.load_cert_chain(settings.kafka_certificate_file, settings.kafka_key_file)
    return context
