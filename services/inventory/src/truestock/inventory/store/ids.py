"""Ids that grow with time (UUID version 7, RFC 9562), so that indexes of a large catalogue stay warm."""

import random
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7: 48 bits of milliseconds, then chance."""
    value = (time.time_ns() // 1_000_000) << 80 | random.getrandbits(80)  # ids are no secrets
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
