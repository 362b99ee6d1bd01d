"""What the processes of a stack say about themselves."""

import httpx

from truestock.local.postgres import SERVICES
from truestock.local.stack import Stack


async def somebody_is_dead(stack: Stack) -> bool:
    """Whether a process has ended or says that it does not live."""
    async with httpx.AsyncClient(timeout=10, trust_env=False) as probe:
        answers = [await probe.get(f"{stack[service].url}/livez") for service in SERVICES]
    return any(answer.status_code != 200 for answer in answers)
