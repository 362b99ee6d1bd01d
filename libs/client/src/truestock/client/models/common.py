"""What all answers share."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from truestock.contracts.values import Money

T = TypeVar("T")


class Answer(BaseModel):
    """A frozen value read from a service; members that this client does not know are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Page(Answer, Generic[T]):
    """A part of a list; ``next_cursor`` is None at its end."""

    items: tuple[T, ...] = ()
    next_cursor: str | None = None


class Price(Money):
    """An amount in a currency, read openly."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class OptionChoice(Answer):
    """One chosen option of a variant, for example Size = M."""

    name: str
    value: str


def options_text(options: tuple[OptionChoice, ...]) -> str:
    """The choice in one line; ``sole variant`` where there is nothing to choose."""
    return ", ".join(f"{option.name} {option.value}" for option in options) or "sole variant"
