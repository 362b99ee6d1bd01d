"""What the sandbox is started with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from truestock.sandbox.issuer.people import DEFAULT_PEOPLE, Person, read_people
from truestock.sandbox.issuer.server import IssuerSettings
from truestock.sandbox.oauth.clients import Client

DEFAULT_APP = "truestock-local"
DEFAULT_SECRET = "truestock-local-secret"  # noqa: S105 # of the local application, which anybody may know


class SettingsError(Exception):
    """A setting that cannot be used; its text is a sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``base`` is the address as clients see it, without a trailing slash. Times in seconds.

    ``marketplaces`` empty: all that there are. ``redirect_uris`` empty: any loopback address may receive the
    marketplaces' answers. Limits and ``token_ttl`` None: each marketplace's own. ``webhooks``: where a
    marketplace's notices go, by its name.
    """

    base: str
    accounts: int = 3
    marketplaces: tuple[str, ...] = ()
    per_second: int | None = None
    per_day: int | None = None
    token_ttl: float | None = None
    etsy_app: str = DEFAULT_APP
    client_id: str = DEFAULT_APP
    client_secret: str = DEFAULT_SECRET
    webhooks: Mapping[str, str] = field(default_factory=dict)
    redirect_uris: tuple[str, ...] = ()
    services: tuple[Client, ...] = ()
    people: tuple[Person, ...] = DEFAULT_PEOPLE
    issuer: IssuerSettings = field(default_factory=IssuerSettings)
    seed: int = 7


@dataclass(frozen=True, slots=True)
class ClientsFile:
    """Who may obtain tokens from the local issuer."""

    services: tuple[Client, ...] = ()
    people: tuple[Person, ...] = DEFAULT_PEOPLE


def read_clients_file(path: Path) -> ClientsFile:
    """Services and people of a JSON file; the default people are always there too. Raises SettingsError.

    ``{"clients": [{"client_id", "client_secret", "audiences"?: [...]}],
    "users": [{"login", "roles": [...], "workspace_id", "name"?}]}``
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        services = tuple(_service(entry) for entry in content.get("clients", []))
        people = {
            person.login: person for person in (*DEFAULT_PEOPLE, *read_people(content.get("users", [])))
        }
    except OSError as error:
        raise SettingsError(f"{path}: it cannot be read ({error.strerror}); check the path.") from None
    except (ValueError, AttributeError, TypeError) as error:
        raise SettingsError(
            f"{path}: it is not a clients file ({error}); see --help for its shape."
        ) from None
    except KeyError as error:
        raise SettingsError(f"{path}: an entry has no {error}; add it.") from None
    return ClientsFile(services, tuple(people.values()))


def _service(entry: Mapping[str, Any]) -> Client:
    return Client(
        str(entry["client_id"]),
        secret=str(entry["client_secret"]),
        grants=("client_credentials",),
        audiences=tuple(map(str, entry.get("audiences") or ())),
    )
