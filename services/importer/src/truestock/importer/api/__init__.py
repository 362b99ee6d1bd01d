"""HTTP in: routes, request and response models."""

from truestock.importer.api.routes import router
from truestock.importer.api.services import Services

__all__ = ["Services", "router"]
