"""eBay: the Sell Inventory API, and the Trading API for listings that were made by hand.

Facts from eBay's OpenAPI documents (Sell Inventory 1.18, Commerce Identity 1.0, Developer Analytics 1 beta)
and, for the Trading API and notifications, from its developer documentation.

https://developer.ebay.com/develop
"""
