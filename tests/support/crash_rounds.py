"""At which steps which consumer dies in the crash tests: together the tables name every consumer."""

from collections.abc import Mapping

from truestock.contracts import topics

Rounds = Mapping[str, tuple[str, ...]]

# What a crash leaves decides what the next one can meet: relay steps come after a commit, the offset last.
COMMITTING = ("before-commit", "after-commit")
CONSUMING = ("after-read", *COMMITTING)
RELAYING = ("relay:before-publish", "relay:after-publish")
LETTERED = "after-dead-letters"
OFFSET = "after-offset-commit"

SEED, APPLY = "inventory.seed-from-listing", "inventory.apply-verdicts"
VALIDATE, REVALIDATE = "validator.validate-sync", "validator.revalidate-changed"
OUTCOMES, VERDICTS, READER = "importer.track-outcomes", "importer.track-verdicts", "importer.read-batch"
BATCHES, LETTERS = "connector.follow-batches", topics.DEAD_LETTER_FOLLOWER
COPYING, FAILING, RESTING = (
    f"{service}.follow-connections" for service in ("validator", "importer", "inventory")
)

IMPORTING: Rounds = {
    SEED: (*CONSUMING, *RELAYING, OFFSET),
    VALIDATE: (*CONSUMING, *RELAYING, OFFSET),
    OUTCOMES: (*CONSUMING, OFFSET),
    VERDICTS: (*CONSUMING, OFFSET),
    APPLY: (*CONSUMING, OFFSET),
}
REVALIDATING: Rounds = {REVALIDATE: (*CONSUMING, *RELAYING, OFFSET)}
FOLLOWING: Rounds = {
    FAILING: (*CONSUMING, *RELAYING, OFFSET),
    RESTING: (*CONSUMING, *RELAYING, OFFSET),
    COPYING: (*CONSUMING, OFFSET),
}
DECIDING: Rounds = {BATCHES: (*CONSUMING, OFFSET)}
GIVING_UP: Rounds = {LETTERS: (*CONSUMING, OFFSET)}


def steps_of(group: str, steps: tuple[str, ...]) -> tuple[str, ...]:
    """The failpoints of a group's steps; the relay's are its process's."""
    return tuple(step if step.startswith("relay:") else f"{group}:{step}" for step in steps)


def rounds_of(table: Rounds) -> Rounds:
    """The failpoints of each service, for consumers of different services."""
    assert len({group.partition(".")[0] for group in table}) == len(table)
    return {group.partition(".")[0]: steps_of(group, steps) for group, steps in table.items()}
