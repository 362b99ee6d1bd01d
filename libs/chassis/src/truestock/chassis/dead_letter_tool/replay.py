"""Hands one dead letter's original record to its consumer group's handler, in this process."""

import asyncio
import logging

from truestock.chassis import failpoints as steps
from truestock.chassis.consumer.decode import trace_headers
from truestock.chassis.consumer.subscription import AnySubscription
from truestock.chassis.dead_letter_tool.letters import Letter
from truestock.chassis.delivery import Permanent, Transient
from truestock.chassis.telemetry import messaging
from truestock.chassis.telemetry.context import trace_of
from truestock.chassis.telemetry.redaction import redact
from truestock.contracts.problem import Refusal

log = logging.getLogger(__name__)

TIMEOUT_S = 20.0
"""Below the time that callers wait for an answer."""


async def replay(letter: Letter, subscription: AnySubscription, *, timeout_s: float = TIMEOUT_S) -> None:
    """Decode and handle the original record as the group's consumer would, alone.

    Its transaction has the same inbox, so a record that was handled already has no second effect. Raises
    :class:`Refusal` with the reason when it fails again and :class:`Transient` for what passes by itself;
    neither changed anything.
    """
    record, group = letter.original, subscription.group
    trace = trace_headers(record)
    span = messaging.start_process_span(record, group, *trace)
    token = steps.scope.set(f"{group}:replay")
    failed: str | None = None
    try:
        item = subscription.decode(record, trace_of(span) if span is not None else trace)
        if item is not None:
            async with asyncio.timeout(timeout_s):
                await subscription.handle([item])
    except TimeoutError as error:
        failed = "it took too long"
        raise Transient("the handler took too long, or something that it waits for") from error
    except Transient as error:
        failed = str(error)
        raise
    except Permanent as error:
        failed = error.reason
        raise _again(letter, error, error.reason) from error
    except Exception as error:
        failed = type(error).__name__
        log.exception("dead letter %s fails again", letter.address)
        raise _again(letter, error, f"{type(error).__name__}; the service's log says more") from error
    finally:
        steps.scope.reset(token)
        messaging.end(span, error=failed)


def _again(letter: Letter, error: Exception, reason: str) -> Refusal:
    return Refusal(
        "fails_again",
        f"The dead letter {letter.address} fails again: {redact(reason)[:500]}.",
        remedy="Correct the cause and replay it then, or discard it with a reason.",
        exception_class=type(error).__name__,
    )
