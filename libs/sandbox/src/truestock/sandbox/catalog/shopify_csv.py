"""Read Shopify's product CSV export: one product is its first row and the rows below with the same handle.

Rules worth knowing:

- An inventory quantity counts as it stands, with one exception: where no inventory tracker is named, Shopify
  writes 0 (or nothing) for “not tracked”, so that is an unknown quantity and never zero.
- A negative quantity (an oversold product) is shown as 0, and counted under the catalogue's ``notes``.
- ``Title`` / ``Default Title`` is Shopify's way of saying that a product has no options.
- Nothing is half loaded: the first error refuses the file.
"""

from collections import Counter
from pathlib import Path

from truestock.sandbox.catalog import values
from truestock.sandbox.catalog.columns import Columns
from truestock.sandbox.catalog.decoding import read_rows, read_text
from truestock.sandbox.catalog.draft import DraftProduct, Row
from truestock.sandbox.catalog.errors import CatalogError
from truestock.sandbox.catalog.model import Catalog, Product


def load_csv(path: str | Path) -> Catalog:
    """Load the whole file or raise CatalogError, whose text is a sentence for the person who gave it."""
    file = Path(path)
    return parse_csv(file, read_text(file))


def parse_csv(file: Path, text: str) -> Catalog:
    """As :func:`load_csv`, for text that is at hand already; ``file`` only names it in errors."""
    rows = read_rows(file, text)
    header = next(rows, None)
    if header is None:
        raise CatalogError(file, "it is empty", "export at least one product")
    columns = Columns(file, header[1])
    notes: Counter[str] = Counter()
    drafts: dict[str, DraftProduct] = {}
    for number, fields in rows:
        if len(fields) != len(columns.names):
            cause = f"it has {len(fields)} fields where the header has {len(columns.names)}"
            remedy = "put fields that contain commas or line breaks between quotation marks"
            raise CatalogError(file, cause, remedy, row=number)
        _take(Row(file, number, fields, columns, notes), drafts)
    if not drafts:
        raise CatalogError(file, "it holds a header but no product", "export at least one product")
    return Catalog(tuple(_finish(draft) for draft in drafts.values()), notes)


def _take(row: Row, drafts: dict[str, DraftProduct]) -> None:
    handle, title = row.text("handle"), row.text("title")
    if not handle:
        raise row.refuse("handle", "the row names no product", "give it the handle of its product")
    draft = drafts.get(handle)
    if draft is None:
        if not title:
            cause = f"this row belongs to the product {handle!r}, which has no row with a title above"
            raise row.refuse("title", cause, "put the product's first row, the one with the title, above it")
        draft = drafts[handle] = DraftProduct.begin(row, handle, title)
        draft.add_variant(row)
    else:
        if title and title != draft.title:
            cause = f"the product {handle!r} already began in row {draft.row.number} with another title"
            raise row.refuse("title", cause, "give each product its own handle")
        if row.says_variant:
            draft.add_variant(row)
    draft.add_photo(row)


def _finish(draft: DraftProduct) -> Product:
    row = draft.row
    return Product(
        handle=draft.handle,
        title=draft.title,
        description=row.text("description"),
        variants=tuple(draft.variants),
        option_names=draft.option_names,
        photos=draft.photos_in_order(),
        vendor=row.text("vendor"),
        category=row.text("category") or row.text("type"),
        tags=tuple(tag.strip() for tag in row.text("tags").split(",") if tag.strip()),
        state=row.parse("status", lambda text: values.state(text, row.parse("published", values.published))),
    )
