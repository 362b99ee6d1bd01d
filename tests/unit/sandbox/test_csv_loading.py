"""Shopify exports as sellers have them."""

from decimal import Decimal
from pathlib import Path

import pytest

from truestock.sandbox.catalog import ProductState, load_csv

OLD = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Image Src\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "products.csv"


def test_rows_with_the_same_handle_are_one_product(file: Path) -> None:
    file.write_text(
        OLD + "top,Top,Size,S,A-1,3,19.90,one.jpg\ntop,,,M,A-2,0,19.90,two.jpg\ntop,,,,,,,three.jpg\n"
    )
    (product,) = load_csv(file).products
    assert product.option_names == ("Size",)
    assert [(v.values, v.sku, v.quantity, v.price) for v in product.variants] == [
        (("S",), "A-1", 3, Decimal("19.90")),
        (("M",), "A-2", 0, Decimal("19.90")),
    ]
    assert [photo.source for photo in product.photos] == ["one.jpg", "two.jpg", "three.jpg"]


def test_a_row_with_only_its_handle_adds_nothing(file: Path) -> None:
    file.write_text(OLD + "top,Top,,,A-1,3,19.90,\ntop,,,,,,,\n")
    totals = load_csv(file).totals()
    assert (totals.listings, totals.variants, totals.stock) == (1, 1, 3)


def test_default_title_means_no_options(file: Path) -> None:
    file.write_text(OLD + "top,Top,Title,Default Title,A-1,3,19.90,\n")
    (product,) = load_csv(file).products
    assert product.option_names == ()
    assert product.variants[0].values == ()


@pytest.mark.parametrize("prefix", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_byte_order_mark_and_line_ends_make_no_difference(file: Path, prefix: str, newline: str) -> None:
    text = prefix + OLD + 'tøp,"Tøp, ""fine""\nand long",,,A-1,3,19.90,\n'
    file.write_bytes(text.replace("\n", newline).encode())
    (product,) = load_csv(file).products
    assert product.title.replace("\r", "") == 'Tøp, "fine"\nand long'


def test_the_newer_template_is_understood(file: Path) -> None:
    columns = {
        "Title": "Top",
        "URL handle": "top",
        "Description": "<p>Fine</p>",
        "Vendor": "V",
        "Product category": "Apparel > Tops",
        "Tags": '"a, b"',
        "Published on online store": "TRUE",
        "Status": "Draft",
        "SKU": "'0012",
        "Option1 name": "Size",
        "Option1 value": "S",
        "Option1 Linked To": "",
        "Price": "9.5",
        "Cost per item": "4",
        "Inventory tracker": "shopify",
        "Inventory quantity": "7",
        "Product image URL": "x.jpg",
        "Image position": "1",
        "Color (product.metafields.shopify.color-pattern)": "red",
        "Price / International": "11",
    }
    file.write_text(f"{','.join(columns)}\n{','.join(columns.values())}\n")
    (product,) = load_csv(file).products
    assert (product.state, product.category, product.tags) == (
        ProductState.DRAFT,
        "Apparel > Tops",
        ("a", "b"),
    )
    assert (product.variants[0].sku, product.variants[0].price) == ("0012", Decimal("9.50"))
    assert product.variants[0].quantity == 7


def test_not_tracked_is_unknown_and_never_zero(file: Path) -> None:
    file.write_text(
        "Handle,Title,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price\n"
        "a,A,1,,0,5\nb,B,2,,,5\nc,C,3,shopify,0,5\nd,D,4,,4,5\ne,E,5,shopify,,5\n"
    )
    catalog = load_csv(file)
    assert [product.variants[0].quantity for product in catalog.products] == [None, None, 0, 4, None]
    assert catalog.totals().unknown_stock == 3


def test_an_oversold_product_is_shown_as_zero_and_noted(file: Path) -> None:
    file.write_text(OLD + "top,Top,,,A-1,-2,19.90,\n")
    catalog = load_csv(file)
    assert catalog.totals().stock == 0
    assert catalog.notes == {"negative quantities shown as 0": 1}


def test_photos_follow_their_position(file: Path) -> None:
    file.write_text("Handle,Title,Image Src,Image Position\ntop,Top,b.jpg,2\ntop,,a.jpg,1\ntop,,a.jpg,1\n")
    (product,) = load_csv(file).products
    assert [photo.source for photo in product.photos] == ["a.jpg", "b.jpg"]


def test_three_options_are_kept_apart(file: Path) -> None:
    file.write_text(
        "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value\n"
        "top,Top,Size,S,Colour,Red,Fabric,Linen\ntop,,,S,,Red,,Wool\n"
    )
    (product,) = load_csv(file).products
    assert [variant.values for variant in product.variants] == [("S", "Red", "Linen"), ("S", "Red", "Wool")]


@pytest.mark.parametrize(
    ("status", "published", "state"),
    [
        ("active", "true", ProductState.ACTIVE),
        ("active", "false", ProductState.INACTIVE),
        ("draft", "true", ProductState.DRAFT),
        ("archived", "true", ProductState.INACTIVE),
        ("", "", ProductState.ACTIVE),
    ],
)
def test_status_and_published_decide_the_state(
    file: Path, status: str, published: str, state: ProductState
) -> None:
    file.write_text(f"Handle,Title,Status,Published\ntop,Top,{status},{published}\n")
    assert load_csv(file).products[0].state is state


def test_a_whole_export_with_all_its_columns(file: Path) -> None:
    google = ["Google Product Category", "Gender", "Age Group", "MPN", "AdWords Grouping", "AdWords Labels"]
    google += ["Condition", "Custom Product", *(f"Custom Label {n}" for n in range(5))]
    header = (
        "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
        "Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,"
        "Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,"
        "Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,"
        "Image Position,Image Alt Text,Gift Card,SEO Title,SEO Description,"
        + ",".join(f"Google Shopping / {name}" for name in google)
        + ",Variant Image,Variant Weight Unit,Variant Tax Code"
    )
    first = "top,Top,Fine.,shop,,women,true,Size,Small,,,,,,0,,1,deny,manual,60,,true,true,,https://x/y.jpg,1,,false"
    more = "top,,,,,,,,Medium,,,,,,0,,1,deny,manual,60,,true,true,,,,,"
    width = len(header.split(","))
    rows = [row + "," * (width - len(row.split(","))) for row in (first, more)]
    file.write_text("\n".join([header, *rows, ""]))
    totals = load_csv(file).totals()
    assert (totals.listings, totals.variants, totals.stock, totals.without_sku) == (1, 2, 2, 2)


@pytest.mark.parametrize("column", ["Variant Barcode", "Barcode"])
def test_the_barcode_is_kept_without_a_spreadsheets_apostrophe(file: Path, column: str) -> None:
    file.write_text(f"Handle,Title,{column}\ntop,Top,'4006381333931\nmug,Mug,\n")
    top, mug = load_csv(file).products
    assert (top.variants[0].gtin, mug.variants[0].gtin) == ("4006381333931", None)
