"""The public language of Truestock: events, envelope, topics, money, the canonical listing.

Depends on pydantic alone and is published as a wheel of its own, so that any team can subscribe.
Writers construct models (closed: an unknown field is an error); readers use
:func:`truestock.contracts.registry.decode` (open: unknown fields are ignored, unknown enum
values become ``unknown``).
"""
