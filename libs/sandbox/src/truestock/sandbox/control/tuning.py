"""The settings of one marketplace: its limits and how its tokens behave."""

from dataclasses import asdict, fields
from typing import Any

from truestock.sandbox.control.bodies import SettingsBody
from truestock.sandbox.control.refused import Refused
from truestock.sandbox.marketplace import Marketplace


def tuning(marketplace: Marketplace) -> dict[str, Any]:
    """As they are."""
    return {**asdict(marketplace.limits), **asdict(marketplace.token_settings)}


def tune(marketplace: Marketplace, body: SettingsBody) -> None:
    """Change what is given. Raises Refused before anything changes."""
    limits = marketplace.limits
    kinds = {one.name: type(getattr(limits, one.name)) for one in fields(limits)}
    changed = {}
    for name, value in (body.__pydantic_extra__ or {}).items():
        if name not in kinds:
            raise Refused(422, f"{name}: {marketplace.name} has no such setting")
        changed[name] = kinds[name](value)
        if changed[name] != value:
            raise Refused(422, f"{name}: must be a whole number")
    for name, value in changed.items():
        setattr(limits, name, value)
    for name in body.model_fields_set & set(SettingsBody.model_fields):
        value = getattr(body, name)
        if value is not None or name in {"access_ttl", "refresh_ttl"}:
            setattr(marketplace.token_settings, name, value)
