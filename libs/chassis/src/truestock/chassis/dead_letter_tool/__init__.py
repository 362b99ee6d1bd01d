"""Look at dead letters, hand them to their consumer group once more, or discard them with a reason."""

from truestock.chassis.dead_letter_tool.desk import DeadLetterDesk
from truestock.chassis.dead_letter_tool.letters import Address, Letter

__all__ = ["Address", "DeadLetterDesk", "Letter"]
