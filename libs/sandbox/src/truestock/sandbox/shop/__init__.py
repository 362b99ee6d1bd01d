"""A seller's account as it is right now, in neutral words: each marketplace renders it its own way."""

from truestock.sandbox.shop.account import Shop, Shops
from truestock.sandbox.shop.derived import Derived
from truestock.sandbox.shop.model import NO_FACTS, STATES, IdKind, Image, Listing, Product
from truestock.sandbox.shop.skus import MADE, Skus, keep_skus
from truestock.sandbox.shop.stocking import joined, stock

__all__ = [
    "MADE",
    "NO_FACTS",
    "STATES",
    "Derived",
    "IdKind",
    "Image",
    "Listing",
    "Product",
    "Shop",
    "Shops",
    "Skus",
    "joined",
    "keep_skus",
    "stock",
]
