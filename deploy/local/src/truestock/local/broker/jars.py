"""Apache Kafka itself from its official jars (Maven) on local Java: one KRaft node, small heap."""

import asyncio
import hashlib
import os
import shutil
from pathlib import Path

from truestock.local import runs
from truestock.local.broker.answers import wait_until_answers
from truestock.local.errors import StackError
from truestock.local.ports import LOOPBACK, free_port
from truestock.local.processes import Child
from truestock.local.runs import Run

KAFKA_VERSION = "4.1.2"
_LOG4J_VERSION = "2.25.3"
_POM = Path(__file__).with_name("kafka-pom.xml")
_LOG4J = Path(__file__).with_name("kafka-log4j2.yaml")
_CLUSTER_ID = "dHJ1ZXN0b2NrLWxvY2FsMQ"
_DOWNLOAD_SECONDS = 600.0
_START_SECONDS = 120.0


class JarKafka:
    """A running Apache Kafka. Its log survives :meth:`restart` and is deleted with the run."""

    description = f"Apache Kafka {KAFKA_VERSION} (KRaft, official jars)"

    def __init__(self, run: Run, jars: Path, java: str, port: int, advertised: int) -> None:
        self._run, self._jars, self._java = run, jars, java
        self._port, self._advertised = port, advertised
        self._properties = run.folder / "kafka.properties"
        self.child: Child | None = None

    @classmethod
    async def start(cls, run: Run, *, port: int | None = None, advertised: int | None = None) -> "JarKafka":
        """Fetch the jars once, format the log folder, start; raises :class:`StackError`."""
        java = _program(
            "java", "Install a Java runtime (17 or newer), for example `apt-get install default-jre`"
        )
        jars = await _fetch_jars(run)
        own = port or free_port()
        broker = cls(run, jars, java, own, advertised or own)
        await broker._format()
        await broker._launch()
        return broker

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients."""
        return f"{LOOPBACK}:{self._advertised}"

    async def restart(self) -> None:
        """Stop and start it on the same port with the same log."""
        await self.stop()
        await self._launch()

    async def stop(self) -> None:
        """Controlled shutdown."""
        if self.child is not None:
            await self.child.stop(seconds=20)

    async def kill(self) -> None:
        """Crash it (SIGKILL); the log stays."""
        if self.child is not None:
            await self.child.kill()

    async def _format(self) -> None:
        log = self._run.folder / "kafka-log"
        log.mkdir()
        self._run.discard_at_end(log)
        self._properties.write_text(_properties(self._port, self._advertised, free_port({self._port}), log))
        arguments = ["format", "-t", _CLUSTER_ID, "-c", str(self._properties), "--ignore-formatted"]
        child = self._java_child("kafka-format", "kafka.tools.StorageTool", arguments)
        if await child.wait(_START_SECONDS) != 0:
            raise StackError(
                f"Apache Kafka's log folder cannot be formatted; last lines:\n{child.tail()}\n",
                "Look whether `java -version` says 17 or newer",
            )

    async def _launch(self) -> None:
        self.child = self._java_child("kafka", "kafka.Kafka", [str(self._properties)])
        if not await wait_until_answers(f"{LOOPBACK}:{self._port}", self.child, _START_SECONDS):
            tail = self.child.tail()
            await self.child.kill()
            raise StackError(
                f"Apache Kafka did not start; its last lines:\n{tail}\n", f"Look at {self.child.log}"
            )

    def _java_child(self, name: str, main: str, arguments: list[str]) -> Child:
        options = [
            "-Xms128m",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            f"-Dlog4j2.configurationFile={_LOG4J}",
        ]
        classpath = f"{self._jars}{os.sep}*"
        return Child.start(
            self._run, name, [self._java, *options, "-cp", classpath, main, *arguments], env=os.environ
        )


async def _fetch_jars(run: Run) -> Path:
    """The folder with Kafka's jars: filled once per version and moved into place whole."""
    pom = _POM.read_text().replace("KAFKA_VERSION", KAFKA_VERSION).replace("LOG4J_VERSION", _LOG4J_VERSION)
    folder = runs.home() / "kafka" / f"{KAFKA_VERSION}-{hashlib.sha256(pom.encode()).hexdigest()[:8]}"
    if folder.is_dir():
        return folder
    maven = _program("mvn", "Install Maven, for example `apt-get install maven`, or start a container engine")
    draft = run.folder / "kafka-jars"
    draft.mkdir()
    (run.folder / "pom.xml").write_text(pom)
    child = Child.start(
        run,
        "kafka-download",
        [
            maven, "--batch-mode", "--no-transfer-progress", "--file", str(run.folder / "pom.xml"),
            "dependency:copy-dependencies", f"-DoutputDirectory={draft}", "-DincludeScope=runtime",
        ],
        env=os.environ,
    )  # fmt: skip  # one option per word group reads better
    if await child.wait(_DOWNLOAD_SECONDS) != 0:
        raise StackError(
            f"Apache Kafka's jars cannot be fetched; Maven's last lines:\n{child.tail()}\n",
            "Look whether Maven reaches its repository",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(_move_into_place, draft, folder)
    return folder


def _move_into_place(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:  # a parallel run was first: its jars are the same
        if not folder.is_dir():
            raise
        shutil.rmtree(draft)


def _program(name: str, remedy: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise StackError(f"Apache Kafka needs `{name}`, which is not on the PATH", remedy)
    return found


def _properties(port: int, advertised: int, controller_port: int, log: Path) -> str:
    return "\n".join(
        [
            "process.roles=broker,controller",
            "node.id=1",
            f"controller.quorum.voters=1@{LOOPBACK}:{controller_port}",
            f"listeners=PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
            f"advertised.listeners=PLAINTEXT://{LOOPBACK}:{advertised}",
            "controller.listener.names=CONTROLLER",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            f"log.dirs={log}",
            "auto.create.topics.enable=false",
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=4",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "transaction.state.log.num.partitions=1",
            "group.initial.rebalance.delay.ms=0",
            "group.min.session.timeout.ms=1000",  # fault tests notice a death soon
            "message.max.bytes=9437184",
            "replica.fetch.max.bytes=9437184",
            "log.cleaner.dedupe.buffer.size=16777216",
            "",
        ]
    )
