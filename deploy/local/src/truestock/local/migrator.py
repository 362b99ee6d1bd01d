"""``python -m truestock.local.migrator``: one Alembic upgrade after the other, for the local stack."""

import asyncio
import json
import os
from pathlib import Path

from truestock.chassis.migrations.runner import migrate


async def main() -> None:
    """``TRUESTOCK_MIGRATIONS`` maps an owner role's address to the folder of its migrations."""
    for url, folder in json.loads(os.environ["TRUESTOCK_MIGRATIONS"]).items():
        await migrate(url, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
