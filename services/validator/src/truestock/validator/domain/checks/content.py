"""``title.match``, ``photos.match`` and ``fields.separation``: what the shared record shows."""

from collections.abc import Iterator, Mapping

from truestock.contracts.events import BatchKind, Check, Finding, FindingClass, SyncState
from truestock.contracts.values import Marketplace, Severity
from truestock.validator.domain.model import Comparison
from truestock.validator.domain.sides import Compared, attention, some

TITLE_LIMITS = {
    # Characters, by each marketplace's seller documentation.
    Marketplace.ETSY: 140,
    Marketplace.EBAY: 80,
    Marketplace.SHOPIFY: 255,
    Marketplace.AMAZON: 200,
}
NOT_ON_THE_CHANNEL_ALONE = frozenset(
    {"stock", "quantity", "on_hand", "available", "variants", "sku", "options", "price"}
    | {"title", "description", "brand", "photos"}
)
"""Stock, variant and shared data: inventory owns it, whatever a channel says."""


def title(c: Comparison) -> Iterator[Compared]:
    """The item's title, blanks collapsed, cut to what the channel can show."""
    ours, theirs = " ".join(c.state.shared.title.split()), " ".join(c.live.title.split())
    yield Compared(
        check=Check.TITLE_MATCH,
        key="listing/title",
        about="title",
        inventory=ours,
        marketplace=theirs,
        agrees=ours == theirs or _is_cut(ours, theirs, TITLE_LIMITS.get(c.state.marketplace)),
    )


def _is_cut(full: str, cut: str, limit: int | None) -> bool:
    """Whether ``cut`` is ``full`` shortened to the limit, at the character or at the word before it."""
    if limit is None or len(full) <= limit:
        return False
    hard = full[:limit].rstrip()
    at_word = hard if full[limit].isspace() else hard.rpartition(" ")[0]
    return cut.rstrip("….").rstrip() in (hard.rstrip("….").rstrip(), at_word.rstrip("….").rstrip())


def photos(c: Comparison) -> Iterator[Compared]:
    """Count, order and primary photo, by address."""
    ours, theirs = photo_urls(c.state), tuple(url.strip() for url in c.live.photos)
    yield Compared(
        check=Check.PHOTOS_MATCH,
        key="listing/photos",
        about="photos" if ours == theirs else _photo_difference(ours, theirs),
        inventory=_photo_text(ours),
        marketplace=_photo_text(theirs),
        agrees=ours == theirs,
    )


def photo_urls(state: SyncState) -> tuple[str, ...]:
    """The addresses of the item's photos, the primary one first."""
    return tuple(photo.url.strip() for photo in sorted(state.shared.photos, key=lambda photo: photo.rank))


def photos_to_reach(state: SyncState, kind: BatchKind) -> tuple[str, ...]:
    """Which photos must be reachable: all in a sample, the primary one in a bulk."""
    if kind is BatchKind.SAMPLE:
        return photo_urls(state)
    primary = min(state.shared.photos, key=lambda photo: photo.rank, default=None)
    return (primary.url.strip(),) if primary is not None else ()


def unreachable_photos(state: SyncState, kind: BatchKind, reachable: Mapping[str, bool]) -> Iterator[Finding]:
    """Photos that did not answer; one that was not asked for (absent) is not held against the listing."""
    urls = photos_to_reach(state, kind)
    broken = [url for url in urls if reachable.get(url) is False]
    if broken:
        yield attention(
            Check.PHOTOS_MATCH,
            f"{len(broken)} of {len(urls)} photos cannot be reached",
            "Replace the photos on the item, or restore them where they are served.",
            inventory=some(broken),
        )


def _photo_difference(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    if len(ours) != len(theirs):
        return "number of photos"
    if ours[:1] != theirs[:1]:
        return "primary photo"
    return "order of photos" if sorted(ours) == sorted(theirs) else "photos"


def _photo_text(urls: tuple[str, ...]) -> str:
    # Addresses hold no blanks; the whole list is compared, the finding shows its beginning.
    return f"{len(urls)}: {' '.join(urls)}" if urls else "0"


def separation(state: SyncState) -> Iterator[Finding]:
    """Stock, variant and shared data must not be held on the channel listing alone."""
    misplaced = sorted(key for key in state.channel_keys if key.casefold() in NOT_ON_THE_CHANNEL_ALONE)
    if misplaced:
        yield attention(
            Check.FIELDS_SEPARATION,
            f"Held on the channel listing alone: {some(misplaced)}",
            "Correct the mapping so that the shared record and the stock ledger own these, undo the batch and"
            " import again.",
            severity=Severity.BLOCKER,
            finding_class=FindingClass.MAPPING,
            marketplace=", ".join(misplaced),
        )
    declared = {option.name.strip().casefold() for option in state.shared.options}
    used = {
        choice.name.strip().casefold(): choice.name
        for variant in state.variants
        for choice in variant.options
    }
    undeclared = [name for folded, name in sorted(used.items()) if folded not in declared]
    if undeclared and declared:
        yield attention(
            Check.FIELDS_SEPARATION,
            f"Variants use options that the shared record does not name: {some(undeclared)}",
            "Add these options to the item, so that every channel can show them.",
            inventory=", ".join(sorted(declared)),
        )
