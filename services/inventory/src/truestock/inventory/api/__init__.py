"""HTTP in: routes, request and response models."""

from truestock.inventory.api.routes import routers
from truestock.inventory.api.services import Services

__all__ = ["Services", "routers"]
