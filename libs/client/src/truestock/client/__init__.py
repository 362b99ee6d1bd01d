"""Everything a program or a person needs to talk to Truestock from outside.

:class:`Truestock` is a typed async client of the four services; ``truestock.client.cli`` is the
command ``truestock`` on top of it; ``truestock.client.demo`` runs the whole journey once.
Refusals of the services arrive as :class:`truestock.contracts.problem.Refusal`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from truestock.client.endpoints import Endpoints
    from truestock.client.facade import Truestock
    from truestock.client.tokens import FixedToken, TokenSource

__all__ = ["Endpoints", "FixedToken", "TokenSource", "Truestock"]

_HOME = {"Endpoints": "endpoints", "FixedToken": "tokens", "TokenSource": "tokens", "Truestock": "facade"}


def __getattr__(name: str) -> Any:
    # Imported when used: the command must be able to answer Ctrl-C from its first moment on.
    if name in _HOME:
        return getattr(import_module(f"truestock.client.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
