"""When Python looks for objects that hold each other: twice a minute instead of several times a batch."""

import asyncio
import gc
from typing import NoReturn

YOUNG_OBJECTS = 200_000
"""Python looks for cycles by itself when so many containers more were made than freed. 500 listings in
memory are more than 50,000, all alive: with that number looking took 80 µs a listing (measured)."""
LOOK_S = 30.0
"""What libraries leave in cycles, a response or now and then a whole batch, stays in memory no longer."""


def settle() -> None:
    """What lives now lives as long as the process: it is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)


async def free_cycles(every_s: float = LOOK_S) -> NoReturn:
    """Free what is held by nothing but itself, from time to time, until cancelled."""
    while True:
        await asyncio.sleep(every_s)
        gc.collect()
