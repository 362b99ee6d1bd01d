"""Outbound calls: access leased from the connector, listings from marketplaces, photos from their hosts."""

from truestock.validator.clients.leases import Leases
from truestock.validator.clients.live import LiveReader
from truestock.validator.clients.photos import PhotoProber

__all__ = ["Leases", "LiveReader", "PhotoProber"]
