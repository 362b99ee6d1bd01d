"""Inventory's settings: the chassis' and no others."""

from typing import ClassVar

from truestock.chassis.settings import ServiceSettings


class InventorySettings(ServiceSettings):
    """Everything that inventory can be told from outside."""

    service: ClassVar[str] = "inventory"
