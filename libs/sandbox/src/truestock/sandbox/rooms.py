"""The marketplaces of the sandbox, one line each: name and how it is built."""

from collections.abc import Callable, Mapping

from truestock.sandbox.amazon.marketplace import Amazon
from truestock.sandbox.ebay.marketplace import Ebay
from truestock.sandbox.etsy.marketplace import Etsy
from truestock.sandbox.marketplace import Marketplace, Surroundings
from truestock.sandbox.shopify.marketplace import Shopify
from truestock.sandbox.woocommerce.marketplace import WooCommerce

Build = Callable[[Surroundings], Marketplace]

ROOMS: Mapping[str, Build] = {
    "amazon": Amazon,
    "ebay": Ebay,
    "etsy": Etsy,
    "shopify": Shopify,
    "woocommerce": WooCommerce,
}
