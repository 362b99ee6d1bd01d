"""Amazon's Selling Partner API: consent, tokens, participations and listings items.

Paths: ``/amazon/apps/authorize/consent``, ``/amazon/auth/o2/token``,
``/amazon/sellers/v1/marketplaceParticipations``, ``/amazon/listings/2021-08-01/items/{sellerId}[/{sku}]``.
"""
