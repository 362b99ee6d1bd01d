"""The processes of a mode: ours as the local stack starts them, the baselines as two programs each."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bench.world import PIPELINE, World, prefix

from truestock.local.environment import inherited, service_environment
from truestock.local.errors import StackError
from truestock.local.marketplaces import CLIENT_ID
from truestock.local.ports import free_port
from truestock.local.processes import Child
from truestock.local.units import Unit, trace_file

TESTS = Path(__file__).resolve().parents[1]
SESSION_S = 60
"""A mode is stopped while another one is measured: so long a group waits for its member."""


class Programs:
    """Started processes by service; ``hold`` and ``release`` stop and continue them.

    Processes that idle ask the broker for records all the time, which would be paid for by the mode that is
    measured: whoever has no round is held.
    """

    def __init__(self, mode: str, pids: Mapping[str, Sequence[int]], parts: Sequence[Unit | Child]) -> None:
        self.mode = mode
        self.pids = pids
        self._parts = parts

    @classmethod
    async def start(cls, world: World, mode: str) -> "Programs":
        """All replicas of both services. The baselines tell nobody when they are ready: see the warm-up."""
        pids: dict[str, list[int]] = {service: [] for service in PIPELINE}
        parts: list[Unit | Child] = []
        for service in PIPELINE:
            for replica in range(1, world.parameters.replicas + 1):
                name = f"{mode}-{service}-{replica}"
                part = (
                    await _ours(world, service, name)
                    if mode == "ours"
                    else _baseline(world, mode, service, name)
                )
                pids[service].append(part.pid)
                parts.append(part)
        return cls(mode, pids, parts)

    def hold(self) -> None:
        """SIGSTOP: they cost nothing, and a backlog can be written that nobody consumes yet."""
        self._signal(signal.SIGSTOP)

    def release(self) -> None:
        """SIGCONT: warm processes meet a backlog."""
        self._signal(signal.SIGCONT)

    def require_running(self) -> None:
        """Raises :class:`StackError` with the last lines of a process that ended by itself."""
        for part in self._parts:
            if not part.running():
                last = "\n".join(part.log.read_text(errors="replace").splitlines()[-15:])
                raise StackError(
                    f"{part.name} ended by itself; its last lines:\n{last}\n", f"Look at {part.log}"
                )

    async def stop(self) -> None:
        """End them; one that is held would not hear of it."""
        self.release()
        for part in self._parts:
            await part.stop()

    def _signal(self, number: signal.Signals) -> None:
        for pids in self.pids.values():
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)


async def _ours(world: World, service: str, name: str) -> Unit:
    port = free_port(world.addresses.services.values())
    environment = service_environment(
        service,
        world.addresses,
        world.databases["ours"][service],
        world.secrets,
        trace_file(world.run, name),
        port=port,
    )
    environment["TRUESTOCK_TRACE_RATIO"] = str(world.parameters.sampling)
    environment["TRUESTOCK_CONSUMER_SESSION_TIMEOUT_S"] = str(SESSION_S)
    command = [sys.executable, "-m", f"truestock.{service}", "serve"]
    unit = Unit(world.run, name, command, environment, port, ready_path="/readyz")
    await unit.start()
    return unit


def _baseline(world: World, mode: str, service: str, name: str) -> Child:
    urls = world.databases[mode][service]
    environment = {
        **inherited(),
        "PYTHONPATH": str(TESTS),
        "BENCH_BOOTSTRAP": world.broker.bootstrap,
        "BENCH_APP_URL": urls.app,
        "BENCH_SYSTEM_URL": urls.system,
        "BENCH_TOPICS": prefix(mode),
        "BENCH_ROWS": world.parameters.rows,
        "BENCH_SESSION_MS": str(SESSION_S * 1000),
        "BENCH_API_URL": world.shop.api_url,
        "BENCH_TOKEN": world.shop.token,
        "BENCH_CLIENT_ID": CLIENT_ID,
    }
    command = [sys.executable, "-m", f"bench.{mode}.{service}"]
    return Child.start(world.run, name, command, env=environment)
