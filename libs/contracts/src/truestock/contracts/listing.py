"""The canonical listing: one shape for what five marketplaces show.

A listing is an *output* of inventory and never the master record; this shape is what an importer
proposes and what the validator's independent evidence is compared with.
"""

from functools import lru_cache
from typing import Annotated

from pydantic import Field, StringConstraints

from truestock.contracts.values import ExternalId, Marketplace, Model, Money, OpenEnum, Severity, Storable

Text = Annotated[str, StringConstraints(max_length=200_000), Storable]
ShortText = Annotated[str, StringConstraints(max_length=2_000), Storable]


class ListingState(OpenEnum):
    """Whether the listing can be bought on its marketplace."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DRAFT = "draft"
    SOLD_OUT = "sold_out"
    EXPIRED = "expired"
    REMOVED = "removed"
    UNKNOWN = "unknown"


class NoteCode(OpenEnum):
    """What the mapper has to say about one listing (domain rules: importer, mapping report)."""

    SKU_MISSING = "sku_missing"
    SKU_DUPLICATE = "sku_duplicate"
    QUANTITY_UNKNOWN = "quantity_unknown"
    PRICE_MISSING = "price_missing"
    CURRENCY_MISSING = "currency_missing"
    CURRENCY_DIFFERS = "currency_differs"
    VARIANTS_IN_TEXT = "variants_in_text"
    HTML_STRIPPED = "html_stripped"
    TITLE_SHORTENED = "title_shortened"
    PHOTO_UNREACHABLE = "photo_unreachable"
    TITLE_MISSING = "title_missing"
    NOT_PUBLISHED = "not_published"
    FIELD_DROPPED = "field_dropped"
    UNKNOWN = "unknown"


class MappingNote(Model):
    """One remark of the mapper: about which field (and SKU or option signature), how severe, in words."""

    code: NoteCode
    severity: Severity
    field: ShortText
    message: ShortText


class OptionValue(Model):
    """One chosen option of a variant, for example Size = M. Names and values as the seller wrote them."""

    name: ShortText
    value: ShortText


class Option(Model):
    """One option of a listing with the values that its variants use, in the seller's order."""

    name: ShortText
    values: tuple[ShortText, ...]


class Photo(Model):
    """One photo: where the marketplace serves it, and its place (0 is the primary one)."""

    url: ShortText
    rank: Annotated[int, Field(ge=0)]


class CanonicalVariant(Model):
    """One sellable option of a listing.

    ``external_id`` is the marketplace's current id and identifies nothing over time.
    ``quantity`` in pieces; None means unknown (absent or not tracked), which is not zero.
    """

    external_id: ExternalId
    sku: ExternalId | None = None
    gtin: ExternalId | None = None
    options: tuple[OptionValue, ...] = ()
    quantity: Annotated[int, Field(ge=0)] | None = None
    price: Money | None = None
    enabled: bool = True

    @property
    def signature(self) -> tuple[tuple[str, str], ...]:
        """The option choice, normalised: what survives a marketplace's renumbering of ids."""
        return option_signature(self.options)


def option_signature(options: tuple[OptionValue, ...]) -> tuple[tuple[str, str], ...]:
    """Option names and values, case-folded, whitespace collapsed, sorted by name."""
    return tuple(sorted((_fold(option.name), _fold(option.value)) for option in options))


@lru_cache(maxsize=4_096)  # the same few names and values (Size, M, …) come again in every listing
def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


class BuriedVariants(Model):
    """Variants that a listing mentions in its text only: the evidence and the split that it suggests."""

    option_name: ShortText
    values: tuple[ShortText, ...]
    evidence: ShortText


class ChannelFields(Model):
    """What belongs to the channel listing alone and never to the shared record."""

    state: ListingState
    category_id: ExternalId | None = None
    condition: ShortText | None = None
    listing_format: ShortText | None = None
    policies: dict[str, ShortText] = Field(default_factory=dict)
    specifics: dict[str, tuple[ShortText, ...]] = Field(default_factory=dict)


class CanonicalListing(Model):
    """A marketplace listing, mapped. Everything optional is None when the marketplace does not say."""

    listing_id: ExternalId
    url: ShortText | None = None
    title: ShortText
    description: Text = ""
    brand: ShortText | None = None
    photos: tuple[Photo, ...] = ()
    options: tuple[Option, ...] = ()
    variants: Annotated[tuple[CanonicalVariant, ...], Field(min_length=1, max_length=2_048)]
    channel: ChannelFields
    buried_variants: BuriedVariants | None = None
    notes: tuple[MappingNote, ...] = ()


class EvidenceVariant(Model):
    """One sellable option as the independent extractor reads it from a raw answer."""

    sku: ExternalId | None = None
    options: tuple[OptionValue, ...] = ()
    quantity: int | None = None
    price: Money | None = None

    @property
    def signature(self) -> tuple[tuple[str, str], ...]:
        """As :attr:`CanonicalVariant.signature`."""
        return option_signature(self.options)


class Evidence(Model):
    """What a marketplace showed for one listing, read without the mapper (validator, three sides)."""

    listing_id: ExternalId
    state: ListingState
    title: ShortText
    photos: tuple[ShortText, ...] = ()
    variants: tuple[EvidenceVariant, ...] = ()


class Account(Model):
    """A seller account: compared by its immutable ``id`` alone; name and url are shown to people."""

    marketplace: Marketplace
    id: ExternalId
    name: ShortText
    url: ShortText | None = None
