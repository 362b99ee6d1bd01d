"""All routers of the service."""

from truestock.inventory.api import decisions, internal, items, overview

routers = (items.router, decisions.router, overview.router, internal.router)
