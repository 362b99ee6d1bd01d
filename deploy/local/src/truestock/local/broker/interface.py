"""What the stack needs from any broker, and the choice between them."""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from truestock.local.broker.containers import ContainerKafka, container_engine
from truestock.local.broker.embedded import TansuBroker
from truestock.local.broker.jars import JarKafka
from truestock.local.errors import StackError
from truestock.local.runs import Run


class BrokerMode(StrEnum):
    """Where the broker comes from."""

    EMBEDDED = "embedded"
    KAFKA = "kafka"
    CONTAINERS = "containers"
    EXTERNAL = "external"

    @classmethod
    def named(cls, text: str) -> "BrokerMode":
        """Raises :class:`StackError` for a word that is no mode."""
        try:
            return cls(text)
        except ValueError:
            raise StackError(
                f"{text!r} is no way to get a broker", f"Choose one of: {', '.join(cls)}"
            ) from None


class Broker(Protocol):
    """A broker that answers on ``bootstrap``."""

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients."""
        ...

    @property
    def description(self) -> str:
        """For people: what it is."""
        ...

    async def restart(self) -> None:
        """Stop and start it on the same address; keeps the log if this kind of broker can."""
        ...

    async def stop(self) -> None:
        """End it; its clients should be gone before."""
        ...


class ExternalBroker:
    """A broker that somebody else runs: never started, restarted or stopped from here."""

    description = "external"

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    @classmethod
    def named_by(cls, environ: Mapping[str, str]) -> "ExternalBroker":
        """From ``TRUESTOCK_KAFKA_BOOTSTRAP``."""
        bootstrap = environ.get("TRUESTOCK_KAFKA_BOOTSTRAP")
        if not bootstrap:
            raise StackError(
                "The external broker has no address",
                "Set TRUESTOCK_KAFKA_BOOTSTRAP=host:port, or choose the embedded broker",
            )
        return cls(bootstrap)

    async def restart(self) -> None:
        """Refused: it is not ours."""
        raise StackError("An external broker cannot be restarted from here", "Restart it where it runs")

    async def stop(self) -> None:
        """Leave it running: it is not ours."""


async def start_broker(
    run: Run, mode: BrokerMode, *, port: int | None = None, advertised: int | None = None
) -> Broker:
    """Start (or find) a broker and return once it answers; raises :class:`StackError`.

    It listens on ``port`` or a free one and sends its clients to the port ``advertised``, which is the same
    one unless something stands in between.
    """
    match mode:
        case BrokerMode.EMBEDDED:
            return await TansuBroker.start(run, port=port, advertised=advertised)
        case BrokerMode.KAFKA:
            if await container_engine():
                return await ContainerKafka.start(run, port=port, advertised=advertised)
            return await JarKafka.start(run, port=port, advertised=advertised)
        case BrokerMode.CONTAINERS:
            return await ContainerKafka.start(run, port=port, advertised=advertised)
        case BrokerMode.EXTERNAL:
            return ExternalBroker.named_by(os.environ)
