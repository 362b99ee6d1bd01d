"""What a process waits for before it can do its work."""

import asyncio

from sqlalchemy import text

from truestock.chassis.consumer.runner import ConsumerRunner
from truestock.chassis.transaction import Database

DATABASE_PATIENCE_S = 3


async def unready(database: Database, revision: str | None, runner: ConsumerRunner) -> dict[str, str]:
    """What is missing, each with the reason; answers within the longest patience of its questions."""
    found = await asyncio.gather(_of_the_database(database, revision, runner), _of_the_broker(runner))
    return {what: why for reasons in found for what, why in reasons.items()}


async def _of_the_database(
    database: Database, revision: str | None, runner: ConsumerRunner
) -> dict[str, str]:
    try:
        async with asyncio.timeout(DATABASE_PATIENCE_S), database.engine.connect() as connection:
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
            applied = found.scalars().all()
    except Exception as error:  # whatever it is, the process is not ready because of it
        return {"database": type(error).__name__}
    if refused := runner.refused:  # one whose disk is full still answers questions
        return {"database": "; ".join(f"{why} ({group})" for group, why in refused.items())}
    if revision is None or list(applied) == [revision]:
        return {}
    return {"migrations": f"at {', '.join(applied) or 'nothing'}, this release needs {revision}"}


async def _of_the_broker(runner: ConsumerRunner) -> dict[str, str]:
    if runner.unassigned:
        return {"broker": f"not assigned yet: {', '.join(runner.unassigned)}"}
    silence = await runner.silence()
    return {"broker": silence} if silence else {}
