"""The epoch: which life of this database the published states belong to."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

RAISE = text("UPDATE epoch SET epoch = epoch + 1 RETURNING epoch")


async def raise_epoch(connection: AsyncConnection) -> str:
    """After a restore from backup: followers of the items start over from the snapshot."""
    epoch = (await connection.execute(RAISE)).scalar_one()
    return f"The epoch is {epoch} now. Restart the processes of inventory: they read it when they start."
