"""The people who can sign in locally. Ids are derived from names, so that they stay the same for ever."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

WORKSPACE_A = uuid5(NAMESPACE_URL, "https://truestock.example/workspaces/a")
WORKSPACE_B = uuid5(NAMESPACE_URL, "https://truestock.example/workspaces/b")
ROLES = ("viewer", "operator", "admin")


@dataclass(frozen=True, slots=True)
class Person:
    """One local user with the claims that a token carries."""

    login: str
    name: str
    roles: tuple[str, ...]
    workspace_id: UUID

    @property
    def subject(self) -> str:
        """The immutable id."""
        return str(uuid5(NAMESPACE_URL, f"https://truestock.example/people/{self.login}"))

    def claims(self) -> dict[str, Any]:
        """What Truestock reads of a token."""
        return {
            "sub": self.subject,
            "name": self.name,
            "preferred_username": self.login,
            "roles": list(self.roles),
            "workspace_id": str(self.workspace_id),
        }


DEFAULT_PEOPLE = (
    Person("admin", "Ada Admin", ("admin",), WORKSPACE_A),
    Person("operator", "Olu Operator", ("operator",), WORKSPACE_A),
    Person("operator2", "Oda Operator", ("operator",), WORKSPACE_A),
    Person("viewer", "Vic Viewer", ("viewer",), WORKSPACE_A),
    Person("other", "Ora Other", ("operator",), WORKSPACE_B),
)


def read_people(entries: Iterable[Mapping[str, Any]]) -> list[Person]:
    """People of a clients file: login, roles, workspace_id and optionally name. Raises ValueError."""
    people = []
    for entry in entries:
        roles = entry["roles"]
        if not isinstance(roles, list) or not set(roles) <= set(ROLES):
            raise ValueError(f"roles of {entry['login']!r} must be a list of {', '.join(ROLES)}")
        workspace = UUID(str(entry["workspace_id"]))
        people.append(
            Person(str(entry["login"]), str(entry.get("name") or entry["login"]), tuple(roles), workspace)
        )
    return people
