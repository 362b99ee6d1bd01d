"""The one error the local stack raises for a person to read."""


class StackError(Exception):
    """The stack cannot start or go on: one sentence with the cause, one with the remedy."""

    def __init__(self, cause: str, remedy: str) -> None:
        self.cause = cause.rstrip(".")
        self.remedy = remedy.rstrip(".")
        super().__init__(f"{self.cause}. {self.remedy}.")
