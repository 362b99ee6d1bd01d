"""The whole journey once, against running services, as an operator would take it.

Connect a marketplace, review and confirm the account, import a sample, look at its mapping and its
first sync, decide what is open, approve, import the rest. Every figure shown is read back from the
services' APIs, except the catalogue's own, which come from the catalogue.
"""

from truestock.client.demo.run import run_demo

__all__ = ["run_demo"]
