"""The worker: claims, keeps its lease, gives back, survives bugs and a lost database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from truestock.chassis.delivery import Transient
from truestock.importer.usecases.reading import Again, Worker
from truestock.importer.usecases.reading.worker import A_BUG
from truestock.importer.usecases.values import WorkItem

NIL = UUID(int=0)


def item(number: int, attempts: int = 0) -> WorkItem:
    return WorkItem(UUID(int=number), NIL, number, attempts)


@dataclass
class FakeQueue:
    """Work in order; ``lost`` makes every renewal fail; ``most`` was claimed and not released at a time."""

    waiting: list[WorkItem | Exception] = field(default_factory=list)
    lost: bool = False
    released: list[tuple[int, float, int]] = field(default_factory=list)
    claimed: int = 0
    most: int = 0

    async def claim(self, owner: str, lease_s: float) -> WorkItem | None:
        found = self.waiting.pop(0) if self.waiting else None
        if isinstance(found, Exception):
            raise found
        if found is not None:
            self.claimed += 1
            self.most = max(self.most, self.claimed - len(self.released))
        return found

    async def renew(self, item: WorkItem, lease_s: float) -> bool:
        return not self.lost

    async def release(self, item: WorkItem, delay_s: float, *, attempts: int) -> None:
        self.released.append((item.fence, delay_s, attempts))

    async def workspaces_of(self, connection_ids: Iterable[UUID]) -> dict[UUID, UUID]:
        return {}


def worker(
    queue: FakeQueue,
    read: Callable[[WorkItem], Awaitable[Again]],
    *,
    concurrency: int = 4,
    lease_s: float = 30.0,
    poll_s: float = 1.0,
) -> Worker:
    return Worker(queue, read, owner="test", concurrency=concurrency, lease_s=lease_s, poll_s=poll_s)


async def test_a_turn_gives_the_claim_back_as_the_read_says() -> None:
    async def read(_: WorkItem) -> Again:
        return Again(7.0, 2)

    queue = FakeQueue([item(1)])
    assert await worker(queue, read).turn()
    assert queue.released == [(1, 7.0, 2)]
    assert not await worker(queue, read).turn()


async def test_a_bug_counts_as_several_attempts() -> None:
    async def read(_: WorkItem) -> Again:
        raise KeyError("a bug")

    queue = FakeQueue([item(1, attempts=3)])
    assert await worker(queue, read).turn()
    assert [attempts for _, _, attempts in queue.released] == [3 + A_BUG]


async def test_a_database_that_fails_counts_as_no_attempt() -> None:
    async def read(_: WorkItem) -> Again:
        raise Transient("no database")

    queue = FakeQueue([item(1, attempts=3)])
    assert await worker(queue, read).turn()
    assert [attempts for _, _, attempts in queue.released] == [3]


async def test_a_process_that_stops_counts_as_no_attempt() -> None:
    reading = asyncio.Event()

    async def read(_: WorkItem) -> Again:
        reading.set()
        return await asyncio.Future[Again]()

    queue = FakeQueue([item(1, attempts=3)])
    turn = asyncio.create_task(worker(queue, read).turn())
    await reading.wait()
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    assert [attempts for _, _, attempts in queue.released] == [3]


async def test_a_lost_lease_stops_the_read() -> None:
    stopped = asyncio.Event()

    async def read(_: WorkItem) -> Again:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        raise AssertionError

    await worker(FakeQueue([item(1)], lost=True), read, lease_s=0.01).turn()
    assert stopped.is_set()


async def test_it_reads_several_batches_side_by_side_up_to_its_limit_and_outlives_a_lost_database() -> None:
    side_by_side, done = asyncio.Barrier(2), asyncio.Event()
    queue = FakeQueue([Transient("no database"), *(item(n) for n in range(1, 7))])

    async def read(one: WorkItem) -> Again:
        await side_by_side.wait()
        if one.fence == 6:
            done.set()
        return Again(0.0)

    task = asyncio.create_task(worker(queue, read, concurrency=2, poll_s=0.01)())
    await asyncio.wait_for(done.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert queue.most == 2
    assert {fence for fence, _, _ in queue.released} >= {1, 2, 3, 4}
