"""Listings out of inventory items, groups and offers: a group is one listing with its items as variants.

A group's items are spread over pages. It is emitted with the first of its SKUs (in the seller's order) that
exists, and its other items are fetched then, so that no page has to remember another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truestock.marketplaces.api import Api
from truestock.marketplaces.ebay import ids, inventory
from truestock.marketplaces.ebay.gathering import gathered
from truestock.marketplaces.ebay.inventory import Item
from truestock.marketplaces.errors import PartialRead
from truestock.marketplaces.interface import RawListing

Group = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A listing whose offers are still missing."""

    listing_id: str
    group: Group | None
    items: tuple[Item, ...]


async def from_page(api: Api, rows: Mapping[str, Item]) -> list[RawListing]:
    """The listings that begin with one of these items, in their order."""
    groups = await _groups(api, rows.values())
    known = dict(rows)
    begun = await _begun(api, groups, rows)
    await _complete(api, known, begun.values())
    planned: dict[str, _Planned] = {}
    for sku, item in rows.items():
        joined = _joined(sku, item, groups)
        for listing in _grouped(joined, begun, known) if joined else [_single(sku, item)]:
            planned.setdefault(listing.listing_id, listing)
    return await _offered(api, list(planned.values()))


async def by_id(api: Api, listing_ids: Sequence[str]) -> list[RawListing]:
    """Those of these listings that exist. An item that joined a group is no listing of its own any more."""
    keys = {key: None for one in listing_ids if (key := ids.group_key(one)) is not None}
    skus = [sku for one in listing_ids if (sku := ids.sku(one)) is not None]
    asked = {key: group for key, group in (await gathered(keys, _reader(api))).items() if group is not None}
    known = await inventory.items_by_sku(api, skus)
    joined = await _groups(api, known.values())
    singles = [_single(sku, item) for sku, item in known.items() if not _joined(sku, item, joined)]
    members: dict[str, Item] = dict(known)
    await _complete(api, members, asked.values())
    return await _offered(api, [*_grouped(asked, asked, members), *singles])


async def _groups(api: Api, items: Iterable[Item]) -> dict[str, Group]:
    keys = [key for item in items for key in inventory.keys(item)]
    return {key: group for key, group in (await gathered(keys, _reader(api))).items() if group is not None}


def _reader(api: Api) -> Any:
    return lambda key: inventory.group(api, key)


async def _begun(api: Api, groups: Mapping[str, Group], rows: Mapping[str, Item]) -> dict[str, Group]:
    """The groups whose first existing member is on this page."""
    earlier = {key: before for key, group in groups.items() if (before := _before(group, rows))}
    # The very first member nearly always exists, so most groups are settled by one SKU.
    existing = await inventory.items_by_sku(api, {before[0] for before in earlier.values()})
    unsettled = [before for before in earlier.values() if before[0] not in existing]
    existing |= await inventory.items_by_sku(api, {sku for before in unsettled for sku in before[1:]})
    return {
        key: group
        for key, group in groups.items()
        if not any(sku in existing for sku in earlier.get(key, ()))
    }


def _before(group: Group, rows: Mapping[str, Item]) -> list[str]:
    """The members before the first one that is on this page."""
    before = []
    for sku in inventory.members(group):
        if sku in rows:
            break
        before.append(sku)
    return before


async def _complete(api: Api, known: dict[str, Item], groups: Iterable[Group]) -> None:
    wanted = {sku: None for group in groups for sku in inventory.members(group) if sku not in known}
    known |= await inventory.items_by_sku(api, wanted)


def _joined(sku: str, item: Item, groups: Mapping[str, Group]) -> list[str]:
    """The groups that an item names and that name it."""
    return [key for key in inventory.keys(item) if key in groups and sku in inventory.members(groups[key])]


def _grouped(
    keys: Iterable[str], groups: Mapping[str, Group], known: Mapping[str, Item]
) -> Iterable[_Planned]:
    for key in keys:
        listing_id = ids.of_group(key)
        if listing_id is None:
            raise PartialRead("eBay named an inventory item group by a key that cannot be one.")
        if key in groups:
            items = tuple(known[sku] for sku in inventory.members(groups[key]) if sku in known)
            if items:
                yield _Planned(listing_id, groups[key], items)


def _single(sku: str, item: Item) -> _Planned:
    listing_id = ids.of_sku(sku)
    if listing_id is None:
        raise PartialRead("eBay named an inventory item by an SKU that cannot be one.")
    return _Planned(listing_id, None, (item,))


async def _offered(api: Api, planned: Sequence[_Planned]) -> list[RawListing]:
    skus = [str(item["sku"]) for listing in planned for item in listing.items]
    offers = await gathered(skus, lambda sku: inventory.offers(api, sku))
    return [
        RawListing(
            one.listing_id,
            {
                "group": one.group,
                "variants": [
                    {"item": _plain(item), "offers": offers[str(item["sku"])]} for item in one.items
                ],
            },
        )
        for one in planned
    ]


def _plain(item: Item) -> Item:
    """Without the groups' names, which a page and a batch word differently; the group itself is beside it."""
    return {name: value for name, value in item.items() if name not in inventory.KEYS}
