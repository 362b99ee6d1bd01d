"""Generate a realistic catalogue: the same seed gives the same products, each independent of the others.

The first products go through every kind once, so that even a small catalogue has all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from truestock.sandbox.catalog import vocabulary as words
from truestock.sandbox.catalog.model import Catalog, Photo, Product, ProductState, Variant

_Shape = Callable[[Random, Product], Product]


def generate(count: int, seed: int) -> Catalog:
    """``count`` products. Raises ValueError when count is negative."""
    if count < 0:
        raise ValueError(f"a catalogue cannot have {count} products")
    return Catalog(tuple(_product(index, seed) for index in range(count)))


def _product(index: int, seed: int) -> Product:
    rng = Random(f"{seed}/{index}")  # noqa: S311 # reproducible pictures of shops, nothing secret
    product = _plain(rng, index)
    if index < len(_ONCE_EACH):
        return _ONCE_EACH[index](rng, product)
    for shape, share in _SHARES:
        if rng.random() < share:
            product = shape(rng, product)
    return product


def _plain(rng: Random, index: int) -> Product:
    thing, category, low, high = rng.choice(words.THINGS)
    adjective, material = rng.choice(words.ADJECTIVES), rng.choice(words.MATERIALS)
    title = f"{adjective} {material} {thing} No. {index + 1}"
    price = Decimal(rng.randint(low, high)) + Decimal(rng.choice(("0.00", "0.50", "0.90", "0.95", "0.99")))
    return Product(
        handle=f"{adjective}-{material}-{thing}-{index + 1}".lower().replace(" ", "-"),
        title=title,
        description=f"{title}. Made to last from {material.lower()}, packed without plastic.",
        variants=(Variant(sku=f"TS-{index + 1:06d}", quantity=rng.randint(1, 60), price=price),),
        photos=_photos(index, rng.randint(1, 4)),
        vendor="Truestock Sandbox",
        category=category,
        tags=(adjective.lower(), material.lower(), thing.lower()),
    )


def _photos(index: int, count: int) -> tuple[Photo, ...]:
    return tuple(Photo(f"generated:{index + 1}/{n}", f"view {n}") for n in range(1, count + 1))


def _index(product: Product) -> int:
    return int(product.handle.rsplit("-", 1)[1]) - 1


def _vary(
    product: Product, names: tuple[str, ...], combinations: Sequence[tuple[str, ...]], rng: Random
) -> Product:
    base = product.variants[0]
    dearer = rng.random() < 0.4
    variants = tuple(
        Variant(
            values=combination,
            sku=f"{base.sku}-{n + 1:02d}" if base.sku else None,
            quantity=rng.randint(0, 25),
            price=(base.price or Decimal(1)) + (Decimal(n) if dearer else 0),
        )
        for n, combination in enumerate(combinations)
    )
    return replace(product, option_names=names, variants=variants)


def _size_and_colour(rng: Random, product: Product) -> Product:
    sizes = words.SIZES[: rng.randint(2, 5)]
    colours = rng.sample(words.COLOURS, rng.randint(2, 4))
    pairs = [(size, colour) for size in sizes for colour in colours]
    return _vary(product, ("Size", "Colour"), pairs, rng)


def _one_option(rng: Random, product: Product) -> Product:
    name, values = rng.choice((("Length", words.LENGTHS), ("Scent", words.SCENTS), ("Size", words.SIZES)))
    return _vary(product, (name,), [(value,) for value in values[: rng.randint(2, len(values))]], rng)


def _buried(rng: Random, product: Product) -> Product:
    phrase, _, values = rng.choice(words.BURIED)
    first, second, third = rng.sample(values, 3)
    text = phrase.format(f"{first.lower()}, {second.lower()} and {third.lower()}")
    base = product.variants[0]
    one = replace(base, values=(), quantity=base.quantity or 9, sku=base.sku)
    return replace(product, option_names=(), variants=(one,), description=f"{product.description} {text}.")


def _without_sku(_: Random, product: Product) -> Product:
    return replace(product, variants=tuple(replace(variant, sku=None) for variant in product.variants))


def _duplicate_sku(_: Random, product: Product) -> Product:
    sku = f"DUP-{_index(product) // 80:04d}"
    return replace(product, variants=(replace(product.variants[0], sku=sku), *product.variants[1:]))


def _stock(quantity: int | None) -> _Shape:
    def shape(_: Random, product: Product) -> Product:
        return replace(
            product, variants=tuple(replace(variant, quantity=quantity) for variant in product.variants)
        )

    return shape


def _many_photos(rng: Random, product: Product) -> Product:
    return replace(product, photos=_photos(_index(product), rng.randint(8, 10)))


def _no_photo(_: Random, product: Product) -> Product:
    return replace(product, photos=())


def _long_title(rng: Random, product: Product) -> Product:
    title = product.title
    while len(title) < 118:
        title += f" | {rng.choice(words.ADJECTIVES)} {rng.choice(words.MATERIALS)} Gift"
    return replace(product, title=title[:140].rstrip())


def _non_ascii(rng: Random, product: Product) -> Product:
    return replace(product, title=f"{rng.choice(words.NON_ASCII)} {_index(product) + 1}")


def _html(_: Random, product: Product) -> Product:
    text = f"<p>{product.description}</p><ul><li>Care: wipe &amp; dry</li><li>Ships in 3 days</li></ul>"
    return replace(product, description=text)


def _state(state: ProductState) -> _Shape:
    def shape(_: Random, product: Product) -> Product:
        return replace(product, state=state)

    return shape


def _one_after_the_other(*shapes: _Shape) -> _Shape:
    def shape(rng: Random, product: Product) -> Product:
        for step in shapes:
            product = step(rng, product)
        return product

    return shape


_SHARES: tuple[tuple[_Shape, float], ...] = (
    (_size_and_colour, 0.22),
    (_one_option, 0.12),
    (_buried, 0.08),
    (_without_sku, 0.10),
    (_duplicate_sku, 0.02),
    (_stock(0), 0.05),
    (_stock(None), 0.04),
    (_many_photos, 0.08),
    (_no_photo, 0.05),
    (_long_title, 0.06),
    (_non_ascii, 0.08),
    (_html, 0.15),
    (_state(ProductState.DRAFT), 0.05),
    (_state(ProductState.INACTIVE), 0.05),
)
_ONCE_EACH: tuple[_Shape, ...] = (
    lambda _, product: product,
    _size_and_colour,
    _buried,
    _without_sku,
    _stock(0),
    _stock(None),
    _many_photos,
    _no_photo,
    _long_title,
    _one_after_the_other(_non_ascii, _one_option),
    _duplicate_sku,
    _duplicate_sku,
    _one_after_the_other(_size_and_colour, _without_sku),
    _state(ProductState.DRAFT),
    _state(ProductState.INACTIVE),
    _one_after_the_other(_without_sku, _stock(None)),
    _html,
)
