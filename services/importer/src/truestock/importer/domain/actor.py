"""Who gives a command."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a workspace; ``name`` is what reports show, ``subject`` what the audit keeps."""

    workspace_id: UUID
    subject: str
    name: str
    admin: bool = False
