"""decide: what waits for an operator, one by one or in bulk."""

from truestock.client.cli.decide.command import decide

__all__ = ["decide"]
