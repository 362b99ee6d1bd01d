"""Who is calling, and what they may do."""

from truestock.chassis.auth.dependencies import Admin, IfMatch, Operator, Service, Viewer
from truestock.chassis.auth.principal import Principal, Role

__all__ = ["Admin", "IfMatch", "Operator", "Principal", "Role", "Service", "Viewer"]
