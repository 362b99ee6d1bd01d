"""Apache Kafka itself as a container, through testcontainers (in the development requirements only)."""

import asyncio
import contextlib
import os
import shutil
import subprocess
from typing import Any

from truestock.local.broker.answers import wait_until_answers
from truestock.local.errors import StackError
from truestock.local.ports import LOOPBACK, free_port
from truestock.local.runs import Run

IMAGE = "apache/kafka:4.1.2"
_INTERNAL_PORT = 9092
_START_SECONDS = 120.0


async def container_engine() -> bool:
    """Whether a container engine answers (not only whether its command is installed)."""
    return await asyncio.to_thread(_engine_answers)


def _engine_answers() -> bool:
    program = shutil.which("docker") or shutil.which("podman")
    if program is None:
        return False
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        asked = subprocess.run(  # noqa: S603  # fixed arguments, no shell
            [program, "info", "--format", "{{.ServerVersion}}"], capture_output=True, timeout=10, check=False
        )
        return asked.returncode == 0
    return False


class ContainerKafka:
    """A running container. Its log survives :meth:`restart`; testcontainers' reaper ends it after a crash."""

    description = f"Apache Kafka ({IMAGE}, container)"

    def __init__(self, container: Any, port: int, advertised: int) -> None:
        self._container, self._port, self._advertised = container, port, advertised

    @classmethod
    async def start(
        cls,
        run: Run,  # noqa: ARG003  # same signature as the other brokers
        *,
        port: int | None = None,
        advertised: int | None = None,
    ) -> "ContainerKafka":
        """Start the image on ``port`` or a free one; raises :class:`StackError` where no engine answers."""
        if not await container_engine():
            raise StackError(
                "No container engine answers (tried `docker info` and `podman info`)",
                "Start one, or use BROKER=kafka, which falls back to the official jars",
            )
        try:
            from testcontainers.core.container import DockerContainer
        except ImportError:
            raise StackError("testcontainers is not installed", "Run `make setup-dev`") from None
        own = port or free_port()
        # Inside a container-like host only this mode makes mapped ports reachable on loopback.
        os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
        container = DockerContainer(IMAGE).with_bind_ports(_INTERNAL_PORT, own)
        for name, value in _environment(advertised or own).items():
            container = container.with_env(name, value)
        await asyncio.to_thread(container.start)
        broker = cls(container, own, advertised or own)
        if not await wait_until_answers(f"{LOOPBACK}:{own}", None, _START_SECONDS):
            await broker.stop()
            raise StackError(
                f"{IMAGE} did not answer within {_START_SECONDS:.0f} s", "Look at the engine's log"
            )
        return broker

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients."""
        return f"{LOOPBACK}:{self._advertised}"

    async def restart(self) -> None:
        """Restart the same container: same port, same log."""
        await asyncio.to_thread(self._container.get_wrapped_container().restart)
        if not await wait_until_answers(f"{LOOPBACK}:{self._port}", None, _START_SECONDS):
            raise StackError(f"{IMAGE} did not come back", "Look at the engine's log")

    async def stop(self) -> None:
        """Stop and remove the container."""
        await asyncio.to_thread(self._container.stop)


def _environment(advertised: int) -> dict[str, str]:
    return {
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_NODE_ID": "1",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{_INTERNAL_PORT},CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{LOOPBACK}:{advertised}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "4",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
        "KAFKA_MESSAGE_MAX_BYTES": "9437184",
        "KAFKA_REPLICA_FETCH_MAX_BYTES": "9437184",
        "KAFKA_HEAP_OPTS": "-Xms128m -Xmx512m",
    }
