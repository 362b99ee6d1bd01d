"""Bodies of public routes: read no further than anything honest would be long."""

from fastapi import Request


async def read_at_most(request: Request, most: int) -> bytes | None:
    """The raw body; None as soon as it is longer than ``most`` bytes."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return body
