"""How many pieces a channel may offer."""


def available(on_hand: int | None, buffer: int) -> int | None:
    """max(0, on-hand − buffer) in pieces; unknown stays unknown (domain rules, inventory 8).

    Reservations do not exist yet; they will be a third argument.
    """
    return None if on_hand is None else max(0, on_hand - buffer)
