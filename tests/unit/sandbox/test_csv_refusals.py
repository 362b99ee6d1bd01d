"""Files that are not what they should be: the sentence names file, place, cause and remedy."""

from pathlib import Path

import pytest

from truestock.sandbox.catalog import CatalogError, load_csv

HEADER = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Status\n"
GOOD = "good,Good,,,G-1,1,5,\n"


def refusal(file: Path, content: str | bytes) -> CatalogError:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CatalogError) as caught:
        load_csv(file)
    assert str(caught.value).startswith(str(file))
    assert caught.value.remedy in str(caught.value)
    return caught.value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "products.csv"


@pytest.mark.parametrize(
    ("row", "number", "column", "cause"),
    [
        ("a,A,,,1,x,5,\n", 3, "Variant Inventory Qty", "not a quantity"),
        ("a,A,,,1,1.5,5,\n", 3, "Variant Inventory Qty", "not a quantity"),
        ("a,A,,,1,1_0,5,\n", 3, "Variant Inventory Qty", "not a quantity"),
        ("a,A,,,1,٣,5,\n", 3, "Variant Inventory Qty", "not a quantity"),
        ("a,A,,,1,1,five,\n", 3, "Variant Price", "not a price"),
        ('a,A,,,1,1,"1,299.00",\n', 3, "Variant Price", "not a price"),
        ("a,A,,,1,1,-5,\n", 3, "Variant Price", "not a price"),
        ("a,A,,,1,1,NaN,\n", 3, "Variant Price", "not a price"),
        ("a,A,,,1,1,5.999,\n", 3, "Variant Price", "more than two decimals"),
        ("a,A,,,1,1,5,lost\n", 3, "Status", "no product status"),
        (",A,,,1,1,5,\n", 3, "Handle", "names no product"),
        ("late,,,M,1,1,5,\n", 3, "Title", "no row with a title above"),
        ("good,Other,,,1,1,5,\n", 3, "Title", "already began in row 2"),
        ("a,A,Size,,1,1,5,\n", 3, "Option1 Value", "no value for 'Size'"),
        ("a,A,Size,S,1,1,5,\na,,,s,2,1,5,\n", 4, "Option1 Value", "already in row 3"),
        ("a,A,,Red,1,1,5,\n", 3, "Option1 Value", "does not name"),
        ("a,A,,,1\n", 3, None, "has 5 fields where the header has 8"),
        ("a,A,,,1,1,5,,\n", 3, None, "has 9 fields where the header has 8"),
        ('a,"A,,,1,1,5,\n', 3, None, "not well-formed CSV"),
        ('a,"A"x,,,1,1,5,\n', 3, None, "not well-formed CSV"),
    ],
)
def test_a_broken_row_is_named(file: Path, row: str, number: int, column: str | None, cause: str) -> None:
    error = refusal(file, HEADER + GOOD + row)
    assert (error.row, error.column) == (number, column)
    assert cause in error.cause


def test_rows_are_numbered_as_a_spreadsheet_does(file: Path) -> None:
    error = refusal(file, HEADER + 'a,"A\nlong\ntitle",,,1,1,5,\nb,B,,,1,x,5,\n')
    assert error.row == 3


@pytest.mark.parametrize(
    ("header", "column", "cause"),
    [
        ("Handle,Title,Colour of the moon\n", "Colour of the moon", "no such column"),
        ("Hendle,Title\n", "Hendle", "did it mean 'Handle'"),
        ("Title,Variant Price\n", "Handle", "is missing"),
        ("Handle,Variant Price\n", "Title", "is missing"),
        ("Handle,Title,title\n", "title", "the same as the column 'Title'"),
        ("Handle,Title,Variant SKU,SKU\n", "SKU", "the same as the column 'Variant SKU'"),
        ("Handle;Title;Variant SKU\n", None, "not separated by commas"),
        ("id,name,amount\n", "name", "no such column"),
    ],
)
def test_a_header_of_something_else_is_refused(
    file: Path, header: str, column: str | None, cause: str
) -> None:
    error = refusal(file, header + "a,b,c\n")
    assert (error.row, error.column) == (1, column)
    assert cause in error.cause


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ((HEADER + GOOD).encode("utf-16"), "UTF-16"),
        ((HEADER + GOOD).encode("utf-16-le"), "NUL"),
        ((HEADER + GOOD + "cafe,Café,,,1,1,5,\n").encode("latin-1"), "line 3 holds the byte 0xE9"),
        (b"PK\x03\x04 rest of a workbook", "Excel workbook"),
        (b"", "empty"),
        (b"\xef\xbb\xbf\n\n", "empty"),
        (HEADER.encode(), "no product"),
        ((HEADER + ",,,,,,,\n\n").encode(), "no product"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused(file: Path, content: bytes, cause: str) -> None:
    assert cause in refusal(file, content).cause


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no such file"):
        load_csv(tmp_path / "nothing.csv")
    with pytest.raises(CatalogError, match="folder"):
        load_csv(tmp_path)
