"""The JSON of an event: what pydantic writes, byte for byte, in two thirds of the time (measured).

orjson asks for a model's fields once per model, pydantic walks its schema and makes a text that has to be
encoded once more. The contracts' models have one representation of their own, that of amounts;
``tests/unit/chassis/test_payload.py`` compares both for every event.
"""

from decimal import Decimal
from typing import Any

import orjson

from truestock.contracts.events import Event


def payload_of(event: Event) -> bytes:
    """The data of an event, as ``event.model_dump_json()`` has it."""
    try:
        return orjson.dumps(event.__dict__, default=_plain, option=orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError:  # for example an integer of more than 64 bits in what a marketplace said
        return event.model_dump_json().encode()


def _plain(value: Any) -> Any:
    if type(value) is Decimal:
        return format(value, "f")
    try:
        return value.__dict__  # a model
    except AttributeError:
        return str(value)  # the database driver's UUID
