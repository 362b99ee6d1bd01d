"""A caller whose token was verified."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a caller may do. People's roles include the ones below them: viewer < operator < admin."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"
    SERVICE = "service"


_INCLUDED = {
    Role.ADMIN: frozenset({Role.ADMIN, Role.OPERATOR, Role.VIEWER}),
    Role.OPERATOR: frozenset({Role.OPERATOR, Role.VIEWER}),
    Role.VIEWER: frozenset({Role.VIEWER}),
    Role.SERVICE: frozenset({Role.SERVICE}),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """The verified caller and the one workspace that this call is about."""

    subject: str
    name: str
    roles: frozenset[Role]
    workspace_id: UUID
    is_service: bool = False

    def may(self, role: Role) -> bool:
        """Whether one of the caller's roles includes ``role``."""
        return any(role in _INCLUDED[own] for own in self.roles)
