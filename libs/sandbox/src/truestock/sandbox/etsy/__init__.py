"""Etsy's Open API v3 as documented in January 2024: OAuth, shops, listings, inventory, rate limits.

Paths: ``/etsy/oauth/connect``, ``/etsy/v3/public/oauth/token``, ``/etsy/v3/application/…``.
"""
