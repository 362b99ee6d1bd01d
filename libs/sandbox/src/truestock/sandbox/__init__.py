"""Marketplaces to develop against: one process, one port, one path per marketplace.

Owns: seller accounts with their listings, the OAuth flows that connect them, injectable faults, photos,
and the local token issuer for people and services. Everything is in memory and made at start.
Never: imported by a service. Services meet it over HTTP only, as they meet a marketplace.

A further marketplace is a package with a ``Marketplace`` (``marketplace.py``) and one line in ``rooms.py``.
It renders the neutral accounts of ``shop/`` in its own shapes; consent and tokens (``oauth/``), the way of a
request with its faults and limits (``gate.py``), photos and notices are there already.
"""
