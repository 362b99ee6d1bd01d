"""What several marketplaces of the sandbox use: SKUs, call windows, indexes, redirects, times."""

import itertools

import pytest
from starlette.responses import RedirectResponse

from truestock.sandbox.catalog import Catalog, Product, Variant
from truestock.sandbox.instants import with_milliseconds
from truestock.sandbox.oauth.redirects import Query, retold
from truestock.sandbox.shop import Derived, IdKind, Shop, Skus, joined, keep_skus, stock
from truestock.sandbox.windows import CallLimits, Calls, Left


def shop() -> Shop:
    ids = itertools.count(1)

    def new_id(kind: IdKind) -> str:
        return f"{kind.value}{next(ids)}"

    return Shop("any", 1, login="s", name="S", currency="EUR", account_id="A", new_id=new_id)


def short(sku: str) -> bool:
    return len(sku) <= 6


def test_a_fitting_free_sku_is_kept_and_any_other_is_made() -> None:
    skus = Skus("X-", short, ["taken"])
    assert skus.take("mine", ("a",)) == "mine"
    made = [
        skus.take(wanted, (f"{place}",)) for place, wanted in enumerate(("mine", "taken", "too-long", None))
    ]
    assert all(sku.startswith("X-") and len(sku) == 12 for sku in made)
    assert len(set(made)) == 4
    assert [skus.usable(sku) for sku in ("mine", "new", "too-long", "", None)] == [
        False,
        True,
        False,
        False,
        False,
    ]


def test_a_made_sku_is_the_same_for_the_same_thing_and_never_given_twice() -> None:
    first, second = Skus("X-", short), Skus("X-", short)
    assert first.take(None, ("mug", "red")) == second.take(None, ("mug", "red"))
    assert first.take(None, ("mug", "red")) != second.take(None, ("mug", "blue"))
    assert len({first.take(None, ("mug", "red")) for _ in range(3)}) == 3


def test_a_sku_that_is_kept_outlives_an_edit() -> None:
    seller, skus = shop(), Skus("X-", short)
    product = Product("mug", "Mug", "", (Variant(("S",), sku="A"), Variant(("M",))), option_names=("Size",))
    stock(seller, Catalog((product,)), finish=lambda listing, _: skus.name(listing))
    (listing,) = seller
    before = [one.sku for one in listing.products]
    assert before[0] == "A"
    for one in listing.products:
        one.sku = "other"
    keep_skus(listing)
    assert [one.sku for one in listing.products] == before


@pytest.mark.parametrize(
    ("parts", "at_most", "expected"),
    [
        ((), 2, ()),
        (("a", "b"), 2, ("a", "b")),
        (("a", "b", "c"), 2, ("a", "b / c")),
        (("a", "b", "c", "d"), 3, ("a", "b", "c / d")),
    ],
)
def test_what_is_more_is_joined_into_the_last(
    parts: tuple[str, ...], at_most: int, expected: tuple[str, ...]
) -> None:
    assert joined(parts, at_most) == expected


def test_an_index_is_made_again_only_after_a_change() -> None:
    seller, made = shop(), list[int]()

    def count(listings: object) -> int:
        made.append(1)
        return len(seller)

    index = Derived(count)
    assert [index.of(seller), index.of(seller)] == [0, 0]
    assert len(made) == 1
    stock(seller, Catalog((Product("a", "A", "", (Variant(),)),)))
    assert [index.of(seller), index.of(seller)] == [1, 1]
    assert len(made) == 2


def test_calls_are_counted_by_the_second_and_by_the_day() -> None:
    clock = [86_400 * 20_000 + 10.5]
    calls = Calls(CallLimits(per_second=2, per_day=3), lambda: clock[0])
    assert [calls.take("a"), calls.take("a"), calls.take("a")] == [True, True, False]
    assert calls.left("a") == Left(0, 1, 86_400 * 20_001)
    assert calls.left("b") == Left(2, 3, 86_400 * 20_001)
    clock[0] += 1
    assert [calls.take("a"), calls.take("a")] == [True, False]
    clock[0] += 86_400
    assert calls.take("a")


def test_a_redirect_keeps_its_address_and_changes_its_query() -> None:
    def change(query: Query) -> Query:
        return [*query, ("more", "a b&c")]

    response = retold(RedirectResponse("https://app.example/cb?state=x%26y&empty=", 302), change)
    assert response.headers["location"] == "https://app.example/cb?state=x%26y&empty=&more=a+b%26c"


def test_times_have_milliseconds_and_a_z() -> None:
    assert with_milliseconds(1_640_995_200) == "2022-01-01T00:00:00.000Z"
    assert with_milliseconds(1_640_995_200, 1_001) == "2022-01-01T00:00:01.001Z"
