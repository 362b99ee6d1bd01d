"""eBay: consent, tokens, identity, inventory, call limits, the Trading API and notices.

Paths are eBay's own under ``/ebay``: ``/oauth2/authorize``, ``/identity/v1/oauth2/token``,
``/commerce/identity/v1/user/``, ``/sell/inventory/v1/…``, ``/developer/analytics/v1_beta/…``,
``/ws/api.dll``, ``/commerce/notification/v1/public_key/{id}``.
"""
