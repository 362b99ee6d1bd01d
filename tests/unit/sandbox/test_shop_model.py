"""The neutral shop: what it remembers, and what a change makes it forget."""

import itertools
from collections.abc import Callable

from truestock.sandbox.catalog import Catalog, Product, ProductState, Variant, generate
from truestock.sandbox.shop import IdKind, Listing, Shop, Shops, stock


def shop(number: int = 1) -> Shop:
    ids = itertools.count(1)

    def new_id(kind: IdKind) -> str:
        return f"{number}-{kind.value}-{next(ids)}"

    return Shop(
        "any", number, login=f"s{number}", name="S", currency="EUR", account_id=f"A{number}", new_id=new_id
    )


def rendering(times: list[str]) -> Callable[[], bytes]:
    def render() -> bytes:
        times.append("rendered")
        return b"{}"

    return render


def test_a_catalogue_survives_being_stocked() -> None:
    catalog = generate(60, 3)
    seller = shop()
    stock(seller, catalog)
    totals = catalog.totals()
    products = [product for listing in seller for product in listing.products]
    assert (len(seller), len(products)) == (totals.listings, totals.variants)
    assert sum(product.quantity or 0 for product in products) == totals.stock
    assert sum(product.quantity is None for product in products) == totals.unknown_stock
    assert [listing.title for listing in seller.in_state()] == [one.title for one in catalog.products]
    ids = [listing.id for listing in seller] + [product.id for product in products]
    assert len(set(ids)) == len(ids)


def test_barcode_vendor_category_and_tags_come_along() -> None:
    product = Product(
        "mug", "Mug", "<p>A mug</p>", (Variant(gtin="4006381333931"),), vendor="V", category="C", tags=("t",)
    )
    seller = shop()
    stock(seller, Catalog((product,)))
    (listing,) = seller
    assert (listing.handle, listing.vendor, listing.category, listing.tags) == ("mug", "V", "C", ("t",))
    assert (listing.description, listing.products[0].gtin) == ("<p>A mug</p>", "4006381333931")


def test_an_active_listing_with_nothing_left_is_sold_out_and_comes_back() -> None:
    seller = shop()
    none_left = Product("a", "A", "", (Variant(quantity=0),))
    drafted = Product("b", "B", "", (Variant(quantity=0),), state=ProductState.DRAFT)
    stock(seller, Catalog((none_left, drafted)))
    listing, draft = seller
    assert (listing.state, draft.state) == ("sold_out", "draft")
    listing.products[0].quantity = 2
    listing.settle()
    assert listing.state == "active"


def test_an_unknown_quantity_is_never_counted_as_nothing() -> None:
    seller = shop()
    stock(
        seller,
        Catalog((Product("a", "A", "", (Variant(("S",), quantity=None), Variant(("M",), quantity=0))),)),
    )
    (listing,) = seller
    assert (listing.quantity, listing.state) == (None, "active")


def test_json_is_made_once_until_the_listing_or_the_shop_changes() -> None:
    seller, times = shop(), list[str]()
    stock(seller, generate(2, 1))
    first, second = seller

    def read(listing: Listing, shape: str) -> None:
        seller.rendered(listing.id, shape, rendering(times))

    for _ in range(3):
        read(first, "short")
        read(first, "long")
        read(second, "short")
    assert len(times) == 3
    seller.touch(first)
    read(first, "short")
    read(second, "short")
    assert len(times) == 4
    seller.rename(currency="USD")
    read(second, "short")
    assert len(times) == 5


def test_states_are_listed_newest_first_and_follow_changes() -> None:
    seller = shop()
    stock(seller, generate(20, 5))
    active = seller.in_state("active")
    assert [one.created for one in active] == sorted((one.created for one in active), reverse=True)
    active[0].state = "inactive"
    seller.touch(active[0])
    assert active[0] not in seller.in_state("active")
    assert active[0] in seller.in_state("active", "inactive")


def test_a_removed_listing_takes_its_photos_along() -> None:
    seller = shop()
    stock(seller, generate(3, 7))
    listing = next(one for one in seller if one.images)
    image = listing.images[0]
    shops = Shops([seller])
    assert shops.image(image.id) == (seller, image)
    assert seller.remove(listing.id)
    assert not seller.remove(listing.id)
    assert (shops.image(image.id), shops.listing(listing.id)) == (None, None)


def test_shops_are_found_by_login_user_and_account() -> None:
    first, second = shop(1), shop(2)
    shops = Shops([first, second])
    assert [shops.find(name) for name in ("s2", "A1", "nobody")] == [second, first, None]
    assert (shops.by_user("A2"), shops.by_user(None), shops.by_account("A1")) == (second, None, first)
    assert list(shops) == [first, second]
