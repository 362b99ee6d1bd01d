"""From a file's bytes to rows of text, or a refusal that says what the file really is."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from truestock.sandbox.catalog.errors import CatalogError

_MAX_FIELD = 4_000_000  # characters; Python's own limit of 131,072 is below what product descriptions reach
_SAVE_AS_UTF8 = "save it as “CSV UTF-8 (comma delimited)” and try again"


def read_text(file: Path) -> str:
    """The file's text: UTF-8 with or without byte order mark. Raises CatalogError for anything else."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        raise CatalogError(file, "there is no such file", "check the path") from None
    except IsADirectoryError:
        raise CatalogError(file, "this is a folder", "name the CSV file itself") from None
    except OSError as error:
        cause = f"it cannot be read ({error.strerror or type(error).__name__})"
        raise CatalogError(file, cause, "make it readable and try again") from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CatalogError(file, "it is encoded as UTF-16, not UTF-8", _SAVE_AS_UTF8)
    if raw.startswith(b"PK\x03\x04"):
        cause = "it is an Excel workbook or a zip archive, not a CSV file"
        raise CatalogError(file, cause, "export it as CSV and try again")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        cause = (
            f"line {line} holds the byte 0x{raw[error.start]:02X}, which is not UTF-8 "
            "(the file looks like Latin-1 or Windows-1252)"
        )
        raise CatalogError(file, cause, _SAVE_AS_UTF8) from None
    if "\0" in text:
        raise CatalogError(file, "it holds NUL characters, so it is not a UTF-8 text", _SAVE_AS_UTF8)
    return text


def read_rows(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, fields), the header being row 1; rows without any text are left out."""
    csv.field_size_limit(_MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cause = f"it is not well-formed CSV here ({error})"
            remedy = "close the quotation marks and double those inside a field, or export the file again"
            raise CatalogError(file, cause, remedy, row=number) from None
        if any(field.strip() for field in fields):
            yield number, fields
